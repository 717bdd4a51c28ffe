// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster as one strip. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { colorAt, fitCanvas } from "../draw/board";
import { layOut, stripOf, type StripLayout, type StripPixel } from "../draw/strip";
import type { Micros, Roster } from "../model/messages";
import { useSession, useResize } from "./hooks";

interface Line {
	readonly from: number;
	readonly to: number;
}

function linesOf(length: number, { across, lines }: StripLayout): Line[] {
	return Array.from({ length: lines }, (_, i) => ({ from: i * across, to: Math.min(length, (i + 1) * across) }));
}

/* The names of the boards that begin on this line, and of one that goes on from the line before. */
function labelsOf(strip: readonly (StripPixel | null)[], { from, to }: Line): { at: number; length: number; node: string }[] {
	const labels: { at: number; length: number; node: string }[] = [];
	for (let i = from; i < to; i++) {
		const node = strip[i]?.node;
		const last = labels.at(-1);
		if (!node) continue;
		if (last && last.node === node && last.at + last.length === i - from) last.length++;
		else labels.push({ at: i - from, length: 1, node });
	}
	return labels;
}

function StripLine({ strip, line, layout }: { strip: readonly (StripPixel | null)[]; line: Line; layout: StripLayout }) {
	const { renderer, cluster } = useSession();
	const canvas = useRef<HTMLCanvasElement>(null);
	const unfit = useRef(true);
	const { pitch } = layout;

	useEffect(() => {
		const element = canvas.current!;
		const context = element.getContext("2d")!;
		const small = document.createElement("canvas");
		small.width = line.to - line.from + 2;
		small.height = 3;
		const blur = small.getContext("2d", { willReadFrequently: true })!;
		const image = blur.createImageData(small.width, 3);

		/* Light on the shelf behind the strip: one small pixel for each LED, scaled up smoothly. */
		function behind(k: number, seen: Uint8Array, led: number) {
			const to = (small.width + k + 1) * 4;
			for (let c = 0; c < 3; c++) image.data[to + c] = seen[3 * led + c]!;
			image.data[to + 3] = 0.6 * Math.max(seen[3 * led]!, seen[3 * led + 1]!, seen[3 * led + 2]!);
		}

		function paint(tUs: Micros) {
			if (unfit.current) fitCanvas(element);
			unfit.current = false;
			const scale = element.height / (pitch * 2.2);
			const side = pitch * scale;
			const colors: (string | null)[] = [];
			image.data.fill(0);
			let seen: Uint8Array | undefined;
			for (let i = line.from; i < line.to; i++) {
				const pixel = strip[i];
				if (pixel && (i === line.from || strip[i - 1]?.node !== pixel.node)) seen = cluster.frame(pixel.node, tUs)?.seen;
				colors.push(pixel && seen ? colorAt(seen, pixel.led) : null);
				if (pixel && seen) behind(i - line.from, seen, pixel.led);
			}
			blur.putImageData(image, 0, 0);
			context.clearRect(0, 0, element.width, element.height);
			context.drawImage(small, -side, -0.4 * side, small.width * side, 3 * side);
			colors.forEach((color, k) => {
				if (!color) return;
				context.fillStyle = color;
				context.beginPath();
				context.roundRect((k + 0.12) * side, 0.72 * side, 0.76 * side, 0.76 * side, 0.24 * side);
				context.fill();
			});
		}
		unfit.current = true;
		return renderer.add(element, paint);
	}, [renderer, cluster, strip, line.from, line.to, pitch]);
	useResize(canvas, () => (unfit.current = true));

	const width = (line.to - line.from) * pitch;
	return (
		<div class="strip-line" style={{ width: `${width}px`, height: `${layout.line + pitch}px` }}>
			<canvas ref={canvas} style={{ width: `${width}px`, height: `${pitch * 2.2}px` }} aria-hidden="true" />
			{labelsOf(strip, line).map(({ at, length, node }) => (
				<span key={node} class="strip-name" style={{ left: `${at * pitch + 2}px`, width: `${length * pitch - 4}px` }}>
					{node}
				</span>
			))}
		</div>
	);
}

export function Strip({ roster }: { roster: Roster }) {
	const box = useRef<HTMLDivElement>(null);
	const [width, setWidth] = useState(0);
	useResize(box, () => setWidth(box.current!.clientWidth));
	const strip = useMemo(() => stripOf(roster), [roster]);
	const layout = layOut(strip.length, Math.max(1, width));
	return (
		<section class="strip" aria-labelledby="strip-title">
			<h2 id="strip-title">The cluster as one strip</h2>
			{strip.length ? (
				<p class="quiet">
					{strip.length} pixels on {roster.nodes.length} boards, in the order that the conductor keeps.
				</p>
			) : (
				<p class="empty">There is no strip yet: the conductor makes one from the boards it knows.</p>
			)}
			<div class={strip.length ? "strip-box" : ""}>
				<div ref={box} />
				{width > 0 && linesOf(strip.length, layout).map((line) => <StripLine key={line.from} strip={strip} line={line} layout={layout} />)}
			</div>
		</section>
	);
}
