// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Effects as people look for them. */

import type { Effect } from "./messages";
import { wordsOf } from "./shelf";

/** What the page knows of them; another one is lively, unless it has something to measure. */
const CALM = ["solid", "breathe", "candle", "fire", "rainbow", "plasma", "pulse"];
const TELLING = ["gauge", "progress", "binary-clock", "morse"];

export interface EffectGroup {
	readonly name: "calm" | "lively" | "gauges" | "yours";
	readonly effects: readonly Effect[];
}

function groupOf({ name, text, params }: Effect): EffectGroup["name"] {
	if (text !== undefined) return "yours";
	if (CALM.includes(name)) return "calm";
	return TELLING.includes(name) || params.some((row) => row.type === "choice" && row.choices.includes("cpu")) ? "gauges" : "lively";
}

/** Of those that have the words in their name or explanation; groups that have some. */
export function grouped(effects: readonly Effect[], words: string): readonly EffectGroup[] {
	const wanted = wordsOf(words);
	const some = effects.filter(({ name, what }) => wanted.every((word) => `${name.replaceAll("-", " ")} ${name} ${what}`.toLowerCase().includes(word)));
	return (["calm", "lively", "gauges", "yours"] as const)
		.map((name) => ({ name, effects: some.filter((effect) => groupOf(effect) === name) }))
		.filter((group) => group.effects.length > 0);
}

/** Whether the light's colour means something to it: it is all of `solid`, and others have a parameter that is that or
 * follows it. To one that is not known it may. */
export function heedsColor(effects: readonly Effect[], chosen: string | null): boolean {
	const effect = effects.find(({ name }) => name === chosen);
	if (!effect || chosen === "solid") return true;
	return effect.params.some(({ name, type, default: unset }) => type === "color" && (name === "color" || unset === null));
}

/** The first of those names that no board has, because a text was removed; "" for none. Without boards nobody can tell. */
export function missing(effects: readonly Effect[], names: readonly string[]): string {
	return (effects.length > 0 && names.find((wanted) => !effects.some(({ name }) => name === wanted))) || "";
}
