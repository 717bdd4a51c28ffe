// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Sliders, pickers and what is made of them: the look of a light or scene. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Effect, Param, ParamValue } from "../model/messages";
import { MoreColors } from "./Color";
import { useDrag } from "./hooks";
import { amount, effectName, paramName } from "./text";
import { Typed } from "./Typed";
import "./controls.css";

/** Where a value lies on the track of a slider, and back. */
interface Curve {
	readonly steps: number;
	place(value: number): number;
	value(place: number): number;
}

const STEPS = 300;
const WIDE = 20;

/** Equal distances for equal ratios, in values of two digits: from a second to a minute, the short periods need room. */
function ratios(min: number, max: number): Curve {
	const span = Math.log(max / min);
	return {
		steps: STEPS,
		place: (value) => Math.round((STEPS * Math.log(value / min)) / span),
		value: (place) => Math.min(max, Math.max(min, Number((min * Math.exp((span * place) / STEPS)).toPrecision(2)))),
	};
}

interface SliderProps {
	label: string;
	value: number;
	min: number;
	max: number;
	step?: number;
	/** How the value reads. */
	text: (value: number) => string;
	title?: string;
	/** For values that do not lie evenly. */
	curve?: Curve | undefined;
	disabled?: boolean;
	onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step = 1, text, title, curve, disabled = false, onChange }: SliderProps) {
	const id = useId();
	const [shown, drag] = useDrag(value, onChange);
	const [from, to, place] = curve ? [0, curve.steps, curve.place(shown)] : [min, max, shown];
	const filled = to > from ? ((place - from) / (to - from)) * 100 : 0;
	return (
		<div class="field" title={title}>
			<label for={id}>{label}</label>
			<output for={id}>{text(shown)}</output>
			<input
				id={id}
				type="range"
				min={from}
				max={to}
				step={curve ? 1 : step}
				value={place}
				aria-valuetext={text(shown)}
				disabled={disabled}
				style={{ "--filled": `${filled}%` }}
				onInput={(e) => drag(curve ? curve.value(Number(e.currentTarget.value)) : Number(e.currentTarget.value))}
			/>
		</div>
	);
}

const SWATCHES: readonly (readonly [string, string])[] = [
	["white", "#ffffff"],
	["warm white", "#ffb46b"],
	["red", "#ff0000"],
	["orange", "#ff8000"],
	["yellow", "#ffd500"],
	["lime", "#00ff00"],
	["teal", "#00ffa0"],
	["cyan", "#00d0ff"],
	["blue", "#0000ff"],
	["purple", "#8000ff"],
	["magenta", "#ff00c0"],
	["pink", "#ff5080"],
];

interface ColorProps {
	label: string;
	/** #rrggbb; null when boards differ. */
	value: string | null;
	onChange: (value: string) => void;
}

export function ColorField({ label, value, onChange }: ColorProps) {
	const id = useId();
	const [shown, drag] = useDrag(value, (v) => v !== null && onChange(v));
	return (
		<div class="field color" role="group" aria-label={`choices of ${label}`}>
			<label for={id}>{label}</label>
			<output for={id}>{shown ?? "mixed"}</output>
			<div class="swatches">
				<input
					id={id}
					type="color"
					class="swatch any"
					title="any colour"
					value={shown ?? "#808080"}
					onInput={(e) => drag(e.currentTarget.value)}
				/>
				{SWATCHES.map(([name, hex]) => (
					<button
						key={hex}
						type="button"
						class="swatch"
						title={name}
						aria-label={name}
						aria-pressed={shown === hex}
						style={{ "--swatch": hex }}
						onClick={() => drag(hex)}
					/>
				))}
			</div>
			<MoreColors label={label} value={shown ?? "#808080"} onPick={drag} />
		</div>
	);
}

interface SwitchProps {
	label: string;
	/** More of the label, for screen readers: which of several it is. */
	unseen?: string;
	on: boolean;
	title?: string | undefined;
	disabled?: boolean;
	onChange: (on: boolean) => void;
}

