/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a scene looks like is said in the words of a light command and read by
 * its parser. People are answered strictly; a scene that a conductor keeps may
 * come from a newer program, so what is merely unknown in it is passed over. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glow/command.h>
#include <glow/habits.h>
#include <glow/json.h>
#include <glow/params.h>
#include <glow/scenes.h>
#include <glow/timing.h>

#define FADE_MAX_MS     60000
#define DURATION_MIN_S  0.1
#define DURATION_MAX_S  31536000
#define DURATION_MAX_US (DURATION_MAX_S * GLOW_US_PER_S)

/* Fields of a light command that mean nothing here, those of a scene as a whole, and those of its look. */
static const char *const foreign[] = { "state",    "transition", "flash", "pixels",          "leds", "at_us", "ttl_s",
				       "priority", "clear",      "dark",  "brightness_step", NULL };
#define WHOLE "id", "target", "span", "start_us", "fade_ms", "seed", "take", "playlist", "loop", "absent"
#define LOOKS "effect", "params", "color", "color_temp", "color_temp_kelvin", "brightness", "brightness_pct"
static const char *const whole[] = { WHOLE, NULL };
static const char *const looks[] = { LOOKS, NULL };

/* What people may say of a scene, and of an entry of its playlist. */
static const char *const scene_fields[] = { LOOKS, WHOLE, "duration_s", NULL };
static const char *const entry_fields[] = { LOOKS, "duration_s", NULL };
static const char *const stop_fields[] = { "id", "fade_ms", NULL };

struct reading {
	struct glow_scene *scene;
	bool kept; /* scene/current, not scene/play */
	struct glow_diag *diag;
};

static enum glow_code out_of_memory(struct glow_diag *diag)
{
	return glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
}

static enum glow_code refuse(const cJSON *tree, const char *const *names, const char *why, struct glow_diag *diag)
{
	for (; *names; names++)
		if (glow_json_given(tree, *names))
			return glow_diag_set(diag, GLOW_CONFLICT, *names, "%s", why);
	return GLOW_OK;
}

/* ---- entries ---- */

/* A text may have changed since the scene began: what does not fit its parameters any more has their defaults. */
static bool fits(const struct glow_effect_desc *effect, const cJSON *item)
{
	cJSON *alone = cJSON_CreateObject();
	struct glow_params params;
	struct glow_diag diag;
	uint32_t set;
	bool good;

	cJSON_AddItemReferenceToObject(alone, item->string, (cJSON *)item);
	good = glow_params_read(alone, effect, &params, &set, &diag) == GLOW_OK;
	cJSON_Delete(alone);
	return good;
}

static cJSON *known_params(const struct glow_effect_desc *effect, const cJSON *params)
{
	cJSON *known = cJSON_CreateObject();

	for (const cJSON *item = params->child; item; item = item->next)
		if (glow_param_find(effect, item->string) >= 0 && (!effect->program || fits(effect, item)))
			cJSON_AddItemReferenceToObject(known, item->string, (cJSON *)item);
	return known;
}

/* The command that an entry's look amounts to. */
static cJSON *look_words(const cJSON *tree, bool kept, bool unknown)
{
	const cJSON *effect = glow_json_get(tree, "effect");
	cJSON *words = cJSON_CreateObject();

	for (const char *const *name = looks; *name; name++) {
		const cJSON *item = glow_json_given(tree, *name);
		bool params = item && strcmp(*name, "params") == 0;

		if (!item || (unknown && (item == effect || params)))
			continue;
		if (kept && params && cJSON_IsObject(item) && cJSON_IsString(effect))
			cJSON_AddItemToObject(
				words, *name,
				known_params(glow_effect_find(effect->valuestring, strlen(effect->valuestring)), item));
		else
			cJSON_AddItemReferenceToObject(words, *name, (cJSON *)item);
	}
	return words;
}

