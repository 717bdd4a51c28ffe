// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/** The mark: eight LEDs of a rainbow. */
export function Mark() {
	return (
		<svg class="mark-glow" viewBox="0 0 64 12" aria-hidden="true" focusable="false">
			{Array.from({ length: 8 }, (_, i) => (
				<circle key={i} class={`led-${i}`} cx={4 + i * 8} cy="6" r="3" />
			))}
		</svg>
	);
}
