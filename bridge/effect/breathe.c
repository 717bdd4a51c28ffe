/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One colour that swells and fades as a sleeping thing breathes. */

#include <glow/effect.h>
#include <glow/wave.h>

enum { COLOR, PERIOD, FLOOR };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 1000,
		     .max = 60000,
		     .def = 4000,
		     .unit = "ms",
		     .what = "one breath, in and out" },
	[FLOOR] = { .name = "floor",
		    .type = GLOW_PARAM_INT,
		    .min = 0,
		    .max = 100,
		    .def = 5,
		    .unit = "%",
		    .what = "how much light stays between breaths" },
};

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t wave = glow_wave_cos(glow_phase(m->t_us, (int64_t)p->v[PERIOD] * 1000));
	uint32_t floor = (uint32_t)p->v[FLOOR] * 65535 / 100;
	uint32_t level = floor + (uint32_t)((uint64_t)wave * (65535 - floor) / 65535);

	(void)i;
	return glow_rgb_scale(glow_param_color(p, m, COLOR), (uint8_t)((level * 255 + 32767) / 65535));
}

const struct glow_effect_desc glow_effect_breathe = {
	.name = "breathe",
	.what = "one colour that swells and fades",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.even = true,
	.render = render,
};
