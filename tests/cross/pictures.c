/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One line an effect with a number for everything it draws, from parameters
 * and times that dice chose. A swarm of different Pis shows one picture only if
 * this text is the same on every processor. */

#include <inttypes.h>

#include <glow/effect.h>
#include <glow/hash.h>

#include "../harness/dice.h"

#define SETS   40
#define TIMES  6
#define PIXELS 18

static void any_text(struct dice *d, char ret_text[GLOW_TEXT_MAX + 1])
{
	uint32_t n = dice_roll(d, GLOW_TEXT_MAX + 1);

	for (uint32_t k = 0; k < n; k++)
		ret_text[k] = (char)(' ' + dice_roll(d, 95));
	ret_text[n] = '\0';
}

static void any_params(struct dice *d, const struct glow_effect_desc *e, struct glow_params *ret_params)
{
	glow_params_default(e, ret_params);
	for (int k = 0; k < e->n_params; k++) {
		const struct glow_param_desc *row = &e->params[k];

		if (row->type == GLOW_PARAM_TEXT)
			any_text(d, ret_params->text);
		else
			ret_params->v[k] = (int32_t)dice_between(d, row->min, row->max);
	}
}

/* Times of every size: a few microseconds as well as thousands of years, before and after the start. */
static int64_t any_time_us(struct dice *d)
{
	int64_t limit_us = INT64_C(1) << (20 + dice_roll(d, 42));

	return dice_between(d, -limit_us, limit_us);
}

static struct glow_moment any_moment(struct dice *d)
{
	struct glow_moment m = {
		.t_us = any_time_us(d),
		.wall_us = any_time_us(d),
		.seed = (uint32_t)dice_next(d),
		.total = 1 + dice_roll(d, 1u << (1 + dice_roll(d, 24))),
		.color = glow_rgb_unpack((int32_t)dice_roll(d, 0x1000000)),
	};

	for (int k = 0; k < GLOW_METERS; k++)
		m.meter[k] = (uint16_t)dice_roll(d, 1001);
	return m;
}

static uint32_t draw(struct dice *d, const struct glow_effect_desc *e, uint32_t hash)
{
	struct glow_params p;

	any_params(d, e, &p);
	for (int k = 0; k < TIMES; k++) {
		struct glow_moment m = any_moment(d);

		for (uint32_t i = 0; i < PIXELS; i++) {
			struct glow_rgb c = e->render(&p, &m, i < m.total ? i : m.total - 1);

			hash = glow_fnv1a(hash, (uint8_t[]){ c.r, c.g, c.b }, 3);
		}
	}
	return hash;
}

int main(void)
{
	struct dice d;

	dice_init(&d);
	for (size_t k = 0; k < glow_effect_count(); k++) {
		const struct glow_effect_desc *e = glow_effect_at(k);
		uint32_t hash = GLOW_FNV_START;

		for (int set = 0; set < SETS; set++)
			hash = draw(&d, e, hash);
		printf("%s %08" PRIx32 "\n", e->name, hash);
	}
	return 0;
}
