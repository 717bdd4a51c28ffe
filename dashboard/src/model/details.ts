// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* One board in full: what lies on it and why it shows what it shows, and the commands that make another board look so. */

import type { NodeView, Showing } from "../core";
import type { Effect, Micros, Scene, State, Target } from "./messages";
import { heedsColor } from "./kinds";

/** One of what lies over another, the topmost first. */
export interface Layer {
	readonly name: string;
	readonly what: string;
	/** It is what is seen. */
	readonly shows: boolean;
	/** Why it is or is not seen; "" where that needs no words. */
	readonly why: string;
}

interface Around {
	readonly showing: Showing;
	readonly nowUs: Micros;
	/** Those that run, the last is on top. */
	readonly scenes: readonly Scene[];
	/** A scene's look in words. */
	readonly look: (scene: Scene) => string;
}

export function isFor(target: Target, { id, info }: NodeView): boolean {
	if (!target) return true;
	return "nodes" in target ? target.nodes.includes(id) : target.groups.some((group) => info?.groups.includes(group));
}

const percent = (brightness: number) => `${Math.round((brightness * 100) / 255)}%`;

function lightOf(state: State, off: boolean): string {
	if (off) return "switched off";
	if (state.effect === "auto") return "none of its own";
	const what = state.pixels || state.leds ? "painted" : state.effect.replaceAll("-", " ");
	return state.brightness === 255 ? what : `${what} ${percent(state.brightness)}`;
}

/** What lies on the board, from what hides everything down to what shows when nothing else does. */
export function layersOf(node: NodeView, { showing, nowUs, scenes, look }: Around): readonly Layer[] {
	const { state, info } = node;
	const { layer } = showing;
	const layers: Layer[] = [];
	let hidden = "";
	const add = (name: string, what: string, shows: boolean, whyNot = "") => {
		layers.push({ name, what, shows, why: shows ? "" : hidden || whyNot });
		if (shows) hidden = `behind the ${name}`;
	};
	if (layer === "offline" || layer === "dark") add("board", layer === "dark" ? (info?.problem ?? "dark") : "offline", true);
	if (state?.notice && state.notice.end_us > nowUs)
		add("notice", `${state.notice.effect.replaceAll("-", " ")}, ${Math.ceil((state.notice.end_us - nowUs) / 1e6)} s left`, layer === "notice");
	const off = layer === "off" && state?.effect !== "auto";
	if (state) add("light", lightOf(state, off || (state.state === "OFF" && state.effect !== "auto")), layer === "light" || off, "lets what is below through");
	for (const scene of [...scenes].reverse())
		if (isFor(scene.target, node)) add("scene", `${scene.id}: ${look(scene)}`, layer === "scene" && showing.scene === scene.id, "below another scene");
	if (info) add("idle display", info.idle || "nothing", layer === "idle");
	return layers;
}

/* ---- commands ---- */

/** What makes a board show this light, as docs/PROTOCOL.md has it. */
export function commandOf(state: State, effects: readonly Effect[]): object {
	const { pixels, leds, effect, params, color, brightness } = state;
	if (state.state === "OFF" && effect !== "auto") return { state: "OFF" };
	if (pixels) return { state: "ON", brightness, pixels };
	if (leds) return { state: "ON", brightness, leds };
	if (effect === "auto") return { effect };
	const own = Object.entries(params).filter(([, value]) => value !== null); // null: as the light
	const hex = [color.r, color.g, color.b].map((v) => v.toString(16).padStart(2, "0")).join("");
	return { state: "ON", brightness, effect, ...(heedsColor(effects, effect) ? { color: `#${hex}` } : {}), ...(own.length ? { params: Object.fromEntries(own) } : {}) };
}

/** A word for a shell. */
export function quoted(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** For a terminal: the same command by Mosquitto's client, and by glowctl. */
export function linesOf(prefix: string, host: string, user: string, node: string, command: object): { readonly mosquitto: string; readonly glowctl: string } {
	const payload = quoted(JSON.stringify(command));
	const account = user ? ` -u ${quoted(user)} -P "$PASSWORD"` : "";
	return {
		mosquitto: `mosquitto_pub -h ${quoted(host)}${account} -t ${quoted(`${prefix}/node/${node}/set`)} -m ${payload}`,
		glowctl: `glowctl --broker ${quoted(`mqtt://${host}`)}${prefix === "glow" ? "" : ` --prefix ${quoted(prefix)}`} set ${node} ${payload}`,
	};
}

/* ---- a line through samples ---- */

/** The points of each run of samples that are known, for `<polyline points>`; the newest is at the right edge, `most` at the top. */
export function runsOf(samples: readonly (number | null)[], most: number, width: number, height: number): readonly string[] {
	const runs: string[][] = [];
	let broken = true;
	samples.forEach((value, k) => {
		if (value === null) {
			broken = true;
			return;
		}
		if (broken) runs.push([]);
		broken = false;
		const x = samples.length > 1 ? (k / (samples.length - 1)) * width : width;
		runs.at(-1)!.push(`${x.toFixed(1)},${(height - (Math.min(value, most) / most) * height).toFixed(1)}`);
	});
	return runs.map((points) => (points.length === 1 ? `${points[0]} ${points[0]}` : points.join(" ")));
}
