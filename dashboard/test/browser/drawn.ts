// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What the page draws of a board, beside what the board has shown at the same instants. */

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { BOARD, geometryOf } from "../../src/draw/geometry";
import type { Shape } from "../../src/model/messages";
import { type Board, type Shown, until } from "./stack";
import "./visit";

export interface Drawn {
	seen: number[];
	pixels: number[];
}

/** What the page makes of those instants: the model's colours, and the pixels in the middle of each LED. */
function drawn(page: Page, id: string, shape: Shape, times: number[]): Promise<Drawn[]> {
	const middles = geometryOf(shape, shape === "piglow" ? 18 : 8).leds.map(({ x, y }) => [
		(x + BOARD.spill) / (BOARD.w + 2 * BOARD.spill),
		(y + BOARD.spill) / (BOARD.h + 2 * BOARD.spill),
	]);
	return page.evaluate(
		({ id, times, middles }) => {
			const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-node=${id}]`)!;
			const context = canvas.getContext("2d")!;
			return times.map((tUs) => {
				glowswarm.renderer.paint(tUs);
				const pixels = middles.flatMap(([x, y]) =>
					Array.from(context.getImageData(Math.round(x! * canvas.width), Math.round(y! * canvas.height), 1, 1).data.slice(0, 3)),
				);
				return { seen: Array.from(glowswarm.cluster.frame(id, tUs)!.seen), pixels };
			});
		},
		{ id, times, middles },
	);
}

/** A picture in the words of the board's file: a PiGlow's LED has a level, which is that of its own colour's strongest channel. */
export const lightsOf = ({ seen }: Drawn, shape: Shape): (number | string)[] =>
	Array.from({ length: seen.length / 3 }, (_, i) => seen.slice(3 * i, 3 * i + 3)).map((rgb) =>
		shape === "piglow" ? Math.max(...rgb) : Buffer.from(rgb).toString("hex"),
	);

/** Frames that the board has shown since the page stands still, and what the page draws for the same instants. */
export async function compare(page: Page, board: Board, shape: Shape): Promise<{ frames: Shown[]; page: Drawn[] }> {
	const { id } = board;
	await page.locator(`canvas[data-node=${id}]`).scrollIntoViewIfNeeded();
	await page.waitForTimeout(200);
	const held = await page.evaluate(() => glowswarm.renderer.hold());
	const frames = await until(() => `${id} shows frames`, () => {
		const since = board.shown().filter((f) => f.tUs > held);
		return since.length >= 12 ? since.slice(0, 12) : null;
	});
	const made = await drawn(page, id, shape, frames.map((f) => f.tUs));
	await page.evaluate(() => glowswarm.renderer.release());
	return { frames, page: made };
}

export async function same(page: Page, board: Board, shape: Shape): Promise<void> {
	const { frames, page: made } = await compare(page, board, shape);
	frames.forEach((frame, k) => {
		assert.equal(lightsOf(made[k]!, shape).join(), frame.lights.join(), `${board.id}: the model at ${frame.tUs}`);
		assert.equal(made[k]!.pixels.join(), made[k]!.seen.join(), `${board.id}: the canvas at ${frame.tUs}`);
	});
	const colors = new Set(frames.map((f) => f.lights.join()));
	assert.ok(colors.size > 3, "a picture that stands still proves little");
}
