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
 * Frames are sRGB, LEDs are linear. With L = glow_gamma16(channel), light of a
 * channel is proportional to byte*brightness, at most 255*31 for L = 65535, so
 * byte = round(31*L / (257*brightness)). Brightness is the smallest of 1..31 at
 * which the pixel's brightest channel fits in a byte: this spreads dark colours
 * over the whole byte. What is not black stays at least 1. A black pixel is 0xE0 0 0 0. */
size_t glow_apa102_encode(const struct glow_frame *frame, const struct glow_apa102_order *order, uint8_t *ret_bytes);
