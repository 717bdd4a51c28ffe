// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Somebody who leaves the page open for hours, for ./run soak:
 *
 *   linger.mjs <address> <account> <password> <boards that are there>
 *
 * Once it is inside it says so, and from then on every five seconds what the page holds and sees, a line of JSON
 * each. It ends when its standard input does. */

import { once } from "node:events";
import { openBrowser, visit, enter, goTo } from "./visit";

const [url, account, password, boards] = process.argv.slice(2) as [string, string, string, string];
const PAUSE_MS = 5000;
const VIEWS = ["Shelf", "Strip", "Scenes", "Sync", "Events"] as const;

const browser = await openBrowser();
const { page, complaints, close } = await visit(browser, url);
await enter(page, account, Number(boards), password);
page.setDefaultTimeout(120000); // a machine that others need as well

const session = await page.context().newCDPSession(page);
await session.send("Performance.enable");

async function look(): Promise<object> {
	await session.send("HeapProfiler.collectGarbage");
	const { metrics } = await session.send("Performance.getMetrics");
	const of = (name: string) => metrics.find((m) => m.name === name)?.value ?? 0;
	const seen = await page.evaluate(() => {
		const { view } = glowswarm.cluster;
		return { online: view.nodes.filter((node) => node.online).map((node) => node.id) };
	});
	return { ...seen, heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners"), complaints: complaints.splice(0) };
}

let open = true;
process.stdin.resume();
const told = once(process.stdin, "end").then(() => {
	open = false;
});
for (let n = 0; open; n++) {
	console.log(JSON.stringify(await look()));
	await Promise.race([told, page.waitForTimeout(PAUSE_MS)]);
	if (open && n % 4 === 3) await goTo(page, VIEWS[((n + 1) / 4) % VIEWS.length]!);
}
await close();
await browser.close();
