// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The account of this tab, so that a reload does not ask for it again. What is encrypted lies with the tab, in
 * sessionStorage; the key lies in IndexedDB and cannot be read, only used, and only by this page. Each tab has a key of
 * its own, which goes when somebody logs out. Over plain HTTP browsers encrypt nothing: then nothing is remembered. */

export interface Account {
	readonly user: string;
	readonly password: string;
}

const PLACE = "glowswarm.session";
const KEYS_MOST = 16; // of tabs that were closed keys are left: useless, and not for ever
const IV_BYTES = 12;
const PADDED = 512; // so that it does not tell how long a password is

/** In sessionStorage. */
interface Sealed {
	readonly key: number;
	readonly iv: readonly number[];
	readonly data: readonly number[];
}

function done<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

async function withKeys<T>(use: (keys: IDBObjectStore) => Promise<T>): Promise<T> {
	const opening = indexedDB.open("glowswarm", 1);
	opening.onupgradeneeded = () => opening.result.createObjectStore("keys", { autoIncrement: true });
	const db = await done(opening);
	try {
		return await use(db.transaction("keys", "readwrite").objectStore("keys"));
	} finally {
		db.close();
	}
}

function sealed(): Sealed | null {
	const text = sessionStorage.getItem(PLACE);
	return text ? (JSON.parse(text) as Sealed) : null;
}

async function seal({ user, password }: Account): Promise<void> {
	await unseal();
	const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const text = new TextEncoder().encode(JSON.stringify([user, password]).padEnd(PADDED));
	const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text));
	const at = await withKeys(async (keys) => {
		const now = Number(await done(keys.add(key)));
		await done(keys.delete(IDBKeyRange.upperBound(now - KEYS_MOST)));
		return now;
	});
	sessionStorage.setItem(PLACE, JSON.stringify({ key: at, iv: [...iv], data: [...data] } satisfies Sealed));
}

async function open(): Promise<Account | null> {
	const what = sealed();
	if (!what) return null;
	const key = await withKeys((keys) => done(keys.get(what.key) as IDBRequest<CryptoKey | undefined>));
	if (!key) return null;
	const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(what.iv) }, key, new Uint8Array(what.data));
	const [user = "", password = ""] = JSON.parse(new TextDecoder().decode(text)) as string[];
	return { user, password };
}

async function unseal(): Promise<void> {
	const what = sealed();
	sessionStorage.removeItem(PLACE);
	if (what) await withKeys((keys) => done(keys.delete(what.key)));
}

/* One after the other: who logs out right after logging in leaves nothing. */
let last: Promise<unknown> = Promise.resolve();

/** A browser that keeps nothing, as some do in private windows, asks again. */
function next<T>(what: () => Promise<T>): Promise<T | null> {
	const mine = last.then(() => (globalThis.crypto?.subtle ? what() : null)).catch(() => null);
	last = mine;
	return mine;
}

export const keepAccount = (account: Account): Promise<void | null> => next(() => seal(account));

/** The account that this tab had before it was loaded again; null for none. */
export const keptAccount = (): Promise<Account | null> => next(open);

/** Leaves nothing of it. */
export const eraseAccount = (): Promise<void | null> => next(unseal);
