/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl sync: how well the nodes' clocks agree, from what they say of them. A node tells how far its output still is
 * from its estimate, and one standard deviation of it: three of these are the bound. Of two nodes the errors are
 * independent, so their deviations add in squares. */

#include <math.h>
#include <stdlib.h>
#include <sysexits.h>

#include <glow/fit.h>
#include <glow/json.h>

#include "kept.h"
#include "rows.h"
#include "table.h"

#define SIGMAS 3

static const struct glow_option rows[] = {
	GLOW_ROW_INT("wait-s", "12", 0, 60, "S", NULL, wait_s,
		     "wait until every online node has reported its clock, at most so long; they do so every ten "
		     "seconds"),
	GLOW_ROW_SWITCH("json", "no", NULL, json, "for programs"),
};

static const struct glow_stats_sync *clock_of(const struct glow_watched *node)
{
	return node->online && node->has_stats && node->stats.sync.valid ? &node->stats.sync : NULL;
}

static int64_t bound_us(const struct glow_stats_sync *sync)
{
	return llabs(sync->offset_us) + SIGMAS * (int64_t)sync->error_us;
}

static int64_t apart_us(const struct glow_stats_sync *a, const struct glow_stats_sync *b)
{
	return llabs(a->offset_us - b->offset_us) + (int64_t)ceil(SIGMAS * hypot(a->error_us, b->error_us));
}

struct pair {
	const struct glow_watched *one, *other; /* NULL: there are no two */
	int64_t apart_us;
};

/* All pairs: a few million at most, which is a tenth of a second. */
static struct pair worst_pair(const struct glow_watch *w)
{
	struct pair worst = { .apart_us = -1 };

	for (size_t i = 0; i < w->n_nodes; i++)
		for (size_t k = i + 1; clock_of(w->nodes[i]) && k < w->n_nodes; k++) {
			const struct glow_stats_sync *b = clock_of(w->nodes[k]);
			int64_t us = b ? apart_us(clock_of(w->nodes[i]), b) : -1;

			if (us > worst.apart_us)
				worst = (struct pair){ w->nodes[i], w->nodes[k], us };
		}
	return worst;
}

/* ---- for people ---- */

static void time_text(int64_t us, const char *sign, char *cell)
{
	if (llabs(us) < 10000)
		snprintf(cell, GLOW_CELL_SIZE, "%s%lld µs", sign, (long long)us);
	else
		snprintf(cell, GLOW_CELL_SIZE, "%s%.1f ms", sign, (double)us / 1000);
}

static void fill(const struct glow_watched *node, char (*cell)[GLOW_CELL_SIZE])
{
	const struct glow_stats_sync *sync = clock_of(node);

	snprintf(cell[0], GLOW_CELL_SIZE, "%s", node->id);
	if (!node->online)
		snprintf(cell[1], GLOW_CELL_SIZE, "offline");
	else if (!node->has_stats)
		snprintf(cell[1], GLOW_CELL_SIZE, "has not reported");
	else
		snprintf(cell[1], GLOW_CELL_SIZE, "%s", node->stats.sync.state);
	if (!sync)
		return;
	time_text(sync->offset_us, sync->offset_us > 0 ? "+" : "", cell[2]);
	time_text(sync->error_us, "±", cell[3]);
	time_text(bound_us(sync), "", cell[4]);
}

static void say_worst(const struct glow_watch *w)
{
	struct pair worst = worst_pair(w);
	char apart[GLOW_CELL_SIZE], clean[GLOW_CELL_SIZE];

	if (!worst.one)
		return;
	time_text(worst.apart_us, "", apart);
	glow_fit_clean(apart, !glow_fit_utf8(), clean, sizeof(clean));
	printf("\nworst pair: %s and %s, at most %s apart\n", worst.one->id, worst.other->id, clean);
}

static int print_table(const struct glow_watch *w)
{
	static const char *const heads[] = { "NODE", "CLOCK", "OFFSET", "ERROR", "BOUND" };
	char(*head)[GLOW_CELL_SIZE];
	struct glow_table table;

	if (!glow_table_init(&table, CTL_N(heads), (unsigned)w->n_nodes + 1))
		return glow_ctl_fail(EX_OSERR, "out of memory");
	head = glow_table_row(&table);
	for (size_t k = 0; k < CTL_N(heads); k++)
		snprintf(head[k], GLOW_CELL_SIZE, "%s", heads[k]);
	for (size_t k = 0; k < w->n_nodes; k++)
		fill(w->nodes[k], glow_table_row(&table));
	glow_table_print(&table, !glow_fit_utf8(), stdout);
	glow_table_fini(&table);
	if (!glow_watch_led(w))
		puts("\nno conductor leads: each node goes by its own clock");
	say_worst(w);
	return 0;
}

/* ---- for programs ---- */

static cJSON *node_object(const struct glow_watch *w, const struct glow_watched *node)
{
	const struct glow_stats_sync *sync = clock_of(node);
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "id", node->id);
	cJSON_AddStringToObject(o, "title", glow_watch_title(w, node->id));
	cJSON_AddBoolToObject(o, "online", node->online);
	if (node->online && node->has_stats)
		cJSON_AddStringToObject(o, "state", node->stats.sync.state);
	else
		cJSON_AddNullToObject(o, "state");
	if (!sync)
		return o;
	glow_json_add_int(o, "offset_us", sync->offset_us);
	glow_json_add_int(o, "error_us", sync->error_us);
	glow_json_add_int(o, "bound_us", bound_us(sync));
	return o;
}

static int print_json(const struct glow_watch *w)
{
	struct pair worst = worst_pair(w);
	cJSON *all = cJSON_CreateObject(), *nodes, *pair;

	cJSON_AddBoolToObject(all, "led", glow_watch_led(w));
	nodes = cJSON_AddArrayToObject(all, "nodes");
	for (size_t k = 0; k < w->n_nodes; k++)
		cJSON_AddItemToArray(nodes, node_object(w, w->nodes[k]));
	pair = worst.one ? cJSON_AddObjectToObject(all, "worst_pair") : cJSON_AddNullToObject(all, "worst_pair");
	if (!worst.one)
		return glow_kept_print_tree(all);
	nodes = cJSON_AddArrayToObject(pair, "nodes");
	cJSON_AddItemToArray(nodes, cJSON_CreateString(worst.one->id));
	cJSON_AddItemToArray(nodes, cJSON_CreateString(worst.other->id));
	glow_json_add_int(pair, "apart_us", worst.apart_us);
	return glow_kept_print_tree(all);
}

static int run(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	struct glow_ctl_session s;
	int status;

	if (n_words > 0)
		return glow_ctl_fail(EX_USAGE, "sync shows all nodes and takes no name, such as \"%s\"", words[0]);
	status = glow_ctl_open(&s, o, glow_watch_topics, GLOW_WATCH_TOPICS);
	if (status == 0 && o->wait_s > 0 && !glow_ctl_wait_reports(&s, o->wait_s * 1000) && s.lost[0])
		status = glow_ctl_fail(EX_UNAVAILABLE, "%s", s.lost);
	if (status == 0)
		status = (o->json ? print_json : print_table)(&s.watch);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_sync = {
	.name = "sync",
	.args_doc = "",
	.summary = "how well the nodes' clocks agree",
	.doc = "OFFSET is what a node is still correcting, ERROR one standard deviation of its time, BOUND the offset "
	       "and three of these. The worst pair are the two that may be furthest apart: the difference of their "
	       "offsets, and three deviations of both together.",
	.examples = "glowctl sync\nglowctl sync --json | jq .worst_pair",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
