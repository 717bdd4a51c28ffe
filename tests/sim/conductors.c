/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Conductors that come and go. What counts is how far apart the nodes get meanwhile. */
#include <stdio.h>
#include <stdlib.h>

#include "study.h"

#define QUIET_NS (600 * SEC) /* then it happens */
#define OVER_NS  (900 * SEC)

enum { NODES = 5 };

static struct glow_leader successor(const struct world *w)
{
	struct glow_leader leader = glow_sync_leader(&w->machine[0].sync);

	leader.term++;
	leader.boot++;
	return leader;
}

/* The standby, which has followed all along, takes over a second or so after the leader's end. */
static double standby(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int second = world_conductor(w, 1);
	double peak;

	world_begin(w);
	world_run(w, SEC);
	world_join(w, second);
	world_run(w, QUIET_NS);
	world_leave(w, world_conductor(w, 0));
	peak = peak_us(w, QUIET_NS + SEC + (int64_t)random_between(&w->dice, 0, 5e8));
	world_lead(w, second, successor(w));
	peak = fmax(peak, peak_us(w, OVER_NS));
	world_destroy(w);
	return peak;
}

struct offer {
	double weight, offset_ns;
};

static int by_offset(const void *a, const void *b)
{
	double x = ((const struct offer *)a)->offset_ns, y = ((const struct offer *)b)->offset_ns;

	return (x > y) - (x < y);
}

/* S at this instant by the weighted median of what the adopters have found. */
static int64_t adopted(struct world *w)
{
	int first = w->cfg.nodes + w->cfg.conductors, n = w->cfg.adopters, k;
	int64_t reference = world_time(w, first);
	struct offer offer[MACHINES_MAX];
	double half = 0, sum = 0;

	for (k = 0; k < n; k++) {
		struct glow_sync_report report;

		glow_sync_report(&w->machine[first + k].sync, world_local(w, first + k), &report);
		offer[k].weight = 1 / (1.0 + (double)report.error_ns * report.error_ns);
		offer[k].offset_ns = (double)(world_time(w, first + k) - reference);
		half += offer[k].weight / 2;
	}
	qsort(offer, (unsigned)n, sizeof(offer[0]), by_offset);
	for (k = 0; k < n - 1 && (sum += offer[k].weight) < half; k++)
		;
	return reference + llround(offer[k].offset_ns);
}

/* No standby: eight seconds later a conductor without history has asked the nodes what time it is. */
static double restart(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int next = world_conductor(w, 1), first = next + 1;
	double peak;

	world_begin(w);
	world_run(w, QUIET_NS);
	world_leave(w, world_conductor(w, 0));
	peak = peak_us(w, QUIET_NS + 5 * SEC);
	for (int k = 0; k < cfg->adopters; k++)
		world_adopt(w, first + k);
	peak = fmax(peak, peak_us(w, QUIET_NS + 8 * SEC));
	world_join(w, next);
	world_lead_from(w, next, adopted(w), w->machine[next].sync.cfg.rate, successor(w), false);
	for (int k = 0; k < cfg->adopters; k++)
		world_leave(w, first + k);
	peak = fmax(peak, peak_us(w, OVER_NS));
	world_destroy(w);
	return peak;
}

/* The broker is gone for five seconds; the conductor is back within three, and leads again. */
static double reconnect(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	double peak;

	world_begin(w);
	world_run(w, QUIET_NS);
	world_restart_broker(w, 5 * SEC);
	peak = peak_us(w, QUIET_NS + 8 * SEC);
	world_lead(w, world_conductor(w, 0), successor(w));
	peak = fmax(peak, peak_us(w, OVER_NS));
	world_destroy(w);
	return peak;
}

static void conductors(const char *name, const struct link_cfg *link, double aim)
{
	const struct world_cfg one = { CALM, .nodes = NODES, .conductors = 1, .link = { link, link } };
	struct world_cfg two = one, known, unknown;
	double a, b, c, d;

	two.conductors = 2;
	unknown = two;
	unknown.adopters = NODES;
	known = unknown;
	known.rate_known_ppm = 0.5;
	a = worst(standby, &two);
	b = worst(reconnect, &one);
	c = worst(restart, &known);
	d = worst(restart, &unknown);
	printf("%-32s%6.0f%14.0f%14.0f%16.0f   %5.0f", name, a, b, c, d, aim);
	judge("standby", a, aim, d);
	judge("broker", b, aim, d);
	judge("restart", c, aim, d);
	end_row();
}

void study_conductors(void)
{
	puts("\nConductor replaced: greatest skew from its end to five minutes later, microseconds\n\n"
	     "                             by a standby  broker restart   by a new one  ignorant of rate    aim");
	conductors("wired", &link_wired, 110);
	conductors("Wi-Fi", &link_wifi, 250);
	conductors("bad Wi-Fi", &link_bad, 1000);
}
