/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Clusters below a cluster: how far apart nodes of one rack are, and nodes of two; and what becomes of that when a rack
 * loses the way up, its conductor or the root's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "study.h"

#define SETTLED_NS (240 * SEC)
#define QUIET_NS   (600 * SEC) /* then it happens */
#define AWAY_NS    (600 * SEC)
#define OVER_NS    (300 * SEC)

#define IN_PHASE_US 100

enum { RACKS = 4 };

/* So many seeds; of controls few, which go wrong soon. */
static int seeds(int most)
{
	return effort.headline ? 1 : most;
}

struct apart {
	struct figures within, across, last; /* us; of nodes in one rack, in two, and these by their last samples */
	struct figures conductor;            /* |S - root's| of a rack's conductor, us */
	double most_within, most_across;
};

static void apart_free(struct apart *a)
{
	figures_free(&a->within);
	figures_free(&a->across);
	figures_free(&a->last);
	figures_free(&a->conductor);
}

static double us_from(struct world *w, int64_t s)
{
	return (double)(s - world_time(w, world_conductor(w, 0))) / 1e3;
}

/* Nodes take turns in racks. Each with the next in its rack, and with one of the rack that is farthest from it. */
static void look_at_nodes(struct world *w, struct apart *a)
{
	int n = w->cfg.nodes;
	double us[MACHINES_MAX], last[MACHINES_MAX], low[RACKS], high[RACKS];

	for (int m = 0; m < n; m++) {
		us[m] = us_from(w, world_time(w, m));
		last[m] = us_from(w, rival_now(&w->machine[m].rival[RIVAL_LAST], world_local(w, m).ns));
		low[m % RACKS] = m < RACKS ? us[m] : fmin(low[m % RACKS], us[m]);
		high[m % RACKS] = m < RACKS ? us[m] : fmax(high[m % RACKS], us[m]);
	}
	for (int m = 0; m < n; m++) {
		figures_add(&a->within, fabs(us[m] - us[(m + RACKS) % n]));
		figures_add(&a->across, fabs(us[m] - us[(m + RACKS / 2) % n]));
		figures_add(&a->last, fabs(last[m] - last[(m + RACKS / 2) % n]));
	}
	for (int k = 0; k < RACKS; k++)
		a->most_within = fmax(a->most_within, high[k] - low[k]);
	a->most_across = fmax(a->most_across, skew_us(w));
}

static void run(const struct world_cfg *cfg, int n, int64_t until, struct apart *ret)
{
	for (int seed = 1; seed <= n; seed++) {
		struct world *w = world_create(cfg, (uint64_t)seed);

		world_begin(w);
		for (int64_t t = SETTLED_NS; t <= until; t += SEC / 2) {
			world_run(w, t);
			look_at_nodes(w, ret);
			for (int b = w->brokers - RACKS; b < w->brokers; b++)
				figures_add(&ret->conductor,
					    fabs(us_from(w, world_served(w, world_rack_conductor(w, b, 0)))));
		}
		world_destroy(w);
	}
}

struct row {
	const char *name;
	struct world_cfg cfg;
	double aim[2]; /* across: p99, max */
	bool headline;
};

/* The controls are the nodes' last samples, and racks whose conductors serve theirs. */
static void steady(const struct row *row)
{
	struct apart got = { 0 }, control = { 0 };
	struct world_cfg unfiltered = row->cfg;
	double across, within;

	unfiltered.unfiltered = true;
	run(&row->cfg, seeds(effort.seeds), effort.seconds * SEC, &got);
	run(&unfiltered, seeds(3), QUIET_NS, &control);
	within = figures_at(&got.within, 0.99);
	across = figures_at(&got.across, 0.99);
	printf("%-26s%5.0f%5.0f%5.0f  %6.0f%5.0f%5.0f  -/%.0f/%-6.0f%5.0f  %6.0f%7.0f%7.0f%8.0f%7.0f%7.0f", row->name,
	       figures_at(&got.within, 0.5), within, got.most_within, figures_at(&got.across, 0.5), across,
	       got.most_across, row->aim[0], row->aim[1], figures_at(&got.conductor, 0.99), figures_at(&got.last, 0.5),
	       figures_at(&got.last, 0.99), figures_at(&got.last, 1), figures_at(&control.across, 0.5),
	       figures_at(&control.across, 0.99), control.most_across);
	judge("p99 within", within, row->aim[0], figures_at(&got.last, 0.99));
	judge("p99 across", across, row->aim[0], figures_at(&control.across, 0.99));
	judge("max across", got.most_across, row->aim[1], control.most_across);
	end_row();
	apart_free(&got);
	apart_free(&control);
}

