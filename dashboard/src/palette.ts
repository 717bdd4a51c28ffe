// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The colours of late, as long as the page is open, and the favourites, which the browser keeps. */

import { withRecent } from "./model/color";

const PLACE = "glowswarm.colours";
const SETTLE_MS = 700; // of those that a drag passes only the last was meant
const MOST = 16;

export interface Palette {
	readonly recent: readonly string[];
	readonly favourites: readonly string[];
}

/** Whatever lies there may be anybody's. */
function kept(): readonly string[] {
	try {
		const list: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
		return Array.isArray(list) ? list.filter((one): one is string => typeof one === "string" && /^#[0-9a-f]{6}$/.test(one)).slice(0, MOST) : [];
	} catch {
		return [];
	}
}

let palette: Palette = { recent: [], favourites: kept() };
let settle = 0;
const watchers = new Set<() => void>();

function change(to: Partial<Palette>): void {
	palette = { ...palette, ...to };
	for (const watcher of watchers) watcher();
}

export const paletteNow = (): Palette => palette;

/** Calls `changed` when it is another; returns how to stop it. */
export function watchPalette(changed: () => void): () => void {
	watchers.add(changed);
	return () => void watchers.delete(changed);
}

export function noteRecent(hex: string): void {
	clearTimeout(settle);
	settle = window.setTimeout(() => change({ recent: withRecent(palette.recent, hex) }), SETTLE_MS);
}

export function keepFavourite(hex: string, keep: boolean): void {
	const favourites = keep ? withRecent(palette.favourites, hex, MOST) : palette.favourites.filter((one) => one !== hex);
	change({ favourites });
	try {
		localStorage.setItem(PLACE, JSON.stringify(favourites));
	} catch {
		/* A browser that keeps nothing has them until the page is closed. */
	}
}
