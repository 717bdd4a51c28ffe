// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Schedules: what is to show at a time. */

import { useId, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { type Day, DAYS, type Schedule } from "../model/messages";
import { freeName } from "../model/drafts";
import { idOf } from "../model/order";
import { deedText, dimPercent, lastText, nextText, whenText } from "../model/times";
import { Choice, Slider, Switch, TextField } from "./controls";
import { usePolled, useSession } from "./hooks";
import { Outcome } from "./Outcome";
import { Sure } from "./Sure";
import { capital, effectName } from "./text";

const MINUTE_MS = 60000;

/** What the conductor's own words for it are left out of, to be sent back. */
const withoutPast = ({ fired_us: _, ...schedule }: Schedule): Schedule => schedule;

/** Local time where the conductor is, by a clock that counts from 1970; by this machine's where the conductor's is not set. */
function localOffsetMs({ conductor: { info } }: ClusterView): number {
	return info?.tz_offset_s === null || info?.tz_offset_s === undefined ? -new Date().getTimezoneOffset() * MINUTE_MS : info.tz_offset_s * 1000;
}

type Deed = "preset" | "dim" | "scene";

function deedOf({ preset, scene }: Schedule): Deed {
	if (preset !== undefined) return "preset";
	return scene === undefined ? "dim" : "scene";
}

/** The same schedule with one deed and no other. */
function doing({ preset: _p, scene: _s, dim: _d, transition: _t, ...rest }: Schedule, deed: Pick<Schedule, "preset" | "scene" | "dim" | "transition">): Schedule {
	return { ...rest, ...deed };
}

type Change = (draft: Schedule) => Schedule;

function DeedFields({ view, draft, onDraft }: { view: ClusterView; draft: Schedule; onDraft: (change: Change) => void }) {
	const deed = deedOf(draft);
	const first = view.presets[0]?.name ?? "";
	const begin: Record<Deed, Parameters<typeof doing>[1]> = {
		preset: { preset: first, transition: 1 },
		scene: { scene: view.effects[0]?.name ?? "rainbow" },
		dim: { dim: "10%" },
	};
	const scene = typeof draft.scene === "string" ? draft.scene : "";
	const names = view.effects.filter((e) => e.name !== "identify").map((e) => [e.name, effectName(e.name)] as const);
	const other = deed === "scene" && !names.some(([name]) => name === scene) ? [[scene, scene || "the scene that it has"] as const] : [];
	return (
		<>
			<Choice
				label="then"
				value={deed}
				options={[
					["preset", "show a preset"],
					["scene", "play an effect on all boards"],
					["dim", "set the master dimmer"],
				]}
				onChange={(to) => onDraft((was) => doing(was, begin[to]))}
			/>
			{deed === "preset" && (
				<>
					<Choice
						label="preset"
						value={draft.preset ?? ""}
						options={view.presets.length ? view.presets.map(({ name, title }) => [name, title || name] as const) : [["", "none is kept yet"]]}
						onChange={(preset) => onDraft((was) => ({ ...was, preset }))}
					/>
					<Slider
						label="fade of the preset"
						value={draft.transition ?? 1}
						min={0}
						max={60}
						text={(v) => (v ? `${v} s` : "none")}
						onChange={(transition) => onDraft((was) => ({ ...was, transition }))}
					/>
				</>
			)}
			{deed === "scene" && <Choice label="effect" value={scene} options={[...names, ...other]} onChange={(to) => to && onDraft((was) => ({ ...was, scene: to }))} />}
			{deed === "dim" && (
				<Slider label="dimmer" value={dimPercent(draft.dim) ?? 100} min={0} max={100} text={(v) => `${v}%`} onChange={(v) => onDraft((was) => ({ ...was, dim: `${v}%` }))} />
			)}
		</>
	);
}

/** At another time; only the sun's has an offset. */
function at(when: string, offsetMin = 0): Change {
	return ({ offset_min: _, ...rest }) => ({ ...rest, at: when, ...(offsetMin ? { offset_min: offsetMin } : {}) });
}

const withDay =
	(day: Day): Change =>
	(was) => ({ ...was, days: DAYS.filter((one) => (one === day) !== was.days.includes(one)) });

function WhenFields({ draft, onDraft }: { draft: Schedule; onDraft: (change: Change) => void }) {
	const id = useId();
	const sun = draft.at === "sunrise" || draft.at === "sunset";
	const offset = draft.offset_min ?? 0;
	return (
		<>
			<Choice
				label="at"
				value={sun ? (draft.at as "sunrise" | "sunset") : "clock"}
				options={[
					["clock", "a time of day"],
					["sunrise", "sunrise"],
					["sunset", "sunset"],
				]}
				title="the sun's where the conductor's --place says"
				onChange={(to) => onDraft(to === "clock" ? at("07:00") : at(to, offset))}
			/>
			{sun ? (
				<Slider
					label="before or after"
					value={offset}
					min={-180}
					max={180}
					step={5}
					text={(v) => (v ? `${Math.abs(v)} min ${v < 0 ? "before" : "after"}` : "at that moment")}
					onChange={(v) => onDraft(at(draft.at, v))}
				/>
			) : (
				<div class="field">
					<label for={id}>time</label>
					<input id={id} type="time" required value={draft.at} onInput={(e) => e.currentTarget.value && onDraft(at(e.currentTarget.value))} />
				</div>
			)}
			<fieldset class="days">
				<legend>On</legend>
				{DAYS.map((one) => (
					<button key={one} type="button" class="chip" aria-pressed={draft.days.includes(one)} onClick={() => onDraft(withDay(one))}>
						{capital(one)}
					</button>
				))}
			</fieldset>
		</>
	);
}

function Form({ view, begun, onSave, onLeave }: { view: ClusterView; begun: Schedule; onSave: (schedule: Schedule) => void; onLeave: () => void }) {
	const [draft, setDraft] = useState(begun);
	const whole = draft.days.length > 0 && draft.preset !== "";
	return (
		<form
			class="save schedule-form"
			aria-label={begun.name ? `schedule ${begun.title || begun.name}` : "new schedule"}
			onSubmit={(event) => {
				event.preventDefault();
				if (whole) onSave(draft);
			}}
		>
			<TextField label="name of the schedule" value={draft.title ?? ""} max={60} onChange={(title) => setDraft((was) => ({ ...was, title: title.trim() }))} />
			<WhenFields draft={draft} onDraft={setDraft} />
			<DeedFields view={view} draft={draft} onDraft={setDraft} />
			<p class="quiet">
				{draft.days.length ? capital(`${whenText(draft)}: ${deedText(draft, view.presets)}.`) : "Choose a day."}
			</p>
			<div class="row">
				<button type="submit" class="do" disabled={!whole}>
					Save schedule
				</button>
				<button type="button" class="quiet-do" onClick={onLeave}>
					Leave it
				</button>
			</div>
		</form>
	);
}

interface RowProps {
	view: ClusterView;
	schedule: Schedule;
	onKeep: (name: string, schedule: Schedule | "") => void;
}

function Row({ view, schedule, onKeep }: RowProps) {
	const { name, enabled, fired_us: fired } = schedule;
	const title = schedule.title || name;
	const [open, setOpen] = useState(false);
	const mayCommand = view.mayCommand === true;
	const offsetMs = localOffsetMs(view);
	const minute = usePolled(() => Math.floor(Date.now() / MINUTE_MS));
	const nowMs = minute * MINUTE_MS + offsetMs;
	const next = nextText(schedule, nowMs);
	const times = [enabled ? next && `next ${next}` : "switched off", fired !== undefined && `last ${lastText(fired / 1000 + offsetMs, nowMs)}`];
	return (
		<li class={enabled ? "" : "off"}>
			<span class="what">
				<strong>{title}</strong>
				<span>{capital(`${whenText(schedule)}: ${deedText(schedule, view.presets)}`)}</span>
				<span class="quiet">{times.filter(Boolean).join(" · ")}</span>
			</span>
			{mayCommand && (
				<span class="acts">
					<Switch label="on" unseen={`: ${title}`} on={enabled} onChange={(on) => onKeep(name, { ...withoutPast(schedule), enabled: on })} />
					<button type="button" class="quiet-do" aria-expanded={open} onClick={() => setOpen(!open)}>
						Edit<span class="unseen"> {title}</span>
					</button>
					<Sure label="Remove" of={title} sure="Remove for good" onSure={() => onKeep(name, "")} />
				</span>
			)}
			{open && (
				<Form
					view={view}
					begun={withoutPast(schedule)}
					onLeave={() => setOpen(false)}
					onSave={(changed) => {
						onKeep(name, changed);
						setOpen(false);
					}}
				/>
			)}
		</li>
	);
}

const begun = (view: ClusterView): Schedule => ({
	name: "",
	at: "07:00",
	days: ["mon", "tue", "wed", "thu", "fri"],
	enabled: true,
	...(view.presets[0] ? { preset: view.presets[0].name, transition: 1 } : { dim: "10%" }),
});

export function Schedules({ view }: { view: ClusterView }) {
	const { cluster } = useSession();
	const [adding, setAdding] = useState(false);
	const [sent, setSent] = useState<number[]>([]);
	const keep = (name: string, schedule: Schedule | "") => setSent([cluster.keepSchedule(name, schedule && { ...schedule, name })]);
	const mayCommand = view.mayCommand === true;
	const unset = view.conductor.info && view.conductor.info.utc_offset_us === null;
	return (
		<section class="card schedules" aria-labelledby="schedules-title">
			<div class="row">
				<h2 id="schedules-title">Schedules</h2>
				{mayCommand && !adding && (
					<button type="button" class="quiet-do" onClick={() => setAdding(true)}>
						New schedule
					</button>
				)}
			</div>
			{unset && view.schedules.length > 0 && <p class="warning">The conductor's clock is not set, so nothing is due until it is.</p>}
			{adding && (
				<Form
					view={view}
					begun={begun(view)}
					onLeave={() => setAdding(false)}
					onSave={(schedule) => {
						keep(freeName(idOf(schedule.title ?? "") || "schedule", view.schedules.map(({ name }) => name)), schedule);
						setAdding(false);
					}}
				/>
			)}
			{view.schedules.length ? (
				<ul class="kept" aria-label="schedules">
					{view.schedules.map((schedule) => (
						<Row key={schedule.name} view={view} schedule={schedule} onKeep={keep} />
					))}
				</ul>
			) : (
				!adding && <p class="empty">Nothing is due. A schedule shows a preset, plays an effect or dims, at a time or with the sun.</p>
			)}
			<Outcome view={view} keys={sent} done="saved" />
		</section>
	);
}
