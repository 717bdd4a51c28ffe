/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The strict door in front of cJSON, which by itself accepts trailing text,
 * duplicate keys, broken UTF-8, escaped NULs, 1e999 and numbers such as "01.". */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/color.h>
#include <glow/diag.h>
#include <glow/topics.h>

#define GLOW_JSON_DEPTH_MAX 8

/** The integers that a JSON number holds exactly: up to 2^53 on either side. */
#define GLOW_JSON_INT_MAX (INT64_C(1) << 53)

/** Bytes at the beginning that say nothing: white space, and the byte order marks that editors leave. */
size_t glow_json_blank(const char *text, size_t len);

/** Parses `len` bytes (no NUL needed); what is blank at their beginning is passed over. The tree is the caller's, freed
 * with cJSON_Delete(). NULL on bad text, with the code and place in diag. */
cJSON *glow_json_parse(const char *text, size_t len, struct glow_diag *diag);

/** True when the bytes are UTF-8 without NUL (RFC 3629: no surrogates, nothing overlong). */
bool glow_utf8_valid(const char *text, size_t len);

/** Member by exact name, or NULL. */
const cJSON *glow_json_get(const cJSON *object, const char *name);

/** The same where `null` says as little as a member that is not there: NULL for both. */
const cJSON *glow_json_given(const cJSON *object, const char *name);

/** Readers of one value. Each returns GLOW_OK, or fills diag with `where` and leaves the result alone;
 * an item that is not there (NULL) is bad_type. An integer that is written with a fraction is rounded,
 * half up. */
enum glow_code glow_json_int(const cJSON *item, const char *where, int64_t min, int64_t max, int64_t *ret_value,
			     struct glow_diag *diag);
/** An instant: any integer that a number holds exactly. */
enum glow_code glow_json_time(const cJSON *item, const char *where, int64_t *ret_us, struct glow_diag *diag);
enum glow_code glow_json_number(const cJSON *item, const char *where, double min, double max, double *ret_value,
				struct glow_diag *diag);
/** A level of 0..255 given in per cent, rounded half up. */
enum glow_code glow_json_percent(const cJSON *item, const char *where, uint8_t *ret_level, struct glow_diag *diag);
/** A number of the given unit, returned in millionths: seconds become microseconds. */
enum glow_code glow_json_micro(const cJSON *item, const char *where, double min, double max, int64_t *ret_value,
			       struct glow_diag *diag);
/** "#rgb", "#rrggbb", a CSS name, or an object of glow/color_forms.h: {"r":…,"g":…,"b":…} and others. */
enum glow_code glow_json_color(const cJSON *item, const char *where, struct glow_rgb *ret_color,
			       struct glow_diag *diag);
enum glow_code glow_json_bool(const cJSON *item, const char *where, bool *ret_value, struct glow_diag *diag);
/** One of `words`, NULL at their end: its number. */
enum glow_code glow_json_word(const cJSON *item, const char *where, const char *const *words, int *ret_index,
			      struct glow_diag *diag);
/** A string of 1..max bytes; ret_text has room for max + 1. */
enum glow_code glow_json_text(const cJSON *item, const char *where, size_t max, char *ret_text, struct glow_diag *diag);
/** The id of a node or a group. */
enum glow_code glow_json_id(const cJSON *item, const char *where, char ret_id[GLOW_ID_MAX + 1], struct glow_diag *diag);

/** Readers of a member, whose name is the `where`. With `get` it must be there, with `opt` it may be
 * missing or null: then the value stays as it is. */
enum glow_code glow_json_get_int(const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *ret_value,
				 struct glow_diag *diag);
enum glow_code glow_json_opt_int(const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *value,
				 struct glow_diag *diag);
enum glow_code glow_json_get_time(const cJSON *object, const char *name, int64_t *ret_us, struct glow_diag *diag);
enum glow_code glow_json_opt_time(const cJSON *object, const char *name, int64_t *us, struct glow_diag *diag);

/** Writers. Every integer is printed with all its digits; one beyond 32 bits can
 * be printed, but not be read back from the tree before that. */
void glow_json_add_int(cJSON *object, const char *name, int64_t value);
void glow_json_add_color(cJSON *object, const char *name, struct glow_rgb c);

/** Prints without white space and deletes the tree. The text is the caller's, freed with free(). */
char *glow_json_finish(cJSON *tree);
