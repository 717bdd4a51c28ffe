/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl nodes: the cluster as a table, or as JSON for programs. */

#include <string.h>
#include <sysexits.h>

#include <glow/json.h>

#include "kept.h"
#include "rows.h"
#include "table.h"

static const struct glow_option rows[] = {
	GLOW_ROW_INT(
		"wait-s", NULL, 0, 60, "S", NULL, wait_s,
		"wait until every online node has reported its frames and its clock, at most so long; they do so every "
		"ten seconds"),
	GLOW_ROW_SWITCH("json", "no", NULL, json, "for programs"),
};

static void join_groups(const struct glow_info *info, char *ret_text, size_t size)
{
	size_t n = 0;

	ret_text[0] = '\0';
	for (unsigned k = 0; k < info->n_groups && n < size; k++)
		n += (size_t)snprintf(ret_text + n, size - n, "%s%s", k ? "," : "", info->groups[k]);
}

static bool has_titles(const struct glow_watch *w)
{
	bool some = false;

	for (uint32_t k = 0; k < w->wanted.n; k++)
		some |= w->wanted.nodes[k].title[0] != '\0';
	return some;
}

static void fill_row(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us, bool titles,
		     char (*cell)[GLOW_CELL_SIZE])
{
	const struct glow_roster_node *entry = glow_watch_entry(w, node->id);

	snprintf(cell[0], GLOW_CELL_SIZE, "%s", node->id);
	snprintf(cell[1], GLOW_CELL_SIZE, "%s", node->online ? "online" : "offline");
	if (node->has_info) {
		snprintf(cell[2], GLOW_CELL_SIZE, "%s", node->info.board);
		snprintf(cell[3], GLOW_CELL_SIZE, "%u", node->info.shape.pixels);
		join_groups(&node->info, cell[5], GLOW_CELL_SIZE);
	}
	if (entry)
		snprintf(cell[4], GLOW_CELL_SIZE, "%u-%u%s", entry->offset, entry->offset + entry->pixels - 1,
			 entry->reverse ? " reversed" : "");
	if (node->has_stats)
		snprintf(cell[6], GLOW_CELL_SIZE, "%u", node->stats.fps);
	if (node->online && node->info.slots_a_frame > 1)
		snprintf(cell[6] + strlen(cell[6]), GLOW_CELL_SIZE - strlen(cell[6]), "%s1 in %u",
			 node->has_stats ? ", " : "", node->info.slots_a_frame);
	glow_watch_sync(node, cell[7], GLOW_CELL_SIZE);
	if (node->online)
		glow_watch_label(w, node, t_us, cell[8], GLOW_CELL_SIZE);
	if (titles)
		snprintf(cell[9], GLOW_CELL_SIZE, "%s", glow_watch_title(w, node->id));
}

static void put_line(const char *text)
{
	char clean[GLOW_HEADLINE_SIZE];

	glow_fit_clean(text, !glow_fit_utf8(), clean, sizeof(clean));
	puts(clean);
}

static int print_table(const struct glow_watch *w, int64_t t_us)
{
	static const char *const heads[] = { "NODE",   "STATE", "BOARD", "PIXELS", "STRIP",
					     "GROUPS", "FPS",   "CLOCK", "SHOWS",  "TITLE" };
	const bool titles = has_titles(w);
	const unsigned n_heads = CTL_N(heads) - !titles;
	struct glow_table table;
	char(*head)[GLOW_CELL_SIZE], line[GLOW_HEADLINE_SIZE];

	glow_watch_headline(w, t_us, line, sizeof(line));
	put_line(line);
	if (w->n_nodes == 0) {
		glow_watch_silence(w, line, sizeof(line));
		put_line(line);
		return 0;
	}
	if (!glow_table_init(&table, n_heads, (unsigned)w->n_nodes + 1))
		return glow_ctl_fail(EX_OSERR, "out of memory");
	head = glow_table_row(&table);
	for (size_t k = 0; k < n_heads; k++)
		snprintf(head[k], GLOW_CELL_SIZE, "%s", heads[k]);
	for (size_t k = 0; k < w->n_nodes; k++)
		fill_row(w, w->nodes[k], t_us, titles, glow_table_row(&table));
	putchar('\n');
	glow_table_print(&table, !glow_fit_utf8(), stdout);
	glow_table_fini(&table);
	return 0;
}

/* Null while it is not known. */
static cJSON *member(cJSON *object, const char *name, bool known)
{
	return known ? cJSON_AddObjectToObject(object, name) : cJSON_AddNullToObject(object, name);
}

