// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A notice: it covers everything else for a while. */

import { useState } from "preact/hooks";
import type { Effect } from "../model/messages";
import { Choice, ColorField, Slider } from "./controls";
import { effectName, span } from "./text";

const ID = "dashboard";

export function Notices({ effects, onNotify }: { effects: readonly Effect[]; onNotify: (notice: object) => void }) {
	const [color, setColor] = useState("#ff8000");
	const [effect, setEffect] = useState("blink");
	const [ttl, setTtl] = useState(5);
	const [priority, setPriority] = useState(5);
	return (
		<details class="notices">
			<summary>Notice</summary>
			<div class="stack">
			<p class="quiet">Covers everything else for a while; what it covers comes back in phase.</p>
			<ColorField label="colour of the notice" value={color} onChange={setColor} />
			<Choice label="effect of the notice" value={effect} options={effects.map((e) => [e.name, effectName(e.name)] as const)} onChange={setEffect} />
			<Slider label="for" value={ttl} min={1} max={120} text={span} onChange={setTtl} />
			<Slider label="priority" value={priority} min={0} max={9} text={String} onChange={setPriority} />
			<div class="row">
				<button type="button" class="do" onClick={() => onNotify({ id: ID, color, effect, ttl_s: ttl, priority })}>
					Notify
				</button>
				<button type="button" class="quiet-do" onClick={() => onNotify({ id: ID, clear: true })}>
					Take it back
				</button>
			</div>
			</div>
		</details>
	);
}
