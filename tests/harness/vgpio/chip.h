/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A GPIO chip behind the kernel's sysfs interface: what a write to each of its
 * files does. Lines are named by their offset on the chip, in writes to export
 * and unexport by base + offset, as in the kernel. */

#include <stdbool.h>
#include <stdint.h>

#define VGPIO_LINES_MAX 64

struct vgpio_line {
	bool exported;
	bool busy;        /**< a driver holds it */
	bool out, high;   /**< direction, and the level it has or would have as an output */
	uint32_t serial;  /**< of this export: files of an earlier one are dead for ever */
	int64_t since_ns; /**< of this export */
};

struct vgpio_chip {
	unsigned base, ngpio;
	bool gone;
	uint32_t serial;
	struct vgpio_line line[VGPIO_LINES_MAX];
};

/** The four writes: 0 or what the kernel would answer. */
int vgpio_chip_export(struct vgpio_chip *c, const char *text, int64_t now_ns);
int vgpio_chip_unexport(struct vgpio_chip *c, const char *text);
int vgpio_chip_direction(struct vgpio_chip *c, unsigned line, const char *text);
int vgpio_chip_value(struct vgpio_chip *c, unsigned line, const char *text);

/** The level on the wire. Inputs are low: nothing pulls them. */
bool vgpio_chip_level(const struct vgpio_chip *c, unsigned line);

/** The chip is pulled out with all that was exported, or plugged in again. */
void vgpio_chip_plug(struct vgpio_chip *c, bool here);
