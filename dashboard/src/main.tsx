// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Where the page begins. */

import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { App, type Site } from "./App";
import "./ui/forced.css";
import { loadCore } from "./core";
import { keptAccount } from "./sealed";

/** What the server says of its cluster, if it says anything. */
async function askSite(): Promise<Site> {
	const answer = await fetch("site.json").catch(() => null);
	const site = answer?.ok ? ((await answer.json()) as Partial<Site>) : {};
	return { prefix: site.prefix || "glow" };
}

try {
	const [core, site, account] = await Promise.all([loadCore(fetch("glow.wasm")), askSite(), keptAccount()]);
	render(<App core={core} site={site} account={account} />, document.body);
	void navigator.serviceWorker?.register("sw.js").catch(() => {}); // not over plain HTTP, nor where a browser forbids it
} catch (error) {
	render(
		<main class="login">
			<p class="trouble">This page cannot run here: {error instanceof Error ? error.message : String(error)}</p>
		</main>,
		document.body,
	);
}
