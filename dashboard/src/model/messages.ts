// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What nodes and conductor publish, in the words of docs/PROTOCOL.md, as far as
 * the page shows it. The core has read it and says it again with every member
 * there (include/glow/watch_tree.h), so there are no defaults here. */

/** Microseconds since the Unix epoch on the cluster's clock. */
export type Micros = number;

export interface Rgb {
	readonly r: number;
	readonly g: number;
	readonly b: number;
}

/** null: a colour that follows the light's own. */
export type ParamValue = number | boolean | string | null;

interface ParamBase {
	readonly name: string;
	readonly unit: string;
	readonly what: string;
}

/** One row of an effect's parameter table: what a slider, a switch or a picker is made of. */
export type Param =
	| (ParamBase & { readonly type: "int"; readonly min: number; readonly max: number; readonly default: number })
	| (ParamBase & { readonly type: "bool"; readonly default: boolean })
	| (ParamBase & { readonly type: "color"; readonly default: string | null })
	| (ParamBase & { readonly type: "choice"; readonly choices: readonly string[]; readonly default: string })
	/** `max` is how many bytes it may have. */
	| (ParamBase & { readonly type: "text"; readonly max: number; readonly default: string });

export interface Effect {
	readonly name: string;
	readonly what: string;
	readonly params: readonly Param[];
	/** What it is written in; absent for a built-in one. */
	readonly text?: string;
}

/** P/effect/<name>: an effect that somebody of this cluster has written. */
export interface EffectText extends Effect {
	readonly text: string;
	/** Another one for each change. */
	readonly rev: number;
}

/** What the compiler says of a text. */
export type Check =
	| { readonly mistake: Mistake }
	| (Pick<Effect, "what" | "params"> & { readonly mistake?: undefined; readonly cost: { readonly pixel: number; readonly frame: number } });

export interface Mistake {
	/** From 1; columns in characters. */
	readonly line: number;
	readonly column: number;
	readonly what: string;
}

/** All that means something in a text, and how much is allowed. */
export interface Words {
	readonly keywords: readonly string[];
	readonly inputs: readonly string[];
	readonly functions: readonly string[];
	readonly colors: readonly string[];
	/** The most of a text, and of the steps for a frame of a board. */
	readonly bytes: number;
	readonly steps: number;
}

export type Shape = "blinkt" | "piglow";

/** P/node/<id>/info. */
export interface Info {
	readonly groups: readonly string[];
	readonly board: string;
	readonly shape: Shape;
	readonly pixels: number;
	readonly backend: string;
	readonly version: string;
	/** Shorthand: what shows where nothing else does. */
	readonly idle: string;
	/** Its first pixel is at the other end. */
	readonly reverse: boolean;
	readonly time_offset_ms: number;
	/** 255 and 0: no limit. */
	readonly limits: { readonly brightness: number; readonly current_ma: number; readonly flash: boolean };
	/** Why the board is dark; absent when it is well. */
	readonly problem?: string;
	/** What names its effects where the message does not have them; then they are filled in. */
	readonly effects_hash?: string;
	effects: readonly Effect[];
}

/** P/node/<id>/state: the light's own settings. What is drawn from it is the core's business. */
export interface State {
	/** OFF as well where the light has let go and has nothing to show. */
	readonly state: "ON" | "OFF";
	readonly color: Rgb;
	readonly brightness: number;
	/** "auto" when the light has let go. */
	readonly effect: string;
	readonly params: Readonly<Record<string, ParamValue>>;
	/** When the light changed last. */
	readonly since_us: Micros;
	readonly seed: number;
	/** OFF because there is nothing to show. */
	readonly dark?: boolean;
	/** Either of these: it is painted pixel by pixel. */
	readonly pixels?: readonly string[];
	readonly leds?: Readonly<Record<string, number>>;
	/** What lies over it for a while. */
	readonly notice?: { readonly effect: string; readonly priority: number; readonly end_us: Micros };
	/** A limit changes the picture. */
	readonly limited: boolean;
}

export type SyncState = "unsynced" | "acquire" | "tracking" | "holdover" | "resync" | "leading";

