/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/quantile.h>

#include "deliveries.h"

#define EARLY_US       20000 /* two clocks that differ by more are not on one timeline: the filter's largest error */
#define LEAST          8
#define MANY_NODES     1000
#define AHEAD_LEAST_US 250000

_Static_assert(GLOW_DELIVERIES <= GLOW_QUANTILE_MAX, "room for a quantile");

/* Within which there have to be LEAST for older ones to be forgotten, shortest first. */
static const uint32_t recent_s[] = { 15, 60 };

/* Where the ring has the k-th latest. */
static uint32_t latest(const struct glow_deliveries *d, uint32_t k)
{
	return (d->next + GLOW_DELIVERIES - 1 - k) % GLOW_DELIVERIES;
}

static uint32_t age_s(const struct glow_deliveries *d, uint32_t k, uint32_t now_s)
{
	return now_s - d->at_s[latest(d, k)];
}

static void forget(struct glow_deliveries *d, uint32_t now_s)
{
	uint32_t eight_s = d->n >= LEAST ? age_s(d, LEAST - 1, now_s) : UINT32_MAX, w = 0;

	while (w < sizeof(recent_s) / sizeof(recent_s[0]) && eight_s > recent_s[w])
		w++;
	if (w < sizeof(recent_s) / sizeof(recent_s[0]))
		while (age_s(d, d->n - 1, now_s) > recent_s[w])
			d->n--;
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
	forget(d, now_s);
}

bool glow_deliveries_slow_us(const struct glow_deliveries *d, uint32_t *ret_us)
{
	uint32_t us[GLOW_DELIVERIES];

	for (uint32_t k = 0; k < d->n; k++)
		us[k] = d->us[latest(d, k)];
	*ret_us = glow_quantile(us, d->n, 98);
	return d->n >= LEAST;
}

static uint32_t times(uint32_t nodes)
{
	return nodes < MANY_NODES ? 3 : 2;
}

int64_t glow_deliveries_ahead_us(uint32_t slow_us, uint32_t nodes)
{
	int64_t ahead_us = (int64_t)slow_us * times(nodes);

	return ahead_us > AHEAD_LEAST_US ? ahead_us : AHEAD_LEAST_US;
}

uint32_t glow_deliveries_of_ahead_us(uint32_t ahead_us, uint32_t nodes)
{
	return ahead_us > AHEAD_LEAST_US ? ahead_us / times(nodes) : 0;
}
