// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What the conductor keeps, what is taken back, and what is forgotten, in the model. */

import assert from "node:assert/strict";
import test from "node:test";

import { undoneText } from "../src/model/undo";
import { conductor, Lab, labOf, scene } from "./lab";

const SOLID = { state: "ON", color_mode: "rgb", color: { r: 255, g: 0, b: 0 }, brightness: 90, effect: "solid", params: {}, seed: 7, since_us: 1 };

const labWith = (...ids: string[]) => labOf(SOLID, ...ids);

const sent = (lab: Lab, k = 0): [string, unknown] => {
	const { topic, payload } = lab.sent.at(-1 - k)!;
	return [topic, payload && JSON.parse(payload)];
};

test("presets and schedules are heard when somebody wants to see them, and after each connection", () => {
	const lab = labWith();
	assert.deepEqual(lab.listened, []);
	lab.cluster.followKept();
	assert.deepEqual(lab.listened, ["glow/preset/+", "glow/schedule/+"]);
	lab.lose();
	lab.online();
	assert.equal(lab.listened.length, 4);
});

test("a preset looks like its scenes and lights, each look once", () => {
	const lab = new Lab();
	const amber = { state: "ON", color: { r: 255, g: 120, b: 0 }, brightness: 90, effect: "breathe", params: { period_ms: 2000 } };
	const lights = { pi1: amber, pi2: amber, pi3: { state: "OFF" }, pi4: { effect: "auto" }, pi5: { ...amber, pixels: ["red"] } };
	lab.hear("preset/evening", { name: "evening", lights, scenes: [scene("below"), scene("above", { effect: "rainbow" })] }, true);
	const looks = lab.cluster.looksOf(lab.cluster.view.presets[0]!);
	assert.deepEqual(looks.map(({ effect, color, brightness }) => `${effect} ${color} ${brightness}`), ["rainbow #ff0000 255", "solid #ff0000 255", "breathe #ff7800 90", "solid #000000 255"]);
	assert.deepEqual(looks[2]!.params, { period_ms: 2000 });
});

test("a preset is what the conductor keeps of it", () => {
	const lab = labWith();
	lab.hear("preset/b10", { name: "b10", title: "Later", lights: { pi1: { state: "ON" } }, scenes: [scene("main")] }, true);
	lab.hear("preset/b9", { name: "b9", scenes: [] }, true);
	lab.hear("preset/broken", { name: "broken", lights: 7 }, true);
	const { presets } = lab.cluster.view;
	assert.deepEqual(presets.map(({ name, title, lights }) => ({ name, title, lights })), [
		{ name: "b9", title: "", lights: null },
		{ name: "b10", title: "Later", lights: ["pi1"] },
	]);
	assert.equal(presets[1]?.scenes?.[0]?.id, "main");
	assert.equal(lab.cluster.view.presets, presets);
	lab.hear("preset/b9", "");
	assert.deepEqual(lab.cluster.view.presets.map(({ name }) => name), ["b10"]);
});

test("a schedule is what the conductor keeps of it", () => {
	const lab = labWith();
	lab.hear("schedule/wake", { name: "wake", at: "7:00", days: ["mon"], preset: "morning", fired_us: 5 }, true);
	assert.deepEqual(lab.cluster.view.schedules, [{ name: "wake", at: "07:00", days: ["mon"], enabled: true, preset: "morning", fired_us: 5 }]);
	lab.hear("schedule/wake", { name: "wake", at: "never", preset: "morning" }, true);
	assert.deepEqual(lab.cluster.view.schedules, []);
});

test("titles and order are what was set last", () => {
	const lab = labWith("pi1");
	lab.hear("conductor/info", conductor(), true);
	lab.hear("roster/wanted", { order: ["pi2"], nodes: { pi1: { title: "Küche" } }, clock_id: "0123456789abcdef", term: 3, rev: 5 }, true);
	assert.deepEqual([lab.cluster.view.wanted.order, lab.cluster.view.wanted.nodes], [["pi2"], { pi1: { title: "Küche" } }]);
	lab.hear("roster/wanted", { nodes: {}, clock_id: "0123456789abcdef", term: 3, rev: 4 }, true); // older
	assert.deepEqual(lab.cluster.view.wanted.order, ["pi2"]);
});

// promise: page-takes-back
test("what this page told single boards it takes back itself, newest first", () => {
	const lab = labWith("pi1", "pi2");
	lab.cluster.dim(10);
	lab.pass(2000);
	lab.cluster.set({ node: "pi1" }, { color: "blue" });
	lab.hear("node/pi1/state", { ...SOLID, color: { r: 0, g: 0, b: 255 } });
	lab.pass(100);
	lab.cluster.set({ node: "pi1" }, { color: "lime" }); // of one drag
	const { boards, skipped } = lab.cluster.undo();
	assert.deepEqual([boards, skipped], [["pi1"], []]);
	assert.deepEqual(sent(lab), ["glow/node/pi1/set", { state: "ON", brightness: 90, color: { r: 255, g: 0, b: 0 }, effect: "solid", params: {}, seed: 7, transition: 0.5 }]);
	assert.equal(lab.cluster.undo().boards, null); // the dimmer is the conductor's to take back
	assert.deepEqual(sent(lab), ["glow/undo", ""]);
	assert.equal(lab.cluster.undo().boards, null); // nothing of ours: whatever the conductor knows
	assert.equal(lab.sent.filter(({ topic }) => topic === "glow/undo").length, 2);
});

test("boards that are gone are passed over", () => {
	const lab = labWith("pi1", "pi2");
	for (const node of ["pi1", "pi2"]) lab.cluster.set({ node }, "blue");
	lab.hear("node/pi2/availability", "offline");
	const { boards, skipped } = lab.cluster.undo();
	assert.deepEqual([boards, skipped], [["pi1"], ["pi2"]]);
});

test("the answer says what was taken back and what was passed over", () => {
	const lab = labWith("pi1");
	const { keys } = lab.cluster.undo();
	lab.answer(0, { status: "ok", undone: "preset/evening/apply", nodes: 3, skipped: ["pi2"] });
	const answer = lab.cluster.view.commands.find(({ key }) => key === keys[0])?.answers[0];
	assert.deepEqual([answer?.undone, answer?.nodes, answer?.skipped], ["preset/evening/apply", 3, ["pi2"]]);
	assert.equal(undoneText("preset/evening/apply"), "the preset evening");
	assert.equal(undoneText("group/shelf/set"), "the change of group shelf");
});

test("a painted board gets back its picture", () => {
	const lab = labWith("pi1");
	const pixels = ["#ff0000", "#00ff00", "#000000", "#000000", "#000000", "#000000", "#000000", "#0000ff"];
	lab.hear("node/pi1/state", { ...SOLID, pixels });
	lab.cluster.set({ node: "pi1" }, "blue");
	lab.cluster.undo();
	assert.deepEqual((sent(lab)[1] as { pixels: string[] }).pixels, pixels);
});

test("a board that is forgotten leaves nothing with the broker, if the account may", async () => {
	const lab = labWith("pi1");
	assert.equal(await lab.cluster.forget("pi1"), "");
	assert.deepEqual(lab.cleared, ["glow/node/pi1/state", "glow/node/pi1/info", "glow/node/pi1/availability", "homeassistant/device/glow-pi1/config"]);
	lab.mayClear = false;
	assert.match(await lab.cluster.forget("pi1"), /may not forget/);
	assert.notEqual(lab.cluster.view.mayCommand, false); // other things it may still do
});
