/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* On and off with hard edges. The shortest period keeps it below three flashes a second. */

#include <glow/effect.h>
#include <glow/wave.h>

enum { COLOR, BACKGROUND, PERIOD, DUTY };

static const struct glow_param_desc params[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[BACKGROUND] = { .name = "background",
			 .type = GLOW_PARAM_COLOR,
			 .min = 0,
			 .max = 0xffffff,
			 .def = 0,
			 .unit = "",
			 .what = "colour while it is off" },
	[PERIOD] = { .name = "period_ms",
		     .type = GLOW_PARAM_INT,
		     .min = 400,
		     .max = 60000,
		     .def = 1000,
		     .unit = "ms",
		     .what = "from one blink to the next" },
	[DUTY] = { .name = "duty",
		   .type = GLOW_PARAM_INT,
		   .min = 10,
		   .max = 90,
		   .def = 50,
		   .unit = "%",
		   .what = "how much of the period it is on" },
};

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t on = (uint32_t)p->v[DUTY] * 65536 / 100;

	(void)i;
	return glow_param_color(p, m, glow_phase(m->t_us, (int64_t)p->v[PERIOD] * 1000) < on ? COLOR : BACKGROUND);
}

const struct glow_effect_desc glow_effect_blink = {
	.name = "blink",
	.what = "on and off",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.even = true,
	.render = render,
};
