// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A browser, and a visit of the page with it. */

import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Renderer } from "../../src/draw/renderer";
import type { Cluster } from "../../src/model/cluster";
import { TOP } from "./stack";

/** What the page lays open for a look from the console. */
declare global {
	var glowswarm: { cluster: Cluster; renderer: Renderer };
}

const QUIET = ["quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);

export const CHROMIUM = process.env.GLOW_CHROMIUM ?? "/usr/bin/chromium";
export const OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", ...QUIET];

export function openBrowser(...options: string[]): Promise<Browser> {
	return chromium.launch({ executablePath: CHROMIUM, args: [...OPTIONS, ...options] });
}

export interface Visit {
	readonly page: Page;
	/** What the browser complained of: must stay empty. */
	readonly complaints: string[];
	close(): Promise<void>;
}

export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
	const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 1280, height: 800 }, colorScheme: "dark", ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(20000);
	const complaints: string[] = [];
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
	await page.goto(url);
	return { page, complaints, close: () => context.close() };
}

export async function logIn(page: Page, user: string, password = "glow"): Promise<void> {
	await page.getByLabel("Account").fill(user);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Log in" }).click();
}

/** Inside, with all that is retained there. */
export async function enter(page: Page, user: string, boards: number, password?: string): Promise<void> {
	await logIn(page, user, password);
	await page.locator("header nav").waitFor();
	await page.waitForFunction((n) => {
		const { view } = glowswarm.cluster;
		return view.mayCommand !== null && view.nodes.filter((node) => node.online && node.info && node.state).length >= n;
	}, boards);
}

/** In the page, as soon as it has its login: after how many milliseconds by its own clock all boards in sight are known,
 * and all, with what we may. */
export async function comeIn({ user, password, boards }: { user: string; password: string; boards: number }): Promise<{ inSight: number; all: number }> {
	const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
	const fields = document.getElementsByTagName("input"); // live: the page may be loading
	while (fields.length < 2) await pause(20);
	fields[0]!.value = user;
	fields[1]!.value = password;
	const fromMs = performance.now();
	fields[0]!.form!.requestSubmit();
	for (let inSight = 0; ; await pause(50)) {
		const ms = Math.round(performance.now() - fromMs);
		const { nodes = [], mayCommand = null } = globalThis.glowswarm?.cluster.view ?? {};
		const ids = new Set(nodes.filter((node) => node.online && node.info && node.state).map(({ id }) => id));
		const slots = inSight ? [] : [...document.querySelectorAll<HTMLElement>(".slot[data-node]")].filter((slot) => slot.getBoundingClientRect().top < innerHeight);
		if (slots.length && slots.every((slot) => ids.has(slot.dataset.node!))) inSight = ms;
		if (ids.size >= boards && mayCommand !== null) return { inSight: inSight || ms, all: ms };
	}
}

export function goTo(page: Page, view: "Shelf" | "Strip" | "Scenes" | "Presets" | "Effects" | "Sync" | "Events"): Promise<void> {
	return page.getByRole("navigation").getByRole("link", { name: view }).click();
}

const axe = readFileSync(createRequire(join(TOP, "dashboard/package.json")).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds, one line each. */
export async function barriers(page: Page): Promise<string[]> {
	// On its way from one colour to another, text has neither.
	await page.evaluate(() => document.getAnimations().forEach((a) => a instanceof CSSTransition && a.finish()));
	await page.evaluate(axe);
	return page.evaluate(async () => {
		const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run(document);
		return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)} ${n.failureSummary ?? ""}`));
	});
}

export async function accessible(page: Page, where: string): Promise<void> {
	assert.deepEqual(await barriers(page), [], `axe-core on ${where}`);
}

/** Counts the bytes that the page's connections bring from now on. */
export function countReceived(page: Page): () => number {
	let bytes = 0;
	page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => void (bytes += payload.length)));
	return () => bytes;
}

/** What the main thread does in that time, and frames: seconds of CPU, and how many. */
export async function load(page: Page, seconds: number): Promise<{ frames: number; taskS: number; scriptS: number; layoutS: number }> {
	const session = await page.context().newCDPSession(page);
	await session.send("Performance.enable", { timeDomain: "threadTicks" });
	await page.evaluate(() => {
		const counted = Object.assign(globalThis, { drawn: 0, counting: true });
		const count = () => {
			counted.drawn++;
			if (counted.counting) requestAnimationFrame(count);
		};
		count();
	});
	const read = async () => {
		const { metrics } = await session.send("Performance.getMetrics");
		const of = (name: string) => metrics.find((m) => m.name === name)?.value ?? 0;
		return { frames: await page.evaluate(() => (globalThis as unknown as { drawn: number }).drawn), taskS: of("TaskDuration"), scriptS: of("ScriptDuration"), layoutS: of("LayoutDuration") + of("RecalcStyleDuration") };
	};
	const from = await read();
	await page.waitForTimeout(seconds * 1000);
	const to = await read();
	await page.evaluate(() => Object.assign(globalThis, { counting: false }) && undefined);
	await session.detach();
	return { frames: to.frames - from.frames, taskS: to.taskS - from.taskS, scriptS: to.scriptS - from.scriptS, layoutS: to.layoutS - from.layoutS };
}
