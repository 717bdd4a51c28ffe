// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What outlives a reload, what does not, and what opens without a server. */

import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Stack } from "./stack";
import { accessible, enter, logIn, openBrowser, visit } from "./visit";

const PASSWORD = "Ze7!quark_nobody-has-it";
/** No browser takes it for a host of its own, so plain HTTP is what it is elsewhere. */
const ELSEWHERE = "cluster.example";

const stack = new Stack();
let browser: Browser;

before(async () => {
	await stack.start(PASSWORD);
	stack.conductor();
	stack.bridge("pi1", "--idle", "blue 20%");
	browser = await openBrowser(`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`);
});

after(async () => {
	await browser?.close();
	await stack.close();
});

/** Where in all that the browser keeps of the page the password is, in one of the ways that it may be written. */
function findings(page: Page, password: string): Promise<string[]> {
	return page.evaluate(async (secret) => {
		const bytes = new TextEncoder().encode(secret);
		const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
		// Of base64 what is the same whatever stands before and after it.
		const base64 = [0, 1, 2].map((k) => btoa("\0".repeat(k) + secret).slice(k + 1, -4));
		const forms = [secret, secret.split("").join("\0"), encodeURIComponent(secret), hex, [...bytes].join(","), ...base64];
		const found: string[] = [];
		const look = (where: string, text: string) => {
			if (forms.some((form) => text.includes(form))) found.push(where);
		};
		const latin1 = (buffer: ArrayBuffer) => [...new Uint8Array(buffer)].map((b) => String.fromCharCode(b)).join("");

		async function textOf(value: unknown): Promise<string> {
			if (value instanceof CryptoKey) {
				const raw = await crypto.subtle.exportKey("raw", value).catch(() => null);
				return raw ? `exported ${latin1(raw)}` : "a key";
			}
			if (value instanceof ArrayBuffer) return latin1(value);
			if (ArrayBuffer.isView(value)) return latin1(value.buffer as ArrayBuffer);
			return JSON.stringify(value) ?? "";
		}

		for (const [name, storage] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]] as const)
			for (const key of Object.keys(storage)) look(name, `${key} ${storage.getItem(key)}`);
		const wait = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
		for (const { name } of await indexedDB.databases()) {
			const db = await wait(indexedDB.open(name!));
			for (const store of db.objectStoreNames) {
				const all = db.transaction(store).objectStore(store);
				const [keys, values] = await Promise.all([wait(all.getAllKeys()), wait(all.getAll())]);
				for (const value of [...keys, ...values]) {
					const text = await textOf(value);
					look("indexedDB", text);
					if (text.startsWith("exported")) found.push("a key that can be read");
				}
			}
			db.close();
		}
		for (const name of await caches.keys())
			for (const request of await (await caches.open(name)).keys())
				look("caches", request.url + latin1(await (await caches.match(request))!.arrayBuffer()));
		look("the address", location.href + document.cookie + JSON.stringify(history.state));
		return [...new Set(found)].sort();
	}, password);
}

const keys = (page: Page) =>
	page.evaluate(async () => {
		const opening = indexedDB.open("glowswarm", 1);
		opening.onupgradeneeded = () => opening.result.createObjectStore("keys", { autoIncrement: true });
		const db = await new Promise<IDBDatabase>((resolve) => (opening.onsuccess = () => resolve(opening.result)));
		const counting = db.transaction("keys").objectStore("keys").count();
		const count = await new Promise<number>((resolve) => (counting.onsuccess = () => resolve(counting.result)));
		db.close();
		return count;
	});

const remembered = (page: Page) => page.waitForFunction(() => sessionStorage.getItem("glowswarm.session") !== null);
const forgotten = (page: Page) => page.evaluate(() => sessionStorage.getItem("glowswarm.session") === null);

