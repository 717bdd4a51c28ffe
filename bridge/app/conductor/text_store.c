/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A text is published before the list that names it, and is taken off the list before it goes: so what is on the list
 * is there. */

#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/nearest.h>
#include <glow/topics.h>

#include "text_store.h"

void glow_text_store_init(struct glow_text_store *s, const struct glow_publisher *out,
			  void (*changed)(void *ctx, const struct glow_effect_desc *was,
					  const struct glow_effect_desc *is),
			  void *ctx)
{
	s->out = *out;
	s->clock_id = 0;
	s->there = false;
	glow_library_init(&s->library, changed, ctx);
}

void glow_text_store_fini(struct glow_text_store *s)
{
	glow_library_fini(&s->library);
}

/* ---- the list ---- */

static struct glow_effect_listed *listed(struct glow_text_store *s, const char *name)
{
	return (struct glow_effect_listed *)glow_effect_list_find(&s->library.list, name);
}

/* Higher than any before. What somebody wrote by hand may be the highest that can be read; then it begins again. */
static uint64_t next_rev(const struct glow_effect_list *list)
{
	return list->rev < GLOW_EFFECT_REV_MAX ? list->rev + 1 : 1;
}

static void enlist(struct glow_text_store *s, const char *name, uint64_t rev)
{
	struct glow_effect_list *list = &s->library.list;
	struct glow_effect_listed *one = listed(s, name);

	if (!one) {
		one = &list->v[list->n++];
		memcpy(one->name, name, strlen(name) + 1);
	}
	one->rev = rev;
}

static void strike(struct glow_text_store *s, const char *name)
{
	struct glow_effect_list *list = &s->library.list;
	struct glow_effect_listed *one = listed(s, name);

	if (!one)
		return;
	list->rev = next_rev(list);
	memmove(one, one + 1, (size_t)(&list->v[--list->n] - one) * sizeof(*one));
}

/* ---- what is said ---- */

static void publish_list(const struct glow_text_store *s)
{
	glow_publish_tree(&s->out, "effect", NULL, NULL, glow_effect_list_write(&s->library.list), 1, true);
}

static void publish_text(const struct glow_text_store *s, const char *name, const struct glow_library_text *text,
			 int64_t at_us)
{
	struct glow_effect_text out = { .text = text->text, .len = text->len, .rev = text->rev };

	memcpy(out.name, name, strlen(name) + 1);
	out.at_us = at_us;
	out.clock_id = s->clock_id;
	glow_publish_tree(&s->out, "effect", name, NULL, glow_effect_text_write(&out, text->effect), 1, true);
}

static void clear_text(const struct glow_text_store *s, const char *name)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, s->out.prefix, GLOW_TOPIC_TEXT, GLOW_OF_CLUSTER, name);
	glow_publish_text(&s->out, topic, "", 1, true);
}

/* ---- what the broker keeps ---- */

void glow_text_store_restore(struct glow_text_store *s, const char *name, const struct glow_message *m)
{
	struct glow_diag diag;
	enum glow_code code;

	if (name[0]) {
		code = glow_library_message(&s->library, name, m->payload, m->len, 0, &diag);
	} else {
		code = glow_library_list(&s->library, m->payload, m->len, &diag);
		s->there = code == GLOW_OK && m->len > 0;
	}
	if (code != GLOW_OK)
		glow_warning("%s is passed over: %s%s%s", m->topic, diag.where, diag.where[0] ? ": " : "", diag.what);
}

void glow_text_store_disconnected(struct glow_text_store *s)
{
	s->there = false;
}

/* Texts without a list are those of a broker that has lost it, or ours and the broker has lost all. */
void glow_text_store_open(struct glow_text_store *s, uint64_t clock_id, struct glow_time now)
{
	s->clock_id = clock_id;
	glow_library_clock(&s->library, clock_id, now.us);
	for (size_t k = 0; k < s->library.n; k++) {
		const struct glow_library_entry *entry = &s->library.v[k];
		const struct glow_library_text *text = glow_library_latest(entry);

		if (!text)
			continue;
		if (!s->there)
			publish_text(s, entry->name, text, now.us);
		if (listed(s, entry->name) || s->library.list.n < GLOW_EFFECT_TEXTS_MAX)
			enlist(s, entry->name, text->rev);
		if (text->rev > s->library.list.rev)
			s->library.list.rev = text->rev;
	}
	publish_list(s);
	s->there = true;
}

