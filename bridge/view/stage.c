/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A message may be meant for later: a roster or place for its time, scenes for a timeline
 * that this machine is not on yet. It is kept beside what is in force now, so
 * the present picture stays complete until the next one can replace it. What is older than what we have
 * changes nothing: a broker that was killed comes back with what it had saved, and the conductor a while after it. */

#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/places.h>
#include <glow/stage.h>
#include <glow/time.h>

static const struct glow_dim full_light = { .brightness = 255, .until_us = GLOW_NEVER };

void glow_stage_init(struct glow_stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	stage->dim = full_light;
}

static void drop_kept(struct glow_stage_kept *kept)
{
	free(kept->payload);
	*kept = (struct glow_stage_kept){ .len = 0 };
}

static void drop_next_scenes(struct glow_stage *stage)
{
	if (stage->has_next_scenes)
		glow_scenes_fini(&stage->next_scenes);
	drop_kept(&stage->next_kept);
	stage->has_next_scenes = false;
}

static void drop_next_roster(struct glow_stage *stage)
{
	if (stage->has_next_roster)
		glow_roster_fini(&stage->next_roster);
	stage->has_next_roster = false;
}

static void drop_next_places(struct glow_stage *stage)
{
	if (stage->has_next_places)
		glow_places_fini(&stage->next_places);
	stage->has_next_places = false;
}

void glow_stage_fini(struct glow_stage *stage)
{
	drop_next_scenes(stage);
	drop_next_roster(stage);
	drop_next_places(stage);
	glow_scenes_fini(&stage->scenes);
	drop_kept(&stage->kept);
	glow_roster_fini(&stage->roster);
	glow_places_fini(&stage->places);
}

static void settle_scenes(struct glow_stage *stage)
{
	if (!stage->has_next_scenes || stage->next_scenes.edition.clock_id != stage->clock_id)
		return;
	glow_scenes_fini(&stage->scenes);
	drop_kept(&stage->kept);
	stage->scenes = stage->next_scenes;
	stage->kept = stage->next_kept;
	stage->next_kept = (struct glow_stage_kept){ .len = 0 };
	stage->has_next_scenes = false;
	stage->revision++;
}

/* Without cluster time there is no common instant to wait for. */
static bool is_due(const struct glow_stage *stage, int64_t effective_us, int64_t t_us)
{
	return !stage->clock_id || effective_us <= t_us;
}

static void settle_roster(struct glow_stage *stage, int64_t t_us)
{
	if (!stage->has_next_roster || !is_due(stage, stage->next_roster.effective_us, t_us))
		return;
	glow_roster_fini(&stage->roster);
	stage->roster = stage->next_roster;
	stage->has_next_roster = false;
	stage->revision++;
}

static void settle_places(struct glow_stage *stage, int64_t t_us)
{
	if (!stage->has_next_places || !is_due(stage, stage->next_places.effective_us, t_us))
		return;
	glow_places_fini(&stage->places);
	stage->places = stage->next_places;
	stage->has_next_places = false;
	stage->revision++;
}

/* True for an effect that may come, go or change. */
static bool is_text(const struct glow_effect_desc *e)
{
	return !e || glow_effect_built_in_find(e->name, strlen(e->name)) != e;
}

static uint32_t count_texts(const struct glow_scenes *scenes)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < scenes->n; k++)
		for (uint32_t j = 0; j < scenes->v[k].n_entries; j++)
			n += is_text(scenes->v[k].entries[j].effect);
	return n;
}

static void forget_texts(struct glow_scenes *scenes)
{
	for (uint32_t k = 0; k < scenes->n; k++)
		for (uint32_t j = 0; j < scenes->v[k].n_entries; j++)
			if (is_text(scenes->v[k].entries[j].effect))
				scenes->v[k].entries[j].effect = NULL;
}

/* Without memory for that they do not show: they would point to effects that may go. */
static struct glow_stage_kept keep(struct glow_scenes *scenes, const void *payload, size_t len)
{
	struct glow_stage_kept kept = { .len = len };

	if (count_texts(scenes) == 0)
		return kept;
	kept.payload = malloc(len);
	if (kept.payload)
		memcpy(kept.payload, payload, len);
	else
		forget_texts(scenes);
	return kept;
}

/* Older than what is in force, or than what waits to be (NULL for none). */
static bool is_old(const struct glow_edition *came, const struct glow_edition *now, const struct glow_edition *next)
{
	return glow_edition_before(came, now) || (next && glow_edition_before(came, next));
}

