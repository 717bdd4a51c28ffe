/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Fields that other systems have and this one does not, and what becomes of a field that nobody knows. */

#include <stddef.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>

/** A field by its foreign name. docs/habits.md has these rows as a table. */
struct glow_habit {
	const char *name;
	const char *from; /**< whose habit it is */
	const char *here; /**< the field of a light command that says the same */
	const char *send; /**< an example of it, a payload of `set` */
};

/** Row k, from 0; NULL when there are no more. */
const struct glow_habit *glow_habit_at(size_t k);

/** The row of that name, in either case; NULL. */
const struct glow_habit *glow_habit_find(const char *name);

/** Whether an object speaks of anything that its reader knows: the names that `at(ctx, 0)`, `at(ctx, 1)` … give until
 * NULL, and those of `silent` (NULL at the end, or NULL for none), which are known and never suggested. A member that
 * is null is not there. Where no member is known, but there are some, GLOW_UNKNOWN_FIELD, with diag naming the first
 * and the field that was meant. Else GLOW_OK, and what is not known is added to what was ignored. */
enum glow_code glow_fields_check(const cJSON *object, const char *(*at)(void *ctx, size_t k), void *ctx,
				 const char *const *silent, struct glow_diag *diag);

/** The same for names in an array that ends with NULL. */
enum glow_code glow_fields_check_of(const cJSON *object, const char *const *names, struct glow_diag *diag);
