// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Controls for the chosen boards. They show what the boards report, and every
 * change is sent at once. */

import { useEffect, useState } from "preact/hooks";
import type { ClusterView, NodeView } from "../model/cluster";
import type { Effect, ParamValue, State } from "../model/messages";
import { ColorField, EffectField, Slider, Switch } from "./controls";
import { nameOf, nodesOf, send, useSession, type Selection } from "./hooks";
import { Notices } from "./Notices";
import { Outcome } from "./Outcome";
import { capital, hexOf, percent } from "./text";

/** The value that all have in common; null when they differ or no state is known. */
function alike<T>(nodes: readonly NodeView[], of: (state: State) => T): T | null {
	const values = nodes.flatMap((n) => (n.state ? [of(n.state)] : []));
	const first = values[0];
	return first !== undefined && values.every((v) => v === first) ? first : null;
}

/** Effects that every online board of the selection has, or any where none is online; those in text are for all. */
function effectsOf(nodes: readonly NodeView[], view: ClusterView): readonly Effect[] {
	const online = nodes.filter((n) => n.online && n.info);
	if (!online.length) return view.effects;
	const common = view.effects.filter((e) => e.text !== undefined || online.every((n) => n.info!.effects.some((own) => own.name === e.name)));
	return common.filter((e) => e.name !== "identify");
}

function Whom({ view, selection, onSelection }: { view: ClusterView; selection: Selection; onSelection: (selection: Selection) => void }) {
	return (
		<div class="whom" role="group" aria-label="boards that the controls are for">
			<button type="button" class="chip" aria-pressed={selection.kind === "all"} onClick={() => onSelection({ kind: "all" })}>
				all
			</button>
			{view.groups.map((group) => (
				<button
					key={group}
					type="button"
					class="chip"
					aria-pressed={selection.kind === "group" && selection.group === group}
					onClick={() => onSelection({ kind: "group", group })}
				>
					{group}
				</button>
			))}
		</div>
	);
}

export function Panel({ view, selection, onSelection }: { view: ClusterView; selection: Selection; onSelection: (selection: Selection) => void }) {
	const { cluster } = useSession();
	const [fadeS, setFadeS] = useState(0.5);
	const [sent, setSent] = useState<number[]>([]);
	const [open, setOpen] = useState(false);
	const nodes = nodesOf(selection, view);
	const online = nodes.filter((n) => n.online);
	const effect = alike(online, (s) => (s.pixels || s.leds ? null : s.effect));
	const brightness = alike(online, (s) => s.brightness);
	const first = online.find((n) => n.state)?.state;

	useEffect(() => setSent([]), [JSON.stringify(selection)]);

	const set = (command: object) => setSent(send(cluster, selection, "set", command));
	const fade = fadeS > 0 ? { transition: fadeS } : {};
	const params = alike(online, (s) => JSON.stringify(s.params));

	return (
		<section class={`panel${open ? " open" : ""}`} aria-labelledby="panel-title">
			<button type="button" class="handle" aria-expanded={open} aria-controls="panel-body" onClick={() => setOpen(!open)}>
				Control {nameOf(selection)}
			</button>
			<div id="panel-body" class="panel-body">
				<div class="panel-head">
					<h2 id="panel-title">{selection.kind === "nodes" ? nameOf(selection) : capital(nameOf(selection))}</h2>
					<Outcome view={view} keys={sent} />
				</div>
				<Whom view={view} selection={selection} onSelection={onSelection} />
				<p class="quiet">
					{selection.kind === "all" ? "Choose single boards on the shelf." : "Choose more or fewer on the shelf; Esc lets go."}
				</p>
				{online.length === 0 ? (
					<p class="empty">{nodes.length ? "Offline: a command would reach nobody." : "No board here."}</p>
				) : (
					<>
						<div class="row">
							<Switch label="on" on={online.some((n) => n.state?.state === "ON")} onChange={(on) => set({ state: on ? "ON" : "OFF", ...fade })} />
							<button
								type="button"
								class="chip auto"
								aria-pressed={effect === "auto"}
								title="no light of its own: the scene shows, or what it shows when nothing plays"
								onClick={() => set({ effect: "auto", ...fade })}
							>
								follow the scene
							</button>
							<button
								type="button"
								class="chip"
								title="it blinks, so that somebody finds it"
								onClick={() => setSent(send(cluster, selection, "notify", { effect: "identify" }))}
							>
								find it
							</button>
						</div>
						<Slider
							label="brightness"
							value={brightness ?? first?.brightness ?? 255}
							min={0}
							max={255}
							text={(v) => (v === first?.brightness && brightness === null ? "mixed" : percent(v))}
							onChange={(v) => set({ brightness: v })}
						/>
						<ColorField label="colour" value={alike(online, (s) => hexOf(s.color))} onChange={(color) => set({ color, ...fade })} />
						{selection.kind === "nodes" && selection.ids.length === 1 && (
							<a class="quiet-do" href={`#paint/${selection.ids[0]}`}>
								Paint single LEDs
							</a>
						)}
						<h3>Effect</h3>
						<EffectField
							effects={effectsOf(nodes, view)}
							chosen={effect}
							params={params === null ? {} : (JSON.parse(params) as Record<string, ParamValue>)}
							onEffect={(name) => set({ effect: name, ...fade })}
							onParam={(name, value) => set({ params: { [name]: value } })}
						/>
						<Slider
							label="fade"
							value={fadeS}
							min={0}
							max={10}
							step={0.1}
							title="how long a change of colour, effect or on and off takes"
							text={(v) => (v ? `${v} s` : "none")}
							onChange={setFadeS}
						/>
						<Notices effects={effectsOf(nodes, view)} onNotify={(notice) => setSent(send(cluster, selection, "notify", notice))} />
					</>
				)}
			</div>
		</section>
	);
}
