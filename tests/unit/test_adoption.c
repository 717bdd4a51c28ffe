/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/app/conductor/adoption.h"

#define MS     INT64_C(1000000)
#define CLOCK  UINT64_C(0xfeedbeef01234567)
#define SECRET UINT64_C(0x0123456789abcdef)

static struct glow_adoption a;
static struct glow_raw now;

static int setup(void **state)
{
	(void)state;
	now.ns = 1000 * MS;
	memset(&a, 0, sizeof(a));
	glow_adoption_start(&a, "glow", now, CLOCK, SECRET);
	return 0;
}

/* An answer whose S is `ahead_ns` before our L; `len` bytes of it. */
static void reply(const struct glow_time_request *request, int64_t ahead_ns, size_t len)
{
	struct glow_time_reply r = { .seq = request->seq,
				     .t1_ns = request->t1_ns,
				     .t2_ns = request->t1_ns + MS + ahead_ns,
				     .t3_ns = request->t1_ns + MS + ahead_ns,
				     .leader = { .clock_id = CLOCK, .term = 1, .boot = 1 },
				     .sigma_ns = 1000,
				     .rate_ppb = 5,
				     .state = GLOW_SYNC_TRACKING };
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];

	glow_reply_write(&r, true, bytes);
	glow_adoption_reply(&a,
			    &(struct glow_message){ .payload = bytes, .len = len, .at = { request->t1_ns + 2 * MS } });
}

/* Runs until nothing is to be done; how many probes went to that topic, each answered with `len` bytes. */
static int run(const char *topic, int64_t ahead_ns, size_t len)
{
	struct glow_message m;
	int n = 0;

	while (!glow_adopt_done(&a.adopt, now)) {
		while (glow_adoption_probe(&a, now, &m)) {
			struct glow_time_request request;

			assert_true(glow_request_read(m.payload, m.len, &request));
			assert_int_equal(m.aging[0], GLOW_REQUEST_T1);
			n += strcmp(m.topic, topic) == 0;
			reply(&request, ahead_ns, len);
		}
		assert_true(glow_adopt_next(&a.adopt).ns > now.ns);
		now = glow_adopt_next(&a.adopt);
	}
	return n;
}

static void test_nobody(void **state)
{
	struct glow_message m;
	int64_t offset_ns;
	int32_t rate_ppb;

	(void)state;
	assert_false(glow_adoption_probe(&a, now, &m));
	run("", 0, GLOW_ADOPT_REPLY_SIZE);
	assert_false(glow_adopt_result(&a.adopt, &offset_ns, &rate_ppb));
}

static void test_asks_and_hears(void **state)
{
	int64_t offset_ns;
	int32_t rate_ppb;

	(void)state;
	glow_adoption_ask(&a, "pi1");
	glow_adoption_ask(&a, "pi2");
	glow_adoption_ask(&a, "pi1"); /* once is enough */
	assert_int_equal(a.adopt.n, 2);
	assert_int_equal(run("glow/time/adopt/request/pi2", 77 * MS, GLOW_ADOPT_REPLY_SIZE), GLOW_ADOPT_PROBES);
	assert_true(glow_adopt_result(&a.adopt, &offset_ns, &rate_ppb));
	assert_int_equal(offset_ns, 77 * MS);
	assert_int_equal(rate_ppb, 5);
}

/* What is no answer is passed over: here the shorter one, which a leader gives. */
static void test_no_answers(void **state)
{
	int64_t offset_ns;
	int32_t rate_ppb;

	(void)state;
	glow_adoption_ask(&a, "pi1");
	run("", 77 * MS, GLOW_REPLY_SIZE);
	assert_false(glow_adopt_result(&a.adopt, &offset_ns, &rate_ppb));
}

static void test_enough(void **state)
{
	char id[16];

	(void)state;
	for (int k = 0; k < GLOW_ADOPT_NODES + 5; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		glow_adoption_ask(&a, id);
	}
	assert_int_equal(a.adopt.n, GLOW_ADOPT_NODES);
	assert_string_equal(a.ids[GLOW_ADOPT_NODES - 1], "n19");
	glow_adoption_start(&a, "glow", now, CLOCK, SECRET);
	assert_int_equal(a.adopt.n, 0);
}

/* One of the nodes hears its own probes and answers for the other two as well, with every number that these could have
 * if they counted, or were those of an earlier adoption. `told`: the control, in which it hears all of them. */
static int64_t adopt_with_a_liar(bool told)
{
	struct glow_time_request request;
	struct glow_message m;
	int64_t offset_ns;
	int32_t rate_ppb;

	setup(NULL);
	for (const char *const *id = (const char *const[]){ "liar", "pi1", "pi2", NULL }; *id; id++)
		glow_adoption_ask(&a, *id);
	while (!glow_adopt_done(&a.adopt, now)) {
		while (glow_adoption_probe(&a, now, &m)) {
			bool own = strcmp(m.topic, "glow/time/adopt/request/liar") == 0;

			assert_true(glow_request_read(m.payload, m.len, &request));
			reply(&request, own || told ? 900 * MS : 77 * MS, GLOW_ADOPT_REPLY_SIZE);
			for (uint32_t k = 0; own && k < 48; k++) {
				request.seq = k / 16 << 16 | k % 16;
				reply(&request, 900 * MS, GLOW_ADOPT_REPLY_SIZE);
				request.seq = k - 24;
				reply(&request, 900 * MS, GLOW_ADOPT_REPLY_SIZE);
			}
		}
		now = glow_adopt_next(&a.adopt);
	}
	assert_true(glow_adopt_result(&a.adopt, &offset_ns, &rate_ppb));
	return offset_ns;
}

/* promise: one-liar-moves-nothing */
static void test_nobody_answers_for_another(void **state)
{
	(void)state;
	assert_int_equal(adopt_with_a_liar(false), 77 * MS);
	assert_int_equal(adopt_with_a_liar(true), 900 * MS);
}

/* Numbers are not those of an earlier adoption, nor of another secret. */
static void test_numbers_differ(void **state)
{
	uint32_t numbers[4];
	struct glow_message m;

	(void)state;
	for (int k = 0; k < 4; k++) {
		struct glow_time_request request;

		if (k == 3)
			setup(NULL);
		glow_adoption_start(&a, "glow", now, CLOCK, k < 3 ? SECRET : SECRET + 1);
		glow_adoption_ask(&a, "pi1");
		assert_true(glow_adoption_probe(&a, now, &m));
		assert_true(glow_request_read(m.payload, m.len, &request));
		numbers[k] = request.seq;
		for (int i = 0; i < k; i++)
			assert_int_not_equal(numbers[i], numbers[k]);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = { T(test_nobody),
					    T(test_asks_and_hears),
					    T(test_no_answers),
					    T(test_enough),
					    T(test_nobody_answers_for_another),
					    T(test_numbers_differ) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
