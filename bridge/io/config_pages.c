/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is written about a program's options rather than read from them:
 * --help, --print-config, the man page and the shell completions. All of it comes from
 * the rows, so a new option is documented by existing. */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <glow/config.h>

#include "config_row.h"

/* Rows. */

static const struct glow_option builtin[] = {
	{ .name = "help", .short_name = 'h', .type = GLOW_OPT_VERB, .group = "Help", .help = "show this list" },
	{ .name = "version", .short_name = 'V', .type = GLOW_OPT_VERB, .group = "Help", .help = "show the version" },
	{ .name = "man", .type = GLOW_OPT_VERB, .group = "Help", .help = "write the manual page (troff)" },
	{ .name = "bash-completion", .type = GLOW_OPT_VERB, .group = "Help", .help = "write the completion for bash" },
	{ .name = "zsh-completion", .type = GLOW_OPT_VERB, .group = "Help", .help = "the same for zsh" },
	{ .name = "fish-completion", .type = GLOW_OPT_VERB, .group = "Help", .help = "the same for fish" },
};

bool glow_row_answer(const struct glow_program *program, size_t k, FILE *out)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };

	if (k < program->n_options)
		return false;
	switch (k - program->n_options) {
	case 0:
		glow_row_help(program, out);
		break;
	case 1:
		fprintf(out, "%s %s\n", program->name, GLOW_VERSION);
		break;
	case 2:
		glow_config_man(program, out);
		break;
	default:
		glow_config_completion(program, shells[k - program->n_options - 3], out);
		break;
	}
	return true;
}

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

void glow_row_describe(const struct glow_option *o, FILE *out)
{
	const char *def = o->type == GLOW_OPT_BOOL && !o->def ? "no" : o->def;
	char env[GLOW_ENV_SIZE];

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
	glow_row_env(o, env);
	fprintf(out, " [%s]", env);
	if (o->type == GLOW_OPT_SECRET)
		fprintf(out, " [%s_FILE]", env);
}

/* Descriptions are wrapped and escaped, so the pages want them in memory; the caller frees. NULL without memory. */
static char *description(const struct glow_option *o)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	glow_row_describe(o, out);
	fclose(out);
	return text;
}

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

static void help_row(const struct glow_option *o, FILE *out)
{
	char *text = description(o);
	int column;

	if (!text)
		return;
	column = o->short_name ? fprintf(out, "  -%c, --%s", o->short_name, o->name)
			       : fprintf(out, "      --%s", o->name);
	if (glow_row_takes_value(o))
		column += fprintf(out, "=%s", glow_row_arg(o));
	if (o->type == GLOW_OPT_BOOL)
		column += fprintf(out, ", --no-%s", o->name);
	if (column < HELP_INDENT - 1)
		fprintf(out, "%*s", HELP_INDENT - column, "");
	else
		fprintf(out, "\n%*s", HELP_INDENT, "");
	wrap(text, HELP_INDENT, HELP_INDENT, out);
	free(text);
}

void glow_row_help(const struct glow_program *program, FILE *out)
{
	size_t n = glow_row_count(program);

	fprintf(out, "Usage: %s [OPTION]...%s%s\n", program->name, program->args_doc ? " " : "",
		program->args_doc ? program->args_doc : "");
	wrap(program->summary, 0, 0, out);
	fputc('\n', out);
	wrap(program->doc, 0, 0, out);
	for (size_t first = 0; first < n; first++) {
		if (!glow_row_opens_group(program, first))
			continue;
		fprintf(out, "\n%s:\n", glow_row_group(program, first));
		for (size_t k = first; k < n; k++)
			if (strcmp(glow_row_group(program, k), glow_row_group(program, first)) == 0)
				help_row(glow_row_at(program, k), out);
	}
	fputc('\n', out);
	wrap("A variable in brackets gives the same option from the environment; one that ends in _FILE names a file "
	     "with the value. The command line beats the environment.",
	     0, 0, out);
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

/* The man page. */

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

static void man_row(const struct glow_option *o, FILE *out)
{
	char *text = description(o);

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
				man_row(glow_row_at(program, k), out);
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

void glow_config_man(const struct glow_program *program, FILE *out)
{
	man_head(program, out);
	man_options(program, out);
	fputs(".SH ENVIRONMENT\n"
	      "A variable in brackets gives the same option from the environment; an empty one counts as not set.\n"
	      "One that ends in _FILE names a file whose content, without a newline at its end, is the value.\n"
	      "The command line beats the environment, and the environment beats the default.\n"
	      "Switches take yes or no there (or true, false, on, off, 1, 0).\n"
	      ".SH EXIT STATUS\n"
	      ".TP\n0\nSuccess.\n"
	      ".TP\n64\nA mistake on the command line.\n"
	      ".TP\n78\nA mistake in the environment or in a file.\n",
	      out);
}

/* Completions. */

static bool takes_file(const struct glow_option *o)
{
	return strcmp(glow_row_arg(o), "FILE") == 0 || strcmp(glow_row_arg(o), "PATH") == 0;
}

/* Inside single quotes of a shell: `escaped` bytes get a backslash, and a quote `quote`. */
static void shell_text(const char *text, const char *escaped, const char *quote, FILE *out)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			fputs(quote, out);
		else if (strchr(escaped, *c))
			fprintf(out, "\\%c", *c);
		else
			fputc(*c, out);
	}
}

