/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The PiGlow without its road: tests give it a recorder instead. */

#include <glow/board.h>
#include <glow/leds.h>

/** A PiGlow on these LEDs. Takes them over, also when it fails. */
int glow_piglow_create(struct glow_leds *leds, struct glow_board **ret_board);
