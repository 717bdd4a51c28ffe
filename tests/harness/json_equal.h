/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Whether two JSON values mean the same: members in any order, names exact,
 * numbers as close as cJSON prints them. */

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <cjson/cJSON.h>

static inline bool json_equal(const cJSON *a, const cJSON *b);

static inline bool json_number_equal(double a, double b)
{
	return fabs(a - b) <= fmax(fabs(a), fabs(b)) * DBL_EPSILON;
}

static inline bool json_members_equal(const cJSON *a, const cJSON *b)
{
	for (const cJSON *m = a->child; m; m = m->next) {
		const cJSON *other = cJSON_GetObjectItemCaseSensitive(b, m->string);

		if (!other || !json_equal(m, other))
			return false;
	}
	return true;
}

static inline bool json_items_equal(const cJSON *a, const cJSON *b)
{
	const cJSON *other = b->child;

	for (const cJSON *m = a->child; m; m = m->next, other = other->next)
		if (!json_equal(m, other))
			return false;
	return true;
}

static inline bool json_equal(const cJSON *a, const cJSON *b)
{
	if (!a || !b || (a->type & 0xff) != (b->type & 0xff))
		return false;
	if (cJSON_IsNumber(a))
		return json_number_equal(a->valuedouble, b->valuedouble);
	if (cJSON_IsString(a))
		return strcmp(a->valuestring, b->valuestring) == 0;
	if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
		return false;
	return cJSON_IsObject(a) ? json_members_equal(a, b) : json_items_equal(a, b);
}
