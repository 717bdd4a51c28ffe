/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A flash meter after WCAG 2.3.1 (three flashes or below threshold), for the
 * light of one region over time. Two opposing transitions make a flash:
 *
 *   general  relative luminance changes by 10 % of the maximum or more, and the
 *            darker of the two states is below 0.80;
 *   red      R-G-B (linear, not below 0) changes by more than 20/320, and one of
 *            the two states is a saturated red, R/(R+G+B) >= 0.8.
 *
 * A light is told apart from noise by its turning points: a transition counts
 * once, at the instant at which the light has moved far enough away from its
 * last extreme, so a slow fade is one transition and a ripple on it none. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/color.h>

/** Linear light of a region: the mean of its pixels, 0..65535 a channel. */
struct flash_light {
	uint32_t r, g, b;
};

#define FLASH_HISTORY 32

/** Transitions of one kind. */
struct flash_track {
	int direction;          /**< of the last transition; 0 before the first */
	int64_t low, high;      /**< extremes since then */
	bool red_low, red_high; /**< a saturated red was there */
	int64_t at_us[FLASH_HISTORY];
	unsigned transitions, worst;
};

struct flash_meter {
	bool begun;
	struct flash_track general, red;
};

/** The most transitions that any second may hold: three flashes. */
#define FLASH_TRANSITIONS_MAX 6

void flash_meter_init(struct flash_meter *meter);

/** The light from t_us on; times must rise. */
void flash_meter_feed(struct flash_meter *meter, int64_t t_us, struct flash_light light);

/** Most transitions within any one second so far, counted up to FLASH_HISTORY; two are a flash. */
unsigned flash_meter_general(const struct flash_meter *meter);
unsigned flash_meter_red(const struct flash_meter *meter);

/** No more than three flashes of either kind in any one second. */
bool flash_meter_safe(const struct flash_meter *meter);

/** Linear light of a colour as an RGB pixel shows it. */
struct flash_light flash_light_of(struct glow_rgb c);
