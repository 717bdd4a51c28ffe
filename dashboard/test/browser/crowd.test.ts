// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Two hundred boards on a page. One is real; what the others would say is
 * copied from it. Says how fast the page draws them here. */

import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { connectAsync, type MqttClient } from "mqtt";
import type { Browser } from "playwright-core";
import { Stack } from "./stack";
import { enter, openBrowser, visit } from "./visit";

const BOARDS = 200;
const stack = new Stack();
let browser: Browser;

before(async () => {
	await stack.start();
	stack.conductor();
	stack.bridge("pi1");
	browser = await openBrowser();
});

after(async () => {
	await browser?.close();
	await stack.close();
});

async function invite(client: MqttClient): Promise<void> {
	const said: Record<string, object> = {
		info: stack.retainedJson("glow/node/pi1/info") as object,
		state: stack.retainedJson("glow/node/pi1/state") as object,
	};
	for (let n = 2; n <= BOARDS; n++) {
		const id = `pi${n}`;
		const say = (what: string, payload: string) => client.publishAsync(`glow/node/${id}/${what}`, payload, { qos: 1, retain: true });
		await say("info", JSON.stringify({ ...said.info, id, groups: [`rack${Math.ceil(n / 20)}`] }));
		await say("state", JSON.stringify(said.state));
		await say("availability", "online");
	}
}

/** Mosquitto 2.0.11 hands a WebSocket one message each time its loop turns, which is ten times a second while nobody
 * else says anything. So somebody does. */
function keepTurning(client: MqttClient): () => void {
	const timer = setInterval(() => client.publish("tick", ""), 2);
	return () => clearInterval(timer);
}

test("two hundred boards: those in sight are drawn, all are there", { timeout: 120000 }, async (t) => {
	const client = await connectAsync(`mqtt://127.0.0.1:${stack.port}`, { protocolVersion: 5 });
	await invite(client);
	const rest = keepTurning(client);
	const { page, complaints, close } = await visit(browser, stack.url, { viewport: { width: 1920, height: 1080 } });
	page.setDefaultTimeout(90000);
	await enter(page, "operator", BOARDS);
	rest();
	await client.endAsync();
	await page.evaluate(() => void glowswarm.cluster.play({ effect: "rainbow", params: { period_ms: 2000 } }));
	await page.getByText("scene: rainbow").nth(BOARDS - 1).waitFor({ state: "attached" });

	const session = await page.context().newCDPSession(page);
	await session.send("Performance.enable", { timeDomain: "threadTicks" });
	const read = async () => {
		const { metrics } = await session.send("Performance.getMetrics");
		const of = (name: string) => metrics.find((m) => m.name === name)?.value ?? 0;
		return { taskS: of("TaskDuration"), frames: await page.evaluate(() => (globalThis as unknown as { drawn: number }).drawn) };
	};
	await page.evaluate(() => {
		Object.assign(globalThis, { drawn: 0 });
		const count = () => {
			(globalThis as unknown as { drawn: number }).drawn++;
			requestAnimationFrame(count);
		};
		count();
	});
	const from = await read();
	await page.waitForTimeout(5000);
	const to = await read();
	const meter = await page.evaluate(() => ({ ...glowswarm.renderer.meter }));
	const frames = to.frames - from.frames;
	t.diagnostic(
		`${BOARDS} boards, ${meter.canvases} in sight: ${(frames / 5).toFixed(1)} frames a second, ` +
			`${(((to.taskS - from.taskS) * 1000) / frames).toFixed(2)} ms of the page's CPU a frame, all included`,
	);
	assert.ok(meter.canvases >= 20 && meter.canvases < BOARDS / 2, "only what is in sight is drawn");
	assert.ok(frames > 0);

	await page.getByText("pi200", { exact: true }).scrollIntoViewIfNeeded();
	await page.waitForFunction(() => {
		const canvas = document.querySelector<HTMLCanvasElement>("canvas[data-node=pi200]")!;
		return canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v > 0);
	});
	assert.deepEqual(complaints, []);
	await close();
});
