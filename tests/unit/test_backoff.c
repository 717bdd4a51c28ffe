/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../bridge/io/backoff.h"

/* The k-th delay in a row, for the lowest and the highest dice. */
static void delays(unsigned k, int64_t lasted_ms, enum glow_end end, int *ret_least, int *ret_most)
{
	struct glow_backoff b = { 0 };

	*ret_least = 1 << 30;
	*ret_most = 0;
	for (unsigned n = 0; n < k; n++)
		glow_backoff_ms(&b, lasted_ms, end, 0);
	for (uint32_t dice = 0; dice < 70000; dice++) {
		struct glow_backoff same = b;
		int ms = glow_backoff_ms(&same, lasted_ms, end, dice);

		*ret_least = ms < *ret_least ? ms : *ret_least;
		*ret_most = ms > *ret_most ? ms : *ret_most;
	}
}

static void test_failures(void **state)
{
	static const int most_ms[] = { 500, 1000, 2000, 4000, 8000, 10000, 10000, 10000, 10000, 10000 };
	int least, most;

	(void)state;
	for (unsigned k = 0; k < 10; k++) {
		delays(k, 0, GLOW_END_OTHER, &least, &most);
		assert_int_equal(least, 100);
		assert_int_equal(most, most_ms[k]);
	}
	delays(9, GLOW_BACKOFF_STABLE_MS, GLOW_END_OTHER, &least, &most); /* none of them failed */
	assert_int_equal(most, 500);
}

/* Thousands come one after the other; a few hundred as ever. */
static void test_crowd(void **state)
{
	static const unsigned crowds[][2] = { { 0, 500 }, { 1000, 500 }, { 5000, 2500 }, { 4000000000u, 10000 } };

	(void)state;
	for (unsigned k = 0; k < sizeof(crowds) / sizeof(crowds[0]); k++) {
		struct glow_backoff b = { .crowd = crowds[k][0] };
		int most = 0;

		for (uint32_t dice = 0; dice < 20000; dice++) {
			struct glow_backoff same = b;
			int ms = glow_backoff_ms(&same, 60000, GLOW_END_OTHER, dice);

			most = ms > most ? ms : most;
		}
		assert_int_equal(most, crowds[k][1]);
	}
}

/* Two that throw each other out: each lasts as long as the other waits, and that is no success. */
/* promise: rivals-calm-down */
static void test_rivals(void **state)
{
	static const int most_ms[] = { 5000, 10000, 20000, 40000, 60000, 60000 };
	int least, most;

	(void)state;
	for (unsigned k = 0; k < 6; k++) {
		delays(k, 9000, GLOW_END_TAKEN_OVER, &least, &most);
		assert_int_equal(least, most_ms[k] / 2);
		assert_int_equal(most, most_ms[k]);
	}
	delays(5, 120000, GLOW_END_TAKEN_OVER, &least, &most); /* long alone: the rival is a new one */
	assert_int_equal(most, 5000);
}

/* Of a broker that only hangs up it takes some attempts to guess; one that is started anew now and then is no rival. */
static void test_guess(void **state)
{
	static const int most_ms[] = { 500, 1000, 2000, 5000, 10000, 20000 };
	int least, most;

	(void)state;
	for (unsigned k = 0; k < 6; k++) {
		delays(k, 4000, GLOW_END_HUNG_UP, &least, &most);
		assert_int_equal(most, most_ms[k]);
	}
	delays(5, 4000, GLOW_END_OTHER, &least, &most); /* the control */
	assert_int_equal(most, 10000);
	delays(5, 15000, GLOW_END_HUNG_UP, &least, &most);
	assert_int_equal(most, 500);
}

/* A broker that was down for long and hangs up once has no rival: only connections count. */
static void test_no_guess_from_refusals(void **state)
{
	(void)state;
	for (int connected = 0; connected < 2; connected++) {
		struct glow_backoff b = { 0 };

		for (int k = 0; k < 5; k++)
			glow_backoff_ms(&b, connected ? 4000 : 0, GLOW_END_OTHER, 0);
		glow_backoff_ms(&b, 8000, GLOW_END_HUNG_UP, 0);
		assert_int_equal(b.rivals, connected); /* 1 is the control */
	}
}

/* Two clients with one id, each of which is thrown out when the other comes: how often that happens in an hour. */
static int meetings_in_an_hour(enum glow_end end)
{
	struct glow_backoff b[2] = { 0 };
	int64_t next_ms[2] = { 0, 1 }, since_ms = 0;
	int n = 0, here = 0;

	for (next_ms[here] = INT64_MAX; next_ms[!here] < 3600000; n++) {
		int64_t now_ms = next_ms[!here];

		next_ms[here] = now_ms + glow_backoff_ms(&b[here], now_ms - since_ms, end, (uint32_t)n * 2654435761u);
		here = !here;
		next_ms[here] = INT64_MAX;
		since_ms = now_ms;
	}
	return n;
}

/* promise: rivals-calm-down */
static void test_an_hour(void **state)
{
	(void)state;
	assert_in_range(meetings_in_an_hour(GLOW_END_TAKEN_OVER), 60, 130);
	assert_in_range(meetings_in_an_hour(GLOW_END_HUNG_UP), 60, 150);
	assert_true(meetings_in_an_hour(GLOW_END_OTHER) > 600); /* the control */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_rivals),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_no_guess_from_refusals),
		cmocka_unit_test(test_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
