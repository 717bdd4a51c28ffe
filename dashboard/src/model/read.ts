// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* JSON to the types of messages.ts. Nothing that comes from the network is
 * believed: what is missing or odd gets its default, and what is no object at
 * all is null. What is drawn is read by the core, strictly; this is for the words on the page. */

import type {
	Answer,
	ConductorInfo,
	Dim,
	Effect,
	Info,
	Param,
	ParamType,
	ParamValue,
	Rgb,
	Roster,
	RosterNode,
	Scene,
	SceneLook,
	State,
	Stats,
	SyncState,
	Target,
} from "./messages";

type Tree = Record<string, unknown>;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The object that a payload is, or null. */
export function parse(payload: Uint8Array): Tree | null {
	try {
		return tree(JSON.parse(decoder.decode(payload)));
	} catch {
		return null;
	}
}

function tree(value: unknown): Tree | null {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : null;
}

function list<T>(value: unknown, read: (one: unknown) => T | null): T[] {
	if (!Array.isArray(value)) return [];
	return value.map(read).filter((one): one is T => one !== null);
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
const number = (value: unknown, otherwise = 0): number => numberOrNull(value) ?? otherwise;
const numberOrNull = (value: unknown): number | null => (Number.isFinite(value) ? (value as number) : null);

function oneOf<T extends string>(value: unknown, known: readonly T[], otherwise: T): T {
	return known.find((one) => one === value) ?? otherwise;
}

const paramValue = (value: unknown): ParamValue =>
	typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : null;

function paramValues(value: unknown): Record<string, ParamValue> {
	return Object.fromEntries(Object.entries(tree(value) ?? {}).map(([name, one]) => [name, paramValue(one)]));
}

/* ---- nodes ---- */

const PARAM_TYPES: readonly ParamType[] = ["int", "bool", "color", "choice", "text"];

function readParam(value: unknown): Param | null {
	const p = tree(value);
	if (!p || !text(p.name)) return null;
	return {
		name: text(p.name),
		type: oneOf(p.type, PARAM_TYPES, "int"),
		min: number(p.min),
		max: number(p.max),
		choices: list(p.choices, textOrNull),
		default: paramValue(p.default),
		unit: text(p.unit),
		what: text(p.what),
	};
}

function readEffect(value: unknown): Effect | null {
	const e = tree(value);
	if (!e || !text(e.name)) return null;
	return { name: text(e.name), what: text(e.what), params: list(e.params, readParam) };
}

export function readInfo(t: Tree, id: string): Info {
	const limits = tree(t.limits) ?? {};
	const shape = oneOf(t.shape, ["blinkt", "piglow"], "blinkt");
	return {
		id,
		groups: list(t.groups, textOrNull),
		board: text(t.board),
		shape,
		pixels: shape === "piglow" ? 18 : number(t.pixels, 8),
		leds: list(t.leds, textOrNull),
		backend: text(t.backend),
		version: text(t.version),
		fps: number(t.fps, 60),
		idle: text(t.idle),
		reverse: t.reverse === true,
		timeOffsetMs: number(t.time_offset_ms),
		problem: text(t.problem),
		effects: list(t.effects, readEffect),
		limits: {
			brightness: number(limits.brightness, 255),
			currentMa: number(limits.current_ma),
			flash: limits.flash === true,
		},
	};
}

function readRgb(value: unknown): Rgb {
	const c = tree(value) ?? {};
	return { r: number(c.r, 255), g: number(c.g, 255), b: number(c.b, 255) };
}

export function readState(t: Tree): State {
	return {
		on: t.state !== "OFF",
		color: readRgb(t.color),
		brightness: number(t.brightness, 255),
		effect: text(t.effect) || "auto",
		params: paramValues(t.params),
		painted: t.pixels !== undefined || t.leds !== undefined,
		sinceUs: number(t.since_us),
		showing: oneOf(t.showing, ["idle", "scene", "light", "notice"], "idle"),
		limited: t.limited === true,
	};
}

const SYNC_STATES: readonly SyncState[] = ["unsynced", "acquire", "tracking", "holdover", "resync", "leading"];

export function readStats(t: Tree): Stats {
	const sync = tree(t.sync) ?? {};
	const gauges = Object.entries(tree(t.gauges) ?? {}).map(([name, value]) => [name, number(value)] as const);
	return {
		fps: number(t.fps),
		late: number(t.late),
		dropped: number(t.dropped),
		writeUs: number(t.write_us),
		sync: {
			state: oneOf(sync.state, SYNC_STATES, "unsynced"),
			offsetUs: numberOrNull(sync.offset_us),
			errorUs: numberOrNull(sync.error_us),
		},
		cpu: number(t.cpu),
		memory: number(t.memory),
		temperature: numberOrNull(t.temperature),
		gauges: Object.fromEntries(gauges),
	};
}

export function readAnswer(t: Tree): Answer {
	return {
		status: oneOf(t.status, ["ok", "error"], "error"),
		node: text(t.node),
		code: text(t.code),
		field: text(t.field),
		message: text(t.message),
		ignored: list(t.ignored, textOrNull),
		atUs: numberOrNull(t.at_us),
	};
}

/* ---- the cluster ---- */

export function readConductor(t: Tree): ConductorInfo | null {
	const clockId = text(t.clock_id);
	if (!/^[0-9a-f]{16}$/.test(clockId)) return null;
	return {
		id: text(t.id),
		state: oneOf(t.state, ["adopting", "leading"], "adopting"),
		clockId,
		term: number(t.term),
		boot: number(t.boot),
		ratePpb: number(t.rate_ppb),
		nodes: number(t.nodes),
		version: text(t.version),
		utcOffsetUs: numberOrNull(t.utc_offset_us),
		tzOffsetS: numberOrNull(t.tz_offset_s),
	};
}

function readLook(t: Tree): SceneLook & { durationUs: number } {
	return {
		effect: textOrNull(t.effect),
		params: paramValues(t.params),
		color: text(t.color) || "#ffffff",
		brightness: number(t.brightness, 255),
		durationUs: number(t.duration_us),
	};
}

function readTarget(value: unknown): Target {
	const t = tree(value);
	if (!t) return null;
	return t.nodes !== undefined
		? { nodes: list(t.nodes, textOrNull) }
		: { groups: list(t.groups, textOrNull) };
}

function readScene(value: unknown): Scene | null {
	const s = tree(value);
	if (!s || !text(s.id)) return null;
	const playlist = Array.isArray(s.playlist);
	return {
		id: text(s.id),
		entries: playlist
			? list(s.playlist, (one) => {
					const entry = tree(one);
					return entry && readLook(entry);
				})
			: [readLook(s)],
		playlist,
		loop: s.loop === true,
		target: readTarget(s.target),
		span: oneOf(s.span, ["cluster", "node"], "cluster"),
		startUs: number(s.start_us),
		endUs: numberOrNull(s.end_us),
		fadeMs: number(s.fade_ms),
		seed: number(s.seed),
		take: s.take !== false,
	};
}

export function readScenes(t: Tree): { clockId: string; scenes: Scene[] } {
	return { clockId: text(t.clock_id), scenes: list(t.scenes, readScene) };
}

export function readDim(t: Tree): Dim {
	return { brightness: number(t.brightness, 255), untilUs: numberOrNull(t.until_us) };
}

function readRosterNode(value: unknown): RosterNode | null {
	const n = tree(value);
	if (!n || !text(n.id)) return null;
	return {
		id: text(n.id),
		groups: list(n.groups, textOrNull),
		pixels: number(n.pixels, 8),
		offset: number(n.offset),
		reverse: n.reverse === true,
		gap: number(n.gap),
	};
}

export function readRoster(t: Tree): Roster {
	return {
		rev: number(t.rev),
		effectiveUs: number(t.effective_us),
		pixels: number(t.pixels),
		nodes: list(t.nodes, readRosterNode),
	};
}
