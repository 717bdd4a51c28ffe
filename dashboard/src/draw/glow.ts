// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The light around LEDs. It is reckoned on a grid of a few hundred cells, each
 * LED adding to those near it by a table made once, and scaled up smoothly: what
 * 18 soft gradients a board would cost, sixty times a second, one small picture does. */

import type { Led } from "./geometry";

export interface Field {
	/** Draws the light of r, g, b of each LED; `scale` is pixels of the context for the LEDs' unit. */
	shine(seen: Uint8Array, onto: CanvasRenderingContext2D, scale: number): void;
}

export interface FieldShape {
	readonly leds: readonly Led[];
	/** How far light reaches, and the side of a cell, in the LEDs' unit. */
	readonly reach: number;
	readonly cell: number;
	readonly left: number;
	readonly top: number;
	readonly w: number;
	readonly h: number;
}

interface Spill {
	/** cell, weight, cell, weight, … of LED k from start[k] to start[k + 1]. */
	readonly cells: Uint16Array;
	readonly weights: Float32Array;
	readonly start: Uint32Array;
}

function spillOf(shape: FieldShape, across: number, down: number): Spill {
	const cells: number[] = [];
	const weights: number[] = [];
	const start = new Uint32Array(shape.leds.length + 1);
	shape.leds.forEach((led, k) => {
		for (let y = 0; y < down; y++)
			for (let x = 0; x < across; x++) {
				const dx = shape.left + (x + 0.5) * shape.cell - led.x;
				const dy = shape.top + (y + 0.5) * shape.cell - led.y;
				const far = Math.hypot(dx, dy) / shape.reach;
				if (far >= 1) continue;
				cells.push(y * across + x);
				weights.push(0.5 * (1 - far) ** 5 + 0.16 * (1 - far) ** 2);
			}
		start[k + 1] = cells.length;
	});
	return { cells: Uint16Array.from(cells), weights: Float32Array.from(weights), start };
}

const spills = new WeakMap<readonly Led[], Map<string, Spill>>();

/* Boards of one kind share their table. */
function sharedSpill(shape: FieldShape, across: number, down: number): Spill {
	const key = `${shape.reach} ${shape.cell} ${shape.left} ${shape.top} ${across} ${down}`;
	const ofLeds = spills.get(shape.leds) ?? new Map<string, Spill>();
	const spill = ofLeds.get(key) ?? spillOf(shape, across, down);
	spills.set(shape.leds, ofLeds.set(key, spill));
	return spill;
}

export function createField(shape: FieldShape): Field {
	const across = Math.ceil(shape.w / shape.cell);
	const down = Math.ceil(shape.h / shape.cell);
	const { cells, weights, start } = sharedSpill(shape, across, down);
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

	return {
		shine(seen, onto, scale) {
			sum.fill(0);
			for (let k = 0; k < shape.leds.length; k++) {
				const r = seen[3 * k]!;
				const g = seen[3 * k + 1]!;
				const b = seen[3 * k + 2]!;
				if (r | g | b) add(k, r, g, b);
			}
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
			onto.drawImage(canvas, 0, 0, across * shape.cell * scale, down * shape.cell * scale);
		},
	};
}
