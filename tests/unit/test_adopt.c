/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Nodes that know the time more or less well, at the end of roads that delay, and one that wants to know it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <glow/adopt.h>
#include <glow/hash.h>

#define MS     INT64_C(1000000)
#define US     INT64_C(1000)
#define START  (INT64_C(77) * 1000 * MS)
#define OFFSET INT64_C(1764000000123456789) /* S minus L, the truth */
#define CLOCK  UINT64_C(0xfeedbeef01234567)

static struct glow_adopt adopt;
static uint32_t rolls;

static struct glow_raw at(int64_t ns)
{
	return (struct glow_raw){ ns };
}

struct node {
	int64_t error_ns; /* of its knowledge */
	uint32_t sigma_ns;
	int32_t rate_ppb;
	int64_t delay_ns; /* least, each way; some probes take up to 20 ms more */
	uint64_t clock_id;
	bool silent;
};

static int64_t queueing(void)
{
	uint32_t dice = glow_dice(1, rolls++, 0);

	return dice % 4 == 0 ? dice % (20 * MS) : dice % (100 * US);
}

/* Runs it to its decision; returns how long that took. */
static int64_t run(const struct node *nodes, int n)
{
	struct {
		int64_t when_ns;
		struct glow_time_reply reply;
	} flying[GLOW_ADOPT_NODES * GLOW_ADOPT_PROBES];
	int n_flying = 0;
	int64_t now = START;

	glow_adopt_init(&adopt, at(START), CLOCK);
	for (int k = 0; k < n; k++)
		assert_int_equal(glow_adopt_add(&adopt), k);
	for (; !glow_adopt_done(&adopt, at(now)); now += 100 * US) {
		struct glow_time_request request;
		int k;

		if (glow_adopt_probe(&adopt, at(now), &k, &request) && !nodes[k].silent) {
			int64_t there = now + nodes[k].delay_ns + queueing();
			int64_t s = there + OFFSET + nodes[k].error_ns;

			flying[n_flying].when_ns = there + nodes[k].delay_ns + queueing();
			flying[n_flying++].reply = (struct glow_time_reply){
				.seq = request.seq,
				.t1_ns = request.t1_ns,
				.t2_ns = s,
				.t3_ns = s,
				.leader = { .clock_id = nodes[k].clock_id ? nodes[k].clock_id : CLOCK },
				.sigma_ns = nodes[k].sigma_ns,
				.rate_ppb = nodes[k].rate_ppb,
				.state = GLOW_SYNC_HOLDOVER,
			};
		}
		for (int i = 0; i < n_flying; i++)
			if (flying[i].when_ns <= now) {
				glow_adopt_reply(&adopt, &flying[i].reply, at(now));
				flying[i--] = flying[--n_flying];
			}
	}
	return now - START;
}

static const struct node good = { .sigma_ns = 20000, .rate_ppb = 4000, .delay_ns = 300 * US };

static void assert_right(int64_t error_ns)
{
	int64_t offset;
	int32_t rate;

	assert_true(glow_adopt_result(&adopt, &offset, &rate));
	assert_true(llabs(offset - OFFSET) <= error_ns);
	assert_int_equal(rate, 4000);
}

static void test_nobody(void **state)
{
	struct node silent = good;
	int64_t offset;
	int32_t rate;

	(void)state;
	silent.silent = true;
	assert_in_range(run(NULL, 0), 3000 * MS, 3001 * MS);
	assert_false(glow_adopt_result(&adopt, &offset, &rate));
	assert_in_range(run(&silent, 1), 3000 * MS, 3001 * MS);
	assert_false(glow_adopt_result(&adopt, &offset, &rate));
}

static void test_one(void **state)
{
	(void)state;
	assert_in_range(run(&good, 1), 500 * MS, 600 * MS);
	assert_right(200 * US); /* of two delays with 0.1 ms of jitter and spikes a hundred times that */
}

static void test_twenty_are_enough(void **state)
{
	struct node nodes[GLOW_ADOPT_NODES];

	(void)state;
	for (int k = 0; k < GLOW_ADOPT_NODES; k++)
		nodes[k] = good;
	assert_in_range(run(nodes, GLOW_ADOPT_NODES), 900 * MS, 1100 * MS);
	assert_int_equal(glow_adopt_add(&adopt), -1);
	assert_right(50 * US);
}

