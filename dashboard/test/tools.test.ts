// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Order, times in words, playlists, colours and painting: what of them is a function of numbers. */

import assert from "node:assert/strict";
import test from "node:test";

import { geometryOf } from "../src/draw/geometry";
import { atPlace, hexOfHsv, hsvOf, placeOf, withRecent } from "../src/model/color";
import type { PlaylistScene, Schedule } from "../src/model/messages";
import { idOf, moved, placeBy } from "../src/model/order";
import { fillOf, ledAt, ledBy, ledName, strokeOf } from "../src/model/painting";
import { asPreset, entriesOf, type Entry, goneOn, playlistOf, plays } from "../src/model/playlist";
import { deedText, lastText, nextText, whenText } from "../src/model/times";
import { newCluster } from "./script";

const ALL = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

function schedule(more: Partial<Schedule>): Schedule {
	return { name: "a", at: "07:00", days: ALL, enabled: true, ...more };
}

test("an item goes where it is put", () => {
	assert.deepEqual(moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
	assert.deepEqual(moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
	assert.deepEqual([placeBy("ArrowUp", 1, 3), placeBy("ArrowUp", 0, 3), placeBy("End", 0, 3), placeBy("ArrowDown", 2, 3), placeBy("a", 1, 3)], [0, null, 2, null, null]);
});

test("a title makes an id", () => {
	assert.deepEqual(["Küche, links", "  Movie night! ", "Été", "日本", "a".repeat(80)].map(idOf), ["kueche-links", "movie-night", "ete", "", "a".repeat(63)]);
});

test("times are said in words", () => {
	assert.equal(whenText(schedule({})), "at 07:00 every day");
	assert.equal(whenText(schedule({ days: ["mon", "tue", "wed", "thu", "fri"] })), "at 07:00 on weekdays");
	assert.equal(whenText(schedule({ at: "sunset", offset_min: -30, days: ["sat", "sun"] })), "30 min before sunset at weekends");
	assert.equal(whenText(schedule({ at: "sunrise", offset_min: 120, days: ["fri"] })), "2 h after sunrise on Fridays");
	assert.equal(whenText(schedule({ at: "sunrise", days: ["wed", "mon"] })), "at sunrise on Mon and Wed");
});

test("what is due is said in words", () => {
	assert.equal(deedText(schedule({ preset: "evening", transition: 30 }), [{ name: "evening", title: "Quiet" }]), "show Quiet, over 30 s");
	assert.equal(deedText(schedule({ preset: "gone", transition: 90 }), []), "show gone, over 1.5 min");
	assert.deepEqual(
		["10%", "off", { brightness: 128 }, { brightness_pct: 100 }].map((dim) => deedText(schedule({ dim }), [])),
		["dim to 10%", "blackout", "dim to 50%", "full brightness"],
	);
	assert.equal(deedText(schedule({ scene: "fire 40%" }), []), "play fire 40%");
	assert.equal(deedText(schedule({ scene: { effect: "fire" } }), []), "play fire");
	assert.equal(deedText(schedule({ scene: { playlist: [{}, {}] } }), []), "play a playlist of 2");
});

test("the next time is a day of the week where the conductor is", () => {
	const friday = Date.UTC(2026, 10, 27, 12, 0); // in local time
	const next = (more: Partial<Schedule>) => nextText(schedule(more), friday);
	assert.deepEqual([next({}), next({ at: "12:01" }), next({ at: "12:00" })], ["tomorrow", "today", "tomorrow"]);
	assert.equal(next({ days: ["fri"] }), "on Friday"); // in a week
	assert.equal(next({ days: ["mon", "tue"] }), "on Monday");
	assert.deepEqual([next({ at: "sunset" }), next({ enabled: false })], [null, null]);
	assert.equal(lastText(Date.UTC(2026, 10, 27, 7, 5), friday), "today at 07:05");
	assert.equal(lastText(Date.UTC(2026, 10, 20, 7, 5), friday), "on 20 November at 07:05");
});

function entry(key: number, durationS: number): Entry {
	return { key, durationS, effect: `e${key}`, params: {}, color: "#ffffff", brightness: 255 };
}

// promise: page-arranges
test("a playlist that is changed as it plays goes on where it is", () => {
	const [a, b, c] = [entry(1, 10), entry(2, 20), entry(3, 30)];
	const start = (before: Entry[], after: Entry[], elapsedS: number) => Math.round(goneOn(before, after, 0, elapsedS * 1e6) / 1e6);
	assert.equal(start([a, b, c], [a, b, c], 15), 0);
	assert.equal(start([a, b, c], [b, a, c], 15), 10); // b is first now, and has 5 s
	assert.equal(start([a, b, c], [a, c], 15), 5); // b is gone: c begins
	assert.equal(start([a, b, c], [a], 15), 15); // all that follows is gone: from the beginning
	assert.equal(start([a, b, c], [a, { ...b, durationS: 3 }, c], 15), 2); // shorter than it has shown: c begins
	assert.equal(start([a, b, c], [a, b, c], 75), 60); // the second time round
	assert.equal(start([a, b], [a, b], -5), 0); // it has not begun
	assert.equal(start([a, b], [b, a], -5), -20); // a is what will show
});

test("a playlist is a preset of one scene, and back", () => {
	const entries = [entry(1, 10), entry(2, 2.5)];
	const kept = asPreset(entries, true, 500, []) as { scenes: PlaylistScene[] };
	const preset = { name: "p", title: "", lights: null, scenes: kept.scenes };
	const scene = playlistOf(preset);
	assert.ok(scene && plays(scene, entries) && scene.loop);
	assert.ok(!plays(scene, [entry(1, 10), entry(2, 3)]));
	assert.deepEqual(entriesOf(scene).map(({ key, durationS }) => [key, durationS]), [[1, 10], [2, 2.5]]);
	assert.equal(playlistOf({ ...preset, lights: ["pi1"] }), null);
});

test("a colour is a place on the wheel, and back", () => {
	for (const hex of ["#ff0000", "#80ff00", "#0000ff", "#ffffff", "#000000", "#7f3f1f"]) assert.equal(hexOfHsv(hsvOf(hex)), hex);
	for (const h of [0, 90, 200, 359]) {
		const { x, y } = placeOf({ h, s: 0.5 });
		const { h: hue, s } = atPlace(x, y);
		assert.ok(Math.abs(hue - h) < 1e-9 && Math.abs(s - 0.5) < 1e-9);
	}
	assert.equal(atPlace(3, 4).s, 1); // beyond the edge
	assert.deepEqual(withRecent(["#1", "#2", "#3"], "#3", 3), ["#3", "#1", "#2"]);
});

test("colours have the names that commands take", () => {
	const core = newCluster();
	assert.deepEqual(["tomato", "#F40", "#ff4400", "tomatoe", ""].map((text) => core.color(text)), ["#ff6347", "#ff4400", "#ff4400", "", ""]);
	const warm = core.kelvin(2700);
	assert.match(warm, /^#ff[0-9a-f]{4}$/);
	assert.notEqual(warm, core.kelvin(6500));
});

test("a stroke names its LEDs as the protocol does", () => {
	assert.deepEqual(strokeOf("blinkt", [5, 3, 4, 0], "#ff0000", 0), { pixels: { "0": "#ff0000", "3-5": "#ff0000" } });
	assert.deepEqual(strokeOf("piglow", [0, 9], "#ff0000", 40), { leds: { "arm1.red": 40, "arm2.green": 40 } });
	assert.deepEqual([fillOf("blinkt", "#000000", 9), fillOf("piglow", "#000000", 9)], [{ pixels: { "*": "#000000" } }, { leds: { all: 9 } }]);
	assert.deepEqual([ledName("blinkt", 0), ledName("piglow", 17)], ["LED 1", "arm3.white"]);
});

test("a pointer and keys find LEDs", () => {
	const row = geometryOf("blinkt", 8);
	for (const [k, { x, y }] of row.leds.entries()) assert.equal(ledAt(row, x + 3, y - 40), k);
	assert.deepEqual([ledBy("ArrowRight", 7, row), ledBy("ArrowLeft", 7, row), ledBy("ArrowDown", 3, row), ledBy("End", 0, row)], [null, 6, null, 7]);
	const grid = geometryOf("blinkt", 64);
	assert.equal(ledBy("ArrowDown", 0, grid), grid.grid!.across);
	assert.equal(ledBy("ArrowDown", 1, geometryOf("piglow", 18)), 7);
});
