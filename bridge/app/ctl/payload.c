/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <glow/command.h>
#include <glow/ctl.h>
#include <glow/json.h>
#include <glow/scenes.h>
#include <glow/script.h>

/* Puts the members of `extra` over those of `tree`; objects in both are merged. Both stay the caller's. */
static void merge(cJSON *tree, const cJSON *extra)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, extra)
	{
		cJSON *old = cJSON_GetObjectItemCaseSensitive(tree, item->string);

		if (old && cJSON_IsObject(old) && cJSON_IsObject(item)) {
			merge(old, item);
			continue;
		}
		cJSON_DeleteItemFromObjectCaseSensitive(tree, item->string);
		cJSON_AddItemToObject(tree, item->string, cJSON_Duplicate(item, true));
	}
}

/* The text itself, unless there is no memory. */
static char *or_lack(char *payload, struct glow_diag *diag)
{
	if (!payload)
		glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	return payload;
}

/* A word that may be the name of a text which the cluster has: only the cluster can tell. NULL for none. */
static const char *perhaps_text(const char *text)
{
	static char name[GLOW_SCRIPT_NAME_SIZE];
	struct glow_script_mistake mistake;

	for (size_t n; *(text += strspn(text, " \t\r\n")); text += n) {
		n = strcspn(text, " \t\r\n");
		if (n >= sizeof(name))
			continue;
		for (size_t k = 0; k <= n; k++)
			name[k] = (char)(k < n ? tolower((unsigned char)text[k]) : '\0');
		if (glow_script_name_free(name, n, &mistake))
			return name;
	}
	return NULL;
}

/* What was typed as JSON. */
static cJSON *expand(const char *text, struct glow_diag *diag)
{
	cJSON *tree = glow_command_tree(text, strlen(text), diag);
	struct glow_effect_desc unknown = { .name = "" };

	if (tree || diag->code != GLOW_UNKNOWN_EFFECT)
		return tree;
	unknown.name = perhaps_text(text);
	if (unknown.name && glow_effect_add(&unknown)) {
		tree = glow_command_tree(text, strlen(text), diag);
		glow_effect_remove(&unknown);
	}
	return tree;
}

static char *merged(const char *text, const cJSON *extra, struct glow_diag *diag)
{
	cJSON *tree = expand(text, diag);
	char *payload = NULL;

	if (tree && !cJSON_IsObject(tree)) {
		glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	} else if (tree) {
		merge(tree, extra);
		payload = or_lack(cJSON_PrintUnformatted(tree), diag);
	}
	cJSON_Delete(tree);
	return payload;
}

/* What was typed, with `extra` (deleted here) put over it. */
static char *with(const char *text, cJSON *extra, struct glow_diag *diag)
{
	char *payload;

	if (!extra)
		return or_lack(NULL, diag);
	payload = extra->child ? merged(text, extra, diag) : or_lack(strdup(text), diag);
	cJSON_Delete(extra);
	return payload;
}

static cJSON *id_list(cJSON *target, const char *field, const char *list, struct glow_diag *diag)
{
	cJSON *array = cJSON_AddArrayToObject(target, field);
	char id[GLOW_ID_MAX + 2];

	for (const char *c = list;; c++) {
		size_t n = strcspn(c, ",");

		snprintf(id, sizeof(id), "%.*s", (int)n, c);
		if (!glow_id_valid(id)) {
			glow_diag_set(diag, GLOW_OUT_OF_RANGE, "target",
				      "\"%s\" is no id: a-z, 0-9 and - inside, at most 63", id);
			return NULL;
		}
		cJSON_AddItemToArray(array, cJSON_CreateString(id));
		c += n;
		if (!*c)
			return array;
	}
}

static bool add_target(cJSON *extra, const struct glow_ctl_options *o, struct glow_diag *diag)
{
	cJSON *target;

	if (!o->nodes && !o->groups)
		return true;
	if (o->nodes && o->groups) {
		glow_diag_set(diag, GLOW_CONFLICT, "", "--node and --group exclude each other");
		return false;
	}
	target = cJSON_AddObjectToObject(extra, "target");
	return id_list(target, o->nodes ? "nodes" : "groups", o->nodes ? o->nodes : o->groups, diag);
}

