// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What effects look like, plain or as somebody has set them: a cluster of its own in the core, with one board for each look. */

import { type Core, CoreCluster } from "../core";
import type { Effect, Micros } from "./messages";
import type { Look } from "./playlist";

/** LEDs of a sample. */
export const SAMPLE_PIXELS = 10;

const TIMELINE = "0123456789abcdef";
const CONDUCTOR = { id: "samples", state: "leading", clock_id: TIMELINE, term: 1, boot: 1, rate_ppb: 0, nodes: 1, version: "1", utc_offset_us: null, tz_offset_s: null };
const INFO = { groups: [], board: "virtual", shape: "blinkt", pixels: SAMPLE_PIXELS, backend: "", version: "1", fps: 60, effects: [], limits: { brightness: 255, current_ma: 0, flash: true } };
const GAUGES = { cpu: 60, memory: 45, temperature: 50, load: 35, network: 70 };
const STATS = { fps: 60, late: 0, dropped: 0, write_us: 1, cpu: 60, memory: 45, temperature: 50, gauges: GAUGES, sync: { state: "unsynced", offset_us: null, error_us: null } };
/** A gauge that shows nothing says nothing. */
const PARAMS: Record<string, Look["params"]> = { progress: { value: 60 } };
const SECOND_US = 1e6;

const encoder = new TextEncoder();

export class Samples {
	private readonly core: CoreCluster;
	/* By what seen() is asked for: the board that shows it, and what it was told. */
	private readonly shown = new Map<string, { node: string; said: string }>();
	private readonly texts = new Map<string, string>();
	private rev = 0;
	private lastUs: Micros = 0;

	constructor(module: Core) {
		this.core = new CoreCluster(module, "p", "x/1", 1);
		this.tell("conductor/info", CONDUCTOR);
	}

	/** Shows these in that colour, "#rrggbb", from `startUs`, as far as they are new or others than before; seen() by their names. */
	follow(effects: readonly Effect[], color: string, startUs: Micros): void {
		for (const { name, text } of effects) this.show(name, { effect: name, params: PARAMS[name] ?? {}, color, brightness: 255 }, text, startUs);
	}

	/** Shows a look as seen(of) from `startUs`, if that is another than before; `text` is that of its effect, if it is one in text. */
	show(of: string, look: Look, text: string | undefined, startUs: Micros): void {
		const was = this.shown.get(of);
		const said = JSON.stringify([look, text]);
		if (was?.said === said) return;
		const node = was?.node ?? `s${this.shown.size}`;
		this.shown.set(of, { node, said });
		this.learn(look.effect, text);
		if (!was) this.board(node);
		this.tell(`node/${node}/state`, { state: "ON", ...look, start_us: startUs, since_us: startUs, seed: 1, clock_id: TIMELINE, showing: "light" });
	}

	/** r, g, b of each LED at a time that does not fall, good until it is asked again; null for what is not shown. */
	seen(of: string, tUs: Micros): Uint8Array | null {
		const node = this.shown.get(of)?.node;
		if (node === undefined) return null;
		if (tUs !== this.lastUs) this.core.tick(tUs, -new Date(tUs / 1000).getTimezoneOffset() * 60 * SECOND_US);
		this.lastUs = tUs;
		return this.core.frame(node, tUs)?.seen ?? null;
	}

	private learn(name: string, text: string | undefined): void {
		if (text === undefined || this.texts.get(name) === text) return;
		this.texts.set(name, text);
		this.tell(`effect/${name}`, { name, text, rev: ++this.rev });
	}

	private board(node: string): void {
		this.tell(`node/${node}/availability`, "online");
		this.tell(`node/${node}/info`, { id: node, ...INFO });
		this.tell(`node/${node}/stats`, STATS);
	}

	private tell(topic: string, payload: object | string): void {
		this.core.message(`p/${topic}`, encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload)), 0);
	}
}
