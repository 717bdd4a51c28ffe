// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A browser that nobody listens in on. What drives one for a test records each message that a page is sent, which takes
 * more of a small machine than the page itself: here only the answers to what is asked come over the pipe. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { CHROMIUM, OPTIONS } from "./visit";

interface Answer {
	readonly id?: number;
	readonly result?: { targetId?: string; sessionId?: string; result?: { value?: unknown }; exceptionDetails?: unknown };
	readonly error?: { message: string };
}

/** A page at `url`, 1920 × 1080. */
export class Unwatched {
	private readonly home = mkdtempSync(join(tmpdir(), "glow-unwatched-"));
	private readonly browser: ChildProcess;
	private readonly waiting = new Map<number, (answer: Answer) => void>();
	private session = {};
	private asked = 0;
	private rest = "";

	constructor() {
		const options = [...OPTIONS, "--remote-debugging-pipe", "--window-size=1920,1080", `--user-data-dir=${this.home}`];
		this.browser = spawn(CHROMIUM, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
		(this.browser.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => this.hear(text));
	}

	async visit(url: string): Promise<void> {
		const { targetId } = (await this.ask("Target.createTarget", { url }))!;
		const { sessionId } = (await this.ask("Target.attachToTarget", { targetId, flatten: true }))!;
		this.session = { sessionId };
	}

	/** What the function returns there, or what it promises; it and its arguments are sent as text. */
	async evaluate<A extends unknown[], R>(f: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
		const expression = `(${f})(${args.map((arg) => JSON.stringify(arg)).join()})`;
		const answer = (await this.ask("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }))!;
		if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
		return answer.result?.value as R;
	}

	async close(): Promise<void> {
		if (this.browser.exitCode === null && this.browser.signalCode === null) {
			const ended = once(this.browser, "exit");
			this.session = {};
			void this.ask("Browser.close", {}).catch(() => {});
			await ended;
		}
		rmSync(this.home, { recursive: true, force: true, maxRetries: 20 });
	}

	private async ask(method: string, params: object): Promise<Answer["result"]> {
		const id = ++this.asked;
		const came = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
		(this.browser.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...this.session })}\0`);
		const { result, error } = await came;
		if (error) throw new Error(`${method}: ${error.message}`);
		return result;
	}

	private hear(text: string): void {
		const messages = (this.rest + text).split("\0");
		this.rest = messages.pop()!;
		for (const answer of messages.map((message) => JSON.parse(message) as Answer)) {
			this.waiting.get(answer.id!)?.(answer);
			this.waiting.delete(answer.id!);
		}
	}
}
