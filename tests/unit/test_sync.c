/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Cluster time on one machine: what the output may do, which replies count, and
 * the states. How exact it gets is for tests/sim; here a true clock S = L·(1+rate) + offset
 * answers through a random network. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/sync.h>

#include "../harness/dice.h"

#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

static const struct glow_leader leader = { .clock_id = 0xc10c, .term = 3, .boot = 77 };
static struct dice dice;

/* A node, its conductor's clock, and the way between. */
struct world {
	struct glow_sync sync;
	struct glow_leader leader; /* in the replies */
	int64_t l;                 /* now */
	int64_t offset;            /* S at L = 0 */
	double rate;               /* of S against L */
	int64_t queue;             /* mean delay on top of 200 us, each way */
	int64_t beacon;            /* twice a second the broker passes on nothing else for so long */
	int64_t stepped;           /* sum of the announced steps */
	bool mute;
};

static int64_t truth(const struct world *w, int64_t l)
{
	return w->offset + l + (int64_t)(w->rate * (double)l);
}

static int64_t delay(const struct world *w)
{
	double unit = (dice_roll(&dice, 1000000) + 1) / 1e6;

	return 200000 + (int64_t)(-log(unit) * (double)w->queue);
}

static void world_init(struct world *w, const struct glow_sync_cfg *cfg)
{
	memset(w, 0, sizeof(*w));
	w->leader = leader;
	w->l = 5 * S;
	w->offset = 1700000000 * S;
	w->rate = 17e-6;
	w->queue = 60000;
	glow_sync_init(&w->sync, cfg ? cfg : &(struct glow_sync_cfg){ .seed = dice_roll(&dice, 1000) });
}

static struct glow_raw at(int64_t ns)
{
	return (struct glow_raw){ ns };
}

static struct glow_time_reply answer(struct world *w, const struct glow_time_request *request)
{
	struct glow_time_reply reply = { .seq = request->seq, .t1_ns = request->t1_ns, .leader = w->leader };

	if (w->l % (S / 2) < w->beacon)
		w->l += w->beacon - w->l % (S / 2);
	w->l += delay(w);
	reply.t2_ns = truth(w, w->l);
	w->l += 50000;
	reply.t3_ns = truth(w, w->l);
	w->l += delay(w);
	return reply;
}

/* Called for each local instant on a fine grid while the world runs. */
typedef void watch_fn(struct world *w, int64_t l, void *data);

static void watch(struct world *w, int64_t until, watch_fn *fn, void *data)
{
	for (int64_t l = w->l; l < until && fn; l += 5 * MS)
		fn(w, l, data);
	w->l = until;
}

/* One probe after the other, until `until`. */
static void run(struct world *w, int64_t until, watch_fn *fn, void *data)
{
	while (w->l < until) {
		int64_t due = glow_sync_next_probe(&w->sync).ns, step;
		struct glow_time_request request;
		struct glow_time_reply reply;

		if (due > until) {
			watch(w, until, fn, data);
			return;
		}
		if (due > w->l)
			watch(w, due, fn, data);
		glow_sync_probe(&w->sync, at(w->l), &request);
		if (w->mute)
			continue;
		reply = answer(w, &request);
		glow_sync_reply(&w->sync, &reply, at(w->l), &step);
		w->stepped += step;
	}
}

static void start(struct world *w)
{
	glow_sync_connected(&w->sync, at(w->l));
	glow_sync_follow(&w->sync, at(w->l), w->leader);
}

static int64_t error(struct world *w)
{
	return llabs(glow_sync_now(&w->sync, at(w->l)) - truth(w, w->l));
}

static struct glow_sync_report report(struct world *w)
{
	struct glow_sync_report r;

	glow_sync_report(&w->sync, at(w->l), &r);
	return r;
}

