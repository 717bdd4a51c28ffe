// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What the conductor keeps under names: presets and schedules. */

import type { CoreCluster } from "../core";
import type { Preset, Schedule } from "./messages";

/** Where they lie. They may be megabytes, so a page asks for them when somebody wants to see them. */
export const KEPT_TOPICS = ["preset/+", "schedule/+"];

const natural = new Intl.Collator("en", { numeric: true }).compare;

const sorted = <T extends { name: string }>(all: ReadonlyMap<string, T>): readonly T[] =>
	[...all.values()].sort((a, b) => natural(a.name, b.name));

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

	/** In natural order of their names; the same list until one comes, changes or goes. */
	get presets(): readonly Preset[] {
		return (this.presetList ??= sorted(this.presetsByName));
	}

	get schedules(): readonly Schedule[] {
		return (this.scheduleList ??= sorted(this.schedulesByName));
	}
}
