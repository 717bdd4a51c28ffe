// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Lists that people put in order. */

/** The list with its item at `from` at `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
	const rest = list.filter((_, k) => k !== from);
	rest.splice(to, 0, list[from]!);
	return rest;
}

/** Where an item goes by a key: a place, or null for keys that move nothing. */
export function placeBy(key: string, at: number, length: number): number | null {
	const to = { ArrowUp: at - 1, ArrowLeft: at - 1, ArrowDown: at + 1, ArrowRight: at + 1, Home: 0, End: length - 1 }[key];
	return to === undefined || to < 0 || to >= length || to === at ? null : to;
}

const ID_MAX = 63;

/** The id that a title makes: "Küche, links" is kueche-links. "" where nothing of it is left. */
export function idOf(title: string): string {
	const plain = title
		.toLowerCase()
		.replaceAll("ä", "ae")
		.replaceAll("ö", "oe")
		.replaceAll("ü", "ue")
		.replaceAll("ß", "ss")
		.normalize("NFD")
		.replace(/\p{M}/gu, "");
	return plain
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^-+/, "")
		.slice(0, ID_MAX)
		.replace(/-+$/, "");
}
