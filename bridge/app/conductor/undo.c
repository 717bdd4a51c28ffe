/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/preset.h>

#include "undo.h"

void glow_undo_init(struct glow_undo *u, struct glow_requests *requests)
{
	*u = (struct glow_undo){ .requests = requests };
}

void glow_undo_fini(struct glow_undo *u)
{
	glow_change_fini(&u->change);
	cJSON_Delete(u->shown.skipped);
	free(u->memory);
	glow_undo_init(u, u->requests);
}

/* ---- who asked ---- */

static bool keep_asked(struct glow_undo *u, const struct glow_message *m)
{
	size_t topic = strlen(m->topic) + 1, response = m->response_topic ? strlen(m->response_topic) + 1 : 0;
	char *at = u->memory = malloc(topic + response + m->correlation_len);

	if (!at)
		return false;
	u->asked = (struct glow_message){ .topic = memcpy(at, m->topic, topic) };
	if (response)
		u->asked.response_topic = memcpy(at + topic, m->response_topic, response);
	if (m->correlation_len)
		u->asked.correlation = memcpy(at + topic + response, m->correlation, m->correlation_len);
	u->asked.correlation_len = m->correlation_len;
	return true;
}

static void answer(const struct glow_undo *u, const struct glow_message *m, const struct glow_diag *diag)
{
	cJSON *tree = glow_director_answer(diag, &u->shown);

	if (diag->code == GLOW_OK)
		cJSON_AddStringToObject(tree, "undone", u->change.topic + strlen(u->requests->out.prefix) + 1);
	glow_requests_answer(u->requests, m, diag, tree);
}

/* ---- scenes ---- */

/* Those that still play stay as they are; the others begin anew, and make nobody let go: lights are put back one by
 * one. */
static void choose_scenes(const struct glow_requests *r, struct glow_scenes *read, struct glow_time now,
			  struct glow_scenes *ret_scenes)
{
	for (uint32_t k = 0; k < read->n; k++) {
		struct glow_scene *scene = &read->v[k];
		bool gives_way = false;

		for (uint32_t i = k + 1; i < read->n; i++)
			gives_way |= strcmp(read->v[i].id, scene->id) == 0;
		if (gives_way || glow_scene_end(scene) <= now.us)
			continue;
		if (!glow_director_goes_on(r, scene)) {
			if (scene->end_us != GLOW_NEVER)
				scene->end_us -= scene->start_us;
			scene->start_us = 0;
			scene->take = false;
		}
		ret_scenes->v[ret_scenes->n++] = *scene;
		*scene = (struct glow_scene){ .n_entries = 0 };
	}
}

static enum glow_code scenes_before(const struct glow_undo *u, struct glow_time now, struct glow_preset *preset,
				    struct glow_diag *diag)
{
	const char *text = u->change.scenes;
	struct glow_scenes read = { .n = 0 };
	cJSON *list = glow_json_parse(text, strlen(text), diag);
	enum glow_code code = list ? glow_scene_list_read(list, &read, diag) : diag->code;

	cJSON_Delete(list);
	if (code != GLOW_OK)
		return code;
	preset->scenes.v = calloc(read.n + 1, sizeof(*preset->scenes.v));
	preset->has_scenes = preset->scenes.v;
	if (preset->has_scenes)
		choose_scenes(u->requests, &read, now, &preset->scenes);
	else
		code = glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	glow_scenes_fini(&read);
	return code;
}

/* ---- lights ---- */

/* A light that is still as we left it; NULL for one that is not to be touched. */
static cJSON *light_before(const struct glow_requests *r, const struct glow_was *was)
{
	const struct glow_member *one = glow_members_find(r->members, was->id);

	if (!one || !was->state || was->strayed || glow_member_strayed(one))
		return NULL;
	return glow_preset_light(was->state->text, was->state->len);
}

/* Its effect may have gone meanwhile. */
static void put_back(struct glow_undo *u, const struct glow_was *was)
{
	cJSON *light = light_before(u->requests, was), *lights = cJSON_CreateObject();
	const struct glow_preset before = { .lights = lights };
	struct glow_diag diag;

	if (light)
		cJSON_AddItemToObject(lights, was->id, light);
	if (light && glow_preset_check(&before, &u->requests->command, &diag) == GLOW_OK)
		glow_director_lights(u->requests, lights, u->fade_us, &u->shown);
	else
		cJSON_AddItemToArray(u->shown.skipped, cJSON_CreateString(was->id));
	cJSON_Delete(lights);
}

