// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What somebody is making stays while they look at another view. */

import { useState } from "preact/hooks";
import { useSession } from "./hooks";

/** useState() that outlives its view, by that name, until somebody logs out. */
export function useKept<T>(name: string, first: T): [T, (value: T) => void] {
	const { kept } = useSession();
	const [value, set] = useState<T>(() => (kept.has(name) ? (kept.get(name) as T) : first));
	const keep = (to: T) => {
		kept.set(name, to);
		set(() => to);
	};
	return [value, keep];
}
