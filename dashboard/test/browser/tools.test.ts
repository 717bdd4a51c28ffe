// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What people arrange: presets, undo, schedules, playlists, the strip's order, colours, single LEDs. */

import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { Stack, until } from "./stack";
import { accessible, enter, goTo, openBrowser, type Visit, visit } from "./visit";

const stack = new Stack();
let browser: Browser;
let desk: Visit;
let page: Page;

const board = (id: string) => stack.boards.get(id)!;
const picture = (name: string) => page.screenshot({ path: join(process.env.GLOW_PICTURES!, `tools-${name}.png`) });
const press = (name: string | RegExp, within: Page | Locator = page) => within.getByRole("button", { name, exact: true }).click();
const region = (name: string) => page.getByRole("region", { name, exact: true });
const said = (text: string | RegExp) => page.getByRole("status").filter({ hasText: text }).waitFor();
const set = (whom: object | "all", command: object) =>
	page.evaluate(([to, what]) => void glowswarm.cluster.set(to as "all", what as object), [whom, command] as const);
const retained = <T>(topic: string) => stack.retainedJson(`glow/${topic}`) as T;

/** The order of the roster, once it is that. */
const ordered = (...ids: string[]) =>
	until(
		() => `the order ${ids.join()}`,
		() => retained<{ nodes: { id: string }[] }>("roster").nodes.map(({ id }) => id).join() === ids.join(),
	);

before(async () => {
	await stack.start();
	stack.conductor("--place", "52.52,13.40");
	for (const id of ["pi1", "pi2", "pi3"]) stack.bridge(id, "--groups", "shelf", "--idle", "off");
	stack.bridge("pi4", "--virtual-shape", "piglow", "--idle", "off");
	browser = await openBrowser();
	desk = await visit(browser, stack.url);
	page = desk.page;
	await enter(page, "operator", 4);
	await page.waitForFunction(() => glowswarm.cluster.view.conductor.leads && glowswarm.cluster.view.clock.valid && glowswarm.cluster.view.roster.nodes.length === 4);
});

after(async () => {
	await browser?.close();
	await stack.close();
});

// promise: page-arranges
test("what shows is kept as a preset, shown again, renamed and removed", async () => {
	await set("all", { color: "#102030" });
	for (const id of ["pi1", "pi2", "pi3"]) await board(id).shows("102030");
	await goTo(page, "Presets");
	const presets = region("Presets");
	await presets.getByText("Nothing is kept yet.").waitFor();
	await presets.getByLabel("name", { exact: true }).fill("Quiet evening");
	await press("Save what shows", presets);
	await presets.getByText("4 lights and no scene").waitFor();
	await set("all", { color: "#ff0000" });
	await board("pi1").shows("ff0000");
	await press("Show Quiet evening", presets);
	for (const id of ["pi1", "pi2", "pi3"]) await board(id).shows("102030");
	const title = presets.getByLabel("title of quiet-evening");
	await title.fill("Calm");
	await title.press("Enter");
	await presets.getByRole("button", { name: "Show Calm" }).waitFor();
	assert.equal(Object.keys(retained<{ lights: object }>("preset/quiet-evening").lights).length, 4);
	await accessible(page, "presets");
});

// promise: page-takes-back
test("undo says what it put back, and what it passed over", async () => {
	await set("all", { color: "#405060" });
	await board("pi2").shows("405060");
	const field = page.getByLabel("name", { exact: true });
	await field.pressSequentially("x");
	await field.press("Control+z"); // in a field it is the field's
	await until(() => "the field is as it was", async () => (await field.inputValue()) === "");
	await set({ node: "pi3" }, { color: "#00ff00" });
	await board("pi3").shows("00ff00");
	await page.locator("body").click({ position: { x: 5, y: 300 } });
	await page.keyboard.press("Control+z");
	await said("Pi3 shows what was there before.");
	await board("pi3").shows("405060");

	stack.publishes("glow/node/pi1/set", "#ff00ff"); // somebody else's word, after ours
	await board("pi1").shows("ff00ff");
	await press("Undo");
	await said(/Took back the change of all boards\. Left as they are, .*: pi1.*\./);
	await board("pi2").shows("102030");
	await board("pi1").shows("ff00ff");
});

