/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The marker that says "this one": two halves, white and blue, change places
 * twice a second. It has no parameters, so that it looks the same wherever it
 * is met. One light in a second is well within three flashes. */

#include <glow/effect.h>
#include <glow/wave.h>

#define PERIOD_US 1000000

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	bool first_half = i < (m->total + 1) / 2;
	bool swapped = glow_phase(m->t_us, PERIOD_US) >= 32768;

	(void)p;
	return first_half != swapped ? GLOW_WHITE : (struct glow_rgb){ 0, 0, 255 };
}

const struct glow_effect_desc glow_effect_identify = {
	.name = "identify",
	.what = "marks a node so that a person finds it",
	.pace = GLOW_ANIMATED,
	.render = render,
};
