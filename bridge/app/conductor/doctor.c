/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The topics are those of the running program (glow_conductor_topic), so that what
 * the broker's rules deny it is denied here too. Who leads is said and not judged:
 * where nobody does this conductor would, and where somebody does it would stand by. */

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/conductor_run.h>
#include <glow/json.h>
#include <glow/timing.h>
#include <glow/topics.h>
#include <glow/zone.h>

#include "../doctor.h"

#define TOPICS    56
#define LISTEN_MS 2500 /* a leader is heard twice a second */

/* What is heard of a leader, and of nodes. */
struct heard {
	bool connected;          /* so all that is kept was heard */
	unsigned described, lit; /* nodes that say what they are, and what they show */
	bool beacon, info;
	struct glow_leader beating;
	struct glow_conductor_info named;
};

static void hear(const struct glow_message *m, const char *prefix, struct heard *h)
{
	enum glow_topic_kind kind = glow_topic_kind(prefix, m->topic);
	struct glow_diag diag;
	struct glow_beacon beacon;
	cJSON *tree = glow_json_parse(m->payload, m->len, &diag);

	if (tree && kind == GLOW_TOPIC_CONDUCTOR_BEACON && glow_beacon_read(tree, &beacon, &diag) == GLOW_OK) {
		h->beacon = true;
		h->beating = beacon.leader;
	} else if (tree && (kind == GLOW_TOPIC_INFO || kind == GLOW_TOPIC_STATE)) {
		h->described += kind == GLOW_TOPIC_INFO;
		h->lit += kind == GLOW_TOPIC_STATE;
	} else if (tree && kind == GLOW_TOPIC_CONDUCTOR_INFO) {
		h->info = glow_conductor_info_read(tree, &h->named, &diag) == GLOW_OK;
	}
	cJSON_Delete(tree);
}

static void listen_for(struct glow_mqtt *mqtt, const char *prefix, struct heard *h)
{
	int64_t end_ns = glow_mono_now().ns + LISTEN_MS * INT64_C(1000000);
	struct glow_mqtt_event event;

	while (!(h->beacon && h->connected) && glow_mono_now().ns < end_ns) {
		struct pollfd p = { .fd = glow_mqtt_fd(mqtt), .events = POLLIN };

		poll(&p, 1, 100);
		while (glow_mono_now().ns < end_ns && glow_mqtt_next(mqtt, &event)) {
			h->connected = h->connected || event.kind == GLOW_MQTT_CONNECTED;
			if (event.kind == GLOW_MQTT_MESSAGE)
				hear(&event.message, prefix, h);
		}
	}
}

/* False when nothing could be heard. */
static bool listen_once(const struct glow_conductor_run_cfg *cfg, struct heard *h)
{
	enum { BEACON, INFO, NODES, STATES, ALL };
	static const enum glow_topic_kind kinds[] = { GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_TOPIC_CONDUCTOR_INFO,
						      GLOW_TOPIC_INFO, GLOW_TOPIC_STATE };
	struct glow_mqtt_cfg mqtt = cfg->mqtt;
	struct glow_mqtt *messenger;
	char names[ALL][GLOW_TOPIC_MAX + 1], client[GLOW_TOPIC_MAX + 1], why[GLOW_MQTT_WHY];
	const char *topics[ALL];

	for (int k = 0; k < ALL; k++) {
		glow_topic_of(names[k], cfg->conductor.prefix, kinds[k], k < NODES ? GLOW_OF_CLUSTER : GLOW_OF_NODE,
			      "+");
		topics[k] = names[k];
	}
	snprintf(client, sizeof(client), "%.200s-doctor-listens", cfg->conductor.node);
	mqtt.client_id = client;
	mqtt.topics = &topics[BEACON];
	mqtt.n_topics = 1;
	mqtt.retained_topics = &topics[INFO];
	mqtt.n_retained_topics = ALL - INFO;
	if (glow_mqtt_open(&mqtt, &messenger, why) < 0)
		return false;
	listen_for(messenger, cfg->conductor.prefix, h);
	glow_mqtt_close(messenger, 500);
	return true;
}

