/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What reading the configuration (config.c, config_command.c) and writing pages
 * about it (config_pages.c, config_man.c, config_completion.c) share: the rows of a
 * program with those that every program has added, its commands, and how a row is
 * described to people. */

#include <glow/config.h>

#define GLOW_ENV_SIZE 72

/** The program's rows, followed by those that every program has. */
size_t glow_row_count(const struct glow_program *program);
const struct glow_option *glow_row_at(const struct glow_program *program, size_t k);

/** How many rows at the beginning have an environment variable: all but a command's. */
size_t glow_row_env_count(const struct glow_program *program);

/** Writes what a built-in row asks for; false when row k is the program's own. */
bool glow_row_answer(const struct glow_program *program, size_t k, FILE *out);

/** Heading of row k, never NULL; and whether k is the first row under it. */
const char *glow_row_group(const struct glow_program *program, size_t k);
bool glow_row_opens_group(const struct glow_program *program, size_t k);

/** True when the option is followed by a value on the command line. */
bool glow_row_takes_value(const struct glow_option *o);

/** The placeholder of the value in help, "N", "WORD" or "TEXT" where the row has none. */
const char *glow_row_arg(const struct glow_option *o);

/** "GLOW_LOG_LEVEL" for "log-level". */
void glow_row_env(const struct glow_option *o, char ret_name[GLOW_ENV_SIZE]);

/** Writes the words of `choices` with `separator` between them. */
void glow_row_choices(const struct glow_option *o, const char *separator, FILE *out);

/** "frames a second, 1..240 (default 60) [GLOW_FPS]", without the variable when there is none. The
 * caller frees it; NULL without memory. */
char *glow_row_text(const struct glow_option *o, bool env);

/** The page of --help, for 80 columns. */
void glow_row_help(const struct glow_program *program, FILE *out);

/** The command that a command line names, or NULL. */
const struct glow_subcommand *glow_command_find(const struct glow_program *program, int argc, char **argv);

/** The command that has an option of that name; the one that is probably meant by `word`; or NULL. */
const struct glow_subcommand *glow_command_with(const struct glow_program *program, const char *option);
const struct glow_subcommand *glow_command_like(const struct glow_program *program, const char *word);

/** A program and one of its commands as a program without commands, "glowctl play". False
 * without memory. glow_command_part() frees it, and leaves nothing to free. */
bool glow_command_join(const struct glow_program *program, const struct glow_subcommand *command,
		       struct glow_program *ret_joined);
void glow_command_part(struct glow_program *joined);

/** How many letters to insert, remove or change; of b the first GLOW_WORD_MAX - 1 bytes at most are given. */
#define GLOW_WORD_MAX 64
unsigned glow_word_distance(const char *a, const char *b);
