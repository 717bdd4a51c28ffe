// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What the page says of the cluster as a whole: whether all is well, and since when it was not. */

import assert from "node:assert/strict";
import test from "node:test";

import { createHistory } from "../src/history";
import { worstBoards, worstPair } from "../src/model/clocks";
import { healthOf, heardOf, numbersOf, summaryOf, troublesOf } from "../src/model/status";
import { amount } from "../src/ui/text";
import { conductor, info, Lab } from "./lab";

const stats = (offset_us: number | null, error_us: number | null = 10, state = "tracking") => ({ fps: 60, sync: { state, offset_us, error_us } });

function node(lab: Lab, id: string, { offset = 0, ...more }: { offset?: number; problem?: string } = {}): void {
	lab.hear(`node/${id}/info`, info(id, more), true);
	lab.hear(`node/${id}/state`, { state: "ON", effect: "auto", since_us: 1 }, true);
	lab.hear(`node/${id}/stats`, stats(offset), true);
	lab.hear(`node/${id}/availability`, "online", true);
}

function beat(lab: Lab): void {
	lab.hear("conductor/beacon", { seq: 1, time_us: 1, clock_id: "0123456789abcdef", term: 3, boot: 9 });
}

/** A cluster of two boards that is well. */
function wellLab(): Lab {
	const lab = new Lab();
	lab.online();
	lab.hear("conductor/info", conductor(), true);
	lab.hear("conductor/availability", "online", true);
	beat(lab);
	node(lab, "pi1");
	node(lab, "pi2");
	return lab;
}

const summary = (lab: Lab, settled = true) => summaryOf(lab.cluster.view, troublesOf(lab.cluster.view, settled), settled);
const troubles = (lab: Lab, settled = true) => troublesOf(lab.cluster.view, settled).map(({ who, what }) => `${who}: ${what}`);
const health = (lab: Lab, id: string) => {
	const { view } = lab.cluster;
	return healthOf(view.nodes.find((one) => one.id === id)!, heardOf(view));
};
const texts = (lab: Lab) => lab.cluster.view.events.map(({ who, text, bad }) => `${who} ${text}${bad ? "!" : ""}`);

test("all is well, and is not said before it is known", () => {
	const lab = wellLab();
	assert.equal(summary(lab), "All well");
	assert.equal(summary(lab, false), "Looking…");
	assert.deepEqual(numbersOf(lab.cluster.view, []), ["2 of 2 boards online", "clocks within 20 µs"]);
	assert.deepEqual(numbersOf(lab.cluster.view, ["rainbow"])[1], "rainbow plays");
	assert.deepEqual(numbersOf(lab.cluster.view, ["rainbow", "solid"])[1], "2 scenes play");
	const nobody = new Lab();
	nobody.online();
	nobody.hear("conductor/info", conductor(), true);
	nobody.hear("conductor/availability", "online", true);
	beat(nobody);
	assert.equal(summary(nobody), "No boards yet");
});

test("boards beyond those that a page keeps are counted, and the others go on", () => {
	const lab = new Lab();
	lab.online();
	for (let k = 0; k < 10000; k++) lab.hear(`node/pi${k}/availability`, "online", true);
	assert.deepEqual(numbersOf(lab.cluster.view, []), ["10000 of 10000 boards online"]);
	lab.hear("node/pi10000/availability", "online", true);
	lab.hear("node/pi10001/availability", "online", true);
	assert.deepEqual(numbersOf(lab.cluster.view, []), ["10000 of 10000 boards online", "2 more are not shown"]);
	lab.hear("node/pi7/availability", "offline", true);
	assert.equal(numbersOf(lab.cluster.view, [])[0], "9999 of 10000 boards online");
});

