/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The part of libgpiod 1's interface that bridge/hw uses. */

struct gpiod_chip;
struct gpiod_line;

struct gpiod_line_bulk {
	struct gpiod_line *lines[64];
	unsigned num_lines;
};

enum { GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN = 1 };

struct gpiod_chip *gpiod_chip_open(const char *path);
const char *gpiod_chip_label(struct gpiod_chip *chip);
void gpiod_chip_close(struct gpiod_chip *chip);
struct gpiod_line *gpiod_chip_get_line(struct gpiod_chip *chip, unsigned offset);
int gpiod_chip_get_lines(struct gpiod_chip *chip, unsigned *offsets, unsigned n, struct gpiod_line_bulk *bulk);
int gpiod_line_request_bulk_output(struct gpiod_line_bulk *bulk, const char *consumer, const int *values);
int gpiod_line_request_output_flags(struct gpiod_line *line, const char *consumer, int flags, int value);
void gpiod_line_release_bulk(struct gpiod_line_bulk *bulk);
int gpiod_line_set_value(struct gpiod_line *line, int value);
int gpiod_line_set_value_bulk(struct gpiod_line_bulk *bulk, const int *values);
int gpiod_line_get_value(struct gpiod_line *line);
