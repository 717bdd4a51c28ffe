/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl export: what people made of a cluster, as a file. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/json.h>

#include "carry.h"
#include "rows.h"

static const char *string_in(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(glow_json_get(object, name));

	return text ? text : "";
}

/* The first line says what the file is. */
static cJSON *head(const struct glow_ctl_options *o)
{
	cJSON *tree = cJSON_CreateObject();

	glow_json_add_int(tree, "export", 1);
	cJSON_AddStringToObject(tree, "prefix", o->common.prefix);
	cJSON_AddStringToObject(tree, "version", GLOW_VERSION);
	return tree;
}

static bool put_line(const cJSON *tree, FILE *out)
{
	char *text = cJSON_PrintUnformatted(tree);
	bool fine = text && fprintf(out, "%s\n", text) > 0;

	free(text);
	return fine;
}

static bool put_all(const struct glow_ctl_options *o, const cJSON *commands, FILE *out)
{
	cJSON *first = head(o);
	bool fine = put_line(first, out);
	const cJSON *command;

	cJSON_ArrayForEach(command, commands)
	{
		fine = put_line(command, out) && fine;
	}
	cJSON_Delete(first);
	return fine;
}

static int write_file(const struct glow_ctl_options *o, const cJSON *commands, const char *path)
{
	bool piped = strcmp(path, "-") == 0;
	FILE *out = piped ? stdout : fopen(path, "we");
	bool fine;

	if (!out)
		return glow_ctl_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	fine = put_all(o, commands, out);
	fine = (piped ? fflush(out) : fclose(out)) == 0 && fine;
	return fine ? 0 : glow_ctl_fail(EX_IOERR, "%s: %s; it is not whole", path, strerror(errno));
}

static int export(const struct glow_ctl_session *s, const char *path)
{
	cJSON *left, *commands = glow_carry_all(s, &left);
	const cJSON *one;
	int status = write_file(s->options, commands, path);

	cJSON_ArrayForEach(one, left)
	{
		glow_ctl_fail(0, "%s is not in it: %s", string_in(one, "what"), string_in(one, "why"));
	}
	if (status == 0 && strcmp(path, "-") != 0)
		printf("%s: %d commands; glowctl import %s gives them to another cluster, or to this one again\n", path,
		       cJSON_GetArraySize(commands), path);
	cJSON_Delete(commands);
	cJSON_Delete(left);
	return status;
}

static int run(const void *values, int n_words, char *const words[])
{
	struct glow_ctl_session s;
	int status;

	if (n_words != 1)
		return glow_ctl_fail(EX_USAGE, "export to which file? for example: glowctl export cluster.jsonl");
	status = glow_ctl_open_lights(&s, values, glow_carry_topics, GLOW_CARRY_TOPICS);
	if (status == 0)
		status = export(&s, words[0]);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_export = {
	.name = "export",
	.args_doc = "FILE",
	.summary = "write all that people made of the cluster into a file",
	.doc = "Effects in text, order and titles, presets, schedules, the dimmer, scenes and nodes' lights, each as "
	       "the "
	       "command that makes it again, a line of JSON; - is standard output. What programs say of themselves is "
	       "not in it: they say it again to any broker. It takes an account that may look.",
	.examples = "glowctl export cluster.jsonl\n"
		    "glowctl export - | glowctl import - --broker mqtts://new.example --username operator",
	.spots = "FILE",
	.run = run,
};
