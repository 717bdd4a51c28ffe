// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What is clicked is what LEDs show, and what is drawn is what LEDs show. */

import { strict as assert } from "node:assert";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { compare, lightsOf, same } from "./drawn";
import { Stack, until } from "./stack";
import { accessible, enter, goTo, logIn, openBrowser, type Visit, visit } from "./visit";

const stack = new Stack();
let browser: Browser;
let desk: Visit;
let page: Page;

const picture = (name: string) => join(process.env.GLOW_PICTURES!, `${name}.png`);
const panel = () => page.locator(".panel");
const outcome = (text: string | RegExp) => panel().getByRole("status").filter({ hasText: text }).waitFor();
const board = (id: string) => stack.boards.get(id)!;
const card = (id: string) => page.getByRole("list", { name: "boards" }).getByRole("button", { name: new RegExp(`^${id}\\b`) });

/** Chooses exactly these boards on the shelf. */
async function choose(...ids: string[]): Promise<void> {
	await goTo(page, "Shelf");
	await panel().getByRole("button", { name: "all", exact: true }).click();
	for (const id of ids) await card(id).click();
}

before(async () => {
	await stack.start();
	stack.conductor();
	for (const n of [1, 2, 3, 4]) stack.bridge(`pi${n}`, "--groups", n % 2 ? "shelf,odd" : "shelf,even", "--idle", "blue 20%");
	stack.bridge("pi5", "--groups", "shelf", "--virtual-shape", "piglow", "--idle", "white 20%");
	browser = await openBrowser();
	desk = await visit(browser, stack.url);
	page = desk.page;
});

after(async () => {
	await browser?.close();
	await stack.close();
});

// promise: page-trusts-nobody
test("files have their types, and a policy", async () => {
	const types = { "": "text/html", "main.js": "text/javascript", "main.css": "text/css", "glow.wasm": "application/wasm", "effects.json": "application/json" };
	for (const [file, type] of Object.entries(types)) {
		const { headers } = await fetch(stack.url + file);
		assert.equal(headers.get("content-type")?.split(";")[0], type);
		assert.equal(headers.get("x-content-type-options"), "nosniff");
		assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
		if (file) assert.equal(headers.get("content-encoding"), "gzip");
	}
	assert.equal((await fetch(`${stack.url}nothing`)).status, 404);
});

// promise: page-trusts-nobody
test("a page of another origin gets no WebSocket", async () => {
	const upgrade = (origin: string) =>
		new Promise<number>((resolve, reject) => {
			const headers = {
				Origin: origin,
				Connection: "Upgrade",
				Upgrade: "websocket",
				"Sec-WebSocket-Version": "13",
				"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
				"Sec-WebSocket-Protocol": "mqtt",
			};
			const asked = request(`${stack.url}mqtt`, { headers });
			asked.on("upgrade", (response, socket) => {
				socket.destroy();
				resolve(response.statusCode ?? 0);
			});
			asked.on("response", (response) => resolve(response.statusCode ?? 0));
			asked.on("error", reject);
			asked.end();
		});
	const own = new URL(stack.url);
	assert.equal(await upgrade(own.origin), 101);
	assert.equal(await upgrade("https://elsewhere.example"), 403);
	assert.equal(await upgrade(`http://${own.hostname}:1`), 403);
	assert.equal(await upgrade("null"), 403);
});

// promise: nobody-anonymous
test("a wrong password stays outside", async () => {
	await accessible(page, "the door");
	await logIn(page, "operator", "wrong");
	await page.getByText("The account or its password is wrong.").waitFor();
	assert.equal(await page.locator("header").count(), 0);
	await accessible(page, "the door after a wrong password");
});