// promise: password-is-sealed
test("a reload asks for nothing, and nothing that is kept has the password in it", async () => {
	const { page, complaints, close } = await visit(browser, stack.url, { serviceWorkers: "allow" });
	await enter(page, "operator", 1, PASSWORD);
	await remembered(page);
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
	assert.ok(await page.evaluate(() => caches.keys().then((names) => names.length === 1)), "caches are there to be searched");
	assert.deepEqual(await findings(page, PASSWORD), []);
	await page.reload();
	await page.locator("header nav").waitFor();
	assert.equal(await page.getByLabel("Password").count(), 0);
	await remembered(page);
	assert.deepEqual(await findings(page, PASSWORD), []);
	assert.equal(await keys(page), 1);

	// The control: the search finds it in each place, in each way.
	await page.evaluate(async (secret) => {
		localStorage.setItem("a", btoa(`xy${secret}z`));
		sessionStorage.setItem("b", secret);
		const opening = indexedDB.open("other", 1);
		opening.onupgradeneeded = () => opening.result.createObjectStore("s").put(new TextEncoder().encode(secret), 1);
		await new Promise((resolve) => (opening.onsuccess = resolve));
		opening.result.close();
		await (await caches.open("c")).put("/x", new Response(secret.split("").join("\0")));
	}, PASSWORD);
	assert.deepEqual(await findings(page, PASSWORD), ["caches", "indexedDB", "localStorage", "sessionStorage"]);
	assert.deepEqual(complaints, []);
	await close();
});

// promise: password-is-sealed
test("logging out leaves nothing, and neither does a password that is wrong", async () => {
	const { page, close } = await visit(browser, stack.url);
	await logIn(page, "operator", "wrong");
	await page.getByText("The account or its password is wrong.").waitFor();
	assert.deepEqual([await forgotten(page), await keys(page)], [true, 0]);
	await enter(page, "operator", 1, PASSWORD);
	await remembered(page);
	await page.waitForFunction(() => indexedDB.databases().then((all) => all.length === 1));
	assert.equal(await keys(page), 1);
	await page.getByRole("button", { name: "Log out" }).click();
	await page.getByRole("button", { name: "Log in" }).waitFor();
	await page.waitForFunction(async () => {
		const opening = indexedDB.open("glowswarm", 1);
		const db = await new Promise<IDBDatabase>((resolve) => (opening.onsuccess = () => resolve(opening.result)));
		const counting = db.transaction("keys").objectStore("keys").count();
		const count = await new Promise<number>((resolve) => (counting.onsuccess = () => resolve(counting.result)));
		db.close();
		return count === 0 && sessionStorage.getItem("glowswarm.session") === null;
	});
	await page.reload();
	await page.getByRole("button", { name: "Log in" }).waitFor();
	await close();
});

// promise: password-is-sealed
test("over plain HTTP it asks again, since nothing could be encrypted", async () => {
	const { page, close } = await visit(browser, stack.url.replace("127.0.0.1", ELSEWHERE));
	assert.equal(await page.evaluate(() => typeof crypto.subtle), "undefined");
	await enter(page, "operator", 1, PASSWORD);
	await page.reload();
	await page.getByRole("button", { name: "Log in" }).waitFor();
	assert.ok(await forgotten(page));
	await close();
});

// promise: page-opens-alone
test("it can be installed, and opens without its server up to the broker", async () => {
	const { page, complaints, close } = await visit(browser, stack.url, { serviceWorkers: "allow" });
	const manifest = (await (await fetch(`${stack.url}manifest.webmanifest`)).json()) as { icons: { src: string; type: string }[]; start_url: string; display: string };
	assert.deepEqual([manifest.start_url, manifest.display], ["./", "standalone"]);
	for (const { src, type } of manifest.icons) assert.equal((await fetch(stack.url + src)).headers.get("content-type"), type);
	// What the browser itself misses for installing it: nothing.
	const devtools = await page.context().newCDPSession(page);
	const { errors } = (await devtools.send("Page.getAppManifest")) as { errors: unknown[] };
	assert.deepEqual(errors, []);
	const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
	assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"), []);
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
	assert.deepEqual(complaints, []);

	await stack.end(stack.webServer);
	await page.reload();
	await logIn(page, "operator", PASSWORD);
	await page.getByText("The server of this page cannot be reached.").waitFor();
	await accessible(page, "a page without its server");
	await close();
});
