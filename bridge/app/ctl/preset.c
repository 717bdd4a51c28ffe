/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is exported is a line of JSON a preset, which is what is kept and what can be sent to keep it: so a part of a
 * file is a file, and another program can write one. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/fit.h>
#include <glow/json.h>
#include <glow/nearest.h>
#include <glow/preset.h>

#include "rows.h"
#include "session.h"
#include "table.h"

static const struct glow_option rows[] = {
	GLOW_ROW_STRING("node", NULL, "ID,...", NULL, nodes, "save: the lights of these nodes only, and no scenes"),
	GLOW_ROW_STRING("group", NULL, "ID,...", NULL, groups,
			"save: the lights of the nodes of these groups only, and no scenes"),
	GLOW_ROW_CHOICE("only", NULL, "lights|scenes", NULL, only, "save: the lights alone, or the scenes"),
	GLOW_ROW_STRING("title", NULL, "TEXT", NULL, title, "save: a name for people, in any script"),
	GLOW_ROW_INT("fade-ms", NULL, 0, 60000, "MS", NULL, fade_ms,
		     "apply: cross-fade for so long; a second by default"),
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

static const char *kept_name(void *ctx, size_t k)
{
	const cJSON *item = cJSON_GetArrayItem(ctx, (int)k);

	return item ? item->string : NULL;
}

static int print(struct glow_ctl_session *s, const char *name)
{
	const char *text = cJSON_GetStringValue(glow_json_get(s->kept, name));
	const char *meant = text ? NULL : glow_nearest(name, kept_name, s->kept);

	if (text)
		puts(text);
	else if (meant)
		return glow_ctl_fail(EX_DATAERR, "there is no preset \"%s\"; did you mean \"%s\"?", name, meant);
	else
		return glow_ctl_fail(EX_DATAERR, "there is no preset \"%s\"; glowctl preset lists them", name);
	return 0;
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

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* In the order of their names; the caller's to free(). */
static const cJSON **sorted(const cJSON *kept, size_t *ret_n)
{
	const cJSON **v = calloc((size_t)cJSON_GetArraySize(kept) + 1, sizeof(*v));

	*ret_n = 0;
	for (const cJSON *item = kept ? kept->child : NULL; v && item; item = item->next)
		v[(*ret_n)++] = item;
	if (v)
		qsort(v, *ret_n, sizeof(*v), by_name);
	return v;
}

static int list(struct glow_ctl_session *s, bool whole)
{
	size_t n;
	const cJSON **v = sorted(s->kept, &n);
	struct glow_table table;

	if (!v || !glow_table_init(&table, 4, (unsigned)n + 1)) {
		free(v);
		return glow_ctl_fail(EX_OSERR, "out of memory");
	}
	for (size_t k = 0; k < n; k++) {
		if (whole)
			puts(v[k]->valuestring);
		else
			fill(glow_table_row(&table), v[k]->string, v[k]->valuestring);
	}
	if (!whole && n > 0)
		glow_table_print(&table, !glow_fit_utf8(), stdout);
	else if (!whole)
		puts("no presets; glowctl preset save NAME keeps what shows");
	glow_table_fini(&table);
	free(v);
	return 0;
}

/* ---- bringing them back ---- */

static int import_line(struct glow_ctl_session *s, const char *path, unsigned number, char *line)
{
	struct glow_diag diag;
	cJSON *tree, *answer = NULL;
	const char *name;
	int status;

	line[strcspn(line, "\r\n")] = '\0';
	if (glow_json_blank(line, strlen(line)) == strlen(line))
		return 0;
	tree = glow_json_parse(line, strlen(line), &diag);
	name = cJSON_GetStringValue(glow_json_get(tree, "name"));
	if (!tree)
		status = glow_ctl_fail(EX_DATAERR, "%s:%u: %s", path, number, diag.what);
	else if (!name || !glow_id_valid(name))
		status = glow_ctl_fail(EX_DATAERR, "%s:%u: is no preset: it has no good \"name\"", path, number);
	else if ((status = ask(s, name, "set", line, &answer)) == 0)
		printf("%s: saved\n", name);
	cJSON_Delete(answer);
	cJSON_Delete(tree);
	return status;
}

static int import(struct glow_ctl_session *s, const char *path)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	int status = 0;

	if (!in)
		return glow_ctl_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	while (getline(&line, &room, in) >= 0) {
		int r = import_line(s, path, ++number, line);

		status = r ? r : status;
		if (r == EX_UNAVAILABLE)
			break;
	}
	free(line);
	if (in != stdin)
		fclose(in);
	return status;
}

/* ---- verbs ---- */

static const struct verb {
	const char *name, *of;
	int (*one)(struct glow_ctl_session *s, const char *word);
} verbs[] = {
	{ "save", "NAME", save },     { "apply", "NAME", apply }, { "show", "NAME", print },
	{ "rm", "NAME", remove_one }, { "export", NULL, print },  { "import", "FILE", import },
	{ "list", NULL, NULL },
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
	if (status == 0 && n_words < 2)
		status = list(&s, verb->one != NULL);
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
	.run = run,
};