/* The uplinks of all racks or regions break for ten minutes. */
struct outage {
	double away_us;   /* greatest skew between any two nodes meanwhile */
	double back_s;    /* then, until it is below its aim for good, and who was cut off in phase with the root */
	double slope_ppm; /* greatest |dS/dL - 1| of what any machine has or serves; steps included */
};

static void set_uplinks(struct world *w, bool whole)
{
	for (int b = 1; b <= w->cfg.racks[0]; b++)
		world_bridge(w, b, whole);
}

static bool in_phase(struct world *w, double aim_us)
{
	double off_us = 0;

	for (int b = 1; b <= w->cfg.racks[0]; b++)
		off_us = fmax(off_us, fabs(us_from(w, world_served(w, world_rack_conductor(w, b, 0)))));
	return off_us < IN_PHASE_US && skew_us(w) < aim_us;
}

struct course {
	int64_t l, s;
};

/* The steepest since the last look. */
static double slope_ppm(struct world *w, struct course *course)
{
	double most = 0;

	for (int m = 0; m < w->machines; m++) {
		struct course was = course[m], now = { world_local(w, m).ns, world_served(w, m) };

		if (was.l)
			most = fmax(most, fabs((double)(now.s - was.s) / (double)(now.l - was.l) - 1) * 1e6);
		course[m] = now;
	}
	return most;
}

static void lose_uplinks(const struct world_cfg *cfg, int seed, double aim_us, struct outage *ret_worst)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	struct course course[MACHINES_MAX] = { 0 };
	int64_t back = QUIET_NS + AWAY_NS, good = back;

	world_begin(w);
	world_run(w, QUIET_NS);
	set_uplinks(w, false);
	for (int64_t t = QUIET_NS; t <= back + OVER_NS; t += SEC / 10) {
		world_run(w, t);
		if (t <= back)
			ret_worst->away_us = fmax(ret_worst->away_us, skew_us(w));
		else if (!in_phase(w, aim_us))
			good = t;
		if (t == back)
			set_uplinks(w, true);
		ret_worst->slope_ppm = fmax(ret_worst->slope_ppm, slope_ppm(w, course));
	}
	ret_worst->back_s = fmax(ret_worst->back_s, (double)(good - back) / 1e9);
	world_destroy(w);
}

/* The control: racks keep the offset of their last answer, and so not its rate. */
static void outage(const struct row *row)
{
	struct world_cfg cfg = row->cfg, unfiltered = cfg;
	struct outage got = { 0 }, control = { 0 };

	unfiltered.unfiltered = true;
	for (int seed = 1; seed <= seeds(effort.seeds); seed++)
		lose_uplinks(&cfg, seed, row->aim[1], &got);
	for (int seed = 1; seed <= seeds(3); seed++)
		lose_uplinks(&unfiltered, seed, row->aim[1], &control);
	printf("%-26s%6.0f/3000%6.1f/200%8.0f/1060 %12.0f%9.1f%9.0f", row->name, got.away_us, got.back_s, got.slope_ppm,
	       control.away_us, control.back_s, control.slope_ppm);
	judge("away, us", got.away_us, 3000, control.away_us);
	judge("back, s", got.back_s, 200, control.back_s);
	judge("slope - 1, ppm", got.slope_ppm, 1000 + 60, control.slope_ppm);
	end_row();
}

static struct glow_leader successor(const struct world *w, int machine)
{
	struct glow_leader leader = glow_sync_leader(&w->machine[machine].sync);

	leader.term++;
	leader.boot++;
	return leader;
}

/* Until a standby notices that nobody leads. */
static int64_t silence(struct world *w)
{
	return QUIET_NS + SEC + (int64_t)random_between(&w->dice, 0, 5e8);
}

/* A conductor's end, and the beginning of its standby, which has followed it; or of the control's, a stranger whose
 * clock is 50 ms off. Tells the greatest skew until five minutes later. */
