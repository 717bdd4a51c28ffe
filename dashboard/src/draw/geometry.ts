// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Where the LEDs of a board sit, in tenths of a millimetre on a Raspberry Pi of
 * 85 x 56 mm seen from above. Drawings and lights are both made from this. */

import type { Shape } from "../model/messages";

export interface Led {
	readonly x: number;
	readonly y: number;
}

export interface Geometry {
	readonly leds: readonly Led[];
	/** Side of an LED's package; where it is round its diameter. */
	readonly size: number;
	readonly round: boolean;
	/** The board that carries the LEDs. */
	readonly carrier: { readonly x: number; readonly y: number; readonly w: number; readonly h: number; readonly r: number };
}

/** The Pi, the room around its drawing, and how far beyond its edge light is drawn. */
export const BOARD = { w: 850, h: 560, margin: 36, spill: 140 };

const ROW = { x: 46, y: 22, w: 556, h: 116 };
const ARM = 6;
const ARMS = 3;

/* Eight in a row as on a Blinkt!; longer rows wrap and shrink until they fit on the board. */
function row(pixels: number): Geometry {
	if (pixels <= 8) {
		const pitch = ROW.w / 8;
		const left = ROW.x + (ROW.w - pitch * (pixels - 1)) / 2;
		const leds = Array.from({ length: pixels }, (_, i) => ({ x: left + i * pitch, y: ROW.y + 52 }));
		return { leds, size: 50, round: false, carrier: { ...ROW, r: 34 } };
	}
	const area = { x: 30, y: 30, w: 620, h: 500 };
	let across = Math.min(pixels, 8);
	while ((area.w / across) * Math.ceil(pixels / across) > area.h) across++;
	const pitch = area.w / across;
	const leds = Array.from({ length: pixels }, (_, i) => ({
		x: area.x + (0.5 + (i % across)) * pitch,
		y: area.y + (0.5 + Math.floor(i / across)) * pitch,
	}));
	const h = Math.ceil(pixels / across) * pitch;
	return { leds, size: pitch * 0.7, round: false, carrier: { x: area.x - 10, y: area.y - 10, w: area.w + 20, h: h + 20, r: 30 } };
}

/* Three arms that wind out from the centre; index 6*(arm-1) + (tip to centre). */
function spiral(): Geometry {
	const centre = { x: 310, y: 280 };
	const leds = Array.from({ length: ARM * ARMS }, (_, i) => {
		const out = ARM - 1 - (i % ARM);
		const radius = 46 + 38 * out;
		const angle = (Math.floor(i / ARM) / ARMS) * 2 * Math.PI - Math.PI / 2 - 0.62 + 0.25 * out;
		return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
	});
	return { leds, size: 42, round: true, carrier: { x: 30, y: 18, w: 560, h: 524, r: 40 } };
}

const known = new Map<string, Geometry>();

export function geometryOf(shape: Shape, pixels: number): Geometry {
	const key = `${shape} ${pixels}`;
	const geometry = known.get(key) ?? (shape === "piglow" ? spiral() : row(pixels));
	known.set(key, geometry);
	return geometry;
}