// promise: page-arranges
test("a schedule is added, changed, switched off and removed, and reads as a sentence", async () => {
	await goTo(page, "Presets");
	const schedules = region("Schedules");
	await press("New schedule", schedules);
	const form = schedules.getByRole("form", { name: "new schedule" });
	await form.getByLabel("name of the schedule").fill("Wake up");
	await form.getByLabel("time").fill("06:45");
	await press("Fri", form);
	await picture("presets");
	await form.getByText("At 06:45 on Mon, Tue, Wed and Thu: show Calm, over 1 s.").waitFor();
	await accessible(page, "a schedule's form");
	await picture("presets");
	await press("Save schedule", form);
	const list = schedules.getByRole("list", { name: "schedules" });
	await list.getByText("At 06:45 on Mon, Tue, Wed and Thu: show Calm, over 1 s").waitFor();
	const kept = () => retained<{ at: string; enabled: boolean; dim?: unknown; preset?: string }>("schedule/wake-up");
	assert.deepEqual([kept().at, kept().preset, kept().enabled], ["06:45", "quiet-evening", true]);

	await list.getByLabel("on: Wake up").uncheck();
	await list.getByText("switched off").waitFor();
	assert.equal(kept().enabled, false);
	await press("Edit Wake up", list);
	const edit = list.getByRole("form", { name: "schedule Wake up" });
	await edit.getByLabel("at", { exact: true }).selectOption("sunset");
	await edit.getByLabel("before or after").fill("-30");
	await edit.getByLabel("then").selectOption("dim");
	await press("Save schedule", edit);
	await list.getByText("30 min before sunset on Mon, Tue, Wed and Thu: dim to 10%").waitFor();
	assert.deepEqual([kept().at, kept().preset, kept().dim], ["sunset", undefined, "10%"]);
	await press("Remove Wake up", list);
	await press("Remove for good Wake up", list);
	await schedules.getByText("Nothing is due.").waitFor();
});

interface Current {
	scenes: { start_us: number; playlist?: { effect: string }[] }[];
}

// promise: page-arranges
test("a playlist is saved, put in order by keys, and changed as it plays", async () => {
	await goTo(page, "Scenes");
	const play = region("Play");
	await play.getByLabel("Playlist", { exact: true }).check();
	await play.getByLabel("name of the playlist").fill("Movie night");
	await press("Save the playlist", play);
	await play.getByRole("list", { name: "saved playlists" }).getByText("plasma, sparkle").waitFor();
	await press("Play", play);
	const entries = () => retained<Current>("scene/current").scenes.at(-1)?.playlist?.map(({ effect }) => effect).join();
	await until(() => "the playlist plays", () => entries() === "plasma,sparkle");
	const begun = retained<Current>("scene/current").scenes.at(-1)!.start_us;

	const handle = play.getByRole("button", { name: "Move plasma" });
	await handle.focus();
	await page.keyboard.press("ArrowDown");
	await said("plasma is number 2 of 2");
	assert.ok(await handle.evaluate((element) => element === document.activeElement), "the handle keeps the focus");
	await press("Change what plays", play);
	await until(() => "the changed playlist plays", () => entries() === "sparkle,plasma");
	// plasma showed, and goes on: it begins 10 s into the list now
	assert.equal(retained<Current>("scene/current").scenes.at(-1)!.start_us, begun - 10_000_000);
	await accessible(page, "a playlist");
	await picture("playlist");
	await page.evaluate(() => void glowswarm.cluster.stop());
});

// promise: page-arranges
test("the strip is put in order by keys and by the pointer", async () => {
	await goTo(page, "Strip");
	const order = region("Order of the boards");
	const handle = (id: string) => order.getByRole("button", { name: `Move ${id}` });
	await handle("pi3").focus();
	await page.keyboard.press("Home");
	await ordered("pi3", "pi1", "pi2", "pi4");
	await page.waitForFunction(() => glowswarm.cluster.view.nodes.map(({ id }) => id).join() === "pi3,pi1,pi2,pi4");
	await order.getByRole("listitem").first().getByText("pi3 · 8 LEDs").waitFor();
	const from = (await handle("pi4").boundingBox())!;
	const to = (await handle("pi1").boundingBox())!;
	await page.mouse.move(from.x + 8, from.y + 8);
	await page.mouse.down();
	await page.mouse.move(from.x + 8, from.y - 20, { steps: 3 });
	await page.mouse.move(to.x + 8, to.y + 4, { steps: 5 });
	await page.mouse.up();
	await ordered("pi3", "pi4", "pi1", "pi2");
	await press("By name again", order);
	await ordered("pi1", "pi2", "pi3", "pi4");
});

