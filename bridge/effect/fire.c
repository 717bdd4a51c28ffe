/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Flames that rise from one end. Heat falls with the height; two layers of noise
 * climb through it at different speeds, so that flames part and merge. Height is
 * measured in parts of the strip, so a fire looks the same at any length. */

#include <glow/hash.h>

#include "tools.h"

enum { PERIOD, HEIGHT, PALETTE, REVERSE };

static const char *const palettes[] = { "fire", "gas", "copper", NULL };

static const struct glow_param_desc params[] = {
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 500,
		     .max = 10000,
		     .def = 600,
		     .unit = "ms",
		     .what = "from one flame to the next" },
	[HEIGHT] = { .name = "height",
		     .type = GLOW_PARAM_INT,
		     .min = 30,
		     .max = 300,
		     .def = 100,
		     .unit = "%",
		     .what = "how high it burns, in parts of the strip" },
	[PALETTE] = { .name = "palette",
		      .type = GLOW_PARAM_CHOICE,
		      .min = 0,
		      .max = 2,
		      .def = 0,
		      .unit = "",
		      .what = "what burns",
		      .choices = palettes },
	[REVERSE] = { .name = "reverse",
		      .type = GLOW_PARAM_BOOL,
		      .min = 0,
		      .max = 1,
		      .def = 0,
		      .unit = "",
		      .what = "rise from the last pixel" },
};

#define STOPS 4

/* Colours at even steps of heat. */
static const struct glow_rgb colors[][STOPS] = {
	{ { 0, 0, 0 }, { 200, 12, 0 }, { 255, 96, 0 }, { 255, 214, 90 } },
	{ { 0, 0, 0 }, { 0, 20, 170 }, { 20, 110, 255 }, { 200, 235, 255 } },
	{ { 0, 0, 0 }, { 0, 90, 30 }, { 20, 210, 90 }, { 200, 255, 190 } },
};

enum { TONGUE, BODY };

static struct glow_rgb color_of_heat(int32_t palette, int64_t heat)
{
	const struct glow_rgb *stop = colors[palette];
	uint32_t x = heat < 0 ? 0 : heat > 65535 ? 65535 : (uint32_t)heat, k = x * (STOPS - 1) >> 16;

	return glow_rgb_mix(stop[k], stop[k + 1], x * (STOPS - 1) & 65535);
}

static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, TONGUE, p->v[PERIOD]);
	glow_period_keep(m, BODY, p->v[PERIOD] * 2);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	int64_t y = ((int64_t)glow_place(m, i, p->v[REVERSE]) * 2 + 1) * 32768 / m->total;
	int32_t tongue = glow_noise(m->seed, 0, y * 4 - glow_period_clock(m, TONGUE));
	int32_t body = glow_noise(m->seed, 1, y * 2 - glow_period_clock(m, BODY));
	int64_t cooled = y * 100 / p->v[HEIGHT];

	return color_of_heat(p->v[PALETTE], 60000 - cooled + (tongue + body - 65536) * 5 / 8);
}

const struct glow_effect_desc glow_effect_fire = {
	.name = "fire",
	.what = "flames that rise from one end",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.bar = true,
	.begin = begin,
	.render = render,
};
