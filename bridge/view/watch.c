/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Each message is read once, when it comes, by the readers of bridge/proto; what
 * they refuse leaves the node as it was. Everything else here is computed from
 * that when it is asked for, so nothing can be out of date. */

#include <stdlib.h>
#include <string.h>

#include <glow/json.h>

#include "watched.h"

const char *const glow_watch_topics[GLOW_WATCH_TOPICS] = { "node/+/info",   "node/+/stats",  "node/+/error",
							   "conductor/+",   "scene/current", "roster",
							   "dim/current",   "node/+/state",  "node/+/availability",
							   "roster/wanted", "effect",        "effect/+",
							   "effects/+" };

/* True when it had it. */
static bool carry(struct glow_look *look, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	if (!was || !look || look->effect != was)
		return false;
	look->effect = is;
	if (is)
		glow_params_carry(was, is, &look->params);
	return true;
}

static void drop_notice(struct glow_watched *node)
{
	free(node->state.notice);
	node->state.notice = NULL;
}

/* Does with what nodes have said what they do with what they show; soon they say it themselves. */
static void effect_changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	struct glow_watch *w = ctx;

	for (size_t k = 0; was && k < w->n_nodes; k++) {
		struct glow_watched *node = w->nodes[k];

		bool changed = carry(node->state.light, was, is);

		changed = carry(node->state.notice, was, is) || changed;
		carry(node->idle, was, is);
		if (node->state.notice && !node->state.notice->effect)
			drop_notice(node);
		if (changed)
			node->state_revision = ++w->revision;
	}
	glow_stage_effects_changed(&w->stage);
	w->revision++;
}

void glow_watch_init(struct glow_watch *w, const char *prefix)
{
	memset(w, 0, sizeof(*w));
	w->most = GLOW_WATCH_NODES;
	glow_stage_init(&w->stage);
	glow_library_init(&w->library, effect_changed, w);
	snprintf(w->prefix, sizeof(w->prefix), "%s", prefix);
}

void glow_watch_fini(struct glow_watch *w)
{
	for (size_t k = 0; k < w->n_nodes; k++)
		glow_watched_free(w, w->nodes[k]);
	free(w->nodes);
	free(w->index.by_id);
	free(w->index.kinds);
	glow_catalogs_fini(&w->catalogs);
	glow_stage_fini(&w->stage);
	glow_library_fini(&w->library);
	glow_wanted_fini(&w->wanted);
	memset(w, 0, sizeof(*w));
}

