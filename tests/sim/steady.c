/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* How far the clocks are apart while nothing happens but time and weather. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study.h"

/* The first minutes are those of study_cold_start(). */
#define SETTLED_S 240

struct course {
	int64_t l, s, stepped;
};

struct outcome {
	struct figures skew, rival[RIVALS]; /* of each pair of nodes at each instant, us */
	struct figures sigmas,
		rival_sigmas;    /* |S - conductor's| in the sigmas that the node tells; the last sample's */
	double most;             /* greatest skew, us */
	double bend, rival_bend; /* greatest |dS/dL - 1| without a step, ppm, and the last sample's */
	double jump, rival_jump; /* greatest at a reply, likewise, ns */
	double packets;          /* per node and hour */
	struct course course[MACHINES_MAX], rival_course[MACHINES_MAX];
};

static void outcome_free(struct outcome *o)
{
	figures_free(&o->skew);
	figures_free(&o->sigmas);
	figures_free(&o->rival_sigmas);
	for (int k = 0; k < RIVALS; k++)
		figures_free(&o->rival[k]);
}

static void follow_course(struct course *c, int64_t l, int64_t s, int64_t stepped, double *bend)
{
	if (c->l && stepped == c->stepped)
		*bend = fmax(*bend, fabs((double)(s - c->s) / (double)(l - c->l) - 1) * 1e6);
	*c = (struct course){ l, s, stepped };
}

static void look_at_node(struct world *w, int m, int64_t reference, struct outcome *o)
{
	struct machine *p = &w->machine[m];
	struct glow_raw l = world_local(w, m);
	struct glow_sync_report report;
	int64_t s = glow_sync_now(&p->sync, l), last = rival_now(&p->rival[RIVAL_LAST], l.ns);

	glow_sync_report(&p->sync, l, &report);
	figures_add(&o->sigmas, fabs((double)(s - reference)) / report.error_ns);
	figures_add(&o->rival_sigmas, fabs((double)(last - reference)) / report.error_ns);
	follow_course(&o->course[m], l.ns, s, p->stepped_ns, &o->bend);
	follow_course(&o->rival_course[m], l.ns, last, 0, &o->rival_bend);
	o->jump = fmax(o->jump, (double)p->jump_ns);
	o->rival_jump = fmax(o->rival_jump, (double)p->rival_jump_ns);
}

/* Every pair; of many nodes each with its neighbour. */
static void look_at_pairs(const double *us, int n, struct figures *f)
{
	for (int a = 0; a < n; a++)
		for (int b = n > 10 ? a - 1 : 0; b < a; b++)
			figures_add(f, fabs(us[a] - us[b < 0 ? n - 1 : b]));
}

static void look(struct world *w, struct outcome *o)
{
	int64_t reference = world_time(w, world_conductor(w, 0));
	double us[MACHINES_MAX];

	for (int m = 0; m < w->cfg.nodes; m++) {
		us[m] = (double)(world_time(w, m) - reference) / 1e3;
		look_at_node(w, m, reference, o);
	}
	look_at_pairs(us, w->cfg.nodes, &o->skew);
	o->most = fmax(o->most, skew_us(w));
	for (int k = 0; k < RIVALS; k++) {
		for (int m = 0; m < w->cfg.nodes; m++)
			us[m] = (double)(rival_now(&w->machine[m].rival[k], world_local(w, m).ns) - reference) / 1e3;
		look_at_pairs(us, w->cfg.nodes, &o->rival[k]);
	}
}

static void run(const struct world_cfg *cfg, struct outcome *o)
{
	for (int seed = 1; seed <= effort.seeds; seed++) {
		struct world *w = world_create(cfg, (uint64_t)seed);

		memset(o->course, 0, sizeof(o->course));
		memset(o->rival_course, 0, sizeof(o->rival_course));
		world_begin(w);
		for (int64_t t = SETTLED_S * SEC; t <= effort.seconds * SEC; t += SEC / 2) {
			world_run(w, t);
			look(w, o);
		}
		o->packets += (double)w->machine[0].packets * 3600 / effort.seconds / effort.seeds;
		world_destroy(w);
	}
}

