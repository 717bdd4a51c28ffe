// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What goes wrong in a cluster, and what the page says of it. */

import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Stack } from "./stack";
import { accessible, enter, goTo, logIn, openBrowser, visit } from "./visit";

const stack = new Stack();
let browser: Browser;
let page: Page;

const board = (id: string) => stack.boards.get(id)!;
const card = (id: string) => page.getByRole("list", { name: "boards" }).getByRole("button", { name: new RegExp(`^${id}\\b`) });
const paint = (color: string) => page.getByRole("group", { name: "choices of colour" }).getByLabel(color, { exact: true }).click();
const event = (text: string) => page.locator(".log").getByText(text).first();

before(async () => {
	await stack.start();
	stack.conductor();
	for (const id of ["pi1", "pi2"]) stack.bridge(id, "--groups", "shelf");
	browser = await openBrowser();
	page = (await visit(browser, stack.url)).page;
	await enter(page, "operator", 2);
});

after(async () => {
	await browser?.close();
	await stack.close();
});

test("a cluster of nobody says how boards come", async () => {
	const empty = await visit(browser, await stack.serve("glow/empty"));
	await logIn(empty.page, "operator");
	await empty.page.getByText("No boards yet.").waitFor();
	await empty.page.getByText("There is no conductor").waitFor();
	await accessible(empty.page, "an empty cluster");
	stack.publishes("glow/empty/node/pi1/info", stack.retained("glow/node/pi1/info"), "-r");
	stack.publishes("glow/empty/node/pi1/availability", "online", "-r");
	await empty.page.getByRole("list", { name: "boards" }).getByText("pi1", { exact: true }).waitFor(); // the first that comes
	await empty.close();
});

test("a node that dies is offline, and back when it is", async () => {
	await stack.end("pi2", "SIGKILL");
	await card("pi2").getByText("offline", { exact: true }).waitFor();
	await card("pi2").click();
	await page.getByText("Offline: a command would reach nobody.").waitFor();
	await accessible(page, "an offline board");
	await card("pi2").click();
	await goTo(page, "Events");
	await event("is offline").waitFor();
	stack.bridge("pi2", "--groups", "shelf");
	await event("is online").waitFor();
	await goTo(page, "Shelf");
	await paint("red");
	await board("pi2").shows("ff0000");
});

// promise: dark-board-is-told
test("a board that is not there is dark, and says all of why", async () => {
	stack.bridge("pi3", "--board", "piglow", "--i2c", "dev", "--i2c-bus", "/nonexistent/i2c-1", "--idle", "rainbow");
	await card("pi3").locator(".dot.bad").waitFor();
	const { problem } = stack.retainedJson("glow/node/pi3/info") as { problem: string };
	const reason = card("pi3").getByText(`dark: ${problem}`);
	await reason.waitFor();
	assert.ok(await reason.evaluate((e) => e.scrollWidth <= e.clientWidth), "none of it is cut off");
	assert.equal(await card("pi1").locator(".dot.bad").count(), 0);
	const lit = (id: string) =>
		page.evaluate((node) => {
			const { cluster } = glowswarm;
			return cluster.frame(node, cluster.nowUs())!.seen.some((level) => level > 0);
		}, id);
	await paint("red");
	await card("pi1").getByText("solid #ff0000").waitFor();
	assert.deepEqual([await lit("pi1"), await lit("pi3")], [true, false]);
	await accessible(page, "a board with a problem");
	await stack.end("pi3");
	await card("pi3").getByText("offline", { exact: true }).waitFor();
});

// promise: without-conductor
test("without a conductor boards act by themselves, and the page says so", async () => {
	await stack.end("conductor");
	await page.getByText("There is no conductor").waitFor();
	assert.ok(await page.getByLabel("master dimmer").isDisabled());
	await paint("blue");
	for (const id of ["pi1", "pi2"]) await board(id).shows("0000ff");
	await page.locator(".panel").getByRole("status").getByText("accepted").waitFor();
	stack.conductor();
	await page.getByText("There is no conductor").waitFor({ state: "detached" });
	await page.locator(".dimmer input:enabled").first().waitFor();
});

test("the broker goes and comes back, and so does the page", async () => {
	await stack.end("broker");
	await page.getByText("No connection:").waitFor();
	await accessible(page, "a page without its broker");
	const late = await visit(browser, stack.url);
	await logIn(late.page, "viewer");
	await late.page.getByText("Trying again").waitFor();
	await accessible(late.page, "the door of a broker that is away");

	await stack.startBroker();
	for (const who of ["conductor", "node/pi1", "node/pi2"]) assert.equal(stack.retained(`glow/${who}/availability`), "online");
	await page.getByText("No connection:").waitFor({ state: "detached" });
	await card("pi1").getByText("solid #0000ff").waitFor();
	await page.locator(".dimmer input:enabled").first().waitFor();
	await paint("lime");
	for (const id of ["pi1", "pi2"]) await board(id).shows("00ff00");
	await late.page.locator("header nav").waitFor();
	await late.close();
});

test("a page too many says so, and gets in when there is room", async () => {
	const url = await stack.serve("glow", 1);
	const first = await visit(browser, url);
	await enter(first.page, "viewer", 2);
	const late = await visit(browser, url, { viewport: { width: 390, height: 844 }, colorScheme: "light" });
	await logIn(late.page, "viewer");
	await late.page.getByText("Too many pages are open").waitFor();
	await accessible(late.page, "the door of a house that is full");
	await late.page.screenshot({ path: `${process.env.GLOW_PICTURES}/full-phone.png` });
	await late.page.setViewportSize({ width: 1280, height: 800 });
	await late.page.screenshot({ path: `${process.env.GLOW_PICTURES}/full.png` });
	await first.page.getByText("solid").first().waitFor(); // who is in stays in
	await first.close();
	await late.page.locator("header nav").waitFor();
	await late.close();
});

// promise: page-trusts-nobody
test("an account that is taken away ends at the door", async () => {
	await page.getByRole("button", { name: "Log out" }).click();
	await page.getByRole("button", { name: "Log in" }).waitFor();
	assert.equal(await page.getByLabel("Password").inputValue(), "");
	assert.equal(await page.getByLabel("Account").inputValue(), "operator");
	// What the browser keeps of the page then is a name and a level, and not the password.
	const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
	assert.equal(await kept(), JSON.stringify([{ account: "operator", level: "255" }, {}, ""]));
	await page.evaluate(() => localStorage.setItem("password", "glow")); // the control
	assert.match(await kept(), /glow/);
});
