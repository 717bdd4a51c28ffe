// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster model behind cluster.ts. Every message goes to the core, which
 * draws, and to the readers here, which make the view. */

import { type Core, type Frame, type Showing, Watch } from "../core";
import type { Cluster, ClusterOptions, ClusterView, ConductorView, LinkState, NodeView, Whom } from "./cluster";
import { answerText, Commands, type Later, type Outlet } from "./commands";
import { dimText, EventLog, sceneChanges } from "./events";
import type { Answer, ConductorInfo, Dim, Effect, Micros, Roster, Scene } from "./messages";
import * as read from "./read";

/* In the order in which a broker says what it retains. */
const TOPICS = [
	"conductor/+",
	"scene/current",
	"roster",
	"dim/current",
	"node/+/availability",
	"node/+/info", // before state, which is read by the length that info says
	"node/+/state",
	"node/+/stats",
	"node/+/error",
];
const RETAINED = /^(node\/[^/]+\/(info|state|availability)|conductor\/(info|availability)|scene\/current|roster|dim\/current)$/;
const ID = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const PULSE_MS = 500;
const BEAT_MS = 1500;
const SWEEP_MS = 5000; // bridges take up to two seconds to come back to a broker
const US_PER_MS = 1000;
const UNDIMMED: Dim = { brightness: 255, untilUs: null };
const NOTHING = new Uint8Array();

const natural = new Intl.Collator("en", { numeric: true }).compare;
const decoder = new TextDecoder();
const isOnline = (payload: Uint8Array): boolean => decoder.decode(payload) === "online";

function randomId(): string {
	const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
	return `x-${word.toString(16).padStart(8, "0")}`;
}

function seedOf(id: string): number {
	return [...id].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) >>> 0, 1);
}

const setTimer: Later = (run, ms) => {
	const timer = setTimeout(run, ms);
	return () => clearTimeout(timer);
};

export class Model implements Cluster {
	readonly prefix: string;
	readonly id: string;
	readonly topics: readonly string[];

	private readonly now: () => number;
	private readonly wall: () => number;
	private readonly later: Later;
	private readonly watch: Watch;
	private readonly events: EventLog;
	private readonly commands: Commands;
	private readonly listeners = new Set<() => void>();
	private outlet: Outlet | null = null;

	private linkState: LinkState = { state: "connecting" };
	private may: boolean | null = null;
	private readonly nodes = new Map<string, NodeView>();
	private nodesChanged = true;
	private conductorOnline = false;
	private conductorInfo: ConductorInfo | null = null;
	private beatAtMs = -Infinity;
	private scenes: { clockId: string; scenes: Scene[] } = { clockId: "", scenes: [] };
	private roster: Roster | null = null;
	private nextRoster: Roster | null = null;
	private dimmer: Dim = UNDIMMED;

	private present: ClusterView;
	private stale = false;
	private telling = false;
	/** Retained topics that said something, and those of them that have not since the link came back. */
	private readonly said = new Set<string>();
	private readonly unheard = new Set<string>();
	private stopPulse: () => void;
	private stopProbe = (): void => {};
	private stopSweep = (): void => {};

	constructor(core: Core, options: ClusterOptions) {
		this.prefix = options.prefix ?? "glow";
		this.id = options.id ?? randomId();
		this.now = options.now ?? (() => performance.now());
		this.wall = options.wall ?? (() => Date.now());
		this.later = options.later ?? setTimer;
		this.topics = [...TOPICS, `time/reply/${this.id}`, `answer/${this.id}`].map((topic) => this.below(topic));
		this.watch = new Watch(core, this.prefix, seedOf(this.id));
		this.events = new EventLog(this.wall);
		this.commands = new Commands(this.below(`answer/${this.id}`), this.wall, this.later, () => this.changed());
		this.present = this.makeView(null);
		this.stopPulse = this.later(() => this.pulse(), PULSE_MS);
	}

	/* ---- the view ---- */

	get view(): ClusterView {
		if (this.stale) this.present = this.makeView(this.present);
		this.stale = false;
		return this.present;
	}

	subscribe(changed: () => void): () => void {
		this.listeners.add(changed);
		return () => this.listeners.delete(changed);
	}

