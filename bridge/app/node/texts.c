/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/nearest.h>
#include <glow/time.h>

#include "texts.h"

void glow_texts_init(struct glow_texts *t, const struct glow_publisher *out,
		     void (*changed)(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is),
		     void *ctx)
{
	t->out = out;
	t->n_followed = t->n_held = 0;
	glow_library_init(&t->library, changed, ctx);
}

void glow_held_free(struct glow_held *held)
{
	free(held->memory);
	*held = (struct glow_held){ .memory = NULL };
}

void glow_texts_fini(struct glow_texts *t)
{
	while (t->n_held > 0)
		glow_held_free(&t->held[--t->n_held]);
	glow_library_fini(&t->library);
}

/* ---- what is followed ---- */

static void follow(const struct glow_texts *t, const char *name, bool on)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, t->out->prefix, GLOW_TOPIC_TEXT, GLOW_OF_CLUSTER, name);
	if (t->out->outbox.follow)
		t->out->outbox.follow(t->out->outbox.ctx, topic, on);
}

static size_t place_of(const struct glow_texts *t, const char *name)
{
	size_t k = 0;

	while (k < t->n_followed && strcmp(t->followed[k], name) != 0)
		k++;
	return k;
}

static void drop(struct glow_texts *t, size_t k)
{
	follow(t, t->followed[k], false);
	memcpy(t->followed[k], t->followed[--t->n_followed], sizeof(t->followed[k]));
}

bool glow_texts_ask(struct glow_texts *t, const char *payload, size_t len)
{
	const char *name;
	size_t k = 0;

	for (; (name = glow_library_missing(&t->library, payload, len, k)); k++) {
		size_t place = place_of(t, name);

		if (place < t->n_followed || place == GLOW_EFFECT_TEXTS_MAX)
			continue;
		memcpy(t->followed[t->n_followed++], name, strlen(name) + 1);
		follow(t, name, true);
	}
	return k > 0;
}

void glow_texts_tidy(struct glow_texts *t, bool (*used)(void *ctx, const char *name), void *ctx)
{
	for (size_t k = t->n_followed; k-- > 0;) {
		char name[GLOW_SCRIPT_NAME_SIZE];

		memcpy(name, t->followed[k], sizeof(name));
		if (used(ctx, name))
			continue;
		drop(t, k);
		glow_library_drop(&t->library, name);
	}
}

/* ---- what is heard ---- */

/* What is not on the list any more is not followed either. */
static void take_list(struct glow_texts *t)
{
	for (size_t k = t->n_followed; k-- > 0;)
		if (!glow_effect_list_find(&t->library.list, t->followed[k]))
			drop(t, k);
}

enum glow_code glow_texts_message(struct glow_texts *t, const struct glow_topic *topic, const struct glow_message *m,
				  int64_t now_us, struct glow_diag *diag)
{
	if (topic->kind == GLOW_TOPIC_TEXT)
		return glow_library_message(&t->library, topic->id, m->payload, m->len, now_us, diag);
	if (glow_library_list(&t->library, m->payload, m->len, diag) == GLOW_OK)
		take_list(t);
	return diag->code;
}

void glow_texts_refused(struct glow_texts *t, const struct glow_topic *topic)
{
	if (topic->kind == GLOW_TOPIC_TEXT)
		glow_library_fail(&t->library, topic->id, "the broker's rules do not let this node read it");
}

/* ---- what waits ---- */

static char *put(char **at, const void *from, size_t len)
{
	char *to = *at;

	if (len > 0)
		memcpy(to, from, len);
	to[len] = '\0';
	*at += len + 1;
	return to;
}

bool glow_texts_hold(struct glow_texts *t, const struct glow_message *m, int64_t now_us)
{
	size_t topic = strlen(m->topic), response = m->response_topic ? strlen(m->response_topic) : 0;
	struct glow_held *held = &t->held[t->n_held];
	char *at;

	if (t->n_held == GLOW_TEXTS_HELD_MAX)
		return false;
	*held = (struct glow_held){ .m = *m, .until_us = now_us + GLOW_TEXTS_HELD_US };
	at = held->memory = malloc(topic + response + m->len + m->correlation_len + 4);
	if (!at)
		return false;
	held->m.topic = put(&at, m->topic, topic);
	held->m.payload = put(&at, m->payload, m->len);
	if (m->response_topic)
		held->m.response_topic = put(&at, m->response_topic, response);
	if (m->correlation)
		held->m.correlation = put(&at, m->correlation, m->correlation_len);
	t->n_held++;
	return true;
}

bool glow_texts_release(struct glow_texts *t, int64_t now_us, struct glow_held *ret_held)
{
	const struct glow_held *first = &t->held[0];

	if (t->n_held == 0 ||
	    (now_us < first->until_us && glow_library_missing(&t->library, first->m.payload, first->m.len, 0)))
		return false;
	*ret_held = *first;
	memmove(&t->held[0], &t->held[1], --t->n_held * sizeof(t->held[0]));
	return true;
}

static const char *listed_at(void *list, size_t k)
{
	const struct glow_effect_list *l = list;

	return k < l->n ? l->v[k].name : NULL;
}

/* Readers know the effects that are here; on the list there are more. The name that is not known stands first in
 * quotes. */
static void suggest_listed(const struct glow_texts *t, struct glow_diag *diag)
{
	const char *first = strchr(diag->what, '"'), *end = first ? strchr(first + 1, '"') : NULL;
	struct glow_effect_list list = t->library.list;
	char name[GLOW_NEAREST_MAX + 1];

	if (!end || strstr(end, "did you mean"))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)(end - first - 1), first + 1);
	glow_diag_meant(diag, glow_nearest(name, listed_at, &list));
}

void glow_texts_explain(const struct glow_texts *t, const char *payload, size_t len, struct glow_diag *diag)
{
	const char *missing = glow_library_missing(&t->library, payload, len, 0);

	if (missing)
		glow_diag_set(diag, GLOW_BUSY, "effect", "the text \"%s\" has not come from the broker yet; try again",
			      missing);
	for (size_t k = 0; k < t->library.n; k++) {
		const struct glow_library_entry *entry = &t->library.v[k];

		if (entry->why[0] && glow_library_word(payload, len, entry->name))
			glow_diag_set(diag, GLOW_UNKNOWN_EFFECT, "effect",
				      "the text \"%s\" cannot be used here: %.240s", entry->name, entry->why);
	}
	if (diag->code == GLOW_UNKNOWN_EFFECT)
		suggest_listed(t, diag);
}

/* ---- time ---- */

int64_t glow_texts_next(const struct glow_texts *t)
{
	int64_t next = glow_library_next(&t->library);

	return t->n_held > 0 ? glow_sooner(next, t->held[0].until_us) : next;
}

void glow_texts_clock_stepped(struct glow_texts *t, int64_t delta_us, uint64_t clock_id, int64_t now_us)
{
	for (size_t k = 0; k < t->n_held; k++)
		t->held[k].until_us += delta_us;
	glow_library_clock(&t->library, clock_id, now_us);
}
