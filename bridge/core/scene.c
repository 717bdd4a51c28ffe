/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a scene shows at an instant. Nothing is remembered from one instant
 * to the next, so a node that joins late is where all others are. With times
 * within 2^53 no sum here comes near the limits of 64 bits. */

#include <string.h>

#include <glow/hash.h>
#include <glow/scene.h>

#define WHOLE 65536

bool glow_target_has(const struct glow_target *target, const char *id, const char (*groups)[GLOW_NAME_SIZE],
		     uint32_t n_groups)
{
	for (uint32_t k = 0; k < target->n; k++) {
		if (target->kind == GLOW_TARGET_NODES && strcmp(target->ids[k], id) == 0)
			return true;
		for (uint32_t j = 0; target->kind == GLOW_TARGET_GROUPS && j < n_groups; j++)
			if (strcmp(target->ids[k], groups[j]) == 0)
				return true;
	}
	return target->kind == GLOW_TARGET_ALL;
}

static uint32_t hash_word(uint32_t hash, const char *word)
{
	return glow_fnv1a(hash, word, strlen(word) + 1);
}

uint32_t glow_target_key(const struct glow_target *target)
{
	uint32_t key = hash_word(GLOW_FNV_START, target->kind == GLOW_TARGET_NODES ? "nodes" : "groups");

	for (uint32_t k = 0; k < target->n; k++)
		key = hash_word(key, target->ids[k]);
	return key;
}

static int64_t turn_us(const struct glow_scene *scene)
{
	int64_t sum = 0;

	for (uint32_t k = 0; k < scene->n_entries; k++)
		sum += scene->entries[k].duration_us;
	return sum;
}

int64_t glow_scene_end(const struct glow_scene *scene)
{
	int64_t last = scene->playlist && !scene->loop ? scene->start_us + turn_us(scene) : GLOW_NEVER;

	return last < scene->end_us ? last : scene->end_us;
}

static int64_t entry_fade_us(const struct glow_scene *scene, int entry)
{
	int64_t duration = scene->entries[entry].duration_us;

	return scene->fade_us < duration ? scene->fade_us : duration;
}

/* Where `part` of `length` lies in 0..65536. */
static uint32_t share(int64_t part, int64_t length)
{
	return part < length ? (uint32_t)(part * WHOLE / length) : WHOLE;
}

static void find_entry(const struct glow_scene *scene, int64_t t_us, struct glow_scene_view *view)
{
	int64_t turn = turn_us(scene), into, fade;
	int k = 0;

	if (turn <= 0)
		return; /* no playlist is so short; a division must not depend on that */
	into = glow_floor_mod(t_us - scene->start_us, turn);
	while (into >= scene->entries[k].duration_us)
		into -= scene->entries[k++].duration_us;
	view->entry = k;
	view->begin_us = t_us - into;
	fade = entry_fade_us(scene, k);
	if (view->begin_us == scene->start_us || into >= fade)
		return;
	view->from = k > 0 ? k - 1 : (int)scene->n_entries - 1;
	view->from_us = view->begin_us - scene->entries[view->from].duration_us;
	view->part = share(into, fade);
	view->fading = true;
}

bool glow_scene_known(const struct glow_scene *scene)
{
	for (uint32_t k = 0; k < scene->n_entries; k++)
		if (!scene->entries[k].effect)
			return false;
	return true;
}

bool glow_scene_at(const struct glow_scene *scene, int64_t t_us, struct glow_scene_view *ret_view)
{
	int64_t end = glow_scene_end(scene), fade = scene->fade_us, run, left;

	if (t_us < scene->start_us || t_us >= end)
		return false;
	*ret_view = (struct glow_scene_view){
		.from = -1,
		.begin_us = scene->start_us,
		.part = WHOLE,
		.cover = WHOLE,
	};
	if (scene->playlist)
		find_entry(scene, t_us, ret_view);
	run = t_us - scene->start_us;
	left = end == GLOW_NEVER ? GLOW_NEVER : end - t_us;
	/* The instant at which the last cross-fade begins belongs to it, though all is covered still. */
	if (run < fade || left <= fade) {
		ret_view->cover = share(run < left ? run : left, fade);
		ret_view->fading = true;
	}
	return true;
}

/* Makes *next the instant, if that comes after t_us and before it. */
static void sooner(int64_t instant_us, int64_t t_us, int64_t *next)
{
	if (instant_us > t_us && instant_us < *next)
		*next = instant_us;
}

int64_t glow_scene_next(const struct glow_scene *scene, int64_t t_us)
{
	struct glow_scene_view view;
	int64_t end = glow_scene_end(scene), next = end;

	if (t_us < scene->start_us)
		return scene->start_us < end ? scene->start_us : GLOW_NEVER;
	if (!glow_scene_at(scene, t_us, &view))
		return GLOW_NEVER;
	sooner(scene->start_us + scene->fade_us, t_us, &next);
	if (end != GLOW_NEVER)
		sooner(end - scene->fade_us, t_us, &next);
	if (scene->playlist) {
		sooner(view.begin_us + scene->entries[view.entry].duration_us, t_us, &next);
		if (view.from >= 0)
			sooner(view.begin_us + entry_fade_us(scene, view.entry), t_us, &next);
	}
	return next;
}

/* The first entry's seed is the scene's own, so a scene without playlist needs no explanation. */
uint32_t glow_scene_seed(const struct glow_scene *scene, int entry)
{
	return entry == 0 ? scene->seed : glow_dice(scene->seed, (uint32_t)entry, 0);
}