static enum glow_code read_look(struct reading *r, const cJSON *tree, struct glow_scene_entry *ret_entry)
{
	const struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET,
					      .shape = { GLOW_SHAPE_ROW, 1 },
					      .strict = !r->kept };
	const cJSON *effect = glow_json_get(tree, "effect");
	bool unknown = r->kept &&
		       (cJSON_IsNull(effect) || (cJSON_IsString(effect) &&
						 !glow_effect_find(effect->valuestring, strlen(effect->valuestring))));
	cJSON *words = look_words(tree, r->kept, unknown);
	struct glow_command command;
	struct glow_look look;
	enum glow_code code = glow_command_read(words, &ctx, &command, r->diag);

	cJSON_Delete(words);
	if (code != GLOW_OK)
		return code;
	if (command.has & GLOW_HAS_EFFECT && !command.named)
		return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "effect", "a scene cannot be auto");
	if (!unknown && !command.effect)
		return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "effect",
				     "a scene needs an effect, a color or a playlist");
	glow_look_init(&look, NULL, 0);
	glow_command_apply(&command, ctx.shape, 0, 0, &look);
	ret_entry->effect = unknown ? NULL : look.effect;
	if (unknown && cJSON_IsString(effect) && strlen(effect->valuestring) < sizeof(ret_entry->unknown))
		memcpy(ret_entry->unknown, effect->valuestring, strlen(effect->valuestring) + 1);
	ret_entry->params = look.params;
	ret_entry->color = look.color;
	ret_entry->brightness = look.on ? look.brightness : 0;
	return GLOW_OK;
}

static enum glow_code read_entry(struct reading *r, const cJSON *tree, struct glow_scene_entry *ret_entry)
{
	if (!cJSON_IsObject(tree))
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "", "must be an object");
	if (!r->kept &&
	    (refuse(tree, foreign, "has no place in a scene", r->diag) != GLOW_OK ||
	     refuse(tree, whole, "belongs to the scene, not to an entry of its playlist", r->diag) != GLOW_OK ||
	     glow_fields_check_of(tree, entry_fields, r->diag) != GLOW_OK))
		return r->diag->code;
	if (read_look(r, tree, ret_entry) != GLOW_OK)
		return r->diag->code;
	if (r->kept)
		return glow_json_get_int(tree, "duration_us", 1, DURATION_MAX_US, &ret_entry->duration_us, r->diag);
	return glow_json_micro(glow_json_get(tree, "duration_s"), "duration_s", DURATION_MIN_S, DURATION_MAX_S,
			       &ret_entry->duration_us, r->diag);
}

/* What is wrong with it, and what of it was ignored, lies inside `where`. */
static enum glow_code read_entry_at(struct reading *r, const cJSON *item, const char *where,
				    struct glow_scene_entry *ret_entry)
{
	struct glow_diag inner = { .code = GLOW_OK };
	struct reading one = { .scene = r->scene, .kept = r->kept, .diag = &inner };

	if (read_entry(&one, item, ret_entry) != GLOW_OK) {
		*r->diag = inner;
		return glow_diag_inside(r->diag, where);
	}
	for (const char *path = NULL; (path = glow_diag_ignored(&inner, path));) {
		char whole_path[96];

		snprintf(whole_path, sizeof(whole_path), "%s.%s", where, path);
		glow_diag_ignore(r->diag, whole_path);
	}
	return GLOW_OK;
}

static enum glow_code read_playlist(struct reading *r, const cJSON *list)
{
	int n = cJSON_GetArraySize(list);
	uint32_t k = 0;

	if (!cJSON_IsArray(list))
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "playlist", "must be an array");
	if (n < 1 || n > GLOW_PLAYLIST_MAX)
		return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "playlist", "must have 1..%d entries, got %d",
				     GLOW_PLAYLIST_MAX, n);
	r->scene->entries = calloc((size_t)n, sizeof(r->scene->entries[0]));
	if (!r->scene->entries)
		return out_of_memory(r->diag);
	r->scene->n_entries = (uint32_t)n;
	for (const cJSON *item = list->child; item; item = item->next, k++) {
		char where[32];

		snprintf(where, sizeof(where), "playlist.%u", k);
		if (read_entry_at(r, item, where, &r->scene->entries[k]) != GLOW_OK)
			return r->diag->code;
	}
	return GLOW_OK;
}

static enum glow_code read_entries(struct reading *r, const cJSON *tree)
{
	const cJSON *playlist = glow_json_given(tree, "playlist");

