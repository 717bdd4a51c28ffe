// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The C core, compiled to WebAssembly: it reads what nodes and conductor
 * publish, draws their LEDs and keeps cluster time, by the very code that
 * glow-bridge and glowctl run. The page uses it through model/cluster.ts.
 *
 * dashboard/wasm/web.c says what each of its functions does. */

import type { Answer, Check, ConductorInfo, Dim, Effect, EffectText, Info, Micros, Preset, Roster, Scene, Schedule, State, Stats, SyncState, Wanted, Words } from "./model/messages";

/** The compiled core; each cluster is an instance of it. */
export type Core = WebAssembly.Module;

/** Compiles the core: `glow.wasm` as it is fetched, or its bytes. */
export async function loadCore(source: Response | Promise<Response> | BufferSource): Promise<Core> {
	if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return WebAssembly.compile(source);
	return WebAssembly.compileStreaming(source);
}

interface Exports {
	memory: WebAssembly.Memory;
	web_buffer(n: number): number;
	web_text(): number;
	web_init(seed: number): void;
	web_message(len: number, lNs: number): void;
	web_answer(len: number): void;
	web_preset(len: number): void;
	web_schedule(len: number): void;
	web_wanted(): void;
	web_color(len: number): void;
	web_kelvin(kelvin: number): void;
	web_tick(tUs: Micros, wallOffsetUs: number): void;
	web_nodes(known: number): number;
	web_more(): number;
	web_board(): number;
	web_online(board: number): number;
	web_info(board: number, known: number): number;
	web_state(board: number, known: number): number;
	web_stats(board: number, known: number): number;
	web_catalog(): void;
	web_conductor(lNs: number): void;
	web_stage(known: number): number;
	web_kinds(): number;
	web_entry(startUs: Micros, tUs: Micros): number;
	web_effects(known: number): number;
	web_check(len: number): void;
	web_name(len: number): void;
	web_words(): void;
	web_render(board: number, tUs: Micros): number;
	web_raw(): number;
	web_seen(): number;
	web_held(): number;
	web_current(board: number): number;
	web_showing(board: number, tUs: Micros): void;
	web_slot(tUs: Micros, fps: number): Micros;
	web_clock_connected(lNs: number): void;
	web_clock_disconnected(lNs: number): void;
	web_clock_due(): number;
	web_clock_probe(lNs: number): number;
	web_clock_now(lNs: number): number;
	web_clock_report(lNs: number): void;
}

/** A node as it last spoke of itself; null is what it has not said. */
export interface NodeView {
	readonly id: string;
	readonly online: boolean;
	readonly info: Info | null;
	readonly state: State | null;
	readonly stats: Stats | null;
}

export interface ConductorView {
	readonly online: boolean;
	/** It was heard of late. */
	readonly beating: boolean;
	/** Online, leading and beating: commands to groups happen at one instant, scenes can be played. */
	readonly leads: boolean;
	/** Retained: who leads, or led last. */
	readonly info: ConductorInfo | null;
}

/** What the cluster shows as a whole, as it is in force now. */
export interface Stage {
	/** Ended ones included until the conductor clears them; the last is on top. */
	readonly scenes: readonly Scene[];
	readonly roster: Roster;
	readonly dim: Dim;
}

/** A board at an instant. Both arrays are views into the core's memory: good until it is called again. */
export interface Frame {
	/** Linear light r, g, b of each LED as it goes to the board, 65535 for all of it; on a PiGlow its level three times. */
	readonly raw: Uint16Array;
	/** r, g, b of each LED as it looks, in sRGB: a PiGlow's levels in the LEDs' own colours. */
	readonly seen: Uint8Array;
}

/** What shows on a node at an instant. */
export interface Showing {
	/** `dark`: the board has a problem. `off`: the light is switched off, or has nothing to show. `unknown`: online, but has not said its state. */
	readonly layer: "offline" | "dark" | "unknown" | "off" | "notice" | "light" | "scene" | "idle";
	/** In words: "scene: rainbow 40%", "solid #ff0000", "idle: blue", "dark: no such board", "off: nothing to show". */
	readonly label: string;
	/** The id of the topmost scene that runs for the node, whatever lies over it; null for none. */
	readonly scene: string | null;
}

/** This browser's knowledge of cluster time. */
export interface ClockReport {
	readonly state: SyncState;
	/** There is cluster time; without it pictures are drawn by this machine's own clock. */
	readonly valid: boolean;
	readonly offset_us: number;
	/** One standard deviation. */
	readonly error_us: number;
	/** Of the latest probe. */
	readonly rtt_us: number;
}

/** A question for the time, to be published at once. */
export interface Probe {
	readonly topic: string;
	readonly payload: Uint8Array;
}

const PROBE_SIZE = 24;
const NS_PER_MS = 1e6;
const EBADF = 8;

/* The C library could write to files, if there were any. */
const noFiles = { wasi_snapshot_preview1: new Proxy({}, { get: () => () => EBADF }) };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What the core has said, and the revision it had then; 0 before the first. */
interface Said<T> {
	revision: number;
	value: T;
}

