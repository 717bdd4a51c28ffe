/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "effects.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/effect_text.h>
#include <glow/fit.h>
#include <glow/json.h>
#include <glow/script.h>
#include <glow/written.h>

#include "effect_file.h"
#include "kept.h"
#include "rows.h"
#include "table.h"

/* ---- files ---- */

static int check(const char *path)
{
	char name[GLOW_ID_MAX + 1], said[GLOW_EFFECT_FILE_SAID];
	struct glow_diag diag;
	size_t len;
	char *text = glow_effect_file_read(path, &len, &diag);
	struct glow_script *script;

	if (!text)
		return glow_effect_file_complain(EX_NOINPUT, path, diag.where, diag.what);
	glow_effect_file_name(path, name);
	script = glow_written_compile(name, text, len, &diag);
	free(text);
	if (!script)
		return glow_effect_file_complain(EX_DATAERR, path, diag.where, diag.what);
	glow_effect_file_praise(path, glow_script_cost(script), said);
	puts(said);
	free(script);
	return 0;
}

/* ---- the cluster's texts ---- */

static int set(struct glow_ctl_session *s, const char *name, const char *text, const char *path)
{
	char topic[GLOW_TOPIC_MAX + 1];
	const cJSON *answer, *field, *message;
	cJSON *answers;
	int status = 0;

	glow_topic_of(topic, s->options->common.prefix, GLOW_TOPIC_TEXT_SET, GLOW_OF_CLUSTER, name);
	answers = glow_ctl_ask(s, topic, text, 1);
	answer = cJSON_GetArrayItem(answers, 0);
	field = glow_json_get(answer, "field");
	message = glow_json_get(answer, "message");
	if (!answer)
		status = glow_ctl_fail_silence(s,
					       "%s is not saved: no conductor answered within %d s; is "
					       "glow-conductor running? glowctl nodes tells",
					       name, GLOW_CTL_ANSWER_MS / 1000);
	else if (cJSON_IsString(message))
		status = glow_effect_file_complain(EX_DATAERR, path, cJSON_IsString(field) ? field->valuestring : "",
						   message->valuestring);
	cJSON_Delete(answers);
	return status;
}

/* The conductor judges the text, since it may be newer than this program; a file that cannot be one says so here. */
static int put(struct glow_ctl_session *s, const char *path)
{
	char name[GLOW_ID_MAX + 1], *text;
	struct glow_diag diag;
	const char *fault;
	size_t len;
	int status;

	glow_effect_file_name(path, name);
	if (!glow_effect_text_named(name))
		return glow_effect_file_complain(EX_DATAERR, path, "", GLOW_EFFECT_FILE_MISNAMED);
	text = glow_effect_file_read(path, &len, &diag);
	if (!text)
		return glow_effect_file_complain(EX_NOINPUT, path, diag.where, diag.what);
	fault = glow_effect_file_fault(text, len);
	status = fault ? glow_effect_file_complain(EX_DATAERR, path, "", fault) : set(s, name, text, path);
	if (!status)
		printf("%s: all nodes have it when they are to show it; glowctl play %s\n", name, name);
	free(text);
	return status;
}

static int remove_one(struct glow_ctl_session *s, const char *name)
{
	int status = glow_effect_text_named(name)
			     ? set(s, name, "", name)
			     : glow_effect_file_complain(EX_DATAERR, name, "", "is no effect's name");

	if (!status)
		printf("%s: removed\n", name);
	return status;
}

static int show(struct glow_ctl_session *s, const char *name)
{
	const struct glow_library_entry *entry = glow_library_find(&s->watch.library, name);
	const struct glow_library_text *text = entry ? glow_library_latest(entry) : NULL;
	const struct glow_effect_desc *built_in = glow_effect_built_in_find(name, strlen(name));

	if (text) {
		fputs(text->text, stdout);
		if (text->len > 0 && text->text[text->len - 1] != '\n')
			putchar('\n');
		return 0;
	}
	if (entry)
		return glow_ctl_fail(EX_DATAERR, "%s: this program is older than the text: %s", name, entry->why);
	return glow_ctl_fail(EX_DATAERR, "%s",
			     built_in ? "that effect is built in; glow-bridge --list-effects tells of it"
				      : "there is no text of that name; glowctl effects lists them");
}

