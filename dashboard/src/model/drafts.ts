// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Texts on the way: what somebody has typed, beside what the cluster has. Several may write the same text, and the last
 * one wins; so each is told what the others did. */

import type { EffectText } from "./messages";

export interface Draft {
	readonly name: string;
	readonly text: string;
	/** The cluster's text that this one goes on from; null: it is new. */
	readonly base: string | null;
}

/** How a draft stands to the cluster's text of its name.
 *  new: there is none. taken: there is one, which saving would replace. saved: they are the same. changed: only here.
 *  elsewhere: somebody else changed it meanwhile. removed: somebody removed it. */
export type Standing = "new" | "taken" | "saved" | "changed" | "elsewhere" | "removed";

type Saved = Pick<EffectText, "name" | "text"> | undefined;

export function standingOf({ text, base }: Draft, saved: Saved): Standing {
	if (!saved) return base === null ? "new" : "removed";
	if (saved.text === text) return "saved";
	if (base === null) return "taken";
	return saved.text === base ? "changed" : "elsewhere";
}

/** The draft, gone on from the cluster's text where that is the same by now, as after saving. */
export function settled(draft: Draft, saved: Saved): Draft {
	return saved && saved.text === draft.text && draft.base !== saved.text ? { ...draft, base: saved.text } : draft;
}

export const draftOf = ({ name, text }: Pick<EffectText, "name" | "text">): Draft => ({ name, text, base: text });

/** Takes what others made of it. */
export const taking = (draft: Draft, saved: Saved): Draft => (saved ? draftOf(saved) : draft);

/** Keeps one's own: saving it replaces what others made. */
export const keeping = (draft: Draft, saved: Saved): Draft => ({ ...draft, base: saved?.text ?? null });

const NAME_MAX = 31;

/** A name that nobody has: "aurora", "aurora-2", "aurora-3" … */
export function freeName(wish: string, taken: readonly string[]): string {
	const stem = wish.replace(/-\d+$/, "");
	for (let k = 1; ; k++) {
		const end = k === 1 ? "" : `-${k}`;
		const name = k === 1 ? wish : `${stem.slice(0, NAME_MAX - end.length).replace(/-+$/, "")}${end}`;
		if (!taken.includes(name)) return name;
	}
}
