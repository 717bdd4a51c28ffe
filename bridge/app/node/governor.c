/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is counted is the thread's own processor time, for drawing and for writing, not the time on the wall: a road
 * that sets each level by a system call (648 a frame, 11 to 16 ms on a Pi Zero) takes the processor from whatever else
 * runs there, and a bus that is waited for takes nothing from anybody. Nor does it rise where others keep the processor
 * busy, so a node does not slow down because of its neighbours.
 *
 * Two things keep it from swinging. It is the median that decides, which four slow pictures of nine do not move; and
 * it comes back only where the cost would be a quarter below the limit, for a second. A cost that wavers by less
 * than that changes nothing. */

#include <glow/quantile.h>
#include <glow/time.h>

#include "governor.h"

enum { ENOUGH = 5 }; /* of nine pictures: fewer say nothing yet */

/* What a picture may take where every 2^doublings-th slot is drawn. */
static uint64_t budget_us(unsigned doublings, unsigned rate, unsigned percent)
{
	return ((uint64_t)GLOW_US_PER_S * percent / 100 << doublings) / rate;
}

static bool slow_down(struct glow_governor *g, uint32_t cost_us, unsigned rate, unsigned percent)
{
	unsigned before = g->doublings;

	while (cost_us > budget_us(g->doublings, rate, percent) && rate >> (g->doublings + 1) > 0)
		g->doublings++;
	return g->doublings != before;
}

/* A second's pictures, or as many as it takes to forget the old ones. */
static unsigned patience(const struct glow_governor *g, unsigned rate)
{
	unsigned second = rate >> g->doublings;

	return second > GLOW_GOVERNOR_PICTURES ? second : GLOW_GOVERNOR_PICTURES;
}

static bool come_back(struct glow_governor *g, uint32_t cost_us, unsigned rate, unsigned percent)
{
	bool well = g->doublings > 0 && (uint64_t)cost_us * 4 <= budget_us(g->doublings - 1, rate, percent) * 3;

	g->calm = well ? g->calm + 1 : 0;
	if (g->calm < patience(g, rate))
		return false;
	g->doublings--;
	g->calm = 0;
	return true;
}

bool glow_governor_note(struct glow_governor *g, uint32_t cost_us, unsigned rate, unsigned percent)
{
	g->cost_us[g->n++ % GLOW_GOVERNOR_PICTURES] = cost_us;
	if (g->n < ENOUGH)
		return false;
	cost_us = glow_governor_cost_us(g);
	return slow_down(g, cost_us, rate, percent) || come_back(g, cost_us, rate, percent);
}

unsigned glow_governor_slots(const struct glow_governor *g)
{
	return 1u << g->doublings;
}

int64_t glow_governor_slot(const struct glow_governor *g, int64_t k)
{
	return k - glow_floor_mod(k, glow_governor_slots(g));
}

uint32_t glow_governor_cost_us(const struct glow_governor *g)
{
	uint32_t n = g->n < GLOW_GOVERNOR_PICTURES ? (uint32_t)g->n : GLOW_GOVERNOR_PICTURES;

	return glow_quantile(g->cost_us, n, 50);
}
