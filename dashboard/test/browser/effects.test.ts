// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Effects in text: what is typed is what LEDs show, and what others type is told. */

import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { same } from "./drawn";
import { Stack, until } from "./stack";
import { accessible, enter, goTo, openBrowser, type Visit, visit } from "./visit";

const SIZES = [
	[1440, 900],
	[1024, 768],
	[768, 1024],
	[390, 844],
] as const;

const STILL = { reducedMotion: "reduce" } as const;

const stack = new Stack();
let browser: Browser;
let desk: Visit;
let page: Page;

const board = (id: string) => stack.boards.get(id)!;
const typed = (of: Page = page) => of.getByRole("textbox", { name: /^text of / });
const verdict = (text: string) => page.locator(".verdict").getByText(text).waitFor();
const press = (name: string, of: Page = page) => of.getByRole("button", { name, exact: true }).click();
const kept = (name: string) => (stack.retainedJson(`glow/effect/${name}`) as { text: string }).text;

/** Puts this in place of all that stands in the editor. */
async function type(text: string, of: Page = page): Promise<void> {
	await typed(of).focus();
	await of.keyboard.press("Control+a");
	await of.keyboard.insertText(text);
	await of.keyboard.press("Escape");
}

const violations = () => page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);

before(async () => {
	await stack.start();
	stack.conductor();
	for (const id of ["pi1", "pi2", "pi3"]) stack.bridge(id, "--groups", "shelf", "--idle", "blue 20%");
	stack.bridge("pi4", "--groups", "shelf", "--virtual-shape", "piglow", "--idle", "white 20%");
	browser = await openBrowser();
	desk = await visit(browser, stack.url);
	page = desk.page;
	await page.addInitScript(() => {
		const seen: string[] = [];
		Object.assign(globalThis, { violations: seen });
		document.addEventListener("securitypolicyviolation", (event) => seen.push(`${event.violatedDirective} ${event.blockedURI}`));
	});
	await page.reload();
	await enter(page, "operator", 4);
});

after(async () => {
	await browser?.close();
	await stack.close();
});

test("three lines are on all boards, in one frame", async () => {
	await goTo(page, "Effects");
	await page.getByText("This cluster has none yet.").waitFor();
	await page.getByRole("link", { name: "New" }).click();
	await page.getByLabel("name").fill("blue");
	await page.getByText('"blue" is a colour; take another name').waitFor();
	await page.getByLabel("name").fill("mine");
	await typed().waitFor();
	await typed().focus();
	await page.keyboard.press("Control+a");
	await page.keyboard.type("let a = wvae(x)\nrgb(0.2, a, 0)"); // key by key, over what was chosen
	await verdict('1:9: there is no "wvae"; did you mean "wave"?');
	await page.keyboard.press("Control+s");
	assert.equal(await page.locator(".standing.new").count(), 1, "a mistake is not saved");
	await type("# mine\nlet level = 0.2\nrgb(lev");
	await page.keyboard.type("e");
	await page.getByRole("option", { name: "level" }).waitFor();
	await page.waitForTimeout(100); // where a completion that opens just now takes no key
	await page.keyboard.press("Enter");
	await page.keyboard.type(", 0, 0)");
	await verdict("0 steps a pixel");
	await page.keyboard.press("Control+Enter");
	for (const id of ["pi1", "pi2", "pi3"]) await board(id).shows("330000");
	const instants = ["pi1", "pi2", "pi3"].map((id) => board(id).shown().find((f) => f.lights.every((l) => l === "330000"))?.tUs);
	assert.equal(new Set(instants).size, 1);
	assert.equal(kept("mine"), "# mine\nlet level = 0.2\nrgb(level, 0, 0)");
	await page.getByRole("heading", { name: "mine", exact: true }).waitFor();
	await page.locator(".standing.saved").waitFor();
});

// promise: page-equals-leds
test("a text on the page is the text on the boards, to the byte", async () => {
	await page.waitForFunction(() => glowswarm.cluster.view.clock.valid);
	await page.evaluate(() => void glowswarm.cluster.save("mine", "hsv(x + cycle(2), 1, wave(3 * x + noise(4 * x, count(1))))"));
	await goTo(page, "Shelf");
	await page.getByText("scene: mine").nth(3).waitFor();
	await until(() => "the text moves", () => new Set(board("pi1").shown().slice(-4).map((f) => f.lights.join())).size > 3);
	await same(page, board("pi1"), "blinkt");
	await same(page, board("pi3"), "blinkt");
	await same(page, board("pi4"), "piglow");
	await page.getByLabel("fade").fill("0"); // of a fade that is over the page knows nothing more
	await page.getByRole("button", { name: "mine", exact: true }).click(); // a light's effect like any other
	await page.getByText("mine", { exact: true }).nth(4).waitFor();
	await same(page, board("pi2"), "blinkt");
});

