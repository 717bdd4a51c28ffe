// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Beside the page, so that it can be installed, and opens without its server: it answers with the page's own files
 * where the server does not. What the server has always comes first, so nobody sees an old page for long. It keeps these
 * files and nothing else; what comes from the broker does not pass here. */

/** What build.mjs has made: the files, and a name for just these. */
declare const FILES: readonly string[];
declare const VERSION: string;

interface Later extends Event {
	waitUntil(what: Promise<unknown>): void;
}

interface Fetched extends Later {
	readonly request: Request;
	respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as {
	skipWaiting(): Promise<void>;
	clients: { claim(): Promise<void> };
	addEventListener(type: "install" | "activate", heard: (event: Later) => void): void;
	addEventListener(type: "fetch", heard: (event: Fetched) => void): void;
};

/** What the server says of its cluster; not every server does. */
const SITE = "site.json";
const ours = new Set([...FILES, SITE].map((file) => new URL(file, location.href).href));

async function install(): Promise<void> {
	const cache = await caches.open(VERSION);
	const fresh = (file: string) => new Request(file, { cache: "no-cache" });
	await cache.addAll(FILES.map(fresh));
	await cache.add(fresh(SITE)).catch(() => {});
	await scope.skipWaiting();
}

async function tidy(): Promise<void> {
	for (const name of await caches.keys()) if (name.startsWith("glowswarm-") && name !== VERSION) await caches.delete(name);
	await scope.clients.claim();
}

async function answer(request: Request, file: string): Promise<Response> {
	const served = await fetch(request).catch(() => null);
	if (served?.ok) return served;
	return (await caches.match(file, { ignoreVary: true })) ?? served ?? Response.error();
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(tidy()));
scope.addEventListener("fetch", (event) => {
	const { request } = event;
	const file = new URL(request.url);
	file.search = file.hash = "";
	if (request.method === "GET" && ours.has(file.href)) event.respondWith(answer(request, file.href));
});
