/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "cluster_clock.h"

#include <stdio.h>
#include <string.h>

#include <glow/clock.h>
#include <glow/timing.h>

void glow_cluster_clock_init(struct glow_cluster_clock *c, const char *prefix, uint32_t seed)
{
	const struct glow_sync_cfg cfg = { .seed = seed };
	char name[16];

	glow_sync_init(&c->sync, &cfg);
	snprintf(name, sizeof(name), "x-%08x", seed);
	glow_topic_make(c->request, prefix, "time", "request", name);
	glow_topic_make(c->reply, prefix, "time", "reply", name);
}

void glow_cluster_clock_message(struct glow_cluster_clock *c, const struct glow_message *message)
{
	struct glow_time_reply reply;
	int64_t step_ns;

	if (strcmp(message->topic, c->reply) == 0 && glow_reply_read(message->payload, message->len, false, &reply))
		glow_sync_reply(&c->sync, &reply, message->at, &step_ns);
}

int64_t glow_cluster_clock_probe(struct glow_cluster_clock *c, struct glow_mqtt *mqtt)
{
	struct glow_raw now = glow_raw_now(), due = glow_sync_next_probe(&c->sync);
	uint8_t bytes[GLOW_REQUEST_SIZE];
	struct glow_message message = { .topic = c->request, .payload = bytes, .len = sizeof(bytes) };
	struct glow_time_request request;

	if (due.ns <= now.ns) {
		glow_sync_probe(&c->sync, now, &request);
		glow_request_write(&request, bytes);
		message.aging[0] = GLOW_REQUEST_T1;
		message.aging[1] = request.s1_ns ? GLOW_REQUEST_S1 : 0; /* 0 says "none" and stays so */
		glow_mqtt_publish(mqtt, &message);
		due = glow_sync_next_probe(&c->sync);
	}
	return due.ns == GLOW_NEVER ? GLOW_NEVER : (due.ns > now.ns ? due.ns - now.ns : 0) / 1000;
}

int64_t glow_cluster_clock_now(const struct glow_cluster_clock *c)
{
	const struct glow_clock clock = { .sync = &c->sync, .wall_us = glow_wall_minus_mono_us() };

	return glow_clock_time(&clock, glow_instant_now()).us;
}
