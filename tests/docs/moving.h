/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* LEDs that move, as an SVG picture that needs no script: CSS animates each LED's colour, and stands still for those
 * who want no motion. Of its steps only those are written that do not lie on a line between others. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glow/color.h>

#define MOVING_STEPS    200 /**< of one round */
#define MOVING_LEDS_MAX 64

/** Of one round each step's colour of each LED. The first step follows the last. */
struct moving {
	int64_t round_us;
	uint32_t n;
	struct glow_rgb px[MOVING_STEPS][MOVING_LEDS_MAX];
};

/** The picture's first lines: its size in pixels, and what it is called. */
void moving_head(const char *title, int width, int height, FILE *out);

/** How LEDs look and move, `pace` times as fast as it is. From here on the clip is what a browser shows: steps that are
 * not written lie between those that are. */
void moving_style(struct moving *clip, int64_t pace, FILE *out);

/** LED i around (x, y), after moving_style(); where nothing is to move it shows this step. */
void moving_led(const struct moving *clip, uint32_t i, int step, int x, int y, FILE *out);

/** The step with the most light among the first `n`. */
int moving_brightest(const struct moving *clip, int n);

/** Whether n LEDs together, round after round, flash no more than three times a second. */
bool moving_safe(const struct moving *clip, uint32_t from, uint32_t n);
