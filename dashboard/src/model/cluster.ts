// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster as the page sees it. Messages and time go in; out come `view`, a
 * value that is replaced, never changed, whenever something was said, and
 * pictures, which also change by time alone and are asked for frame by frame. */

import type { Core } from "../core";
import type {
	Answer,
	ConductorInfo,
	Dim,
	Effect,
	Info,
	Micros,
	Roster,
	Scene,
	State,
	Stats,
	SyncState,
} from "./messages";

/** The way to the broker. `refused` is final until somebody logs in anew. */
export type LinkState =
	| { state: "connecting" }
	| { state: "online" }
	| { state: "lost"; why: string }
	| { state: "refused"; why: string };

export interface NodeView {
	readonly id: string;
	readonly online: boolean;
	readonly info: Info | null;
	readonly state: State | null;
	/** As last reported, and when (performance.now()); null before the first. */
	readonly stats: Stats | null;
	readonly statsAtMs: number;
	/** The roster has it; else it is a strip of its own. */
	readonly inRoster: boolean;
}

export interface ConductorView {
	readonly online: boolean;
	/** Retained: who leads, or led last. */
	readonly info: ConductorInfo | null;
	/** A beacon came within 1.5 s. */
	readonly beating: boolean;
	/** Online, leading and beating: commands to groups happen at one instant, scenes can be played. */
	readonly leads: boolean;
}

/** This browser's knowledge of cluster time. */
export interface ClockView {
	readonly state: SyncState;
	/** There is cluster time; without it pictures are drawn by this machine's own clock. */
	readonly valid: boolean;
	readonly offsetUs: number;
	/** One standard deviation. */
	readonly errorUs: number;
	readonly rttUs: number;
}

export type EventKind = "rejected" | "node" | "conductor" | "scene" | "dim";

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

/** Whom a command is for. */
export type Whom = { node: string } | { group: string } | "all";

export type CommandStatus = "pending" | "accepted" | "rejected" | "unanswered";

export interface CommandView {
	readonly key: number;
	/** Date.now() when it was sent. */
	readonly at: number;
	readonly topic: string;
	readonly payload: string;
	readonly status: CommandStatus;
	/** The answers so far; one, except where each node answers for itself because nobody conducts. */
	readonly answers: readonly Answer[];
	/** Why it was rejected or what silence means, one line for people; "" otherwise. */
	readonly message: string;
}

export interface ClusterView {
	readonly link: LinkState;
	/** Whether this account may send commands; null while that is not known. */
	readonly mayCommand: boolean | null;
	readonly conductor: ConductorView;
	readonly clock: ClockView;
	/** In the order of the roster; those it lacks come after, in natural order. */
	readonly nodes: readonly NodeView[];
	/** All groups that nodes are in, in natural order. */
	readonly groups: readonly string[];
	/** Every effect that some online node has, in its own order. */
	readonly effects: readonly Effect[];
	/** Scenes on the timeline we are on, ended ones included until the conductor clears them; the last is on top. */
	readonly scenes: readonly Scene[];
	readonly dim: Dim;
	readonly roster: Roster | null;
	/** Newest first, at most 200. */
	readonly events: readonly ClusterEvent[];
	/** Newest first, at most 50. */
	readonly commands: readonly CommandView[];
}

/** What shows on a node at an instant. */
export interface NodeShowing {
	/** `dark`: the board has a problem. `off`: the light is switched off. `unknown`: online, but has not said its state. */
	readonly layer: "offline" | "dark" | "unknown" | "off" | "notice" | "light" | "scene" | "idle";
	/** "rainbow 40%", "solid #ff0000", the idle shorthand, or the problem. */
	readonly label: string;
	/** The id of the topmost scene that runs for the node, whatever lies over it; null for none. */
	readonly scene: string | null;
}

/** A board at an instant. Both arrays are views into the core's memory: good until the next call of frame(). */
export interface NodeFrame {
	/** r, g, b of each LED as it goes to the board (before gamma); on a PiGlow its level three times. */
	readonly raw: Uint8Array;
	/** r, g, b of each LED as it looks: a PiGlow's levels in the LEDs' own colours. */
	readonly seen: Uint8Array;
}

/** How commands reach the broker; link.ts has the real one. */
export interface Outlet {
	/** Publishes at QoS 1, not retained. Resolves when the broker has taken it; `false` when it does not allow it.
	 * Rejects when there is no connection. */
	command(topic: string, payload: string, responseTopic: string, correlation: Uint8Array): Promise<boolean>;
	/** Publishes a clock probe at QoS 0, at once or not at all. */
	probe(topic: string, payload: Uint8Array): void;
}

export interface ClusterOptions {
	/** Default "glow". */
	prefix?: string;
	/** This page's id on the wire, `x-<random>`; chosen at random by default. */
	id?: string;
	/** Milliseconds of a steady clock; performance.now() by default. */
	now?: () => number;
	/** Wall clock in ms; Date.now() by default. */
	wall?: () => number;
}

export interface Cluster {
	readonly prefix: string;
	readonly id: string;
	/** What to subscribe to. */
	readonly topics: readonly string[];

	/** The present view: the same object until something changes. */
	readonly view: ClusterView;
	/** Calls `changed` after changes, at most once a turn of the event loop. Returns how to stop it. */
	subscribe(changed: () => void): () => void;

	/* -- what the link tells -- */

	/** A message arrived, `atMs` on the steady clock. Broken or unknown ones are passed over. */
	message(topic: string, payload: Uint8Array, retained: boolean, atMs?: number, correlation?: Uint8Array): void;
	link(state: LinkState, outlet: Outlet | null): void;
	mayCommand(may: boolean): void;

	/* -- pictures -- */

	/** Cluster time now; this machine's own while there is none. */
	nowUs(): Micros;
	/** Lets time pass; once before a frame's pictures are asked for. */
	tick(tUs: Micros): void;
	/** What the node's LEDs show at tUs, limits and the flash limit included; null for an id that is not known. Ask
	 * with rising times. Offline nodes are dark. */
	frame(id: string, tUs: Micros): NodeFrame | null;
	showing(id: string, tUs: Micros): NodeShowing;
	/** "shelf leads, term 3 · main: rainbow · dimmed to 40% · 5 of 5 nodes online · clocks within 31 µs". */
	headline(tUs: Micros): string;

	/* -- commands: each returns the command's key in view.commands -- */

	/** A light command: an object as docs/PROTOCOL.md has it, or shorthand. */
	set(whom: Whom, command: object | string): number;
	notify(whom: Whom, notice: object | string): number;
	play(scene: object | string): number;
	stop(what?: { id?: string; fade_ms?: number }): number;
	dim(brightness: number, untilUs?: Micros | null): number;

	/** Stops all timers. */
	close(): void;
}

/** Stub: the next commit fills it. */
export function createCluster(_core: Core, _options: ClusterOptions = {}): Cluster {
	throw new Error("not there yet");
}
