// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What the page says of trouble, what it keeps from view to view, and that it is for everybody. Nodes and conductor
 * only speak here: said.ts. */

import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { Said } from "./said";
import { Stack, until } from "./stack";
import { accessible, enter, goTo, logIn, openBrowser, type Visit, visit } from "./visit";

const LONG = "n62-a-name-that-is-as-long-as-a-name-may-be-and-longer-than-all";
const PROBLEM = "/dev/i2c-1 does not exist: load i2c-dev, and switch the bus on with dtparam=i2c_arm=on in config.txt";
const WELL = ["pi1", "pi2", "pi3", LONG];
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

const stack = new Stack();
let browser: Browser;
let desk: Visit;
let page: Page;
let said: Said;

const card = (id: string) => page.getByRole("list", { name: "boards" }).getByRole("button", { name: new RegExp(`^${id}\\b`) });
const summary = (text: string) => page.locator(".status summary").getByText(text, { exact: true }).waitFor();
const panel = () => page.locator(".panel");
const control = (name: string) => panel().getByRole("button", { name, exact: true });
const level = () => (stack.retainedJson("glow/dim/current") as { brightness: number }).brightness;
const isFocused = (one: Locator) => one.evaluate((e) => e === document.activeElement);

/** Waits until a look at the page finds that. */
const seen = (what: string, look: () => Promise<boolean>) => until(() => what, look);

before(async () => {
	await stack.start();
	said = await Said.to(stack);
	await said.conductor();
	for (const id of WELL) await said.node(id, { groups: id === "pi1" || id === "pi2" ? ["odd"] : [], offset_us: id === "pi2" ? 900 : 0 });
	await said.roster(...WELL);
	await said.dim(77);
	browser = await openBrowser();
	desk = await visit(browser, stack.url, { reducedMotion: "reduce", viewport: DESK });
	page = desk.page;
	await enter(page, "operator", WELL.length);
});

after(async () => {
	await browser?.close();
	await said?.close();
	await stack.close();
});

test("all is well, and the window's title says so", async () => {
	await summary("All well");
	await page.waitForFunction(() => document.title === "All well · Shelf · Glowswarm");
	await page.getByText("4 of 4 boards online · dimmed to 30% · clocks within").waitFor();
});

// promise: page-says-what-is-wrong
test("trouble is dark, red, counted and named in full, with what helps", async () => {
	await said.node("pi6", { problem: PROBLEM });
	await said.node("pi7", { offset_us: 4e6 });
	await said.node("pi8", { online: false });
	await summary("3 need attention");
	await page.waitForFunction(() => document.title.startsWith("3 need attention · Shelf"));
	for (const [id, words] of [["pi6", `dark: ${PROBLEM}`], ["pi7", "4.0 s out of phase"]] as const) {
		await card(id).locator(".dot.bad").waitFor();
		const reason = card(id).locator(".showing").getByText(words);
		await reason.waitFor();
		assert.ok(await reason.evaluate((e) => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight + 1), "none of it is cut off");
		assert.equal(await page.locator(".board.dark").filter({ has: page.locator(`[data-node=${id}]`) }).count(), 1);
	}
	assert.equal(await card("pi1").locator(".dot.good").count(), 1);

	await page.locator(".status summary").click();
	const list = page.getByRole("list", { name: "what needs attention" });
	await list.getByText(PROBLEM).waitFor();
	assert.deepEqual(await list.locator("strong").allTextContents(), ["pi6", "pi8", "pi7"], "the worst first");
	await list.getByText("draws level by itself").waitFor();
	await accessible(page, "the list of troubles");
	await page.keyboard.press("Escape");
	await list.waitFor({ state: "detached" });
	await page.locator(".status summary").click();
	await list.getByRole("link", { name: "pi7" }).click();
	await seen("the board that was asked for has the focus", () => isFocused(card("pi7")));

	for (const id of ["pi6", "pi7", "pi8"]) await said.gone(id);
	await summary("All well");
});

