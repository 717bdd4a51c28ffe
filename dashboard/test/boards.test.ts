// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The page knows shapes and no boards: one of a name it never heard of is drawn as its info says. */

import assert from "node:assert/strict";
import test from "node:test";

import { geometryOf } from "../src/draw/geometry";
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
	// The control: the same name with another shape is another picture, of which three LEDs are red.
	assert.deepEqual(drawn({ board: "strip16", shape: "piglow", pixels: 18 }), { leds: 18, red: 3, round: true });
});
