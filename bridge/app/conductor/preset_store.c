/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A preset is kept as its text and taken apart when it is applied, which is seldom. By then an effect may have gone or
 * come back, and whether it can be shown is decided anew. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/nearest.h>
#include <glow/publish.h>

#include "addressees.h"
#include "director.h"
#include "preset_store.h"

#define PART_US    100000 /* so often a part of those that are due is said */
#define PART_BYTES 131072

void glow_preset_store_init(struct glow_preset_store *s, struct glow_requests *requests)
{
	*s = (struct glow_preset_store){ .requests = requests, .due_us = GLOW_NEVER };
}

void glow_preset_store_fini(struct glow_preset_store *s)
{
	for (uint32_t k = 0; k < s->n; k++)
		free(s->v[k].text);
	free(s->v);
	*s = (struct glow_preset_store){ .n = 0 };
}

/* ---- what is kept ---- */

/* Where the preset of that name is, or would have to go. */
static uint32_t rank(const struct glow_preset_store *s, const char *name)
{
	uint32_t low = 0, high = s->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(s->v[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct glow_kept_preset *find(const struct glow_preset_store *s, const char *name)
{
	uint32_t k = rank(s, name);

	return k < s->n && strcmp(s->v[k].name, name) == 0 ? &s->v[k] : NULL;
}

static void drop(struct glow_preset_store *s, struct glow_kept_preset *one)
{
	s->size -= one->len;
	s->n_due -= one->due;
	free(one->text);
	memmove(one, one + 1, (size_t)(&s->v[--s->n] - one) * sizeof(*one));
}

static bool make_room(struct glow_preset_store *s)
{
	uint32_t room = s->room ? 2 * s->room : 16;
	struct glow_kept_preset *v = s->n < s->room ? s->v : realloc(s->v, room * sizeof(*v));

	if (!v)
		return false;
	s->room = s->n < s->room ? s->room : room;
	s->v = v;
	return true;
}

/* Keeps the text, which is its own from then on, if there is room for it; NULL is one that cannot be read. */
static enum glow_code keep(struct glow_preset_store *s, const char *name, char *text, struct glow_diag *diag)
{
	struct glow_kept_preset *one = find(s, name);
	size_t len = text ? strlen(text) : 0;

	if (!one && s->n == GLOW_PRESETS_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "there are %d presets already; remove one first",
				     GLOW_PRESETS_MAX);
	if (len > GLOW_PRESET_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "a preset has at most %d bytes, this one has %zu",
				     GLOW_PRESET_MAX, len);
	if (s->size - (one ? one->len : 0) + len > GLOW_PRESETS_BYTES)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "",
				     "all presets together have at most %d bytes; remove one first",
				     GLOW_PRESETS_BYTES);
	if (!one && !make_room(s))
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	if (!one) {
		one = &s->v[rank(s, name)];
		memmove(one + 1, one, (size_t)(&s->v[s->n++] - one) * sizeof(*one));
		*one = (struct glow_kept_preset){ .len = 0 };
		snprintf(one->name, sizeof(one->name), "%s", name);
	}
	s->size += len - one->len;
	free(one->text);
	one->text = text;
	one->len = len;
	return GLOW_OK;
}

static void publish(const struct glow_preset_store *s, const char *name, const char *text)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, s->requests->out.prefix, GLOW_TOPIC_PRESET, GLOW_OF_CLUSTER, name);
	glow_publish_text(&s->requests->out, topic, text, 1, true);
}

/* ---- what the broker keeps ---- */

static enum glow_code read_form(const char *payload, size_t len, struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(payload, len, diag);
	struct glow_preset preset;

	if (tree && glow_preset_read(tree, &preset, diag) == GLOW_OK)
		glow_preset_fini(&preset);
	cJSON_Delete(tree);
	return diag->code;
}