test("boards with and without groups stand in one line, and no name leaves its board", async () => {
	const tops = await page.locator(".board .picture").evaluateAll((all) => all.map((e) => Math.round(e.getBoundingClientRect().top - e.closest("li")!.getBoundingClientRect().top)));
	assert.equal(new Set(tops).size, 1, tops.join());
	assert.ok(await card(LONG).locator(".caption").evaluate((e) => e.scrollWidth <= e.clientWidth));
	assert.equal(await card(LONG).locator(".id").textContent(), LONG);
});

test("the boards of a chosen group are chosen, on other views as well, until Escape", async () => {
	await goTo(page, "Shelf");
	const pressed = (...ids: string[]) =>
		seen(`${ids.join()} pressed`, async () => (await page.locator(".board[aria-pressed=true] .id").allTextContents()).join() === ids.join());
	await pressed();
	await control("odd").click();
	await pressed("pi1", "pi2");
	const where = page.getByRole("region", { name: "Play", exact: true }).getByLabel("on", { exact: true });
	await goTo(page, "Scenes");
	await seen("the group", async () => (await where.inputValue()) === "group odd");
	await goTo(page, "Shelf");
	await card("pi2").click();
	await card("pi3").click();
	await pressed("pi1", "pi3");
	await goTo(page, "Scenes");
	await seen("the boards", async () => (await where.inputValue()) === "chosen");
	await goTo(page, "Shelf");
	await pressed("pi1", "pi3");
	await page.keyboard.press("Escape");
	await pressed();
	await panel().getByRole("heading", { name: "All boards" }).waitFor();
});

test("an outcome moves nothing, and goes with the board", async () => {
	await card("pi1").click();
	const top = () => panel().getByLabel("brightness").evaluate((e) => e.getBoundingClientRect().top);
	await panel().getByRole("heading", { name: "pi1" }).waitFor();
	const before = await top();
	await control("red").click();
	const outcome = panel().getByRole("status").getByText("accepted");
	await outcome.waitFor();
	assert.equal(await top(), before);
	await card("pi1").click();
	await card("pi2").click();
	await outcome.waitFor({ state: "detached" });
	await page.keyboard.press("Escape");
});

test("a slider that is dragged leaves one line", async () => {
	await panel().getByLabel("brightness").focus();
	for (let k = 0; k < 20; k++) await page.keyboard.press("ArrowLeft");
	await page.waitForFunction(() => glowswarm.cluster.view.commands[0]?.payload === '{"brightness":235}');
	await goTo(page, "Events");
	const lines = page.locator(".log.commands li").filter({ hasText: "glow/all/set" }).filter({ hasText: "brightness" });
	await lines.filter({ hasText: '{"brightness":235}' }).getByText(/the last of/).waitFor();
	assert.ok((await lines.count()) <= 2, "two where the machine paused");
});

test("a playlist that is being made survives a look at another view", async () => {
	await goTo(page, "Scenes");
	const play = page.getByRole("region", { name: "Play", exact: true });
	await play.getByLabel("Playlist").check();
	await play.getByRole("button", { name: "Add an entry" }).click();
	const entries = play.getByRole("list", { name: "entries of the playlist" }).locator("> li");
	await entries.nth(2).waitFor();
	await goTo(page, "Shelf");
	await goTo(page, "Scenes");
	await entries.nth(2).waitFor();
	assert.equal(await entries.count(), 3);
});

test("each view is where it was left", async () => {
	await page.setViewportSize({ width: 1280, height: 420 });
	const scrolledTo = (least: number, most: number) => seen(`between ${least} and ${most}`, () => page.evaluate(([a, b]) => scrollY >= a! && scrollY <= b!, [least, most]));
	await page.evaluate(() => scrollTo(0, 200));
	await scrolledTo(200, 200);
	await goTo(page, "Sync");
	await scrolledTo(0, 0);
	await goTo(page, "Scenes");
	await scrolledTo(200, 200);
	await page.setViewportSize(DESK);
});

