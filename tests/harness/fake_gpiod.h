/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The GPIO chips of the fake kernel as libgpiod sees them: a file dev/gpiochip<n>
 * with the label in it. What is set goes to the wires of fake_kernel. On top,
 * fake_gpiod1/ and fake_gpiod2/ are the parts of the two libraries that we use,
 * so that both roads are tested wherever the tests run. */

#include <stdbool.h>
#include <stddef.h>

#define FAKE_LINES 54

struct fake_gpiod {
	unsigned sets, gets; /**< system calls that set and read levels */
	unsigned lines_set;  /**< levels set by them */
	unsigned chips;      /**< open now */
	bool held[FAKE_LINES];
	bool drain[FAKE_LINES];
	bool busy[FAKE_LINES]; /**< held by somebody else: EBUSY */
	int open_error;        /**< errno of opening a chip, or 0 */
};

extern struct fake_gpiod fake_gpiod;

/** How many lines are held. */
unsigned fake_gpiod_held(void);

/** What the two libraries do below: -1 and errno, or 0. */
int fake_gpiod_open(const char *path, char *ret_label, size_t size);
int fake_gpiod_claim(unsigned offset, bool drain, bool level);
void fake_gpiod_release(unsigned offset);
int fake_gpiod_set(size_t n, const unsigned *offsets, const bool *levels);
int fake_gpiod_get(unsigned offset);
