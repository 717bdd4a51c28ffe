/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The man page, made from the tables. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config_row.h"

/* What is a request, an escape or a typographic quote to troff stands for itself. */
static const char *man_escape(char c)
{
	static const char special[] = "\\-'`^~\"";
	static const char *const names[] = { "\\e", "\\-", "\\(aq", "\\(ga", "\\(ha", "\\(ti", "\\(dq" };
	const char *at = c ? strchr(special, c) : NULL;

	return at ? names[at - special] : NULL;
}

/* troff wants characters beyond ASCII by number. Returns the bytes taken; our own texts are well-formed UTF-8. */
static size_t man_character(const char *c, FILE *out)
{
	unsigned char first = (unsigned char)*c;
	size_t n = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	unsigned point = first & (0x7fU >> n);

	for (size_t k = 1; k < n; k++)
		point = point << 6 | (c[k] & 0x3f);
	fprintf(out, "\\[u%04X]", point);
	return n;
}

static void man_text(const char *text, FILE *out)
{
	for (const char *c = text; *c; c++) {
		const char *escape = man_escape(*c);

		if (*c == '.' && (c == text || c[-1] == '\n'))
			fputs("\\&", out);
		if (escape)
			fputs(escape, out);
		else if (strncmp(c, "\n\n", 2) == 0)
			fputs("\n.PP", out);
		else if (*c & 0x80)
			c += man_character(c, out) - 1;
		else
			fputc(*c, out);
	}
}

static void man_option(const char *prefix, const char *name, FILE *out)
{
	fputs("\\fB\\-\\-", out);
	man_text(prefix, out);
	man_text(name, out);
	fputs("\\fR", out);
}

static void man_row(const struct glow_option *o, bool env, FILE *out)
{
	char *text = glow_row_text(o, env);

	if (!text)
		return;
	fputs(".TP\n", out);
	if (o->short_name)
		fprintf(out, "\\fB\\-%c\\fR, ", o->short_name);
	man_option("", o->name, out);
	if (glow_row_takes_value(o)) {
		fputs("=\\fI", out);
		man_text(glow_row_arg(o), out);
		fputs("\\fR", out);
	}
	if (o->type == GLOW_OPT_BOOL) {
		fputs(", ", out);
		man_option("no-", o->name, out);
	}
	fputs("\n", out);
	man_text(text, out);
	fputs("\n", out);
	free(text);
}

static void man_options(const struct glow_program *program, FILE *out)
{
	size_t n = glow_row_count(program);

	fputs(".SH OPTIONS\n", out);
	for (size_t first = 0; first < n; first++) {
		if (!glow_row_opens_group(program, first))
			continue;
		fputs(".SS ", out);
		man_text(glow_row_group(program, first), out);
		fputs("\n", out);
		for (size_t k = first; k < n; k++)
			if (strcmp(glow_row_group(program, k), glow_row_group(program, first)) == 0)
				man_row(glow_row_at(program, k), true, out);
	}
}

static void man_head(const struct glow_program *program, FILE *out)
{
	fputs(".TH ", out);
	for (const char *c = program->name; *c; c++)
		fputc(toupper((unsigned char)*c), out);
	fprintf(out, " 1 \"\" \"Glowswarm %s\" \"User Commands\"\n.nh\n.SH NAME\n", GLOW_VERSION);
	man_text(program->name, out);
	fputs(" \\- ", out);
	man_text(program->summary, out);
	fputs("\n.SH SYNOPSIS\n\\fB", out);
	man_text(program->name, out);
	fputs("\\fR [\\fIOPTION\\fR]...", out);
	if (program->args_doc) {
		fputs(" ", out);
		man_text(program->args_doc, out);
	}
	fputs("\n.SH DESCRIPTION\n", out);
	man_text(program->doc, out);
	fputs("\n", out);
}

static void man_examples(const char *examples, FILE *out)
{
	if (!examples)
		return;
	fputs(".PP\n.nf\n.RS\n", out);
	man_text(examples, out);
	fputs("\n.RE\n.fi\n", out);
}

static void man_commands(const struct glow_program *program, FILE *out)
{
	if (program->n_commands)
		fputs(".SH COMMANDS\n", out);
	for (size_t k = 0; k < program->n_commands; k++) {
		const struct glow_subcommand *c = program->commands[k];

		fputs(".SS ", out);
		man_text(c->name, out);
		fputs(c->args_doc ? " " : "", out);
		man_text(c->args_doc ? c->args_doc : "", out);
		fputc('\n', out);
		man_text(c->summary, out);
		fputs(".\n.PP\n", out);
		man_text(c->doc, out);
		fputc('\n', out);
		for (size_t row = 0; row < c->n_options; row++)
			man_row(&c->options[row], false, out);
		man_examples(c->examples, out);
	}
}

static void man_exits(const struct glow_exit *exits, FILE *out)
{
	for (; exits && exits->status; exits++) {
		fprintf(out, ".TP\n%d\n", exits->status);
		man_text(exits->what, out);
		fputc('\n', out);
	}
}

void glow_config_man(const struct glow_program *program, FILE *out)
{
	man_head(program, out);
	man_commands(program, out);
	man_options(program, out);
	if (program->examples)
		fputs(".SH EXAMPLES\n", out);
	man_examples(program->examples, out);
	fputs(".SH ENVIRONMENT\n"
	      "A variable in brackets gives the same option from the environment; an empty one counts as not set.\n"
	      "One that ends in _FILE names a file whose content, without a newline at its end, is the value.\n"
	      "The command line beats the environment, and the environment beats the default.\n"
	      "Switches take yes or no there (or true, false, on, off, 1, 0).\n"
	      ".SH EXIT STATUS\n"
	      ".TP\n0\nSuccess.\n"
	      ".TP\n64\nA mistake on the command line.\n",
	      out);
	man_exits(program->exits, out);
	fputs(".TP\n71\nMemory, threads or file descriptors were lacking; which is told.\n"
	      ".TP\n78\nA mistake in the environment or in a file.\n",
	      out);
}
