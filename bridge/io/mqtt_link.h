/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* One MQTT 5 connection, used by one thread. After glow_link_connect() nothing
 * here waits for the network except glow_link_subscribe(). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/mqtt.h>

#include "mailbox.h"
#include "mqtt_limits.h"

#define GLOW_LINK_CONNECT_S 5

struct glow_link {
	const struct glow_mqtt_cfg *cfg; /**< borrowed until glow_link_fini() */
	const char *id;                  /**< client id, borrowed as well */
	void *client;                    /**< Paho's handle */
	bool tls;
	char host[256];
	uint16_t port;
	int fd; /**< the connection, owned by Paho; -1 while there is none */
	struct glow_mqtt_limits limits;
	struct glow_acks acks;
	char tls_error[160]; /**< the last thing OpenSSL complained of, "" for nothing */
};

/** 0, or -EINVAL for a broker that is no URI, with the reason in `why`. The
 * client id is given apart from cfg, which may have two. */
int glow_link_init(struct glow_link *link, const struct glow_mqtt_cfg *cfg, const char *id, char why[160]);
void glow_link_fini(struct glow_link *link);

/** Connects with the configured will, or without any. Blocks up to
 * GLOW_LINK_CONNECT_S and the name service; 0 or negative with a sentence. */
int glow_link_connect(struct glow_link *link, bool with_will, char why[160]);

/** First `retained_topics`, then `topics`; 0, or negative with a sentence when one is refused. */
int glow_link_subscribe(struct glow_link *link, char why[160]);

/** Takes the next message that is already here, and lets Paho keep the
 * connection alive. 1: a message, *ret_mail owned by the caller (NULL for want
 * of memory or a topic that is no C string). 0: nothing more until `fd` is readable.
 * -ENOTCONN: the connection is gone. */
int glow_link_receive(struct glow_link *link, struct glow_mail **ret_mail);

/** Like glow_link_receive(), but waits up to `timeout_ms` for one. */
int glow_link_wait(struct glow_link *link, unsigned timeout_ms, struct glow_mail **ret_mail);

/** Whether glow_link_publish() would not have to wait. */
bool glow_link_has_room(const struct glow_link *link, const struct glow_message *message);

/** 0, -EINVAL for a topic that is not UTF-8, -ENOTCONN. */
int glow_link_publish(struct glow_link *link, const struct glow_message *message);

/** Publishes that are not acknowledged yet. */
int glow_link_pending(const struct glow_link *link);

/** Says goodbye (the will is not published) where there is still a connection. */
void glow_link_disconnect(struct glow_link *link);
