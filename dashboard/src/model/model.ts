// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster model behind cluster.ts. Every message goes to the core, which
 * reads it; what is in the view is what the core says then. What is kept here is
 * the page's own: its link, its commands, and the events that it has seen. */

import { type ConductorView, type Core, CoreCluster, type Frame, type NodeView, type Showing, type Stage } from "../core";
import type { Cluster, ClusterOptions, ClusterView, LinkState, Undoing, Whom } from "./cluster";
import { answerText, Commands, type Later, type Outlet } from "./commands";
import { dimText, EventLog, sceneChanges, textChanges } from "./events";
import { Kept, KEPT_TOPICS } from "./kept";
import type { Check, Effect, EffectText, Micros, Preset, Scene, Wanted, Words } from "./messages";
import type { Look } from "./playlist";
import { Preview } from "./preview";
import { Samples } from "./samples";
import { Undo } from "./undo";

/* A broker sends what it retains in this order. */
const TOPICS = [
	"effect", // effects written as text, before scenes and states that mean them
	"effect/+",
	"conductor/+",
	"scene/current",
	"roster",
	"roster/wanted",
	"dim/current",
	"effects/+", // before those who name them
];
const INFOS = "node/+/info";
const NODE_TOPICS = ["node/+/availability", "node/+/state", "node/+/stats", "node/+/error"];

const PULSE_MS = 500;
const ASK_MS = 1000; // a node that has just come is soon in the roster
const TAKEOVER_MS = 10000; // a standby waits up to 9.5 s for a conductor that says nothing
const SINGLY = 16; // more infos are not asked for one by one
const SWEEP_MS = 5000; // bridges take up to two seconds to come back to a broker
const US_PER_MS = 1000;
const NOTHING = new Uint8Array();
const TOGETHER_US = 300_000; // several boards change at one instant, so much ahead
const UNDO_FADE_S = 0.5;

/** Where Home Assistant hears of a node, at the prefix that its announcements have by default. */
const announced = (prefix: string, id: string): string => `homeassistant/device/${prefix.replaceAll("/", "-")}-${id}/config`;

const natural = new Intl.Collator("en", { numeric: true }).compare;

const led = ({ online, info }: ConductorView): boolean => online && info?.state === "leading";

