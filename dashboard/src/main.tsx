// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Where the page begins. */

import { render } from "preact";

import { loadCore } from "./core";
import { openLink } from "./link";
import { createCluster } from "./model/cluster";

const cluster = createCluster(await loadCore(fetch("glow.wasm")));
openLink(cluster, { url: `ws://${location.host}/mqtt`, username: "", password: "" });
render(<main>Glowswarm</main>, document.body);
