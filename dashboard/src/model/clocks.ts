// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* How exact the boards' clocks are, from what they say of them. */

import type { NodeView } from "./cluster";

export interface ClockSaid {
	readonly offset_us: number;
	readonly error_us: number;
}

/** What a node says of its clock, or null. */
export function clockOf(node: NodeView): ClockSaid | null {
	const sync = node.online ? node.stats?.sync : undefined;
	if (!sync || sync.offset_us === null || sync.error_us === null) return null;
	return { offset_us: sync.offset_us, error_us: sync.error_us };
}

/** How far a board may be from cluster time: what it still corrects and one standard deviation of what it cannot know. */
export const apartUs = ({ offset_us, error_us }: ClockSaid): number => Math.abs(offset_us) + error_us;

/** So many times worse is clearly worse. */
const CLEARLY = 1.5;

/** Two boards, and how far apart in time they may show a frame. */
export interface Pair {
	readonly ahead: string;
	readonly behind: string;
	readonly us: number;
}

/** The two that may be furthest apart, each with what it still corrects and one standard deviation of what it cannot know;
 * null with fewer than two. */
export function worstPair(nodes: readonly NodeView[]): Pair | null {
	const clocks = nodes.flatMap((node) => {
		const said = clockOf(node);
		return said ? [{ id: node.id, from: said.offset_us - said.error_us, to: said.offset_us + said.error_us }] : [];
	});
	let worst: Pair | null = null;
	const most = (of: typeof clocks) => of.reduce<(typeof clocks)[number] | null>((a, b) => (a && a.to >= b.to ? a : b), null);
	const least = (of: typeof clocks) => of.reduce<(typeof clocks)[number] | null>((a, b) => (a && a.from <= b.from ? a : b), null);
	// A board with the widest bound may be both; it makes no pair with itself.
	const [far, near] = [most(clocks), least(clocks)];
	for (const ahead of [far, most(clocks.filter((one) => one !== near))])
		for (const behind of [near, least(clocks.filter((one) => one !== far))])
			if (ahead && behind && ahead !== behind && (!worst || ahead.to - behind.from > worst.us))
				worst = { ahead: ahead.id, behind: behind.id, us: ahead.to - behind.from };
	return worst;
}

/** Of more boards than `most` those with the worst clocks, and the worst pair; in the order of the boards. `badOf` says how bad
 * one is. Those that were shown stay until another is clearly worse: lines that come and go with every report tell nothing. */
export function worstBoards(nodes: readonly NodeView[], most: number, shown: readonly string[], badOf: (id: string) => number): readonly string[] {
	if (nodes.length <= most) return nodes.map(({ id }) => id);
	const were = nodes.filter(({ id }) => shown.includes(id));
	const [pair, theirs] = [worstPair(nodes), worstPair(were)];
	const apart = pair && (!theirs || pair.us > CLEARLY * theirs.us) ? [pair.ahead, pair.behind] : [];
	const weights = new Map(nodes.map(({ id }) => [id, badOf(id) * (shown.includes(id) ? CLEARLY : 1)]));
	const ranked = nodes.map(({ id }) => id).sort((a, b) => weights.get(b)! - weights.get(a)!);
	const worst = new Set([...new Set([...apart, ...ranked])].slice(0, most));
	return nodes.flatMap(({ id }) => (worst.has(id) ? [id] : []));
}
