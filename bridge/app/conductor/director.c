/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Lights differ from node to node, so each gets a command of its own, with the instant in it. */

#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/topics.h>

#include "director.h"
#include "place_store.h"
#include "scene_store.h"

/* ---- lights ---- */

static bool tell(struct glow_requests *r, const cJSON *light, int64_t at_us, int64_t fade_us)
{
	const struct glow_member *one = glow_members_find(r->members, light->string);
	char topic[GLOW_TOPIC_MAX + 1], *text;
	cJSON *words;
	bool fits;

	if (!one || !one->online)
		return false;
	words = glow_command_copy(light, GLOW_COMMAND_SET);
	cJSON_DeleteItemFromObjectCaseSensitive(words, "at_us");
	cJSON_DeleteItemFromObjectCaseSensitive(words, "transition");
	glow_json_add_int(words, "at_us", at_us);
	cJSON_AddNumberToObject(words, "transition", (double)fade_us / GLOW_US_PER_S);
	text = glow_json_finish(words);
	fits = text && strlen(text) <= GLOW_COMMAND_MAX;
	glow_topic_of(topic, r->out.prefix, GLOW_TOPIC_SET, GLOW_OF_NODE, light->string);
	if (fits)
		glow_publish_text(&r->out, topic, text, 1, false);
	free(text);
	return fits;
}

void glow_director_lights(struct glow_requests *r, const cJSON *lights, int64_t fade_us, struct glow_shown *shown)
{
	for (const cJSON *light = lights ? lights->child : NULL; light; light = light->next) {
		if (!tell(r, light, shown->at_us, fade_us)) {
			cJSON_AddItemToArray(shown->skipped, cJSON_CreateString(light->string));
			continue;
		}
		glow_members_ordered(r->members, light->string, shown->at_us);
		shown->nodes++;
	}
}

/* ---- scenes ---- */

/* The one of that id which shows, or is about to. */
static const struct glow_scene *latest(const struct glow_scenes *s, const char *id)
{
	const struct glow_scene *last = NULL;

	for (uint32_t k = 0; k < s->n; k++)
		if (strcmp(s->v[k].id, id) == 0)
			last = &s->v[k];
	return last;
}

bool glow_director_goes_on(const struct glow_requests *r, const struct glow_scene *scene)
{
	const struct glow_scene *last = latest(&r->scenes, scene->id);

	return last && last->start_us == scene->start_us && last->end_us == scene->end_us && last->seed == scene->seed;
}

/* What it replaces fades out meanwhile. Where both find no room, what goes out is gone at once: all of a preset does.
 */
static void begin(struct glow_requests *r, struct glow_scene *scene, int64_t fade_us, struct glow_time now,
		  int64_t at_us)
{
	struct glow_diag diag;

	scene->start_us += at_us;
	if (scene->end_us != GLOW_NEVER)
		scene->end_us += at_us;
	scene->fade_us = scene->fade_us ? scene->fade_us : fade_us;
	scene->size = 0;
	while (glow_requests_room(r, scene, now, &diag) != GLOW_OK) {
		if (glow_scene_store_hasten(&r->scenes, at_us + fade_us))
			continue;
		glow_warning("scene %s does not begin: %s", scene->id, diag.what);
		glow_scene_fini(scene);
		return;
	}
	glow_requests_begin(r, scene, now);
}

static void show_scenes(struct glow_requests *r, struct glow_scenes *scenes, int64_t fade_us, struct glow_time now,
			int64_t at_us)
{
	for (uint32_t k = r->scenes.n; k-- > 0;)
		if (!latest(scenes, r->scenes.v[k].id))
			glow_scene_store_stop(&r->scenes, r->scenes.v[k].id, at_us + fade_us, fade_us);
	for (uint32_t k = 0; k < scenes->n; k++) {
		if (glow_director_goes_on(r, &scenes->v[k]))
			glow_scene_fini(&scenes->v[k]);
		else
			begin(r, &scenes->v[k], fade_us, now, at_us);
	}
	scenes->n = 0; /* they have moved; the array has not */
	glow_scene_store_tidy(&r->scenes, now);
	glow_requests_scenes_changed(r);
}

void glow_director_show(struct glow_requests *r, struct glow_preset *preset, int64_t fade_us, struct glow_time now,
			int64_t ahead_us, struct glow_shown *ret_shown)
{
	if (preset->has_scenes)
		ahead_us += glow_places_us(glow_requests_aimed(r, &preset->scenes));
	*ret_shown =
		(struct glow_shown){ .at_us = glow_requests_instant(r, now, ahead_us), .skipped = cJSON_CreateArray() };
	r->last_at_us = ret_shown->at_us;
	glow_director_lights(r, preset->lights, fade_us, ret_shown);
	if (preset->has_scenes)
		show_scenes(r, &preset->scenes, fade_us, now, ret_shown->at_us);
}

/* ---- what is said ---- */

cJSON *glow_director_answer(const struct glow_diag *diag, const struct glow_shown *shown)
{
	cJSON *tree = glow_answer_write(NULL, diag);

	if (diag->code == GLOW_OK) {
		glow_json_add_int(tree, "at_us", shown->at_us);
		glow_json_add_int(tree, "nodes", shown->nodes);
	}
	if (diag->code == GLOW_OK && cJSON_GetArraySize(shown->skipped) > 0)
		cJSON_AddItemReferenceToObject(tree, "skipped", shown->skipped);
	return tree;
}
