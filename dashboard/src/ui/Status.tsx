// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Whether all is well, and if not, where and what helps: the first that a person wants to know. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { numbersOf, summaryOf, troublesOf, type Trouble } from "../model/status";
import { useSession, useSeconds } from "./hooks";
import { lookText } from "./text";
import "./Status.css";

/** The looks of the scenes that run now, the topmost first. */
function usePlaying(view: ClusterView): string[] {
	const { cluster } = useSession();
	const now = cluster.nowUs();
	const looks = view.scenes.map((scene) => {
		const at = cluster.entryAt(scene, now);
		const look = at === null ? null : scene.playlist ? scene.playlist[at] : scene;
		return look ? lookText(look, view.effects) : null;
	});
	return looks.filter((look) => look !== null).reverse();
}

function One({ trouble: { who, what, remedy }, onGo }: { trouble: Trouble; onGo: () => void }) {
	return (
		<li>
			<strong>
				{who ? (
					<a href={`#shelf/${encodeURIComponent(who)}`} onClick={onGo}>
						{who}
					</a>
				) : (
					"The cluster"
				)}
			</strong>
			<span class="what">{what}</span>
			<span class="quiet">{remedy}</span>
		</li>
	);
}

/** Away by Escape, and by a click elsewhere. */
function useAway(box: { current: HTMLDetailsElement | null }, open: boolean, close: () => void): void {
	useEffect(() => {
		if (!open) return;
		const pressed = (e: KeyboardEvent) => {
			if (e.key !== "Escape") return;
			e.preventDefault();
			close();
			box.current?.querySelector("summary")?.focus();
		};
		const clicked = (e: Event) => !box.current?.contains(e.target as Node) && close();
		addEventListener("keydown", pressed, true);
		addEventListener("pointerdown", clicked);
		return () => {
			removeEventListener("keydown", pressed, true);
			removeEventListener("pointerdown", clicked);
		};
	}, [open]);
}

export function Status({ view, settled }: { view: ClusterView; settled: boolean }) {
	const box = useRef<HTMLDetailsElement>(null);
	const [open, setOpen] = useState(false);
	useSeconds();
	const troubles = troublesOf(view, settled);
	const summary = summaryOf(view, troubles, settled);
	const close = () => setOpen(false);
	useAway(box, open, close);
	const mark = troubles.length ? "bad" : summary === "All well" ? "good" : "fair";
	return (
		<div class="status">
			<details ref={box} open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
				<summary class={mark}>
					<span class={`dot ${mark}`} />
					{summary}
				</summary>
				{open && (
					<ol class="troubles" aria-label="what needs attention">
						{troubles.map((trouble) => (
							<One key={`${trouble.who} ${trouble.what}`} trouble={trouble} onGo={close} />
						))}
						{!troubles.length && <li>{summary === "All well" ? "Every board is online, lit and in phase." : "Nothing is known to be wrong."}</li>}
					</ol>
				)}
			</details>
			<p class="numbers">{numbersOf(view, usePlaying(view)).join(" · ")}</p>
		</div>
	);
}