// promise: viewer-commands-nothing
test("a viewer sees all and finds nothing to command with", async () => {
	const viewer = await visit(browser, stack.url);
	await enter(viewer.page, "viewer", 5);
	for (const view of ["Shelf", "Strip", "Scenes", "Effects", "Sync", "Events"] as const) {
		await goTo(viewer.page, view);
		assert.deepEqual(await viewer.page.locator("button:not(.sorts)").allTextContents(), ["Log out"], view);
		assert.equal(await viewer.page.getByRole("slider").count(), 0, view);
	}
	// The broker means it: a command all the same is refused.
	await viewer.page.evaluate(() => glowswarm.cluster.set("all", "red"));
	await viewer.page.waitForFunction(() => glowswarm.cluster.view.commands[0]?.status === "rejected");
	assert.deepEqual(viewer.complaints, []);
	await viewer.close();
});

test("an operator's click is that frame", async () => {
	await enter(page, "operator", 5);
	await choose("pi2");
	await panel().getByRole("button", { name: "red", exact: true }).click();
	await outcome("accepted");
	await board("pi2").shows("ff0000");
	assert.notEqual(board("pi1").last().lights[0], "ff0000");
});

test("eight bits of a colour survive, and brightness is a share of its light", async () => {
	await choose("pi2");
	await panel().getByLabel("colour", { exact: true }).fill("#0180fe");
	await board("pi2").shows("0180fe");
	const state = stack.retainedJson("glow/node/pi2/state") as { color: object };
	assert.deepEqual(state.color, { r: 1, g: 128, b: 254 });
	await panel().getByLabel("brightness").fill("128");
	await board("pi2").shows("003d7f"); // 0x80 of light 14146 is 3053 of 65535 then
	await panel().getByLabel("brightness").fill("255");
	await board("pi2").shows("0180fe");
});

// promise: one-instant
test("a group changes at one instant, chosen boards too", async () => {
	const instants = (ids: string[], color: string) =>
		ids.map((id) => board(id).shown().find((f) => f.lights.every((l) => l === color))?.tUs);
	await goTo(page, "Shelf");
	await panel().getByLabel("fade").fill("0");
	await panel().getByRole("button", { name: "odd" }).click();
	await panel().getByLabel("colour", { exact: true }).fill("#102030");
	for (const id of ["pi1", "pi3"]) await board(id).shows("102030");
	const [first, second] = instants(["pi1", "pi3"], "102030");
	assert.equal(first, second);

	await page.waitForFunction(() => glowswarm.cluster.view.clock.valid);
	await choose("pi2", "pi4");
	await panel().getByLabel("colour", { exact: true }).fill("#302010");
	for (const id of ["pi2", "pi4"]) await board(id).shows("302010");
	const [third, fourth] = instants(["pi2", "pi4"], "302010");
	assert.equal(third, fourth);
});

test("an effect brings its parameters", async () => {
	await choose("pi1");
	await panel().getByRole("button", { name: "progress" }).click();
	await panel().getByRole("group", { name: "parameters of progress" }).getByLabel("value").fill("50");
	const half = await until(() => "half of the bar", () => {
		const { lights } = board("pi1").last();
		return lights.slice(0, 4).every((l) => l === "102030") && lights.slice(4).every((l) => l === "000000") ? lights : null;
	});
	assert.equal(half.length, 8);
	const state = stack.retainedJson("glow/node/pi1/state") as { effect: string; params: { value: number } };
	assert.deepEqual([state.effect, state.params.value], ["progress", 50]);
});

test("what is refused says why, here and in the list of events", async () => {
	await choose("pi1");
	await panel().getByRole("button", { name: "morse" }).click();
	const text = panel().getByRole("group", { name: "parameters of morse" }).getByLabel("text");
	await text.fill("é");
	await text.press("Enter");
	await outcome(/^rejected: .*text/);
	await goTo(page, "Events");
	await page.getByRole("listitem").filter({ hasText: "pi1" }).filter({ hasText: "params.text" }).first().waitFor();
	await accessible(page, "events");
});

test("a notice lies over what shows, and goes", async () => {
	await choose("pi3");
	await panel().getByText("Notice", { exact: true }).click();
	await panel().getByLabel("effect of the notice").selectOption("solid");
	await panel().getByLabel("colour of the notice", { exact: true }).fill("#00ff80");
	await panel().getByRole("button", { name: "Notify" }).click();
	await board("pi3").shows("00ff80");
	await card("pi3").getByText("notice: solid #00ff80").waitFor();
	await panel().getByRole("button", { name: "Take it back" }).click();
	await board("pi3").shows("102030");
});

