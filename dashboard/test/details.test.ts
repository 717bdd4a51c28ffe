// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* All of one board: its layers, its light for a terminal, its current, its clock over time. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";

import { commandOf, isFor, layersOf, linesOf, quoted, runsOf } from "../src/model/details";
import { SAMPLE_PIXELS } from "../src/model/samples";
import { conductor, info, Lab, scene, scenes, TIMELINE } from "./lab";

const FULL = { state: "ON", color: { r: 255, g: 255, b: 255 }, brightness: 255, effect: "solid", since_us: 1 };

function labOf(state: object, more: object = {}): Lab {
	const lab = new Lab();
	lab.online();
	lab.hear("conductor/availability", "online", true);
	lab.hear("conductor/info", conductor(), true);
	lab.hear("node/pi1/info", info("pi1", more), true);
	lab.hear("node/pi1/state", { ...FULL, clock_id: TIMELINE, ...state }, true);
	lab.hear("node/pi1/availability", "online", true);
	return lab;
}

/** The layers of pi1, those that show in capitals. */
function layers(lab: Lab): string[] {
	const { cluster } = lab;
	const nowUs = cluster.nowUs();
	cluster.tick(nowUs);
	const running = cluster.view.scenes.filter((one) => cluster.entryAt(one, nowUs) !== null);
	const around = { showing: cluster.showing("pi1", nowUs), nowUs, scenes: running, look: (one: (typeof running)[number]) => (one.playlist ? "a playlist" : one.effect!) };
	return layersOf(cluster.view.nodes[0]!, around).map(({ name, what, shows, why }) => `${shows ? name.toUpperCase() : name}: ${what}${why && ` (${why})`}`);
}

test("what lies on a board is told from top to bottom", () => {
	const on = (lab: Lab, ...list: object[]) => (lab.hear("scene/current", scenes(...list), true), lab);
	const here = scene("main", { effect: "breathe" });
	assert.deepEqual(layers(labOf({})), ["LIGHT: solid", "idle display: blue (behind the light)"]);
	assert.deepEqual(layers(on(labOf({ effect: "auto" }), scene("low"), here)), [
		"light: none of its own (lets what is below through)",
		"SCENE: main: breathe",
		"scene: low: solid (behind the scene)",
		"idle display: blue (behind the scene)",
	]);
	assert.deepEqual(layers(on(labOf({}), { ...here, take: false }))[1], "scene: main: breathe (behind the light)");
	assert.deepEqual(layers(on(labOf({ effect: "auto" }), scene("other", { target: { nodes: ["pi2"] } }))), ["light: none of its own (lets what is below through)", "IDLE DISPLAY: blue"]);
	assert.equal(layers(labOf({ state: "OFF" }))[0], "LIGHT: switched off");
	assert.equal(layers(labOf({}, { problem: "no such bus" }))[0], "BOARD: no such bus");
	assert.equal(layers(labOf({}, { problem: "no such bus" }))[1], "light: solid (behind the board)");
});

test("a scene is for all, for nodes or for groups", () => {
	const node = labOf({}).cluster.view.nodes[0]!;
	assert.deepEqual([null, { nodes: ["pi1"] }, { nodes: ["pi2"] }, { groups: ["shelf"] }, { groups: ["other"] }].map((target) => isFor(target, node)), [true, true, false, true, false]);
});

