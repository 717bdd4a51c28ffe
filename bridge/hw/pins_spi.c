/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The road to the pins that is one system call a frame. The overlay glow-blinkt
 * (hw/overlays) gives the two lines to the kernel's own bit banger, spi-gpio,
 * which takes a frame as one message. It counts in bytes: the last one is
 * filled up with zeros, which LEDs take for more of the end. While the overlay
 * is there the lines belong to the kernel, and every other road finds them busy. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/pins.h>
#include <glow/spi.h>

#include "gpio_overlay.h"

struct spi_pins {
	struct glow_pins pins;
	struct glow_spi *spi;
};

static int pins_send(struct glow_pins *pins, const uint8_t *bits, size_t clocks)
{
	struct spi_pins *p = (struct spi_pins *)pins;

	return p->spi->ops->write(p->spi, bits, (clocks + 7) / 8);
}

static void pins_close(struct glow_pins *pins)
{
	struct spi_pins *p = (struct spi_pins *)pins;

	glow_spi_close(p->spi);
	free(p);
}

static const struct glow_pins_ops ops = { .send = pins_send, .close = pins_close };

#define OVERLAY "glow-blinkt"
enum { OVERLAY_DATA = 23, OVERLAY_CLOCK = 24 };

static bool find(const struct glow_board_cfg *cfg, char ret_device[GLOW_SPI_PATH])
{
	return cfg->pin_data == OVERLAY_DATA && cfg->pin_clock == OVERLAY_CLOCK &&
	       glow_spi_find(cfg, OVERLAY, ret_device);
}

static int not_found(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	if (cfg->pin_data != OVERLAY_DATA || cfg->pin_clock != OVERLAY_CLOCK)
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "the overlay " OVERLAY " is for GPIO %d and %d, not %u and %u: use --gpio gpiod",
			      OVERLAY_DATA, OVERLAY_CLOCK, cfg->pin_data, cfg->pin_clock);
	else
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "no overlay " OVERLAY ": put dtoverlay=" OVERLAY
			      " into config.txt and reboot, or use --gpio gpiod");
	return -ENODEV;
}

bool glow_gpio_overlay_says(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	char device[GLOW_SPI_PATH];

	if (!find(cfg, device))
		return false;
	glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
		      "the overlay " OVERLAY " has GPIO %d and %d: use --gpio spi (in a container with --device %s). A "
		      "service of a swarm cannot: remove dtoverlay=" OVERLAY " from config.txt and reboot",
		      OVERLAY_DATA, OVERLAY_CLOCK, device);
	return true;
}

int glow_pins_open_spi(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag)
{
	char device[GLOW_SPI_PATH];
	struct glow_spi *spi;
	struct spi_pins *p;
	int r;

	if (!find(cfg, device))
		return not_found(cfg, diag);
	r = glow_spi_open_dev(cfg, device, 0, ret_pins ? &spi : NULL, diag);
	if (r < 0 || !ret_pins)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p) {
		glow_spi_close(spi);
		return -ENOMEM;
	}
	p->pins.ops = &ops;
	p->spi = spi;
	memcpy(p->pins.backend, spi->backend, sizeof(p->pins.backend));
	*ret_pins = &p->pins;
	return 0;
}
