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

/** Follows the cluster, at most once a frame however much is said. */
export function useView(cluster: Cluster): ClusterView {
	const [view, setView] = useState(cluster.view);
	useEffect(() => {
		let asked = 0;
		const look = () => {
			asked = 0;
			setView(cluster.view);
		};
		// A hidden page has no frames, but its list of events goes on.
		const stop = cluster.subscribe(() => {
			asked ||= window.setTimeout(look, document.hidden ? 1000 : 16);
		});
		look();
		return () => {
			stop();
			clearTimeout(asked);
		};
	}, [cluster]);
	return view;
}

/** Renders anew every so often while the page can be seen: for what changes by time alone. */
export function useBeat(everyMs: number): void {
	const [, setBeat] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => document.hidden || setBeat((n) => n + 1), everyMs);
		return () => clearInterval(timer);
	}, [everyMs]);
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
 * until the nodes had time to say what became of it. */
export function useDrag<T>(value: T, sendIt: (value: T) => void): [T, (value: T) => void] {
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
			t.send = window.setTimeout(flush, SEND_EVERY_MS);
		};
		if (!t.send) flush();
	}, []);
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
