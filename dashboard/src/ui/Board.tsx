// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* One board on the shelf: its picture, its name, and what it shows. */

import { memo } from "./memo";
import { useEffect, useRef } from "preact/hooks";
import { createBoardPainter, type BoardPainter } from "../draw/board";
import { geometryOf, type Geometry } from "../draw/geometry";
import type { NodeView, Pictures } from "../model/cluster";
import type { Layout } from "../model/shelf";
import { healthOf, type Heard } from "../model/status";
import { Drawing } from "./Drawing";
import { useSession, useResize, usePolled } from "./hooks";
import { Name } from "./Name";
import "./Board.css";

function Light({ id, geometry, pictures }: { id: string; geometry: Geometry; pictures: Pictures }) {
	const { renderer } = useSession();
	const canvas = useRef<HTMLCanvasElement>(null);
	const painter = useRef<BoardPainter | null>(null);
	useEffect(() => {
		const element = canvas.current!;
		const board = createBoardPainter(element, geometry);
		painter.current = board;
		return renderer.add(element, (tUs) => {
			const frame = pictures.frame(id, tUs);
			if (frame) board.paint(frame.seen);
		});
	}, [renderer, pictures, id, geometry]);
	useResize(canvas, () => painter.current?.resized());
	return <canvas ref={canvas} class="light" data-node={id} aria-hidden="true" />;
}

/** The board as those pictures have it. */
export function Picture({ node, pictures }: { node: NodeView; pictures: Pictures }) {
	const geometry = geometryOf(node.info?.shape ?? "blinkt", node.info?.pixels ?? 8);
	return (
		<span class="picture">
			<Drawing geometry={geometry} />
			<Light id={node.id} geometry={geometry} pictures={pictures} />
		</span>
	);
}

function Showing({ id }: { id: string }) {
	const { cluster } = useSession();
	const [layer, label] = usePolled(() => {
		const now = cluster.showing(id, cluster.nowUs());
		return `${now.layer}\n${now.label}`;
	}).split("\n");
	return (
		<span class={`showing layer-${layer}`}>{label}</span>
	);
}

/** A whole board, or the place where Lights.tsx lays its LEDs. */
function Face({ node, heard, kind }: { node: NodeView; heard: Heard; kind: Layout["kind"] }) {
	const { cluster } = useSession();
	const pixels = node.info?.pixels ?? 8;
	const { mark, what } = healthOf(node, heard);
	const about = [...(geometryOf(node.info?.shape ?? "blinkt", pixels).grid ? [`${pixels} LEDs`] : []), ...(node.info?.groups ?? [])];
	return (
		<>
			{kind === "photo" ? <Picture node={node} pictures={cluster} /> : <span class="slot" data-node={node.id} />}
			<span class="caption">
				<span class="name">
					<span class={`dot ${mark}`} />
					<Name id={node.id} />
					<span class="unseen">, {mark === "bad" ? "in trouble" : what}, </span>
					{kind === "photo" && <span class="backend">{node.info?.backend ?? ""}</span>}
				</span>
				{kind !== "mini" && (mark === "bad" ? <span class="showing layer-dark">{what}</span> : <Showing id={node.id} />)}
				{kind === "photo" && <span class="groups">{about.join(" · ")}</span>}
			</span>
		</>
	);
}

interface BoardProps {
	node: NodeView;
	kind: Layout["kind"];
	heard: Heard;
	selected: boolean;
	/** Absent for those who may only look. */
	onSelect?: ((id: string) => void) | undefined;
}

export const Board = memo(function Board({ node, heard, kind, selected, onSelect }: BoardProps) {
	const { mark } = healthOf(node, heard);
	const look = `board${mark === "off" ? " offline" : mark === "bad" ? " dark" : ""}`;
	return (
		<li>
			{onSelect ? (
				<button type="button" class={look} aria-pressed={selected} onClick={() => onSelect(node.id)}>
					<Face node={node} heard={heard} kind={kind} />
				</button>
			) : (
				<a class={look} href={`#shelf/${node.id}/all`}>
					<Face node={node} heard={heard} kind={kind} />
				</a>
			)}
			{onSelect && (
				<a class="more" href={`#shelf/${node.id}/all`} tabIndex={-1} title={`all of ${node.id}`} aria-label={`all of ${node.id}`}>
					i
				</a>
			)}
		</li>
	);
});
