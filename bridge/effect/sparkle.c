/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Pixels that twinkle here and there. Each pixel has a clock of its own, a little
 * slower than the period and out of step with its neighbours; at each of its
 * turns dice decide whether it twinkles and how brightly. A sparkle rises gently
 * enough that several on a short strip blend rather than flash one by one. */

#include <glow/hash.h>

#include "tools.h"

enum { COLOR, BACKGROUND, PERIOD, DENSITY };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[BACKGROUND] = { .name = "background",
			 .type = GLOW_PARAM_COLOR,
			 .min = 0,
			 .max = 0xffffff,
			 .def = 0,
			 .unit = "",
			 .what = "colour between the sparkles" },
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 1500,
		     .max = 60000,
		     .def = 1800,
		     .unit = "ms",
		     .what = "length of the shortest sparkle" },
	[DENSITY] = { .name = "density",
		      .type = GLOW_PARAM_INT,
		      .min = 1,
		      .max = 100,
		      .def = 50,
		      .unit = "%",
		      .what = "how many of the pixels sparkle at a time" },
};

/* Up in a quarter of the time, then slowly down. */
static uint32_t twinkle(uint32_t phase)
{
	return phase < 16384 ? glow_ease((uint16_t)(phase * 4)) : (65536 - phase) * 4 / 3;
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t own = glow_dice(m->seed, i, 0);
	int64_t period_us = (int64_t)p->v[PERIOD] * 1000 * (256 + (own & 127)) / 256;
	int64_t t_us = m->t_us + (int64_t)(own >> 8) * 16;
	uint32_t roll = glow_dice(~m->seed, i, glow_cycle(t_us, period_us));
	uint32_t bright = 32768 + (roll & 32767);
	struct glow_rgb background = glow_param_color(p, m, BACKGROUND);

	if ((roll >> 16) * 100 >= (uint32_t)p->v[DENSITY] * 65536)
		return background;
	return glow_light_mix(background, glow_param_color(p, m, COLOR),
			      glow_light_of_level(
				      (uint32_t)((uint64_t)twinkle(glow_phase(t_us, period_us)) * bright >> 16)));
}

const struct glow_effect_desc glow_effect_sparkle = {
	.name = "sparkle",
	.what = "pixels that twinkle here and there",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.render = render,
};
