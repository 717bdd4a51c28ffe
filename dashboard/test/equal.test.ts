// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The browser's pictures equal the LEDs to the byte, and its words are the
 * core's: the core in WebAssembly answers every script as this machine's build
 * of the same sources does, and the page's model says nothing else. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import type { Effect, Param, ParamValue, Scene } from "../src/model/messages";
import { Dice } from "./dice";
import { Lab } from "./lab";
import { difference, nativeAnswers, nativeInfo, nativeTopics, newCluster, say, type Step, viewAnswers, wasmAnswers } from "./script";

const NOW = 1700000000000000;
const TIMELINE = "0123456789abcdef";
const TIME_MAX = 2 ** 53;

const info = nativeInfo();
const effects = info.effects as readonly Effect[];

interface Board {
	id: string;
	shape: "blinkt" | "piglow";
	pixels: number;
}

const BOARDS: readonly Board[] = [
	...[1, 2, 7, 8, 18, 40, 100].map((pixels) => ({ id: `row${pixels}`, shape: "blinkt" as const, pixels })),
	{ id: "piglow", shape: "piglow", pixels: 18 },
];

const NO_LIMITS = { brightness: 255, current_ma: 0, flash: false };

function arrive(board: Board, more: object = {}): Step[] {
	const { id, shape, pixels } = board;
	return [
		say(`node/${id}/info`, { ...info, id, shape, pixels, limits: NO_LIMITS, idle: "blue 20%", ...more }),
		say(`node/${id}/availability`, "online"),
	];
}

const CONDUCTOR = say("conductor/info", {
	id: "shelf",
	state: "leading",
	clock_id: TIMELINE,
	term: 1,
	boot: 7,
	rate_ppb: 0,
	nodes: 1,
	version: "1",
	utc_offset_us: null,
	tz_offset_s: null,
});

const anyColor = (dice: Dice): string => `#${dice.between(0, 0xffffff).toString(16).padStart(6, "0")}`;

function anyText(dice: Dice, max: number): string {
	return Array.from({ length: dice.between(0, max) }, () => String.fromCharCode(dice.between(32, 126))).join("");
}

function anyValue(dice: Dice, row: Param): ParamValue {
	switch (row.type) {
		case "int":
			return dice.of([row.min, row.max, dice.between(row.min, row.max)]);
		case "bool":
			return dice.of([true, false]);
		case "choice":
			return dice.of(row.choices);
		case "text":
			return anyText(dice, row.max);
		case "color":
			return row.default === null ? dice.of([null, anyColor(dice)]) : anyColor(dice);
	}
}

function anyParams(dice: Dice, effect: Effect): Record<string, ParamValue> {
	return Object.fromEntries(effect.params.map((row) => [row.name, anyValue(dice, row)]));
}

/** Microseconds since 1970 of every size, before and after now. */
const anyTime = (dice: Dice): number => dice.between(-1, 1) * Math.floor(2 ** (20 + 33 * dice.next()) * dice.next());

function anyLook(dice: Dice, effect: Effect): object {
	return {
		state: "ON",
		effect: effect.name,
		params: anyParams(dice, effect),
		color: { r: dice.between(0, 255), g: dice.between(0, 255), b: dice.between(0, 255) },
		brightness: dice.of([1, 128, 255]),
		start_us: dice.of([NOW, NOW - dice.between(0, 10 ** 9), anyTime(dice)]),
		seed: dice.between(0, 2 ** 32 - 1),
	};
}

/** A board in one look, at many times. */
function looks(dice: Dice, board: Board, effect: Effect): Step[] {
	const times = [NOW, NOW + 1, NOW + 16667, NOW - 5000000, -TIME_MAX, TIME_MAX];
	for (let k = 0; k < 10; k++) times.push(NOW + dice.between(0, 3 * 10 ** 7), anyTime(dice));
	return [
		say(`node/${board.id}/state`, anyLook(dice, effect)),
		...times.flatMap((tUs): Step[] => [
			{ verb: "tick", tUs, wallOffsetUs: dice.between(-(10 ** 11), 10 ** 11) },
			{ verb: "frame", id: board.id, tUs },
		]),
	];
}

