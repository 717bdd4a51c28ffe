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

/* ---- spots: what may stand where, glow/config.h ---- */

/* The k-th of a list with such separators, and its length; NULL behind the last. */
static const char *part_at(const char *list, char separator, size_t k, size_t *ret_len)
{
	for (; list && k > 0; k--) {
		list = strchr(list, separator);
		list = list ? list + 1 : NULL;
	}
	*ret_len = list ? (size_t)(strchr(list, separator) ? strchr(list, separator) - list : (long)strlen(list)) : 0;
	return list;
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
	if (o->spot) {
		fprintf(out, "spot='%s' ;;\n", o->spot);
	} else if (o->type == GLOW_OPT_CHOICE) {
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

static void valued(const struct glow_option *o, const char *separator, const char **joint, FILE *out)
{
	if (!glow_row_takes_value(o))
		return;
	fprintf(out, "%s--%s", *joint, o->name);
	*joint = separator;
}

/* All options that take a value, each once. */
static void all_valued(const struct glow_program *program, const char *separator, FILE *out)
{
	const char *joint = "";

	for (size_t k = 0; k < glow_row_count(program); k++)
		valued(glow_row_at(program, k), separator, &joint, out);
	for (size_t k = 0; k < program->n_commands; k++)
		for (size_t row = 0; row < program->commands[k]->n_options; row++)
			if (glow_command_with(program, program->commands[k]->options[row].name) == program->commands[k])
				valued(&program->commands[k]->options[row], separator, &joint, out);
}

/* The first word among those before the cursor that is a command's name is the command; `n` counts those behind it
 * that are no options and no values of such. */
static void bash_command(const struct glow_program *program, FILE *out)
{
	if (!program->n_commands)
		return;
	fputs("\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	      "\t\tif [ \"$skip\" ]; then\n\t\t\tskip=\n\t\t\t[ \"$word\" != '=' ] || skip=1\n\t\t\tcontinue\n\t\tfi\n"
	      "\t\tcase \"$command/$word\" in\n\t\t",
	      out);
	for (size_t k = 0; k < program->n_commands; k++)
		fprintf(out, "%s/%s", k ? " | " : "", program->commands[k]->name);
	fputs(") command=$word; continue ;;\n\t\tesac\n\t\tcase \"$word\" in\n\t\t", out);
	all_valued(program, " | ", out);
	fputs(") skip=1 ;;\n\t\t-*) ;;\n\t\t*) [ ! \"$command\" ] || n=$((n + 1)) ;;\n\t\tesac\n\tdone\n", out);
}

static void bash_spots(const char *spots, FILE *out)
{
	size_t len;
	const char *spot;

	fputs("' spots=(", out);
	for (size_t k = 0; (spot = part_at(spots, ' ', k, &len)); k++)
		fprintf(out, "%s'%.*s'", k ? " " : "", (int)len, spot);
	fputs(")", out);
}

/* Offers what may stand at the spot. */
static void bash_offer(const struct glow_program *program, FILE *out)
{
	if (!program->n_commands)
		return;
	fputs("\tfor word in ${spot//|/ }; do\n\t\tcase \"$word\" in\n"
	      "\t\tFILE) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
	      "\t\t@*) words+=\" $(\"${COMP_WORDS[0]}\" names \"${word#@}\" 2>/dev/null | tr '\\n' ' ')\" ;;\n"
	      "\t\t*) words+=\" $word\" ;;\n\t\tesac\n\tdone\n",
	      out);
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
		if (program->commands[k]->spots)
			bash_spots(program->commands[k]->spots, out);
		fputs(program->commands[k]->spots ? " ;;\n" : "' ;;\n", out);
	}
	fputs("\t\tesac\n"
	      "\t\tif [ \"${cur#-}\" = \"$cur\" ] && [ ${#spots[@]} -gt 0 ]; then\n"
	      "\t\t\twords=\n\t\t\tspot=${spots[n < ${#spots[@]} ? n : ${#spots[@]} - 1]}\n\t\tfi ;;\n",
	      out);
}

/* Bash splits --name=value into three words. */
static void bash_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "# bash completion for %s\n_", program->name);
	function_name(program, out);
	fputs("()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words= word command=\n",
	      out);
	if (program->n_commands)
		fputs("\tlocal skip= spot= spots=() n=0\n", out);
	fputs("\tCOMPREPLY=()\n"
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
	fputs("\tesac\n", out);
	bash_offer(program, out);
	fprintf(out, "\tmapfile -t %sCOMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -F _",
		program->n_commands ? "-O \"${#COMPREPLY[@]}\" " : "");
	function_name(program, out);
	fprintf(out, " %s\n", program->name);
}

/* A function of zsh that offers what may stand somewhere. */
static void zsh_helper(const struct glow_program *program, FILE *out)
{
	if (!program->n_commands)
		return;
	fputs("_", out);
	function_name(program, out);
	fputs("_spot() {\n\tlocal word\n\tlocal -a found\n\tfor word in $@; do\n\t\tcase $word in\n"
	      "\t\tFILE) _files ;;\n"
	      "\t\t@*) found+=(${(f)\"$($service names ${word#@} 2>/dev/null)\"}) ;;\n"
	      "\t\t*) found+=($word) ;;\n\t\tesac\n\tdone\n\t(( ! $#found )) || compadd -a found\n}\n",
	      out);
}

/* A call of it. */
static void zsh_spot(const struct glow_program *program, const char *spot, size_t len, FILE *out)
{
	fputs(" _", out);
	function_name(program, out);
	fputs("_spot ", out);
	for (size_t k = 0; k < len; k++)
		fputc(spot[k] == '|' ? ' ' : spot[k], out);
}

static void zsh_spots(const struct glow_program *program, const char *spots, FILE *out)
{
	size_t len, next;
	const char *spot;

	for (size_t k = 0; (spot = part_at(spots, ' ', k, &len)); k++) {
		if (part_at(spots, ' ', k + 1, &next))
			fprintf(out, " '%zu: :", k + 1);
		else
			fputs(" '*: :", out);
		zsh_spot(program, spot, len, out);
		fputs("'", out);
	}
}

/* One way to write an option: `flag` with what zsh wants behind it when a value follows. */
static void zsh_spec(const struct glow_program *program, const struct glow_option *o, const char *dashes,
		     const char *flag, const char *joint, FILE *out)
{
	fprintf(out, " \\\n\t'%s%s%s[", dashes, flag, glow_row_takes_value(o) ? joint : "");
	shell_text(o->help, "\\[]:", "'\\''", out);
	fputs("]", out);
	if (glow_row_takes_value(o)) {
		fputs(":", out);
		shell_text(glow_row_arg(o), "\\:", "'\\''", out);
		fputs(takes_file(o) ? ":_files" : ":", out);
	}
	if (o->spot)
		zsh_spot(program, o->spot, strlen(o->spot), out);
	if (o->type == GLOW_OPT_CHOICE) {
		fputs("(", out);
		glow_row_choices(o, " ", out);
		fputs(")", out);
	}
	fputs("'", out);
}

static void zsh_row(const struct glow_program *program, const struct glow_option *o, FILE *out)
{
	const char letter[] = { o->short_name, '\0' };

	zsh_spec(program, o, "--", o->name, "=", out);
	if (o->type == GLOW_OPT_BOOL)
		zsh_spec(program, o, "--no-", o->name, "", out);
	if (o->short_name)
		zsh_spec(program, o, "-", letter, "+", out);
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

		fprintf(out, "\t%s) _arguments \"$common[@]\"", c->name);
		if (c->spots)
			zsh_spots(program, c->spots, out);
		else
			fputs(" '*: :'", out);
		for (size_t row = 0; row < c->n_options; row++)
			zsh_row(program, &c->options[row], out);
		fputs(" ;;\n", out);
	}
	fputs("\tesac ;;\nesac", out);
}

