/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The first group gives a node cluster time at all, and its first picture may wait for that: each answer calls the next
 * probe, so it takes as long as the way is slow, a quarter of a second at most where answers come. The burst after it
 * fills the six seconds that the filter wants before it measures a slope. From then on only time makes the slope
 * better, so the interval doubles while the line holds, and is the least again as soon as anything contradicts it.
 * Where Wi-Fi saves power the first probe of four wakes the radio. */

#include <glow/hash.h>
#include <glow/time.h>

#include "filter.h"
#include "number.h"
#include "schedule.h"

enum { FIRST = GLOW_GROUP, SECOND = FIRST + 64, POWER_SAVE_BURST = 4 };

#define FIRST_NS      (30 * GLOW_MS)
#define ANSWERED_NS   (10 * GLOW_MS)
#define SECOND_NS     (100 * GLOW_MS)
#define POWER_SAVE_NS (20 * GLOW_MS)
#define CALM_NS       (300 * GLOW_S)
#define PATIENCE_NS   (5 * GLOW_S)

/* A burst that nobody answers is too much for somebody. Brokers read a packet of each connection in turn: where a
 * thousand ask, a thousand requests are passed on for each answer, and with them the beacons wait. */
enum { UNANSWERED = 4, DOUBLINGS = 6 };

/* What a conductor and a broker on one small machine answer beside all else: a thousand probes a second for ever, four
 * thousand in a burst while answers come at once, and five thousand for the first group. */
#define STEADY_NS GLOW_MS
#define BURST_NS  (GLOW_MS / 4)
#define HURRY_NS  (GLOW_MS / 5)
#define LATE_NS   (4 * STEADY_NS / 5) /* in a burst, while answers are missing or late */
#define BUSY_NS   (100 * GLOW_MS)     /* an answer that took so long waited behind others */

static int64_t at_least(const struct glow_schedule *c, int64_t ns, int64_t share_ns)
{
	return c->crowd * share_ns > ns ? c->crowd * share_ns : ns;
}

static int64_t least(const struct glow_schedule *c, const struct glow_sync_cfg *cfg)
{
	return at_least(c, cfg->interval_min_ns, STEADY_NS);
}

/* The crowd may have grown since. */
static int64_t interval(const struct glow_schedule *c, const struct glow_sync_cfg *cfg)
{
	return c->interval_ns > least(c, cfg) ? c->interval_ns : least(c, cfg);
}

/* Somewhere in it: a dice of 16 bits takes a product of 64. */
static int64_t part(int64_t ns, uint32_t seed, uint32_t a, uint32_t b)
{
	return (ns >> 16) * (glow_dice(seed, a, b) >> 16);
}

/* Give or take an n-th, so that machines which started together do not stay together. */
static int64_t give_or_take(int64_t ns, int64_t nth, uint32_t seed, uint32_t a, uint32_t b)
{
	return ns - ns / nth + part(ns / (nth / 2), seed, a, b);
}

static int64_t spread(int64_t ns, uint32_t seed, uint32_t n)
{
	return give_or_take(ns, 10, seed, n, 0);
}

/* Of a burst: longer and longer while answers are missing. */
static int64_t hesitate(const struct glow_schedule *c, int64_t ns)
{
	uint32_t times = c->unanswered > UNANSWERED ? c->unanswered - UNANSWERED : 0;
	int64_t more_ns = FIRST_NS << (times < DOUBLINGS ? times : DOUBLINGS);

	return times && more_ns > ns ? more_ns : ns;
}

static void begin(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns, uint32_t sent,
		  int64_t within_ns)
{
	c->sent = sent;
	c->unanswered = 0;
	c->interval_ns = least(c, cfg);
	c->calm_ns = now_ns;
	c->due_ns = now_ns + part(within_ns, cfg->seed, c->sent, 1);
}

void glow_schedule_burst(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns)
{
	begin(c, cfg, now_ns, 0, at_least(c, FIRST_NS, HURRY_NS));
}

void glow_schedule_resume(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns)
{
	begin(c, cfg, now_ns, FIRST, at_least(c, SECOND_NS, STEADY_NS));
}

void glow_schedule_ask(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns)
{
	c->due_ns = now_ns + part(least(c, cfg), cfg->seed, c->sent, 1);
}

void glow_schedule_stop(struct glow_schedule *c)
{
	c->due_ns = GLOW_NEVER;
}

/* In a crowd by chance: who asks in step with the others waits behind all of them each time, and so does who asks in
 * step with the beacons. */
static int64_t apart(const struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t ns, int64_t share_ns)
{
	int64_t crowd_ns = c->crowd * share_ns;

	return crowd_ns > ns ? give_or_take(crowd_ns, 4, cfg->seed, c->sent, 2) : ns;
}

/* Between the probes of a burst. */
static int64_t regular(const struct glow_schedule *c, const struct glow_sync_cfg *cfg)
{
	if (c->sent < FIRST)
		return apart(c, cfg, FIRST_NS, HURRY_NS);
	return apart(c, cfg, SECOND_NS, c->busy || c->unanswered > 1 ? LATE_NS : BURST_NS);
}

void glow_schedule_sent(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns)
{
	c->sent++;
	c->unanswered++;
	if (c->sent < SECOND)
		c->due_ns = now_ns + hesitate(c, regular(c, cfg));
	else if (cfg->power_save && c->sent % POWER_SAVE_BURST)
		c->due_ns = now_ns + POWER_SAVE_NS;
	else
		c->due_ns = now_ns + spread(interval(c, cfg), cfg->seed, c->sent);
}

void glow_schedule_answered(struct glow_schedule *c, const struct glow_sync_cfg *cfg, bool hurry, int64_t rtt_ns,
			    int64_t now_ns)
{
	int64_t due_ns;

	c->busy = rtt_ns > BUSY_NS;
	due_ns = now_ns + regular(c, cfg);
	if (hurry && c->sent < FIRST)
		due_ns = now_ns + apart(c, cfg, ANSWERED_NS, HURRY_NS);
	c->unanswered = 0;
	if (c->sent < SECOND && c->due_ns > due_ns)
		c->due_ns = due_ns;
}

void glow_schedule_calm(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns)
{
	if (now_ns - c->calm_ns < CALM_NS)
		return;
	c->calm_ns = now_ns;
	c->interval_ns = 2 * c->interval_ns;
	if (c->interval_ns > cfg->interval_max_ns)
		c->interval_ns = cfg->interval_max_ns;
	c->interval_ns = interval(c, cfg);
}

void glow_schedule_hurry(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns)
{
	int64_t latest = now_ns + spread(least(c, cfg), cfg->seed, c->sent);

	c->calm_ns = now_ns;
	c->interval_ns = least(c, cfg);
	if (c->due_ns != GLOW_NEVER && c->due_ns > latest)
		c->due_ns = latest;
}

int64_t glow_schedule_patience(const struct glow_schedule *c)
{
	int64_t intervals = 3 * c->interval_ns;

	return intervals > PATIENCE_NS ? intervals : PATIENCE_NS;
}
