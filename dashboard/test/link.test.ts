// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The link against a real broker, which knows passwords and who may do what. */

import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import test, { type TestContext } from "node:test";

import mqtt from "mqtt";

import { loadCore } from "../src/core";
import { openLink, pauseMs } from "../src/link";
import { type Cluster, type ClusterView, createCluster } from "../src/model/cluster";

const core = await loadCore(readFileSync(process.env.GLOW_WASM ?? ""));

const ACL = `user operator
topic readwrite glow/#
user viewer
topic read glow/#
topic write glow/time/request/x/+
`;

function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}

class Broker {
	private readonly dir = mkdtempSync(`${tmpdir()}/glow-`);
	private process: ChildProcess | null = null;

	private constructor(readonly port: number) {
		execFileSync("mosquitto_passwd", ["-c", "-b", `${this.dir}/passwords`, "operator", "right"]);
		execFileSync("mosquitto_passwd", ["-b", `${this.dir}/passwords`, "viewer", "right"]);
		writeFileSync(`${this.dir}/acl`, ACL);
		/* Mosquitto 2.0.11 does not start with WebSockets alone. */
		writeFileSync(
			`${this.dir}/conf`,
			`user root
listener 0 ${this.dir}/socket
listener ${port} 127.0.0.1
socket_domain ipv4
protocol websockets
allow_anonymous false
password_file ${this.dir}/passwords
acl_file ${this.dir}/acl
log_dest file ${this.dir}/log
log_type all
`,
		);
		this.start();
	}

	static async for(t: TestContext): Promise<Broker> {
		const broker = new Broker(await freePort());
		t.after(async () => {
			await broker.stop();
			rmSync(broker.dir, { recursive: true });
		});
		return broker;
	}

	start(): void {
		this.process = spawn("mosquitto", ["-c", `${this.dir}/conf`], { stdio: "ignore" });
	}

	log(): string {
		return readFileSync(`${this.dir}/log`, "utf8");
	}

	stop(): Promise<void> {
		return new Promise((resolve) => {
			if (this.process?.exitCode !== null) resolve();
			this.process?.once("exit", () => resolve());
			this.process?.kill();
		});
	}
}

function open(t: TestContext, where: Broker | string, username: string, password: string): Cluster {
	const cluster = createCluster(core);
	const url = typeof where === "string" ? where : `ws://127.0.0.1:${where.port}/`;
	const link = openLink(cluster, { url, username, password });
	t.after(() => {
		link.close();
		cluster.close();
	});
	return cluster;
}

/** Waits until the view is so; the runner's own patience ends it otherwise. */
function until(cluster: Cluster, so: (view: ClusterView) => boolean): Promise<void> {
	return new Promise((resolve) => {
		const look = (): void => {
			if (!so(cluster.view)) return;
			stop();
			resolve();
		};
		const stop = cluster.subscribe(look);
		look();
	});
}

const online = (view: ClusterView): boolean => view.link.state === "online";
const OPTIONS = { timeout: 30000 };

test("a wrong password is refused for good", OPTIONS, async (t) => {
	const broker = await Broker.for(t);
	const cluster = open(t, broker, "operator", "wrong");
	await until(cluster, (view) => view.link.state === "refused");
	/* Another page gets in and waits for an answer, which takes longer than the longest first pause: nothing was tried
	 * again meanwhile. */
	const other = open(t, broker, "operator", "right");
	await until(other, online);
	other.set({ node: "pi1" }, "red");
	await until(other, (view) => view.commands[0]?.status === "unanswered");
	assert.equal(cluster.view.link.state, "refused");
	assert.equal(broker.log().match(/: Client /g)?.length, 1, broker.log()); // that a connection ended
});

test("an operator may command, and the silence is told", OPTIONS, async (t) => {
	const cluster = open(t, await Broker.for(t), "operator", "right");
	await until(cluster, (view) => view.mayCommand === true);
	cluster.set({ node: "pi1" }, "red");
	await until(cluster, (view) => view.commands[0]?.status === "unanswered");
});

