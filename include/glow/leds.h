/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The seam between a board of single-coloured LEDs and whatever drives them: a
 * whole picture of levels at a time. Implementations: hw/sn3218.c writes the
 * chip's registers over any I2C bus, hw/leds_class.c writes the files of the
 * kernel's own driver of that chip. */

#include <stddef.h>
#include <stdint.h>

#include <glow/board.h>
#include <glow/diag.h>
#include <glow/i2c.h>

#define GLOW_SN3218_ADDR    0x54
#define GLOW_SN3218_OUTPUTS 18

struct glow_leds;

struct glow_leds_ops {
	/** Shows linear levels; levels[k] is that of output k+1. */
	int (*show)(struct glow_leds *leds, const uint8_t levels[GLOW_SN3218_OUTPUTS]);

	/** Leaves the LEDs as they are and gives everything back. */
	void (*close)(struct glow_leds *leds);
};

struct glow_leds {
	const struct glow_leds_ops *ops;
	char backend[64];
	unsigned fps_max;    /**< as in struct glow_board */
	uint32_t latency_us; /**< as in struct glow_board */
};

/** The SN3218 on `bus`, left as it is until the first show(), which starts it. Takes the bus over, also when it fails.
 */
int glow_leds_open_sn3218(struct glow_i2c *bus, struct glow_leds **ret_leds);

/** The LEDs that dtoverlay=piglow makes below cfg->sysfs: -ENODEV when they are
 * not there; diag says what to do. With ret_leds NULL it only looks. Their levels
 * are unknown until the first show(). */
int glow_leds_open_class(const struct glow_board_cfg *cfg, struct glow_leds **ret_leds, struct glow_diag *diag);

static inline void glow_leds_close(struct glow_leds *leds)
{
	if (leds)
		leds->ops->close(leds);
}
