/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdlib.h>

#include "../fake_gpiod.h"
#include "gpiod.h"

struct gpiod_line {
	unsigned offset;
	bool requested, in_bulk;
};

struct gpiod_chip {
	char label[48];
	struct gpiod_line lines[FAKE_LINES];
};

struct gpiod_chip *gpiod_chip_open(const char *path)
{
	struct gpiod_chip *chip = calloc(1, sizeof(*chip));

	if (fake_gpiod_open(path, chip->label, sizeof(chip->label)) < 0) {
		free(chip);
		return NULL;
	}
	for (unsigned k = 0; k < FAKE_LINES; k++)
		chip->lines[k].offset = k;
	return chip;
}

const char *gpiod_chip_label(struct gpiod_chip *chip)
{
	return chip->label;
}

static void release(struct gpiod_line *line)
{
	if (line->requested)
		fake_gpiod_release(line->offset);
	line->requested = false;
}

void gpiod_chip_close(struct gpiod_chip *chip)
{
	for (unsigned k = 0; k < FAKE_LINES; k++)
		release(&chip->lines[k]);
	fake_gpiod.chips--;
	free(chip);
}

struct gpiod_line *gpiod_chip_get_line(struct gpiod_chip *chip, unsigned offset)
{
	errno = EINVAL;
	return offset < FAKE_LINES ? &chip->lines[offset] : NULL;
}

int gpiod_chip_get_lines(struct gpiod_chip *chip, unsigned *offsets, unsigned n, struct gpiod_line_bulk *bulk)
{
	for (unsigned k = 0; k < n; k++) {
		bulk->lines[k] = gpiod_chip_get_line(chip, offsets[k]);
		if (!bulk->lines[k])
			return -1;
	}
	bulk->num_lines = n;
	return 0;
}

static int request(struct gpiod_line *line, bool in_bulk, bool drain, bool level)
{
	if (fake_gpiod_claim(line->offset, drain, level) < 0)
		return -1;
	line->requested = true;
	line->in_bulk = in_bulk;
	return 0;
}

int gpiod_line_request_bulk_output(struct gpiod_line_bulk *bulk, const char *consumer, const int *values)
{
	(void)consumer;
	for (unsigned k = 0; k < bulk->num_lines; k++)
		if (request(bulk->lines[k], true, false, values[k]) < 0) {
			gpiod_line_release_bulk(bulk);
			return -1;
		}
	return 0;
}

int gpiod_line_request_output_flags(struct gpiod_line *line, const char *consumer, int flags, int value)
{
	(void)consumer;
	return request(line, false, flags & GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN, value);
}

void gpiod_line_release_bulk(struct gpiod_line_bulk *bulk)
{
	for (unsigned k = 0; k < bulk->num_lines; k++)
		release(bulk->lines[k]);
}

/* On a line of a bulk the true library sets another line; nobody may want that. */
int gpiod_line_set_value(struct gpiod_line *line, int value)
{
	if (line->in_bulk)
		abort();
	return fake_gpiod_set(1, &line->offset, &(const bool){ value });
}

int gpiod_line_set_value_bulk(struct gpiod_line_bulk *bulk, const int *values)
{
	unsigned offsets[FAKE_LINES];
	bool levels[FAKE_LINES];

	for (unsigned k = 0; k < bulk->num_lines; k++) {
		offsets[k] = bulk->lines[k]->offset;
		levels[k] = values[k];
	}
	return fake_gpiod_set(bulk->num_lines, offsets, levels);
}

int gpiod_line_get_value(struct gpiod_line *line)
{
	return fake_gpiod_get(line->offset);
}
