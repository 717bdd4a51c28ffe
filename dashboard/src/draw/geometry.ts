// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Where the LEDs of a board sit, in tenths of a millimetre on a Raspberry Pi of
 * 85 x 56 mm seen from above. Drawings and lights are both made from this. */

import type { Shape } from "../model/messages";

export interface Led {
	readonly x: number;
	readonly y: number;
}

/** LEDs in lines, LED k in column k % across; the first one's place begins at (x, y). */
export interface Grid {
	readonly x: number;
	readonly y: number;
	readonly across: number;
	/** Side of an LED's place. */
	readonly pitch: number;
}

export interface Geometry {
	readonly leds: readonly Led[];
	/** Where a row is too long for one line. */
	readonly grid: Grid | null;
	/** Side of an LED's package; where it is round its diameter. */
	readonly size: number;
	readonly round: boolean;
	/** The board that carries the LEDs. */
	readonly carrier: { readonly x: number; readonly y: number; readonly w: number; readonly h: number; readonly r: number };
	/** Where the light around the LEDs comes from: the LEDs, or the middles of squares of them where they are many. */
	readonly lamps: readonly Led[];
	/** The lamp of each LED; null where the LEDs are the lamps. */
	readonly lampOf: Uint16Array | null;
}

/** The Pi, the room around its drawing, and how far beyond its edge light is drawn. */
export const BOARD = { w: 850, h: 560, margin: 36, spill: 140 };

const ROW = { x: 46, y: 22, w: 556, h: 116 };
const ARM = 6;
const ARMS = 3;
const LAMP = 20; // side of the square that a lamp stands for, about

/* LEDs in squares of so many lines and columns. */
function lampsOf(pixels: number, { x, y, across, pitch }: Grid): Pick<Geometry, "lamps" | "lampOf"> {
	const side = Math.max(1, Math.round(LAMP / pitch));
	const columns = Math.ceil(across / side);
	const lampOf = Uint16Array.from({ length: pixels }, (_, i) => Math.floor(Math.floor(i / across) / side) * columns + Math.floor((i % across) / side));
	const lamps = Array.from({ length: lampOf[pixels - 1]! + 1 }, (_, k) => ({
		x: x + ((k % columns) + 0.5) * side * pitch,
		y: y + (Math.floor(k / columns) + 0.5) * side * pitch,
	}));
	return { lamps, lampOf };
}

/* Longer rows wrap and shrink until they fit on the board. */
function wrapped(pixels: number): Geometry {
	const area = { x: 30, y: 30, w: 620, h: 500 };
	let across = 8;
	while ((area.w / across) * Math.ceil(pixels / across) > area.h) across++;
	const grid = { x: area.x, y: area.y, across, pitch: area.w / across };
	const { pitch } = grid;
	const leds = Array.from({ length: pixels }, (_, i) => ({
		x: area.x + (0.5 + (i % across)) * pitch,
		y: area.y + (0.5 + Math.floor(i / across)) * pitch,
	}));
	const h = Math.ceil(pixels / across) * pitch;
	const carrier = { x: area.x - 10, y: area.y - 10, w: area.w + 20, h: h + 20, r: 30 };
	return { leds, grid, size: pitch * 0.7, round: false, carrier, ...lampsOf(pixels, grid) };
}

/* Eight in a row as on a Blinkt!. */
function row(pixels: number): Geometry {
	if (pixels > 8) return wrapped(pixels);
	const pitch = ROW.w / 8;
	const left = ROW.x + (ROW.w - pitch * (pixels - 1)) / 2;
	const leds = Array.from({ length: pixels }, (_, i) => ({ x: left + i * pitch, y: ROW.y + 52 }));
	return { leds, grid: null, size: 50, round: false, carrier: { ...ROW, r: 34 }, lamps: leds, lampOf: null };
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
	return { leds, grid: null, size: 42, round: true, carrier: { x: 30, y: 18, w: 560, h: 524, r: 40 }, lamps: leds, lampOf: null };
}

const known = new Map<string, Geometry>();

export function geometryOf(shape: Shape, pixels: number): Geometry {
	const key = `${shape} ${pixels}`;
	const geometry = known.get(key) ?? (shape === "piglow" ? spiral() : row(pixels));
	known.set(key, geometry);
	return geometry;
}
