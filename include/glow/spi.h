/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The seam between LEDs on a clocked serial bus and that bus: bytes that go out,
 * top bit first, sampled when the clock rises (mode 0). Implementation: hw/spi_dev.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/board.h>
#include <glow/diag.h>

/** Room for the path of a device. */
#define GLOW_SPI_PATH 64

struct glow_spi;

struct glow_spi_ops {
	/** Sends `len` bytes; returns when the last bit is out. One system call for each spi.chunk bytes. */
	int (*write)(struct glow_spi *spi, const uint8_t *bytes, size_t len);
	void (*close)(struct glow_spi *spi);
};

struct glow_spi {
	const struct glow_spi_ops *ops;
	size_t chunk; /**< the most bytes that the kernel takes at once */
	char backend[64];
};

/** Opens a device of the kernel's spidev and keeps every other glow-bridge from it. `hz` 0: as fast as the device
 * tree allows. Errors come with the cure in diag: -ENODEV no such device; -EACCES, -EPERM not allowed; -EBUSY another
 * has it. cfg tells where sysfs is. With ret_spi NULL it is only looked whether the device may be opened. */
int glow_spi_open_dev(const struct glow_board_cfg *cfg, const char *device, uint32_t hz, struct glow_spi **ret_spi,
		      struct glow_diag *diag);

/** The device that the overlay `overlay` makes, "/dev/spidev10.0": true when sysfs has one. Nothing is opened. */
bool glow_spi_find(const struct glow_board_cfg *cfg, const char *overlay, char ret_device[GLOW_SPI_PATH]);

static inline void glow_spi_close(struct glow_spi *spi)
{
	if (spi)
		spi->ops->close(spi);
}
