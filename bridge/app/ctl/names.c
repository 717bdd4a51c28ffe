/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl names: what a cluster has names for, a line each. Shells ask for them while somebody types, so it waits for
 * nobody. What a shell might take for something else than a name is left out: everybody who may publish can name
 * things. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/color.h>
#include <glow/json.h>

#include "kept.h"
#include "rows.h"
#include "shipped.h"

static bool is_plain(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
	return name[0] && name[0] != '-';
}

static void say(const char *before, const char *name)
{
	if (is_plain(name))
		printf("%s%s\n", before, name);
}

static void say_nodes(const struct glow_ctl_session *s)
{
	for (size_t k = 0; k < s->watch.n_nodes; k++)
		say("", s->watch.nodes[k]->id);
}

/* Each once. */
static void say_groups_after(const struct glow_ctl_session *s, const char *before)
{
	cJSON *said = cJSON_CreateObject();

	for (size_t k = 0; k < s->watch.n_nodes; k++)
		for (unsigned g = 0; g < s->watch.nodes[k]->info.n_groups; g++) {
			const char *group = s->watch.nodes[k]->info.groups[g];

			if (glow_json_get(said, group))
				continue;
			cJSON_AddTrueToObject(said, group);
			say(before, group);
		}
	cJSON_Delete(said);
}

static void say_groups(const struct glow_ctl_session *s)
{
	say_groups_after(s, "");
}

static void say_targets(const struct glow_ctl_session *s)
{
	say_nodes(s);
	say_groups_after(s, "group/");
	puts("all");
}

static void say_texts(const struct glow_ctl_session *s)
{
	for (size_t k = 0; k < s->watch.library.n; k++)
		say("", s->watch.library.v[k].name);
}

/* Nodes may be newer than this program: what their tables name it has not. */
static void say_table(const char *text)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	const cJSON *row;

	cJSON_ArrayForEach(row, tree)
	{
		const char *name = cJSON_GetStringValue(glow_json_get(row, "name"));

		if (name && !glow_effect_built_in_find(name, strlen(name)))
			say("", name);
	}
	cJSON_Delete(tree);
}

static void say_effects(const struct glow_ctl_session *s)
{
	for (size_t k = 0; k < glow_effect_built_in_count(); k++)
		say("", glow_effect_built_in_at(k)->name);
	say_texts(s);
	for (size_t k = 0; k < s->watch.catalogs.n; k++)
		say_table(s->watch.catalogs.v[k].text);
}

static void say_shipped(const struct glow_ctl_session *s)
{
	char names[GLOW_SHIPPED_MAX][GLOW_SCRIPT_NAME_SIZE];

	(void)s;
	for (size_t n = glow_shipped_list(names); n-- > 0;)
		say("", names[n]);
}

static void say_colors(const struct glow_ctl_session *s)
{
	const char *name;

	(void)s;
	for (size_t k = 0; (name = glow_color_name(k)); k++)
		say("", name);
}

static void say_looks(const struct glow_ctl_session *s)
{
	say_effects(s);
	say_colors(s);
}

static void say_kept(const struct glow_ctl_session *s, const char *level)
{
	size_t n;
	struct glow_kept *v = glow_kept_list(s, level, &n);

	for (size_t k = 0; v && k < n; k++)
		say("", v[k].name);
	free(v);
}

static void say_presets(const struct glow_ctl_session *s)
{
	say_kept(s, "preset");
}

static void say_schedules(const struct glow_ctl_session *s)
{
	say_kept(s, "schedule");
}

static void say_scenes(const struct glow_ctl_session *s)
{
	const struct glow_scenes *scenes = glow_stage_scenes(&s->watch.stage);

	for (uint32_t k = 0; k < scenes->n; k++)
		say("", scenes->v[k].id);
}

static const struct kind {
	const char *name;
	void (*say)(const struct glow_ctl_session *s);
	const char *topics[4];
} kinds[] = {
	{ "nodes", say_nodes, { "node/+/availability" } },
	{ "groups", say_groups, { "node/+/info" } },
	{ "targets", say_targets, { "node/+/availability", "node/+/info" } },
	{ "effects", say_effects, { "effect", "effect/+", "effects/+" } },
	{ "texts", say_texts, { "effect", "effect/+" } },
	{ "shipped", say_shipped, { NULL } },
	{ "colors", say_colors, { NULL } },
	{ "looks", say_looks, { "effect", "effect/+", "effects/+" } },
	{ "presets", say_presets, { "preset/+" } },
	{ "schedules", say_schedules, { "schedule/+" } },
	{ "scenes", say_scenes, { "scene/current", "effect", "effect/+", "conductor/info" } },
};

static int run(const void *values, int n_words, char *const words[])
{
	const struct kind *kind = kinds;
	struct glow_ctl_session s;
	size_t n = 0;
	int status;

	while (n_words == 1 && kind < kinds + CTL_N(kinds) && strcmp(kind->name, words[0]) != 0)
		kind++;
	if (n_words != 1 || kind == kinds + CTL_N(kinds))
		return glow_ctl_fail(EX_USAGE,
				     "names of what? nodes, groups, targets, effects, texts, shipped, colors, "
				     "looks, presets, schedules or scenes");
	while (n < CTL_N(kind->topics) && kind->topics[n])
		n++;
	if (n == 0) {
		kind->say(NULL);
		return 0;
	}
	status = glow_ctl_open_soon(&s, values, kind->topics, n);
	if (status == 0)
		kind->say(&s);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_names = {
	.name = "names",
	.args_doc = "nodes|groups|targets|effects|texts|shipped|colors|looks|presets|schedules|scenes",
	.summary = "the names that a cluster has, a line each",
	.doc = "For scripts, and for the completions of shells, which ask so while you type. It gives up after 0.7 s. "
	       "targets are what set takes, looks are effects and colours, shipped the effects that effects put "
	       "brings. Names with other characters than a-z, A-Z, "
	       "0-9, - _ . are left out.",
	.examples = "glowctl names nodes\nfor node in $(glowctl names nodes); do glowctl identify \"$node\"; done",
	.spots = "nodes|groups|targets|effects|texts|shipped|colors|looks|presets|schedules|scenes",
	.run = run,
};
