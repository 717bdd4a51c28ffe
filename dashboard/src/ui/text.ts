// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Values as people read them. */

import { missing } from "../model/kinds";
import type { Effect, Rgb, SceneLook, SyncState, Target } from "../model/messages";

export function capital(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** "12 µs", "3.4 ms", "1.2 s" */
export function duration(us: number): string {
	const size = Math.abs(us);
	if (size < 1000) return `${Math.round(us)} µs`;
	if (size < 1e6) return `${(us / 1e3).toFixed(1)} ms`;
	return `${(us / 1e6).toFixed(1)} s`;
}

/** A value and its unit, as people say it: "8 s" for 8000 ms, "40%", "12 px". */
export function amount(value: number, unit: string): string {
	if (unit === "ms" && Math.abs(value) >= 100) return `${Number((value / 1000).toPrecision(3))} s`;
	return unit === "%" || unit === "" ? `${value}${unit}` : `${value} ${unit}`;
}

/** "45 s", "3 min", "2 h 10 min" */
export function span(seconds: number): string {
	const s = Math.max(0, Math.round(seconds));
	if (s < 90) return `${s} s`;
	const min = Math.round(s / 60);
	return min < 90 ? `${min} min` : `${Math.floor(min / 60)} h ${min % 60} min`;
}

/** "18:03:59" */
export function clock(atMs: number): string {
	return new Date(atMs).toLocaleTimeString("en-GB");
}

/** What a board says of its clock. */
export function phaseText(state: SyncState): string {
	const words: Record<SyncState, string> = {
		leading: "gives the time",
		tracking: "in phase",
		acquire: "is being told the time",
		resync: "follows another conductor",
		holdover: "goes on with the time it knew",
		unsynced: "own clock",
	};
	return words[state];
}

export function percent(brightness: number): string {
	return `${Math.round((brightness * 100) / 255)}%`;
}

const hex = (v: number) => v.toString(16).padStart(2, "0");

export function hexOf(color: Rgb): string {
	return `#${hex(color.r)}${hex(color.g)}${hex(color.b)}`;
}

/** "binary-clock" is read better as "binary clock". */
export function effectName(name: string): string {
	return name.replaceAll("-", " ");
}

/** period_ms, whose unit stands beside its value. */
export function paramName(name: string, unit: string): string {
	const bare = unit && name.endsWith(`_${unit}`) ? name.slice(0, -unit.length - 1) : name;
	return bare.replaceAll("_", " ");
}

export function lookText(look: SceneLook, effects: readonly Effect[]): string {
	if (look.effect === null) return "an effect this page does not know";
	if (missing(effects, [look.effect])) return `${effectName(look.effect)} (which no board has)`;
	const dimmed = look.brightness === 255 ? "" : ` ${percent(look.brightness)}`;
	return `${effectName(look.effect)}${look.effect === "solid" ? ` ${look.color}` : ""}${dimmed}`;
}

export function targetText(target: Target): string {
	if (!target) return "all boards";
	if ("nodes" in target) return target.nodes.join(", ");
	return `${target.groups.length === 1 ? "group" : "groups"} ${target.groups.join(", ")}`;
}
