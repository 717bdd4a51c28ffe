// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What this page may take back. The conductor remembers what it has ordered; what the page has told single boards
 * the conductor has never heard of, so the page remembers how these were. */

import type { NodeView } from "../core";
import type { Micros, State } from "./messages";

/** Requests that follow each other so closely are one change, as the conductor has it. */
const ONE_CHANGE_MS = 1000;
/** A command arrives that much after it was sent, at most; a light that changed later was changed by somebody else. */
const ARRIVES_US = 2_500_000;
const KEPT = 10;

/** How single boards were before this page told them something, or a change that the conductor ordered. */
interface Change {
	readonly topic: string;
	readonly before: Map<string, State> | null;
	atMs: number;
	lastUs: Micros;
}

/** What is to be sent to which board, and who is passed over. */
export interface PutBack {
	readonly lights: ReadonlyMap<string, object>;
	readonly skipped: readonly string[];
}

/** A light as a command that leads to it. What moves begins anew, with the same dice. */
export function lightOf({ state, color, brightness, effect, params, pixels, leds, seed, dark }: State): object {
	const look = pixels ? { effect: "solid", color, pixels } : leds ? { effect: "solid", color, leds } : { color, effect, params, seed };
	return { state, brightness, ...look, ...(dark ? { dark } : {}) };
}

export class Undo {
	private readonly changes: Change[] = [];

	/** This page sends something to one board, which shows `state`. */
	single(node: string, state: State, atMs: number, tUs: Micros): void {
		let last = this.changes.at(-1);
		if (!last?.before || atMs - last.atMs > ONE_CHANGE_MS) last = this.push({ topic: "", before: new Map(), atMs, lastUs: tUs });
		if (!last.before!.has(node)) last.before!.set(node, state);
		last.atMs = atMs;
		last.lastUs = tUs;
	}

	/** It asks the conductor for something that this can take back. */
	ordered(topic: string, atMs: number): void {
		const last = this.changes.at(-1);
		if (last?.topic === topic && atMs - last.atMs <= ONE_CHANGE_MS) last.atMs = atMs;
		else this.push({ topic, before: null, atMs, lastUs: 0 });
	}

	private push(change: Change): Change {
		this.changes.push(change);
		if (this.changes.length > KEPT) this.changes.shift();
		return change;
	}

	/** Takes the newest: null where that is for the conductor to take back. Cluster times count only if `timed`. */
	take(find: (id: string) => NodeView | undefined, timed: boolean): PutBack | null {
		const change = this.changes.pop();
		if (!change?.before) return null;
		const lights = new Map<string, object>();
		const skipped: string[] = [];
		for (const [id, state] of change.before) {
			const now = find(id);
			const others = timed && (now?.state?.since_us ?? 0) > change.lastUs + ARRIVES_US;
			if (!now?.online || others) skipped.push(id);
			else lights.set(id, lightOf(state));
		}
		return { lights, skipped };
	}
}

/** "evening" of preset/evening/apply */
const middle = (topic: string): string => topic.split("/")[1] ?? "";

/** What was taken back, in words: by its topic below the prefix. */
export function undoneText(topic: string): string {
	if (topic === "all/set") return "the change of all boards";
	if (topic === "scene/play") return "the scene that was played";
	if (topic === "scene/stop") return "the end of scenes";
	if (topic === "dim/set") return "the change of the master dimmer";
	if (topic.startsWith("group/")) return `the change of group ${middle(topic)}`;
	if (topic.startsWith("preset/")) return `the preset ${middle(topic)}`;
	return topic;
}
