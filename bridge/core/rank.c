/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/rank.h>

uint32_t glow_rank(const void *rows, uint32_t n, size_t row_size, size_t offset, const char *name, bool *ret_found)
{
	uint32_t low = 0, high = n;

	*ret_found = false;
	while (low < high && !*ret_found) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(name, (const char *)rows + middle * row_size + offset);

		*ret_found = order == 0;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return high;
}

int glow_rank_order(const void *a, const void *b)
{
	return strcmp(a, b);
}
