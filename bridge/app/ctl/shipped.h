/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The effects in text that come with glowctl: NAME.glow in ../share/glowswarm/effects, seen from the folder of the
 * program, wherever that is installed. */

#include <limits.h>

#include <glow/script.h>

#define GLOW_SHIPPED_PATH (PATH_MAX + GLOW_SCRIPT_NAME_SIZE + 8)
#define GLOW_SHIPPED_WHY  512
#define GLOW_SHIPPED_MAX  64

/** What to open for a word: the file of this path or, where there is none and it is a name, that of the shipped effect,
 * written to `room`. */
const char *glow_shipped_path(const char *word, char room[GLOW_SHIPPED_PATH]);

/** The name of the shipped effect that a message speaks of between its first two quotation marks, in `room`; NULL where
 * it is none. */
const char *glow_shipped_quoted(const char *message, char room[GLOW_SCRIPT_NAME_SIZE]);

/** The names of all, in no order; returns how many there are. */
size_t glow_shipped_list(char ret_names[GLOW_SHIPPED_MAX][GLOW_SCRIPT_NAME_SIZE]);

/** Why that could not be opened, after which errno is `error`. */
void glow_shipped_why(const char *word, int error, char ret_why[GLOW_SHIPPED_WHY]);
