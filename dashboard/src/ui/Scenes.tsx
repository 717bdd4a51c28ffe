// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Animations of the whole cluster: what plays, and playing something else. */

import { useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { heedsColor, missing } from "../model/kinds";
import type { Effect, PlaylistScene, Scene } from "../model/messages";
import { asCommand, asPlaylist, type Entry, goneOn, type Look, plays } from "../model/playlist";
import { heardOf } from "../model/status";
import { Choice, ColorField, Segments, Slider, TextField } from "./controls";
import { EffectField } from "./EffectField";
import { nameOf, useSession, useSeconds, type Selection } from "./hooks";
import { useKept } from "./kept";
import { Outcome } from "./Outcome";
import { FIRST_ENTRIES, type List, listOf, PlaylistFields, SavedPlaylists } from "./Playlist";
import { effectName, lookText, percent, span, targetText } from "./text";
import "./Scenes.css";

const PLAIN: Look = { effect: "rainbow", params: {}, color: "#ffffff", brightness: 255 };

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

function Playing({ scene, effects, mayCommand, onStop }: { scene: Scene; effects: readonly Effect[]; mayCommand: boolean; onStop: (id: string) => void }) {
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
				<strong>{look ? lookText(look, effects) : "nothing"}</strong>
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

/** Whatever is chosen on the shelf is meant here too, until somebody says otherwise. */
function whereOf(selection: Selection): string {
	if (selection.kind === "group") return `group ${selection.group}`;
	return selection.kind === "nodes" ? "chosen" : "all";
}

/** Why these effects cannot be played now; "" if they can. */
function hindrance(view: ClusterView, names: readonly string[]): string {
	const heard = heardOf(view);
	if (heard === "no broker") return "There is no connection.";
	if (heard === "no conductor") return "There is no conductor to play it.";
	const gone = missing(view.effects, names);
	return gone && `No board has ${effectName(gone)}; choose another effect.`;
}

function Play({ view, selection, playing }: { view: ClusterView; selection: Selection; playing: readonly Scene[] }) {
	const { cluster } = useSession();
	const effects = view.effects.filter((e) => e.name !== "identify"); // a notice's
	const [kind, setKind] = useKept<"one" | "playlist">("play kind", "one");
	const [look, setLook] = useKept("play look", PLAIN);
	const [entries, setEntries] = useKept<readonly Entry[]>("play entries", FIRST_ENTRIES);
	const [loop, setLoop] = useKept("play loop", true);
	const [whereSet, setWhere] = useState<string | null>(null);
	const where = whereSet ?? whereOf(selection);
	const [spans, setSpans] = useKept<"cluster" | "node">("play spans", "cluster");
	const [fadeS, setFadeS] = useKept("play fade", 1);
	const [forS, setForS] = useKept("play for", 0);
	const [id, setId] = useKept("play id", "main");
	const [sent, setSent] = useState<number[]>([]);
	const [begun, setBegun] = useKept("play begun", entries); // as they play
	const list = { entries, loop };
	const setList = (to: List) => {
		setEntries(to.entries);
		setLoop(to.loop);
	};
	const current = kind === "playlist" ? playing.filter((scene): scene is PlaylistScene => scene.id === id && scene.playlist !== undefined).at(-1) : undefined;
	const changes = current && plays(current, begun) && (begun !== entries || current.loop !== loop) ? current : null;
	const edit = (scene: PlaylistScene) => {
		const to = listOf(scene);
		setList(to);
		setBegun(to.entries);
	};

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
				: { playlist: asPlaylist(entries, effects), loop };
		setBegun(entries);
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

	/** The playlist that plays under this name goes on with other entries, where it is. */
	function change(scene: PlaylistScene) {
		const { target, span, fade_ms, end_us } = scene;
		const start_us = goneOn(begun, entries, scene.start_us, Math.round(cluster.nowUs()));
		setBegun(entries);
		const end = end_us === null ? {} : { duration_s: (end_us - start_us) / 1e6 };
		setSent([cluster.play({ id, target, span, fade_ms, start_us, ...end, take: false, loop, playlist: asPlaylist(entries, effects) })]);
	}

	const why = hindrance(view, kind === "one" ? [look.effect] : entries.map(({ effect }) => effect));
	return (
		<section class="card" aria-labelledby="play-title">
			<h2 id="play-title">Play</h2>
			<Segments label="what to play" value={kind} options={[["one", "One effect"], ["playlist", "Playlist"]]} onChange={setKind} />
			{kind === "one" ? (
				<LookFields look={look} effects={effects} onLook={setLook} />
			) : (
				<>
					{current && !plays(current, begun) && (
						<button type="button" class="quiet-do" onClick={() => edit(current)}>
							Edit the playlist that plays
						</button>
					)}
					<PlaylistFields list={list} onList={setList} look={(entry, onEntry) => <LookFields look={entry} effects={effects} onLook={(look) => onEntry({ ...entry, ...look })} />} />
					<SavedPlaylists view={view} list={list} fadeMs={fadeS * 1000} effects={effects} onList={setList} />
				</>
			)}
			<hr />
			<Choice label="on" value={where} options={targets} onChange={setWhere} />
			<Segments label="how it spreads" value={spans} options={[["cluster", "As one strip"], ["node", "Each board alike"]]} onChange={setSpans} />
			<Slider label="fade of the scene" value={fadeS} min={0} max={10} step={0.1} text={(v) => (v ? `${v} s` : "none")} onChange={setFadeS} />
			<Slider label="ends after" value={forS} min={0} max={600} step={5} text={(v) => (v ? span(v) : "never")} onChange={setForS} />
			<TextField label="name" value={id} max={64} title="replaces a scene of the same name that is playing" onChange={(v) => setId(v || "main")} />
			<div class="row">
				{changes && (
					<button type="button" class="do" title="what shows goes on" disabled={why !== ""} onClick={() => change(changes)}>
						Change what plays
					</button>
				)}
				<button type="button" class={changes ? "quiet-do" : "do"} disabled={why !== ""} onClick={play}>
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
								<Playing key={`${s.id} ${s.start_us}`} scene={s} effects={view.effects} mayCommand={mayCommand} onStop={(id) => setSent([cluster.stop({ id, fade_ms: 1000 })])} />
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
			{mayCommand && view.nodes.length > 0 && <Play view={view} selection={selection} playing={playing} />}
		</div>
	);
}
