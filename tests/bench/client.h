/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The least that an MQTT client can be, for what is measured beside ours: one connection, one topic, no library whose
 * own waiting would be in the figures. What goes wrong ends the program, with words. */

#include <stdint.h>

#include "packet.h"

struct client {
	int fd;
	struct packet_out out;
	struct packet_in in;
	uint16_t id; /**< of the last message sent */

	bool subscribed;
	unsigned heard;   /**< messages so far */
	int64_t heard_ns; /**< CLOCK_MONOTONIC when the last was read, */
	char text[256];   /**< and as much of it as fits */
};

int64_t client_now_ns(void);

/** Connects to 127.0.0.1 as `name`, and subscribes to `topic` with QoS 1 unless it is NULL. */
void client_open(struct client *c, int port, const char *name, const char *topic);

/** Sends a message, QoS 1; the time just before it. */
int64_t client_publish(struct client *c, const char *topic, const char *text);

/** Reads, and acknowledges, what comes within so long (-1: until something does). True when a message was among it. */
bool client_wait(struct client *c, int timeout_ms);
