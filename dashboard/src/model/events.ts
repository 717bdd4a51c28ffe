// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What happened, in lines for people. */

import type { Dim, EffectText, Scene } from "./messages";

export type EventKind = "rejected" | "ignored" | "link" | "node" | "conductor" | "scene" | "dim" | "effect";

/** Something that happened, for the list of events. */
export interface ClusterEvent {
	readonly key: number;
	/** Date.now() when it was heard. */
	readonly at: number;
	readonly kind: EventKind;
	/** The node or conductor it is about, "" for the cluster. */
	readonly who: string;
	/** One line for people. */
	readonly text: string;
	readonly bad: boolean;
}

const EVENTS_MAX = 200;

/** The latest events, newest first; `list` is replaced, never changed. */
export class EventLog {
	list: readonly ClusterEvent[] = [];
	private key = 0;

	constructor(private readonly wall: () => number) {}

	add(kind: EventKind, who: string, text: string, bad = false): void {
		const event = { key: ++this.key, at: this.wall(), kind, who, text, bad };
		this.list = [event, ...this.list.slice(0, EVENTS_MAX - 1)];
	}
}

const same = (a: Scene, b: Scene): boolean => a.id === b.id && a.start_us === b.start_us && a.seed === b.seed;

function sceneName(scene: Scene): string {
	if (!scene.playlist) return scene.effect ?? "?";
	return `playlist ${scene.playlist.map((entry) => entry.effect ?? "?").join(", ")}`;
}

/** What changed from the scenes that were to those that are. */
export function sceneChanges(before: readonly Scene[], after: readonly Scene[]): string[] {
	const begun = after.filter((scene) => !before.some((old) => same(old, scene)));
	const ended = before.filter((old) => !after.some((scene) => scene.id === old.id));
	return [
		...begun.map((scene) => `${scene.id}: ${sceneName(scene)}`),
		...ended.map((scene) => `${scene.id} ended`),
	];
}

/** What became of effects in text. */
export function textChanges(before: readonly EffectText[], after: readonly EffectText[]): string[] {
	const of = (name: string, texts: readonly EffectText[]) => texts.find((one) => one.name === name);
	const gone = before.filter(({ name }) => !of(name, after));
	const other = after.filter(({ name, rev }) => of(name, before)?.rev !== rev);
	return [
		...gone.map(({ name }) => `${name} was removed`),
		...other.map(({ name }) => `${name} ${of(name, before) ? "was changed" : "is new"}`),
	];
}

export function dimText(dim: Dim): string {
	if (dim.brightness === 0) return "blackout";
	return dim.brightness === 255 ? "full brightness" : `dimmed to ${Math.round((dim.brightness * 100) / 255)}%`;
}
