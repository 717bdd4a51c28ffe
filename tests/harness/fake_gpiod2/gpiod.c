/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>

#include "../fake_gpiod.h"
#include "gpiod.h"

struct gpiod_chip {
	char label[48];
};

struct gpiod_chip_info {
	char label[48];
};

struct gpiod_line_settings {
	bool output, drain, level;
};

struct gpiod_line_config {
	struct gpiod_line_settings settings;
	unsigned offsets[FAKE_LINES];
	size_t n;
};

struct gpiod_request_config {
	const char *consumer;
};

struct gpiod_line_request {
	unsigned offsets[FAKE_LINES];
	size_t n;
};

struct gpiod_chip *gpiod_chip_open(const char *path)
{
	struct gpiod_chip *chip = calloc(1, sizeof(*chip));

	if (fake_gpiod_open(path, chip->label, sizeof(chip->label)) == 0)
		return chip;
	free(chip);
	return NULL;
}

void gpiod_chip_close(struct gpiod_chip *chip)
{
	fake_gpiod.chips--;
	free(chip);
}

struct gpiod_chip_info *gpiod_chip_get_info(struct gpiod_chip *chip)
{
	struct gpiod_chip_info *info = calloc(1, sizeof(*info));

	for (size_t k = 0; k < sizeof(info->label); k++)
		info->label[k] = chip->label[k];
	return info;
}

const char *gpiod_chip_info_get_label(struct gpiod_chip_info *info)
{
	return info->label;
}

void gpiod_chip_info_free(struct gpiod_chip_info *info)
{
	free(info);
}

struct gpiod_line_settings *gpiod_line_settings_new(void)
{
	return calloc(1, sizeof(struct gpiod_line_settings));
}

void gpiod_line_settings_free(struct gpiod_line_settings *settings)
{
	free(settings);
}

int gpiod_line_settings_set_direction(struct gpiod_line_settings *settings, enum gpiod_line_direction direction)
{
	settings->output = direction == GPIOD_LINE_DIRECTION_OUTPUT;
	return 0;
}

int gpiod_line_settings_set_drive(struct gpiod_line_settings *settings, enum gpiod_line_drive drive)
{
	settings->drain = drive == GPIOD_LINE_DRIVE_OPEN_DRAIN;
	return 0;
}

int gpiod_line_settings_set_output_value(struct gpiod_line_settings *settings, enum gpiod_line_value value)
{
	settings->level = value == GPIOD_LINE_VALUE_ACTIVE;
	return 0;
}

struct gpiod_line_config *gpiod_line_config_new(void)
{
	return calloc(1, sizeof(struct gpiod_line_config));
}

void gpiod_line_config_free(struct gpiod_line_config *config)
{
	free(config);
}

int gpiod_line_config_add_line_settings(struct gpiod_line_config *config, const unsigned *offsets, size_t n,
					struct gpiod_line_settings *settings)
{
	config->settings = *settings;
	config->n = n;
	for (size_t k = 0; k < n; k++)
		config->offsets[k] = offsets[k];
	return 0;
}

struct gpiod_request_config *gpiod_request_config_new(void)
{
	return calloc(1, sizeof(struct gpiod_request_config));
}

void gpiod_request_config_free(struct gpiod_request_config *config)
{
	free(config);
}

void gpiod_request_config_set_consumer(struct gpiod_request_config *config, const char *consumer)
{
	config->consumer = consumer;
}

struct gpiod_line_request *gpiod_chip_request_lines(struct gpiod_chip *chip, struct gpiod_request_config *config,
						    struct gpiod_line_config *lines)
{
	struct gpiod_line_request *request = calloc(1, sizeof(*request));

	(void)chip;
	if (!config->consumer || !lines->settings.output)
		abort();
	for (; request->n < lines->n; request->n++) {
		request->offsets[request->n] = lines->offsets[request->n];
		if (fake_gpiod_claim(lines->offsets[request->n], lines->settings.drain, lines->settings.level) < 0) {
			gpiod_line_request_release(request);
			return NULL;
		}
	}
	return request;
}

void gpiod_line_request_release(struct gpiod_line_request *request)
{
	for (size_t k = 0; k < request->n; k++)
		fake_gpiod_release(request->offsets[k]);
	free(request);
}

int gpiod_line_request_set_value(struct gpiod_line_request *request, unsigned offset, enum gpiod_line_value value)
{
	return gpiod_line_request_set_values_subset(request, 1, &offset, &value);
}

int gpiod_line_request_set_values_subset(struct gpiod_line_request *request, size_t n, const unsigned *offsets,
					 const enum gpiod_line_value *values)
{
	bool levels[FAKE_LINES];

	(void)request;
	for (size_t k = 0; k < n; k++)
		levels[k] = values[k] == GPIOD_LINE_VALUE_ACTIVE;
	return fake_gpiod_set(n, offsets, levels);
}

enum gpiod_line_value gpiod_line_request_get_value(struct gpiod_line_request *request, unsigned offset)
{
	(void)request;
	return fake_gpiod_get(offset);
}
