/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl order, reverse, gap and title: where boards lie on the strip, and what they are called. */

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/json.h>

#include "kept.h"
#include "rows.h"
#include "table.h"

#define RESET(what) GLOW_ROW_SWITCH("reset", "no", NULL, reset, what)

static const struct glow_option order_rows[] = {
	RESET("back to the conductor's --order"),
	CTL_FORCE,
	GLOW_ROW_SWITCH("json", "no", NULL, json, "without a name: for programs"),
};
static const struct glow_option reverse_rows[] = { RESET("back to the conductor's --reverse"), CTL_FORCE };
static const struct glow_option gap_rows[] = { RESET("back to the conductor's --gap"), CTL_FORCE };
static const struct glow_option title_rows[] = { RESET("no title"), CTL_FORCE };

/* ---- asking ---- */

/* Asks for what the tree says, which goes. */
static int ask(const struct glow_ctl_options *o, cJSON *tree, const char *done)
{
	struct glow_ctl_session s;
	cJSON *answer = NULL;
	char *payload;
	int status;

	if (o->force)
		cJSON_AddTrueToObject(tree, "absent");
	payload = glow_json_finish(tree);
	if (!payload)
		return glow_ctl_fail(EX_OSERR, "out of memory");
	status = glow_ctl_open(&s, o, NULL, 0);
	if (status == 0)
		status = glow_ctl_ask_conductor(&s, "roster", "set", payload, &answer);
	if (status == 0)
		puts(done);
	cJSON_Delete(answer);
	free(payload);
	return glow_ctl_close(&s, status);
}

/* {"nodes":{"pi1":{"gap":3}}}, or null for the value. */
static int ask_value(const struct glow_ctl_options *o, const char *id, const char *name, cJSON *value)
{
	cJSON *tree = cJSON_CreateObject(), *node;
	char done[GLOW_ID_MAX + 64];

	node = cJSON_AddObjectToObject(cJSON_AddObjectToObject(tree, "nodes"), id);
	cJSON_AddItemToObject(node, name, value ? value : cJSON_CreateNull());
	snprintf(done, sizeof(done), "%.63s: ok%s", id, value ? "" : ", as it was configured");
	return ask(o, tree, done);
}

/* ---- order ---- */

static void fill_row(const struct glow_watch *w, const struct glow_roster_node *node, char (*cell)[GLOW_CELL_SIZE])
{
	snprintf(cell[0], GLOW_CELL_SIZE, "%s", node->id);
	snprintf(cell[1], GLOW_CELL_SIZE, "%u-%u", node->offset, node->offset + node->pixels - 1);
	snprintf(cell[2], GLOW_CELL_SIZE, "%s", node->reverse ? "reversed" : "");
	if (node->gap)
		snprintf(cell[3], GLOW_CELL_SIZE, "gap of %u behind it", node->gap);
	snprintf(cell[4], GLOW_CELL_SIZE, "%s", glow_watch_title(w, node->id));
}

static cJSON *entry_object(const struct glow_watch *w, const struct glow_roster_node *node)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "id", node->id);
	cJSON_AddStringToObject(o, "title", glow_watch_title(w, node->id));
	glow_json_add_int(o, "offset", node->offset);
	glow_json_add_int(o, "pixels", node->pixels);
	cJSON_AddBoolToObject(o, "reverse", node->reverse);
	glow_json_add_int(o, "gap", node->gap);
	return o;
}

static int show_json(const struct glow_watch *w, const struct glow_roster *roster)
{
	cJSON *array = cJSON_CreateArray();

	for (uint32_t k = 0; k < roster->n; k++)
		cJSON_AddItemToArray(array, entry_object(w, &roster->nodes[k]));
	return glow_kept_print_tree(array);
}

static int show(const struct glow_ctl_session *s)
{
	const struct glow_stage *stage = &s->watch.stage;
	const struct glow_roster *roster = stage->has_next_roster ? &stage->next_roster : &stage->roster;
	struct glow_table table;

	if (roster->n == 0)
		return glow_ctl_fail_silence(s, "nobody is on the strip: is glow-conductor running?");
	if (s->options->json)
		return show_json(&s->watch, roster);
	if (!glow_table_init(&table, 5, roster->n))
		return glow_ctl_fail(EX_OSERR, "out of memory");
	for (uint32_t k = 0; k < roster->n; k++)
		fill_row(&s->watch, &roster->nodes[k], glow_table_row(&table));
	glow_table_print(&table, !glow_fit_utf8(), stdout);
	glow_table_fini(&table);
	if (roster->left_out)
		printf("%u more nodes have no place: a roster is full\n", roster->left_out);
	return 0;
}

