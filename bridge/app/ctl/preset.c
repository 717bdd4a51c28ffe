/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/fit.h>
#include <glow/json.h>
#include <glow/preset.h>

#include "kept.h"
#include "rows.h"
#include "table.h"

static const struct glow_option rows[] = {
	CTL_SPOT("node", "@nodes", "ID,...", nodes, "save: the lights of these nodes only, and no scenes"),
	CTL_SPOT("group", "@groups", "ID,...", groups,
		 "save: the lights of the nodes of these groups only, and no scenes"),
	GLOW_ROW_CHOICE("only", NULL, "lights|scenes", NULL, only, "save: the lights alone, or the scenes"),
	GLOW_ROW_STRING("title", NULL, "TEXT", NULL, title, "save: a name for people, in any script"),
	GLOW_ROW_INT("fade-ms", NULL, 0, 60000, "MS", NULL, fade_ms,
		     "apply: cross-fade for so long; a second by default"),
	GLOW_ROW_SWITCH("json", "no", NULL, json, "list: for programs"),
};

/* ---- asking ---- */

/* 0 with the answer, the caller's. */
static int ask(struct glow_ctl_session *s, const char *name, const char *leaf, const char *payload, cJSON **ret_answer)
{
	char level[GLOW_ID_MAX + 8];

	if (!glow_id_valid(name))
		return glow_ctl_fail(EX_USAGE, "\"%s\" is no name of a preset: a-z, 0-9 and - inside, at most 63",
				     name);
	snprintf(level, sizeof(level), "%s/%s", name, leaf);
	return glow_ctl_ask_conductor(s, "preset", level, payload, ret_answer);
}

static int save(struct glow_ctl_session *s, const char *name)
{
	struct glow_diag diag;
	char *payload = glow_ctl_save_payload(s->options, &diag);
	cJSON *answer = NULL;
	int status = payload ? ask(s, name, "set", payload, &answer) : glow_ctl_fail_diag(&diag);

	if (status == 0) {
		glow_ctl_tell_skipped(answer, "is not in it: it has not said what its light shows, or too much");
		printf("%s: saved; glowctl preset apply %s shows it again\n", name, name);
	}
	cJSON_Delete(answer);
	free(payload);
	return status;
}

static int apply(struct glow_ctl_session *s, const char *name)
{
	struct glow_diag diag;
	char *payload = glow_ctl_fade_payload(s->options, &diag), clock[16] = "";
	cJSON *answer = NULL;
	int status = payload ? ask(s, name, "apply", payload, &answer) : glow_ctl_fail_diag(&diag);
	const cJSON *at = glow_json_get(answer, "at_us");

	if (status == 0) {
		if (cJSON_IsNumber(at))
			glow_ctl_time_text(&s->watch, (int64_t)at->valuedouble, clock);
		glow_ctl_tell_skipped(answer, "is skipped: it is not online, or its picture is too long for a command");
		printf("%s: from %s\n", name, clock);
	}
	cJSON_Delete(answer);
	free(payload);
	return status;
}

static int remove_one(struct glow_ctl_session *s, const char *name)
{
	cJSON *answer = NULL;
	int status = ask(s, name, "set", "", &answer);

	if (status == 0)
		printf("%s: removed\n", name);
	cJSON_Delete(answer);
	return status;
}

/* ---- what there is ---- */

static int show(struct glow_ctl_session *s, const char *name)
{
	return glow_kept_show(s, "preset", name);
}

static void fill(char (*row)[GLOW_CELL_SIZE], const char *name, const char *text)
{
	struct glow_diag diag;
	struct glow_preset preset;
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);

	snprintf(row[0], GLOW_CELL_SIZE, "%s", name);
	if (!tree || glow_preset_read(tree, &preset, &diag) != GLOW_OK) {
		snprintf(row[3], GLOW_CELL_SIZE, "cannot be read: %.200s", diag.what);
	} else {
		if (preset.lights)
			snprintf(row[1], GLOW_CELL_SIZE, "%d lights", cJSON_GetArraySize(preset.lights));
		if (preset.has_scenes)
			snprintf(row[2], GLOW_CELL_SIZE, "%u scenes", preset.scenes.n);
		snprintf(row[3], GLOW_CELL_SIZE, "%s", preset.title);
		glow_preset_fini(&preset);
	}
	cJSON_Delete(tree);
}

