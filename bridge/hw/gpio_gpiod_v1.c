/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* libgpiod 1.x. Both lines are one request, and every call sets both: setting
 * a single line of a bulk request writes the value to the request's first line
 * and 0 to the others, whichever line was named. DAT and CLK fall together and
 * that is one system call, so a clock is two of them, 648 a Blinkt! frame.
 * Open-drain lines must never change together, so those are two requests. */

#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

#include "gpio_clock.h"
#include "gpio_gpiod.h"

struct gpiod_pins {
	struct glow_pins pins;
	struct gpiod_chip *chip;
	struct gpiod_line_bulk lines; /* DAT, CLK */
	bool data, clock;             /* their levels */
};

struct gpiod_drain {
	struct glow_drain drain;
	struct gpiod_chip *chip;
	struct gpiod_line *line[2];
};

static int set(struct gpiod_pins *p, bool data, bool clock)
{
	if (data == p->data && clock == p->clock)
		return 0;
	if (gpiod_line_set_value_bulk(&p->lines, (const int[]){ data, clock }) < 0)
		return -errno;
	p->data = data;
	p->clock = clock;
	return 0;
}

static int pins_clock(struct glow_pins *pins, bool data)
{
	struct gpiod_pins *p = (struct gpiod_pins *)pins;
	int r = set(p, data, false);

	return r < 0 ? r : set(p, data, true);
}

static int pins_idle(struct glow_pins *pins)
{
	return set((struct gpiod_pins *)pins, false, false);
}

static int pins_send(struct glow_pins *pins, const uint8_t *bits, size_t clocks)
{
	return glow_gpio_clock_out(pins, pins_clock, pins_idle, bits, clocks);
}

static void pins_close(struct glow_pins *pins)
{
	struct gpiod_pins *p = (struct gpiod_pins *)pins;

	gpiod_line_release_bulk(&p->lines);
	gpiod_chip_close(p->chip);
	free(p);
}

static const struct glow_pins_ops pins_ops = { .send = pins_send, .close = pins_close };

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
	p->pins.ops = &pins_ops;
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

static int drain_set(struct glow_drain *drain, enum glow_drain_line line, bool high)
{
	return gpiod_line_set_value(((struct gpiod_drain *)drain)->line[line], high) < 0 ? -errno : 0;
}

static int drain_get(struct glow_drain *drain, enum glow_drain_line line)
{
	int level = gpiod_line_get_value(((struct gpiod_drain *)drain)->line[line]);

	return level < 0 ? -errno : level;
}

static void drain_close(struct glow_drain *drain)
{
	struct gpiod_drain *d = (struct gpiod_drain *)drain;

	gpiod_chip_close(d->chip); /* releases its lines too */
	free(d);
}

static const struct glow_drain_ops drain_ops = { .set = drain_set, .get = drain_get, .close = drain_close };

static int request_drain(struct gpiod_drain *d, enum glow_drain_line line, unsigned offset)
{
	d->line[line] = gpiod_chip_get_line(d->chip, offset);
	if (!d->line[line])
		return -errno;
	if (gpiod_line_request_output_flags(d->line[line], "glowswarm", GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN, 1) < 0)
		return -errno;
	return 0;
}

int glow_gpiod_claim_drain(const char *path, unsigned sda, unsigned scl, struct glow_drain **ret_drain)
{
	struct gpiod_drain *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	d->drain.ops = &drain_ops;
	d->chip = gpiod_chip_open(path);
	r = d->chip ? request_drain(d, GLOW_SDA, sda) : -errno;
	if (r == 0)
		r = request_drain(d, GLOW_SCL, scl);
	if (r < 0) {
		if (d->chip)
			gpiod_chip_close(d->chip);
		free(d);
		return r;
	}
	*ret_drain = &d->drain;
	return 0;
}
