/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How long to wait before the next attempt to connect. Pure. */

#include <stdint.h>

/** A connection that lasted this long starts the delays anew. */
#define GLOW_BACKOFF_STABLE_MS 5000

/** Clients of one broker, from which on they make room for each other: they come back one after the other, and ask for
 * what they have in common in a way that is less work for it (mqtt_subscribe.c). */
#define GLOW_CROWDED 1000

/** How an attempt ended. */
enum glow_end {
	GLOW_END_OTHER,      /**< there was no connection, or it was the network that ended it, or a known reason */
	GLOW_END_HUNG_UP,    /**< by the broker, without a word: some do that when another client takes our id */
	GLOW_END_TAKEN_OVER, /**< by a broker that said so */
};

/** All zero at first. */
struct glow_backoff {
	unsigned attempts; /**< in a row that did not last */
	unsigned ended;    /**< connections among them */
	unsigned rivals;   /**< times in a row that another client took our id, as far as can be told */
	unsigned crowd;    /**< the caller's: about how many come back to this broker with us */
};

/** Milliseconds to the next attempt. `lasted_ms`: of the connection that ended, 0 for none. `dice`: any 32 bits, as
 * after a power cut all boards of a cluster come back at once. Delays grow to ten seconds, and are spread over 0.5 ms
 * for each of the crowd where that is more: a hundred at a time find room at a broker's door. Two clients with one id
 * throw each other out for ever, each as soon as the other has waited: then they grow to a minute. */
int glow_backoff_ms(struct glow_backoff *b, int64_t lasted_ms, enum glow_end end, uint32_t dice);
