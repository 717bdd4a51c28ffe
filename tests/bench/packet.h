/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* MQTT 5 on the wire, as far as a simulated node needs it: packets are put together in a buffer and taken apart from a
 * stream of bytes. Of a long packet only the beginning is kept. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_KEPT 1536             /**< bytes of a packet that are kept */
#define PACKET_MAX  UINT32_C(300000) /**< what a node says it takes */

enum packet_type {
	PACKET_CONNECT = 1,
	PACKET_CONNACK = 2,
	PACKET_PUBLISH = 3,
	PACKET_PUBACK = 4,
	PACKET_SUBSCRIBE = 8,
	PACKET_SUBACK = 9,
	PACKET_UNSUBSCRIBE = 10,
	PACKET_UNSUBACK = 11,
	PACKET_PINGREQ = 12,
	PACKET_PINGRESP = 13,
	PACKET_DISCONNECT = 14,
};

/** Bytes that wait to be sent; grows. */
struct packet_out {
	uint8_t *v;
	size_t n, room, gone; /**< gone: from the front, sent already */
};

void packet_connect(struct packet_out *out, const char *client_id, unsigned keepalive_s, const char *will_topic);
/** As our programs do: the first `n_live` by QoS 1 and without what is retained, the others by QoS 0 and with it. */
void packet_subscribe(struct packet_out *out, uint16_t id, const char *const *topics, size_t n, size_t n_live);
void packet_unsubscribe(struct packet_out *out, uint16_t id, const char *const *topics, size_t n);
/** id 0: QoS 0. */
void packet_publish(struct packet_out *out, uint16_t id, bool retained, const char *topic, const void *payload,
		    size_t len);
void packet_puback(struct packet_out *out, uint16_t id);
void packet_ping(struct packet_out *out);
void packet_out_free(struct packet_out *out);

/** A packet that has come. `kept` of the `len` bytes of its body are there. */
struct packet {
	uint8_t first;
	const uint8_t *body;
	size_t kept, len;
};

/** A PUBLISH taken apart; topic is not terminated. */
struct packet_message {
	const char *topic;
	size_t n_topic;
	uint16_t id; /**< 0: QoS 0 */
	const uint8_t *payload;
	size_t kept, len; /**< of the payload */
};

bool packet_message(const struct packet *p, struct packet_message *ret_message);

/** What a connection has read so far. */
struct packet_in {
	uint8_t head[5], n_head;
	bool in_body;
	size_t left, len, kept;
	uint8_t body[PACKET_KEPT];
};

/** Forgets what was read, as for a new connection. */
void packet_in_reset(struct packet_in *in);

/** Takes these bytes and calls `take` for each packet that is complete. False when it returned false, or for
 * bytes that are none. */
bool packet_in_feed(struct packet_in *in, const uint8_t *bytes, size_t n,
		    bool (*take)(void *ctx, const struct packet *p), void *ctx);