/** P/node/<id>/stats. null: not known. */
export interface Stats {
	readonly fps: number;
	readonly late: number;
	readonly write_us: number;
	/** Per cent of a processor's time, of the machine. */
	readonly cpu: number;
	readonly memory: number;
	/** °C; null without a sensor. */
	readonly temperature: number | null;
	/** Beyond 1: so many slots pass from one frame to the next. */
	readonly slots_a_frame: number;
	readonly sync: { readonly state: SyncState; readonly offset_us: number | null; readonly error_us: number | null };
}

/** P/conductor/info. */
export interface ConductorInfo {
	readonly id: string;
	readonly state: "adopting" | "leading";
	readonly clock_id: string;
	readonly term: number;
	readonly boot: number;
	/** To UTC, and on to local time where it is; null while its own clock is not synchronised. */
	readonly utc_offset_us: number | null;
	readonly tz_offset_s: number | null;
}

/** The look of a scene or of an entry of its playlist. */
export interface SceneLook {
	/** null: of a program that knows more effects. */
	readonly effect: string | null;
	readonly params: Readonly<Record<string, ParamValue>>;
	/** "#rrggbb" */
	readonly color: string;
	readonly brightness: number;
}

/** An entry of a playlist. */
export type PlaylistLook = SceneLook & { readonly duration_us: number };

/** Which nodes a scene is for; null is all. */
export type Target = { readonly nodes: readonly string[] } | { readonly groups: readonly string[] } | null;

interface SceneBase {
	readonly id: string;
	readonly target: Target;
	readonly span: "cluster" | "node";
	readonly start_us: Micros;
	readonly end_us: Micros | null;
	readonly fade_ms: number;
	readonly seed: number;
}

/** An entry of P/scene/current: one look, or a playlist of several. */
export type Scene =
	| (SceneBase & SceneLook & { readonly playlist?: undefined })
	| PlaylistScene;

export type PlaylistScene = SceneBase & { readonly playlist: readonly PlaylistLook[]; readonly loop: boolean };

/** P/dim/current. */
export interface Dim {
	readonly brightness: number;
}

/** P/roster. */
export interface Roster {
	readonly rev: number;
	/** Length of the strip. */
	readonly pixels: number;
	/** So many more boards have no place on it: there was no room for them in a message. */
	readonly left_out?: number;
	readonly nodes: readonly RosterNode[];
}

export interface RosterNode {
	readonly id: string;
	readonly pixels: number;
	/** Its first pixel on the strip. */
	readonly offset: number;
	readonly reverse: boolean;
	/** Pixels left free behind it. */
	readonly gap: number;
}

/** P/roster/wanted: what was set of order and titles. */
export interface Wanted {
	readonly order?: readonly string[];
	readonly nodes: Readonly<Record<string, { readonly title?: string; readonly reverse?: boolean; readonly gap?: number }>>;
}

/** P/preset/<name>: what showed, to be shown again. */
export interface Preset {
	readonly name: string;
	/** For people; "" for none. */
	readonly title: string;
	/** The nodes whose lights it has; null: it leaves all lights as they are. */
	readonly lights: readonly string[] | null;
	/** Times count from the instant at which it is applied; null: it leaves what plays as it is. */
	readonly scenes: readonly Scene[] | null;
}

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** P/schedule/<name>. It does one of preset, scene and dim. */
export interface Schedule {
	readonly name: string;
	readonly title?: string;
	/** "07:00", "sunrise" or "sunset". */
	readonly at: string;
	/** After the sun, or before it. */
	readonly offset_min?: number;
	readonly days: readonly Day[];
	readonly enabled: boolean;
	readonly preset?: string;
	/** Seconds, of a preset. */
	readonly transition?: number;
	readonly scene?: string | Readonly<Record<string, unknown>>;
	readonly dim?: string | number | Readonly<Record<string, unknown>>;
	/** UTC: when it was last due. */
	readonly fired_us?: number;
}

/** An answer to a command, or what a node says on its error topic. */
export interface Answer {
	readonly status: "ok" | "error";
	/** "" for the conductor. */
	readonly node: string;
	/** Both "" when ok. */
	readonly field: string;
	readonly message: string;
	/** The paths of what was taken no notice of. */
	readonly ignored: readonly string[];
	/** What was taken back, by its topic; "" for nothing. */
	readonly undone: string;
	/** How many nodes it is for. */
	readonly nodes: number | null;
	/** Nodes that it passed over. */
	readonly skipped: readonly string[];
}
