/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The shapes of boards: how many LEDs, what each can show, what they are
 * called. Data only, shared by drivers, commands and everything that draws a board. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/color.h>
#include <glow/frame.h>

#define GLOW_PIGLOW_LEDS 18
#define GLOW_PIGLOW_ARM  6

enum glow_shape_kind {
	GLOW_SHAPE_ROW,    /**< a row of RGB pixels of any length */
	GLOW_SHAPE_PIGLOW, /**< 18 LEDs of one colour each: index = 6*(arm-1) + tip to centre */
};

/** A board's shape; `pixels` is 18 for a PiGlow, 1..GLOW_PIXELS_MAX for a row. */
struct glow_shape {
	enum glow_shape_kind kind;
	uint32_t pixels;
};

/** "blinkt" or "piglow". */
const char *glow_shape_name(struct glow_shape shape);

/** True when each LED has one colour of its own and frames hold levels. */
static inline bool glow_shape_mono(struct glow_shape shape)
{
	return shape.kind == GLOW_SHAPE_PIGLOW;
}

/** The colour LED i shines in at full level (white for an RGB pixel). */
struct glow_rgb glow_shape_led_color(struct glow_shape shape, uint32_t i);

/** The light that LED i sends out where a frame has c for it: c, and of a single-colour LED its own colour at that
 * level. */
struct glow_linear glow_shape_seen(struct glow_shape shape, uint32_t i, struct glow_linear c);

/** What LED i shows of colour c. An RGB pixel shows c. A single-colour LED
 * shows as much of its own colour as c contains: red lights the red LEDs,
 * yellow the red, orange, yellow and green ones, white all. The result is the level in all three channels. */
struct glow_rgb glow_shape_project(struct glow_shape shape, uint32_t i, struct glow_rgb c);

/** Where LED i lies on the axis of a bar (gauge, progress) and how long that
 * axis is. A row: i of n. A PiGlow: along its arms, centre 0 to tip 5, all arms alike. */
void glow_shape_bar(struct glow_shape shape, uint32_t i, uint32_t *ret_at, uint32_t *ret_len);

/** The number of LED names, and the k-th of them: what `leds` in a command may say. */
uint32_t glow_shape_led_names(struct glow_shape shape);
const char *glow_shape_led_name(struct glow_shape shape, uint32_t k);

/** True when LED i belongs to name k ("arm1" has six, "red" three, "arm1.red" one). */
bool glow_shape_led_in(struct glow_shape shape, uint32_t k, uint32_t i);
