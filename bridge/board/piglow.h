/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The PiGlow without its road: tests give it a recorder instead. */

#include <glow/board.h>
#include <glow/leds.h>

/** What each LED gets of a frame, in the order of its pixels: 0..255 in linear light. An LED gets 1 from a third of
 * that on, or where the brightest of the board has less, from a third of the brightest: so what is lit is not dark, and
 * a picture stays a picture. */
void glow_piglow_levels(const struct glow_frame *frame, uint8_t ret_levels[GLOW_PIGLOW_LEDS]);

/** A PiGlow on these LEDs. Takes them over, also when it fails. */
int glow_piglow_create(struct glow_leds *leds, struct glow_board **ret_board);
