// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Colours between a wheel, which has hues and saturations, and "#rrggbb". */

/** Hue in degrees; saturation and value 0-1. */
export interface Hsv {
	readonly h: number;
	readonly s: number;
	readonly v: number;
}

export const channels = (hex: string): [number, number, number] => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16)) as [number, number, number];

export const hexFrom = (rgb: readonly number[]): string =>
	`#${rgb.map((c) => Math.min(255, Math.max(0, Math.round(c))).toString(16).padStart(2, "0")).join("")}`;

export function hsvOf(hex: string): Hsv {
	const [r, g, b] = channels(hex).map((c) => c / 255) as [number, number, number];
	const v = Math.max(r, g, b);
	const span = v - Math.min(r, g, b);
	if (span === 0) return { h: 0, s: 0, v };
	const sector = v === r ? (g - b) / span : v === g ? 2 + (b - r) / span : 4 + (r - g) / span;
	return { h: (sector * 60 + 360) % 360, s: span / v, v };
}

export function hexOfHsv({ h, s, v }: Hsv): string {
	const channel = (n: number): number => {
		const k = (n + h / 60) % 6;
		return 255 * v * (1 - s * Math.max(0, Math.min(k, 4 - k, 1)));
	};
	return hexFrom([channel(5), channel(3), channel(1)]);
}

/** Hue and saturation at a place of the wheel, whose centre is 0, 0 and whose edge is 1 away: red on top, then clockwise. */
export function atPlace(x: number, y: number): Pick<Hsv, "h" | "s"> {
	return { h: ((Math.atan2(x, -y) * 180) / Math.PI + 360) % 360, s: Math.min(1, Math.hypot(x, y)) };
}

export function placeOf({ h, s }: Pick<Hsv, "h" | "s">): { x: number; y: number } {
	const angle = (h * Math.PI) / 180;
	return { x: s * Math.sin(angle), y: -s * Math.cos(angle) };
}

/** The colours of late, newest first, each once. */
export const withRecent = (recent: readonly string[], hex: string, most = 8): readonly string[] => [hex, ...recent.filter((one) => one !== hex)].slice(0, most);
