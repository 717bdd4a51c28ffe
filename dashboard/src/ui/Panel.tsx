// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Controls for the chosen boards. They show what the boards report, and every
 * change is sent at once. */

import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { ClusterView, NodeView } from "../model/cluster";
import type { Effect } from "../model/messages";
import { Across, waysOf } from "./Across";
import { Segments, Slider } from "./controls";
import { nameOf, nodesOf, send, useSession, type Selection } from "./hooks";
import { LightFields } from "./LightFields";
import { Notices } from "./Notices";
import { Outcome } from "./Outcome";
import { capital } from "./text";

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
	const [way, setWay] = useState<"light" | "scene">("light");
	const nodes = useMemo(() => nodesOf(selection, view), [selection, view.nodes]);
	const online = useMemo(() => nodes.filter((n) => n.online), [nodes]);
	const effects = useMemo(() => effectsOf(nodes, view), [view.effects, nodes]);
	const alone = selection.kind === "nodes" && nodes.length === 1;
	const ways = waysOf(selection);
	const lit = view.conductor.leads ? way : "light";
	const give = useCallback((kind: "set" | "notify", command: object) => setSent(send(cluster, selection, kind, command)), [cluster, selection]);

	useEffect(() => setSent([]), [JSON.stringify(selection)]);

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
				{alone && location.hash !== `#shelf/${nodes[0]!.id}/all` && (
					<a class="quiet-do" href={`#shelf/${nodes[0]!.id}/all`}>
						All of {nodes[0]!.id}
					</a>
				)}
				<p class="quiet">
					{selection.kind === "all" ? "Choose single boards on the shelf." : "Choose more or fewer on the shelf; Esc lets go."}
				</p>
				{online.length === 0 ? (
					<p class="empty">{nodes.length ? "Offline: a command would reach nobody." : "No board here."}</p>
				) : (
					<>
						{alone && (
							<a class="quiet-do" href={`#paint/${nodes[0]!.id}`}>
								Paint single LEDs
							</a>
						)}
						{view.conductor.leads && <Segments label="how they are lit" value={lit} options={[["light", ways[0]], ["scene", ways[1]]]} onChange={setWay} />}
						<p class="quiet">{lit === "light" ? "A light of its own, which lies over any scene." : "One picture, of which each board shows its part."}</p>
						{lit === "light" ? (
							<LightFields nodes={online} effects={effects} fadeS={fadeS} onSend={give} />
						) : (
							<Across view={view} selection={selection} nodes={alone ? view.nodes : nodes} effects={effects} fadeS={fadeS} onSent={setSent} />
						)}
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
						{lit === "light" && <Notices effects={effects} onNotify={(notice) => give("notify", notice)} />}
					</>
				)}
			</div>
		</section>
	);
}
