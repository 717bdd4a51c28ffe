/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node knows of the cluster's time: it follows the conductor's clock, tells a new conductor what time it
 * was, and knows local civil time as the conductor does. No clock is read here; times come with the calls. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/follower.h>
#include <glow/info.h>
#include <glow/message.h>
#include <glow/timing.h>
#include <glow/topics.h>

struct glow_timekeeper {
	struct glow_follower follower;
	struct glow_conductor_info conductor; /**< as last said; leader.boot 0: never */
	const char *prefix, *id;              /**< borrowed */
	struct glow_outbox outbox;
};

/** What a message changed. */
enum glow_time_news {
	GLOW_TIME_FOREIGN, /**< it is none of the timekeeper's topics */
	GLOW_TIME_SAME,
	GLOW_TIME_STEPPED,   /**< there is cluster time now, or none any more, or it jumped */
	GLOW_TIME_CONDUCTOR, /**< `conductor` is new, and glow_timekeeper_civil() may say otherwise now */
};

void glow_timekeeper_init(struct glow_timekeeper *t, const struct glow_sync_cfg *cfg, const char *prefix,
			  const char *id, struct glow_outbox outbox);

/** The topics to subscribe besides those of glow_node_topic(), which bring conductor/info as well: the k-th one, false
 * behind the last. Nothing is retained there. */
bool glow_timekeeper_topic(const struct glow_timekeeper *t, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);

/** Takes a message at the instant now; m->at is when it arrived. */
enum glow_time_news glow_timekeeper_message(struct glow_timekeeper *t, const struct glow_message *m,
					    struct glow_raw now);

/** Sends the probe that is due, if one is. */
void glow_timekeeper_probe(struct glow_timekeeper *t, struct glow_raw now);

/** There is cluster time. */
bool glow_timekeeper_valid(const struct glow_timekeeper *t);

/** The timeline it is on; 0 without cluster time. */
uint64_t glow_timekeeper_clock_id(const struct glow_timekeeper *t);

/** Local civil time minus cluster time, the same on all nodes; false where the conductor does not know it. */
bool glow_timekeeper_civil(const struct glow_timekeeper *t, int64_t *ret_offset_us);

/** For stats. */
void glow_timekeeper_stats(const struct glow_timekeeper *t, struct glow_raw now, struct glow_stats_sync *ret_sync);