// promise: page-arranges
test("boards have names for people, hang the other way round, and are forgotten by who may", async () => {
	const order = region("Order of the boards");
	const name = order.getByLabel("name of pi2");
	await name.fill("Küche, links");
	await name.press("Enter");
	await until(() => "the title", () => retained<{ nodes: Record<string, { title?: string }> }>("roster/wanted").nodes.pi2?.title === "Küche, links");
	await order.getByLabel("reversed pi2").check();
	await until(() => "pi2 is reversed", () => retained<{ nodes: { id: string; reverse: boolean }[] }>("roster").nodes.some(({ id, reverse }) => id === "pi2" && reverse));
	await accessible(page, "the order");
	await picture("order");

	await stack.end("pi3");
	await press("Forget pi3", order);
	await press("Forget it for good pi3", order);
	await said("pi3 is not forgotten: this account may not forget boards");
	const admin = await visit(browser, `${stack.url}#strip`);
	await enter(admin.page, "admin", 3);
	await press("Forget pi3", admin.page);
	await press("Forget it for good pi3", admin.page);
	await admin.page.getByText("pi3 is forgotten.").waitFor();
	await admin.page.waitForFunction(() => !glowswarm.cluster.view.nodes.some(({ id }) => id === "pi3"));
	await admin.close();
});

// promise: page-arranges
test("single LEDs are painted by the pointer and by keys", async () => {
	await goTo(page, "Shelf");
	await page.getByRole("list", { name: "boards" }).getByRole("button", { name: /pi1\b/ }).click();
	await page.getByRole("link", { name: "Paint single LEDs" }).click();
	const easel = page.getByRole("application", { name: "LEDs of pi1" });
	await page.getByRole("region", { name: "Brush" }).getByRole("button", { name: "red", exact: true }).click();
	await press("All dark");
	await board("pi1").shows("000000");
	await easel.focus();
	await page.keyboard.press("Space");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Shift+ArrowRight");
	const [dark, red] = ["000000", "ff0000"];
	await board("pi1").shows(red, dark, dark, red, dark, dark, dark, dark);
	const box = (await easel.boundingBox())!;
	const at = (k: number) => [box.x + (box.width * (36 + 80 + k * 69.5)) / 922, box.y + (box.height * (36 + 74)) / 632] as const;
	await page.mouse.move(...at(5));
	await page.mouse.down();
	await page.mouse.move(...at(7), { steps: 6 });
	await page.mouse.up();
	await board("pi1").shows(red, dark, dark, red, dark, red, red, red);
	await accessible(page, "painting");
	await picture("paint");

	await page.getByLabel("board", { exact: true }).selectOption("pi4");
	const levels = page.getByRole("region", { name: "Brush" }).getByLabel("level of the brush");
	await levels.fill("40");
	await press("All dark");
	await page.getByRole("application", { name: "LEDs of pi4" }).focus();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Space");
	await until(() => "arm2.red is lit", () => board("pi4").last().lights.join() === Array.from({ length: 18 }, (_, k) => (k === 6 ? 40 : 0)).join());
});

// promise: page-arranges
test("a colour is chosen by wheel, name, numbers and temperature, and kept", async () => {
	await goTo(page, "Shelf");
	const panel = page.locator(".panel");
	await panel.getByText("More colours for colour", { exact: true }).click();
	const name = panel.getByLabel("code or name of colour");
	await name.fill("Tomato");
	await name.press("Enter");
	await board("pi1").shows("ff6347");
	await name.fill("tomatoe");
	await name.press("Enter");
	await panel.getByText("“tomatoe” is no colour").waitFor();
	await name.fill("#0f0");
	await name.press("Enter");
	await board("pi1").shows("00ff00");
	await panel.getByLabel("blue of colour").fill("128");
	await panel.getByLabel("blue of colour").press("Tab");
	await board("pi1").shows("00ff80");
	await press("Keep #00ff80", panel);
	await panel.getByLabel("white of colour").fill("2700");
	const warm = await page.evaluate(() => glowswarm.cluster.kelvin(2700).slice(1));
	await board("pi1").shows(warm);
	await panel.getByRole("group", { name: "favourites" }).getByRole("button", { name: "#00ff80" }).click();
	await board("pi1").shows("00ff80");
	const wheel = panel.getByRole("slider", { name: "hue of colour" });
	await wheel.click({ position: { x: (await wheel.boundingBox())!.width / 2, y: 1 } });
	await until(() => "a red that is nearly full", () => /^ff0(.)0\1$/.test(String(board("pi1").last().lights[0])));
	await wheel.press("ArrowUp");
	await board("pi1").shows("ff0000");
	await panel.getByRole("group", { name: "of late" }).getByRole("button", { name: "#ff0000" }).waitFor();
	await accessible(page, "colours");
	await picture("colours");
});

test("the browser had nothing to complain of", () => {
	assert.deepEqual(desk.complaints, []);
});