static double replace(const struct world_cfg *cfg, int seed, int broker, bool stranger)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int first = world_rack_conductor(w, broker, 0), second = world_rack_conductor(w, broker, 1);
	struct glow_leader next;
	double peak;

	world_begin(w);
	world_run(w, SEC);
	world_join(w, second);
	world_run(w, QUIET_NS);
	next = successor(w, first);
	world_leave(w, first);
	peak = peak_us(w, silence(w));
	if (stranger)
		world_lead_from(w, second, world_time(w, 0) + 50 * MS, 0, next, false);
	else
		world_lead(w, second, next);
	peak = fmax(peak, peak_us(w, QUIET_NS + OVER_NS));
	world_destroy(w);
	return peak;
}

static double worst_of(const struct world_cfg *cfg, int n, int broker, bool stranger)
{
	double most = 0;

	for (int seed = 1; seed <= n; seed++)
		most = fmax(most, replace(cfg, seed, broker, stranger));
	return most;
}

static void replaced(const struct row *row)
{
	struct world_cfg cfg = row->cfg;
	double got[2], control[2], aim = row->aim[1];

	cfg.conductors = 2;
	for (int broker = 0; broker < 2; broker++) {
		got[broker] = worst_of(&cfg, seeds(effort.seeds), broker, false);
		control[broker] = worst_of(&cfg, seeds(3), broker, true);
	}
	printf("%-26s%6.0f%8.0f%8.0f %12.0f%9.0f", row->name, got[1], got[0], aim, control[1], control[0]);
	judge("rack's", got[1], aim, control[1]);
	judge("root's", got[0], aim, control[0]);
	end_row();
}

#define SWINGING    .crystal = { 20, 2e-9, .sine_ppm = 1, .sine_s = 1800 } /* out of step with each other */
#define TREE(a, b)  .nodes = 2 * RACKS, .conductors = 1, .racks = { a, b }
#define FOUR_RACKS  TREE(RACKS, 0)
#define TWO_REGIONS TREE(2, RACKS / 2)

static const struct row rows[] = {
	{ "racks, wired", { FOUR_RACKS, CALM, OVER(wired, wired) }, { 120, 250 } },
	{ "racks, Wi-Fi", { FOUR_RACKS, CALM, OVER(wifi, wifi) }, { 200, 500 } },
	{ "racks, bad Wi-Fi", { FOUR_RACKS, CALM, OVER(bad, bad) }, { 350, 1000 } },
	{ "racks, 1 ppm thermal", { FOUR_RACKS, SWINGING, OVER(wired, wired) }, { 500, 800 } },
	{ "regions, wired", { TWO_REGIONS, CALM, OVER(wired, wired) }, { 120, 250 }, .headline = true },
	{ "regions, Wi-Fi", { TWO_REGIONS, CALM, OVER(wifi, wifi) }, { 200, 500 } },
	{ "regions, bad Wi-Fi", { TWO_REGIONS, CALM, OVER(bad, bad) }, { 350, 1000 } },
};

static void each(void (*study)(const struct row *row))
{
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (rows[k].headline || !effort.headline)
			study(&rows[k]);
}

/* promise: racks-in-phase */
void study_hierarchy(void)
{
	puts("\nFour racks, each with a broker and a conductor that follows the root's through a bridge; regions:\n"
	     "two, with two racks each below. Skew in microseconds of two nodes in one rack, and of the two that are\n"
	     "farthest; a rack's conductor from the root; by the nodes' last samples; where racks serve theirs.\n\n"
	     "                           within            across\n"
	     "                          p50  p99  max     p50  p99  max  p99/max    rack    last sample"
	     "         racks' last sample");
	each(steady);
	puts("\nThe uplinks of all racks or regions break for ten minutes: greatest skew in microseconds meanwhile;\n"
	     "seconds until it is below its aim for good, and all within 100 us of the root; greatest |dS/dL - 1| in\n"
	     "ppm. The control are racks that serve their last sample.\n\n"
	     "                            away       back       slope         control");
	each(outage);
	puts("\nConductor replaced by its standby: greatest skew in microseconds from its end to five minutes later;\n"
	     "and by a stranger, 50 ms off.\n\n"
	     "                            rack    root     aim      control");
	each(replaced);
}
