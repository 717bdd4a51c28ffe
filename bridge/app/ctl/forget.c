/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl forget: the retained messages of a node, or of a conductor, that is gone for good. */

#include <string.h>
#include <sysexits.h>

#include <glow/discovery.h>
#include <glow/names.h>

#include "rows.h"
#include "session.h"
#include "targets.h"

static const struct glow_option rows[] = {
	GLOW_ROW_SWITCH("force", "no", NULL, force,
			"also a node, or a cluster whose conductor, is online; what it says next is kept again"),
	GLOW_ROW_READ("discovery", "homeassistant", "TOPIC", NULL, discovery, glow_names_read_discovery,
		      "prefix of Home Assistant's discovery"),
};

static void clear(struct glow_ctl_session *s, const char *topic)
{
	const struct glow_message empty = { .topic = topic, .payload = "", .qos = 1, .retained = true };

	glow_mqtt_publish(s->mqtt, &empty);
}

static bool named_by_others(const struct glow_watch *w, const char *catalog, const char *id)
{
	for (size_t k = 0; k < w->n_nodes; k++)
		if (strcmp(w->nodes[k]->id, id) != 0 && strcmp(w->nodes[k]->info.catalog, catalog) == 0)
			return true;
	return false;
}

/* Tables of effects that no other node names. One that is needed all the same comes back: nodes see to that. */
static void clear_catalogs(struct glow_ctl_session *s, const char *id)
{
	const struct glow_catalogs *catalogs = &s->watch.catalogs;
	char topic[GLOW_TOPIC_MAX + 1];

	for (size_t k = 0; k < catalogs->n; k++) {
		if (named_by_others(&s->watch, catalogs->v[k].name, id))
			continue;
		glow_topic_of(topic, s->options->common.prefix, GLOW_TOPIC_CATALOG, GLOW_OF_CLUSTER,
			      catalogs->v[k].name);
		clear(s, topic);
	}
}

static void forget_node(struct glow_ctl_session *s, const char *id)
{
	static const enum glow_topic_kind kinds[] = { GLOW_TOPIC_STATE, GLOW_TOPIC_INFO, GLOW_TOPIC_AVAILABILITY,
						      GLOW_TOPIC_PLACE };
	char topic[GLOW_TOPIC_MAX + 1];

	for (size_t k = 0; k < CTL_N(kinds); k++) {
		glow_topic_of(topic, s->options->common.prefix, kinds[k], GLOW_OF_NODE, id);
		clear(s, topic);
	}
}

/* Where the nodes of the last roster lie, and what their lights came to, of all and of their groups. */
static void forget_roster(struct glow_ctl_session *s)
{
	const struct glow_stage *stage = &s->watch.stage;
	const struct glow_roster *roster = stage->has_next_roster ? &stage->next_roster : &stage->roster;
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, s->options->common.prefix, GLOW_TOPIC_STATE, GLOW_OF_ALL, NULL);
	clear(s, topic);
	for (uint32_t k = 0; k < roster->n; k++) {
		glow_topic_of(topic, s->options->common.prefix, GLOW_TOPIC_PLACE, GLOW_OF_NODE, roster->nodes[k].id);
		clear(s, topic);
		for (uint32_t g = 0; g < roster->nodes[k].n_groups; g++) {
			glow_topic_of(topic, s->options->common.prefix, GLOW_TOPIC_STATE, GLOW_OF_GROUP,
				      roster->nodes[k].groups[g]);
			clear(s, topic);
		}
	}
}

static bool is_named(const char *leaf)
{
	return strncmp(leaf, "preset/", 7) == 0 || strncmp(leaf, "schedule/", 9) == 0 ||
	       strncmp(leaf, "effect/", 7) == 0;
}

/* Presets, schedules and effects in text, the list of these first: nodes follow it. */
static void forget_kept(struct glow_ctl_session *s)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, s->options->common.prefix, GLOW_TOPIC_TEXTS, GLOW_OF_CLUSTER, NULL);
	clear(s, topic);
	for (const cJSON *item = s->kept->child; item; item = item->next) {
		if (!is_named(item->string))
			continue;
		glow_topic_make(topic, s->options->common.prefix, item->string, NULL, NULL);
		clear(s, topic);
	}
}

/* What conductors keep for each other and for everybody. */
static void forget_cluster(struct glow_ctl_session *s)
{
	static const enum glow_topic_kind kinds[] = { GLOW_TOPIC_CONDUCTOR_INFO, GLOW_TOPIC_CONDUCTOR_AVAILABILITY,
						      GLOW_TOPIC_ROSTER,         GLOW_TOPIC_ROSTER_WANTED,
						      GLOW_TOPIC_SCENE_CURRENT,  GLOW_TOPIC_DIM_CURRENT };
	char topic[GLOW_TOPIC_MAX + 1];

	for (size_t k = 0; k < CTL_N(kinds); k++) {
		glow_topic_of(topic, s->options->common.prefix, kinds[k], GLOW_OF_CLUSTER, NULL);
		clear(s, topic);
	}
	forget_roster(s);
	forget_kept(s);
}

