/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The seam between a board that bangs bits and the pins: two output lines,
 * DAT and CLK. Implementations: hw/gpio_gpiod_v1.c or _v2.c (libgpiod),
 * hw/gpio_sysfs.c, and in the tests a recorder. */

#include <stdbool.h>
#include <stddef.h>

#include <glow/board.h>
#include <glow/diag.h>

struct glow_pins;

struct glow_pins_ops {
	/** One clock: DAT to `data` with CLK low, then CLK high. Data is sampled
	 * at the rising edge, so the order within the first step is free. */
	int (*clock)(struct glow_pins *pins, bool data);

	/** Both lines low: the idle level. */
	int (*idle)(struct glow_pins *pins);

	/** Releases the lines and frees `pins`. Accepts NULL-filled half-built objects. */
	void (*close)(struct glow_pins *pins);
};

struct glow_pins {
	const struct glow_pins_ops *ops;
	char backend[64];
};

/** Both claim pin_data and pin_clock as outputs at low level. -ENODEV: no such
 * chip; -EBUSY: held by somebody else; diag says what to do. `open` with
 * ret_pins NULL only looks and claims nothing. */
int glow_pins_open_gpiod(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag);
int glow_pins_open_sysfs(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag);

/** By cfg->gpio: the named road, or for "auto" gpiod, then sysfs. */
int glow_pins_open(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag);

static inline void glow_pins_close(struct glow_pins *pins)
{
	if (pins)
		pins->ops->close(pins);
}
