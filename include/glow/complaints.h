/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a broker refuses and does not take, for people: logged once a thing, as it happens again with every state and
 * every connection. What is refused of a program's own word is its trouble besides: nobody else sees it. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/mqtt.h>
#include <glow/topics.h>

/** So many are known; of more, those heard longest ago are told anew: what is said again and again never is. */
#define GLOW_COMPLAINTS_MAX 32

#define GLOW_ACCOUNT_HINT 280

struct glow_complaints {
	char own[GLOW_TOPIC_MAX + 1]; /**< how the topics begin at which the program speaks of itself */
	char hint[GLOW_ACCOUNT_HINT];
	uint32_t told[GLOW_COMPLAINTS_MAX]; /**< hashes, those heard last first */
	unsigned n_told;
	char trouble[GLOW_MQTT_WHY + GLOW_ACCOUNT_HINT]; /**< of this connection; "" for none */
};

/** `what` is "node" or "conductor". Its own topics are those beside its will. */
void glow_complaints_init(struct glow_complaints *c, const char *what, const char *id,
			  const struct glow_mqtt_cfg *mqtt);

/** Takes every event of the messenger. */
void glow_complaints_event(struct glow_complaints *c, const struct glow_mqtt_event *event);

/** For the health check: what is refused of the program's own word on this connection; NULL for nothing. */
const char *glow_complaints_trouble(const struct glow_complaints *c);

/** Why an account's rules may refuse what a program says of itself, to be appended to a sentence: that it is another
 * node's, by its name (secrets.sh makes bridge-<node>). `username`: NULL for none. */
void glow_account_hint(const char *what, const char *id, const char *username, char ret_hint[GLOW_ACCOUNT_HINT]);
