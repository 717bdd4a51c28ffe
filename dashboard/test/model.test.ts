// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

import assert from "node:assert/strict";
import test from "node:test";

import { Dice } from "./dice";
import { AUTO, color, conduct, conductor, info, Lab, labWith, PERIOD, scene, scenes, type Sent } from "./lab";

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const ids = (lab: Lab): string[] => lab.cluster.view.nodes.map((node) => node.id);
const texts = (lab: Lab): string[] => lab.cluster.view.events.map((event) => `${event.who} ${event.text}`);

test("a node is what it says", () => {
	const lab = labWith("pi1");
	const [node] = lab.cluster.view.nodes;
	assert.equal(node?.online, true);
	assert.equal(node?.info?.pixels, 8);
	assert.equal(node?.state?.effect, "auto");
	assert.equal(node?.stats, null);
	lab.hear("node/pi1/stats", { fps: 60, sync: { state: "tracking", offset_us: 3, error_us: 12 }, temperature: 48.5 });
	assert.equal(lab.cluster.view.nodes[0]?.stats?.sync.error_us, 12);
	assert.deepEqual(lab.cluster.view.groups, ["shelf"]);
	assert.deepEqual(lab.cluster.view.effects.map((effect) => effect.name), ["breathe"]);
	assert.deepEqual(lab.cluster.view.effects[0]?.params, PERIOD);
});

/** The name of a catalog: FNV-1a, 64 bits. */
function named(text: string): string {
	let hash = 0xcbf29ce484222325n;
	for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
	return hash.toString(16).padStart(16, "0");
}

test("nodes of one version share the tables that their infos name", () => {
	const tables = JSON.stringify([{ name: "later", what: "is new", params: PERIOD }]);
	const lab = new Lab();
	const effects = () => lab.cluster.view.effects.map((effect) => effect.name);
	for (const id of ["pi1", "pi2"]) {
		lab.hear(`node/${id}/info`, info(id, { effects: undefined, effects_hash: named(tables) }), true);
		lab.hear(`node/${id}/availability`, "online", true);
	}
	assert.deepEqual(effects(), []);
	lab.hear(`effects/${named(tables)}`, tables.replace("new", "not"), true); // control: not what it is named after
	assert.deepEqual(effects(), []);
	lab.hear(`effects/${named(tables)}`, tables, true);
	assert.deepEqual(effects(), ["later"]);
	const [pi1, pi2] = lab.cluster.view.nodes;
	assert.deepEqual(pi1?.info?.effects[0]?.params, PERIOD);
	assert.equal(pi1?.info?.effects, pi2?.info?.effects);
	/* A node of an older version beside them tells its own, and nodes that come later find the tables there. */
	lab.hear("node/pi3/info", info("pi3"));
	lab.hear("node/pi3/availability", "online");
	assert.deepEqual(effects(), ["later", "breathe"]);
	lab.hear("node/pi4/info", info("pi4", { effects: undefined, effects_hash: named(tables) }));
	assert.equal(lab.cluster.view.nodes[3]?.info?.effects, pi1?.info?.effects);
	assert.ok(lab.cluster.topics.includes("glow/effects/+"));
});

test("the view is replaced, and only when something changed", () => {
	const lab = labWith("pi1", "pi2");
	const before = lab.cluster.view;
	assert.equal(lab.cluster.view, before);
	lab.hear("node/pi1/state", { ...AUTO, brightness: 9 });
	const after = lab.cluster.view;
	assert.notEqual(after, before);
	assert.equal(before.nodes[0]?.state?.brightness, 255);
	assert.equal(after.nodes[0]?.state?.brightness, 9);
	assert.equal(after.nodes[1], before.nodes[1], "what did not change is the same");
});

test("subscribers hear of many changes once", async () => {
	const lab = labWith("pi1");
	let heard = 0;
	await tick();
	const stop = lab.cluster.subscribe(() => heard++);
	assert.ok(lab.cluster.view);
	for (let k = 0; k < 10; k++) lab.hear("node/pi1/state", { ...AUTO, brightness: k });
	await tick();
	assert.equal(heard, 1);
	assert.ok(lab.cluster.view);
	stop();
	lab.hear("node/pi1/state", AUTO);
	await tick();
	assert.equal(heard, 1);
});

