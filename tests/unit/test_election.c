/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glow/election.h>

#define MS     INT64_C(1000000)
#define START  (INT64_C(5000) * MS)
#define MANY   200
#define ROUNDS 400

static struct glow_raw at(int64_t ns)
{
	return (struct glow_raw){ ns };
}

static struct glow_election stands_by(uint32_t seed)
{
	struct glow_election e;

	glow_election_init(&e, seed);
	glow_election_connected(&e, at(START), false);
	return e;
}

/* How long after `since` it takes the lead; checks that it does so at its deadline and once. */
static int64_t takes_after(struct glow_election *e, int64_t since)
{
	struct glow_raw next = glow_election_next(e);

	assert_int_not_equal(next.ns, GLOW_NEVER);
	assert_false(glow_election_tick(e, at(next.ns - 1)));
	assert_true(glow_election_tick(e, next));
	assert_int_equal(e->state, GLOW_ELECTION_TAKING);
	assert_false(glow_election_tick(e, at(next.ns + 1)));
	assert_int_equal(glow_election_next(e).ns, GLOW_NEVER);
	return next.ns - since;
}

/* Many of these waits fill the range from `least` to `most`, and leave it nowhere. */
struct range {
	int64_t least, most;
};

static void note(struct range *r, int64_t ns)
{
	r->least = ns < r->least ? ns : r->least;
	r->most = ns > r->most ? ns : r->most;
}

static void assert_fills(struct range r, int64_t least, int64_t most)
{
	int64_t edge = (most - least) / 10;

	assert_in_range(r.least, least, least + edge);
	assert_in_range(r.most, most - edge, most);
}

static const struct range nothing = { INT64_MAX, INT64_MIN };

static void test_away_waits_for_a_connection(void **state)
{
	struct glow_election e;

	(void)state;
	glow_election_init(&e, 1);
	assert_int_equal(glow_election_next(&e).ns, GLOW_NEVER);
	glow_election_offline(&e, at(START));
	glow_election_heard(&e, at(START));
	assert_int_equal(glow_election_next(&e).ns, GLOW_NEVER);
	assert_false(glow_election_tick(&e, at(START + 9000 * MS)));
}

/* promise: takeover */
static void test_silence(void **state)
{
	struct range r = nothing;

	(void)state;
	for (uint32_t seed = 0; seed < MANY; seed++) {
		struct glow_election e = stands_by(seed);

		note(&r, takes_after(&e, START));
	}
	assert_fills(r, 1000 * MS, 1500 * MS);
}

static void test_beacons_hold_it_back(void **state)
{
	struct glow_election e = stands_by(7);
	int64_t now = START;

	(void)state;
	for (int k = 0; k < 100; k++) {
		now += 500 * MS;
		assert_false(glow_election_tick(&e, at(now)));
		glow_election_heard(&e, at(now));
	}
	assert_in_range(takes_after(&e, now), 1000 * MS, 1500 * MS);
}

static struct glow_election hears_among(uint32_t n)
{
	struct glow_election e = stands_by(7);

	glow_election_crowd(&e, n);
	glow_election_heard(&e, at(START));
	return e;
}

/* A broker to which thousands come at once passes on beacons late. */
static void test_silence_among_many(void **state)
{
	struct glow_election e = hears_among(5000);

	(void)state;
	assert_in_range(takes_after(&e, START), 9000 * MS, 9500 * MS);
	e = hears_among(5000);
	glow_election_offline(&e, at(START));
	assert_in_range(takes_after(&e, START), 0, 200 * MS); /* who says so is not silent */
	e = hears_among(UINT32_MAX);
	assert_in_range(takes_after(&e, START), 9000 * MS, 9500 * MS); /* whatever somebody says */
	e = hears_among(100);
	assert_in_range(takes_after(&e, START), 1200 * MS, 1700 * MS);
	e = hears_among(0);
	assert_in_range(takes_after(&e, START), 1000 * MS, 1500 * MS); /* the control */
	glow_election_init(&e, 7);
	glow_election_crowd(&e, 4000);
	glow_election_connected(&e, at(START), false); /* nobody was heard: perhaps there is none */
	assert_in_range(takes_after(&e, START), 1800 * MS, 2300 * MS);
}

static void test_offline(void **state)
{
	struct range r = nothing;

	(void)state;
	for (uint32_t seed = 0; seed < MANY; seed++) {
		struct glow_election e = stands_by(seed);

		glow_election_offline(&e, at(START + 100 * MS));
		note(&r, takes_after(&e, START + 100 * MS));
	}
	assert_fills(r, 0, 200 * MS);
}

/* The will of a leader that was thrown out is followed by the word of the one that did it. */
static void test_online_after_offline(void **state)
{
	struct glow_election e = stands_by(3);

	(void)state;
	glow_election_offline(&e, at(START));
	glow_election_heard(&e, at(START + MS));
	assert_in_range(takes_after(&e, START + MS), 1000 * MS, 1500 * MS);
}

static struct glow_election leads(uint32_t seed)
{
	struct glow_election e = stands_by(seed);

	takes_after(&e, START);
	glow_election_disconnected(&e, at(START + 1500 * MS)); /* the own id's, which is as it should be */
	assert_int_equal(e.state, GLOW_ELECTION_TAKING);
	glow_election_connected(&e, at(START + 1510 * MS), true);
	return e;
}

