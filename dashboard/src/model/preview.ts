// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A text as the cluster would show it, before anybody else has it. It is a cluster of its own in the core, which is told
 * of the same boards in the same places, and of one scene. So it is drawn by the code that draws everything: geometry,
 * gauges, limits and the flash limit are those of the boards. */

import { type Core, CoreCluster, type Frame, type NodeView } from "../core";
import type { ClusterView } from "./cluster";
import type { Micros, Param, ParamValue, Roster } from "./messages";

/** How a text is shown. */
export interface Look {
	readonly params: Readonly<Record<string, ParamValue>>;
	/** "#rrggbb" */
	readonly color: string;
	readonly span: "cluster" | "node";
}

/** What a preview looks at of the cluster. */
export type Places = Pick<ClusterView, "nodes" | "roster" | "conductor">;

const NAME = "draft";
const SCENE = "draft";
const TIMELINE = "0123456789abcdef";
const SECOND_US = 1e6;
/** Frames a second, and seconds, in which flashes are looked for. */
const SCAN_FPS = 60;
const SCAN_S = 6;
const SCAN_BOARDS = 4;
const SCAN_PIXELS = 400;

const encoder = new TextEncoder();

/** A board where there is none. */
const NOBODY: NodeView = {
	id: "preview",
	online: true,
	info: { id: "preview", groups: [], board: "virtual", shape: "blinkt", pixels: 8, backend: "", version: "1", fps: 60, effects: [] } as unknown as NodeView["info"],
	state: null,
	stats: null,
};
const ALONE: Roster = { rev: 0, pixels: 8, nodes: [{ id: "preview", pixels: 8, offset: 0, reverse: false, gap: 0 }] };

/** Of these values those that a text has a use for. */
export function fitting(params: readonly Param[], values: Look["params"]): Look["params"] {
	const fits = (row: Param, value: ParamValue) =>
		row.type === "int" ? typeof value === "number" && value >= row.min && value <= row.max : typeof value === typeof row.default;
	return Object.fromEntries(params.filter((row) => row.name in values && fits(row, values[row.name]!)).map((row) => [row.name, values[row.name]!]));
}

/** Boards of a cluster that are in its strip; one for itself where there are none. */
export function placesOf(view: Places): { nodes: readonly NodeView[]; roster: Roster } {
	const placed = view.nodes.filter((node) => node.info && view.roster.nodes.some(({ id }) => id === node.id));
	return placed.length > 0 ? { nodes: placed, roster: view.roster } : { nodes: [NOBODY], roster: ALONE };
}

export class Preview {
	private readonly core: CoreCluster;
	/* What was said last, by topic. */
	private readonly said = new Map<string, unknown>();
	private rev = 0;
	private text = "";
	private startUs: Micros = 0;
	private lastUs: Micros = 0;

	constructor(private readonly module: Core) {
		this.core = new CoreCluster(module, "p", "x/1", 1);
	}

	/** Takes over boards, their gauges and their order. */
	follow(view: Places): void {
		const { nodes, roster } = placesOf(view);
		const { info } = view.conductor;
		this.say("conductor/info", info, { rate_ppb: 0, version: "1", utc_offset_us: null, tz_offset_s: null, nodes: 1, ...info, state: "leading", clock_id: TIMELINE, term: 1, boot: 1, id: "preview" });
		this.say("roster", roster, { ...roster, rev: ++this.rev, effective_us: 0 });
		for (const node of nodes) {
			const at = `node/${node.id}`;
			this.say(`${at}/availability`, "online", "online");
			this.say(`${at}/info`, node.info, { ...node.info, problem: undefined, effects_hash: undefined, effects: [] });
			this.say(`${at}/state`, "auto", { state: "ON", effect: "auto" });
			this.say(`${at}/stats`, node.stats, node.stats ?? "");
		}
	}

	/** Shows a text that compiles; from its beginning if that is another time than before. */
	show(text: string, look: Look, startUs: Micros): void {
		if (text !== this.text) this.tell(`effect/${NAME}`, { name: NAME, text, rev: ++this.rev });
		this.text = text;
		this.startUs = startUs;
		const check = this.core.check(text);
		const params = check.mistake ? {} : fitting(check.params, look.params);
		const scene = { id: SCENE, effect: NAME, ...look, params, brightness: 255, start_us: startUs, end_us: null, seed: 1, fade_ms: 0, take: true };
		this.tell("scene/current", { clock_id: TIMELINE, term: 1, rev: ++this.rev, scenes: [scene] });
	}

	/** As Cluster.frame(). */
	frame(id: string, tUs: Micros): Frame | null {
		if (tUs !== this.lastUs) this.tick(tUs);
		return this.core.frame(id, tUs);
	}

	/** Looks for flashes in what shows now, in pieces of a second of a board: yields after each, and returns the board
	 * that would be held back, null for none. */
	*flashes(view: Places, look: Look): Generator<void, string | null> {
		const scan = new Preview(this.module);
		const kinds = sample(placesOf(view).nodes);
		const nodes = kinds.length > 0 ? kinds : [NOBODY];
		const roster = kinds.length > 0 ? placesOf(view).roster : ALONE;
		const strict = nodes.map((node): NodeView => ({ ...node, info: { ...node.info!, limits: { flash: true, brightness: 255, current_ma: 0 } } as NodeView["info"] }));
		scan.follow({ ...view, nodes: strict, roster });
		scan.show(this.text, look, this.startUs);
		for (const { id } of nodes)
			for (let s = 0; s < SCAN_S; s++) {
				if (scan.heldIn(id, this.startUs + s * SECOND_US)) return id;
				yield;
			}
		return null;
	}

	private heldIn(id: string, fromUs: Micros): boolean {
		for (let k = 0; k < SCAN_FPS; k++) {
			this.frame(id, fromUs + Math.floor((k * SECOND_US) / SCAN_FPS));
			if (this.core.held) return true;
		}
		return false;
	}

	private tick(tUs: Micros): void {
		this.lastUs = tUs;
		this.core.tick(tUs, -new Date(tUs / 1000).getTimezoneOffset() * 60 * SECOND_US);
	}

	/* Only what is another `of` than before. */
	private say(topic: string, of: unknown, payload: object | string): void {
		if (this.said.has(topic) && this.said.get(topic) === of) return;
		this.said.set(topic, of);
		this.tell(topic, payload);
	}

	private tell(topic: string, payload: object | string): void {
		this.core.message(`p/${topic}`, encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload)), 0);
	}
}

/** One board of each kind, up to a few; long rows would take too long. */
export function sample(nodes: readonly NodeView[]): readonly NodeView[] {
	const kinds = new Map<string, NodeView>();
	for (const node of nodes) {
		const kind = `${node.info!.shape} ${node.info!.pixels}`;
		if (!kinds.has(kind) && node.info!.pixels <= SCAN_PIXELS) kinds.set(kind, node);
	}
	return [...kinds.values()].slice(0, SCAN_BOARDS);
}
