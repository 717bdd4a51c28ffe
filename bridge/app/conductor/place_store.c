/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Rows are merged with the roster in the order of ids, so a change costs one pass over each, and the strips of the
 * targets one pass each. Thousands of places are told some at a time, so that commands and the clock find room between
 * them. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/log.h>
#include <glow/places.h>
#include <glow/rank.h>

#include "members.h"
#include "place_store.h"

#define FAR_US   (60 * GLOW_US_PER_S)
#define HEAR_MAX (2 * GLOW_MEMBERS_MAX) /* whoever may write there may write many */

static const struct glow_place unknown = { .boards = UINT32_MAX }; /* like no other */

void glow_place_store_init(struct glow_place_store *s, const struct glow_publisher *out)
{
	*s = (struct glow_place_store){ .out = *out, .again = { INT64_MIN } };
}

static void drop_rows(struct glow_place_store *s)
{
	for (uint32_t k = 0; k < s->n; k++)
		glow_places_fini(&s->v[k].places);
	free(s->v);
	s->v = NULL;
	s->n = s->room = s->next = 0;
}

void glow_place_store_fini(struct glow_place_store *s)
{
	drop_rows(s);
}

void glow_place_store_lost(struct glow_place_store *s)
{
	drop_rows(s);
	s->laid.rev = 0;
	s->in_vain = false;
}

/* ---- what the broker keeps ---- */

static bool make_room(struct glow_place_store *s)
{
	uint32_t room = s->room ? 2 * s->room : 64;
	struct glow_place_row *v;

	if (s->n < s->room)
		return true;
	v = s->n < HEAR_MAX ? realloc(s->v, room * sizeof(*v)) : NULL;
	if (!v)
		return false;
	s->v = v;
	s->room = room;
	return true;
}

void glow_place_store_hear(struct glow_place_store *s, const char *id, const struct glow_message *m)
{
	struct glow_place_row *row;
	struct glow_diag diag;
	cJSON *tree;

	if (m->len == 0 || !make_room(s))
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	row = &s->v[s->n++];
	*row = (struct glow_place_row){ .due = false };
	memcpy(row->id, id, strlen(id) + 1);
	if (!tree || glow_places_read(tree, &row->places, &diag) != GLOW_OK)
		row->places = (struct glow_places){ .whole = unknown };
	cJSON_Delete(tree);
}

bool glow_place_store_cleared(struct glow_place_store *s, const char *id)
{
	bool found;
	uint32_t k = glow_rank(s->v, s->n, sizeof(*s->v), offsetof(struct glow_place_row, id), id, &found);

	if (!found || s->v[k].due || !s->v[k].places.whole.boards)
		return false;
	glow_places_fini(&s->v[k].places);
	s->laid.rev = 0;
	return true;
}

/* ---- what it should be ---- */

/* All places by a roster, for the strip of all and those of the targets; row by row. */
struct laying {
	const struct glow_roster *roster;
	struct glow_edition edition;
	uint32_t keys[GLOW_SCENES_MAX], n_keys;
	const struct glow_target *targets[GLOW_SCENES_MAX];
	struct glow_place *places; /* of each strip roster->n */
	const struct glow_roster_node **by_id;
};

static bool has_key(const uint32_t *keys, uint32_t n, uint32_t key)
{
	for (uint32_t k = 0; k < n; k++)
		if (keys[k] == key)
			return true;
	return false;
}

static void find_targets(struct laying *l, const struct glow_scenes *scenes)
{
	for (uint32_t k = 0; k < scenes->n && l->n_keys < GLOW_SCENES_MAX; k++) {
		const struct glow_scene *scene = &scenes->v[k];
		uint32_t key = glow_target_key(&scene->target);

		if (!glow_places_own(scene) || has_key(l->keys, l->n_keys, key))
			continue;
		l->targets[l->n_keys] = &scene->target;
		l->keys[l->n_keys++] = key;
	}
}

static bool is_laid(const struct glow_place_store *s, const struct laying *l)
{
	for (uint32_t k = 0; k < l->n_keys; k++)
		if (!has_key(s->targets, s->n_targets, l->keys[k]))
			return false;
	return s->laid.rev == l->edition.rev && s->laid.clock_id == l->edition.clock_id;
}

