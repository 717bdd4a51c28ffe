// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster as one strip. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { fitCanvas } from "../draw/board";
import { createSheet, setColor } from "../draw/sheet";
import { layOut, linesOf, stripOf, type StripLine, type StripPixel } from "../draw/strip";
import type { ClusterView, Pictures } from "../model/cluster";
import type { Micros, Roster } from "../model/messages";
import { healthOf, heardOf } from "../model/status";
import { useSession, useResize } from "./hooks";
import { Order } from "./Order";
import "./Strip.css";

/* Heights in pixels of the strip: of a line's light, of what it takes, and of that above names. */
const LIGHT = 2.2;
const LINE = 1.4;
const NAMED = 1.7;

interface LineProps {
	strip: readonly (StripPixel | null)[];
	line: StripLine;
	pitch: number;
	pictures: Pictures;
	/** Ids of boards in trouble, which are dark, with a space between. */
	bad: string;
}

function Line({ strip, line, pitch, pictures, bad }: LineProps) {
	const { renderer } = useSession();
	const canvas = useRef<HTMLCanvasElement>(null);
	const unfit = useRef(true);

	useEffect(() => {
		const element = canvas.current!;
		const context = element.getContext("2d")!;
		const small = document.createElement("canvas");
		small.width = line.to - line.from + 2;
		small.height = 3;
		const blur = small.getContext("2d", { willReadFrequently: true })!;
		const image = blur.createImageData(small.width, 3);
		const sheet = createSheet(line.to - line.from, line.to - line.from);
		const side = () => element.width / (line.to - line.from);

		/* Light on the shelf behind the strip: one small pixel for each LED, scaled up smoothly. */
		function behind(k: number, seen: Uint8Array, led: number) {
			const to = (small.width + k + 1) * 4;
			for (let c = 0; c < 3; c++) image.data[to + c] = seen[3 * led + c]!;
			image.data[to + 3] = 0.6 * Math.max(seen[3 * led]!, seen[3 * led + 1]!, seen[3 * led + 2]!);
		}

		function fit() {
			fitCanvas(element);
			sheet.fit(0, 0.6 * side(), side(), 0.76 * side());
			unfit.current = false;
		}

		const dark = new Set(bad.split(" "));

		function paint(tUs: Micros) {
			if (unfit.current) fit();
			image.data.fill(0);
			sheet.colors.fill(0);
			let seen: Uint8Array | undefined;
			for (let i = line.from; i < line.to; i++) {
				const pixel = strip[i];
				if (pixel && (i === line.from || strip[i - 1]?.node !== pixel.node)) seen = pictures.frame(pixel.node, tUs)?.seen;
				if (!pixel || !seen || dark.has(pixel.node)) continue;
				setColor(sheet, i - line.from, seen, pixel.led);
				behind(i - line.from, seen, pixel.led);
			}
			blur.putImageData(image, 0, 0);
			context.clearRect(0, 0, element.width, element.height);
			context.drawImage(small, -side(), -0.4 * side(), small.width * side(), 3 * side());
			sheet.paint(context);
		}
		unfit.current = true;
		return renderer.add(element, paint);
	}, [renderer, pictures, strip, line.from, line.to, pitch, bad]);
	useResize(canvas, () => (unfit.current = true));

	const width = (line.to - line.from) * pitch;
	const under = pitch * ((line.labels.length ? NAMED : LINE) - LIGHT);
	return (
		<div class="strip-line" style={{ width: `${width}px` }}>
			<canvas ref={canvas} style={{ width: `${width}px`, height: `${pitch * LIGHT}px`, marginBottom: `${under}px` }} aria-hidden="true" />
			<div class="strip-names">
				{line.labels.map(({ at, length, node }, k) => {
					const before = line.labels[k - 1];
					return (
						<span key={node} class={bad.split(" ").includes(node) ? "strip-name bad" : "strip-name"} style={{ marginLeft: `${(at - (before ? before.at + before.length : 0)) * pitch}px`, width: `${length * pitch}px` }}>
							<span>{node}</span>
						</span>
					);
				})}
			</div>
		</div>
	);
}

/** Every pixel in its place, as those pictures have it. */
export function StripLines({ roster, pictures, bad = "" }: { roster: Roster; pictures: Pictures; bad?: string }) {
	const box = useRef<HTMLDivElement>(null);
	const [width, setWidth] = useState(0);
	useResize(box, () => setWidth(box.current!.clientWidth));
	const strip = useMemo(() => stripOf(roster), [roster]);
	const { across, pitch } = useMemo(() => layOut(strip, Math.max(1, width)), [strip, width]);
	const lines = useMemo(() => linesOf(strip, across), [strip, across]);
	return (
		<div class={strip.length ? "strip-box" : ""}>
			<div ref={box} />
			{width > 0 && lines.map((line) => <Line key={line.from} strip={strip} line={line} pitch={pitch} pictures={pictures} bad={bad} />)}
		</div>
	);
}

export function Strip({ view }: { view: ClusterView }) {
	const { cluster } = useSession();
	const { roster } = view;
	const heard = heardOf(view);
	const bad = view.nodes.filter((node) => healthOf(node, heard).mark === "bad").map(({ id }) => id);
	return (
		<section class="strip" aria-labelledby="strip-title">
			<h2 id="strip-title">The cluster as one strip</h2>
			{roster.pixels ? (
				<p class="quiet">
					{roster.pixels} pixels on {roster.nodes.length} boards, in the order that the conductor keeps.
				</p>
			) : (
				<p class="empty">There is no strip yet: the conductor makes one from the boards it knows.</p>
			)}
			<StripLines roster={roster} pictures={cluster} bad={bad.join(" ")} />
			{view.mayCommand && view.nodes.length > 0 && <Order view={view} />}
		</section>
	);
}
