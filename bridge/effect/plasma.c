/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Slow clouds of colour: noise over position and time, looked up in a palette.
 * Noise over two axes is a line of noise for each step of time, blended from
 * one line to the next, so a pixel turns at most once in a step. Clouds are
 * measured in strip lengths: eight pixels and a whole cluster look alike. */

#include <glow/effect.h>
#include <glow/hash.h>
#include <glow/wave.h>

#include "tools.h"

enum { PALETTE, PERIOD, CLOUDS };
enum { STOPS = 5 };

static const char *const palettes[] = { "rainbow", "lava", "ocean", "forest", NULL };
enum { RAINBOW, LAVA, OCEAN, FOREST };

static const struct glow_rgb stops[][STOPS] = {
	[LAVA] = { { 24, 0, 0 }, { 128, 0, 0 }, { 230, 30, 0 }, { 255, 110, 0 }, { 255, 210, 60 } },
	[OCEAN] = { { 0, 4, 40 }, { 0, 30, 130 }, { 0, 110, 190 }, { 0, 190, 180 }, { 150, 255, 230 } },
	[FOREST] = { { 0, 24, 4 }, { 0, 80, 16 }, { 30, 140, 20 }, { 130, 180, 0 }, { 240, 220, 70 } },
};

static const struct glow_param_desc params[] = {
	[PALETTE] = { .name = "palette",
		      .type = GLOW_PARAM_CHOICE,
		      .min = RAINBOW,
		      .max = FOREST,
		      .def = RAINBOW,
		      .unit = "",
		      .what = "which colours",
		      .choices = palettes },
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 3000,
		     .max = 120000,
		     .def = 6000,
		     .unit = "ms",
		     .what = "how long a cloud takes to change" },
	[CLOUDS] = { .name = "clouds",
		     .type = GLOW_PARAM_INT,
		     .min = 1,
		     .max = 10,
		     .def = 3,
		     .unit = "",
		     .what = "clouds along the strip" },
};

enum { FIELD, DRIFT, TURN };

/* All of it drifts, one cloud in four periods. */
static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, FIELD, p->v[PERIOD]);
	glow_period_keep(m, DRIFT, p->v[PERIOD] * 4);
	glow_period_keep(m, TURN, p->v[PERIOD] * 8);
}

/* Noise at x, in 1/65536 cloud, as it is at this moment. */
static uint32_t field(const struct glow_moment *m, int64_t x)
{
	uint32_t line = glow_period_cycle(m, FIELD), ease = glow_ease(glow_period_phase(m, FIELD));
	uint32_t a = glow_noise(m->seed, line, x), b = glow_noise(m->seed, line + 1, x);

	return (uint32_t)((a * (UINT64_C(65535) - ease) + b * (uint64_t)ease) / 65535);
}

/* Blended noise keeps to the middle; this gives the ends of a palette their share. 0..65535. */
static uint32_t contrast(uint32_t noise)
{
	int64_t v = 32768 + ((int64_t)noise - 32768) * 5 / 4;

	return v < 0 ? 0 : v > 65535 ? 65535 : (uint32_t)v;
}

static struct glow_rgb palette_color(int32_t palette, uint32_t v)
{
	uint32_t at = v * (STOPS - 1);

	return glow_rgb_mix(stops[palette][at >> 16], stops[palette][(at >> 16) + 1], at & 65535);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	int64_t x = (2 * (int64_t)i + 1) * p->v[CLOUDS] * 32768 / m->total;
	uint32_t v = field(m, x + glow_period_clock(m, DRIFT));

	if (p->v[PALETTE] == RAINBOW)
		return glow_rgb_hue((uint16_t)(v * 3 / 2 + glow_period_phase(m, TURN)), 255);
	return palette_color(p->v[PALETTE], contrast(v));
}

const struct glow_effect_desc glow_effect_plasma = {
	.name = "plasma",
	.what = "slow clouds of colour",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.begin = begin,
	.render = render,
};