static void test_states(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_UNSYNCED);
	assert_int_equal(glow_sync_next_probe(&w.sync).ns, GLOW_NEVER);
	glow_sync_connected(&w.sync, at(w.l));
	assert_int_equal(glow_sync_next_probe(&w.sync).ns, GLOW_NEVER); /* nobody to ask */
	glow_sync_follow(&w.sync, at(w.l), leader);
	assert_int_equal(report(&w).state, GLOW_SYNC_ACQUIRE);
	assert_false(glow_sync_valid(&w.sync));
	run(&w, w.l + 70 * MS, NULL, NULL);
	assert_false(glow_sync_valid(&w.sync));
	run(&w, w.l + 50 * MS, NULL, NULL); /* the eighth reply */
	assert_true(glow_sync_valid(&w.sync));
	assert_int_equal(w.stepped, glow_sync_now(&w.sync, at(0)));
	run(&w, w.l + 20 * S, NULL, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_true(error(&w) < 50000);
	glow_sync_disconnected(&w.sync, at(w.l));
	assert_int_equal(glow_sync_next_probe(&w.sync).ns, GLOW_NEVER);
	w.l += 6 * S;
	assert_int_equal(report(&w).state, GLOW_SYNC_HOLDOVER);
	glow_sync_connected(&w.sync, at(w.l));
	run(&w, w.l + 2 * S, NULL, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	w.leader.term++;
	w.leader.boot++;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	assert_int_equal(report(&w).state, GLOW_SYNC_RESYNC);
	run(&w, w.l + 2 * S, NULL, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_int_equal(report(&w).steps, 1);
	for (enum glow_sync_state k = GLOW_SYNC_UNSYNCED; k <= GLOW_SYNC_LEADING; k++)
		assert_non_null(glow_sync_state_name(k));
}

/* Sends the probe that is due, and lets its answer come or not: how long from then to the next. */
static int64_t pause_after(struct world *w, bool answered)
{
	struct glow_time_request request;
	struct glow_time_reply reply;
	int64_t step;

	w->l = glow_sync_next_probe(&w->sync).ns;
	glow_sync_probe(&w->sync, at(w->l), &request);
	if (answered) {
		reply = answer(w, &request);
		glow_sync_reply(&w->sync, &reply, at(w->l), &step);
	}
	return glow_sync_next_probe(&w->sync).ns - w->l;
}

/* While there is no time answers call the next probe of the first group, and silence none. */
static void test_first_group(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, NULL);
	w.queue = 0;
	start(&w);
	for (int k = 1; k < 8; k++)
		assert_int_equal(pause_after(&w, k % 2), k % 2 ? 10 * MS : 30 * MS);
	assert_true(pause_after(&w, true) > 90 * MS);
	assert_false(glow_sync_valid(&w.sync)); /* five answers */
	run(&w, w.l + S, NULL, NULL);
	assert_true(glow_sync_valid(&w.sync));
	/* The control: who has the time is in no hurry. */
	run(&w, w.l + 60 * S, NULL, NULL);
	glow_sync_disconnected(&w.sync, at(w.l));
	glow_sync_connected(&w.sync, at(w.l));
	assert_true(pause_after(&w, true) > 899 * MS);
}

/* How many probes leave within `ns`. */
static int64_t probes_in(struct world *w, int64_t ns)
{
	uint64_t before = report(w).probes;

	run(w, w->l + ns, NULL, NULL);
	return (int64_t)(report(w).probes - before);
}

/* Calm enough for the longest interval, then the broker is gone for three seconds. */
static void reconnect_calmly(struct world *w)
{
	world_init(w, NULL);
	start(w);
	run(w, w->l + 3600 * S, NULL, NULL);
	assert_in_range(probes_in(w, 128 * S), 3, 5);
	glow_sync_disconnected(&w->sync, at(w->l));
	w->l += 3 * S;
	glow_sync_connected(&w->sync, at(w->l));
}

/* When the broker is back with the same conductor, one probe asks whether all is as it was; and no more. */
static void test_reconnect_is_quiet(void **state)
{
	static struct world w;

	(void)state;
	reconnect_calmly(&w);
	w.leader.term++;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	assert_int_equal(probes_in(&w, S), 1);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_int_equal(probes_in(&w, 25 * S), 0);
	/* Another one is measured anew. */
	reconnect_calmly(&w);
	w.leader.term++;
	w.leader.boot++;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	assert_in_range(probes_in(&w, S), 10, 11);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_in_range(probes_in(&w, 10 * S), 55, 60);
	/* The control: so is one whose memory is too old, and a timeline that nobody knew. */
	reconnect_calmly(&w);
	glow_sync_disconnected(&w.sync, at(w.l));
	w.l += 700 * S;
	glow_sync_connected(&w.sync, at(w.l));
	assert_in_range(probes_in(&w, 10 * S), 65, 72);
	w.leader.clock_id++;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	assert_in_range(probes_in(&w, 10 * S), 72, 76);
}

/* Among very many each asks less often, so that all together ask no more than one conductor answers: four thousand
 * a second in a burst, as long as it answers at once, and else a thousand. */
static void test_crowd(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, NULL);
	glow_sync_crowd(&w.sync, 150);
	start(&w);
	assert_in_range(probes_in(&w, 10 * S), 66, 76); /* the control: as ever */
	world_init(&w, NULL);
	glow_sync_crowd(&w.sync, 5000);
	start(&w);
	assert_in_range(probes_in(&w, 8 * S), 5, 12);
	run(&w, w.l + 5 * S, NULL, NULL);
	assert_true(glow_sync_valid(&w.sync));
	assert_in_range(probes_in(&w, 50 * S), 32, 48);
	assert_in_range(probes_in(&w, 40 * S), 14, 36);
	assert_in_range(probes_in(&w, 100 * S), 18, 22); /* the burst is over */
	assert_true(error(&w) < 60000);
	w.leader.term++;
	w.leader.boot++;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	assert_in_range(probes_in(&w, 6 * S), 1, 10);
	w.queue = 300 * MS;
	assert_in_range(probes_in(&w, 50 * S), 9, 20);
	w.queue = 0;
	assert_in_range(probes_in(&w, 50 * S), 31, 47);
}

