// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What is said of a word while somebody completes it: how it is called, and what it is. Which words there are is the
 * compiler's to say. */

/** By name: arguments, and what it gives. */
export const FUNCTIONS: Readonly<Record<string, readonly [args: string, what: string]>> = {
	abs: ["(a)", "without its sign"],
	beat: ["(b)", "0 to 1, b times a minute"],
	clamp: ["(a, low, high)", "kept between two numbers, or 0 and 1"],
	cos: ["(p)", "-1 to 1; a whole turn is 1"],
	count: ["(s)", "how many times s seconds have passed"],
	cycle: ["(s)", "0 to 1 in s seconds, again and again"],
	ease: ["(a)", "softly from 0 to 1"],
	floor: ["(a)", "the whole number below"],
	frac: ["(a)", "what is above the whole number"],
	hash: ["(a, b)", "dice: 0 to 1 for each a"],
	hsv: ["(hue, strength, bright)", "a colour of three numbers from 0 to 1"],
	max: ["(a, b, …)", "the greatest"],
	min: ["(a, b, …)", "the least"],
	mix: ["(a, b, part)", "from a to b"],
	mod: ["(a, b)", "what is left after steps of b"],
	noise: ["(a, b)", "dice that change softly"],
	palette: ["(p, a, b, …)", "through two to seven colours"],
	pow2: ["(a)", "2 to the power of a"],
	rgb: ["(red, green, blue)", "a colour of three numbers from 0 to 1"],
	saw: ["(p)", "0 to 1, and again"],
	sin: ["(p)", "-1 to 1; a whole turn is 1"],
	smooth: ["(from, to, a)", "softly from 0 to 1 between two numbers"],
	sqrt: ["(a)", "the root"],
	square: ["(p, part)", "1 for a part, or half, of the way, and else 0"],
	sum: ["(k, 0, 7, …)", "added up for each whole k"],
	triangle: ["(p)", "0 to 1 and back, with corners"],
	wave: ["(p)", "0 to 1 and back, softly"],
};

export const INPUTS: Readonly<Record<string, string>> = {
	x: "place on the whole strip, 0 to 1",
	i: "number of the pixel on the strip",
	n: "pixels of the strip",
	board_x: "place on its board, 0 to 1",
	board_i: "number of the pixel on its board",
	board_n: "pixels of its board",
	board: "number of the board",
	boards: "how many boards",
	bar: "place on its board; on a PiGlow from the centre out",
	t: "seconds since the start",
	hour: "hour of the day",
	minute: "minute of the hour",
	second: "second of the minute",
	day: "days since 1 January 2000",
	cpu: "gauge of the node, 0 to 1",
	memory: "gauge of the node, 0 to 1",
	temperature: "gauge of the node, 0 to 1",
	load: "gauge of the node, 0 to 1",
	network: "gauge of the node, 0 to 1",
	seed: "0 to 1, another one at each start",
	color: "the light's own colour",
};
