/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What was wrong with something a person or a program gave us. Filled by the
 * function that found it, shown by whoever handles it; nothing in between logs. */

#include <stdarg.h>

/** The answer codes of the MQTT contract (docs/PROTOCOL.md). */
enum glow_code {
	GLOW_OK = 0,
	GLOW_BAD_JSON,
	GLOW_TOO_LARGE,
	GLOW_TOO_DEEP,
	GLOW_DUPLICATE_KEY,
	GLOW_BAD_TYPE,
	GLOW_OUT_OF_RANGE,
	GLOW_UNKNOWN_EFFECT,
	GLOW_UNKNOWN_PARAM,
	GLOW_UNKNOWN_LED,
	GLOW_UNKNOWN_COLOR,
	GLOW_BAD_ENCODING,
	GLOW_CONFLICT,
	GLOW_RETAINED,
	GLOW_UNKNOWN_FIELD,
	GLOW_UNKNOWN_TARGET,
	GLOW_BUSY,
	GLOW_BAD_EFFECT,
	GLOW_UNKNOWN_PRESET,
	GLOW_UNKNOWN_SCHEDULE,
	GLOW_N_CODES
};

#define GLOW_IGNORED_SIZE 256

/** Where and what: `where` is a field path ("params.period_ms", "" for the
 * whole), `what` a sentence for people ("must be 200..60000, got 5"). With GLOW_OK neither means anything, but
 * `ignored` does: the paths of what was given and says nothing here, each with its NUL, and an empty one at the end.
 * It is emptied where the reading of a payload begins (glow_json_parse, glow_command_tree). */
struct glow_diag {
	enum glow_code code;
	char where[96];
	char what[320];
	char ignored[GLOW_IGNORED_SIZE];
};

/** Writes the diagnosis and returns `code`, so that a check reads
 * `return glow_diag_set(...)`. Texts are cut to fit; UTF-8 is never cut inside a character. */
enum glow_code glow_diag_set(struct glow_diag *diag, enum glow_code code, const char *where, const char *what, ...)
	__attribute__((format(printf, 4, 5)));

/** Drops an incomplete character at the end of a text that was cut to fit. */
void glow_diag_mend(char *text);

/** Adds which name was meant, "; did you mean "red"?", or nothing when `name` is NULL. Returns the code. */
enum glow_code glow_diag_meant(struct glow_diag *diag, const char *name);

/** Says that what is wrong lies inside `where`: "params.x" becomes "playlist.2.params.x".
 * Returns the code. */
enum glow_code glow_diag_inside(struct glow_diag *diag, const char *where);

/** Adds a path to what was ignored; once there is no more room, "…" in its place. */
void glow_diag_ignore(struct glow_diag *diag, const char *where);

/** The path after `path` (NULL: the first one) of what was ignored; NULL at the end. */
const char *glow_diag_ignored(const struct glow_diag *diag, const char *path);

/** The code's name on the wire, "out_of_range"; "ok" for GLOW_OK. */
const char *glow_code_name(enum glow_code code);

/** What a program lacks that could not start something of its own: memory, descriptors, threads. `error` is an errno;
 * of another one the C library's words. */
const char *glow_lack_text(int error);
