// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* How exact the clocks are: now, and over the last half hour. */

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { clockOf, worstSkewUs } from "../history";
import type { ClusterView, NodeView } from "../model/cluster";
import type { Stats } from "../model/messages";
import { useSession, useResize, useSeconds } from "./hooks";
import { clock, duration } from "./text";
import "./Sync.css";

const MOST_LINES = 12;
const LEAST_S = 300;

/* One hue after the other, far apart, readable on light and dark. */
const hue = (k: number) => `oklch(0.68 0.16 ${(k * 137.5 + 250) % 360})`;

function Plot({ view }: { view: ClusterView }) {
	const { history } = useSession();
	const box = useRef<HTMLDivElement>(null);
	const plot = useRef<uPlot | null>(null);
	const ids = view.nodes.slice(0, MOST_LINES).map((n) => n.id);
	const key = ids.join(" ");

	const data = (): uPlot.AlignedData => [[...history.times], [...history.worst], ...ids.map((id) => [...history.of(id)])];

	useEffect(() => {
		const style = getComputedStyle(box.current!);
		const ink = style.getPropertyValue("--ink-soft");
		const font = `12px ${style.fontFamily}`;
		const axis = { stroke: ink, font, grid: { stroke: style.getPropertyValue("--line"), width: 1 }, ticks: { show: false } };
		const points = { show: false };
		const made = new uPlot(
			{
				width: box.current!.clientWidth,
				height: 280,
				scales: { x: { range: (_, from, to) => [Math.min(from, to - LEAST_S), to] }, y: { distr: 3, log: 10 } },
				axes: [{ ...axis, space: 90, values: (_, splits) => splits.map((v) => clock(v * 1000)) }, { ...axis, size: 64, values: (_, splits) => splits.map((v) => (v === null ? "" : duration(v))) }],
				series: [
					{ label: "time", value: (_, v) => (v === null ? "–" : clock(v * 1000)) },
					{ label: "worst pair", stroke: ink, width: 2, dash: [6, 4], points, value: (_, v) => (v === null ? "–" : duration(v)) },
					...ids.map((id, k) => ({ label: id, stroke: hue(k), width: 1.5, points, value: (_: uPlot, v: number | null) => (v === null ? "–" : duration(v)) })),
				],
				cursor: { points: { show: false } },
			},
			data(),
			box.current!,
		);
		plot.current = made;
		return () => made.destroy();
		// The series are the boards: others make another plot.
	}, [key]);
	useEffect(() => {
		const timer = setInterval(() => document.hidden || plot.current?.setData(data()), 2000);
		return () => clearInterval(timer);
	}, [key]);
	useResize(box, () => plot.current?.setSize({ width: box.current!.clientWidth, height: 280 }));
	return <div ref={box} class="plot" aria-hidden="true" />;
}

/** Frames a second, and where a slow board leaves some out, of how many slots it draws one. */
function rate({ fps, slots_a_frame }: Stats): string {
	return `${Math.round(fps)}${slots_a_frame > 1 ? `, 1 in ${slots_a_frame}` : ""}`;
}

function Row({ node }: { node: NodeView }) {
	const sync = node.stats?.sync;
	const known = clockOf(node);
	const state = node.online ? (sync?.state ?? "not heard yet") : "offline";
	return (
		<tr>
			<th scope="row">{node.id}</th>
			<td>
				<span class={`state ${state.split(" ")[0]}`}>{state}</span>
			</td>
			<td class="number">{known ? duration(known.offset_us) : "–"}</td>
			<td class="number">{known ? `±${duration(known.error_us)}` : "–"}</td>
			<td class="number">{node.online && node.stats ? rate(node.stats) : "–"}</td>
			<td class="number">{node.online && node.stats ? node.stats.late : "–"}</td>
			<td class="number">{node.online && node.stats ? duration(node.stats.write_us) : "–"}</td>
		</tr>
	);
}

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

function Figures({ view }: { view: ClusterView }) {
	const { renderer } = useSession();
	useSeconds();
	const worst = worstSkewUs(view.nodes);
	const { conductor, clock } = view;
	const leader = conductor.leads && conductor.info ? conductor.info : null;
	return (
		<dl class="figures">
			<Figure
				name="Worst pair"
				value={worst === null ? "–" : duration(worst)}
				what={worst === null ? "needs two boards with cluster time" : "the longest time between two boards showing the same frame, to one standard deviation"}
			/>
			<Figure
				name="Conductor"
				value={leader ? leader.id : "none"}
				what={leader ? `term ${leader.term}, timeline ${leader.clock_id}` : "every board keeps the time it last knew"}
			/>
			<Figure
				name="This page"
				value={clock.valid ? `±${duration(clock.error_us)}` : "own clock"}
				what={clock.valid ? `${clock.state}, round trip ${duration(clock.rtt_us)}` : "pictures may not be in phase with the boards"}
			/>
			<Figure
				name="Drawing"
				value={renderer.moving ? `${Math.round(renderer.meter.fps) || "–"} fps` : "still"}
				what={`${renderer.meter.costMs.toFixed(1)} ms a frame for what was last in sight`}
			/>
		</dl>
	);
}

export function Sync({ view }: { view: ClusterView }) {
	return (
		<div class="sync">
			<Figures view={view} />
			<section class="card" aria-labelledby="plot-title">
				<h2 id="plot-title">Error bound over time</h2>
				<p class="quiet">
					One standard deviation of what each board cannot know of cluster time
					{view.nodes.length > MOST_LINES ? `; the first ${MOST_LINES} boards` : ""}. The table has it in numbers.
				</p>
				<Plot view={view} />
			</section>
			<section class="card" aria-labelledby="clocks-title">
				<h2 id="clocks-title">Clocks</h2>
				<div class="scroll" tabIndex={0} role="region" aria-label="table of clocks">
					<table>
						<thead>
							<tr>
								<th scope="col">board</th>
								<th scope="col">state</th>
								<th scope="col" class="number" title="what it is still correcting">
									offset
								</th>
								<th scope="col" class="number">
									error bound
								</th>
								<th scope="col" class="number">
									fps
								</th>
								<th scope="col" class="number" title="frames that missed their slot">
									late
								</th>
								<th scope="col" class="number" title="how long the board takes to show a frame">
									write
								</th>
							</tr>
						</thead>
						<tbody>
							{view.nodes.map((n) => (
								<Row key={n.id} node={n} />
							))}
						</tbody>
					</table>
				</div>
			</section>
		</div>
	);
}