// promise: page-for-everybody
test("keys do what the mouse does", async () => {
	await choose();
	await panel().getByText("Notice", { exact: true }).click();
	await card("pi4").focus();
	await page.keyboard.press("Space");
	assert.equal(await card("pi4").getAttribute("aria-pressed"), "true");
	await panel().getByRole("button", { name: "white", exact: true }).focus();
	await page.keyboard.press("Enter");
	await board("pi4").shows("ffffff");
	await panel().getByLabel("brightness").focus();
	await page.keyboard.press("Home");
	await board("pi4").shows("000000");
	await page.keyboard.press("End");
	await board("pi4").shows("ffffff");
});

test("a scene is played and stopped", async () => {
	await goTo(page, "Scenes");
	const play = page.getByRole("region", { name: "Play", exact: true });
	await play.getByRole("button", { name: "rainbow" }).click();
	await play.getByLabel("fade of the scene").fill("0");
	await play.getByRole("button", { name: "Play", exact: true }).click();
	await play.getByRole("status").filter({ hasText: "accepted" }).waitFor();
	const current = () => stack.retainedJson("glow/scene/current") as { scenes: { effect?: string; playlist?: object[] }[] };
	assert.deepEqual(current().scenes.map((s) => s.effect), ["rainbow"]);
	const playing = page.getByRole("region", { name: "Playing" });
	await playing.getByText("rainbow").waitFor();
	await accessible(page, "scenes");

	await play.getByLabel("Playlist").check();
	await play.getByRole("button", { name: "Add an entry" }).click();
	await play.getByRole("button", { name: "Play", exact: true }).click();
	await playing.getByText("1 of 3").waitFor();
	assert.equal(current().scenes.at(-1)?.playlist?.length, 3);

	await playing.getByRole("button", { name: "Stop main" }).click();
	await page.getByText("Nothing plays.").waitFor();
});

// promise: page-equals-leds
test("the drawing is the board's frame of the same instant", async () => {
	await page.waitForFunction(() => glowswarm.cluster.view.clock.valid);
	await page.evaluate(() => glowswarm.cluster.set("all", "auto"));
	const play = (scene: object) => page.evaluate((s) => void glowswarm.cluster.play(s), scene);
	const showing = (text: string) => page.getByText(text).nth(4).waitFor();

	await play({ effect: "rainbow", params: { period_ms: 2000 } });
	await goTo(page, "Shelf");
	await showing("scene: rainbow");
	await same(page, board("pi1"), "blinkt");
	await same(page, board("pi4"), "blinkt");
	await same(page, board("pi5"), "piglow");

	await play({ effect: "sparkle", color: "gold", brightness: 90, fade_ms: 3000 });
	await showing("scene: sparkle 35%");
	await same(page, board("pi2"), "blinkt");

	// A light of its own, faded in, below a limit to flashes.
	await page.evaluate(() => glowswarm.cluster.set({ node: "pi3" }, { effect: "blink", color: "red", transition: 2 }));
	await card("pi3").getByText("blink").waitFor();
	await same(page, board("pi3"), "blinkt");

	// The comparison sees a picture of another instant.
	const { frames, page: made } = await compare(page, board("pi2"), "blinkt");
	const late = frames.filter((frame, k) => made[k + 3] && lightsOf(made[k + 3]!, "blinkt").join() === frame.lights.join());
	assert.ok(late.length < frames.length / 2);
});

test("dimmer and blackout lie over everything", async () => {
	await page.evaluate(() => void glowswarm.cluster.set("all", { effect: "solid", color: "#ffffff" }));
	await board("pi1").shows("ffffff");
	await page.getByLabel("blackout").check();
	for (const id of ["pi1", "pi2", "pi3", "pi4"]) await board(id).shows("000000");
	await page.getByLabel("blackout").uncheck();
	await board("pi1").shows("ffffff");
	await page.getByLabel("master dimmer").fill("128");
	await board("pi1").shows("808080");
	await page.getByLabel("master dimmer").fill("255");
	await board("pi1").shows("ffffff");
});