static size_t weight(const struct glow_was *was)
{
	return GLOW_UNDO_ENVELOPE + (was->state ? was->state->len : 0);
}

/* Where the part ends that begins with that light. */
static uint32_t part_end(const struct glow_change *change, uint32_t k)
{
	for (size_t size = 0; k < change->n_lights && size < GLOW_UNDO_PART; k++)
		size += weight(&change->lights[k]);
	return k;
}

/* How long it takes until the last part is told. */
static int64_t parts_us(const struct glow_change *change)
{
	int64_t us = 0;

	for (uint32_t k = part_end(change, 0); k < change->n_lights; k = part_end(change, k))
		us += GLOW_UNDO_EVERY_US;
	return us;
}

/* ---- turns ---- */

/* What comes from now on is for an instant behind this one, though it may be told before. */
static enum glow_code begin(struct glow_undo *u, struct glow_time now, int64_t ahead_us, struct glow_diag *diag)
{
	struct glow_requests *r = u->requests;
	struct glow_preset before = { .lights = NULL };

	if (u->change.scenes && scenes_before(u, now, &before, diag) != GLOW_OK)
		return diag->code;
	if (glow_preset_check(&before, &r->command, diag) == GLOW_OK) {
		glow_director_show(r, &before, u->fade_us, now, ahead_us + parts_us(&u->change), &u->shown);
		r->last_at_us++;
		if (u->change.has_dim)
			glow_requests_set_dim(r, u->change.dim);
		glow_requests_say_soon(r, now);
	}
	glow_preset_fini(&before);
	return diag->code;
}

static enum glow_code start(struct glow_undo *u, const struct glow_message *m, struct glow_time now, int64_t ahead_us,
			    struct glow_diag *diag)
{
	if (glow_command_refuse_retained(m, diag) != GLOW_OK ||
	    glow_preset_fade(m->payload, m->len, &u->fade_us, diag) != GLOW_OK)
		return diag->code;
	if (!glow_changes_take(&u->requests->changes, &u->change))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "",
				     "there is nothing to undo: no change was ordered since this conductor leads, or "
				     "all are undone");
	if (!keep_asked(u, m))
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	return begin(u, now, ahead_us, diag);
}

void glow_undo_ask(struct glow_undo *u, const struct glow_message *m, struct glow_time now, int64_t ahead_us)
{
	struct glow_diag diag;

	if (glow_command_clears(m))
		return;
	if (u->under_way) {
		glow_diag_set(&diag, GLOW_BUSY, "", "another change is being undone; try again in a second");
		glow_requests_answer(u->requests, m, &diag, glow_answer_write(NULL, &diag));
		return;
	}
	if (start(u, m, now, ahead_us, &diag) == GLOW_OK) {
		u->under_way = true;
		u->again_us = now.us;
		glow_undo_tick(u, now);
	} else {
		answer(u, m, &diag);
		glow_undo_fini(u);
	}
}

/* A turn that comes late is followed by the next at once: the instant does not wait. */
void glow_undo_tick(struct glow_undo *u, struct glow_time now)
{
	const struct glow_diag good = { .code = GLOW_OK };
	uint32_t end;

	if (!u->under_way || now.us < u->again_us)
		return;
	end = part_end(&u->change, u->next);
	while (u->next < end)
		put_back(u, &u->change.lights[u->next++]);
	u->again_us += GLOW_UNDO_EVERY_US;
	if (u->next < u->change.n_lights)
		return;
	answer(u, &u->asked, &good);
	glow_undo_fini(u);
}

struct glow_time glow_undo_next(const struct glow_undo *u)
{
	return (struct glow_time){ u->under_way ? u->again_us : GLOW_NEVER };
}

void glow_undo_drop(struct glow_undo *u)
{
	struct glow_diag diag;

	if (!u->under_way)
		return;
	glow_diag_set(&diag, GLOW_BUSY, "", "this conductor leads no more: %u of %u lights were told", u->next,
		      u->change.n_lights);
	answer(u, &u->asked, &diag);
	glow_undo_fini(u);
}
