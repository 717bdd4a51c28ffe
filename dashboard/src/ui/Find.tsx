// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Which boards are shown, and in which order. */

import { choicesOf, EVERYTHING, type Find, ORDERS } from "../model/shelf";
import type { ClusterView } from "../model/cluster";
import "./Find.css";

function Select<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void }) {
	return (
		<select aria-label={label} value={value} onChange={(e) => onChange(e.currentTarget.value as T)}>
			{options.map(([key, text]) => (
				<option key={key} value={key}>
					{text}
				</option>
			))}
		</select>
	);
}

/** `count` is how many are found; `onChoose` absent for those who may only look. */
export function FindBar({ view, find, count, onFind, onChoose }: { view: ClusterView; find: Find; count: number; onFind: (find: Find) => void; onChoose?: (() => void) | undefined }) {
	const narrowed = find.words !== "" || find.only !== "";
	const choices = choicesOf(view.nodes, view.groups);
	return (
		<search class="find row">
			<input
				type="search"
				aria-label="find boards"
				placeholder="Find boards"
				value={find.words}
				onInput={(e) => onFind({ ...find, words: e.currentTarget.value })}
				onKeyDown={(e) => e.key === "Escape" && find.words !== "" && (e.stopPropagation(), onFind({ ...find, words: "" }))}
			/>
			<Select label="only these boards" value={choices.some(([key]) => key === find.only) ? find.only : ""} options={choices} onChange={(only) => onFind({ ...find, only })} />
			<Select label="order of the boards" value={find.order} options={ORDERS} onChange={(order) => onFind({ ...find, order })} />
			<span class="quiet" role="status">
				{narrowed && `${count} of ${view.nodes.length}`}
			</span>
			{narrowed && onChoose && (
				<>
					{count > 0 && (
						<button type="button" class="quiet-do" onClick={onChoose}>
							Choose {count === 1 ? "it" : `these ${count}`}
						</button>
					)}
					<button type="button" class="quiet-do" onClick={() => onFind({ ...EVERYTHING, order: find.order })}>
						Show all
					</button>
				</>
			)}
		</search>
	);
}
