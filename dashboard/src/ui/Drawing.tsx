// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A Raspberry Pi with its LED board, unlit. The light is a canvas laid over it. */

import { memo } from "preact/compat";
import { BOARD, type Geometry } from "../draw/geometry";

const PINS = Array.from({ length: 20 }, (_, i) => 83 + 25.4 * i);

const PORTS = [
	[690, 36, 182, 150],
	[722, 222, 154, 134],
	[722, 398, 154, 134],
	[76, 504, 84, 66],
	[228, 508, 62, 62],
	[364, 508, 62, 62],
] as const;

function Ports() {
	return (
		<g>
			{PORTS.map(([x, y, w, h]) => (
				<rect key={`${x} ${y}`} class="port" x={x} y={y} width={w} height={h} rx="8" />
			))}
		</g>
	);
}

function Chips() {
	return (
		<g class="chip">
			<rect x="216" y="196" width="150" height="150" rx="8" />
			<rect x="424" y="204" width="132" height="132" rx="6" />
			<rect x="560" y="398" width="72" height="72" rx="5" />
			<rect x="74" y="398" width="56" height="56" rx="5" />
		</g>
	);
}

function Header() {
	return (
		<g>
			<rect class="chip" x="70" y="14" width="508" height="50" rx="4" />
			<g class="pin">
				{PINS.map((x) => [
					<circle key={x} cx={x} cy="27" r="6" />,
					<circle key={-x} cx={x} cy="51" r="6" />,
				])}
			</g>
		</g>
	);
}

function Hole({ x, y }: { x: number; y: number }) {
	return (
		<g>
			<circle class="pad" cx={x} cy={y} r="27" />
			<circle class="hole" cx={x} cy={y} r="15" />
		</g>
	);
}

function Sockets({ geometry }: { geometry: Geometry }) {
	const { size, round } = geometry;
	return (
		<g class="socket">
			{geometry.leds.map((led, k) =>
				round ? (
					<circle key={k} class={`own own-${k % 6}`} cx={led.x} cy={led.y} r={size / 2} />
				) : (
					<rect key={k} x={led.x - size / 2} y={led.y - size / 2} width={size} height={size} rx={size * 0.16} />
				),
			)}
		</g>
	);
}

export const Drawing = memo(function Drawing({ geometry }: { geometry: Geometry }) {
	const m = BOARD.margin;
	const { x, y, w, h, r } = geometry.carrier;
	return (
		<svg class="drawing" viewBox={`${-m} ${-m} ${BOARD.w + 2 * m} ${BOARD.h + 2 * m}`} aria-hidden="true" focusable="false">
			<rect class="pcb" width={BOARD.w} height={BOARD.h} rx="30" />
			<Hole x={35} y={35} />
			<Hole x={615} y={35} />
			<Hole x={35} y={525} />
			<Hole x={615} y={525} />
			<Chips />
			<Header />
			<Ports />
			<rect class="carrier" x={x} y={y} width={w} height={h} rx={r} />
			<Sockets geometry={geometry} />
		</svg>
	);
});
