/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A PiGlow through the kernel's own driver, for places that have a sysfs and
 * nothing else, such as a service of a swarm: `dtoverlay=piglow` makes each LED
 * a directory class/leds/piglow:<colour>:led<output> with a brightness.
 *
 * The kernel only notes a brightness and sends it later, as two transfers for
 * each LED. All 18 take 10 ms at 100 kHz, hence the latency and the limit of 30
 * frames a second; LEDs that keep their level cost nothing. For the same
 * reason a board that was pulled off is not noticed: the writes still succeed. */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glow/leds.h>

#include "sysfs.h"

#define FPS_MAX    30
#define LATENCY_US 10000
#define UNKNOWN    (-1)
#define LEVEL_MAX  65535 /* what a driver of LEDs can have meant by its max_brightness */

struct led {
	int fd; /* of its brightness */
	int max, shown;
};

struct class_leds {
	struct glow_leds leds;
	struct led led[GLOW_SN3218_OUTPUTS];
};

static int set(struct led *led, int value)
{
	char text[16];
	int r;

	if (value == led->shown)
		return 0;
	snprintf(text, sizeof(text), "%d", value);
	r = glow_sysfs_write(led->fd, text);
	led->shown = r < 0 ? UNKNOWN : value;
	return r;
}

static int show(struct glow_leds *leds, const uint8_t levels[GLOW_SN3218_OUTPUTS])
{
	struct class_leds *c = (struct class_leds *)leds;
	int r = 0;

	for (int k = 0; k < GLOW_SN3218_OUTPUTS && r == 0; k++)
		r = set(&c->led[k], (levels[k] * c->led[k].max + 127) / 255);
	return r;
}

static void class_close(struct glow_leds *leds)
{
	struct class_leds *c = (struct class_leds *)leds;

	for (int k = 0; k < GLOW_SN3218_OUTPUTS; k++)
		if (c->led[k].fd >= 0)
			close(c->led[k].fd);
	free(c);
}

static const struct glow_leds_ops ops = { .show = show, .close = class_close };

/* The directory of the LED at `output`, which is found whatever its colour is called. */
static int find_led(const struct glow_board_cfg *cfg, int output, char ret_dir[PATH_MAX])
{
	glob_t found;

	snprintf(ret_dir, PATH_MAX, "%s/class/leds/piglow:*:led%d", cfg->sysfs, output);
	if (glob(ret_dir, 0, NULL, &found) != 0)
		return -ENODEV;
	snprintf(ret_dir, PATH_MAX, "%s", found.gl_pathv[0]);
	globfree(&found);
	return 0;
}

static int open_led(const char *dir, struct led *led)
{
	char path[PATH_MAX + 16], max[16];
	int r = glow_sysfs_read(dir, "max_brightness", max, sizeof(max));

	if (r < 0)
		return r;
	led->max = (int)strtol(max, NULL, 10);
	if (led->max < 1 || led->max > LEVEL_MAX)
		return -ERANGE;
	led->shown = UNKNOWN;
	snprintf(path, sizeof(path), "%s/brightness", dir);
	led->fd = glow_sysfs_open(path, O_WRONLY);
	return led->fd < 0 ? led->fd : 0;
}

/* Takes the LED from a trigger (heartbeat, cpu …) that would go on writing to
 * it. The list of triggers starts with "[none]" when there is none; without
 * triggers in the kernel there is no list. */
static int stop_trigger(const char *dir)
{
	char path[PATH_MAX + 16], triggers[16];
	int fd, r = glow_sysfs_read(dir, "trigger", triggers, sizeof(triggers));

	if (r == -ENOENT || (r == 0 && strncmp(triggers, "[none]", 6) == 0))
		return 0;
	snprintf(path, sizeof(path), "%s/trigger", dir);
	fd = r < 0 ? r : glow_sysfs_open(path, O_WRONLY);
	if (fd < 0)
		return fd;
	r = glow_sysfs_write(fd, "none");
	close(fd);
	return r;
}

static int refused(int error, const struct glow_board_cfg *cfg, const char *dir, struct glow_diag *diag)
{
	if (glow_sysfs_refused(error, cfg, diag))
		return error;
	switch (error) {
	case -ENODEV:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "sysfs",
			      "no LEDs piglow:* in %s/class/leds: set dtoverlay=piglow in config.txt and reboot",
			      cfg->sysfs);
		break;
	case -EACCES:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "sysfs",
			      "no permission for %s: run as root, or let a udev rule give its files to a group", dir);
		break;
	default:
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "sysfs", "cannot use %s: %s", dir, strerror(-error));
	}
	return error;
}

static int open_all(struct class_leds *c, const struct glow_board_cfg *cfg, bool claim, struct glow_diag *diag)
{
	char dir[PATH_MAX];

	for (int k = 0; k < GLOW_SN3218_OUTPUTS; k++) {
		int r = find_led(cfg, k + 1, dir);

		if (r == 0)
			r = open_led(dir, &c->led[k]);
		if (r == 0 && claim)
			r = stop_trigger(dir);
		if (r < 0)
			return refused(r, cfg, dir, diag);
	}
	return 0;
}

int glow_leds_open_class(const struct glow_board_cfg *cfg, struct glow_leds **ret_leds, struct glow_diag *diag)
{
	struct class_leds *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->leds.ops = &ops;
	c->leds.fps_max = FPS_MAX;
	c->leds.latency_us = LATENCY_US;
	strcpy(c->leds.backend, "leds:piglow");
	for (int k = 0; k < GLOW_SN3218_OUTPUTS; k++)
		c->led[k].fd = -1;
	r = open_all(c, cfg, ret_leds != NULL, diag);
	if (r < 0 || !ret_leds) {
		class_close(&c->leds);
		return r;
	}
	*ret_leds = &c->leds;
	return 0;
}
