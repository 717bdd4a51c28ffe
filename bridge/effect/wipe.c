/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A colour that runs over the strip until it is full, and off it again. The edge
 * begins before the strip and ends beyond it, so a soft one is never cut. */

#include "tools.h"

enum { COLOR, BACKGROUND, PERIOD, EDGE, REVERSE };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[BACKGROUND] = { .name = "background",
			 .type = GLOW_PARAM_COLOR,
			 .min = 0,
			 .max = 0xffffff,
			 .def = 0,
			 .unit = "",
			 .what = "colour of the empty strip" },
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 2000,
		     .max = 60000,
		     .def = 3000,
		     .unit = "ms",
		     .what = "filling and emptying once" },
	[EDGE] = { .name = "edge",
		   .type = GLOW_PARAM_INT,
		   .min = 0,
		   .max = 100,
		   .def = 20,
		   .unit = "%",
		   .what = "length of the soft edge, of the strip" },
	[REVERSE] = { .name = "reverse",
		      .type = GLOW_PARAM_BOOL,
		      .min = 0,
		      .max = 1,
		      .def = 0,
		      .unit = "",
		      .what = "start at the last pixel" },
};

/* How far, of 65536, an edge that is through for `phase` of 65536 has passed a pixel. */
static uint32_t passed(const struct glow_moment *m, uint32_t phase, uint32_t at, uint64_t edge)
{
	uint64_t front = (phase * (glow_stretch(m, 100) + edge)) >> 16, begin = at * GLOW_PIXEL;

	if (front <= begin)
		return 0;
	return front - begin >= edge ? 65536 : (uint32_t)((front - begin) * 65536 / edge);
}

static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, 0, p->v[PERIOD]);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t phase = glow_period_phase(m, 0), at = glow_place(m, i, p->v[REVERSE]);
	uint64_t edge = glow_stretch(m, p->v[EDGE]) + GLOW_PIXEL;
	uint32_t level = passed(m, phase * 2 % 65536, at, edge);

	if (phase >= 32768)
		level = 65536 - level;
	return glow_light_mix(glow_param_color(p, m, BACKGROUND), glow_param_color(p, m, COLOR),
			      glow_light_of_level(level));
}

const struct glow_effect_desc glow_effect_wipe = {
	.name = "wipe",
	.what = "a colour that fills the strip and leaves it",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.bar = true,
	.begin = begin,
	.render = render,
};
