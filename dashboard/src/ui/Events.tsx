// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What happened, and what was asked for from this page. */

import { useState } from "preact/hooks";
import type { ClusterView, CommandView } from "../model/cluster";
import { Segments } from "./controls";
import { StatusWord } from "./Outcome";
import { clock } from "./text";
import "./Events.css";

const SHOWN = 240; // a text has up to 4096

const short = (payload: string): string => (payload.length > SHOWN ? `${payload.slice(0, SHOWN)}…` : payload);

function Command({ command }: { command: CommandView }) {
	return (
		<li>
			<time>{clock(command.at)}</time>
			<span class="what">
				<code>{command.topic}</code> <code class="payload">{short(command.payload)}</code>
				{command.times > 1 && <span class="quiet"> the last of {command.times}</span>}
				{command.message && <span class="quiet"> {command.message}</span>}
			</span>
			<StatusWord status={command.status} />
		</li>
	);
}

export function Events({ view }: { view: ClusterView }) {
	const [which, setWhich] = useState<"all" | "bad">("all");
	const events = which === "all" ? view.events : view.events.filter((e) => e.bad);
	return (
		<div class="columns">
			<section class="card" aria-labelledby="events-title">
				<div class="row">
					<h2 id="events-title">Events</h2>
					<Segments label="which events" value={which} options={[["all", "All"], ["bad", "Trouble"]]} onChange={setWhich} />
				</div>
				{events.length ? (
					<ol class="log" aria-labelledby="events-title">
						{events.map((e) => (
							<li key={e.key} class={e.bad ? "bad" : ""}>
								<time>{clock(e.at)}</time>
								<span class="who">{e.who || "cluster"}</span>
								<span class="what">{e.text}</span>
							</li>
						))}
					</ol>
				) : (
					<p class="empty">{which === "all" ? "Nothing has happened since you logged in." : "No trouble since you logged in."}</p>
				)}
			</section>
			{view.mayCommand && (
				<section class="card" aria-labelledby="commands-title">
					<h2 id="commands-title">Sent from here</h2>
					{view.commands.length ? (
						<ol class="log commands">
							{view.commands.map((c) => (
								<Command key={c.key} command={c} />
							))}
						</ol>
					) : (
						<p class="empty">Nothing yet.</p>
					)}
				</section>
			)}
		</div>
	);
}
