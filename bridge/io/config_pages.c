/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is written about a program's options rather than read from them: --help and
 * --print-config here, the man page and the shell completions beside it. All of it comes
 * from the rows, so a new option is documented by existing. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config_pages.h"
#include "config_row.h"

/* --help. */

#define HELP_WIDTH  79
#define HELP_INDENT 29

/* Columns of the first `len` bytes: one for each character. */
static int width(const char *text, int len)
{
	int n = 0;

	for (int k = 0; k < len; k++)
		n += (text[k] & 0xc0) != 0x80;
	return n;
}

/* Writes words from `column` on, later lines from `indent`; an empty line in the text stays one. */
static void wrap(const char *text, int column, int indent, FILE *out)
{
	while (*text) {
		int word = (int)strcspn(text, " \n"), gap = (int)strspn(text + word, " \n");

		if (column > indent && column + 1 + width(text, word) > HELP_WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, (size_t)word, out);
		column += width(text, word);
		text += word;
		if (strncmp(text, "\n\n", 2) == 0) {
			fprintf(out, "\n\n%*s", indent, "");
			column = indent;
		}
		text += gap;
	}
	fputc('\n', out);
}

/* An entry of a list: what was written from column 0 to `column`, then the text beside or below it. */
static void entry(int column, const char *text, FILE *out)
{
	if (column < HELP_INDENT - 1)
		fprintf(out, "%*s", HELP_INDENT - column, "");
	else
		fprintf(out, "\n%*s", HELP_INDENT, "");
	wrap(text, HELP_INDENT, HELP_INDENT, out);
}

static void help_row(const struct glow_option *o, bool env, FILE *out)
{
	char *text = glow_row_text(o, env);
	int column;

	if (!text)
		return;
	column = o->short_name ? fprintf(out, "  -%c, --%s", o->short_name, o->name)
			       : fprintf(out, "      --%s", o->name);
	if (glow_row_takes_value(o))
		column += fprintf(out, "=%s", glow_row_arg(o));
	if (o->type == GLOW_OPT_BOOL)
		column += fprintf(out, ", --no-%s", o->name);
	entry(column, text, out);
	free(text);
}

static void help_head(const struct glow_program *program, FILE *out)
{
	fprintf(out, "Usage: %s [OPTION]...%s%s\n", program->name, program->args_doc ? " " : "",
		program->args_doc ? program->args_doc : "");
	wrap(program->summary, 0, 0, out);
	fputc('\n', out);
	wrap(program->doc, 0, 0, out);
}

static void help_commands(const struct glow_program *program, FILE *out)
{
	if (program->n_commands)
		fputs("\nCommands:\n", out);
	for (size_t k = 0; k < program->n_commands; k++) {
		const struct glow_subcommand *c = program->commands[k];
		int column = fprintf(out, "  %s%s%s", c->name, c->args_doc ? " " : "", c->args_doc ? c->args_doc : "");

		entry(column, c->summary, out);
	}
}

static void help_examples(const char *examples, FILE *out)
{
	if (!examples)
		return;
	fputs("\nExamples:\n  ", out);
	for (const char *c = examples; *c; c++)
		fputs(*c == '\n' ? "\n  " : (char[]){ *c, '\0' }, out);
	fputc('\n', out);
}

static void help_rows(const struct glow_program *program, FILE *out)
{
	size_t n = glow_row_count(program);

	for (size_t first = 0; first < n; first++) {
		if (!glow_row_opens_group(program, first))
			continue;
		fprintf(out, "\n%s:\n", glow_row_group(program, first));
		for (size_t k = first; k < n; k++)
			if (strcmp(glow_row_group(program, k), glow_row_group(program, first)) == 0)
				help_row(glow_row_at(program, k), true, out);
	}
}

/* Of a command its own options; the others are the program's to explain. */
static void help_own_rows(const struct glow_program *program, FILE *out)
{
	if (program->command->n_options)
		fputs("\nOptions:\n", out);
	for (size_t k = 0; k < program->command->n_options; k++)
		help_row(&program->command->options[k], false, out);
}

static void help(const struct glow_program *program, FILE *out)
{
	help_head(program, out);
	help_commands(program, out);
	if (program->command)
		help_own_rows(program, out);
	help_examples(program->examples, out);
	if (program->command) {
		fprintf(out, "\n%s --help lists all commands, and the options that every command has.\n",
			program->whole->name);
		return;
	}
	help_rows(program, out);
	if (program->n_commands)
		fprintf(out, "\n%s COMMAND --help tells more about a command.", program->name);
	fputc('\n', out);
	wrap("A variable in brackets gives the same option from the environment; one that ends in _FILE names a file "
	     "with the value. The command line beats the environment.",
	     0, 0, out);
}

static void write_version(const struct glow_program *program, FILE *out)
{
	fprintf(out, "%s %s", program->name, GLOW_VERSION);
	if (*glow_commit)
		fprintf(out, " (%s)", glow_commit);
	fputc('\n', out);
}

bool glow_pages_answer(const struct glow_program *program, size_t k, FILE *out)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };

	if (k < program->n_options)
		return false;
	k -= program->n_options;
	if (k > 0 && program->whole)
		program = program->whole;
	switch (k) {
	case 0:
		help(program, out);
		break;
	case 1:
		write_version(program, out);
		break;
	case 2:
		glow_config_man(program, out);
		break;
	default:
		glow_config_completion(program, shells[k - 3], out);
		break;
	}
	return true;
}

/* --print-config. */

static const char *const source_names[] = {
	[GLOW_FROM_DEFAULT] = "default",
	[GLOW_FROM_ENV] = "environment",
	[GLOW_FROM_FILE] = "file",
	[GLOW_FROM_COMMAND_LINE] = "command line",
};

/* The value as text; `number` holds what is not stored as text. */
static const char *value_text(const struct glow_config *config, size_t row, char number[24])
{
	const struct glow_option *o = &config->program->options[row];
	const void *slot = (const char *)config->values + o->offset;
	const char *text;

	if (o->type == GLOW_OPT_BOOL)
		return *(const bool *)slot ? "yes" : "no";
	if (o->type == GLOW_OPT_INT) {
		if (!o->def && config->source[row] == GLOW_FROM_DEFAULT)
			return "(none)";
		snprintf(number, 24, "%" PRId64, *(const int64_t *)slot);
		return number;
	}
	text = *(char *const *)slot;
	if (o->type == GLOW_OPT_SECRET)
		return text && *text ? "(set)" : "(not set)";
	return text && *text ? text : "(none)";
}

void glow_config_print(const struct glow_config *config, FILE *out)
{
	const struct glow_program *program = config->program;
	int name_width = 0, value_width = 0;
	char number[24];

	for (size_t row = 0; row < program->n_options; row++) {
		int name = (int)strlen(program->options[row].name), value;

		if (program->options[row].type == GLOW_OPT_VERB)
			continue;
		value = (int)strlen(value_text(config, row, number));
		name_width = name > name_width ? name : name_width;
		value_width = value > value_width && value <= 40 ? value : value_width;
	}
	for (size_t row = 0; row < program->n_options; row++)
		if (program->options[row].type != GLOW_OPT_VERB)
			fprintf(out, "%-*s  %-*s  %s\n", name_width, program->options[row].name, value_width,
				value_text(config, row, number), source_names[config->source[row]]);
}