	private changed(): void {
		this.stale = true;
		if (this.telling) return;
		this.telling = true;
		queueMicrotask(() => {
			this.telling = false;
			for (const listener of this.listeners) listener();
		});
	}

	private makeView(old: ClusterView | null): ClusterView {
		const lists = old && !this.nodesChanged ? old : this.makeLists();
		this.nodesChanged = false;
		return {
			link: this.linkState,
			mayCommand: this.may,
			conductor: this.conductor(),
			clock: this.watch.clock(this.now()),
			nodes: lists.nodes,
			groups: lists.groups,
			effects: lists.effects,
			scenes: this.shownScenes(),
			dim: this.dimmer,
			roster: this.roster,
			events: this.events.list,
			commands: this.commands.list,
		};
	}

	private makeLists(): Pick<ClusterView, "nodes" | "groups" | "effects"> {
		const places = new Map(this.roster?.nodes.map((node, place) => [node.id, place]));
		const place = (node: NodeView): number => places.get(node.id) ?? Infinity;
		const nodes = [...this.nodes.values()]
			.map((node) => (node.inRoster === places.has(node.id) ? node : { ...node, inRoster: places.has(node.id) }))
			.sort((a, b) => (place(a) === place(b) ? natural(a.id, b.id) : place(a) - place(b)));
		for (const node of nodes) this.nodes.set(node.id, node);
		const groups = new Set(nodes.flatMap((node) => node.info?.groups ?? []));
		const effects = new Map<string, Effect>();
		for (const node of nodes)
			for (const effect of (node.online && node.info?.effects) || [])
				if (!effects.has(effect.name)) effects.set(effect.name, effect);
		return { nodes, groups: [...groups].sort(natural), effects: [...effects.values()] };
	}

	private conductor(): ConductorView {
		const beating = this.now() - this.beatAtMs < BEAT_MS;
		return {
			online: this.conductorOnline,
			info: this.conductorInfo,
			beating,
			leads: this.conductorOnline && this.conductorInfo?.state === "leading" && beating,
		};
	}

	/** Scenes of another timeline mean nothing on ours. */
	private shownScenes(): readonly Scene[] {
		return this.scenes.clockId === this.conductorInfo?.clockId ? this.scenes.scenes : [];
	}

	/* ---- messages ---- */

	message(topic: string, payload: Uint8Array, retained: boolean, atMs = this.now(), correlation?: Uint8Array): void {
		const start = this.below("");
		if (!topic.startsWith(start)) return;
		const rest = topic.slice(start.length);
		if (rest === `answer/${this.id}`) {
			this.takeAnswer(payload, correlation);
			return;
		}
		this.watch.message(topic, payload, atMs);
		if (RETAINED.test(rest)) this.hear(topic, payload.length > 0);
		const [of, id = "", what = "", ...more] = rest.split("/");
		if (of === "node" && ID.test(id) && more.length === 0) this.takeNode(id, what, payload, !retained);
		else this.takeCluster(rest, payload, !retained);
		if (of === "conductor" || of === "time") this.scheduleProbe();
		this.changed();
	}

	private hear(topic: string, something: boolean): void {
		this.unheard.delete(topic);
		if (something) this.said.add(topic);
		else this.said.delete(topic);
	}

	private takeAnswer(payload: Uint8Array, correlation?: Uint8Array): void {
		const tree = read.parse(payload);
		if (!tree || !correlation) return;
		const answer = read.readAnswer(tree);
		this.commands.answer(correlation, answer);
		/* What nodes refuse comes on their error topic too. */
		if (answer.status === "error" && !answer.node) this.events.add("rejected", "", answerText(answer), true);
	}

	private takeNode(id: string, what: string, payload: Uint8Array, live: boolean): void {
		const old = this.nodes.get(id) ?? {
			id,
			online: false,
			info: null,
			state: null,
			stats: null,
			statsAtMs: 0,
			inRoster: false,
		};
		const node = payload.length === 0 ? cleared(old, what) : this.after(old, what, payload);
		if (!node) return;
		if (live) this.tellNode(old, node);
		if (node.online || node.info || node.state) this.nodes.set(id, node);
		else this.nodes.delete(id);
		this.nodesChanged = true;
	}

