/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Groups of lit pixels that follow each other, as round a theatre's sign. The
 * period is the time in which one group and its gap pass a pixel, so every pixel
 * lights once a period whatever the sizes. A pixel shows the share of it that a group covers. */

#include "tools.h"

enum { COLOR, PERIOD, SIZE, GAP, TAIL, REVERSE };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 1000,
		     .max = 60000,
		     .def = 1000,
		     .unit = "ms",
		     .what = "from one group to the next at the same pixel" },
	[SIZE] = { .name = "size",
		   .type = GLOW_PARAM_INT,
		   .min = 1,
		   .max = 256,
		   .def = 1,
		   .unit = "pixels",
		   .what = "length of a lit group" },
	[GAP] = { .name = "gap",
		  .type = GLOW_PARAM_INT,
		  .min = 1,
		  .max = 256,
		  .def = 3,
		  .unit = "pixels",
		  .what = "length of the gap between groups" },
	[TAIL] = { .name = "tail",
		   .type = GLOW_PARAM_INT,
		   .min = 0,
		   .max = 100,
		   .def = 60,
		   .unit = "%",
		   .what = "how much of the gap the fading tail of a group fills" },
	[REVERSE] = { .name = "reverse",
		      .type = GLOW_PARAM_BOOL,
		      .min = 0,
		      .max = 1,
		      .def = 0,
		      .unit = "",
		      .what = "run towards the first pixel" },
};

/* The lit share of the pixel that begins `at` after the rear edge of a group. */
static uint32_t covered(int64_t at, int64_t size, int64_t repeat)
{
	int64_t this_group = at >= size ? 0 : size - at < GLOW_PIXEL ? size - at : GLOW_PIXEL;
	int64_t next_group = at + GLOW_PIXEL > repeat ? at + GLOW_PIXEL - repeat : 0;

	return (uint32_t)(this_group + next_group);
}

static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, 0, p->v[PERIOD]);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	int64_t size = p->v[SIZE] * GLOW_PIXEL, gap = p->v[GAP] * GLOW_PIXEL, repeat = size + gap;
	int64_t moved = (glow_period_phase(m, 0) * repeat) >> 16;
	int64_t at = (glow_place(m, i, p->v[REVERSE]) * GLOW_PIXEL + repeat - moved) % repeat;
	int64_t behind = repeat - at, tail = gap * p->v[TAIL] / 100;
	uint32_t part = covered(at, size, repeat);
	uint32_t glow = behind < tail ? glow_light_of_level((uint32_t)((tail - behind) * 65536 / tail)) : 0;

	return glow_light_mix(GLOW_BLACK, glow_param_color(p, m, COLOR), part > glow ? part : glow);
}

const struct glow_effect_desc glow_effect_chase = {
	.name = "chase",
	.what = "lights that follow each other",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.bar = true,
	.begin = begin,
	.render = render,
};
