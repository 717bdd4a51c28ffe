/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>

#include <glow/json.h>
#include <glow/log.h>
#include <glow/time.h>

#include "listening.h"
#include "parts.h"

/* ---- what the conductor says ---- */

static void take_stage(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
		       int64_t now_us)
{
	struct glow_diag diag;
	bool changed = glow_layers_stage(&n->layers, &n->cfg.info, topic->kind, m, now_us, &diag);

	if (diag.code != GLOW_OK)
		glow_warning("%s is broken and was skipped: %s %s", m->topic, diag.where, diag.what);
	if (changed && topic->kind == GLOW_TOPIC_SCENE_CURRENT)
		glow_node_scenes_came(n, now_us);
	else if (topic->kind == GLOW_TOPIC_SCENE_CURRENT)
		glow_node_ask_for_texts(n);
}

static void hear_conductor(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
			   int64_t now_us)
{
	bool was_lost = glow_conducted_lost(&n->conductor, now_us);

	glow_conducted_hear(&n->conductor, topic->kind, m, now_us);
	n->layers.revision += n->cfg.lost_indicator && glow_conducted_lost(&n->conductor, now_us) != was_lost;
}

/* ---- the effects that the cluster has as texts ---- */

static void take_text(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag;

	if (glow_texts_message(&n->texts, topic, m, now_us, &diag) != GLOW_OK)
		glow_warning("%s is passed over: %s%s%s", m->topic, diag.where, diag.where[0] ? ": " : "", diag.what);
	glow_node_ask_for_texts(n);
}

/* ---- what comes back after a restart ---- */

static void restore(struct glow_node *n, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_state *state;
	cJSON *tree;

	if (n->orders.accepted)
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	state = malloc(sizeof(*state));
	if (tree && state && glow_state_read(tree, n->layers.env.shape, state, &diag) == GLOW_OK) {
		glow_layers_restore(&n->layers, state, now_us);
		n->restored = true;
		glow_info("light restored: %s", state->light.effect ? state->light.effect->name : "auto");
	} else {
		glow_texts_explain(&n->texts, m->payload, m->len, &diag);
		glow_warning("the retained state is broken and was skipped: %s %s", diag.where, diag.what);
	}
	free(state);
	cJSON_Delete(tree);
}

static void take_state(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
		       int64_t now_us)
{
	(void)topic;
	if (!n->restored && m->len > 0)
		restore(n, m, now_us);
}

/* ---- commands ---- */

static void take_light(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
		       int64_t now_us)
{
	glow_orders_take(&n->orders, topic, m, now_us);
}

static void take_apply(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
		       int64_t now_us)
{
	(void)topic;
	glow_orders_apply(&n->orders, m, now_us);
}

/* ---- topics ---- */

/* Every topic that a node listens to, its own first of those that are live and last of the others. Those of a group
 * stand for each of its groups. Where one may name a text, messages may have to wait for it. What the conductor says
 * comes by one filter: for each topic a broker goes through all who listen to it whenever one of them comes, and
 * thousands may come at once. */
static const struct row {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	bool retained, names;
	void (*take)(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m, int64_t now_us);
	const char *filter; /* NULL: its topic; "": the row before has it */
} rows[] = {
	{ GLOW_TOPIC_SET, GLOW_OF_NODE, false, true, take_light },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_NODE, false, true, take_light },
	{ GLOW_TOPIC_SET, GLOW_OF_ALL, false, true, take_light },
	{ GLOW_TOPIC_SET, GLOW_OF_GROUP, false, true, take_light },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_ALL, false, true, take_light },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_GROUP, false, true, take_light },
	{ GLOW_TOPIC_APPLY, GLOW_OF_ALL, false, true, take_apply },
	{ GLOW_TOPIC_APPLY, GLOW_OF_GROUP, false, true, take_apply },
	/* and info, which is the timekeeper's */
	{ GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER, true, false, hear_conductor, "conductor/+" },
	{ GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER, true, false, hear_conductor, "" },
	{ GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER, true, false, take_stage },
	{ GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, true, false, take_stage },
	{ GLOW_TOPIC_STATE, GLOW_OF_NODE, true, true, take_state },
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

/* What a broker may refuse, every node's first. */
enum { WISH_CATALOG, WISH_TEXTS, WISH_PLACE, N_WISHES, N_COMMON_WISHES = WISH_PLACE };

/* So many filters are a row's. */
static size_t times_of(const struct glow_node *n, const struct row *row)
{
	return row->of == GLOW_OF_GROUP ? n->cfg.info.n_groups : !row->filter || row->filter[0];
}

