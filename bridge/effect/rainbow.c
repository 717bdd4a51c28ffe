/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The colour circle laid along the strip and turned. The period is the time of
 * one turn at a pixel, so however many rainbows the strip holds, no pixel changes faster. */

#include "tools.h"

enum { PERIOD, SPREAD, SATURATION, REVERSE };

static const struct glow_param_desc params[] = {
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 1500,
		     .max = 600000,
		     .def = 8000,
		     .unit = "ms",
		     .what = "time in which a pixel runs through all colours" },
	[SPREAD] = { .name = "spread",
		     .type = GLOW_PARAM_INT,
		     .min = 0,
		     .max = 1000,
		     .def = 100,
		     .unit = "%",
		     .what = "how much of the rainbow lies along the strip; 0 paints all pixels alike" },
	[SATURATION] = { .name = "saturation",
			 .type = GLOW_PARAM_INT,
			 .min = 0,
			 .max = 100,
			 .def = 100,
			 .unit = "%",
			 .what = "100 is full colour, 0 is white" },
	[REVERSE] = { .name = "reverse",
		      .type = GLOW_PARAM_BOOL,
		      .min = 0,
		      .max = 1,
		      .def = 0,
		      .unit = "",
		      .what = "run towards the first pixel" },
};

static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, 0, p->v[PERIOD]);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint64_t turn = (uint64_t)glow_place(m, i, p->v[REVERSE]) * 65536 * (uint32_t)p->v[SPREAD] / 100 / m->total;
	uint16_t phase = glow_period_phase(m, 0);

	return glow_rgb_hue((uint16_t)(turn - phase), (uint8_t)(p->v[SATURATION] * 255 / 100));
}

const struct glow_effect_desc glow_effect_rainbow = {
	.name = "rainbow",
	.what = "all colours of the rainbow, moving along",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.begin = begin,
	.render = render,
};
