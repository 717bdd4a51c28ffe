/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What roads that set single levels have in common. */

#include <stdbool.h>

#include <glow/pins.h>

/** glow_pins_ops.send by one call of `clock` for each bit (DAT with CLK low, then CLK high) and one of `idle`. */
static inline int glow_gpio_clock_out(struct glow_pins *pins, int (*clock)(struct glow_pins *pins, bool data),
				      int (*idle)(struct glow_pins *pins), const uint8_t *bits, size_t clocks)
{
	for (size_t k = 0; k < clocks; k++) {
		int r = clock(pins, bits[k / 8] >> (7 - k % 8) & 1);

		if (r < 0)
			return r;
	}
	return idle(pins);
}
