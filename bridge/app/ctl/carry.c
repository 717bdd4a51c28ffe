/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "carry.h"

#include <stdlib.h>
#include <string.h>

#include <glow/command.h>
#include <glow/json.h>
#include <glow/preset.h>

#include "kept.h"

#define ANY "any" /* a prefix for topics that are taken apart */

const char *const glow_carry_topics[GLOW_CARRY_TOPICS] = {
	"conductor/+", "node/+/availability", "node/+/state",  "effect/+",   "preset/+",
	"schedule/+",  "roster/wanted",       "scene/current", "dim/current"
};

/* ---- what is kept, made into commands ---- */

struct load {
	const struct glow_ctl_session *s;
	cJSON *commands, *left;
};

/* The payload becomes its. */
static void add(struct load *l, const char *topic, cJSON *payload)
{
	cJSON *command = cJSON_CreateObject();

	cJSON_AddStringToObject(command, "topic", topic);
	cJSON_AddItemToObject(command, "payload", payload);
	cJSON_AddItemToArray(l->commands, command);
}

static void leave(struct load *l, const char *what, const char *why)
{
	cJSON *one = cJSON_CreateObject();

	cJSON_AddStringToObject(one, "what", what);
	cJSON_AddStringToObject(one, "why", why);
	cJSON_AddItemToArray(l->left, one);
}

/* NULL after saying why it is left. */
static cJSON *parse(struct load *l, const char *what, const char *text)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);

	if (cJSON_IsObject(tree))
		return tree;
	leave(l, what, tree ? "is no object" : diag.what);
	cJSON_Delete(tree);
	return NULL;
}

static void drop(cJSON *tree, const char *const *names)
{
	for (; *names; names++)
		cJSON_DeleteItemFromObjectCaseSensitive(tree, *names);
}

static void topic_of(char topic[GLOW_TOPIC_MAX + 1], const char *level, const char *name)
{
	glow_topic_make(topic, level, name, "set", NULL);
}

static void add_effects(struct load *l)
{
	size_t n;
	struct glow_kept *v = glow_kept_list(l->s, "effect", &n);
	char topic[GLOW_TOPIC_MAX + 1];

	for (size_t k = 0; v && k < n; k++) {
		cJSON *tree = parse(l, v[k].name, v[k].text);
		const char *text = cJSON_GetStringValue(glow_json_get(tree, "text"));

		topic_of(topic, "effect", v[k].name);
		if (text)
			add(l, topic, cJSON_CreateString(text));
		else if (tree)
			leave(l, topic, "has no text");
		cJSON_Delete(tree);
	}
	free(v);
}

/* Presets and schedules are kept in the words that make them, but for what is a conductor's alone. */
static void add_named(struct load *l, const char *level)
{
	static const char *const own[] = { "fired_us", NULL };
	size_t n;
	struct glow_kept *v = glow_kept_list(l->s, level, &n);
	char topic[GLOW_TOPIC_MAX + 1];

	for (size_t k = 0; v && k < n; k++) {
		cJSON *tree;

		topic_of(topic, level, v[k].name);
		tree = parse(l, topic, v[k].text);
		drop(tree, own);
		if (tree)
			add(l, topic, tree);
	}
	free(v);
}

static const char *kept(const struct load *l, const char *leaf)
{
	return cJSON_GetStringValue(glow_json_get(l->s->kept, leaf));
}

static void add_roster(struct load *l)
{
	static const char *const own[] = { "clock_id", "term", "rev", NULL };
	const char *text = kept(l, "roster/wanted");
	cJSON *tree = text ? parse(l, "roster/wanted", text) : NULL;

	drop(tree, own);
	if (!tree || !tree->child) {
		cJSON_Delete(tree);
		return;
	}
	cJSON_AddTrueToObject(tree, "absent"); /* its nodes may come later */
	add(l, "roster/set", tree);
}

static void add_dim(struct load *l)
{
	const char *text = kept(l, "dim/current");
	cJSON *tree = text ? parse(l, "dim/current", text) : NULL, *payload;
	const cJSON *level = glow_json_get(tree, "brightness"), *until = glow_json_given(tree, "until_us");

	if (cJSON_IsNumber(level) && !until && level->valueint < 255) {
		payload = cJSON_CreateObject();
		glow_json_add_int(payload, "brightness", level->valueint);
		add(l, "dim/set", payload);
	} else if (until) {
		leave(l, "dim/set", "ends by itself");
	}
	cJSON_Delete(tree);
}

/* A number of µs becomes one of seconds of another name. */
static void in_seconds(cJSON *tree, const char *us, const char *s)
{
	const cJSON *item = glow_json_get(tree, us);

	if (cJSON_IsNumber(item))
		cJSON_AddNumberToObject(tree, s, item->valuedouble / GLOW_US_PER_S);
	cJSON_DeleteItemFromObjectCaseSensitive(tree, us);
}