struct row {
	const char *name;
	struct world_cfg cfg;
	double aim[3]; /* p50, p99, max; 0: none */
	bool headline;
	bool blind; /* its error is one that a node cannot know of */
};

static void print_row(const struct row *row, struct outcome *o)
{
	char aim[32] = "";

	for (int k = 0; k < 3; k++)
		snprintf(aim + strlen(aim), sizeof(aim) - strlen(aim), row->aim[k] > 0 ? "%s%.0f" : "%s-", k ? "/" : "",
			 row->aim[k]);
	printf("%-32s%5.0f%5.0f%6.0f%5.0f  %-11s%6.0f%6.0f%6.0f%7.0f%7.0f%7.0f%7.0f", row->name,
	       figures_at(&o->skew, 0.5), figures_at(&o->skew, 0.99), figures_at(&o->skew, 0.999), o->most, aim,
	       figures_at(&o->rival[RIVAL_REGRESSION], 0.5), figures_at(&o->rival[RIVAL_REGRESSION], 0.99),
	       figures_at(&o->rival[RIVAL_REGRESSION], 1), figures_at(&o->rival[RIVAL_LAST], 0.5),
	       figures_at(&o->rival[RIVAL_LAST], 0.99), figures_at(&o->rival[RIVAL_LAST], 1), o->packets);
}

static void judge_row(const struct row *row, struct outcome *o)
{
	static const char *const names[] = { "p50", "p99", "max" };
	const double got[] = { figures_at(&o->skew, 0.5), figures_at(&o->skew, 0.99), o->most };
	static const double at[] = { 0.5, 0.99, 1 };

	for (int k = 0; k < 3; k++)
		if (row->aim[k] > 0)
			judge(names[k], got[k], row->aim[k], figures_at(&o->rival[RIVAL_LAST], at[k]));
	/* The crystal's own rate, and what slewing may add. */
	judge("slope - 1, ppm", o->bend, 1000 + 60, o->rival_bend);
	judge("jump at a reply, ns", o->jump, 1, o->rival_jump);
	if (!row->blind)
		judge("error in sigmas, p95", figures_at(&o->sigmas, 0.95), 3, figures_at(&o->rival_sigmas, 0.95));
}

static void steady(const struct row *row)
{
	static struct outcome o;

	o = (struct outcome){ 0 };
	run(&row->cfg, &o);
	print_row(row, &o);
	judge_row(row, &o);
	end_row();
	outcome_free(&o);
}

#define WIFI_LIKE .base_ms = 1, .jitter_ms = 0.8, .tail_p = 0.1, .tail_ms = 8

static const struct link_cfg link_gamma = { WIFI_LIKE, .shape = GAMMA };
static const struct link_cfg link_lognormal = { WIFI_LIKE, .shape = LOGNORMAL };
static const struct link_cfg link_normal = { WIFI_LIKE, .shape = NORMAL };
static const struct link_cfg link_lossy = { WIFI_LIKE, .stall_p = 0.05, .stall_ms = { 200, 400 } };
static const struct link_cfg link_lopsided = { .base_ms = 0.2, .jitter_ms = 0.06, .asymmetry_ms = 1 };
static const struct link_cfg link_detour = { .base_ms = 0.2, .jitter_ms = 0.06, .floor_ms = 3, .floor_at_s = 900 };

#define THERMAL(ppm) .crystal = { 20, 2e-9, .sine_ppm = ppm, .sine_s = 1800 }
#define RESTLESS     .crystal = { 20, 1e-8 }
#define WARMING      .crystal = { 20, 2e-9, .warm_ppm = 5, .warm_s = 300 }
#define STEPPING     .crystal = { 20, 2e-9, .step_ppm = 2, .step_at_s = 1200 }