function everyLook(seed: number, times: number): Step[] {
	const dice = new Dice(seed);
	const steps = BOARDS.flatMap((board) => arrive(board));
	for (const effect of effects)
		for (const board of BOARDS) for (let k = 0; k < times; k++) steps.push(...looks(dice, board, effect));
	return steps;
}

test("every effect, on rows of many lengths and a PiGlow", () => {
	const steps = everyLook(1, 3);
	assert.ok(effects.length >= 18, `only ${effects.length} effects`);
	assert.ok(new Set(wasmAnswers(steps)).size > steps.length / 10, "the pictures are alike");
	assert.equal(difference(steps), "");
});

/* ---- whole nodes, as time passes ---- */

function anyScene(dice: Dice, id: string, nowUs: number): object {
	const look = () => {
		const effect = dice.of(effects);
		return { effect: effect.name, params: anyParams(dice, effect), color: anyColor(dice), brightness: 200 };
	};
	const entry = () => ({ ...look(), duration_us: dice.between(1, 2000000) });
	const playlist = { playlist: [entry(), entry(), entry()], loop: dice.of([true, false]) };
	return {
		id,
		...dice.of([look(), playlist]),
		target: dice.of([null, { nodes: [dice.of(BOARDS).id] }, { groups: ["shelf"] }]),
		span: dice.of(["cluster", "node"]),
		start_us: nowUs + dice.between(-1000000, 1000000),
		end_us: dice.of([null, nowUs + dice.between(1000000, 5000000)]),
		fade_ms: dice.of([0, 500]),
		seed: dice.between(0, 1000),
		take: true,
	};
}

function anyState(dice: Dice, board: Board, nowUs: number): object {
	const colors = () => Array.from({ length: board.pixels }, () => anyColor(dice));
	const levels = () => ({ "arm1.red": dice.between(0, 255), "arm3.white": 255 });
	const paint = board.shape === "piglow" ? { leds: levels() } : { pixels: colors() };
	const from = board.shape === "piglow" ? levels() : colors();
	return {
		...dice.of([
			{ state: "ON", effect: "auto", brightness: dice.between(0, 255), color: { r: 9, g: 9, b: 9 } },
			{ state: "ON", effect: "solid", ...paint },
			{ state: "OFF", effect: "solid" },
			anyLook(dice, dice.of(effects)),
		]),
		since_us: nowUs,
		...dice.of([{}, { fade_from: from, fade_start_us: nowUs - 100000, fade_end_us: nowUs + 400000 }]),
		...dice.of([{}, {}, { notice: { ...anyLook(dice, dice.of(effects)), end_us: nowUs + 700000 } }]),
	};
}

function anyInfo(dice: Dice): object {
	return {
		reverse: dice.of([true, false]),
		groups: dice.of([[], ["shelf"]]),
		limits: { brightness: dice.of([255, 100]), current_ma: dice.of([0, 60, 250]), flash: dice.of([true, false]) },
		idle: dice.of(["off", "red breathe", "progress 40%", "cpu 60%", "#0af 10%", "nonsense", "morse"]),
	};
}

const anyStats = (dice: Dice): object => ({
	fps: 60,
	sync: { state: "tracking", offset_us: 1, error_us: dice.between(1, 2000000) },
	gauges: { cpu: dice.between(0, 1000) / 10, load: dice.between(0, 1000) / 7, memory: 31, network: -1 },
});

function anyRoster(dice: Dice, nowUs: number): object {
	let offset = 0;
	const nodes = BOARDS.filter(() => dice.next() < 0.8).map((board) => {
		const gap = dice.between(0, 3);
		const node = { id: board.id, groups: [], pixels: board.pixels, offset, reverse: dice.of([true, false]), gap };
		offset += board.pixels + gap;
		return node;
	});
	return { rev: 1, effective_us: nowUs + dice.between(-1, 500000), pixels: offset, nodes };
}

