/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "cluster_clock.h"

#include <stdio.h>
#include <string.h>

#include <glow/clock.h>

void glow_cluster_clock_init(struct glow_cluster_clock *c, const char *prefix, uint32_t seed)
{
	const struct glow_sync_cfg cfg = { .seed = seed };
	char name[16];

	snprintf(name, sizeof(name), "x/%08x", seed);
	glow_follower_init(&c->follower, &cfg, prefix, name);
	glow_topic_make(c->reply, prefix, "time", "reply", name);
}

void glow_cluster_clock_message(struct glow_cluster_clock *c, const struct glow_message *message)
{
	int64_t step_ns;

	if (strcmp(message->topic, c->reply) == 0)
		glow_follower_reply(&c->follower, message, &step_ns);
}

int64_t glow_cluster_clock_probe(struct glow_cluster_clock *c, struct glow_mqtt *mqtt)
{
	struct glow_raw now = glow_raw_now(), due;
	struct glow_message message;

	if (glow_follower_probe(&c->follower, now, &message))
		glow_mqtt_publish(mqtt, &message);
	due = glow_sync_next_probe(&c->follower.sync);
	return due.ns == GLOW_NEVER ? GLOW_NEVER : (due.ns > now.ns ? due.ns - now.ns : 0) / 1000;
}

int64_t glow_cluster_clock_now(const struct glow_cluster_clock *c)
{
	const struct glow_clock clock = { .sync = &c->follower.sync, .wall_us = glow_wall_minus_mono_us() };

	return glow_clock_time(&clock, glow_instant_now()).us;
}
