// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster as one strip: every pixel of the roster in its order, in as many
 * lines as the width requires. */

import type { Roster } from "../model/messages";

export interface StripPixel {
	readonly node: string;
	/** Index on the node's board. */
	readonly led: number;
}

/** What lies at each place of the strip; null is a gap between boards. */
export function stripOf(roster: Roster): (StripPixel | null)[] {
	const strip: (StripPixel | null)[] = new Array(roster.pixels).fill(null);
	for (const node of roster.nodes)
		for (let i = 0; i < node.pixels; i++) {
			const at = node.offset + (node.reverse ? node.pixels - 1 - i : i);
			if (at < strip.length) strip[at] = { node: node.id, led: i };
		}
	return strip;
}

export interface StripLayout {
	readonly across: number;
	/** Side of a pixel's place, in pixels of the page. */
	readonly pitch: number;
}

/** Pixels as large as the width allows, within what is pleasant to look at. */
export function layOut(pixels: number, width: number): StripLayout {
	const pitch = Math.max(10, Math.min(36, width / Math.max(1, Math.min(pixels, Math.floor(width / 10)))));
	return { pitch, across: Math.max(1, Math.floor(width / pitch)) };
}

export interface Label {
	readonly node: string;
	/** From which pixel of its line on, and how many. */
	readonly at: number;
	readonly length: number;
}

/** Pixels `from` up to `to` of the strip, and the boards named below them. */
export interface StripLine {
	readonly from: number;
	readonly to: number;
	readonly labels: readonly Label[];
}

const NAMED = 8; // pixels in one line that are enough for a name

/** Each board is named once: on its first line with room for that, or else on that with most of it. */
export function linesOf(strip: readonly (StripPixel | null)[], across: number): StripLine[] {
	const lines = Array.from({ length: Math.ceil(strip.length / across) }, (_, k) => ({
		from: k * across,
		to: Math.min(strip.length, (k + 1) * across),
		labels: [] as Label[],
	}));
	for (let i = 0, end = 0; i < strip.length; i = end) {
		const node = strip[i]?.node;
		for (end = i + 1; end < strip.length && strip[end]?.node === node; ) end++;
		if (!node) continue;
		let best: { line: number; at: number; length: number } | null = null;
		for (let at = i; at < end && (best?.length ?? 0) < NAMED; at = (Math.floor(at / across) + 1) * across) {
			const line = Math.floor(at / across);
			const length = Math.min(end, (line + 1) * across) - at;
			if (length > (best?.length ?? 0)) best = { line, at: at - line * across, length };
		}
		lines[best!.line]!.labels.push({ node, at: best!.at, length: best!.length });
	}
	return lines;
}
