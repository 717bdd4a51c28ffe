// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Draws the light of one board: the glow around its LEDs, and in the middle of
 * each exactly the colour that the model gave. Nothing is drawn while nothing changes. */

import { BOARD, type Geometry } from "./geometry";
import { createField } from "./glow";

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

export function colorAt(seen: Uint8Array, k: number): string {
	return `rgb(${seen[3 * k]} ${seen[3 * k + 1]} ${seen[3 * k + 2]})`;
}

export interface BoardPainter {
	paint(seen: Uint8Array): void;
	/** The canvas has another size on the page. */
	resized(): void;
}

export function createBoardPainter(canvas: HTMLCanvasElement, geometry: Geometry): BoardPainter {
	const context = canvas.getContext("2d")!;
	const { leds, size, round } = geometry;
	const whole = { w: BOARD.w + 2 * BOARD.spill, h: BOARD.h + 2 * BOARD.spill };
	const reach = Math.min(200, Math.max(120, size * 4));
	const field = createField(leds, reach, Math.max(16, size / 2.1));
	const last = new Uint8Array(leds.length * 3);
	let stale = true;
	let unfit = true;

	function led(k: number, color: string) {
		const { x, y } = leds[k]!;
		context.fillStyle = color;
		context.beginPath();
		if (round) context.arc(x, y, size * 0.44, 0, 2 * Math.PI);
		else context.roundRect(x - size * 0.42, y - size * 0.42, size * 0.84, size * 0.84, size * 0.24);
		context.fill();
	}

	function same(seen: Uint8Array): boolean {
		for (let i = 0; i < last.length; i++) if (last[i] !== seen[i]) return false;
		return true;
	}

	function fit() {
		stale = fitCanvas(canvas) || stale;
		unfit = false;
		const scale = canvas.width / whole.w;
		context.setTransform(scale, 0, 0, scale, BOARD.spill * scale, BOARD.spill * scale);
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
			field.shine(seen, context);
			for (let k = 0; k < leds.length; k++) led(k, colorAt(seen, k));
		},
	};
}
