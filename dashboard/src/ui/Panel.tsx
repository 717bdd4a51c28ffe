// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Controls of the chosen boards. What they show is what the boards say of
 * themselves; what is done with them is sent at once. */

import { useState } from "preact/hooks";
import type { ClusterView, NodeView } from "../model/cluster";
import type { Effect, ParamValue, State } from "../model/messages";
import { ColorField, EffectField, Slider, Switch } from "./controls";
import { nameOf, nodesOf, send, useDesk, type Target } from "./hooks";
import { Notices } from "./Notices";
import { Outcome } from "./Outcome";
import { capital, hexOf, percent } from "./text";

/** What all have alike; null when they differ or nobody says. */
function alike<T>(nodes: readonly NodeView[], of: (state: State) => T): T | null {
	const values = nodes.flatMap((n) => (n.state ? [of(n.state)] : []));
	const first = values[0];
	return first !== undefined && values.every((v) => v === first) ? first : null;
}

/** Effects that every online board of the target has, or any where none is online. */
function effectsOf(nodes: readonly NodeView[], view: ClusterView): readonly Effect[] {
	const online = nodes.filter((n) => n.online && n.info);
	if (!online.length) return view.effects;
	const common = view.effects.filter((e) => online.every((n) => n.info!.effects.some((own) => own.name === e.name)));
	return common.filter((e) => e.name !== "identify");
}

function Whom({ view, target, onTarget }: { view: ClusterView; target: Target; onTarget: (target: Target) => void }) {
	return (
		<div class="whom" role="group" aria-label="whom the controls are for">
			<button type="button" class="chip" aria-pressed={target.kind === "all"} onClick={() => onTarget({ kind: "all" })}>
				all
			</button>
			{view.groups.map((group) => (
				<button
					key={group}
					type="button"
					class="chip"
					aria-pressed={target.kind === "group" && target.group === group}
					onClick={() => onTarget({ kind: "group", group })}
				>
					{group}
				</button>
			))}
		</div>
	);
}

export function Panel({ view, target, onTarget }: { view: ClusterView; target: Target; onTarget: (target: Target) => void }) {
	const { cluster } = useDesk();
	const [fadeS, setFadeS] = useState(0.5);
	const [sent, setSent] = useState<number[]>([]);
	const [open, setOpen] = useState(false);
	const nodes = nodesOf(target, view);
	const online = nodes.filter((n) => n.online);
	const effect = alike(online, (s) => (s.painted ? null : s.effect));
	const brightness = alike(online, (s) => s.brightness);
	const first = online.find((n) => n.state)?.state;

	const set = (command: object) => setSent(send(cluster, target, "set", command));
	const fade = fadeS > 0 ? { transition: fadeS } : {};
	const params = alike(online, (s) => JSON.stringify(s.params));

	return (
		<section class={`panel${open ? " open" : ""}`} aria-labelledby="panel-title">
			<button type="button" class="handle" aria-expanded={open} aria-controls="panel-body" onClick={() => setOpen(!open)}>
				Control {nameOf(target)}
			</button>
			<div id="panel-body" class="panel-body">
				<h2 id="panel-title">{target.kind === "nodes" ? nameOf(target) : capital(nameOf(target))}</h2>
				<Whom view={view} target={target} onTarget={onTarget} />
				<p class="quiet">
					{target.kind === "nodes" ? "Choose further boards on the shelf, or all of a group." : "Choose single boards on the shelf."}
				</p>
				{online.length === 0 ? (
					<p class="empty">{nodes.length ? "Offline: a command would reach nobody." : "No board here."}</p>
				) : (
					<>
						<Outcome view={view} keys={sent} />
						<div class="row">
							<Switch label="on" on={online.some((n) => n.state?.on)} onChange={(on) => set({ state: on ? "ON" : "OFF", ...fade })} />
							<button
								type="button"
								class="chip auto"
								aria-pressed={effect === "auto"}
								title="let go: the scene shows, or the idle display"
								onClick={() => set({ effect: "auto", ...fade })}
							>
								auto
							</button>
							<button
								type="button"
								class="chip"
								title="blink so that somebody finds it"
								onClick={() => setSent(send(cluster, target, "notify", { effect: "identify" }))}
							>
								identify
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
						<Notices effects={effectsOf(nodes, view)} onNotify={(notice) => setSent(send(cluster, target, "notify", notice))} />
					</>
				)}
			</div>
		</section>
	);
}
