// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The editor of a text: CodeMirror. It stands in a shadow root, where its styles are style sheets that a script made; in the
 * page itself they would be an element, which the policy does not let in. This file and all it imports are loaded when
 * somebody opens a text, so it shares nothing with the rest of the page. */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { Mistake, Words } from "../model/messages";
import { completionsOf, highlights, languageOf } from "./language";

export interface EditorOptions {
	readonly text: string;
	/** For screen readers. */
	readonly label: string;
	readonly words: Words;
	readonly readOnly: boolean;
	onText(text: string): void;
	onSave(): void;
	onPlay(): void;
}

export interface Editor {
	/** Puts another text in its place; undone like anything typed. */
	setText(text: string): void;
	setMistake(mistake: Mistake | null): void;
	/** With the cursor at the mistake, where there is one. */
	focus(mistake?: Mistake): void;
	close(): void;
}

const look = EditorView.theme({
	"&": { color: "var(--ink)", backgroundColor: "var(--sunken)", borderRadius: "10px", fontSize: "0.92rem" },
	"&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
	".cm-scroller": { fontFamily: "ui-monospace, 'SF Mono', 'Cascadia Code', 'JetBrains Mono', 'DejaVu Sans Mono', monospace", lineHeight: "1.6", minHeight: "11rem", maxHeight: "var(--editor-height, 60vh)" },
	".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
	".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
	".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-soft)", border: "0" },
	".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 5%, transparent)" },
	"&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)" },
	"&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
	".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--shadow)" },
	".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.5rem", lineHeight: "1.5" },
	".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
	".cm-completionDetail": { color: "inherit", fontStyle: "normal", opacity: "0.85" },
	".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
	".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
	".cm-lint-marker-error": { content: "normal", width: "0.6em", height: "0.6em", margin: "0.35em 0.2em", borderRadius: "50%", backgroundColor: "var(--bad)" },
	".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad) 1.5px", textUnderlineOffset: "3px" },
});

function place(doc: Text, { line, column }: Mistake): { from: number; to: number } {
	const at = doc.line(Math.min(Math.max(1, line), doc.lines));
	const before = [...at.text].slice(0, Math.max(0, column - 1)).join("");
	const from = Math.min(at.from + before.length, at.to);
	const word = /^(\w+|\S)/.exec(at.text.slice(from - at.from))?.[0] ?? "";
	return { from, to: from + word.length };
}

/** What a key does; then nothing else does anything with it. */
const does = (what: () => void) => () => {
	what();
	return true;
};

function keysOf({ onSave, onPlay }: EditorOptions): Extension {
	return keymap.of([
		{ key: "Mod-s", run: does(onSave) },
		{ key: "Mod-Enter", run: does(onPlay) },
		{ key: "Mod-/", run: toggleComment },
		...closeBracketsKeymap,
		...defaultKeymap,
		...historyKeymap,
		...completionKeymap,
		...lintKeymap,
	]);
}

/* A browser that takes text away itself leaves styles of its own as attributes, which the policy does not let in either. So
 * what is typed over a selection is done here, and in a text that is only read nothing is. */
const overSelection = EditorView.domEventHandlers({
	beforeinput(event, view) {
		const { from, to, empty } = view.state.selection.main;
		const { data } = event;
		if (view.state.readOnly) event.preventDefault();
		if (view.state.readOnly) return true;
		if (event.inputType !== "insertText" || data === null || empty) return false;
		const typed = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
		if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, typed))) view.dispatch(typed());
		event.preventDefault();
		return true;
	},
});

function extensionsOf(options: EditorOptions, changed: Extension): Extension {
	const { words, label, readOnly } = options;
	return [
		lineNumbers(),
		lintGutter(),
		history(),
		drawSelection(),
		highlightActiveLine(),
		bracketMatching(),
		closeBrackets(),
		autocompletion({ override: [completionsOf(words)], icons: false }),
		languageOf(words),
		syntaxHighlighting(highlights),
		keysOf(options),
		overSelection,
		EditorState.readOnly.of(readOnly),
		EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
		EditorView.lineWrapping,
		look,
		changed,
	];
}

export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
	const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
	root.replaceChildren();
	let ours = false; // a change that the page made and knows
	const changed = EditorView.updateListener.of((update) => {
		if (update.docChanged && !ours) options.onText(update.state.doc.toString());
	});
	const state = EditorState.create({ doc: options.text, extensions: extensionsOf(options, changed) });
	const view = new EditorView({ state, parent: root, root });
	return {
		setText(text) {
			if (text === view.state.doc.toString()) return;
			ours = true;
			view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
			ours = false;
		},
		setMistake(mistake) {
			const wrong = (one: Mistake): Diagnostic => ({ ...place(view.state.doc, one), severity: "error", message: one.what });
			view.dispatch(setDiagnostics(view.state, mistake ? [wrong(mistake)] : []));
		},
		focus(mistake) {
			if (mistake) view.dispatch({ selection: { anchor: place(view.state.doc, mistake).from }, scrollIntoView: true });
			view.focus();
		},
		close() {
			view.destroy();
		},
	};
}
