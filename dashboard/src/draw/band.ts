// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The lights of many boards on one canvas: hundreds of canvases would cost more than what is drawn on them. LEDs are
 * written into the picture as bytes, and the light around them, which lies on a canvas of few pixels below, is left to
 * the browser to scale up. */

import { createField } from "./glow";
import type { Tile } from "./tile";

/** A board's place on the band, in pixels of the page. */
export interface Place {
	readonly id: string;
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	readonly tile: Tile;
}

export interface Band {
	/** To be laid over one another, the glow below. */
	readonly glow: HTMLCanvasElement;
	readonly leds: HTMLCanvasElement;
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

/* An LED as spans of the picture's words: where each begins, and how long it is. */
function spansOf({ middles, side, round }: Tile, w: number, h: number, scale: number): Uint32Array[] {
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
		return Uint32Array.from(insets.flatMap((inset, k) => [(top + k) * w + left + inset, Math.max(1, n - 2 * inset)]));
	});
}

/* One board of the band: its own small picture, put where it belongs when it has changed. */
function createSpot({ x, y, width, height, tile }: Place, scale: number) {
	const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
	const image = new ImageData(w, h);
	const words = new Uint32Array(image.data.buffer);
	const spans = spansOf(tile, w, h, scale);
	const last = new Uint8Array(3 * spans.length).fill(1);
	let fresh = true;

	function same(seen: Uint8Array): boolean {
		for (let i = 0; i < last.length; i++) if (last[i] !== seen[i]) return false;
		return true;
	}

	function light(k: number, color: number) {
		const span = spans[k]!;
		for (let j = 0; j < span.length; j += 2) words.fill(color, span[j]!, span[j]! + span[j + 1]!);
	}

	return {
		/** False where nothing has changed. */
		paint(seen: Uint8Array, onto: CanvasRenderingContext2D): boolean {
			if (seen.length < last.length || (!fresh && same(seen))) return false;
			fresh = false;
			last.set(seen.subarray(0, last.length));
			for (let k = 0; k < spans.length; k++) {
				const [r, g, b] = [seen[3 * k]!, seen[3 * k + 1]!, seen[3 * k + 2]!];
				light(k, r | g | b ? word(r, g, b) : DARK);
			}
			onto.putImageData(image, Math.round(x * scale), Math.round(y * scale));
			return true;
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

/** `scale` is how many pixels of the canvas one of the page has. */
export function createBand(places: readonly Place[], width: number, height: number, scale: number): Band {
	const leds = document.createElement("canvas");
	leds.width = Math.max(1, Math.round(width * scale));
	leds.height = Math.max(1, Math.round(height * scale));
	const context = leds.getContext("2d", { willReadFrequently: true })!;
	const spots = places.map((place) => createSpot(place, scale));
	const lampsBy = places.map(lampsOf);
	const lamps = lampsBy.flat();
	const starts: number[] = [];
	lampsBy.reduce((sum, own) => (starts.push(sum), sum + own.length), 0);
	const reach = Math.max(14, Math.min(...places.map((place) => place.height)) * 0.9);
	const field = createField(lamps, reach, Math.max(4, reach / 4));
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
		leds,
		glowBox: field.box,
		paint(frame) {
			let changed = false;
			places.forEach(({ id }, k) => {
				const seen = frame(id);
				if (!seen || !spots[k]!.paint(seen, context)) return;
				gather(k, seen);
				changed = true;
			});
			if (changed) field.develop(colors);
		},
	};
}
