/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Tables that are kept sorted by a name in each row, in the order of strcmp(). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where the row of that name is in `n` rows of `row_size` bytes, or would have to go; the name is `offset` bytes into
 * a row. `rows` may be NULL where there are none. Any thread. */
uint32_t glow_rank(const void *rows, uint32_t n, size_t row_size, size_t offset, const char *name, bool *ret_found);

/** For qsort(): the order of rows that begin with their name. */
int glow_rank_order(const void *a, const void *b);
