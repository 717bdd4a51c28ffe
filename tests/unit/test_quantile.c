/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Quantiles against the C library's sort. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/quantile.h>

#include "../harness/dice.h"

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void test_known(void **state)
{
	const uint32_t odd[] = { 30, 10, 20 }, slow[] = { 5, 5, 900, 5, 6, 7, 5, 6, 5 };

	(void)state;
	assert_int_equal(glow_quantile(odd, 3, 50), 20);
	assert_int_equal(glow_quantile(odd, 3, 0), 10);
	assert_int_equal(glow_quantile(odd, 3, 99), 30);
	assert_int_equal(glow_quantile(odd, 2, 50), 30);
	assert_int_equal(glow_quantile(odd, 1, 99), 30);
	assert_int_equal(glow_quantile(NULL, 0, 50), 0);
	/* The one slow write does not show; a mean would say 104. */
	assert_int_equal(glow_quantile(slow, 9, 50), 5);
}

static void test_random(void **state)
{
	struct dice dice;
	uint32_t values[GLOW_QUANTILE_MAX], sorted[GLOW_QUANTILE_MAX];

	(void)state;
	dice_init(&dice);
	for (int round = 0; round < 500; round++) {
		uint32_t n = 1 + dice_roll(&dice, GLOW_QUANTILE_MAX), percent = dice_roll(&dice, 100);

		for (uint32_t k = 0; k < n; k++)
			sorted[k] = values[k] = dice_roll(&dice, 1000);
		qsort(sorted, n, sizeof(sorted[0]), ascending);
		assert_int_equal(glow_quantile(values, n, percent), sorted[n * percent / 100]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
