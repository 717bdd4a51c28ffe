// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A button for what nobody can take back: it is pressed twice. */

import { useEffect, useState } from "preact/hooks";

const PATIENCE_MS = 5000;

/** `sure` is what it says then; `of` is told to screen readers alone. */
export function Sure({ label, of, sure, onSure }: { label: string; of: string; sure: string; onSure: () => void }) {
	const [asked, setAsked] = useState(false);
	useEffect(() => {
		if (!asked) return;
		const timer = setTimeout(() => setAsked(false), PATIENCE_MS);
		return () => clearTimeout(timer);
	}, [asked]);
	return (
		<button
			type="button"
			class={asked ? "quiet-do sure" : "quiet-do"}
			onBlur={() => setAsked(false)}
			onClick={() => {
				setAsked(!asked);
				if (asked) onSure();
			}}
		>
			{asked ? sure : label}
			<span class="unseen"> {of}</span>
		</button>
	);
}
