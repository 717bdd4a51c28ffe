/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A meter of this machine, or any number, as a bar whose colour tells how high
 * it is. Green to red mixed in linear light passes through a full yellow. */

#include <glow/effect.h>

#include "light.h"

enum { SOURCE, VALUE, LOW, HIGH, BACKGROUND, STYLE };
enum { STYLE_GRADIENT, STYLE_LEVEL };

static const char *const sources[] = { GLOW_METER_NAMES, "number", NULL };
static const char *const styles[] = { "gradient", "level", NULL };

static const struct glow_param_desc params[] = {
	[SOURCE] = { .name = "source",
		     .type = GLOW_PARAM_CHOICE,
		     .role = GLOW_ROLE_METER,
		     .min = 0,
		     .max = GLOW_METERS,
		     .def = GLOW_METER_CPU,
		     .unit = "",
		     .what = "what is measured; number shows value",
		     .choices = sources },
	[VALUE] = { .name = "value",
		    .type = GLOW_PARAM_INT,
		    .role = GLOW_ROLE_PERCENT,
		    .min = 0,
		    .max = 100,
		    .def = 50,
		    .unit = "%",
		    .what = "the reading of source number" },
	[LOW] = { .name = "low",
		  .type = GLOW_PARAM_COLOR,
		  .min = 0,
		  .max = 0xffffff,
		  .def = 0x00ff00,
		  .unit = "",
		  .what = "colour of the empty end" },
	[HIGH] = { .name = "high",
		   .type = GLOW_PARAM_COLOR,
		   .min = 0,
		   .max = 0xffffff,
		   .def = 0xff0000,
		   .unit = "",
		   .what = "colour of the full end" },
	[BACKGROUND] = { .name = "background",
			 .type = GLOW_PARAM_COLOR,
			 .min = 0,
			 .max = 0xffffff,
			 .def = 0x000000,
			 .unit = "",
			 .what = "colour of the part not reached" },
	[STYLE] = { .name = "style",
		    .type = GLOW_PARAM_CHOICE,
		    .min = STYLE_GRADIENT,
		    .max = STYLE_LEVEL,
		    .def = STYLE_GRADIENT,
		    .unit = "",
		    .what = "colours along the bar, or all of it in that of its end",
		    .choices = styles },
};

static uint32_t reading_permille(const struct glow_params *p, const struct glow_moment *m)
{
	uint32_t permille;

	if (p->v[SOURCE] == GLOW_METERS)
		return (uint32_t)p->v[VALUE] * 10;
	permille = m->meter[p->v[SOURCE]];
	return permille > 1000 ? 1000 : permille;
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t permille = reading_permille(p, m);
	int64_t end = permille * (m->total * GLOW_PIXEL) / 1000;
	uint32_t along = permille * 65536 / 1000;

	if (p->v[STYLE] == STYLE_GRADIENT)
		along = m->total > 1 ? (uint32_t)((uint64_t)i * 65536 / (m->total - 1)) : along;

	struct glow_rgb color = glow_light_mix(glow_param_color(p, m, LOW), glow_param_color(p, m, HIGH), along);

	return glow_light_mix(glow_param_color(p, m, BACKGROUND), color, glow_cover(0, end, i));
}

const struct glow_effect_desc glow_effect_gauge = {
	.name = "gauge",
	.what = "CPU, memory, temperature, load, network or a number as a bar",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_STILL,
	.bar = true,
	.levels = true,
	.render = render,
};
