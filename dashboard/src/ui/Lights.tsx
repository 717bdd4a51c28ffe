// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The lights of all boards of which only the LEDs are shown, laid over the places that they have in the page. */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Band, type Box, createBand, inLines } from "../draw/band";
import { tileOf } from "../draw/tile";
import type { NodeView, Pictures } from "../model/cluster";
import { useResize, useSession } from "./hooks";

const BAND = 120; // pixels of the page in height: what is not in sight, or has not changed, is neither drawn nor copied
const MOST_SCALE = 2;

interface Spot extends Box {
	readonly node: NodeView;
}

/* Where those nodes' slots are, from the host's corner, in lines. A slot is the top of its board, and what is in one out of
 * sight has no layout: only boards are measured. */
function spotsIn(host: HTMLElement, nodes: readonly NodeView[], ratio: number): Spot[] {
	const corner = host.getBoundingClientRect();
	const byId = new Map(nodes.map((node) => [node.id, node]));
	return [...host.parentElement!.querySelectorAll<HTMLElement>(".slot")].flatMap((slot) => {
		const node = byId.get(slot.dataset.node!);
		const { left, top, width } = slot.closest(".board")!.getBoundingClientRect();
		if (!node?.info || width < 1) return [];
		return [{ node, x: left - corner.left, y: top - corner.top, width, height: width * ratio }];
	});
}

function inBands(spots: readonly Spot[]): Spot[][] {
	const bands: Spot[][] = [];
	for (const line of inLines(spots)) {
		const last = bands.at(-1);
		if (last && line[0]!.y < last[0]!.y + BAND) last.push(...line);
		else bands.push([...line]);
	}
	return bands;
}

function lay(canvas: HTMLCanvasElement, x: number, y: number, w: number, h: number): HTMLCanvasElement {
	Object.assign(canvas.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
	return canvas;
}

/** `layout` is another text whenever the places are others; `ratio` is a slot's height for a width of 1. */
export function Lights({ nodes, layout, ratio, pictures }: { nodes: readonly NodeView[]; layout: string; ratio: number; pictures: Pictures }) {
	const { renderer } = useSession();
	const host = useRef<HTMLDivElement>(null);
	const [size, setSize] = useState("");
	useResize(host, () => setSize(`${host.current!.clientWidth} ${host.current!.clientHeight} ${devicePixelRatio}`));
	const kinds = useMemo(() => nodes.map(({ id, info }) => `${id} ${info?.shape} ${info?.pixels} ${info?.problem}`).join(), [nodes]);
	useLayoutEffect(() => {
		const element = host.current!;
		const stops = inBands(spotsIn(element, nodes, ratio)).map((spots) => {
			const top = spots[0]!.y;
			const height = Math.max(...spots.map((spot) => spot.y + spot.height)) - top;
			const leds = lay(document.createElement("canvas"), 0, top, element.clientWidth, height);
			/* Most of very many are never seen. */
			const create = () => {
				const places = spots.map(({ node: { id, info }, x, y, width, height }) => ({ id, x, y: y - top, width, height, tile: tileOf(info!.shape, info!.pixels, width, height) }));
				const band = createBand(leds, places, element.clientWidth, height, Math.min(devicePixelRatio, MOST_SCALE));
				const { x, y, w, h } = band.glowBox;
				leds.before(lay(band.glow, x, top + y, w, h));
				return band;
			};
			let band: Band | null = null;
			element.append(leds);
			const stop = renderer.add(leds, (tUs) => (band ??= create()).paint((id) => pictures.frame(id, tUs)?.seen ?? null));
			return () => {
				stop();
				band?.glow.remove();
				leds.remove();
			};
		});
		return () => stops.forEach((stop) => stop());
	}, [renderer, pictures, kinds, layout, ratio, size]);
	return <div ref={host} class="lights" aria-hidden="true" />;
}
