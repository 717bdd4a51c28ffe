/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The Blinkt! without its pins: tests give it a recorder instead. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/board.h>
#include <glow/pins.h>

#define GLOW_BLINKT_PIXELS 8

/** The clocks of an APA102 frame of n pixels, and the bytes they need. */
#define GLOW_APA102_CLOCKS(n) (32 + 32 * (n) + 32 + ((n) + 1) / 2)
#define GLOW_APA102_BYTES(n)  ((GLOW_APA102_CLOCKS(n) + 7) / 8)

/** The bits that show `frame`, first bit in the top of the first byte: 32 zeros,
 * four bytes a pixel (0xE0 | brightness 0..31, blue, green, red), zeros to push
 * the last pixel through. Returns the number of clocks; frame->n is at least 1.
 *
 * Frames are sRGB, LEDs are linear. With L = glow_gamma16(channel), light of a
 * channel is proportional to byte*brightness, at most 255*31 for L = 65535, so
 * byte = round(31*L / (257*brightness)). Brightness is the smallest of 1..31 at
 * which the pixel's brightest channel fits in a byte: this spreads dark colours
 * over the whole byte. What is not black stays at least 1. A black pixel is 0xE0 0 0 0. */
size_t glow_apa102_encode(const struct glow_frame *frame, uint8_t *ret_bytes);

/** A dark Blinkt! on these pins. Takes the pins over, also when it fails. */
int glow_blinkt_create(struct glow_pins *pins, bool keep, struct glow_board **ret_board);
