/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "backoff.h"

#define MIN_MS       100
#define FIRST_MS     500 /* doubled with each attempt */
#define MAX_MS       10000
#define RIVAL_MS     5000 /* doubled with each time */
#define RIVAL_MAX_MS 60000
#define ALONE_MS     300000 /* so long a connection had no rival */

static unsigned doubled(unsigned first, unsigned times, unsigned max)
{
	return times < 8 && first << times < max ? first << times : max;
}

/* Any of the time from `least` up to `most`. */
static int between(unsigned least, unsigned most, uint32_t dice)
{
	return (int)(least + dice % (most - least + 1));
}

int glow_backoff_ms(struct glow_backoff *b, int64_t lasted_ms, bool taken_over, uint32_t dice)
{
	unsigned most;

	if (lasted_ms >= GLOW_BACKOFF_STABLE_MS)
		b->attempts = 0;
	if (lasted_ms >= ALONE_MS)
		b->rivals = 0;
	if (taken_over) {
		most = doubled(RIVAL_MS, b->rivals++, RIVAL_MAX_MS);
		return between(most / 2, most, dice);
	}
	return between(MIN_MS, doubled(FIRST_MS, b->attempts++, MAX_MS), dice);
}
