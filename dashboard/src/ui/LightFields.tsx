// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The light of boards: on and off, how bright, in which colour, which effect. */

import { memo } from "./memo";
import type { NodeView } from "../model/cluster";
import { heedsColor } from "../model/kinds";
import type { Effect, ParamValue, State } from "../model/messages";
import { ColorField, Slider, Switch } from "./controls";
import { EffectField } from "./EffectField";
import { hexOf, percent } from "./text";

/** The value that all have in common; null when they differ or no state is known. */
function alike<T>(nodes: readonly NodeView[], of: (state: State) => T): T | null {
	const values = nodes.flatMap((n) => (n.state ? [of(n.state)] : []));
	const first = values[0];
	return first !== undefined && values.every((v) => v === first) ? first : null;
}

interface LightProps {
	/** Those that are online. */
	nodes: readonly NodeView[];
	effects: readonly Effect[];
	fadeS: number;
	onSend: (kind: "set" | "notify", command: object) => void;
}

export const LightFields = memo(function LightFields({ nodes, effects, fadeS, onSend }: LightProps) {
	const effect = alike(nodes, (s) => (s.pixels || s.leds ? null : s.effect));
	const brightness = alike(nodes, (s) => s.brightness);
	const params = alike(nodes, (s) => JSON.stringify(s.params));
	const first = nodes.find((n) => n.state)?.state;
	const set = (command: object) => onSend("set", command);
	const fade = fadeS > 0 ? { transition: fadeS } : {};
	return (
		<>
			<div class="row">
				<Switch label="on" on={nodes.some((n) => n.state?.state === "ON")} onChange={(on) => set({ state: on ? "ON" : "OFF", ...fade })} />
				<button
					type="button"
					class="chip auto"
					aria-pressed={effect === "auto"}
					title="no light of its own: the scene shows, or what it shows when nothing plays"
					onClick={() => set({ effect: "auto", ...fade })}
				>
					follow the scene
				</button>
				<button type="button" class="chip" title="it blinks, so that somebody finds it" onClick={() => onSend("notify", { effect: "identify" })}>
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
			{heedsColor(effects, effect) && <ColorField label="colour" value={alike(nodes, (s) => hexOf(s.color))} onChange={(color) => set({ color, ...fade })} />}
			<h3>Effect</h3>
			<EffectField
				effects={effects}
				chosen={effect}
				params={params === null ? {} : (JSON.parse(params) as Record<string, ParamValue>)}
				onEffect={(name) => set({ effect: name, ...fade })}
				onParam={(name, value) => set({ params: { [name]: value } })}
			/>
		</>
	);
});