/* Four thousand ask once a second, and a beacon to all of them keeps the broker busy twice in it: whoever asked in step
 * with that would wait each time. */
static void test_out_of_step(void **state)
{
	static struct world w;
	int late = 0;

	(void)state;
	for (int k = 0; k < 40; k++) {
		world_init(&w, NULL);
		w.l += k * 25 * MS;
		w.beacon = 200 * MS;
		glow_sync_crowd(&w.sync, 4000);
		start(&w);
		run(&w, w.l + 60 * S, NULL, NULL);
		assert_true(error(&w) < 200000);
		/* The control: it is busy each time that somebody looks. */
		for (int n = 0; n < 20; n++)
			late += pause_after(&w, true) && w.sync.rtt_ns > 10 * MS;
	}
	assert_in_range(late, 40 * 20 / 4, 40 * 20 / 2);
}

/* Among very many the probes of a group are seconds apart, and while all come nobody is answered soon. A slope that is
 * not known yet, or was taken for what the crowd made of it, is no clock that stepped. */
static void test_storm(void **state)
{
	static struct world w;
	int64_t until, found = 0;

	(void)state;
	for (int k = 0; k < 20; k++) {
		world_init(&w, NULL);
		w.rate = k % 2 ? 40e-6 : -40e-6;
		w.queue = k < 10 ? 20000 : 400 * MS;
		glow_sync_crowd(&w.sync, 5000);
		start(&w);
		run(&w, w.l + 15 * S, NULL, NULL);
		w.queue = 20000;
		run(&w, w.l + 10 * S, NULL, NULL);
		assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
		for (until = w.l + 60 * S; w.l < until; run(&w, w.l + 100 * MS, NULL, NULL))
			assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
		assert_true(error(&w) < 100000);
		/* The control: one that steps is. */
		w.offset += 20 * MS;
		for (until = w.l + 60 * S; w.l < until && report(&w).state != GLOW_SYNC_RESYNC;)
			run(&w, w.l + 100 * MS, NULL, NULL);
		found += report(&w).state == GLOW_SYNC_RESYNC;
	}
	assert_int_equal(found, 20);
	/* A slope that no crystal has, and is taken for certain. */
	world_init(&w, NULL);
	glow_sync_crowd(&w.sync, 5000);
	start(&w);
	run(&w, w.l + 30 * S, NULL, NULL);
	w.sync.line.rate = w.sync.smooth_rate = w.sync.prior_rate = 400e-6;
	w.sync.line.rate_sigma = w.sync.prior_sigma = 1e-6;
	until = w.l + 60 * S;
	while (w.l < until && report(&w).state != GLOW_SYNC_RESYNC)
		run(&w, w.l + 100 * MS, NULL, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_RESYNC);
	run(&w, w.l + 30 * S, NULL, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_true(error(&w) < 200000);
}

/* A burst that nobody answers may be why nobody does. */
static void test_hesitation(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, NULL);
	w.mute = true;
	start(&w);
	assert_in_range(probes_in(&w, 10 * S), 13, 14); /* 0 30 60 90 120 180 300 540 1020 1980 ms and so on */
	w.mute = false;
	assert_in_range(probes_in(&w, 10 * S), 60, 76); /* the control: as soon as there is an answer, as ever */
	assert_true(glow_sync_valid(&w.sync));
}

