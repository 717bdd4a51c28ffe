/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The three parts are plain functions of their structs: schedule.c says when to probe, filter.c makes a
 * line of the replies, output.c follows it without a step. Here is what holds them together: which
 * replies count, whose clock it is, and what is kept when that changes. On one timeline the output goes
 * on while the new line is measured (RESYNC); on another it begins anew (ACQUIRE). */

#include <string.h>

#include <glow/sync.h>

#include "filter.h"
#include "number.h"
#include "output.h"
#include "schedule.h"

#define COLD_SIGMA    60e-6  /* crystals of a Pi, and then some */
#define RESYNC_SIGMA  1.3e-6 /* how far two conductors' rates differ on one timeline */
#define SMOOTH_NS     100e9
#define RTT_MAX_NS    (2 * GLOW_S) /* later than this a reply tells nothing */
#define RTT_MIN_NS    (-50000)     /* less than nothing, beyond the clocks' grain: somebody's clock stepped */
#define STAMP_MAX_NS  (INT64_C(1) << 62)
#define STEP_NS       (20 * GLOW_MS)
#define RESYNC_NS     (4 * GLOW_S)
#define MEMORY_NS     (600 * GLOW_S) /* no group of the filter spans more */
#define TRACKING_NS   2e6            /* one sigma */
#define CALM_SIGMA_NS 250e3          /* a quarter of the skew that is aimed at */
#define EXCLUDED_NS   1e6
#define USELESS_NS    1e12 /* sigma of a line that is known to be wrong */

enum {
	STRIKES = 3,
	WINDOW = 4 * GLOW_GROUP, /* the shortest that the filter looks back */
	CROWD_MAX = 60000,       /* a minute between probes, whatever somebody says */
};

const char *glow_sync_state_name(enum glow_sync_state state)
{
	static const char *const names[] = { "unsynced", "acquire", "tracking", "holdover", "resync", "leading" };

	return names[state];
}

void glow_sync_init(struct glow_sync *s, const struct glow_sync_cfg *cfg)
{
	memset(s, 0, sizeof(*s));
	s->cfg = *cfg;
	if (!(s->cfg.rate_sigma > 0)) {
		s->cfg.rate = 0;
		s->cfg.rate_sigma = COLD_SIGMA;
	}
	if (s->cfg.interval_min_ns <= 0)
		s->cfg.interval_min_ns = GLOW_S;
	if (s->cfg.interval_max_ns <= 0)
		s->cfg.interval_max_ns = 32 * GLOW_S;
	glow_schedule_stop(&s->schedule);
	s->schedule.celsius = __builtin_nan("");
}

/* Forgets the samples, with this much known of the slope. */
static void measure_anew(struct glow_sync *s, double rate, double sigma)
{
	s->filter.count = s->filter.next = 0;
	s->prior_rate = rate;
	s->prior_sigma = sigma;
	s->unchecked = s->strikes = 0;
	memset(s->sent, 0, sizeof(s->sent));
}

static void hurry_anew(struct glow_sync *s, int64_t now_ns, double rate, double sigma)
{
	measure_anew(s, rate, sigma);
	if (s->connected)
		glow_schedule_burst(&s->schedule, &s->cfg, now_ns);
}

static void acquire(struct glow_sync *s, int64_t now_ns, double rate, double sigma)
{
	s->phase = GLOW_SYNC_ACQUIRE;
	s->anew = true;
	s->smooth_ns = 0;
	s->line = (struct glow_line){ .l_ns = now_ns, .rate = rate, .rate_sigma = sigma };
	hurry_anew(s, now_ns, rate, sigma);
}

static double resync(struct glow_sync *s, int64_t now_ns)
{
	s->phase = GLOW_SYNC_RESYNC;
	s->resync_ns = now_ns;
	return glow_hypot(RESYNC_SIGMA, s->line.rate_sigma);
}

/* All nodes hear of another conductor in the same moment, so it begins without haste: the line that they have is good
 * for minutes. */