	r->scene->playlist = playlist != NULL;
	if (playlist) {
		if (!r->kept && refuse(tree, looks, "belongs in the entries of the playlist", r->diag) != GLOW_OK)
			return r->diag->code;
		return read_playlist(r, playlist);
	}
	r->scene->entries = calloc(1, sizeof(r->scene->entries[0]));
	if (!r->scene->entries)
		return out_of_memory(r->diag);
	r->scene->n_entries = 1;
	return read_look(r, tree, r->scene->entries);
}

/* ---- the other fields ---- */

static enum glow_code read_ids(const cJSON *list, const char *where, struct glow_target *target, struct glow_diag *diag)
{
	int n = cJSON_GetArraySize(list);

	if (!cJSON_IsArray(list))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be an array of ids");
	if (n < 1 || n > GLOW_TARGETS_MAX)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "must have 1..%d ids, got %d", GLOW_TARGETS_MAX,
				     n);
	target->ids = calloc((size_t)n, sizeof(target->ids[0]));
	if (!target->ids)
		return out_of_memory(diag);
	for (const cJSON *item = list->child; item; item = item->next) {
		char path[48];

		snprintf(path, sizeof(path), "%s.%u", where, target->n);
		if (glow_json_id(item, path, target->ids[target->n++], diag) != GLOW_OK)
			return diag->code;
	}
	return GLOW_OK;
}

enum glow_code glow_target_read(const cJSON *item, bool kept, struct glow_target *target, struct glow_diag *diag)
{
	const cJSON *nodes = glow_json_given(item, "nodes"), *groups = glow_json_given(item, "groups");
	char path[96];

	if (!item || cJSON_IsNull(item))
		return GLOW_OK;
	if (!cJSON_IsObject(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "target", "must be an object");
	if (nodes && groups)
		return glow_diag_set(diag, GLOW_CONFLICT, "target", "nodes and groups exclude each other");
	if (!nodes && !groups)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "target", "must name nodes or groups");
	for (const cJSON *other = item->child; !kept && other; other = other->next)
		if (other != nodes && other != groups && !cJSON_IsNull(other)) {
			snprintf(path, sizeof(path), "target.%s", other->string);
			glow_diag_ignore(diag, path);
		}
	target->kind = nodes ? GLOW_TARGET_NODES : GLOW_TARGET_GROUPS;
	return read_ids(nodes ? nodes : groups, nodes ? "target.nodes" : "target.groups", target, diag);
}

static enum glow_code read_span(struct reading *r, const cJSON *item)
{
	static const char *const words[] = { "cluster", "node", NULL };
	int word = 0;

	if (item && glow_json_word(item, "span", words, &word, r->diag) != GLOW_OK)
		return r->diag->code;
	r->scene->cluster = word == 0;
	return GLOW_OK;
}

static enum glow_code read_bool(const cJSON *tree, const char *name, bool def, bool *ret_value, struct glow_diag *diag)
{
	const cJSON *item = glow_json_given(tree, name);

	*ret_value = def;
	return item ? glow_json_bool(item, name, ret_value, diag) : GLOW_OK;
}

static enum glow_code read_fade(const cJSON *tree, int64_t *ret_fade_us, struct glow_diag *diag)
{
	int64_t ms = 0;
	enum glow_code code = glow_json_opt_int(tree, "fade_ms", 0, FADE_MAX_MS, &ms, diag);

	*ret_fade_us = ms * 1000;
	return code;
}

static enum glow_code read_end(struct reading *r, const cJSON *tree)
{
	struct glow_scene *scene = r->scene;
	const cJSON *end = glow_json_get(tree, "end_us"), *duration = glow_json_given(tree, "duration_s");
	int64_t length;

	scene->end_us = GLOW_NEVER;
	if (r->kept)
		return !end || cJSON_IsNull(end) ? GLOW_OK : glow_json_time(end, "end_us", &scene->end_us, r->diag);
	if (!duration)
		return GLOW_OK;
	if (glow_json_micro(duration, "duration_s", DURATION_MIN_S, DURATION_MAX_S, &length, r->diag) != GLOW_OK)
		return r->diag->code;
	scene->end_us = scene->start_us + length;
	if (scene->end_us > GLOW_JSON_INT_MAX)
		return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "duration_s", "ends later than a number can say");
	return GLOW_OK;
}

