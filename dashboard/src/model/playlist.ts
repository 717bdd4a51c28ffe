// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Playlists as people edit them, also while they play. */

import { heedsColor } from "./kinds";
import type { Effect, Micros, ParamValue, PlaylistScene, Preset } from "./messages";

export interface Look {
	readonly effect: string;
	readonly params: Readonly<Record<string, ParamValue>>;
	/** #rrggbb */
	readonly color: string;
	readonly brightness: number;
}

export interface Entry extends Look {
	/** Its own for as long as it is edited, wherever it is moved. */
	readonly key: number;
	readonly durationS: number;
}

const US_PER_S = 1_000_000;

/** In the form of scene/play. An effect without a colour of its own gets none, which would only confuse whoever reads it back. */
export function asCommand(look: Look, effects: readonly Effect[]): object {
	const { effect, params, brightness, color } = look;
	return { effect, params, brightness, ...(heedsColor(effects, effect) ? { color } : {}) };
}

export const asPlaylist = (entries: readonly Entry[], effects: readonly Effect[]): object[] =>
	entries.map((entry) => ({ ...asCommand(entry, effects), duration_s: entry.durationS }));

/** As a preset keeps it: the only scene, which begins as the preset is applied. */
export const asPreset = (entries: readonly Entry[], loop: boolean, fadeMs: number, effects: readonly Effect[]): object => ({
	scenes: [
		{
			id: "main",
			playlist: entries.map((entry) => ({ ...asCommand(entry, effects), duration_us: entry.durationS * US_PER_S })),
			loop,
			fade_ms: fadeMs,
			start_us: 0,
		},
	],
});

/** The playlist that a preset is, if that is all it is. */
export function playlistOf({ lights, scenes }: Preset): PlaylistScene | null {
	const [scene, more] = scenes ?? [];
	return !lights && !more && scene?.playlist ? scene : null;
}

export const entriesOf = ({ playlist }: Pick<PlaylistScene, "playlist">): Entry[] =>
	playlist.map(({ effect, params, color, brightness, duration_us }, k) => ({
		key: k + 1,
		effect: effect ?? "solid",
		params,
		color,
		brightness,
		durationS: duration_us / US_PER_S,
	}));

export const nextKey = (entries: readonly Entry[]): number => Math.max(0, ...entries.map(({ key }) => key)) + 1;

const lengthS = (entries: readonly Entry[]): number => entries.reduce((sum, { durationS }) => sum + durationS, 0);

/** Which entry shows after so long, and how long it has. */
function placeAt(entries: readonly Entry[], elapsedS: number): { k: number; intoS: number } {
	let intoS = elapsedS % lengthS(entries);
	for (const [k, { durationS }] of entries.entries()) {
		if (intoS < durationS) return { k, intoS };
		intoS -= durationS;
	}
	return { k: entries.length - 1, intoS: entries.at(-1)!.durationS };
}

/** When the changed playlist has to have begun so that what shows goes on: the entry that shows stays where it is, and
 * where it is gone or shorter now, what follows begins. */
export function goneOn(before: readonly Entry[], after: readonly Entry[], startUs: Micros, nowUs: Micros): Micros {
	const showsUs = Math.max(nowUs, startUs); // it may be about to begin
	const { k, intoS } = placeAt(before, (showsUs - startUs) / US_PER_S);
	const rest = before.slice(k).map(({ key }) => after.findIndex((entry) => entry.key === key));
	const at = rest.find((place) => place >= 0) ?? 0;
	const stays = rest[0] === at ? Math.min(intoS, after[at]!.durationS) : 0;
	return showsUs - Math.round((lengthS(after.slice(0, at)) + stays) * US_PER_S);
}

/** Whether this is what plays: as far as it matters for where it is. */
export const plays = ({ playlist }: PlaylistScene, entries: readonly Entry[]): boolean =>
	playlist.length === entries.length &&
	entries.every(({ effect, durationS }, k) => playlist[k]!.effect === effect && playlist[k]!.duration_us === Math.round(durationS * US_PER_S));