// promise: viewer-commands-nothing
test("a viewer may only look", OPTIONS, async (t) => {
	const cluster = open(t, await Broker.for(t), "viewer", "right");
	await until(cluster, (view) => view.mayCommand === false);
	assert.equal(cluster.view.link.state, "online");
	cluster.set({ node: "pi1" }, "red");
	await until(cluster, (view) => view.commands[0]?.status === "rejected");
});

test("nothing that is retained waits for acknowledgements", OPTIONS, async (t) => {
	const subscribe = t.mock.method(mqtt.MqttClient.prototype, "subscribe");
	const cluster = open(t, await Broker.for(t), "viewer", "right");
	await until(cluster, online);
	cluster.followKept();
	const asked = subscribe.mock.calls.map(({ arguments: [topics, options] }) => ({ topics: [topics].flat(), options }));
	assert.ok(asked[asked.length - 1]?.topics.includes("glow/preset/+"), "the control: what is asked for later is seen here");
	for (const { topics, options } of asked) assert.deepEqual(options, { qos: 0 }, topics.join(" "));
});

/** A node that takes every command but those that say "no". */
async function startNode(t: TestContext, broker: Broker): Promise<void> {
	const url = `ws://127.0.0.1:${broker.port}/`;
	const client = await mqtt.connectAsync(url, { protocolVersion: 5, username: "operator", password: "right" });
	t.after(() => client.endAsync(true));
	client.on("message", (_topic, payload, packet) => {
		const { responseTopic = "", correlationData } = packet.properties ?? {};
		const status = payload.toString() === "no" ? "error" : "ok";
		const properties = correlationData ? { correlationData } : {};
		client.publish(responseTopic, JSON.stringify({ status, node: "pi1" }), { properties });
	});
	await client.subscribeAsync("glow/node/pi1/set");
	await client.publishAsync("glow/node/pi1/availability", "online", { retain: true });
}

test("a node is heard, and its answers find their commands", OPTIONS, async (t) => {
	const broker = await Broker.for(t);
	const cluster = open(t, broker, "operator", "right");
	await until(cluster, online);
	await startNode(t, broker);
	await until(cluster, (view) => view.nodes[0]?.online === true);
	for (const command of ["red", "no"]) cluster.set({ node: "pi1" }, command);
	await until(cluster, (view) => view.commands.every((command) => command.status !== "pending"));
	assert.deepEqual(cluster.view.commands.map((command) => command.status), ["rejected", "accepted"]);
});

// promise: broker-may-be-away
test("a broker that restarts is found again", OPTIONS, async (t) => {
	const broker = await Broker.for(t);
	const cluster = open(t, broker, "operator", "right");
	await until(cluster, online);
	await broker.stop();
	await until(cluster, (view) => view.link.state === "lost");
	broker.start();
	await until(cluster, online);
});

/** From now on what would be done every second is done by the returned function alone. */
function everySecond(t: TestContext): () => void {
	const todo = new Set<() => void>();
	const real = globalThis.setInterval;
	const ours = ((call: () => void, ms: number) => {
		if (ms !== 1000) return real(call, ms);
		todo.add(call);
		return real(() => {}, 1 << 30);
	}) as typeof setInterval;
	globalThis.setInterval = ours;
	t.after(() => {
		globalThis.setInterval = real;
	});
	return () => {
		for (const call of todo) call();
	};
}

test("a broker that falls silent is given up, one that answers is not", OPTIONS, async (t) => {
	const second = everySecond(t);
	const emit = t.mock.method(mqtt.MqttClient.prototype, "emit");
	const heard = (): number => emit.mock.calls.filter((call) => String(call.arguments[0]) === "packetreceive").length;
	const cluster = open(t, await Broker.for(t), "operator", "right");
	await until(cluster, (view) => view.mayCommand === true);
	for (let round = 0; round < 3; round++) {
		const before = heard();
		for (let k = 0; k < 13; k++) second(); // asks, and cannot hear the answer yet
		assert.equal(cluster.view.link.state, "online");
		while (heard() === before) await new Promise((resolve) => setImmediate(resolve));
	}
	for (let k = 0; k < 14; k++) second();
	assert.deepEqual(cluster.view.link, { state: "lost", why: "nothing is heard from the broker" });
});

