// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Any colour: by a wheel, as a text, in numbers, as a white's temperature, from those of late and those that are kept. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { atPlace, channels, hexFrom, hexOfHsv, hsvOf, placeOf } from "../model/color";
import { noteRecent, paletteNow, keepFavourite, watchPalette } from "../palette";
import { useSession } from "./hooks";
import { Typed } from "./Typed";
import "./Color.css";

const HUE_STEP = 5;
const SATURATION_STEP = 0.05;
const KELVIN = { min: 1500, max: 10000, step: 100, begin: 2700 };

interface PickProps {
	label: string;
	/** #rrggbb */
	value: string;
	onPick: (hex: string) => void;
}

function Wheel({ label, value, onPick }: PickProps) {
	const wheel = useRef<HTMLDivElement>(null);
	const { h, s } = hsvOf(value);
	const { x, y } = placeOf({ h, s });
	const pick = (at: { h: number; s: number }) => onPick(hexOfHsv({ ...at, v: 1 }));
	const point = (event: PointerEvent) => {
		const { left, top, width, height } = wheel.current!.getBoundingClientRect();
		pick(atPlace(((event.clientX - left) / width) * 2 - 1, ((event.clientY - top) / height) * 2 - 1));
	};
	const press = (event: KeyboardEvent) => {
		const by = { ArrowRight: [HUE_STEP, 0], ArrowLeft: [-HUE_STEP, 0], ArrowUp: [0, SATURATION_STEP], ArrowDown: [0, -SATURATION_STEP] }[event.key];
		if (!by) return;
		event.preventDefault();
		pick({ h: (h + by[0]! + 360) % 360, s: Math.min(1, Math.max(0, s + by[1]!)) });
	};
	return (
		<div
			ref={wheel}
			class="wheel"
			role="slider"
			tabIndex={0}
			aria-label={`hue of ${label}`}
			aria-valuemin={0}
			aria-valuemax={360}
			aria-valuenow={Math.round(h)}
			aria-valuetext={`hue ${Math.round(h)}°, saturation ${Math.round(s * 100)}%`}
			title="drag; arrows left and right change the hue, up and down the saturation"
			onKeyDown={press}
			onPointerDown={(event) => {
				event.currentTarget.setPointerCapture(event.pointerId);
				point(event);
			}}
			onPointerMove={(event) => event.buttons & 1 && point(event)}
		>
			<span class="wheel-at" style={{ left: `${50 + 50 * x}%`, top: `${50 + 50 * y}%`, "--swatch": value }} />
		</div>
	);
}

/** "#ff8000", "#f80" or "tomato": whatever a command takes. */
function Text({ label, value, onPick }: PickProps) {
	const { cluster } = useSession();
	const id = useId();
	const [wrong, setWrong] = useState("");
	return (
		<div class="field">
			<label for={id}>
				code or name<span class="unseen"> of {label}</span>
			</label>
			<Typed
				id={id}
				maxLength={32}
				value={value}
				onDone={(text) => {
					const hex = cluster.color(text.trim());
					setWrong(hex ? "" : text);
					if (hex) onPick(hex);
				}}
			/>
			{wrong && (
				<p class="trouble" role="alert">
					“{wrong}” is no colour; one is #ff8000 or tomato.
				</p>
			)}
		</div>
	);
}

function Numbers({ label, value, onPick }: PickProps) {
	const now = channels(value);
	return (
		<div class="numbers">
			{["red", "green", "blue"].map((name, k) => (
				<label key={name}>
					{name}
					<span class="unseen"> of {label}</span>
					<input
						type="number"
						min={0}
						max={255}
						value={now[k]}
						onInput={(e) => onPick(hexFrom(now.map((c, i) => (i === k ? Number(e.currentTarget.value) : c))))}
					/>
				</label>
			))}
		</div>
	);
}

function White({ label, value, onPick }: PickProps) {
	const { cluster } = useSession();
	const id = useId();
	const [kelvin, setKelvin] = useState(KELVIN.begin);
	const is = cluster.kelvin(kelvin) === value;
	return (
		<div class="field">
			<label for={id}>
				white<span class="unseen"> of {label}</span>
			</label>
			<output for={id}>{is ? `${kelvin} K` : ""}</output>
			<input
				id={id}
				type="range"
				class="kelvin"
				min={KELVIN.min}
				max={KELVIN.max}
				step={KELVIN.step}
				value={kelvin}
				aria-valuetext={`${kelvin} K`}
				onInput={(e) => {
					const to = Number(e.currentTarget.value);
					setKelvin(to);
					onPick(cluster.kelvin(to));
				}}
			/>
		</div>
	);
}

function usePalette() {
	const [palette, setPalette] = useState(paletteNow());
	useEffect(() => watchPalette(() => setPalette(paletteNow())), []);
	return palette;
}

function Swatches({ title, colors, value, onPick }: { title: string; colors: readonly string[]; value: string; onPick: (hex: string) => void }) {
	if (!colors.length) return null;
	return (
		<div role="group" aria-label={title}>
			<p class="quiet">{title}</p>
			<div class="swatches">
				{colors.map((hex) => (
					<button
						key={hex}
						type="button"
						class="swatch"
						title={hex}
						aria-label={hex}
						aria-pressed={hex === value}
						style={{ "--swatch": hex }}
						onClick={() => onPick(hex)}
					/>
				))}
			</div>
		</div>
	);
}

function Tools({ label, value, onPick }: PickProps) {
	const { recent, favourites } = usePalette();
	const kept = favourites.includes(value);
	const pick = (hex: string) => {
		noteRecent(hex);
		onPick(hex);
	};
	return (
		<div class="color-tools">
			<Wheel label={label} value={value} onPick={pick} />
			<div class="stack">
				<Text label={label} value={value} onPick={pick} />
				<Numbers label={label} value={value} onPick={pick} />
				<White label={label} value={value} onPick={pick} />
			</div>
			<Swatches title="of late" colors={recent} value={value} onPick={onPick} />
			<Swatches title="favourites" colors={favourites} value={value} onPick={pick} />
			<button type="button" class="quiet-do" aria-pressed={kept} onClick={() => keepFavourite(value, !kept)}>
				{kept ? `Keep ${value} no more` : `Keep ${value}`}
			</button>
		</div>
	);
}

export function MoreColors({ label, value, onPick }: PickProps) {
	const [open, setOpen] = useState(false);
	return (
		<details class="more-colors" onToggle={(e) => setOpen(e.currentTarget.open)}>
			<summary>
				More colours<span class="unseen"> for {label}</span>
			</summary>
			{open && <Tools label={label} value={value} onPick={onPick} />}
		</details>
	);
}
