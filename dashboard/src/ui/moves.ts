// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Getting about: focus, scrolling, keys, and what the window's title says. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

type Box = { current: HTMLElement | null };

/** The element has the focus as soon as it is there. */
export function useFocus(box: Box): void {
	useLayoutEffect(() => box.current?.focus({ preventScroll: true }), []);
}

/** Each place of the page is where it was left. */
export function useScroll(place: string): void {
	const left = useRef(new Map<string, number>());
	useLayoutEffect(() => {
		history.scrollRestoration = "manual";
		scrollTo(0, left.current.get(place) ?? 0);
		const keep = () => void left.current.set(place, scrollY);
		addEventListener("scroll", keep, { passive: true });
		return () => removeEventListener("scroll", keep);
	}, [place]);
}

/** Calls back for Escape, unless somebody else had a use for it. */
export function useEscape(escaped: () => unknown): void {
	const latest = useRef(escaped);
	latest.current = escaped;
	useEffect(() => {
		const pressed = (e: KeyboardEvent) => {
			if (e.key === "Escape" && !e.defaultPrevented && !(e.target as Element).closest("select, dialog, [role=dialog]")) latest.current();
		};
		addEventListener("keydown", pressed);
		return () => removeEventListener("keydown", pressed);
	}, []);
}

export function useTitle(title: string): void {
	useEffect(() => {
		document.title = title;
		return () => void (document.title = "Glowswarm");
	}, [title]);
}

/** The one that is next in that direction on the page: the nearest in the same line or column, about. */
function nextOf(from: HTMLElement, all: readonly HTMLElement[], key: string): HTMLElement | undefined {
	const at = all.indexOf(from);
	if (key === "ArrowRight") return all[at + 1];
	if (key === "ArrowLeft") return all[at - 1];
	if (key === "Home") return all[0];
	if (key === "End") return all.at(-1);
	const { top, left } = from.getBoundingClientRect();
	const down = key === "ArrowDown" ? 1 : -1;
	const far = (one: HTMLElement) => {
		const box = one.getBoundingClientRect();
		return { line: (box.top - top) * down, column: Math.abs(box.left - left) };
	};
	const beyond = all.filter((one) => far(one).line > 1);
	const line = Math.min(...beyond.map((one) => far(one).line));
	return beyond.filter((one) => far(one).line < line + 1).sort((a, b) => far(a).column - far(b).column)[0];
}

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

function stopAt(stop: HTMLElement | undefined, all: Iterable<HTMLElement>): void {
	for (const one of all) {
		const index = one === stop ? "0" : "-1";
		if (one.getAttribute("tabindex") !== index) one.setAttribute("tabindex", index);
	}
}

/** A list of buttons that match `which` is one stop of the Tab key; arrow keys, Home and End go from one to the other. */
export function useArrows(box: Box, which: string): void {
	const last = useRef<HTMLElement | null>(null);
	useLayoutEffect(() => {
		const all = [...(box.current?.querySelectorAll<HTMLElement>(which) ?? [])];
		const stop = last.current && all.includes(last.current) ? last.current : all[0];
		stopAt(stop, all);
	});
	useEffect(() => {
		const list = box.current;
		if (!list) return;
		const own = (e: Event) => (e.target as Element).closest<HTMLElement>(which);
		const entered = (e: FocusEvent) => {
			const one = own(e);
			if (!one) return;
			stopAt(one, list.querySelectorAll<HTMLElement>(which));
			last.current = one;
		};
		const pressed = (e: KeyboardEvent) => {
			const one = own(e);
			if (!one || one !== e.target || !ARROWS.includes(e.key) || e.ctrlKey || e.altKey || e.metaKey) return;
			const next = nextOf(one, [...list.querySelectorAll<HTMLElement>(which)], e.key);
			e.preventDefault();
			next?.focus();
		};
		list.addEventListener("focusin", entered);
		list.addEventListener("keydown", pressed);
		return () => {
			list.removeEventListener("focusin", entered);
			list.removeEventListener("keydown", pressed);
		};
	}, [box.current]);
}