static void add_conductor(cJSON *all, const struct glow_watch *w)
{
	cJSON *c = member(all, "conductor", w->has_conductor);
	char clock_id[GLOW_CLOCK_ID_LEN + 1];

	if (!w->has_conductor)
		return;
	glow_clock_id_format(w->conductor.leader.clock_id, clock_id);
	cJSON_AddStringToObject(c, "id", w->conductor.id);
	cJSON_AddBoolToObject(c, "online", w->conductor_online);
	cJSON_AddBoolToObject(c, "leading", glow_watch_led(w));
	glow_json_add_int(c, "term", w->conductor.leader.term);
	cJSON_AddStringToObject(c, "clock_id", clock_id);
	glow_counts_add(c, &w->conductor.messages);
}

static void add_sync(cJSON *object, const struct glow_watched *node)
{
	const struct glow_stats_sync *sync = &node->stats.sync;
	cJSON *s = member(object, "sync", node->has_stats);

	if (!node->has_stats)
		return;
	cJSON_AddStringToObject(s, "state", sync->state);
	if (!sync->valid)
		return;
	glow_json_add_int(s, "offset_us", sync->offset_us);
	glow_json_add_int(s, "error_us", sync->error_us);
}

static cJSON *node_object(const struct glow_watch *w, const struct glow_watched *node, int64_t t_us)
{
	const struct glow_roster_node *entry = glow_watch_entry(w, node->id);
	cJSON *o = cJSON_CreateObject(), *groups;
	char label[GLOW_WATCH_LABEL_SIZE];

	glow_watch_label(w, node, t_us, label, sizeof(label));
	cJSON_AddStringToObject(o, "id", node->id);
	cJSON_AddStringToObject(o, "title", glow_watch_title(w, node->id));
	cJSON_AddBoolToObject(o, "online", node->online);
	cJSON_AddStringToObject(o, "board", node->info.board);
	cJSON_AddStringToObject(o, "backend", node->info.backend);
	cJSON_AddStringToObject(o, "version", node->info.version);
	glow_json_add_int(o, "pixels", node->info.shape.pixels);
	groups = cJSON_AddArrayToObject(o, "groups");
	for (unsigned k = 0; k < node->info.n_groups; k++)
		cJSON_AddItemToArray(groups, cJSON_CreateString(node->info.groups[k]));
	if (entry)
		glow_json_add_int(o, "offset", entry->offset);
	cJSON_AddStringToObject(o, "shows", label);
	cJSON_AddStringToObject(o, "problem", node->info.problem);
	glow_json_add_int(o, "slots_a_frame", node->info.slots_a_frame);
	if (node->has_stats)
		glow_json_add_int(o, "fps", node->stats.fps);
	if (node->has_stats)
		glow_counts_add(o, &node->stats.messages);
	add_sync(o, node);
	return o;
}

static int print_json(const struct glow_watch *w, int64_t t_us)
{
	cJSON *all = cJSON_CreateObject(), *nodes;

	add_conductor(all, w);
	if (w->crowd.n)
		glow_json_add_int(all, "not_shown", w->crowd.n);
	nodes = cJSON_AddArrayToObject(all, "nodes");
	for (size_t k = 0; k < w->n_nodes; k++)
		cJSON_AddItemToArray(nodes, node_object(w, w->nodes[k], t_us));
	return glow_kept_print_tree(all);
}

static int run(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	/* Without a report to wait for, none of what thousands report meanwhile. */
	const size_t first = GLOW_WATCH_INFOS + (o->wait_s > 0 ? 0 : GLOW_WATCH_GOING);
	struct glow_ctl_session s;
	int status = glow_ctl_open(&s, o, glow_watch_topics + first, GLOW_WATCH_TOPICS - GLOW_WATCH_TABLES - first);

	(void)n_words;
	(void)words;
	if (status == 0)
		glow_ctl_read_infos(&s);
	if (status == 0 && o->wait_s > 0 && !s.lost[0])
		glow_ctl_wait_reports(&s, o->wait_s * 1000);
	if (status == 0 && s.lost[0])
		status = glow_ctl_fail(EX_UNAVAILABLE, "%s", s.lost);
	glow_ctl_tick(&s);
	if (status == 0)
		status = (o->json ? print_json : print_table)(&s.watch, s.watch.now_us);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_nodes = {
	.name = "nodes",
	.summary = "list the nodes and who leads them",
	.doc = "What the broker keeps of each node: its board, its place on the cluster's strip, its groups and what "
	       "it "
	       "shows; frames a second and the quality of its clock where --wait-s waited for a report.",
	.examples = "glowctl nodes\nglowctl nodes --wait-s 12\nglowctl nodes --json | jq -r '.nodes[].id'",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
