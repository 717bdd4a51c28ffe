// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Which boards the shelf shows, in which order, and how large: as large as they all have room, down to a size at which
 * their light is still seen. */

import type { NodeView } from "../core";
import { healthOf, type Heard, type Mark } from "./status";

/* ---- which ---- */

export const ORDERS = [
	["strip", "As on the strip"],
	["name", "By name"],
	["trouble", "Trouble first"],
	["warmth", "Warmest first"],
] as const;

export type Order = (typeof ORDERS)[number][0];

export interface Find {
	/** Words of a name, title, group, board or backend. */
	readonly words: string;
	/** "" for all, "trouble", "group NAME" or "board NAME". */
	readonly only: string;
	readonly order: Order;
}

export const EVERYTHING: Find = { words: "", only: "", order: "strip" };

/** The words that somebody looks for. */
export function wordsOf(text: string): string[] {
	return text.toLowerCase().split(/\s+/).filter((word) => word !== "");
}

const natural = new Intl.Collator("en", { numeric: true }).compare;

const RANKS: Record<Mark, number> = { bad: 3, off: 2, fair: 1, unsure: 1, good: 0 };

/** Something needs somebody; the higher the worse. */
export function troubleOf(node: NodeView, heard: Heard): number {
	const { mark, remedy } = healthOf(node, heard);
	return remedy ? RANKS[mark] : 0;
}

/** What `only` can be, with its name for people. */
export function choicesOf(nodes: readonly NodeView[], groups: readonly string[]): [string, string][] {
	const boards = [...new Set(nodes.flatMap((node) => (node.info ? [node.info.board] : [])))].sort(natural);
	return [
		["", "All boards"],
		["trouble", "In trouble"],
		...groups.map((group): [string, string] => [`group ${group}`, `Group ${group}`]),
		...boards.map((board): [string, string] => [`board ${board}`, `Board ${board}`]),
	];
}

function isOnly(node: NodeView, only: string, heard: Heard): boolean {
	if (only === "trouble") return troubleOf(node, heard) > 0;
	const [kind, name] = [only.slice(0, only.indexOf(" ")), only.slice(only.indexOf(" ") + 1)];
	if (kind === "group") return node.info?.groups.includes(name) ?? false;
	return kind !== "board" || node.info?.board === name;
}

/** By id, as Wanted has them. */
type Titles = Readonly<Record<string, { readonly title?: string }>>;

const titleOf = ({ id }: NodeView, titles: Titles): string => titles[id]?.title || id;

function hasWords(node: NodeView, titles: Titles, words: readonly string[]): boolean {
	const { id, info } = node;
	const text = [id, titleOf(node, titles), ...(info ? [...info.groups, info.board, info.backend] : [])].join(" ").toLowerCase();
	return words.every((word) => text.includes(word));
}

const compare: Record<Exclude<Order, "strip">, (a: NodeView, b: NodeView, heard: Heard, titles: Titles) => number> = {
	name: (a, b, _, titles) => natural(titleOf(a, titles), titleOf(b, titles)),
	trouble: (a, b, heard) => troubleOf(b, heard) - troubleOf(a, heard),
	warmth: (a, b) => (b.stats?.temperature ?? -Infinity) - (a.stats?.temperature ?? -Infinity) || 0,
};

/** Those of the nodes, which come in the order of the strip. */
export function found(nodes: readonly NodeView[], { words, only, order }: Find, heard: Heard, titles: Titles): readonly NodeView[] {
	const wanted = wordsOf(words);
	const some = wanted.length || only ? nodes.filter((node) => isOnly(node, only, heard) && hasWords(node, titles, wanted)) : nodes;
	return order === "strip" ? some : [...some].sort((a, b) => compare[order](a, b, heard, titles));
}

/** More boards than a window shows: of very many these are asked for and made before the others. */
export const IN_SIGHT = 400;

/* ---- how large ---- */

/** In pixels of the page. */
export interface Room {
	readonly width: number;
	readonly height: number;
}

export interface Layout {
	/** A whole Pi with its board, the board's LEDs and what shows, or the LEDs and a name. */
	readonly kind: "photo" | "tile" | "mini";
	readonly columns: number;
	/** Of one board, in pixels. */
	readonly width: number;
	readonly gap: number;
}

interface Kind {
	/** Height of its picture for a width of 1, and of the words below it. */
	readonly ratio: number;
	readonly words: number;
	readonly gap: number;
	readonly least: number;
	readonly most: number;
}

const PHOTO: Kind = { ratio: 632 / 922, words: 90, gap: 14, least: 150, most: 1100 };
const TILE: Kind = { ratio: 0, words: 52, gap: 8, least: 128, most: 300 };
const MINI: Kind = { ratio: 0, words: 24, gap: 6, least: 88, most: 200 };

/** Height of a tile's LEDs for a width of 1: of eight in a row, and where there are others. */
export const ROW_RATIO = 0.22;
export const FIELD_RATIO = 0.58;

/** So much smaller boards may be to leave less room beside them. */
const SMALLER = 0.7;

/* As wide as boards of a kind may be for all to have room, or a little less where that fills the lines better. */
function fit(boards: number, room: Room, { ratio, words, gap }: Kind): Pick<Layout, "columns" | "width"> {
	let best = { columns: 1, width: 0 };
	const used = ({ columns, width }: typeof best) => width / (Math.ceil(boards / columns) * room.width);
	for (let columns = 1; columns <= boards; columns++) {
		const across = (room.width - gap * (columns - 1)) / columns;
		const down = ((room.height + gap) / Math.ceil(boards / columns) - gap - words) / ratio;
		const here = { columns, width: Math.min(across, down) };
		const fills = across <= down && across > SMALLER * best.width && used(here) > used(best);
		if (fills || here.width > best.width) best = here;
		if (across <= down) break; // with more columns they would only be smaller
	}
	return best;
}

/** `ratio` is ROW_RATIO or FIELD_RATIO. */
export function layoutOf(boards: number, room: Room, ratio: number): Layout {
	for (const [kind, of] of [["photo", PHOTO], ["tile", { ...TILE, ratio }], ["mini", { ...MINI, ratio }]] as const) {
		const { columns, width } = fit(boards, room, of);
		if (width >= of.least) return { kind, columns, width: Math.min(width, of.most), gap: of.gap };
	}
	const { least, gap } = MINI;
	const columns = Math.max(1, Math.floor((room.width + gap) / (least + gap)));
	return { kind: "mini", columns, width: Math.min(MINI.most, (room.width - gap * (columns - 1)) / columns), gap };
}
