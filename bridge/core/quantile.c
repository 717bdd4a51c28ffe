/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The values are few and come out of a ring whose order must stay, so a copy is sorted by insertion:
 * no allocation and no library, for a node's loop as for a browser. */

#include <glow/quantile.h>

uint32_t glow_quantile(const uint32_t *values, uint32_t n, uint32_t percent)
{
	uint32_t sorted[GLOW_QUANTILE_MAX];

	for (uint32_t k = 0; k < n; k++) {
		uint32_t at = k;

		for (; at > 0 && sorted[at - 1] > values[k]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = values[k];
	}
	return n > 0 ? sorted[n * percent / 100] : 0;
}