// promise: page-says-what-is-wrong
test("trouble is counted and named in full, the worst first, with what helps", () => {
	const lab = wellLab();
	const problem = `no such board: ${"a reason that is long ".repeat(9)}`.trim();
	node(lab, "pi3", { offset: 4e6 });
	node(lab, "pi4");
	lab.hear("node/pi4/availability", "offline", true);
	node(lab, "pi5", { problem });
	assert.deepEqual(troubles(lab), [`pi5: dark: ${problem}`, "pi4: offline", "pi3: 4.0 s out of phase"]);
	assert.equal(summary(lab), "3 need attention");
	assert.ok(troublesOf(lab.cluster.view, true).every(({ remedy }) => remedy.length > 20));
	assert.deepEqual([health(lab, "pi1").mark, health(lab, "pi3").mark, health(lab, "pi4").mark, health(lab, "pi5").mark], ["good", "bad", "off", "bad"]);
	// Nobody is missed before all has arrived; what a board says of itself is trouble at once.
	assert.deepEqual(troubles(lab, false).length, 2);
	for (const id of ["pi3", "pi4", "pi5"]) node(lab, id);
	assert.equal(summary(lab), "All well");
});

// promise: page-says-what-is-wrong
test("boards that found no place on the strip are counted", () => {
	const lab = wellLab();
	const roster = (rev: number, left: object) => lab.hear("roster", { rev, effective_us: 0, pixels: 0, ...left, nodes: [] }, true);
	roster(1, { left_out: 3 });
	assert.deepEqual(troubles(lab), [": 3 boards have no place on the strip"]);
	roster(2, { left_out: 1 });
	assert.deepEqual(troubles(lab), [": 1 board has no place on the strip"]);
	roster(3, {});
	assert.equal(summary(lab), "All well");
});

test("a board is out of phase where an eye sees it, before its time or behind it", () => {
	const lab = wellLab();
	for (const [offset, mark] of [[0, "good"], [19000, "good"], [-19000, "good"], [21000, "bad"], [-21000, "bad"]] as const) {
		node(lab, "pi2", { offset });
		assert.equal(health(lab, "pi2").mark, mark, String(offset));
	}
	assert.equal(health(lab, "pi2").what, "21 ms out of phase");
	lab.hear("node/pi2/stats", stats(null, null, "unsynced"));
	assert.equal(health(lab, "pi2").what, "on its own clock");
	assert.deepEqual(troubles(lab), ["pi2: on its own clock"]);
});

test("without a conductor or a broker nothing is said to be well", () => {
	const lab = wellLab();
	lab.pass(5000);
	assert.equal(health(lab, "pi1").mark, "fair");
	assert.equal(summary(lab), "1 needs attention");
	assert.deepEqual(troubles(lab), [": There is no conductor"]);
	assert.deepEqual(numbersOf(lab.cluster.view, []), ["2 of 2 boards online"]);
	beat(lab);
	assert.deepEqual(texts(lab), ["shelf is heard again", "shelf is silent!"]);
	assert.equal(summary(lab), "All well");

	lab.lose();
	assert.equal(summary(lab), "No connection");
	assert.equal(health(lab, "pi1").mark, "unsure");
	assert.deepEqual(troubles(lab), [": No connection: a test"]);
	assert.deepEqual(numbersOf(lab.cluster.view, ["rainbow"]), []);
	lab.lose(); // a further try
	lab.online();
	assert.deepEqual(texts(lab).slice(0, 2), [" is connected again", " lost the connection: a test!"]);
});

test("the worst pair has names, and a board is no pair", () => {
	const lab = wellLab();
	const pair = () => worstPair(lab.cluster.view.nodes);
	lab.hear("node/pi1/stats", stats(500, 10));
	lab.hear("node/pi2/stats", stats(-300, 20));
	assert.deepEqual(pair(), { ahead: "pi1", behind: "pi2", us: 830 });
	lab.hear("node/pi2/stats", stats(0, 9000)); // both ends are its own
	assert.equal(pair()?.us, 9510);
	lab.hear("node/pi2/availability", "offline");
	assert.equal(pair(), null);
});

