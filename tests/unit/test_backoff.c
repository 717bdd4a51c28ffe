/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../bridge/io/backoff.h"

/* The k-th delay in a row, for the lowest and the highest dice. */
static void delays(unsigned k, int64_t lasted_ms, bool taken_over, int *ret_least, int *ret_most)
{
	struct glow_backoff b = { 0 };

	*ret_least = 1 << 30;
	*ret_most = 0;
	for (unsigned n = 0; n < k; n++)
		glow_backoff_ms(&b, lasted_ms, taken_over, 0);
	for (uint32_t dice = 0; dice < 70000; dice++) {
		struct glow_backoff same = b;
		int ms = glow_backoff_ms(&same, lasted_ms, taken_over, dice);

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
		delays(k, 0, false, &least, &most);
		assert_int_equal(least, 100);
		assert_int_equal(most, most_ms[k]);
	}
	delays(9, GLOW_BACKOFF_STABLE_MS, false, &least, &most); /* none of them failed */
	assert_int_equal(most, 500);
}

/* Two that throw each other out: each lasts as long as the other waits, and that is no success. */
static void test_rivals(void **state)
{
	static const int most_ms[] = { 5000, 10000, 20000, 40000, 60000, 60000 };
	int least, most;

	(void)state;
	for (unsigned k = 0; k < 6; k++) {
		delays(k, 59000, true, &least, &most);
		assert_int_equal(least, most_ms[k] / 2);
		assert_int_equal(most, most_ms[k]);
	}
	delays(5, 300000, true, &least, &most); /* long alone: the rival is a new one */
	assert_int_equal(most, 5000);
}

/* In an hour they meet some hundred times, and without it ten times as often (the control). */
static void test_an_hour(void **state)
{
	struct glow_backoff b = { 0 }, control = { 0 };
	int meetings = 0, other = 0;

	(void)state;
	for (int64_t ms = 0; ms < 3600000; meetings++)
		ms += glow_backoff_ms(&b, 5000, true, (uint32_t)meetings * 2654435761u);
	for (int64_t ms = 0; ms < 3600000; other++)
		ms += glow_backoff_ms(&control, 5000, false, (uint32_t)other * 2654435761u);
	assert_in_range(meetings, 60, 130);
	assert_true(other > 10 * meetings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_rivals),
		cmocka_unit_test(test_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
