/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What was read is written again by those who write it on the wire. So a page
 * sees one spelling of everything, and cannot understand a message otherwise
 * than the core does, which draws from the same structs. What the core does not
 * read, the effects' parameter tables, is passed on as catalogs.c has checked it. */

#include <stdlib.h>
#include <string.h>

#include <glow/agenda.h>
#include <glow/json.h>
#include <glow/params.h>
#include <glow/preset.h>
#include <glow/watch_tree.h>

/* ---- nodes ---- */

cJSON *glow_watch_info_tree(const struct glow_watched *node)
{
	cJSON *tree = glow_info_write(&node->info);

	if (node->info.catalog[0])
		return tree;
	/* Those were this program's own. */
	cJSON_DeleteItemFromObjectCaseSensitive(tree, "effects");
	cJSON_AddRawToObject(tree, "effects", node->effects);
	return tree;
}

cJSON *glow_watch_state_tree(const struct glow_watched *node)
{
	return glow_told_write(&node->state, node->info.shape);
}

cJSON *glow_watch_stats_tree(const struct glow_watched *node)
{
	return glow_stats_write(&node->stats);
}

cJSON *glow_watch_nodes_tree(const struct glow_watch *w)
{
	const struct glow_roster *roster = &w->stage.roster;
	cJSON *tree = cJSON_CreateArray();

	for (uint32_t k = 0; k < roster->n; k++) {
		const char *id = roster->nodes[k].id;

		/* A roster that names a node twice still has only one of it. */
		if (glow_watch_find(w, id) && glow_watch_entry(w, id) == &roster->nodes[k])
			cJSON_AddItemToArray(tree, cJSON_CreateString(id));
	}
	for (size_t k = 0; k < w->n_nodes; k++)
		if (!glow_watch_entry(w, w->nodes[k]->id))
			cJSON_AddItemToArray(tree, cJSON_CreateString(w->nodes[k]->id));
	return tree;
}

/* ---- the cluster ---- */

cJSON *glow_watch_conductor_tree(const struct glow_watch *w, struct glow_raw now)
{
	cJSON *tree = cJSON_CreateObject();
	bool beating = glow_watch_beating(w, now);

	cJSON_AddBoolToObject(tree, "online", w->conductor_online);
	cJSON_AddBoolToObject(tree, "beating", beating);
	cJSON_AddBoolToObject(tree, "leads", beating && glow_watch_led(w));
	cJSON_AddItemToObject(tree, "info",
			      w->has_conductor ? glow_conductor_info_write(&w->conductor) : cJSON_CreateNull());
	return tree;
}

cJSON *glow_watch_stage_tree(const struct glow_watch *w)
{
	const struct glow_dim dim = glow_stage_dim(&w->stage);
	cJSON *scenes = glow_scenes_write(glow_stage_scenes(&w->stage)), *tree = cJSON_CreateObject();
	cJSON *roster = glow_roster_write(&w->stage.roster);

	cJSON_AddItemToObject(tree, "scenes", cJSON_DetachItemFromObjectCaseSensitive(scenes, "scenes"));
	cJSON_Delete(scenes);
	cJSON_DeleteItemFromObjectCaseSensitive(roster, "kinds"); /* they are in the infos of its nodes */
	cJSON_AddItemToObject(tree, "roster", roster);
	cJSON_AddItemToObject(tree, "dim", glow_dim_write(&dim));
	return tree;
}

/* ---- effects in text ---- */

cJSON *glow_watch_texts_tree(const struct glow_watch *w)
{
	cJSON *tree = cJSON_CreateArray();

	for (size_t k = 0; k < w->library.n; k++) {
		const struct glow_library_text *latest = glow_library_latest(&w->library.v[k]);
		struct glow_effect_text text = { 0 };

		if (!latest)
			continue;
		memcpy(text.name, w->library.v[k].name, sizeof(text.name));
		text.text = latest->text;
		text.len = latest->len;
		text.rev = latest->rev;
		cJSON_AddItemToArray(tree, glow_effect_text_write(&text, latest->effect));
	}
	return tree;
}

static void add_mistake(cJSON *tree, const struct glow_script_mistake *mistake)
{
	cJSON *object = cJSON_AddObjectToObject(tree, "mistake");

	cJSON_AddNumberToObject(object, "line", mistake->line);
	cJSON_AddNumberToObject(object, "column", mistake->column);
	cJSON_AddStringToObject(object, "what", mistake->what);
}

