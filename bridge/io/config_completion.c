/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What shells complete, made from the tables. */

#include <ctype.h>
#include <string.h>

#include "config_command.h"
#include "config_row.h"

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

static void bash_case(const struct glow_option *o, FILE *out)
{
	if (!glow_row_takes_value(o))
		return;
	fputs("\t", out);
	if (o->short_name)
		fprintf(out, "-%c | ", o->short_name);
	fprintf(out, "--%s) ", o->name);
	if (o->type == GLOW_OPT_CHOICE) {
		fputs("words='", out);
		glow_row_choices(o, " ", out);
		fputs("' ;;\n", out);
	} else {
		fputs(takes_file(o) ? "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n" : "return ;;\n",
		      out);
	}
}

/* Options of one name that several commands have are alike in what their value is. */
static void bash_cases(const struct glow_program *program, FILE *out)
{
	for (size_t k = 0; k < glow_row_count(program); k++)
		bash_case(glow_row_at(program, k), out);
	for (size_t k = 0; k < program->n_commands; k++) {
		const struct glow_subcommand *c = program->commands[k];

		for (size_t row = 0; row < c->n_options; row++)
			if (glow_command_with(program, c->options[row].name) == c)
				bash_case(&c->options[row], out);
	}
}

static void bash_name(const struct glow_option *o, FILE *out)
{
	fprintf(out, " --%s", o->name);
	if (o->type == GLOW_OPT_BOOL)
		fprintf(out, " --no-%s", o->name);
}

/* The first word among those before the cursor that is a command's name is the command. */
static void bash_command(const struct glow_program *program, FILE *out)
{
	if (!program->n_commands)
		return;
	fputs("\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n\t\tcase \"$word\" in\n\t\t", out);
	for (size_t k = 0; k < program->n_commands; k++)
		fprintf(out, "%s%s", k ? " | " : "", program->commands[k]->name);
	fputs(") command=$word; break ;;\n\t\tesac\n\tdone\n", out);
}

static void bash_own_names(const struct glow_program *program, FILE *out)
{
	if (!program->n_commands)
		return;
	fputs("\t\tcase \"$command\" in\n\t\t'') words+='", out);
	for (size_t k = 0; k < program->n_commands; k++)
		fprintf(out, " %s", program->commands[k]->name);
	fputs("' ;;\n", out);
	for (size_t k = 0; k < program->n_commands; k++) {
		fprintf(out, "\t\t%s) words+='", program->commands[k]->name);
		for (size_t row = 0; row < program->commands[k]->n_options; row++)
			bash_name(&program->commands[k]->options[row], out);
		fputs("' ;;\n", out);
	}
	fputs("\t\tesac ;;\n", out);
}

/* Bash splits --name=value into three words. */
static void bash_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "# bash completion for %s\n_", program->name);
	function_name(program, out);
	fputs("()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words= word command=\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [ \"$cur\" = '=' ]; then\n\t\tcur=\n"
	      "\telif [ \"$prev\" = '=' ]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n",
	      out);
	bash_command(program, out);
	fputs("\tcase \"$prev\" in\n", out);
	bash_cases(program, out);
	fputs("\t*)\n\t\twords='", out);
	for (size_t k = 0; k < glow_row_count(program); k++)
		bash_name(glow_row_at(program, k), out);
	fputs(program->n_commands ? "'\n" : "' ;;\n", out);
	bash_own_names(program, out);
	fputs("\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -F _", out);
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

static void zsh_row(const struct glow_option *o, FILE *out)
{
	const char letter[] = { o->short_name, '\0' };

	zsh_spec(o, "--", o->name, "=", out);
	if (o->type == GLOW_OPT_BOOL)
		zsh_spec(o, "--no-", o->name, "", out);
	if (o->short_name)
		zsh_spec(o, "-", letter, "+", out);
}

static void zsh_commands(const struct glow_program *program, FILE *out)
{
	fputs(" \\\n\t'1: :->command' '*:: :->argument'\ncase $state in\ncommand) _values command", out);
	for (size_t k = 0; k < program->n_commands; k++) {
		fprintf(out, " \\\n\t'%s[", program->commands[k]->name);
		shell_text(program->commands[k]->summary, "\\[]:", "'\\''", out);
		fputs("]'", out);
	}
	fputs(" ;;\nargument) case $words[1] in\n", out);
	for (size_t k = 0; k < program->n_commands; k++) {
		const struct glow_subcommand *c = program->commands[k];

		fprintf(out, "\t%s) _arguments \"$common[@]\" '*: :'", c->name);
		for (size_t row = 0; row < c->n_options; row++)
			zsh_row(&c->options[row], out);
		fputs(" ;;\n", out);
	}
	fputs("\tesac ;;\nesac", out);
}

static void zsh_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "#compdef %s\nlocal curcontext=$curcontext state line common=(", program->name);
	for (size_t k = 0; k < glow_row_count(program); k++)
		zsh_row(glow_row_at(program, k), out);
	fputs(")\n_arguments -C \"$common[@]\"", out);
	if (program->n_commands)
		zsh_commands(program, out);
	fputs("\n", out);
}

/* `when` limits it to a command; NULL for everywhere. */
static void fish_line(const struct glow_program *program, const char *when, const struct glow_option *o,
		      const char *prefix, FILE *out)
{
	fprintf(out, "complete -c %s", program->name);
	if (when)
		fprintf(out, " -n '__fish_seen_subcommand_from %s'", when);
	fprintf(out, " -l %s%s", prefix, o->name);
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

static void fish_row(const struct glow_program *program, const char *when, const struct glow_option *o, FILE *out)
{
	fish_line(program, when, o, "", out);
	if (o->type == GLOW_OPT_BOOL)
		fish_line(program, when, o, "no-", out);
}

static void fish_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "complete -c %s -f\n", program->name);
	for (size_t k = 0; k < glow_row_count(program); k++)
		fish_row(program, NULL, glow_row_at(program, k), out);
	for (size_t k = 0; k < program->n_commands; k++) {
		const struct glow_subcommand *c = program->commands[k];

		fprintf(out, "complete -c %s -n __fish_use_subcommand -a %s -d '", program->name, c->name);
		shell_text(c->summary, "\\", "\\'", out);
		fputs("'\n", out);
		for (size_t row = 0; row < c->n_options; row++)
			fish_row(program, c->name, &c->options[row], out);
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
