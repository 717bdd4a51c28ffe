// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Which boards are on the shelf, how large they are, and where their LEDs lie; effects in groups. */

import assert from "node:assert/strict";
import test from "node:test";

import type { NodeView } from "../src/core";
import { tileOf } from "../src/draw/tile";
import { grouped, heedsColor, missing } from "../src/model/kinds";
import type { Effect } from "../src/model/messages";
import { choicesOf, EVERYTHING, FIELD_RATIO, type Find, found, layoutOf, type Room, ROW_RATIO, troubleOf } from "../src/model/shelf";

const node = (id: string, more: { online?: boolean; groups?: string[]; board?: string; problem?: string; sync?: string; temperature?: number } = {}) => {
	const { online = true, groups = [], board = "blinkt", problem, sync = "tracking", temperature = null } = more;
	return { id, online, info: { groups, board, backend: "sysfs", problem }, state: null, stats: { sync: { state: sync, offset_us: null, error_us: null }, temperature } } as unknown as NodeView;
};

const NODES = [
	node("pi10", { groups: ["left"], temperature: 40 }),
	node("pi2", { groups: ["left", "top"], board: "piglow", problem: "no such bus", temperature: 55 }),
	node("pi1", { online: false }),
	node("pi3", { sync: "unsynced", temperature: 48 }),
];

const TITLES = { pi3: { title: "Above the Door" }, pi1: {} };

const ids = (find: Partial<Find>) => found(NODES, { ...EVERYTHING, ...find }, "all", TITLES).map(({ id }) => id).join(" ");

test("boards are found by words, group, kind and trouble", () => {
	assert.equal(ids({}), "pi10 pi2 pi1 pi3");
	assert.equal(ids({ words: "pi1" }), "pi10 pi1");
	assert.equal(ids({ words: " LEFT glow" }), "pi2");
	assert.equal(ids({ words: "left nothing" }), "");
	assert.equal(ids({ words: "door" }), "pi3");
	assert.equal(ids({ words: "pi3" }), "pi3");
	assert.equal(ids({ only: "group left" }), "pi10 pi2");
	assert.equal(ids({ only: "board piglow" }), "pi2");
	assert.equal(ids({ only: "trouble" }), "pi2 pi1 pi3");
	assert.equal(ids({ only: "group gone" }), "");
	assert.deepEqual(choicesOf(NODES, ["left", "top"]).map(([key]) => key), ["", "trouble", "group left", "group top", "board blinkt", "board piglow"]);
});

test("they come in the order of the strip, of names, of trouble, of warmth", () => {
	assert.equal(ids({ order: "name" }), "pi3 pi1 pi2 pi10");
	assert.equal(ids({ order: "trouble" }), "pi2 pi1 pi3 pi10");
	assert.equal(ids({ order: "warmth" }), "pi2 pi3 pi10 pi1");
	assert.deepEqual(NODES.map((one) => troubleOf(one, "all")), [0, 3, 2, 1]);
});

const DESK: Room = { width: 1044, height: 720 };
const PHONE: Room = { width: 358, height: 480 };

const heightOf = (boards: number, { columns, width, gap }: ReturnType<typeof layoutOf>, ratio: number, words: number) =>
	Math.ceil(boards / columns) * (width * ratio + words + gap) - gap;

test("lines reach from edge to edge where that costs little", () => {
	const [phone, three, four] = [layoutOf(10, PHONE, FIELD_RATIO), layoutOf(3, DESK, ROW_RATIO), layoutOf(4, DESK, ROW_RATIO)];
	assert.ok(Math.abs(phone.columns * (phone.width + phone.gap) - phone.gap - PHONE.width) < 1, JSON.stringify(phone));
	assert.equal(three.columns, 3, "and not two lines with an empty place");
	assert.equal(four.columns, 2, "three and one would be smaller, and fill no more");
});

