// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Choosing boards on the shelf: one more or one less than those that are chosen, by themselves or with their group. */

import { useCallback, useEffect, useRef } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { nodesOf, type Selection } from "./hooks";

export interface Choosing {
	isIn(id: string): boolean;
	select(id: string): void;
}

export function useChoosing(view: ClusterView, selection: Selection, onSelection: (selection: Selection) => void): Choosing {
	const chosen = selection.kind === "all" ? [] : nodesOf(selection, view).map((node) => node.id);
	const select = useCallback(
		(id: string) => {
			const ids = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
			onSelection(ids.length ? { kind: "nodes", ids } : { kind: "all" });
		},
		[chosen.join(" "), onSelection],
	);
	return { isIn: (id) => chosen.includes(id), select };
}

/* Somebody does something elsewhere. */
const isBusy = () => document.activeElement?.matches(":not(body, main)") ?? false;

/** Brings the board that the address names into sight, and the focus to it, as soon as it is there: #shelf/pi3. Behind
 * the page's own scrolling, which is done by then; one that comes later takes nobody's focus away. */
export function useNamedBoard(list: { current: HTMLElement | null }, id: string): void {
	const shown = useRef("");
	useEffect(() => {
		if (shown.current === id || !list.current) return;
		const board = list.current.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.closest<HTMLElement>(".board");
		if (board || isBusy() || !/^[^!]/.test(id)) shown.current = id;
		if (!board) return;
		board.scrollIntoView({ block: "center" });
		board.focus({ preventScroll: true });
	});
}
