/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The rows of a program with those that every program has added, and how a row is described to
 * people: what reading the configuration and writing pages about it have in common. */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <glow/config.h>

#define GLOW_ENV_SIZE 72

/** The program's rows, followed by those that every program has. */
size_t glow_row_count(const struct glow_program *program);
const struct glow_option *glow_row_at(const struct glow_program *program, size_t k);

/** How many rows at the beginning have an environment variable: all but a command's. */
size_t glow_row_env_count(const struct glow_program *program);

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