/* The output as it was when last looked at. */
struct course {
	int64_t l, s;
	double least, most; /* slope */
};

static void look(struct world *w, int64_t l, void *data)
{
	struct course *c = data;
	int64_t s;

	if (!glow_sync_valid(&w->sync))
		return;
	s = glow_sync_now(&w->sync, at(l));
	if (c->l && l > c->l) {
		double slope = (double)(s - c->s) / (double)(l - c->l);

		c->least = fmin(c->least, slope);
		c->most = fmax(c->most, slope);
	}
	c->l = l;
	c->s = s;
}

static bool gentle(const struct course *c)
{
	return c->least > 1 - 1.1e-3 && c->most < 1 + 1.1e-3;
}

/* The conductor's clock gains `jump` while it goes on with the same identity. */
static struct course course_over(int64_t jump, int64_t *ret_step)
{
	static struct world w;
	struct course c = { .least = 1, .most = 1 };

	world_init(&w, NULL);
	start(&w);
	run(&w, w.l + 60 * S, look, &c);
	w.stepped = 0;
	w.offset += jump;
	run(&w, w.l + 300 * S, look, &c);
	assert_true(error(&w) < 60000);
	*ret_step = w.stepped;
	return c;
}

/* promise: time-runs-forward */
static void test_slope(void **state)
{
	struct course c;
	int64_t step;

	(void)state;
	for (int k = 0; k < 10; k++) {
		c = course_over(dice_between(&dice, -15 * MS, 15 * MS), &step);
		assert_true(gentle(&c));
		assert_int_equal(step, 0);
	}
	/* The control: beyond 20 ms it steps, and that is seen. */
	c = course_over(-50 * MS, &step);
	assert_false(gentle(&c));
	assert_true(llabs(step + 50 * MS) < 10 * MS); /* until then it slewed */
}

static void invert(struct world *w, int64_t l, void *data)
{
	int64_t s, back;
	int *wrong = data;

	if (!glow_sync_valid(&w->sync))
		return;
	l += dice_between(&dice, -20 * MS, 3 * S);
	s = glow_sync_now(&w->sync, at(l));
	back = glow_sync_when(&w->sync, s).ns;
	*wrong += llabs(back - l) > 2;
	*wrong += glow_sync_now(&w->sync, at(l + 2)) <= s;
	*wrong += glow_sync_now(&w->sync, at(l + 1)) < s;
}

static void test_inverse(void **state)
{
	static struct world w;
	int wrong = 0;

	(void)state;
	world_init(&w, NULL);
	w.queue = 5 * MS; /* so that there is something to slew */
	start(&w);
	run(&w, w.l + 30 * S, invert, &wrong);
	assert_int_equal(wrong, 0);
	w.l += 40 * 86400 * S;
	invert(&w, w.l, &wrong);
	assert_int_equal(wrong, 0);
	/* Whatever is asked for, the sums do not overflow. */
	assert_true(glow_sync_when(&w.sync, INT64_MAX).ns > w.l);
	assert_true(glow_sync_when(&w.sync, INT64_MIN).ns < 0);
}

typedef void spoil_fn(struct glow_time_reply *reply, int64_t *t4);

static void fine(struct glow_time_reply *reply, int64_t *t4)
{
	(void)reply;
	(void)t4;
}

static void wrong_seq(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->seq += 8;
}

static void zero_seq(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->seq = 0;
}

static void wrong_t1(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->t1_ns--;
}

static void wrong_term(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->leader.term++;
}

static void wrong_boot(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->leader.boot++;
}

static void wrong_clock(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->leader.clock_id++;
}

static void back_in_time(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->t3_ns = reply->t2_ns - 1;
}

static void before_asked(struct glow_time_reply *reply, int64_t *t4)
{
	*t4 = reply->t1_ns - 1;
}

static void too_late(struct glow_time_reply *reply, int64_t *t4)
{
	*t4 = reply->t1_ns + 2 * S + 1;
}

static void longer_than_possible(struct glow_time_reply *reply, int64_t *t4)
{
	reply->t3_ns = reply->t2_ns + (*t4 - reply->t1_ns) + 60000;
}

static void huge(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->t2_ns = reply->t3_ns = INT64_MAX;
}

static void negative(struct glow_time_reply *reply, int64_t *t4)
{
	(void)t4;
	reply->t2_ns = INT64_MIN;
}