test("clocks: the worst pair has names, bars and table begin with the worst, colours stay", async () => {
	await goTo(page, "Sync");
	await page.getByText(/^pi2 and .*: so far apart/).waitFor();
	await seen("the worst first", async () => (await page.locator(".bar-id").first().textContent()) === "pi2");
	const rows = () => page.getByRole("region", { name: "table of clocks" }).locator("tbody th").allTextContents();
	assert.equal((await rows())[0], "pi2");
	const header = page.getByRole("columnheader", { name: "board" });
	await header.getByRole("button").click();
	await seen("by name", async () => (await rows()).join() === [LONG, "pi1", "pi2", "pi3"].join());
	assert.equal(await header.getAttribute("aria-sort"), "ascending");
	await header.getByRole("button").click();
	await seen("the other way", async () => (await rows())[0] === "pi3");
	const color = (id: string) =>
		page.locator(".u-series").filter({ hasText: id }).locator(".u-marker").evaluate((e) => getComputedStyle(e).borderColor + getComputedStyle(e).backgroundColor);
	await page.locator(".u-series").filter({ hasText: "pi1" }).waitFor();
	const was = await color("pi3");
	assert.notEqual(was, await color("pi2"), "the control");
	await said.gone("pi1");
	await page.locator(".u-series").filter({ hasText: "pi1" }).waitFor({ state: "detached" });
	assert.equal(await color("pi3"), was);
	await said.node("pi1", { groups: ["odd"] });
	await page.locator(".u-series").filter({ hasText: "pi1" }).waitFor();
});

test("on a phone nothing is cut off, and no name lies over another", async () => {
	await page.setViewportSize(PHONE);
	const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
	for (const view of ["Sync", "Strip"] as const) {
		await goTo(page, view);
		await page.locator(view === "Sync" ? ".sync-bars" : ".strip-name").first().waitFor();
		await seen(`${view} fits`, fits);
	}
	assert.deepEqual(await page.locator(".strip-name").allTextContents(), WELL);
	const boxes = await page.locator(".strip-name").evaluateAll((all) => all.map((e) => ({ cut: e.scrollWidth > e.clientWidth, box: e.getBoundingClientRect().toJSON() as DOMRect })));
	assert.ok(boxes.every(({ cut }) => !cut));
	for (const [k, { box: a }] of boxes.entries())
		for (const { box: b } of boxes.slice(k + 1))
			assert.ok(a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1, "two names in one place");
	await accessible(page, "the strip on a phone");
	await page.setViewportSize(DESK);
});

// promise: page-for-everybody
test("the shelf is one stop of the Tab key, and arrows go about on it", async () => {
	await goTo(page, "Shelf");
	await seen("the next", async () => {
		await card("pi1").focus(); // again where boards have just found another size
		await page.keyboard.press("ArrowRight");
		return isFocused(card("pi2"));
	});
	await page.keyboard.press("End");
	await seen("the last", () => isFocused(card(LONG)));
	await page.keyboard.press("Home");
	await seen("the first", () => isFocused(card("pi1")));
	assert.equal(await page.locator(".board[tabindex='0']").count(), 1);
	await page.keyboard.press("Tab");
	assert.equal(await page.locator(".shelf :focus").count(), 0);
	await page.keyboard.press("Shift+Tab");
	await seen("back where it was", () => isFocused(card("pi1")));
});