static const struct row rows[] = {
	{ "wired, 1 Hz", { FIVE, CALM, OVER(wired, wired), EVERY(1) }, { 8, 25, 40 }, .headline = true },
	{ "Wi-Fi, 1 Hz", { FIVE, CALM, OVER(wifi, wifi), EVERY(1) }, { 45, 150, 250 }, .headline = true },
	{ "bad Wi-Fi, 1 Hz", { FIVE, CALM, OVER(bad, bad), EVERY(1) }, { 230, 750, 1300 }, .headline = true },
	{ "Wi-Fi, 2 Hz", { FIVE, CALM, OVER(wifi, wifi), EVERY(0.5) }, { 32, 95, 170 } },
	{ "wired, 2 Hz, 0.5 ppm thermal", { FIVE, THERMAL(0.5), OVER(wired, wired), EVERY(0.5) }, { 0, 35, 0 } },
	{ "Wi-Fi, 2 Hz, 0.5 ppm thermal", { FIVE, THERMAL(0.5), OVER(wifi, wifi), EVERY(0.5) }, { 0, 125, 0 } },
	{ "wired and Wi-Fi, 1 Hz", { FIVE, CALM, OVER(wired, wifi), EVERY(1) }, { 65, 150, 300 } },
	{ "100 nodes on Wi-Fi, 1 Hz",
	  { .nodes = 100, .conductors = 1, CALM, OVER(wifi, wifi), EVERY(1) },
	  { 0, 260, 0 } },
	{ "gamma delays, 1 Hz", { FIVE, CALM, OVER(gamma, gamma), EVERY(1) }, { 0, 1000, 3000 } },
	{ "log-normal delays, 1 Hz", { FIVE, CALM, OVER(lognormal, lognormal), EVERY(1) }, { 0, 1000, 3000 } },
	{ "normal delays, 1 Hz", { FIVE, CALM, OVER(normal, normal), EVERY(1) }, { 0, 1000, 3000 } },
	{ "Wi-Fi, 5 % lost, 1 Hz", { FIVE, CALM, OVER(lossy, lossy), EVERY(1) }, { 0, 1000, 3000 } },
	{ "one way 1 ms longer for half",
	  { FIVE, CALM, OVER(wired, lopsided), EVERY(1) },
	  { 0, 550, 600 },
	  .blind = true },
	{ "route 3 ms longer for half", { FIVE, CALM, OVER(wired, detour), EVERY(1) }, { 0, 100, 200 } },
	{ "wired, as shipped", { FIVE, CALM, OVER(wired, wired) }, { 0, 1000, 3000 }, .headline = true },
	{ "Wi-Fi, as shipped", { FIVE, CALM, OVER(wifi, wifi) }, { 0, 1000, 3000 }, .headline = true },
	{ "bad Wi-Fi, as shipped", { FIVE, CALM, OVER(bad, bad) }, { 0, 1000, 3000 } },
	{ "Wi-Fi, power save", { FIVE, CALM, OVER(wifi, wifi), .power_save = true }, { 0, 1000, 3000 } },
	{ "Wi-Fi, power save, untold",
	  { FIVE, CALM, OVER(wifi, wifi), .power_save = true, .untold = true },
	  { 0, 1000, 3000 } },
	{ "Wi-Fi, restless crystals", { FIVE, RESTLESS, OVER(wifi, wifi) }, { 0, 1000, 3000 } },
	{ "Wi-Fi, warming up by 5 ppm", { FIVE, WARMING, OVER(wifi, wifi) }, { 0, 1000, 3000 } },
	{ "Wi-Fi, 1 ppm thermal", { FIVE, THERMAL(1), OVER(wifi, wifi) }, { 0, 1000, 3000 } },
	{ "Wi-Fi, step of up to 2 ppm", { FIVE, STEPPING, OVER(wifi, wifi) }, { 0, 1000, 3000 } },
};

/* promise: skew, time-runs-forward */
void study_steady(void)
{
	puts("Skew between two nodes, microseconds: the clock filter, what was aimed at, and two others on the same "
	     "probes.\n"
	     "Rows without a rate probe as shipped: once a second, seldom when all is calm. Packets per node and "
	     "hour.\n\n"
	     "                                  p50  p99 p99.9  max  p50/p99/max      regression          last sample"
	     "    packets");
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (rows[k].headline || !effort.headline)
			steady(&rows[k]);
}
