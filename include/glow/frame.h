/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A frame is a value: the colours of one board at one instant. */

#include <stdbool.h>

#include <glow/color.h>

/** The longest board. A cluster's strip may be longer; a frame is always one board's. */
#define GLOW_PIXELS_MAX 4096

/** Pixel 0 is the first on the board's wire. On a board of single-colour LEDs
 * (glow/shape.h) a pixel holds its LED's level in all three channels alike. */
struct glow_frame {
	uint32_t n;
	struct glow_rgb px[GLOW_PIXELS_MAX];
};

/** Copies the n pixels in use; cheaper than assignment of the whole struct. */
void glow_frame_copy(struct glow_frame *to, const struct glow_frame *from);

void glow_frame_fill(struct glow_frame *f, uint32_t n, struct glow_rgb c);

bool glow_frame_equal(const struct glow_frame *a, const struct glow_frame *b);

/** Dims the whole frame with glow_rgb_scale(). */
void glow_frame_scale(struct glow_frame *f, uint8_t brightness);

/** Cross-fade: f becomes the mix from `from` (part 0) to f (part 65536). Pixels
 * that `from` lacks count as black. */
void glow_frame_fade(struct glow_frame *f, const struct glow_frame *from, uint32_t part);