test("the plot has the worst clocks, and keeps them until others are clearly worse", () => {
	const lab = wellLab();
	for (const id of ["pi3", "pi4"]) node(lab, id);
	const bad = new Map<string, number>();
	const report = (id: string, errorUs: number, offsetUs = 0) => {
		bad.set(id, errorUs);
		lab.hear(`node/${id}/stats`, stats(offsetUs, errorUs));
	};
	const shown = (were: string, most = 2) => worstBoards(lab.cluster.view.nodes, most, were.split(" "), (id) => bad.get(id)!).join(" ");
	for (const [id, errorUs] of [["pi1", 10], ["pi2", 40], ["pi3", 30], ["pi4", 20]] as const) report(id, errorUs);
	assert.equal(shown("", 4), "pi1 pi2 pi3 pi4");
	assert.equal(shown(""), "pi2 pi3");
	report("pi4", 44);
	assert.equal(shown("pi2 pi3"), "pi2 pi3", "not much worse");
	assert.equal(shown(""), "pi2 pi4", "the control");
	report("pi4", 46);
	assert.equal(shown("pi2 pi3"), "pi2 pi4");
	report("pi1", 10, 500);
	assert.equal(shown("pi2 pi4"), "pi1 pi4", "the worst pair");
	report("pi1", 10);
	assert.equal(shown("pi2 pi4"), "pi2 pi4");
});

test("a slider that is dragged is one line, and what was refused is not lost", async () => {
	const lab = wellLab();
	const lines = () => lab.cluster.view.commands.map(({ topic, payload, times }) => `${topic} ${payload} ${times}`);
	for (let brightness = 0; brightness <= 50; brightness++) {
		lab.cluster.set({ node: "pi1" }, { brightness });
		lab.cluster.set({ node: "pi2" }, { brightness });
		lab.pass(40);
	}
	assert.deepEqual(lines(), ['glow/node/pi2/set {"brightness":50} 51', 'glow/node/pi1/set {"brightness":50} 51']);
	lab.cluster.set({ node: "pi1" }, { color: "#ff0000" });
	assert.equal(lines().length, 3, "another kind of command is another line");
	lab.answer(lab.sent.length - 1, { status: "error", node: "pi1", field: "color", message: "no" });
	lab.cluster.set({ node: "pi1" }, { color: "#00ff00" });
	assert.equal(lines().length, 4);
	lab.pass(1100);
	lab.cluster.set({ node: "pi1" }, { color: "#0000ff" });
	assert.equal(lines().length, 5, "so is one after a while");
});

test("a clock that is set tears no hole into the history, and a board keeps its colour", () => {
	const lab = wellLab();
	let wallMs = 1700000000000;
	const history = createHistory(lab.cluster, { now: () => lab.nowMs, wall: () => wallMs, later: (run, ms) => lab.at(lab.nowMs + ms, run) });
	lab.pass(6000);
	wallMs += 3600000;
	lab.pass(6000);
	const times = history.times();
	assert.equal(times.length, 6);
	assert.ok(times.every((time, k) => k === 0 || Math.abs(time - times[k - 1]! - 2) < 0.001), times.join());
	assert.equal(times.at(-1), wallMs / 1000);
	assert.deepEqual([history.numberOf("pi1"), history.numberOf("pi2")], [0, 1]);
	for (const what of ["availability", "info", "state", "stats"]) lab.hear(`node/pi1/${what}`, "", true);
	assert.deepEqual(lab.cluster.view.nodes.map(({ id }) => id), ["pi2"]);
	assert.equal(history.numberOf("pi2"), 1);
	history.close();
});

test("values are said as people say them", () => {
	assert.deepEqual([amount(8000, "ms"), amount(1250, "ms"), amount(40, "ms"), amount(50, "%"), amount(3, "")], ["8 s", "1.25 s", "40 ms", "50%", "3"]);
});
