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
	/** Where the middle of LED k is on the canvas, in its pixels. */
	at(k: number): { x: number; y: number };
	paint(seen: Uint8Array): void;
	/** The canvas has another size on the page. */
	resized(): void;
}

export function createBoardPainter(canvas: HTMLCanvasElement, geometry: Geometry): BoardPainter {
	const context = canvas.getContext("2d")!;
	const whole = { w: BOARD.w + 2 * BOARD.margin, h: BOARD.h + 2 * BOARD.margin };
	const field = createField({
		leds: geometry.leds,
		reach: Math.max(140, geometry.size * 4.4),
		cell: Math.max(14, geometry.size / 2.6),
		left: -BOARD.margin,
		top: -BOARD.margin,
		...whole,
	});
	const last = new Uint8Array(geometry.leds.length * 3);
	let stale = true;
	let unfit = true;

	const scale = () => canvas.width / whole.w;
	const at = (k: number) => {
		const led = geometry.leds[k]!;
		return { x: (led.x + BOARD.margin) * scale(), y: (led.y + BOARD.margin) * scale() };
	};

	function led(k: number, color: string) {
		const { x, y } = at(k);
		const side = geometry.size * scale();
		context.fillStyle = color;
		context.beginPath();
		if (geometry.round) context.arc(x, y, side * 0.44, 0, 2 * Math.PI);
		else context.roundRect(x - side * 0.42, y - side * 0.42, side * 0.84, side * 0.84, side * 0.24);
		context.fill();
	}

	function same(seen: Uint8Array): boolean {
		for (let i = 0; i < last.length; i++) if (last[i] !== seen[i]) return false;
		return true;
	}

	return {
		at,
		resized() {
			unfit = true;
		},
		paint(seen) {
			if (unfit) {
				stale = fitCanvas(canvas) || stale;
				unfit = false;
			}
			if (!stale && same(seen)) return;
			last.set(seen.subarray(0, last.length));
			stale = false;
			context.clearRect(0, 0, canvas.width, canvas.height);
			field.shine(seen, context, scale());
			for (let k = 0; k < geometry.leds.length; k++) led(k, colorAt(seen, k));
		},
	};
}
