/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Other ways to make a clock of the same probes, to compare with: the last sample
 * alone, and a regression in the manner of chronyd. */

#include <stdbool.h>
#include <stdint.h>

enum rival_kind { RIVAL_LAST, RIVAL_REGRESSION, RIVALS };

enum { RIVAL_SAMPLES = 64 };

struct rival_sample {
	int64_t l_ns, theta_ns; /**< in the middle of the probe */
	double delay_ns;
};

struct rival {
	enum rival_kind kind;
	struct rival_sample sample[RIVAL_SAMPLES]; /**< oldest first */
	int n;
	int64_t l_ns, theta_ns; /**< the line that it believes */
	double rate;
};

void rival_init(struct rival *r, enum rival_kind kind);
void rival_add(struct rival *r, int64_t t1, int64_t t2, int64_t t3, int64_t t4);
bool rival_valid(const struct rival *r);

/** Its S at L. */
int64_t rival_now(const struct rival *r, int64_t l_ns);
