// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The one loop that draws. It runs at the display's rate while the page is
 * visible, and draws only what is on the screen. With reduced motion it stands
 * still and draws again every few seconds. */

import type { Cluster } from "../model/cluster";
import type { Micros } from "../model/messages";

/** Draws one canvas as it looks at that time. */
export type Painter = (tUs: Micros) => void;

const STILL_MS = 3000;
const METER_FRAMES = 60;

export interface Renderer {
	readonly cluster: Cluster;
	/** Paints this canvas whenever it is on the screen, until the returned function is called. */
	add(canvas: HTMLCanvasElement, paint: Painter): () => void;
	/** Paints what is on the screen now, for that time. */
	paint(tUs: Micros): void;
	/** Motion: as the system prefers, until somebody decides. */
	readonly moving: boolean;
	setMoving(moving: boolean): void;
	/** Keeps the picture of this instant until it is let go; returns the time of that picture. */
	hold(): Micros;
	release(): void;
	/** Frames in the last second or so in which something was drawn, how many canvases, and what a frame cost. */
	readonly meter: { readonly fps: number; readonly costMs: number; readonly canvases: number };
	close(): void;
}

export function createRenderer(cluster: Cluster): Renderer {
	const painters = new Map<Element, Painter>();
	const visible = new Set<Element>();
	const reduced = matchMedia("(prefers-reduced-motion: reduce)");
	let moving = !reduced.matches;
	let held = false;
	let asked = 0;
	let timer = 0;
	let lastUs: Micros = 0;
	let drawn = 0;
	const starts: number[] = [];
	const costs: number[] = [];

	const eye = new IntersectionObserver(
		(entries) => {
			for (const entry of entries)
				if (entry.isIntersecting) visible.add(entry.target);
				else visible.delete(entry.target);
			wake();
		},
		{ rootMargin: "32px" },
	);

	function paint(tUs: Micros) {
		lastUs = Math.max(lastUs, tUs);
		cluster.tick(tUs);
		for (const canvas of visible) painters.get(canvas)?.(tUs);
	}

	function measured(start: number) {
		if (!visible.size) return;
		drawn = visible.size;
		starts.push(start);
		costs.push(performance.now() - start);
		if (starts.length > METER_FRAMES) {
			starts.shift();
			costs.shift();
		}
	}

	function turn() {
		asked = 0;
		if (held) return;
		const start = performance.now();
		paint(Math.max(lastUs, cluster.nowUs()));
		measured(start);
		next();
	}

	function next() {
		if (asked || timer || held || document.hidden || !visible.size) return;
		if (moving) asked = requestAnimationFrame(turn);
		else
			timer = window.setTimeout(() => {
				timer = 0;
				asked ||= requestAnimationFrame(turn);
			}, STILL_MS);
	}

	function stop() {
		cancelAnimationFrame(asked);
		clearTimeout(timer);
		asked = timer = 0;
	}

	/* At once, whatever the pace. */
	function wake() {
		if (!asked) starts.length = costs.length = 0;
		stop();
		if (!held && !document.hidden) asked = requestAnimationFrame(turn);
	}

	function shown() {
		stop();
		wake();
	}

	function preferred() {
		renderer.setMoving(!reduced.matches);
	}

	document.addEventListener("visibilitychange", shown);
	reduced.addEventListener("change", preferred);

	const renderer: Renderer = {
		cluster,
		add(canvas, painter) {
			painters.set(canvas, painter);
			eye.observe(canvas);
			return () => {
				eye.unobserve(canvas);
				painters.delete(canvas);
				visible.delete(canvas);
			};
		},
		paint,
		get moving() {
			return moving;
		},
		setMoving(now) {
			moving = now;
			shown();
		},
		hold() {
			held = true;
			stop();
			return lastUs;
		},
		release() {
			held = false;
			wake();
		},
		get meter() {
			const n = starts.length;
			const spanMs = n > 1 ? starts[n - 1]! - starts[0]! : 0;
			return {
				fps: spanMs > 0 ? ((n - 1) * 1000) / spanMs : 0,
				costMs: n ? costs.reduce((a, b) => a + b, 0) / n : 0,
				canvases: drawn,
			};
		},
		close() {
			stop();
			eye.disconnect();
			document.removeEventListener("visibilitychange", shown);
			reduced.removeEventListener("change", preferred);
		},
	};
	return renderer;
}
