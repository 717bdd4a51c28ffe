// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* All boards, as large as there is room for them. */

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { geometryOf } from "../draw/geometry";
import type { Cluster, ClusterView, NodeView } from "../model/cluster";
import { EVERYTHING, FIELD_RATIO, type Find, found, IN_SIGHT, type Layout, layoutOf, type Room, ROW_RATIO } from "../model/shelf";
import { heardOf } from "../model/status";
import { Board } from "./Board";
import { useChoosing, useNamedBoard } from "./choosing";
import { FindBar } from "./Find";
import { type Selection, useResize, useSession } from "./hooks";
import { Lights } from "./Lights";
import { useArrows } from "./moves";
import "./Shelf.css";

const FEW = 5; // of so many everybody finds his own
const ROW = 8; // LEDs that fit into a low place
const LEAST_HEIGHT = 260;
const MORE = 4;
const PATIENCE_MS = 3000;

function NoBoards({ settled }: { settled: boolean }) {
	if (!settled) return <p class="empty">Looking for boards…</p>;
	return (
		<div class="empty">
			<p>No boards yet. A board appears as soon as its bridge reaches the broker:</p>
			<pre tabIndex={0}>glow-bridge --broker mqtt://… --node pi1</pre>
		</div>
	);
}

/** What there is from the element down to the window's edge, with the page scrolled to its top. */
function useRoom(): [{ current: HTMLDivElement | null }, Room | null] {
	const box = useRef<HTMLDivElement>(null);
	const [room, setRoom] = useState<Room | null>(null);
	const look = useCallback(() => {
		if (!box.current) return;
		const { top, width } = box.current.getBoundingClientRect();
		const below = Number.parseFloat(getComputedStyle(box.current.closest("main")!).paddingBottom);
		const height = Math.max(LEAST_HEIGHT, Math.floor(innerHeight - top - scrollY - below));
		setRoom((was) => (was?.width === width && was.height === height ? was : { width, height }));
	}, []);
	useResize(box, look);
	useEffect(() => {
		addEventListener("resize", look);
		return () => removeEventListener("resize", look);
	}, [look]);
	return [box, room];
}

/* A look at another view does not forget it. */
const kept = new WeakMap<Cluster, Find>();

function useFind(place: string): [Find, (find: Find) => void] {
	const { cluster } = useSession();
	const [find, setFind] = useState(kept.get(cluster) ?? EVERYTHING);
	const put = useCallback(
		(to: Find) => {
			kept.set(cluster, to);
			setFind(to);
		},
		[cluster],
	);
	useEffect(() => {
		if (place === TROUBLE) put({ ...EVERYTHING, only: "trouble", order: "trouble" });
	}, [place, put]);
	return [find, put];
}

/* How many boards to make: of very many first those in sight, and the others when the browser has nothing else to do. */
function useGrowing(n: number): number {
	const [most, setMost] = useState(IN_SIGHT);
	useEffect(() => {
		if (n <= most) return;
		const grow = () => setMost(MORE * most);
		if (!("requestIdleCallback" in globalThis)) {
			const timer = setTimeout(grow, PATIENCE_MS / 10);
			return () => clearTimeout(timer);
		}
		const idle = requestIdleCallback(grow, { timeout: PATIENCE_MS });
		return () => cancelIdleCallback(idle);
	}, [n > most, most]);
	return most;
}

/** #shelf/!trouble shows the boards that need attention. */
export const TROUBLE = "!trouble";

const isWide = ({ info }: NodeView) => !info || (!geometryOf(info.shape, info.pixels).round && info.pixels <= ROW);

/* As CSS has them. */
function styleOf({ columns, width, gap, kind }: Layout, ratio: number) {
	return { "--columns": columns, "--width": `${width}px`, "--gap": `${gap}px`, ...(kind === "photo" ? {} : { "--ratio": ratio }) };
}

interface ShelfProps {
	view: ClusterView;
	place: string;
	settled: boolean;
	selection: Selection;
	onSelection: (selection: Selection) => void;
}

/* What is measured here is there from the first time on. */
export function Shelf(props: ShelfProps) {
	return props.view.nodes.length ? <Boards {...props} /> : <NoBoards settled={props.settled} />;
}

function Boards({ view, place, settled, selection, onSelection }: ShelfProps) {
	const { cluster } = useSession();
	const [box, room] = useRoom();
	const [find, setFind] = useFind(place);
	const heard = heardOf(view);
	const titles = view.wanted.nodes;
	const nodes = useMemo(() => found(view.nodes, find, heard, titles), [view.nodes, find, heard, titles]);
	const { isIn, select } = useChoosing(view, selection, onSelection);
	const list = useRef<HTMLUListElement>(null);
	useArrows(list, ".board");
	useNamedBoard(list, place);
	const ratio = useMemo(() => (nodes.every(isWide) ? ROW_RATIO : FIELD_RATIO), [nodes]);
	/* While they come they do not get smaller and smaller: the roster knows how many there will be. */
	const coming = settled || nodes.length < view.nodes.length ? 0 : view.roster.nodes.length;
	const layout = room && layoutOf(Math.max(nodes.length, coming), room, ratio);
	const most = useGrowing(nodes.length);
	const made = useMemo(() => nodes.slice(0, most), [nodes, most]);
	/* A beacon makes another view, but the same boards. */
	const boards = useMemo(
		() => layout && made.map((node) => <Board key={node.id} node={node} kind={layout.kind} heard={heard} selected={isIn(node.id)} onSelect={view.mayCommand ? select : undefined} />),
		[made, layout?.kind, heard, select, view.mayCommand],
	);
	const choose = () => onSelection({ kind: "nodes", ids: nodes.map(({ id }) => id) });
	return (
		<div>
			{view.nodes.length > FEW && <FindBar view={view} find={find} count={nodes.length} onFind={setFind} onChoose={view.mayCommand ? choose : undefined} />}
			<div ref={box} class="shelf-box">
				{nodes.length === 0 && <p class="empty">{find.only === "trouble" && !find.words ? "No board needs attention." : "No board is like that."}</p>}
				{layout && (
					<ul ref={list} class={`shelf ${layout.kind}`} style={styleOf(layout, ratio)} aria-label="boards">
						{boards}
					</ul>
				)}
				{layout && layout.kind !== "photo" && <Lights nodes={made} layout={`${layout.kind} ${layout.columns} ${layout.width}`} ratio={ratio} pictures={cluster} />}
			</div>
		</div>
	);
}