void glow_preset_store_restore(struct glow_preset_store *s, const char *name, const struct glow_message *m)
{
	struct glow_kept_preset *one = find(s, name);
	struct glow_diag diag = { .code = GLOW_OK }, full = { .code = GLOW_OK };
	char *text = NULL;

	if (m->len == 0) {
		if (one)
			drop(s, one);
		return;
	}
	if (read_form(m->payload, m->len, &diag) == GLOW_OK)
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

void glow_preset_store_disconnected(struct glow_preset_store *s)
{
	for (uint32_t k = 0; k < s->n; k++)
		s->v[k].heard = false;
}

void glow_preset_store_open(struct glow_preset_store *s, bool kept, struct glow_time now)
{
	for (uint32_t k = s->n; k-- > 0;) {
		struct glow_kept_preset *one = &s->v[k];
		bool due = !one->heard && !kept && one->text;

		if (!one->heard && !due) {
			drop(s, one);
			continue;
		}
		s->n_due += due - one->due;
		one->due = due;
	}
	s->due_us = now.us;
	glow_preset_store_tick(s, now);
}

void glow_preset_store_tick(struct glow_preset_store *s, struct glow_time now)
{
	size_t said = 0;

	if (s->n_due == 0 || now.us < s->due_us)
		return;
	for (uint32_t k = 0; k < s->n && s->n_due > 0 && said < PART_BYTES; k++) {
		struct glow_kept_preset *one = &s->v[k];

		if (!one->due)
			continue;
		publish(s, one->name, one->text);
		one->due = false;
		s->n_due--;
		said += one->len > 1024 ? one->len : 1024;
	}
	s->due_us = now.us + PART_US;
}

struct glow_time glow_preset_store_next(const struct glow_preset_store *s)
{
	return (struct glow_time){ s->n_due ? s->due_us : GLOW_NEVER };
}

/* ---- saving ---- */

static const char *preset_name(void *ctx, size_t k)
{
	const struct glow_preset_store *s = ctx;

	return k < s->n ? s->v[k].name : NULL;
}

static enum glow_code unknown(const struct glow_preset_store *s, const char *name, struct glow_diag *diag)
{
	glow_diag_set(diag, GLOW_UNKNOWN_PRESET, "", "there is no preset \"%s\"", name);
	return glow_diag_meant(diag, glow_nearest(name, preset_name, (void *)s));
}

static void remove_one(struct glow_preset_store *s, const char *name, struct glow_diag *diag)
{
	struct glow_kept_preset *one = find(s, name);

	if (!one) {
		unknown(s, name, diag);
		return;
	}
	drop(s, one);
	publish(s, name, "");
}

/* What the lights of these nodes show; who is online and does not say is named. NULL when they are too many. */
static cJSON *lights_of(const struct glow_preset_store *s, const struct glow_target *target, cJSON *skipped,
			struct glow_diag *diag)
{
	const struct glow_members *m = s->requests->members;
	cJSON *lights = cJSON_CreateObject();
	int n = 0;

	for (uint32_t k = 0; k < m->n && n <= GLOW_PRESET_LIGHTS_MAX; k++) {
		const struct glow_member *one = &m->v[k];
		cJSON *light;

		if (!one->online ||
		    !glow_target_has(target, one->id, (const char(*)[GLOW_NAME_SIZE])one->groups, one->n_groups))
			continue;
		light = one->state ? glow_preset_light(one->state->text, one->state->len) : NULL;
		if (light)
			cJSON_AddItemToObject(lights, one->id, light);
		else
			cJSON_AddItemToArray(skipped, cJSON_CreateString(one->id));
		n += light != NULL;
	}
	if (n <= GLOW_PRESET_LIGHTS_MAX)
		return lights;
	glow_diag_set(diag, GLOW_TOO_LARGE, "target",
		      "a preset holds the lights of at most %d nodes, and more are online", GLOW_PRESET_LIGHTS_MAX);
	cJSON_Delete(lights);
	return NULL;
}

/* A title stays until another is given. */
static void title_of(const struct glow_preset_store *s, const char *name, const struct glow_preset_asked *asked,
		     char ret_title[GLOW_PRESET_TITLE_MAX + 1])
{
	const struct glow_kept_preset *one = find(s, name);
	struct glow_diag diag;
	struct glow_preset preset;
	cJSON *tree = one && one->text && !asked->has_title ? glow_json_parse(one->text, one->len, &diag) : NULL;

	memcpy(ret_title, asked->title, sizeof(asked->title));
	if (tree && glow_preset_read(tree, &preset, &diag) == GLOW_OK) {
		memcpy(ret_title, preset.title, sizeof(preset.title));
		glow_preset_fini(&preset);
	}
	cJSON_Delete(tree);
}

static cJSON *save(struct glow_preset_store *s, const char *name, const struct glow_preset_asked *asked,
		   struct glow_time now, cJSON *skipped, struct glow_diag *diag)
{
	const char *field = asked->target.kind == GLOW_TARGET_NODES ? "target.nodes" : "target.groups";
	char title[GLOW_PRESET_TITLE_MAX + 1];
	struct glow_scenes scenes = { .n = 0 };
	cJSON *lights = NULL, *tree;

	if (glow_addressees_check(s->requests->members, &asked->target, field, diag) != GLOW_OK)
		return NULL;
	if (asked->lights && !(lights = lights_of(s, &asked->target, skipped, diag)))
		return NULL;
	if (asked->scenes && !glow_preset_scenes(&s->requests->scenes, now.us, &scenes))
		glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	title_of(s, name, asked, title);
	tree = glow_preset_write(name, title, lights, asked->scenes ? &scenes : NULL);
	free(scenes.v);
	return tree;
}

static cJSON *copy_lights(const cJSON *lights)
{
	cJSON *copy = cJSON_CreateObject();

	for (const cJSON *light = lights->child; light; light = light->next)
		cJSON_AddItemToObject(copy, light->string, glow_command_copy(light, GLOW_COMMAND_SET));
	return copy;
}

/* What was given, if it can be shown, in our words. */
static cJSON *given(struct glow_preset_store *s, const char *name, const struct glow_preset_asked *asked,
		    struct glow_diag *diag)
{
	char title[GLOW_PRESET_TITLE_MAX + 1];
	struct glow_preset preset;
	cJSON *tree = NULL;

	if (glow_preset_read(asked->tree, &preset, diag) != GLOW_OK)
		return NULL;
	title_of(s, name, asked, title);
	if (glow_preset_check(&preset, &s->command, diag) == GLOW_OK)
		tree = glow_preset_write(name, title, preset.lights ? copy_lights(preset.lights) : NULL,
					 preset.has_scenes ? &preset.scenes : NULL);
	glow_preset_fini(&preset);
	return tree;
}

static void put(struct glow_preset_store *s, const char *name, char *text, struct glow_diag *diag)
{
	if (text && keep(s, name, text, diag) == GLOW_OK)
		publish(s, name, text);
	else
		free(text);
}

void glow_preset_store_set(struct glow_preset_store *s, const char *name, const struct glow_message *m,
			   struct glow_time now)
{
	struct glow_preset_asked asked = { .tree = NULL };
	cJSON *skipped = cJSON_CreateArray(), *tree = NULL;
	struct glow_diag diag;

	if (glow_command_clears(m)) {
		cJSON_Delete(skipped);
		return;
	}
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK)
		glow_preset_asked(name, m->payload, m->len, &asked, &diag);
	if (diag.code == GLOW_OK && asked.removes)
		remove_one(s, name, &diag);
	else if (diag.code == GLOW_OK)
		tree = asked.saves ? save(s, name, &asked, now, skipped, &diag) : given(s, name, &asked, &diag);
	if (diag.code == GLOW_OK && tree)
		put(s, name, glow_json_finish(tree), &diag);
	else
		cJSON_Delete(tree);
	tree = glow_answer_write(NULL, &diag);
	cJSON_AddStringToObject(tree, "name", name);
	if (diag.code == GLOW_OK && cJSON_GetArraySize(skipped) > 0)
		cJSON_AddItemReferenceToObject(tree, "skipped", skipped);
	glow_requests_answer(s->requests, m, &diag, tree);
	cJSON_Delete(skipped);
	glow_preset_asked_fini(&asked);
}