/** What web_raw() and web_seen() hold. */
const NOTHING = { id: "", tUs: 0, n: 0 };

const unsaid = () => ({ revision: 0, value: null });

interface Board {
	readonly at: number;
	view: NodeView | null;
	readonly info: Said<Info | null>;
	readonly state: Said<State | null>;
	readonly stats: Said<Stats | null>;
}

/** One cluster in the core. `atMs` is always the page's steady clock, performance.now(). */
export class CoreCluster {
	private readonly c: Exports;
	/** By node; a board outlives its node. */
	private drawn = NOTHING;
	private shown: Frame = { raw: new Uint16Array(), seen: new Uint8Array() };
	private readonly boards = new Map<string, Board>();
	private readonly catalogs = new Map<string, readonly Effect[]>();
	private readonly order: Said<readonly string[] | null> = unsaid();
	private readonly onStage: Said<Stage | null> = unsaid();
	private readonly inText: Said<readonly EffectText[] | null> = unsaid();

	/** `id` is this page's on the wire; `seed` spreads the probes of many pages. */
	constructor(core: Core, prefix: string, id: string, seed: number) {
		this.c = new WebAssembly.Instance(core, noFiles).exports as unknown as Exports;
		this.give(encoder.encode(`${prefix}\0${id}\0`));
		this.c.web_init(seed);
	}

	/** A message below the prefix, the replies to our probes included. Returns the id of the node it is of, "" for none. */
	message(topic: string, payload: Uint8Array, atMs: number): string {
		this.drawn = NOTHING;
		this.give(encoder.encode(`${topic}\0`), payload);
		this.c.web_message(payload.length, Math.round(atMs * NS_PER_MS));
		return this.text();
	}

	/** An answer to a command, or the payload of a node's error topic; null for a broken one. */
	answer(payload: Uint8Array): Answer | null {
		this.give(payload);
		this.c.web_answer(payload.length);
		return this.json<Answer | null>();
	}

	/** What a retained message keeps, but for its name; null for a broken or empty one. */
	preset(payload: Uint8Array): Omit<Preset, "name"> | null {
		this.give(payload);
		this.c.web_preset(payload.length);
		return this.json();
	}

	schedule(payload: Uint8Array): Omit<Schedule, "name"> | null {
		this.give(payload);
		this.c.web_schedule(payload.length);
		return this.json();
	}

	wanted(): Wanted {
		this.c.web_wanted();
		return this.json();
	}

	/** "#rrggbb" of what commands take for a colour: "tomato", "#f40"; "" for anything else. */
	color(text: string): string {
		const bytes = encoder.encode(text);
		this.give(bytes);
		this.c.web_color(bytes.length);
		return this.text();
	}

	/** The white of a temperature. */
	kelvin(kelvin: number): string {
		this.c.web_kelvin(kelvin);
		return this.text();
	}

	/** Lets time pass; local civil time is wallOffsetUs ahead of cluster time. */
	tick(tUs: Micros, wallOffsetUs: number): void {
		this.drawn = NOTHING;
		this.c.web_tick(tUs, wallOffsetUs);
	}

	/** Ids, in the order of the roster; those that it lacks come after, in natural order. */
	nodes(): readonly string[] {
		return this.heard(this.order, (known) => this.c.web_nodes(known))!;
	}

	/** How many nodes there are beyond those that are kept. */
	more(): number {
		return this.c.web_more();
	}

	/** The same object until the node says something else; null for a node that is not known. */
	node(id: string): NodeView | null {
		const board = this.board(id);
		const online = this.c.web_online(board.at);
		if (online < 0) return (board.view = null);
		const now: NodeView = {
			id,
			online: online === 1,
			info: this.info(board),
			state: this.heard(board.state, (known) => this.c.web_state(board.at, known)),
			stats: this.heard(board.stats, (known) => this.c.web_stats(board.at, known)),
		};
		const old = board.view;
		const same =
			old?.online === now.online && old.info === now.info && old.state === now.state && old.stats === now.stats;
		return same ? old : (board.view = now);
	}

	conductor(atMs: number): ConductorView {
		this.c.web_conductor(Math.round(atMs * NS_PER_MS));
		return this.json();
	}

	/** The same object until something of it changes. */
	stage(): Stage {
		return this.heard(this.onStage, (known) => this.c.web_stage(known))!;
	}

	/** The roster tells what its nodes are: their infos need not be read. */
	get tellsKinds(): boolean {
		return this.c.web_kinds() > 0;
	}

	/** The cluster's effects in text: the same object until one comes, changes or goes. */
	texts(): readonly EffectText[] {
		return this.heard(this.inText, (known) => this.c.web_effects(known))!;
	}

	/** What compiling a text comes to. */
	check(text: string): Check {
		const bytes = encoder.encode(text);
		this.give(bytes);
		this.c.web_check(bytes.length);
		return this.json();
	}

	/** Why a text may not be called so; "" if it may. */
	nameTrouble(name: string): string {
		const bytes = encoder.encode(name);
		this.give(bytes);
		this.c.web_name(bytes.length);
		return this.text();
	}

