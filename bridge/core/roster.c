/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A strip is laid out in one pass over the nodes in their order. The strip of a target is laid out by
 * the same rule from the nodes it names, so whoever has the roster finds every place on it by himself. A node
 * has no roster: it is told its places, one for each target that a scene has. */

#include <string.h>

#include <glow/roster.h>

void glow_roster_lay(struct glow_roster *roster)
{
	uint32_t at = 0;

	roster->pixels = 0;
	for (uint32_t k = 0; k < roster->n; k++) {
		struct glow_roster_node *node = &roster->nodes[k];

		node->offset = at;
		roster->pixels = at + node->pixels;
		at = roster->pixels + node->gap;
	}
}

bool glow_roster_place(const struct glow_roster *roster, const struct glow_target *target, const char *id,
		       struct glow_place *ret_place)
{
	struct glow_place place = { 0 };
	uint32_t at = 0;
	bool found = false;

	for (uint32_t k = 0; k < roster->n; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];

		if (!glow_target_has(target, node->id, (const char(*)[GLOW_NAME_SIZE])node->groups, node->n_groups))
			continue;
		if (!found && strcmp(node->id, id) == 0) {
			found = true;
			place.offset = at;
			place.reverse = node->reverse;
			place.board = place.boards;
		}
		place.boards++;
		place.total = at + node->pixels;
		at = place.total + node->gap;
	}
	if (found)
		*ret_place = place;
	return found;
}

void glow_place_within(struct glow_place *place, const struct glow_within *within, uint32_t pixels)
{
	uint32_t end = place->offset + pixels, behind = place->total > end ? place->total - end : 0;
	uint32_t offset = within->begin + (within->reverse ? behind : place->offset);

	if (within->total == 0 || offset + pixels > GLOW_STRIP_MAX)
		return;
	/* A board that has just come may lie beyond the end of which those above know. */
	place->total = offset + pixels > within->total ? offset + pixels : within->total;
	place->offset = offset;
	place->reverse = place->reverse != within->reverse;
}

void glow_roster_strip(const struct glow_roster *roster, const struct glow_target *target,
		       struct glow_place *ret_places)
{
	for (uint32_t k = 0; k < roster->n; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];

		ret_places[k].boards =
			glow_target_has(target, node->id, (const char(*)[GLOW_NAME_SIZE])node->groups, node->n_groups);
	}
	glow_roster_strip_of(roster, ret_places);
}

void glow_roster_strip_of(const struct glow_roster *roster, struct glow_place *places)
{
	uint32_t at = 0, total = 0, boards = 0;

	for (uint32_t k = 0; k < roster->n; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];
		bool has = places[k].boards;

		places[k] =
			(struct glow_place){ .offset = at, .reverse = node->reverse, .board = boards, .boards = has };
		if (!has)
			continue;
		boards++;
		total = at + node->pixels;
		at = total + node->gap;
	}
	for (uint32_t k = 0; k < roster->n; k++)
		if (places[k].boards) {
			places[k].total = total;
			places[k].boards = boards;
		}
}

static const struct glow_place *place_of(const struct glow_places *places, uint32_t target)
{
	for (uint32_t k = 0; k < places->n; k++)
		if (places->targets[k].target == target)
			return &places->targets[k].place;
	return NULL;
}

bool glow_places_find(const struct glow_places *places, const struct glow_target *target, struct glow_place *ret_place)
{
	const struct glow_place *place =
		target->kind == GLOW_TARGET_ALL ? &places->whole : place_of(places, glow_target_key(target));

	if (!place || !place->boards)
		return false;
	*ret_place = *place;
	return true;
}

static bool place_alike(const struct glow_place *a, const struct glow_place *b)
{
	return a->offset == b->offset && a->total == b->total && a->reverse == b->reverse && a->board == b->board &&
	       a->boards == b->boards;
}

bool glow_places_cover(const struct glow_places *known, const struct glow_places *wanted)
{
	for (uint32_t k = 0; k < wanted->n; k++) {
		const struct glow_place *place = place_of(known, wanted->targets[k].target);

		if (!place || !place_alike(place, &wanted->targets[k].place))
			return false;
	}
	return place_alike(&known->whole, &wanted->whole);
}

bool glow_edition_before(const struct glow_edition *a, const struct glow_edition *b)
{
	if (a->clock_id == 0 || a->clock_id != b->clock_id)
		return false;
	return a->term != b->term ? a->term < b->term : a->rev < b->rev;
}

bool glow_groups_alike(const char (*a)[GLOW_NAME_SIZE], uint32_t n_a, const char (*b)[GLOW_NAME_SIZE], uint32_t n_b)
{
	for (uint32_t k = 0; k < n_a && k < n_b; k++)
		if (strcmp(a[k], b[k]) != 0)
			return false;
	return n_a == n_b;
}

static bool node_alike(const struct glow_roster_node *a, const struct glow_roster_node *b)
{
	return strcmp(a->id, b->id) == 0 && a->pixels == b->pixels && a->offset == b->offset && a->gap == b->gap &&
	       a->reverse == b->reverse && a->kind == b->kind &&
	       glow_groups_alike((const char(*)[GLOW_NAME_SIZE])a->groups, a->n_groups,
				 (const char(*)[GLOW_NAME_SIZE])b->groups, b->n_groups);
}

bool glow_roster_alike(const struct glow_roster *a, const struct glow_roster *b)
{
	for (uint32_t k = 0; k < a->n && k < b->n; k++)
		if (!node_alike(&a->nodes[k], &b->nodes[k]))
			return false;
	for (uint32_t k = 0; k < a->n_kinds && k < b->n_kinds; k++)
		if (strcmp(a->kinds[k], b->kinds[k]) != 0)
			return false;
	return a->n == b->n && a->pixels == b->pixels && a->left_out == b->left_out && a->n_kinds == b->n_kinds;
}
