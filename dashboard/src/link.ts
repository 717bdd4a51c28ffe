// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The connection to the broker: MQTT 5 over a WebSocket, which comes back by
 * itself. What it hears goes into a Cluster, which also learns here whether
 * this account may send commands. */

import type { Cluster } from "./model/cluster";

export interface LinkOptions {
	/** ws:// or wss:// */
	url: string;
	username: string;
	password: string;
}

export interface Link {
	/** Says goodbye and never comes back. */
	close(): void;
}

/** Connects, and tells the cluster of it: see Cluster.view.link. */
export function openLink(_cluster: Cluster, _options: LinkOptions): Link {
	throw new Error("not there yet");
}