static bool taken(struct world *w, spoil_fn *spoil)
{
	struct glow_time_request request;
	struct glow_time_reply reply;
	int64_t t4, step;

	glow_sync_probe(&w->sync, at(w->l), &request);
	reply = answer(w, &request);
	t4 = w->l;
	spoil(&reply, &t4);
	return glow_sync_reply(&w->sync, &reply, at(t4), &step);
}

static void test_replies(void **state)
{
	spoil_fn *const all[] = { wrong_seq,    zero_seq,     wrong_t1, wrong_term,           wrong_boot, wrong_clock,
				  back_in_time, before_asked, too_late, longer_than_possible, huge,       negative };
	static struct world w;
	struct glow_time_request request;
	struct glow_time_reply reply;
	int64_t step;
	uint64_t rejected;

	(void)state;
	world_init(&w, NULL);
	start(&w);
	run(&w, w.l + 30 * S, NULL, NULL);
	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
		assert_true(taken(&w, fine));
		assert_false(taken(&w, all[k]));
	}
	assert_int_equal(report(&w).rejected, sizeof(all) / sizeof(all[0]));
	assert_true(error(&w) < 50000);
	/* Each request has one answer. */
	glow_sync_probe(&w.sync, at(w.l), &request);
	reply = answer(&w, &request);
	assert_true(glow_sync_reply(&w.sync, &reply, at(w.l), &step));
	assert_false(glow_sync_reply(&w.sync, &reply, at(w.l), &step));
	/* An answer that comes after a new conductor is none, even if it claims so. */
	glow_sync_probe(&w.sync, at(w.l), &request);
	w.leader.term++;
	w.leader.boot++;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	reply = answer(&w, &request);
	rejected = report(&w).rejected;
	assert_false(glow_sync_reply(&w.sync, &reply, at(w.l), &step));
	assert_int_equal(report(&w).rejected, rejected + 1);
}

/* Eight are remembered, in whatever order they are answered. */
static void test_outstanding(void **state)
{
	static struct world w;
	struct glow_time_request request[GLOW_SYNC_OUTSTANDING + 1];
	struct glow_time_reply reply;
	int64_t step;

	(void)state;
	world_init(&w, NULL);
	start(&w);
	for (int k = 0; k <= GLOW_SYNC_OUTSTANDING; k++)
		glow_sync_probe(&w.sync, at(w.l += MS), &request[k]);
	for (int k = GLOW_SYNC_OUTSTANDING; k >= 0; k--) {
		reply = answer(&w, &request[k]);
		assert_int_equal(glow_sync_reply(&w.sync, &reply, at(w.l), &step), k > 0);
	}
}

/* A stall holds up several replies, which then come in one instant. */
static void test_together(void **state)
{
	static struct world w;
	struct glow_time_request request[4];
	struct glow_time_reply reply[4];
	int64_t step;

	(void)state;
	world_init(&w, NULL);
	start(&w);
	for (int k = 0; k < 40; k++) {
		for (int n = 0; n < 4; n++) {
			w.l += 100 * MS;
			glow_sync_probe(&w.sync, at(w.l), &request[n]);
			reply[n] = answer(&w, &request[n]);
		}
		for (int n = 0; n < 4; n++)
			assert_true(glow_sync_reply(&w.sync, &reply[n], at(w.l), &step));
	}
	run(&w, w.l + 60 * S, NULL, NULL);
	assert_true(error(&w) < 60000);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
}

static void test_jump(void **state)
{
	static struct world w;
	int64_t replies;

	(void)state;
	world_init(&w, NULL);
	start(&w);
	run(&w, w.l + 1000 * S, NULL, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	w.offset += 5 * MS;
	replies = (int64_t)report(&w).replies;
	while (report(&w).state != GLOW_SYNC_RESYNC)
		run(&w, w.l + 10 * MS, NULL, NULL);
	assert_in_range(report(&w).replies - replies, 1, 2);
	run(&w, w.l + 30 * S, NULL, NULL);
	assert_true(error(&w) < 100000);
	assert_int_equal(report(&w).steps, 1);
}

/* The next conductor's clock runs at another rate: the old line is given up as soon as it is disproved. */
static void test_other_rate(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, NULL);
	start(&w);
	run(&w, w.l + 300 * S, NULL, NULL);
	w.offset += (int64_t)((w.rate - 47e-6) * (double)w.l);
	w.rate = 47e-6;
	w.leader.term++;
	w.leader.boot++;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	run(&w, w.l + 90 * S, NULL, NULL);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_true(error(&w) < 200000);
	assert_int_equal(report(&w).steps, 1);
}

