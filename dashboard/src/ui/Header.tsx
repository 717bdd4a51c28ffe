// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What every view shows: where one is, how the cluster is doing, the master dimmer. */

import { useRef, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { Slider, Switch } from "./controls";
import { useSession, usePolled } from "./hooks";
import { Mark } from "./Mark";
import { Outcome } from "./Outcome";
import { percent } from "./text";
import { Undo } from "./Undo";
import "./Header.css";

export const VIEWS = [
	["shelf", "Shelf"],
	["strip", "Strip"],
	["scenes", "Scenes"],
	["presets", "Presets"],
	["effects", "Effects"],
	["sync", "Sync"],
	["events", "Events"],
] as const;

export type ViewName = (typeof VIEWS)[number][0];

function Dimmer({ view }: { view: ClusterView }) {
	const { cluster } = useSession();
	const [sent, setSent] = useState<number[]>([]);
	const [before, setBefore] = useState(255);
	const { brightness } = view.dim;
	const dim = (to: number) => setSent([cluster.dim(to)]);
	const blackout = (on: boolean) => {
		if (on) setBefore(brightness);
		dim(on ? 0 : before || 255);
	};
	return (
		<div class="dimmer">
			<Slider label="master dimmer" value={brightness} min={0} max={255} text={percent} onChange={dim} />
			<Switch label="blackout" on={brightness === 0} onChange={blackout} />
			<Outcome view={view} keys={sent} />
		</div>
	);
}

function Headline({ view }: { view: ClusterView }) {
	const { cluster } = useSession();
	const headline = usePolled(() => cluster.headline(cluster.nowUs()));
	return (
		<p class="headline">
			<span class={`dot ${view.link.state === "online" ? "good" : "bad"}`} />
			{headline}
		</p>
	);
}

function Motion() {
	const { renderer } = useSession();
	const moving = usePolled(() => renderer.moving);
	return (
		<Switch
			label="motion"
			on={moving}
			title="when off, the pictures stand still and are drawn again every few seconds"
			onChange={(on) => renderer.setMoving(on)}
		/>
	);
}

/** How much trouble there has been since somebody last looked at the list of events. */
function useTrouble({ events }: ClusterView, here: ViewName): number {
	const seen = useRef(0);
	if (here === "events") seen.current = events[0]?.key ?? seen.current;
	return events.filter((e) => e.bad && e.key > seen.current).length;
}

export function Header({ view, here }: { view: ClusterView; here: ViewName }) {
	const { user, logOut } = useSession();
	const trouble = useTrouble(view, here);
	return (
		<header>
			<div class="bar">
				<h1>
					<Mark />
					Glowswarm
				</h1>
				<nav aria-label="views">
					{VIEWS.map(([name, text]) => (
						<a key={name} href={`#${name}`} aria-current={here === name ? "page" : undefined}>
							{text}
							{name === "events" && trouble > 0 && (
								<span class="count">
									{trouble}
									<span class="unseen"> new in trouble</span>
								</span>
							)}
						</a>
					))}
				</nav>
				<div class="account">
					<Motion />
					<span class="user">
						{user || "no account"}
						{view.mayCommand === false && ", may only look"}
					</span>
					<button type="button" class="quiet-do" onClick={logOut}>
						Log out
					</button>
				</div>
			</div>
			<div class="bar under">
				<Headline view={view} />
				{view.mayCommand && <Undo view={view} />}
				{view.mayCommand && view.conductor.leads && <Dimmer view={view} />}
			</div>
		</header>
	);
}
