// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Two hundred boards on a page: all in sight, found, and one of them in full. One is real; what the others would say is
 * copied from it. Says what drawing them and logging in cost here. */

import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connectAsync, type MqttClient } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { Stack, until } from "./stack";
import { accessible, comeIn, countReceived, load, openBrowser, type Visit, visit } from "./visit";

const BOARDS = 200;
const BROKEN = 7;
const LOGIN_MOST = 300_000;

const stack = new Stack();
let browser: Browser;
let client: MqttClient;
let desk: Visit;
let page: Page;
let received: () => number;

const shelf = () => page.getByRole("list", { name: "boards" });
const cards = () => shelf().getByRole("button");
const shown = async (count: number) => until(() => `${count} boards are shown`, async () => (await cards().count()) === count);

async function invite(): Promise<void> {
	const said: Record<string, object> = {
		info: stack.retainedJson("glow/node/pi1/info") as object,
		state: stack.retainedJson("glow/node/pi1/state") as object,
	};
	for (let n = 2; n <= BOARDS; n++) {
		const id = `pi${n}`;
		const say = (what: string, payload: string) => client.publishAsync(`glow/node/${id}/${what}`, payload, { qos: 1, retain: true });
		await say("info", JSON.stringify({ ...said.info, id, groups: [`rack${Math.ceil(n / 20)}`], ...(n === BROKEN ? { problem: "no such bus" } : {}) }));
		await say("state", JSON.stringify(said.state));
		await say("availability", "online");
	}
}

/** Mosquitto 2.0.11 hands a WebSocket one message each time its loop turns, which is ten times a second while nobody
 * else says anything. So somebody does. */
function keepTurning(): () => void {
	const timer = setInterval(() => client.publish("tick", ""), 2);
	return () => clearInterval(timer);
}

before(async () => {
	await stack.start();
	stack.conductor();
	stack.bridge("pi1", "--groups", "rack1", "--idle", "blue 20%");
	browser = await openBrowser();
	client = await connectAsync(`mqtt://127.0.0.1:${stack.port}`, { protocolVersion: 5 });
	await invite();
	desk = await visit(browser, stack.url, { viewport: { width: 1920, height: 1080 } });
	page = desk.page;
	page.setDefaultTimeout(60000);
	received = countReceived(page);
});

after(async () => {
	await client?.endAsync(true);
	await browser?.close();
	await stack.close();
});

test("two hundred boards come in with few bytes", { timeout: 120000 }, async (t) => {
	t.after(keepTurning());
	const { inSight, all } = await page.evaluate(comeIn, { user: "operator", password: "glow", boards: BOARDS });
	t.diagnostic(`${BOARDS} boards: ${received()} bytes received; those in sight are known in ${inSight} ms, all in ${all}`);
	assert.ok(received() > BOARDS * 100, "the control: they were counted");
	assert.ok(received() < LOGIN_MOST, `${received()} bytes`);
});

interface Light {
	wrong: number;
	otherwise: number;
	lights: number;
}

/** LEDs in the middle of which there is another colour than the model's: of the instant, and of another one. */
function lightsOf(ids: readonly string[]): Promise<Light> {
	return page.evaluate((ids) => {
		const { cluster, renderer } = glowswarm;
		const tUs = renderer.hold() + 1e5;
		renderer.paint(tUs);
		const layers = [...document.querySelectorAll<HTMLCanvasElement>(".lights canvas:nth-child(even)")];
		const found = { wrong: 0, otherwise: 0, lights: 0 };
		for (const id of ids) {
			const slot = document.querySelector<HTMLElement>(`.slot[data-node=${id}]`)!.getBoundingClientRect();
			const canvas = layers.find((layer) => layer.getBoundingClientRect().top <= slot.top && layer.getBoundingClientRect().bottom >= slot.bottom - 1)!;
			const box = canvas.getBoundingClientRect();
			const scale = canvas.width / box.width;
			/* As eight LEDs lie on their carrier, draw/geometry.ts. */
			const at = (k: number) => {
				const x = slot.left - box.left + slot.width * (0.5 + ((k - 3.5) * 69.5) / 556);
				const y = slot.top - box.top + slot.height / 2 - slot.width * (6 / 556);
				return [...canvas.getContext("2d")!.getImageData(Math.floor(x * scale), Math.floor(y * scale), 1, 1).data.slice(0, 3)];
			};
			for (let k = 0; k < 8; k++) {
				const now = at(k);
				const differs = (t: number) => [...cluster.frame(id, t)!.seen.slice(3 * k, 3 * k + 3)].some((v, c) => v !== now[c]);
				found.lights++;
				if (differs(tUs)) found.wrong++;
				if (differs(tUs + 4e5)) found.otherwise++;
			}
		}
		renderer.release();
		return found;
	}, ids);
}