static void resync_calmly(struct glow_sync *s, int64_t now_ns)
{
	measure_anew(s, s->smooth_rate, resync(s, now_ns));
	if (s->connected)
		glow_schedule_resume(&s->schedule, &s->cfg, now_ns);
}

/* The line is known to be wrong: a clock stepped, which leaves the slope as it is. But a slope of less than 100 s, or
 * one that is disproved twice within them, may be wrong itself: it was measured while all waited for each other. */
static void resync_at_once(struct glow_sync *s, int64_t now_ns)
{
	double sigma = resync(s, now_ns);

	if (s->smooth_ns < SMOOTH_NS) {
		sigma = glow_max(s->cfg.rate_sigma, COLD_SIGMA);
		s->line.rate = s->smooth_rate = s->cfg.rate;
	}
	s->smooth_ns = 0;
	s->line.rate_sigma = sigma;
	s->line.sigma_ns = USELESS_NS;
	hurry_anew(s, now_ns, s->smooth_rate, sigma);
}

/* The conductor that was followed is back after a lost connection, and nobody led meanwhile: it is the same clock, and
 * what was measured holds. */
static bool goes_on(const struct glow_sync *s, int64_t now_ns, struct glow_leader old, struct glow_leader leader)
{
	return s->phase == GLOW_SYNC_TRACKING && leader.boot == old.boot && leader.term == old.term + 1 &&
	       now_ns - s->reply_ns < MEMORY_NS;
}

/* Samples of one clock say nothing about another, so they never meet in one fit. */
void glow_sync_follow(struct glow_sync *s, struct glow_raw now, struct glow_leader leader)
{
	const struct glow_leader old = s->leader;
	bool first = old.clock_id == 0, same_clock = old.clock_id == leader.clock_id;

	if (s->phase == GLOW_SYNC_LEADING || leader.clock_id == 0)
		return;
	if (same_clock && (leader.term < old.term || (leader.term == old.term && leader.boot == old.boot)))
		return;
	s->leader = leader;
	if (first)
		acquire(s, now.ns, s->cfg.rate, s->cfg.rate_sigma);
	else if (!same_clock)
		acquire(s, now.ns, 0, COLD_SIGMA);
	else if (s->anew)
		acquire(s, now.ns, s->prior_rate, s->prior_sigma);
	else if (!goes_on(s, now.ns, old, leader))
		resync_calmly(s, now.ns);
}

struct glow_leader glow_sync_leader(const struct glow_sync *s)
{
	return s->leader;
}

void glow_sync_connected(struct glow_sync *s, struct glow_raw now)
{
	s->connected = true;
	if (s->phase == GLOW_SYNC_ACQUIRE)
		hurry_anew(s, now.ns, s->prior_rate, s->prior_sigma);
	else if (s->phase == GLOW_SYNC_RESYNC || (s->phase == GLOW_SYNC_TRACKING && now.ns - s->reply_ns >= MEMORY_NS))
		resync_calmly(s, now.ns);
	else if (s->phase == GLOW_SYNC_TRACKING)
		glow_schedule_ask(&s->schedule, &s->cfg, now.ns);
}

void glow_sync_disconnected(struct glow_sync *s, struct glow_raw now)
{
	(void)now;
	s->connected = false;
	memset(s->sent, 0, sizeof(s->sent));
	glow_schedule_stop(&s->schedule);
}

void glow_sync_temperature(struct glow_sync *s, struct glow_raw now, double celsius)
{
	double change = __builtin_fabs(celsius - s->schedule.celsius);

	if (celsius != celsius || change <= 3)
		return;
	s->schedule.celsius = celsius;
	glow_schedule_hurry(&s->schedule, &s->cfg, now.ns);
}

void glow_sync_crowd(struct glow_sync *s, uint32_t n)
{
	s->schedule.crowd = n < CROWD_MAX ? n : CROWD_MAX;
}

struct glow_raw glow_sync_next_probe(const struct glow_sync *s)
{
	return (struct glow_raw){ s->schedule.due_ns };
}

