/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The seam between a board on I2C and its bus: writes of consecutive
 * registers. Implementations: hw/i2c_dev.c, hw/i2c_gpio.c, and in the tests a recorder. */

#include <stddef.h>
#include <stdint.h>

#include <glow/board.h>
#include <glow/diag.h>

struct glow_i2c;

struct glow_i2c_ops {
	/** Writes `len` (1..32) bytes to registers reg, reg+1, … in one transaction. */
	int (*write)(struct glow_i2c *bus, uint8_t reg, const uint8_t *data, size_t len);
	void (*close)(struct glow_i2c *bus);
};

struct glow_i2c {
	const struct glow_i2c_ops *ops;
	char backend[64];
};

/** Opens cfg->i2c_bus for the device at 7-bit address `addr` and asks whether it
 * acknowledges, without writing to it. Errors come with the cure in diag:
 * -ENODEV no such bus (i2c_arm off, i2c-dev not loaded) or nobody answers;
 * -EACCES no permission; -EBUSY a kernel driver has the address. */
int glow_i2c_open_dev(const struct glow_board_cfg *cfg, uint8_t addr, struct glow_i2c **ret_bus,
		      struct glow_diag *diag);

/** The same over two GPIO lines, cfg->pin_sda and cfg->pin_scl of the chip that
 * cfg->gpio and cfg->gpio_chip name. This takes the pins away from the I2C
 * controller until the next boot, so it is for those who ask for it. */
int glow_i2c_open_gpio(const struct glow_board_cfg *cfg, uint8_t addr, struct glow_i2c **ret_bus,
		       struct glow_diag *diag);

static inline void glow_i2c_close(struct glow_i2c *bus)
{
	if (bus)
		bus->ops->close(bus);
}
