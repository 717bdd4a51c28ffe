/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* libgpiod 2.x. A request can set some of its lines, so CLK falls alone while
 * DAT stays as it is, and together with DAT when that changes: two system
 * calls a clock, 648 a Blinkt! frame, 0.8 ms on a Pi 4 and 11 ms on a Pi Zero. */

#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

#include "gpio_clock.h"
#include "gpio_gpiod.h"

struct gpiod_pins {
	struct glow_pins pins;
	struct gpiod_line_request *lines;
	unsigned offsets[2]; /* CLK, DAT: the first alone, or both */
	bool clock, data;    /* their levels */
};

struct gpiod_drain {
	struct glow_drain drain;
	struct gpiod_line_request *lines;
	unsigned offsets[2]; /* SDA, SCL */
};

static int set(struct gpiod_pins *p, bool clock, bool data)
{
	enum gpiod_line_value values[2] = { clock ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE,
					    data ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE };
	size_t n = data == p->data ? 1 : 2;

	if (n == 1 && clock == p->clock)
		return 0;
	if (gpiod_line_request_set_values_subset(p->lines, n, p->offsets, values) < 0)
		return -errno;
	p->clock = clock;
	p->data = data;
	return 0;
}

static int pins_clock(struct glow_pins *pins, bool data)
{
	struct gpiod_pins *p = (struct gpiod_pins *)pins;
	int r = set(p, false, data);

	return r < 0 ? r : set(p, true, data);
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

	gpiod_line_request_release(p->lines);
	free(p);
}

static const struct glow_pins_ops pins_ops = { .send = pins_send, .close = pins_close };

int glow_gpiod_label(const char *path, char ret_label[GLOW_LABEL_MAX])
{
	struct gpiod_chip *chip = gpiod_chip_open(path);
	struct gpiod_chip_info *info = chip ? gpiod_chip_get_info(chip) : NULL;
	int r = info ? 0 : -errno;

	if (info) {
		snprintf(ret_label, GLOW_LABEL_MAX, "%s", gpiod_chip_info_get_label(info));
		gpiod_chip_info_free(info);
	}
	if (chip)
		gpiod_chip_close(chip);
	return r;
}

/* Two outputs, low or open drain and let go. The library's setters only store;
 * the request tells what is wrong with the lines. */
static int request(const char *path, const unsigned offsets[2], enum gpiod_line_drive drive,
		   struct gpiod_line_request **ret_lines)
{
	struct gpiod_chip *chip = gpiod_chip_open(path);
	int r = chip ? -ENOMEM : -errno;
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *consumer = gpiod_request_config_new();
	bool high = drive == GPIOD_LINE_DRIVE_OPEN_DRAIN;

	if (chip && settings && lines && consumer) {
		gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
		gpiod_line_settings_set_drive(settings, drive);
		gpiod_line_settings_set_output_value(settings,
						     high ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
		gpiod_line_config_add_line_settings(lines, offsets, 2, settings);
		gpiod_request_config_set_consumer(consumer, "glowswarm");
		*ret_lines = gpiod_chip_request_lines(chip, consumer, lines);
		r = *ret_lines ? 0 : -errno;
	}
	gpiod_request_config_free(consumer);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	if (chip)
		gpiod_chip_close(chip); /* The request lives on without it. */
	return r;
}

int glow_gpiod_claim(const char *path, unsigned data, unsigned clock, struct glow_pins **ret_pins)
{
	struct gpiod_pins *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->pins.ops = &pins_ops;
	p->offsets[0] = clock;
	p->offsets[1] = data;
	r = request(path, p->offsets, GPIOD_LINE_DRIVE_PUSH_PULL, &p->lines);
	if (r < 0) {
		free(p);
		return r;
	}
	*ret_pins = &p->pins;
	return 0;
}

static int drain_set(struct glow_drain *drain, enum glow_drain_line line, bool high)
{
	struct gpiod_drain *d = (struct gpiod_drain *)drain;
	enum gpiod_line_value value = high ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;

	return gpiod_line_request_set_value(d->lines, d->offsets[line], value) < 0 ? -errno : 0;
}

static int drain_get(struct glow_drain *drain, enum glow_drain_line line)
{
	struct gpiod_drain *d = (struct gpiod_drain *)drain;
	enum gpiod_line_value value = gpiod_line_request_get_value(d->lines, d->offsets[line]);

	return value == GPIOD_LINE_VALUE_ERROR ? -errno : value == GPIOD_LINE_VALUE_ACTIVE;
}

static void drain_close(struct glow_drain *drain)
{
	struct gpiod_drain *d = (struct gpiod_drain *)drain;

	gpiod_line_request_release(d->lines);
	free(d);
}

static const struct glow_drain_ops drain_ops = { .set = drain_set, .get = drain_get, .close = drain_close };

int glow_gpiod_claim_drain(const char *path, unsigned sda, unsigned scl, struct glow_drain **ret_drain)
{
	struct gpiod_drain *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	d->drain.ops = &drain_ops;
	d->offsets[GLOW_SDA] = sda;
	d->offsets[GLOW_SCL] = scl;
	r = request(path, d->offsets, GPIOD_LINE_DRIVE_OPEN_DRAIN, &d->lines);
	if (r < 0) {
		free(d);
		return r;
	}
	*ret_drain = &d->drain;
	return 0;
}