/* Begins anew, and lasts as long as it was to. Lights are as they were, so it asks none to let go. */
static cJSON *play_of(const cJSON *scene)
{
	static const char *const own[] = { "start_us", "end_us", "take", NULL };
	cJSON *play = cJSON_Duplicate(scene, true), *entry;
	const cJSON *start = glow_json_given(scene, "start_us"), *end = glow_json_given(scene, "end_us");

	drop(play, own);
	if (start && end)
		cJSON_AddNumberToObject(play, "duration_s", (end->valuedouble - start->valuedouble) / GLOW_US_PER_S);
	cJSON_AddFalseToObject(play, "take");
	if (glow_json_given(play, "target"))
		cJSON_AddTrueToObject(play, "absent");
	cJSON_ArrayForEach(entry, glow_json_get(play, "playlist"))
	{
		in_seconds(entry, "duration_us", "duration_s");
	}
	return play;
}

static void add_scenes(struct load *l)
{
	const char *text = kept(l, "scene/current");
	cJSON *tree = text ? parse(l, "scene/current", text) : NULL;
	const cJSON *scene;

	cJSON_ArrayForEach(scene, glow_json_get(tree, "scenes"))
	{
		add(l, "scene/play", play_of(scene));
	}
	cJSON_Delete(tree);
}

/* A light that let go has nothing that anybody made. */
static void add_light(struct load *l, const char *id, const char *state)
{
	cJSON *light = glow_preset_light(state, strlen(state));
	const char *effect = cJSON_GetStringValue(glow_json_get(light, "effect"));
	const char *lit = cJSON_GetStringValue(glow_json_get(light, "state"));
	bool idle = cJSON_IsTrue(glow_json_get(light, "dark")) ||
		    (effect && lit && strcmp(effect, "auto") == 0 && strcmp(lit, "ON") == 0);
	char topic[GLOW_TOPIC_MAX + 1], *text;

	glow_topic_make(topic, "node", id, "set", NULL);
	text = light && !idle ? cJSON_PrintUnformatted(light) : NULL;
	if (text && strlen(text) <= GLOW_COMMAND_MAX)
		add(l, topic, cJSON_Duplicate(light, true));
	else if (text)
		leave(l, topic, "is too long for a command: it is painted");
	free(text);
	cJSON_Delete(light);
}

static void add_lights(struct load *l)
{
	size_t n;
	struct glow_kept *v = glow_kept_list(l->s, "node", &n);

	for (size_t k = 0; v && k < n; k++) {
		char id[GLOW_ID_MAX + 1];

		snprintf(id, sizeof(id), "%.*s", (int)strcspn(v[k].name, "/"), v[k].name);
		add_light(l, id, v[k].text);
	}
	free(v);
}

cJSON *glow_carry_all(const struct glow_ctl_session *s, cJSON **ret_left)
{
	struct load l = { s, cJSON_CreateArray(), cJSON_CreateArray() };

	add_effects(&l);
	add_roster(&l);
	add_named(&l, "preset");
	add_named(&l, "schedule");
	add_dim(&l);
	add_scenes(&l);
	add_lights(&l);
	*ret_left = l.left;
	return l.commands;
}

/* ---- what a file may ask ---- */

static const char *topic_in(const cJSON *command)
{
	const char *topic = cJSON_GetStringValue(glow_json_get(command, "topic"));

	return topic ? topic : "";
}

/* Several scenes share a topic: there the id is what names one. */
static const char *id_in(const cJSON *command)
{
	const char *id = cJSON_GetStringValue(glow_json_get(glow_json_get(command, "payload"), "id"));

	return strcmp(topic_in(command), "scene/play") == 0 && id ? id : "";
}

const cJSON *glow_carry_find(const cJSON *commands, const cJSON *command)
{
	const cJSON *other;

	cJSON_ArrayForEach(other, commands)
	{
		if (strcmp(topic_in(command), topic_in(other)) == 0 && strcmp(id_in(command), id_in(other)) == 0)
			return other;
	}
	return NULL;
}

bool glow_carry_allowed(const char *topic, char ret_node[GLOW_ID_MAX + 1])
{
	char whole[GLOW_TOPIC_MAX + 1];
	struct glow_topic parsed;

	ret_node[0] = '\0';
	if (strlen(topic) + sizeof(ANY) > GLOW_TOPIC_MAX)
		return false;
	glow_topic_make(whole, ANY, topic, NULL, NULL);
	parsed = glow_topic_parse(ANY, whole);
	switch (parsed.kind) {
	case GLOW_TOPIC_TEXT_SET:
	case GLOW_TOPIC_ROSTER_SET:
	case GLOW_TOPIC_PRESET_SET:
	case GLOW_TOPIC_SCHEDULE_SET:
	case GLOW_TOPIC_DIM_SET:
	case GLOW_TOPIC_SCENE_PLAY:
		return true;
	case GLOW_TOPIC_SET:
		snprintf(ret_node, GLOW_ID_MAX + 1, "%s", parsed.id);
		return parsed.of == GLOW_OF_NODE;
	default:
		return false;
	}
}
