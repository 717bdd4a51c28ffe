/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Two readings: the form, which is all that whoever keeps presets needs, and whether it can be shown, which may change
 * as effects in text come and go. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/habits.h>
#include <glow/json.h>
#include <glow/preset.h>
#include <glow/time.h>

#define FADE_US    GLOW_US_PER_S
#define FADE_MAX_S 60

static const char *const asked_fields[] = { "name", "title", "only", "target", "lights", "scenes", NULL };
static const char *const fade_fields[] = { "transition", NULL };
static const char *const played_fields[] = { "preset", "fade_ms", NULL };

/* ---- the form ---- */

static enum glow_code read_lights(const cJSON *lights, struct glow_diag *diag)
{
	int n = cJSON_GetArraySize(lights);

	if (!cJSON_IsObject(lights))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "lights", "must be an object of nodes' ids");
	if (n > GLOW_PRESET_LIGHTS_MAX)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "lights", "must be at most %d nodes, got %d",
				     GLOW_PRESET_LIGHTS_MAX, n);
	for (const cJSON *item = lights->child; item; item = item->next) {
		if (!glow_id_valid(item->string))
			return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "lights", "\"%.63s\" is no id of a node",
					     item->string);
		if (!cJSON_IsObject(item)) {
			glow_diag_set(diag, GLOW_BAD_TYPE, item->string, "must be an object");
			return glow_diag_inside(diag, "lights");
		}
	}
	return GLOW_OK;
}

/* Times lie behind the instant at which it is applied, and so near that the sum is a time. */
static enum glow_code check_times(const struct glow_scenes *scenes, struct glow_diag *diag)
{
	for (uint32_t k = 0; k < scenes->n; k++) {
		const struct glow_scene *scene = &scenes->v[k];
		char where[32];

		if (scene->start_us >= 0 && scene->start_us <= GLOW_JSON_INT_MAX / 4 && scene->end_us >= 0 &&
		    (scene->end_us == GLOW_NEVER || scene->end_us <= GLOW_JSON_INT_MAX / 4))
			continue;
		snprintf(where, sizeof(where), "scenes.%u", k);
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where,
				     "start_us and end_us count from the instant at which the preset is applied");
	}
	return GLOW_OK;
}

static enum glow_code read_scenes(const cJSON *list, struct glow_preset *preset, struct glow_diag *diag)
{
	if (glow_scene_list_read(list, &preset->scenes, diag) != GLOW_OK)
		return diag->code;
	preset->has_scenes = true;
	return check_times(&preset->scenes, diag);
}

enum glow_code glow_preset_read(const cJSON *tree, struct glow_preset *ret_preset, struct glow_diag *diag)
{
	const cJSON *lights = glow_json_given(tree, "lights"), *scenes = glow_json_given(tree, "scenes");

	*ret_preset = (struct glow_preset){ .lights = lights };
	diag->code = GLOW_OK;
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (!lights && !scenes)
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must have lights or scenes");
	if (glow_title_read(tree, ret_preset->title, diag) != GLOW_OK ||
	    (lights && read_lights(lights, diag) != GLOW_OK) ||
	    (scenes && read_scenes(scenes, ret_preset, diag) != GLOW_OK))
		glow_preset_fini(ret_preset);
	return diag->code;
}

void glow_preset_fini(struct glow_preset *preset)
{
	if (preset->has_scenes)
		glow_scenes_fini(&preset->scenes);
	*preset = (struct glow_preset){ .lights = NULL };
}

/* ---- whether it can be shown ---- */

static enum glow_code check_light(const cJSON *light, struct glow_command *scratch, struct glow_diag *diag)
{
	const struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .any = true, .strict = true };

	if (glow_command_relative(light))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "must not toggle or step: nobody knows from where");
	return glow_command_read(light, &ctx, scratch, diag);
}

static enum glow_code check_lights(const cJSON *lights, struct glow_command *scratch, struct glow_diag *diag)
{
	for (const cJSON *item = lights ? lights->child : NULL; item; item = item->next)
		if (check_light(item, scratch, diag) != GLOW_OK) {
			glow_diag_inside(diag, item->string);
			return glow_diag_inside(diag, "lights");
		}
	return GLOW_OK;
}

