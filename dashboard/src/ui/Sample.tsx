// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Effects and looks as small pictures that move. */

import { useEffect, useRef } from "preact/hooks";
import type { Cluster } from "../model/cluster";
import type { Micros, SceneLook } from "../model/messages";
import type { Look } from "../model/playlist";
import { SAMPLE_PIXELS, type Samples } from "../model/samples";
import { useSession } from "./hooks";

const EVERY_US = 50_000;
const AGO_US = 3_000_000;
const MOST_LOOKS = 3;

const known = new WeakMap<Cluster, Samples>();

/** All that are shown of a cluster come from one core. */
export function samplesOf(cluster: Cluster): Samples {
	const samples = known.get(cluster) ?? cluster.samples();
	known.set(cluster, samples);
	return samples;
}

/** When one begins that is shown from now on: some time ago, so that an effect which fills a row has begun. */
export const sampleStart = (cluster: Cluster): Micros => Math.floor(cluster.nowUs()) - AGO_US;

/** What seen() of the samples has `of`. One pixel an LED; the style sheet makes LEDs of them. */
export function Sample({ samples, of }: { samples: Samples; of: string }) {
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
			const seen = samples.seen(of, tUs);
			if (!seen) return;
			for (let k = 0; k < SAMPLE_PIXELS; k++) {
				for (let c = 0; c < 3; c++) image.data[4 * k + c] = seen[3 * k + c]!;
				image.data[4 * k + 3] = 255;
			}
			context.putImageData(image, 0, 0);
		});
	}, [renderer, samples, of]);
	return (
		<span class="sample" aria-hidden="true">
			<canvas ref={canvas} width={SAMPLE_PIXELS} height={1} data-effect={of} />
		</span>
	);
}

/** The first few of some looks, one below the other; `of` is theirs alone. */
export function Thumbs({ of, looks }: { of: string; looks: readonly SceneLook[] }) {
	const { cluster } = useSession();
	const samples = samplesOf(cluster);
	const known = looks.slice(0, MOST_LOOKS).filter((look): look is Look => look.effect !== null);
	for (const [k, { effect, params, color, brightness }] of known.entries()) {
		const text = cluster.view.texts.find(({ name }) => name === effect)?.text;
		samples.show(`${of} ${k}`, { effect, params, color, brightness }, text, sampleStart(cluster));
	}
	return (
		<span class="thumbs">
			{known.map((_, k) => (
				<Sample key={k} samples={samples} of={`${of} ${k}`} />
			))}
		</span>
	);
}