test("a subscriber that does not look is told again all the same", async () => {
	const lab = labWith("pi1");
	let heard = 0;
	await tick();
	lab.cluster.subscribe(() => heard++);
	lab.hear("node/pi1/state", AUTO);
	await tick();
	lab.hear("node/pi1/state", { ...AUTO, brightness: 1 });
	await tick();
	assert.equal(heard, 2);
});

test("nodes stand in the roster's order, others behind in natural order", () => {
	const lab = labWith("pi10", "pi2", "pi1", "pi3");
	assert.deepEqual(ids(lab), ["pi1", "pi2", "pi3", "pi10"]);
	const member = (id: string, offset: number) => ({ id, groups: [], pixels: 8, offset, reverse: false, gap: 0 });
	lab.hear("roster", { rev: 1, effective_us: 0, pixels: 16, nodes: [member("pi3", 0), member("pi10", 8)] });
	assert.deepEqual(ids(lab), ["pi3", "pi10", "pi1", "pi2"]);
});

test("a roster waits for its time", () => {
	const lab = labWith("pi1", "pi2");
	const length = () => lab.cluster.view.roster.pixels;
	conduct(lab);
	const effective_us = lab.cluster.nowUs() + 2000000;
	const nodes = ["pi2", "pi1"].map((id, k) => ({ id, groups: [], pixels: 8, offset: 8 * k, reverse: false, gap: 0 }));
	lab.hear("roster", { rev: 7, effective_us, pixels: 16, nodes });
	lab.pass(1400);
	assert.equal(length(), 0);
	lab.pass(1200);
	assert.equal(length(), 16);
	assert.deepEqual(ids(lab), ["pi2", "pi1"]);
});

test("pictures are drawn from what was said", () => {
	const lab = labWith("pi1");
	assert.equal(color(lab, "pi1"), "#0000ff", "idle");
	lab.hear("node/pi1/state", { state: "ON", effect: "solid", color: { r: 0, g: 255, b: 0 } });
	assert.equal(color(lab, "pi1"), "#00ff00", "its light");
	lab.hear("node/pi1/info", info("pi1", { problem: "no such bus" }));
	assert.equal(color(lab, "pi1"), "#000000", "its board is missing");
	lab.hear("node/pi1/info", info("pi1"));
	assert.equal(color(lab, "pi1"), "#00ff00", "and comes back");
	lab.hear("node/pi1/availability", "offline");
	assert.equal(color(lab, "pi1"), "#000000", "offline");
	assert.equal(color(lab, "pi2"), "none");
});

test("a light that has nothing to show is off", () => {
	const lab = labWith("pi1");
	const shown = (): string => lab.cluster.showing("pi1", lab.cluster.nowUs()).label;
	assert.equal(shown(), "idle: blue");
	lab.hear("node/pi1/info", { ...info("pi1"), idle: "off" }, true);
	lab.hear("node/pi1/state", { ...AUTO, state: "OFF", dark: true }, true);
	assert.equal(lab.cluster.view.nodes[0]?.state?.state, "OFF");
	assert.equal(lab.cluster.view.nodes[0]?.state?.effect, "auto");
	assert.equal(shown(), "off: nothing to show");
	assert.equal(color(lab, "pi1"), "#000000");
	conduct(lab);
	lab.hear("scene/current", scenes(scene("main")));
	lab.cluster.tick(lab.cluster.nowUs());
	assert.equal(shown(), "scene: solid #ff0000");
});

