// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A field for a line of text, which stays as it is typed while the value behind it changes. */

import { useEffect, useRef, useState } from "preact/hooks";

const KEEP_MS = 1500; // until those who are told have had time to answer

interface TypedProps {
	value: string;
	/** The field was left, or Enter pressed, with another text; Esc gives it up. With `live`: with each key. */
	onDone: (text: string) => void;
	live?: boolean;
	id?: string;
	class?: string;
	maxLength: number;
	placeholder?: string;
	"aria-label"?: string;
}

export function Typed({ value, onDone, live, ...rest }: TypedProps) {
	const [typed, setTyped] = useState<string | null>(null);
	const keep = useRef(0);
	useEffect(() => () => clearTimeout(keep.current), []);
	return (
		<input
			{...rest}
			type="text"
			value={typed ?? value}
			onFocus={() => clearTimeout(keep.current)}
			onInput={(e) => {
				setTyped(e.currentTarget.value);
				if (live) onDone(e.currentTarget.value);
			}}
			onChange={(e) => {
				if (e.currentTarget.value !== value) onDone(e.currentTarget.value);
			}}
			onBlur={() => {
				keep.current = window.setTimeout(() => setTyped(null), KEEP_MS);
			}}
			onKeyDown={(e) => e.key === "Escape" && setTyped(null)}
		/>
	);
}
