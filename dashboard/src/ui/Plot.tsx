// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* How exact the clocks were over the last half hour. */

import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { worstBoards } from "../model/clocks";
import type { ClusterView } from "../model/cluster";
import { useSession, useResize } from "./hooks";
import { clock, duration } from "./text";

export const MOST_LINES = 12;
const HEIGHT = 280;
const EVERY_MS = 2000;

/* One hue after the other, far apart, readable on light and dark: a board's own for as long as somebody is logged in. */
const hue = (number: number) => `oklch(0.68 0.16 ${(number * 137.5 + 250) % 360})`;

const isDecade = (v: number) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-6;
const decades = (_: uPlot, splits: number[]) => splits.map((v) => (isDecade(v) ? v : null));

function optionsOf(box: HTMLElement, ids: readonly string[], numberOf: (id: string) => number): uPlot.Options {
	const style = getComputedStyle(box);
	const ink = style.getPropertyValue("--ink-soft");
	const line = { stroke: style.getPropertyValue("--line"), width: 1 };
	const axis = { stroke: ink, font: `12px ${style.fontFamily}`, ticks: { show: false } };
	const points = { show: false };
	const value = (_: uPlot, v: number | null) => (v === null ? "–" : duration(v));
	return {
		width: box.clientWidth,
		height: HEIGHT,
		scales: { y: { distr: 3, log: 10 } },
		axes: [
			{ ...axis, grid: { show: false }, space: 110, values: (_, splits) => splits.map((v) => clock(v * 1000)) },
			{ ...axis, grid: { ...line, filter: decades }, filter: decades, size: 64, values: (_, splits) => splits.map((v) => (v === null ? "" : duration(v).replace(".0 ", " "))) },
		],
		series: [
			{ label: "time", value: (_, v) => (v === null ? "–" : clock(v * 1000)) },
			{ label: "worst pair", stroke: ink, width: 2, dash: [6, 4], points, value },
			...ids.map((id) => ({ label: id, stroke: hue(numberOf(id)), width: 1.5, points, value })),
		],
		cursor: { points: { show: false } },
	};
}

export function Plot({ view }: { view: ClusterView }) {
	const { history } = useSession();
	const box = useRef<HTMLDivElement>(null);
	const plot = useRef<uPlot | null>(null);
	const shown = useRef<readonly string[]>([]);
	const ids = worstBoards(view.nodes, MOST_LINES, shown.current, history.ofLate);
	shown.current = ids;
	const key = ids.join(" ");

	useEffect(() => {
		const data = (): uPlot.AlignedData => [history.times(), [...history.worst], ...ids.map((id) => [...history.of(id)])];
		let gone = false;
		/* A tenth of the page, and of use on this view alone. */
		import("uplot").then(
			({ default: Uplot }) => {
				if (!gone) plot.current = new Uplot(optionsOf(box.current!, ids, history.numberOf), data(), box.current!);
			},
			() => {}, // then there is the table
		);
		const timer = setInterval(() => document.hidden || plot.current?.setData(data()), EVERY_MS);
		return () => {
			gone = true;
			clearInterval(timer);
			plot.current?.destroy();
			plot.current = null;
		};
		// The series are the boards: others make another plot.
	}, [key]);
	useResize(box, () => plot.current?.setSize({ width: box.current!.clientWidth, height: HEIGHT }));
	return <div ref={box} class="plot" aria-hidden="true" />;
}
