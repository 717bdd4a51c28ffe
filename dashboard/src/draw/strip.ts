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

type Strip = readonly (StripPixel | null)[];

export interface StripLayout {
	readonly across: number;
	/** Side of a pixel's place, in pixels of the page. */
	readonly pitch: number;
}

const LEAST = 10; // what is pleasant to look at, in pixels of the page
const MOST = 36;

/** Pixels as large as the width allows, in no more lines than the least of them would take. */
export function layOut(strip: Strip, width: number): StripLayout {
	const pieces = piecesOf(strip);
	let across = Math.max(1, Math.floor(width / LEAST));
	const least = broken(pieces, across).length;
	while (across > 1 && broken(pieces, across - 1).length === least) across--;
	return { across, pitch: Math.min(MOST, width / across) };
}

/** A board on the strip, or a gap. */
interface Piece {
	readonly node: string | undefined;
	readonly from: number;
	readonly length: number;
}

function piecesOf(strip: Strip): Piece[] {
	const pieces: Piece[] = [];
	for (let from = 0, end = 0; from < strip.length; from = end) {
		const node = strip[from]?.node;
		for (end = from + 1; end < strip.length && strip[end]?.node === node; ) end++;
		pieces.push({ node, from, length: end - from });
	}
	return pieces;
}

/** Where each line begins: at a board, or within one that is longer than a line. */
function broken(pieces: readonly Piece[], across: number): number[] {
	const starts: number[] = [];
	for (const { from, length } of pieces) {
		if (starts.length && from + length - starts.at(-1)! <= across) continue;
		for (let at = from; at < from + length; at += across) starts.push(at);
	}
	return starts;
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

/** Lines break between boards; a board that is longer than a line has some of its own, and is named below the first. */
export function linesOf(strip: Strip, across: number): StripLine[] {
	const pieces = piecesOf(strip);
	const starts = broken(pieces, across);
	return starts.map((from, k) => {
		const to = starts[k + 1] ?? strip.length;
		const begun = pieces.filter((piece) => piece.node !== undefined && piece.from >= from && piece.from < to);
		return { from, to, labels: begun.map((piece) => ({ node: piece.node!, at: piece.from - from, length: Math.min(piece.length, to - piece.from) })) };
	});
}
