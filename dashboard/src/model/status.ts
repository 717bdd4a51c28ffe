// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What a person wants to know first: whether all is well, and if not, where, what, and what helps. */

import { apartUs, clockOf, worstPair } from "./clocks";
import type { ClusterView, NodeView } from "./cluster";

/** How a board is doing. `unsure`: what is known of it may have changed since. */
export type Mark = "good" | "fair" | "bad" | "off" | "unsure";

export interface Health {
	readonly mark: Mark;
	/** In words, in full: "in phase", "dark: no such board". */
	readonly what: string;
	/** What helps; "" where nothing needs to. */
	readonly remedy: string;
	/** The less, the worse. */
	readonly rank: number;
}

export interface Trouble {
	/** The board, or "" for the cluster. */
	readonly who: string;
	readonly what: string;
	readonly remedy: string;
	readonly rank: number;
}

/** Who is there beside the boards, on whom it depends what can be said of them. */
export type Heard = "all" | "no conductor" | "no broker";

/** About a frame: beyond it an eye sees two boards apart. */
const APART_US = 20000;

export function heardOf({ link, conductor }: Pick<ClusterView, "link" | "conductor">): Heard {
	if (link.state !== "online") return "no broker";
	return conductor.leads ? "all" : "no conductor";
}

/** "12 ms", "4.0 s" */
const time = (us: number): string => (us < 1e6 ? `${Math.round(us / 1e3)} ms` : `${(us / 1e6).toFixed(1)} s`);

/* The cluster's own troubles come before these. */
const RANK = { dark: 2, away: 3, astray: 4, lost: 5, well: 6 };

const well = (what: string): Health => ({ mark: "good", what, remedy: "", rank: RANK.well });
const fair = (what: string): Health => ({ mark: "fair", what, remedy: "", rank: RANK.well });

const AWAY: Health = {
	mark: "off",
	what: "offline",
	remedy: "Is its Pi on and in the network? There, “glow-bridge --doctor” says what keeps it away.",
	rank: RANK.away,
};
const LOST: Health = {
	mark: "fair",
	what: "on its own clock",
	remedy: "It hears no conductor. Do the broker's rules let its account ask for the time? There, “glow-bridge --doctor” says so.",
	rank: RANK.lost,
};
const dark = (problem: string): Health => ({
	mark: "bad",
	what: `dark: ${problem}`,
	remedy: "It is tried again every few seconds. On that Pi, “glow-bridge --doctor” says what is missing.",
	rank: RANK.dark,
});
const astray = (us: number): Health => ({
	mark: "bad",
	what: `${time(us)} out of phase`,
	remedy: "It draws level by itself. If it has not in a minute, look at its network, and start its glow-bridge again.",
	rank: RANK.astray,
});

/** How far out of phase it is where an eye sees that; 0 where none does. */
export function astrayUs(node: NodeView): number {
	const said = clockOf(node);
	return said && apartUs(said) > APART_US ? apartUs(said) : 0;
}

function phaseOf(node: NodeView): Health {
	const us = astrayUs(node);
	if (us) return astray(us);
	switch (node.stats?.sync.state) {
		case "tracking":
		case "leading":
			return well("in phase");
		case "unsynced":
		case "holdover":
			return LOST;
		case "acquire":
		case "resync":
			return fair("is being told the time");
		default:
			return well("online");
	}
}

/** How that board is doing. */
export function healthOf(node: NodeView, heard: Heard): Health {
	if (heard === "no broker") return { mark: "unsure", what: "not heard of while there is no connection", remedy: "", rank: RANK.well };
	if (!node.online) return AWAY;
	if (node.info?.problem) return dark(node.info.problem);
	return heard === "all" ? phaseOf(node) : fair("on its own, without a conductor");
}

const NO_CONDUCTOR: Trouble = {
	who: "",
	what: "There is no conductor",
	remedy: "No scene can be played, and boards of a group change one after another. Start “glow-conductor” on one machine.",
	rank: 1,
};

const leftOut = (n: number): Trouble => ({
	who: "",
	what: `${n} ${n === 1 ? "board has" : "boards have"} no place on the strip`,
	remedy: "A roster is full, and they show scenes as if alone. Does the broker take large messages? Else make racks of the boards.",
	rank: 1,
});

function clusterTrouble({ link, conductor, roster }: ClusterView, settled: boolean): Trouble[] {
	if (link.state === "lost")
		return [{ who: "", what: `No connection: ${link.why}`, remedy: "This page tries again by itself. Does the broker run?", rank: 0 }];
	if (link.state !== "online") return [];
	const asking = conductor.online && conductor.info?.state === "adopting";
	return [...(settled && !conductor.leads && !asking ? [NO_CONDUCTOR] : []), ...(roster.left_out ? [leftOut(roster.left_out)] : [])];
}

/** All that needs somebody, the worst first. Until what is retained has arrived, `settled`, nobody is missed. */
export function troublesOf(view: ClusterView, settled: boolean): readonly Trouble[] {
	const heard = heardOf(view);
	const boards = view.nodes.flatMap((node): Trouble[] => {
		const { mark, what, remedy, rank } = healthOf(node, heard);
		return remedy && (settled || mark === "bad") ? [{ who: node.id, what, remedy, rank }] : [];
	});
	return [...clusterTrouble(view, settled), ...boards].sort((a, b) => a.rank - b.rank);
}

/** "All well", "2 need attention", "No connection". */
export function summaryOf(view: ClusterView, troubles: readonly Trouble[], settled: boolean): string {
	if (view.link.state === "lost") return "No connection";
	if (view.link.state === "connecting") return "Connecting…";
	if (troubles.length) return troubles.length === 1 ? "1 needs attention" : `${troubles.length} need attention`;
	if (!settled) return "Looking…";
	return view.nodes.length ? "All well" : "No boards yet";
}

/** "31 µs", "1.2 ms" */
const close = (us: number): string => (us < 1000 ? `${Math.round(us)} µs` : us < 1e6 ? `${(us / 1e3).toFixed(1)} ms` : time(us));

function playingOf(names: readonly string[]): string {
	if (names.length > 1) return `${names.length} scenes play`;
	return names.length ? `${names[0]} plays` : "";
}

/** "5 of 5 boards online", "rainbow plays", "dimmed to 40%", "clocks within 31 µs". `playing` are the looks of the scenes that run.
 * Nothing that was true before the connection was lost. */
export function numbersOf(view: ClusterView, playing: readonly string[]): readonly string[] {
	if (view.link.state !== "online" || view.nodes.length === 0) return [];
	const online = view.nodes.filter((node) => node.online).length;
	const pair = worstPair(view.nodes);
	const { brightness } = view.dim;
	return [
		`${online} of ${view.nodes.length} boards online`,
		view.more ? `${view.more} more ${view.more === 1 ? "is" : "are"} not shown` : "",
		playingOf(playing),
		brightness === 0 ? "blackout" : brightness < 255 ? `dimmed to ${Math.round((brightness * 100) / 255)}%` : "",
		pair && view.conductor.leads ? `clocks within ${close(pair.us)}` : "",
	].filter((part) => part !== "");
}
