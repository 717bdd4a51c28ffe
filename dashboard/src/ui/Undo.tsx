// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Taking back the last change: a button, Ctrl-Z where nobody types, and what came of it. */

import { useEffect, useState } from "preact/hooks";
import type { ClusterView, Undoing } from "../model/cluster";
import { listed } from "../model/times";
import { undoneText } from "../model/undo";
import { useSession } from "./hooks";
import { capital } from "./text";
import "./Undo.css";

const SAID_MS = 9000;
const TEXT_INPUTS = new Set(["text", "password", "search", "url", "email", "number", "time"]);

/** Whether a key means something to that element itself, such as a field that has an undo of its own. */
export function typesInto(target: EventTarget | undefined): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return target.isContentEditable || target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && TEXT_INPUTS.has(target.type));
}

const passedOver = (skipped: readonly string[]): string =>
	skipped.length ? ` Left as they are, since they changed meanwhile or are offline: ${listed(skipped)}.` : "";

/** What came of it, for people; null while nobody knows. */
export function undoText({ keys, boards, skipped }: Undoing, commands: ClusterView["commands"]): string | null {
	const sent = commands.filter(({ key }) => keys.includes(key));
	if (sent.some(({ status }) => status === "pending")) return null;
	const bad = sent.find(({ status }) => status !== "accepted");
	if (bad) return `Nothing was taken back: ${bad.message}.`;
	if (boards) return `${boards.length ? `${capital(listed(boards))} ${boards.length === 1 ? "shows" : "show"} what was there before.` : ""}${passedOver(skipped)}`.trim();
	const answer = sent[0]?.answers[0];
	if (!answer?.undone) return "There is nothing to take back.";
	return `Took back ${undoneText(answer.undone)}.${passedOver(answer.skipped)}`;
}

export function Undo({ view }: { view: ClusterView }) {
	const { cluster } = useSession();
	const [doing, setDoing] = useState<Undoing | null>(null);
	const undo = () => setDoing(cluster.undo());
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
			if (event.defaultPrevented || typesInto(event.composedPath()[0])) return;
			event.preventDefault();
			undo();
		};
		addEventListener("keydown", pressed);
		return () => removeEventListener("keydown", pressed);
	}, [cluster]);
	useEffect(() => {
		if (!doing) return;
		const timer = setTimeout(() => setDoing(null), SAID_MS);
		return () => clearTimeout(timer);
	}, [doing]);
	const text = doing && undoText(doing, view.commands);
	return (
		<div class="undo">
			<button type="button" class="quiet-do" title="take back the last change (Ctrl-Z)" onClick={undo}>
				Undo
			</button>
			<p class={text ? "undone" : "unseen"} role="status">
				{text}
			</p>
		</div>
	);
}
