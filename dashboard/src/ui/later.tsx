// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Views that few look at first are loaded when somebody does. Their styles are in App: the bundler links only those. */

import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";

export function later<P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> {
	let loaded: ComponentType<P> | null = null;
	return (props: P) => {
		const [state, setState] = useState<"loading" | "there" | "failed">(loaded ? "there" : "loading");
		useEffect(() => {
			let gone = false;
			if (state === "loading")
				load().then(
					(view) => {
						loaded = view;
						if (!gone) setState("there");
					},
					() => gone || setState("failed"),
				);
			return () => void (gone = true);
		}, []);
		if (state === "failed") return <p class="trouble">This view could not be loaded; load the page again.</p>;
		const There = loaded;
		return There && <There {...props} />;
	};
}
