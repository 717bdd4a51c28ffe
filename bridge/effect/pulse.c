/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A soft bell of light that swells from the centre and draws back. The bell is
 * one period of a raised cosine, so its foot melts into the background. */

#include "tools.h"

enum { COLOR, PERIOD, WIDTH, BACKGROUND };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 1000,
		     .max = 60000,
		     .def = 2500,
		     .unit = "ms",
		     .what = "one swell and back" },
	[WIDTH] = { .name = "width",
		    .type = GLOW_PARAM_INT,
		    .min = 10,
		    .max = 200,
		    .def = 120,
		    .unit = "%",
		    .what = "widest bell, of the strip" },
	[BACKGROUND] = { .name = "background",
			 .type = GLOW_PARAM_COLOR,
			 .min = 0,
			 .max = 0xffffff,
			 .def = 0x000000,
			 .unit = "",
			 .what = "colour around it" },
};

/* The bell's height, 0..65535, at `distance` from its centre with its foot at `reach`. */
static uint32_t bell(uint64_t distance, uint64_t reach)
{
	if (distance >= reach)
		return 0;
	return glow_wave_cos((uint16_t)(32768 + distance * 32768 / reach));
}

static void begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	(void)e;
	glow_period_keep(m, 0, p->v[PERIOD]);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t swell = glow_wave_cos(glow_period_phase(m, 0));
	/* From a fifth to all of its width and of its height: at its smallest it glows, it does not go out. */
	uint32_t part = 13107 + (uint32_t)((uint64_t)swell * 52429 / 65535);
	int64_t off_centre = 2 * (int64_t)i + 1 - m->total;
	/* In half pixels times 65536. One more than the share of the strip, so that a single pixel is all centre. */
	uint64_t reach = ((uint64_t)m->total * (uint32_t)p->v[WIDTH] / 100 + 1) * part;
	uint32_t height = bell((uint64_t)(off_centre < 0 ? -off_centre : off_centre) * 65536, reach);

	return glow_rgb_mix(glow_param_color(p, m, BACKGROUND), glow_param_color(p, m, COLOR),
			    (uint32_t)((uint64_t)height * part / 65535));
}

const struct glow_effect_desc glow_effect_pulse = {
	.name = "pulse",
	.what = "a soft light that swells from the centre",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.begin = begin,
	.render = render,
};
