// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A script is obeyed twice: by the core in WebAssembly, and by the same sources
 * compiled for this machine (native.c says what the verbs mean). What they
 * answer is compared line by line. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { type Core, LAYERS, loadCore, SYNC_STATES, Watch } from "../src/core";

export const core: Core = await loadCore(readFileSync(process.env.GLOW_WASM ?? ""));
const native = process.env.GLOW_NATIVE ?? "";

export type Step =
	| { verb: "message"; topic: string; payload: Uint8Array; lNs: number }
	| { verb: "tick"; tUs: number; wallOffsetUs: number }
	| { verb: "frame"; id: string; tUs: number }
	| { verb: "showing"; id: string; tUs: number }
	| { verb: "headline"; tUs: number }
	| { verb: "connected" | "disconnected" | "probe" | "clock"; lNs: number };

const encoder = new TextEncoder();

/** Payloads are texts, objects or bytes. */
export function say(topic: string, payload: string | object, lNs = 0): Step {
	const bytes =
		payload instanceof Uint8Array
			? payload
			: encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload));
	return { verb: "message", topic: `glow/${topic}`, payload: bytes, lNs };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function line(step: Step): string {
	switch (step.verb) {
		case "message":
			return `m ${step.lNs} ${step.topic} ${hex(step.payload)}`;
		case "tick":
			return `t ${step.tUs} ${step.wallOffsetUs}`;
		case "frame":
			return `f ${step.id} ${step.tUs}`;
		case "showing":
			return `s ${step.id} ${step.tUs}`;
		case "headline":
			return `h ${step.tUs}`;
		default:
			return `${{ connected: "c", disconnected: "d", probe: "p", clock: "n" }[step.verb]} ${step.lNs}`;
	}
}

/** What this machine's own build answers. */
export function nativeAnswers(steps: readonly Step[]): string[] {
	const input = steps.map((step) => `${line(step)}\n`).join("");
	return execFileSync(native, { input, encoding: "utf8", maxBuffer: 1 << 30 }).split("\n").slice(0, -1);
}

export function nativeInfo(): Record<string, unknown> {
	return JSON.parse(execFileSync(native, ["info"], { encoding: "utf8" })) as Record<string, unknown>;
}

/** -0 is 0 to a page, and to printf it is not. */
const whole = (value: number): string => value.toFixed(0);

function clockLine(watch: Watch, lNs: number): string {
	const atMs = lNs / 1e6;
	const report = watch.clock(atMs);
	const due = watch.probeDueMs();
	return [
		watch.clusterUs(atMs) ?? -1,
		due === null ? -1 : due * 1e6,
		SYNC_STATES.indexOf(report.state),
		Number(report.valid),
		report.offsetUs * 1000,
		report.errorUs * 1000,
		report.rttUs * 1000,
	]
		.map(whole)
		.join(" ");
}

/** What the core in WebAssembly answers. */
export function wasmAnswers(steps: readonly Step[]): string[] {
	const watch = new Watch(core, "glow", 1);
	const answers: string[] = [];
	for (const step of steps) {
		switch (step.verb) {
			case "message":
				watch.message(step.topic, step.payload, step.lNs / 1e6);
				break;
			case "tick":
				watch.tick(step.tUs, step.wallOffsetUs);
				break;
			case "frame": {
				const frame = watch.frame(step.id, step.tUs);
				answers.push(frame ? `${hex(frame.raw)} ${hex(frame.seen)} ` : "  ");
				break;
			}
			case "showing": {
				const { layer, label, scene } = watch.showing(step.id, step.tUs);
				answers.push(`${LAYERS.indexOf(layer)} ${label} / ${scene ?? ""}`);
				break;
			}
			case "headline":
				answers.push(watch.headline(step.tUs));
				break;
			case "connected":
				watch.connected(step.lNs / 1e6);
				break;
			case "disconnected":
				watch.disconnected(step.lNs / 1e6);
				break;
			case "probe":
				answers.push(`${hex(watch.probe(step.lNs / 1e6))} `);
				break;
			case "clock":
				answers.push(clockLine(watch, step.lNs));
		}
	}
	return answers;
}

/** The first line in which both differ, "" for none. */
export function difference(steps: readonly Step[]): string {
	const here = wasmAnswers(steps);
	const there = nativeAnswers(steps);
	if (here.length !== there.length) return `${here.length} answers for ${there.length}`;
	const at = here.findIndex((answer, k) => answer !== there[k]);
	return at < 0 ? "" : `answer ${at}: wasm "${here[at]}", native "${there[at]}"`;
}