static int by_id(const void *a, const void *b)
{
	const struct glow_roster_node *x = *(const struct glow_roster_node *const *)a,
				      *y = *(const struct glow_roster_node *const *)b;

	return strcmp(x->id, y->id);
}

static int rows_by_id(const void *a, const void *b)
{
	const struct glow_place_row *x = a, *y = b;

	return strcmp(x->id, y->id);
}

/* A place that was heard twice is known no more than a broken one. */
static void sort_rows(struct glow_place_store *s)
{
	uint32_t n = 0;

	if (s->n > 0)
		qsort(s->v, s->n, sizeof(*s->v), rows_by_id);
	for (uint32_t k = 0; k < s->n; k++) {
		if (n == 0 || strcmp(s->v[n - 1].id, s->v[k].id) != 0) {
			s->v[n++] = s->v[k];
			continue;
		}
		glow_places_fini(&s->v[k].places);
		s->v[n - 1].places.whole = unknown;
	}
	s->n = n;
}

static int to_id(const void *id, const void *entry)
{
	return strcmp(id, (*(const struct glow_roster_node *const *)entry)->id);
}

/* Hundreds of nodes by name: each is looked for among all, and not all among them. */
static void lay_named(const struct laying *l, const struct glow_target *target, struct glow_place *places)
{
	const struct glow_roster *roster = l->roster;

	for (uint32_t k = 0; k < target->n; k++) {
		const struct glow_roster_node **node =
			bsearch(target->ids[k], l->by_id, roster->n, sizeof(*l->by_id), to_id);

		if (node)
			places[*node - roster->nodes].boards = 1;
	}
	glow_roster_strip_of(roster, places);
}

static void lay_target(const struct laying *l, const struct glow_target *target, struct glow_place *places)
{
	if (target->kind == GLOW_TARGET_NODES)
		lay_named(l, target, places);
	else
		glow_roster_strip(l->roster, target, places);
}

static bool lay_strips(struct laying *l)
{
	static const struct glow_target all = { .kind = GLOW_TARGET_ALL };
	const uint32_t n = l->roster->n;

	l->places = calloc((size_t)(n + 1) * (l->n_keys + 1), sizeof(*l->places));
	l->by_id = calloc((size_t)n + 1, sizeof(*l->by_id));
	if (!l->places || !l->by_id)
		return false;
	for (uint32_t k = 0; k < n; k++)
		l->by_id[k] = &l->roster->nodes[k];
	qsort(l->by_id, n, sizeof(*l->by_id), by_id);
	lay_target(l, &all, l->places);
	for (uint32_t k = 0; k < l->n_keys; k++)
		lay_target(l, l->targets[k], l->places + (size_t)n * (k + 1));
	return true;
}

/* The places of one node; `room` has it for those of its targets. */
static struct glow_places places_of(const struct laying *l, const struct glow_roster_node *node,
				    struct glow_target_place room[GLOW_SCENES_MAX])
{
	const size_t n = l->roster->n, at = (size_t)(node - l->roster->nodes);
	struct glow_places places = {
		.edition = l->edition, .effective_us = l->roster->effective_us, .whole = l->places[at], .targets = room
	};

	for (uint32_t k = 0; k < l->n_keys; k++) {
		const struct glow_place *place = &l->places[n * (k + 1) + at];

		if (place->boards)
			room[places.n++] = (struct glow_target_place){ l->keys[k], *place };
	}
	return places;
}

static bool knows(const struct glow_places *known, const struct glow_places *places)
{
	return known->edition.clock_id == places->edition.clock_id &&
	       known->effective_us < places->effective_us + FAR_US && glow_places_cover(known, places);
}

/* False without memory for its targets: then it stays as it is. */
static bool tell(struct glow_place_row *row, const struct glow_places *places)
{
	struct glow_target_place *targets = places->n ? malloc(places->n * sizeof(*targets)) : NULL;

	if (places->n && !targets)
		return false;
	if (targets)
		memcpy(targets, places->targets, places->n * sizeof(*targets));
	glow_places_fini(&row->places);
	row->places = *places;
	row->places.targets = targets;
	row->due = true;
	return true;
}

