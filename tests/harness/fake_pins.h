/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A recorder on the two wires of an APA102 chain, and the chain itself: what
 * LEDs built as the datasheet says make of the recorded clocks. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/pins.h>

#define FAKE_CLOCKS_MAX 4096

struct fake_wire {
	bool data, clock;              /**< the levels now */
	uint8_t bits[FAKE_CLOCKS_MAX]; /**< DAT at each rising edge of CLK */
	size_t n;
};

void fake_wire_set_data(struct fake_wire *w, bool level);
void fake_wire_set_clock(struct fake_wire *w, bool level);

/** What the recorded clocks, one frame, make a chain show: one word 0xE0bbggrr
 * per LED. Returns the number of LEDs, or -1 when a chain would not show them
 * all: a short start, a torn word, an end with ones or too few clocks. */
int fake_wire_leds(const struct fake_wire *w, uint32_t *ret_words, int max);

/** Pins that drive a fake wire. The storage is the test's; close() only notes itself. */
struct fake_pins {
	struct glow_pins pins;
	struct fake_wire wire;
	bool closed;
	size_t fail_at; /**< the clock of that number fails with -EIO; 0 for none */
};

void fake_pins_init(struct fake_pins *f);
