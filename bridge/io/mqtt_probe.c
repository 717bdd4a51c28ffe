/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>

#include <glow/clock.h>

#include "mailbox.h"
#include "mqtt_link.h"

#define ANSWER_MS 3000
#define WAIT_MS   50

/* Publishes, and waits for the broker's answer. */
static void publish(struct glow_link *link, const struct glow_message *message, struct glow_mqtt_found *ret_found)
{
	int64_t end_ns = glow_mono_now().ns + ANSWER_MS * INT64_C(1000000);
	struct glow_mail *mail = NULL;
	char *refused;

	if (glow_link_publish(link, message) < 0)
		return;
	while (glow_link_pending(link) > 0 && glow_mono_now().ns < end_ns &&
	       glow_link_wait(link, WAIT_MS, &mail) >= 0) {
		free(mail);
		mail = NULL;
	}
	refused = glow_acks_refused(&link->acks, ret_found->refused);
	free(refused);
}

static void probe(struct glow_link *link, const struct glow_message *message, struct glow_mqtt_found *ret_found)
{
	ret_found->limits = link->limits;
	if (message &&
	    glow_limits_fit(&link->limits, message->topic, glow_mqtt_packet_size(message), ret_found->unsent))
		publish(link, message, ret_found);
	glow_link_disconnect(link, false);
}

int glow_mqtt_probe(const struct glow_mqtt_cfg *cfg, const struct glow_message *message,
		    struct glow_mqtt_found *ret_found, char why[GLOW_MQTT_WHY])
{
	struct glow_link link;
	char id[128];
	int r;

	snprintf(id, sizeof(id), "%.100s-probe", cfg->client_id);
	*ret_found = (struct glow_mqtt_found){ .refused = "" };
	r = glow_link_init(&link, cfg, id, why);
	if (r == 0)
		r = glow_link_connect(&link, false, why);
	if (r == 0)
		probe(&link, message, ret_found);
	glow_link_fini(&link);
	return r;
}
