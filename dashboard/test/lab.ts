// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A cluster model in a world of virtual time: timers ring when the test lets
 * time pass, and what the model sends is kept for the test to look at. */

import { readFileSync } from "node:fs";

import { loadCore } from "../src/core";
import { type Cluster, createCluster, type Outlet } from "../src/model/cluster";

const core = await loadCore(readFileSync(process.env.GLOW_WASM ?? ""));

export interface Sent {
	topic: string;
	payload: string;
	responseTopic: string;
	correlation: Uint8Array;
	/** What the broker says to it. */
	taken(allowed: boolean): void;
	broken(error: Error): void;
}

interface Timer {
	atMs: number;
	run: () => void;
}

export class Lab implements Outlet {
	nowMs = 1000;
	/** The wall clock is so far ahead of nowMs. */
	readonly wallMs = 1700000000000;
	readonly cluster: Cluster;
	readonly sent: Sent[] = [];
	readonly listened: string[] = [];
	readonly cleared: string[] = [];
	mayClear = true;
	probes: { topic: string; payload: Uint8Array; atMs: number }[] = [];
	private timers: Timer[] = [];

	constructor(prefix = "glow") {
		this.cluster = createCluster(core, {
			prefix,
			id: "x/0001",
			now: () => this.nowMs,
			wall: () => this.wallMs + this.nowMs,
			later: (run, ms) => this.at(this.nowMs + ms, run),
		});
	}

	/** Runs something at an instant; what it returns takes it back. */
	at(atMs: number, run: () => void): () => void {
		const timer = { atMs, run };
		this.timers.push(timer);
		return () => {
			this.timers = this.timers.filter((one) => one !== timer);
		};
	}

	/** Lets time pass; the timers ring in their order. */
	pass(ms: number): void {
		const endMs = this.nowMs + ms;
		for (;;) {
			const next = this.timers.reduce<Timer | null>((a, b) => (!a || b.atMs < a.atMs ? b : a), null);
			if (!next || next.atMs > endMs) break;
			this.timers = this.timers.filter((one) => one !== next);
			this.nowMs = Math.max(this.nowMs, next.atMs);
			next.run();
		}
		this.nowMs = endMs;
	}

	/** A message below the prefix, live unless it is retained. */
	hear(topic: string, payload: string | object, retained = false): void {
		const text = typeof payload === "string" ? payload : JSON.stringify(payload);
		this.cluster.message(`${this.cluster.prefix}/${topic}`, new TextEncoder().encode(text), retained);
	}

	/** An answer to the k-th command that was sent. */
	answer(k: number, answer: object): void {
		const sent = this.sent[k] as Sent;
		const bytes = new TextEncoder().encode(JSON.stringify(answer));
		this.cluster.message(sent.responseTopic, bytes, false, this.nowMs, sent.correlation);
	}

	online(): void {
		this.cluster.nodeTopics();
		this.cluster.link({ state: "online" }, this);
	}

	lose(): void {
		this.cluster.link({ state: "lost", why: "a test" }, null);
	}

	command(topic: string, payload: string, responseTopic: string, correlation: Uint8Array): Promise<boolean> {
		return new Promise((taken, broken) => {
			this.sent.push({ topic, payload, responseTopic, correlation, taken, broken });
		});
	}

	listen(topics: readonly string[]): void {
		this.listened.push(...topics);
	}

	clear(topic: string): Promise<boolean> {
		this.cleared.push(topic);
		return Promise.resolve(this.mayClear);
	}

	probe(topic: string, payload: Uint8Array): void {
		this.probes.push({ topic, payload, atMs: this.nowMs });
	}
}

export const TIMELINE = "0123456789abcdef";

export function conductor(more: object = {}): object {
	return {
		id: "shelf",
		state: "leading",
		clock_id: TIMELINE,
		term: 3,
		boot: 9,
		rate_ppb: 0,
		nodes: 1,
		version: "1",
		utc_offset_us: null,
		tz_offset_s: null,
		...more,
	};
}

/** The parameters of its only effect. */
export const PERIOD = [{ name: "period_ms", type: "int", min: 1000, max: 60000, default: 4000, unit: "ms", what: "how long" }];
const EFFECT = { name: "breathe", what: "swells", params: PERIOD };

export function info(id: string, more: object = {}): object {
	return {
		id,
		groups: ["shelf"],
		board: "virtual",
		shape: "blinkt",
		pixels: 8,
		leds: ["all"],
		backend: "memory",
		version: "1",
		fps: 60,
		idle: "blue",
		effects: [EFFECT],
		limits: { brightness: 255, current_ma: 0, flash: true },
		...more,
	};
}

export const AUTO = { state: "ON", effect: "auto", since_us: 1 };

/** A lab in which nodes have arrived in that state, as a broker that keeps their messages tells it. */
export function labOf(state: object, ...ids: string[]): Lab {
	const lab = new Lab();
	lab.online();
	for (const id of ids) {
		lab.hear(`node/${id}/info`, info(id), true);
		lab.hear(`node/${id}/state`, state, true);
		lab.hear(`node/${id}/availability`, "online", true);
	}
	return lab;
}

export const labWith = (...ids: string[]): Lab => labOf(AUTO, ...ids);

export function conduct(lab: Lab): void {
	lab.hear("conductor/info", conductor(), true);
	lab.hear("conductor/availability", "online", true);
	lab.hear("conductor/beacon", { seq: 1, time_us: 1, clock_id: "0123456789abcdef", term: 3, boot: 9 });
}

export function scenes(...list: object[]): object {
	return { clock_id: TIMELINE, term: 3, rev: 1, scenes: list };
}

export function scene(id: string, more: object = {}): object {
	return {
		id,
		effect: "solid",
		params: {},
		color: "#ff0000",
		brightness: 255,
		target: null,
		span: "cluster",
		start_us: 0,
		end_us: null,
		fade_ms: 0,
		seed: 1,
		take: true,
		...more,
	};
}

/** All the pixels of a frame, where they are of one colour; "mixed" otherwise, "none" for no such node. */
export function color(lab: Lab, id: string): string {
	const tUs = lab.cluster.nowUs();
	lab.cluster.tick(tUs);
	const frame = lab.cluster.frame(id, tUs);
	if (!frame) return "none";
	const pixels = new Set(Buffer.from(frame.seen).toString("hex").match(/.{6}/g));
	return pixels.size === 1 ? `#${[...pixels].join("")}` : "mixed";
}
