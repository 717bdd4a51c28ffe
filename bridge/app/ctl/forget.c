/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl forget: the retained messages of a node that is gone for good. */

#include <string.h>
#include <sysexits.h>

#include "rows.h"
#include "session.h"

static const struct glow_option rows[] = {
	GLOW_ROW_SWITCH("force", "no", NULL, force, "also a node that is online; it comes back with its next message"),
	GLOW_ROW_STRING("discovery", "homeassistant", "TOPIC", NULL, discovery, "prefix of Home Assistant's discovery"),
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

static void forget(struct glow_ctl_session *s, const char *id)
{
	static const char *const leaves[] = { "state", "info", "availability" };
	const struct glow_ctl_options *o = s->options;
	char topic[GLOW_TOPIC_MAX + 1];

	for (size_t k = 0; k < CTL_N(leaves); k++) {
		glow_topic_make(topic, o->common.prefix, "node", id, leaves[k]);
		clear(s, topic);
	}
	glow_discovery_topic(topic, o->discovery, o->common.prefix, id);
	clear(s, topic);
	clear_catalogs(s, id);
}

/* The broker silently drops what we may not write, so a second look shows what is left. */
static int check_gone(const struct glow_ctl_options *o, const char *id)
{
	char leaf[GLOW_TOPIC_MAX + 1];
	const char *leaves[] = { leaf };
	struct glow_ctl_session s;
	int status;

	glow_topic_make(leaf, "node", id, "+", NULL);
	status = glow_ctl_open(&s, o, leaves, CTL_N(leaves));
	if (!status && glow_watch_find(&s.watch, id))
		status = glow_ctl_fail(EX_NOPERM,
				       "the broker keeps what it has of %s: that takes an account that may write what "
				       "nodes write, such as admin",
				       id);
	return glow_ctl_close(&s, status);
}

static int run(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	const struct glow_watched *node;
	struct glow_ctl_session s;
	int status;

	if (n_words != 1)
		return glow_ctl_fail(EX_USAGE, "forget whom? for example: glowctl forget pi7");
	if (!glow_id_valid(words[0]))
		return glow_ctl_fail(EX_USAGE, "\"%s\" is no node's id", words[0]);
	status = glow_ctl_open(&s, o, glow_watch_topics, GLOW_WATCH_TOPICS);
	if (status)
		return glow_ctl_close(&s, status);
	node = glow_watch_find(&s.watch, words[0]);
	if (!node)
		status = glow_ctl_fail(EX_DATAERR, "nothing is known of a node %s", words[0]);
	else if (node->online && !o->force)
		status = glow_ctl_fail(EX_DATAERR, "%s is online; --force forgets it all the same", words[0]);
	else
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
	.args_doc = "NODE",
	.summary = "clear what the broker keeps of a node that is gone",
	.doc = "Removes its retained state, info and availability, its announcement for Home Assistant, and the tables "
	       "of effects that no other node names.",
	.examples = "glowctl forget pi7",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
