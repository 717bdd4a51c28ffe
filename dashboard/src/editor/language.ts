// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The words of a text, for colours and for completion. What a text means is the compiler's to say. */

import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { HighlightStyle, StreamLanguage } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import type { Words } from "../model/messages";
import { FUNCTIONS, INPUTS } from "./words";

type Kind = "keyword" | "input" | "function" | "color" | "name";

function kindsOf(words: Words): (name: string) => Kind {
	const kinds = new Map<string, Kind>();
	for (const name of words.colors) kinds.set(name, "color");
	for (const name of words.functions) kinds.set(name, "function");
	for (const name of words.inputs) kinds.set(name, "input");
	for (const name of words.keywords) kinds.set(name, "keyword");
	return (name) => kinds.get(name) ?? "name";
}

/** A '#' begins a colour if three or six digits follow, and else a comment. */
const HEX = /#([0-9a-f]{3}|[0-9a-f]{6})(?![0-9a-z_])/i;

export function languageOf(words: Words): StreamLanguage<unknown> {
	const kind = kindsOf(words);
	return StreamLanguage.define<unknown>({
		name: "glow",
		languageData: { commentTokens: { line: "#" } },
		tokenTable: { input: tags.special(tags.variableName), function: tags.function(tags.variableName), color: tags.color, name: tags.variableName },
		token(stream) {
			if (stream.eatSpace()) return null;
			if (stream.match(HEX)) return "color";
			if (stream.match(/#.*/)) return "comment";
			if (stream.match(/"[^"]*"?/)) return "string";
			if (stream.match(/\d+(\.\d+)?/)) return "number";
			const name = stream.match(/[a-z_][a-z0-9_]*/i);
			if (name && name !== true) return kind(name[0]);
			stream.next();
			return "operator";
		},
	});
}

/** Colours are the page's, which has them for light and dark. */
export const highlights = HighlightStyle.define([
	{ tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
	{ tag: tags.function(tags.variableName), color: "var(--code-function)" },
	{ tag: tags.special(tags.variableName), color: "var(--code-input)" },
	{ tag: [tags.number, tags.color], color: "var(--code-number)" },
	{ tag: tags.string, color: "var(--code-string)" },
	{ tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
]);

const OWN = /^[ \t]*(param|let|def)[ \t]+([a-z_]\w*)/gim;

/** What the lines above give names to. */
export function ownNames(above: string): string[] {
	return [...new Set([...above.matchAll(OWN)].map((found) => found[2]!))];
}

function choicesOf({ keywords, inputs, functions, colors }: Words): Completion[] {
	return [
		...functions.map((label): Completion => ({ label, type: "function", detail: FUNCTIONS[label]?.[0] ?? "", info: FUNCTIONS[label]?.[1] ?? "", boost: 2 })),
		...inputs.map((label): Completion => ({ label, type: "variable", detail: INPUTS[label] ?? "", boost: 1 })),
		...keywords.map((label): Completion => ({ label, type: "keyword" })),
		...colors.map((label): Completion => ({ label, type: "constant", detail: "colour", boost: -1 })),
	];
}

export function completionsOf(words: Words): CompletionSource {
	const choices = choicesOf(words);
	return (context: CompletionContext): CompletionResult | null => {
		const before = context.matchBefore(/#?[a-z_]\w*/i);
		if (before?.text.startsWith("#") || (!before && !context.explicit)) return null;
		const line = context.state.doc.lineAt(context.pos);
		if (/^[^"]*("[^"]*"[^"]*)*#(?![0-9a-f]{3})/i.test(line.text.slice(0, context.pos - line.from))) return null; // in a comment
		const own = ownNames(context.state.doc.sliceString(0, line.from)).map((label): Completion => ({ label, type: "variable", detail: "of this text", boost: 3 }));
		return { from: before?.from ?? context.pos, options: [...own, ...choices], validFor: /^\w*$/ };
	};
}
