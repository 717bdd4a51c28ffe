/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Which road to the pins. Where the overlay is, the kernel has them and there is
 * one road only. Else the character device, which is faster than sysfs and frees its
 * lines even when the program dies; the sysfs files are for places that have
 * no device nodes, such as a service of a swarm. */

#include <errno.h>
#include <string.h>

#include <glow/pins.h>

#include "gpio_drain.h"

/* Of two refusals the one that found a chip is the one to cure. */
static int choose_refusal(int r_gpiod, int r_sysfs, const struct glow_diag *sysfs, struct glow_diag *diag)
{
	if (r_gpiod != -ENODEV || r_sysfs == -ENODEV)
		return r_gpiod;
	*diag = *sysfs;
	return r_sysfs;
}

/* What a look finds that works, and could work better. */
static int found_gpiod(struct glow_diag *diag)
{
	glow_diag_set(diag, GLOW_OK, "gpio",
		      "a frame takes 648 system calls here and one with dtoverlay=glow-blinkt in config.txt "
		      "(docs/hardware.md)");
	return 0;
}

int glow_pins_open(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag)
{
	struct glow_diag other;
	int r, r_other;

	if (strcmp(cfg->gpio, "sysfs") == 0)
		return glow_pins_open_sysfs(cfg, ret_pins, diag);
	if (strcmp(cfg->gpio, "gpiod") != 0) {
		r = glow_pins_open_spi(cfg, ret_pins, diag);
		if (r != -ENODEV || strcmp(cfg->gpio, "spi") == 0)
			return r;
	}
	diag->what[0] = '\0';
	r = glow_pins_open_gpiod(cfg, ret_pins, diag);
	if (r == 0 && !ret_pins)
		return found_gpiod(diag);
	if (r == 0 || strcmp(cfg->gpio, "gpiod") == 0)
		return r;
	r_other = glow_pins_open_sysfs(cfg, ret_pins, &other);
	if (r_other == 0)
		diag->what[0] = '\0';
	return r_other == 0 ? 0 : choose_refusal(r, r_other, &other, diag);
}

int glow_drain_open(const struct glow_board_cfg *cfg, struct glow_drain **ret_drain, struct glow_diag *diag)
{
	struct glow_diag other;
	int r, r_other;

	if (strcmp(cfg->gpio, "sysfs") == 0)
		return glow_drain_open_sysfs(cfg, ret_drain, diag);
	r = glow_drain_open_gpiod(cfg, ret_drain, diag);
	if (r == 0 || strcmp(cfg->gpio, "gpiod") == 0)
		return r;
	r_other = glow_drain_open_sysfs(cfg, ret_drain, &other);
	return r_other == 0 ? 0 : choose_refusal(r, r_other, &other, diag);
}