static enum glow_code take_scenes(struct glow_stage *stage, const cJSON *tree, const void *payload, size_t len,
				  struct glow_diag *diag)
{
	struct glow_scenes scenes = { .edition.clock_id = stage->clock_id };

	if (tree && glow_scenes_read(tree, &scenes, diag) != GLOW_OK)
		return diag->code;
	if (tree && is_old(&scenes.edition, &stage->scenes.edition,
			   stage->has_next_scenes ? &stage->next_scenes.edition : NULL)) {
		glow_scenes_fini(&scenes);
		return GLOW_OK;
	}
	drop_next_scenes(stage);
	stage->next_scenes = scenes;
	stage->next_kept = keep(&scenes, payload, len);
	stage->has_next_scenes = true;
	settle_scenes(stage);
	return GLOW_OK;
}

/* What cannot be read any more, for want of memory, is none: it would point to effects that are gone. */
static void read_again(struct glow_scenes *scenes, const struct glow_stage_kept *kept)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(kept->payload, kept->len, &diag);

	glow_scenes_fini(scenes);
	if (tree)
		glow_scenes_read(tree, scenes, &diag);
	cJSON_Delete(tree);
}

void glow_stage_effects_changed(struct glow_stage *stage)
{
	if (stage->kept.payload)
		read_again(&stage->scenes, &stage->kept);
	if (stage->next_kept.payload)
		read_again(&stage->next_scenes, &stage->next_kept);
	stage->revision += stage->kept.payload != NULL;
}

static enum glow_code take_roster(struct glow_stage *stage, const cJSON *tree, int64_t now_us, struct glow_diag *diag)
{
	struct glow_roster roster = { .effective_us = now_us };

	if (tree && glow_roster_read(tree, &roster, diag) != GLOW_OK)
		return diag->code;
	if (is_old(&roster.edition, &stage->roster.edition,
		   stage->has_next_roster ? &stage->next_roster.edition : NULL)) {
		glow_roster_fini(&roster);
		return GLOW_OK;
	}
	drop_next_roster(stage);
	stage->next_roster = roster;
	stage->has_next_roster = true;
	settle_roster(stage, now_us);
	return GLOW_OK;
}

static enum glow_code take_places(struct glow_stage *stage, const cJSON *tree, int64_t now_us, struct glow_diag *diag)
{
	struct glow_places places = { .effective_us = now_us };

	if (tree && glow_places_read(tree, &places, diag) != GLOW_OK)
		return diag->code;
	if (is_old(&places.edition, &stage->places.edition,
		   stage->has_next_places ? &stage->next_places.edition : NULL)) {
		glow_places_fini(&places);
		return GLOW_OK;
	}
	drop_next_places(stage);
	stage->next_places = places;
	stage->has_next_places = true;
	stage->revision++; /* it may be of use already, find_place() */
	settle_places(stage, now_us);
	return GLOW_OK;
}

static enum glow_code take_dim(struct glow_stage *stage, const void *payload, size_t len, int64_t now_us,
			       struct glow_diag *diag)
{
	struct glow_dim dim = full_light;

	if (len > 0 && glow_dim_read(payload, len, &dim, diag) != GLOW_OK)
		return diag->code;
	if (is_old(&dim.edition, &stage->dim.edition, NULL))
		return GLOW_OK;
	stage->dim = dim;
	stage->undimmed = dim.until_us <= now_us;
	stage->revision++;
	return GLOW_OK;
}

enum glow_code glow_stage_message(struct glow_stage *stage, enum glow_topic_kind kind, const void *payload, size_t len,
				  int64_t now_us, struct glow_diag *diag)
{
	enum glow_code code = GLOW_OK;
	cJSON *tree = NULL;

	if (kind == GLOW_TOPIC_DIM_CURRENT)
		return take_dim(stage, payload, len, now_us, diag);
	if (kind != GLOW_TOPIC_SCENE_CURRENT && kind != GLOW_TOPIC_ROSTER && kind != GLOW_TOPIC_PLACE)
		return GLOW_OK;
	if (len > 0) {
		tree = glow_json_parse(payload, len, diag);
		if (!tree)
			return diag->code;
	}
	if (kind == GLOW_TOPIC_SCENE_CURRENT)
		code = take_scenes(stage, tree, payload, len, diag);
	else if (kind == GLOW_TOPIC_ROSTER)
		code = take_roster(stage, tree, now_us, diag);
	else
		code = take_places(stage, tree, now_us, diag);
	cJSON_Delete(tree);
	return code;
}