bool glow_node_topic(const struct glow_node *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained)
{
	const struct glow_info *info = &n->cfg.info;

	for (size_t j = 0; j < N_ROWS; j++) {
		bool group = rows[j].of == GLOW_OF_GROUP;
		const char *filter = rows[j].filter;
		size_t times = times_of(n, &rows[j]);

		if (k < times) {
			if (filter)
				glow_topic_make(ret_topic, n->cfg.out.prefix, filter, NULL, NULL);
			else
				glow_topic_of(ret_topic, n->cfg.out.prefix, rows[j].kind, rows[j].of,
					      group ? info->groups[k] : info->id);
			*ret_retained = rows[j].retained;
			return true;
		}
		k -= times;
	}
	return false;
}

struct glow_node_common glow_node_common(const struct glow_node *n)
{
	struct glow_node_common common = { .wished = N_COMMON_WISHES };

	for (size_t j = 0; j < N_ROWS; j++)
		if (rows[j].of != GLOW_OF_NODE)
			*(rows[j].retained ? &common.retained : &common.topics) += times_of(n, &rows[j]);
	return common;
}

static const struct row *row_of(const struct glow_topic *topic)
{
	for (size_t k = 0; k < N_ROWS; k++)
		if (rows[k].kind == topic->kind && rows[k].of == topic->of)
			return &rows[k];
	return NULL;
}

/* It names a text that is not here, or others wait before it. */
static bool has_to_wait(struct glow_node *n, const struct row *row, const struct glow_message *m)
{
	if (!row->names || m->len == 0 || (row->kind == GLOW_TOPIC_STATE && n->restored))
		return false;
	return glow_texts_ask(&n->texts, m->payload, m->len) || n->texts.n_held > 0;
}

static void hold(struct glow_node *n, const struct row *row, const struct glow_message *m, int64_t now_us)
{
	if (!glow_texts_hold(&n->texts, m, now_us))
		glow_node_dropped(n, m, false, now_us);
	else if (row->kind == GLOW_TOPIC_STATE)
		n->state_waits = true;
}

void glow_listening_release(struct glow_node *n, int64_t now_us)
{
	struct glow_held held;

	while (glow_texts_release(&n->texts, now_us, &held)) {
		struct glow_topic topic = glow_topic_parse(n->cfg.out.prefix, held.m.topic);
		const struct row *row = row_of(&topic);

		if (row->kind != GLOW_TOPIC_STATE) {
			row->take(n, &topic, &held.m, now_us);
		} else {
			n->state_waits = false;
			restore(n, &held.m, now_us);
			n->voice.stale = true;
			if (n->start_waits)
				glow_node_start(n, now_us);
		}
		glow_held_free(&held);
	}
}

void glow_node_message(struct glow_node *n, const struct glow_message *message, int64_t now_us)
{
	struct glow_topic topic = glow_topic_parse(n->cfg.out.prefix, message->topic);
	const struct row *row = row_of(&topic);

	now_us = glow_later(now_us, n->layers.now_us);
	if (topic.kind == GLOW_TOPIC_CATALOG)
		glow_offer_message(&n->offer, message, now_us);
	if (topic.kind == GLOW_TOPIC_TEXTS || topic.kind == GLOW_TOPIC_TEXT)
		take_text(n, &topic, message, now_us);
	else if (topic.kind == GLOW_TOPIC_PLACE)
		take_stage(n, &topic, message, now_us);
	else if (row && has_to_wait(n, row, message))
		hold(n, row, message, now_us);
	else if (row)
		row->take(n, &topic, message, now_us);
	glow_listening_release(n, now_us);
}

void glow_node_dropped(struct glow_node *n, const struct glow_message *message, bool replaced, int64_t now_us)
{
	struct glow_topic topic = glow_topic_parse(n->cfg.out.prefix, message->topic);
	bool elsewhere =
		glow_orders_many(&topic) && glow_conducted_leads(&n->conductor, glow_later(now_us, n->layers.now_us));

	if (!elsewhere && (topic.kind == GLOW_TOPIC_SET || topic.kind == GLOW_TOPIC_NOTIFY))
		glow_publish_busy(&n->cfg.out, message, n->cfg.info.id, replaced);
}

bool glow_node_wish(const struct glow_node *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	const struct glow_publisher *out = &n->cfg.out;

	if (k == WISH_CATALOG)
		glow_topic_of(ret_topic, out->prefix, GLOW_TOPIC_CATALOG, GLOW_OF_CLUSTER, n->offer.name);
	else if (k == WISH_TEXTS)
		glow_topic_of(ret_topic, out->prefix, GLOW_TOPIC_TEXTS, GLOW_OF_CLUSTER, NULL);
	else
		glow_topic_of(ret_topic, out->prefix, GLOW_TOPIC_PLACE, GLOW_OF_NODE, n->cfg.info.id);
	return k < N_WISHES;
}

void glow_node_wish_refused(struct glow_node *n, const char *topic)
{
	struct glow_topic parsed = glow_topic_parse(n->cfg.out.prefix, topic);

	glow_texts_refused(&n->texts, &parsed);
}
