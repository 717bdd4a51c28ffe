/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Candle light: calm for a while, then a draught makes the flame duck and sway.
 * The deep movements are noise with one step each period, and all flames take
 * their steps at the same instants: between two of them each flame only rises or
 * only falls, and so does their sum, which bounds how fast any part of a strip
 * can flash. Only a quiver too shallow to count as a flash is faster. */

#include <glow/hash.h>

#include "tools.h"

enum { FLAME, PERIOD, DEPTH, WIDTH };

static const struct glow_param_desc params[] = {
	[FLAME] = { .name = "flame",
		    .type = GLOW_PARAM_COLOR,
		    .min = 0,
		    .max = 0xffffff,
		    .def = 0xff9329,
		    .unit = "",
		    .what = "colour of the flame" },
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 300,
		     .max = 10000,
		     .def = 400,
		     .unit = "ms",
		     .what = "time in which the flame ducks or rises" },
	[DEPTH] = { .name = "depth",
		    .type = GLOW_PARAM_INT,
		    .min = 0,
		    .max = 100,
		    .def = 60,
		    .unit = "%",
		    .what = "how far it ducks in a draught" },
	[WIDTH] = { .name = "width",
		    .type = GLOW_PARAM_INT,
		    .min = 1,
		    .max = 4096,
		    .def = 8,
		    .unit = "pixels",
		    .what = "pixels that make one flame" },
};

enum { ROW_DUCK, ROW_DRAUGHT, ROW_QUIVER, ROW_SWAY, ROWS };
#define DRAUGHT_STEPS 7 /* a draught lasts about as many steps of the flame */
#define QUIVER_MS     70
#define QUIVER_SHARE  40 /* the quiver takes at most 1/40 of the level away */

static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, ROW_DUCK, p->v[PERIOD]);
	glow_period_keep(m, ROW_DRAUGHT, p->v[PERIOD] * DRAUGHT_STEPS);
	glow_period_keep(m, ROW_QUIVER, QUIVER_MS);
	glow_period_keep(m, ROW_SWAY, p->v[PERIOD] * 2);
}

/* How far one of a flame's movements is, 0..65535. */
static uint16_t movement(const struct glow_moment *m, uint32_t flame, uint32_t row)
{
	return glow_noise(m->seed, flame + row, glow_period_clock(m, row));
}

/* The light of a whole flame, of 65536. */
static uint32_t flame_level(const struct glow_params *p, const struct glow_moment *m, uint32_t row)
{
	uint64_t duck = movement(m, row, ROW_DUCK), draught = movement(m, row, ROW_DRAUGHT);
	uint64_t quiver = movement(m, row, ROW_QUIVER);
	uint32_t depth = (uint32_t)p->v[DEPTH];
	uint64_t level = 65536 - (duck * draught >> 16) * depth / 100;

	return (uint32_t)(level - (level * quiver >> 16) * depth / 100 / QUIVER_SHARE);
}

/* How much of it reaches a pixel: all in the middle of the flame, half at its sides. */
static uint32_t reach(const struct glow_params *p, const struct glow_moment *m, uint32_t row, uint32_t at)
{
	int32_t width = p->v[WIDTH];
	int32_t sway = movement(m, row, ROW_SWAY) - 32768;
	int32_t side = (int32_t)((2 * (int64_t)at + 1 - width) * 65536 / width); /* -65536..65536 over the flame */
	int64_t away = side + (int64_t)sway * p->v[DEPTH] / 100;

	away = away < -65536 ? -65536 : away > 65536 ? 65536 : away;
	return 65536 - (uint32_t)(away * away >> 17);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t width = (uint32_t)p->v[WIDTH], row = i / width * ROWS;
	uint64_t level = flame_level(p, m, row);
	uint32_t here = width == 1 ? 65536 : reach(p, m, row, i % width);
	uint32_t cold = 65536 - (uint32_t)(level * here >> 16);
	struct glow_rgb c = glow_rgb_mix(glow_param_color(p, m, FLAME), GLOW_BLACK, cold);

	/* a flame that ducks turns red */
	c.g = (uint8_t)(c.g * (131072 - cold) >> 17);
	c.b = (uint8_t)(c.b * (65536 - cold) >> 16);
	return c;
}

const struct glow_effect_desc glow_effect_candle = {
	.name = "candle",
	.what = "candle light, a flame every few pixels",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.begin = begin,
	.render = render,
};