/* The name of the completion function: glow_bridge for glow-bridge. */
static void function_name(const struct glow_program *program, FILE *out)
{
	for (const char *c = program->name; *c; c++)
		fputc(isalnum((unsigned char)*c) ? *c : '_', out);
}

static void bash_cases(const struct glow_program *program, FILE *out)
{
	for (size_t k = 0; k < glow_row_count(program); k++) {
		const struct glow_option *o = glow_row_at(program, k);

		if (!glow_row_takes_value(o))
			continue;
		fputs("\t", out);
		if (o->short_name)
			fprintf(out, "-%c | ", o->short_name);
		fprintf(out, "--%s) ", o->name);
		if (o->type == GLOW_OPT_CHOICE) {
			fputs("words='", out);
			glow_row_choices(o, " ", out);
			fputs("' ;;\n", out);
		} else {
			fputs(takes_file(o) ? "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
					    : "return ;;\n",
			      out);
		}
	}
}

static void bash_names(const struct glow_program *program, FILE *out)
{
	for (size_t k = 0; k < glow_row_count(program); k++) {
		const struct glow_option *o = glow_row_at(program, k);

		fprintf(out, "%s--%s", k ? " " : "", o->name);
		if (o->type == GLOW_OPT_BOOL)
			fprintf(out, " --no-%s", o->name);
	}
}

/* Bash splits --name=value into three words. */
static void bash_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "# bash completion for %s\n_", program->name);
	function_name(program, out);
	fputs("()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [ \"$cur\" = '=' ]; then\n\t\tcur=\n"
	      "\telif [ \"$prev\" = '=' ]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
	      "\tcase \"$prev\" in\n",
	      out);
	bash_cases(program, out);
	fputs("\t*) words='", out);
	bash_names(program, out);
	fputs("' ;;\n\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -F _", out);
	function_name(program, out);
	fprintf(out, " %s\n", program->name);
}

/* One way to write an option: `flag` with what zsh wants behind it when a value follows. */
static void zsh_spec(const struct glow_option *o, const char *dashes, const char *flag, const char *joint, FILE *out)
{
	fprintf(out, " \\\n\t'%s%s%s[", dashes, flag, glow_row_takes_value(o) ? joint : "");
	shell_text(o->help, "\\[]:", "'\\''", out);
	fputs("]", out);
	if (glow_row_takes_value(o)) {
		fputs(":", out);
		shell_text(glow_row_arg(o), "\\:", "'\\''", out);
		fputs(takes_file(o) ? ":_files" : ":", out);
	}
	if (o->type == GLOW_OPT_CHOICE) {
		fputs("(", out);
		glow_row_choices(o, " ", out);
		fputs(")", out);
	}
	fputs("'", out);
}

static void zsh_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "#compdef %s\n_arguments", program->name);
	for (size_t k = 0; k < glow_row_count(program); k++) {
		const struct glow_option *o = glow_row_at(program, k);
		const char letter[] = { o->short_name, '\0' };

		zsh_spec(o, "--", o->name, "=", out);
		if (o->type == GLOW_OPT_BOOL)
			zsh_spec(o, "--no-", o->name, "", out);
		if (o->short_name)
			zsh_spec(o, "-", letter, "+", out);
	}
	fputs("\n", out);
}

static void fish_line(const struct glow_program *program, const struct glow_option *o, const char *prefix, FILE *out)
{
	fprintf(out, "complete -c %s -l %s%s", program->name, prefix, o->name);
	if (o->short_name)
		fprintf(out, " -s %c", o->short_name);
	if (glow_row_takes_value(o))
		fputs(takes_file(o) ? " -r -F" : " -x", out);
	if (o->type == GLOW_OPT_CHOICE) {
		fputs(" -a '", out);
		glow_row_choices(o, " ", out);
		fputs("'", out);
	}
	fputs(" -d '", out);
	shell_text(o->help, "\\", "\\'", out);
	fputs("'\n", out);
}

static void fish_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "complete -c %s -f\n", program->name);
	for (size_t k = 0; k < glow_row_count(program); k++) {
		const struct glow_option *o = glow_row_at(program, k);

		fish_line(program, o, "", out);
		if (o->type == GLOW_OPT_BOOL)
			fish_line(program, o, "no-", out);
	}
}

void glow_config_completion(const struct glow_program *program, const char *shell, FILE *out)
{
	if (strcmp(shell, "bash") == 0)
		bash_completion(program, out);
	else if (strcmp(shell, "zsh") == 0)
		zsh_completion(program, out);
	else if (strcmp(shell, "fish") == 0)
		fish_completion(program, out);
}