/* A number, true or false where the text is one, else a string. */
static cJSON *param_value(const char *text, size_t len)
{
	struct glow_diag diag;
	cJSON *value = glow_json_parse(text, len, &diag);
	char *word;

	if (value && (cJSON_IsNumber(value) || cJSON_IsBool(value)))
		return value;
	cJSON_Delete(value);
	word = strndup(text, len);
	value = word ? cJSON_CreateString(word) : NULL;
	free(word);
	return value;
}

static bool add_params(cJSON *extra, const char *lines, struct glow_diag *diag)
{
	cJSON *params = lines ? cJSON_AddObjectToObject(extra, "params") : NULL;

	for (const char *line = lines; line && *line;) {
		size_t len = strcspn(line, "\n"), name_len = strcspn(line, "=\n");
		char name[64];

		if (name_len == 0 || name_len >= sizeof(name) || line[name_len] != '=') {
			glow_diag_set(diag, GLOW_BAD_TYPE, "", "--param wants name=value, got \"%.*s\"", (int)len,
				      line);
			return false;
		}
		snprintf(name, sizeof(name), "%.*s", (int)name_len, line);
		cJSON_DeleteItemFromObjectCaseSensitive(params, name);
		cJSON_AddItemToObject(params, name, param_value(line + name_len + 1, len - name_len - 1));
		line += len + (line[len] == '\n');
	}
	return true;
}

static void add_number(cJSON *extra, const char *name, int64_t value, double unit)
{
	if (value >= 0)
		cJSON_AddNumberToObject(extra, name, (double)value / unit);
}

static void add_absent(cJSON *extra, const struct glow_ctl_options *o)
{
	if (o->force)
		cJSON_AddTrueToObject(extra, "absent");
}

char *glow_ctl_play_payload(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag)
{
	cJSON *extra = cJSON_CreateObject();

	if (!add_target(extra, o, diag) || !add_params(extra, o->params, diag)) {
		cJSON_Delete(extra);
		return NULL;
	}
	if (o->id)
		cJSON_AddStringToObject(extra, "id", o->id);
	if (o->span)
		cJSON_AddStringToObject(extra, "span", o->span);
	add_number(extra, "fade_ms", o->fade_ms, 1);
	add_number(extra, "duration_s", o->for_s, 1);
	if (!o->take)
		cJSON_AddFalseToObject(extra, "take");
	add_absent(extra, o);
	return with(text, extra, diag);
}

char *glow_ctl_set_payload(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag)
{
	cJSON *extra = cJSON_CreateObject();

	if (!add_params(extra, o->params, diag)) {
		cJSON_Delete(extra);
		return NULL;
	}
	add_number(extra, "transition", o->fade_ms, 1000);
	add_absent(extra, o);
	return with(text, extra, diag);
}

char *glow_ctl_notify_payload(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag)
{
	cJSON *extra = cJSON_CreateObject();

	if (!add_params(extra, o->params, diag)) {
		cJSON_Delete(extra);
		return NULL;
	}
	if (o->id)
		cJSON_AddStringToObject(extra, "id", o->id);
	if (o->clear)
		cJSON_AddTrueToObject(extra, "clear");
	add_number(extra, "ttl_s", o->ttl_s, 1);
	add_number(extra, "priority", o->priority, 1);
	add_absent(extra, o);
	return with(text, extra, diag);
}

char *glow_ctl_stop_payload(const struct glow_ctl_options *o, const char *id, struct glow_diag *diag)
{
	cJSON *extra = cJSON_CreateObject();

	if (id)
		cJSON_AddStringToObject(extra, "id", id);
	add_number(extra, "fade_ms", o->fade_ms, 1);
	return with("", extra, diag);
}

char *glow_ctl_save_payload(const struct glow_ctl_options *o, struct glow_diag *diag)
{
	cJSON *extra = cJSON_CreateObject();
	char *payload;

	if (o->title)
		cJSON_AddStringToObject(extra, "title", o->title);
	if (o->only)
		cJSON_AddStringToObject(extra, "only", o->only);
	payload = add_target(extra, o, diag) ? or_lack(cJSON_PrintUnformatted(extra), diag) : NULL;
	cJSON_Delete(extra);
	return payload;
}

char *glow_ctl_fade_payload(const struct glow_ctl_options *o, struct glow_diag *diag)
{
	cJSON *extra = cJSON_CreateObject();

	if (o->fade_ms >= 0)
		cJSON_AddNumberToObject(extra, "transition", (double)o->fade_ms / 1000);
	return or_lack(glow_json_finish(extra), diag);
}

