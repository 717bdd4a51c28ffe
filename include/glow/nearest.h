/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What somebody meant who typed a name that is not there: for "did you mean". */

#include <stddef.h>

/** The longest word that is compared, in bytes. */
#define GLOW_NEAREST_MAX 64

/** The name that is nearest to `word`, of those that `at(ctx, 0)`, `at(ctx, 1)` … give until NULL. Letters are the same
 * in either case. Near is a distance of at most a third of the word's length, but at least 1, and less than that
 * length; the distance counts inserted, left out and changed bytes, and neighbours that changed places (Damerau and
 * Levenshtein, each place edited once). Of equally near ones the first. NULL when none is near. */
const char *glow_nearest(const char *word, const char *(*at)(void *ctx, size_t k), void *ctx);

/** Such a function for an array of names that ends with NULL, which is its ctx; NULL is no names. */
const char *glow_nearest_entry(void *names, size_t k);
