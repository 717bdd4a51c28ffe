// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Small things that this browser keeps from one visit to the next: never a password. Where it keeps nothing, as in
 * private windows, the page does without. */

export type Noted = "account" | "level";

export function noted(what: Noted): string | null {
	try {
		return localStorage.getItem(what);
	} catch {
		return null;
	}
}

export function note(what: Noted, value: string): void {
	try {
		localStorage.setItem(what, value);
	} catch {
		/* It is asked for again. */
	}
}