/** Something that is said in a cluster. */
function anyMessage(dice: Dice, nowUs: number): Step[] {
	const board = dice.of(BOARDS);
	const scenes = Array.from({ length: dice.between(0, 3) }, (_, k) => anyScene(dice, `scene ${k}`, nowUs));
	switch (dice.between(0, 10)) {
		case 0:
			return [say("scene/current", { clock_id: TIMELINE, term: 1, rev: 1, scenes })];
		case 1:
			return [say("roster", anyRoster(dice, nowUs))];
		case 2:
			return [say("dim/current", { brightness: dice.of([0, 100, 255]), until_us: dice.of([null, nowUs + 300000]) })];
		case 3:
			return arrive(board, anyInfo(dice));
		case 4:
			return [say(`node/${board.id}/stats`, anyStats(dice))];
		case 5:
			return [say(`node/${board.id}/availability`, dice.of(["online", "online", "offline", ""]))];
		case 6:
			return [say("conductor/availability", dice.of(["online", "offline"]))];
		case 7:
			return [say("conductor/beacon", anyBeacon(dice), (nowUs - NOW) * 1000)];
		default:
			return [say(`node/${board.id}/state`, anyState(dice, board, nowUs))];
	}
}

function draw(board: Board, tUs: number): Step[] {
	return [
		{ verb: "frame", id: board.id, tUs },
		{ verb: "showing", id: board.id, tUs },
	];
}

/** Everything that the core says of the cluster, and of one node. */
function told(board: Board, lNs: number): Step[] {
	return [{ verb: "node", id: board.id }, { verb: "nodes" }, { verb: "stage" }, { verb: "conductor", lNs }];
}

const anyBeacon = (dice: Dice): object => ({ seq: 1, time_us: NOW, clock_id: TIMELINE, term: 1, boot: dice.between(6, 7) });

function life(seed: number, moments: number): Step[] {
	const dice = new Dice(seed);
	const steps = [CONDUCTOR, ...BOARDS.flatMap((board) => arrive(board))];
	let scenes: readonly Scene[] = [];
	for (let k = 0, tUs = NOW; k < moments; k++, tUs += dice.between(1, 300000)) {
		const said = anyMessage(dice, tUs);
		for (const step of said)
			if (step.verb === "message" && step.topic === "glow/scene/current")
				scenes = (JSON.parse(new TextDecoder().decode(step.payload)) as { scenes: Scene[] }).scenes;
		steps.push(...said, { verb: "tick", tUs, wallOffsetUs: 3600000000 });
		steps.push(...BOARDS.flatMap((board) => draw(board, tUs)));
		steps.push(...told(dice.of(BOARDS), (tUs - NOW) * 1000));
		steps.push(...scenes.map((scene): Step => ({ verb: "entry", scene, tUs })));
	}
	return steps;
}

// promise: page-equals-leds
test("nodes, scenes, roster, dimmer and limits, as a cluster lives", () => {
	const steps = life(2, 1200);
	const answers = wasmAnswers(steps);
	for (const words of ["notice: ", "scene: ", "idle: ", "offline", " (2 of 3)", "off", '"leads":true', '"beating":false'])
		assert.ok(answers.some((answer) => answer.includes(words)), `nowhere "${words}"`);
	assert.equal(difference(steps), "");
});

