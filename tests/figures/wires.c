/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include <glow/mqtt.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "wires.h"

/* A topic that a client asked for. */
struct wish {
	struct wish *next;
	bool own;
	char filter[GLOW_TOPIC_MAX + 1];
};

/* A message on its way to `to`, or kept where that is NULL; with all it points to. */
struct letter {
	struct letter *next;
	struct client *to;
	struct glow_message m;
	int64_t due;
};

int64_t wires_now;
static struct letter *kept, *first, **last = &first;

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static void *copy(const void *of, size_t len)
{
	char *to = need(calloc(1, len + 1));

	return len ? memcpy(to, of, len) : to;
}

static struct letter *letter_of(const struct glow_message *m)
{
	struct letter *l = need(calloc(1, sizeof(*l)));

	l->m = *m;
	l->m.topic = copy(m->topic, strlen(m->topic));
	l->m.payload = copy(m->payload, m->len);
	l->m.response_topic = m->response_topic ? copy(m->response_topic, strlen(m->response_topic)) : NULL;
	l->m.correlation = m->correlation ? copy(m->correlation, m->correlation_len) : NULL;
	return l;
}

static void letter_free(struct letter *l)
{
	free((void *)l->m.topic);
	free((void *)l->m.payload);
	free((void *)l->m.response_topic);
	free((void *)l->m.correlation);
	free(l);
}

/* ---- who gets what ---- */

/* `+` is one level, `#` all that are left. */
static bool means(const char *filter, const char *topic)
{
	while (*filter && *filter != '#') {
		if (*filter == '+') {
			topic += strcspn(topic, "/");
			filter++;
		} else if (*filter++ != *topic++) {
			return false;
		}
	}
	return *filter == '#' || !*topic;
}

static struct wish *wish_for(const struct client *c, const char *topic)
{
	struct wish *w = c->wishes;

	while (w && !means(w->filter, topic))
		w = w->next;
	return w;
}

static void send(struct client *to, const struct glow_message *m)
{
	struct letter *l = letter_of(m);

	l->to = to;
	l->due = wires_now + MS;
	*last = l;
	last = &l->next;
}

static void keep(const struct glow_message *m)
{
	struct letter **at = &kept, *old;

	while (*at && strcmp((*at)->m.topic, m->topic) != 0)
		at = &(*at)->next;
	old = *at;
	if (old) {
		*at = old->next;
		letter_free(old);
	}
	if (m->len == 0)
		return;
	old = letter_of(m);
	old->next = kept;
	kept = old;
}

/* ---- clients ---- */

static struct client *clients[128];
static size_t n_clients;

static void publish(void *ctx, const struct glow_message *m)
{
	struct client *c = ctx;
	struct glow_message copied = *m;

	c->traffic.out++;
	c->traffic.out_bytes += glow_mqtt_packet_size(m);
	if (m->retained)
		keep(m);
	for (size_t k = 0; k < n_clients; k++) {
		const struct wish *w = wish_for(clients[k], m->topic);

		copied.retained = m->retained && w && !w->own;
		if (w && (clients[k] != c || w->own))
			send(clients[k], &copied);
	}
}

static void follow(void *ctx, const char *topic, bool on)
{
	struct client *c = ctx;
	struct wish **at = &c->wishes, *gone;

	if (on) {
		wires_subscribe(c, topic, true, true);
		return;
	}
	while (*at && strcmp((*at)->filter, topic) != 0)
		at = &(*at)->next;
	gone = *at;
	if (gone)
		*at = gone->next;
	free(gone);
}

struct glow_outbox wires_outbox(struct client *c)
{
	return (struct glow_outbox){ .ctx = c, .publish = publish, .follow = follow };
}

static void enter(struct client *c)
{
	for (size_t k = 0; k < n_clients; k++)
		if (clients[k] == c)
			return;
	if (n_clients == sizeof(clients) / sizeof(clients[0]))
		abort();
	clients[n_clients++] = c;
}

void wires_subscribe(struct client *c, const char *topic, bool retained, bool own)
{
	struct wish *w = need(calloc(1, sizeof(*w)));

	enter(c);
	memcpy(w->filter, topic, strlen(topic) + 1);
	w->own = own;
	w->next = c->wishes;
	c->wishes = w;
	for (const struct letter *l = kept; retained && l; l = l->next)
		if (means(topic, l->m.topic))
			send(c, &l->m);
}

void wires_leave(struct client *c)
{
	for (struct wish *w = c->wishes, *next; w; w = next) {
		next = w->next;
		free(w);
	}
	c->wishes = NULL;
	for (struct letter *l = first; l; l = l->next)
		if (l->to == c)
			l->to = NULL;
	for (size_t k = 0; k < n_clients; k++)
		if (clients[k] == c)
			clients[k--] = clients[--n_clients];
}

/* ---- time ---- */

int64_t wires_next(void)
{
	return first ? first->due : GLOW_NEVER;
}

static void hand_over(struct letter *l)
{
	if (!l->to)
		return;
	l->m.at.ns = wires_now;
	l->to->traffic.in++;
	l->to->traffic.in_bytes += glow_mqtt_packet_size(&l->m);
	l->to->hear(l->to, &l->m);
}

void wires_deliver(void)
{
	while (first && first->due <= wires_now) {
		struct letter *l = first;

		first = l->next;
		if (!first)
			last = &first;
		hand_over(l);
		letter_free(l);
	}
}

static void drop(struct letter *l)
{
	for (struct letter *next; l; l = next) {
		next = l->next;
		letter_free(l);
	}
}

void wires_fini(void)
{
	while (n_clients)
		wires_leave(clients[0]);
	drop(kept);
	drop(first);
	kept = first = NULL;
	last = &first;
}
