/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A file is called what its effect is called, so one name is enough, and a folder of files is a list of effects. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/effect_text.h>
#include <glow/fit.h>
#include <glow/json.h>
#include <glow/script.h>
#include <glow/written.h>

#include "rows.h"
#include "session.h"
#include "shipped.h"
#include "table.h"

#define ENDING ".glow"

/* ---- files ---- */

/* "effects/aurora.glow" is of the effect aurora. */
static void name_of(const char *path, char ret_name[GLOW_ID_MAX + 1])
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t len = strlen(base), end = strlen(ENDING);

	if (len > end && strcmp(base + len - end, ENDING) == 0)
		len -= end;
	snprintf(ret_name, GLOW_ID_MAX + 1, "%.*s", (int)(len <= GLOW_ID_MAX ? len : GLOW_ID_MAX), base);
}

/* A file, or the name of an effect that comes with the program: a text with a NUL, the caller's; NULL after saying why
 * not. One byte more than a text may have is enough to say that it is too long. */
static char *read_file(const char *path, size_t *ret_len)
{
	char room[GLOW_SHIPPED_PATH], why[GLOW_SHIPPED_WHY];
	FILE *in = fopen(glow_shipped_path(path, room), "r");
	char *text = calloc(1, GLOW_SCRIPT_MAX + 2);

	*ret_len = in && text ? fread(text, 1, GLOW_SCRIPT_MAX + 1, in) : 0;
	if (in && text && !ferror(in)) {
		fclose(in);
		return text;
	}
	glow_shipped_why(path, errno, why);
	glow_ctl_fail(EX_NOINPUT, "%s: %s", path, why);
	if (in)
		fclose(in);
	free(text);
	return NULL;
}

/* As compilers say it: editors find the place. */
static int complain(const char *path, const char *where, const char *what)
{
	return glow_ctl_fail(EX_DATAERR, "%s%s%s: %s", path, where[0] ? ":" : "", where, what);
}

static int check(const char *path)
{
	char name[GLOW_ID_MAX + 1];
	struct glow_diag diag;
	size_t len;
	char *text = read_file(path, &len);
	struct glow_script *script;
	struct glow_script_cost cost;

	if (!text)
		return EX_NOINPUT;
	name_of(path, name);
	script = glow_written_compile(name, text, len, &diag);
	free(text);
	if (!script)
		return complain(path, diag.where, diag.what);
	cost = glow_script_cost(script);
	printf("%s: good, %u steps for a pixel and %u for a frame\n", path, cost.pixel, cost.frame);
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
		status = complain(path, cJSON_IsString(field) ? field->valuestring : "", message->valuestring);
	cJSON_Delete(answers);
	return status;
}

/* The conductor judges the text, since it may be newer than this program; a file that cannot be one says so here. */
static int put(struct glow_ctl_session *s, const char *path)
{
	char name[GLOW_ID_MAX + 1], *text;
	size_t len;
	int status;

	name_of(path, name);
	if (!glow_effect_text_named(name))
		return complain(path, "",
				"the file is to be called as its effect: small letters, digits and '-' inside, a "
				"letter first, and " ENDING);
	text = read_file(path, &len);
	if (!text)
		return EX_NOINPUT;
	status = len > 0 && strlen(text) == len ? set(s, name, text, path) : complain(path, "", "is no text");
	if (!status)
		printf("%s: all nodes have it when they are to show it; glowctl play %s\n", name, name);
	free(text);
	return status;
}

static int remove_one(struct glow_ctl_session *s, const char *name)
{
	int status = glow_effect_text_named(name) ? set(s, name, "", name) : complain(name, "", "is no effect's name");

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

static int list(struct glow_ctl_session *s)
{
	const struct glow_library *lib = &s->watch.library;
	struct glow_table table;

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

static const struct verb {
	const char *name, *of;
	int (*one)(struct glow_ctl_session *s, const char *word); /* NULL: offline */
} verbs[] = {
	{ "show", "NAME", show },
	{ "put", "FILE", put },
	{ "rm", "NAME", remove_one },
	{ "check", "FILE", NULL },
};

static int run(const void *values, int n_words, char *const words[])
{
	static const char *const topics[] = { "conductor/+", "effect", "effect/+" };
	struct glow_ctl_session s;
	const struct verb *verb = verbs;
	bool lists = n_words == 0 || (n_words == 1 && strcmp(words[0], "list") == 0);
	int status;

	while (!lists && verb < verbs + CTL_N(verbs) && strcmp(verb->name, words[0]) != 0)
		verb++;
	if (verb == verbs + CTL_N(verbs))
		return glow_ctl_fail(EX_USAGE, "effects has list, show, put, rm and check, not \"%s\"", words[0]);
	if (!lists && n_words == 1)
		return glow_ctl_fail(EX_USAGE, "%s what? glowctl effects %s %s...", verb->name, verb->name, verb->of);
	if (!lists && !verb->one)
		return check_each(n_words - 1, words + 1);
	status = glow_ctl_open(&s, values, topics, CTL_N(topics));
	if (status == 0)
		status = lists ? list(&s) : each(&s, verb->one, n_words - 1, words + 1);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_effects = {
	.name = "effects",
	.args_doc = "[list|show NAME|put FILE|rm NAME|check FILE]...",
	.summary = "effects that the cluster has as texts",
	.doc = "Effects that you write yourself run on all nodes, in phase, as soon as they are put. A file is called "
	       "as "
	       "its effect, aurora.glow; put and check also take the name of one that is shipped. check needs no "
	       "broker; what is wrong is told as FILE:LINE:COLUMN. A text that "
	       "shows changes on all nodes at one instant; where it is removed while it shows, lights let go.",
	.examples = "glowctl effects\n"
		    "glowctl effects check aurora.glow\n"
		    "glowctl effects put ocean && glowctl play ocean\n"
		    "glowctl effects put aurora.glow && glowctl play aurora\n"
		    "glowctl effects show aurora\n"
		    "glowctl effects rm aurora",
	.run = run,
};