// promise: page-equals-leds
test("effects in text, as they come, change and go", () => {
	const text = (source: string, rev: number, atUs: number): Step =>
		say("effect/waves", { name: "waves", what: "", params: [], text: source, rev, at_us: atUs, clock_id: TIMELINE });
	const scene = { id: "main", effect: "waves", params: { p: 7 }, color: "#ff8000", start_us: NOW - 5000000, seed: 3 };
	const scenes = say("scene/current", { clock_id: TIMELINE, term: 1, rev: 1, scenes: [scene] });
	const lit = say("node/row7/state", { state: "ON", effect: "waves", params: { p: 5 }, start_us: NOW });
	const first = "param p 0..9 = 3\nhsv(x + cycle(p), 1, wave(3 * x + noise(4 * x, count(2))))";
	const steps = [CONDUCTOR, ...BOARDS.flatMap((board) => arrive(board)), scenes];
	const watch = (tUs: number): void => {
		steps.push({ verb: "tick", tUs, wallOffsetUs: 0 });
		steps.push(...BOARDS.flatMap((board) => [...draw(board, tUs), ...told(board, 0)]));
	};
	watch(NOW);
	const idle = wasmAnswers(steps);
	steps.push(text(first, 1, NOW), lit);
	for (let k = 0; k < 20; k++) watch(NOW + 50000 * k);
	const before = wasmAnswers(steps);
	steps.push(text("param p 0..6 = 2\nmix(color, navy, triangle(x * p + board_x))", 2, NOW + 2000000), { verb: "texts" });
	for (let k = 0; k < 20; k++) watch(NOW + 1900000 + 10000 * k);
	steps.push(text("newer(than, this)", 3, NOW));
	watch(NOW + 3000000);
	steps.push(text(first, 4, NOW), say("effect/waves", ""));
	watch(NOW + 4000000);
	steps.push({ verb: "texts" });
	const answers = wasmAnswers(steps);
	assert.ok(before.some((answer) => answer.includes("waves")) && answers.length > before.length);
	assert.notDeepEqual(idle.slice(-BOARDS.length), before.slice(-BOARDS.length), "a text shows nothing");
	assert.equal(difference(steps), "");
});

/** A text of words that mean something, in an order that seldom does, or one that is shipped and a little spoilt. */
function anySource(dice: Dice, shipped: readonly string[], words: readonly string[]): string {
	if (dice.next() < 0.3) return Array.from({ length: dice.between(1, 12) }, () => dice.of(words)).join(dice.of(["", " ", "\n"]));
	const text = dice.of(shipped);
	const at = dice.between(0, text.length);
	return `${text.slice(0, at)}${dice.next() < 0.5 ? dice.of(words) : ""}${text.slice(at + dice.between(0, 3))}`;
}

test("a text is judged alike, and so is its name", () => {
	const dice = new Dice(6);
	const shipped = readdirSync("../effects").map((file) => readFileSync(`../effects/${file}`, "utf8"));
	const { keywords, inputs, functions, colors } = newCluster().words();
	const words = [...keywords, ...inputs, ...functions, ...colors, ..."()+-*/<>=,.%\"#\n".split(""), "..", "1.5", "#f80", "é", "\u{1f308}", "40000"];
	const steps: Step[] = shipped.map((text) => ({ verb: "check", text }));
	for (let k = 0; k < 2000; k++) steps.push({ verb: "check", text: anySource(dice, shipped, words) }, { verb: "name", text: dice.of(words) });
	const answers = wasmAnswers(steps);
	assert.ok(answers.slice(0, shipped.length).every((answer) => answer.includes('"cost"')), "a shipped text is refused");
	for (const found of ['"cost"', '"mistake"', "did you mean", "is a colour"]) assert.ok(answers.filter((answer) => answer.includes(found)).length > 50, `hardly "${found}"`);
	assert.equal(difference(steps), "");
});

// promise: flash-limit
test("a board that flashes too fast is held back alike", () => {
	const board: Board = { id: "row8", shape: "blinkt", pixels: 8 };
	const drawn = (flash: boolean): Step[] => {
		const steps = arrive(board, { limits: { ...NO_LIMITS, flash } });
		for (let k = 0; k < 100; k++) {
			const tUs = NOW + 50000 * k;
			steps.push(say("node/row8/state", { state: "ON", effect: "solid", brightness: k % 2 ? 255 : 0 }));
			steps.push({ verb: "tick", tUs, wallOffsetUs: 0 }, { verb: "frame", id: "row8", tUs });
		}
		return steps;
	};
	const free = wasmAnswers(drawn(false));
	assert.ok(wasmAnswers(drawn(true)).some((answer, k) => answer !== free[k]), "it is not held back");
	assert.equal(difference(drawn(true)), "");
});

