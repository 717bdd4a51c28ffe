/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The commands of a program that has some, and words that are probably meant for others. */

#include <stdbool.h>

#include <glow/config.h>

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