function randomId(): string {
	const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
	return `x/${word.toString(16).padStart(8, "0")}`;
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
	readonly ownTopics: readonly string[];

	private readonly now: () => number;
	private readonly wall: () => number;
	private readonly later: Later;
	private readonly core: CoreCluster;
	private readonly events: EventLog;
	private readonly commands: Commands;
	private readonly listeners = new Set<() => void>();
	private outlet: Outlet | null = null;

	private linkState: LinkState = { state: "connecting" };
	/** It was there once. */
	private lost = false;
	private may: boolean | null = null;
	/* As the core said when it last took a message. */
	private readonly nodes = new Map<string, NodeView>();
	private conductor: ConductorView;
	/** That it went without a word has been told. */
	private silent = false;
	private stage: Stage;
	private texts: readonly EffectText[];
	private wanted: Wanted;
	private readonly kept: Kept;
	private keptWanted = false;
	private readonly undoable = new Undo();

	private present: ClusterView;
	private stale = false;
	private telling = false;
	/** The order that the present view's lists were made of, and whether a node has changed since. */
	private order: readonly string[] = [];
	private nodesChanged = true;
	/** Topics that said something, and those of them that have not since the link came back. */
	private readonly said = new Set<string>();
	private readonly unheard = new Set<string>();
	/** The topics of infos that are read. */
	private infos = new Set<string>();
	private stopPulse: () => void;
	private stopProbe = (): void => {};
	private stopSweep = (): void => {};
	private stopAsk: (() => void) | null = null;

	constructor(private readonly module: Core, options: ClusterOptions) {
		this.prefix = options.prefix ?? "glow";
		this.id = options.id ?? randomId();
		this.now = options.now ?? (() => performance.now());
		this.wall = options.wall ?? (() => Date.now());
		this.later = options.later ?? setTimer;
		this.topics = TOPICS.map((topic) => this.below(topic));
		this.ownTopics = [`time/reply/${this.id}`, `answer/${this.id}`].map((topic) => this.below(topic));
		this.core = new CoreCluster(module, this.prefix, this.id, seedOf(this.id));
		this.conductor = this.core.conductor(this.now());
		this.stage = this.core.stage();
		this.texts = this.core.texts();
		this.wanted = this.core.wanted();
		this.kept = new Kept(this.core);
		this.events = new EventLog(this.wall);
		this.commands = new Commands(this.below(`answer/${this.id}`), this.wall, this.later, () => this.changed());
		this.present = this.makeView(null);
		this.stopPulse = this.later(() => this.pulse(), PULSE_MS);
	}

	nodeTopics(): readonly string[] {
		const all = this.below(INFOS);
		/* Once all, always: who had told it, and is not asked again, would seem to be gone. */
		if (!this.tellsKinds()) this.infos = new Set([all]);
		return [...this.infos, ...NODE_TOPICS.map((topic) => this.below(topic))];
	}

	/** Where nobody leads the roster may be old. */
	private tellsKinds(): boolean {
		return this.core.tellsKinds && led(this.conductor);
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
		const order = this.core.nodes();
		const lists = old && !this.nodesChanged && order === this.order ? old : this.makeLists(order);
		const { scenes, dim, roster } = this.core.stage();
		this.order = order;
		this.nodesChanged = false;
		return {
			link: this.linkState,
			mayCommand: this.may,
			conductor: this.core.conductor(this.now()),
			clock: this.core.clock(this.now()),
			nodes: lists.nodes,
			more: this.core.more(),
			groups: lists.groups,
			effects: lists.effects,
			texts: lists.texts,
			scenes,
			dim,
			roster,
			wanted: this.wanted,
			presets: this.kept.presets,
			schedules: this.kept.schedules,
			events: this.events.list,
			commands: this.commands.list,
		};
	}

	private makeLists(order: readonly string[]): Pick<ClusterView, "nodes" | "groups" | "effects" | "texts"> {
		const nodes = order.map((id) => this.nodes.get(id)!);
		const groups = new Set(nodes.flatMap((node) => node.info?.groups ?? []));
		const effects = new Map<string, Effect>();
		/* Boards of one version share theirs. */
		const tables = new Set(nodes.flatMap((node) => (node.online && node.info ? [node.info.effects] : [])));
		for (const table of tables) for (const effect of table) if (!effects.has(effect.name)) effects.set(effect.name, effect);
		const texts = [...this.texts].sort((a, b) => natural(a.name, b.name));
		for (const text of texts) effects.set(text.name, text);
		return { nodes, groups: [...groups].sort(natural), effects: [...effects.values()], texts };
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
		this.hear(topic, payload.length > 0);
		this.pass();
		const id = this.core.message(topic, payload, atMs);
		if (id) this.takeNode(id, !retained);
		else this.takeCluster(!retained);
		if (rest === "roster/wanted") this.wanted = this.core.wanted();
		this.kept.hear(rest, payload);
		if (rest.startsWith("effects/")) for (const named of this.nodes.keys()) this.takeNode(named, false);
		if (rest === `node/${id}/error` || rest === "conductor/error") this.takeRefusal(id, payload);
		this.changed();
	}

	private hear(topic: string, something: boolean): void {
		this.unheard.delete(topic);
		if (something) this.said.add(topic);
		else this.said.delete(topic);
	}

	private takeAnswer(payload: Uint8Array, correlation?: Uint8Array): void {
		const answer = this.core.answer(payload);
		if (answer && correlation) this.commands.answer(correlation, answer);
	}

	private takeRefusal(id: string, payload: Uint8Array): void {
		const answer = this.core.answer(payload);
		if (!answer || (answer.status === "ok" && answer.ignored.length === 0)) return;
		const kind = answer.status === "ok" ? "ignored" : "rejected";
		this.events.add(kind, id, answerText({ ...answer, node: "" }), true);
	}

	private takeNode(id: string, live: boolean): void {
		const old = this.nodes.get(id) ?? null;
		const node = this.core.node(id);
		if (node && !node.info) this.askLater();
		if (node === old) return;
		if (live) this.tellNode(id, old, node);
		if (node) this.nodes.set(id, node);
		else this.nodes.delete(id);
		this.nodesChanged = true;
	}

	private tellNode(id: string, old: NodeView | null, node: NodeView | null): void {
		const online = node?.online ?? false;
		const problem = node?.info?.problem ?? "";
		if (online !== (old?.online ?? false)) this.events.add("node", id, online ? "is online" : "is offline", !online);
		if (old?.info && problem !== (old.info.problem ?? ""))
			this.events.add("node", id, problem ? `is dark: ${problem}` : "works again", problem !== "");
	}

	private takeCluster(live: boolean): void {
		const conductor = this.core.conductor(this.now());
		const stage = this.core.stage();
		if (live) this.tellConductor(this.conductor, conductor);
		if (live) this.tellStage(this.stage, stage);
		const other = led(conductor) !== led(this.conductor);
		this.conductor = conductor;
		if (other) this.askAnew();
		this.takeStage(stage);
		this.takeTexts(live);
		this.scheduleProbe();
	}

	/** What nodes are the roster may tell. */
	private takeStage(stage: Stage): void {
		const { rev } = this.stage.roster;
		this.stage = stage;
		if (stage.roster.rev === rev) return;
		this.nodesChanged = true;
		for (const id of this.nodes.keys()) this.takeNode(id, false);
		this.askLater();
	}

	/** A node's state is another where its effect is. */
	private takeTexts(live: boolean): void {
		const texts = this.core.texts();
		if (texts === this.texts) return;
		if (live) for (const text of textChanges(this.texts, texts)) this.events.add("effect", "", text);
		this.texts = texts;
		this.nodesChanged = true;
		for (const id of this.nodes.keys()) this.takeNode(id, false);
	}

	private tellConductor(old: ConductorView, { online, leads, info }: ConductorView): void {
		if (old.online && !online) this.events.add("conductor", old.info?.id ?? "", "stopped conducting", true);
		const news = info?.state === "leading" && (old.info?.state !== "leading" || old.info.boot !== info.boot);
		if (news) this.events.add("conductor", info.id, `leads, term ${info.term}`);
		if (this.silent && leads) this.events.add("conductor", info?.id ?? "", "is heard again");
		if (leads || !online) this.silent = false;
	}

	private tellStage(old: Stage, stage: Stage): void {
		for (const text of sceneChanges(old.scenes, stage.scenes)) this.events.add("scene", "", text);
		if (stage.dim.brightness !== old.dim.brightness) this.events.add("dim", "", dimText(stage.dim));
	}

	/* ---- the link ---- */

	link(state: LinkState, outlet: Outlet | null): void {
		const online = state.state === "online";
		const was = this.linkState.state === "online";
		this.linkState = state;
		this.outlet = online ? outlet : null;
		if (online && !was) this.connected();
		else if (!online && was) this.disconnected(state);
		this.scheduleProbe();
		this.changed();
	}

	private connected(): void {
		this.core.connected(this.now());
		if (this.keptWanted) this.followKept();
		this.askLater();
		this.sweepLater();
		if (this.lost) this.events.add("link", "", "is connected again");
		this.lost = false;
	}

	private disconnected(state: LinkState): void {
		this.core.disconnected(this.now());
		this.expectAll();
		this.events.add("link", "", `lost the connection${"why" in state ? `: ${state.why}` : ""}`, true);
		this.lost = true;
	}

	mayCommand(may: boolean): void {
		this.may = may;
		this.changed();
	}

	/** The infos of nodes that nobody tells of otherwise; of many, and where no roster tells of kinds any more, all. Where
	 * nobody leads somebody else may soon. */
	private askLater(): void {
		if (this.infos.has(this.below(INFOS))) return;
		this.stopAsk ??= this.later(() => this.ask(), led(this.conductor) ? ASK_MS : TAKEOVER_MS);
	}

	private askAnew(): void {
		this.stopAsk?.();
		this.stopAsk = null;
		this.askLater();
	}

	private ask(): void {
		this.stopAsk = null;
		const all = this.below(INFOS);
		if (!this.outlet || this.infos.has(all)) return;
		const unknown = [...this.nodes.values()].filter(({ info }) => !info).map(({ id }) => this.below(`node/${id}/info`));
		const fresh = unknown.filter((topic) => !this.infos.has(topic));
		const every = this.infos.size + fresh.length > SINGLY || !this.tellsKinds();
		const asked = every ? [all] : fresh;
		this.infos = new Set(every ? asked : [...this.infos, ...asked]);
		if (asked.length) this.outlet.listen(asked);
	}

	/** Nobody tells us what was cleared while we were away: whatever is not said again is gone. */
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
		return this.core.clusterUs(this.now()) ?? Math.round(this.wall() * US_PER_MS);
	}

	tick(tUs: Micros): void {
		this.advance(tUs);
	}

	private advance(tUs: Micros): void {
		const wallMs = this.wall();
		const localMs = wallMs - new Date(wallMs).getTimezoneOffset() * 60000;
		this.core.tick(tUs, Math.round(localMs * US_PER_MS) - tUs);
	}

	/** Takes over what changes by time alone, which is no event. */
	private pass(): void {
		this.advance(this.nowUs());
		this.takeStage(this.core.stage());
		this.takeTexts(false);
	}

	private pulse(): void {
		this.stopPulse = this.later(() => this.pulse(), PULSE_MS);
		this.pass();
		if (this.linkState.state !== "online") return;
		this.tellSilence();
		this.changed();
	}

	/** A conductor that says nothing any more has not said that it goes. */
	private tellSilence(): void {
		const old = this.conductor;
		this.conductor = this.core.conductor(this.now());
		if (!old.leads || this.conductor.beating || !this.conductor.online) return;
		this.silent = true;
		this.events.add("conductor", old.info?.id ?? "", "is silent", true);
	}

	private scheduleProbe(): void {
		const dueMs = this.core.probeDueMs();
		this.stopProbe();
		if (dueMs !== null && this.outlet)
			this.stopProbe = this.later(() => this.sendProbe(), Math.max(0, dueMs - this.now()));
	}

	private sendProbe(): void {
		/* A timer may ring a little early: then none is due yet. */
		const probe = this.core.probe(this.now());
		if (probe) this.outlet?.probe(probe.topic, probe.payload);
		this.scheduleProbe();
	}

	/* ---- pictures ---- */

	frame(id: string, tUs: Micros): Frame | null {
		return this.core.frame(id, tUs);
	}

	showing(id: string, tUs: Micros): Showing {
		return this.core.showing(id, tUs);
	}

	currentMa(id: string, tUs: Micros): number | null {
		return this.core.currentMa(id, tUs);
	}

	entryAt(scene: Pick<Scene, "id" | "start_us">, tUs: Micros): number | null {
		return this.core.entryAt(scene, tUs);
	}

	slotUs(tUs: Micros, fps: number): Micros {
		return this.core.slot(tUs, fps);
	}

	/* ---- effects in text ---- */

	check(text: string): Check {
		return this.core.check(text);
	}

	nameTrouble(name: string): string {
		return this.core.nameTrouble(name);
	}

	words(): Words {
		return this.core.words();
	}

	preview(): Preview {
		return new Preview(this.module);
	}

	samples(): Samples {
		return new Samples(this.module);
	}

	/* ---- commands ---- */

	set(whom: Whom, command: object | string): number {
		const state = typeof whom === "object" && "node" in whom && this.nodes.get(whom.node)?.state;
		if (state) this.undoable.single(whom.node, state, this.now(), this.nowUs());
		else if (whom === "all" || "group" in whom) this.undoable.ordered(whom === "all" ? "all/set" : `group/${whom.group}/set`, this.now());
		return this.light(whom, "set", command);
	}

	notify(whom: Whom, notice: object | string): number {
		return this.light(whom, "notify", notice);
	}

	play(scene: object | string): number {
		this.undoable.ordered("scene/play", this.now());
		return this.send("scene/play", scene, "no conductor answered");
	}

	stop(what: { id?: string; fade_ms?: number } = {}): number {
		this.undoable.ordered("scene/stop", this.now());
		return this.send("scene/stop", what, "no conductor answered");
	}

	dim(brightness: number, untilUs: Micros | null = null): number {
		this.undoable.ordered("dim/set", this.now());
		return this.send("dim/set", { brightness, until_us: untilUs }, "no conductor answered");
	}

	save(name: string, text: string): number {
		return this.send(`effect/${name}/set`, { text }, "no conductor answered, so nothing is saved");
	}

	remove(name: string): number {
		return this.send(`effect/${name}/set`, "", "no conductor answered, so nothing is removed");
	}

	/* ---- colours ---- */

	color(text: string): string {
		return this.core.color(text);
	}

	kelvin(kelvin: number): string {
		return this.core.kelvin(kelvin);
	}

	/* ---- what the conductor keeps ---- */

	followKept(): void {
		this.keptWanted = true;
		this.outlet?.listen(KEPT_TOPICS.map((topic) => this.below(topic)));
	}

	keepPreset(name: string, what: object | ""): number {
		return this.send(`preset/${name}/set`, what, "no conductor answered, so nothing is kept");
	}

	renamePreset(name: string, title: string): number {
		return this.keepPreset(name, { ...this.kept.presetAsKept(name), title });
	}

	looksOf(preset: Preset): readonly Look[] {
		return this.kept.looksOf(preset);
	}

	applyPreset(name: string, transitionS: number): number {
		this.undoable.ordered(`preset/${name}/apply`, this.now());
		return this.send(`preset/${name}/apply`, { transition: transitionS }, "no conductor answered");
	}

	keepSchedule(name: string, schedule: object | ""): number {
		return this.send(`schedule/${name}/set`, schedule, "no conductor answered, so nothing is kept");
	}

	arrange(what: object): number {
		return this.send("roster/set", what, "no conductor answered, so all stays as it is");
	}

	undo(): Undoing {
		const { valid } = this.core.clock(this.now());
		const own = this.undoable.take((id) => this.nodes.get(id), valid);
		if (!own) return { keys: [this.send("undo", "", "no conductor answered, and it alone knows what was")], boards: null, skipped: [] };
		const together = valid && own.lights.size > 1 ? { at_us: Math.round(this.nowUs()) + TOGETHER_US } : {};
		const keys = [...own.lights].map(([node, light]) => this.light({ node }, "set", { ...light, ...together, transition: UNDO_FADE_S }));
		return { keys, boards: [...own.lights.keys()], skipped: own.skipped };
	}

	async forget(id: string): Promise<string> {
		const { outlet } = this;
		if (!outlet) return "there is no connection to the broker";
		const topics = ["state", "info", "availability"].map((what) => outlet.clear(this.below(`node/${id}/${what}`)));
		try {
			const allowed = await Promise.all([...topics, outlet.clear(announced(this.prefix, id))]);
			return allowed.every(Boolean) ? "" : "this account may not forget boards; one that may clean up can, such as admin";
		} catch (error) {
			return error instanceof Error ? error.message : "not sent";
		}
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
		this.stopAsk?.();
	}

	private below(rest: string): string {
		return `${this.prefix}/${rest}`;
	}
}