/* What came from above, and where this cluster lies there. Of a place that cannot be, nothing is taken. */
static enum glow_code read_within(struct reading *r, const cJSON *tree)
{
	const cJSON *item = r->kept ? glow_json_given(tree, "within") : NULL;
	int64_t begin = 0, total = 0;

	if (!item)
		return GLOW_OK;
	if (glow_json_opt_int(item, "begin", 0, GLOW_STRIP_MAX, &begin, r->diag) != GLOW_OK ||
	    glow_json_opt_int(item, "pixels", 0, GLOW_STRIP_MAX, &total, r->diag) != GLOW_OK)
		return r->diag->code;
	r->scene->above = true;
	r->scene->within = (struct glow_within){ .begin = (uint32_t)begin,
						 .total = (uint32_t)total,
						 .reverse = cJSON_IsTrue(glow_json_get(item, "reverse")) };
	return GLOW_OK;
}

/* Everything but start, id and seed, whose defaults differ, is taken from `tree`. */
static enum glow_code read_scene(struct reading *r, const cJSON *tree)
{
	struct glow_scene *scene = r->scene;
	const cJSON *id = glow_json_given(tree, "id");
	int64_t seed = scene->seed;

	if (!cJSON_IsObject(tree))
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "", "must be an object");
	if (!r->kept && (refuse(tree, foreign, "has no place in a scene", r->diag) != GLOW_OK ||
			 glow_fields_check_of(tree, scene_fields, r->diag) != GLOW_OK))
		return r->diag->code;
	if ((id || r->kept) && glow_json_text(id, "id", GLOW_SCENE_ID_MAX, scene->id, r->diag) != GLOW_OK)
		return r->diag->code;
	if (read_entries(r, tree) != GLOW_OK ||
	    glow_target_read(glow_json_get(tree, "target"), r->kept, &scene->target, r->diag) != GLOW_OK ||
	    read_span(r, glow_json_given(tree, "span")) != GLOW_OK ||
	    read_bool(tree, "take", true, &scene->take, r->diag) != GLOW_OK ||
	    read_bool(tree, "loop", false, &scene->loop, r->diag) != GLOW_OK ||
	    read_bool(tree, "absent", false, &scene->absent, r->diag) != GLOW_OK || read_within(r, tree) != GLOW_OK ||
	    read_fade(tree, &scene->fade_us, r->diag) != GLOW_OK ||
	    glow_json_opt_time(tree, "start_us", &scene->start_us, r->diag) != GLOW_OK ||
	    glow_json_opt_int(tree, "seed", 0, UINT32_MAX, &seed, r->diag) != GLOW_OK || read_end(r, tree) != GLOW_OK)
		return r->diag->code;
	scene->seed = (uint32_t)seed;
	scene->loop = scene->loop && scene->playlist;
	return GLOW_OK;
}

/* ---- what people ask ---- */

enum glow_code glow_play_read(const char *payload, size_t len, int64_t start_us, uint32_t seed,
			      struct glow_scene *ret_scene, struct glow_diag *diag)
{
	struct reading r = { .scene = ret_scene, .diag = diag };
	cJSON *tree = glow_command_tree(payload, len, diag);
	enum glow_code code;

	if (!tree)
		return diag->code;
	*ret_scene = (struct glow_scene){ .id = "main", .start_us = start_us, .seed = seed };
	code = read_scene(&r, tree);
	cJSON_Delete(tree);
	if (code != GLOW_OK) {
		char id[GLOW_SCENE_ID_MAX + 1];

		memcpy(id, ret_scene->id, sizeof(id));
		glow_scene_fini(ret_scene);
		memcpy(ret_scene->id, id, sizeof(id));
	}
	return code;
}

enum glow_code glow_stop_read(const char *payload, size_t len, struct glow_stop *ret_stop, struct glow_diag *diag)
{
	cJSON *tree;
	const cJSON *id;
	enum glow_code code;

