/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A preset is kept as its text and taken apart when it is applied, which is seldom. By then an effect may have gone or
 * come back, and whether it can be shown is decided anew. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/publish.h>

#include "addressees.h"
#include "director.h"
#include "preset_store.h"

static enum glow_code read_form(const char *text, size_t len, struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(text, len, diag);
	struct glow_preset preset;

	if (tree && glow_preset_read(tree, &preset, diag) == GLOW_OK)
		glow_preset_fini(&preset);
	cJSON_Delete(tree);
	return diag->code;
}

static const struct glow_shelf_rules rules = { .kind = GLOW_TOPIC_PRESET,
					       .what = "preset",
					       .most = GLOW_PRESETS_MAX,
					       .one = GLOW_PRESET_MAX,
					       .all = GLOW_PRESETS_BYTES,
					       .unknown = GLOW_UNKNOWN_PRESET,
					       .read = read_form };

void glow_preset_store_init(struct glow_preset_store *s, struct glow_requests *requests)
{
	s->requests = requests;
	glow_shelf_init(&s->shelf, &rules, &requests->out);
}

/* ---- saving ---- */

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
		     char ret_title[GLOW_TITLE_MAX + 1])
{
	struct glow_diag diag;
	struct glow_preset preset;
	const struct glow_kept *one = glow_shelf_find(&s->shelf, name, &diag);
	cJSON *tree = one && !asked->has_title ? glow_json_parse(one->text, one->len, &diag) : NULL;

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
	char title[GLOW_TITLE_MAX + 1];
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
	char title[GLOW_TITLE_MAX + 1];
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
		glow_shelf_remove(&s->shelf, name, &diag);
	else if (diag.code == GLOW_OK)
		tree = asked.saves ? save(s, name, &asked, now, skipped, &diag) : given(s, name, &asked, &diag);
	if (diag.code == GLOW_OK && tree)
		glow_shelf_put(&s->shelf, name, glow_json_finish(tree), &diag);
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

static void show(struct glow_preset_store *s, struct glow_preset *preset, const char *name, const char *topic,
		 int64_t fade_us, struct glow_time now, int64_t ahead_us, struct glow_shown *ret_shown)
{
	struct glow_requests *r = s->requests;
	const struct glow_ordered ordered = { .topic = topic,
					      .now = now,
					      .at_us = glow_requests_instant(r, now, ahead_us),
					      .lights = preset->lights,
					      .begin = preset->has_scenes ? &preset->scenes : NULL,
					      .before = preset->has_scenes ? &r->scenes : NULL,
					      .preset = name };

	glow_changes_note(&r->changes, r->members, &ordered);
	glow_director_show(r, preset, fade_us, now, ahead_us, ret_shown);
	glow_requests_say_soon(r, now);
}

void glow_preset_store_show(struct glow_preset_store *s, const char *name, const char *topic, int64_t fade_us,
			    struct glow_time now, int64_t ahead_us, struct glow_shown *ret_shown,
			    struct glow_diag *diag)
{
	const struct glow_kept *one = glow_shelf_find(&s->shelf, name, diag);
	struct glow_preset preset;
	cJSON *tree;

	*ret_shown = (struct glow_shown){ .skipped = NULL };
	if (!one)
		return;
	tree = glow_json_parse(one->text, one->len, diag);
	if (tree && glow_preset_read(tree, &preset, diag) == GLOW_OK) {
		if (glow_preset_check(&preset, &s->command, diag) == GLOW_OK)
			show(s, &preset, name, topic, fade_us, now, ahead_us, ret_shown);
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
