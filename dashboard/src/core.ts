// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The C core, compiled to WebAssembly: it reads what nodes and conductor
 * publish, draws their LEDs and keeps cluster time, by the very code that
 * glow-bridge and glowctl run. The page uses it through model/cluster.ts.
 *
 * dashboard/wasm/web.c says what each of its functions does. */

import type { Micros, SyncState } from "./model/messages";

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
	web_tick(tUs: Micros, wallOffsetUs: number): void;
	web_board(): number;
	web_render(board: number, tUs: Micros): number;
	web_raw(): number;
	web_seen(): number;
	web_layer(board: number, tUs: Micros): number;
	web_scene(board: number, tUs: Micros): void;
	web_headline(tUs: Micros): void;
	web_slot(tUs: Micros, fps: number): Micros;
	web_clock_connected(lNs: number): void;
	web_clock_disconnected(lNs: number): void;
	web_clock_due(): number;
	web_clock_probe(lNs: number): void;
	web_clock_now(lNs: number): number;
	web_clock_report(lNs: number): number;
}

/** A board at an instant. Both arrays are views into the core's memory: good until it is called again. */
export interface Frame {
	/** r, g, b of each LED as it goes to the board (before gamma); on a PiGlow its level three times. */
	readonly raw: Uint8Array;
	/** r, g, b of each LED as it looks: a PiGlow's levels in the LEDs' own colours. */
	readonly seen: Uint8Array;
}

/** In the order of enum glow_watch_layer. */
export const LAYERS = ["offline", "dark", "unknown", "off", "notice", "light", "scene", "idle"] as const;

/** What shows on a node at an instant. */
export interface Showing {
	/** `dark`: the board has a problem. `off`: the light is switched off, or has nothing to show. `unknown`: online, but has not said its state. */
	readonly layer: (typeof LAYERS)[number];
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
	readonly offsetUs: number;
	/** One standard deviation. */
	readonly errorUs: number;
	/** Of the latest probe. */
	readonly rttUs: number;
}

export const SYNC_STATES: readonly SyncState[] = ["unsynced", "acquire", "tracking", "holdover", "resync", "leading"];
const PROBE_SIZE = 24;
const NS_PER_MS = 1e6;
const EBADF = 8;

/* The C library could write to files, if there were any. */
const noFiles = { wasi_snapshot_preview1: new Proxy({}, { get: () => () => EBADF }) };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One cluster, drawn and timed. `atMs` is always the page's steady clock, performance.now(). */
export class Watch {
	private readonly c: Exports;
	/** By node; a board outlives its node. */
	private readonly boards = new Map<string, number>();

	constructor(core: Core, prefix: string, seed: number) {
		this.c = new WebAssembly.Instance(core, noFiles).exports as unknown as Exports;
		this.give(encoder.encode(`${prefix}\0`));
		this.c.web_init(seed);
	}

	/** A message below the prefix, the replies to our probes included. */
	message(topic: string, payload: Uint8Array, atMs: number): void {
		this.give(encoder.encode(`${topic}\0`), payload);
		this.c.web_message(payload.length, Math.round(atMs * NS_PER_MS));
	}

	/** Lets time pass; local civil time is wallOffsetUs ahead of cluster time. */
	tick(tUs: Micros, wallOffsetUs: number): void {
		this.c.web_tick(tUs, wallOffsetUs);
	}

	/** Null for a node that is not known. */
	frame(id: string, tUs: Micros): Frame | null {
		const n = this.c.web_render(this.board(id), tUs);
		if (n === 0) return null;
		return { raw: this.bytes(this.c.web_raw(), 3 * n), seen: this.bytes(this.c.web_seen(), 3 * n) };
	}

	showing(id: string, tUs: Micros): Showing {
		const board = this.board(id);
		const layer = LAYERS[this.c.web_layer(board, tUs)] ?? "unknown";
		const label = this.text();
		this.c.web_scene(board, tUs);
		return { layer, label, scene: this.text() || null };
	}

	headline(tUs: Micros): string {
		this.c.web_headline(tUs);
		return this.text();
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

	/** The due probe, to be sent at once. */
	probe(atMs: number): Uint8Array {
		this.c.web_clock_probe(Math.round(atMs * NS_PER_MS));
		return this.bytes(this.c.web_text(), PROBE_SIZE).slice();
	}

	/** Cluster time; null while there is none. */
	clusterUs(atMs: number): Micros | null {
		const us = this.c.web_clock_now(Math.round(atMs * NS_PER_MS));
		return us < 0 ? null : us;
	}

	clock(atMs: number): ClockReport {
		const at = this.c.web_clock_report(Math.round(atMs * NS_PER_MS));
		const [state = 0, valid, offsetNs = 0, errorNs = 0, rttNs = 0] = new Float64Array(this.c.memory.buffer, at, 5);
		return {
			state: SYNC_STATES[state] ?? "unsynced",
			valid: valid === 1,
			offsetUs: offsetNs / 1000,
			errorUs: errorNs / 1000,
			rttUs: rttNs / 1000,
		};
	}

	private board(id: string): number {
		let board = this.boards.get(id);
		if (board === undefined) {
			this.give(encoder.encode(`${id}\0`));
			board = this.c.web_board();
			this.boards.set(id, board);
		}
		return board;
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
}
