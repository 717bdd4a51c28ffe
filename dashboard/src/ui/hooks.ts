// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What components share: the cluster they show, and how they follow it. */

import { createContext } from "preact";
import { useCallback, useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Stage } from "../draw/stage";
import type { History } from "../history";
import type { Cluster, ClusterView, NodeView, Whom } from "../model/cluster";

/** What a log-in gives the page. */
export interface Desk {
	readonly cluster: Cluster;
	readonly stage: Stage;
	readonly history: History;
	readonly user: string;
	logOut(): void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
	return useContext(DeskContext)!;
}

const LOOK_EVERY_MS = 100;

/** Follows the cluster, a few times a second however much is said. */
export function useView(cluster: Cluster): ClusterView {
	const [view, setView] = useState(cluster.view);
	useEffect(() => {
		let asked = 0;
		let looked = -LOOK_EVERY_MS;
		const look = () => {
			asked = 0;
			looked = performance.now();
			setView(cluster.view);
		};
		const stop = cluster.subscribe(() => {
			asked ||= window.setTimeout(look, Math.max(0, looked + LOOK_EVERY_MS - performance.now()));
		});
		look();
		return () => {
			stop();
			clearTimeout(asked);
		};
	}, [cluster]);
	return view;
}

const beating = new Set<() => void>();
setInterval(() => document.hidden || beating.forEach((beat) => beat()), 500);

/** A value that changes by time alone: looked at twice a second while the page can be seen. */
export function useWatched<T extends string | number | boolean>(look: () => T): T {
	const latest = useRef(look);
	latest.current = look;
	const [, set] = useState<T>(look);
	useEffect(() => {
		const beat = () => set(latest.current());
		beating.add(beat);
		return () => void beating.delete(beat);
	}, []);
	return look();
}

/** Renders anew every second. */
export function useSeconds(): void {
	useWatched(() => Math.floor(performance.now() / 1000));
}

/** Whom the controls are for. */
export type Target = { kind: "all" } | { kind: "group"; group: string } | { kind: "nodes"; ids: readonly string[] };

export function nodesOf(target: Target, view: ClusterView): readonly NodeView[] {
	if (target.kind === "all") return view.nodes;
	if (target.kind === "group") return view.nodes.filter((n) => n.info?.groups.includes(target.group));
	return view.nodes.filter((n) => target.ids.includes(n.id));
}

export function nameOf(target: Target): string {
	if (target.kind === "all") return "all boards";
	if (target.kind === "group") return `group ${target.group}`;
	return target.ids.length === 1 ? target.ids[0]! : `${target.ids.length} boards`;
}

const TOGETHER_US = 300_000;

/** Sends one command to everybody in the target; returns the keys of what was sent. Several single nodes change at
 * one instant, as a group does, where there is a cluster time to name it in. */
export function send(cluster: Cluster, target: Target, kind: "set" | "notify", command: object): number[] {
	const one = (whom: Whom, what: object) => (kind === "set" ? cluster.set(whom, what) : cluster.notify(whom, what));
	if (target.kind === "all") return [one("all", command)];
	if (target.kind === "group") return [one({ group: target.group }, command)];
	const together =
		target.ids.length > 1 && cluster.view.clock.valid
			? { ...command, at_us: Math.round(cluster.nowUs()) + TOGETHER_US }
			: command;
	return target.ids.map((node) => one({ node }, together));
}

const SEND_EVERY_MS = 120;
const KEEP_MS = 1500;

/** A value that somebody drags: it is sent a few times a second and once at the end, and what was dragged shows
 * until the nodes had time to say what became of it. With 0 it is sent each time. */
export function useDrag<T>(value: T, sendIt: (value: T) => void, everyMs = SEND_EVERY_MS): [T, (value: T) => void] {
	const [dragged, setDragged] = useState<{ value: T } | null>(null);
	const latest = useRef(sendIt);
	latest.current = sendIt;
	const timers = useRef({ send: 0, keep: 0, waiting: null as { value: T } | null });
	useEffect(
		() => () => {
			clearTimeout(timers.current.send);
			clearTimeout(timers.current.keep);
		},
		[],
	);
	const drag = useCallback((to: T) => {
		const t = timers.current;
		setDragged({ value: to });
		clearTimeout(t.keep);
		t.keep = window.setTimeout(() => setDragged(null), KEEP_MS);
		t.waiting = { value: to };
		const flush = () => {
			t.send = 0;
			if (!t.waiting) return;
			latest.current(t.waiting.value);
			t.waiting = null;
			if (everyMs) t.send = window.setTimeout(flush, everyMs);
		};
		if (!t.send) flush();
	}, [everyMs]);
	return [dragged ? dragged.value : value, drag];
}

/** Calls back when the element's size on the page changes. */
export function useResize(element: { current: Element | null }, changed: () => void): void {
	const latest = useRef(changed);
	latest.current = changed;
	useLayoutEffect(() => {
		const watch = new ResizeObserver(() => latest.current());
		if (element.current) watch.observe(element.current);
		return () => watch.disconnect();
	}, []);
}
