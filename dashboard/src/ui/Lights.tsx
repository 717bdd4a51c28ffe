// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The lights of all boards of which only the LEDs are shown, laid over the places that they have in the page. */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { createBand, inLines, type Place } from "../draw/band";
import { tileOf } from "../draw/tile";
import type { NodeView, Pictures } from "../model/cluster";
import { useResize, useSession } from "./hooks";

const BAND = 120; // pixels of the page in height: what is not in sight, or has not changed, is neither drawn nor copied
const MOST_SCALE = 2;

/* Where those nodes' slots are, from the host's corner, in lines. */
function placesIn(host: HTMLElement, nodes: readonly NodeView[]): Place[] {
	const corner = host.getBoundingClientRect();
	const byId = new Map(nodes.map((node) => [node.id, node]));
	return [...host.parentElement!.querySelectorAll<HTMLElement>(".slot")].flatMap((slot) => {
		const info = byId.get(slot.dataset.node!)?.info;
		const { left, top, width, height } = slot.getBoundingClientRect();
		if (!info || width < 1) return [];
		const tile = tileOf(info.shape, info.pixels, width, height);
		return [{ id: slot.dataset.node!, x: left - corner.left, y: top - corner.top, width, height, tile }];
	});
}

function inBands(places: readonly Place[]): Place[][] {
	const bands: Place[][] = [];
	for (const line of inLines(places)) {
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

/** `layout` is another text whenever the places are others. */
export function Lights({ nodes, layout, pictures }: { nodes: readonly NodeView[]; layout: string; pictures: Pictures }) {
	const { renderer } = useSession();
	const host = useRef<HTMLDivElement>(null);
	const [size, setSize] = useState("");
	useResize(host, () => setSize(`${host.current!.clientWidth} ${host.current!.clientHeight} ${devicePixelRatio}`));
	const kinds = useMemo(() => nodes.map(({ id, info }) => `${id} ${info?.shape} ${info?.pixels} ${info?.problem}`).join(), [nodes]);
	useLayoutEffect(() => {
		const element = host.current!;
		const stops = inBands(placesIn(element, nodes)).map((places) => {
			const top = places[0]!.y;
			const height = Math.max(...places.map((place) => place.y + place.height)) - top;
			const band = createBand(places.map((place) => ({ ...place, y: place.y - top })), element.clientWidth, height, Math.min(devicePixelRatio, MOST_SCALE));
			const { x, y, w, h } = band.glowBox;
			element.append(lay(band.glow, x, top + y, w, h), lay(band.leds, 0, top, element.clientWidth, height));
			const stop = renderer.add(band.leds, (tUs) => band.paint((id) => pictures.frame(id, tUs)?.seen ?? null));
			return () => {
				stop();
				band.glow.remove();
				band.leds.remove();
			};
		});
		return () => stops.forEach((stop) => stop());
	}, [renderer, pictures, kinds, layout, size]);
	return <div ref={host} class="lights" aria-hidden="true" />;
}