/* Nobody has answered for a long time. */
static bool silent(const struct glow_sync *s, int64_t now_ns)
{
	return now_ns - s->reply_ns > glow_schedule_patience(&s->schedule);
}

void glow_sync_probe(struct glow_sync *s, struct glow_raw now, struct glow_time_request *ret_request)
{
	struct glow_time_request request = { .t1_ns = now.ns };

	if (silent(s, now.ns))
		glow_schedule_hurry(&s->schedule, &s->cfg, now.ns);
	glow_schedule_sent(&s->schedule, &s->cfg, now.ns);
	if (++s->seq == 0)
		s->seq = 1; /* 0 marks a free place */
	s->probes++;
	request.seq = s->seq;
	request.s1_ns = s->valid && !s->anew ? glow_sync_now(s, now) : 0; /* anew: it is another timeline's */
	s->sent[s->seq % GLOW_SYNC_OUTSTANDING] = request;
	*ret_request = request;
}

static bool stamp(int64_t ns)
{
	return ns >= 0 && ns < STAMP_MAX_NS;
}

/* Takes the request that this answers off the list; false if there is none or the times cannot be.
 * A request ages until it is sent, so its t1 may come back later than it was. */
static bool accept(struct glow_sync *s, const struct glow_time_reply *r, int64_t t4_ns)
{
	struct glow_time_request *sent = &s->sent[r->seq % GLOW_SYNC_OUTSTANDING];

	if (s->phase == GLOW_SYNC_LEADING || r->seq == 0 || sent->seq != r->seq || r->t1_ns < sent->t1_ns ||
	    !glow_leader_same(r->leader, s->leader))
		return false;
	sent->seq = 0;
	if (!stamp(r->t2_ns) || !stamp(r->t3_ns) || r->t3_ns < r->t2_ns || t4_ns < r->t1_ns ||
	    t4_ns - r->t1_ns > RTT_MAX_NS)
		return false;
	s->rtt_ns = (t4_ns - r->t1_ns) - (r->t3_ns - r->t2_ns);
	return s->rtt_ns >= RTT_MIN_NS;
}

/* How far an error of the slope may shift the bounds of the newest group: where many ask, its samples are far apart. */
static double slack(const struct glow_sync *s)
{
	return 3 * s->line.rate_sigma * glow_filter_span(&s->filter, GLOW_GROUP);
}

/* The newest group's bounds exclude the line. */
static bool excludes(const struct glow_sync *s, int64_t at_ns, int64_t low_ns, int64_t high_ns)
{
	int64_t theta_ns = glow_line_theta(&s->line, at_ns);

	return glow_max((double)(low_ns - theta_ns), (double)(theta_ns - high_ns)) >
	       3 * glow_line_sigma(&s->line, at_ns) + EXCLUDED_NS + slack(s);
}

/* Queueing only delays, so theta lies between the bounds of each group. When it cannot, a clock
 * stepped or the slope is wrong: at once if the bounds contradict each other, at the third group if they contradict the
 * line. */
static bool impossible(struct glow_sync *s)
{
	int64_t at = s->reply_ns, low, high;

	glow_filter_bounds(&s->filter, GLOW_GROUP, s->line.rate, at, &low, &high);
	if ((double)(high - low) < RTT_MIN_NS - slack(s))
		return true;
	if (++s->unchecked < GLOW_GROUP)
		return false;
	s->unchecked = 0;
	if (s->phase == GLOW_SYNC_TRACKING && excludes(s, at, low, high))
		s->strikes++;
	else
		s->strikes = 0;
	return s->strikes >= STRIKES;
}

static void smooth(struct glow_sync *s, double rate, double elapsed_ns)
{
	s->smooth_ns = glow_min(SMOOTH_NS, s->smooth_ns + elapsed_ns);
	/* Replies that a stall has held up come in one instant. */
	if (s->smooth_ns > 0)
		s->smooth_rate += (rate - s->smooth_rate) * glow_min(1, elapsed_ns / s->smooth_ns);
	else
		s->smooth_rate = rate;
}

