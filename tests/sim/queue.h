/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What will happen, earliest first; what is due at one instant in the order in which it was put in. */

#include <stdint.h>

#include <glow/sync.h>

struct packet {
	enum packet_kind { PACKET_REQUEST, PACKET_REPLY, PACKET_ADOPT, PACKET_OFFER, PACKET_INFO, PACKET_COMMAND } kind;
	int from, to;
	int of; /**< the broker with whose conductors it has to do */
	struct glow_time_request request;
	struct glow_time_reply reply;
	struct glow_leader leader;
};

struct world;
typedef void script_fn(struct world *w, int argument);

struct event {
	int64_t t_ns;
	uint64_t order;
	enum event_kind {
		EVENT_WAKE,
		EVENT_BROKER,
		EVENT_ARRIVE,
		EVENT_ACK,
		EVENT_ADOPT,
		EVENT_ABOVE,
		EVENT_BELOW,
		EVENT_SCRIPT
	} kind;
	int machine;   /**< of EVENT_ABOVE and EVENT_BELOW the broker whose bridge it has crossed */
	uint32_t life; /**< of its connection or bridge, or which acknowledgement */
	struct packet packet;
	script_fn *script;
};

struct queue {
	struct event *heap;
	int n, room;
	uint64_t ordered;
};

void queue_put(struct queue *q, struct event e);

/** The earliest; there must be one. */
struct event queue_take(struct queue *q);

void queue_free(struct queue *q);
