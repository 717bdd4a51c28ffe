// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What people call a board, with what programs call it. */

import { usePolled, useSession } from "./hooks";

export function Name({ id }: { id: string }) {
	const { cluster } = useSession();
	const title = usePolled(() => cluster.view.wanted.nodes[id]?.title ?? "");
	return (
		<span class="id" title={title ? `${title} (${id})` : undefined}>
			{title || id}
			{title && <span class="unseen"> {id}</span>}
		</span>
	);
}
