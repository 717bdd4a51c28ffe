/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A state can be read only when it is known how long it is, which info or roster says. They may come in any order, and
 * who looks at thousands reads infos only of those nodes that the roster lacks: so a state waits until then. */

#include <stdlib.h>
#include <string.h>

#include <glow/command.h>
#include <glow/json.h>

#include "watched.h"

/* The text becomes the node's in place of another, or is freed where there are too many of them. */
static void keep_text(struct glow_watch *w, char **place, char *text)
{
	size_t size = text ? strlen(text) : 0;

	w->texts_size -= *place ? strlen(*place) : 0;
	free(*place);
	*place = NULL;
	if (w->texts_size + size > GLOW_WATCH_TEXTS) {
		free(text);
		return;
	}
	*place = text;
	w->texts_size += size;
}

void glow_watched_free(struct glow_watch *w, struct glow_watched *node)
{
	keep_text(w, &node->effects, NULL);
	keep_text(w, &node->untold, NULL);
	glow_told_fini(&node->state);
	free(node->idle);
	free(node);
}

/* What its info has no say in comes with the state as well. */
static void take_trouble(struct glow_watch *w, struct glow_watched *node, const struct glow_state *state)
{
	if (node->own_info ||
	    (strcmp(node->info.problem, state->problem) == 0 && node->info.slots_a_frame == state->slots_a_frame))
		return;
	snprintf(node->info.problem, sizeof(node->info.problem), "%s", state->problem);
	node->info.slots_a_frame = state->slots_a_frame;
	node->info_revision = ++w->revision;
}

static bool read_state(struct glow_watch *w, struct glow_watched *node, const cJSON *tree)
{
	struct glow_state *state = malloc(sizeof(*state));
	struct glow_diag diag;
	bool read = false;

	if (state && glow_state_read(tree, node->info.shape, state, &diag) == GLOW_OK &&
	    glow_told_keep(&node->state, state)) {
		node->has_state = true;
		node->state_revision = ++w->revision;
		take_trouble(w, node, state);
		read = true;
	}
	free(state);
	return read;
}

static void read_untold(struct glow_watch *w, struct glow_watched *node)
{
	struct glow_diag diag;
	cJSON *tree = node->untold ? glow_json_parse(node->untold, strlen(node->untold), &diag) : NULL;

	if (tree)
		read_state(w, node, tree);
	cJSON_Delete(tree);
	keep_text(w, &node->untold, NULL);
}

static void take_idle(struct glow_watched *node)
{
	struct glow_look idle;
	struct glow_diag diag;

	glow_command_idle(node->info.idle, node->info.shape, 0, &idle, &diag);
	free(node->idle);
	node->idle = glow_look_keep(&idle);
}

/* A picture is as long as the board, an effect is not. */
static bool has_length(const struct glow_told *told)
{
	return told->fade_from || (told->light && told->light->painted) || (told->notice && told->notice->painted);
}

static void know(struct glow_watch *w, struct glow_watched *node, const struct glow_info *info)
{
	if (node->has_state && info->shape.pixels != node->env.shape.pixels && has_length(&node->state))
		node->has_state = false;
	node->info = *info;
	node->has_info = true;
	node->info_revision = ++w->revision;
	node->env.shape = info->shape;
	node->env.reverse = info->reverse;
	node->env.brightness_limit = info->brightness_limit;
	node->env.current_limit_ma = info->current_limit_ma;
	take_idle(node);
	read_untold(w, node);
}

void glow_watched_info(struct glow_watch *w, struct glow_watched *node, const cJSON *tree)
{
	struct glow_info info;
	struct glow_diag diag;

	if (glow_info_read(tree, &info, &diag) != GLOW_OK)
		return;
	node->own_info = true;
	keep_text(w, &node->effects, glow_catalogs_text(glow_json_get(tree, "effects")));
	know(w, node, &info);
}

bool glow_watched_kind(struct glow_watch *w, struct glow_watched *node)
{
	const struct glow_roster_node *entry = node->own_info ? NULL : glow_watch_entry(w, node->id);
	const struct glow_info *kind = entry && entry->kind ? &w->index.kinds[entry->kind - 1] : NULL;
	struct glow_info info;

	if (!kind || !kind->id[0] || entry->pixels > GLOW_PIXELS_MAX) {
		/* It was of a kind, and is of none that the roster tells: its own info is to be asked for. */
		if (!node->own_info && node->has_info && w->stage.roster.n_kinds > 0) {
			node->has_info = false;
			node->info_revision = ++w->revision;
		}
		return false;
	}
	info = *kind;
	memcpy(info.id, node->id, sizeof(info.id));
	info.n_groups = entry->n_groups;
	if (entry->n_groups)
		memcpy(info.groups, entry->groups, entry->n_groups * sizeof(info.groups[0]));
	if (info.shape.kind == GLOW_SHAPE_ROW)
		info.shape.pixels = entry->pixels;
	if (node->has_info) {
		memcpy(info.problem, node->info.problem, sizeof(info.problem));
		info.slots_a_frame = node->info.slots_a_frame;
	}
	if (!node->has_info || memcmp(&info, &node->info, sizeof(info)) != 0)
		know(w, node, &info);
	return true;
}

void glow_watched_state(struct glow_watch *w, struct glow_watched *node, const cJSON *tree, const char *payload,
			size_t len)
{
	bool read = node->has_info && read_state(w, node, tree);
	/* A picture is as long as the board, of which the next roster may tell otherwise. */
	bool again = !node->own_info && (!read || has_length(&node->state));

	keep_text(w, &node->untold, again ? strndup(payload, len) : NULL);
}

void glow_watched_stats(struct glow_watch *w, struct glow_watched *node, const cJSON *tree)
{
	if (!cJSON_IsObject(tree))
		return;
	glow_stats_read(tree, &node->stats);
	glow_stats_read_meters(tree, node->env.meter);
	node->has_stats = true;
	node->stats_revision = ++w->revision;
}

bool glow_watched_cleared(struct glow_watch *w, struct glow_watched *node, enum glow_topic_kind kind)
{
	if (kind == GLOW_TOPIC_INFO) {
		node->own_info = false;
		node->has_info = glow_watched_kind(w, node);
	}
	if (kind == GLOW_TOPIC_STATE || (kind == GLOW_TOPIC_INFO && !node->has_info)) {
		node->has_state = false;
		keep_text(w, &node->untold, NULL);
	}
	if (kind == GLOW_TOPIC_AVAILABILITY)
		node->online = false;
	return node->own_info || node->has_state || node->untold || node->online;
}