static int show_order(const struct glow_ctl_options *o)
{
	static const char *const topics[] = { "roster", "roster/wanted" };
	struct glow_ctl_session s;
	int status = glow_ctl_open(&s, o, topics, CTL_N(topics));

	if (status == 0)
		status = show(&s);
	return glow_ctl_close(&s, status);
}

static int run_order(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	cJSON *tree, *order;

	if (o->reset && n_words)
		return glow_ctl_fail(EX_USAGE, "order takes nodes or --reset, not both");
	if (!o->reset && !n_words)
		return show_order(o);
	tree = cJSON_CreateObject();
	order = o->reset ? cJSON_AddNullToObject(tree, "order") : cJSON_AddArrayToObject(tree, "order");
	for (int k = 0; k < n_words; k++)
		cJSON_AddItemToArray(order, cJSON_CreateString(words[k]));
	return ask(o, tree,
		   o->reset ? "in the order that the conductor is configured with"
			    : "in this order, the others behind them by name");
}

const struct glow_subcommand glow_ctl_order = {
	.name = "order",
	.args_doc = "[NODE]...",
	.summary = "show or set the order of the boards on the strip",
	.doc = "Those that are named come first, the others follow by name. It beats the conductor's --order and is "
	       "kept until "
	       "it is reset. Without a name: the strip as it is.",
	.examples = "glowctl order\nglowctl order pi3 pi1 pi2\nglowctl order --reset",
	.options = order_rows,
	.n_options = CTL_N(order_rows),
	.spots = "@nodes",
	.run = run_order,
};

/* ---- values of a node ---- */

/* One node and so many words more; or --reset alone. */
static int check_words(const struct glow_ctl_options *o, int n_words, int least, int most, const char *usage)
{
	if (n_words >= 1 && (o->reset ? n_words == 1 : n_words > least && n_words <= most + 1))
		return 0;
	return glow_ctl_fail(EX_USAGE, "for example: %s", usage);
}

static int run_reverse(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	int status = check_words(o, n_words, 0, 1, "glowctl reverse pi2, or glowctl reverse pi2 off");
	bool on = true;

	if (status)
		return status;
	if (n_words == 2 && !glow_config_switch(words[1], &on))
		return glow_ctl_fail(EX_USAGE, "a board is reversed or not: on or off, not \"%s\"", words[1]);
	return ask_value(o, words[0], "reverse", o->reset ? NULL : cJSON_CreateBool(on));
}

static int run_gap(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	int status = check_words(o, n_words, 1, 1, "glowctl gap pi2 4");
	char *end;
	double pixels;

	if (status || o->reset)
		return status ? status : ask_value(o, words[0], "gap", NULL);
	pixels = strtod(words[1], &end);
	if (end == words[1] || *end)
		return glow_ctl_fail(EX_USAGE, "a gap is a number of pixels, not \"%s\"", words[1]);
	return ask_value(o, words[0], "gap", cJSON_CreateNumber(pixels));
}

static int run_title(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	int status = check_words(o, n_words, 1, 64, "glowctl title pi1 Kitchen, left");
	char *text;

	if (status || o->reset)
		return status ? status : ask_value(o, words[0], "title", NULL);
	text = glow_ctl_text(n_words - 1, words + 1, &status);
	if (!text)
		return status;
	status = ask_value(o, words[0], "title", cJSON_CreateString(text));
	free(text);
	return status;
}

const struct glow_subcommand glow_ctl_reverse = {
	.name = "reverse",
	.args_doc = "NODE [on|off]",
	.summary = "turn a board round, whose last pixel comes first",
	.doc = "It beats the conductor's --reverse and is kept until it is reset.",
	.examples = "glowctl reverse pi2\nglowctl reverse pi2 off\nglowctl reverse pi2 --reset",
	.options = reverse_rows,
	.n_options = CTL_N(reverse_rows),
	.spots = "@nodes on|off",
	.run = run_reverse,
};

const struct glow_subcommand glow_ctl_gap = {
	.name = "gap",
	.args_doc = "NODE PIXELS",
	.summary = "leave pixels free behind a board",
	.doc = "So that a picture that runs along the strip keeps its pace where boards hang apart. It beats the "
	       "conductor's --gap "
	       "and is kept until it is reset.",
	.examples = "glowctl gap pi2 4\nglowctl gap pi2 --reset",
	.options = gap_rows,
	.n_options = CTL_N(gap_rows),
	.spots = "@nodes",
	.run = run_gap,
};

const struct glow_subcommand glow_ctl_title = {
	.name = "title",
	.args_doc = "NODE TEXT",
	.summary = "give a board a name for people",
	.doc = "In any script, up to 96 bytes. Commands go on taking the node's id.",
	.examples = "glowctl title pi1 Kitchen, left\nglowctl title pi1 --reset",
	.options = title_rows,
	.n_options = CTL_N(title_rows),
	.spots = "@nodes",
	.run = run_title,
};
