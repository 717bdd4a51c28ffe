// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* All effects as pictures that move, and the parameters of the chosen one. */

import type { ComponentChildren } from "preact";
import { memo } from "./memo";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Cluster } from "../model/cluster";
import { type EffectGroup, grouped } from "../model/kinds";
import type { Effect, ParamValue } from "../model/messages";
import { SAMPLE_PIXELS, type Samples } from "../model/samples";
import { ParamFields } from "./controls";
import { useSession } from "./hooks";
import { capital, effectName } from "./text";
import "./EffectField.css";

const EVERY_US = 50_000;
const MANY = 12; // of more one looks for a name
const COLOR = "#ffb46b";
const AGO_US = 3_000_000; // so that one which fills a row has begun

const known = new WeakMap<Cluster, Samples>();

/** All that are shown of a cluster come from one core. */
function useSamples(effects: readonly Effect[]): Samples {
	const { cluster } = useSession();
	const samples = known.get(cluster) ?? cluster.samples();
	known.set(cluster, samples);
	useMemo(() => samples.follow(effects, COLOR, Math.floor(cluster.nowUs()) - AGO_US), [samples, effects]);
	return samples;
}

/** One pixel an LED; the style sheet makes LEDs of them. */
function Sample({ samples, name }: { samples: Samples; name: string }) {
	const { renderer } = useSession();
	const canvas = useRef<HTMLCanvasElement>(null);
	useEffect(() => {
		const element = canvas.current!;
		const context = element.getContext("2d", { willReadFrequently: true })!;
		const image = context.createImageData(SAMPLE_PIXELS, 1);
		let lastUs = -Infinity;
		return renderer.add(element, (tUs) => {
			if (tUs - lastUs < EVERY_US) return;
			lastUs = tUs;
			const seen = samples.seen(name, tUs);
			if (!seen) return;
			for (let k = 0; k < SAMPLE_PIXELS; k++) {
				for (let c = 0; c < 3; c++) image.data[4 * k + c] = seen[3 * k + c]!;
				image.data[4 * k + 3] = 255;
			}
			context.putImageData(image, 0, 0);
		});
	}, [renderer, samples, name]);
	return (
		<span class="sample" aria-hidden="true">
			<canvas ref={canvas} width={SAMPLE_PIXELS} height={1} data-effect={name} />
		</span>
	);
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
							<Sample samples={samples} name={name} />
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
