// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* How good the clocks were over the last half hour: one sample of all nodes
 * every few seconds, for the plot. */

import type { Cluster, NodeView } from "./model/cluster";

const EVERY_MS = 2000;
const SAMPLES = 900;

export interface History {
	/** Seconds since the Unix epoch, oldest first. */
	readonly times: readonly number[];
	/** The error bound in µs at those times, by node; null where it was not known. */
	of(id: string): readonly (number | null)[];
	/** The same of worstSkewUs(). */
	readonly worst: readonly (number | null)[];
	close(): void;
}

/** What a node says of its clock, or null. */
export function clockOf(node: NodeView): { offset_us: number; error_us: number } | null {
	const sync = node.online ? node.stats?.sync : undefined;
	if (!sync || sync.offset_us === null || sync.error_us === null) return null;
	return { offset_us: sync.offset_us, error_us: sync.error_us };
}

/** How far apart the two furthest nodes may show a frame: what each still corrects and one standard deviation of
 * what it cannot know. null with fewer than two. */
export function worstSkewUs(nodes: readonly NodeView[]): number | null {
	const clocks = nodes.map(clockOf).filter((c) => c !== null);
	if (clocks.length < 2) return null;
	return Math.max(...clocks.map((c) => c.offset_us + c.error_us)) - Math.min(...clocks.map((c) => c.offset_us - c.error_us));
}

export function createHistory(cluster: Cluster): History {
	const times: number[] = [];
	const worst: (number | null)[] = [];
	const errors = new Map<string, (number | null)[]>();

	function sample() {
		times.push(Date.now() / 1000);
		worst.push(worstSkewUs(cluster.view.nodes));
		for (const node of cluster.view.nodes) {
			const line = errors.get(node.id) ?? new Array<number | null>(times.length - 1).fill(null);
			line.push(clockOf(node)?.error_us ?? null);
			errors.set(node.id, line);
		}
		for (const line of errors.values()) if (line.length < times.length) line.push(null);
		if (times.length > SAMPLES) for (const line of [times, worst, ...errors.values()]) line.shift();
	}

	const timer = setInterval(sample, EVERY_MS);
	return {
		times,
		worst,
		of: (id) => errors.get(id) ?? times.map(() => null),
		close: () => clearInterval(timer),
	};
}
