// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster as the page sees it. Messages and time go in. Out come `view`, a
 * value that each message replaces and nothing changes, and pictures, which also
 * change by time alone, so they are asked for frame by frame. */

import type { ClockReport, ConductorView, Core, Frame, NodeView, Showing } from "../core";
import type { CommandView, Later, Outlet } from "./commands";
import type { ClusterEvent } from "./events";
import type { Check, Dim, Effect, EffectText, Micros, Preset, Roster, Scene, Schedule, Wanted, Words } from "./messages";
import { Model } from "./model";
import type { Look } from "./playlist";
import type { Preview } from "./preview";
import type { Samples } from "./samples";

export type { ConductorView, NodeView } from "../core";
export type { CommandStatus, CommandView, Outlet } from "./commands";
export type { ClusterEvent, EventKind } from "./events";

/** The connection to the broker. `refused` is final until somebody logs in again. */
export type LinkState =
	| { state: "connecting" }
	| { state: "online" }
	| { state: "lost"; why: string }
	| { state: "refused"; why: string };

/** Who a command is for. */
export type Whom = { node: string } | { group: string } | "all";

export interface ClusterView {
	readonly link: LinkState;
	/** Whether this account may send commands; null while that is not known. */
	readonly mayCommand: boolean | null;
	readonly conductor: ConductorView;
	readonly clock: ClockReport;
	/** In the order of the roster; those it lacks come after, in natural order. */
	readonly nodes: readonly NodeView[];
	/** How many there are beyond these. */
	readonly more: number;
	/** All groups that nodes are in, in natural order. */
	readonly groups: readonly string[];
	/** Every effect that some online node has, in its own order, and then those in text. */
	readonly effects: readonly Effect[];
	/** The cluster's effects in text, in alphabetical order. */
	readonly texts: readonly EffectText[];
	/** Scenes on the timeline we are on, ended ones included until the conductor clears them; the last is on top. */
	readonly scenes: readonly Scene[];
	readonly dim: Dim;
	readonly roster: Roster;
	/** What was set of the strip's order, and the boards' titles. */
	readonly wanted: Wanted;
	/** In natural order of their names; empty before followKept(). */
	readonly presets: readonly Preset[];
	readonly schedules: readonly Schedule[];
	/** Newest first, at most 200. */
	readonly events: readonly ClusterEvent[];
	/** Newest first, at most 50. */
	readonly commands: readonly CommandView[];
}

export interface ClusterOptions {
	/** Default "glow". */
	prefix?: string;
	/** What this page's own topics end in, `x/<random>`; chosen at random by default. */
	id?: string;
	/** Milliseconds of a steady clock; performance.now() by default. */
	now?: () => number;
	/** Wall clock in ms; Date.now() by default. */
	wall?: () => number;
	/** setTimeout by default. */
	later?: Later;
}

export interface Cluster {
	readonly prefix: string;
	readonly id: string;
	/** What to subscribe to first; and what then, where nothing is retained. */
	readonly topics: readonly string[];
	readonly ownTopics: readonly string[];
	/** And what last, once all is here that is retained at the first: it counts as done. */
	nodeTopics(): readonly string[];

	/** The present view: the same object until something changes. */
	readonly view: ClusterView;
	/** Calls `changed` after changes, at most once a turn of the event loop. Returns how to stop it. */
	subscribe(changed: () => void): () => void;

	/* -- what the link tells -- */

	/** A message arrived, `atMs` on the steady clock. Broken or unknown ones change nothing. */
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
	frame(id: string, tUs: Micros): Frame | null;
	showing(id: string, tUs: Micros): Showing;
	/** What the node's board is estimated to take at tUs, in mA; null for an id that is not known. Times as of frame(). */
	currentMa(id: string, tUs: Micros): number | null;
	/** Which entry of its playlist a scene shows, 0 where it has none; null while it does not run. */
	entryAt(scene: Pick<Scene, "id" | "start_us">, tUs: Micros): number | null;
	/** The instant of the frame that a board of so many frames a second shows at tUs. Boards with the same `fps` share
	 * these instants; drawn for them, a picture equals the board's to the byte. */
	slotUs(tUs: Micros, fps: number): Micros;

	/* -- commands: each returns the command's key in view.commands -- */

	/** A light command: an object as docs/PROTOCOL.md has it, or shorthand. */
	set(whom: Whom, command: object | string): number;
	notify(whom: Whom, notice: object | string): number;
	play(scene: object | string): number;
	stop(what?: { id?: string; fade_ms?: number }): number;
	dim(brightness: number, untilUs?: Micros | null): number;

	/* -- colours, as commands take them -- */

	/** "#rrggbb" of "tomato" or "#f40"; "" for what is no colour. */
	color(text: string): string;
	/** The white of a temperature, 1000-40000. */
	kelvin(kelvin: number): string;

	/* -- what the conductor keeps: keys as of commands -- */

	/** From now on the view has presets and schedules. */
	followKept(): void;
	/** As docs/PROTOCOL.md has preset/<name>/set; "" removes it. */
	keepPreset(name: string, what: object | ""): number;
	/** How a preset of the view looks: its scenes, the topmost first, and its lights, each look once. */
	looksOf(preset: Preset): readonly Look[];
	/** Another title for one that is there. */
	renamePreset(name: string, title: string): number;
	applyPreset(name: string, transitionS: number): number;
	keepSchedule(name: string, schedule: object | ""): number;
	/** Order, direction and titles, as of roster/set. */
	arrange(what: object): number;
	/** Takes back the last change: of single boards if this page made it, else the conductor's. */
	undo(): Undoing;
	/** Empties what the broker keeps of a node; what became of it, for people, "" when it is done. */
	forget(id: string): Promise<string>;

	/* -- effects in text -- */

	/** Asks the conductor to keep a text under that name, and to have one no more. Keys as of commands. */
	save(name: string, text: string): number;
	remove(name: string): number;
	check(text: string): Check;
	/** Why a text may not be called so; "" if it may. */
	nameTrouble(name: string): string;
	words(): Words;
	/** The same boards, showing a text that only this page has. */
	preview(): Preview;
	/** A board for each effect, which shows it. */
	samples(): Samples;

	/** Stops all timers. */
	close(): void;
}

/** What undo() does. Who was passed over where the conductor took something back its answer says. */
export interface Undoing {
	readonly keys: readonly number[];
	/** Boards that get back their own light; null: the conductor decides. */
	readonly boards: readonly string[] | null;
	readonly skipped: readonly string[];
}

/** Whatever boards are drawn from: the cluster, or a preview. */
export type Pictures = Pick<Cluster, "frame">;

export function createCluster(core: Core, options: ClusterOptions = {}): Cluster {
	return new Model(core, options);
}
