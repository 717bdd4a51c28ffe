// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The strip's boards in their order: moved, named, turned round, and forgotten when they are gone. */

import { useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { Switch } from "./controls";
import { useDrag, useSession } from "./hooks";
import { Outcome } from "./Outcome";
import { Sortable } from "./Sortable";
import { Sure } from "./Sure";
import { Typed } from "./Typed";
import "./Order.css";

const ORDER_EVERY_MS = 400;

/** What becomes of boards that are to be forgotten. */
function useForget(): [string, (id: string) => void] {
	const { cluster } = useSession();
	const [said, setSaid] = useState("");
	const forget = (id: string) => {
		setSaid(`Forgetting ${id}…`);
		void cluster.forget(id).then((trouble) => setSaid(trouble ? `${id} is not forgotten: ${trouble}.` : `${id} is forgotten.`));
	};
	return [said, forget];
}

interface RowProps {
	view: ClusterView;
	id: string;
	k: number;
	onSet: (id: string, what: object) => void;
	onForget: (id: string) => void;
}

function Row({ view, id, k, onSet, onForget }: RowProps) {
	const title = view.wanted.nodes[id]?.title ?? "";
	const place = view.roster.nodes.find((node) => node.id === id);
	const node = view.nodes.find((one) => one.id === id);
	return (
		<>
			<span class="number" aria-hidden="true">
				{k + 1}
			</span>
			<Typed
				class="title"
				aria-label={`name of ${id}`}
				placeholder="no name yet"
				maxLength={96}
				value={title}
				onDone={(text) => onSet(id, { title: text.trim() })}
			/>
			<span class="quiet">
				{id}
				{place && ` · ${place.pixels} LEDs`}
			</span>
			<span class="turned">
				<Switch
					label="reversed"
					unseen={` ${id}`}
					on={place?.reverse ?? false}
					title="it hangs the other way round"
					onChange={(reverse) => onSet(id, { reverse })}
				/>
			</span>
			{node && !node.online && <Sure label="Forget" of={id} sure="Forget it for good" onSure={() => onForget(id)} />}
		</>
	);
}

export function Order({ view }: { view: ClusterView }) {
	const { cluster } = useSession();
	const [sent, setSent] = useState<number[]>([]);
	const [said, forget] = useForget();
	const arrange = (what: object) => setSent([cluster.arrange(what)]);
	const [ids, order] = useDrag<readonly string[]>(view.nodes.map(({ id }) => id), (to) => arrange({ order: to }), ORDER_EVERY_MS);
	return (
		<section class="card order" aria-labelledby="order-title">
			<div class="row">
				<h2 id="order-title">Order of the boards</h2>
				{view.wanted.order && (
					<button type="button" class="quiet-do" onClick={() => arrange({ order: null })}>
						By name again
					</button>
				)}
			</div>
			<p class="quiet">Drag a board to where it hangs, or move it with the arrow keys. A name is for people; it changes nothing else.</p>
			<Sortable label="boards in the order of the strip" items={ids} keyOf={(id) => id} nameOf={(id) => id} onOrder={order}>
				{(id, k) => <Row view={view} id={id} k={k} onSet={(node, what) => arrange({ nodes: { [node]: what } })} onForget={forget} />}
			</Sortable>
			<Outcome view={view} keys={sent} />
			<p class="quiet" role="status">
				{said}
			</p>
		</section>
	);
}
