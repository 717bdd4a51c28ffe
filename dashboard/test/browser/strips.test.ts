// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Strips of 144, 1000 and 4096 LEDs beside a Blinkt! and a PiGlow: each LED has its colour, nothing sticks out of any
 * window, and the page stays small. Says what a frame costs here. */

import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { BOARD, geometryOf } from "../../src/draw/geometry";
import { layOut, linesOf, stripOf } from "../../src/draw/strip";
import { Stack } from "./stack";
import { accessible, enter, goTo, openBrowser, type Visit, visit } from "./visit";

const BOARDS = { pi1: 8, pi2: 18, pi3: 144, pi4: 1000, pi5: 4096 };
const STRIPS = ["pi3", "pi4", "pi5"] as const;
const SIZES = [
	[1920, 1080],
	[1280, 800],
	[768, 1024],
	[390, 844],
] as const;

const stack = new Stack();
let browser: Browser;
let desk: Visit;

before(async () => {
	await stack.start();
	stack.conductor();
	for (const [id, pixels] of Object.entries(BOARDS)) {
		const shape = pixels === 18 ? ["--virtual-shape", "piglow"] : ["--pixels", String(pixels)];
		stack.bridge(id, "--fps", "10", "--idle", "off", "--current-limit-ma", "0", ...shape);
	}
	browser = await openBrowser();
	desk = await visit(browser, stack.url);
	await enter(desk.page, "operator", 5);
	await desk.page.evaluate(() => void glowswarm.cluster.play({ effect: "rainbow", params: { period_ms: 3000 }, span: "node" }));
	await desk.page.getByText("scene: rainbow").nth(4).waitFor();
});

after(async () => {
	await browser?.close();
	await stack.close();
});

interface Seen {
	/** Of all LEDs, and of those in a picture of another instant. */
	wrong: number;
	otherwise: number;
}

test("each LED of a long row has its colour on the shelf", async () => {
	const { page } = desk;
	for (const id of STRIPS) {
		/* In parts of the canvas's width, which is what the drawing is scaled by. */
		const whole = BOARD.w + 2 * BOARD.spill;
		const middles = geometryOf("blinkt", BOARDS[id]).leds.map(({ x, y }) => [(x + BOARD.spill) / whole, (y + BOARD.spill) / whole]);
		await page.locator(`canvas[data-node=${id}]`).scrollIntoViewIfNeeded();
		await page.waitForTimeout(200);
		const { wrong, otherwise } = await page.evaluate(
			({ id, middles }): Seen => {
				const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-node=${id}]`)!;
				const tUs = glowswarm.renderer.hold() + 1e5;
				glowswarm.renderer.paint(tUs);
				const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
				const differs = (seen: Uint8Array) =>
					middles.filter(([x, y], k) => {
						const at = 4 * (Math.floor(y! * canvas.width) * canvas.width + Math.floor(x! * canvas.width));
						return [0, 1, 2].some((c) => data[at + c] !== seen[3 * k + c]);
					}).length;
				const wrong = differs(glowswarm.cluster.frame(id, tUs)!.seen);
				const otherwise = differs(glowswarm.cluster.frame(id, tUs + 1e6)!.seen);
				glowswarm.renderer.release();
				return { wrong, otherwise };
			},
			{ id, middles },
		);
		assert.equal(wrong, 0, `${id}: LEDs of another colour`);
		assert.ok(otherwise > BOARDS[id] / 2, `${id}: the control`);
	}
});

test("each LED has its colour on the strip, below one name of each board", async () => {
	const { page } = desk;
	await page.setViewportSize({ width: 1280, height: 1500 });
	await goTo(page, "Strip");
	await page.locator(".strip-line").first().waitFor();
	await page.waitForTimeout(300);
	assert.deepEqual(await page.locator(".strip-name").allTextContents(), Object.keys(BOARDS));
	const width = await page.evaluate(() => document.querySelector(".strip-box > div")!.clientWidth);
	const strip = stripOf(await page.evaluate(() => glowswarm.cluster.view.roster));
	const lines = linesOf(strip, layOut(strip, width).across);
	const { wrong, otherwise } = await page.evaluate(
		({ strip, lines }): Seen => {
			const tUs = glowswarm.renderer.hold() + 1e5;
			glowswarm.renderer.paint(tUs);
			const canvases = document.querySelectorAll<HTMLCanvasElement>(".strip-line canvas");
			const shown = lines.map(({ from, to }, k) => {
				const canvas = canvases[k]!;
				const side = canvas.width / (to - from);
				const { data } = canvas.getContext("2d")!.getImageData(0, Math.floor(1.1 * side), canvas.width, 1);
				return Array.from({ length: to - from }, (_, i) => Array.from(data.slice(4 * Math.floor((i + 0.5) * side)).slice(0, 3)));
			});
			const colors = shown.flat();
			const differs = (at: number) =>
				strip.filter((pixel, i) => {
					const { seen } = glowswarm.cluster.frame(pixel!.node, at)!;
					return colors[i]!.some((v, c) => v !== seen[3 * pixel!.led + c]);
				}).length;
			const wrong = differs(tUs);
			const otherwise = differs(tUs + 1e6);
			glowswarm.renderer.release();
			return { wrong, otherwise };
		},
		{ strip, lines },
	);
	assert.equal(wrong, 0, "LEDs of another colour");
	assert.ok(otherwise > strip.length / 2, "the control");
});

test("strips fit into every window and are for everybody", { timeout: 120000 }, async (t) => {
	const { page } = desk;
	for (const [width, height] of SIZES) {
		await page.setViewportSize({ width, height });
		for (const view of ["Shelf", "Strip"] as const) {
			await goTo(page, view);
			await page.waitForTimeout(1500);
			const { fps, costMs, canvases } = await page.evaluate(() => ({ ...glowswarm.renderer.meter }));
			const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
			t.diagnostic(`${view}, ${width} x ${height}: ${nodes} elements, ${canvases} canvases in sight, ${fps.toFixed(0)} frames a second, ${costMs.toFixed(1)} ms each`);
			assert.ok(nodes < 1000, `${nodes} elements`);
			assert.ok(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), `${view} sticks out of ${width}`);
			await page.screenshot({ path: join(process.env.GLOW_PICTURES!, `strips-${view.toLowerCase()}-${width}.png`) });
		}
		await accessible(page, `strips in ${width} x ${height}`);
	}
	await page.setViewportSize({ width: 1280, height: 800 });
	await goTo(page, "Shelf");
	await page.getByText("4096 LEDs").waitFor();
	assert.deepEqual(desk.complaints, []);
});