static cJSON *text_object(const struct glow_library_entry *entry)
{
	const struct glow_library_text *text = glow_library_latest(entry);
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "name", entry->name);
	cJSON_AddStringToObject(o, "what", text ? text->effect->what : "");
	cJSON_AddStringToObject(o, "problem", text ? "" : entry->why);
	if (!text)
		return o;
	glow_json_add_int(o, "bytes", (int64_t)text->len);
	glow_json_add_int(o, "steps", text->effect->steps);
	cJSON_AddStringToObject(o, "text", text->text);
	return o;
}

static int list_json(const struct glow_library *lib)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t k = 0; k < lib->n; k++)
		cJSON_AddItemToArray(array, text_object(&lib->v[k]));
	return glow_kept_print_tree(array);
}

static int list(struct glow_ctl_session *s)
{
	const struct glow_library *lib = &s->watch.library;
	struct glow_table table;

	if (s->options->json)
		return list_json(lib);
	if (!glow_table_init(&table, 4, (unsigned)lib->n + 1))
		return glow_ctl_fail(EX_OSERR, "out of memory");
	for (size_t k = 0; k < lib->n; k++) {
		const struct glow_library_text *text = glow_library_latest(&lib->v[k]);
		char(*row)[GLOW_CELL_SIZE] = glow_table_row(&table);

		snprintf(row[0], GLOW_CELL_SIZE, "%s", lib->v[k].name);
		if (!text) {
			snprintf(row[3], GLOW_CELL_SIZE, "newer than this program: %.200s", lib->v[k].why);
			continue;
		}
		snprintf(row[1], GLOW_CELL_SIZE, "%zu bytes", text->len);
		snprintf(row[2], GLOW_CELL_SIZE, "%u steps", text->effect->steps);
		snprintf(row[3], GLOW_CELL_SIZE, "%s", text->effect->what);
	}
	if (lib->n > 0)
		glow_table_print(&table, !glow_fit_utf8(), stdout);
	else
		puts("no effects in text; glowctl effects put FILE brings one, and put aurora one that is shipped");
	glow_table_fini(&table);
	return 0;
}

/* ---- verbs ---- */

static int each(struct glow_ctl_session *s, int (*one)(struct glow_ctl_session *s, const char *word), int n,
		char *const words[])
{
	int status = 0;

	for (int k = 0; k < n; k++) {
		int r = one(s, words[k]);

		status = r ? r : status;
	}
	return status;
}

static int check_each(int n, char *const words[])
{
	int status = 0;

	for (int k = 0; k < n; k++) {
		int r = check(words[k]);

		status = r ? r : status;
	}
	return status;
}

/* Words behind a verb: names, files, or for a verb that goes on one file. */
static const struct verb {
	const char *name, *of;
	int (*one)(struct glow_ctl_session *s, const char *word); /* NULL: without a session of its own */
} verbs[] = {
	{ "show", "NAME...", show },  { "put", "FILE...", put }, { "rm", "NAME...", remove_one },
	{ "check", "FILE...", NULL }, { "watch", "FILE", NULL }, { "preview", "FILE [LIGHT...]", NULL },
};

static const struct glow_option rows[] = {
	GLOW_ROW_LIST("board", "BOARD[:N],...", NULL, boards,
		      "preview: N boards of that name, or strips of so many pixels; blinkt:5 when not given"),
	CTL_PARAM,
	GLOW_ROW_CHOICE("span", NULL, "cluster|node", NULL, span,
			"preview: one strip across all boards, or every board alike"),
	GLOW_ROW_INT("fps", NULL, 1, 60, "N", NULL, fps,
		     "preview: how often it is drawn in a second; 30 when not given"),
	GLOW_ROW_SWITCH("plain", "no", NULL, plain, "preview: no picture, a line for each save"),
	GLOW_ROW_INT("for-s", NULL, 0, 86400, "S", NULL, for_s, "preview, watch: leave after so many seconds"),
	GLOW_ROW_SWITCH("json", "no", NULL, json, "list: for programs"),
};

