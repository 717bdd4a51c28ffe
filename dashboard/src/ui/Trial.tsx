// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What a text would show: on the strip of this cluster and on its boards, one of each kind. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { type Look, placesOf, type Preview, sample } from "../model/preview";
import { Picture } from "./Board";
import { useSession } from "./hooks";
import { StripLines } from "./Strip";

const PAUSE_MS = 500;
const SLICE_MS = 6;
const REST_MS = 30;

/** The board that the text would make flash more often than it may; looked for a little at a time. */
function useFlashing(preview: Preview, places: ClusterView, text: string, look: Look): string | null {
	const [found, setFound] = useState<string | null>(null);
	const latest = useRef(places);
	latest.current = places;
	useEffect(() => {
		let timer = 0;
		const begin = () => {
			const search = preview.flashes(latest.current, look);
			const go = () => {
				for (const end = performance.now() + SLICE_MS; performance.now() < end; ) {
					const { done, value } = search.next();
					if (!done) continue;
					setFound(value);
					return;
				}
				timer = window.setTimeout(go, REST_MS);
			};
			go();
		};
		timer = window.setTimeout(begin, PAUSE_MS);
		return () => clearTimeout(timer);
	}, [preview, text, look]);
	return found;
}

/** `text` compiles. */
export function Trial({ view, text, look }: { view: ClusterView; text: string; look: Look }) {
	const { cluster } = useSession();
	const preview = useMemo(() => cluster.preview(), [cluster]);
	const startUs = useMemo(() => Math.floor(cluster.nowUs()), [cluster]);
	const { nodes, roster } = useMemo(() => placesOf(view), [view.nodes, view.roster]);
	useMemo(() => preview.follow(view), [preview, view.nodes, view.roster, view.conductor.info]);
	useMemo(() => preview.show(text, look, startUs), [preview, text, look, startUs]);
	const flashing = useFlashing(preview, view, text, look);
	const boards = sample(nodes);
	return (
		<section class="trial" aria-label="preview">
			<StripLines roster={roster} pictures={preview} />
			<ul class="samples" aria-hidden="true">
				{boards.map((node) => (
					<li key={node.id}>
						<Picture node={node} pictures={preview} />
					</li>
				))}
			</ul>
			<p class="warning" role="status">
				{flashing !== null && `This flashes more than three times a second on ${flashing}. Boards hold back what is too much, and so does this preview.`}
			</p>
		</section>
	);
}
