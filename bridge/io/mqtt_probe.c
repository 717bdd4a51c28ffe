/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a doctor asks of a broker, with a connection of its own. */

#include <stdio.h>
#include <stdlib.h>

#include <glow/clock.h>

#include "mailbox.h"
#include "mqtt_link.h"

#define ANSWER_MS 3000
#define WAIT_MS   50

/* Publishes, and waits for the broker's answer. Some hang up on who publishes what he may not. */
static void publish(struct glow_link *link, const struct glow_message *message, char refused[GLOW_MQTT_WHY])
{
	int64_t end_ns = glow_mono_now().ns + ANSWER_MS * INT64_C(1000000);
	struct glow_mail *mail = NULL;
	int r = glow_link_publish(link, message);

	while (r >= 0 && glow_link_pending(link) > 0 && glow_mono_now().ns < end_ns) {
		r = glow_link_wait(link, WAIT_MS, &mail);
		free(mail);
		mail = NULL;
	}
	free(glow_acks_refused(&link->acks, refused));
	if (r < 0 && !refused[0])
		snprintf(refused, GLOW_MQTT_WHY, "the broker hung up as %.200s was published", message->topic);
}

int glow_mqtt_probe(const struct glow_mqtt_cfg *cfg, const struct glow_message *messages, size_t n,
		    struct glow_mqtt_found *ret_found, char why[GLOW_MQTT_WHY])
{
	struct glow_link link;
	char id[128];
	int r;

	snprintf(id, sizeof(id), "%.100s-probe", cfg->client_id);
	*ret_found = (struct glow_mqtt_found){ .unsent = { "" } };
	r = glow_link_init(&link, cfg, id, why);
	if (r == 0)
		r = glow_link_connect(&link, false, why);
	ret_found->limits = link.limits;
	for (size_t k = 0; r == 0 && k < n && k < GLOW_MQTT_PROBES; k++)
		if (glow_limits_fit(&link.limits, messages[k].topic, glow_mqtt_packet_size(&messages[k]),
				    ret_found->unsent[k]))
			publish(&link, &messages[k], ret_found->refused[k]);
	if (r == 0)
		glow_link_disconnect(&link, false);
	glow_link_fini(&link);
	return r;
}

static int check_link(struct glow_link *link, char why[GLOW_MQTT_WHY])
{
	int r = glow_link_connect(link, false, why);

	if (r < 0)
		return r;
	r = glow_link_subscribe(link, false, why);
	if (r == 0)
		glow_link_name(link, why);
	glow_link_disconnect(link, false);
	return r;
}

int glow_mqtt_check(const struct glow_mqtt_cfg *cfg, char why[GLOW_MQTT_WHY])
{
	struct glow_link link;
	char id[128];
	int r;

	/* Under its own id it would throw the running bridge out. */
	snprintf(id, sizeof(id), "%.100s-check", cfg->client_id);
	r = glow_link_init(&link, cfg, id, why);
	if (r == 0)
		r = check_link(&link, why);
	glow_link_fini(&link);
	return r;
}