/* Where the node of that id is, or would be. */
static size_t place_of(const struct glow_watch *w, const char *id)
{
	size_t low = 0, high = w->n_nodes;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strverscmp(w->nodes[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct glow_watch *w, size_t at, const char *id)
{
	return at < w->n_nodes && strcmp(w->nodes[at]->id, id) == 0;
}

const struct glow_watched *glow_watch_find(const struct glow_watch *w, const char *id)
{
	size_t at = place_of(w, id);

	return is_at(w, at, id) ? w->nodes[at] : NULL;
}

/* The node of that id, made if it is new. */
static struct glow_watched *node_of(struct glow_watch *w, const char *id)
{
	struct glow_watched **grown, *node;
	size_t at = place_of(w, id);

	if (is_at(w, at, id))
		return w->nodes[at];
	if (w->n_nodes >= w->most) {
		w->revision += glow_crowd_add(&w->crowd, id);
		return NULL;
	}
	node = calloc(1, sizeof(*node));
	grown = node ? realloc(w->nodes, (w->n_nodes + 1) * sizeof(*grown)) : NULL;
	if (!grown) {
		free(node);
		return NULL;
	}
	w->nodes = grown;
	memmove(grown + at + 1, grown + at, (w->n_nodes - at) * sizeof(*grown));
	grown[at] = node;
	w->n_nodes++;
	w->nodes_revision = ++w->revision;
	snprintf(node->id, sizeof(node->id), "%s", id);
	glow_watched_kind(w, node);
	return node;
}

/* `who` refused a command: a node, or the conductor. */
static void take_error(struct glow_watch *w, const char *who, const cJSON *tree)
{
	const cJSON *field = glow_json_get(tree, "field"), *message = glow_json_get(tree, "message");
	const cJSON *ignored = glow_json_get(tree, "ignored");

	if (ignored && cJSON_IsString(ignored->child))
		snprintf(w->last_error, sizeof(w->last_error), "%s: ignored %s, which says nothing here", who,
			 ignored->child->valuestring);
	if (cJSON_IsString(field) && cJSON_IsString(message))
		snprintf(w->last_error, sizeof(w->last_error), "%s: %s%s%s", who, field->valuestring,
			 field->valuestring[0] ? ": " : "", message->valuestring);
}

/* A retained message was cleared. A node is gone when nothing is left of it. */
static void node_cleared(struct glow_watch *w, const struct glow_topic *topic)
{
	struct glow_watched *node;
	size_t at = place_of(w, topic->id);

	if (!is_at(w, at, topic->id))
		return;
	node = w->nodes[at];
	if (glow_watched_cleared(w, node, topic->kind))
		return;
	glow_watched_free(w, node);
	memset(&w->crowd, 0, sizeof(w->crowd)); /* there is a place now; who has none says so again */
	w->nodes_revision = ++w->revision;
	memmove(w->nodes + at, w->nodes + at + 1, (--w->n_nodes - at) * sizeof(*w->nodes));
}

static void take_node_tree(struct glow_watch *w, struct glow_watched *node, enum glow_topic_kind kind,
			   const cJSON *tree, const struct glow_message *message)
{
	if (kind == GLOW_TOPIC_INFO)
		glow_watched_info(w, node, tree);
	else if (kind == GLOW_TOPIC_STATE)
		glow_watched_state(w, node, tree, message->payload, message->len);
	else if (kind == GLOW_TOPIC_STATS)
		glow_watched_stats(w, node, tree);
	else if (kind == GLOW_TOPIC_ERROR)
		take_error(w, node->id, tree);
}

static void take_node(struct glow_watch *w, const struct glow_topic *topic, const struct glow_message *message)
{
	struct glow_watched *node;
	struct glow_diag diag;
	cJSON *tree;

	if (message->len == 0) {
		node_cleared(w, topic);
		return;
	}
	node = node_of(w, topic->id);
	if (!node)
		return;
	if (topic->kind == GLOW_TOPIC_AVAILABILITY) {
		node->online = glow_message_says(message, "online");
		return;
	}
	tree = glow_json_parse(message->payload, message->len, &diag);
	if (tree)
		take_node_tree(w, node, topic->kind, tree, message);
	cJSON_Delete(tree);
}

/* Scenes are drawn on the conductor's timeline, even when the conductor itself is gone. */
static void take_conductor(struct glow_watch *w, const cJSON *tree)
{
	struct glow_conductor_info info;
	struct glow_diag diag;

	if (glow_conductor_info_read(tree, &info, &diag) != GLOW_OK)
		return;
	w->conductor = info;
	w->has_conductor = true;
	glow_stage_clock(&w->stage, w->conductor.leader.clock_id, w->now_us);
	glow_library_clock(&w->library, w->conductor.leader.clock_id, w->now_us);
}

static void take_beacon(struct glow_watch *w, const cJSON *tree, struct glow_raw at)
{
	struct glow_beacon beacon;
	struct glow_diag diag;

	if (glow_beacon_read(tree, &beacon, &diag) != GLOW_OK)
		return;
	w->beacon = beacon;
	w->has_beacon = true;
	w->beacon_at = at;
}

/* A broken one changes nothing. */
static void take_wanted(struct glow_watch *w, const struct glow_message *message)
{
	const struct glow_wanted none = { .n = 0 };
	struct glow_wanted wanted = none;
	struct glow_diag diag;
	bool absent;

	if (message->len > 0 &&
	    glow_wanted_read(message->payload, message->len, &none, &wanted, &absent, &diag) != GLOW_OK)
		return;
	if (message->len > 0 && glow_edition_before(&wanted.edition, &w->wanted.edition)) {
		glow_wanted_fini(&wanted);
		return;
	}
	glow_wanted_fini(&w->wanted);
	w->wanted = wanted;
	w->revision++;
}

const char *glow_watch_title(const struct glow_watch *w, const char *id)
{
	const struct glow_wanted_node *node = glow_wanted_find(&w->wanted, id);

	return node ? node->title : "";
}

static void take_cluster(struct glow_watch *w, enum glow_topic_kind kind, const struct glow_message *message)
{
	struct glow_diag diag;
	cJSON *tree;

	if (kind == GLOW_TOPIC_ROSTER_WANTED) {
		take_wanted(w, message);
		return;
	}
	if (kind == GLOW_TOPIC_CONDUCTOR_AVAILABILITY)
		w->conductor_online = glow_message_says(message, "online");
	if (kind < GLOW_TOPIC_CONDUCTOR_INFO || kind > GLOW_TOPIC_CONDUCTOR_ERROR) {
		glow_stage_message(&w->stage, kind, message->payload, message->len, w->now_us, &diag);
		return;
	}
	tree = glow_json_parse(message->payload, message->len, &diag);
	if (tree && kind == GLOW_TOPIC_CONDUCTOR_INFO)
		take_conductor(w, tree);
	else if (tree && kind == GLOW_TOPIC_CONDUCTOR_ERROR)
		take_error(w, "conductor", tree);
	else if (tree)
		take_beacon(w, tree, message->at);
	cJSON_Delete(tree);
}

/* Nodes that name it have news. */
static void take_catalog(struct glow_watch *w, const char *name, const struct glow_message *message)
{
	if (!glow_catalogs_message(&w->catalogs, name, message->payload, message->len))
		return;
	w->revision++;
	for (size_t k = 0; k < w->n_nodes; k++)
		if (strcmp(w->nodes[k]->info.catalog, name) == 0)
			w->nodes[k]->info_revision = w->revision;
}

/* What cannot be read or compiled here is passed over, as by nodes of this version. */
static void take_text(struct glow_watch *w, const struct glow_topic *topic, const struct glow_message *message)
{
	struct glow_diag diag;

	if (topic->kind == GLOW_TOPIC_TEXT)
		glow_library_message(&w->library, topic->id, message->payload, message->len, w->now_us, &diag);
	else if (topic->kind == GLOW_TOPIC_TEXTS)
		glow_library_list(&w->library, message->payload, message->len, &diag);
}

/* A roster that names a node twice has its first entry first. */
static int by_id(const void *a, const void *b)
{
	const struct glow_roster_node *x = *(const struct glow_roster_node *const *)a;
	const struct glow_roster_node *y = *(const struct glow_roster_node *const *)b;
	int order = strcmp(x->id, y->id);

	return order ? order : (x > y) - (x < y);
}

/* One that cannot be read has no id. */
static struct glow_info *read_kinds(const struct glow_roster *roster)
{
	struct glow_info *kinds = calloc(roster->n_kinds + 1, sizeof(*kinds));

	for (uint32_t k = 0; kinds && k < roster->n_kinds; k++)
		if (!glow_info_kind_read(roster->kinds[k], &kinds[k]))
			kinds[k].id[0] = '\0';
	return kinds;
}

/* Where another roster has come into force. */
static void index_roster(struct glow_watch *w)
{
	const struct glow_roster *roster = &w->stage.roster;
	struct glow_watch_index *index = &w->index;

	if (index->nodes == roster->nodes && index->of == roster->n && index->edition.rev == roster->edition.rev &&
	    index->edition.term == roster->edition.term && index->edition.clock_id == roster->edition.clock_id)
		return;
	free(index->by_id);
	free(index->kinds);
	*index = (struct glow_watch_index){ .by_id = calloc(roster->n + 1, sizeof(*index->by_id)),
					    .kinds = read_kinds(roster) };
	if (!index->by_id || !index->kinds)
		return;
	index->of = roster->n;
	index->nodes = roster->nodes;
	index->edition = roster->edition;
	for (uint32_t k = 0; k < roster->n; k++)
		index->by_id[k] = &roster->nodes[k];
	qsort(index->by_id, roster->n, sizeof(*index->by_id), by_id);
	for (uint32_t k = 0; k < roster->n; k++)
		if (index->n == 0 || strcmp(index->by_id[index->n - 1]->id, index->by_id[k]->id) != 0)
			index->by_id[index->n++] = index->by_id[k];
	for (size_t k = 0; k < w->n_nodes; k++)
		glow_watched_kind(w, w->nodes[k]);
}

void glow_watch_message(struct glow_watch *w, const struct glow_message *message)
{
	struct glow_topic topic = glow_topic_parse(w->prefix, message->topic);

	if (topic.kind == GLOW_TOPIC_CATALOG)
		take_catalog(w, topic.id, message);
	else if (topic.kind >= GLOW_TOPIC_TEXTS && topic.kind <= GLOW_TOPIC_TEXT_SET)
		take_text(w, &topic, message);
	else if (topic.of == GLOW_OF_CLUSTER)
		take_cluster(w, topic.kind, message);
	else if (topic.of == GLOW_OF_NODE && topic.kind >= GLOW_TOPIC_STATE && topic.kind <= GLOW_TOPIC_ERROR)
		take_node(w, &topic, message);
	index_roster(w);
}

void glow_watch_tick(struct glow_watch *w, int64_t t_us)
{
	w->now_us = t_us;
	glow_library_tick(&w->library, t_us);
	glow_stage_tick(&w->stage, t_us);
	index_roster(w);
}

bool glow_watch_led(const struct glow_watch *w)
{
	return w->conductor_online && w->has_conductor && w->conductor.leading;
}

bool glow_watch_beating(const struct glow_watch *w, struct glow_raw now)
{
	return w->has_beacon && now.ns - w->beacon_at.ns < GLOW_BEACON_SILENT_US * 1000;
}

static int to_id(const void *id, const void *entry)
{
	return strcmp(id, (*(const struct glow_roster_node *const *)entry)->id);
}

const struct glow_roster_node *glow_watch_entry(const struct glow_watch *w, const char *id)
{
	const struct glow_watch_index *index = &w->index;
	const struct glow_roster_node **found =
		index->n ? bsearch(id, index->by_id, index->n, sizeof(*index->by_id), to_id) : NULL;

	return found ? *found : NULL;
}

/* The layers of a node's picture; what they point to lies in the model and in here. */
struct layers {
	struct glow_picture picture;
	struct glow_scene_layer scenes[GLOW_SCENES_MAX];
};

static void compose(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us, struct layers *ret)
{
	static const struct glow_look nothing;
	const struct glow_told *s = &node->state;

	ret->picture = (struct glow_picture){ .idle = node->idle ? node->idle : &nothing, .scenes = ret->scenes };
	ret->picture.n_scenes = glow_stage_layers(&w->stage, &node->info, glow_watch_entry(w, node->id), ret->scenes);
	if (!node->has_state)
		return;
	ret->picture.light = s->light;
	ret->picture.notice = t_us < s->notice_end_us ? s->notice : NULL;
	ret->picture.fade_from = s->fade_from;
	ret->picture.fade_start_us = s->fade_start_us;
	ret->picture.fade_end_us = s->fade_end_us;
}

/* What the node's picture depends on beside its layers. */
static struct glow_env env_of(const struct glow_watch *w, const struct glow_watched *node)
{
	struct glow_env env = node->env;

	env.wall_offset_us = w->wall_offset_us;
	if (w->conductor.has_utc)
		env.wall_offset_us = w->conductor.utc_offset_us + w->conductor.tz_offset_s * GLOW_US_PER_S;
	env.blackout = glow_stage_blackout(&w->stage);
	return env;
}

void glow_watch_render(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us,
		       struct glow_frame *ret_frame)
{
	struct glow_env env = env_of(w, node);
	struct layers layers;

	if (!node->online || !node->has_info || node->info.problem[0]) {
		glow_frame_fill(ret_frame, node->has_info ? node->info.shape.pixels : 8, GLOW_DARK);
		return;
	}
	compose(w, node, t_us, &layers);
	glow_picture_render(&layers.picture, &env, t_us, ret_frame);
	if (node->limiter && glow_flash_limit(&node->limiter->flash, env.shape, t_us, ret_frame))
		node->limiter->held_us = t_us;
}

const struct glow_scene *glow_watch_scene(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us)
{
	struct layers layers;

	compose(w, node, t_us, &layers);
	return glow_picture_scene(&layers.picture, t_us);
}

bool glow_watch_dark(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us)
{
	struct layers layers;

	compose(w, node, t_us, &layers);
	return glow_picture_dark(&layers.picture, t_us);
}

struct glow_rgb glow_watch_pixel(struct glow_shape shape, const struct glow_frame *frame, uint32_t i)
{
	return glow_linear_rgb(glow_shape_seen(shape, i, frame->px[i]));
}