void glow_stage_clock(struct glow_stage *stage, uint64_t clock_id, int64_t now_us)
{
	if (stage->clock_id == clock_id)
		return;
	stage->clock_id = clock_id;
	stage->revision++;
	settle_scenes(stage);
	glow_stage_tick(stage, now_us);
}

void glow_stage_tick(struct glow_stage *stage, int64_t t_us)
{
	bool undimmed = stage->dim.until_us <= t_us;

	settle_roster(stage, t_us);
	settle_places(stage, t_us);
	stage->revision += undimmed != stage->undimmed;
	stage->undimmed = undimmed;
}

const struct glow_scenes *glow_stage_scenes(const struct glow_stage *stage)
{
	static const struct glow_scenes none;

	return stage->clock_id && stage->scenes.edition.clock_id == stage->clock_id ? &stage->scenes : &none;
}

struct glow_dim glow_stage_dim(const struct glow_stage *stage)
{
	return stage->undimmed ? full_light : stage->dim;
}

int64_t glow_stage_next(const struct glow_stage *stage, int64_t t_us)
{
	const struct glow_scenes *scenes = glow_stage_scenes(stage);
	int64_t next = stage->undimmed ? GLOW_NEVER : stage->dim.until_us;

	if (stage->has_next_roster)
		next = glow_sooner(next, stage->next_roster.effective_us);
	if (stage->has_next_places)
		next = glow_sooner(next, stage->next_places.effective_us);
	for (uint32_t k = 0; k < scenes->n; k++)
		next = glow_sooner(next, glow_scene_next(&scenes->v[k], t_us));
	return next;
}

bool glow_stage_timeless(const struct glow_stage *stage)
{
	uint32_t waiting = stage->has_next_scenes ? stage->next_scenes.n : 0;

	return stage->scenes.n == 0 && waiting == 0 && stage->dim.until_us == GLOW_NEVER;
}

/* On the strip of all it is the roster that says it. */
static bool whole_place(const struct glow_stage *stage, const struct glow_target *target,
			const struct glow_roster_node *entry, struct glow_place *ret_place)
{
	const struct glow_roster *roster = &stage->roster;

	if (!entry || target->kind != GLOW_TARGET_ALL)
		return false;
	*ret_place = (struct glow_place){ .offset = entry->offset,
					  .total = roster->pixels,
					  .reverse = entry->reverse,
					  .board = (uint32_t)(entry - roster->nodes),
					  .boards = roster->n };
	return true;
}

/* A place that waits is better than none: a scene whose target nothing had before may run already. */
static bool find_place(const struct glow_stage *stage, const struct glow_target *target, const char *id,
		       const struct glow_roster_node *entry, struct glow_place *ret_place)
{
	return glow_places_find(&stage->places, target, ret_place) ||
	       (stage->places.whole.boards && stage->has_next_places &&
		glow_places_find(&stage->next_places, target, ret_place)) ||
	       whole_place(stage, target, entry, ret_place) || glow_roster_place(&stage->roster, target, id, ret_place);
}

uint32_t glow_stage_layers(const struct glow_stage *stage, const struct glow_info *info,
			   const struct glow_roster_node *entry, struct glow_scene_layer ret_layers[GLOW_SCENES_MAX])
{
	const struct glow_place own = { .offset = 0, .total = info->shape.pixels };
	const struct glow_scenes *scenes = glow_stage_scenes(stage);
	uint32_t n = 0;

	for (uint32_t k = 0; k < scenes->n && n < GLOW_SCENES_MAX; k++) {
		const struct glow_scene *scene = &scenes->v[k];

		if (!glow_target_has(&scene->target, info->id, (const char(*)[GLOW_NAME_SIZE])info->groups,
				     info->n_groups))
			continue;
		ret_layers[n].scene = scene;
		/* A node that has no place yet plays the scene on its own board, as if it were the whole strip. */
		if (!scene->cluster || !find_place(stage, &scene->target, info->id, entry, &ret_layers[n].place))
			ret_layers[n].place = own;
		else
			glow_place_within(&ret_layers[n].place, &scene->within, info->shape.pixels);
		n++;
	}
	return n;
}

uint8_t glow_stage_blackout(const struct glow_stage *stage)
{
	return 255 - glow_stage_dim(stage).brightness;
}
