/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A bar from the first pixel. The pixel at its end is lit in part, so that on
 * eight pixels too every per cent is a picture of its own. */

#include <glow/effect.h>

#include "light.h"

enum { COLOR, VALUE, BACKGROUND };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[VALUE] = { .name = "value",
		    .type = GLOW_PARAM_INT,
		    .role = GLOW_ROLE_PERCENT,
		    .min = 0,
		    .max = 100,
		    .def = 50,
		    .unit = "%",
		    .what = "how far the bar reaches" },
	[BACKGROUND] = { .name = "background",
			 .type = GLOW_PARAM_COLOR,
			 .min = 0,
			 .max = 0xffffff,
			 .def = 0x000000,
			 .unit = "",
			 .what = "colour of the part not reached" },
};

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	int64_t end = (int64_t)p->v[VALUE] * m->total * GLOW_PIXEL / 100;

	return glow_light_mix(glow_param_color(p, m, BACKGROUND), glow_param_color(p, m, COLOR), glow_cover(0, end, i));
}

const struct glow_effect_desc glow_effect_progress = {
	.name = "progress",
	.what = "a bar of 0 to 100 %",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_STILL,
	.bar = true,
	.levels = true,
	.render = render,
};
