// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The clocks in numbers: a table that sorts by whatever column is asked for. */

import type { NodeView } from "../model/cluster";
import { apartUs, clockOf } from "../model/clocks";
import type { Stats } from "../model/messages";
import { astrayUs } from "../model/status";
import { useKept } from "./kept";
import { duration, phaseText } from "./text";

/** Frames a second, and where a slow board leaves some out, of how many slots it draws one. */
function rate({ fps, slots_a_frame }: Stats): string {
	return `${Math.round(fps)}${slots_a_frame > 1 ? `, 1 in ${slots_a_frame}` : ""}`;
}

function stateOf(node: NodeView): string {
	if (!node.online) return "offline";
	if (!node.stats) return "not heard yet";
	return astrayUs(node) ? "out of phase" : phaseText(node.stats.sync.state);
}

const statsOf = ({ online, stats }: NodeView): Stats | null => (online ? stats : null);

interface Column {
	readonly name: string;
	readonly what: string;
	/** What it is sorted by: null comes last. */
	by(node: NodeView): number | string | null;
	text(node: NodeView): string;
	readonly number: boolean;
}

/* A column of numbers. */
function figures(name: string, what: string, by: (node: NodeView) => number | null, text: (value: number, node: NodeView) => string): Column {
	const shown = (node: NodeView) => {
		const value = by(node);
		return value === null ? "–" : text(value, node);
	};
	return { name, what, by, text: shown, number: true };
}

const APART = "apart";
const COLUMNS: readonly Column[] = [
	{ name: "board", what: "", by: (node) => node.id, text: (node) => node.id, number: false },
	{ name: "clock", what: "", by: stateOf, text: stateOf, number: false },
	figures(APART, "how far it may be from the others: what it still corrects, and what it cannot know", (n) => (clockOf(n) ? apartUs(clockOf(n)!) : null), duration),
	figures("corrects", "what it is still correcting", (n) => clockOf(n)?.offset_us ?? null, duration),
	figures("unsure by", "one standard deviation of what it cannot know", (n) => clockOf(n)?.error_us ?? null, (us) => `±${duration(us)}`),
	figures("frames a second", "", (n) => statsOf(n)?.fps ?? null, (_, n) => rate(n.stats!)),
	figures("late", "frames that missed their time", (n) => statsOf(n)?.late ?? null, String),
	figures("to show one", "how long the board takes to show a frame", (n) => statsOf(n)?.write_us ?? null, duration),
];

const natural = new Intl.Collator("en", { numeric: true }).compare;

function compare(a: number | string | null, b: number | string | null): number {
	return typeof a === "number" && typeof b === "number" ? Math.abs(a) - Math.abs(b) : natural(String(a), String(b));
}

/** In that order; those that have no value in the column come last in either. */
export function sorted(nodes: readonly NodeView[], name: string, down: boolean): readonly NodeView[] {
	const { by } = COLUMNS.find((column) => column.name === name)!;
	const known = nodes.filter((node) => by(node) !== null).sort((a, b) => compare(by(a), by(b)) * (down ? -1 : 1));
	return [...known, ...nodes.filter((node) => by(node) === null)];
}

export function ClockTable({ nodes }: { nodes: readonly NodeView[] }) {
	const [order, setOrder] = useKept("clock order", { name: APART, down: true });
	const press = ({ name, number }: Column) => setOrder({ name, down: order.name === name ? !order.down : number });
	return (
		<div class="scroll" tabIndex={0} role="region" aria-label="table of clocks">
			<table>
				<thead>
					<tr>
						{COLUMNS.map((column) => (
							<th
								key={column.name}
								scope="col"
								class={column.number ? "number" : undefined}
								aria-sort={order.name === column.name ? (order.down ? "descending" : "ascending") : undefined}
							>
								<button type="button" class="sorts" title={column.what || undefined} onClick={() => press(column)}>
									{column.name}
								</button>
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{sorted(nodes, order.name, order.down).map((node) => (
						<tr key={node.id}>
							<th scope="row">{node.id}</th>
							{COLUMNS.slice(1).map((column) => (
								<td key={column.name} class={column.number ? "number" : undefined}>
									{column.text(node)}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
