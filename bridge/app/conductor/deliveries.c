/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "deliveries.h"

#define LONGEST_US     2000000
#define AHEAD_LEAST_US 250000

void glow_deliveries_add(struct glow_deliveries *d, int64_t us)
{
	if (us > LONGEST_US)
		return;
	d->us[d->next] = us < 0 ? 0 : (uint32_t)us;
	d->next = (d->next + 1) % GLOW_QUANTILE_MAX;
	if (d->n < GLOW_QUANTILE_MAX)
		d->n++;
}

int64_t glow_deliveries_ahead_us(const struct glow_deliveries *d)
{
	int64_t ahead_us = INT64_C(3) * glow_quantile(d->us, d->n, 99);

	return ahead_us > AHEAD_LEAST_US ? ahead_us : AHEAD_LEAST_US;
}