test("what shows has a name", () => {
	const lab = labWith("pi1");
	conduct(lab);
	lab.hear("scene/current", scenes(scene("main")));
	const tUs = lab.cluster.nowUs();
	lab.cluster.tick(tUs);
	assert.deepEqual(lab.cluster.showing("pi1", tUs), { layer: "scene", label: "scene: solid #ff0000", scene: "main" });
	assert.equal(lab.cluster.showing("nobody", tUs).layer, "offline");
	lab.hear("node/pi1/info", info("pi1", { problem: "no such bus: is I2C on?" }));
	assert.deepEqual(lab.cluster.showing("pi1", tUs), { layer: "dark", label: "dark: no such bus: is I2C on?", scene: "main" });
});

test("scenes of another timeline do not show", () => {
	const lab = labWith("pi1");
	conduct(lab);
	lab.hear("scene/current", scenes(scene("main")));
	assert.equal(lab.cluster.view.scenes[0]?.id, "main");
	assert.equal(color(lab, "pi1"), "#ff0000");
	lab.hear("conductor/info", conductor({ clock_id: "00000000000000ff", term: 1 }));
	assert.deepEqual(lab.cluster.view.scenes, []);
	assert.equal(color(lab, "pi1"), "#0000ff");
});

test("a playlist has its entries", () => {
	const lab = labWith("pi1");
	conduct(lab);
	const entry = { effect: "solid", params: {}, color: "#00ff00", brightness: 255, duration_us: 1000000 };
	lab.hear("scene/current", scenes(scene("main", { playlist: [entry, { ...entry, effect: null }], loop: true })));
	const [only] = lab.cluster.view.scenes;
	assert.deepEqual(only?.playlist?.map((one) => one.effect), ["solid", null]);
	const at = (into: number) => lab.cluster.entryAt(only!, into);
	assert.deepEqual([at(-1), at(0), at(999999), at(1000000), at(2000000)], [null, 0, 0, 1, 0]);
	assert.equal(lab.cluster.entryAt({ ...only!, id: "other" }, 0), null);
});

test("a scene and the one it replaces have one name, and an entry each", () => {
	const lab = labWith("pi1");
	conduct(lab);
	const entry = { effect: "solid", params: {}, color: "#00ff00", brightness: 255, duration_us: 1000000 };
	const old = scene("main", { playlist: [entry, entry], loop: true, end_us: 1500000 });
	lab.hear("scene/current", scenes(old, scene("main", { start_us: 1000000 })));
	const at = (tUs: number) => lab.cluster.view.scenes.map((one) => lab.cluster.entryAt(one, tUs));
	assert.deepEqual([at(0), at(1000000), at(1500000)], [[0, null], [1, 0], [null, 0]]);
});

test("the dimmer dims, and its time runs out", () => {
	const lab = labWith("pi1");
	lab.hear("dim/current", { brightness: 0, until_us: lab.cluster.nowUs() + 1000000 });
	assert.equal(lab.cluster.view.dim.brightness, 0);
	assert.equal(color(lab, "pi1"), "#000000");
	lab.pass(1600);
	assert.equal(lab.cluster.view.dim.brightness, 255);
	assert.equal(color(lab, "pi1"), "#0000ff");
	lab.hear("dim/current", "");
	assert.equal(lab.cluster.view.dim.brightness, 255);
});

test("a conductor without a heart-beat does not lead", () => {
	const lab = labWith();
	conduct(lab);
	assert.equal(lab.cluster.view.conductor.leads, true);
	lab.pass(2100);
	assert.equal(lab.cluster.view.conductor.beating, false);
	assert.equal(lab.cluster.view.conductor.leads, false);
	assert.equal(lab.cluster.view.conductor.online, true);
});

/* ---- what nodes leave behind ---- */

test("a node whose messages are cleared is gone", () => {
	const lab = labWith("pi1", "pi2");
	for (const what of ["info", "state", "availability"]) lab.hear(`node/pi1/${what}`, "");
	assert.deepEqual(ids(lab), ["pi2"]);
	assert.equal(color(lab, "pi1"), "none");
	lab.hear("node/pi1/info", info("pi1"));
	lab.hear("node/pi1/availability", "online");
	assert.deepEqual(ids(lab), ["pi1", "pi2"]);
	assert.equal(color(lab, "pi1"), "#0000ff");
});