/* Takes the line as the output's; returns the step. */
static int64_t adopt(struct glow_sync *s, const struct glow_line *line)
{
	int64_t error = line->l_ns + line->theta_ns - glow_output_now(&s->out, line->l_ns), step = 0;

	s->line = *line;
	if (s->valid && !s->anew && error < STEP_NS && error > -STEP_NS) {
		glow_output_slew(&s->out, line->l_ns, line, s->smooth_rate);
	} else {
		step = glow_output_step(&s->out, line->l_ns, line, s->smooth_rate);
		s->steps++;
	}
	s->valid = true;
	s->anew = false;
	if (s->phase == GLOW_SYNC_RESYNC || line->sigma_ns <= TRACKING_NS)
		s->phase = GLOW_SYNC_TRACKING;
	return step;
}

/* A line that is off by more than its sigma allows asks for more probes. */
static void pace(struct glow_sync *s, const struct glow_line *line)
{
	double off = (double)(line->theta_ns - glow_line_theta(&s->line, line->l_ns));

	if (s->phase == GLOW_SYNC_TRACKING && line->sigma_ns < CALM_SIGMA_NS &&
	    __builtin_fabs(off) < 3 * glow_line_sigma(&s->line, line->l_ns))
		glow_schedule_calm(&s->schedule, &s->cfg, line->l_ns);
	else
		glow_schedule_hurry(&s->schedule, &s->cfg, line->l_ns);
}

/* After a change of conductor the old line is good until the new one is known as well, or proves it wrong; a few probes
 * on a bad network prove nothing. */
static bool better(const struct glow_sync *s, const struct glow_line *line)
{
	double old = glow_line_sigma(&s->line, line->l_ns);
	double off = (double)(line->theta_ns - glow_line_theta(&s->line, line->l_ns));

	if (line->l_ns - s->resync_ns < RESYNC_NS)
		return false;
	return line->sigma_ns <= old || (s->filter.count >= WINDOW && __builtin_fabs(off) > 3 * (line->sigma_ns + old));
}

static int64_t estimate(struct glow_sync *s, double elapsed_ns)
{
	struct glow_line line;
	bool measured;

	if (s->filter.count < GLOW_GROUP)
		return 0;
	measured =
		glow_filter_fit(&s->filter, s->line.rate, (struct glow_prior){ s->prior_rate, s->prior_sigma }, &line);
	if (s->phase == GLOW_SYNC_RESYNC && !better(s, &line))
		return 0;
	if (measured)
		smooth(s, line.rate, elapsed_ns);
	else if (s->anew)
		s->smooth_rate = line.rate;
	pace(s, &line);
	return adopt(s, &line);
}

bool glow_sync_reply(struct glow_sync *s, const struct glow_time_reply *reply, struct glow_raw t4, int64_t *ret_step_ns)
{
	double elapsed = (double)(t4.ns - s->reply_ns);

	*ret_step_ns = 0;
	if (!accept(s, reply, t4.ns)) {
		s->rejected++;
		return false;
	}
	s->replies++;
	s->reply_ns = t4.ns;
	glow_schedule_answered(&s->schedule, &s->cfg, s->anew, s->rtt_ns, t4.ns);
	glow_filter_add(&s->filter, (struct glow_sample){
					    .t1_ns = reply->t1_ns,
					    .t4_ns = t4.ns,
					    .u_ns = reply->t2_ns - reply->t1_ns,
					    .v_ns = reply->t3_ns - t4.ns,
				    });
	if (!impossible(s)) {
		*ret_step_ns = estimate(s, elapsed);
	} else if (s->anew) {
		hurry_anew(s, t4.ns, s->prior_rate, s->prior_sigma);
	} else {
		resync_at_once(s, t4.ns);
	}
	return true;
}

bool glow_sync_valid(const struct glow_sync *s)
{
	return s->valid;
}

