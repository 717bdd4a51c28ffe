// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Draws the light of one board: the glow around its LEDs, and in the middle of
 * each exactly the colour that the model gave. Nothing is drawn while nothing changes. */

import { BOARD, type Geometry, type Grid } from "./geometry";
import { createField } from "./glow";
import { createSheet, setColor } from "./sheet";

const MOST_PIXELS = 2; // device pixels for one of the page, at most: more costs and shows nothing in a glow

/** Gives the canvas as many pixels as it has on the screen; true when that changed it. */
export function fitCanvas(canvas: HTMLCanvasElement): boolean {
	const scale = Math.min(devicePixelRatio, MOST_PIXELS);
	const w = Math.round(canvas.clientWidth * scale);
	const h = Math.round(canvas.clientHeight * scale);
	if (canvas.width === w && canvas.height === h) return false;
	canvas.width = w;
	canvas.height = h;
	return true;
}

function colorAt(seen: Uint8Array, k: number): string {
	return `rgb(${seen[3 * k]} ${seen[3 * k + 1]} ${seen[3 * k + 2]})`;
}

/* Draws r, g, b of each LED. */
interface Leds {
	/** So many pixels of the canvas are one unit; the unit's origin is there. */
	fit(scale: number, origin: number): void;
	paint(seen: Uint8Array, context: CanvasRenderingContext2D): void;
}

/* Each as a shape of its own. */
function shapesOf({ leds, size, round }: Geometry): Leds {
	return {
		fit() {},
		paint(seen, context) {
			leds.forEach(({ x, y }, k) => {
				context.fillStyle = colorAt(seen, k);
				context.beginPath();
				if (round) context.arc(x, y, size * 0.44, 0, 2 * Math.PI);
				else context.roundRect(x - size * 0.42, y - size * 0.42, size * 0.84, size * 0.84, size * 0.24);
				context.fill();
			});
		},
	};
}

/* All in one picture. */
function gridOf({ leds, size }: Geometry, { x, y, across, pitch }: Grid): Leds {
	const sheet = createSheet(leds.length, across);
	return {
		fit(scale, origin) {
			sheet.fit(x * scale + origin, y * scale + origin, pitch * scale, size * 0.84 * scale);
		},
		paint(seen, context) {
			for (let k = 0; k < leds.length; k++) setColor(sheet, k, seen, k);
			sheet.paint(context);
		},
	};
}

/* The colours of lamps, each the mean of its LEDs. */
function lampsOf({ lamps, lampOf }: Geometry): (seen: Uint8Array) => Uint8Array {
	if (!lampOf) return (seen) => seen;
	const sums = new Float32Array(lamps.length * 3);
	const means = new Uint8Array(lamps.length * 3);
	const leds = new Uint16Array(lamps.length);
	lampOf.forEach((lamp) => (leds[lamp] = leds[lamp]! + 1));
	return (seen) => {
		sums.fill(0);
		lampOf.forEach((lamp, k) => {
			for (let c = 0; c < 3; c++) sums[3 * lamp + c] = sums[3 * lamp + c]! + seen[3 * k + c]!;
		});
		for (let at = 0; at < means.length; at++) means[at] = sums[at]! / leds[Math.floor(at / 3)]!;
		return means;
	};
}

export interface BoardPainter {
	paint(seen: Uint8Array): void;
	/** The canvas has another size on the page. */
	resized(): void;
}

export function createBoardPainter(canvas: HTMLCanvasElement, geometry: Geometry): BoardPainter {
	const context = canvas.getContext("2d")!;
	const { grid, size } = geometry;
	const whole = { w: BOARD.w + 2 * BOARD.spill, h: BOARD.h + 2 * BOARD.spill };
	const reach = Math.min(200, Math.max(120, size * 4));
	const field = createField(geometry.lamps, reach, Math.max(16, size / 2.1));
	const lampColors = lampsOf(geometry);
	const leds = grid ? gridOf(geometry, grid) : shapesOf(geometry);
	const last = new Uint8Array(geometry.leds.length * 3);
	let stale = true;
	let unfit = true;

	function same(seen: Uint8Array): boolean {
		for (let i = 0; i < last.length; i++) if (last[i] !== seen[i]) return false;
		return true;
	}

	function fit() {
		stale = fitCanvas(canvas) || stale;
		unfit = false;
		const scale = canvas.width / whole.w;
		context.setTransform(scale, 0, 0, scale, BOARD.spill * scale, BOARD.spill * scale);
		leds.fit(scale, BOARD.spill * scale);
	}

	return {
		resized() {
			unfit = true;
		},
		paint(seen) {
			if (unfit) fit();
			if (!stale && same(seen)) return;
			last.set(seen.subarray(0, last.length));
			stale = false;
			context.clearRect(-BOARD.spill, -BOARD.spill, whole.w, whole.h);
			field.shine(lampColors(seen), context);
			leds.paint(seen, context);
		},
	};
}
