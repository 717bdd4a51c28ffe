/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The seam between a board on two output lines, DAT and CLK, and the pins.
 * Implementations: hw/pins_spi.c, hw/gpio_gpiod_v1.c or _v2.c (libgpiod),
 * hw/gpio_sysfs.c, and in the tests a recorder. */

#include <stddef.h>
#include <stdint.h>

#include <glow/board.h>
#include <glow/diag.h>

struct glow_pins;

struct glow_pins_ops {
	/** `clocks` bits, the first in the top of bits[0]: for each DAT is set with CLK low,
	 * and sampled when CLK rises. Ends with both lines low, the idle level. Returns when
	 * the last bit is out; after an error the rest is not sent. What is left of the last
	 * byte is 0 and may be sent too. */
	int (*send)(struct glow_pins *pins, const uint8_t *bits, size_t clocks);

	/** Releases the lines and frees `pins`. Accepts NULL-filled half-built objects. */
	void (*close)(struct glow_pins *pins);
};

struct glow_pins {
	const struct glow_pins_ops *ops;
	char backend[64];
};

/** Each claims pin_data and pin_clock as outputs at low level, spi by the device that the overlay glow-blinkt made of
 * them. -ENODEV: no such chip, no overlay; -EBUSY: held by somebody else; diag says what to do. `open` with
 * ret_pins NULL only looks and claims nothing. */
int glow_pins_open_spi(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag);
int glow_pins_open_gpiod(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag);
int glow_pins_open_sysfs(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag);

/** By cfg->gpio: the named road, or for "auto" spi where the overlay is there, since no other road gets the lines
 * then; else gpiod, then sysfs. */
int glow_pins_open(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag);

static inline void glow_pins_close(struct glow_pins *pins)
{
	if (pins)
		pins->ops->close(pins);
}