/* ---- what is not meant to be read ---- */

function mangled(dice: Dice, payload: Uint8Array): Uint8Array {
	const bytes = Uint8Array.from(payload);
	for (let k = dice.between(1, 3); k > 0 && bytes.length > 0; k--)
		bytes[dice.between(0, bytes.length - 1)] = dice.of([dice.between(0, 255), ...'{}[],:"\\0-.eu'.split("").map((c) => c.charCodeAt(0))]);
	return bytes.subarray(0, dice.between(0, 4 * bytes.length));
}

test("broken messages change the same, which is mostly nothing", () => {
	const dice = new Dice(3);
	const steps = [CONDUCTOR, ...BOARDS.flatMap((board) => arrive(board))];
	for (let k = 0, tUs = NOW; k < 3000; k++, tUs += 1000) {
		for (const step of anyMessage(dice, tUs))
			steps.push(step.verb === "message" ? { ...step, payload: mangled(dice, step.payload) } : step);
		const board = dice.of(BOARDS);
		steps.push({ verb: "tick", tUs, wallOffsetUs: 0 }, ...draw(board, tUs), ...told(board, (tUs - NOW) * 1000));
	}
	assert.equal(difference(steps), "");
});

test("the fuzzers' corpus is read alike", () => {
	const corpus = process.env.GLOW_CORPUS ?? "";
	const board: Board = { id: "row8", shape: "blinkt", pixels: 8 };
	const steps = [CONDUCTOR, ...arrive(board)];
	for (const folder of ["json", "state", "scene", "command"])
		for (const file of readdirSync(`${corpus}/${folder}`)) {
			const bytes = readFileSync(`${corpus}/${folder}/${file}`);
			for (const topic of ["node/row8/state", "node/row8/info", "scene/current", "roster", "dim/current", "node/row8/stats"])
				steps.push(say(topic, bytes), say(topic, bytes.subarray(1)), ...draw(board, NOW), ...told(board, 0));
			for (const verb of ["answer", "preset", "schedule"] as const) steps.push({ verb, payload: bytes });
		}
	for (const file of readdirSync(`${corpus}/wanted`)) steps.push(say("roster/wanted", readFileSync(`${corpus}/wanted/${file}`)), { verb: "wanted" });
	assert.ok(steps.length > 500, "the corpus is empty");
	assert.equal(difference(steps), "");
});

test("what the conductor keeps is read alike", () => {
	const read = (verb: "preset" | "schedule", what: object | string): Step => ({
		verb,
		payload: new TextEncoder().encode(typeof what === "string" ? what : JSON.stringify(what)),
	});
	const steps = [
		read("preset", { name: "a", title: "Größe", lights: { pi1: { color: "red" } }, scenes: [{ id: "main", effect: "fire", start_us: 0 }] }),
		read("preset", { scenes: [{ id: "main", playlist: [{ effect: "fire", duration_us: 5000000 }], loop: true, start_us: 0 }] }),
		read("preset", { title: "nothing" }),
		read("schedule", { at: "sunset", offset_min: -30, scene: { effect: "fire", params: { height: 50 } } }),
		read("schedule", { at: "23:15", days: ["sun"], enabled: false, dim: "10%" }),
		read("schedule", ""),
		say("roster/wanted", { order: ["pi3"], nodes: { pi1: { title: "Küche", gap: 4, reverse: true } } }),
		{ verb: "wanted" } as Step,
	];
	assert.equal(difference(steps), "");
	assert.ok(wasmAnswers(steps).filter((answer) => answer.includes("playlist") || answer.includes("sunset")).length === 2, "control: they are read");
});

