// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* One board on the shelf: its picture, its name, and what it shows. */

import { memo } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { createBoardPainter, type BoardPainter } from "../draw/board";
import { geometryOf, type Geometry } from "../draw/geometry";
import type { NodeView, Pictures } from "../model/cluster";
import type { Layout } from "../model/shelf";
import { Drawing } from "./Drawing";
import { useSession, useResize, usePolled } from "./hooks";
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
		<span class={`showing layer-${layer}`} title={layer === "dark" ? label : undefined}>
			{label}
		</span>
	);
}

/** A dot tells whether the board runs, and in phase; figures are in the Sync view. */
function phaseOf(node: NodeView): { mark: string; what: string } {
	if (!node.online) return { mark: "off", what: "offline" };
	if (node.info?.problem) return { mark: "bad", what: "online, its board has a problem" };
	const state = node.stats?.sync.state;
	if (state === "tracking" || state === "leading") return { mark: "good", what: "online, in phase" };
	if (state === "unsynced") return { mark: "fair", what: "online, on its own clock" };
	return { mark: state ? "fair" : "good", what: state ? `online, ${state}` : "online" };
}

/** A whole board, or the place where Lights.tsx lays its LEDs. */
function Face({ node, kind }: { node: NodeView; kind: Layout["kind"] }) {
	const { cluster } = useSession();
	const pixels = node.info?.pixels ?? 8;
	const phase = phaseOf(node);
	const about = [...(geometryOf(node.info?.shape ?? "blinkt", pixels).grid ? [`${pixels} LEDs`] : []), ...(node.info?.groups ?? [])];
	return (
		<>
			{kind === "photo" ? <Picture node={node} pictures={cluster} /> : <span class="slot" data-node={node.id} />}
			<span class="caption">
				<span class="name">
					<span class={`dot ${phase.mark}`} />
					<span class="id">{node.id}</span>
					<span class="unseen">, {phase.what}, </span>
					{kind === "photo" && <span class="backend">{node.info?.backend ?? ""}</span>}
				</span>
				{kind !== "mini" && <Showing id={node.id} />}
				{kind === "photo" && <span class="groups">{about.join(" · ")}</span>}
			</span>
		</>
	);
}

interface BoardProps {
	node: NodeView;
	kind: Layout["kind"];
	selected: boolean;
	/** Absent for those who may only look. */
	onSelect?: ((id: string) => void) | undefined;
}

export const Board = memo(function Board({ node, kind, selected, onSelect }: BoardProps) {
	const look = `board${!node.online ? " offline" : node.info?.problem ? " dark" : ""}`;
	return (
		<li>
			{onSelect ? (
				<button type="button" class={look} aria-pressed={selected} onClick={() => onSelect(node.id)}>
					<Face node={node} kind={kind} />
				</button>
			) : (
				<a class={look} href={`#shelf/${node.id}`}>
					<Face node={node} kind={kind} />
				</a>
			)}
			{onSelect && (
				<a class="more" href={`#shelf/${node.id}`} tabIndex={-1} title={`all of ${node.id}`} aria-label={`all of ${node.id}`}>
					i
				</a>
			)}
		</li>
	);
});
