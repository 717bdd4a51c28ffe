/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What somebody meant who wrote a name that a command cannot have: the nearest
 * of those that it can (glow/nearest.h), for glow_diag_meant(). Each is NULL
 * when none is near. */

#include <glow/effect.h>
#include <glow/shape.h>

/** An effect, or "auto". */
const char *glow_meant_effect(const char *name);

/** A CSS colour. */
const char *glow_meant_color(const char *name);

/** A word of a shorthand: a colour, an effect, a gauge, on, off, toggle or auto. */
const char *glow_meant_word(const char *word);

/** A parameter of the effect; of any effect with NULL. */
const char *glow_meant_param(const struct glow_effect_desc *effect, const char *name);

/** An LED of a board of that shape. */
const char *glow_meant_led(struct glow_shape shape, const char *name);
