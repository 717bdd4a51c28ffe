/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <glow/agenda.h>
#include <glow/fit.h>
#include <glow/json.h>

#include "kept.h"
#include "rows.h"
#include "table.h"

static const struct glow_option rows[] = {
	GLOW_ROW_STRING("days", NULL, "DAY,...", NULL, days,
			"set: on these days only: mon, tue, wed, thu, fri, sat, sun"),
	GLOW_ROW_STRING("title", NULL, "TEXT", NULL, title, "set: a name for people, in any script"),
	GLOW_ROW_INT("fade-ms", NULL, 0, 60000, "MS", NULL, fade_ms, "set: the cross-fade of a preset"),
	GLOW_ROW_SWITCH("json", "no", NULL, json, "list: for programs"),
};

/* ---- asking ---- */

static void tell_next(const char *name, const cJSON *answer)
{
	const cJSON *next = glow_json_get(answer, "next_us");
	time_t t = cJSON_IsNumber(next) ? (time_t)(next->valuedouble / GLOW_US_PER_S) : 0;
	char text[64] = "";
	struct tm tm;

	if (t && localtime_r(&t, &tm))
		strftime(text, sizeof(text), ", next on %Y-%m-%d at %H:%M", &tm);
	printf("%s: saved%s\n", name, text);
}

static int ask(struct glow_ctl_session *s, const char *name, const char *payload)
{
	char level[GLOW_ID_MAX + 8];
	cJSON *answer = NULL;
	int status;

	if (!glow_id_valid(name))
		return glow_ctl_fail(EX_USAGE, "\"%s\" is no name of a schedule: a-z, 0-9 and - inside, at most 63",
				     name);
	snprintf(level, sizeof(level), "%s/set", name);
	status = glow_ctl_ask_conductor(s, "schedule", level, payload, &answer);
	if (status == 0 && payload[0])
		tell_next(name, answer);
	else if (status == 0)
		printf("%s: removed\n", name);
	cJSON_Delete(answer);
	return status;
}

static int set(struct glow_ctl_session *s, int n_words, char *const words[])
{
	struct glow_diag diag;
	int status = 0;
	char *text = n_words > 3 ? glow_ctl_text(n_words - 3, words + 3, &status) : NULL, *payload;

	if (!text)
		return status ? status
			      : glow_ctl_fail(EX_USAGE,
					      "what is to be done when? for example: glowctl schedule set %s "
					      "07:00 preset evening",
					      words[0]);
	payload = glow_ctl_schedule_payload(s->options, words[1], words[2], text, &diag);
	status = payload ? ask(s, words[0], payload) : glow_ctl_fail_diag(&diag);
	free(payload);
	free(text);
	return status;
}

/* ---- what there is ---- */

static int turn(struct glow_ctl_session *s, const char *name, bool on)
{
	const char *text = glow_kept_find(s, "schedule", name);
	struct glow_diag diag;
	cJSON *tree = text ? glow_json_parse(text, strlen(text), &diag) : NULL;
	char *payload = NULL;
	int status = EX_DATAERR;

	if (tree) {
		cJSON_DeleteItemFromObjectCaseSensitive(tree, "enabled");
		cJSON_AddBoolToObject(tree, "enabled", on);
		payload = glow_json_finish(tree);
	}
	if (payload)
		status = ask(s, name, payload);
	free(payload);
	return status;
}

static int turn_on(struct glow_ctl_session *s, int n_words, char *const words[])
{
	(void)n_words;
	return turn(s, words[0], true);
}

static int turn_off(struct glow_ctl_session *s, int n_words, char *const words[])
{
	(void)n_words;
	return turn(s, words[0], false);
}

static int show(struct glow_ctl_session *s, int n_words, char *const words[])
{
	(void)n_words;
	return glow_kept_show(s, "schedule", words[0]);
}

static int export(struct glow_ctl_session *s, int n_words, char *const words[])
{
	int status = n_words == 0 ? glow_kept_export(s, "schedule") : 0;

	for (int k = 0; k < n_words; k++) {
		int r = glow_kept_show(s, "schedule", words[k]);

		status = r ? r : status;
	}
	return status;
}

static int import(struct glow_ctl_session *s, int n_words, char *const words[])
{
	(void)n_words;
	return glow_kept_import(s, "schedule", words[0], ask);
}

static int remove_one(struct glow_ctl_session *s, int n_words, char *const words[])
{
	(void)n_words;
	return ask(s, words[0], "");
}

