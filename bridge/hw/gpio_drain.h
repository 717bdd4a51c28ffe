/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Two open-drain lines, for I2C: each is pulled low or let go, in which case
 * the bus's resistor lifts it unless somebody else pulls. */

#include <stdbool.h>

#include <glow/board.h>
#include <glow/diag.h>

enum glow_drain_line { GLOW_SDA, GLOW_SCL };

struct glow_drain;

struct glow_drain_ops {
	/** Lets the line go (true) or pulls it low. */
	int (*set)(struct glow_drain *drain, enum glow_drain_line line, bool high);

	/** The level of the line: 1, 0, or a negative errno. */
	int (*get)(struct glow_drain *drain, enum glow_drain_line line);
	void (*close)(struct glow_drain *drain);
};

struct glow_drain {
	const struct glow_drain_ops *ops;
	char backend[64];
};

/** Both claim pin_sda and pin_scl and let them go; errors as in glow/pins.h. */
int glow_drain_open_gpiod(const struct glow_board_cfg *cfg, struct glow_drain **ret_drain, struct glow_diag *diag);
int glow_drain_open_sysfs(const struct glow_board_cfg *cfg, struct glow_drain **ret_drain, struct glow_diag *diag);

/** By cfg->gpio, as glow_pins_open() does. */
int glow_drain_open(const struct glow_board_cfg *cfg, struct glow_drain **ret_drain, struct glow_diag *diag);
