// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* When schedules are due, and what they do, as people say it. */

import { type Day, DAYS, type Preset, type Schedule } from "./messages";

const LONG: Record<Day, string> = { mon: "Monday", tue: "Tuesday", wed: "Wednesday", thu: "Thursday", fri: "Friday", sat: "Saturday", sun: "Sunday" };

/** "a", "a and b", "a, b and c" */
export const listed = (words: readonly string[]): string =>
	words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

export function daysText(days: readonly Day[]): string {
	const is = (...wanted: Day[]) => days.length === wanted.length && wanted.every((day) => days.includes(day));
	if (is(...DAYS)) return "every day";
	if (is("mon", "tue", "wed", "thu", "fri")) return "on weekdays";
	if (is("sat", "sun")) return "at weekends";
	return `on ${listed(DAYS.filter((day) => days.includes(day)).map((day) => (days.length === 1 ? `${LONG[day]}s` : LONG[day].slice(0, 3))))}`;
}

const minutes = (count: number): string => (count % 60 ? `${count} min` : `${count / 60} h`);

/** "at 07:00 on weekdays", "30 min before sunset every day" */
export function whenText({ at, offset_min: offset = 0, days }: Pick<Schedule, "at" | "offset_min" | "days">): string {
	const shift = offset ? `${minutes(Math.abs(offset))} ${offset < 0 ? "before" : "after"}` : "at";
	return `${shift} ${at} ${daysText(days)}`;
}

const SECONDS_A_MINUTE = 60;

const fading = (seconds = 0): string =>
	seconds >= SECONDS_A_MINUTE ? `, over ${Number((seconds / SECONDS_A_MINUTE).toFixed(1))} min` : seconds ? `, over ${seconds} s` : "";

/** The level in per cent that a dimmer's command asks for; null where it says something else. */
export function dimPercent(dim: Schedule["dim"]): number | null {
	if (dim === "on") return 100;
	if (dim === "off") return 0;
	if (typeof dim === "string") return /^\d+%$/.test(dim) ? Number(dim.slice(0, -1)) : null;
	const { brightness, brightness_pct: pct } = (typeof dim === "object" ? dim : {}) as { brightness?: number; brightness_pct?: number };
	return pct ?? (brightness === undefined ? null : Math.round((brightness * 100) / 255));
}

function dimText(dim: Schedule["dim"]): string {
	const percent = dimPercent(dim);
	if (percent === 0) return "blackout";
	if (percent === 100) return "full brightness";
	return percent === null ? "set the dimmer" : `dim to ${percent}%`;
}

function sceneText(scene: Schedule["scene"]): string {
	if (typeof scene === "string") return `play ${scene}`;
	if (Array.isArray(scene?.playlist)) return `play a playlist of ${scene.playlist.length}`;
	if (scene?.effect === "none") return "end the scene";
	return `play ${typeof scene?.effect === "string" ? scene.effect : "a colour"}`;
}

/** "show Evening, over 30 s", "dim to 10%", "play fire 40%" */
export function deedText(schedule: Schedule, presets: readonly Pick<Preset, "name" | "title">[]): string {
	const { preset, scene } = schedule;
	if (preset !== undefined) return `show ${presets.find(({ name }) => name === preset)?.title || preset}${fading(schedule.transition)}`;
	return scene === undefined ? dimText(schedule.dim) : sceneText(scene);
}

const DAY_MS = 86400000;
const MONDAY_MS = 4 * DAY_MS; // 5 January 1970
const weekday = (localMs: number): number => Math.floor((localMs - MONDAY_MS) / DAY_MS) % 7;

/** When it is due next, by a clock that counts local time from 1970: "today", "tomorrow", "on Friday". null where that
 * takes more than a clock, as the sun does, or it is off. */
export function nextText({ at, days, enabled }: Schedule, localMs: number): string | null {
	const [hour, minute] = at.split(":").map(Number);
	if (!enabled || hour === undefined || minute === undefined || Number.isNaN(hour)) return null;
	const over = localMs % DAY_MS >= (hour * 60 + minute) * 60000;
	for (let ahead = over ? 1 : 0; ahead <= 7; ahead++) {
		const day = DAYS[weekday(localMs + ahead * DAY_MS)]!;
		if (days.includes(day)) return ["today", "tomorrow"][ahead] ?? `on ${LONG[day]}`;
	}
	return null;
}

/** When it was last due, by the same clock: "today at 07:00", "on 28 November at 07:00". */
export function lastText(firedLocalMs: number, localMs: number): string {
	const time = new Date(firedLocalMs).toISOString().slice(11, 16);
	const ago = Math.floor(localMs / DAY_MS) - Math.floor(firedLocalMs / DAY_MS);
	const date = new Date(firedLocalMs).toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
	return `${["today", "yesterday"][ago] ?? `on ${date}`} at ${time}`;
}