/* ---- what people ask ---- */

static const char *text_name(void *ctx, size_t k)
{
	const struct glow_effect_list *list = ctx;

	return k < list->n ? list->v[k].name : NULL;
}

/* Without what is kept of it anywhere, also where that cannot be read. */
static enum glow_code take_away(struct glow_text_store *s, const char *name, struct glow_diag *diag)
{
	if (!listed(s, name) && !glow_library_find(&s->library, name)) {
		glow_diag_set(diag, GLOW_UNKNOWN_EFFECT, "name", "there is no text \"%s\"", name);
		return glow_diag_meant(diag, glow_nearest(name, text_name, &s->library.list));
	}
	strike(s, name);
	glow_library_drop(&s->library, name);
	publish_list(s);
	clear_text(s, name);
	return GLOW_OK;
}

/* A text that is there keeps its name, whatever a later version calls so. */
static enum glow_code check_name(const struct glow_text_store *s, const char *name, struct glow_diag *diag)
{
	struct glow_script_mistake mistake;

	if (glow_effect_list_find(&s->library.list, name))
		return GLOW_OK;
	if (!glow_script_name_free(name, strlen(name), &mistake))
		return glow_diag_set(diag, GLOW_BAD_EFFECT, "name", "%s", mistake.what);
	if (s->library.list.n == GLOW_EFFECT_TEXTS_MAX || s->library.n == GLOW_EFFECT_TEXTS_MAX)
		return glow_diag_set(diag, GLOW_BAD_EFFECT, "name", "there are %d texts already; remove one first",
				     GLOW_EFFECT_TEXTS_MAX);
	return GLOW_OK;
}

static bool is_same(const struct glow_library_entry *entry, const char *text, size_t len)
{
	const struct glow_library_text *latest = entry ? glow_library_latest(entry) : NULL;

	return latest && latest->len == len && memcmp(latest->text, text, len) == 0;
}

/* The instant at which all take it: at once where there is nothing that it takes the place of. */
static enum glow_code put(struct glow_text_store *s, const char *name, const char *text, size_t len,
			  struct glow_time now, int64_t *at_us, struct glow_diag *diag)
{
	const struct glow_library_entry *entry = glow_library_find(&s->library, name);
	struct glow_library_text *one;

	if (is_same(entry, text, len)) {
		*at_us = entry->next ? entry->at_us : now.us;
		return GLOW_OK;
	}
	if (check_name(s, name, diag) != GLOW_OK)
		return diag->code;
	one = glow_library_compile(name, text, len, next_rev(&s->library.list), diag);
	if (!one)
		return diag->code;
	if (!entry || !entry->now)
		*at_us = now.us;
	if (!glow_library_take(&s->library, name, one, *at_us, now.us)) {
		glow_library_text_free(one);
		return glow_diag_set(diag, GLOW_BAD_EFFECT, "name", "no text can be called \"%s\"", name);
	}
	enlist(s, name, one->rev);
	s->library.list.rev = one->rev;
	publish_text(s, name, one, *at_us);
	publish_list(s);
	return GLOW_OK;
}

static void answer(const struct glow_text_store *s, const char *name, const struct glow_message *m,
		   const struct glow_diag *diag, int64_t at_us)
{
	cJSON *tree = glow_answer_write(NULL, diag);
	char refusals[GLOW_TOPIC_MAX + 1];

	cJSON_AddStringToObject(tree, "name", name);
	if (diag->code == GLOW_OK)
		glow_json_add_int(tree, "at_us", at_us);
	glow_topic_of(refusals, s->out.prefix, GLOW_TOPIC_CONDUCTOR_ERROR, GLOW_OF_CLUSTER, NULL);
	glow_publish_answer(&s->out, m, diag, tree, refusals);
}

void glow_text_store_set(struct glow_text_store *s, const char *name, const struct glow_message *m,
			 struct glow_time now, int64_t ahead_us)
{
	int64_t at_us = now.us + ahead_us;
	struct glow_diag diag;
	char *text = NULL;
	size_t len = 0;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK)
		glow_effect_text_asked(m->payload, m->len, &text, &len, &diag);
	if (diag.code == GLOW_OK && text)
		put(s, name, text, len, now, &at_us, &diag);
	else if (diag.code == GLOW_OK && take_away(s, name, &diag) == GLOW_OK)
		at_us = now.us;
	free(text);
	answer(s, name, m, &diag, at_us);
}
