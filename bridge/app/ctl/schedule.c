/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <glow/agenda.h>
#include <glow/fit.h>
#include <glow/json.h>
#include <glow/nearest.h>

#include "rows.h"
#include "session.h"
#include "table.h"

static const struct glow_option rows[] = {
	GLOW_ROW_STRING("days", NULL, "DAY,...", NULL, days,
			"set: on these days only: mon, tue, wed, thu, fri, sat, sun"),
	GLOW_ROW_STRING("title", NULL, "TEXT", NULL, title, "set: a name for people, in any script"),
	GLOW_ROW_INT("fade-ms", NULL, 0, 60000, "MS", NULL, fade_ms, "set: the cross-fade of a preset"),
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

static const char *kept_name(void *ctx, size_t k)
{
	const cJSON *item = cJSON_GetArrayItem(ctx, (int)k);

	return item ? item->string : NULL;
}

/* NULL after saying that there is none. */
static const char *find(struct glow_ctl_session *s, const char *name)
{
	const char *text = cJSON_GetStringValue(glow_json_get(s->kept, name));
	const char *meant = text ? NULL : glow_nearest(name, kept_name, s->kept);

	if (!text)
		glow_ctl_fail(EX_DATAERR, "there is no schedule \"%s\"%s%s%s", name, meant ? "; did you mean \"" : "",
			      meant ? meant : "", meant ? "\"?" : "; glowctl schedule lists them");
	return text;
}

static int turn(struct glow_ctl_session *s, const char *name, bool on)
{
	const char *text = find(s, name);
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
	const char *text = find(s, words[0]);

	(void)n_words;
	if (text)
		puts(text);
	return text ? 0 : EX_DATAERR;
}

static int remove_one(struct glow_ctl_session *s, int n_words, char *const words[])
{
	(void)n_words;
	return ask(s, words[0], "");
}

static void fill(char (*row)[GLOW_CELL_SIZE], const cJSON *kept)
{
	static const char *const deeds[] = { "preset", "play", "dim" };
	struct glow_diag diag;
	struct glow_agenda_item item;
	cJSON *tree = glow_json_parse(kept->valuestring, strlen(kept->valuestring), &diag);
	char *what;

	snprintf(row[0], GLOW_CELL_SIZE, "%s", kept->string);
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
	int n = cJSON_GetArraySize(s->kept);

	if (n == 0) {
		puts("no schedules; glowctl schedule set NAME 07:00 preset PRESET makes one");
		return 0;
	}
	if (!glow_table_init(&table, 5, (unsigned)n))
		return glow_ctl_fail(EX_OSERR, "out of memory");
	for (const cJSON *item = s->kept->child; item; item = item->next)
		fill(glow_table_row(&table), item);
	glow_table_print(&table, !glow_fit_utf8(), stdout);
	glow_table_fini(&table);
	return 0;
}

/* ---- verbs ---- */

static const struct verb {
	const char *name, *of;
	int (*run)(struct glow_ctl_session *s, int n_words, char *const words[]);
	int most; /* words */
} verbs[] = {
	{ "set", "NAME TIME DEED", set, INT32_MAX },
	{ "show", "NAME", show, 1 },
	{ "rm", "NAME", remove_one, 1 },
	{ "on", "NAME", turn_on, 1 },
	{ "off", "NAME", turn_off, 1 },
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
		return glow_ctl_fail(EX_USAGE, "schedule has list, set, show, on, off and rm, not \"%s\"", words[0]);
	if (!lists && (n_words == 1 || n_words - 1 > verb->most))
		return glow_ctl_fail(EX_USAGE, "it is glowctl schedule %s %s", verb->name, verb->of);
	status = glow_ctl_open(&s, values, topics, CTL_N(topics));
	if (status == 0)
		status = lists ? list(&s) : verb->run(&s, n_words - 1, words + 1);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_schedule = {
	.name = "schedule",
	.args_doc = "[list|set NAME TIME DEED|show NAME|on NAME|off NAME|rm NAME]...",
	.summary = "what shows by itself, by clock and sun",
	.doc = "TIME is a time of day where the conductor is (07:00), sunrise or sunset, or minutes before or after "
	       "these "
	       "(sunset-30). DEED is preset NAME, play SCENE or dim LEVEL. The conductor does it, whichever one leads "
	       "then, once. The sun needs glow-conductor --place.",
	.examples = "glowctl schedule set wake 07:00 preset morning --days mon,tue,wed,thu,fri\n"
		    "glowctl schedule set dusk sunset-30 play fire 40%\n"
		    "glowctl schedule set night 23:15 dim 10%\n"
		    "glowctl schedule off wake\n"
		    "glowctl schedule",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
