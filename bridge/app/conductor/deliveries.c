/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/quantile.h>

#include "deliveries.h"

#define EARLY_US       20000 /* two clocks that differ by more are not on one timeline: the filter's largest error */
#define LEAST          8
#define AHEAD_LEAST_US 250000

_Static_assert(GLOW_DELIVERIES <= GLOW_QUANTILE_MAX, "room for a quantile");

void glow_deliveries_add(struct glow_deliveries *d, int64_t us)
{
	if (us > GLOW_DELIVERY_MAX_US || us < -EARLY_US)
		return;
	d->us[d->next] = us < 0 ? 0 : (uint32_t)us;
	d->next = (d->next + 1) % GLOW_DELIVERIES;
	if (d->n < GLOW_DELIVERIES)
		d->n++;
}

bool glow_deliveries_slow_us(const struct glow_deliveries *d, uint32_t *ret_us)
{
	*ret_us = glow_quantile(d->us, d->n, 98);
	return d->n >= LEAST;
}

int64_t glow_deliveries_ahead_us(uint32_t slow_us)
{
	int64_t ahead_us = INT64_C(3) * slow_us;

	return ahead_us > AHEAD_LEAST_US ? ahead_us : AHEAD_LEAST_US;
}

uint32_t glow_deliveries_of_ahead_us(uint32_t ahead_us)
{
	return ahead_us > AHEAD_LEAST_US ? ahead_us / 3 : 0;
}
