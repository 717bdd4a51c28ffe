/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* libgpiod 1.x. Both lines are one request, and every call sets both: setting
 * a single line of a bulk request writes the value to the request's first line
 * and 0 to the others, whichever line was named. */

#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

#include "gpio_gpiod.h"

struct gpiod_pins {
	struct glow_pins pins;
	struct gpiod_chip *chip;
	struct gpiod_line_bulk lines; /* DAT, CLK */
};

static int set(struct glow_pins *pins, bool data, bool clock)
{
	struct gpiod_pins *p = (struct gpiod_pins *)pins;

	return gpiod_line_set_value_bulk(&p->lines, (const int[]){ data, clock }) < 0 ? -errno : 0;
}

static int pins_clock(struct glow_pins *pins, bool data)
{
	int r = set(pins, data, false);

	return r < 0 ? r : set(pins, data, true);
}

static int pins_idle(struct glow_pins *pins)
{
	return set(pins, false, false);
}

static void pins_close(struct glow_pins *pins)
{
	struct gpiod_pins *p = (struct gpiod_pins *)pins;

	gpiod_line_release_bulk(&p->lines);
	gpiod_chip_close(p->chip);
	free(p);
}

static const struct glow_pins_ops ops = { .clock = pins_clock, .idle = pins_idle, .close = pins_close };

int glow_gpiod_label(const char *path, char ret_label[GLOW_LABEL_MAX])
{
	struct gpiod_chip *chip = gpiod_chip_open(path);

	if (!chip)
		return -errno;
	snprintf(ret_label, GLOW_LABEL_MAX, "%s", gpiod_chip_label(chip));
	gpiod_chip_close(chip);
	return 0;
}

static int request(struct gpiod_pins *p, unsigned data, unsigned clock)
{
	if (gpiod_chip_get_lines(p->chip, (unsigned[]){ data, clock }, 2, &p->lines) < 0)
		return -errno;
	if (gpiod_line_request_bulk_output(&p->lines, "glowswarm", (const int[]){ 0, 0 }) < 0)
		return -errno;
	return 0;
}

int glow_gpiod_claim(const char *path, unsigned data, unsigned clock, struct glow_pins **ret_pins)
{
	struct gpiod_pins *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->pins.ops = &ops;
	p->chip = gpiod_chip_open(path);
	r = p->chip ? request(p, data, clock) : -errno;
	if (r < 0) {
		if (p->chip)
			gpiod_chip_close(p->chip);
		free(p);
		return r;
	}
	*ret_pins = &p->pins;
	return 0;
}