static const char *unknown_in(const struct glow_scene *scene)
{
	for (uint32_t k = 0; k < scene->n_entries; k++)
		if (!scene->entries[k].effect)
			return scene->entries[k].unknown;
	return NULL;
}

enum glow_code glow_preset_check(const struct glow_preset *preset, struct glow_command *scratch, struct glow_diag *diag)
{
	diag->code = GLOW_OK;
	if (check_lights(preset->lights, scratch, diag) != GLOW_OK)
		return diag->code;
	for (uint32_t k = 0; k < preset->scenes.n; k++) {
		const char *unknown = unknown_in(&preset->scenes.v[k]);
		char where[48];

		if (!unknown)
			continue;
		snprintf(where, sizeof(where), "scenes.%u.effect", k);
		return glow_diag_set(diag, GLOW_UNKNOWN_EFFECT, where, "there is no effect \"%s\" any more", unknown);
	}
	return GLOW_OK;
}

/* ---- what shows ---- */

cJSON *glow_preset_write(const char *name, const char *title, cJSON *lights, const struct glow_scenes *scenes)
{
	cJSON *tree = cJSON_CreateObject();

	cJSON_AddStringToObject(tree, "name", name);
	if (title[0])
		cJSON_AddStringToObject(tree, "title", title);
	if (lights)
		cJSON_AddItemToObject(tree, "lights", lights);
	if (scenes)
		cJSON_AddItemToObject(tree, "scenes", glow_scene_list_write(scenes));
	return tree;
}

cJSON *glow_preset_light(const char *state, size_t len)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(state, len, &diag), *light;
	const char *name;

	light = glow_json_get(tree, "state") ? cJSON_CreateObject() : NULL;
	for (size_t k = 0; light && (name = glow_command_field(GLOW_COMMAND_SET, k)); k++)
		if (glow_json_given(tree, name))
			cJSON_AddItemToObject(light, name, cJSON_Duplicate(glow_json_given(tree, name), true));
	cJSON_Delete(tree);
	return light;
}

static bool gives_way(const struct glow_scenes *scenes, uint32_t k)
{
	for (uint32_t i = k + 1; i < scenes->n; i++)
		if (strcmp(scenes->v[i].id, scenes->v[k].id) == 0)
			return true;
	return false;
}

bool glow_preset_scenes(const struct glow_scenes *scenes, int64_t now_us, struct glow_scenes *ret_scenes)
{
	*ret_scenes = (struct glow_scenes){ .v = calloc(scenes->n + 1, sizeof(*scenes->v)) };
	for (uint32_t k = 0; ret_scenes->v && k < scenes->n; k++) {
		struct glow_scene scene = scenes->v[k];
		int64_t shift_us = scene.start_us > now_us ? now_us : scene.start_us;

		if (gives_way(scenes, k) || glow_scene_end(&scene) <= now_us)
			continue;
		scene.start_us -= shift_us;
		if (scene.end_us != GLOW_NEVER)
			scene.end_us -= shift_us;
		ret_scenes->v[ret_scenes->n++] = scene;
	}
	return ret_scenes->v;
}

/* ---- what people ask ---- */

static enum glow_code read_only(const cJSON *tree, struct glow_preset_asked *asked, struct glow_diag *diag)
{
	static const char *const words[] = { "lights", "scenes", NULL };
	const cJSON *only = glow_json_given(tree, "only"), *target = glow_json_given(tree, "target");
	int word = 0;

	if (only && glow_json_word(only, "only", words, &word, diag) != GLOW_OK)
		return diag->code;
	asked->lights = !only || word == 0;
	asked->scenes = only ? word == 1 : !target;
	if (target && !asked->lights)
		return glow_diag_set(diag, GLOW_CONFLICT, "target", "says whose lights, and only scenes are asked for");
	return glow_target_read(target, false, &asked->target, diag);
}