export function Switch({ label, unseen = "", on, title, disabled = false, onChange }: SwitchProps) {
	const [shown, turn] = useDrag(on, onChange, 0);
	return (
		<label class="switch" title={title}>
			<input type="checkbox" role="switch" checked={shown} disabled={disabled} onChange={(e) => turn(e.currentTarget.checked)} />
			<span>
				{label}
				{unseen && <span class="unseen">{unseen}</span>}
			</span>
		</label>
	);
}

export function Choice<T extends string>({
	label,
	value,
	options,
	title,
	onChange,
}: {
	label: string;
	value: T;
	options: readonly (readonly [T, string])[];
	title?: string | undefined;
	onChange: (value: T) => void;
}) {
	const id = useId();
	return (
		<div class="field" title={title}>
			<label for={id}>{label}</label>
			<select id={id} value={value} onChange={(e) => onChange(e.currentTarget.value as T)}>
				{options.map(([key, text]) => (
					<option key={key} value={key}>
						{text}
					</option>
				))}
			</select>
		</div>
	);
}

export function TextField({
	label,
	value,
	max,
	title,
	onChange,
}: {
	label: string;
	value: string;
	max: number;
	title?: string;
	onChange: (value: string) => void;
}) {
	const id = useId();
	return (
		<div class="field" title={title}>
			<label for={id}>{label}</label>
			<Typed id={id} maxLength={max} value={value} live onDone={onChange} />
		</div>
	);
}

/** A choice of a few options, all visible. */
export function Segments<T extends string>({
	label,
	value,
	options,
	onChange,
}: {
	label: string;
	value: T;
	options: readonly (readonly [T, string])[];
	onChange: (value: T) => void;
}) {
	const name = useId();
	return (
		<fieldset class="segments">
			<legend class="unseen">{label}</legend>
			{options.map(([key, text]) => (
				<label key={key}>
					<input type="radio" name={name} value={key} checked={value === key} onChange={() => onChange(key)} />
					<span>{text}</span>
				</label>
			))}
		</fieldset>
	);
}

function ColorParam({ param, value, onChange }: ParamProps) {
	const follows = value === null;
	const label = paramName(param.name, param.unit);
	return (
		<>
			{param.default === null && (
				<Switch label={`${label} follows the light`} on={follows} title={param.what} onChange={(on) => onChange(on ? null : "#ffffff")} />
			)}
			{!follows && <ColorField label={label} value={String(value)} onChange={onChange} />}
		</>
	);
}

interface ParamProps {
	param: Param;
	value: ParamValue;
	onChange: (value: ParamValue) => void;
}

/** The control for a row of an effect's parameter table. */
export function ParamField({ param, value, onChange }: ParamProps) {
	const label = paramName(param.name, param.unit);
	switch (param.type) {
		case "int":
			return (
				<Slider
					label={label}
					value={Number(value)}
					min={param.min}
					max={param.max}
					title={param.what}
					curve={param.min > 0 && param.max / param.min >= WIDE ? ratios(param.min, param.max) : undefined}
					text={(v) => amount(v, param.unit)}
					onChange={onChange}
				/>
			);
		case "bool":
			return <Switch label={label} on={value === true} title={param.what} onChange={onChange} />;
		case "color":
			return <ColorParam param={param} value={value} onChange={onChange} />;
		case "choice":
			return (
				<Choice
					label={label}
					value={String(value)}
					options={param.choices.map((c) => [c, c] as const)}
					title={param.what}
					onChange={onChange}
				/>
			);
		case "text":
			return <TextField label={label} value={String(value)} max={param.max} title={param.what} onChange={onChange} />;
	}
}

/** The controls of an effect. */
export function ParamFields({
	effect,
	values,
	onParam,
	children,
}: {
	effect: Pick<Effect, "name" | "params">;
	values: Readonly<Record<string, ParamValue>>;
	onParam: (name: string, value: ParamValue) => void;
	children?: ComponentChildren;
}) {
	// `color` is the light's own colour here, which has its control already.
	const rows = effect.params.filter((p) => p.name !== "color");
	return (
		<div class="params" role="group" aria-label={`parameters of ${effectName(effect.name)}`}>
			{children}
			{rows.map((p) => (
				<ParamField key={`${effect.name} ${p.name}`} param={p} value={values[p.name] ?? p.default} onChange={(value) => onParam(p.name, value)} />
			))}
		</div>
	);
}
