// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Five thousand boards on a page: what the broker keeps of them, before a real conductor. Says what logging in and looking
 * cost here, and how long it takes in a browser of which no test records the messages. */

import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connectAsync, type MqttClient } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { Stack, TOP, until } from "./stack";
import { Unwatched } from "./unwatched";
import { comeIn, countReceived, enter, load, openBrowser, type Visit, visit } from "./visit";

const BOARDS = 5000;
const NODE_MOST = 400;

const stack = new Stack();
let browser: Browser;
let client: MqttClient;
let desk: Visit;
let page: Page;
let received: () => number;

before(async () => {
	await stack.start();
	stack.bridge("pi1", "--idle", "blue 20%");
	const info = stack.retained("glow/node/pi1/info");
	await stack.end("pi1");
	execFileSync("python3", [join(TOP, "tests/harness/crowd.py"), String(stack.port), String(BOARDS), info]);
	client = await connectAsync(`mqtt://127.0.0.1:${stack.port}`, { protocolVersion: 5 });
	const placed = new Promise<void>((resolve) => {
		client.on("message", (_, payload) => {
			if ((JSON.parse(payload.toString()) as { nodes: unknown[] }).nodes.length === BOARDS) resolve();
		});
	});
	await client.subscribeAsync("glow/roster");
	stack.conductor();
	await placed;
	await client.unsubscribeAsync("glow/roster");
	browser = await openBrowser();
	desk = await visit(browser, stack.url, { viewport: { width: 1920, height: 1080 } });
	page = desk.page;
	page.setDefaultTimeout(120000);
	received = countReceived(page);
});

after(async () => {
	await client?.endAsync(true);
	await browser?.close();
	await stack.close();
});

/* As in crowd.test.ts; a broker of so many has thousands of packets a second to pass on. */
function keepBusy(): () => void {
	const timer = setInterval(() => {
		for (let k = 0; k < 10; k++) client.publish("tick", "");
	}, 2);
	return () => clearInterval(timer);
}

test("five thousand boards come in", { timeout: 240000 }, async (t) => {
	const times: number[][] = [];
	t.after(keepBusy());
	for (let k = 0; k < 3; k++) {
		const alone = new Unwatched();
		t.after(() => alone.close());
		await alone.visit(stack.url);
		/* There is nothing to ask before the page begins to load. */
		const asks = () => alone.evaluate(() => document.querySelectorAll("form input").length === 2).catch(() => false);
		await until(() => "the page asks who we are", asks);
		const { inSight, all } = await alone.evaluate(comeIn, { user: "operator", password: "glow", boards: BOARDS });
		times.push([inSight, all]);
		await alone.close();
	}
	t.diagnostic(`${BOARDS} boards: those in sight are known in ${times.map(([inSight]) => inSight).join(" ")} ms, all in ${times.map(([, all]) => all).join(" ")}`);
});

// promise: looking-is-cheap
test("five thousand boards come in with few bytes", { timeout: 240000 }, async (t) => {
	t.after(keepBusy());
	await enter(page, "operator", BOARDS);
	t.diagnostic(`${BOARDS} boards: ${received()} bytes received`);
	assert.ok(received() > BOARDS * 100, "the control: they were counted");
	assert.ok(received() < BOARDS * NODE_MOST, `${received()} bytes`);
});

async function busy(seconds: number): Promise<string> {
	const { frames, taskS, scriptS, layoutS } = await load(page, seconds);
	const part = (s: number) => `${((100 * s) / seconds).toFixed(0)} %`;
	return `${(frames / seconds).toFixed(1)} frames a second; main thread ${part(taskS)}, of it scripts ${part(scriptS)}, layout ${part(layoutS)}`;
}

test("looking at them", { timeout: 240000 }, async (t) => {
	t.diagnostic(`calm: ${await busy(5)}`);
	await page.evaluate(() => void glowswarm.cluster.play({ effect: "rainbow", params: { period_ms: 2000 } }));
	await page.waitForFunction(() => glowswarm.cluster.showing("n0100", glowswarm.cluster.nowUs()).layer !== "idle");
	t.diagnostic(`a scene: ${await busy(5)}`);
	let k = 0;
	const stats = stack.retained("glow/conductor/info") && JSON.stringify({ fps: 60, late: 0, dropped: 0, write_us: 812, frame_cpu_us: 905, slots_a_frame: 1, sync: { state: "tracking", offset_us: 12, error_us: 8 }, cpu: 12.5, memory: 31, temperature: 48.2, gauges: { cpu: 12.5, memory: 31, temperature: 33.1, load: 20, network: 4 } });
	const timer = setInterval(() => {
		for (let n = 0; n < 10; n++) client.publish(`glow/node/n${String(k++ % BOARDS).padStart(4, "0")}/stats`, stats);
	}, 20);
	t.diagnostic(`500 stats a second: ${await busy(10)}`);
	clearInterval(timer);
	await page.screenshot({ path: join(process.env.GLOW_PICTURES!, "thousands-1920.png") });
});

test("a board far below is in sight when the address names it, and keys go on from there", { timeout: 120000 }, async () => {
	const inSight = (id: string) =>
		page.evaluate((id) => {
			const { top, bottom } = document.querySelector(`.slot[data-node=${id}]`)!.getBoundingClientRect();
			return top > 0 && bottom < innerHeight;
		}, id);
	const focused = (id: string) => page.waitForFunction((id) => document.activeElement?.querySelector<HTMLElement>(".slot")?.dataset.node === id, id);
	assert.equal(await inSight("n2500"), false, "the control");
	await page.evaluate(() => void (location.hash = "#shelf/n2500"));
	await focused("n2500");
	assert.equal(await inSight("n2500"), true);
	await page.keyboard.press("ArrowRight");
	await focused("n2501");
	await page.keyboard.press("Home");
	await focused("n0000");
	assert.equal(await inSight("n0000"), true);
});

test("the browser had nothing to complain of", () => {
	assert.deepEqual(desk.complaints, []);
});
