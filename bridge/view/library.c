/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A changed text is another effect, not the same one with other contents: so whatever points to an effect is told once
 * that it goes, and in between draws a picture that is whole. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/library.h>
#include <glow/time.h>
#include <glow/written.h>

void glow_library_init(struct glow_library *lib,
		       void (*changed)(void *ctx, const struct glow_effect_desc *was,
				       const struct glow_effect_desc *is),
		       void *ctx)
{
	memset(lib, 0, sizeof(*lib));
	lib->changed = changed;
	lib->ctx = ctx;
}

/* ---- texts ---- */

struct glow_library_text *glow_library_compile(const char *name, const char *text, size_t len, uint64_t rev,
					       struct glow_diag *diag)
{
	struct glow_script *script = glow_written_compile_kept(name, text, len, diag);
	struct glow_library_text *one = script ? calloc(1, sizeof(*one)) : NULL;

	if (one)
		one->text = malloc(len + 1);
	if (!script)
		return NULL;
	if (!one || !one->text) {
		glow_diag_set(diag, GLOW_BUSY, "", "no memory for the effect; try again");
		free(one);
		free(script);
		return NULL;
	}
	one->effect = glow_script_effect(script);
	memcpy(one->text, text, len);
	one->text[len] = '\0';
	one->len = len;
	one->rev = rev;
	return one;
}

void glow_library_text_free(struct glow_library_text *text)
{
	if (!text)
		return;
	if (text->effect)
		free((void *)text->effect->program);
	free(text->text);
	free(text);
}

/* ---- entries ---- */

static struct glow_library_entry *find(struct glow_library *lib, const char *name)
{
	for (size_t k = 0; k < lib->n; k++)
		if (strcmp(lib->v[k].name, name) == 0)
			return &lib->v[k];
	return NULL;
}

const struct glow_library_entry *glow_library_find(const struct glow_library *lib, const char *name)
{
	return find((struct glow_library *)lib, name);
}

const struct glow_library_text *glow_library_latest(const struct glow_library_entry *entry)
{
	return entry->next ? entry->next : entry->now;
}

/* The entry of that name, made if there is none; NULL when there is no room. */
static struct glow_library_entry *entry_of(struct glow_library *lib, const char *name)
{
	struct glow_library_entry *entry = find(lib, name);

	if (entry || lib->n == GLOW_EFFECT_TEXTS_MAX)
		return entry;
	entry = &lib->v[lib->n++];
	*entry = (struct glow_library_entry){ .now = NULL };
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	return entry;
}

static void forget(struct glow_library *lib, struct glow_library_entry *entry)
{
	*entry = lib->v[--lib->n];
}

static void drop_next(struct glow_library_entry *entry)
{
	glow_library_text_free(entry->next);
	entry->next = NULL;
}

/* `text` (NULL for none) comes into force. False where its name cannot be taken; then there is none. */
static bool put(struct glow_library *lib, struct glow_library_entry *entry, struct glow_library_text *text)
{
	struct glow_library_text *was = entry->now;
	const struct glow_effect_desc *effect = text ? text->effect : NULL;

	if (was)
		glow_effect_remove(was->effect);
	if (effect && !glow_effect_add(effect))
		effect = NULL;
	entry->now = effect ? text : NULL;
	lib->revision++;
	if (lib->changed && (was || effect))
		lib->changed(lib->ctx, was ? was->effect : NULL, effect);
	glow_library_text_free(was);
	return effect || !text;
}

void glow_library_fini(struct glow_library *lib)
{
	lib->changed = NULL;
	for (size_t k = 0; k < lib->n; k++) {
		drop_next(&lib->v[k]);
		put(lib, &lib->v[k], NULL);
	}
	lib->n = 0;
}

bool glow_library_take(struct glow_library *lib, const char *name, struct glow_library_text *text, int64_t at_us,
		       int64_t now_us)
{
	struct glow_library_entry *entry = entry_of(lib, name);

	if (!entry)
		return false;
	entry->why[0] = '\0';
	drop_next(entry);
	lib->revision++;
	if (entry->now && at_us > now_us && at_us <= now_us + GLOW_LIBRARY_AHEAD_US) {
		entry->next = text;
		entry->at_us = at_us;
		return true;
	}
	if (put(lib, entry, text))
		return true;
	forget(lib, entry);
	return false;
}

void glow_library_drop(struct glow_library *lib, const char *name)
{
	struct glow_library_entry *entry = find(lib, name);

	if (!entry)
		return;
	drop_next(entry);
	put(lib, entry, NULL);
	forget(lib, entry);
}

/* It has a text, and we cannot use it. */
static void fail(struct glow_library *lib, const char *name, uint64_t rev, const char *why)
{
	struct glow_library_entry *entry = entry_of(lib, name);

	if (!entry)
		return;
	drop_next(entry);
	put(lib, entry, NULL);
	entry->why_rev = rev;
	snprintf(entry->why, sizeof(entry->why), "%s", why);
	glow_diag_mend(entry->why);
}

void glow_library_fail(struct glow_library *lib, const char *name, const char *why)
{
	const struct glow_effect_listed *listed = glow_effect_list_find(&lib->list, name);

	fail(lib, name, listed ? listed->rev : 0, why);
}

/* ---- messages ---- */

