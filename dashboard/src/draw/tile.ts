// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The LEDs of a board in a small place, and nothing else of it. */

import type { Shape } from "../model/messages";
import { geometryOf } from "./geometry";

/** LEDs in pixels of the page, from the place's corner. */
export interface Tile {
	/** Of each LED. */
	readonly middles: readonly { readonly x: number; readonly y: number }[];
	readonly side: number;
	readonly round: boolean;
}

const ROW = 8;
const EDGE = 0.06; // of the place's height

/* As in draw/geometry.ts, scaled into the place. */
function scaled(shape: Shape, pixels: number, width: number, height: number): Tile {
	const { leds, carrier, size, round } = geometryOf(shape, pixels);
	const scale = Math.min(width / carrier.w, height / carrier.h);
	const left = width / 2 - (carrier.x + carrier.w / 2) * scale;
	const top = height / 2 - (carrier.y + carrier.h / 2) * scale;
	return { middles: leds.map(({ x, y }) => ({ x: left + x * scale, y: top + y * scale })), side: size * scale, round };
}

/* In as few lines as hold them. */
function lines(pixels: number, width: number, height: number): Tile {
	const edge = EDGE * height;
	const [w, h] = [width - 2 * edge, height - 2 * edge];
	let across = 1;
	while (Math.ceil(pixels / across) * (w / across) > h) across++;
	const pitch = w / across;
	const top = (height - Math.ceil(pixels / across) * pitch) / 2;
	const middles = Array.from({ length: pixels }, (_, k) => ({
		x: edge + ((k % across) + 0.5) * pitch,
		y: top + (Math.floor(k / across) + 0.5) * pitch,
	}));
	return { middles, side: pitch * 0.72, round: false };
}

/** LEDs of a board in a place of that size. */
export function tileOf(shape: Shape, pixels: number, width: number, height: number): Tile {
	return shape === "blinkt" && pixels > ROW ? lines(pixels, width, height) : scaled(shape, pixels, width, height);
}
