// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The outcome of what was sent: pending, accepted, or why not. */

import type { ClusterView, CommandStatus } from "../model/cluster";

const WORDS: Record<CommandStatus, string> = {
	pending: "pending",
	accepted: "accepted",
	rejected: "rejected",
	unanswered: "no answer",
};

/** The worst of several: the whole is accepted only if all are. */
function together(all: readonly CommandStatus[]): CommandStatus {
	for (const status of ["rejected", "pending", "unanswered"] as const) if (all.includes(status)) return status;
	return "accepted";
}

/** `done` is the word for what was accepted. */
export function Outcome({ view, keys, done = WORDS.accepted }: { view: ClusterView; keys: readonly number[]; done?: string }) {
	const commands = view.commands.filter((c) => keys.includes(c.key));
	const status = commands.length ? together(commands.map((c) => c.status)) : null;
	const messages = [...new Set(commands.map((c) => c.message).filter(Boolean))];
	return (
		<p class={`outcome ${status ?? "none"}`} role="status">
			{status && <span class="mark" aria-hidden="true" />}
			{status && (status === "accepted" ? done : WORDS[status])}
			{messages.length > 0 && `: ${messages.join("; ")}`}
		</p>
	);
}

export function StatusWord({ status }: { status: CommandStatus }) {
	return (
		<span class={`outcome ${status}`}>
			<span class="mark" aria-hidden="true" />
			{WORDS[status]}
		</span>
	);
}