static bool is_latest(const struct glow_library *lib, const struct glow_effect_text *text)
{
	const struct glow_library_entry *entry = glow_library_find(lib, text->name);
	const struct glow_library_text *latest = entry ? glow_library_latest(entry) : NULL;

	return latest && latest->rev == text->rev && latest->len == text->len &&
	       memcmp(latest->text, text->text, text->len) == 0;
}

static enum glow_code take_text(struct glow_library *lib, const struct glow_effect_text *text, int64_t now_us,
				struct glow_diag *diag)
{
	int64_t at_us = text->clock_id && text->clock_id == lib->clock_id ? text->at_us : now_us;
	struct glow_library_text *one;
	char why[440];

	if (is_latest(lib, text))
		return GLOW_OK;
	one = glow_library_compile(text->name, text->text, text->len, text->rev, diag);
	if (one && !glow_library_take(lib, text->name, one, at_us, now_us)) {
		glow_library_text_free(one);
		one = NULL;
		glow_diag_set(diag, GLOW_BAD_EFFECT, "", "its name cannot be taken by a text, or there are too many");
	}
	if (one)
		return GLOW_OK;
	snprintf(why, sizeof(why), "%s%s%s", diag->where, diag->where[0] ? ": " : "", diag->what);
	fail(lib, text->name, text->rev, why);
	return diag->code;
}

enum glow_code glow_library_message(struct glow_library *lib, const char *name, const void *payload, size_t len,
				    int64_t now_us, struct glow_diag *diag)
{
	struct glow_effect_text text;
	cJSON *tree;

	*diag = (struct glow_diag){ .code = GLOW_OK };
	if (!glow_effect_text_named(name))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "name", "is no effect's name");
	if (len == 0) {
		glow_library_drop(lib, name);
		return GLOW_OK;
	}
	tree = glow_json_parse(payload, len, diag);
	if (tree && glow_effect_text_read(tree, &text, diag) == GLOW_OK) {
		if (strcmp(text.name, name) != 0)
			glow_diag_set(diag, GLOW_OUT_OF_RANGE, "name", "is not that of the topic");
		else
			take_text(lib, &text, now_us, diag);
	}
	cJSON_Delete(tree);
	return diag->code;
}

/* A text that is not on the list any more goes, and one that failed gets another chance when it is another one. */
static void follow_list(struct glow_library *lib)
{
	for (size_t k = lib->n; k-- > 0;) {
		struct glow_library_entry *entry = &lib->v[k];
		const struct glow_effect_listed *listed = glow_effect_list_find(&lib->list, entry->name);

		if (!listed)
			glow_library_drop(lib, entry->name);
		else if (!entry->now && entry->why_rev != listed->rev)
			forget(lib, entry);
	}
}

enum glow_code glow_library_list(struct glow_library *lib, const void *payload, size_t len, struct glow_diag *diag)
{
	struct glow_effect_list list = { .n = 0 };
	cJSON *tree = NULL;

	*diag = (struct glow_diag){ .code = GLOW_OK };
	if (len > 0)
		tree = glow_json_parse(payload, len, diag);
	if (tree)
		glow_effect_list_read(tree, &list, diag);
	cJSON_Delete(tree);
	if (diag->code != GLOW_OK)
		return diag->code;
	lib->list = list;
	lib->has_list = len > 0;
	lib->revision++;
	follow_list(lib);
	return GLOW_OK;
}

/* ---- time ---- */

static void change(struct glow_library *lib, struct glow_library_entry *entry)
{
	struct glow_library_text *next = entry->next;

	entry->next = NULL;
	if (!put(lib, entry, next)) /* the place that its predecessor had is free, so it was taken */
		glow_library_text_free(next);
}

void glow_library_tick(struct glow_library *lib, int64_t t_us)
{
	for (size_t k = 0; k < lib->n; k++)
		if (lib->v[k].next && lib->v[k].at_us <= t_us)
			change(lib, &lib->v[k]);
}

void glow_library_clock(struct glow_library *lib, uint64_t clock_id, int64_t now_us)
{
	bool other = lib->clock_id != clock_id;

	lib->clock_id = clock_id;
	for (size_t k = 0; k < lib->n; k++)
		if (lib->v[k].next && (other || lib->v[k].at_us > now_us + GLOW_LIBRARY_AHEAD_US))
			change(lib, &lib->v[k]);
}

int64_t glow_library_next(const struct glow_library *lib)
{
	int64_t next = GLOW_NEVER;

	for (size_t k = 0; k < lib->n; k++)
		if (lib->v[k].next)
			next = glow_sooner(next, lib->v[k].at_us);
	return next;
}

/* ---- words ---- */

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool of_word(char c)
{
	c = small(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool glow_library_word(const char *payload, size_t len, const char *word)
{
	size_t n = strlen(word), same;

	for (size_t k = 0; k + n <= len; k++) {
		for (same = 0; same < n && small(payload[k + same]) == word[same];)
			same++;
		if (same == n && (k == 0 || !of_word(payload[k - 1])) && (k + n == len || !of_word(payload[k + n])))
			return true;
	}
	return false;
}

const char *glow_library_missing(const struct glow_library *lib, const char *payload, size_t len, size_t k)
{
	for (size_t j = 0; j < lib->list.n; j++) {
		const char *name = lib->list.v[j].name;

		if (!glow_library_find(lib, name) && glow_library_word(payload, len, name) && k-- == 0)
			return name;
	}
	return NULL;
}
