// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Commands on their way: sent with a response topic and a number of their own
 * as correlation data, which comes back with each answer. */

import type { Answer } from "./messages";

export type CommandStatus = "pending" | "accepted" | "rejected" | "unanswered";

export interface CommandView {
	readonly key: number;
	/** Date.now() when it was sent. */
	readonly at: number;
	readonly topic: string;
	/** The latest of them, where somebody dragged a value. */
	readonly payload: string;
	/** How many this one line stands for. */
	readonly times: number;
	readonly status: CommandStatus;
	/** The answers so far: one, or one from each node where there is no conductor. */
	readonly answers: readonly Answer[];
	/** Why it was rejected, what of it was ignored, or what the silence means, in a line for people; "" otherwise. */
	readonly message: string;
}

/** How commands reach the broker; link.ts has the real one. */
export interface Outlet {
	/** Publishes at QoS 1, not retained. Resolves when the broker has taken it; `false` when it does not allow it.
	 * Rejects when there is no connection. */
	command(topic: string, payload: string, responseTopic: string, correlation: Uint8Array): Promise<boolean>;
	/** Publishes a clock probe at QoS 0, at once or not at all. */
	probe(topic: string, payload: Uint8Array): void;
	/** Subscribes to further topics. */
	listen(topics: readonly string[]): void;
	/** Empties a retained message; `false` when the broker does not allow it. */
	clear(topic: string): Promise<boolean>;
}

/** Runs something later; calling what it returns cancels it. */
export type Later = (run: () => void, ms: number) => () => void;

const COMMANDS_MAX = 50;
const PATIENCE_MS = 2000;
/* Longer than a dragged value waits until it is sent again. */
const DRAG_MS = 1000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** "brightness: must be 0..255, got 300", with the node's name before it. */
export function answerText(answer: Answer): string {
	const message = answer.ignored.length > 0 ? `ignored ${answer.ignored.join(", ")}, which says nothing here` : answer.message;
	return [answer.node, answer.field, message].filter((part) => part !== "").join(": ");
}

/* A payload without its values: what somebody drags differs in these alone. */
function formOf(payload: string): string {
	try {
		return JSON.stringify(JSON.parse(payload), (_, value: unknown) => (typeof value === "object" ? value : 0));
	} catch {
		return payload;
	}
}

/** The latest commands, newest first; `list` is replaced, never changed. */
export class Commands {
	list: readonly CommandView[] = [];
	private key = 0;

	constructor(
		private readonly answerTopic: string,
		private readonly wall: () => number,
		private readonly later: Later,
		private readonly changed: () => void,
	) {}

	/** `silence` is what it means when nobody answers; `refused` is called when the broker does not let it pass. */
	send(outlet: Outlet | null, topic: string, payload: string, silence: string, refused: () => void): number {
		const key = ++this.key;
		const dragged = this.dragged(topic, payload);
		const times = (dragged?.times ?? 0) + 1;
		const command = { key, at: this.wall(), topic, payload, times, status: "pending", answers: [], message: "" } as const;
		this.list = [command, ...this.list.filter((one) => one !== dragged)].slice(0, COMMANDS_MAX);
		this.changed();
		if (!outlet) {
			this.update(key, { status: "rejected", message: "there is no connection to the broker" });
			return key;
		}
		this.later(() => this.giveUp(key, silence), PATIENCE_MS);
		outlet.command(topic, payload, this.answerTopic, encoder.encode(String(key))).then(
			(allowed) => {
				if (allowed) return;
				this.update(key, { status: "rejected", message: "this account may not send commands" });
				refused();
			},
			(error: unknown) => {
				this.update(key, { status: "rejected", message: error instanceof Error ? error.message : "not sent" });
			},
		);
		return key;
	}

	answer(correlation: Uint8Array, answer: Answer): void {
		const key = Number(decoder.decode(correlation));
		const command = this.list.find((one) => one.key === key);
		if (!command) return;
		const answers = [...command.answers, answer];
		const bad = answers.filter((one) => one.status === "error");
		this.update(key, {
			answers,
			status: bad.length > 0 ? "rejected" : "accepted",
			message: answers.filter((one) => bad.includes(one) || one.ignored.length > 0).map(answerText).join("; "),
		});
	}

	/** What this one goes on from, as a slider's next value does; what was refused stays to be read. */
	private dragged(topic: string, payload: string): CommandView | undefined {
		const form = formOf(payload);
		const since = this.wall() - DRAG_MS;
		const goesOn = (one: CommandView) => one.topic === topic && one.at > since && one.message === "" && formOf(one.payload) === form;
		return this.list.find(goesOn);
	}

	private giveUp(key: number, silence: string): void {
		if (this.list.find((one) => one.key === key)?.status === "pending")
			this.update(key, { status: "unanswered", message: silence });
	}

	private update(key: number, change: Partial<CommandView>): void {
		this.list = this.list.map((one) => (one.key === key ? { ...one, ...change } : one));
		this.changed();
	}
}
