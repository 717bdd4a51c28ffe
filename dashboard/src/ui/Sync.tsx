// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* How exact the clocks are: now, and over the last half hour. */

import { apartUs, clockOf, worstPair, type Pair } from "../model/clocks";
import type { ClusterView, NodeView } from "../model/cluster";
import { ClockTable } from "./ClockTable";
import { useSession, useSeconds } from "./hooks";
import { MOST_LINES, Plot } from "./Plot";
import { duration, phaseText } from "./text";
import "./Sync.css";

const MOST_BARS = 24;

function Figure({ name, value, what }: { name: string; value: string; what: string }) {
	return (
		<div class="figure">
			<dt>{name}</dt>
			<dd>
				<span class="value">{value}</span>
				<span class="quiet">{what}</span>
			</dd>
		</div>
	);
}

function pairText(pair: Pair | null): string {
	if (!pair) return "needs two boards with the cluster's time";
	return `${pair.ahead} and ${pair.behind}: so far apart may they show one frame, to one standard deviation`;
}

function Figures({ view }: { view: ClusterView }) {
	const { renderer } = useSession();
	useSeconds();
	const pair = worstPair(view.nodes);
	const { conductor, clock } = view;
	const leader = conductor.leads && conductor.info ? conductor.info : null;
	return (
		<dl class="figures">
			<Figure name="Worst pair" value={pair ? duration(pair.us) : "–"} what={pairText(pair)} />
			<Figure
				name="Conductor"
				value={leader ? leader.id : "none"}
				what={leader ? "gives the time; every board follows it" : "every board goes on with the time it knew"}
			/>
			<Figure
				name="This page"
				value={clock.valid ? `±${duration(clock.error_us)}` : "own clock"}
				what={clock.valid ? `${phaseText(clock.state)}, ${duration(clock.rtt_us)} there and back` : "pictures may not be in phase with the boards"}
			/>
			<Figure
				name="Drawing"
				value={renderer.moving ? `${Math.round(renderer.meter.fps) || "–"} a second` : "still"}
				what={`${renderer.meter.costMs.toFixed(1)} ms a picture for what was last in sight`}
			/>
		</dl>
	);
}

interface Known {
	readonly id: string;
	readonly offset_us: number;
	readonly error_us: number;
}

/** The worst first. */
function worstFirst(nodes: readonly NodeView[]): Known[] {
	const known = nodes.flatMap((node) => {
		const said = clockOf(node);
		return said ? [{ id: node.id, ...said }] : [];
	});
	return known.sort((a, b) => apartUs(b) - apartUs(a));
}

/* From what it may be behind to what it may be ahead, of what the worst of all may be. Equal steps for equal ratios: one that
 * is seconds away would leave nothing of the others. */
function Bar({ id, offset_us, error_us, most }: Known & { most: number }) {
	const place = (us: number) => 50 + (50 * Math.sign(us) * Math.log1p(Math.abs(us))) / Math.log1p(most);
	const from = place(offset_us - error_us);
	const to = place(offset_us + error_us);
	return (
		<li>
			<span class="bar-id">{id}</span>
			<span class="sync-bar" aria-hidden="true">
				<span style={{ left: `${from}%`, width: `${to - from}%` }} />
			</span>
			<span class="bar-value">{duration(apartUs({ offset_us, error_us }))}</span>
		</li>
	);
}

function Bars({ nodes }: { nodes: readonly NodeView[] }) {
	const all = worstFirst(nodes);
	const most = Math.max(1, ...all.map(apartUs));
	if (!all.length) return <p class="empty">No board has the cluster's time.</p>;
	return (
		<ol class="sync-bars" aria-label="how far each board may be from the cluster's time, the worst first">
			{all.slice(0, MOST_BARS).map((one) => (
				<Bar key={one.id} {...one} most={most} />
			))}
		</ol>
	);
}

export function Sync({ view }: { view: ClusterView }) {
	return (
		<div class="sync">
			<Figures view={view} />
			<section class="card" aria-labelledby="bars-title">
				<h2 id="bars-title">Now</h2>
				<p class="quiet">
					How far each board may be behind the cluster's time, on the left, or ahead of it, in tenfold steps; the worst first
					{view.nodes.length > MOST_BARS ? `, the worst ${MOST_BARS}` : ""}.
				</p>
				<Bars nodes={view.nodes} />
			</section>
			<section class="card" aria-labelledby="plot-title">
				<h2 id="plot-title">Over time</h2>
				<p class="quiet">
					What each board cannot know of the cluster's time, to one standard deviation
					{view.nodes.length > MOST_LINES ? `; the ${MOST_LINES} boards that were worst of late` : ""}.
				</p>
				<Plot view={view} />
			</section>
			<section class="card" aria-labelledby="clocks-title">
				<h2 id="clocks-title">In numbers</h2>
				<ClockTable nodes={view.nodes} />
			</section>
		</div>
	);
}