static void add_script(cJSON *tree, const struct glow_script *script)
{
	const struct glow_effect_desc *effect = glow_script_effect(script);
	struct glow_script_cost cost = glow_script_cost(script);
	cJSON *params, *object;

	cJSON_AddStringToObject(tree, "what", effect->what);
	params = cJSON_AddArrayToObject(tree, "params");
	for (int k = 0; k < effect->n_params; k++)
		cJSON_AddItemToArray(params, glow_param_describe(&effect->params[k]));
	object = cJSON_AddObjectToObject(tree, "cost");
	cJSON_AddNumberToObject(object, "pixel", cost.pixel);
	cJSON_AddNumberToObject(object, "frame", cost.frame);
}

cJSON *glow_watch_check_tree(const char *text, size_t len)
{
	struct glow_script_mistake mistake = { 0, 0, "no memory to compile it" };
	struct glow_script_work *work = malloc(glow_script_work_size());
	size_t size = work ? glow_script_compile(work, text, len, &mistake) : 0;
	void *memory = size ? malloc(size) : NULL;
	cJSON *tree = cJSON_CreateObject();

	if (memory)
		add_script(tree, glow_script_store(work, "", memory));
	else
		add_mistake(tree, &mistake);
	free(memory);
	free(work);
	return tree;
}

/* ---- answers ---- */

static void copy_string(cJSON *to, const cJSON *from, const char *name)
{
	const cJSON *item = glow_json_get(from, name);

	cJSON_AddStringToObject(to, name, cJSON_IsString(item) ? item->valuestring : "");
}

static void copy_strings(cJSON *to, const cJSON *from, const char *name)
{
	const cJSON *items = glow_json_get(from, name);
	cJSON *list = cJSON_AddArrayToObject(to, name);

	for (const cJSON *item = cJSON_IsArray(items) ? items->child : NULL; item; item = item->next)
		if (cJSON_IsString(item))
			cJSON_AddItemToArray(list, cJSON_CreateString(item->valuestring));
}

static void copy_number(cJSON *to, const cJSON *from, const char *name)
{
	const cJSON *item = glow_json_get(from, name);

	cJSON_AddItemToObject(to, name,
			      cJSON_IsNumber(item) ? cJSON_CreateNumber(item->valuedouble) : cJSON_CreateNull());
}

cJSON *glow_watch_answer_tree(const void *payload, size_t len)
{
	struct glow_diag diag;
	cJSON *answer = glow_json_parse(payload, len, &diag), *tree = NULL;
	const cJSON *status = glow_json_get(answer, "status");

	if (cJSON_IsObject(answer)) {
		bool ok = cJSON_IsString(status) && strcmp(status->valuestring, "ok") == 0;

		tree = cJSON_CreateObject();
		cJSON_AddStringToObject(tree, "status", ok ? "ok" : "error");
		copy_string(tree, answer, "node");
		copy_string(tree, answer, "field");
		copy_string(tree, answer, "message");
		copy_strings(tree, answer, "ignored");
		copy_string(tree, answer, "undone");
		copy_number(tree, answer, "nodes");
		copy_strings(tree, answer, "skipped");
	}
	cJSON_Delete(answer);
	return tree;
}

/* ---- what is kept ---- */

cJSON *glow_watch_wanted_tree(const struct glow_watch *w)
{
	return glow_wanted_write(&w->wanted);
}

static cJSON *ids_of(const cJSON *lights)
{
	cJSON *ids = lights ? cJSON_CreateArray() : cJSON_CreateNull();

	for (const cJSON *light = lights ? lights->child : NULL; light; light = light->next)
		cJSON_AddItemToArray(ids, cJSON_CreateString(light->string));
	return ids;
}

cJSON *glow_watch_preset_tree(const void *payload, size_t len)
{
	struct glow_diag diag;
	cJSON *kept = glow_json_parse(payload, len, &diag), *tree = NULL;
	struct glow_preset preset;

	if (kept && glow_preset_read(kept, &preset, &diag) == GLOW_OK) {
		tree = cJSON_CreateObject();
		cJSON_AddStringToObject(tree, "title", preset.title);
		cJSON_AddItemToObject(tree, "lights", ids_of(preset.lights));
		cJSON_AddItemToObject(tree, "scenes",
				      preset.has_scenes ? glow_scene_list_write(&preset.scenes) : cJSON_CreateNull());
		glow_preset_fini(&preset);
	}
	cJSON_Delete(kept);
	return tree;
}

cJSON *glow_watch_schedule_tree(const void *payload, size_t len)
{
	struct glow_diag diag;
	cJSON *kept = glow_json_parse(payload, len, &diag), *tree = NULL;
	struct glow_agenda_item schedule;

	if (kept && glow_agenda_read(kept, &schedule, &diag) == GLOW_OK)
		tree = glow_agenda_write("", &schedule);
	cJSON_DeleteItemFromObjectCaseSensitive(tree, "name"); /* it is in the topic */
	cJSON_Delete(kept);
	return tree;
}
