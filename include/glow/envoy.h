/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A client of a broker in a process of its own, connected and subscribed just as our programs are: for who looks at
 * the broker itself. A process has one connection (glow/mqtt.h), and some of what is to be seen is what becomes of a
 * program that is killed or hangs.
 *
 * All functions block, and are for a program of one thread that has no messenger. An envoy dies with who sent it. */

#include <stdbool.h>
#include <stddef.h>

#include <glow/mqtt.h>

/** Room for a topic, and for a text in a message, with the NUL. */
#define GLOW_ENVOY_TOPIC 400
#define GLOW_ENVOY_TEXT  96

/** All zero: none. */
struct glow_envoy {
	int pid;
	int fd;
	struct glow_mqtt_limits limits; /**< the broker's, as it told this one */
};

/** Messages to publish. Memory is borrowed. */
struct glow_envoy_post {
	const char *topic, *text;
	size_t len;  /**< bytes of payload; beyond the text they are blanks. 0: the text's own */
	unsigned n;  /**< so many of them, each with its number, from 1, behind its text; 0: one without */
	bool spread; /**< the number is behind the topic instead, topic/<number> */
	int qos;
	bool retained;
	const char *response_topic, *correlation; /**< NULL for none */
};

/** A message that an envoy has heard. */
struct glow_envoy_heard {
	char topic[GLOW_ENVOY_TOPIC];
	char text[GLOW_ENVOY_TEXT]; /**< the beginning of the payload */
	size_t len;
	bool retained;
	char response_topic[GLOW_ENVOY_TOPIC], correlation[GLOW_ENVOY_TEXT]; /**< "" for none */
};

/** Connects under cfg->client_id, with the will where it has one, and subscribes to its three lists of topics. 0; or
 * negative with a sentence, and there is no envoy. Blocks up to 20 s. */
int glow_envoy_send(struct glow_envoy *ret_envoy, const struct glow_mqtt_cfg *cfg, char why[GLOW_MQTT_WHY]);

/** As glow_mqtt_follow(). 0; 1 with a sentence where the broker refuses; negative with one where the connection is
 * gone. */
int glow_envoy_follow(struct glow_envoy *e, const char *topic, bool on, char why[GLOW_MQTT_WHY]);

/** Publishes, within the broker's limits, and waits until all of QoS 1 is acknowledged, up to 10 s for each. 0; -EACCES
 * where the broker refuses it, -ETIMEDOUT, -ENOTCONN; with a sentence. */
int glow_envoy_publish(struct glow_envoy *e, const struct glow_envoy_post *post, char why[GLOW_MQTT_WHY]);

/** The next message within so many ms. 1; 0 when there is none; -ENOTCONN when the connection is gone, with a sentence
 * and the reason in *ret_reason that the broker gave, -1 for none. */
int glow_envoy_hear(struct glow_envoy *e, unsigned wait_ms, struct glow_envoy_heard *ret_heard, int *ret_reason,
		    char why[GLOW_MQTT_WHY]);

/** How an envoy ends. */
enum glow_envoy_end {
	GLOW_ENVOY_GOODBYE, /**< DISCONNECT */
	GLOW_ENVOY_LATE,    /**< DISCONNECT with will, as of a program whose last words did not get out */
	GLOW_ENVOY_KILLED,  /**< without a word */
};

/** Accepts one that is none. */
void glow_envoy_end(struct glow_envoy *e, enum glow_envoy_end how);

/** It hangs from now on: its connection stays and is silent. Only glow_envoy_end() with GLOW_ENVOY_KILLED may follow.
 */
void glow_envoy_hang(struct glow_envoy *e);
