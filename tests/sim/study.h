/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What the studies share. Each prints a part of the table and judges its figures. */

#include "figures.h"
#include "world.h"

/** How much is simulated: seeds 1..seeds, steady runs of so many seconds. */
struct effort {
	int seeds, seconds;
	bool headline; /**< only the rows that tell most */
};

extern struct effort effort;

/** A figure of the row that is being printed: it must be within the limit, and the
 * control, the same figure where something is wrong on purpose, must not. */
void judge(const char *what, double got, double limit, double control);

/** Ends the row, with " ok" or with what was judged otherwise. */
void end_row(void);

/** Greatest minus least S of the nodes, in microseconds. */
double skew_us(struct world *w);

/** The greatest of that from now until `until`. */
double peak_us(struct world *w, int64_t until);

/** The worst that a trial tells, over all seeds. */
typedef double trial_fn(const struct world_cfg *cfg, int seed);
double worst(trial_fn *trial, const struct world_cfg *cfg);

/** A crystal at rest: the Allan deviation of its rate is 1e-8 at 100 s. */
#define CALM       .crystal = { .spread_ppm = 20, .walk = 2e-9 }
#define EVERY(s)   .interval_s = { s, s }
#define OVER(a, b) .link = { &link_##a, &link_##b }
#define FIVE       .nodes = 5, .conductors = 1

void study_steady(void);
void study_cold_start(void);
void study_holdover(void);
void study_conductors(void);
void study_faults(void);
void study_hierarchy(void);