static void fill(char (*row)[GLOW_CELL_SIZE], const struct glow_kept *kept)
{
	static const char *const deeds[] = { "preset", "play", "dim" };
	struct glow_diag diag;
	struct glow_agenda_item item;
	cJSON *tree = glow_json_parse(kept->text, strlen(kept->text), &diag);
	char *what;

	snprintf(row[0], GLOW_CELL_SIZE, "%s", kept->name);
	if (!tree || glow_agenda_read(tree, &item, &diag) != GLOW_OK) {
		snprintf(row[1], GLOW_CELL_SIZE, "cannot be read: %.200s", diag.what);
		cJSON_Delete(tree);
		return;
	}
	what = cJSON_IsString(item.what) ? strdup(item.what->valuestring) : cJSON_PrintUnformatted(item.what);
	glow_agenda_text(&item, row[1], GLOW_CELL_SIZE);
	snprintf(row[2], GLOW_CELL_SIZE, "%s %.60s", deeds[item.deed], what ? what : "");
	snprintf(row[3], GLOW_CELL_SIZE, "%s", item.enabled ? "on" : "off");
	snprintf(row[4], GLOW_CELL_SIZE, "%s", item.title);
	free(what);
	cJSON_Delete(tree);
}

static int list(struct glow_ctl_session *s)
{
	struct glow_table table;
	size_t n;
	struct glow_kept *v = glow_kept_list(s, "schedule", &n);

	if (!v || !glow_table_init(&table, 5, (unsigned)n + 1)) {
		free(v);
		return glow_ctl_fail(EX_OSERR, "out of memory");
	}
	for (size_t k = 0; k < n; k++)
		fill(glow_table_row(&table), &v[k]);
	if (n > 0)
		glow_table_print(&table, !glow_fit_utf8(), stdout);
	else
		puts("no schedules; glowctl schedule set NAME 07:00 preset PRESET makes one");
	glow_table_fini(&table);
	free(v);
	return 0;
}

/* ---- verbs ---- */

static const struct verb {
	const char *name, *of;
	int (*run)(struct glow_ctl_session *s, int n_words, char *const words[]);
	int least, most; /* words */
} verbs[] = {
	{ "set", "NAME TIME DEED", set, 1, INT32_MAX },
	{ "show", "NAME", show, 1, 1 },
	{ "rm", "NAME", remove_one, 1, 1 },
	{ "on", "NAME", turn_on, 1, 1 },
	{ "off", "NAME", turn_off, 1, 1 },
	{ "export", "[NAME]...", export, 0, INT32_MAX },
	{ "import", "FILE", import, 1, 1 },
};

static int run(const void *values, int n_words, char *const words[])
{
	static const char *const topics[] = { "conductor/+", "schedule/+" };
	const struct verb *verb = verbs;
	bool lists = n_words == 0 || (n_words == 1 && strcmp(words[0], "list") == 0);
	struct glow_ctl_session s;
	int status;

	while (!lists && verb < verbs + CTL_N(verbs) && strcmp(verb->name, words[0]) != 0)
		verb++;
	if (verb == verbs + CTL_N(verbs))
		return glow_ctl_fail(EX_USAGE,
				     "schedule has list, set, show, on, off, rm, export and import, not \"%s\"",
				     words[0]);
	if (!lists && (n_words - 1 < verb->least || n_words - 1 > verb->most))
		return glow_ctl_fail(EX_USAGE, "it is glowctl schedule %s %s", verb->name, verb->of);
	status = glow_ctl_open(&s, values, topics, CTL_N(topics));
	if (status == 0 && lists)
		status = s.options->json ? glow_kept_print_json(&s, "schedule") : list(&s);
	else if (status == 0)
		status = verb->run(&s, n_words - 1, words + 1);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_schedule = {
	.name = "schedule",
	.args_doc = "[list|set NAME TIME DEED|show NAME|on NAME|off NAME|rm NAME|export [NAME]|import FILE]...",
	.summary = "what shows by itself, by clock and sun",
	.doc = "TIME is a time of day where the conductor is (07:00), sunrise or sunset, or minutes before or after "
	       "these "
	       "(sunset-30). DEED is preset NAME, play SCENE or dim LEVEL. The conductor does it, whichever one leads "
	       "then, once. The sun needs glow-conductor --place. export prints a line of JSON for each, and import "
	       "reads such lines; - is standard input.",
	.examples = "glowctl schedule set wake 07:00 preset morning --days mon,tue,wed,thu,fri\n"
		    "glowctl schedule set dusk sunset-30 play fire 40%\n"
		    "glowctl schedule set night 23:15 dim 10%\n"
		    "glowctl schedule off wake\n"
		    "glowctl schedule",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "list|set|show|on|off|rm|export|import @schedules|FILE sunrise|sunset preset|play|dim @presets|@looks",
	.run = run,
};
