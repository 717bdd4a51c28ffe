/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What is sent and received, and where a state machine puts what it sends. There is no I/O
 * here: a messenger (glow/mqtt.h) or a test stands behind it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glow/time.h>

/** A message in either direction. Memory: see the functions.
 *
 * Time stamps inside a payload should tell when it really left, which only the
 * network thread knows: `aging` holds up to two offsets (0: none) of little-endian
 * 64-bit nanoseconds that grow, as it is sent, by the time it waited since it was published. */
struct glow_message {
	const char *topic;
	const void *payload; /**< `len` bytes, not NUL-terminated */
	size_t len;
	int qos;
	bool retained;
	const char *response_topic; /**< NULL for none */
	const void *correlation;    /**< `correlation_len` bytes */
	size_t correlation_len;
	struct glow_raw at; /**< when it arrived, or was published */
	uint16_t aging[2];
};

/** What waits together, glow/mqtt.h. */
enum glow_lane {
	GLOW_LANE_CLOCK,   /**< what keeps time and leadership, and the goodbye */
	GLOW_LANE_COMMAND, /**< what somebody wants, what conductors say of it, and answers */
	GLOW_LANE_REPORT,  /**< what nodes say of themselves */
	GLOW_LANES,
};

enum glow_way { GLOW_WAY_IN, GLOW_WAY_OUT };

/** Its payload is that word: "online", "offline". */
static inline bool glow_message_says(const struct glow_message *m, const char *word)
{
	return m->len == strlen(word) && memcmp(m->payload, word, m->len) == 0;
}

/** Messages that a messenger did not pass on, since its start: no room or memory for them, or a newer one took
 * their place. */
struct glow_mqtt_counts {
	uint64_t in_dropped, in_replaced, out_dropped, out_replaced;
	uint64_t asked_again; /**< how often the broker was asked again for what it keeps, as some of it was dropped */
};

/** The seam to the messenger: takes the message before it returns. */
struct glow_outbox {
	void *ctx;
	void (*publish)(void *ctx, const struct glow_message *message);
	/** Asks for a topic from now on, also on later connections, and for what is retained there; or for no more of
	 * it. A broker may refuse it. NULL: there is nobody to ask. */
	void (*follow)(void *ctx, const char *topic, bool on);
};
