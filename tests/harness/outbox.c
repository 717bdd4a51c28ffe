/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "outbox.h"

struct sent sent[SENT_MAX];
int n_sent;

static void record(void *ctx, const struct glow_message *m)
{
	struct sent *s = &sent[n_sent];

	assert_ptr_equal(ctx, sent);
	assert_true(n_sent < SENT_MAX);
	memset(s, 0, sizeof(*s));
	snprintf(s->topic, sizeof(s->topic), "%s", m->topic);
	memcpy(s->correlation, m->correlation ? m->correlation : "", m->correlation_len);
	s->payload = calloc(1, m->len + 1);
	memcpy(s->payload, m->payload, m->len);
	s->len = m->len;
	s->qos = m->qos;
	s->retained = m->retained;
	memcpy(s->aging, m->aging, sizeof(s->aging));
	n_sent++;
}

#define FOLLOWED_MAX 80

static char followed[FOLLOWED_MAX][GLOW_TOPIC_MAX + 1];

static char *followed_at(const char *topic)
{
	for (int k = 0; k < FOLLOWED_MAX; k++)
		if (strcmp(followed[k], topic) == 0)
			return followed[k];
	return NULL;
}

bool follows(const char *topic)
{
	return followed_at(topic);
}

/* Nothing is asked for twice, or given up that was not asked for. */
static void follow(void *ctx, const char *topic, bool on)
{
	char *place = followed_at(on ? "" : topic);

	assert_ptr_equal(ctx, sent);
	assert_int_equal(follows(topic), !on);
	assert_non_null(place);
	snprintf(place, sizeof(followed[0]), "%s", on ? topic : "");
}

const struct glow_outbox outbox = { .ctx = sent, .publish = record, .follow = follow };

void forget(void)
{
	while (n_sent > 0)
		free(sent[--n_sent].payload);
}

void unfollow(void)
{
	memset(followed, 0, sizeof(followed));
}

int count(const char *topic)
{
	int n = 0;

	for (int k = 0; k < n_sent; k++)
		n += strcmp(sent[k].topic, topic) == 0;
	return n;
}

const struct sent *find(const char *topic)
{
	for (int k = n_sent - 1; k >= 0; k--)
		if (strcmp(sent[k].topic, topic) == 0)
			return &sent[k];
	return NULL;
}

const char *last(const char *topic)
{
	return find(topic) ? find(topic)->payload : "";
}

bool said(const char *topic, const char *part)
{
	return strstr(last(topic), part) != NULL;
}

int64_t number(const char *topic, const char *name)
{
	char key[40];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(last(topic), key);
	assert_non_null(at);
	return strtoll(at + strlen(key), NULL, 10);
}
