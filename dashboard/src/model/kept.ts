// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What the conductor keeps under names: presets and schedules. */

import type { CoreCluster } from "../core";
import type { ParamValue, Preset, Rgb, SceneLook, Schedule } from "./messages";
import type { Look } from "./playlist";

/** Where they lie. They may be megabytes, so a page asks for them when somebody wants to see them. */
export const KEPT_TOPICS = ["preset/+", "schedule/+"];

const natural = new Intl.Collator("en", { numeric: true }).compare;

const sorted = <T extends { name: string }>(all: ReadonlyMap<string, T>): readonly T[] =>
	[...all.values()].sort((a, b) => natural(a.name, b.name));

/** A light as presets that were saved from what shows have it. */
interface KeptLight {
	readonly state?: "ON" | "OFF";
	readonly color?: Rgb;
	readonly brightness?: number;
	readonly effect?: string;
	readonly params?: Readonly<Record<string, ParamValue>>;
	/** It had let go, or was painted. */
	readonly dark?: boolean;
	readonly pixels?: object;
	readonly leds?: object;
}

const hex = ({ r, g, b }: Rgb): string => `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`;

function lightLook({ state, color, brightness = 255, effect = "auto", params = {}, dark, pixels, leds }: KeptLight): Look[] {
	if (dark || pixels || leds) return [];
	if (state === "OFF") return [{ effect: "solid", params: {}, color: "#000000", brightness: 255 }];
	return effect === "auto" || typeof color !== "object" ? [] : [{ effect, params, color: hex(color), brightness }];
}

export class Kept {
	private readonly presetsByName = new Map<string, Preset>();
	private readonly texts = new Map<string, Uint8Array>();
	private readonly schedulesByName = new Map<string, Schedule>();
	private presetList: readonly Preset[] | null = [];
	private scheduleList: readonly Schedule[] | null = [];

	constructor(private readonly core: CoreCluster) {}

	/** A message, by its topic below the prefix. A broken one is as none. */
	hear(rest: string, payload: Uint8Array): void {
		const [kind, name = "", more] = rest.split("/");
		if (more !== undefined) return;
		if (kind === "preset") {
			const preset = this.core.preset(payload);
			if (preset) this.presetsByName.set(name, { name, ...preset });
			else this.presetsByName.delete(name);
			this.texts.set(name, payload);
			this.presetList = null;
		} else if (kind === "schedule") {
			const schedule = this.core.schedule(payload);
			if (schedule) this.schedulesByName.set(name, { name, ...schedule });
			else this.schedulesByName.delete(name);
			this.scheduleList = null;
		}
	}

	/** One of the presets with all that is in it. */
	presetAsKept(name: string): object {
		return JSON.parse(new TextDecoder().decode(this.texts.get(name))) as object;
	}

	/** How one looks: its scenes, the topmost first, an entry of a playlist after the other, and then its lights, each look once.
	 * Lights that had let go or were painted have none. */
	looksOf({ name, scenes }: Preset): readonly Look[] {
		const { lights = {} } = this.presetAsKept(name) as { lights?: Readonly<Record<string, KeptLight>> };
		const played = [...(scenes ?? [])].reverse().flatMap((scene): readonly SceneLook[] => scene.playlist ?? [scene]);
		const looks = played.flatMap(({ effect, params, color, brightness }) => (effect === null ? [] : [{ effect, params, color, brightness }]));
		return [...new Map([...looks, ...Object.values(lights).flatMap(lightLook)].map((look) => [JSON.stringify(look), look])).values()];
	}

	/** In natural order of their names; the same list until one comes, changes or goes. */
	get presets(): readonly Preset[] {
		return (this.presetList ??= sorted(this.presetsByName));
	}

	get schedules(): readonly Schedule[] {
		return (this.scheduleList ??= sorted(this.schedulesByName));
	}
}
