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
import { IN_SIGHT } from "./model/shelf";

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
const PACKET_MAX = 1000000;
/** The web server lets a page wait for its turn, some five seconds at most (nginx/limits.conf). */
const CONNECT_MS = 10000;
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 8000;
/** A connection that lasted so long was a good one. */
const LASTED_MS = 10000;
/** Reasons of a broker that another attempt would only meet again: a bad id, a wrong password, not allowed, banned,
 * a bad way to log in. A wrong password costs the broker as much as a right one. */
const FINAL = [133, 134, 135, 138, 140];
const NOT_ALLOWED = 135;
const MANY = 1000;

/** What the broker's reasons mean to somebody who looks at the page. */
const WHY = new Map([
	[133, "the broker does not take this page's id"],
	[134, "the account or its password is wrong"],
	[135, "the account or its password is wrong"],
	[136, "the broker has no time for this page"],
	[137, "the broker is busy"],
	[138, "the broker has banned this account"],
	[139, "the broker was shut down"],
	[141, "the broker heard nothing of this page for a while"],
	[142, "somebody else connected with this page's id"],
	[147, "the broker was sent more than it takes at a time"],
	[149, "the broker was sent a message that is too large"],
	[150, "the broker was sent too many messages"],
	[151, "the broker lets in no more connections"],
	[152, "the broker was told to end this connection"],
	[159, "too many log in at this moment"],
]);
/** What the web server answers where it refused a WebSocket; a browser does not tell that itself. */
const DOOR = new Map([
	[204, "the broker cannot be reached"],
	[403, "the server of this page takes it for another's: a web server before it has to pass on the host's name"],
	[429, "too many log in at this moment"],
	[503, "too many pages are open, from this network or in all; one more gets in when another is closed"],
]);

/** Before another attempt, after so many that failed. By chance it is up to half of it more or less, so that the
 * pages of a class do not come back all at once. */
export const pauseMs = (failed: number, chance = Math.random()): number =>
	Math.min(RETRY_MIN_MS * 2 ** failed, RETRY_MAX_MS) * (0.5 + chance);

/** Why the web server opened no WebSocket at that address. */
async function whyNoSocket(url: string): Promise<string> {
	try {
		const door = await fetch(`${url.replace(/^ws/, "http")}/room`, { method: "POST", signal: AbortSignal.timeout(CONNECT_MS) });
		return DOOR.get(door.status) ?? "the broker cannot be reached";
	} catch {
		return "the server of this page cannot be reached";
	}
}

/** Of very many boards the first, which are those in sight, are asked for before all. */
function firstTopics({ prefix, view }: Cluster): string[] {
	const { nodes } = view.roster;
	if (nodes.length < MANY) return [];
	return nodes.slice(0, IN_SIGHT).flatMap(({ id }) => [`${prefix}/node/${id}/availability`, `${prefix}/node/${id}/state`]);
}

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
		listen(topics) {
			client.subscribe([...topics], { qos: 0 }); // as in begin()
		},
		clear(topic) {
			return new Promise((resolve, reject) => {
				client.publish(topic, "", { qos: 1, retain: true }, (error) => {
					if (error && reason(error) !== NOT_ALLOWED) reject(error);
					else resolve(!error);
				});
			});
		},
	};
}

class RealLink implements Link {
	private client: MqttClient | null = null;
	private retry: ReturnType<typeof setTimeout> | undefined;
	private failed = 0;

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

	private newClient(): MqttClient {
		const { url, username, password } = this.options;
		return mqtt.connect(url, {
			protocolVersion: 5,
			clientId: `${this.cluster.prefix}/${this.cluster.id}`.replaceAll("/", "-"),
			username,
			password,
			clean: true,
			keepalive: KEEPALIVE_S,
			timerVariant: "native",
			connectTimeout: CONNECT_MS,
			reconnectPeriod: 0,
			resubscribe: false,
			properties: { maximumPacketSize: PACKET_MAX },
		});
	}

