/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>

#include "study.h"

#define QUIET_NS (600 * SEC)

/* A second machine that takes itself for the leader answers every probe for a minute, 7 ms off.
 * Tells the greatest skew, or a millisecond for each node that a foreign answer has put off its line. */
static double doubled(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int second = world_conductor(w, 1);
	struct glow_leader leader;
	double peak;

	world_begin(w);
	world_run(w, QUIET_NS);
	leader = glow_sync_leader(&w->machine[0].sync);
	leader.boot++;
	world_join(w, second);
	world_lead_from(w, second, world_time(w, 0) + 7 * MS, 0, leader, true);
	peak = peak_us(w, QUIET_NS + 60 * SEC);
	for (int m = 0; m < cfg->nodes; m++) {
		struct glow_sync_report report;

		glow_sync_report(&w->machine[m].sync, world_local(w, m), &report);
		peak += report.state == GLOW_SYNC_TRACKING ? 0 : 1000;
	}
	world_destroy(w);
	return peak;
}

/* promise: one-leader */
static void two_at_once(void)
{
	struct world_cfg two = { CALM, .nodes = 5, .conductors = 2, OVER(wired, wired), EVERY(1) }, careless = two;
	double got, control;

	careless.careless = true;
	got = worst(doubled, &two);
	control = worst(doubled, &careless);
	printf("Two conductors at once: skew at most %.0f us. Were both believed: all off the line, at %.0f us", got,
	       control);
	judge("skew", got, 60, control);
	end_row();
}

/* The conductor's clock jumps, and nobody says so. Tells after how many seconds all nodes are within
 * a millisecond of it for good; a node that stepped, though it need not, counts as never. */
static int64_t jump_ns;

static double jump(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int conductor = world_conductor(w, 0);
	int64_t good = QUIET_NS;

	world_begin(w);
	world_run(w, QUIET_NS);
	world_lead_from(w, conductor, world_time(w, conductor) + jump_ns, 0, glow_sync_leader(&w->machine[0].sync),
			true);
	for (int64_t t = QUIET_NS; t < QUIET_NS + 300 * SEC; t += SEC / 10) {
		world_run(w, t);
		for (int m = 0; m < cfg->nodes; m++)
			if (llabs(world_time(w, m) - world_time(w, conductor)) > MS)
				good = t + SEC / 10;
	}
	for (int m = 0; m < cfg->nodes; m++)
		if (jump_ns < 20 * MS && w->machine[m].stepped_ns != w->machine[m].first_ns)
			good = INT64_MAX;
	world_destroy(w);
	return (double)(good - QUIET_NS) / 1e9;
}

/* The control is a jump that comes with another identity and never reaches the nodes. */
static double unheard(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int conductor = world_conductor(w, 0);
	struct glow_leader leader;
	double seconds = 0;

	world_begin(w);
	world_run(w, QUIET_NS);
	leader = glow_sync_leader(&w->machine[0].sync);
	leader.boot++;
	world_lead_from(w, conductor, world_time(w, conductor) + jump_ns, 0, leader, true);
	world_run(w, QUIET_NS + 300 * SEC);
	for (int m = 0; m < cfg->nodes; m++)
		if (llabs(world_time(w, m) - world_time(w, conductor)) > MS)
			seconds = 300;
	world_destroy(w);
	return seconds;
}

/* promise: clock-steps */
static void jumps(void)
{
	const struct world_cfg cfg = { FIVE, CALM, OVER(wired, wired) };
	static const int64_t by_ms[] = { 2, 5, 15, 50 };

	for (size_t k = 0; k < sizeof(by_ms) / sizeof(by_ms[0]); k++) {
		double took;

		jump_ns = by_ms[k] * MS;
		took = worst(jump, &cfg);
		printf("The conductor's clock jumps by %2.0f ms: all within 1 ms of it after %4.1f s%s",
		       (double)by_ms[k], took, by_ms[k] < 20 ? ", without a step" : "");
		judge("seconds", took, 30, worst(unheard, &cfg));
		end_row();
	}
}

static double round_trip_ms(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	double p90;

	world_begin(w);
	world_run(w, 120 * SEC);
	p90 = figures_at(&w->rtt_ms, 0.9);
	world_destroy(w);
	return p90;
}

static void nagle(void)
{
	struct world_cfg busy = { FIVE, CALM, OVER(wired, wired), .command_every_ms = 8 }, patient = busy;
	double got, control;

	patient.nagle = true;
	got = worst(round_trip_ms, &busy);
	control = worst(round_trip_ms, &patient);
	printf("Round trip under commands, p90: %.1f ms; of a broker without set_tcp_nodelay: %.1f ms", got, control);
	judge("p90", got, 40, control);
	end_row();
}

void study_faults(void)
{
	puts("\nFaults, wired\n");
	two_at_once();
	jumps();
	nagle();
}
