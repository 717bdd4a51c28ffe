// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Animations of the whole cluster: what plays, and playing something else. */

import { useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { heedsColor } from "../model/kinds";
import type { Effect, ParamValue, Scene } from "../model/messages";
import { heardOf } from "../model/status";
import { Choice, ColorField, Segments, Slider, Switch, TextField } from "./controls";
import { EffectField } from "./EffectField";
import { nameOf, useSession, useSeconds, type Selection } from "./hooks";
import { useKept } from "./kept";
import { Outcome } from "./Outcome";
import { effectName, lookText, percent, span, targetText } from "./text";
import "./Scenes.css";

interface Look {
	effect: string;
	params: Record<string, ParamValue>;
	color: string;
	brightness: number;
}

type Entry = Look & { key: number; durationS: number };

const PLAIN: Look = { effect: "rainbow", params: {}, color: "#ffffff", brightness: 255 };

/* In the form of scene/play. An effect without a colour of its own gets none, which would only confuse whoever reads it back. */
function asCommand(look: Look, effects: readonly Effect[]): object {
	return {
		effect: look.effect,
		params: look.params,
		brightness: look.brightness,
		...(heedsColor(effects, look.effect) ? { color: look.color } : {}),
	};
}

function LookFields({ look, effects, onLook }: { look: Look; effects: readonly Effect[]; onLook: (look: Look) => void }) {
	return (
		<>
			<EffectField
				effects={effects}
				chosen={look.effect}
				params={look.params}
				onEffect={(effect) => onLook({ ...look, effect, params: {} })}
				onParam={(name, value) => onLook({ ...look, params: { ...look.params, [name]: value } })}
			/>
			{heedsColor(effects, look.effect) && <ColorField label="colour" value={look.color} onChange={(color) => onLook({ ...look, color })} />}
			<Slider label="brightness" value={look.brightness} min={1} max={255} text={percent} onChange={(brightness) => onLook({ ...look, brightness })} />
		</>
	);
}

function Playing({ scene, mayCommand, onStop }: { scene: Scene; mayCommand: boolean; onStop: (id: string) => void }) {
	const { cluster } = useSession();
	useSeconds();
	const now = cluster.nowUs();
	const at = cluster.entryAt(scene, now);
	const look = scene.playlist ? scene.playlist[at ?? 0] : scene;
	const place = scene.playlist && at !== null ? `, ${at + 1} of ${scene.playlist.length}` : "";
	const when =
		now < scene.start_us
			? `begins in ${span((scene.start_us - now) / 1e6)}`
			: `for ${span((now - scene.start_us) / 1e6)}${scene.end_us === null ? "" : `, ${span((scene.end_us - now) / 1e6)} left`}`;
	return (
		<li class="scene">
			<div>
				<strong>{look ? lookText(look) : "nothing"}</strong>
				{place}
				<p class="quiet">
					{scene.id} · {targetText(scene.target)} · {scene.span === "cluster" ? "one strip" : "each board alike"} · {when}
				</p>
			</div>
			{mayCommand && (
				<button type="button" class="quiet-do" onClick={() => onStop(scene.id)}>
					Stop<span class="unseen"> {scene.id}</span>
				</button>
			)}
		</li>
	);
}

function PlaylistFields({ entries, effects, onEntries }: { entries: readonly Entry[]; effects: readonly Effect[]; onEntries: (entries: Entry[]) => void }) {
	const change = (k: number, to: Partial<Entry>) => onEntries(entries.map((e, i) => (i === k ? { ...e, ...to } : e)));
	const move = (k: number, by: number) => {
		const moved = [...entries];
		const [entry] = moved.splice(k, 1);
		moved.splice(k + by, 0, entry!);
		onEntries(moved);
	};
	return (
		<ol class="playlist">
			{entries.map((entry, k) => (
				<li key={entry.key}>
					<details>
						<summary>
							<span class="swatch small" style={{ "--swatch": entry.color }} />
							{effectName(entry.effect)} <span class="quiet">{span(entry.durationS)}</span>
						</summary>
						<div class="stack">
						<LookFields look={entry} effects={effects} onLook={(look) => change(k, look)} />
						<Slider label="for" value={entry.durationS} min={1} max={120} text={span} onChange={(durationS) => change(k, { durationS })} />
						<div class="row">
							<button type="button" class="quiet-do" disabled={k === 0} onClick={() => move(k, -1)}>
								Earlier
							</button>
							<button type="button" class="quiet-do" disabled={k === entries.length - 1} onClick={() => move(k, 1)}>
								Later
							</button>
							<button type="button" class="quiet-do" disabled={entries.length === 1} onClick={() => onEntries(entries.filter((_, i) => i !== k))}>
								Remove
							</button>
						</div>
						</div>
					</details>
				</li>
			))}
		</ol>
	);
}

const FIRST_PLAYLIST: Entry[] = [
	{ ...PLAIN, effect: "plasma", key: 1, durationS: 15 },
	{ ...PLAIN, effect: "sparkle", key: 2, durationS: 10 },
];

/** Whatever is chosen on the shelf is meant here too, until somebody says otherwise. */
function whereOf(selection: Selection): string {
	if (selection.kind === "group") return `group ${selection.group}`;
	return selection.kind === "nodes" ? "chosen" : "all";
}

/** Why nothing can be played now; "" if it can. */
function hindrance(view: ClusterView): string {
	const heard = heardOf(view);
	if (heard === "no broker") return "There is no connection.";
	return heard === "no conductor" ? "There is no conductor to play it." : "";
}

function Play({ view, selection }: { view: ClusterView; selection: Selection }) {
	const { cluster } = useSession();
	const effects = view.effects.filter((e) => e.name !== "identify"); // a notice's
	const [kind, setKind] = useKept<"one" | "playlist">("play kind", "one");
	const [look, setLook] = useKept("play look", PLAIN);
	const [entries, setEntries] = useKept<readonly Entry[]>("play entries", FIRST_PLAYLIST);
	const [loop, setLoop] = useKept("play loop", true);
	const [whereSet, setWhere] = useState<string | null>(null);
	const where = whereSet ?? whereOf(selection);
	const [spans, setSpans] = useKept<"cluster" | "node">("play spans", "cluster");
	const [fadeS, setFadeS] = useKept("play fade", 1);
	const [forS, setForS] = useKept("play for", 0);
	const [id, setId] = useKept("play id", "main");
	const [sent, setSent] = useState<number[]>([]);

	const targets: [string, string][] = [
		["all", "all boards"],
		...view.groups.map((g): [string, string] => [`group ${g}`, `group ${g}`]),
		...(selection.kind === "nodes" ? [["chosen", `chosen: ${nameOf(selection)}`] as [string, string]] : []),
	];
	const targeted =
		where === "chosen" && selection.kind === "nodes"
			? { target: { nodes: selection.ids } }
			: where.startsWith("group ")
				? { target: { groups: [where.slice(6)] } }
				: {};

	function play() {
		const what =
			kind === "one"
				? asCommand(look, effects)
				: { playlist: entries.map((e) => ({ ...asCommand(e, effects), duration_s: e.durationS })), loop };
		setSent([
			cluster.play({
				...what,
				...targeted,
				span: spans,
				fade_ms: Math.round(fadeS * 1000),
				id,
				...(forS ? { duration_s: forS } : {}),
			}),
		]);
	}

	const why = hindrance(view);
	return (
		<section class="card" aria-labelledby="play-title">
			<h2 id="play-title">Play</h2>
			<Segments label="what to play" value={kind} options={[["one", "One effect"], ["playlist", "Playlist"]]} onChange={setKind} />
			{kind === "one" ? (
				<LookFields look={look} effects={effects} onLook={setLook} />
			) : (
				<>
					<PlaylistFields entries={entries} effects={effects} onEntries={setEntries} />
					<div class="row">
						<button
							type="button"
							class="quiet-do"
							onClick={() => setEntries([...entries, { ...PLAIN, key: Math.max(...entries.map((e) => e.key)) + 1, durationS: 10 }])}
						>
							Add an entry
						</button>
						<Switch label="begin again at the end" on={loop} onChange={setLoop} />
					</div>
				</>
			)}
			<hr />
			<Choice label="on" value={where} options={targets} onChange={setWhere} />
			<Segments label="how it spreads" value={spans} options={[["cluster", "As one strip"], ["node", "Each board alike"]]} onChange={setSpans} />
			<Slider label="fade of the scene" value={fadeS} min={0} max={10} step={0.1} text={(v) => (v ? `${v} s` : "none")} onChange={setFadeS} />
			<Slider label="ends after" value={forS} min={0} max={600} step={5} text={(v) => (v ? span(v) : "never")} onChange={setForS} />
			<TextField label="name" value={id} max={64} title="replaces a scene of the same name that is playing" onChange={(v) => setId(v || "main")} />
			<div class="row">
				<button type="button" class="do" disabled={why !== ""} onClick={play}>
					Play
				</button>
				{why ? <span class="quiet">{why}</span> : <Outcome view={view} keys={sent} />}
			</div>
		</section>
	);
}

export function Scenes({ view, selection }: { view: ClusterView; selection: Selection }) {
	const { cluster } = useSession();
	const [sent, setSent] = useState<number[]>([]);
	useSeconds();
	const now = cluster.nowUs();
	const mayCommand = view.mayCommand === true;
	const playing = view.scenes.filter((s) => now < s.start_us || cluster.entryAt(s, now) !== null);
	return (
		<div class="columns">
			<section class="card" aria-labelledby="playing-title">
				<h2 id="playing-title">Playing</h2>
				{playing.length ? (
					<>
						<ul class="scenes">
							{[...playing].reverse().map((s) => (
								<Playing key={`${s.id} ${s.start_us}`} scene={s} mayCommand={mayCommand} onStop={(id) => setSent([cluster.stop({ id, fade_ms: 1000 })])} />
							))}
						</ul>
						{mayCommand && (
							<button type="button" class="quiet-do" onClick={() => setSent([cluster.stop({ fade_ms: 1000 })])}>
								Stop all
							</button>
						)}
					</>
				) : (
					<p class="empty">
						{view.nodes.length ? "Nothing plays. Boards show their own light, or what they show when nothing plays." : "There are no boards to play anything on."}
					</p>
				)}
				<Outcome view={view} keys={sent} />
			</section>
			{mayCommand && view.nodes.length > 0 && <Play view={view} selection={selection} />}
		</div>
	);
}
