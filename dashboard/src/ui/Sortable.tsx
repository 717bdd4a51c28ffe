// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A list that people put in order: each item has a handle, which is dragged, or moved by arrow keys. */

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { moved, placeBy } from "../model/order";
import "./Sortable.css";

interface SortableProps<T> {
	label: string;
	items: readonly T[];
	keyOf: (item: T) => string;
	nameOf: (item: T) => string;
	onOrder: (items: readonly T[]) => void;
	/** What stands beside the handle. */
	children: (item: T, k: number) => ComponentChildren;
}

/** The item under a height of the window: the last whose middle is above it. */
function itemAt(list: HTMLElement, y: number): number {
	const middles = [...list.children].map((item) => {
		const { top, bottom } = item.getBoundingClientRect();
		return (top + bottom) / 2;
	});
	const first = middles.findIndex((middle) => y < middle);
	return first < 0 ? middles.length - 1 : first;
}

/** Follows the pointer from when it went down on a handle. The window hears it, since the item moves on the page meanwhile. */
function useDragged(list: { current: HTMLElement | null }, dropped: (from: number, to: number) => void) {
	const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
	const latest = useRef(dropped);
	latest.current = dropped;
	/* Before the next event: a short click is over before the next frame. */
	useLayoutEffect(() => {
		if (!drag) return;
		const move = (event: PointerEvent) => {
			if (!(event.buttons & 1)) return end(event);
			const to = itemAt(list.current!, event.clientY);
			if (to !== drag.to) setDrag({ from: drag.from, to });
		};
		const end = (event: PointerEvent) => {
			setDrag(null);
			if (event.type === "pointerup" && drag.from !== drag.to) latest.current(drag.from, drag.to);
		};
		addEventListener("pointermove", move);
		addEventListener("pointerup", end);
		addEventListener("pointercancel", end);
		return () => {
			removeEventListener("pointermove", move);
			removeEventListener("pointerup", end);
			removeEventListener("pointercancel", end);
		};
	}, [drag, list]);
	return [drag, (from: number) => setDrag({ from, to: from })] as const;
}

export function Sortable<T>({ label, items, keyOf, nameOf, onOrder, children }: SortableProps<T>) {
	const list = useRef<HTMLOListElement>(null);
	const [said, setSaid] = useState("");
	const held = useRef<string | null>(null); // the key whose handle keeps the focus
	const put = (from: number, to: number) => {
		onOrder(moved(items, from, to));
		setSaid(`${nameOf(items[from]!)} is number ${to + 1} of ${items.length}`);
	};
	const [drag, begin] = useDragged(list, put);
	const shown = drag ? moved(items, drag.from, drag.to) : items;
	useEffect(() => {
		if (held.current !== null) list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(held.current)}"]`)?.focus();
		held.current = null;
	});
	return (
		<>
			<ol ref={list} class={`sortable${drag ? " dragging" : ""}`} aria-label={label}>
				{shown.map((item, k) => (
					<li key={keyOf(item)} class={drag?.to === k ? "dragged" : ""}>
						<button
							type="button"
							class="grip"
							data-key={keyOf(item)}
							aria-label={`Move ${nameOf(item)}`}
							title="drag it, or press an arrow key"
							onPointerDown={(event) => {
								if (event.button === 0) begin(k);
							}}
							onKeyDown={(event) => {
								const to = placeBy(event.key, k, items.length);
								if (to === null) return;
								event.preventDefault();
								held.current = keyOf(item);
								put(k, to);
							}}
						>
							<span aria-hidden="true" />
						</button>
						{children(item, k)}
					</li>
				))}
			</ol>
			<p class="unseen" role="status">
				{said}
			</p>
		</>
	);
}
