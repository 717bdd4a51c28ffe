// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What every view shows: where one is, how the cluster is doing, the master dimmer. */

import { useRef } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { heardOf } from "../model/status";
import { Switch } from "./controls";
import { Dimmer } from "./Dimmer";
import { useSession, usePolled } from "./hooks";
import { Mark } from "./Mark";
import { Status } from "./Status";
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

export function Header({ view, here, settled }: { view: ClusterView; here: ViewName; settled: boolean }) {
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
				<Status view={view} settled={settled} />
				{view.mayCommand && <Undo view={view} />}
				{view.mayCommand && <Dimmer view={view} may={heardOf(view) === "all"} />}
			</div>
		</header>
	);
}