// promise: page-for-everybody
test("in high contrast everything is still there", async () => {
	await page.emulateMedia({ forcedColors: "active" });
	for (const view of ["Shelf", "Strip", "Scenes", "Effects", "Sync", "Events"] as const) {
		await goTo(page, view);
		await accessible(page, `${view} in high contrast`);
	}
	await goTo(page, "Shelf");
	const red = control("red");
	assert.equal(await red.evaluate((e) => getComputedStyle(e).backgroundColor), "rgb(255, 0, 0)");
	/* A picture of it for each value: alike means that nobody sees which it is. */
	const differs = async (one: Locator, change: () => Promise<unknown>) => {
		const before = await one.screenshot();
		await change();
		return !before.equals(await one.screenshot());
	};
	const toggle = page.getByLabel("motion");
	const slider = panel().getByLabel("fade");
	assert.ok(await differs(slider, () => slider.fill("10")), "the slider");
	assert.ok(await differs(toggle, () => toggle.check()), "the switch");
	const dot = card("pi1").locator(".dot");
	assert.ok(await differs(dot, () => said.node("pi1", { groups: ["odd"], problem: PROBLEM }).then(() => card("pi1").locator(".dot.bad").waitFor())), "the dot");
	await page.evaluate(() => {
		const none = new CSSStyleSheet();
		none.replaceSync(".switch input { opacity: 0 }");
		document.adoptedStyleSheets = [none];
	});
	assert.ok(!(await differs(toggle, () => toggle.evaluate((e) => (e as HTMLInputElement).click()))), "the control");
	await page.evaluate(() => void (document.adoptedStyleSheets = []));
	await page.emulateMedia({ forcedColors: null });
	await said.node("pi1", { groups: ["odd"] });
	await summary("All well");
});

test("a blackout ends at the level before it, and the account has its name, also after a reload", async () => {
	await goTo(page, "Shelf");
	await page.evaluate(() => void glowswarm.cluster.dim(77));
	await page.getByText("dimmed to 30%").waitFor();
	await page.getByLabel("blackout").check();
	await until(() => "dark", () => level() === 0);
	await page.reload();
	await page.getByRole("button", { name: "Log out" }).click(); // this tab knows the password still
	await page.getByLabel("Account").waitFor();
	assert.equal(await page.getByLabel("Account").inputValue(), "operator");
	await enter(page, "operator", WELL.length);
	await seen("the focus is inside", () => isFocused(page.locator("main")));
	await page.locator(".skip").focus();
	await page.locator(".skip").getByText("Skip to Shelf").waitFor();
	await page.keyboard.press("Enter");
	await seen("the focus skipped the head", () => isFocused(page.locator("main")));
	await page.getByLabel("blackout").uncheck();
	await until(() => `30%, not ${level()}`, () => level() === 77);
});

// promise: page-says-what-is-wrong
test("without a conductor nothing is offered that needs one", async () => {
	await goTo(page, "Shelf");
	said.silence();
	await summary("1 needs attention");
	await card("pi1").locator(".dot.fair").waitFor();
	assert.ok(await page.getByLabel("master dimmer").isDisabled());
	assert.ok(await page.getByLabel("blackout").isDisabled());
	await goTo(page, "Scenes");
	await page.getByText("There is no conductor to play it.").waitFor();
	assert.ok(await page.getByRole("button", { name: "Play", exact: true }).isDisabled());
	await goTo(page, "Events");
	await page.locator(".log").getByText("is silent").waitFor();
	await goTo(page, "Shelf");
	await said.conductor();
	await summary("All well");
	await seen("the dimmer is back", () => page.getByLabel("master dimmer").isEnabled());
});

test("with no boards there is nothing to play on", async () => {
	const empty = await visit(browser, `${await stack.serve("nobody")}#scenes`);
	await logIn(empty.page, "operator");
	await empty.page.getByText("There are no boards to play anything on.").waitFor();
	assert.equal(await empty.page.getByRole("button", { name: "Play", exact: true }).count(), 0);
	await empty.close();
});

// promise: page-says-what-is-wrong
test("without a broker nothing that was is said to be, and the outage is an event", async () => {
	await goTo(page, "Shelf");
	await stack.end("broker");
	await summary("No connection");
	await card("pi1").locator(".dot.unsure").waitFor();
	assert.equal(await page.locator(".dot.good").count(), 0);
	assert.equal(await page.locator(".numbers").textContent(), "");
	assert.ok(await page.getByLabel("master dimmer").isDisabled());
	await page.waitForFunction(() => document.title.startsWith("No connection"));
	await goTo(page, "Events");
	await page.locator(".log").getByText(/lost the connection/).waitFor();
});