	/** A refusal, or what was ignored of a command that was taken. */
	private tellAnswer(id: string, answer: Answer): void {
		if (answer.status === "error") this.events.add("rejected", id, answerText(answer), true);
		else if (answer.ignored.length > 0) this.events.add("ignored", id, answerText(answer), true);
	}

	/** The node after it said something; null when that changes nothing. */
	private after(node: NodeView, what: string, payload: Uint8Array): NodeView | null {
		if (what === "availability") return { ...node, online: isOnline(payload) };
		const tree = read.parse(payload);
		if (!tree) return null;
		switch (what) {
			case "info":
				return { ...node, info: read.readInfo(tree, node.id) };
			case "state":
				return { ...node, state: read.readState(tree) };
			case "stats":
				return { ...node, stats: read.readStats(tree), statsAtMs: this.now() };
			case "error":
				this.tellAnswer(node.id, { ...read.readAnswer(tree), node: "" });
		}
		return null;
	}

	private tellNode(old: NodeView, node: NodeView): void {
		const problem = node.info?.problem ?? "";
		if (node.online !== old.online)
			this.events.add("node", node.id, node.online ? "is online" : "is offline", !node.online);
		if (old.info && problem !== old.info.problem)
			this.events.add("node", node.id, problem ? `is dark: ${problem}` : "is well again", problem !== "");
	}

	private takeCluster(rest: string, payload: Uint8Array, live: boolean): void {
		const tree = payload.length > 0 ? read.parse(payload) : null;
		/* Broken changes nothing; empty clears. */
		const broken = payload.length > 0 && !tree;
		if (rest === "conductor/availability") this.takeConductorOnline(isOnline(payload), live);
		else if (broken) return;
		else if (rest === "conductor/info") this.takeConductor(tree && read.readConductor(tree), live);
		else if (rest === "conductor/beacon") this.beatAtMs = this.now();
		else if (rest === "scene/current")
			this.takeScenes(tree ? read.readScenes(tree) : { clockId: "", scenes: [] }, live);
		else if (rest === "roster") this.takeRoster(tree && read.readRoster(tree));
		else if (rest === "dim/current") this.takeDim(tree ? read.readDim(tree) : UNDIMMED, live);
	}

	private takeConductorOnline(online: boolean, live: boolean): void {
		if (live && this.conductorOnline && !online)
			this.events.add("conductor", this.conductorInfo?.id ?? "", "conducts no more", true);
		this.conductorOnline = online;
	}

	private takeConductor(info: ConductorInfo | null, live: boolean): void {
		const old = this.conductorInfo;
		const news = info?.state === "leading" && (old?.state !== "leading" || old.boot !== info.boot);
		if (live && news) this.events.add("conductor", info.id, `leads, term ${info.term}`);
		this.conductorInfo = info;
		this.takeDueRoster();
	}

	private takeScenes(scenes: { clockId: string; scenes: Scene[] }, live: boolean): void {
		const before = this.shownScenes();
		this.scenes = scenes;
		if (live) for (const text of sceneChanges(before, this.shownScenes())) this.events.add("scene", "", text);
	}

	private takeDim(dim: Dim, live: boolean): void {
		if (live && dim.brightness !== this.dimmer.brightness) this.events.add("dim", "", dimText(dim));
		this.dimmer = dim;
	}

	private takeRoster(roster: Roster | null): void {
		this.nextRoster = roster ?? { rev: 0, effectiveUs: 0, pixels: 0, nodes: [] };
		this.takeDueRoster();
	}

	/** Without a timeline there is no instant to wait for. */
	private takeDueRoster(): boolean {
		if (!this.nextRoster || (this.conductorInfo && this.nextRoster.effectiveUs > this.nowUs())) return false;
		this.roster = this.nextRoster;
		this.nextRoster = null;
		this.nodesChanged = true;
		return true;
	}

	/* ---- the link ---- */

	link(state: LinkState, outlet: Outlet | null): void {
		const online = state.state === "online";
		const was = this.linkState.state === "online";
		this.linkState = state;
		this.outlet = online ? outlet : null;
		if (online && !was) this.watch.connected(this.now());
		else if (!online && was) this.watch.disconnected(this.now());
		if (online && !was) this.sweepLater();
		else if (!online && was) this.expectAll();
		this.scheduleProbe();
		this.changed();
	}