static bool is_cluster(const char *id)
{
	return strcmp(id, GLOW_DISCOVERY_CLUSTER) == 0;
}

static void forget(struct glow_ctl_session *s, const char *id)
{
	const struct glow_ctl_options *o = s->options;
	char topic[GLOW_TOPIC_MAX + 1];

	if (is_cluster(id))
		forget_cluster(s);
	else
		forget_node(s, id);
	if (strcmp(o->discovery, "off") != 0) {
		glow_discovery_topic(topic, o->discovery, o->common.prefix, id);
		clear(s, topic);
	}
	clear_catalogs(s, id);
}

static bool is_known(const struct glow_ctl_session *s, const char *id)
{
	bool named = false;

	if (!is_cluster(id))
		return glow_watch_find(&s->watch, id) != NULL;
	for (const cJSON *item = s->kept->child; item; item = item->next)
		named = named || is_named(item->string);
	return s->watch.has_conductor || s->watch.stage.roster.n > 0 || named;
}

/* The broker silently drops what we may not write, so a second look shows what is left. */
static int check_gone(const struct glow_ctl_options *o, const char *id)
{
	char leaf[GLOW_TOPIC_MAX + 1];
	const char *leaves[] = { leaf, "roster", "preset/+", "schedule/+", "effect/+" };
	struct glow_ctl_session s;
	int status;

	glow_topic_make(leaf, is_cluster(id) ? "conductor" : "node", is_cluster(id) ? "info" : id,
			is_cluster(id) ? NULL : "+", NULL);
	status = glow_ctl_open(&s, o, leaves, CTL_N(leaves));
	if (!status && is_known(&s, id))
		status = glow_ctl_fail(EX_NOPERM,
				       "the broker keeps what it has of %s: that takes an account that may write what "
				       "%s write, such as admin",
				       id, is_cluster(id) ? "conductors" : "nodes");
	return glow_ctl_close(&s, status);
}

static int unknown(const struct glow_ctl_session *s, const char *id)
{
	char meant[GLOW_ID_MAX + 8];

	if (is_cluster(id))
		return glow_ctl_fail(EX_DATAERR, "nothing is kept of the %s, and no conductor is online", id);
	if (!glow_ctl_targets_meant(&s->watch, id, meant) || strchr(meant, '/'))
		return glow_ctl_fail(EX_DATAERR, "nothing is known of a node %s", id);
	return glow_ctl_fail(EX_DATAERR, "nothing is known of a node %s; did you mean \"%s\"?", id, meant);
}

/* Whether it may be forgotten: 0, or an exit status after saying why not. */
static int judge(const struct glow_ctl_session *s, const char *id)
{
	const struct glow_watched *node = glow_watch_find(&s->watch, id);
	bool cluster = is_cluster(id), online = cluster ? s->watch.conductor_online : node && node->online;

	if (!is_known(s, id) && !(cluster && online))
		return unknown(s, id);
	if (!online || s->options->force)
		return 0;
	if (cluster)
		return glow_ctl_fail(EX_DATAERR, "the conductor %s is online; --force forgets the cluster all the same",
				     s->watch.conductor.id);
	return glow_ctl_fail(EX_DATAERR, "%s is online; --force forgets it all the same", id);
}

static int run(const void *values, int n_words, char *const words[])
{
	static const char *const topics[] = { "node/+/info", "node/+/state", "node/+/availability",
					      "conductor/+", "roster",       "effects/+",
					      "effect/+",    "preset/+",     "schedule/+" };
	const struct glow_ctl_options *o = values;
	struct glow_ctl_session s;
	int status;

	if (n_words != 1)
		return glow_ctl_fail(EX_USAGE, "forget whom? for example: glowctl forget pi7");
	if (!glow_id_valid(words[0]))
		return glow_ctl_fail(EX_USAGE, "\"%s\" is no node's id", words[0]);
	status = glow_ctl_open(&s, o, topics, CTL_N(topics));
	if (!status)
		status = judge(&s, words[0]);
	if (!status)
		forget(&s, words[0]);
	status = glow_ctl_close(&s, status);
	if (!status)
		status = check_gone(o, words[0]);
	if (!status)
		printf("%s: forgotten\n", words[0]);
	return status;
}

const struct glow_subcommand glow_ctl_forget = {
	.name = "forget",
	.args_doc = "NODE|cluster",
	.summary = "clear what the broker keeps of a node, or of the cluster, that is gone",
	.doc = "Removes its retained state, info, availability and place, its announcement for Home Assistant, and the tables "
	       "of effects that no other node names. Of the cluster, what conductors keep: who led, the roster, the "
	       "scenes, the dimmer, its announcement, and what people made: presets, schedules, effects in text, order "
	       "and titles. glowctl export keeps that in a file first.",
	.examples = "glowctl forget pi7\nglowctl forget cluster",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "@nodes|cluster",
	.run = run,
};
