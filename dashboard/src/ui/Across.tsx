// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A scene beside the light: one picture of which each of many boards shows a part. */

import type { ClusterView, NodeView } from "../model/cluster";
import { heedsColor, missing } from "../model/kinds";
import type { Effect, Scene, SceneLook } from "../model/messages";
import { ColorField, Slider } from "./controls";
import { EffectField } from "./EffectField";
import { send, usePolled, useSession, type Selection } from "./hooks";
import { lookText, percent } from "./text";

type Single = Extract<Scene, { playlist?: undefined }>;

/** What the two ways to light the chosen boards are called. */
export function waysOf(selection: Selection): readonly [light: string, scene: string] {
	if (selection.kind === "all") return ["On each board", "Across all boards"];
	if (selection.kind === "group") return ["On each of the group", "Across the group"];
	return selection.ids.length === 1 ? ["On this board", "Across all boards"] : ["On each of these", "Across these"];
}

/* The scene of these controls, by its name, and whom it is for. */
function stageOf(selection: Selection): { id: string; target?: object } {
	if (selection.kind === "group") return { id: selection.group, target: { groups: [selection.group] } };
	return selection.kind === "nodes" && selection.ids.length > 1 ? { id: "chosen", target: { nodes: selection.ids } } : { id: "main" };
}

/** The topmost one of that name that runs. */
function useRunning(view: ClusterView, id: string): Scene | undefined {
	const { cluster } = useSession();
	const runs = (scene: Scene) => scene.id === id && cluster.entryAt(scene, cluster.nowUs()) !== null;
	const startUs = usePolled(() => view.scenes.filter(runs).at(-1)?.start_us ?? -1);
	return view.scenes.find((scene) => scene.id === id && scene.start_us === startUs);
}

/* In the words of scene/play. One that goes on keeps its beginning, its end and its dice. */
function playing(look: Pick<SceneLook, "effect" | "params" | "brightness" | "color">, effects: readonly Effect[], on?: Single): object {
	const { effect, params, brightness, color } = look;
	const end = on && on.end_us !== null ? { duration_s: (on.end_us - on.start_us) / 1e6 } : {};
	return {
		effect,
		params,
		brightness,
		...(heedsColor(effects, effect) ? { color } : {}),
		...(on ? { start_us: on.start_us, seed: on.seed, span: on.span, ...end } : {}),
	};
}

function Standing({ scene, effects, onStop }: { scene: Scene | undefined; effects: readonly Effect[]; onStop: () => void }) {
	if (!scene) return <p class="quiet">Nothing plays here. An effect below begins at once.</p>;
	return (
		<div class="row">
			<p class="quiet">{scene.playlist ? `A playlist of ${scene.playlist.length} plays.` : `${lookText(scene, effects)} plays.`}</p>
			<button type="button" class="quiet-do" onClick={onStop}>
				Stop it
			</button>
		</div>
	);
}

/* Boards with a light of their own show no scene. */
function Apart({ nodes, onFollow }: { nodes: readonly NodeView[]; onFollow: (ids: readonly string[]) => void }) {
	const apart = nodes.filter(({ online, state }) => online && state && state.effect !== "auto");
	if (!apart.length) return null;
	return (
		<div class="row">
			<p class="quiet">{apart.length === 1 ? `${apart[0]!.id} has a light of its own, which lies over it.` : `${apart.length} boards have a light of their own, which lies over it.`}</p>
			<button type="button" class="quiet-do" onClick={() => onFollow(apart.map(({ id }) => id))}>
				Let {apart.length === 1 ? "it" : "them"} follow
			</button>
		</div>
	);
}

interface AcrossProps {
	view: ClusterView;
	selection: Selection;
	/** The boards that it runs across. */
	nodes: readonly NodeView[];
	effects: readonly Effect[];
	fadeS: number;
	/** The keys of what was sent. */
	onSent: (keys: number[]) => void;
}

export function Across({ view, selection, nodes, effects, fadeS, onSent }: AcrossProps) {
	const { cluster } = useSession();
	const { id, target = null } = stageOf(selection);
	const scene = useRunning(view, id);
	const single = scene && !scene.playlist && !missing(view.effects, [scene.effect ?? ""]) ? scene : undefined;
	const fadeMs = Math.round(fadeS * 1000);
	const play = (what: object) => onSent([cluster.play({ ...what, target, id })]);
	const begin = (effect: string) => play({ ...playing({ effect, params: {}, color: single?.color ?? "#ffffff", brightness: single?.brightness ?? 255 }, effects), fade_ms: fadeMs });
	const change = (to: Partial<SceneLook>) => single && play(playing({ ...single, ...to }, effects, single));
	return (
		<div class="stack" role="group" aria-label={waysOf(selection)[1]}>
			<Standing scene={scene} effects={view.effects} onStop={() => onSent([cluster.stop({ id, fade_ms: fadeMs })])} />
			{scene && <Apart nodes={nodes} onFollow={(ids) => onSent(send(cluster, { kind: "nodes", ids }, "set", { effect: "auto", transition: fadeS }))} />}
			{single && <Slider label="brightness" value={single.brightness} min={1} max={255} text={percent} onChange={(brightness) => change({ brightness })} />}
			{single && heedsColor(effects, single.effect) && <ColorField label="colour" value={single.color} onChange={(color) => change({ color })} />}
			<EffectField
				effects={effects}
				chosen={single?.effect ?? null}
				params={single?.params ?? {}}
				onEffect={begin}
				onParam={(name, value) => change({ params: { ...single?.params, [name]: value } })}
			/>
		</div>
	);
}