	mayCommand(may: boolean): void {
		this.may = may;
		this.changed();
	}

	/** What is cleared while we are away nobody tells us: whatever is not said again is gone. */
	private expectAll(): void {
		this.stopSweep();
		for (const topic of this.said) this.unheard.add(topic);
	}

	private sweepLater(): void {
		this.stopSweep = this.later(() => {
			for (const topic of [...this.unheard]) this.message(topic, NOTHING, true);
		}, SWEEP_MS);
	}

	/* ---- time ---- */

	nowUs(): Micros {
		return this.watch.clusterUs(this.now()) ?? Math.round(this.wall() * US_PER_MS);
	}

	tick(tUs: Micros): void {
		const wallMs = this.wall();
		const localMs = wallMs - new Date(wallMs).getTimezoneOffset() * 60000;
		this.watch.tick(tUs, Math.round(localMs * US_PER_MS) - tUs);
	}

	/** What changes by time alone. */
	private pulse(): void {
		this.stopPulse = this.later(() => this.pulse(), PULSE_MS);
		this.takeDueRoster();
		if (this.dimmer.untilUs !== null && this.dimmer.untilUs <= this.nowUs()) this.dimmer = UNDIMMED;
		if (this.linkState.state === "online") this.changed();
	}

	private scheduleProbe(): void {
		const dueMs = this.watch.probeDueMs();
		this.stopProbe();
		if (dueMs !== null && this.outlet)
			this.stopProbe = this.later(() => this.sendProbe(dueMs), Math.max(0, dueMs - this.now()));
	}

	private sendProbe(dueMs: number): void {
		const now = this.now();
		/* A timer may ring a little early. */
		if (now >= dueMs) this.outlet?.probe(this.below(`time/request/${this.id}`), this.watch.probe(now));
		this.scheduleProbe();
	}

	/* ---- pictures ---- */

	frame(id: string, tUs: Micros): Frame | null {
		return this.watch.frame(id, tUs);
	}

	showing(id: string, tUs: Micros): Showing {
		return this.watch.showing(id, tUs);
	}

	slotUs(tUs: Micros, fps: number): Micros {
		return this.watch.slot(tUs, fps);
	}

	headline(tUs: Micros): string {
		return this.watch.headline(tUs);
	}

	/* ---- commands ---- */

	set(whom: Whom, command: object | string): number {
		return this.light(whom, "set", command);
	}

	notify(whom: Whom, notice: object | string): number {
		return this.light(whom, "notify", notice);
	}

	play(scene: object | string): number {
		return this.send("scene/play", scene, "no conductor answered");
	}

	stop(what: { id?: string; fade_ms?: number } = {}): number {
		return this.send("scene/stop", what, "no conductor answered");
	}

	dim(brightness: number, untilUs: Micros | null = null): number {
		return this.send("dim/set", { brightness, until_us: untilUs }, "no conductor answered");
	}

	private light(whom: Whom, what: "set" | "notify", command: object | string): number {
		if (whom === "all") return this.send(`all/${what}`, command, "nobody answered");
		if ("group" in whom) return this.send(`group/${whom.group}/${what}`, command, `nobody in ${whom.group} answered`);
		return this.send(`node/${whom.node}/${what}`, command, `${whom.node} did not answer`);
	}

	private send(rest: string, command: object | string, silence: string): number {
		const payload = typeof command === "string" ? command : JSON.stringify(command);
		return this.commands.send(this.outlet, this.below(rest), payload, silence, () => this.mayCommand(false));
	}

	close(): void {
		this.stopPulse();
		this.stopProbe();
		this.stopSweep();
	}

	private below(rest: string): string {
		return `${this.prefix}/${rest}`;
	}
}

/** The node after a retained message of its was cleared; null when that changes nothing. */
function cleared(node: NodeView, what: string): NodeView | null {
	if (what === "info") return { ...node, info: null, state: null };
	if (what === "state") return { ...node, state: null };
	return what === "availability" ? { ...node, online: false } : null;
}
