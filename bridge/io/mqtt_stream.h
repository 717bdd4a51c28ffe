/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What comes from a broker, followed packet by packet: Paho's synchronous client keeps the reason of a goodbye to
 * itself, and the words of a refusal. Pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GLOW_STREAM_BODY  512
#define GLOW_STREAM_WORDS 100

/** A CONNACK or a DISCONNECT. */
struct glow_parting {
	bool said;
	uint8_t reason;
	char words[GLOW_STREAM_WORDS];  /**< the broker's own, fit to be printed; "" for none */
	char server[GLOW_STREAM_WORDS]; /**< which to use instead; "" for none */
};

/** All zero before the first byte of a connection. */
struct glow_stream {
	uint64_t bytes;              /**< heard so far */
	int error;                   /**< the errno with which it ended, 0 while it has not or was closed */
	struct glow_parting entry;   /**< the CONNACK */
	struct glow_parting goodbye; /**< the DISCONNECT */
	bool old;                    /**< the CONNACK is MQTT 3.1.1's: Paho would read properties that are not there */

	uint8_t kind;  /**< first byte of the packet that is being read */
	unsigned part; /**< 0: that byte is next; n: the n-th byte of its length; 5: in its body */
	size_t length, at;
	uint8_t body[GLOW_STREAM_BODY];
};

/** Takes what came next. */
void glow_stream_feed(struct glow_stream *s, const void *data, size_t len);

/** The packet that has begun is none for Paho: a goodbye, or the answer of a broker that speaks no MQTT 5. */
bool glow_stream_is_ours(const struct glow_stream *s);

/** Between two packets. */
bool glow_stream_is_whole(const struct glow_stream *s);
