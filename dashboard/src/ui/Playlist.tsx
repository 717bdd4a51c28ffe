// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A playlist as it is edited: its entries in their order, and those that are saved. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import type { Effect, PlaylistScene } from "../model/messages";
import { idOf } from "../model/order";
import { asPreset, entriesOf, type Entry, nextKey, playlistOf } from "../model/playlist";
import { Slider, Switch } from "./controls";
import { useSession } from "./hooks";
import { Outcome } from "./Outcome";
import { Thumbs } from "./Sample";
import { Sortable } from "./Sortable";
import { Sure } from "./Sure";
import { effectName, span } from "./text";
import "./Presets.css";

export interface List {
	readonly entries: readonly Entry[];
	readonly loop: boolean;
}

const PLAIN = { params: {}, color: "#ffffff", brightness: 255 };

export const FIRST_ENTRIES: readonly Entry[] = [
	{ ...PLAIN, effect: "plasma", key: 1, durationS: 15 },
	{ ...PLAIN, effect: "sparkle", key: 2, durationS: 10 },
];

export const listOf = (scene: PlaylistScene): List => ({ entries: entriesOf(scene), loop: scene.loop });

/** `look` are the fields for how an entry looks. */
export function PlaylistFields({ list, onList, look }: { list: List; onList: (list: List) => void; look: (entry: Entry, onEntry: (to: Entry) => void) => ComponentChildren }) {
	const { entries } = list;
	const put = (to: readonly Entry[]) => onList({ ...list, entries: to });
	const change = (to: Entry) => put(entries.map((one) => (one.key === to.key ? to : one)));
	return (
		<>
			<Sortable label="entries of the playlist" items={entries} keyOf={({ key }) => String(key)} nameOf={({ effect }) => effectName(effect)} onOrder={put}>
				{(entry) => (
					<details class="entry">
						<summary>
							<Thumbs of={`entry ${entry.key}`} looks={[entry]} />
							{effectName(entry.effect)} <span class="quiet">{span(entry.durationS)}</span>
						</summary>
						<div class="stack">
							{look(entry, change)}
							<Slider label="for" value={entry.durationS} min={1} max={Math.max(120, entry.durationS)} text={span} onChange={(durationS) => change({ ...entry, durationS })} />
							<div class="row">
								<button type="button" class="quiet-do" disabled={entries.length === 1} onClick={() => put(entries.filter((one) => one !== entry))}>
									Remove<span class="unseen"> {effectName(entry.effect)}</span>
								</button>
							</div>
						</div>
					</details>
				)}
			</Sortable>
			<div class="row">
				<button type="button" class="quiet-do" onClick={() => put([...entries, { ...PLAIN, effect: "rainbow", key: nextKey(entries), durationS: 10 }])}>
					Add an entry
				</button>
				<Switch label="begin again at the end" on={list.loop} onChange={(loop) => onList({ ...list, loop })} />
			</div>
		</>
	);
}

function Save({ view, list, fadeMs, effects, onSent }: { view: ClusterView; list: List; fadeMs: number; effects: readonly Effect[]; onSent: (key: number) => void }) {
	const { cluster } = useSession();
	const [title, setTitle] = useState("");
	const name = idOf(title);
	const taken = view.presets.find((preset) => preset.name === name);
	return (
		<form
			class="row"
			onSubmit={(event) => {
				event.preventDefault();
				if (name) onSent(cluster.keepPreset(name, { title: title.trim(), ...asPreset(list.entries, list.loop, fadeMs, effects) }));
				setTitle("");
			}}
		>
			<input type="text" aria-label="name of the playlist" placeholder="Movie night" maxLength={60} value={title} onInput={(e) => setTitle(e.currentTarget.value)} />
			<button type="submit" class="quiet-do" disabled={!name}>
				{taken ? `Replace ${taken.title || taken.name}` : "Save the playlist"}
			</button>
		</form>
	);
}

/** Saved playlists are presets, which show nothing but a playlist. */
export function SavedPlaylists({ view, list, fadeMs, effects, onList }: { view: ClusterView; list: List; fadeMs: number; effects: readonly Effect[]; onList: (list: List) => void }) {
	const { cluster } = useSession();
	const [sent, setSent] = useState<number[]>([]);
	useEffect(() => cluster.followKept(), [cluster]);
	const saved = view.presets.flatMap((preset) => {
		const scene = playlistOf(preset);
		return scene ? [{ preset, scene }] : [];
	});
	return (
		<div class="stack">
			<Save view={view} list={list} fadeMs={fadeMs} effects={effects} onSent={(key) => setSent([key])} />
			{saved.length > 0 && (
				<ul class="kept" aria-label="saved playlists">
					{saved.map(({ preset: { name, title }, scene }) => (
						<li key={name}>
							<Thumbs of={`preset ${name}`} looks={scene.playlist} />
							<span class="what">
								<strong>{title || name}</strong>
								<span class="quiet">{scene.playlist.map(({ effect }) => effectName(effect ?? "?")).join(", ")}</span>
							</span>
							<span class="acts">
								<Sure label="Remove" of={title || name} sure="Remove for good" onSure={() => setSent([cluster.keepPreset(name, "")])} />
								<button type="button" class="quiet-do" onClick={() => onList(listOf(scene))}>
									Edit<span class="unseen"> {title || name}</span>
								</button>
								<button type="button" class="quiet-do" onClick={() => setSent([cluster.applyPreset(name, 1)])}>
									Show<span class="unseen"> {title || name}</span>
								</button>
							</span>
						</li>
					))}
				</ul>
			)}
			<Outcome view={view} keys={sent} />
		</div>
	);
}
