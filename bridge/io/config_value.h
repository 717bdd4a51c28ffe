/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* One value of a configuration: what a text means, where it is kept, and what is said of one that
 * means nothing. */

#include <glow/config.h>

/** One line on standard error, whatever a user typed: control characters do not get through. A mistake returns `status`
 * and no memory EX_OSERR, so that a check reads `return glow_say_mistake(...)`. */
int glow_say_mistake(const struct glow_program *program, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void glow_say_warning(const struct glow_program *program, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int glow_say_no_memory(void);

/** True when nothing is left of a text after tidying it: then a variable counts as unset. */
bool glow_value_blank(const char *text);

/** Reads, checks and keeps one value; `label` is how the user knows it. 0, or an exit status after saying why not.
 * What files, editors and other programs leave around a value is passed over: blanks, a carriage return,
 * a byte order mark, quotes. Of a secret only what is no character of it, and from the command line nothing;
 * a list is kept as it is. */
int glow_value_set(struct glow_config *config, size_t row, enum glow_source source, const char *label,
		   const char *text);

/** The same for a secret that stands in a file. */
int glow_value_set_file(struct glow_config *config, size_t row, const char *label, const char *path);

/** Frees a string that was kept, a secret without a trace. */
void glow_value_free(const struct glow_option *o, char **slot);
