/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A broker hangs up on whoever goes beyond its limits, again and again. So nothing is sent that it would
 * not take, and that is said in the words of its configuration. */

#include "mqtt_limits.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt_why.h"

/* The value of a property, or `otherwise`. */
static int64_t told(const MQTTResponse *response, enum MQTTPropertyCodes code, int64_t otherwise)
{
	if (!response->properties || !MQTTProperties_hasProperty(response->properties, code))
		return otherwise;
	return MQTTProperties_getNumericValue(response->properties, code);
}

struct glow_mqtt_limits glow_limits_read(const MQTTResponse *response)
{
	return (struct glow_mqtt_limits){
		.packet_max = (uint32_t)told(response, MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE, UINT32_MAX),
		.receive_max = (int)told(response, MQTTPROPERTY_CODE_RECEIVE_MAXIMUM, UINT16_MAX),
		.qos_max = (int)told(response, MQTTPROPERTY_CODE_MAXIMUM_QOS, 2),
		.retain = told(response, MQTTPROPERTY_CODE_RETAIN_AVAILABLE, 1) != 0,
		.shared = told(response, MQTTPROPERTY_CODE_SHARED_SUBSCRIPTION_AVAILABLE, 1) != 0,
		.keepalive_s = (int)told(response, MQTTPROPERTY_CODE_SERVER_KEEP_ALIVE, -1),
	};
}

bool glow_limits_soften(MQTTClient_willOptions *will, int reason)
{
	if (reason == MQTTREASONCODE_RETAIN_NOT_SUPPORTED && will->retained)
		will->retained = 0;
	else if (reason == MQTTREASONCODE_QOS_NOT_SUPPORTED && will->qos > 0)
		will->qos = 0;
	else
		return false;
	return true;
}

/* Bytes of MQTT's variable byte integer. */
static size_t length_size(size_t n)
{
	return n < 128 ? 1 : n < 16384 ? 2 : n < 2097152 ? 3 : 4;
}

size_t glow_mqtt_packet_size(const struct glow_message *m)
{
	size_t properties =
		(m->response_topic ? 3 + strlen(m->response_topic) : 0) + (m->correlation ? 3 + m->correlation_len : 0);
	size_t rest = 2 + strlen(m->topic) + (m->qos > 0 ? 2 : 0) + length_size(properties) + properties + m->len;

	return 1 + length_size(rest) + rest;
}

bool glow_limits_fit(const struct glow_mqtt_limits *limits, const char *what, size_t size, char why[GLOW_MQTT_WHY])
{
	if (size <= limits->packet_max)
		return true;
	snprintf(why, GLOW_MQTT_WHY,
		 "%.200s was not sent: %zu bytes, and the broker takes packets of at most %u; set max_packet_size %d "
		 "in the broker's configuration",
		 what, size, limits->packet_max, GLOW_MQTT_PACKET_MAX);
	return false;
}

bool glow_limits_subscription(const struct glow_mqtt_limits *limits, const char *const *topics, size_t n,
			      char why[GLOW_MQTT_WHY])
{
	size_t size = 1 + 4 + 2 + 1;

	for (size_t i = 0; i < n; i++)
		size += 2 + strlen(topics[i]) + 1;
	if (size <= limits->packet_max)
		return true;
	snprintf(why, GLOW_MQTT_WHY,
		 "subscribing takes %zu bytes, the broker at most %u: set max_packet_size %d in its configuration",
		 size, limits->packet_max, GLOW_MQTT_PACKET_MAX);
	return false;
}

bool glow_mqtt_limits_say(const struct glow_mqtt_limits *limits, unsigned k, char ret_text[GLOW_MQTT_WHY])
{
	char keepalive[200];
	const char *lines[3];
	unsigned n = 0;

	if (limits->keepalive_s == 0)
		snprintf(keepalive, sizeof(keepalive),
			 "the broker wants no keepalive: who vanishes counts as online for ever");
	else
		snprintf(keepalive, sizeof(keepalive),
			 "the broker wants a keepalive of %d s in place of our shorter one: who vanishes counts as "
			 "online for %d s; lower it in its configuration",
			 limits->keepalive_s, limits->keepalive_s + limits->keepalive_s / 2);
	if (limits->keepalive_s >= 0)
		lines[n++] = keepalive;
	if (!limits->retain)
		lines[n++] = "the broker keeps no retained messages: whoever comes later sees no nodes and no scenes, "
			     "and a node forgets its light; set retain_available true in the broker's configuration";
	if (limits->qos_max == 0)
		lines[n++] = "the broker takes QoS 0 only: what is lost on the way stays lost; set max_qos 1 or 2 in "
			     "the broker's configuration";
	if (k >= n)
		return false;
	snprintf(ret_text, GLOW_MQTT_WHY, "%s", lines[k]);
	return true;
}

/* ---- acknowledgements ---- */

#define ACK_LOST_MS 5000

static void release(struct glow_ack *ack)
{
	free(ack->topic);
	*ack = (struct glow_ack){ .topic = NULL };
}

void glow_acks_clear(struct glow_acks *acks)
{
	for (int k = 0; k < GLOW_ACKS_MAX; k++)
		release(&acks->v[k]);
}

void glow_acks_sent(struct glow_acks *acks, int token, const char *topic, int64_t now_ms)
{
	for (int k = 0; k < GLOW_ACKS_MAX; k++)
		if (!acks->v[k].topic) {
			acks->v[k] = (struct glow_ack){ .topic = strdup(topic), .token = token, .sent_ms = now_ms };
			return;
		}
}

int64_t glow_acks_wait_ms(const struct glow_acks *acks, int64_t now_ms)
{
	int64_t since_ms = now_ms;

	/* One that never came, or before we noted what it is for, says nothing of the broker for ever. */
	for (int k = 0; k < GLOW_ACKS_MAX; k++)
		if (acks->v[k].topic && !acks->v[k].reason && acks->v[k].sent_ms < since_ms &&
		    now_ms - acks->v[k].sent_ms < ACK_LOST_MS)
			since_ms = acks->v[k].sent_ms;
	return now_ms - since_ms;
}

void glow_acks_done(struct glow_acks *acks, int token, int reason)
{
	for (int k = 0; k < GLOW_ACKS_MAX; k++) {
		struct glow_ack *ack = &acks->v[k];

		if (!ack->topic || ack->token != token || ack->reason)
			continue;
		if (reason >= 0x80)
			ack->reason = reason;
		else
			release(ack);
		return;
	}
}

char *glow_acks_refused(struct glow_acks *acks, char why[GLOW_MQTT_WHY])
{
	for (int k = 0; k < GLOW_ACKS_MAX; k++) {
		struct glow_ack *ack = &acks->v[k];
		char *topic = ack->topic;

		if (!topic || !ack->reason)
			continue;
		snprintf(why, GLOW_MQTT_WHY, "the broker does not let us publish %.200s: %s", topic,
			 glow_mqtt_reason_text(ack->reason));
		ack->topic = NULL;
		release(ack);
		return topic;
	}
	return NULL;
}

/* ---- room ---- */

bool glow_room_for(const void *room, enum glow_lane lane, const struct glow_message *message)
{
	const struct glow_room *r = room;
	bool clock = lane == GLOW_LANE_CLOCK, acked = message->qos > 0 && r->qos_max > 0;

	if (!(acked ? r->acked[clock] : r->any) || (!acked && lane == GLOW_LANE_REPORT && r->behind))
		return false;
	/* Alone, a message may be as large as it likes. */
	return r->queued == 0 || r->queued + message->len <= r->most[clock];
}
