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
static int64_t now_s;

static int setup(void **state)
{
	(void)state;
	now_s = 1000;
	memset(&d, 0, sizeof(d));
	return 0;
}

static void add(int n, int64_t us)
{
	while (n-- > 0)
		glow_deliveries_add(&d, us, (struct glow_raw){ now_s * 1000000000 });
}

static uint32_t slow(void)
{
	uint32_t us;

	assert_true(glow_deliveries_slow_us(&d, &us));
	return us;
}

static void test_ahead(void **state)
{
	(void)state;
	for (uint32_t nodes = 10; nodes <= 10000; nodes *= 10) {
		uint32_t times = nodes < 1000 ? 3 : 2;

		assert_int_equal(glow_deliveries_ahead_us(0, nodes), LEAST);
		assert_int_equal(glow_deliveries_ahead_us(LEAST / times, nodes), LEAST);
		assert_int_equal(glow_deliveries_ahead_us(LEAST / times + 1, nodes), LEAST / times * times + times);
		assert_int_equal(glow_deliveries_ahead_us(400000, nodes), times * 400000);
		assert_int_equal(glow_deliveries_ahead_us(GLOW_DELIVERY_MAX_US, nodes), times * GLOW_DELIVERY_MAX_US);
		assert_int_equal(glow_deliveries_of_ahead_us(times * 400000, nodes), 400000);
		assert_int_equal(glow_deliveries_of_ahead_us(LEAST, nodes), 0);
	}
}

static void test_a_few_say_nothing(void **state)
{
	uint32_t us;

	(void)state;
	assert_false(glow_deliveries_slow_us(&d, &us));
	add(7, 400000);
	assert_false(glow_deliveries_slow_us(&d, &us));
	add(1, 2000);
	assert_int_equal(slow(), 400000); /* of few the longest */
}

/* One long delivery is chance, two are not. */
/* promise: one-liar-moves-nothing */
static void test_one_is_chance(void **state)
{
	(void)state;
	add(60, 2000);
	add(1, 400000);
	assert_int_equal(slow(), 2000);
	add(1, 300000);
	assert_int_equal(slow(), 300000);
}

static void test_forgets(void **state)
{
	(void)state;
	add(10, 400000);
	add(GLOW_DELIVERIES - 2, 2000);
	assert_int_equal(slow(), 400000);
	add(1, 2000); /* the ring is full: the old ones go */
	assert_int_equal(slow(), 2000);
}

/* What a storm of thousands took, five seconds apart, is no measure a minute later. */
static void test_a_storm_passes(void **state)
{
	(void)state;
	for (int k = 0; k < 16; k++, now_s += 5)
		add(1, 1500000);
	for (int k = 0; k < 12; k++, now_s += 5)
		add(1, 2000);
	assert_int_equal(slow(), 1500000); /* the last of them is just a minute old */
	add(1, 2000);
	assert_int_equal(slow(), 2000);
	assert_int_equal(d.n, 13);
}

static struct glow_lately l;
static struct teller {
	uint32_t number;
} tellers[1200];

/* Each of these tells of one. */
static void tell(int from, int to, int64_t us)
{
	for (int k = from; k < to; k++)
		glow_lately_add(&l, &tellers[k], &tellers[k].number, us, (struct glow_raw){ now_s * 1000000000 });
}

/* A thousand nodes, if they are nearly all, say what may be believed of what was before. */
/* promise: one-liar-moves-nothing */
static void test_lately(void **state)
{
	(void)state;
	memset(&l, 0, sizeof(l));
	memset(tellers, 0, sizeof(tellers));
	for (int k = 0; k < 5; k++)
		tell(0, 999, 100000);
	tell(999, 1000, 5000000); /* nonsense */
	assert_false(glow_lately_tells(&l, 1000));
	for (int k = 0; k < 2000; k++) /* one, however often */
		tell(998, 999, k % 2 ? 0 : 1900000);
	assert_false(glow_lately_tells(&l, 1000));
	now_s += 4;
	tell(999, 1000, 99000);
	assert_true(glow_lately_tells(&l, 1000));
	assert_true(glow_lately_tells(&l, 1111));
	assert_false(glow_lately_tells(&l, 1112)); /* who has not told may be slow */
	assert_int_equal(glow_lately_slow_us(&l, 1500000), 200000);
	assert_int_equal(glow_lately_slow_us(&l, 90000), 90000);
	assert_int_equal(glow_lately_slow_us(&l, 0), 50000); /* nobody remembers as much */
	tell(3, 4, 500000);                                  /* the control: two are slow */
	assert_int_equal(glow_lately_slow_us(&l, 1500000), 1000000);
	/* Five seconds later who tells again is still one, and ten seconds later what was said is forgotten. */
	now_s += 5;
	tell(0, 500, 20000);
	assert_true(glow_lately_tells(&l, 1000));
	assert_false(glow_lately_tells(&l, 1112));
	assert_int_equal(glow_lately_slow_us(&l, 1500000), 1000000);
	now_s += 5;
	tell(500, 501, 20000);
	assert_false(glow_lately_tells(&l, 556));
	tell(0, 1200, 20000);
	assert_true(glow_lately_tells(&l, 1200));
	assert_int_equal(glow_lately_slow_us(&l, 1500000), 40000);
	now_s += 100;
	tell(0, 1, 20000);
	assert_false(glow_lately_tells(&l, 1));
	tell(0, 1000, 30000);
	assert_true(glow_lately_tells(&l, 1000));
}

/* Who asks twice a minute is slow now and then; that is not forgotten for want of newer ones. */
static void test_seldom_is_kept(void **state)
{
	(void)state;
	for (int k = 0; k < 40; k++, now_s += 32)
		add(1, k < 2 ? 400000 : 2000);
	assert_int_equal(slow(), 400000);
	assert_int_equal(d.n, 40);
	add(6, 2000); /* seven within a minute: still too few to go by */
	assert_int_equal(slow(), 400000);
	add(1, 2000);
	assert_int_equal(slow(), 2000);
}

static void test_nonsense(void **state)
{
	(void)state;
	add(300, GLOW_DELIVERY_MAX_US + 1);
	add(300, INT64_MAX);
	add(300, -20001); /* that much before it left: another timeline */
	add(300, INT64_MIN);
	assert_int_equal(d.n, 0);
	add(10, -20000); /* two clocks differ by a little */
	assert_int_equal(d.n, 10);
	assert_int_equal(slow(), 0);
	add(10, GLOW_DELIVERY_MAX_US); /* the control: just not too long */
	assert_int_equal(slow(), GLOW_DELIVERY_MAX_US);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = { T(test_ahead),          T(test_a_few_say_nothing), T(test_one_is_chance),
					    T(test_forgets),        T(test_a_storm_passes),    T(test_lately),
					    T(test_seldom_is_kept), T(test_nonsense) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