test("what was cleared while the connection was gone goes a while after it is back", () => {
	const lab = labWith("pi1", "pi2");
	conduct(lab);
	lab.hear("scene/current", scenes(scene("main")), true);
	lab.lose();
	assert.deepEqual(ids(lab), ["pi1", "pi2"], "kept meanwhile");
	lab.pass(3000);
	lab.online();
	for (const [what, payload] of [["info", info("pi2")], ["state", AUTO], ["availability", "online"]] as const)
		lab.hear(`node/pi2/${what}`, payload, true);
	conduct(lab);
	lab.pass(4000);
	assert.deepEqual(ids(lab), ["pi1", "pi2"]);
	lab.pass(2000);
	assert.deepEqual(ids(lab), ["pi2"]);
	assert.deepEqual(lab.cluster.view.scenes, []);
	assert.equal(lab.cluster.view.conductor.online, true);
});

test("a connection that breaks again in between forgets nothing", () => {
	const lab = labWith("pi1");
	lab.lose();
	lab.online();
	lab.pass(2000);
	lab.lose();
	lab.pass(10000);
	assert.deepEqual(ids(lab), ["pi1"]);
});

/* ---- events ---- */

test("what happens becomes an event, what was so before does not", () => {
	const lab = labWith("pi1");
	conduct(lab);
	assert.deepEqual(texts(lab), []);
	lab.hear("node/pi1/availability", "offline");
	lab.hear("node/pi1/availability", "online");
	lab.hear("node/pi1/info", info("pi1", { problem: "no such bus" }));
	lab.hear("scene/current", scenes(scene("main"), scene("top", { effect: "breathe" })));
	lab.hear("scene/current", scenes(scene("top", { effect: "breathe" })));
	lab.hear("dim/current", { brightness: 102, until_us: null });
	lab.hear("conductor/info", conductor({ id: "cm4", boot: 10, term: 4 }));
	lab.hear("conductor/availability", "offline");
	lab.hear("node/pi1/error", { status: "error", node: "pi1", code: "out_of_range", field: "brightness", message: "must be" });
	assert.deepEqual(texts(lab).reverse(), [
		"pi1 is offline",
		"pi1 is online",
		"pi1 is dark: no such bus",
		" main: solid",
		" top: breathe",
		" main ended",
		" dimmed to 40%",
		"cm4 leads, term 4",
		"cm4 stopped conducting",
		"pi1 brightness: must be",
	]);
	assert.equal(lab.cluster.view.events[0]?.bad, true);
});

test("events do not pile up", () => {
	const lab = labWith("pi1");
	for (let k = 0; k < 500; k++) lab.hear("node/pi1/availability", k % 2 ? "online" : "offline");
	assert.equal(lab.cluster.view.events.length, 200);
	assert.equal(lab.cluster.view.events[0]?.key, 500);
});

/* ---- commands ---- */

const latest = (lab: Lab) => lab.cluster.view.commands[0];
const sentLast = (lab: Lab): Sent => lab.sent[lab.sent.length - 1] as Sent;

test("commands go where they should", () => {
	const lab = labWith("pi1");
	lab.cluster.set({ node: "pi1" }, "red");
	lab.cluster.set({ group: "shelf" }, { effect: "breathe" });
	lab.cluster.notify("all", { effect: "identify" });
	lab.cluster.play("rainbow");
	lab.cluster.stop();
	lab.cluster.stop({ id: "main" });
	lab.cluster.dim(40);
	assert.deepEqual(
		lab.sent.map((sent) => [sent.topic, sent.payload]),
		[
			["glow/node/pi1/set", "red"],
			["glow/group/shelf/set", '{"effect":"breathe"}'],
			["glow/all/notify", '{"effect":"identify"}'],
			["glow/scene/play", "rainbow"],
			["glow/scene/stop", "{}"],
			["glow/scene/stop", '{"id":"main"}'],
			["glow/dim/set", '{"brightness":40,"until_us":null}'],
		],
	);
	assert.equal(sentLast(lab).responseTopic, "glow/answer/x/0001");
	assert.ok(lab.cluster.ownTopics.includes("glow/answer/x/0001"));
});

