/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The flash limit: at most three general and three red flashes in any second
 * (WCAG 2.3.1), on a board's mean and on every quarter of it. Effects keep
 * within that by their parameter ranges; this guards what commands and notices
 * add, and so it is the one part of a picture that remembers. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/frame.h>
#include <glow/shape.h>

/** Two opposing changes are a flash; a second may hold three of each kind. */
#define GLOW_FLASH_CHANGES 6
#define GLOW_FLASH_AREAS   64

/** One kind of change in one area: its extremes since the last change. */
struct glow_flash_track {
	int8_t direction;
	bool red_low, red_high;
	int64_t low, high;
	int64_t at_us[GLOW_FLASH_CHANGES]; /**< when the latest changes were, oldest at `oldest` */
	uint8_t oldest;
};

struct glow_flash {
	bool begun;
	struct glow_frame shown; /**< what the limiter last let through */
	struct glow_flash_track general[GLOW_FLASH_AREAS], red[GLOW_FLASH_AREAS];
};

/** Forgets everything: the next frame passes unchanged. */
void glow_flash_init(struct glow_flash *flash);

/** Takes the frame that is to be shown at t_us, and where it would be a flash
 * too many puts what may be shown in its place: as much of the step from the
 * last frame towards it as is allowed, at the worst that last frame itself.
 * Returns true when it changed the frame; the caller then asks again at later
 * slots until it is let through, at most about a second. Times must not fall. */
bool glow_flash_limit(struct glow_flash *flash, struct glow_shape shape, int64_t t_us, struct glow_frame *frame);

/** The clock that t_us is read from stepped by delta_us: what was shown is as long ago as before. */
void glow_flash_clock_stepped(struct glow_flash *flash, int64_t delta_us);
