// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What components share: the cluster they show, and how they follow it. */

import { createContext } from "preact";
import { useCallback, useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Renderer } from "../draw/renderer";
import type { History } from "../history";
import type { Draft } from "../model/drafts";
import type { Cluster, ClusterView, NodeView, Whom } from "../model/cluster";

/** What the page has while somebody is logged in. */
export interface Session {
	readonly cluster: Cluster;
	readonly renderer: Renderer;
	readonly history: History;
	/** Texts that are not saved, by where the Effects view has them. */
	readonly drafts: Map<string, Draft>;
	/** What else is being made, by useKept()'s names. */
	readonly kept: Map<string, unknown>;
	readonly user: string;
	logOut(): void;
	close(): void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
	return useContext(SessionContext)!;
}

/** What changes on a page of thousands costs more to look at, and is less of it. */
const LOOK_NODE_MS = 0.1;

/** Looks now, and whenever the cluster is another, at most so often however many messages come. Returns how to stop it. */
export function follow(cluster: Cluster, everyMs: number, look: () => void): () => void {
	let asked = 0;
	let lookedMs = 0;
	let paceMs = everyMs;
	const turn = () => {
		asked = 0;
		lookedMs = performance.now();
		look();
		paceMs = Math.max(everyMs, cluster.view.nodes.length * LOOK_NODE_MS);
	};
	const stop = cluster.subscribe(() => {
		asked ||= window.setTimeout(turn, Math.max(0, lookedMs + paceMs - performance.now()));
	});
	turn();
	return () => {
		stop();
		clearTimeout(asked);
	};
}

const LOOK_EVERY_MS = 100;

/** Follows the cluster: at most a few times a second. */
export function useView(cluster: Cluster): ClusterView {
	const [view, setView] = useState(cluster.view);
	useEffect(() => follow(cluster, LOOK_EVERY_MS, () => setView(cluster.view)), [cluster]);
	return view;
}

const beating = new Set<() => void>();
setInterval(() => document.hidden || beating.forEach((beat) => beat()), 500);

/** A value that changes by time alone: it is asked for twice a second while the page is visible. */
export function usePolled<T extends string | number | boolean>(look: () => T): T {
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
	usePolled(() => Math.floor(performance.now() / 1000));
}

/** The boards that the controls are for. */
export type Selection = { kind: "all" } | { kind: "group"; group: string } | { kind: "nodes"; ids: readonly string[] };

export function nodesOf(selection: Selection, view: ClusterView): readonly NodeView[] {
	if (selection.kind === "all") return view.nodes;
	if (selection.kind === "group") return view.nodes.filter((n) => n.info?.groups.includes(selection.group));
	return view.nodes.filter((n) => selection.ids.includes(n.id));
}

export function nameOf(selection: Selection): string {
	if (selection.kind === "all") return "all boards";
	if (selection.kind === "group") return `group ${selection.group}`;
	return selection.ids.length === 1 ? selection.ids[0]! : `${selection.ids.length} boards`;
}

const TOGETHER_US = 300_000;

/** Sends one command to everybody in the selection; returns the keys of what was sent. Several single nodes change at
 * one instant, as a group does, if there is cluster time to name it. */
export function send(cluster: Cluster, selection: Selection, kind: "set" | "notify", command: object): number[] {
	const one = (whom: Whom, what: object) => (kind === "set" ? cluster.set(whom, what) : cluster.notify(whom, what));
	if (selection.kind === "all") return [one("all", command)];
	if (selection.kind === "group") return [one({ group: selection.group }, command)];
	const together =
		selection.ids.length > 1 && cluster.view.clock.valid
			? { ...command, at_us: Math.round(cluster.nowUs()) + TOGETHER_US }
			: command;
	return selection.ids.map((node) => one({ node }, together));
}

const SEND_EVERY_MS = 120;
const KEEP_MS = 1500;

/** A value that somebody drags. It is sent a few times a second and once at the end, and the dragged value is shown
 * until the nodes have had time to answer. With 0 every change is sent. */
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
		const observer = new ResizeObserver(() => latest.current());
		if (element.current) observer.observe(element.current);
		return () => observer.disconnect();
	}, []);
}