static int list(struct glow_ctl_session *s)
{
	size_t n;
	struct glow_kept *v = glow_kept_list(s, "preset", &n);
	struct glow_table table;

	if (!v || !glow_table_init(&table, 4, (unsigned)n + 1)) {
		free(v);
		return glow_ctl_fail(EX_OSERR, "out of memory");
	}
	for (size_t k = 0; k < n; k++)
		fill(glow_table_row(&table), v[k].name, v[k].text);
	if (n > 0)
		glow_table_print(&table, !glow_fit_utf8(), stdout);
	else
		puts("no presets; glowctl preset save NAME keeps what shows");
	glow_table_fini(&table);
	free(v);
	return 0;
}

/* ---- bringing them back ---- */

static int put(struct glow_ctl_session *s, const char *name, const char *text)
{
	cJSON *answer = NULL;
	int status = ask(s, name, "set", text, &answer);

	if (status == 0)
		printf("%s: saved\n", name);
	cJSON_Delete(answer);
	return status;
}

static int import(struct glow_ctl_session *s, const char *path)
{
	return glow_kept_import(s, "preset", path, put);
}

/* ---- verbs ---- */

static const struct verb {
	const char *name, *of;
	int (*one)(struct glow_ctl_session *s, const char *word);
} verbs[] = {
	{ "save", "NAME", save }, { "apply", "NAME", apply },   { "show", "NAME", show }, { "rm", "NAME", remove_one },
	{ "export", NULL, show }, { "import", "FILE", import }, { "list", NULL, NULL },
};

static int run(const void *values, int n_words, char *const words[])
{
	static const char *const topics[] = { "conductor/+", "preset/+" };
	const struct verb *verb = verbs;
	const char *name = n_words > 0 ? words[0] : "list";
	struct glow_ctl_session s;
	int status;

	while (verb < verbs + CTL_N(verbs) && strcmp(verb->name, name) != 0)
		verb++;
	if (verb == verbs + CTL_N(verbs))
		return glow_ctl_fail(EX_USAGE, "preset has save, apply, list, show, rm, export and import, not \"%s\"",
				     name);
	if (n_words < 2 && verb->of)
		return glow_ctl_fail(EX_USAGE, "%s what? glowctl preset %s %s...", name, name, verb->of);
	if (n_words > 1 && !verb->one)
		return glow_ctl_fail(EX_USAGE, "list takes no names; glowctl preset show %s shows one", words[1]);
	status = glow_ctl_open(&s, values, topics, CTL_N(topics));
	if (status == 0 && n_words < 2 && verb->one)
		status = glow_kept_export(&s, "preset");
	else if (status == 0 && n_words < 2)
		status = s.options->json ? glow_kept_print_json(&s, "preset") : list(&s);
	for (int k = 1; k < n_words && status != EX_UNAVAILABLE; k++) {
		int r = verb->one(&s, words[k]);

		status = r ? r : status;
	}
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_preset = {
	.name = "preset",
	.args_doc = "[list|save NAME|apply NAME|show NAME|rm NAME|export [NAME]|import FILE]...",
	.summary = "what shows, kept under a name to be shown again",
	.doc = "save keeps what all lights and scenes show, with their parameters; apply shows it again, everywhere at "
	       "one "
	       "instant, and glowctl undo takes that back. What moves begins anew. export prints a line of JSON for "
	       "each preset, and import reads such lines; - is standard input.",
	.examples = "glowctl preset save evening --title 'A quiet evening'\n"
		    "glowctl preset apply evening --fade-ms 3000\n"
		    "glowctl preset\n"
		    "glowctl preset export >presets.jsonl\n"
		    "glowctl preset import presets.jsonl",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "list|save|apply|show|rm|export|import @presets|FILE",
	.run = run,
};
