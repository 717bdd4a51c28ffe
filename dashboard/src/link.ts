// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The connection to the broker: MQTT 5 over a WebSocket, made again whenever it
 * breaks. What it hears goes into a Cluster, which also learns here whether this
 * account may send commands.
 *
 * Each attempt has a client of its own. So a command that was not sent before a
 * connection broke is not sent later, when nobody expects it any more. */

import mqtt, { type MqttClient } from "mqtt";

import type { Cluster, Outlet } from "./model/cluster";

export interface LinkOptions {
	/** ws:// or wss:// */
	url: string;
	username: string;
	password: string;
}

export interface Link {
	/** Disconnects for good. */
	close(): void;
}

/** A tab that is hidden for long wakes once a minute; more often would be more connections, not a better one. */
const KEEPALIVE_S = 60;
/** While somebody looks at it, a page asks after a broker of which nothing came for a while, and gives up one that does not
 * answer: a connection that only seems to be there shows a picture that only seems to be true. */
const LOOK_MS = 1000;
const ASK_AFTER_MS = 10000;
const LOST_AFTER_MS = 14000;
const PACKET_MAX = 300000;
const RETRY_MIN_MS = 500;
const RETRY_SPREAD_MS = 1500;
/** CONNACK reasons that another attempt would only meet again: a bad id, a wrong password, not allowed, banned. */
const FINAL = [133, 134, 135, 138, 140];
const NOT_ALLOWED = 135;

/** What they mean to somebody who logs in. */
const WHY = new Map([
	[133, "the broker does not take this page's id"],
	[134, "the account or its password is wrong"],
	[135, "the account or its password is wrong"],
	[138, "the broker has banned this account"],
]);

const reason = (error: unknown): number => (error as { code?: number } | null)?.code ?? 0;

function outletOf(client: MqttClient): Outlet {
	return {
		command(topic, payload, responseTopic, correlation) {
			const properties = { responseTopic, correlationData: correlation as Buffer };
			return new Promise((resolve, reject) => {
				client.publish(topic, payload, { qos: 1, properties }, (error) => {
					if (error && reason(error) !== NOT_ALLOWED) reject(error);
					else resolve(!error);
				});
			});
		},
		probe(topic, payload) {
			client.publish(topic, payload as Buffer, { qos: 0 });
		},
	};
}

class RealLink implements Link {
	private client: MqttClient | null = null;
	private retry: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly cluster: Cluster,
		private readonly options: LinkOptions,
	) {
		cluster.link({ state: "connecting" }, null);
		this.connect();
	}

	close(): void {
		clearTimeout(this.retry);
		this.client?.removeAllListeners();
		this.client?.on("error", () => {});
		this.client?.end();
		this.client = null;
	}

	private connect(): void {
		const { url, username, password } = this.options;
		const client = mqtt.connect(url, {
			protocolVersion: 5,
			clientId: `${this.cluster.prefix.replaceAll("/", "-")}-${this.cluster.id}`,
			username,
			password,
			clean: true,
			keepalive: KEEPALIVE_S,
			timerVariant: "native",
			connectTimeout: 5000,
			reconnectPeriod: 0,
			resubscribe: false,
			properties: { maximumPacketSize: PACKET_MAX },
		});
		let why = "the broker cannot be reached";
		this.client = client;
		client.on("connect", () => {
			why = "the connection broke";
			this.listen(client);
			this.subscribe(client);
		});
		client.on("message", (topic, payload, packet) => {
			const at = performance.now();
			this.cluster.message(topic, payload, packet.retain, at, packet.properties?.correlationData);
		});
		client.on("error", (error) => {
			if (FINAL.includes(reason(error))) this.refused(WHY.get(reason(error)) ?? error.message);
		});
		client.on("close", () => {
			if (this.client === client) this.lost(why);
		});
	}

	/** Counts silence in looks: neither a tab that was hidden nor a machine that slept could have heard anything. */
	private listen(client: MqttClient): void {
		let silentMs = 0;
		const timer = setInterval(() => {
			silentMs = globalThis.document?.hidden ? 0 : silentMs + LOOK_MS;
			if (silentMs === ASK_AFTER_MS) client.sendPing();
			if (silentMs >= LOST_AFTER_MS && this.client === client) this.lost("nothing is heard from the broker");
			if (this.client !== client) clearInterval(timer);
		}, LOOK_MS);
		client.on("packetreceive", () => {
			silentMs = 0;
		});
		client.on("close", () => clearInterval(timer));
	}

	private subscribe(client: MqttClient): void {
		client.subscribe([...this.cluster.topics], { qos: 1 }, () => {
			if (this.client !== client) return;
			this.cluster.link({ state: "online" }, outletOf(client));
			this.askWhetherWeMayCommand(client);
		});
	}

	/** Commands a node that does not exist, namely this page: only the broker reacts to that. */
	private askWhetherWeMayCommand(client: MqttClient): void {
		const topic = `${this.cluster.prefix}/node/${this.cluster.id}/set`;
		client.publish(topic, "", { qos: 1 }, (error) => {
			if (this.client === client && (!error || reason(error) === NOT_ALLOWED)) this.cluster.mayCommand(!error);
		});
	}

	private lost(why: string): void {
		this.client?.end(true);
		this.client = null;
		this.cluster.link({ state: "lost", why }, null);
		this.retry = setTimeout(() => this.connect(), RETRY_MIN_MS + Math.random() * RETRY_SPREAD_MS);
	}

	private refused(why: string): void {
		this.client?.end(true);
		this.client = null;
		this.cluster.link({ state: "refused", why }, null);
	}
}

/** Connects, and tells the cluster of it: see Cluster.view.link. */
export function openLink(cluster: Cluster, options: LinkOptions): Link {
	return new RealLink(cluster, options);
}
