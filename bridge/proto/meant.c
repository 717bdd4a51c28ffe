/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The tables themselves are asked, so that a new row is suggested too. */

#include <glow/color.h>
#include <glow/meant.h>
#include <glow/nearest.h>

static const char *effect_at(void *ctx, size_t k)
{
	(void)ctx;
	if (k < glow_effect_count())
		return glow_effect_at(k)->name;
	return k == glow_effect_count() ? "auto" : NULL;
}

const char *glow_meant_effect(const char *name)
{
	return glow_nearest(name, effect_at, NULL);
}

static const char *color_at(void *ctx, size_t k)
{
	(void)ctx;
	return glow_color_name(k);
}

const char *glow_meant_color(const char *name)
{
	return glow_nearest(name, color_at, NULL);
}

static const char *word_at(void *ctx, size_t k)
{
	static const char *const plain[] = { "on", "off", "toggle", "auto" };
	const size_t n_plain = sizeof(plain) / sizeof(plain[0]);

	(void)ctx;
	if (k < n_plain)
		return plain[k];
	k -= n_plain;
	if (k < GLOW_METERS)
		return glow_meter_names[k];
	k -= GLOW_METERS;
	return k < glow_effect_count() ? glow_effect_at(k)->name : glow_color_name(k - glow_effect_count());
}

const char *glow_meant_word(const char *word)
{
	return glow_nearest(word, word_at, NULL);
}

static const char *param_at(void *ctx, size_t k)
{
	const struct glow_effect_desc *effect = ctx;

	return k < effect->n_params ? effect->params[k].name : NULL;
}

static const char *any_param_at(void *ctx, size_t k)
{
	(void)ctx;
	for (size_t e = 0; e < glow_effect_count(); e++) {
		const struct glow_effect_desc *effect = glow_effect_at(e);

		if (k < effect->n_params)
			return effect->params[k].name;
		k -= effect->n_params;
	}
	return NULL;
}

const char *glow_meant_param(const struct glow_effect_desc *effect, const char *name)
{
	return glow_nearest(name, effect ? param_at : any_param_at, (void *)effect);
}

static const char *led_at(void *ctx, size_t k)
{
	const struct glow_shape *shape = ctx;

	return k < glow_shape_led_names(*shape) ? glow_shape_led_name(*shape, (uint32_t)k) : NULL;
}

const char *glow_meant_led(struct glow_shape shape, const char *name)
{
	return glow_nearest(name, led_at, &shape);
}
