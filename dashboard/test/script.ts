// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A script is obeyed twice: by the core in WebAssembly, and by the same sources
 * compiled for this machine (native.c says what the verbs mean). What they
 * answer is compared line by line. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { type Core, CoreCluster, loadCore, type NodeView } from "../src/core";
import type { ClusterView } from "../src/model/cluster";
import type { Scene } from "../src/model/messages";

export const core: Core = await loadCore(readFileSync(process.env.GLOW_WASM ?? ""));
const native = process.env.GLOW_NATIVE ?? "";

export type Step =
	| { verb: "message"; topic: string; payload: Uint8Array; lNs: number }
	| { verb: "tick"; tUs: number; wallOffsetUs: number }
	| { verb: "frame" | "showing"; id: string; tUs: number }
	| { verb: "node"; id: string }
	| { verb: "nodes" | "stage" | "texts" | "wanted" }
	| { verb: "check" | "name"; text: string }
	| { verb: "entry"; scene: Pick<Scene, "id" | "start_us">; tUs: number }
	| { verb: "answer" | "preset" | "schedule"; payload: Uint8Array }
	| { verb: "connected" | "disconnected" | "probe" | "clock" | "conductor"; lNs: number };

const encoder = new TextEncoder();

/** Payloads are texts, objects or bytes. */
export function say(topic: string, payload: string | object, lNs = 0): Step {
	const bytes =
		payload instanceof Uint8Array
			? payload
			: encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload));
	return { verb: "message", topic: `glow/${topic}`, payload: bytes, lNs };
}

const hex = (numbers: Uint8Array | Uint16Array): string =>
	Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("hex");

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
		case "node":
			return `v ${step.id}`;
		case "nodes":
			return "o";
		case "stage":
			return "g";
		case "texts":
			return "x";
		case "check":
			return `y ${hex(encoder.encode(step.text))}`;
		case "name":
			return `w ${hex(encoder.encode(step.text))}`;
		case "entry":
			return `e ${step.scene.start_us} ${step.tUs} ${hex(encoder.encode(step.scene.id))}`;
		case "answer":
			return `a ${hex(step.payload)}`;
		case "preset":
			return `q ${hex(step.payload)}`;
		case "schedule":
			return `r ${hex(step.payload)}`;
		case "wanted":
			return "u";
		default:
			return `${{ connected: "c", disconnected: "d", probe: "p", clock: "n", conductor: "l" }[step.verb]} ${step.lNs}`;
	}
}

/** What this machine's own build answers. */
export function nativeAnswers(steps: readonly Step[]): string[] {
	const input = steps.map((step) => `${line(step)}\n`).join("");
	return execFileSync(native, { input, encoding: "utf8", maxBuffer: 1 << 30 }).split("\n").slice(0, -1);
}

export function nativeTopics(): string[] {
	return execFileSync(native, ["topics"], { encoding: "utf8" }).split("\n").slice(0, -1);
}

export function nativeInfo(): Record<string, unknown> {
	return JSON.parse(execFileSync(native, ["info"], { encoding: "utf8" })) as Record<string, unknown>;
}

/** The answer as the page has it, where it is JSON. */
const json = (value: unknown): string => JSON.stringify(value);

const nodeLine = (node: NodeView | null): string =>
	node ? [Number(node.online), json(node.info), json(node.state), json(node.stats)].join(" ") : "-1 null null null";

function answerOf(core: CoreCluster, step: Step): string | null {
	switch (step.verb) {
		case "message":
			return core.message(step.topic, step.payload, step.lNs / 1e6);
		case "frame": {
			const frame = core.frame(step.id, step.tUs);
			return frame ? `${hex(frame.raw)} ${hex(frame.seen)} ` : "  ";
		}
		case "showing":
			return json(core.showing(step.id, step.tUs));
		case "node":
			return nodeLine(core.node(step.id));
		case "nodes":
			return json(core.nodes());
		case "stage":
			return json(core.stage());
		case "texts":
			return json(core.texts());
		case "check":
			return json(core.check(step.text));
		case "name":
			return core.nameTrouble(step.text);
		case "conductor":
			return json(core.conductor(step.lNs / 1e6));
		case "entry":
			return String(core.entryAt(step.scene, step.tUs) ?? -1);
		case "answer":
			return json(core.answer(step.payload));
		case "preset":
			return json(core.preset(step.payload));
		case "schedule":
			return json(core.schedule(step.payload));
		case "wanted":
			return json(core.wanted());
		case "probe": {
			const probe = core.probe(step.lNs / 1e6);
			return probe ? `${probe.topic} ${hex(probe.payload)} ` : "";
		}
		case "clock": {
			const atMs = step.lNs / 1e6;
			const dueMs = core.probeDueMs();
			const numbers = [core.clusterUs(atMs) ?? -1, dueMs === null ? -1 : dueMs * 1e6];
			return `${numbers.map((value) => value.toFixed(0)).join(" ")} ${json(core.clock(atMs))}`;
		}
		case "tick":
			core.tick(step.tUs, step.wallOffsetUs);
			return null;
		case "connected":
		case "disconnected":
			core[step.verb](step.lNs / 1e6);
			return null;
	}
}

/** What a view says, as the core is asked for it: each node, their order, what they show, the conductor. */
export function viewAnswers({ nodes, scenes, roster, dim, conductor }: ClusterView): string[] {
	return [...nodes.map(nodeLine), json(nodes.map((node) => node.id)), json({ scenes, roster, dim }), json(conductor)];
}

export const newCluster = (): CoreCluster => new CoreCluster(core, "glow", "x/1", 1);

/** What the core in WebAssembly answers. */
export function wasmAnswers(steps: readonly Step[], cluster = newCluster()): string[] {
	return steps.map((step) => answerOf(cluster, step)).filter((answer) => answer !== null);
}

/** The first line in which both differ, "" for none. */
export function difference(steps: readonly Step[], cluster?: CoreCluster): string {
	const here = wasmAnswers(steps, cluster);
	const there = nativeAnswers(steps);
	if (here.length !== there.length) return `${here.length} answers for ${there.length}`;
	const at = here.findIndex((answer, k) => answer !== there[k]);
	return at < 0 ? "" : `answer ${at}: wasm "${here[at]}", native "${there[at]}"`;
}