/* The conductor is replaced while the node knows nothing of the slope yet: that must not count as known. */
static void test_early(void **state)
{
	static struct world w;

	(void)state;
	for (int k = 0; k < 10; k++) {
		world_init(&w, NULL);
		w.rate = dice_roll(&dice, 2) ? 40e-6 : -40e-6;
		start(&w);
		run(&w, w.l + dice_between(&dice, 500 * MS, 5 * S), NULL, NULL);
		assert_true(glow_sync_valid(&w.sync));
		w.leader.term++;
		w.leader.boot += (uint32_t)k % 2;
		glow_sync_follow(&w.sync, at(w.l), w.leader);
		run(&w, w.l + 30 * S, NULL, NULL);
		assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
		assert_true(error(&w) < 60000);
	}
}

static void test_follow(void **state)
{
	struct course c = { .least = 1, .most = 1 };
	static struct world w;
	struct glow_leader other = leader;
	struct glow_time_request request;

	(void)state;
	world_init(&w, NULL);
	start(&w);
	run(&w, w.l + 60 * S, look, &c);
	glow_sync_follow(&w.sync, at(w.l), leader); /* the same again */
	other.term--;
	glow_sync_follow(&w.sync, at(w.l), other); /* one that has been replaced */
	other = (struct glow_leader){ 0 };
	glow_sync_follow(&w.sync, at(w.l), other);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_int_equal(glow_sync_leader(&w.sync).term, leader.term);
	/* Another conductor on the same clock, 3 ms off: no step, and the old line for four seconds. */
	w.stepped = 0;
	w.leader.term++;
	w.leader.boot = 5;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	run(&w, w.l + 3900 * MS, look, &c);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING); /* it bears the old line out */
	assert_true(error(&w) < 60000);
	w.offset += 3 * MS;
	w.leader.boot = 6; /* an equal term, another boot */
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	run(&w, w.l + 3900 * MS, look, &c);
	assert_true(llabs(error(&w) - 3 * MS) < 60000);
	assert_int_equal(report(&w).state, GLOW_SYNC_RESYNC); /* it does not */
	run(&w, w.l + 120 * S, look, &c);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_true(error(&w) < 60000);
	assert_int_equal(w.stepped, 0);
	assert_true(gentle(&c));
	/* Another clock: there is time all along, and one step, whatever the term. */
	w.offset -= 5 * S;
	w.leader = (struct glow_leader){ .clock_id = 9, .term = 1, .boot = 1 };
	glow_sync_probe(&w.sync, at(w.l), &request);
	assert_int_not_equal(request.s1_ns, 0);
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	assert_true(glow_sync_valid(&w.sync));
	glow_sync_probe(&w.sync, at(w.l), &request); /* nobody there could make anything of the old one's time */
	assert_int_equal(request.s1_ns, 0);
	run(&w, w.l + 2 * S, NULL, NULL);
	assert_true(llabs(w.stepped + 5 * S - 3 * MS) < 4 * MS);
	run(&w, w.l + 20 * S, NULL, NULL);
	assert_true(error(&w) < 60000);
}

static void test_holdover(void **state)
{
	static struct world w;
	int within = 0, longer = 0, before, after;

	(void)state;
	for (int k = 0; k < 40; k++) {
		world_init(&w, NULL);
		w.queue = 800000;
		start(&w);
		run(&w, w.l + dice_between(&dice, 20, 200) * S, NULL, NULL);
		before = (int)report(&w).error_ns;
		w.mute = true;
		run(&w, w.l + 600 * S, NULL, NULL);
		assert_int_equal(report(&w).state, GLOW_SYNC_HOLDOVER);
		after = (int)report(&w).error_ns;
		assert_true(after > before);
		within += error(&w) < 3 * (int64_t)after;
		longer += error(&w) > 3 * (int64_t)before; /* the control: an error that does not grow is a lie */
	}
	assert_true(within >= 38);
	assert_true(longer > 10);
}

