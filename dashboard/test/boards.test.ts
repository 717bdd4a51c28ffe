// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The page knows shapes and no boards: one of a name it never heard of is drawn as its info says. */

import assert from "node:assert/strict";
import test from "node:test";

import { BOARD, geometryOf } from "../src/draw/geometry";
import { layOut, linesOf, stripOf } from "../src/draw/strip";
import { info, Lab } from "./lab";

/** What the page draws for a red node that says this of itself: LEDs, of which so many are red. */
function drawn(more: object): { leds: number; red: number; round: boolean } {
	const lab = new Lab();
	lab.online();
	lab.hear("node/pi1/info", info("pi1", more), true);
	lab.hear("node/pi1/state", { state: "ON", color: { r: 255, g: 0, b: 0 }, brightness: 255, effect: "solid", since_us: 1 }, true);
	lab.hear("node/pi1/availability", "online", true);
	const node = lab.cluster.view.nodes[0]?.info;
	assert.ok(node);
	const tUs = lab.cluster.nowUs();
	lab.cluster.tick(tUs);
	const frame = lab.cluster.frame("pi1", tUs);
	assert.ok(frame);
	const geometry = geometryOf(node.shape, node.pixels);
	const pixels = Buffer.from(frame.seen).toString("hex").match(/.{6}/g) ?? [];
	assert.equal(geometry.leds.length, pixels.length, "each LED has its place");
	return { leds: pixels.length, red: pixels.filter((pixel) => pixel === "ff0000").length, round: geometry.round };
}

test("a board of an unknown name is drawn by its shape", () => {
	assert.deepEqual(drawn({ board: "strip16", pixels: 16 }), { leds: 16, red: 16, round: false });
	assert.deepEqual(drawn({ board: "strip16", pixels: 1 }), { leds: 1, red: 1, round: false });
	assert.deepEqual(drawn({ board: "apa102", pixels: 4096 }), { leds: 4096, red: 4096, round: false });
	// The control: the same name with another shape is another picture, of which three LEDs are red.
	assert.deepEqual(drawn({ board: "strip16", shape: "piglow", pixels: 18 }), { leds: 18, red: 3, round: true });
});

test("a long row wraps, and stays on its board", () => {
	for (const pixels of [9, 144, 1000, 4096]) {
		const { leds, lamps, lampOf, grid, size } = geometryOf("blinkt", pixels);
		assert.ok(grid && lampOf && size < grid.pitch);
		assert.equal(new Set(leds.map(({ x, y }) => `${x} ${y}`)).size, pixels);
		assert.ok(leds.every(({ x, y }) => x > 0 && x < BOARD.w && y > 0 && y < BOARD.h));
		assert.ok(lamps.length <= Math.min(pixels, 1200), "the light around them has a bound");
		leds.forEach(({ x, y }, k) => {
			const lamp = lamps[lampOf[k]!]!;
			assert.ok(Math.hypot(x - lamp.x, y - lamp.y) < 20, "an LED is beside its lamp");
		});
	}
	assert.equal(geometryOf("blinkt", 8).grid, null);
});

/** A roster of rows of those lengths, named a, b, c… */
function rosterOf(...lengths: number[]) {
	let offset = 0;
	const nodes = lengths.map((pixels, k) => ({ id: String.fromCharCode(97 + k), groups: [], pixels, offset: (offset += pixels) - pixels, gap: 0, reverse: false }));
	return { rev: 1, effective_us: 0, pixels: offset, nodes };
}

test("lines of the strip break between boards, and each board is named once", () => {
	const named = (across: number, ...lengths: number[]) =>
		linesOf(stripOf(rosterOf(...lengths)), across).map(({ labels }) => labels.map(({ node, at, length }) => `${node}${at}+${length}`).join(" "));
	assert.deepEqual(named(40, 8, 8), ["a0+8 b8+8"]);
	assert.deepEqual(named(40, 8, 144), ["a0+8", "b0+40", "", "", ""]);
	assert.deepEqual(named(40, 38, 144, 8), ["a0+38", "b0+40", "", "", "c24+8"]);
	assert.deepEqual(named(10, 6, 8), ["a0+6", "b0+8"]);
	assert.deepEqual(named(16, 8, 8, 8), ["a0+8 b8+8", "c0+8"]);
	const lines = linesOf(stripOf(rosterOf(8, 1000, 4096)), 118);
	assert.deepEqual([lines.length, lines.flatMap(({ labels }) => labels).length], [45, 3]);
	assert.ok(lines.every(({ from, to }, k) => from < to && to - from <= 118 && to === (lines[k + 1]?.from ?? 5104)), "nothing is left out");
});

test("pixels of the strip fill the width in the fewest lines", () => {
	const shape = (width: number, ...lengths: number[]) => {
		const strip = stripOf(rosterOf(...lengths));
		const { across, pitch } = layOut(strip, width);
		return `${linesOf(strip, across).map(({ from, to }) => to - from).join("+")} of ${pitch}`;
	};
	assert.equal(shape(800, 8, 8), "16 of 36");
	assert.equal(shape(800, 8, 8, 8, 8, 8), "40 of 20");
	assert.equal(shape(330, 8, 8, 8, 8, 8), "24+16 of 13.75"); // two lines of about one length, on a phone
	assert.equal(shape(330, 144), "29+29+29+29+28 of 11.379310344827585");
});