/* "sunset-30": minutes before it. */
static void add_at(cJSON *tree, const char *at)
{
	size_t sun = strcspn(at, "+-");
	char word[16];

	snprintf(word, sizeof(word), "%.*s", (int)sun, at);
	if (!at[sun] || (strcmp(word, "sunrise") != 0 && strcmp(word, "sunset") != 0)) {
		cJSON_AddStringToObject(tree, "at", at);
		return;
	}
	cJSON_AddStringToObject(tree, "at", word);
	sun += at[sun] == '+';
	cJSON_AddItemToObject(tree, "offset_min", param_value(at + sun, strlen(at + sun)));
}

static void add_days(cJSON *tree, const char *days)
{
	cJSON *list = cJSON_AddArrayToObject(tree, "days");

	for (const char *day = days; *day; day += strspn(day, ", ")) {
		char word[16];
		size_t n = strcspn(day, ", ");

		snprintf(word, sizeof(word), "%.*s", (int)n, day);
		cJSON_AddItemToArray(list, cJSON_CreateString(word));
		day += n;
	}
}

/* What to do is a JSON object, or words as its topic takes them. */
static void add_deed(cJSON *tree, const char *field, const char *text)
{
	struct glow_diag diag;
	bool json = text[glow_json_blank(text, strlen(text))] == '{';
	cJSON *object = json ? glow_json_parse(text, strlen(text), &diag) : NULL;

	cJSON_AddItemToObject(tree, field, object ? object : cJSON_CreateString(text));
}

char *glow_ctl_schedule_payload(const struct glow_ctl_options *o, const char *at, const char *deed, const char *text,
				struct glow_diag *diag)
{
	static const char *const deeds[] = { "preset", "play", "dim" }, *const fields[] = { "preset", "scene", "dim" };
	size_t k = 0;
	cJSON *tree;

	while (k < 3 && strcmp(deed, deeds[k]) != 0)
		k++;
	if (k == 3) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "a schedule can preset, play or dim, not \"%.40s\"", deed);
		return NULL;
	}
	tree = cJSON_CreateObject();
	add_at(tree, at);
	if (o->days)
		add_days(tree, o->days);
	if (o->title)
		cJSON_AddStringToObject(tree, "title", o->title);
	if (o->fade_ms >= 0)
		cJSON_AddNumberToObject(tree, "transition", (double)o->fade_ms / 1000);
	add_deed(tree, fields[k], text);
	return or_lack(glow_json_finish(tree), diag);
}

char *glow_ctl_dim_payload(const struct glow_ctl_options *o, const char *text, int64_t now_us, struct glow_diag *diag)
{
	struct glow_dim dim;

	if (glow_dim_read(text, strlen(text), &dim, diag) != GLOW_OK) {
		/* A dimmer takes fewer words than a light, which diag speaks of. */
		if (text[glow_json_blank(text, strlen(text))] != '{')
			glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "must be 0%%..100%%, off or on, got \"%.40s\"",
				      text);
		return NULL;
	}
	if (o->for_s > 0)
		dim.until_us = now_us + o->for_s * GLOW_US_PER_S;
	return glow_json_finish(glow_dim_write(&dim));
}

bool glow_ctl_target_is_many(const char *word)
{
	return strcmp(word, "all") == 0 || strncmp(word, "group/", 6) == 0;
}

bool glow_ctl_target(const char *prefix, const char *word, const char *leaf, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	const char *slash = strchr(word, '/'), *id = slash ? slash + 1 : word;
	bool group = strncmp(word, "group/", 6) == 0;

	if (strcmp(word, "all") == 0) {
		glow_topic_make(ret_topic, prefix, word, leaf, NULL);
		return true;
	}
	if (!glow_id_valid(id) || (slash && !group && strncmp(word, "node/", 5) != 0))
		return false;
	glow_topic_make(ret_topic, prefix, group ? "group" : "node", id, leaf);
	return true;
}

void glow_ctl_scene_name(const char *payload, char *ret_text, size_t size)
{
	struct glow_diag diag;
	cJSON *tree = expand(payload, &diag);
	const cJSON *playlist = glow_json_get(tree, "playlist"), *effect = glow_json_get(tree, "effect");

	if (cJSON_IsArray(playlist))
		snprintf(ret_text, size, "playlist of %d", cJSON_GetArraySize(playlist));
	else
		snprintf(ret_text, size, "%.60s",
			 cJSON_IsString(effect) ? effect->valuestring : glow_effect_solid.name);
	cJSON_Delete(tree);
}
