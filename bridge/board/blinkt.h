/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The Blinkt! without its pins: tests give it a recorder instead. */

#include <glow/board.h>
#include <glow/pins.h>

#define GLOW_BLINKT_PIXELS 8

/** A Blinkt! on these pins. Takes the pins over, also when it fails. */
int glow_blinkt_create(struct glow_pins *pins, struct glow_board **ret_board);
