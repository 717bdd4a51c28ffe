// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Effects in text: in the model, as drafts, in a preview, and as words of an editor. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { EditorState } from "@codemirror/state";
import { CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { ensureSyntaxTree } from "@codemirror/language";
import { highlightTree } from "@lezer/highlight";

import { completionsOf, highlights, languageOf, ownNames } from "../src/editor/language";
import { FUNCTIONS, INPUTS } from "../src/editor/words";
import { type Draft, draftOf, freeName, keeping, settled, standingOf, taking } from "../src/model/drafts";
import { fitting, type Look, Preview } from "../src/model/preview";
import { conductor, info, Lab, scene, scenes, TIMELINE } from "./lab";
import { core } from "./script";

const WAVES = "# to and fro\nparam p 1..9 = 3 s \"how long\"\nhsv(x + cycle(p), 1, wave(2 * x + noise(3 * x)))";
const STILL: Look = { params: {}, color: "#ff8000", span: "cluster" };

const message = (name: string, text: string, rev: number, more: object = {}) => ({ name, what: "", params: [], text, rev, ...more });

function lab(): Lab {
	const one = new Lab();
	one.online();
	one.hear("conductor/info", conductor(), true);
	one.hear("node/pi1/info", info("pi1"), true);
	one.hear("node/pi1/availability", "online", true);
	return one;
}

const told = ({ cluster }: Lab) => cluster.view.events.filter(({ kind }) => kind === "effect").map(({ text }) => text);

test("texts are effects like any other, and their news are told", () => {
	const one = lab();
	one.hear("effect/waves", message("waves", WAVES, 1), true);
	one.hear("effect/wrong", message("wrong", "wvae(", 2), true);
	assert.deepEqual(one.cluster.view.texts.map(({ name, what, rev }) => [name, what, rev]), [["waves", "to and fro", 1]]);
	assert.deepEqual(one.cluster.view.effects.map(({ name, text }) => [name, text !== undefined]), [["breathe", false], ["waves", true]]);
	assert.deepEqual(one.cluster.view.texts[0]?.params.map(({ name, unit, what }) => [name, unit, what]), [["p", "s", "how long"]]);
	assert.deepEqual(told(one), [], "what is retained is no news");
	one.hear("effect/waves", message("waves", "navy", 3));
	one.hear("effect/grey", message("grey", "0.5", 4));
	one.hear("effect/waves", "");
	assert.deepEqual(told(one), ["waves was removed", "grey is new", "waves was changed"]);
	assert.deepEqual(one.cluster.view.texts.map(({ name }) => name), ["grey"]);
});

test("a text takes the place of another at its instant", () => {
	const one = lab();
	one.hear("effect/grey", message("grey", "0.5", 1), true);
	one.hear("scene/current", scenes(scene("main", { effect: "grey", start_us: 1 })), true);
	one.hear("node/pi1/state", { state: "ON", effect: "auto" }, true);
	const color = () => {
		const tUs = one.cluster.nowUs();
		one.cluster.tick(tUs);
		return [...one.cluster.frame("pi1", tUs)!.seen.slice(0, 3)];
	};
	assert.equal(new Set(color()).size, 1);
	const grey = color();
	one.hear("effect/grey", message("grey", "navy", 2, { at_us: one.cluster.nowUs() + 500000, clock_id: TIMELINE }));
	assert.deepEqual(color(), grey);
	one.pass(600);
	assert.deepEqual(color(), [0, 0, 128]);
});

test("saving and removing are commands to the conductor", () => {
	const one = lab();
	one.cluster.save("waves", "{");
	one.cluster.remove("waves");
	assert.deepEqual(one.sent.map(({ topic, payload }) => [topic, payload]), [["glow/effect/waves/set", '{"text":"{"}'], ["glow/effect/waves/set", ""]]);
	one.answer(0, { status: "error", code: "bad_effect", field: "1:1", message: "this sign means nothing here" });
	one.pass(3000);
	const [removed, saved] = one.cluster.view.commands;
	assert.deepEqual([saved?.status, saved?.message], ["rejected", "1:1: this sign means nothing here"]);
	assert.deepEqual([removed?.status, removed?.message], ["unanswered", "no conductor answered, so nothing is removed"]);
	one.lose();
	one.cluster.save("waves", WAVES);
	assert.equal(one.cluster.view.commands[0]?.status, "rejected");
});

test("a draft knows what others did", () => {
	const saved = (text: string) => ({ name: "a", text });
	const mine: Draft = { name: "a", text: "mine", base: "old" };
	assert.equal(standingOf({ ...mine, base: null }, undefined), "new");
	assert.equal(standingOf({ ...mine, base: null }, saved("old")), "taken");
	assert.equal(standingOf(mine, saved("old")), "changed");
	assert.equal(standingOf(mine, saved("mine")), "saved");
	assert.equal(standingOf(mine, saved("theirs")), "elsewhere");
	assert.equal(standingOf(mine, undefined), "removed");
	assert.equal(standingOf(keeping(mine, saved("theirs")), saved("theirs")), "changed");
	assert.equal(standingOf(keeping(mine, undefined), undefined), "new");
	assert.equal(standingOf(taking(mine, saved("theirs")), saved("theirs")), "saved");
	assert.equal(settled(mine, saved("old")), mine);
	assert.deepEqual(settled(mine, saved("mine")), draftOf(saved("mine")));
	assert.deepEqual([freeName("a", []), freeName("a", ["a", "a-2"]), freeName("a-2", ["a-2"])], ["a", "a-3", "a-3"]);
	assert.ok(freeName("x".repeat(31), ["x".repeat(31)]).length <= 31);
});

// promise: page-equals-leds
test("a preview is what the boards will show", () => {
	const one = lab();
	one.hear("node/pi2/info", info("pi2", { shape: "piglow", pixels: 18 }), true);
	one.hear("node/pi2/availability", "online", true);
	one.hear("roster", { rev: 1, effective_us: 0, pixels: 30, nodes: [
		{ id: "pi2", groups: [], pixels: 18, offset: 0, reverse: false, gap: 4 },
		{ id: "pi1", groups: [], pixels: 8, offset: 22, reverse: true, gap: 0 },
	] }, true);
	for (const id of ["pi1", "pi2"]) one.hear(`node/${id}/state`, { state: "ON", effect: "auto" }, true);
	const startUs = one.cluster.nowUs() - 5e6;
	one.hear("effect/waves", message("waves", WAVES, 1), true);
	one.hear("scene/current", scenes(scene("main", { effect: "waves", params: { p: 5 }, start_us: startUs })), true);
	const preview = one.cluster.preview();
	preview.follow(one.cluster.view);
	const differing = (look: Look): number => {
		preview.show(WAVES, look, startUs);
		let differ = 0;
		for (let k = 0; k < 40; k++) {
			one.pass(50);
			const tUs = one.cluster.nowUs();
			one.cluster.tick(tUs);
			for (const id of ["pi1", "pi2"]) {
				const real = Buffer.from(one.cluster.frame(id, tUs)!.raw).toString("hex");
				if (real !== Buffer.from(preview.frame(id, tUs)!.raw).toString("hex")) differ++;
			}
		}
		return differ;
	};
	assert.equal(differing({ ...STILL, params: { p: 5 } }), 0);
	assert.ok(differing({ ...STILL, params: { p: 4 } }) > 60, "the control");
	assert.ok(differing({ ...STILL, params: { p: 5 }, span: "node" }) > 30, "each board alike is another picture");
});

function flashing(text: string, places = lab().cluster.view): string | null {
	const preview = new Preview(core);
	preview.follow(places);
	preview.show(text, STILL, 1e15);
	for (const search = preview.flashes(places, STILL); ; ) {
		const { done, value } = search.next();
		if (done) return value;
	}
}

test("flashes are found before anybody sees them", () => {
	assert.equal(flashing("square(beat(600))"), "preview");
	assert.equal(flashing("square(beat(120))"), null);
	assert.equal(flashing("if t < 4 then navy else square(beat(600)) * red"), "preview");
	const one = lab();
	one.hear("roster", { rev: 1, effective_us: 0, pixels: 8, nodes: [{ id: "pi1", groups: [], pixels: 8, offset: 0, reverse: false, gap: 0 }] }, true);
	assert.equal(flashing("square(beat(600))", one.cluster.view), "pi1");
});

test("parameters outlast a change of the text where they fit", () => {
	const check = lab().cluster.check("param p 1..9 = 3\nparam shade = teal\nparam loud = on\np * shade * loud");
	assert.ok(!check.mistake);
	assert.deepEqual(fitting(check.params, { p: 9, shade: "#ffffff", loud: false, gone: 1 }), { p: 9, shade: "#ffffff", loud: false });
	assert.deepEqual(fitting(check.params, { p: 10, shade: 3, loud: "yes" }), {});
});

/* ---- words ---- */

const words = lab().cluster.words();

test("each word of the compiler is explained, and no other", () => {
	assert.deepEqual(Object.keys(FUNCTIONS).sort(), [...words.functions].sort());
	assert.deepEqual(Object.keys(INPUTS).sort(), [...words.inputs].sort());
	assert.equal(words.bytes, 4096);
});

/** Each word and the colour in which it stands; "" for plain. */
function colored(text: string): [string, string][] {
	const state = EditorState.create({ doc: text, extensions: languageOf(words) });
	const found: [string, string][] = [];
	highlightTree(ensureSyntaxTree(state, text.length, 5000)!, highlights, (from, to, style) => found.push([text.slice(from, to), style]));
	return found;
}

test("words of a kind are of one colour", () => {
	const of = new Map(colored("# a #b\nlet a = wave(x) * 0.5 + #f80 + teal # c\nif #f8001 then teal else \"#x\""));
	const kinds = ["let", "wave", "x", "0.5", "# a #b"].map((word) => of.get(word));
	assert.equal(new Set(kinds).size, 5);
	assert.ok(kinds.every(Boolean));
	assert.deepEqual([of.get("if"), of.get("#f80"), of.get("teal"), of.get("# c")], [of.get("let"), of.get("0.5"), of.get("0.5"), of.get("# a #b")]);
	assert.equal(of.get("#f8001 then teal else \"#x\""), of.get("# a #b"), "five digits are no colour");
	for (const file of readdirSync("../effects")) assert.ok(colored(readFileSync(`../effects/${file}`, "utf8")).length > 10, file);
});

function offered(text: string): string[] {
	const state = EditorState.create({ doc: text, extensions: languageOf(words) });
	const result = completionsOf(words)(new CompletionContext(state, text.length, false)) as CompletionResult | null;
	const begun = result ? text.slice(result.from) : "";
	return result?.options.map(({ label }) => label).filter((label) => label.startsWith(begun)) ?? [];
}

test("names are completed: functions, inputs, colours, and those of the text", () => {
	assert.ok(["palette", "palegreen"].every((label) => offered("pal").includes(label)));
	assert.ok(offered("param board_speed 1..9 = 2\nboard_").includes("board_speed"));
	assert.ok(offered("board_").includes("board_x"));
	assert.ok(!offered("board_").includes("board_speed"), "the control");
	assert.deepEqual(offered("# pal"), []);
	assert.deepEqual(offered("#ff80f"), []);
	assert.deepEqual(ownNames("param a 1..2 = 1\n def f(x) = x\nlet b = 2\n# let c = 3"), ["a", "f", "b"]);
});
