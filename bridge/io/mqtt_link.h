/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* One MQTT 5 connection, used by one thread. After glow_link_connect() nothing
 * here waits for the network except glow_link_subscribe() and glow_link_follow(). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/mqtt.h>

#include "dial.h"
#include "mailbox.h"
#include "mqtt_alive.h"
#include "mqtt_limits.h"
#include "mqtt_stream.h"

#define GLOW_LINK_CONNECT_S 5
#define GLOW_LINK_DIAL_MS   4000
#define GLOW_LINK_WHERE     180
#define GLOW_LINK_WISHES    16 /* more are not followed */

/** Whether a crowd's topics are asked for in groups. */
enum glow_link_groups {
	GLOW_LINK_GROUPS,
	GLOW_LINK_NO_GROUPS_NOW, /**< not by the next attempt: with them the last one ended */
	GLOW_LINK_NO_GROUPS,     /**< the broker refused them */
};

struct glow_link {
	const struct glow_mqtt_cfg *cfg; /**< borrowed until glow_link_fini() */
	const char *id;                  /**< client id, borrowed as well */
	void *client;                    /**< Paho's handle */
	bool tls;
	char host[256]; /**< as it was given, without brackets */
	uint16_t port;
	char where[GLOW_LINK_WHERE];    /**< the broker for people: name, port, and the address once it is known */
	struct glow_peer peer;          /**< the address that was tried last */
	struct glow_peer last;          /**< the address that comes last next time: it took us and was no use */
	int fd;                         /**< the connection, owned by Paho; -1 while there is none */
	struct glow_mqtt_limits limits; /**< of the broker that took us last */
	MQTTClient_willOptions will;    /**< as much of it as the broker takes */
	struct glow_acks acks;
	unsigned keepalive_s; /**< what we ask for: the configured one, or less where the broker wants less */
	struct glow_stream stream;
	struct glow_alive alive;
	bool silent;                   /**< the connection ended as nothing was heard any more */
	enum glow_link_groups groups;  /**< of shared subscriptions */
	bool grouped;                  /**< what all have in common comes by one */
	bool turned_away;              /**< the last attempt ended by the broker's own word, which only people change */
	char tls_error[160];           /**< the last thing OpenSSL complained of, "" for nothing */
	int refused[GLOW_LINK_WISHES]; /**< why the broker refused a wished topic on this connection; 0 where it did not
					*/
};

/** 0, -EINVAL for a broker that is no URI or a client id that is none, -ENOMEM; with the reason in `why`. The
 * client id is given apart from cfg, which may have two. */
int glow_link_init(struct glow_link *link, const struct glow_mqtt_cfg *cfg, const char *id, char why[GLOW_MQTT_WHY]);
void glow_link_fini(struct glow_link *link);

/** Paho takes what malloc() gives without a look; docs/CONTRIBUTING.md has the places. Where memory is short, which is
 * when this is false, it is not asked at all. */
bool glow_link_memory(void);

/** Connects with the configured will, or without any, trying every address that the name has. Blocks for the name
 * service, GLOW_LINK_DIAL_MS for the network, GLOW_LINK_CONNECT_S for the broker and two seconds more to find out
 * why not. 0, -ETIME where clock and certificate do not agree, or negative with a sentence. */
int glow_link_connect(struct glow_link *link, bool with_will, char why[GLOW_MQTT_WHY]);

/** The URI of the broker, and the address that was tried last where the name is none. */
void glow_link_name(const struct glow_link *link, char name[GLOW_MQTT_WHY]);

/** First `wished_topics`, then `retained_topics`, then `topics`; 0, or negative with a sentence when one of the latter
 * two is refused. `crowded`: thousands have this broker, so what they have in common is asked for in groups, and what
 * of it is kept let go outside of them; where it refuses that (-EAGAIN) it is not asked again, and where it hangs up
 * not the next time. */
int glow_link_subscribe(struct glow_link *link, bool crowded, char why[GLOW_MQTT_WHY]);

/** Asks for a topic, anew where it is known already, and for what is retained there: as for those of `wished_topics`,
 * or `without_own` of `retained_topics`. Waits for the broker's word. 0; 1 with a sentence where it refuses; negative
 * where the connection is gone. */
int glow_link_ask(struct glow_link *link, const char *topic, bool without_own, char why[GLOW_MQTT_WHY]);

/** Asks for one more topic as for those of `wished_topics`, or for no more of it; as glow_link_ask(). */
int glow_link_follow(struct glow_link *link, const char *topic, bool on, char why[GLOW_MQTT_WHY]);

/** True where the broker refused the k-th wished topic, with a sentence. */
bool glow_link_wish_refused(const struct glow_link *link, size_t k, char why[GLOW_MQTT_WHY]);

/** Takes the next message that is already here, and lets Paho keep the
 * connection alive. 1: a message, *ret_mail owned by the caller (NULL for want
 * of memory or a topic that is no C string). 0: nothing more until `fd` is readable.
 * -ENOTCONN: the connection is gone, the broker said goodbye, or nothing was heard of it for too long. */
int glow_link_receive(struct glow_link *link, struct glow_mail **ret_mail);

/** Within so many milliseconds glow_link_receive() wants to be called again, whatever comes. */
int glow_link_idle_ms(const struct glow_link *link);

/** Like glow_link_receive(), but waits up to `timeout_ms` for one. */
int glow_link_wait(struct glow_link *link, unsigned timeout_ms, struct glow_mail **ret_mail);

/** What can be published now. */
struct glow_room glow_link_room(const struct glow_link *link);

/** 0, -EINVAL for a topic that is not UTF-8, -ENOTCONN. */
int glow_link_publish(struct glow_link *link, const struct glow_message *message);

/** Publishes that are not acknowledged yet. */
int glow_link_pending(const struct glow_link *link);

/** Says goodbye where there is still a connection: the will is published or it is not. */
void glow_link_disconnect(struct glow_link *link, bool with_will);
