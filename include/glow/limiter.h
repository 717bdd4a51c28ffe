/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Limits after everything else. The current model is the boards' own
 * (docs/hardware.md): Blinkt 8 mA idle per eight pixels and 20 mA a channel,
 * PiGlow 23 mA an LED. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/frame.h>
#include <glow/shape.h>

/** The board's own default: 250 mA for a Blinkt! or less, of which 8 are idle current; for longer rows in proportion,
 * and for light no more than 750, since whoever has a larger supply knows; 104 mA for a PiGlow (64/256 of full). */
uint32_t glow_current_default_ma(struct glow_shape shape);

/** Estimated supply current of a frame in microampere, after gamma. */
uint64_t glow_current_ua(struct glow_shape shape, const struct glow_frame *f);

/** Dims the whole frame until the estimate is within limit_ma (0: no limit).
 * Returns true when it had to. Idle current cannot be dimmed away: a limit
 * below it gives a dark frame. */
bool glow_current_limit(struct glow_shape shape, uint32_t limit_ma, struct glow_frame *f);