/* A minority that is wrong and says it is sure does not pull the result; nor does one that is unsure. */
static void test_the_wrong_are_outvoted(void **state)
{
	struct node nodes[] = { good, good, good, good, good };

	(void)state;
	nodes[0].error_ns = 40 * MS;
	nodes[0].rate_ppb = 90000;
	nodes[3].error_ns = 70 * MS;
	nodes[3].rate_ppb = 80000;
	run(nodes, 5);
	assert_right(200 * US);
	nodes[1].error_ns = 50 * MS; /* the control: a majority does */
	nodes[1].rate_ppb = 4000;
	run(nodes, 5);
	{
		int64_t offset;
		int32_t rate;

		assert_true(glow_adopt_result(&adopt, &offset, &rate));
		assert_true(offset - OFFSET > 30 * MS);
	}
}

/* To be sure of it gives nobody more weight: one that says so does not pull two that are not. */
/* promise: one-liar-moves-nothing */
static void test_nobody_weighs_more(void **state)
{
	struct node nodes[] = { good, good, good };

	(void)state;
	nodes[0].error_ns = 500 * MS;
	nodes[0].sigma_ns = 0;
	nodes[1].sigma_ns = nodes[2].sigma_ns = 1900000;
	run(nodes, 3);
	assert_right(200 * US);
	nodes[1].error_ns = 500 * MS; /* the control: two do */
	run(nodes, 3);
	{
		int64_t offset;
		int32_t rate;

		assert_true(glow_adopt_result(&adopt, &offset, &rate));
		assert_true(offset - OFFSET > 400 * MS);
	}
}

static void test_who_has_no_say(void **state)
{
	struct node nodes[] = { good, good, good, good };

	(void)state;
	nodes[0].error_ns = nodes[1].error_ns = 10 * MS;
	nodes[0].sigma_ns = nodes[1].sigma_ns = GLOW_ADOPT_SIGMA_NS + 1;
	nodes[2].clock_id = CLOCK + 1;
	nodes[2].error_ns = 10 * MS;
	assert_in_range(run(nodes, 4), 1500 * MS, 1501 * MS);
	assert_right(200 * US);
	assert_int_equal(adopt.nodes[0].replies, 0);
	assert_int_equal(adopt.nodes[2].replies, 0);
	assert_int_equal(adopt.nodes[3].replies, GLOW_ADOPT_PROBES);
}

static void test_impossible(void **state)
{
	struct glow_time_request request;
	struct glow_time_reply fine, reply;
	int k;

	(void)state;
	glow_adopt_init(&adopt, at(START), CLOCK);
	assert_false(glow_adopt_probe(&adopt, at(START), &k, &request));
	glow_adopt_add(&adopt);
	assert_true(glow_adopt_probe(&adopt, at(START), &k, &request));
	{
		struct glow_time_request other;

		assert_false(glow_adopt_probe(&adopt, at(START), &k, &other)); /* too soon */
	}
	fine = (struct glow_time_reply){ .seq = request.seq,
					 .t1_ns = START,
					 .t2_ns = OFFSET,
					 .t3_ns = OFFSET + 1,
					 .leader = { .clock_id = CLOCK },
					 .state = GLOW_SYNC_TRACKING };
	reply = fine;
	reply.t1_ns = START - 1;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + MS)));
	reply = fine;
	reply.t3_ns = OFFSET - 1;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + MS)));
	reply = fine;
	reply.t2_ns = INT64_MIN;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + MS)));
	reply = fine;
	reply.t3_ns = INT64_MAX;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + MS)));
	reply = fine;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START - 1)));
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + 2001 * MS)));
	reply.seq = 1 << 16;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + MS)));
	reply.seq = fine.seq + 1;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + MS)));
	reply = fine;
	reply.state = GLOW_SYNC_UNSYNCED;
	assert_false(glow_adopt_reply(&adopt, &reply, at(START + MS)));
	assert_true(glow_adopt_reply(&adopt, &fine, at(START + MS)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_twenty_are_enough),
		cmocka_unit_test(test_the_wrong_are_outvoted),
		cmocka_unit_test(test_nobody_weighs_more),
		cmocka_unit_test(test_who_has_no_say),
		cmocka_unit_test(test_impossible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
