/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A state is kept as it came, and shared with the members and between changes: whoever commands a thousand nodes ten
 * times a second must not have a thousand states taken apart each time. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/preset.h>

#include "changes.h"

void glow_change_fini(struct glow_change *change)
{
	for (uint32_t k = 0; k < change->n_lights; k++)
		glow_kept_state_drop(change->lights[k].state);
	free(change->lights);
	free(change->scenes);
	*change = (struct glow_change){ .n_lights = 0 };
}

static void drop_oldest(struct glow_changes *c)
{
	glow_change_fini(&c->v[0]);
	memmove(&c->v[0], &c->v[1], --c->n * sizeof(c->v[0]));
}

void glow_changes_fini(struct glow_changes *c)
{
	while (c->n > 0)
		glow_change_fini(&c->v[--c->n]);
}

/* ---- whom a change concerns ---- */

static bool is_in(const struct glow_target *target, const struct glow_member *one)
{
	return glow_target_has(target, one->id, (const char(*)[GLOW_NAME_SIZE])one->groups, one->n_groups);
}

/* A light that is ON, and not `auto`, lets go for a scene. */
static bool lets_go(const struct glow_member *one, const struct glow_scenes *begin)
{
	for (uint32_t k = 0; begin && k < begin->n; k++)
		if (begin->v[k].take && is_in(&begin->v[k].target, one))
			return one->lit && one->state && strcmp(one->light.effect, "auto") != 0;
	return false;
}

static bool concerns(const struct glow_ordered *ordered, const struct glow_member *one)
{
	return one->online &&
	       ((ordered->target && is_in(ordered->target, one)) ||
		(ordered->lights && glow_json_get(ordered->lights, one->id)) || lets_go(one, ordered->begin));
}

/* ---- lights that others changed ---- */

static int by_id(const void *key, const void *was)
{
	return strcmp(key, ((const struct glow_was *)was)->id);
}

/* What is ordered now lies over what somebody else did: what was before that is his to have back. */
static void note_strayed(struct glow_changes *c, const char *id)
{
	for (uint32_t k = 0; k < c->n; k++) {
		struct glow_change *change = &c->v[k];
		struct glow_was *was =
			change->n_lights ? bsearch(id, change->lights, change->n_lights, sizeof(*change->lights), by_id)
					 : NULL;

		if (was)
			was->strayed = true;
	}
}

/* ---- noting ---- */

static void keep_lights(struct glow_change *change, const struct glow_members *m, const struct glow_ordered *ordered)
{
	change->lights = calloc(m->n + 1, sizeof(*change->lights));
	for (uint32_t k = 0; change->lights && k < m->n; k++) {
		const struct glow_member *one = &m->v[k];
		struct glow_was *was = &change->lights[change->n_lights];

		if (!concerns(ordered, one))
			continue;
		memcpy(was->id, one->id, sizeof(was->id));
		was->state = glow_kept_state_hold(one->state);
		change->size += sizeof(*was) + (was->state ? was->state->len : 0);
		change->n_lights++;
	}
}

/* With the times that they have, by which one that goes on can be told. */
static char *write_scenes(const struct glow_scenes *scenes)
{
	return glow_json_finish(glow_scene_list_write(scenes));
}

static void keep(struct glow_change *change, const struct glow_members *m, const struct glow_ordered *ordered)
{
	snprintf(change->topic, sizeof(change->topic), "%s", ordered->topic);
	snprintf(change->preset, sizeof(change->preset), "%s", ordered->preset ? ordered->preset : "");
	if (ordered->target || ordered->lights || ordered->begin)
		keep_lights(change, m, ordered);
	change->scenes = ordered->before ? write_scenes(ordered->before) : NULL;
	change->size += change->scenes ? strlen(change->scenes) : 0;
	change->has_dim = ordered->dim;
	if (ordered->dim)
		change->dim = *ordered->dim;
}

static size_t size_of(const struct glow_changes *c)
{
	size_t size = 0;

	for (uint32_t k = 0; k < c->n; k++)
		size += c->v[k].size;
	return size;
}

/* Whether the change has all lights that are about to change. Both are sorted by id. */
static bool covers(const struct glow_change *change, const struct glow_members *m, const struct glow_ordered *ordered)
{
	uint32_t at = 0;

	for (uint32_t k = 0; k < m->n; k++) {
		if (!concerns(ordered, &m->v[k]))
			continue;
		while (at < change->n_lights && strcmp(change->lights[at].id, m->v[k].id) < 0)
			at++;
		if (at == change->n_lights || strcmp(change->lights[at].id, m->v[k].id) != 0)
			return false;
	}
	return true;
}

/* The change that a request belongs to which comes right after another at its topic; NULL for none. */
static struct glow_change *same(struct glow_changes *c, const struct glow_members *m,
				const struct glow_ordered *ordered)
{
	struct glow_change *last = c->n ? &c->v[c->n - 1] : NULL;

	return last && ordered->now.us < last->soon_us && strcmp(last->topic, ordered->topic) == 0 &&
			       covers(last, m, ordered)
		       ? last
		       : NULL;
}

/* A new one, unless it would hold nothing. */
static bool begin(struct glow_changes *c, const struct glow_members *members, const struct glow_ordered *ordered)
{
	struct glow_change change = { .n_lights = 0 };

	keep(&change, members, ordered);
	if (change.n_lights == 0 && !change.scenes && !change.has_dim) {
		glow_change_fini(&change);
		return false;
	}
	if (c->n == GLOW_CHANGES_MAX)
		drop_oldest(c);
	c->v[c->n++] = change;
	while (c->n > 1 && size_of(c) > GLOW_CHANGES_BYTES)
		drop_oldest(c);
	return true;
}

void glow_changes_note(struct glow_changes *c, struct glow_members *members, const struct glow_ordered *ordered)
{
	struct glow_change *last = same(c, members, ordered);

	for (uint32_t k = 0; k < members->n; k++)
		if (glow_member_strayed(&members->v[k]) && concerns(ordered, &members->v[k]))
			note_strayed(c, members->v[k].id);
	if (last || begin(c, members, ordered))
		c->v[c->n - 1].soon_us = ordered->now.us + GLOW_CHANGE_SOON_US;
	for (uint32_t k = 0; k < members->n; k++)
		if (concerns(ordered, &members->v[k]))
			glow_member_order(&members->v[k], ordered->at_us);
}

const char *glow_changes_preset(const struct glow_changes *c)
{
	return c->n ? c->v[c->n - 1].preset : "";
}

bool glow_changes_take(struct glow_changes *c, struct glow_change *ret_change)
{
	if (c->n == 0)
		return false;
	*ret_change = c->v[--c->n];
	c->v[c->n] = (struct glow_change){ .n_lights = 0 };
	return true;
}