	memset(ret_stop, 0, sizeof(*ret_stop));
	ret_stop->all = true;
	if (len > GLOW_COMMAND_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "at most %d bytes, got %zu", GLOW_COMMAND_MAX, len);
	if (len == glow_json_blank(payload, len))
		return GLOW_OK;
	tree = glow_json_parse(payload, len, diag);
	if (!tree)
		return diag->code;
	id = glow_json_given(tree, "id");
	ret_stop->all = !id;
	code = cJSON_IsObject(tree) ? glow_fields_check_of(tree, stop_fields, diag)
				    : glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (code == GLOW_OK && id)
		code = glow_json_text(id, "id", GLOW_SCENE_ID_MAX, ret_stop->id, diag);
	if (code == GLOW_OK)
		code = read_fade(tree, &ret_stop->fade_us, diag);
	cJSON_Delete(tree);
	return code;
}

#define NONE "none"

static bool has_none(const char *payload, size_t len)
{
	for (size_t k = 0; k + strlen(NONE) <= len; k++)
		if (strncasecmp(payload + k, NONE, strlen(NONE)) == 0)
			return true;
	return false;
}

/* The word alone. */
static bool is_none(const char *payload, size_t len)
{
	size_t begin = glow_json_blank(payload, len);

	while (len > begin && strchr(" \t\r\n", payload[len - 1]) && payload[len - 1])
		len--;
	return len - begin == strlen(NONE) && has_none(payload + begin, len - begin);
}

bool glow_play_ends(const char *payload, size_t len, struct glow_stop *ret_stop, struct glow_diag *diag)
{
	/* What is none of these need not be read twice. */
	bool alone = is_none(payload, len);
	cJSON *tree = !alone && has_none(payload, len) ? glow_command_tree(payload, len, diag) : NULL;
	const char *effect = alone ? NONE : cJSON_GetStringValue(glow_json_get(tree, "effect"));
	const cJSON *id = glow_json_given(tree, "id");
	bool ends = effect && strcasecmp(effect, NONE) == 0;

	*ret_stop = (struct glow_stop){ .id = "main" };
	if (ends && (!id || glow_json_text(id, "id", GLOW_SCENE_ID_MAX, ret_stop->id, diag) == GLOW_OK))
		read_fade(tree, &ret_stop->fade_us, diag);
	cJSON_Delete(tree);
	return ends;
}

/* ---- what the conductor keeps ---- */

static void write_look(cJSON *object, const struct glow_scene_entry *entry)
{
	if (entry->effect || entry->unknown[0])
		cJSON_AddStringToObject(object, "effect", entry->effect ? entry->effect->name : entry->unknown);
	else
		cJSON_AddNullToObject(object, "effect");
	cJSON_AddItemToObject(object, "params", glow_params_write(entry->effect, &entry->params));
	glow_json_add_color(object, "color", entry->color);
	glow_json_add_int(object, "brightness", entry->brightness);
}

static void write_entries(cJSON *object, const struct glow_scene *scene)
{
	cJSON *list;

	if (!scene->playlist) {
		write_look(object, scene->entries);
		return;
	}
	list = cJSON_AddArrayToObject(object, "playlist");
	for (uint32_t k = 0; k < scene->n_entries; k++) {
		cJSON *entry = cJSON_CreateObject();

		write_look(entry, &scene->entries[k]);
		glow_json_add_int(entry, "duration_us", scene->entries[k].duration_us);
		cJSON_AddItemToArray(list, entry);
	}
	cJSON_AddBoolToObject(object, "loop", scene->loop);
}

static void write_target(cJSON *object, const struct glow_target *target)
{
	cJSON *item, *list;

	if (target->kind == GLOW_TARGET_ALL) {
		cJSON_AddNullToObject(object, "target");
		return;
	}
	item = cJSON_AddObjectToObject(object, "target");
	list = cJSON_AddArrayToObject(item, target->kind == GLOW_TARGET_NODES ? "nodes" : "groups");
	for (uint32_t k = 0; k < target->n; k++)
		cJSON_AddItemToArray(list, cJSON_CreateString(target->ids[k]));
}

