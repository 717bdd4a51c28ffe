/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A scene that is replaced must not fade out while its successor fades in over
 * it: the idle display would shine through both. So it loses its own fade as
 * soon as it has faded in, and ends when the other covers it all.
 *
 * A slider that is dragged leaves a row of them, one over the other. When there is no more room the
 * lowest goes and the next one counts as faded in: of all that show it is what can be seen least, and the two differ
 * by one step of the slider. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/time.h>

#include "scene_store.h"

#define LINGER_US GLOW_US_PER_S /* what has ended is removed this much later */

int glow_scene_store_init(struct glow_scenes *s)
{
	*s = (struct glow_scenes){ .v = calloc(GLOW_SCENES_MAX, sizeof(*s->v)) };
	return s->v ? 0 : -ENOMEM;
}

static void clear(struct glow_scenes *s)
{
	while (s->n > 0)
		glow_scene_fini(&s->v[--s->n]);
}

void glow_scene_store_take(struct glow_scenes *s, struct glow_scenes *read)
{
	clear(s);
	s->edition = read->edition;
	s->above = read->above;
	s->n = read->n;
	if (read->n > 0)
		memcpy(s->v, read->v, read->n * sizeof(*s->v));
	read->n = 0; /* the scenes have moved; the array has not */
	glow_scenes_fini(read);
}

void glow_scene_store_drop(struct glow_scenes *s, uint32_t k)
{
	glow_scene_fini(&s->v[k]);
	memmove(&s->v[k], &s->v[k + 1], (--s->n - k) * sizeof(*s->v));
}

/* True when a later entry has taken its place. */
static bool replaced(const struct glow_scenes *s, uint32_t k)
{
	for (uint32_t i = k + 1; i < s->n; i++)
		if (strcmp(s->v[i].id, s->v[k].id) == 0)
			return true;
	return false;
}

/* When it has faded in. One that is replaced shows without its own fade from here on. */
static int64_t settled_us(const struct glow_scene *scene)
{
	return scene->start_us + scene->fade_us;
}

/* The first from k on of that id; s->n for none. */
static uint32_t find(const struct glow_scenes *s, uint32_t k, const char *id)
{
	while (k < s->n && strcmp(s->v[k].id, id) != 0)
		k++;
	return k;
}

/* Of the entries of an id, of which there are two at least, one that can be spared: the first if the second shows
 * already, else the second, which another takes over from before it has begun. */
static void thin(struct glow_scenes *s, const char *id, struct glow_time now)
{
	uint32_t first = find(s, 0, id), second = find(s, first + 1, id), third = find(s, second + 1, id);

	if (s->v[second].start_us <= now.us) {
		s->v[second].fade_us = 0;
		glow_scene_store_drop(s, first);
		return;
	}
	if (s->v[first].end_us == settled_us(&s->v[second]))
		s->v[first].end_us = third < s->n ? settled_us(&s->v[third]) : GLOW_NEVER;
	glow_scene_store_drop(s, second);
}

bool glow_scene_store_takes(const struct glow_scenes *s, const char *id)
{
	bool spare = s->n < GLOW_SCENES_MAX || find(s, 0, id) < s->n;

	for (uint32_t k = 0; k < s->n && !spare; k++)
		spare = replaced(s, k);
	return spare;
}

bool glow_scene_store_yield(struct glow_scenes *s, const char *id, struct glow_time now)
{
	uint32_t first = find(s, 0, id), k = first;

	if (first == s->n || !replaced(s, first))
		for (k = 0; k < s->n && !replaced(s, k);)
			k++;
	if (k < s->n)
		thin(s, s->v[k].id, now);
	else if (first < s->n)
		glow_scene_store_drop(s, first);
	else
		return false;
	return true;
}

bool glow_scene_store_play(struct glow_scenes *s, struct glow_scene *scene, struct glow_time now)
{
	glow_scene_store_tidy(s, now);
	if (s->n == GLOW_SCENES_MAX && !glow_scene_store_yield(s, scene->id, now))
		return false;
	for (uint32_t k = 0; k < s->n; k++)
		if (strcmp(s->v[k].id, scene->id) == 0)
			s->v[k].end_us = glow_sooner(s->v[k].end_us, settled_us(scene));
	s->v[s->n++] = *scene;
	glow_scene_store_tidy(s, now);
	return true;
}

bool glow_scene_store_hasten(struct glow_scenes *s, int64_t end_us)
{
	for (uint32_t k = 0; k < s->n; k++)
		if (glow_scene_end(&s->v[k]) <= end_us) {
			glow_scene_store_drop(s, k);
			return true;
		}
	return false;
}

uint32_t glow_scene_store_stop(struct glow_scenes *s, const char *id, int64_t end_us, int64_t fade_us)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		struct glow_scene *scene = &s->v[k];

		if (id && strcmp(scene->id, id) != 0)
			continue;
		n++;
		if (glow_scene_end(scene) > end_us) {
			scene->end_us = end_us;
			scene->fade_us = fade_us;
		}
	}
	return n;
}

/* It has ended a while ago, or ends before it begins. */
static int64_t removal_us(const struct glow_scene *scene)
{
	int64_t end = glow_scene_end(scene);

	if (end <= scene->start_us)
		return INT64_MIN;
	return end < GLOW_NEVER - LINGER_US ? end + LINGER_US : GLOW_NEVER;
}

bool glow_scene_store_tidy(struct glow_scenes *s, struct glow_time now)
{
	bool changed = false;

	for (uint32_t k = s->n; k-- > 0;) {
		struct glow_scene *scene = &s->v[k];

		if (removal_us(scene) <= now.us) {
			glow_scene_store_drop(s, k);
			changed = true;
		} else if (scene->fade_us > 0 && replaced(s, k) && settled_us(scene) <= now.us) {
			scene->fade_us = 0;
			changed = true;
		}
	}
	return changed;
}

struct glow_time glow_scene_store_next(const struct glow_scenes *s)
{
	struct glow_time next = { GLOW_NEVER };

	for (uint32_t k = 0; k < s->n; k++) {
		const struct glow_scene *scene = &s->v[k];

		next.us = glow_sooner(next.us, removal_us(scene));
		if (scene->fade_us > 0 && replaced(s, k))
			next.us = glow_sooner(next.us, settled_us(scene));
	}
	return next;
}

void glow_scene_store_move(struct glow_scenes *s, uint64_t clock_id, struct glow_time now)
{
	s->edition.clock_id = clock_id;
	for (uint32_t k = 0; k < s->n; k++) {
		struct glow_scene *scene = &s->v[k];
		int64_t early_us = scene->start_us - now.us;

		if (early_us <= 0)
			continue;
		scene->start_us -= early_us;
		if (scene->end_us != GLOW_NEVER)
			scene->end_us -= early_us;
	}
}

static void change(struct glow_scene_entry *entry, const struct glow_effect_desc *was,
		   const struct glow_effect_desc *is)
{
	if (was && entry->effect == was) {
		if (is)
			glow_params_carry(was, is, &entry->params);
		else
			snprintf(entry->unknown, sizeof(entry->unknown), "%s", was->name);
		entry->effect = is;
	} else if (is && !entry->effect && strcmp(entry->unknown, is->name) == 0) {
		entry->effect = is;
		glow_params_default(is, &entry->params);
	}
}

void glow_scene_store_effect(struct glow_scenes *s, const struct glow_effect_desc *was,
			     const struct glow_effect_desc *is)
{
	for (uint32_t k = 0; k < s->n; k++)
		for (uint32_t j = 0; j < s->v[k].n_entries; j++)
			change(&s->v[k].entries[j], was, is);
}