test("a command is pending until it is answered", async () => {
	const lab = labWith("pi1");
	const key = lab.cluster.set({ node: "pi1" }, "red");
	assert.equal(latest(lab)?.status, "pending");
	sentLast(lab).taken(true);
	await tick();
	assert.equal(latest(lab)?.status, "pending");
	lab.answer(0, { status: "ok", node: "pi1" });
	assert.equal(latest(lab)?.status, "accepted");
	assert.equal(latest(lab)?.key, key);
	lab.pass(5000);
	assert.equal(latest(lab)?.status, "accepted");
});

test("answers find their own command", () => {
	const lab = labWith("pi1");
	lab.cluster.set({ node: "pi1" }, "red");
	lab.cluster.set({ node: "pi1" }, { brightness: 300 });
	lab.answer(1, { status: "error", node: "pi1", code: "out_of_range", field: "brightness", message: "must be 0..255" });
	assert.deepEqual(lab.cluster.view.commands.map((one) => one.status), ["rejected", "pending"]);
	assert.equal(latest(lab)?.message, "pi1: brightness: must be 0..255");
	lab.answer(0, { status: "ok", node: "pi1" });
	assert.deepEqual(lab.cluster.view.commands.map((one) => one.status), ["rejected", "accepted"]);
});

test("what was ignored is told, of a command that was taken", () => {
	const lab = labWith("pi1");
	lab.cluster.set({ node: "pi1" }, { color: "red", bri: 3 });
	lab.answer(0, { status: "ok", node: "pi1", ignored: ["bri"] });
	assert.equal(latest(lab)?.status, "accepted");
	assert.equal(latest(lab)?.message, "pi1: ignored bri, which says nothing here");
	const before = lab.cluster.view.events.length;
	lab.hear("node/pi1/error", { status: "ok", node: "pi1" });
	assert.equal(lab.cluster.view.events.length, before); // nothing to tell
	lab.hear("node/pi1/error", { status: "ok", node: "pi1", ignored: ["bri", "colour"] });
	const event = lab.cluster.view.events[0];
	assert.deepEqual([event?.kind, event?.who, event?.text], ["ignored", "pi1", "ignored bri, colour, which says nothing here"]);
});

test("silence is told after two seconds, and a late answer still counts", () => {
	const lab = labWith("pi1");
	lab.cluster.play("rainbow");
	lab.pass(1900);
	assert.equal(latest(lab)?.status, "pending");
	lab.pass(200);
	assert.equal(latest(lab)?.status, "unanswered");
	assert.equal(latest(lab)?.message, "no conductor answered");
	lab.answer(0, { status: "ok", id: "main", at_us: 5 });
	assert.equal(latest(lab)?.status, "accepted");
});

test("where many answer, one refusal rejects", () => {
	const lab = labWith("pi1", "pi2");
	lab.cluster.set("all", { leds: { red: 9 } });
	lab.answer(0, { status: "ok", node: "pi1" });
	lab.answer(0, { status: "error", node: "pi2", code: "unknown_led", field: "leds.red", message: "has no such LED" });
	lab.answer(0, { status: "ok", node: "pi3" });
	assert.equal(latest(lab)?.status, "rejected");
	assert.equal(latest(lab)?.message, "pi2: leds.red: has no such LED");
	assert.equal(latest(lab)?.answers.length, 3);
});

test("a refusal is one event, whoever asked and whoever refuses", () => {
	const lab = labWith("pi1");
	const refusal = { status: "error", code: "unknown_effect", field: "effect", message: "is none" };
	lab.cluster.play("nonsense");
	lab.answer(0, refusal);
	assert.deepEqual(texts(lab), []); // everybody hears of it where the conductor says it to all
	assert.equal(latest(lab)?.status, "rejected");
	lab.hear("conductor/error", refusal);
	assert.deepEqual(texts(lab), [" effect: is none"]);
	lab.cluster.set({ node: "pi1" }, "nonsense");
	lab.answer(1, { ...refusal, node: "pi1" });
	assert.equal(texts(lab).length, 1);
	lab.hear("node/pi1/error", { ...refusal, node: "pi1" });
	assert.equal(texts(lab).length, 2);
	lab.hear("conductor/error", { status: "ok" });
	lab.hear("conductor/error", "{broken");
	assert.equal(texts(lab).length, 2); // nothing to tell
});

