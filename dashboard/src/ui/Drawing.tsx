// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A Raspberry Pi with its LED board, unlit. The light is a canvas laid over it.
 * Everything of one colour is one path, since a page may show hundreds of boards.
 * In it a dot is a line of no length with round ends, a square one with square ends. */

import { memo } from "./memo";
import { BOARD, type Geometry, type Led } from "../draw/geometry";

type Box = readonly [x: number, y: number, w: number, h: number];

const HOLES: readonly Led[] = [35, 615].flatMap((x) => [35, 525].map((y) => ({ x, y })));
const CHIPS: readonly Box[] = [
	[216, 196, 150, 150],
	[424, 204, 132, 132],
	[560, 398, 72, 72],
	[74, 398, 56, 56],
	[70, 14, 508, 50],
];
const PORTS: readonly Box[] = [
	[690, 36, 182, 150],
	[722, 222, 154, 134],
	[722, 398, 154, 134],
	[76, 504, 84, 66],
	[228, 508, 62, 62],
	[364, 508, 62, 62],
];

const dots = (at: readonly Led[]): string => at.map(({ x, y }) => `M${x} ${y}h0`).join("");
const boxes = (all: readonly Box[]): string => all.map(([x, y, w, h]) => `M${x} ${y}h${w}v${h}h${-w}z`).join("");

const holes = dots(HOLES);
const chips = boxes(CHIPS);
const ports = boxes(PORTS);

/* A line of squares for each line of LEDs. */
function Squares({ geometry: { leds, grid, size } }: { geometry: Geometry }) {
	if (!grid) return <path class="socket" d={dots(leds)} stroke-width={size} />;
	const { across, pitch } = grid;
	const lines = leds.filter((_, k) => k % across === 0);
	const d = lines.map(({ x, y }, k) => `M${x.toFixed(2)} ${y.toFixed(2)}h${((Math.min(across, leds.length - k * across) - 0.5) * pitch).toFixed(2)}`);
	return <path class="socket" d={d.join("")} stroke-width={size} stroke-dasharray={`0 ${pitch}`} />;
}

/* A ring in its own colour around each LED of a PiGlow tells which is which while they are dark. */
function Sockets({ geometry }: { geometry: Geometry }) {
	const { leds, size, round } = geometry;
	if (!round) return <Squares geometry={geometry} />;
	return (
		<g class="socket round">
			{[0, 1, 2, 3, 4, 5].map((color) => (
				<path key={color} class={`own-${color}`} d={dots(leds.filter((_, k) => k % 6 === color))} stroke-width={size + 4} />
			))}
			<path d={dots(leds)} stroke-width={size - 4} />
		</g>
	);
}

export const Drawing = memo(function Drawing({ geometry }: { geometry: Geometry }) {
	const m = BOARD.margin;
	const { x, y, w, h, r } = geometry.carrier;
	return (
		<svg class="drawing" viewBox={`${-m} ${-m} ${BOARD.w + 2 * m} ${BOARD.h + 2 * m}`} aria-hidden="true" focusable="false">
			<rect class="pcb" width={BOARD.w} height={BOARD.h} rx="30" />
			<path class="pad" d={holes} />
			<path class="hole" d={holes} />
			<path class="chip-on-board" d={chips} />
			<path class="pin" d="M83 27H570M83 51H570" />
			<path class="port" d={ports} />
			<rect class="carrier" x={x} y={y} width={w} height={h} rx={r} />
			<Sockets geometry={geometry} />
		</svg>
	);
});
