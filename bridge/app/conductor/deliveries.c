/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/quantile.h>

#include "deliveries.h"

#define EARLY_US       20000 /* two clocks that differ by more are not on one timeline: the filter's largest error */
#define LEAST          8
#define RECENT_S       60
#define AHEAD_LEAST_US 250000

_Static_assert(GLOW_DELIVERIES <= GLOW_QUANTILE_MAX, "room for a quantile");

/* Where the ring has the k-th latest. */
static uint32_t latest(const struct glow_deliveries *d, uint32_t k)
{
	return (d->next + GLOW_DELIVERIES - 1 - k) % GLOW_DELIVERIES;
}

static bool is_recent(const struct glow_deliveries *d, uint32_t k, uint32_t now_s)
{
	return now_s - d->at_s[latest(d, k)] <= RECENT_S;
}

void glow_deliveries_add(struct glow_deliveries *d, int64_t us, struct glow_raw now)
{
	uint32_t now_s = (uint32_t)(now.ns / 1000000000);

	if (us > GLOW_DELIVERY_MAX_US || us < -EARLY_US)
		return;
	d->us[d->next] = us < 0 ? 0 : (uint32_t)us;
	d->at_s[d->next] = now_s;
	d->next = (d->next + 1) % GLOW_DELIVERIES;
	if (d->n < GLOW_DELIVERIES)
		d->n++;
	if (d->n >= LEAST && is_recent(d, LEAST - 1, now_s))
		while (!is_recent(d, d->n - 1, now_s))
			d->n--;
}

bool glow_deliveries_slow_us(const struct glow_deliveries *d, uint32_t *ret_us)
{
	uint32_t us[GLOW_DELIVERIES];

	for (uint32_t k = 0; k < d->n; k++)
		us[k] = d->us[latest(d, k)];
	*ret_us = glow_quantile(us, d->n, 98);
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
