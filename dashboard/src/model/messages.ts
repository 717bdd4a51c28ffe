// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What nodes and conductor publish, as docs/PROTOCOL.md has it, after it was
 * read: every field is there, whatever was missing or odd has its default. */

/** Microseconds since the Unix epoch on the cluster's clock. */
export type Micros = number;

export interface Rgb {
	r: number;
	g: number;
	b: number;
}

export type ParamType = "int" | "bool" | "color" | "choice" | "text";
/** null: a colour that follows the light's own. */
export type ParamValue = number | boolean | string | null;

/** One row of an effect's parameter table: what a slider, a switch or a picker is made of. */
export interface Param {
	name: string;
	type: ParamType;
	/** int: its range. text: `max` is how many bytes it may have. */
	min: number;
	max: number;
	choices: readonly string[];
	default: ParamValue;
	unit: string;
	what: string;
}

export interface Effect {
	name: string;
	what: string;
	params: readonly Param[];
}

export type Shape = "blinkt" | "piglow";

/** P/node/<id>/info. */
export interface Info {
	id: string;
	groups: readonly string[];
	board: string;
	shape: Shape;
	pixels: number;
	/** LED names that `leds` of a command may say. */
	leds: readonly string[];
	backend: string;
	version: string;
	fps: number;
	/** As configured, a shorthand. */
	idle: string;
	reverse: boolean;
	timeOffsetMs: number;
	/** Why the board is dark; "" when it is well. */
	problem: string;
	effects: readonly Effect[];
	limits: { brightness: number; currentMa: number; flash: boolean };
}

export type Showing = "idle" | "scene" | "light" | "notice";

/** P/node/<id>/state: the light's own settings. What is drawn from it is the core's business. */
export interface State {
	/** Not for one that has let go and has nothing to show. */
	on: boolean;
	color: Rgb;
	brightness: number;
	/** "auto" when the light has let go. */
	effect: string;
	params: Readonly<Record<string, ParamValue>>;
	/** It has `pixels` or `leds`. */
	painted: boolean;
	sinceUs: Micros;
	/** What lay on top when this was published; `Cluster.showing()` knows of now. */
	showing: Showing;
	limited: boolean;
}

export type SyncState = "unsynced" | "acquire" | "tracking" | "holdover" | "resync" | "leading";

/** P/node/<id>/stats. null: not known. */
export interface Stats {
	fps: number;
	late: number;
	dropped: number;
	writeUs: number;
	sync: { state: SyncState; offsetUs: number | null; errorUs: number | null };
	cpu: number;
	memory: number;
	temperature: number | null;
	gauges: Readonly<Record<string, number>>;
}

/** P/conductor/info. */
export interface ConductorInfo {
	id: string;
	state: "adopting" | "leading";
	clockId: string;
	term: number;
	boot: number;
	ratePpb: number;
	nodes: number;
	version: string;
	/** UTC minus cluster time, and local time there minus UTC; null when its host's clock is not synchronised. */
	utcOffsetUs: number | null;
	tzOffsetS: number | null;
}

/** The look of a scene or of an entry of its playlist. */
export interface SceneLook {
	/** null: of a program that knows more effects. */
	effect: string | null;
	params: Readonly<Record<string, ParamValue>>;
	/** "#rrggbb" */
	color: string;
	brightness: number;
}

export type Target = { nodes: readonly string[] } | { groups: readonly string[] } | null;

export interface Scene {
	id: string;
	/** One entry, or those of the playlist. */
	entries: readonly (SceneLook & { durationUs: number })[];
	playlist: boolean;
	loop: boolean;
	target: Target;
	span: "cluster" | "node";
	startUs: Micros;
	endUs: Micros | null;
	fadeMs: number;
	seed: number;
	take: boolean;
}

/** P/dim/current. */
export interface Dim {
	brightness: number;
	untilUs: Micros | null;
}

export interface RosterNode {
	id: string;
	groups: readonly string[];
	pixels: number;
	/** Its first pixel on the strip. */
	offset: number;
	reverse: boolean;
	gap: number;
}

/** P/roster. */
export interface Roster {
	rev: number;
	effectiveUs: Micros;
	pixels: number;
	nodes: readonly RosterNode[];
}

/** An answer to a command, or what a node says on its error topic. */
export interface Answer {
	status: "ok" | "error";
	/** "" for the conductor. */
	node: string;
	/** "" when ok. */
	code: string;
	field: string;
	message: string;
	/** When it takes effect, where it is told. */
	atUs: Micros | null;
}