	private connect(): void {
		const client = this.newClient();
		let why: string | null = null;
		let onlineMs = Infinity;
		this.client = client;
		client.on("connect", () => {
			why = "the connection broke";
			this.listen(client);
			onlineMs = performance.now();
			this.begin(client);
		});
		client.on("message", (topic, payload, packet) => {
			const at = performance.now();
			this.cluster.message(topic, payload, packet.retain, at, packet.properties?.correlationData);
		});
		client.on("error", (error) => {
			const code = reason(error);
			if (FINAL.includes(code)) this.refused(WHY.get(code) ?? error.message);
			else why = WHY.get(code) ?? why;
		});
		client.on("disconnect", ({ reasonCode }) => {
			why = WHY.get(reasonCode ?? 0) ?? why;
		});
		client.once("close", () => {
			if (performance.now() - onlineMs > LASTED_MS) this.failed = 0;
			void this.lost(client, why);
		});
	}

	/** Counts silence in looks: neither a tab that was hidden nor a machine that slept could have heard anything. */
	private listen(client: MqttClient): void {
		let silentMs = 0;
		const timer = setInterval(() => {
			silentMs = globalThis.document?.hidden ? 0 : silentMs + LOOK_MS;
			if (silentMs === ASK_AFTER_MS) client.sendPing();
			if (silentMs >= LOST_AFTER_MS && this.client === client) void this.lost(client, "nothing is heard from the broker");
			if (this.client !== client) clearInterval(timer);
		}, LOOK_MS);
		client.on("packetreceive", () => {
			silentMs = 0;
		});
		client.on("close", () => clearInterval(timer));
	}

	/** Asks first whether commands are allowed: the answer does not wait behind all that is retained. It is told after the
	 * link is.
	 *
	 * With QoS 0, since a session that ends with its connection loses nothing by it: a connection keeps all in order, and a
	 * broker that is full drops either. QoS 1 would add a pause after every few messages, until those are acknowledged. */
	private begin(client: MqttClient): void {
		let may: boolean | null = null;
		let online = false;
		const tell = () => this.client === client && online && may !== null && this.cluster.mayCommand(may);
		this.askWhetherWeMayCommand(client, (allowed) => {
			may = allowed;
			tell();
		});
		client.subscribe([...this.cluster.topics], { qos: 0 });
		/* A broker may answer before it sends what is retained, but then it answers this behind it. */
		client.subscribe([...this.cluster.ownTopics], { qos: 0 }, () => {
			if (this.client !== client) return;
			const first = firstTopics(this.cluster);
			if (first.length) client.subscribe(first, { qos: 0 });
			client.subscribe([...this.cluster.nodeTopics()], { qos: 0 }, () => {
				if (this.client !== client) return;
				if (first.length) client.unsubscribe(first);
				this.cluster.link({ state: "online" }, outletOf(client));
				online = true;
				tell();
			});
		});
	}

	/** Commands a node that does not exist, namely this page: only the broker reacts to that. */
	private askWhetherWeMayCommand(client: MqttClient, told: (may: boolean) => void): void {
		const page = this.cluster.id.replaceAll("/", "-"); // a node's id is one level
		const topic = `${this.cluster.prefix}/node/${page}/set`;
		client.publish(topic, "", { qos: 1 }, (error) => {
			if (!error || reason(error) === NOT_ALLOWED) told(!error);
		});
	}

	/** `why` is null where no broker was met. */
	private async lost(client: MqttClient, why: string | null): Promise<void> {
		if (this.client !== client) return;
		client.end(true);
		const said = why ?? (await whyNoSocket(this.options.url));
		if (this.client !== client) return; // closed meanwhile
		this.client = null;
		this.cluster.link({ state: "lost", why: said }, null);
		this.retry = setTimeout(() => this.connect(), pauseMs(this.failed++));
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