static void test_schedule(void **state)
{
	static struct world w;
	struct glow_sync_cfg cfg = { .seed = 4 };
	uint64_t probes;

	(void)state;
	world_init(&w, &cfg);
	start(&w);
	run(&w, w.l + 8 * S, NULL, NULL);
	probes = report(&w).probes;
	assert_in_range(probes, 70, 75);
	run(&w, w.l + 100 * S, NULL, NULL);
	assert_in_range(report(&w).probes - probes, 90, 111);
	run(&w, w.l + 3000 * S, NULL, NULL); /* calm: 32 s */
	probes = report(&w).probes;
	run(&w, w.l + 640 * S, NULL, NULL);
	assert_in_range(report(&w).probes - probes, 18, 23);
	glow_sync_temperature(&w.sync, at(w.l), NAN);
	glow_sync_temperature(&w.sync, at(w.l), 40);
	assert_true(glow_sync_next_probe(&w.sync).ns <= w.l + 1100 * MS);
	probes = report(&w).probes;
	glow_sync_temperature(&w.sync, at(w.l), 42);
	run(&w, w.l + 100 * S, NULL, NULL);
	assert_in_range(report(&w).probes - probes, 90, 111);
	run(&w, w.l + 3000 * S, NULL, NULL);
	w.mute = true; /* nobody answers: ask once a second again */
	run(&w, w.l + 200 * S, NULL, NULL);
	probes = report(&w).probes;
	run(&w, w.l + 100 * S, NULL, NULL);
	assert_in_range(report(&w).probes - probes, 90, 111);

	cfg.power_save = true;
	world_init(&w, &cfg);
	start(&w);
	run(&w, w.l + 10 * S, NULL, NULL);
	probes = report(&w).probes;
	run(&w, w.l + 100 * S, NULL, NULL);
	assert_in_range(report(&w).probes - probes, 4 * 86, 4 * 111);
}

static void test_conductor(void **state)
{
	static struct world w;
	struct course c = { .least = 1, .most = 1 };
	struct glow_leader self = { .clock_id = leader.clock_id, .term = 4, .boot = 1234 };
	struct glow_sync_report r;
	int64_t s;

	(void)state;
	/* A new timeline. */
	world_init(&w, NULL);
	glow_sync_begin(&w.sync, at(w.l), 1600000000 * S, 12e-6, self);
	r = report(&w);
	assert_int_equal(r.state, GLOW_SYNC_LEADING);
	assert_int_equal(r.error_ns, 0);
	assert_int_equal(r.rate_ppb, 12000);
	assert_int_equal(glow_sync_now(&w.sync, at(w.l)), 1600000000 * S);
	assert_true(llabs(glow_sync_now(&w.sync, at(w.l + 1000 * S)) - 1600001000 * S - 12 * MS) <= 1);
	glow_sync_follow(&w.sync, at(w.l), leader); /* whoever leads does not follow */
	assert_int_equal(report(&w).state, GLOW_SYNC_LEADING);

	/* A standby takes over, leads on as it has tracked, and yields again. */
	world_init(&w, NULL);
	start(&w);
	run(&w, w.l + 200 * S, look, &c);
	s = glow_sync_now(&w.sync, at(w.l));
	glow_sync_lead(&w.sync, at(w.l), self);
	assert_int_equal(glow_sync_now(&w.sync, at(w.l)), s);
	assert_int_equal(glow_sync_next_probe(&w.sync).ns, GLOW_NEVER);
	run(&w, w.l + 20 * S, look, &c);
	assert_true(error(&w) < 60000);
	glow_sync_yield(&w.sync, at(w.l));
	glow_sync_yield(&w.sync, at(w.l));
	assert_true(glow_sync_valid(&w.sync));
	assert_int_equal(report(&w).state, GLOW_SYNC_HOLDOVER);
	w.leader = (struct glow_leader){ .clock_id = leader.clock_id, .term = 5, .boot = 99 };
	w.stepped = 0;
	glow_sync_follow(&w.sync, at(w.l), w.leader);
	run(&w, w.l + 150 * S, look, &c); /* a line that was the truth itself is not given up soon */
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	assert_int_equal(w.stepped, 0);
	assert_true(gentle(&c));
}

/* The slope of a clock that many follow. */
struct ease {
	struct glow_sync *sync;
	int64_t last_l, last_s;
	double least, most; /* dS/dL - 1 */
};

static void look_ease(struct world *w, int64_t l, void *data)
{
	struct ease *e = data;
	int64_t s = glow_sync_now(e->sync, at(l));
	double rate = (double)((s - e->last_s) - (l - e->last_l)) / (double)(l - e->last_l);

	(void)w;
	if (e->last_l && l - e->last_l < 5 * MS) /* too short for whole nanoseconds */
		return;
	if (e->last_l) {
		e->least = rate < e->least ? rate : e->least;
		e->most = rate > e->most ? rate : e->most;
	}
	e->last_l = l;
	e->last_s = s;
}