/* ---- applying ---- */

static void show(struct glow_preset_store *s, struct glow_preset *preset, const char *topic, int64_t fade_us,
		 struct glow_time now, int64_t ahead_us, struct glow_shown *ret_shown)
{
	struct glow_requests *r = s->requests;
	const struct glow_ordered ordered = { .topic = topic,
					      .now = now,
					      .at_us = glow_requests_instant(r, now, ahead_us),
					      .lights = preset->lights,
					      .begin = preset->has_scenes ? &preset->scenes : NULL,
					      .before = preset->has_scenes ? &r->scenes : NULL };

	glow_changes_note(&r->changes, r->members, &ordered);
	glow_director_show(r, preset, fade_us, now, ahead_us, ret_shown);
	glow_requests_say_soon(r, now);
}

void glow_preset_store_show(struct glow_preset_store *s, const char *name, const char *topic, int64_t fade_us,
			    struct glow_time now, int64_t ahead_us, struct glow_shown *ret_shown,
			    struct glow_diag *diag)
{
	const struct glow_kept_preset *one = find(s, name);
	struct glow_preset preset;
	cJSON *tree;

	*ret_shown = (struct glow_shown){ .skipped = NULL };
	if (!one) {
		unknown(s, name, diag);
		return;
	}
	if (!one->text) {
		glow_diag_set(diag, GLOW_UNKNOWN_PRESET, "", "what is kept as preset \"%s\" cannot be read", name);
		return;
	}
	tree = glow_json_parse(one->text, one->len, diag);
	if (tree && glow_preset_read(tree, &preset, diag) == GLOW_OK) {
		if (glow_preset_check(&preset, &s->command, diag) == GLOW_OK)
			show(s, &preset, topic, fade_us, now, ahead_us, ret_shown);
		glow_preset_fini(&preset);
	}
	cJSON_Delete(tree);
}

void glow_preset_store_apply(struct glow_preset_store *s, const char *name, const struct glow_message *m,
			     struct glow_time now, int64_t ahead_us)
{
	struct glow_shown shown = { .skipped = NULL };
	struct glow_diag diag, inner = { .code = GLOW_OK };
	int64_t fade_us = 0;
	cJSON *tree;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK &&
	    glow_preset_fade(m->payload, m->len, &fade_us, &diag) == GLOW_OK)
		glow_preset_store_show(s, name, m->topic, fade_us, now, ahead_us, &shown, &inner);
	if (inner.code != GLOW_OK)
		diag = inner;
	tree = glow_director_answer(&diag, &shown);
	cJSON_AddStringToObject(tree, "name", name);
	glow_requests_answer(s->requests, m, &diag, tree);
	cJSON_Delete(shown.skipped);
}