/* In another order: what the page needs first comes first. */
test("the page subscribes to what the core reads", () => {
	const { cluster } = new Lab();
	const { topics, ownTopics, id } = cluster;
	assert.deepEqual(ownTopics, [`glow/time/reply/${id}`, `glow/answer/${id}`]);
	assert.deepEqual([...topics, ...cluster.nodeTopics()].sort(), [...nativeTopics().map((topic) => `glow/${topic}`)].sort());
});

test("the page's model is the core's word", () => {
	const dice = new Dice(5);
	const lab = new Lab();
	const steps: Step[] = [];
	let changes = 0;
	for (let k = 0, before = ""; k < 600; k++) {
		const nowUs = lab.cluster.nowUs();
		const first = k < BOARDS.length ? arrive(BOARDS[k]!) : k === BOARDS.length ? [CONDUCTOR] : anyMessage(dice, nowUs);
		for (const step of first) {
			if (step.verb !== "message") continue;
			const payload = dice.next() < 0.2 ? mangled(dice, step.payload) : step.payload;
			const message = { ...step, payload, lNs: lab.nowMs * 1e6 };
			steps.push({ verb: "tick", tUs: nowUs, wallOffsetUs: 0 }, message);
			lab.cluster.message(message.topic, payload, dice.next() < 0.5);
		}
		const view = viewAnswers(lab.cluster.view);
		const script: Step[] = [...steps, ...lab.cluster.view.nodes.map((node): Step => ({ verb: "node", id: node.id }))];
		if (view.join() !== before) changes++;
		before = view.join();
		if (k % 40 === 39) {
			const answers = nativeAnswers([...script, { verb: "nodes" }, { verb: "stage" }, { verb: "conductor", lNs: lab.nowMs * 1e6 }]);
			assert.deepEqual(view, answers.slice(-view.length));
		}
		lab.pass(dice.between(1, 700));
	}
	assert.ok(changes > 200, "the view hardly changes");
});

/* ---- the clock ---- */

const RTT_NS = 2000000;

function reply(seq: number, t1Ns: number, thetaNs: bigint): Uint8Array {
	const bytes = new DataView(new ArrayBuffer(48));
	const serverNs = BigInt(t1Ns) + thetaNs + BigInt(RTT_NS / 2);
	bytes.setUint8(0, 1);
	bytes.setUint32(4, seq, true);
	bytes.setBigInt64(8, BigInt(t1Ns), true);
	bytes.setBigInt64(16, serverNs, true);
	bytes.setBigInt64(24, serverNs + 1000n, true);
	bytes.setUint32(32, 1, true);
	bytes.setUint32(36, 7, true);
	bytes.setBigUint64(40, BigInt(`0x${TIMELINE}`), true);
	return new Uint8Array(bytes.buffer);
}

test("cluster time is the same to the nanosecond", () => {
	const dice = new Dice(4);
	const thetaNs = 1700000000000000000n;
	const steps: Step[] = [CONDUCTOR, say("conductor/availability", "online"), { verb: "connected", lNs: 1000 }];
	steps.push(say("conductor/availability", "online", 1000));
	/* Only a follower knows when it asks: this one goes through the same. */
	const ahead = newCluster();
	wasmAnswers(steps, ahead);
	for (let seq = 1, lNs = 1000; seq < 2000; lNs += dice.between(20000000, 1500000000)) {
		const delayNs = Math.floor(-Math.log(1 - dice.next()) * 3000000);
		const now: Step[] = [{ verb: "probe", lNs }, { verb: "clock", lNs }];
		if (ahead.probe(lNs / 1e6)) {
			const answer = reply(seq++, lNs, thetaNs + BigInt(Math.floor(lNs * 20e-6) + delayNs));
			now.push(say("time/reply/x/1", answer, lNs + RTT_NS + 2 * delayNs));
		}
		wasmAnswers(now.slice(2), ahead);
		steps.push(...now);
	}
	assert.ok(wasmAnswers(steps).some((answer) => answer.includes('"tracking"')), "it never tracks");
	assert.equal(difference(steps), "");
});