/* Twice a second what is led is told of what is followed. */
static void steer(struct world *w, struct ease *e, int64_t ns)
{
	for (int64_t until = w->l + ns; w->l < until;) {
		run(w, w->l + S / 2, look_ease, e);
		glow_sync_steer(e->sync, at(w->l), &w->sync, 10e-6);
	}
}

static int64_t led_error(const struct world *w, const struct ease *e)
{
	return llabs(glow_sync_now(e->sync, at(w->l)) - truth(w, w->l));
}

/* promise: rack-goes-on */
static void test_steer(void **state)
{
	static struct world w;
	static struct glow_sync led;
	struct ease e = { .sync = &led, .least = 1, .most = -1 };
	struct glow_leader self = { .clock_id = leader.clock_id, .term = 4, .boot = 1234 };
	int64_t s;

	(void)state;
	world_init(&w, &(struct glow_sync_cfg){ .interval_min_ns = S / 2, .interval_max_ns = S / 2 });
	glow_sync_init(&led, &(struct glow_sync_cfg){ .seed = 1 });
	glow_sync_steer(&led, at(w.l), &w.sync, 10e-6); /* there is nothing to lead by, nor to be led */
	assert_false(glow_sync_valid(&led));
	start(&w);
	run(&w, w.l + 60 * S, NULL, NULL);

	/* 15 ms off, and a rate of its own: it never jumps, nor runs faster than others can follow, and comes there. */
	glow_sync_begin(&led, at(w.l), truth(&w, w.l) - 15 * MS, 3e-6, self);
	s = glow_sync_now(&led, at(w.l));
	glow_sync_steer(&led, at(w.l), &w.sync, 10e-6);
	assert_true(llabs(glow_sync_now(&led, at(w.l)) - s) <= 1);
	assert_true(led_error(&w, &e) > 14 * MS);
	steer(&w, &e, 1000 * S);
	assert_true(led_error(&w, &e) < 30000);
	assert_true(e.least > 0 && e.most < 120e-6);

	/* Nobody answers for an hour: it goes on in the rate that it had. */
	w.mute = true;
	e.most = e.least = w.rate;
	steer(&w, &e, 3600 * S);
	assert_true(led_error(&w, &e) < 2 * MS);
	assert_true(e.most - e.least < 2e-6);
	/* And comes back without haste. */
	w.mute = false;
	e.last_l = 0;
	steer(&w, &e, 300 * S);
	assert_true(led_error(&w, &e) < 30000);
	assert_true(e.most - e.least < 30e-6);
	assert_int_equal(report(&w).state, GLOW_SYNC_TRACKING);
	glow_sync_report(&led, at(w.l), &(struct glow_sync_report){ 0 });
	assert_int_equal(glow_sync_leader(&led).boot, 1234);
}

/* Whatever a broken conductor answers, the output stays a clock. */
static void test_nonsense(void **state)
{
	static struct world w;

	(void)state;
	for (int k = 0; k < 200; k++) {
		world_init(&w, NULL);
		start(&w);
		for (int n = 0; n < 200; n++) {
			struct glow_time_request request;
			struct glow_time_reply reply;
			int64_t step, s;

			w.l += dice_between(&dice, 0, 3 * S);
			glow_sync_probe(&w.sync, at(w.l), &request);
			reply = answer(&w, &request);
			if (dice_roll(&dice, 4) == 0)
				reply.t2_ns = reply.t3_ns = (int64_t)(dice_next(&dice) >> 2);
			glow_sync_reply(&w.sync, &reply, at(w.l), &step);
			if (!glow_sync_valid(&w.sync))
				continue;
			s = glow_sync_now(&w.sync, at(w.l));
			assert_true(glow_sync_now(&w.sync, at(w.l + 2)) > s);
			assert_true(llabs(glow_sync_when(&w.sync, s).ns - w.l) <= 2);
			report(&w);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_first_group),
		cmocka_unit_test(test_reconnect_is_quiet),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_out_of_step),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_hesitation),
		cmocka_unit_test(test_slope),
		cmocka_unit_test(test_inverse),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_holdover),
		cmocka_unit_test(test_outstanding),
		cmocka_unit_test(test_schedule),
		cmocka_unit_test(test_conductor),
		cmocka_unit_test(test_steer),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_early),
		cmocka_unit_test(test_jump),
		cmocka_unit_test(test_other_rate),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