test("a light is a command for a terminal, whatever is in it", () => {
	const of = (state: object) => {
		const { view } = labOf(state).cluster;
		return commandOf(view.nodes[0]!.state!, view.effects);
	};
	assert.deepEqual(of({}), { state: "ON", brightness: 255, effect: "solid", color: "#ffffff" });
	assert.deepEqual(of({ effect: "breathe", params: { period_ms: 2000 } }), { state: "ON", brightness: 255, effect: "breathe", params: { period_ms: 2000, floor: 5 } });
	assert.deepEqual(of({ state: "OFF" }), { state: "OFF" });
	assert.deepEqual(of({ effect: "auto" }), { effect: "auto" });
	assert.deepEqual(linesOf("glow", "pi.local", "", "pi1", { effect: "auto" }), {
		mosquitto: `mosquitto_pub -h pi.local -t glow/node/pi1/set -m '{"effect":"auto"}'`,
		glowctl: `glowctl --broker mqtt://pi.local set pi1 '{"effect":"auto"}'`,
	});
	const { mosquitto, glowctl } = linesOf("my shelf", "pi.local", "me", "pi1", { params: { text: "it's $HOME" } });
	assert.ok(mosquitto.includes(`-u me -P "$PASSWORD" -t 'my shelf/node/pi1/set'`) && glowctl.includes("--prefix 'my shelf'"));
	for (const text of ["plain", "it's $HOME `date` \\ \"!\"", "", "a\nb"]) assert.equal(execFileSync("sh", ["-c", `printf %s ${quoted(text)}`], { encoding: "utf8" }), text);
});

test("what a board takes is estimated as the node does", () => {
	const ma = (state: object, more: object = {}) => {
		const { cluster } = labOf(state, more);
		return Math.round(cluster.currentMa("pi1", cluster.nowUs())!);
	};
	const limits = (current_ma: number) => ({ limits: { brightness: 255, current_ma, flash: true } });
	const white = ma({});
	assert.ok(white > 350 && white < 600, `${white} mA for eight white LEDs`);
	assert.ok(Math.abs(ma({ color: { r: 255, g: 0, b: 0 } }) - 8 - (white - 8) / 3) < 2, "a third of it for one colour of three, beside the idle current");
	assert.ok(ma({}, limits(100)) <= 100 && ma({}, limits(100)) > 95, "as far as the limit lets it");
	assert.equal(ma({ state: "OFF" }), 8);
	const { cluster } = labOf({});
	assert.equal(cluster.currentMa("pi2", cluster.nowUs()), null);
});

test("a line has a gap where nothing was known", () => {
	assert.deepEqual(runsOf([0, 5, null, 20], 10, 30, 10), ["0.0,10.0 10.0,5.0", "30.0,0.0 30.0,0.0"]);
	assert.deepEqual(runsOf([null], 10, 30, 10), []);
	assert.deepEqual(runsOf([10], 10, 30, 10), ["30.0,0.0 30.0,0.0"]);
});

test("each effect has a sample, drawn by the core", () => {
	const samples = new Lab().cluster.samples();
	const named = (name: string, text?: string) => ({ name, what: "", params: [], ...(text === undefined ? {} : { text }) });
	const start = 1_700_000_000_000_000;
	const at = (name: string, s: number) => Buffer.from(samples.seen(name, start + s * 1e6)!).toString("hex");
	samples.follow([named("solid"), named("rainbow"), named("gauge"), named("progress"), named("mine", "rgb(1, 0, x)")], "#ff8000", start);
	assert.equal(at("solid", 1), "ff8000".repeat(SAMPLE_PIXELS));
	assert.notEqual(at("rainbow", 1), at("rainbow", 2));
	for (const gauge of ["gauge", "progress"]) assert.ok(/[1-9a-f]/.test(at(gauge, 3).slice(0, 6)) && at(gauge, 3).endsWith("000000"), `${gauge} is neither empty nor full`);
	const mine = at("mine", 4).match(/.{6}/g)!;
	assert.ok(mine.every((pixel) => pixel.startsWith("ff00")) && new Set(mine).size === SAMPLE_PIXELS);
	samples.follow([named("mine", "rgb(0, 1, 0)")], "#ff8000", start);
	assert.equal(at("mine", 5), "00ff00".repeat(SAMPLE_PIXELS));
	assert.equal(samples.seen("unheard", start), null);
	const look = { effect: "solid", params: {}, color: "#0000ff", brightness: 255 };
	samples.show("kept", look, undefined, start);
	assert.equal(at("kept", 6), "0000ff".repeat(SAMPLE_PIXELS));
	samples.show("kept", { ...look, effect: "mine" }, "rgb(0, 1, 0)", start);
	assert.equal(at("kept", 7), "00ff00".repeat(SAMPLE_PIXELS));
});