/* The option that this verb has not; NULL for none. */
static const char *misplaced(const struct glow_ctl_options *o, const char *verb)
{
	bool previews = strcmp(verb, "preview") == 0, goes_on = previews || strcmp(verb, "watch") == 0;

	if (!previews && (o->boards || o->params || o->span || o->fps >= 0 || o->plain))
		return "--board, --param, --span, --fps and --plain are for preview";
	return !goes_on && o->for_s >= 0 ? "--for-s is for preview and watch" : NULL;
}

static int run_session(const struct glow_ctl_options *o, const struct verb *verb, int n, char *const words[])
{
	static const char *const topics[] = { "conductor/+", "effect", "effect/+" };
	struct glow_ctl_session s;
	int status = glow_ctl_open(&s, o, topics, CTL_N(topics));

	if (status == 0)
		status = verb ? each(&s, verb->one, n, words) : list(&s);
	return glow_ctl_close(&s, status);
}

static int run_verb(const struct glow_ctl_options *o, const struct verb *verb, int n, char *const words[])
{
	if (n == 0 || (n > 1 && strcmp(verb->of, "FILE") == 0))
		return glow_ctl_fail(EX_USAGE, "%s what? glowctl effects %s %s", verb->name, verb->name, verb->of);
	if (verb->one)
		return run_session(o, verb, n, words);
	if (strcmp(verb->name, "preview") == 0)
		return glow_ctl_effects_preview(o, words[0], n - 1, words + 1);
	return strcmp(verb->name, "watch") == 0 ? glow_ctl_effects_watch(o, words[0]) : check_each(n, words);
}

static int run(const void *values, int n_words, char *const words[])
{
	const char *name = n_words > 0 ? words[0] : "list", *fault = misplaced(values, name);
	bool lists = strcmp(name, "list") == 0;
	const struct verb *verb = verbs;

	while (!lists && verb < verbs + CTL_N(verbs) && strcmp(verb->name, name) != 0)
		verb++;
	if (verb == verbs + CTL_N(verbs) || (lists && n_words > 1))
		return glow_ctl_fail(EX_USAGE, "effects has list, show, put, rm, check, preview and watch, not \"%s\"",
				     lists ? words[1] : name);
	if (fault)
		return glow_ctl_fail(EX_USAGE, "%s", fault);
	return lists ? run_session(values, NULL, 0, NULL) : run_verb(values, verb, n_words - 1, words + 1);
}

const struct glow_subcommand glow_ctl_effects = {
	.name = "effects",
	.args_doc = "[list|show NAME...|put FILE...|rm NAME...|check FILE...|preview FILE [LIGHT...]|watch FILE]",
	.summary = "effects that the cluster has as texts",
	.doc = "Effects that you write yourself run on all nodes, in phase, as soon as they are put. A file is called "
	       "as its effect, aurora.glow; put, check and preview also take the name of one that is shipped. check "
	       "and preview need no broker; what is wrong is told as "
	       "FILE:LINE:COLUMN. preview draws the file in this terminal as nodes would, flash limit included, again "
	       "whenever it is saved, in the LIGHT that words as for set say: aurora.glow orange 40%. watch puts the "
	       "file now and on every save, and says each time what the conductor answered; what nobody answered is "
	       "put when somebody is there. A text that shows changes on all nodes at one instant; where it is removed "
	       "while it shows, lights let go.",
	.examples = "glowctl effects\n"
		    "glowctl effects check aurora.glow\n"
		    "glowctl effects preview aurora.glow --board blinkt:3,piglow,60 --param period=5\n"
		    "glowctl effects put ocean && glowctl play ocean\n"
		    "glowctl effects put aurora.glow && glowctl play aurora\n"
		    "glowctl effects watch aurora.glow\n"
		    "glowctl effects show aurora\n"
		    "glowctl effects rm aurora",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "list|show|put|rm|check|preview|watch @texts|@shipped|FILE",
	.run = run,
};