int64_t glow_sync_now(const struct glow_sync *s, struct glow_raw local)
{
	return glow_output_now(&s->out, local.ns);
}

struct glow_raw glow_sync_when(const struct glow_sync *s, int64_t s_ns)
{
	return (struct glow_raw){ glow_output_when(&s->out, s_ns) };
}

/* The conductor that is followed now bears out the line that the one before left. */
static bool agrees(const struct glow_sync *s)
{
	int64_t low, high;

	if (s->filter.count == 0 || s->line.sigma_ns > TRACKING_NS)
		return false;
	glow_filter_bounds(&s->filter, GLOW_GROUP, s->line.rate, s->reply_ns, &low, &high);
	return !excludes(s, s->reply_ns, low, high);
}

static enum glow_sync_state state(const struct glow_sync *s, int64_t now_ns)
{
	if (s->phase == GLOW_SYNC_LEADING)
		return GLOW_SYNC_LEADING;
	if (!s->valid)
		return s->connected ? s->phase : GLOW_SYNC_UNSYNCED;
	if (silent(s, now_ns))
		return GLOW_SYNC_HOLDOVER;
	return s->phase == GLOW_SYNC_RESYNC && agrees(s) ? GLOW_SYNC_TRACKING : s->phase;
}

void glow_sync_report(const struct glow_sync *s, struct glow_raw now, struct glow_sync_report *ret_report)
{
	double offset = 0, sigma = 0;

	if (s->valid && s->phase != GLOW_SYNC_LEADING) {
		offset = (double)(glow_sync_now(s, now) - now.ns - glow_line_theta(&s->line, now.ns));
		sigma = glow_hypot(glow_line_sigma(&s->line, now.ns), offset);
	}
	*ret_report = (struct glow_sync_report){
		.state = state(s, now.ns),
		.valid = s->valid,
		.offset_ns = glow_ns(offset),
		.error_ns = (uint32_t)glow_min(sigma, UINT32_MAX),
		.rate_ppb = (int32_t)(s->out.rate * 1e9),
		.rtt_ns = s->rtt_ns,
		.probes = s->probes,
		.replies = s->replies,
		.rejected = s->rejected,
		.steps = s->steps,
	};
}

static void leading(struct glow_sync *s, int64_t now_ns, struct glow_leader self)
{
	s->leader = self;
	s->phase = GLOW_SYNC_LEADING;
	s->valid = true;
	s->anew = false;
	s->line.l_ns = now_ns;
	s->line.theta_ns = glow_output_now(&s->out, now_ns) - now_ns;
	s->line.rate = s->smooth_rate;
	s->line.sigma_ns = s->line.rate_sigma = 0;
	glow_schedule_stop(&s->schedule);
}

void glow_sync_lead(struct glow_sync *s, struct glow_raw now, struct glow_leader self)
{
	leading(s, now.ns, self);
	glow_output_slew(&s->out, now.ns, &s->line, s->smooth_rate);
}

void glow_sync_begin(struct glow_sync *s, struct glow_raw now, int64_t s_ns, double rate, struct glow_leader self)
{
	s->smooth_rate = glow_clamp(rate, GLOW_RATE_MAX);
	s->out = (struct glow_output){
		.l_ns = now.ns, .s_ns = s_ns, .rate = s->smooth_rate, .late_rate = s->smooth_rate
	};
	leading(s, now.ns, self);
}

void glow_sync_steer(struct glow_sync *s, struct glow_raw now, const struct glow_sync *above, double pace)
{
	if (s->phase != GLOW_SYNC_LEADING || !above->valid || above->anew)
		return;
	s->smooth_rate = above->smooth_rate;
	glow_output_ease(&s->out, now.ns, &above->line, s->smooth_rate, pace);
}

void glow_sync_yield(struct glow_sync *s, struct glow_raw now)
{
	if (s->phase != GLOW_SYNC_LEADING)
		return;
	s->line.l_ns = now.ns;
	s->line.theta_ns = glow_sync_now(s, now) - now.ns;
	resync_calmly(s, now.ns);
}
