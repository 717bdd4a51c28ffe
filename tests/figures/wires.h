/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A broker in one process and in a time of its own: topics that are asked for, what is retained, and how many packets
 * and bytes of PUBLISH each client sends and gets. A message takes 1 ms from hand to hand, and none is lost. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>

#define MS INT64_C(1000000)

struct client;

/** What a client has sent and got since somebody set it to 0. */
struct traffic {
	uint64_t out, out_bytes, in, in_bytes;
};

struct client {
	void *of;                                               /**< the caller's */
	void (*hear)(struct client *c, struct glow_message *m); /**< at wires_now, where its `at` is */
	struct traffic traffic;
	struct wish *wishes;
};

/** What time it is, nanoseconds of everybody's oscillator. */
extern int64_t wires_now;

/** Where a client publishes, and follows. */
struct glow_outbox wires_outbox(struct client *c);

/** From now on it gets what is published there, `own` also what it published itself; and at once what is retained,
 * where that is wanted. */
void wires_subscribe(struct client *c, const char *topic, bool retained, bool own);

/** It gets nothing more, also of what is on its way. */
void wires_leave(struct client *c);

/** When the next message arrives; GLOW_NEVER. */
int64_t wires_next(void);

/** Hands over what arrives now. */
void wires_deliver(void);

/** Forgets all. */
void wires_fini(void);
