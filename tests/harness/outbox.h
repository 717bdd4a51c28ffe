/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* An outbox for tests of state machines: keeps what was published, in order. One a
 * program; forget() empties it and frees what it holds. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/topics.h>

#define SENT_MAX 4096

struct sent {
	char topic[GLOW_TOPIC_MAX + 1], correlation[32];
	char *payload; /**< `len` bytes and a NUL */
	size_t len;
	int qos;
	bool retained;
	uint16_t aging[2];
};

extern struct sent sent[SENT_MAX];
extern int n_sent;
extern const struct glow_outbox outbox;

/** Whether a topic is asked for now. */
bool follows(const char *topic);

/** Nothing is: between two tests. */
void unfollow(void);

void forget(void);

/** How many messages there are on a topic, and the last of them, or NULL. */
int count(const char *topic);
const struct sent *find(const char *topic);

/** The last payload on a topic, "" for none; whether it contains that; and a number in it, by its name. */
const char *last(const char *topic);
bool said(const char *topic, const char *part);
int64_t number(const char *topic, const char *name);
