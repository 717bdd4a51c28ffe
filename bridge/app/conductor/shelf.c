/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/log.h>
#include <glow/rank.h>
#include <glow/nearest.h>

#include "shelf.h"

#define PART_US    100000 /* so often a part of those that are due is said */
#define PART_BYTES 131072

void glow_shelf_init(struct glow_shelf *s, const struct glow_shelf_rules *rules, const struct glow_publisher *out)
{
	*s = (struct glow_shelf){ .rules = rules, .out = *out, .due_us = GLOW_NEVER };
}

void glow_shelf_fini(struct glow_shelf *s)
{
	for (uint32_t k = 0; k < s->n; k++)
		free(s->v[k].text);
	free(s->v);
	*s = (struct glow_shelf){ .n = 0 };
}

/* ---- what is kept ---- */

/* Where the preset of that name is, or would have to go. */
static uint32_t rank(const struct glow_shelf *s, const char *name, bool *ret_found)
{
	return glow_rank(s->v, s->n, sizeof(*s->v), offsetof(struct glow_kept, name), name, ret_found);
}

static struct glow_kept *find(const struct glow_shelf *s, const char *name)
{
	bool found;
	uint32_t k = rank(s, name, &found);

	return found ? &s->v[k] : NULL;
}

static void drop(struct glow_shelf *s, struct glow_kept *one)
{
	s->size -= one->len;
	s->n_due -= one->due;
	free(one->text);
	memmove(one, one + 1, (size_t)(&s->v[--s->n] - one) * sizeof(*one));
}

static bool make_room(struct glow_shelf *s)
{
	uint32_t room = s->room ? 2 * s->room : 16;
	struct glow_kept *v = s->n < s->room ? s->v : realloc(s->v, room * sizeof(*v));

	if (!v)
		return false;
	s->room = s->n < s->room ? s->room : room;
	s->v = v;
	return true;
}

/* Keeps the text, which is its own from then on, if there is room for it; NULL is one that cannot be read. */
static enum glow_code keep(struct glow_shelf *s, const char *name, char *text, struct glow_diag *diag)
{
	const struct glow_shelf_rules *rules = s->rules;
	struct glow_kept *one = find(s, name);
	size_t len = text ? strlen(text) : 0;
	bool found;

	if (!one && s->n == rules->most)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "there are %u %ss already; remove one first",
				     rules->most, rules->what);
	if (len > rules->one)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "a %s has at most %zu bytes, this one has %zu",
				     rules->what, rules->one, len);
	if (s->size - (one ? one->len : 0) + len > rules->all)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "",
				     "all %ss together have at most %zu bytes; remove one first", rules->what,
				     rules->all);
	if (!one && !make_room(s))
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	if (!one) {
		one = &s->v[rank(s, name, &found)];
		memmove(one + 1, one, (size_t)(&s->v[s->n++] - one) * sizeof(*one));
		*one = (struct glow_kept){ .len = 0 };
		snprintf(one->name, sizeof(one->name), "%s", name);
	}
	s->size += len - one->len;
	free(one->text);
	one->text = text;
	one->len = len;
	return GLOW_OK;
}

static void publish(const struct glow_shelf *s, const char *name, const char *text)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, s->out.prefix, s->rules->kind, GLOW_OF_CLUSTER, name);
	glow_publish_text(&s->out, topic, text, 1, true);
}

/* ---- what the broker keeps ---- */

void glow_shelf_restore(struct glow_shelf *s, const char *name, const struct glow_message *m)
{
	struct glow_kept *one = find(s, name);
	struct glow_diag diag = { .code = GLOW_OK }, full = { .code = GLOW_OK };
	char *text = NULL;

	if (m->len == 0) {
		if (one)
			drop(s, one);
		return;
	}
	if (s->rules->read(m->payload, m->len, &diag) == GLOW_OK)
		text = strndup(m->payload, m->len);
	if (keep(s, name, text, &full) == GLOW_OK) {
		find(s, name)->heard = true;
	} else {
		free(text);
		diag = full;
	}
	if (diag.code != GLOW_OK)
		glow_warning("%s is passed over: %s%s%s", m->topic, diag.where, diag.where[0] ? ": " : "", diag.what);
}

void glow_shelf_disconnected(struct glow_shelf *s)
{
	for (uint32_t k = 0; k < s->n; k++)
		s->v[k].heard = false;
}

void glow_shelf_open(struct glow_shelf *s, bool kept, struct glow_time now)
{
	for (uint32_t k = s->n; k-- > 0;) {
		struct glow_kept *one = &s->v[k];
		bool due = !one->heard && !kept && one->text;

		if (!one->heard && !due) {
			drop(s, one);
			continue;
		}
		s->n_due += due - one->due;
		one->due = due;
	}
	s->due_us = now.us;
	glow_shelf_tick(s, now);
}

void glow_shelf_tick(struct glow_shelf *s, struct glow_time now)
{
	size_t said = 0;

	if (s->n_due == 0 || now.us < s->due_us)
		return;
	for (uint32_t k = 0; k < s->n && s->n_due > 0 && said < PART_BYTES; k++) {
		struct glow_kept *one = &s->v[k];

		if (!one->due)
			continue;
		publish(s, one->name, one->text);
		one->due = false;
		s->n_due--;
		said += one->len > 1024 ? one->len : 1024;
	}
	s->due_us = now.us + PART_US;
}

struct glow_time glow_shelf_next(const struct glow_shelf *s)
{
	return (struct glow_time){ s->n_due ? s->due_us : GLOW_NEVER };
}

/* ---- what is put there and taken away ---- */

static const char *kept_name(void *ctx, size_t k)
{
	const struct glow_shelf *s = ctx;

	return k < s->n ? s->v[k].name : NULL;
}

static enum glow_code unknown(const struct glow_shelf *s, const char *name, struct glow_diag *diag)
{
	glow_diag_set(diag, s->rules->unknown, "", "there is no %s \"%s\"", s->rules->what, name);
	return glow_diag_meant(diag, glow_nearest(name, kept_name, (void *)s));
}

const struct glow_kept *glow_shelf_find(const struct glow_shelf *s, const char *name, struct glow_diag *diag)
{
	const struct glow_kept *one = find(s, name);

	if (!one)
		unknown(s, name, diag);
	else if (!one->text)
		glow_diag_set(diag, s->rules->unknown, "", "what is kept as %s \"%s\" cannot be read", s->rules->what,
			      name);
	return one && one->text ? one : NULL;
}

char (*glow_shelf_names(const struct glow_shelf *s, uint32_t most, uint32_t *ret_n))[GLOW_ID_MAX + 1]
{
	char(*names)[GLOW_ID_MAX + 1] = s->n ? malloc(s->n * sizeof(*names)) : NULL;

	*ret_n = 0;
	for (uint32_t k = 0; names && k < s->n && *ret_n < most; k++)
		if (s->v[k].text)
			memcpy(names[(*ret_n)++], s->v[k].name, sizeof(*names));
	return names;
}

enum glow_code glow_shelf_put(struct glow_shelf *s, const char *name, char *text, struct glow_diag *diag)
{
	diag->code = GLOW_OK;
	if (!text)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	if (keep(s, name, text, diag) == GLOW_OK)
		publish(s, name, text);
	else
		free(text);
	return diag->code;
}

enum glow_code glow_shelf_remove(struct glow_shelf *s, const char *name, struct glow_diag *diag)
{
	struct glow_kept *one = find(s, name);

	if (!one)
		return unknown(s, name, diag);
	drop(s, one);
	publish(s, name, "");
	return GLOW_OK;
}
