/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* An eye that sweeps to and fro and leaves an afterglow. The way there and back
 * is unrolled into a loop twice as long as the strip, on which the eye only ever
 * runs forward. A pixel between the ends lies on the loop twice, and the nearer
 * place counts; so the afterglow at an end lies where the eye really was.
 *
 *	loop    0 1 2 3 4 5       eye -->
 *	pixel   0 1 2 3 2 1
 *
 * The eye has slopes of whole pixels in linear light: then the pixels under it
 * have the same light together wherever it stands, and it does not flicker on its way. */

#include "tools.h"

enum { COLOR, PERIOD, WIDTH, TAIL };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 1200,
		     .max = 60000,
		     .def = 1800,
		     .unit = "ms",
		     .what = "one sweep there and back" },
	[WIDTH] = { .name = "width",
		    .type = GLOW_PARAM_INT,
		    .min = 0,
		    .max = 50,
		    .def = 20,
		    .unit = "%",
		    .what = "width of the eye, of the strip; at least two pixels" },
	[TAIL] = { .name = "tail",
		   .type = GLOW_PARAM_INT,
		   .min = 0,
		   .max = 100,
		   .def = 60,
		   .unit = "%",
		   .what = "length of the afterglow, of the strip" },
};

/* 65536 at distance 0, down to 0 at `reach`. */
static uint32_t slope(uint64_t distance, uint64_t reach)
{
	return distance < reach ? (uint32_t)((reach - distance) * 65536 / reach) : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, 0, p->v[PERIOD]);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint64_t loop = m->total > 1 ? (uint64_t)(m->total - 1) * 2 * GLOW_PIXEL : 1, there = i * GLOW_PIXEL;
	uint64_t eye = (glow_period_phase(m, 0) * loop) >> 16;
	uint64_t half = (1 + (uint64_t)m->total * (uint32_t)p->v[WIDTH] / 200) * GLOW_PIXEL;
	uint64_t tail = glow_stretch(m, p->v[TAIL]);
	uint64_t going = (eye + loop - there) % loop, coming = (eye + there) % loop; /* how far the eye is past both */
	uint64_t behind = least(going, coming), ahead = least(loop - going, loop - coming);
	uint64_t front = slope(least(behind, ahead), half), after = glow_light_of_level(slope(behind, tail));

	return glow_light_mix(GLOW_BLACK, glow_param_color(p, m, COLOR),
			      (uint32_t)(front + after - (front * after >> 16)));
}

const struct glow_effect_desc glow_effect_larson = {
	.name = "larson",
	.what = "an eye that sweeps to and fro",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.bar = true,
	.begin = begin,
	.render = render,
};