/** A web server that opens no WebSocket, and answers so where the page asks why. Tells how often it was tried. */
async function startDoor(t: TestContext, status: number): Promise<{ url: string; tried: () => number; triedAgain: Promise<void> }> {
	let tried = 0;
	let again = (): void => {};
	const triedAgain = new Promise<void>((resolve) => (again = resolve));
	const server = createHttpServer((request, response) => response.writeHead(request.url === "/mqtt/room" && request.method === "POST" ? status : 404).end());
	server.on("upgrade", (_request, socket) => {
		if (++tried === 2) again();
		socket.end(`HTTP/1.1 ${status === 204 ? 502 : status} x\r\n\r\n`);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	t.after(() => server.close());
	return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mqtt`, tried: () => tried, triedAgain };
}

test("a page that the web server turns away says why, and tries again", OPTIONS, async (t) => {
	const doors = [
		[204, "the broker cannot be reached"],
		[403, "the server of this page takes it for another's: a web server before it has to pass on the host's name"],
		[429, "too many log in at this moment"],
		[503, "too many pages are open, from this network or in all; one more gets in when another is closed"],
	] as const;
	await Promise.all(
		doors.map(async ([status, words]) => {
			const door = await startDoor(t, status);
			const cluster = open(t, door.url, "viewer", "right");
			await until(cluster, (view) => view.link.state === "lost" && view.link.why === words);
			assert.equal(door.tried(), 1);
			await door.triedAgain;
		}),
	);
});

test("a page without its web server says so", OPTIONS, async (t) => {
	const cluster = open(t, `ws://127.0.0.1:${await freePort()}/mqtt`, "viewer", "right");
	await until(cluster, (view) => view.link.state === "lost" && view.link.why === "the server of this page cannot be reached");
});

test("attempts become rarer, never together, and go on", () => {
	assert.deepEqual([0, 1, 2, 3, 4, 1000].map((failed) => pauseMs(failed, 0.5)), [1000, 2000, 4000, 8000, 8000, 8000]);
	assert.deepEqual([0, 1].map((chance) => pauseMs(9, chance)), [4000, 12000]);
});

test("of a thousand boards and more the first are asked for before all", OPTIONS, async (t) => {
	const broker = await Broker.for(t);
	await until(open(t, broker, "viewer", "right"), ({ link }) => link.state === "online");
	const client = await mqtt.connectAsync(`ws://127.0.0.1:${broker.port}/`, { protocolVersion: 5, username: "operator", password: "right" });
	t.after(() => client.endAsync(true));
	for (const [boards, first] of [[999, 0], [1000, 400]] as const) {
		const nodes = Array.from({ length: boards }, (_, k) => ({ id: `n${boards - k}`, groups: [], pixels: 8, offset: 8 * k }));
		await client.publishAsync("glow/roster", JSON.stringify({ rev: boards, effective_us: 0, pixels: 8 * boards, nodes }), { qos: 1, retain: true });
		const before = broker.log().length;
		const cluster = open(t, broker, "operator", "right");
		await until(cluster, ({ link }) => link.state === "online");
		await until(cluster, ({ mayCommand }) => mayCommand === true);
		const asked: readonly string[] = broker.log().slice(before).match(/(?<=\tglow\/node\/)\S+/g) ?? [];
		const wanted = nodes.slice(0, first).flatMap(({ id }) => [`${id}/availability`, `${id}/state`]);
		assert.deepEqual(asked.slice(0, asked.indexOf("+/availability")).filter((topic) => topic !== "+/info"), wanted);
	}
});
