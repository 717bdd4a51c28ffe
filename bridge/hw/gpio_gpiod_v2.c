/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* libgpiod 2.x. A request can set some of its lines, so CLK falls alone while
 * DAT stays as it is, and together with DAT when that changes: two system
 * calls a clock, 648 a Blinkt! frame, 0.8 ms on a Pi 4 and 11 ms on a Pi Zero. */

#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

#include "gpio_gpiod.h"

struct gpiod_pins {
	struct glow_pins pins;
	struct gpiod_line_request *lines;
	unsigned offsets[2]; /* CLK, DAT: the first alone, or both */
	bool data;           /* DAT's level */
};

static int set(struct gpiod_pins *p, bool clock, bool data)
{
	enum gpiod_line_value values[2] = { clock ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE,
					    data ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE };
	size_t n = data == p->data ? 1 : 2;

	if (gpiod_line_request_set_values_subset(p->lines, n, p->offsets, values) < 0)
		return -errno;
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

static void pins_close(struct glow_pins *pins)
{
	struct gpiod_pins *p = (struct gpiod_pins *)pins;

	gpiod_line_request_release(p->lines);
	free(p);
}

static const struct glow_pins_ops ops = { .clock = pins_clock, .idle = pins_idle, .close = pins_close };

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

/* The library's setters only store; what is wrong with the lines is told by the request. */
static int request(struct gpiod_chip *chip, const unsigned offsets[2], struct gpiod_line_request **ret_lines)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *consumer = gpiod_request_config_new();
	int r = -ENOMEM;

	if (settings && lines && consumer) {
		gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
		gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
		gpiod_line_config_add_line_settings(lines, offsets, 2, settings);
		gpiod_request_config_set_consumer(consumer, "glowswarm");
		*ret_lines = gpiod_chip_request_lines(chip, consumer, lines);
		r = *ret_lines ? 0 : -errno;
	}
	gpiod_request_config_free(consumer);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	return r;
}

int glow_gpiod_claim(const char *path, unsigned data, unsigned clock, struct glow_pins **ret_pins)
{
	struct gpiod_pins *p = calloc(1, sizeof(*p));
	struct gpiod_chip *chip;
	int r;

	if (!p)
		return -ENOMEM;
	p->pins.ops = &ops;
	p->offsets[0] = clock;
	p->offsets[1] = data;
	chip = gpiod_chip_open(path);
	r = chip ? request(chip, p->offsets, &p->lines) : -errno;
	if (chip)
		gpiod_chip_close(chip); /* The request lives on without it. */
	if (r < 0) {
		free(p);
		return r;
	}
	*ret_pins = &p->pins;
	return 0;
}
