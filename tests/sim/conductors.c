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

/* No standby. Five seconds later a conductor starts, which asks the nodes what time it is: on the
 * leader's machine, whose rate the retained info tells; or on another, which has nothing to go by. */
static double restart(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	int old = world_conductor(w, 0), next = world_conductor(w, cfg->conductors - 1);
	double peak;

	world_begin(w);
	world_run(w, QUIET_NS);
	world_leave(w, old);
	peak = peak_us(w, QUIET_NS + 5 * SEC);
	world_adopt(w, next, next == old ? w->machine[old].sync.smooth_rate : NAN);
	peak = fmax(peak, peak_us(w, OVER_NS));
	world_destroy(w);
	return peak;
}

/* The broker is gone for five seconds; the conductor is back within three, and leads again. */
static double reconnect(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	struct glow_leader leader;
	double peak;

	world_begin(w);
	world_run(w, QUIET_NS);
	world_restart_broker(w, 5 * SEC);
	peak = peak_us(w, QUIET_NS + 8 * SEC);
	leader = glow_sync_leader(&w->machine[0].sync);
	leader.term++;
	world_lead(w, world_conductor(w, 0), leader);
	peak = fmax(peak, peak_us(w, OVER_NS));
	world_destroy(w);
	return peak;
}

/* The control: one that has followed nobody takes over, by a clock that is 2 ms off. */
static double stranger(const struct world_cfg *cfg, int seed)
{
	struct world *w = world_create(cfg, (uint64_t)seed);
	double peak;

	world_begin(w);
	world_run(w, QUIET_NS);
	world_leave(w, world_conductor(w, 0));
	world_join(w, world_conductor(w, 1));
	world_lead_from(w, world_conductor(w, 1), world_time(w, 0) + 2 * MS, 0, successor(w), false);
	peak = peak_us(w, OVER_NS);
	world_destroy(w);
	return peak;
}

static void conductors(const char *name, const struct link_cfg *link, double aim)
{
	const struct world_cfg one = { CALM, .nodes = NODES, .conductors = 1, .link = { link, link } };
	struct world_cfg two = one;
	double a, b, c, d, control;

	two.conductors = 2;
	a = worst(standby, &two);
	b = worst(reconnect, &one);
	c = worst(restart, &one);
	d = worst(restart, &two);
	control = worst(stranger, &two);
	printf("%-32s%6.0f%14.0f%14.0f%16.0f   %5.0f", name, a, b, c, d, aim);
	judge("standby", a, aim, control);
	judge("broker", b, aim, control);
	judge("restart", c, aim, control);
	end_row();
}

/* promise: takeover */
void study_conductors(void)
{
	puts("\nConductor replaced: greatest skew from its end to five minutes later, microseconds\n\n"
	     "                             by a standby  broker restart  its own restart   another host    aim");
	conductors("wired", &link_wired, 100);
	conductors("Wi-Fi", &link_wifi, 250);
	conductors("bad Wi-Fi", &link_bad, 1000);
}
