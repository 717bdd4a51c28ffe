/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The notices of a node. The one with the highest priority shows, of equals the newest; the
 * others wait beneath it and go on being in phase. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/command.h>
#include <glow/picture.h>

#define GLOW_NOTICES_MAX 16

struct glow_notice {
	struct glow_look look;
	char id[GLOW_NOTICE_ID_MAX + 1];
	uint8_t priority;
	uint64_t order; /**< rises with each arrival */
	int64_t end_us; /**< 0 marks a free place */
};

/** All zero is none. */
struct glow_notices {
	struct glow_notice v[GLOW_NOTICES_MAX];
	unsigned n; /**< places from here on are free; each frame looks through those before */
	uint64_t order;
};

/** What a checked notify command asks for, at now_us. Where all places are taken the lowest is pushed
 * out, unless that would be the new one itself: then nothing happens. */
void glow_notices_take(struct glow_notices *n, const struct glow_command *command, struct glow_shape shape,
		       int64_t now_us, uint32_t seed);

/** Blinks in the light's colour for that long. */
void glow_notices_flash(struct glow_notices *n, const struct glow_look *light, int64_t length_us, int64_t now_us);

/** The one that shows; NULL for none. */
const struct glow_notice *glow_notices_top(const struct glow_notices *n);

/** Ends those whose time is over; true when there was one. */
bool glow_notices_expire(struct glow_notices *n, int64_t t_us);

/** When the next one ends; GLOW_NEVER. */
int64_t glow_notices_next(const struct glow_notices *n);

/** The clock that their times are read from jumped by so much. */
void glow_notices_shift(struct glow_notices *n, int64_t delta_us);