static void test_leading_ends_with_the_connection(void **state)
{
	struct range r = nothing;

	(void)state;
	for (uint32_t seed = 0; seed < MANY; seed++) {
		struct glow_election e = leads(seed);
		int64_t lost = START + 3000 * MS;

		assert_int_equal(e.state, GLOW_ELECTION_LEADING);
		assert_int_equal(glow_election_next(&e).ns, GLOW_NEVER);
		glow_election_disconnected(&e, at(lost));
		assert_int_equal(e.state, GLOW_ELECTION_AWAY);
		/* The own will was published meanwhile; not even that makes it hurry. */
		glow_election_connected(&e, at(lost + MS), false);
		glow_election_offline(&e, at(lost + MS));
		note(&r, takes_after(&e, lost));
	}
	assert_fills(r, 300 * MS, 500 * MS);
}

static void test_a_failed_attempt(void **state)
{
	struct glow_election e = stands_by(9);
	int64_t now = START + takes_after(&e, START);

	(void)state;
	glow_election_disconnected(&e, at(now));
	glow_election_failed(&e, at(now + 10 * MS));
	assert_int_equal(e.state, GLOW_ELECTION_AWAY);
	glow_election_failed(&e, at(now + 900 * MS)); /* the broker is away altogether */
	glow_election_connected(&e, at(now + 12 * MS), false);
	glow_election_offline(&e, at(now + 12 * MS));
	assert_in_range(takes_after(&e, now + 10 * MS), 300 * MS, 500 * MS);
}

/* The messenger went back to its own id without having tried: nothing is lost by it. */
static void test_back_without_an_attempt(void **state)
{
	struct glow_election e = stands_by(9);
	int64_t now = START + takes_after(&e, START);

	(void)state;
	glow_election_connected(&e, at(now + 10 * MS), false);
	assert_int_equal(e.state, GLOW_ELECTION_STANDBY);
	assert_in_range(takes_after(&e, now + 10 * MS), 1000 * MS, 1500 * MS);
}

static void test_giveback(void **state)
{
	struct range r = nothing;

	(void)state;
	for (uint32_t seed = 0; seed < MANY; seed++) {
		struct glow_election e = leads(seed);
		int64_t now = START + 1510 * MS;

		glow_election_giveback(&e, at(now));
		glow_election_disconnected(&e, at(now + MS));
		glow_election_connected(&e, at(now + 2 * MS), false);
		glow_election_offline(&e, at(now + 2 * MS));
		note(&r, takes_after(&e, now));
	}
	assert_fills(r, 1000 * MS, 1500 * MS);
}

/* ---- several of them and a broker ---- */

#define CONTENDERS 5
#define CONNECT_NS (8 * MS)

struct contender {
	struct glow_election e;
	int64_t connects_ns; /* GLOW_NEVER: connected, or leading */
	bool under_lead;     /* which id it connects under */
};

struct world {
	struct contender c[CONTENDERS];
	int leader;
	int changes;
	int64_t now;
};

static void thrown_out(struct world *w, int k)
{
	glow_election_disconnected(&w->c[k].e, at(w->now));
	w->c[k].connects_ns = w->now + 100 * MS;
	w->c[k].under_lead = false;
	for (int i = 0; i < CONTENDERS; i++) /* its will */
		glow_election_offline(&w->c[i].e, at(w->now));
}

static void connects(struct world *w, int k)
{
	w->c[k].connects_ns = GLOW_NEVER;
	if (w->c[k].under_lead) {
		if (w->leader >= 0)
			thrown_out(w, w->leader);
		w->leader = k;
		w->changes++;
	}
	glow_election_connected(&w->c[k].e, at(w->now), w->c[k].under_lead);
	for (int i = 0; w->c[k].under_lead && i < CONTENDERS; i++)
		glow_election_heard(&w->c[i].e, at(w->now + 5 * MS));
}

static void pass(struct world *w, int64_t ns)
{
	for (int64_t end = w->now + ns; w->now < end; w->now += MS) {
		for (int k = 0; k < CONTENDERS; k++) {
			if (w->c[k].connects_ns <= w->now)
				connects(w, k);
			if (!glow_election_tick(&w->c[k].e, at(w->now)))
				continue;
			glow_election_disconnected(&w->c[k].e, at(w->now));
			w->c[k].under_lead = true;
			w->c[k].connects_ns = w->now + CONNECT_NS;
		}
		for (int k = 0; w->leader >= 0 && w->now % (500 * MS) == 0 && k < CONTENDERS; k++)
			glow_election_heard(&w->c[k].e, at(w->now));
	}
}

static struct world meet(uint32_t seed)
{
	struct world w = { .leader = -1, .now = START };

	for (int k = 0; k < CONTENDERS; k++) {
		glow_election_init(&w.c[k].e, seed * CONTENDERS + (uint32_t)k);
		w.c[k].connects_ns = START;
	}
	return w;
}

/* Five that start together: soon there is one leader, and it stays the one. */
static void test_they_agree(void **state)
{
	int duels = 0;

	(void)state;
	for (uint32_t seed = 0; seed < ROUNDS; seed++) {
		struct world w = meet(seed);
		int changes, leader;

		pass(&w, 4000 * MS);
		changes = w.changes;
		leader = w.leader;
		assert_true(leader >= 0);
		duels += changes > 1;
		pass(&w, 20000 * MS);
		assert_int_equal(w.changes, changes);
		for (int k = 0; k < CONTENDERS; k++)
			assert_int_equal(w.c[k].e.state, k == leader ? GLOW_ELECTION_LEADING : GLOW_ELECTION_STANDBY);
	}
	assert_true(duels > 0); /* the control: in some rounds they did collide */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_away_waits_for_a_connection),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_silence_among_many),
		cmocka_unit_test(test_beacons_hold_it_back),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_online_after_offline),
		cmocka_unit_test(test_leading_ends_with_the_connection),
		cmocka_unit_test(test_a_failed_attempt),
		cmocka_unit_test(test_back_without_an_attempt),
		cmocka_unit_test(test_giveback),
		cmocka_unit_test(test_they_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
