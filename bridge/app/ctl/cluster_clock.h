/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Cluster time for somebody who only watches: probes the conductor as a node
 * does, at a topic for that. Until the first answers it is the wall clock. */

#include <stdint.h>

#include <glow/follower.h>
#include <glow/mqtt.h>

struct glow_cluster_clock {
	struct glow_follower follower;
	char reply[GLOW_TOPIC_MAX + 1];
};

/** `seed` makes the name, x/<seed>. Subscribe to `reply`. */
void glow_cluster_clock_init(struct glow_cluster_clock *c, const char *prefix, uint32_t seed);

/** Takes a message if it is a reply to us. */
void glow_cluster_clock_message(struct glow_cluster_clock *c, const struct glow_message *message);

/** Sends the probe that is due, if one is, and returns in how many microseconds the next is; GLOW_NEVER for none. */
int64_t glow_cluster_clock_probe(struct glow_cluster_clock *c, struct glow_mqtt *mqtt);

/** Cluster time now. */
int64_t glow_cluster_clock_now(const struct glow_cluster_clock *c);