static void zsh_completion(const struct glow_program *program, FILE *out)
{
	fprintf(out, "#compdef %s\n", program->name);
	zsh_helper(program, out);
	fputs("local curcontext=$curcontext state line common=(", out);
	for (size_t k = 0; k < glow_row_count(program); k++)
		zsh_row(program, glow_row_at(program, k), out);
	fputs(")\n_arguments -C \"$common[@]\"", out);
	if (program->n_commands)
		zsh_commands(program, out);
	fputs("\n", out);
}

/* A function of fish that says whether a command was typed ('' for none yet) and, where a number is given, so many
 * words behind it, or more. */
static void fish_helper(const struct glow_program *program, FILE *out)
{
	if (!program->n_commands)
		return;
	fputs("function __", out);
	function_name(program, out);
	fputs("_at --argument-names command n more\n\tset -l typed\n\tset -l skip\n"
	      "\tfor word in (commandline -opc)[2..-1]\n"
	      "\t\tif test -n \"$skip\"\n\t\t\tset skip\n\t\t\tcontinue\n\t\tend\n"
	      "\t\tswitch $word\n\t\t\tcase ",
	      out);
	all_valued(program, " ", out);
	fputs("\n\t\t\t\tset skip 1\n\t\t\tcase '-*'\n\t\t\tcase '*'\n\t\t\t\tset -a typed $word\n"
	      "\t\tend\n\tend\n"
	      "\ttest \"$typed[1]\" = \"$command\"; or return\n"
	      "\ttest -z \"$n\"; or test (count $typed) -eq (math $n + 1)\n"
	      "\tor begin; test -n \"$more\"; and test (count $typed) -gt \"$n\"; end\nend\n",
	      out);
}

