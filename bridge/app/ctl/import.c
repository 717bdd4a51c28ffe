/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl import: gives a cluster what glowctl export wrote of one. Nothing is written at the broker but commands,
 * which conductor and nodes judge as anybody's. */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/json.h>

#include "carry.h"
#include "rows.h"

static const struct glow_option rows[] = {
	GLOW_ROW_SWITCH("dry-run", "no", NULL, dry_run, "say what would be done, and do nothing"),
};

struct import {
	struct glow_ctl_session *s;
	const char *path;
	cJSON *here; /* the commands that make what is here already */
	unsigned number, done, same, passed;
	int status;
};

__attribute__((format(printf, 2, 3))) static void pass_over(struct import *in, const char *format, ...)
{
	char why[400];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	in->passed++;
	in->status = glow_ctl_fail(EX_DATAERR, "%s:%u: passed over: %s", in->path, in->number, why);
}

/* What a topic is about, for people: "preset/evening/set" is "preset evening". */
static void name_of(const cJSON *command, char ret_name[GLOW_TOPIC_MAX + 1])
{
	const char *topic = cJSON_GetStringValue(glow_json_get(command, "topic"));
	const char *id = cJSON_GetStringValue(glow_json_get(glow_json_get(command, "payload"), "id"));
	char *slash, *last;

	snprintf(ret_name, GLOW_TOPIC_MAX + 1, "%s", topic);
	last = strrchr(ret_name, '/');
	if (last)
		*last = '\0';
	slash = strchr(ret_name, '/');
	if (slash)
		*slash = ' ';
	if (strcmp(ret_name, "scene") == 0 && id)
		snprintf(ret_name, GLOW_TOPIC_MAX + 1, "scene %.200s", id);
}

static char *payload_of(const cJSON *command)
{
	const cJSON *payload = glow_json_get(command, "payload");

	return cJSON_IsString(payload) ? strdup(payload->valuestring) : cJSON_PrintUnformatted(payload);
}

static bool is_online(const struct import *in, const char *node)
{
	const struct glow_watched *watched = glow_watch_find(&in->s->watch, node);

	return watched && watched->online;
}

/* An exit status where the conductor or the broker is silent, since nobody will answer the next one either. */
static int ask(struct import *in, const char *topic, const char *payload, const char *node, const char *name)
{
	char whole[GLOW_TOPIC_MAX + 1];
	cJSON *answers;
	const cJSON *answer;
	const char *message;
	int status = 0;

	glow_topic_make(whole, in->s->options->common.prefix, topic, NULL, NULL);
	answers = glow_ctl_ask(in->s, whole, payload, 1);
	answer = cJSON_GetArrayItem(answers, 0);
	message = cJSON_GetStringValue(glow_json_get(answer, "message"));
	if (!answer && node[0] && !in->s->lost[0])
		pass_over(in, "%s: no answer within %d s", name, GLOW_CTL_ANSWER_MS / 1000);
	else if (!answer)
		status = glow_ctl_fail_silence(in->s, "%s: no answer within %d s: is glow-conductor running?", name,
					       GLOW_CTL_ANSWER_MS / 1000);
	else if (message)
		pass_over(in, "%s: %s", name, message);
	else
		printf("%s: done\n", name);
	in->done += answer && !message;
	cJSON_Delete(answers);
	return status;
}

static int give(struct import *in, const cJSON *command, const char *topic, const char *node)
{
	const cJSON *here = glow_carry_find(in->here, command);
	char name[GLOW_TOPIC_MAX + 1], *payload;
	int status = 0;

	name_of(command, name);
	if (here && cJSON_Compare(glow_json_get(here, "payload"), glow_json_get(command, "payload"), true)) {
		printf("%s: is so already\n", name);
		in->same++;
		return 0;
	}
	if (node[0] && !is_online(in, node)) {
		pass_over(in, "%s: is not online", name);
		return 0;
	}
	if (in->s->options->dry_run) {
		printf("%s: would be %s\n", name, here ? "changed" : "made");
		in->done++;
		return 0;
	}
	payload = payload_of(command);
	if (payload)
		status = ask(in, topic, payload, node, name);
	free(payload);
	return status;
}

/* 0, or an exit status after which there is no more to do. */
static int take_line(struct import *in, const char *line)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(line, strlen(line), &diag);
	const char *topic = cJSON_GetStringValue(glow_json_get(tree, "topic"));
	const cJSON *payload = glow_json_get(tree, "payload"), *export = glow_json_get(tree, "export");
	char node[GLOW_ID_MAX + 1];
	int status = 0;

	if (!tree)
		pass_over(in, "%s", diag.what);
	else if (cJSON_IsNumber(export) && export->valuedouble > 1)
		status = glow_ctl_fail(EX_DATAERR, "%s: is of a newer glowctl", in->path);
	else if (!export && glow_json_get(tree, "name"))
		pass_over(in, "is a line of preset or schedule export, which glowctl %s import reads",
			  glow_json_get(tree, "at") ? "schedule" : "preset");
	else if (!export && (!topic || !(cJSON_IsObject(payload) || cJSON_IsString(payload))))
		pass_over(in, "is no line of glowctl export: it wants \"topic\" and \"payload\"");
	else if (!export && !glow_carry_allowed(topic, node))
		pass_over(in, "%.200s is no topic of glowctl export", topic);
	else if (!export)
		status = give(in, tree, topic, node);
	cJSON_Delete(tree);
	return status;
}

static void sum_up(const struct import *in)
{
	printf("%s: %u %s, %u so already, %u passed over\n", in->path, in->done,
	       in->s->options->dry_run ? "would be done" : "done", in->same, in->passed);
}

static int import(struct import *in, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	int status = 0;

	while (!status && getline(&line, &room, file) >= 0) {
		in->number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (glow_json_blank(line, strlen(line)) < strlen(line))
			status = take_line(in, line);
	}
	free(line);
	sum_up(in);
	return status ? status : in->status;
}

static int run(const void *values, int n_words, char *const words[])
{
	struct glow_ctl_session s;
	struct import in = { .s = &s, .path = n_words == 1 ? words[0] : "" };
	cJSON *left = NULL;
	FILE *file;
	int status;

	if (n_words != 1)
		return glow_ctl_fail(EX_USAGE, "import which file? for example: glowctl import cluster.jsonl");
	file = strcmp(words[0], "-") == 0 ? stdin : fopen(words[0], "re");
	if (!file)
		return glow_ctl_fail(EX_NOINPUT, "%s: %s", words[0], strerror(errno));
	status = glow_ctl_open_lights(&s, values, glow_carry_topics, GLOW_CARRY_TOPICS);
	if (status == 0) {
		in.here = glow_carry_all(&s, &left);
		status = import(&in, file);
	}
	cJSON_Delete(in.here);
	cJSON_Delete(left);
	if (file != stdin)
		fclose(file);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_import = {
	.name = "import",
	.args_doc = "FILE",
	.summary = "give the cluster what export wrote",
	.doc = "Each line is a command, which the conductor or the node judges as anybody's: an account that may "
	       "command "
	       "will do. What is so already is left alone, and so is what the file does not name. A line that is "
	       "refused, or of a node that is not online, is passed over with the reason, and the exit status tells; "
	       "import again when the node is there. - is standard input.",
	.examples = "glowctl import cluster.jsonl --dry-run\nglowctl import cluster.jsonl",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "FILE",
	.run = run,
};
