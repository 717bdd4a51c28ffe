/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The road to the pins over the GPIO character devices: finds the chip by its
 * label and puts every refusal into words. The library's two generations
 * stand behind gpio_gpiod.h. */

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "gpio_gpiod.h"

static int refused(int error, const char *path, const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	switch (error) {
	case -EACCES:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "no permission for %s: add this user to the group gpio (in a container: --group-add)",
			      path);
		break;
	case -EPERM:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "the container may not use %s: start it with --device %s, or use --gpio sysfs", path,
			      path);
		break;
	case -EBUSY:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "line %u or %u of %s is held by another program: `gpioinfo` names it, stop it",
			      cfg->pin_data, cfg->pin_clock, path);
		break;
	case -EINVAL:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "%s has no line %u or %u: check --pin-data and --pin-clock", path, cfg->pin_data,
			      cfg->pin_clock);
		break;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio", "cannot use the GPIO chip %s: %s", path,
			      strerror(-error));
	}
	return error == -ENOENT ? -ENODEV : error;
}

/* The index of the chip in `paths` whose label fits, or a negative errno. A
 * chip that cannot be read counts only when no other one fits. */
static int find_by_label(const glob_t *paths, const struct glow_board_cfg *cfg, char ret_label[GLOW_LABEL_MAX],
			 struct glow_diag *diag)
{
	struct glow_labels seen = { "" };
	int error = 0;
	size_t unreadable = 0;

	for (size_t k = 0; k < paths->gl_pathc; k++) {
		int r = glow_gpiod_label(paths->gl_pathv[k], ret_label);

		if (r == 0 && glow_label_fits(&seen, cfg, ret_label))
			return (int)k;
		if (r < 0) {
			error = r;
			unreadable = k;
		}
	}
	return error ? refused(error, paths->gl_pathv[unreadable], cfg, diag) : glow_labels_missing(&seen, cfg, diag);
}

static int claim(const char *path, const char *label, const struct glow_board_cfg *cfg, struct glow_pins **ret_pins,
		 struct glow_diag *diag)
{
	int r;

	if (!ret_pins)
		return 0;
	r = glow_gpiod_claim(path, cfg->pin_data, cfg->pin_clock, ret_pins);
	if (r < 0)
		return refused(r, path, cfg, diag);
	snprintf((*ret_pins)->backend, sizeof((*ret_pins)->backend), "gpiod:%s", label);
	return 0;
}

static int open_by_path(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag)
{
	char label[GLOW_LABEL_MAX];
	int r = glow_gpiod_label(cfg->gpio_chip, label);

	return r < 0 ? refused(r, cfg->gpio_chip, cfg, diag) : claim(cfg->gpio_chip, label, cfg, ret_pins, diag);
}

int glow_pins_open_gpiod(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag)
{
	char label[GLOW_LABEL_MAX];
	glob_t paths;
	int r;

	if (cfg->gpio_chip && cfg->gpio_chip[0] == '/')
		return open_by_path(cfg, ret_pins, diag);
	if (glob("/dev/gpiochip*", 0, NULL, &paths) != 0) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "no /dev/gpiochip*: not a Raspberry Pi, or a container started without --device "
			      "/dev/gpiochip0");
		return -ENODEV;
	}
	r = find_by_label(&paths, cfg, label, diag);
	if (r >= 0)
		r = claim(paths.gl_pathv[r], label, cfg, ret_pins, diag);
	globfree(&paths);
	return r;
}