/* The condition of a line: which command was typed and, unless `spot` is negative, how many words behind it. */
static void fish_when(const struct glow_program *program, const char *command, long spot, bool more, FILE *out)
{
	fprintf(out, "complete -c %s -n '__", program->name);
	function_name(program, out);
	fprintf(out, "_at %s", command[0] ? command : "\"\"");
	if (spot >= 0)
		fprintf(out, " %ld%s", spot, more ? " more" : "");
	fputs("'", out);
}

/* The alternatives of a spot, and files where one of them is. */
static void fish_spot(const struct glow_program *program, const char *spot, size_t spot_len, FILE *out)
{
	size_t len;
	const char *word;
	bool file = false;

	fputs(" -a '", out);
	for (size_t i = 0; (word = part_at(spot, '|', i, &len)) && word < spot + spot_len; i++) {
		if (len > (size_t)(spot + spot_len - word))
			len = (size_t)(spot + spot_len - word);
		if (*word == '@')
			fprintf(out, "(%s names %.*s 2>/dev/null) ", program->name, (int)len - 1, word + 1);
		else if (strncmp(word, "FILE", 4) != 0)
			fprintf(out, "%.*s ", (int)len, word);
		else
			file = true;
	}
	fputs(file ? "' -F" : "'", out);
}

/* `when` limits it to a command; NULL for everywhere. */
static void fish_line(const struct glow_program *program, const char *when, const struct glow_option *o,
		      const char *prefix, FILE *out)
{
	if (when)
		fish_when(program, when, -1, false, out);
	else
		fprintf(out, "complete -c %s", program->name);
	fprintf(out, " -l %s%s", prefix, o->name);
	if (o->short_name)
		fprintf(out, " -s %c", o->short_name);
	if (glow_row_takes_value(o))
		fputs(takes_file(o) ? " -r -F" : " -x", out);
	if (o->spot)
		fish_spot(program, o->spot, strlen(o->spot), out);
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

static void fish_words(const struct glow_program *program, const struct glow_subcommand *c, FILE *out)
{
	size_t len, next;
	const char *spot;

	for (size_t k = 0; (spot = part_at(c->spots, ' ', k, &len)); k++) {
		fish_when(program, c->name, (long)k, !part_at(c->spots, ' ', k + 1, &next), out);
		fish_spot(program, spot, len, out);
		fputs("\n", out);
	}
}

static void fish_completion(const struct glow_program *program, FILE *out)
{
	fish_helper(program, out);
	fprintf(out, "complete -c %s -f\n", program->name);
	for (size_t k = 0; k < glow_row_count(program); k++)
		fish_row(program, NULL, glow_row_at(program, k), out);
	for (size_t k = 0; k < program->n_commands; k++) {
		const struct glow_subcommand *c = program->commands[k];

		fish_when(program, "", -1, false, out);
		fprintf(out, " -a %s -d '", c->name);
		shell_text(c->summary, "\\", "\\'", out);
		fputs("'\n", out);
		fish_words(program, c, out);
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
