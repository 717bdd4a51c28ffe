// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The C core, compiled to WebAssembly: it reads what nodes and conductor
 * publish, draws their LEDs and keeps cluster time, by the very code that
 * glow-bridge and glowctl run. Pages use it through model/cluster.ts. */

/** The loaded core. One is enough for a page. */
export interface Core {
	readonly exports: WebAssembly.Exports;
}

/** Loads the core: `glow.wasm` fetched, or its bytes. */
export async function loadCore(_source: Response | Promise<Response> | BufferSource): Promise<Core> {
	throw new Error("not there yet");
}