	words(): Words {
		this.c.web_words();
		return this.json();
	}

	/** Which entry of its playlist a scene shows at tUs, 0 where it has none; null while the scene does not run. */
	entryAt(scene: Pick<Scene, "id" | "start_us">, tUs: Micros): number | null {
		this.give(encoder.encode(`${scene.id}\0`));
		const entry = this.c.web_entry(scene.start_us, tUs);
		return entry < 0 ? null : entry;
	}

	/** Null for a node that is not known. Asked for once more before anything else is drawn or happens it costs nothing:
	 * each line of a long row does. */
	frame(id: string, tUs: Micros): Frame | null {
		if (this.drawn.id !== id || this.drawn.tUs !== tUs) this.drawn = { id, tUs, n: this.c.web_render(this.board(id).at, tUs) };
		return this.drawn.n === 0 ? null : this.shownIn(this.drawn.n);
	}

	/** Hundreds of boards of one kind are asked for sixty times a second: the views of the last are good for the next. */
	private shownIn(n: number): Frame {
		const { buffer } = this.c.memory;
		const { raw } = this.shown;
		if (raw.buffer === buffer && raw.length === 3 * n) return this.shown;
		return (this.shown = { raw: new Uint16Array(buffer, this.c.web_raw(), 3 * n), seen: this.bytes(this.c.web_seen(), 3 * n) });
	}

	/** Whether the flash limit held back what frame() drew last. */
	get held(): boolean {
		return this.c.web_held() === 1;
	}

	/** Estimated supply current of the board as frame() draws it; null for a node that is not known. */
	currentMa(id: string, tUs: Micros): number | null {
		return this.frame(id, tUs) && this.c.web_current(this.board(id).at) / 1000;
	}

	showing(id: string, tUs: Micros): Showing {
		this.c.web_showing(this.board(id).at, tUs);
		return this.json();
	}

	slot(tUs: Micros, fps: number): Micros {
		return this.c.web_slot(tUs, fps);
	}

	connected(atMs: number): void {
		this.c.web_clock_connected(Math.round(atMs * NS_PER_MS));
	}

	disconnected(atMs: number): void {
		this.c.web_clock_disconnected(Math.round(atMs * NS_PER_MS));
	}

	/** When the next probe is due, on the page's clock; null for never. */
	probeDueMs(): number | null {
		const dueNs = this.c.web_clock_due();
		return dueNs < 0 ? null : dueNs / NS_PER_MS;
	}

	/** The probe that is due, to be sent at once; null if none is. */
	probe(atMs: number): Probe | null {
		const at = this.c.web_clock_probe(Math.round(atMs * NS_PER_MS));
		return at === 0 ? null : { topic: this.text(), payload: this.bytes(at, PROBE_SIZE).slice() };
	}

	/** Cluster time; null while there is none. */
	clusterUs(atMs: number): Micros | null {
		const us = this.c.web_clock_now(Math.round(atMs * NS_PER_MS));
		return us < 0 ? null : us;
	}

	clock(atMs: number): ClockReport {
		this.c.web_clock_report(Math.round(atMs * NS_PER_MS));
		return this.json();
	}

	/** Nodes of one version share the tables of their effects: there are none before those have come. */
	private info(board: Board): Info | null {
		const info = this.heard(board.info, (known) => this.c.web_info(board.at, known));
		if (info?.effects_hash) info.effects ??= this.catalog(info.effects_hash);
		return info;
	}

	private catalog(name: string): readonly Effect[] {
		let effects = this.catalogs.get(name) ?? null;
		if (effects) return effects;
		this.give(encoder.encode(`${name}\0`));
		this.c.web_catalog();
		effects = this.json<readonly Effect[] | null>();
		if (effects) this.catalogs.set(name, effects);
		return effects ?? [];
	}

	private board(id: string): Board {
		let board = this.boards.get(id);
		if (!board) {
			this.give(encoder.encode(`${id}\0`));
			board = { at: this.c.web_board(), view: null, info: unsaid(), state: unsaid(), stats: unsaid() };
			this.boards.set(id, board);
		}
		return board;
	}

	/** What was said, or what is said now if its revision is another. */
	private heard<T>(said: Said<T>, ask: (known: number) => number): T {
		const revision = ask(said.revision);
		if (revision !== said.revision) said.value = this.json();
		said.revision = revision;
		return said.value;
	}

	/** Memory moves when it grows, so every view of it is made anew. */
	private bytes(at: number, n: number): Uint8Array {
		return new Uint8Array(this.c.memory.buffer, at, n);
	}

	private give(...parts: Uint8Array[]): void {
		const n = parts.reduce((sum, part) => sum + part.length, 0);
		let at = this.c.web_buffer(n);
		for (const part of parts) {
			this.bytes(at, part.length).set(part);
			at += part.length;
		}
	}

	private text(): string {
		const bytes = new Uint8Array(this.c.memory.buffer, this.c.web_text());
		return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
	}

	private json<T>(): T {
		return JSON.parse(this.text()) as T;
	}
}
