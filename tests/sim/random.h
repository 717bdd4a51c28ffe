/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Random numbers of the shapes that delays have. One generator for each thing
 * that is random, so that a change to one leaves the luck of the others alone. */

#include <math.h>

#include "../harness/dice.h"

/** The generator of thing `which` in the run of this seed. */
static inline struct dice random_of(uint64_t seed, uint64_t which)
{
	struct dice d = { .state = seed * UINT64_C(0xd1342543de82ef95) + which };

	dice_next(&d);
	return d;
}

/** In (0, 1]. */
static inline double random_unit(struct dice *d)
{
	return (double)((dice_next(d) >> 11) + 1) / 9007199254740992.0;
}

static inline double random_between(struct dice *d, double low, double high)
{
	return low + (high - low) * random_unit(d);
}

static inline double random_exponential(struct dice *d, double mean)
{
	return -log(random_unit(d)) * mean;
}

static inline double random_normal(struct dice *d, double mean, double sigma)
{
	return mean + sigma * sqrt(-2 * log(random_unit(d))) * cos(6.283185307179586 * random_unit(d));
}

/** Shape 2: a queue behind a queue. */
static inline double random_gamma(struct dice *d, double mean)
{
	return random_exponential(d, mean / 2) + random_exponential(d, mean / 2);
}

/** Sigma 1 of the logarithm. */
static inline double random_lognormal(struct dice *d, double mean)
{
	return mean * exp(random_normal(d, -0.5, 1));
}