test("boards are as large as all have room", () => {
	const one = layoutOf(1, DESK, ROW_RATIO);
	assert.equal(one.kind, "photo");
	assert.ok(one.width > 850, "a single one fills what there is");
	assert.equal(layoutOf(9, DESK, ROW_RATIO).kind, "photo");
	assert.equal(layoutOf(30, DESK, ROW_RATIO).kind, "tile");
	assert.equal(layoutOf(200, DESK, ROW_RATIO).kind, "mini");
	const kinds = Array.from({ length: 300 }, (_, k) => layoutOf(k + 1, DESK, ROW_RATIO));
	kinds.forEach((layout, k) => {
		assert.ok(layout.columns * (layout.width + layout.gap) - layout.gap <= DESK.width + 0.01, `${k + 1} boards side by side`);
		const words = { photo: 90, tile: 52, mini: 24 }[layout.kind];
		const ratio = layout.kind === "photo" ? 632 / 922 : ROW_RATIO;
		if (k < 100) assert.ok(heightOf(k + 1, layout, ratio, words) <= DESK.height + 0.01, `${k + 1} boards below one another`);
	});
	const order = ["photo", "tile", "mini"];
	assert.deepEqual(kinds.map(({ kind }) => order.indexOf(kind)), kinds.map(({ kind }) => order.indexOf(kind)).sort());
});

test("two hundred boards still show light, on a desk and on a phone", () => {
	for (const [room, ratio] of [[DESK, ROW_RATIO], [DESK, FIELD_RATIO], [PHONE, ROW_RATIO], [PHONE, FIELD_RATIO]] as const) {
		const { width } = layoutOf(200, room, ratio);
		assert.ok(width >= 88);
		const led = (shape: "blinkt" | "piglow", pixels: number) => tileOf(shape, pixels, width, width * ratio).side;
		assert.ok(led("blinkt", 8) >= 6);
		if (ratio === FIELD_RATIO) assert.ok(led("piglow", 18) >= 3);
	}
	// The control: a whole Pi of that width has smaller ones.
	assert.ok((50 * 88) / 922 < 6);
});

test("each LED has its place on a tile", () => {
	for (const [shape, pixels] of [["blinkt", 1], ["blinkt", 8], ["blinkt", 9], ["blinkt", 144], ["blinkt", 1000], ["piglow", 18]] as const)
		for (const [w, h] of [[96, 20], [160, 93]] as const) {
			const { middles, side } = tileOf(shape, pixels, w, h);
			assert.equal(new Set(middles.map(({ x, y }) => `${x} ${y}`)).size, pixels);
			const within = (v: number, most: number) => v - side / 2 > -0.01 && v + side / 2 < most + 0.01;
			assert.ok(middles.every(({ x, y }) => within(x, w) && within(y, h)), `${shape} ${pixels} in ${w} x ${h}`);
		}
});

const effect = (name: string, more: Partial<Effect> = {}): Effect => ({ name, what: `what ${name} is`, params: [], ...more });
const source = { name: "source", type: "choice", choices: ["cpu", "memory"], default: "cpu", unit: "", what: "" } as const;
const color = { name: "color", type: "color", default: null, unit: "", what: "" } as const;

const EFFECTS = [effect("solid"), effect("blink", { params: [color] }), effect("tide"), effect("gauge"), effect("meter", { params: [source] }), effect("binary-clock"), effect("mine", { text: "x" })];
const names = (words: string) => grouped(EFFECTS, words).map((group) => `${group.name}: ${group.effects.map(({ name }) => name).join(" ")}`);

test("effects are in groups, also those that the page does not know", () => {
	assert.deepEqual(names(""), ["calm: solid", "lively: blink tide", "gauges: gauge meter binary-clock", "yours: mine"]);
	assert.deepEqual(names("Binary clock"), ["gauges: binary-clock"]);
	assert.deepEqual(names("what ti"), ["lively: tide"]);
	assert.deepEqual(names("nothing"), []);
});

test("a colour is offered to those that heed it", () => {
	assert.deepEqual(["solid", "blink", "tide", "meter", "auto", null].map((name) => heedsColor(EFFECTS, name)), [true, true, false, false, true, true]);
});

test("an effect is missing where others are known", () => {
	const effects = [{ name: "rainbow", what: "", params: [] }];
	assert.equal(missing(effects, ["rainbow", "mist"]), "mist");
	assert.equal(missing(effects, ["rainbow"]), "");
	assert.equal(missing([], ["mist"]), "");
});
