/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How long to wait before the next attempt to connect. Pure. */

#include <stdbool.h>
#include <stdint.h>

/** A connection that lasted this long starts the delays anew. */
#define GLOW_BACKOFF_STABLE_MS 5000

/** All zero at first. */
struct glow_backoff {
	unsigned attempts; /**< in a row that came to nothing */
	unsigned rivals;   /**< times in a row that another client took our id */
};

/** Milliseconds to the next attempt, after one that lasted so long (0: it failed) and ended because another client took
 * our id, or not. `dice`: any 32 bits, as after a power cut all boards of a cluster come back at once. Two clients
 * with one id throw each other out for ever, so that grows to a minute, where other failures grow to ten seconds. */
int glow_backoff_ms(struct glow_backoff *b, int64_t lasted_ms, bool taken_over, uint32_t dice);
