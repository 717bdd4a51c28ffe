// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Painting single LEDs: what is sent for those that a brush has touched. */

import type { Geometry } from "../draw/geometry";
import type { Shape } from "./messages";

const ARM = ["red", "orange", "yellow", "green", "blue", "white"];
const ARM_LEDS = ARM.length;

/** "arm2.green" of a PiGlow, "LED 13" of a row, whose first is LED 1. */
export function ledName(shape: Shape, k: number): string {
	return shape === "piglow" ? `arm${Math.floor(k / ARM_LEDS) + 1}.${ARM[k % ARM_LEDS]}` : `LED ${k + 1}`;
}

/** "3" or "3-5": LEDs that follow each other as one. */
function ranges(leds: readonly number[]): string[] {
	const out: [number, number][] = [];
	for (const k of [...leds].sort((a, b) => a - b)) {
		const last = out.at(-1);
		if (last && last[1] === k - 1) last[1] = k;
		else out.push([k, k]);
	}
	return out.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
}

/** The command that paints those LEDs: with a colour, on a PiGlow with its level, 0-255. */
export function strokeOf(shape: Shape, leds: readonly number[], color: string, level: number): object {
	if (shape === "piglow") return { leds: Object.fromEntries(leds.map((k) => [ledName(shape, k), level])) };
	return { pixels: Object.fromEntries(ranges(leds).map((range) => [range, color])) };
}

/** All LEDs at once. */
export const fillOf = (shape: Shape, color: string, level: number): object => (shape === "piglow" ? { leds: { all: level } } : { pixels: { "*": color } });

/** The LED that is nearest to a place of the drawing. */
export function ledAt({ leds }: Geometry, x: number, y: number): number {
	let best = 0;
	let least = Infinity;
	leds.forEach((led, k) => {
		const far = (led.x - x) ** 2 + (led.y - y) ** 2;
		if (far < least) [best, least] = [k, far];
	});
	return best;
}

/** Where a key leads from an LED: along the wire, on a grid also to the line above or below, on a PiGlow to the next arm. */
export function ledBy(key: string, k: number, { leds, grid, round }: Geometry): number | null {
	const line = grid ? grid.across : round ? ARM_LEDS : 0;
	const to = { ArrowRight: k + 1, ArrowLeft: k - 1, ArrowDown: k + line, ArrowUp: k - line, Home: 0, End: leds.length - 1 }[key];
	return to === undefined || to < 0 || to >= leds.length || to === k ? null : to;
}
