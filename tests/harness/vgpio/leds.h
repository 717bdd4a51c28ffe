/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A chain of APA102 or SK9822 pixels on two wires: what it shows, clock by
 * clock. A frame counts as shown when pixels of both kinds show it: after 32
 * zeros, a word for each pixel, and 32 + n/2 zeros. */

#include <stdbool.h>
#include <stdint.h>

#define VGPIO_PIXELS_MAX 64

struct vgpio_leds {
	unsigned n;                       /**< pixels on the chain */
	uint32_t shown[VGPIO_PIXELS_MAX]; /**< the words they show, 0xE0bbggrr | brightness << 24 */
	int64_t first_ns, last_ns;        /**< of the frame shown last: its first clock and its last */
	unsigned frame_clocks;            /**< clocks from the frame before to the end of this one */
	uint64_t clocks, latches, broken; /**< all clocks, all frames shown, all that no chain would show whole */

	/* The frame on its way. */
	uint32_t next[VGPIO_PIXELS_MAX];
	uint32_t word;
	unsigned word_bits, words, zeros, clocks_since;
	int64_t began_ns;
	bool in_frame, lost;
};

void vgpio_leds_init(struct vgpio_leds *l, unsigned pixels);

/** CLK rises while DAT is `bit`. True when this clock changed what is shown; the first frame always does. */
bool vgpio_leds_clock(struct vgpio_leds *l, bool bit, int64_t now_ns);