test("an account that may not command learns it from the broker", async () => {
	const lab = labWith("pi1");
	lab.cluster.mayCommand(true);
	lab.cluster.set({ node: "pi1" }, "red");
	sentLast(lab).taken(false);
	await tick();
	assert.equal(latest(lab)?.status, "rejected");
	assert.equal(lab.cluster.view.mayCommand, false);
});

test("without a connection commands are refused, not kept", async () => {
	const lab = labWith("pi1");
	lab.cluster.set({ node: "pi1" }, "red");
	sentLast(lab).broken(new Error("connection closed"));
	await tick();
	assert.equal(latest(lab)?.message, "connection closed");
	lab.lose();
	lab.cluster.set({ node: "pi1" }, "red");
	assert.equal(latest(lab)?.status, "rejected");
	assert.equal(lab.sent.length, 1);
});

/* ---- strangers ---- */

// promise: broken-is-passed-over
test("broken messages change nothing", () => {
	const lab = labWith("pi1");
	conduct(lab);
	lab.hear("scene/current", scenes(scene("main")));
	const before = JSON.stringify({ ...lab.cluster.view, clock: null });
	for (const topic of ["node/pi1/info", "node/pi1/state", "node/pi1/stats", "node/pi1/error", "scene/current", "roster"])
		for (const payload of ["{", "[]", "7", '"text"', "null", "\u0000"]) lab.hear(topic, payload);
	for (const topic of ["node//info", "node/UPPER/info", "node/pi1/else", "node/pi1/info/more", "nothing", "answer/x/0001"])
		lab.hear(topic, "{}");
	lab.cluster.message("other/node/pi9/info", new TextEncoder().encode("{}"), false);
	assert.equal(JSON.stringify({ ...lab.cluster.view, clock: null }), before);
	assert.equal(color(lab, "pi1"), "#ff0000");
});

test("members of the wrong kind do no harm", () => {
	const lab = new Lab();
	const dice = new Dice(5);
	const odd = [null, true, "text", -1, 1e300, [], {}, [[]]];
	const names =
		"id groups shape pixels leds effects effects_hash limits color params sync gauges scenes nodes target playlist clock_id state name";
	const any = (depth: number): unknown => (depth === 0 || dice.next() < 0.2 ? dice.of(odd) : tree(depth));
	const tree = (depth: number): object => {
		const some = names.split(" ").filter(() => dice.next() < 0.4);
		return Object.fromEntries(some.map((name) => [name, dice.of([any(depth - 1), [any(depth - 1)]])]));
	};
	const topics = "node/pi1/info node/pi1/state node/pi1/stats node/pi1/error conductor/info scene/current roster dim/current effects/0123456789abcdef";
	for (let k = 0; k < 100; k++) for (const topic of topics.split(" ")) lab.hear(topic, tree(3));
	assert.ok(lab.cluster.view.nodes.length <= 1);
	assert.equal(lab.cluster.showing("pi1", 0).layer, "offline");
});

test("a prefix of several levels", () => {
	const lab = new Lab("my/glow");
	lab.hear("node/pi1/info", info("pi1"));
	lab.hear("node/pi1/availability", "online");
	assert.deepEqual(ids(lab), ["pi1"]);
	assert.equal(color(lab, "pi1"), "#0000ff");
	assert.ok(lab.cluster.topics.every((topic) => topic.startsWith("my/glow/")));
});

test("a closed cluster has no timers left", () => {
	const lab = labWith("pi1");
	conduct(lab);
	lab.cluster.close();
	lab.lose();
	const probes = lab.probes.length;
	lab.pass(60000);
	assert.equal(lab.probes.length, probes);
});
