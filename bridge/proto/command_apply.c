/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a checked command makes of a look. */

#include <string.h>

#include <glow/command.h>
#include <glow/params.h>

/* Pixels over the last picture after solid, over black after an effect. */
static void apply_paint(const struct glow_command *command, struct glow_shape shape, bool over_solid,
			struct glow_look *look)
{
	bool keep = over_solid && look->painted;

	if (!keep)
		look->paint.n = shape.pixels;
	for (uint32_t i = 0; i < shape.pixels; i++) {
		struct glow_rgb c = command->paint.px[i];

		if (!command->paint_set[i]) {
			if (!keep)
				look->paint.px[i] = glow_shape_project(shape, i, over_solid ? look->color : GLOW_BLACK);
			continue;
		}
		if (command->has & GLOW_HAS_PIXELS)
			c = glow_shape_project(shape, i, c);
		else if (!glow_shape_mono(shape))
			c = glow_rgb_scale(look->color, c.r);
		look->paint.px[i] = c;
	}
	look->painted = true;
}

static void apply_params(const struct glow_command *command, struct glow_look *look)
{
	for (int k = 0; k < look->effect->n_params; k++) {
		if (!(command->params_set >> k & 1))
			continue;
		look->params.v[k] = command->params.v[k];
		if (look->effect->params[k].type == GLOW_PARAM_TEXT)
			memcpy(look->params.text, command->params.text, sizeof(look->params.text));
	}
}

/* Whoever names what to show, or how bright, wants to see it. Brightness 0 is off, and no level to come back to. */
static void apply_power(const struct glow_command *command, struct glow_look *look)
{
	uint32_t has = command->has;
	bool level = has & GLOW_HAS_BRIGHTNESS && command->brightness > 0;

	if (level || has & (GLOW_HAS_COLOR | GLOW_HAS_EFFECT | GLOW_HAS_PIXELS | GLOW_HAS_LEDS))
		look->on = true;
	if (has & GLOW_HAS_STATE)
		look->on = command->on || command->dark;
	if (level)
		look->brightness = command->brightness;
	else if (has & GLOW_HAS_BRIGHTNESS)
		look->on = false;
}

void glow_command_apply(const struct glow_command *command, struct glow_shape shape, int64_t now_us, uint32_t seed,
			struct glow_look *look)
{
	uint32_t has = command->has;
	bool paints = has & (GLOW_HAS_PIXELS | GLOW_HAS_LEDS);
	const struct glow_effect_desc *under = has & GLOW_HAS_EFFECT ? command->named : look->effect;
	bool over_solid = has & GLOW_HAS_COLOR || under == &glow_effect_solid;
	int color;

	apply_power(command, look);
	if (has & GLOW_HAS_COLOR)
		look->color = command->color;
	if (has & (GLOW_HAS_COLOR | GLOW_HAS_EFFECT))
		look->painted = false;
	if (has & GLOW_HAS_EFFECT || look->effect != command->effect) {
		look->effect = command->effect;
		look->start_us = now_us;
		look->seed = has & GLOW_HAS_SEED ? command->seed : seed;
		if (look->effect)
			glow_params_default(look->effect, &look->params);
	} else if (has & GLOW_HAS_COLOR && look->effect) {
		color = glow_param_with(look->effect, GLOW_ROLE_COLOR);
		if (color >= 0)
			look->params.v[color] = GLOW_LIGHT_COLOR;
	}
	if (look->effect)
		apply_params(command, look);
	if (paints)
		apply_paint(command, shape, over_solid, look);
}
