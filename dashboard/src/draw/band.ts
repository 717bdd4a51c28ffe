// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The lights of many boards on one canvas: hundreds of canvases would cost more than what is drawn on them. LEDs are
 * written into the picture as bytes, and the light around them, which lies on a canvas of few pixels below, is left to
 * the browser to scale up. */

import { createField } from "./glow";
import type { Tile } from "./tile";

/** In pixels of the page. */
export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** A board's place on the band. */
export interface Place extends Box {
	readonly id: string;
	readonly tile: Tile;
}

export interface Band {
	/** To be laid below the LEDs. */
	readonly glow: HTMLCanvasElement;
	/** Where the glow lies, in pixels of the page. */
	readonly glowBox: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
	/** Draws what frame() has for each board; boards of which it has none stay as they are. */
	paint(frame: (id: string) => Uint8Array | null): void;
}

const MOST_LAMPS = 18; // of a board; beyond it LEDs that lie together shine together
const DARK = 0xff42_3c38; // an LED that is off, as a word of the picture

interface Lamp {
	readonly x: number;
	readonly y: number;
	/** Whose mean its colour is. */
	readonly leds: readonly number[];
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const word = (r: number, g: number, b: number) => (littleEndian ? 0xff00_0000 | (b << 16) | (g << 8) | r : (r << 24) | (g << 16) | (b << 8) | 0xff) >>> 0;

/* An LED as the picture's words that are in it. */
function wordsOf({ middles, side, round }: Tile, w: number, h: number, scale: number, at: (x: number, y: number) => number): Uint32Array[] {
	const n = Math.max(1, Math.round(side * scale));
	const radius = round ? n / 2 : n > 4 ? n * 0.28 : 0;
	/* How much of a line the corners take. */
	const insets = Array.from({ length: n }, (_, k) => {
		const into = Math.max(0, radius - Math.min(k + 0.5, n - k - 0.5));
		return Math.round(radius - Math.sqrt(Math.max(0, radius * radius - into * into)));
	});
	return middles.map(({ x, y }) => {
		const left = Math.min(w - n, Math.max(0, Math.round(x * scale - n / 2)));
		const top = Math.min(h - n, Math.max(0, Math.round(y * scale - n / 2)));
		return Uint32Array.from(insets.flatMap((inset, k) => Array.from({ length: Math.max(1, n - 2 * inset) }, (_, i) => at(left + inset + i, top + k))));
	});
}

/* One board of a line: its LEDs among the words of the line's picture. */
function createSpot(tile: Tile, left: number, w: number, h: number, line: ImageData, scale: number) {
	const words = new Uint32Array(line.data.buffer);
	const leds = wordsOf(tile, w, h, scale, (x, y) => y * line.width + left + x);
	const last = new Uint8Array(3 * leds.length);
	let fresh = true;

	function same(seen: Uint8Array): boolean {
		for (let i = 0; i < last.length; i++) if (last[i] !== seen[i]) return false;
		return true;
	}

	function light(led: Uint32Array, color: number) {
		for (let j = 0; j < led.length; j++) words[led[j]!] = color;
	}

	return {
		/** False where nothing has changed. */
		paint(seen: Uint8Array): boolean {
			if (seen.length < last.length || (!fresh && same(seen))) return false;
			fresh = false;
			for (let k = 0; k < leds.length; k++) {
				const r = (last[3 * k] = seen[3 * k]!);
				const g = (last[3 * k + 1] = seen[3 * k + 1]!);
				const b = (last[3 * k + 2] = seen[3 * k + 2]!);
				light(leds[k]!, r | g | b ? word(r, g, b) : DARK);
			}
			return true;
		},
	};
}

/* Boards side by side: one picture, put onto the band when something of it has changed. */
function createLine(places: readonly Place[], width: number, scale: number) {
	const pixels = (size: number) => Math.max(1, Math.round(size * scale));
	const top = Math.round(places[0]!.y * scale);
	const h = pixels(places[0]!.height);
	const picture = new ImageData(width, h);
	const spots = places.map(({ tile, x, width: w }) => createSpot(tile, Math.round(x * scale), pixels(w), h, picture, scale));
	let changed = false;
	return {
		paint(k: number, seen: Uint8Array): boolean {
			const other = spots[k]!.paint(seen);
			changed ||= other;
			return other;
		},
		put(onto: CanvasRenderingContext2D) {
			if (changed) onto.putImageData(picture, 0, top);
			changed = false;
		},
	};
}

/* The lamps of a board: its LEDs, or where they are many the middles of those that lie together. */
function lampsOf({ x, y, width, height, tile: { middles } }: Place): Lamp[] {
	const few = middles.length <= MOST_LAMPS;
	const groups = new Map<number, number[]>();
	middles.forEach((middle, k) => {
		const at = few ? k : Math.floor((4 * middle.x) / width) + 4 * Math.floor((3 * middle.y) / height);
		groups.set(at, [...(groups.get(at) ?? []), k]);
	});
	return [...groups.values()].map((leds) => {
		const mean = (of: "x" | "y") => leds.reduce((sum, k) => sum + middles[k]![of], 0) / leds.length;
		return { x: x + mean("x"), y: y + mean("y"), leds };
	});
}

/** Boxes in lines, from top to bottom; they come in that order. */
export function inLines<Some extends Box>(places: readonly Some[]): Some[][] {
	const lines: Some[][] = [];
	for (const place of places) {
		const last = lines.at(-1);
		if (last && Math.abs(last[0]!.y - place.y) < 1) last.push(place);
		else lines.push([place]);
	}
	return lines;
}

/** Paints onto `leds`. `places` are in lines, from top to bottom. `scale` is how many pixels of the canvas one of the page
 * has. */
export function createBand(leds: HTMLCanvasElement, places: readonly Place[], width: number, height: number, scale: number): Band {
	leds.width = Math.max(1, Math.round(width * scale));
	leds.height = Math.max(1, Math.round(height * scale));
	const context = leds.getContext("2d", { willReadFrequently: true })!;
	const lines = inLines(places).map((line) => ({ line, ...createLine(line, leds.width, scale) }));
	const lampsBy = places.map(lampsOf);
	const lamps = lampsBy.flat();
	const starts: number[] = [];
	lampsBy.reduce((sum, own) => (starts.push(sum), sum + own.length), 0);
	const reach = Math.max(14, Math.min(...places.map((place) => place.height)) * 0.9);
	const field = createField(lamps, reach, Math.max(5, reach / 2.8));
	const colors = new Uint8Array(3 * lamps.length);

	function gather(k: number, seen: Uint8Array) {
		lampsBy[k]!.forEach(({ leds }, lamp) => {
			for (let c = 0; c < 3; c++) {
				let sum = 0;
				for (const led of leds) sum += seen[3 * led + c]!;
				colors[3 * (starts[k]! + lamp) + c] = sum / leds.length;
			}
		});
	}

	return {
		glow: field.canvas,
		glowBox: field.box,
		paint(frame) {
			let changed = false;
			let at = 0;
			for (const { line, paint, put } of lines) {
				for (let k = 0; k < line.length; k++, at++) {
					const seen = frame(line[k]!.id);
					if (!seen || !paint(k, seen)) continue;
					gather(at, seen);
					changed = true;
				}
				put(context);
			}
			if (changed) field.develop(colors);
		},
	};
}
