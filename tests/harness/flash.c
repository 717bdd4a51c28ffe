/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/linear.h>

#include "flash.h"

/* Luminance in 1/10000 of a linear unit, so that the weights are integers. */
#define WHITE          (INT64_C(65535) * 10000)
#define GENERAL_CHANGE (WHITE / 10)
#define GENERAL_DARK   (WHITE / 10 * 8)
#define RED_CHANGE     (INT64_C(65535) * 20 / 320)

static int64_t luminance(struct flash_light l)
{
	return (int64_t)2126 * l.r + (int64_t)7152 * l.g + (int64_t)722 * l.b;
}

static int64_t redness(struct flash_light l)
{
	int64_t over = (int64_t)l.r - l.g - l.b;

	return over > 0 ? over : 0;
}

static bool is_red(struct flash_light l)
{
	return l.r > 0 && (uint64_t)l.r * 10 >= ((uint64_t)l.r + l.g + l.b) * 8;
}

static void transition(struct flash_track *track, int64_t t_us)
{
	unsigned within = 1;

	for (unsigned k = 1; k < FLASH_HISTORY && k <= track->transitions; k++) {
		if (t_us - track->at_us[(track->transitions - k) % FLASH_HISTORY] >= 1000000)
			break;
		within++;
	}
	track->at_us[track->transitions % FLASH_HISTORY] = t_us;
	track->transitions++;
	if (within > track->worst)
		track->worst = within;
}

static void extremes(struct flash_track *track, int64_t value, bool red)
{
	if (value <= track->low) {
		track->red_low = value < track->low ? red : track->red_low || red;
		track->low = value;
	}
	if (value >= track->high) {
		track->red_high = value > track->high ? red : track->red_high || red;
		track->high = value;
	}
}

static void turn(struct flash_track *track, int direction, int64_t t_us, int64_t value, bool red)
{
	track->direction = direction;
	track->low = track->high = value;
	track->red_low = track->red_high = red;
	transition(track, t_us);
}

static void feed_general(struct flash_track *track, int64_t t_us, int64_t value)
{
	extremes(track, value, false);
	if (track->direction <= 0 && value - track->low >= GENERAL_CHANGE && track->low < GENERAL_DARK)
		turn(track, 1, t_us, value, false);
	else if (track->direction >= 0 && track->high - value >= GENERAL_CHANGE && value < GENERAL_DARK)
		turn(track, -1, t_us, value, false);
}

static void feed_red(struct flash_track *track, int64_t t_us, int64_t value, bool red)
{
	extremes(track, value, red);
	if (track->direction <= 0 && value - track->low > RED_CHANGE && (red || track->red_low))
		turn(track, 1, t_us, value, red);
	else if (track->direction >= 0 && track->high - value > RED_CHANGE && (red || track->red_high))
		turn(track, -1, t_us, value, red);
}

void flash_meter_init(struct flash_meter *meter)
{
	memset(meter, 0, sizeof(*meter));
}

void flash_meter_feed(struct flash_meter *meter, int64_t t_us, struct flash_light light)
{
	int64_t bright = luminance(light), red = redness(light);

	if (!meter->begun) {
		meter->general.low = meter->general.high = bright;
		meter->red.low = meter->red.high = red;
		meter->red.red_low = meter->red.red_high = is_red(light);
		meter->begun = true;
		return;
	}
	feed_general(&meter->general, t_us, bright);
	feed_red(&meter->red, t_us, red, is_red(light));
}

unsigned flash_meter_general(const struct flash_meter *meter)
{
	return meter->general.worst;
}

unsigned flash_meter_red(const struct flash_meter *meter)
{
	return meter->red.worst;
}

bool flash_meter_safe(const struct flash_meter *meter)
{
	return meter->general.worst <= FLASH_TRANSITIONS_MAX && meter->red.worst <= FLASH_TRANSITIONS_MAX;
}

struct flash_light flash_light_of(struct glow_rgb c)
{
	return (struct flash_light){ glow_gamma16(c.r), glow_gamma16(c.g), glow_gamma16(c.b) };
}
