// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The real thing for tests of the page: Mosquitto, conductor, bridges with
 * virtual boards and nginx, as ./run demo starts them. All of it ends with the
 * test: children ask the kernel to be told when their parent is gone. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The repository and the folder of the programs, which run.sh names. */
export const TOP = process.env.GLOW_TOP!;
export const BIN = process.env.GLOW_BIN!;

const PATIENCE_MS = 20000;
const PATH = `${process.env.PATH}:/usr/sbin`;

/** The first true value; a failure that says what() after the deadline. */
export async function until<T>(what: () => string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
	const deadline = Date.now() + PATIENCE_MS;
	for (;;) {
		const value = await look();
		if (value) return value;
		if (Date.now() > deadline) throw new Error(`waited in vain: ${what()}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, "close");
	return port;
}

export interface Shown {
	readonly tUs: number;
	/** "rrggbb" of each pixel, or a PiGlow's levels. */
	readonly lights: readonly (string | number)[];
}

/** A board: what its LEDs showed, from the file that --virtual-out wrote. */
export class Board {
	constructor(
		readonly id: string,
		private readonly path: string,
	) {}

	/** Everything so far, oldest first. */
	shown(): Shown[] {
		const lines = readFileSync(this.path, "utf8").split("\n").slice(0, -1);
		return lines.map((line) => {
			const frame = JSON.parse(line) as { t_us: number; pixels?: string[]; leds?: number[] };
			return { tUs: frame.t_us, lights: frame.pixels ?? frame.leds ?? [] };
		});
	}

	last(): Shown {
		return this.shown().at(-1)!;
	}

	/** Waits until these are the lights now; one stands for all. */
	shows(...lights: string[]): Promise<unknown> {
		const want = (n: number) => (lights.length === 1 ? Array<string>(n).fill(lights[0]!) : lights);
		return until(() => `${this.id} shows ${lights.join()}, not ${this.last().lights.join()}`, () => {
			const now = this.last().lights;
			return now.join() === want(now.length).join();
		});
	}
}

export class Stack {
	readonly home = mkdtempSync(join(tmpdir(), "glow-page-"));
	readonly boards = new Map<string, Board>();
	url = "";
	port = 0;
	/** The name of what serves `url`, to end it. */
	webServer = "";
	private wsPort = 0;
	private readonly children = new Map<string, ChildProcess>();

	/** `password` is that of all accounts. */
	async start(password = "glow"): Promise<void> {
		this.port = await freePort();
		this.wsPort = await freePort();
		execFileSync(join(TOP, "tests/harness/web_broker.sh"), [this.home, String(this.port), String(this.wsPort), password], {
			env: { ...process.env, PATH },
		});
		await this.startBroker();
		this.url = await this.serve("glow");
	}

	async startBroker(): Promise<void> {
		this.run("broker", "mosquitto", ["-c", join(this.home, "mosquitto.conf")]);
		await until(() => "the broker listens", () => this.publishes("marker", ""));
	}

	/** nginx for clusters of that prefix, which lets in so many pages; returns the address of its page. */
	async serve(prefix: string, pages = 80): Promise<string> {
		const port = await freePort();
		const args = [`127.0.0.1:${port}`, `127.0.0.1:${this.wsPort}`];
		const limits = join(this.home, `limits-${port}.conf`);
		const ours = readFileSync(join(TOP, "dashboard/nginx/limits.conf"), "utf8");
		writeFileSync(limits, ours.replace("limit_conn glow_pages 80;", `limit_conn glow_pages ${pages};`));
		this.webServer ||= `nginx-${port}`;
		this.run(`nginx-${port}`, join(TOP, "dashboard/nginx/serve.sh"), args, { TMPDIR: this.home, GLOW_PREFIX: prefix, GLOW_LIMITS: limits });
		const url = `http://127.0.0.1:${port}/`;
		await until(() => "nginx serves", () => fetch(url).then((r) => r.ok, () => false));
		return url;
	}

	conductor(...options: string[]): void {
		this.run("conductor", join(BIN, "glow-conductor"), ["--node", "shelf", ...this.common(), ...options]);
	}

	bridge(id: string, ...options: string[]): Board {
		const path = join(this.home, `${id}.frames`);
		const board = ["--board", "virtual", "--virtual-out", path];
		this.run(id, join(BIN, "glow-bridge"), ["--node", id, ...board, ...this.common(), ...options]);
		this.boards.set(id, new Board(id, path));
		return this.boards.get(id)!;
	}

	/** By mosquitto_pub, as anybody on this host can. */
	publishes(topic: string, payload: string, ...options: string[]): boolean {
		const args = ["-h", "127.0.0.1", "-p", String(this.port), "-t", topic, "-m", payload, "-q", "1", ...options];
		try {
			execFileSync("mosquitto_pub", args, { stdio: "ignore" });
			return true;
		} catch {
			return false;
		}
	}

	/** What is retained there, or comes within a few seconds. */
	retained(topic: string): string {
		const args = ["-h", "127.0.0.1", "-p", String(this.port), "-t", topic, "-C", "1", "-W", "10"];
		return execFileSync("mosquitto_sub", args, { encoding: "utf8" }).trimEnd();
	}

	retainedJson(topic: string): unknown {
		return JSON.parse(this.retained(topic));
	}

	async end(name: string, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
		const child = this.children.get(name);
		if (!child) return;
		this.children.delete(name);
		if (child.exitCode !== null || child.signalCode !== null) return;
		child.kill(signal);
		await once(child, "exit");
	}

	async close(): Promise<void> {
		for (const name of [...this.children.keys()].reverse()) await this.end(name);
		rmSync(this.home, { recursive: true, force: true });
	}

	private common(): string[] {
		return ["--broker", `mqtt://127.0.0.1:${this.port}`, "--log-level", "warning"];
	}

	/* TERM and not KILL, so that nginx takes its worker along. */
	private run(name: string, program: string, args: string[], env: Record<string, string> = {}): void {
		const log = openSync(join(this.home, `${name}.log`), "a");
		const child = spawn("setpriv", ["--pdeathsig", "TERM", program, ...args], {
			stdio: ["ignore", log, log],
			env: { ...process.env, PATH, ...env },
		});
		this.children.set(name, child);
	}
}
