/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/quantile.h>

#include "deliveries.h"

#define EARLY_US       20000 /* two clocks that differ by more are not on one timeline: the filter's largest error */
#define LEAST          8
#define RECENT_S       60
#define PART_S         5
#define STORM          2
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

static bool is_one(int64_t us)
{
	return us <= GLOW_DELIVERY_MAX_US && us >= -EARLY_US;
}

static uint32_t seconds(struct glow_raw now)
{
	return (uint32_t)(now.ns / 1000000000);
}

void glow_deliveries_add(struct glow_deliveries *d, int64_t us, struct glow_raw now)
{
	uint32_t now_s = seconds(now);

	if (!is_one(us))
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

/* Parts have numbers by the clock, from 2 on: nobody's 0 is that of the part before. */
static void turn(struct glow_lately *l, uint32_t now_s)
{
	uint32_t number = now_s / PART_S + 2;

	if (number == l->number)
		return;
	l->part[1] = number == l->number + 1 ? l->part[0] : (struct glow_longest){ .nodes = 0 };
	l->part[0] = (struct glow_longest){ .nodes = 0 };
	l->number = number;
}

static void count(struct glow_lately *l, uint32_t *number)
{
	if (*number == l->number)
		return;
	if (*number == l->number - 1)
		l->part[1].nodes -= l->part[1].nodes > 0;
	l->part[0].nodes++;
	*number = l->number;
}

void glow_lately_add(struct glow_lately *l, const void *who, uint32_t *number, int64_t us, struct glow_raw now)
{
	struct glow_longest *part = &l->part[0];
	uint32_t one_us = us < 0 ? 0 : (uint32_t)us;

	if (!is_one(us))
		return;
	turn(l, seconds(now));
	count(l, number);
	if (one_us > part->us) {
		part->second_us = who != part->who ? part->us : part->second_us;
		part->us = one_us;
		part->who = who;
	} else if (who != part->who && one_us > part->second_us) {
		part->second_us = one_us;
	}
}

bool glow_lately_tells(const struct glow_lately *l, uint32_t online)
{
	uint32_t nodes = l->part[0].nodes + l->part[1].nodes;

	return nodes >= GLOW_DELIVERIES_MANY && nodes >= online - online / 10;
}

uint32_t glow_lately_slow_us(const struct glow_lately *l, uint32_t slow_us)
{
	const struct glow_longest *a = &l->part[0], *b = &l->part[1];
	uint32_t longest_us = a->second_us > b->second_us ? a->second_us : b->second_us;
	uint32_t both_us = a->us < b->us ? a->us : b->us;

	if (a->who != b->who && both_us > longest_us)
		longest_us = both_us;
	if (slow_us < longest_us / STORM)
		return longest_us / STORM;
	return slow_us < longest_us * STORM ? slow_us : longest_us * STORM;
}

static uint32_t times(uint32_t nodes)
{
	return nodes < GLOW_DELIVERIES_MANY ? 3 : 2;
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
