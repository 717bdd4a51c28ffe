/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Random input for tests that can be had again: the seed is printed at the
 * start, and GLOW_TEST_SEED=<number> sets it. Not glow_dice(), so that a fault
 * there does not blind the tests. The generator is splitmix64. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct dice {
	uint64_t state;
};

static inline void dice_init(struct dice *d)
{
	const char *chosen = getenv("GLOW_TEST_SEED");

	d->state = chosen ? strtoull(chosen, NULL, 10) : 1;
	printf("GLOW_TEST_SEED=%llu\n", (unsigned long long)d->state);
}

static inline uint64_t dice_next(struct dice *d)
{
	uint64_t z = (d->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/** 0..below-1; below > 0. */
static inline uint32_t dice_roll(struct dice *d, uint32_t below)
{
	return (uint32_t)((dice_next(d) >> 32) * below >> 32);
}

/** low..high, both included. */
static inline int64_t dice_between(struct dice *d, int64_t low, int64_t high)
{
	uint64_t span = (uint64_t)high - (uint64_t)low;

	return (int64_t)((uint64_t)low + (span == UINT64_MAX ? dice_next(d) : dice_next(d) % (span + 1)));
}
