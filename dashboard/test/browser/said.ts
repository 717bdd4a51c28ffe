// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Nodes and a conductor that only say that they are there: what the page makes of it needs no programs. */

import { connectAsync, type IPublishPacket, type MqttClient } from "mqtt";
import type { Stack } from "./stack";

const TIMELINE = "0123456789abcdef";
const BEAT_MS = 500;
/* Mosquitto 2.0.11 hands a WebSocket one message each time its loop turns, ten times a second unless somebody speaks. */
const TURN_MS = 5;

export interface Told {
	readonly groups?: readonly string[];
	readonly problem?: string;
	readonly online?: boolean;
	readonly offset_us?: number;
	readonly error_us?: number;
}

export class Said {
	private beats: NodeJS.Timeout | undefined;
	private readonly turns: NodeJS.Timeout;

	private constructor(private readonly client: MqttClient) {
		this.turns = setInterval(() => this.client.publish("tick", ""), TURN_MS);
		client.on("message", (topic, payload, { properties }) => {
			if (topic === "glow/dim/set") void this.dim((JSON.parse(payload.toString()) as { brightness: number }).brightness);
			else this.answer(topic, properties);
		});
	}

	static async to(stack: Stack): Promise<Said> {
		const client = await connectAsync(`mqtt://127.0.0.1:${stack.port}`, { protocolVersion: 5 });
		await client.subscribeAsync(["glow/node/+/set", "glow/all/set", "glow/dim/set"]);
		return new Said(client);
	}

	/** Whatever lights are asked for is accepted, and nothing becomes of it. */
	private answer(topic: string, properties: IPublishPacket["properties"]): void {
		const { responseTopic, correlationData } = properties ?? {};
		if (!responseTopic || !correlationData) return;
		this.client.publish(responseTopic, JSON.stringify({ status: "ok", node: topic.split("/")[2] }), { properties: { correlationData } });
	}

	private async retain(topic: string, payload: object | string): Promise<void> {
		await this.client.publishAsync(`glow/${topic}`, typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1, retain: true });
	}

	async node(id: string, { groups = [], problem, online = true, offset_us = 0, error_us = 20 }: Told = {}): Promise<void> {
		const board = { board: "virtual", shape: "blinkt", pixels: 8, leds: ["all"], backend: "memory", version: "1", fps: 60, idle: "blue" };
		const effects = [{ name: "rainbow", what: "all colours", params: [{ name: "period_ms", type: "int", min: 100, max: 60000, default: 8000, unit: "ms", what: "how long" }] }];
		await this.retain(`node/${id}/info`, { id, groups, ...board, effects, limits: { brightness: 255, current_ma: 0, flash: true }, ...(problem ? { problem } : {}) });
		await this.retain(`node/${id}/state`, { state: "ON", effect: "solid", color: { r: 255, g: 200, b: 0 }, brightness: 255, since_us: 1 });
		await this.retain(`node/${id}/availability`, online ? "online" : "offline");
		await this.retain(`node/${id}/stats`, { fps: 60, late: 0, write_us: 800, sync: { state: "tracking", offset_us, error_us } });
	}

	async gone(id: string): Promise<void> {
		for (const what of ["info", "state", "stats", "availability"]) await this.retain(`node/${id}/${what}`, "");
	}

	roster(...ids: string[]): Promise<void> {
		const nodes = ids.map((id, k) => ({ id, groups: [], pixels: 8, offset: 8 * k, gap: 0, reverse: false }));
		return this.retain("roster", { rev: ids.length, effective_us: 0, pixels: 8 * ids.length, nodes });
	}

	dim(brightness: number): Promise<void> {
		return this.retain("dim/current", { brightness, until_us: null });
	}

	/** A conductor that leads, until it falls silent. */
	async conductor(): Promise<void> {
		const at = { clock_id: TIMELINE, term: 1, boot: 1 };
		await this.retain("conductor/info", { id: "shelf", state: "leading", ...at, rate_ppb: 0, nodes: 1, version: "1", utc_offset_us: null, tz_offset_s: null });
		await this.retain("conductor/availability", "online");
		let seq = 0;
		this.beats = setInterval(() => void this.client.publish("glow/conductor/beacon", JSON.stringify({ seq: ++seq, time_us: Date.now() * 1000, ...at })), BEAT_MS);
	}

	silence(): void {
		clearInterval(this.beats);
	}

	async close(): Promise<void> {
		this.silence();
		clearInterval(this.turns);
		await this.client.endAsync();
	}
}
