/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The topics that the owner asks for while the messenger runs, glow_mqtt_follow(). The owner says what it wants, and
 * the network thread makes it so: on this connection, and again on each that follows. */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "mqtt_link.h"

#define GLOW_FOLLOWS_MAX 80 /* more are not followed */

struct glow_follows {
	pthread_mutex_t lock;
	int fd; /**< readable while there may be something to ask the broker for */
	size_t n;
	struct glow_follow {
		char *topic;
		bool wanted, asked; /**< by the owner, and of the broker on this connection */
		bool lost, again;   /**< some of it was dropped; it is to be asked for once more */
	} v[GLOW_FOLLOWS_MAX];
};

/** 0 or -errno. */
int glow_follows_init(struct glow_follows *f);
void glow_follows_fini(struct glow_follows *f);

/** The owner: false where there is no room or memory for one more. */
bool glow_follows_want(struct glow_follows *f, const char *topic, bool on);

/** The network thread: a new connection has none of them yet. */
void glow_follows_reset(struct glow_follows *f);

/** The network thread: a message at `topic` was dropped. True where it is followed. */
bool glow_follows_lost(struct glow_follows *f, const char *topic);

/** The network thread: what was lost is to be asked for again, by the next glow_follows_sync(). How many. */
int glow_follows_again(struct glow_follows *f);

/** Asks the broker for what is wanted and not asked for, and takes back what is not wanted any more. Waits for the
 * broker's word where there is something. `refused` hears of what a broker refuses; it is not asked for again on this
 * connection. 0, or negative where the connection is gone. */
int glow_follows_sync(struct glow_follows *f, struct glow_link *link,
		      void (*refused)(void *ctx, const char *topic, const char *why), void *ctx);

/** Whether a subscription to `filter` brings `topic`. */
bool glow_filter_matches(const char *filter, const char *topic);