static enum glow_code read_asked(const char *name, struct glow_preset_asked *asked, struct glow_diag *diag)
{
	const cJSON *tree = asked->tree, *called = glow_json_given(tree, "name");

	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (glow_fields_check_of(tree, asked_fields, diag) != GLOW_OK ||
	    glow_title_read(tree, asked->title, diag) != GLOW_OK)
		return diag->code;
	asked->has_title = glow_json_given(tree, "title");
	if (called && (!cJSON_IsString(called) || strcmp(called->valuestring, name) != 0))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "name", "must be %s, as in the topic", name);
	asked->saves = !glow_json_given(tree, "lights") && !glow_json_given(tree, "scenes");
	if (asked->saves)
		return read_only(tree, asked, diag);
	if (glow_json_given(tree, "only") || glow_json_given(tree, "target"))
		return glow_diag_set(diag, GLOW_CONFLICT, glow_json_given(tree, "only") ? "only" : "target",
				     "is for saving what shows; here lights or scenes say what to keep");
	return GLOW_OK;
}

enum glow_code glow_preset_asked(const char *name, const char *payload, size_t len, struct glow_preset_asked *ret_asked,
				 struct glow_diag *diag)
{
	*ret_asked = (struct glow_preset_asked){ .removes = len == glow_json_blank(payload, len) };
	*diag = (struct glow_diag){ .code = GLOW_OK };
	if (ret_asked->removes)
		return GLOW_OK;
	if (len > GLOW_PRESET_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "a preset has at most %d bytes, this one has %zu",
				     GLOW_PRESET_MAX, len);
	ret_asked->tree = glow_json_parse(payload, len, diag);
	if (ret_asked->tree)
		read_asked(name, ret_asked, diag);
	if (diag->code != GLOW_OK)
		glow_preset_asked_fini(ret_asked);
	return diag->code;
}

void glow_preset_asked_fini(struct glow_preset_asked *asked)
{
	free(asked->target.ids);
	cJSON_Delete(asked->tree);
	*asked = (struct glow_preset_asked){ .tree = NULL };
}

enum glow_code glow_preset_fade(const char *payload, size_t len, int64_t *ret_fade_us, struct glow_diag *diag)
{
	const cJSON *transition;
	cJSON *tree;

	*ret_fade_us = FADE_US;
	*diag = (struct glow_diag){ .code = GLOW_OK };
	if (len > GLOW_COMMAND_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "at most %d bytes, got %zu", GLOW_COMMAND_MAX, len);
	if (len == glow_json_blank(payload, len))
		return GLOW_OK;
	tree = glow_json_parse(payload, len, diag);
	transition = glow_json_given(tree, "transition");
	if (tree && !cJSON_IsObject(tree))
		glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	else if (tree && glow_fields_check_of(tree, fade_fields, diag) == GLOW_OK && transition)
		glow_json_micro(transition, "transition", 0, FADE_MAX_S, ret_fade_us, diag);
	cJSON_Delete(tree);
	return diag->code;
}

/* A preset says all by itself. */
static enum glow_code read_played(const cJSON *tree, const cJSON *preset, struct glow_preset_played *ret,
				  struct glow_diag *diag)
{
	int64_t fade_ms = FADE_US / 1000;

	if (glow_fields_check_of(tree, played_fields, diag) != GLOW_OK ||
	    glow_json_opt_int(tree, "fade_ms", 0, FADE_MAX_S * 1000, &fade_ms, diag) != GLOW_OK)
		return diag->code;
	for (const cJSON *other = tree->child; other; other = other->next)
		if (other != preset && strcmp(other->string, "fade_ms") != 0 && !cJSON_IsNull(other))
			return glow_diag_set(diag, GLOW_CONFLICT, other->string, "does not go together with a preset");
	ret->fade_us = fade_ms * 1000;
	return cJSON_IsNull(preset) ? GLOW_OK : glow_json_id(preset, "preset", ret->name, diag);
}

bool glow_preset_played(const char *payload, size_t len, struct glow_preset_played *ret_played, struct glow_diag *diag)
{
	static const char word[] = "\"preset\""; /* what lacks it need not be read twice */
	const cJSON *preset;
	cJSON *tree = NULL;
	bool played;

	*ret_played = (struct glow_preset_played){ .name = "" };
	*diag = (struct glow_diag){ .code = GLOW_OK };
	if (memmem(payload, len, word, sizeof(word) - 1))
		tree = glow_json_parse(payload, len, diag);
	preset = glow_json_get(tree, "preset");
	played = preset;
	if (played)
		read_played(tree, preset, ret_played, diag);
	cJSON_Delete(tree);
	return played;
}
