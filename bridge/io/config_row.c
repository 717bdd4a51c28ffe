/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The rows of a program, its own and those that every program has, and what there is to say of one.
 * Reading the configuration and each page about it stand on this file, and it stands on none of
 * them, so that the files of the configuration do not call each other in a circle. */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config_row.h"

static const struct glow_option builtin[] = {
	{ .name = "help", .short_name = 'h', .type = GLOW_OPT_VERB, .group = "Help", .help = "show this list" },
	{ .name = "version", .short_name = 'V', .type = GLOW_OPT_VERB, .group = "Help", .help = "show the version" },
	{ .name = "man", .type = GLOW_OPT_VERB, .group = "Help", .help = "write the manual page (troff)" },
	{ .name = "bash-completion", .type = GLOW_OPT_VERB, .group = "Help", .help = "write the completion for bash" },
	{ .name = "zsh-completion", .type = GLOW_OPT_VERB, .group = "Help", .help = "the same for zsh" },
	{ .name = "fish-completion", .type = GLOW_OPT_VERB, .group = "Help", .help = "the same for fish" },
};

size_t glow_row_count(const struct glow_program *program)
{
	return program->n_options + sizeof(builtin) / sizeof(builtin[0]);
}

const struct glow_option *glow_row_at(const struct glow_program *program, size_t k)
{
	return k < program->n_options ? &program->options[k] : &builtin[k - program->n_options];
}

const char *glow_row_group(const struct glow_program *program, size_t k)
{
	const char *group = glow_row_at(program, k)->group;

	return group ? group : "Options";
}

bool glow_row_opens_group(const struct glow_program *program, size_t k)
{
	for (size_t j = 0; j < k; j++)
		if (strcmp(glow_row_group(program, j), glow_row_group(program, k)) == 0)
			return false;
	return true;
}

size_t glow_row_env_count(const struct glow_program *program)
{
	return program->whole ? program->whole->n_options : program->n_options;
}

bool glow_row_takes_value(const struct glow_option *o)
{
	return o->type != GLOW_OPT_BOOL && o->type != GLOW_OPT_VERB;
}

const char *glow_row_arg(const struct glow_option *o)
{
	if (o->arg)
		return o->arg;
	return o->type == GLOW_OPT_INT ? "N" : o->type == GLOW_OPT_CHOICE ? "WORD" : "TEXT";
}

void glow_row_env(const struct glow_option *o, char ret_name[GLOW_ENV_SIZE])
{
	snprintf(ret_name, GLOW_ENV_SIZE, "GLOW_%s", o->name);
	for (char *c = ret_name; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

void glow_row_choices(const struct glow_option *o, const char *separator, FILE *out)
{
	for (const char *c = o->choices; *c; c++) {
		if (*c == '|')
			fputs(separator, out);
		else
			fputc(*c, out);
	}
}

static void describe(const struct glow_option *o, bool env, FILE *out)
{
	const char *def = o->type == GLOW_OPT_BOOL && !o->def ? "no" : o->def;
	char name[GLOW_ENV_SIZE];

	fputs(o->help, out);
	if (o->type == GLOW_OPT_VERB)
		return;
	if (o->type == GLOW_OPT_INT)
		fprintf(out, ", %" PRId64 "..%" PRId64, o->min, o->max);
	if (o->type == GLOW_OPT_CHOICE) {
		fputs("; one of ", out);
		glow_row_choices(o, ", ", out);
	}
	if (def && *def)
		fprintf(out, " (default %s)", def);
	if (!env)
		return;
	glow_row_env(o, name);
	fprintf(out, " [%s]", name);
	if (o->type == GLOW_OPT_SECRET)
		fprintf(out, " [%s_FILE]", name);
}

/* Descriptions are wrapped and escaped, so the pages want them in memory. */
char *glow_row_text(const struct glow_option *o, bool env)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	describe(o, env, out);
	fclose(out);
	return text;
}
