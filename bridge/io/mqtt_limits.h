/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a broker told when it let us in, and which publishes it has not answered yet. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <MQTTClient.h>

#include <glow/mqtt.h>

#define GLOW_ACKS_MAX 32

/** Of a CONNACK: what it does not mention is not limited. */
struct glow_mqtt_limits glow_limits_read(const MQTTResponse *response);

/** Makes the will less than it was where that is why the broker refused a connection; false where it is not. */
bool glow_limits_soften(MQTTClient_willOptions *will, int reason);

/** True when a packet may be that large; else a sentence about `what` in `why`. */
bool glow_limits_fit(const struct glow_mqtt_limits *limits, const char *what, size_t size, char why[GLOW_MQTT_WHY]);

/** The same of the SUBSCRIBE for these topics. */
bool glow_limits_subscription(const struct glow_mqtt_limits *limits, const char *const *topics, size_t n,
			      char why[GLOW_MQTT_WHY]);

/** Publishes on their way, by Paho's tokens. All zero: none. */
struct glow_acks {
	struct glow_ack {
		char *topic; /**< NULL: free */
		int token;
		int reason; /**< 0x80 or above: refused */
		int64_t sent_ms;
	} v[GLOW_ACKS_MAX];
};

void glow_acks_clear(struct glow_acks *acks);

/** One was sent. More than fit are not followed. */
void glow_acks_sent(struct glow_acks *acks, int token, const char *topic, int64_t now_ms);

/** How long the one that waits longest has waited, of those below five seconds; 0 where none does. */
int64_t glow_acks_wait_ms(const struct glow_acks *acks, int64_t now_ms);

/** The broker has answered it. */
void glow_acks_done(struct glow_acks *acks, int token, int reason);

/** The topic of one that was refused, the caller's to free, and a sentence; NULL when there is none (left). */
char *glow_acks_refused(struct glow_acks *acks, char why[GLOW_MQTT_WHY]);

/** What can be published without waiting. The clock's lane has some that the others have not. */
struct glow_room {
	int qos_max;            /**< the broker's */
	bool any;               /**< with QoS 0 */
	bool acked[2];          /**< with more; [1]: of the clock's lane */
	bool behind;            /**< the broker has much to read: reports that are not acknowledged wait */
	size_t queued, most[2]; /**< bytes on their way to the network, and how many there may be */
};

/** Whether glow_link_publish() would not have to wait; a glow_mailbox_fits of a struct glow_room. */
bool glow_room_for(const void *room, enum glow_lane lane, const struct glow_message *message);
