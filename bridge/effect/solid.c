/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The light's colour on every pixel. It has no parameters: its colour is the light's. */

#include <glow/effect.h>

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	(void)i;
	return m->color;
}

const struct glow_effect_desc glow_effect_solid = {
	.name = "solid",
	.what = "one colour, still",
	.pace = GLOW_STILL,
	.even = true,
	.render = render,
};
