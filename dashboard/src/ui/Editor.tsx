// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The editor on the page. It is loaded when it is needed for the first time; until then the text can be read. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Editor as Typed } from "../editor/editor";
import type { Mistake } from "../model/messages";
import { useSession } from "./hooks";

interface EditorProps {
	/** What it begins with, and goes on with where `turn` is another: what somebody types lies between. */
	text: string;
	turn: number;
	label: string;
	mistake: Mistake | null;
	readOnly: boolean;
	onText: (text: string) => void;
	onSave: () => void;
	onPlay: () => void;
	/** Where the editor can be reached once it is there. */
	reach: { current: Typed | null };
}

export function Editor(props: EditorProps) {
	const { text, turn, label, mistake, readOnly, reach } = props;
	const { cluster } = useSession();
	const host = useRef<HTMLDivElement>(null);
	const latest = useRef(props);
	const [state, setState] = useState<"loading" | "there" | "failed">("loading");
	latest.current = props;

	useEffect(() => {
		let gone = false;
		import("../editor/editor").then(
			({ createEditor }) => {
				if (gone) return;
				reach.current = createEditor(host.current!, {
					text: latest.current.text,
					label,
					words: cluster.words(),
					readOnly,
					onText: (typed) => latest.current.onText(typed),
					onSave: () => latest.current.onSave(),
					onPlay: () => latest.current.onPlay(),
				});
				setState("there");
			},
			() => gone || setState("failed"),
		);
		return () => {
			gone = true;
			reach.current?.close();
			reach.current = null;
		};
	}, [cluster, label, readOnly]);
	useEffect(() => reach.current?.setText(text), [turn, state]);
	useEffect(() => reach.current?.setMistake(mistake), [mistake, state]);

	return (
		<>
			<div ref={host} class="editor" />
			{state !== "there" && (
				<pre class="plain" tabIndex={0}>
					{text}
				</pre>
			)}
			{state === "failed" && <p class="trouble">The editor could not be loaded; load the page again.</p>}
		</>
	);
}