// promise: page-for-everybody
test("every view is for everybody, in light and dark, wide and narrow", async () => {
	for (const colorScheme of ["light", "dark"] as const) {
		await page.emulateMedia({ colorScheme });
		for (const view of ["Shelf", "Strip", "Scenes", "Effects", "Sync", "Events"] as const) {
			await goTo(page, view);
			await accessible(page, `${view}, ${colorScheme}`);
		}
		await page.setViewportSize({ width: 390, height: 844 });
		await goTo(page, "Shelf");
		await accessible(page, `Shelf, ${colorScheme}, on a phone`);
		await page.getByRole("button", { name: /^Control / }).click();
		await accessible(page, `controls, ${colorScheme}, on a phone`);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
		assert.ok(!wide, "nothing sticks out of a phone's width");
		await page.getByRole("button", { name: /^Control / }).click();
		await page.setViewportSize({ width: 1280, height: 800 });
	}
});

const countTicks = async (page: Page, ms: number): Promise<number> => {
	await page.evaluate(() => {
		const { cluster } = glowswarm;
		const tick = cluster.tick.bind(cluster);
		Object.assign(globalThis, { ticks: 0 });
		cluster.tick = (tUs) => {
			(globalThis as unknown as { ticks: number }).ticks++;
			tick(tUs);
		};
	});
	await page.waitForTimeout(ms);
	return page.evaluate(() => (globalThis as unknown as { ticks: number }).ticks);
};

// promise: page-for-everybody
test("who wants no motion gets a still picture, and may have motion", async () => {
	const calm = await visit(browser, stack.url, { reducedMotion: "reduce" });
	await enter(calm.page, "viewer", 5);
	assert.ok((await countTicks(calm.page, 4000)) <= 3);
	await calm.page.getByLabel("motion").check();
	assert.ok((await countTicks(calm.page, 2000)) > 10);
	await calm.close();
});

// promise: page-for-everybody
test("a page that nobody sees draws nothing", async () => {
	await goTo(page, "Shelf");
	await page.evaluate(() => {
		Object.defineProperty(document, "hidden", { value: true, configurable: true });
		document.dispatchEvent(new Event("visibilitychange"));
	});
	assert.equal(await countTicks(page, 1000), 0);
	await page.evaluate(() => {
		Object.defineProperty(document, "hidden", { value: false, configurable: true });
		document.dispatchEvent(new Event("visibilitychange"));
	});
	assert.ok((await countTicks(page, 1000)) > 5);
});

test("pictures for the documentation", async () => {
	await page.evaluate(() => {
		glowswarm.cluster.set("all", { effect: "auto" });
		glowswarm.cluster.play({ effect: "rainbow", params: { period_ms: 9000 } });
	});
	await choose("pi5");
	await page.getByText("scene: rainbow").nth(4).waitFor();
	await panel().getByRole("button", { name: "solid" }).click();
	await panel().getByRole("button", { name: "white", exact: true }).click();
	await outcome("accepted");
	await page.waitForTimeout(800);
	await page.getByText("clocks within").waitFor();
	await page.mouse.move(5, 400);
	await page.screenshot({ path: picture("dashboard") });
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize({ width: 390, height: 780 });
	await page.waitForTimeout(500);
	await page.screenshot({ path: picture("dashboard-phone") });
	await page.emulateMedia({ colorScheme: "dark" });
	await page.setViewportSize({ width: 1280, height: 800 });
	for (const view of ["Strip", "Scenes", "Sync", "Events"] as const) {
		await goTo(page, view);
		await page.waitForTimeout(300);
		await page.screenshot({ path: picture(view.toLowerCase()) });
	}
});

test("the browser had nothing to complain of", () => {
	assert.deepEqual(desk.complaints, []);
});
