/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "backoff.h"

#include <stdbool.h>

#define MIN_MS       100
#define FIRST_MS     500 /* doubled with each attempt */
#define MAX_MS       10000
#define CROWD_MAX    20000 /* nobody waits longer than MAX_MS, whatever somebody says */
#define RIVAL_MS     5000  /* doubled with each time */
#define RIVAL_MAX_MS 60000
#define GUESS        3 /* connections that did not last, from which on a broker that hangs up is thought to have a rival */

static unsigned doubled(unsigned first, unsigned times, unsigned max)
{
	return times < 8 && first << times < max ? first << times : max;
}

/* Any of the time from `least` up to `most`. */
static int between(unsigned least, unsigned most, uint32_t dice)
{
	return (int)(least + dice % (most - least + 1));
}

/* A rival waits as we do: what lasted far longer than that did not end by one that we know. */
static bool is_rival(struct glow_backoff *b, int64_t lasted_ms, enum glow_end end)
{
	if (lasted_ms >= 2 * (int64_t)doubled(RIVAL_MS, b->rivals, RIVAL_MAX_MS)) {
		b->rivals = 0;
		return end == GLOW_END_TAKEN_OVER;
	}
	return end == GLOW_END_TAKEN_OVER || (end == GLOW_END_HUNG_UP && b->ended >= GUESS);
}

/* How long the least of the delays may be for all of the crowd to find their turn. */
static unsigned crowd_ms(const struct glow_backoff *b)
{
	return (b->crowd < CROWD_MAX ? b->crowd : CROWD_MAX) / 2;
}

int glow_backoff_ms(struct glow_backoff *b, int64_t lasted_ms, enum glow_end end, uint32_t dice)
{
	unsigned most, crowd = crowd_ms(b);

	if (is_rival(b, lasted_ms, end)) {
		most = doubled(RIVAL_MS, b->rivals++, RIVAL_MAX_MS);
		return between(most / 2, most, dice);
	}
	if (lasted_ms >= GLOW_BACKOFF_STABLE_MS)
		b->attempts = b->ended = 0;
	b->ended += lasted_ms > 0;
	most = doubled(FIRST_MS, b->attempts++, MAX_MS);
	return between(MIN_MS, most > crowd ? most : crowd, dice);
}
