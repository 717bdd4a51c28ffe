/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A frame is a value: the light of one board at one instant. */

#include <stdbool.h>

#include <glow/linear.h>

/** The longest board. A cluster's strip may be longer; a frame is always one board's. */
#define GLOW_PIXELS_MAX 4096

/** Pixel 0 is the first on the board's wire. On a board of single-colour LEDs
 * (glow/shape.h) a pixel holds its LED's level in all three channels alike. */
struct glow_frame {
	uint32_t n;
	struct glow_linear px[GLOW_PIXELS_MAX];
};

/** Pixels as people paint them: sRGB, before any brightness. */
struct glow_paint {
	uint32_t n;
	struct glow_rgb px[GLOW_PIXELS_MAX];
};

void glow_paint_fill(struct glow_paint *p, uint32_t n, struct glow_rgb c);

bool glow_paint_equal(const struct glow_paint *a, const struct glow_paint *b);

/** Copies the n pixels in use; cheaper than assignment of the whole struct. */
void glow_frame_copy(struct glow_frame *to, const struct glow_frame *from);

void glow_frame_fill(struct glow_frame *f, uint32_t n, struct glow_linear c);

bool glow_frame_equal(const struct glow_frame *a, const struct glow_frame *b);

bool glow_frame_dark(const struct glow_frame *f);

/** Dims the whole frame to a brightness: glow_linear_scale() by glow_gamma16(brightness). */
void glow_frame_scale(struct glow_frame *f, uint8_t brightness);

/** Cross-fade: f becomes the mix from `from` (part 0) to f (part 65536), by glow_linear_mix(). Pixels
 * that `from` lacks count as dark. */
void glow_frame_fade(struct glow_frame *f, const struct glow_frame *from, uint32_t part);
