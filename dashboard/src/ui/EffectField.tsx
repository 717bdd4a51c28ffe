// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* All effects as pictures that move, and the parameters of the chosen one. */

import type { ComponentChildren } from "preact";
import { memo } from "./memo";
import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { type EffectGroup, grouped } from "../model/kinds";
import type { Effect, ParamValue } from "../model/messages";
import type { Samples } from "../model/samples";
import { ParamFields } from "./controls";
import { useSession } from "./hooks";
import { Sample, samplesOf, sampleStart } from "./Sample";
import { capital, effectName } from "./text";
import "./EffectField.css";

const MANY = 12; // of more one looks for a name
const COLOR = "#ffb46b";

function useSamples(effects: readonly Effect[]): Samples {
	const { cluster } = useSession();
	const samples = samplesOf(cluster);
	useMemo(() => samples.follow(effects, COLOR, sampleStart(cluster)), [samples, effects]);
	return samples;
}

interface LooksProps {
	groups: readonly EffectGroup[];
	chosen: string | null;
	samples: Samples;
	onEffect: (name: string) => void;
}

/* They outnumber all else on a page that is another several times a second. */
const Looks = memo(function Looks({ groups, chosen, samples, onEffect }: LooksProps) {
	return (
		<>
			{groups.map((group) => (
				<div key={group.name} class="looks" role="group" aria-label={group.name}>
					<span class="kind" aria-hidden="true">
						{capital(group.name)}
					</span>
					{group.effects.map(({ name, what, text }) => (
						<button key={name} type="button" class="look" title={text === undefined ? what : `${what} (written in this cluster)`} aria-pressed={name === chosen} onClick={() => onEffect(name)}>
							<Sample samples={samples} of={name} />
							<span>{effectName(name)}</span>
						</button>
					))}
				</div>
			))}
		</>
	);
});

interface EffectFieldProps {
	effects: readonly Effect[];
	/** null: none, or boards differ. */
	chosen: string | null;
	params: Readonly<Record<string, ParamValue>>;
	onEffect: (name: string) => void;
	onParam: (name: string, value: ParamValue) => void;
	/** Further choices before the effects. */
	before?: ComponentChildren;
}

export function EffectField({ effects, chosen, params, onEffect, onParam, before }: EffectFieldProps) {
	const [words, setWords] = useState("");
	const samples = useSamples(effects);
	const latest = useRef(onEffect);
	latest.current = onEffect;
	const choose = useCallback((name: string) => latest.current(name), []);
	const groups = useMemo(() => grouped(effects, words), [effects, words]);
	const effect = effects.find((e) => e.name === chosen);
	return (
		<>
			<div class="effects" role="group" aria-label="effect">
				{effects.length > MANY && <input type="search" aria-label="find an effect" placeholder="Find an effect" value={words} onInput={(e) => setWords(e.currentTarget.value)} />}
				{before}
				<Looks groups={groups} chosen={chosen} samples={samples} onEffect={choose} />
				{groups.length === 0 && <p class="quiet">No effect is called so.</p>}
			</div>
			{effect && (
				<ParamFields effect={effect} values={params} onParam={onParam}>
					<p class="quiet">{effect.what}</p>
				</ParamFields>
			)}
		</>
	);
}
