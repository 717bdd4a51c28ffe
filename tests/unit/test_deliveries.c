/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/app/conductor/deliveries.h"

#define LEAST 250000

static struct glow_deliveries d;

static int setup(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	return 0;
}

static void add(int n, int64_t us)
{
	while (n-- > 0)
		glow_deliveries_add(&d, us);
}

static void test_least(void **state)
{
	(void)state;
	assert_int_equal(glow_deliveries_ahead_us(&d), LEAST);
	add(100, 2000);
	assert_int_equal(glow_deliveries_ahead_us(&d), LEAST);
	add(100, LEAST / 3 + 1); /* three times that is a little more */
	assert_int_equal(glow_deliveries_ahead_us(&d), LEAST / 3 * 3 + 3);
}

/* One in a hundred counts, one in a thousand does not. */
static void test_one_in_a_hundred(void **state)
{
	(void)state;
	add(253, 2000);
	add(2, 400000);
	assert_int_equal(glow_deliveries_ahead_us(&d), LEAST);
	add(2, 400000);
	assert_int_equal(glow_deliveries_ahead_us(&d), 1200000);
}

static void test_forgets(void **state)
{
	(void)state;
	add(10, 400000);
	assert_int_equal(glow_deliveries_ahead_us(&d), 1200000);
	add(GLOW_QUANTILE_MAX - 11, 2000);
	assert_int_equal(glow_deliveries_ahead_us(&d), 1200000);
	add(10, 2000); /* the ring is full: the old ones go */
	assert_int_equal(glow_deliveries_ahead_us(&d), LEAST);
}

static void test_nonsense(void **state)
{
	(void)state;
	add(300, 2000001);
	add(300, INT64_MAX);
	assert_int_equal(d.n, 0);
	add(10, -5); /* two clocks differ by a little */
	add(10, INT64_MIN);
	assert_int_equal(d.n, 20);
	assert_int_equal(glow_deliveries_ahead_us(&d), LEAST);
	add(100, 2000000); /* the control: just not too long */
	assert_int_equal(glow_deliveries_ahead_us(&d), 6000000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = { T(test_least), T(test_one_in_a_hundred), T(test_forgets),
					    T(test_nonsense) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