/* The row of a node, made of the one that there was (NULL for none). */
static bool lay_row(struct laying *l, struct glow_place_row *was, const struct glow_roster_node *node,
		    struct glow_place_row *row)
{
	struct glow_target_place room[GLOW_SCENES_MAX];
	struct glow_places places = places_of(l, node, room);

	if (was) {
		*row = *was;
		was->places.targets = NULL;
	} else {
		memcpy(row->id, node->id, sizeof(row->id));
	}
	return (was && knows(&row->places, &places)) || tell(row, &places);
}

/* A node that is not in the roster: it is told so, once. */
static bool clear_row(struct glow_place_row *was, struct glow_place_row *row)
{
	if (!was->places.whole.boards && !was->due)
		return false;
	*row = (struct glow_place_row){ .due = true };
	memcpy(row->id, was->id, sizeof(row->id));
	return true;
}

static bool merge(struct glow_place_store *s, struct laying *l)
{
	struct glow_place_row *v = calloc((size_t)s->n + l->roster->n + 1, sizeof(*v));
	uint32_t i = 0, k = 0, n = 0;
	bool good = v;

	while (v && (i < s->n || k < l->roster->n)) {
		int order = i == s->n ? 1 : k == l->roster->n ? -1 : strcmp(s->v[i].id, l->by_id[k]->id);

		if (order < 0) {
			n += clear_row(&s->v[i++], &v[n]);
			continue;
		}
		good &= lay_row(l, order == 0 ? &s->v[i] : NULL, l->by_id[k++], &v[n++]);
		i += order == 0;
	}
	if (!v)
		return false;
	drop_rows(s);
	s->v = v;
	s->n = s->room = n;
	return good;
}

/* ---- what is said ---- */

/* False without memory for it. */
static bool say(const struct glow_place_store *s, struct glow_place_row *row)
{
	char topic[GLOW_TOPIC_MAX + 1], *text = NULL;

	if (row->places.whole.boards) {
		text = glow_json_finish(glow_places_write(&row->places));
		if (!text)
			return false;
	}
	glow_topic_of(topic, s->out.prefix, GLOW_TOPIC_PLACE, GLOW_OF_NODE, row->id);
	glow_publish_text(&s->out, topic, text ? text : "", 1, true);
	free(text);
	row->due = false;
	return true;
}

static void say_some(struct glow_place_store *s)
{
	for (uint32_t told = 0; s->next < s->n && told < GLOW_PLACES_AT_ONCE; s->next++) {
		if (!s->v[s->next].due)
			continue;
		if (!say(s, &s->v[s->next]))
			return;
		told++;
	}
}

void glow_place_store_lay(struct glow_place_store *s, const struct glow_roster *roster,
			  const struct glow_edition *reign, const struct glow_scenes *scenes)
{
	struct laying l = { .roster = roster, .edition = *reign };
	bool good;

	l.edition.rev = roster->edition.rev;
	find_targets(&l, scenes);
	if (l.edition.rev == 0 || is_laid(s, &l))
		return;
	sort_rows(s);
	good = lay_strips(&l) && merge(s, &l);
	if (!good)
		glow_warning("out of memory: some nodes do not know their place on the strip");
	s->laid = l.edition;
	s->laid.rev = good ? l.edition.rev : 0;
	s->in_vain = !good;
	memcpy(s->targets, l.keys, sizeof(s->targets));
	s->n_targets = l.n_keys;
	s->next = 0;
	say_some(s);
	free(l.places);
	free(l.by_id);
}

void glow_place_store_tick(struct glow_place_store *s, struct glow_raw now)
{
	if (s->next == s->n || now.ns < s->again.ns)
		return;
	say_some(s);
	s->again.ns = now.ns + INT64_C(1000) * GLOW_PLACES_EVERY_US;
}

bool glow_place_store_has(const struct glow_place_store *s, const struct glow_target *target)
{
	return s->laid.rev > 0 && has_key(s->targets, s->n_targets, glow_target_key(target));
}

uint32_t glow_place_store_waiting(const struct glow_place_store *s)
{
	uint32_t n = 0;

	for (uint32_t k = s->next; k < s->n; k++)
		n += s->v[k].due;
	return n;
}

struct glow_raw glow_place_store_next(const struct glow_place_store *s)
{
	return (struct glow_raw){ s->next < s->n ? s->again.ns : GLOW_NEVER };
}
