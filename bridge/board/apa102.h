/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a chain of APA102 or SK9822 pixels has on its wire, for whichever board has one. */

#include <stddef.h>
#include <stdint.h>

#include <glow/frame.h>

/** The clocks of a frame of n pixels, and the bytes they need. */
#define GLOW_APA102_CLOCKS(n) (32 + 32 * (n) + 32 + ((n) + 1) / 2)
#define GLOW_APA102_BYTES(n)  ((GLOW_APA102_CLOCKS(n) + 7) / 8)

/** Which of a pixel's three colour bytes is which, 0 for the first. */
struct glow_apa102_order {
	uint8_t r, g, b;
};

/** Blue, green, red: the datasheet's. */
extern const struct glow_apa102_order glow_apa102_bgr;

/** 64 zeros to send before the first frame, and before one that follows an error: a pixel that was left in the middle
 * of a word, by a killed process, takes up to 31 of them for the rest of it, and the others end that frame. To a chain
 * that waits for nothing they say nothing. */
#define GLOW_APA102_MEND_CLOCKS 64
extern const uint8_t glow_apa102_mend[GLOW_APA102_MEND_CLOCKS / 8];

/** The bits that show `frame`, first bit in the top of the first byte: 32 zeros,
 * four bytes a pixel (0xE0 | brightness 0..31, then the colours), zeros to push
 * the last pixel through. Returns the number of clocks; frame->n is at least 1,
 * and ret_bytes has room for GLOW_APA102_BYTES(frame->n).
 *
 * The light of a channel is proportional to byte*brightness, at most 255*31 for
 * all of it, so byte = round(light*7905/65535 / brightness), and 1 from a third
 * of a step on, which keeps the hue of dark colours. Brightness is the smallest
 * of 1..31 at which the pixel's strongest channel fits in a byte: that is the
 * finest grid for all three. Where all channels that are lit have the same light
 * there is no hue to keep, and of that brightness and the next few the one is
 * taken that comes nearest. A pixel that is not dark is lit, in its strongest
 * channel at least; a dark one is 0xE0 0 0 0.
 *
 * While the three rise in proportion no channel's light falls, but for one: where
 * the brightness takes its next step, a channel that is not the strongest may lose
 * less than one step of its own. */
size_t glow_apa102_encode(const struct glow_frame *frame, const struct glow_apa102_order *order, uint8_t *ret_bytes);
