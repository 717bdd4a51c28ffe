// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Presets: what shows is kept under a name, and shown again. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import type { Preset } from "../model/messages";
import { idOf } from "../model/order";
import { playlistOf } from "../model/playlist";
import { Choice, Slider } from "./controls";
import { nameOf, useSession, type Selection } from "./hooks";
import { Outcome } from "./Outcome";
import { Thumbs } from "./Sample";
import { Schedules } from "./Schedules";
import { Sure } from "./Sure";
import { Typed } from "./Typed";

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

/** "5 lights and 1 scene" */
function contents(preset: Preset): string {
	const { lights, scenes } = preset;
	const list = playlistOf(preset);
	if (list) return `a playlist of ${list.playlist.length}`;
	const parts = [lights && count(lights.length, "light"), scenes && (scenes.length ? count(scenes.length, "scene") : "no scene")];
	return parts.filter(Boolean).join(" and ");
}

type What = "all" | "lights" | "scenes" | "chosen";

/** What to keep, as preset/<name>/set has it. */
function wanted(what: What, selection: Selection): object {
	if (what === "chosen" && selection.kind === "nodes") return { target: { nodes: selection.ids } };
	if (what === "chosen" && selection.kind === "group") return { target: { groups: [selection.group] } };
	return what === "lights" || what === "scenes" ? { only: what } : {};
}

function Save({ view, selection }: { view: ClusterView; selection: Selection }) {
	const { cluster } = useSession();
	const [title, setTitle] = useState("");
	const [what, setWhat] = useState<What>("all");
	const [sent, setSent] = useState<number[]>([]);
	const name = idOf(title);
	const taken = view.presets.find((preset) => preset.name === name);
	const options: [What, string][] = [
		["all", "all that shows"],
		["lights", "the lights alone"],
		["scenes", "the scenes alone"],
		...(selection.kind === "all" ? [] : [["chosen", `the lights of ${nameOf(selection)}`] as [What, string]]),
	];
	return (
		<form
			class="save"
			onSubmit={(event) => {
				event.preventDefault();
				if (!name) return;
				setSent([cluster.keepPreset(name, { title: title.trim(), ...wanted(what, selection) })]);
				setTitle("");
			}}
		>
			<div class="field">
				<label for="preset-title">name</label>
				<input id="preset-title" type="text" maxLength={60} value={title} placeholder="Quiet evening" onInput={(e) => setTitle(e.currentTarget.value)} />
			</div>
			<Choice label="what to keep" value={what} options={options} onChange={setWhat} />
			<div class="row">
				<button type="submit" class="do" disabled={!name}>
					{taken ? `Replace ${taken.title || taken.name}` : "Save what shows"}
				</button>
				<Outcome view={view} keys={sent} done="saved" />
			</div>
			{title.trim() && !name && <p class="quiet">It needs a letter a–z or a digit, since programs know it by those.</p>}
		</form>
	);
}

interface RowProps {
	preset: Preset;
	mayCommand: boolean;
	onApply: () => void;
	onSent: (key: number) => void;
}

function Row({ preset, mayCommand, onApply, onSent }: RowProps) {
	const { cluster } = useSession();
	const looks = useMemo(() => cluster.looksOf(preset), [cluster, preset]);
	const { name } = preset;
	const title = preset.title || name;
	return (
		<li>
			<Thumbs of={`preset ${name}`} looks={looks} />
			<span class="what">
				{mayCommand ? (
					<Typed
						value={title}
						class="title"
						maxLength={60}
						aria-label={`title of ${name}`}
						onDone={(text) => onSent(cluster.renamePreset(name, text.trim()))}
					/>
				) : (
					<strong>{title}</strong>
				)}
				<span class="quiet">{contents(preset)}</span>
			</span>
			{mayCommand && (
				<span class="acts">
					<Sure label="Remove" of={title} sure="Remove for good" onSure={() => onSent(cluster.keepPreset(name, ""))} />
					<button type="button" class="do" onClick={onApply}>
						Show<span class="unseen"> {title}</span>
					</button>
				</span>
			)}
		</li>
	);
}

export function Presets({ view, selection }: { view: ClusterView; selection: Selection }) {
	const { cluster } = useSession();
	const [fadeS, setFadeS] = useState(1);
	const [sent, setSent] = useState<number[]>([]);
	const mayCommand = view.mayCommand === true;
	useEffect(() => cluster.followKept(), [cluster]);
	return (
		<div class="columns">
			<section class="card presets" aria-labelledby="presets-title">
				<h2 id="presets-title">Presets</h2>
				<p class="quiet">What shows now, kept under a name to be shown again: on all boards in one instant.</p>
				{mayCommand && <Save view={view} selection={selection} />}
				{view.presets.length ? (
					<>
						<ul class="kept" aria-label="presets">
							{view.presets.map((preset) => (
								<Row
									key={preset.name}
									preset={preset}
									mayCommand={mayCommand}
									onApply={() => setSent([cluster.applyPreset(preset.name, fadeS)])}
									onSent={(key) => setSent([key])}
								/>
							))}
						</ul>
						{mayCommand && <Slider label="fade into a preset" value={fadeS} min={0} max={30} step={0.5} text={(v) => (v ? `${v} s` : "none")} onChange={setFadeS} />}
					</>
				) : (
					<p class="empty">Nothing is kept yet.</p>
				)}
				<Outcome view={view} keys={sent} />
			</section>
			<Schedules view={view} />
		</div>
	);
}
