/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Programs with commands, `glowctl play`. Which command is meant must be known
 * before the options are read, since they depend on it: it is the first word that is
 * neither an option nor the value of one. From there on the program and that
 * command are one program without commands, and nothing else knows of them. */

#include <stdlib.h>
#include <string.h>

#include "config_command.h"
#include "config_row.h"

unsigned glow_word_distance(const char *a, const char *b)
{
	unsigned row[GLOW_WORD_MAX];
	size_t n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (best > row[j] + 1)
				best = row[j] + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

static const struct glow_option *row_like(const struct glow_option *rows, size_t n, const char *beginning)
{
	for (size_t k = 0; k < n; k++)
		if (strncmp(rows[k].name, beginning, strlen(beginning)) == 0)
			return &rows[k];
	return NULL;
}

static bool letter_takes_value(const struct glow_program *program, char letter)
{
	for (size_t k = 0; k < program->n_options; k++)
		if (program->options[k].short_name == letter)
			return glow_row_takes_value(&program->options[k]);
	return false;
}

/* True when the word is an option whose value is the next word. */
static bool value_follows(const struct glow_program *program, const char *word)
{
	const struct glow_option *row = NULL;

	if (word[1] != '-')
		return word[1] && !word[2] && letter_takes_value(program, word[1]);
	if (strchr(word, '='))
		return false;
	row = row_like(program->options, program->n_options, word + 2);
	for (size_t k = 0; !row && k < program->n_commands; k++)
		row = row_like(program->commands[k]->options, program->commands[k]->n_options, word + 2);
	return row && glow_row_takes_value(row);
}

const struct glow_subcommand *glow_command_find(const struct glow_program *program, int argc, char **argv)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-' && strcmp(argv[at], "--") != 0)
		at += value_follows(program, argv[at]) ? 2 : 1;
	if (at < argc && strcmp(argv[at], "--") == 0)
		at++;
	for (size_t k = 0; at < argc && k < program->n_commands; k++)
		if (strcmp(argv[at], program->commands[k]->name) == 0)
			return program->commands[k];
	return NULL;
}

const struct glow_subcommand *glow_command_with(const struct glow_program *program, const char *name)
{
	if (program->whole)
		program = program->whole;
	for (size_t k = 0; k < program->n_commands; k++)
		for (size_t row = 0; row < program->commands[k]->n_options; row++)
			if (strcmp(program->commands[k]->options[row].name, name) == 0)
				return program->commands[k];
	return NULL;
}

const struct glow_subcommand *glow_command_like(const struct glow_program *program, const char *word)
{
	const struct glow_subcommand *best = NULL;
	unsigned best_distance = (unsigned)strlen(word) / 3 + 2;

	for (size_t k = 0; k < program->n_commands; k++) {
		unsigned distance = glow_word_distance(word, program->commands[k]->name);

		if (distance >= best_distance)
			continue;
		best = program->commands[k];
		best_distance = distance;
	}
	return best;
}

bool glow_command_join(const struct glow_program *program, const struct glow_subcommand *command,
		       struct glow_program *ret_joined)
{
	size_t n = program->n_options + command->n_options;
	struct glow_option *rows = calloc(n + 1, sizeof(*rows));
	char *name = NULL;

	if (!rows || asprintf(&name, "%s %s", program->name, command->name) < 0) {
		free(rows);
		return false;
	}
	memcpy(rows, program->options, program->n_options * sizeof(*rows));
	if (command->n_options)
		memcpy(rows + program->n_options, command->options, command->n_options * sizeof(*rows));
	*ret_joined = (struct glow_program){ .name = name,
					     .summary = command->summary,
					     .doc = command->doc,
					     .args_doc = command->args_doc,
					     .examples = command->examples,
					     .options = rows,
					     .n_options = n,
					     .whole = program,
					     .command = command };
	return true;
}

void glow_command_part(struct glow_program *joined)
{
	free((void *)joined->options);
	free((void *)joined->name);
	*joined = (struct glow_program){ .name = NULL };
}
