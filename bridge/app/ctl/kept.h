/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a conductor keeps under names that people give: presets and schedules. Exported they are lines of JSON, each
 * what is kept and what can be sent to keep it: so a part of a file is a file, and another program can write one. */

#include <stddef.h>

#include "session.h"

struct glow_kept {
	const char *name, *text; /**< the session's */
};

/** All of a level ("preset"), by name; the caller's to free(). NULL without memory. */
struct glow_kept *glow_kept_list(const struct glow_ctl_session *s, const char *level, size_t *ret_n);

/** The text of one; NULL after saying that there is none, and which was meant. */
const char *glow_kept_find(const struct glow_ctl_session *s, const char *level, const char *name);

/** Prints one, or all: a line each. An exit status. */
int glow_kept_show(struct glow_ctl_session *s, const char *level, const char *name);
int glow_kept_export(struct glow_ctl_session *s, const char *level);

/** Prints them as one array. What is no JSON is left out. */
int glow_kept_print_json(struct glow_ctl_session *s, const char *level);

/** Prints a tree for people and programs, and deletes it; an exit status. */
int glow_kept_print_tree(cJSON *tree);

/** Reads such lines from a file ("-": standard input) and hands each to `put`, with its name; goes on after one that is
 * refused, and not after silence. */
int glow_kept_import(struct glow_ctl_session *s, const char *level, const char *path,
		     int (*put)(struct glow_ctl_session *s, const char *name, const char *text));