static void write_within(cJSON *object, const struct glow_within *within)
{
	cJSON *item = cJSON_AddObjectToObject(object, "within");

	glow_json_add_int(item, "begin", within->begin);
	glow_json_add_int(item, "pixels", within->total);
	cJSON_AddBoolToObject(item, "reverse", within->reverse);
}

static cJSON *write_scene(const struct glow_scene *scene)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "id", scene->id);
	write_entries(object, scene);
	write_target(object, &scene->target);
	cJSON_AddStringToObject(object, "span", scene->cluster ? "cluster" : "node");
	glow_json_add_int(object, "start_us", scene->start_us);
	if (scene->end_us == GLOW_NEVER)
		cJSON_AddNullToObject(object, "end_us");
	else
		glow_json_add_int(object, "end_us", scene->end_us);
	glow_json_add_int(object, "fade_ms", scene->fade_us / 1000);
	glow_json_add_int(object, "seed", scene->seed);
	cJSON_AddBoolToObject(object, "take", scene->take);
	if (scene->above)
		write_within(object, &scene->within);
	return object;
}

cJSON *glow_scene_list_write(const struct glow_scenes *scenes)
{
	cJSON *list = cJSON_CreateArray();

	for (uint32_t k = 0; k < scenes->n; k++)
		cJSON_AddItemToArray(list, write_scene(&scenes->v[k]));
	return list;
}

cJSON *glow_scenes_write(const struct glow_scenes *scenes)
{
	cJSON *tree = cJSON_CreateObject();

	glow_edition_add(tree, &scenes->edition);
	if (scenes->above.clock_id)
		glow_edition_add(cJSON_AddObjectToObject(tree, "above"), &scenes->above);
	cJSON_AddItemToObject(tree, "scenes", glow_scene_list_write(scenes));
	return tree;
}

static enum glow_code read_list(const cJSON *list, struct glow_scenes *scenes, struct glow_diag *diag)
{
	int n = cJSON_GetArraySize(list);

	if (!cJSON_IsArray(list))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "scenes", "must be an array");
	if (n > GLOW_SCENES_MAX)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "scenes", "must have at most %d entries, got %d",
				     GLOW_SCENES_MAX, n);
	scenes->v = calloc((size_t)n + 1, sizeof(scenes->v[0]));
	if (!scenes->v)
		return out_of_memory(diag);
	for (const cJSON *item = list->child; item; item = item->next) {
		struct reading r = { .scene = &scenes->v[scenes->n++], .kept = true, .diag = diag };
		char where[32];

		snprintf(where, sizeof(where), "scenes.%u", scenes->n - 1);
		if (!glow_json_get(item, "start_us"))
			return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must have a start_us");
		if (read_scene(&r, item) != GLOW_OK)
			return glow_diag_inside(diag, where);
	}
	return GLOW_OK;
}

enum glow_code glow_scene_list_read(const cJSON *list, struct glow_scenes *scenes, struct glow_diag *diag)
{
	enum glow_code code = read_list(list, scenes, diag);

	if (code != GLOW_OK)
		glow_scenes_fini(scenes);
	return code;
}

enum glow_code glow_scenes_read(const cJSON *tree, struct glow_scenes *ret_scenes, struct glow_diag *diag)
{
	memset(ret_scenes, 0, sizeof(*ret_scenes));
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (!glow_json_get(tree, "clock_id"))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "clock_id", "must be a string");
	if (glow_edition_read(tree, &ret_scenes->edition, diag) != GLOW_OK ||
	    glow_edition_read(glow_json_get(tree, "above"), &ret_scenes->above, diag) != GLOW_OK)
		return diag->code;
	return glow_scene_list_read(glow_json_get(tree, "scenes"), ret_scenes, diag);
}

void glow_scene_fini(struct glow_scene *scene)
{
	free(scene->entries);
	free(scene->target.ids);
	memset(scene, 0, sizeof(*scene));
}

void glow_scenes_fini(struct glow_scenes *scenes)
{
	for (uint32_t k = 0; k < scenes->n; k++)
		glow_scene_fini(&scenes->v[k]);
	free(scenes->v);
	memset(scenes, 0, sizeof(*scenes));
}
