/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The road to the pins over the GPIO character devices: finds the chip by its
 * label and puts every refusal into words. The library's two generations
 * stand behind gpio_gpiod.h. */

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "gpio_gpiod.h"
#include "gpio_overlay.h"

struct chip {
	char path[PATH_MAX];
	char label[GLOW_LABEL_MAX];
};

/* Puts an error of the chip at `path`, or of its two lines, into words. */
static int refused(int error, const struct glow_board_cfg *cfg, const char *path, const unsigned pins[2],
		   struct glow_diag *diag)
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
		if (pins[0] == cfg->pin_data && glow_gpio_overlay_says(cfg, diag))
			break;
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "line %u or %u of %s is held by another program: `gpioinfo` names it, stop it", pins[0],
			      pins[1], path);
		break;
	case -EINVAL:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio", "%s has no line %u or %u: check the --pin- options",
			      path, pins[0], pins[1]);
		break;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio", "cannot use the GPIO chip %s: %s", path,
			      strerror(-error));
	}
	return error == -ENOENT ? -ENODEV : error;
}

static int read_chip(const char *path, struct chip *ret_chip)
{
	snprintf(ret_chip->path, sizeof(ret_chip->path), "%s", path);
	return glow_gpiod_label(path, ret_chip->label);
}

/* A chip that cannot be read counts only when no other one fits. */
static int find_by_label(const glob_t *paths, const struct glow_board_cfg *cfg, struct chip *ret_chip,
			 struct glow_diag *diag)
{
	struct glow_labels seen = { "" };
	const char *unreadable = NULL;
	int error = 0;

	for (size_t k = 0; k < paths->gl_pathc; k++) {
		int r = read_chip(paths->gl_pathv[k], ret_chip);

		if (r == 0 && glow_label_fits(&seen, cfg, ret_chip->label))
			return 0;
		if (r < 0) {
			error = r;
			unreadable = paths->gl_pathv[k];
		}
	}
	return error ? refused(error, cfg, unreadable, (const unsigned[2]){ 0 }, diag)
		     : glow_labels_missing(&seen, cfg, diag);
}

static int find_chip(const struct glow_board_cfg *cfg, struct chip *ret_chip, struct glow_diag *diag)
{
	glob_t paths;
	int r;

	if (cfg->gpio_chip && cfg->gpio_chip[0] == '/') {
		r = read_chip(cfg->gpio_chip, ret_chip);
		return r < 0 ? refused(r, cfg, cfg->gpio_chip, (const unsigned[2]){ 0 }, diag) : 0;
	}
	if (glob("/dev/gpiochip*", 0, NULL, &paths) != 0) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio",
			      "no /dev/gpiochip*: not a Raspberry Pi, or a container started without --device for "
			      "the chip that `gpiodetect` shows as pinctrl-…");
		return -ENODEV;
	}
	r = find_by_label(&paths, cfg, ret_chip, diag);
	globfree(&paths);
	return r;
}

int glow_pins_open_gpiod(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag)
{
	const unsigned pins[2] = { cfg->pin_data, cfg->pin_clock };
	struct chip chip;
	int r = find_chip(cfg, &chip, diag);

	if (r < 0 || !ret_pins)
		return r;
	r = glow_gpiod_claim(chip.path, pins[0], pins[1], ret_pins);
	if (r < 0)
		return refused(r, cfg, chip.path, pins, diag);
	snprintf((*ret_pins)->backend, sizeof((*ret_pins)->backend), "gpiod:%s", chip.label);
	return 0;
}

int glow_drain_open_gpiod(const struct glow_board_cfg *cfg, struct glow_drain **ret_drain, struct glow_diag *diag)
{
	const unsigned pins[2] = { cfg->pin_sda, cfg->pin_scl };
	struct chip chip;
	int r = find_chip(cfg, &chip, diag);

	if (r < 0)
		return r;
	r = glow_gpiod_claim_drain(chip.path, pins[0], pins[1], ret_drain);
	if (r < 0)
		return refused(r, cfg, chip.path, pins, diag);
	snprintf((*ret_drain)->backend, sizeof((*ret_drain)->backend), "gpiod:%s", chip.label);
	return 0;
}
