// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The cluster's effects in text, and those that the page brings as examples. `place` is what is open: the name of an
 * effect, or "+" and the name of a new one, which may be that of an example. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { type Draft, draftOf, freeName } from "../model/drafts";
import { useSession } from "./hooks";
import { Workbench } from "./Workbench";
import "./Effects.css";

interface Example {
	readonly name: string;
	readonly what: string;
	readonly text: string;
}

const BLANK = "# a rainbow that turns\nparam period 2..60 = 8 s\nhsv(x - cycle(period), 1, 1)\n";

let asked: Promise<readonly Example[]> | null = null;

const NONE: readonly Example[] = [];

/** The texts that are shipped, asked for once; null until they are here. */
function useExamples(): readonly Example[] | null {
	const [examples, setExamples] = useState<readonly Example[] | null>(null);
	useEffect(() => {
		let gone = false;
		asked ??= fetch("effects.json").then((answer) => answer.json() as Promise<readonly Example[]>);
		asked.then(
			(list) => gone || setExamples(list),
			() => {
				asked = null;
				if (!gone) setExamples(NONE);
			},
		);
		return () => {
			gone = true;
		};
	}, []);
	return examples;
}

function goTo(place: string): void {
	location.hash = place ? `effects/${place}` : "effects";
}

/** What is open, where nobody has written in it yet. */
function begun(place: string, view: ClusterView, examples: readonly Example[]): Draft | null {
	const taken = view.texts.map(({ name }) => name);
	const saved = view.texts.find(({ name }) => name === place);
	if (saved) return draftOf(saved);
	if (!place.startsWith("+")) return null;
	const wish = place.slice(1);
	const example = examples.find(({ name }) => name === wish);
	if (wish && !example) return null;
	return { name: freeName(example?.name ?? "my-effect", taken), text: example?.text ?? BLANK, base: null };
}

function List({ title, empty, here, texts }: { title: string; empty: string; here: string; texts: readonly { place: string; name: string; what: string; marked: boolean }[] }) {
	if (!texts.length) return <p class="empty">{empty}</p>;
	return (
		<ul aria-label={title}>
			{texts.map(({ place, name, what, marked }) => (
				<li key={place}>
					<a href={`#effects/${place}`} aria-current={here === place ? "true" : undefined}>
						<strong>{name}</strong>
						{marked && <span class="standing changed"> not saved</span>}
						<span class="quiet">{what}</span>
					</a>
				</li>
			))}
		</ul>
	);
}

/** Drafts outlive a look at another view, and say so before the page is left. */
function useDrafts(): [ReadonlyMap<string, Draft>, (place: string, draft: Draft | null) => void] {
	const { drafts } = useSession();
	const [, setCount] = useState(0);
	useEffect(() => {
		const ask = (event: BeforeUnloadEvent) => drafts.size > 0 && event.preventDefault();
		addEventListener("beforeunload", ask);
		return () => removeEventListener("beforeunload", ask);
	}, [drafts]);
	const put = (place: string, draft: Draft | null) => {
		if (draft) drafts.set(place, draft);
		else drafts.delete(place);
		setCount((n) => n + 1);
	};
	return [drafts, put];
}

export function Effects({ view, place }: { view: ClusterView; place: string }) {
	const loaded = useExamples();
	const examples = loaded ?? NONE;
	const [drafts, put] = useDrafts();
	const [open, setOpen] = useState<{ place: string; draft: Draft } | null>(null);
	const kept = drafts.get(place) ?? (open?.place === place ? open.draft : null);
	const draft = useMemo(() => kept ?? begun(place, view, examples), [kept, place, view.texts, examples]);
	const fresh = place.startsWith("+");
	const mayCommand = view.mayCommand === true;

	/* One that is open stays as it is while others change it. */
	useEffect(() => {
		if (draft && !kept) setOpen({ place, draft });
	}, [draft, kept, place]);

	function change(to: Draft): void {
		setOpen({ place, draft: to });
		put(place, to.text === to.base ? null : to);
	}
	function saved(name: string, text: string, typed: Draft): void {
		const here = view.texts.some((one) => one.name === name && one.text === text);
		put(place, null);
		put(name, typed.text === text ? null : { name, text: typed.text, base: here ? text : null });
		setOpen({ place: name, draft: { name, text: typed.text, base: here ? text : null } });
		goTo(name);
	}
	function duplicate(from: Draft): void {
		const name = freeName(from.name, [...view.texts.map((text) => text.name), from.name]);
		put(`+${name}`, { name, text: from.text, base: null });
		goTo(`+${name}`);
	}
	function leave(): void {
		put(place, null);
		setOpen(null);
		goTo("");
	}

	const unsaved = [...drafts].filter(([at]) => at.startsWith("+") && !examples.some(({ name }) => at === `+${name}`));
	return (
		<div class={draft ? "effects-view one" : "effects-view"}>
			<section class="card texts" aria-labelledby="texts-title">
				<div class="row">
					<h2 id="texts-title">Effects in text</h2>
					{mayCommand && (
						<a class="quiet-do" href="#effects/+">
							New
						</a>
					)}
				</div>
				<List
					title="effects of this cluster"
					empty="This cluster has none yet. Begin with one of the examples."
					here={place}
					texts={[
						...view.texts.map(({ name, what }) => ({ place: name, name, what, marked: drafts.has(name) })),
						...unsaved.map(([at, { name }]) => ({ place: at, name, what: "", marked: true })),
					]}
				/>
				<h3>Examples</h3>
				<List title="examples" empty={loaded ? "They could not be loaded." : "Looking for them…"} here={place} texts={examples.map(({ name, what }) => ({ place: `+${name}`, name, what, marked: drafts.has(`+${name}`) }))} />
			</section>
			{draft ? (
				<Workbench key={place} view={view} draft={draft} fresh={fresh} onDraft={change} onSaved={saved} onDuplicate={() => duplicate(draft)} onLeave={leave} />
			) : (
				<section class="card about">
					<p class="empty">
						{place && !fresh ? `There is no effect ${place} here.` : "An effect is a text that says which colour each pixel has. Open one to read it, see it and change it."}
					</p>
				</section>
			)}
		</div>
	);
}