test("an example is a beginning: sliders, preview, a name of one's own", async () => {
	await goTo(page, "Effects");
	await page.getByRole("list", { name: "examples" }).getByRole("link", { name: /^comet/ }).click();
	await typed().waitFor();
	const colors = () => page.evaluate(() => document.querySelector<HTMLCanvasElement>(".trial .strip-line canvas")!.toDataURL());
	const first = await colors();
	await until(() => "the preview moves", async () => (await colors()) !== first);
	await page.getByRole("group", { name: "parameters of comet" }).getByLabel("tail").fill("100");
	await page.getByLabel("name").fill("my-comet");
	await press("Save");
	await page.getByRole("heading", { name: "my-comet" }).waitFor();
	assert.match(kept("my-comet"), /^# a comet/);
	await type("square(beat(600))");
	await page.locator(".trial .warning").getByText("more than three times a second").waitFor();
	await press("Revert");
	await page.locator(".standing.saved").waitFor();
	await page.locator(".trial .warning").getByText("more than three").waitFor({ state: "detached" });
	await press("Duplicate");
	assert.equal(await page.getByLabel("name").inputValue(), "my-comet-2");
	await page.goBack();
});

test("two write one text: the last wins, and both are told", async () => {
	await page.getByLabel("motion").uncheck(); // from here on it would only take time
	const other = await visit(browser, `${stack.url}#effects/my-comet`, STILL);
	await enter(other.page, "operator", 4);
	await type("orange * x");
	await typed(other.page).waitFor();
	await type("teal * x", other.page);
	await press("Save", other.page);
	await other.page.locator(".standing.saved").waitFor();
	await page.getByText("my-comet was changed elsewhere.").waitFor();
	await press("Keep mine");
	await press("Save");
	await until(() => "mine wins", () => kept("my-comet") === "orange * x");
	await other.page.getByText("my-comet was changed elsewhere.").waitFor();
	await press("Take theirs", other.page);
	await typed(other.page).getByText("orange").waitFor();
	await type("navy", other.page);
	await press("Remove");
	await press("Remove it");
	await page.getByRole("heading", { name: "my-comet" }).waitFor({ state: "detached" });
	await other.page.getByText("my-comet was removed elsewhere.").waitFor();
	await press("Let it go", other.page);
	await other.close();
});

test("one that goes while it shows says where, and lets go there", async () => {
	await page.evaluate(() => void glowswarm.cluster.play({ effect: "mine" }));
	await page.getByRole("link", { name: /^mine/ }).click();
	await typed().waitFor();
	await press("Remove");
	await page.getByText(/It shows now: scene main/).waitFor();
	await press("Remove it");
	await page.getByText("An effect is a text").waitFor();
	for (const id of ["pi1", "pi2", "pi3"]) await board(id).shows("000033"); // the idle display
	await page.getByRole("link", { name: /^mine/ }).waitFor({ state: "detached" });
	await goTo(page, "Scenes");
	await page.getByText("mine (which no board has)", { exact: true }).waitFor();
	await goTo(page, "Effects");
});

test("without a conductor nothing is saved, and that is said", async () => {
	await goTo(page, "Effects");
	await page.getByRole("link", { name: /^ocean/ }).click();
	await typed().waitFor();
	await stack.end("conductor");
	await press("Save");
	await page.getByText("no conductor answered, so nothing is saved").waitFor();
	assert.equal(await page.locator(".standing.new").count(), 1);
	stack.conductor();
	await page.waitForFunction(() => glowswarm.cluster.view.conductor.leads);
	await press("Save");
	await page.getByRole("heading", { name: "ocean" }).waitFor();
});

// promise: viewer-commands-nothing
test("a viewer reads and sees it", async () => {
	const viewer = await visit(browser, `${stack.url}#effects/ocean`, STILL);
	await enter(viewer.page, "viewer", 4);
	await typed(viewer.page).waitFor();
	await viewer.page.locator(".trial canvas").first().waitFor();
	const before = await typed(viewer.page).textContent();
	await type("gone", viewer.page);
	assert.equal(await typed(viewer.page).textContent(), before);
	assert.deepEqual(await viewer.page.getByRole("button").allTextContents(), ["Log out"]);
	assert.equal(await viewer.page.getByRole("slider").count(), 0);
	await accessible(viewer.page, "a text that is only read");
	assert.deepEqual(viewer.complaints, []);
	await viewer.close();
});

// promise: page-for-everybody
test("the editor is for everybody, in light and dark, wide and narrow", async () => {
	await press("Play");
	await page.getByText("ocean plays").waitFor();
	for (const colorScheme of ["light", "dark"] as const) {
		await page.emulateMedia({ colorScheme });
		for (const [width, height] of SIZES) {
			await page.setViewportSize({ width, height });
			assert.ok(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), `nothing sticks out of ${width}`);
			await page.screenshot({ path: join(process.env.GLOW_PICTURES!, `effects-${colorScheme}-${width}.png`) });
		}
		await accessible(page, `the editor, ${colorScheme}, on a phone`);
	}
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.evaluate(() => {
		scrollTo(0, 0);
		document.querySelector(".texts")!.scrollTo(0, 0);
	});
	await page.screenshot({ path: join(process.env.GLOW_PICTURES!, "dashboard-effects.png") }); // the documentation's
});

// promise: page-trusts-nobody
test("the browser had nothing to complain of, nor the policy", async () => {
	assert.deepEqual([desk.complaints, await violations()], [[], []]);
	await page.evaluate(() => document.head.append(Object.assign(document.createElement("style"), { textContent: "main { color: red }" })));
	await until(() => "the control is seen", async () => (await violations()).length > 0);
});
