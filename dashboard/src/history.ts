// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* How good the clocks were over the last half hour: one sample of all nodes
 * every few seconds, for the plot. */

import { clockOf, worstPair } from "./model/clocks";
import type { Cluster } from "./model/cluster";
import type { Later } from "./model/commands";

const EVERY_MS = 2000;
const SAMPLES = 900;
const LATE = 30;

export interface History {
	/** When each sample was taken, in seconds since the Unix epoch by the clock as it is set now, oldest first: a clock that
	 * is set moves them all, and tears no hole between them. */
	times(): number[];
	/** The error bound in µs at those times, by node; null where it was not known. */
	of(id: string): readonly (number | null)[];
	/** The same of worstPair(). */
	readonly worst: readonly (number | null)[];
	/** The node's mean error bound over the last minute; 0 where it was not known. */
	ofLate(id: string): number;
	/** A number of the node's own, the smallest that none of those had who were asked about before. */
	numberOf(id: string): number;
	close(): void;
}

interface Clocks {
	/** Milliseconds of a steady clock, and of the wall's. */
	now: () => number;
	wall: () => number;
	later: Later;
}

const MACHINE: Clocks = {
	now: () => performance.now(),
	wall: () => Date.now(),
	later(run, ms) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};

export function createHistory(cluster: Cluster, { now, wall, later }: Clocks = MACHINE): History {
	const taken: number[] = [];
	const worst: (number | null)[] = [];
	const errors = new Map<string, (number | null)[]>();
	const numbers = new Map<string, number>();

	function numberOf(id: string): number {
		const number = numbers.get(id) ?? numbers.size;
		numbers.set(id, number);
		return number;
	}

	function sample() {
		stop = later(sample, EVERY_MS);
		taken.push(now());
		worst.push(worstPair(cluster.view.nodes)?.us ?? null);
		for (const node of cluster.view.nodes) {
			const line = errors.get(node.id) ?? new Array<number | null>(taken.length - 1).fill(null);
			line.push(clockOf(node)?.error_us ?? null);
			errors.set(node.id, line);
		}
		for (const line of errors.values()) if (line.length < taken.length) line.push(null);
		if (taken.length > SAMPLES) for (const line of [taken, worst, ...errors.values()]) line.shift();
	}

	function ofLate(id: string): number {
		const known = (errors.get(id) ?? []).slice(-LATE).filter((error) => error !== null);
		return known.length ? known.reduce((a, b) => a + b) / known.length : 0;
	}

	let stop = later(sample, EVERY_MS);
	return {
		times: () => taken.map((ms) => (wall() - now() + ms) / 1000),
		worst,
		ofLate,
		of: (id) => errors.get(id) ?? taken.map(() => null),
		numberOf,
		close: () => stop(),
	};
}