/* Mosquitto takes every subscription, and passes on only what may be read. */
static bool say_nodes(const struct heard *h)
{
	if (!h->connected || h->described == 0 || h->lit > 0)
		return true;
	return glow_doctor_say(false, "rules",
			       "nodes say what they are, and what they show is not heard: the account has to read "
			       "node/+/state, by which presets and undo know lights");
}

static bool say_others(const struct glow_conductor_run_cfg *cfg)
{
	struct heard h = { 0 };
	char line[512];

	if (!listen_once(cfg, &h))
		return true;
	if (!h.beacon)
		snprintf(line, sizeof(line), "nobody leads");
	else if (h.info && h.named.leader.boot == h.beating.boot)
		snprintf(line, sizeof(line), "%s leads in term %u, with %u nodes", h.named.id, h.beating.term,
			 h.named.nodes);
	else
		snprintf(line, sizeof(line), "a conductor leads in term %u", h.beating.term);
	glow_doctor_say(true, "leader", line);
	return say_nodes(&h);
}

static bool check_broker(const struct glow_conductor_run_cfg *cfg, bool *ret_disputed)
{
	struct glow_mqtt_cfg mqtt = cfg->mqtt;
	char names[TOPICS][GLOW_TOPIC_MAX + 1];
	const char *topics[TOPICS];
	char own[GLOW_TOPIC_MAX + 1], set[GLOW_TOPIC_MAX + 1], place[GLOW_TOPIC_MAX + 1];
	const struct glow_message told = { .topic = place, .payload = "", .qos = 1 };
	const struct glow_doctor_patient patient = {
		.what = "conductor", .id = cfg->conductor.node, .own = own, .also = set
	};
	bool keeps;

	glow_topic_of(own, cfg->conductor.prefix, GLOW_TOPIC_CONDUCTOR_ERROR, GLOW_OF_CLUSTER, NULL);
	/* A preset shows by a command for each node, and each is told its place: here one that there cannot be. */
	glow_topic_make(set, cfg->conductor.prefix, "node", "-", "set");
	glow_topic_make(place, cfg->conductor.prefix, "node", "-", "place");
	for (; mqtt.n_topics < TOPICS &&
	       glow_conductor_topic(&cfg->conductor, mqtt.n_topics, names[mqtt.n_topics], &keeps);
	     mqtt.n_topics++)
		topics[mqtt.n_topics] = names[mqtt.n_topics];
	mqtt.topics = topics;
	return glow_doctor_broker(&mqtt, cfg->conductor.node, ret_disputed) &&
	       glow_doctor_limits(&cfg->mqtt, &patient, &told,
				  "its rules are older than this program: until its acl is written anew (secrets.sh), "
				  "each node shows scenes as if it was the whole strip");
}

/* Nodes take local time from the conductor. */
static void say_zone(const struct glow_conductor_run_cfg *cfg)
{
	char line[512], zone[64];

	glow_zone_use(cfg->time_zone);
	glow_zone_text(zone, sizeof(zone));
	snprintf(line, sizeof(line), "clocks show %s%s", zone,
		 cfg->time_zone[0] ? "" : ", as this machine does; --time-zone sets another");
	glow_doctor_say(true, "zone", line);
}

int glow_conductor_doctor(const struct glow_conductor_run_cfg *cfg)
{
	char line[512];
	bool fine, reached, disputed;

	snprintf(line, sizeof(line), "%s, of the cluster %s", cfg->conductor.node, cfg->conductor.prefix);
	glow_doctor_say(true, "name", line);
	reached = check_broker(cfg, &disputed);
	fine = glow_doctor_clock(cfg->conductor.built_us, disputed) && reached;
	say_zone(cfg);
	if (reached)
		fine = say_others(cfg) && fine;
	return glow_doctor_verdict(fine);
}
