/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One node and what it has to go by: little at first, nothing in the end. */
#include <stdio.h>
#include <stdlib.h>

#include "study.h"

enum { NODES = 5 };

#define LOOK_NS (20 * MS)

struct starts {
	struct figures clock, last; /* seconds */
};

static bool off(int64_t s, int64_t reference)
{
	return llabs(s - reference) > MS;
}

/* From joining to an error below a millisecond for good, which is a minute here. */
static void start_once(const struct world_cfg *cfg, int seed, struct starts *ret)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int64_t good[NODES] = { 0 }, last_good[NODES] = { 0 };

	world_begin(w);
	for (int64_t t = 0; t < 60 * SEC; t += LOOK_NS) {
		int64_t reference;

		world_run(w, t);
		reference = world_time(w, world_conductor(w, 0));
		for (int m = 0; m < NODES; m++) {
			const struct rival *last = &w->machine[m].rival[RIVAL_LAST];

			if (!glow_sync_valid(&w->machine[m].sync) || off(world_time(w, m), reference))
				good[m] = t + LOOK_NS;
			if (!rival_valid(last) || off(rival_now(last, world_local(w, m).ns), reference))
				last_good[m] = t + LOOK_NS;
		}
	}
	for (int m = 0; m < NODES; m++) {
		figures_add(&ret->clock, (double)(good[m] - w->machine[m].joined_ns) / 1e9);
		figures_add(&ret->last, (double)(last_good[m] - w->machine[m].joined_ns) / 1e9);
	}
	world_destroy(w);
}

static void cold_start(const char *name, const struct link_cfg *link, double aim50, double aim95)
{
	const struct world_cfg cfg = { FIVE, CALM, .link = { link, link } };
	struct starts s = { 0 };
	double p50, p95;

	for (int seed = 1; seed <= 5 * effort.seeds; seed++)
		start_once(&cfg, seed, &s);
	p50 = figures_at(&s.clock, 0.5);
	p95 = figures_at(&s.clock, 0.95);
	printf("%-32s%5.2f%6.2f  %4.1f/%-5.1f %20.1f%6.1f", name, p50, p95, aim50, aim95, figures_at(&s.last, 0.5),
	       figures_at(&s.last, 0.95));
	judge("p50", p50, aim50, figures_at(&s.last, 0.5));
	judge("p95", p95, aim95, figures_at(&s.last, 0.95));
	end_row();
	figures_free(&s.clock);
	figures_free(&s.last);
}

void study_cold_start(void)
{
	puts("\nCold start: seconds from joining until the error stays below 1 ms\n\n"
	     "                                  p50   p95  p50/p95            last sample");
	cold_start("wired", &link_wired, 0.7, 1.0);
	cold_start("Wi-Fi", &link_wifi, 0.7, 1.0);
	cold_start("bad Wi-Fi", &link_bad, 2.8, 15);
}

static const int holds_s[] = { 60, 300, 600 };

enum { HOLDS = sizeof(holds_s) / sizeof(holds_s[0]) };

struct holds {
	struct figures error[HOLDS];   /* us */
	struct figures sigmas, frozen; /* after the last: in sigmas as told then, and as told at first */
	struct figures uncorrected;    /* after the last: had the node held its offset, not its rate */
};

/* Ten minutes with a conductor, ten without an answer. */
static void hold_once(const struct world_cfg *cfg, int seed, struct holds *ret)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int conductor = world_conductor(w, 0);
	struct glow_sync_report then[NODES], now;
	int64_t theta[NODES];

	world_begin(w);
	world_run(w, 600 * SEC);
	for (int m = 0; m < NODES; m++) {
		theta[m] = world_time(w, m) - world_local(w, m).ns;
		glow_sync_report(&w->machine[m].sync, world_local(w, m), &then[m]);
	}
	w->machine[conductor].online = false; /* its clock goes on */
	for (int k = 0; k < HOLDS; k++) {
		world_run(w, (600 + holds_s[k]) * SEC);
		for (int m = 0; m < NODES; m++)
			figures_add(&ret->error[k], fabs((double)(world_time(w, m) - world_time(w, conductor))) / 1e3);
	}
	for (int m = 0; m < NODES; m++) {
		int64_t reference = world_time(w, conductor), l = world_local(w, m).ns;
		double error = fabs((double)(world_time(w, m) - reference));

		glow_sync_report(&w->machine[m].sync, world_local(w, m), &now);
		figures_add(&ret->sigmas, error / now.error_ns);
		figures_add(&ret->frozen, error / then[m].error_ns);
		figures_add(&ret->uncorrected, fabs((double)(l + theta[m] - reference)) / 1e3);
	}
	world_destroy(w);
}

static void holds_free(struct holds *h)
{
	for (int k = 0; k < HOLDS; k++)
		figures_free(&h->error[k]);
	figures_free(&h->sigmas);
	figures_free(&h->frozen);
	figures_free(&h->uncorrected);
}

static void holdover(const char *name, const struct link_cfg *link, double aim95)
{
	const struct world_cfg cfg = { FIVE, CALM, .link = { link, link } };
	struct holds h = { 0 };
	double sigmas, frozen, uncorrected;

	for (int seed = 1; seed <= 2 * effort.seeds; seed++)
		hold_once(&cfg, seed, &h);
	sigmas = figures_at(&h.sigmas, 0.95);
	frozen = figures_at(&h.frozen, 0.95);
	uncorrected = figures_at(&h.uncorrected, 0.95);
	printf("%-32s", name);
	for (int k = 0; k < HOLDS; k++)
		printf("%4.0f%5.0f   ", figures_at(&h.error[k], 0.5), figures_at(&h.error[k], 0.95));
	printf(" p95 %3.0f   %5.1f %5.1f  %8.0f", aim95, sigmas, frozen, uncorrected);
	judge("p95", figures_at(&h.error[HOLDS - 1], 0.95), aim95, uncorrected);
	judge("in sigmas", sigmas, frozen / 1.3, frozen);
	end_row();
	holds_free(&h);
}

/* promise: time-outlives */
void study_holdover(void)
{
	puts("\nHoldover: error in microseconds after so long without an answer, p50 and p95. After 600 s, p95: in "
	     "sigmas\n"
	     "as told then, and as told when the answers ceased; and of a clock that kept its offset but not its "
	     "rate\n\n"
	     "                                  60 s       300 s       600 s       aim   sigmas at first   no rate");
	holdover("wired", &link_wired, 70);
	holdover("Wi-Fi", &link_wifi, 220);
}
