// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A board as a canvas: single LEDs are painted by the pointer, or by keys. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { BOARD, geometryOf, type Geometry } from "../draw/geometry";
import type { ClusterView, NodeView } from "../model/cluster";
import { fillOf, ledAt, ledBy, ledName, strokeOf } from "../model/painting";
import { Picture } from "./Board";
import { Choice, ColorField, Slider } from "./controls";
import { useSession } from "./hooks";
import { Outcome } from "./Outcome";
import { percent } from "./text";

const SEND_EVERY_MS = 120;

/** Collects the LEDs that a brush touches, and sends them a few times a second and at the end. */
function useStroke(send: (leds: readonly number[]) => void) {
	const latest = useRef(send);
	latest.current = send;
	const touched = useRef(new Set<number>());
	const timer = useRef(0);
	const flush = useCallback(() => {
		timer.current = 0;
		if (!touched.current.size) return;
		latest.current([...touched.current]);
		touched.current.clear();
		timer.current = window.setTimeout(flush, SEND_EVERY_MS);
	}, []);
	useEffect(() => () => clearTimeout(timer.current), []);
	return useCallback((led: number) => {
		touched.current.add(led);
		if (!timer.current) flush();
	}, []);
}

const whole = { w: BOARD.w + 2 * BOARD.margin, h: BOARD.h + 2 * BOARD.margin };

function Canvas({ node, geometry, onTouch }: { node: NodeView; geometry: Geometry; onTouch: (led: number) => void }) {
	const { cluster } = useSession();
	const [at, setAt] = useState(0);
	const [focused, setFocused] = useState(false);
	const from = useRef<number | null>(null);
	const shape = node.info!.shape;
	const seen = cluster.frame(node.id, cluster.nowUs())?.seen;
	const color = seen ? `#${[0, 1, 2].map((c) => (seen[3 * at + c] ?? 0).toString(16).padStart(2, "0")).join("")}` : "";

	const touch = (event: PointerEvent) => {
		const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
		const led = ledAt(geometry, ((event.clientX - left) / width) * whole.w - BOARD.margin, ((event.clientY - top) / height) * whole.h - BOARD.margin);
		if (led !== from.current) onTouch(led);
		from.current = led;
		setAt(led);
	};
	const press = (event: KeyboardEvent) => {
		const to = ledBy(event.key, at, geometry);
		if (event.key === " " || event.key === "Enter") onTouch(at);
		else if (to === null) return;
		else if (event.shiftKey) onTouch(to);
		event.preventDefault();
		if (to !== null) setAt(to);
	};
	const led = geometry.leds[at]!;
	return (
		<div
			class="easel"
			role="application"
			tabIndex={0}
			aria-label={`LEDs of ${node.id}`}
			aria-describedby="paint-how"
			onFocus={() => setFocused(true)}
			onBlur={() => setFocused(false)}
			onKeyDown={press}
			onPointerDown={(event) => {
				event.currentTarget.setPointerCapture(event.pointerId);
				from.current = null;
				touch(event);
			}}
			onPointerMove={(event) => event.buttons & 1 && touch(event)}
		>
			<Picture node={node} pictures={cluster} />
			<svg class="cursor" viewBox={`${-BOARD.margin} ${-BOARD.margin} ${whole.w} ${whole.h}`} aria-hidden="true" focusable="false">
				{focused && <circle cx={led.x} cy={led.y} r={geometry.size * 0.72 + 4} />}
			</svg>
			<p class="unseen" role="status">
				{focused && `${ledName(shape, at)} of ${geometry.leds.length}${color && `, ${color}`}`}
			</p>
		</div>
	);
}

function Brush({ node, view }: { node: NodeView; view: ClusterView }) {
	const { cluster } = useSession();
	const [color, setColor] = useState("#ff8000");
	const [level, setLevel] = useState(128);
	const [sent, setSent] = useState<number[]>([]);
	const { shape, pixels } = node.info!;
	const geometry = geometryOf(shape, pixels);
	const set = (command: object) => setSent([cluster.set({ node: node.id }, command)]);
	const touch = useStroke((leds) => set(strokeOf(shape, leds, color, level)));
	return (
		<div class="with-panel">
			<Canvas node={node} geometry={geometry} onTouch={touch} />
			<section class="card brush" aria-labelledby="brush-title">
				<h2 id="brush-title">Brush</h2>
				{shape === "piglow" ? (
					<Slider label="level of the brush" value={level} min={0} max={255} text={percent} onChange={setLevel} />
				) : (
					<ColorField label="colour of the brush" value={color} onChange={setColor} />
				)}
				<div class="row">
					<button type="button" class="quiet-do" onClick={() => set(fillOf(shape, color, level))}>
						Fill all
					</button>
					<button type="button" class="quiet-do" onClick={() => set(fillOf(shape, "#000000", 0))}>
						All dark
					</button>
					<button type="button" class="quiet-do" onClick={() => set({ effect: "auto" })}>
						Follow the scene
					</button>
				</div>
				<p class="quiet" id="paint-how">
					Draw on the board. By keys: arrows go from LED to LED, Space paints one, Shift with an arrow paints along.
				</p>
				<Outcome view={view} keys={sent} />
			</section>
		</div>
	);
}

export function Paint({ view, place }: { view: ClusterView; place: string }) {
	const boards = view.nodes.filter((node) => node.info);
	const node = boards.find(({ id }) => id === place) ?? boards[0];
	if (!node || !view.mayCommand) return <p class="empty">{view.mayCommand === false ? "This account may only look." : "No board yet."}</p>;
	return (
		<section aria-labelledby="paint-title" class="paint">
			<div class="row">
				<h2 id="paint-title">Paint {node.id}</h2>
				<Choice label="board" value={node.id} options={boards.map(({ id }) => [id, view.wanted.nodes[id]?.title ? `${view.wanted.nodes[id].title} (${id})` : id] as const)} onChange={(id) => (location.hash = `paint/${id}`)} />
			</div>
			{!node.online && <p class="note">It is offline: what is painted reaches nobody.</p>}
			<Brush key={node.id} node={node} view={view} />
		</section>
	);
}
