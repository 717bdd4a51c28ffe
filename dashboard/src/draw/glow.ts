// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The light around LEDs. It is computed on a grid of a few hundred cells and then
 * scaled up smoothly. A table, made once, says how much each LED adds to the cells near it. One such
 * small picture a board replaces 18 soft gradients, which cost far more at sixty frames a second. */

import type { Led } from "./geometry";

export interface Field {
	/** The small picture, and where it lies, in the lamps' unit. */
	readonly canvas: HTMLCanvasElement;
	readonly box: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
	/** Makes the picture of r, g, b of each lamp. */
	develop(seen: Uint8Array): void;
	/** And draws it. The context's unit is that of the lamps. */
	shine(seen: Uint8Array, onto: CanvasRenderingContext2D): void;
}

/** Of many lamps that shine alike each adds less, so that between them it stays darker than they are. */
const MOST = 1;

/** How light falls off: bright beside the LED, with a faint edge that reaches far; 0 at a distance of 1. */
const falloff = (far: number): number => 0.5 * (1 - far) ** 5 + 0.16 * (1 - far) ** 2;

interface Spill {
	readonly left: number;
	readonly top: number;
	readonly cell: number;
	readonly across: number;
	readonly down: number;
	/** LED k adds weights[j] of itself to cells[j], for j from start[k] up to start[k + 1]. */
	readonly cells: Uint16Array;
	readonly weights: Float32Array;
	readonly start: Uint32Array;
}

function spillOf(leds: readonly Led[], reach: number, cell: number): Spill {
	const xs = leds.map((led) => led.x);
	const ys = leds.map((led) => led.y);
	const left = Math.min(...xs) - reach;
	const top = Math.min(...ys) - reach;
	const across = Math.ceil((Math.max(...xs) + reach - left) / cell);
	const down = Math.ceil((Math.max(...ys) + reach - top) / cell);
	const cells: number[] = [];
	const weights: number[] = [];
	const start = new Uint32Array(leds.length + 1);
	const sums = new Float32Array(across * down);
	const near = Math.ceil(reach / cell) + 1;
	leds.forEach((led, k) => {
		const [column, line] = [Math.floor((led.x - left) / cell), Math.floor((led.y - top) / cell)];
		for (let y = Math.max(0, line - near); y < Math.min(down, line + near); y++)
			for (let x = Math.max(0, column - near); x < Math.min(across, column + near); x++) {
				const far = Math.hypot(left + (x + 0.5) * cell - led.x, top + (y + 0.5) * cell - led.y) / reach;
				if (far >= 1) continue;
				const at = y * across + x;
				cells.push(at);
				weights.push(falloff(far));
				sums[at] = sums[at]! + falloff(far);
			}
		start[k + 1] = cells.length;
	});
	const most = sums.reduce((a, b) => Math.max(a, b), MOST);
	return { left, top, cell, across, down, cells: Uint16Array.from(cells), weights: Float32Array.from(weights, (w) => (w * MOST) / most), start };
}

const spills = new WeakMap<readonly Led[], Spill>();

/* Boards of one kind share their table. */
function sharedSpill(leds: readonly Led[], reach: number, cell: number): Spill {
	const spill = spills.get(leds) ?? spillOf(leds, reach, cell);
	spills.set(leds, spill);
	return spill;
}

/** `reach` is how far light goes, `cell` the side of a cell of the grid. */
export function createField(leds: readonly Led[], reach: number, cell: number): Field {
	const { left, top, across, down, cells, weights, start } = sharedSpill(leds, reach, cell);
	const canvas = document.createElement("canvas");
	canvas.width = across;
	canvas.height = down;
	const context = canvas.getContext("2d", { willReadFrequently: true })!;
	const image = context.createImageData(across, down);
	const sum = new Float32Array(across * down * 3);

	function add(k: number, r: number, g: number, b: number) {
		const end = start[k + 1]!;
		for (let j = start[k]!; j < end; j++) {
			const at = cells[j]! * 3;
			const weight = weights[j]!;
			sum[at] = sum[at]! + r * weight;
			sum[at + 1] = sum[at + 1]! + g * weight;
			sum[at + 2] = sum[at + 2]! + b * weight;
		}
	}

	/* Light as a colour at full strength and how opaque it is: so it shines on dark and light ground alike. */
	function toPicture() {
		const out = image.data;
		for (let from = 0, to = 0; to < out.length; from += 3, to += 4) {
			const most = Math.max(sum[from]!, sum[from + 1]!, sum[from + 2]!);
			const full = most > 0 ? 255 / most : 0;
			out[to] = sum[from]! * full;
			out[to + 1] = sum[from + 1]! * full;
			out[to + 2] = sum[from + 2]! * full;
			out[to + 3] = most;
		}
		context.putImageData(image, 0, 0);
	}

	function develop(seen: Uint8Array) {
		sum.fill(0);
		for (let k = 0; k < leds.length; k++) {
			const r = seen[3 * k]!;
			const g = seen[3 * k + 1]!;
			const b = seen[3 * k + 2]!;
			if (r | g | b) add(k, r, g, b);
		}
		toPicture();
	}

	const box = { x: left, y: top, w: across * cell, h: down * cell };
	return {
		canvas,
		box,
		develop,
		shine(seen, onto) {
			develop(seen);
			onto.drawImage(canvas, box.x, box.y, box.w, box.h);
		},
	};
}
