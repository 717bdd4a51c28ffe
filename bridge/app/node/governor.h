/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How many frame slots a picture gets, so that drawing and writing them takes no more of a processor than it may:
 * each slot, every 2nd, every 4th and so on. Slots stay those of all nodes: number k is drawn where k is a multiple, so
 * what a slow node shows a fast one shows at the same instants. Costs go in, no clock and no I/O; zeroed it
 * draws each slot. */

#include <stdbool.h>
#include <stdint.h>

enum { GLOW_GOVERNOR_PICTURES = 9 };

struct glow_governor {
	uint32_t cost_us[GLOW_GOVERNOR_PICTURES]; /**< of the latest pictures */
	uint64_t n;                               /**< pictures so far */
	unsigned calm;                            /**< so many in a row would do with half the slots */
	unsigned doublings;                       /**< every 2^doublings-th slot is drawn */
};

/** A picture took cost_us of the processor; it may take `percent` (1..100) of the time from one to the next, at `rate`
 * slots a second. True when the slots to draw are others from now on: fewer as soon as the median of the latest
 * pictures is beyond that, but one a second at least; and more, half the step at a time, when it was well within it for
 * a second. */
bool glow_governor_note(struct glow_governor *g, uint32_t cost_us, unsigned rate, unsigned percent);

/** The slots from one picture to the next: 1, 2, 4 … */
unsigned glow_governor_slots(const struct glow_governor *g);

/** The slot that is on show at slot k: k, or the last one before it that is drawn. */
int64_t glow_governor_slot(const struct glow_governor *g, int64_t k);

/** What a picture costs: the median of the latest; 0 before the first. */
uint32_t glow_governor_cost_us(const struct glow_governor *g);
