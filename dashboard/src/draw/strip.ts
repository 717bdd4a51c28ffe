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
	readonly lines: number;
	/** Side of a pixel's place, and height of a line with its label, in pixels of the page. */
	readonly pitch: number;
	readonly line: number;
}

/** Pixels as large as the width allows, within what is pleasant to look at. */
export function layOut(pixels: number, width: number): StripLayout {
	const pitch = Math.max(10, Math.min(36, width / Math.max(1, Math.min(pixels, Math.floor(width / 10)))));
	const across = Math.max(1, Math.floor(width / pitch));
	return { across, lines: Math.max(1, Math.ceil(pixels / across)), pitch, line: pitch * 1.1 + 26 };
}