test("all of them are in sight, each LED in its colour", { timeout: 120000 }, async (t) => {
	await page.evaluate(() => void glowswarm.cluster.play({ effect: "rainbow", params: { period_ms: 2000 } }));
	await page.waitForFunction(() => glowswarm.cluster.showing("pi200", glowswarm.cluster.nowUs()).layer === "scene");
	const inSight = await page.evaluate(() => [...document.querySelectorAll(".slot")].filter((slot) => slot.getBoundingClientRect().bottom <= innerHeight).length);
	assert.equal(inSight, BOARDS);
	const { wrong, otherwise, lights } = await lightsOf(["pi1", "pi2", "pi60", "pi119", "pi200"]);
	assert.deepEqual([wrong, lights], [0, 40]);
	assert.ok(otherwise > lights / 2, "the control");

	const { frames, taskS } = await load(page, 5);
	const { canvases, costMs } = await page.evaluate(() => ({ ...glowswarm.renderer.meter }));
	const frameMs = (taskS * 1000) / frames;
	t.diagnostic(
		`${BOARDS} boards in sight on ${canvases} canvases, samples of effects included: ${(frames / 5).toFixed(1)} frames a second, ` +
			`${costMs.toFixed(2)} ms of the page's own, ${frameMs.toFixed(2)} ms of the main thread's CPU a frame, which is ${(frameMs * 6).toFixed(0)} % of it at 60`,
	);
	assert.ok(canvases < 60, "not a canvas a board");
	assert.ok(frames > 0);
	await page.screenshot({ path: join(process.env.GLOW_PICTURES!, "crowd-1920.png") });
});

test("boards are found, and commands are for those", async () => {
	await page.emulateMedia({ reducedMotion: "reduce" });
	const words = page.getByRole("searchbox", { name: "find boards" });
	await words.fill("pi19");
	await shown(11);
	await page.getByText("11 of 200").waitFor();
	assert.equal(await page.locator(".shelf.photo, .shelf.tile").count(), 1, "fewer are larger");
	await page.getByRole("button", { name: "Choose these 11" }).click();
	await page.getByRole("heading", { name: "11 boards" }).waitFor();
	await words.press("Escape");
	await shown(BOARDS);
	await page.getByLabel("only these boards").selectOption("trouble");
	await shown(1);
	await cards().getByText(`pi${BROKEN}`, { exact: true }).waitFor();
	await page.getByLabel("only these boards").selectOption("group rack10");
	await shown(20);
	await page.getByRole("button", { name: "Show all" }).click();
	await shown(BOARDS);
	await page.getByLabel("order of the boards").selectOption("trouble");
	await until(() => "trouble comes first", async () => (await cards().first().textContent())?.startsWith(`pi${BROKEN}`));
	await page.getByLabel("order of the boards").selectOption("strip");
	await page.evaluate(() => void (location.hash = "#shelf/!trouble")); // where a count of troubles leads
	await shown(1);
	await page.getByRole("button", { name: "Show all" }).click();
	await accessible(page, "two hundred boards");
});

test("a board is told in full, and where its light comes from", async () => {
	await page.evaluate(() => void (location.hash = "#shelf/pi1/all"));
	const layers = page.getByRole("region", { name: "What shows, and why" }).getByRole("listitem");
	await layers.filter({ hasText: "scene: main: rainbow – this is seen" }).waitFor();
	await layers.filter({ hasText: "idle display: blue 20% – behind the scene" }).waitFor();
	await page.getByText("pixels 1 to 8").waitFor();
	await page.getByText(/^\d+ mA$/).waitFor();
	await page.getByText("as built").waitFor();
	await page.getByRole("button", { name: "lime", exact: true }).click();
	await stack.boards.get("pi1")!.shows("00ff00");
	await layers.filter({ hasText: "light: solid – this is seen" }).waitFor();
	const line = await page.getByLabel("as mosquitto_pub").textContent();
	assert.match(line!, /-t glow\/node\/pi1\/set -m '\{.*"color":"#00ff00".*\}'$/);
	assert.ok(stack.publishes("glow/node/pi1/set", /'(.*)'$/.exec(line!)![1]!.replace("#00ff00", "#ff0000")), "what it says is a command");
	await stack.boards.get("pi1")!.shows("ff0000");
	await accessible(page, "all of a board");
	await page.getByRole("link", { name: "All boards" }).click();
	await shelf().waitFor();
});

test("effects are pictures, and play on a board or across all", async () => {
	await page.getByRole("button", { name: "all", exact: true }).click();
	await page.getByRole("group", { name: "calm" }).getByRole("button", { name: "rainbow" }).waitFor();
	const colors = (name: string) =>
		page.evaluate((name) => {
			const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-effect=${name}]`)!;
			return [...canvas.getContext("2d")!.getImageData(0, 0, canvas.width, 1).data].join();
		}, name);
	await until(() => "a sample is drawn", async () => /[1-9]/.test((await colors("rainbow")).replaceAll("255", "")));
	assert.notEqual(await colors("rainbow"), await colors("solid"));
	await page.getByRole("searchbox", { name: "find an effect" }).fill("flame");
	await page.getByRole("group", { name: "lively" }).waitFor({ state: "detached" });
	await page.getByRole("searchbox", { name: "find an effect" }).fill("");
	await page.getByLabel("Across all boards").check();
	await page.getByText("pi1 has a light of its own").waitFor();
	await page.getByRole("button", { name: "plasma" }).click();
	await page.getByText("plasma plays.").waitFor();
	const current = () => (stack.retainedJson("glow/scene/current") as { scenes: { effect: string; start_us: number; params: { period_ms: number } }[] }).scenes.at(-1)!;
	assert.equal(current().effect, "plasma");
	assert.equal(await page.getByLabel("colour", { exact: true }).count(), 0, "it takes no notice of a colour");
	const before = current();
	await page.getByRole("group", { name: "parameters of plasma" }).getByLabel("period").focus();
	await page.keyboard.press("End");
	const after = await until(() => "its period is another", () => (current().params.period_ms !== before.params.period_ms ? current() : null));
	assert.equal(after.start_us, before.start_us, "it goes on");
	await page.getByRole("button", { name: "Stop it" }).click();
	await page.getByText("Nothing plays here.").waitFor();
});

test("the browser had nothing to complain of", () => {
	assert.deepEqual(desk.complaints, []);
});
