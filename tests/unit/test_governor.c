/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Which slots are drawn for which costs. A policy that has no memory is the control: it swings. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/app/node/governor.h"
#include "../harness/dice.h"

enum { RATE = 60, PERCENT = 50, SLOT_US = 16666, MANY = 4000 };

static struct glow_governor g;
static struct dice dice;

static int setup(void **state)
{
	(void)state;
	memset(&g, 0, sizeof(g));
	dice.state = 1;
	return 0;
}

/* So many pictures of this cost; how often the slots became others. */
static int note(uint32_t cost_us, int times)
{
	int changes = 0;

	for (int k = 0; k < times; k++)
		changes += glow_governor_note(&g, cost_us, RATE, PERCENT);
	return changes;
}

/* ---- which slots ---- */

static bool drawn(const struct glow_governor *governor, int64_t k)
{
	return glow_governor_slot(governor, k) == k;
}

/* Those of a slower node are among those of a faster one, and each is on show until the next. */
/* promise: slots-are-common */
static void test_slots_are_a_part(void **state)
{
	(void)state;
	for (unsigned d = 0; d < 8; d++) {
		struct glow_governor slow = { .doublings = d + 1 }, fast = { .doublings = d };
		int n = 0;

		assert_int_equal(glow_governor_slots(&slow), 2 * glow_governor_slots(&fast));
		for (int64_t k = -600; k < 600; k++) {
			assert_true(!drawn(&slow, k) || drawn(&fast, k));
			assert_true(glow_governor_slot(&slow, k) <= glow_governor_slot(&fast, k));
			assert_true(glow_governor_slot(&fast, k) <= k);
			assert_true(k - glow_governor_slot(&slow, k) < glow_governor_slots(&slow));
			n += drawn(&slow, k);
		}
		assert_in_range(n, 1200 / glow_governor_slots(&slow), 1200 / glow_governor_slots(&slow) + 1);
	}
	assert_int_equal(glow_governor_slot(&g, -7), -7); /* zeroed it draws each */
	assert_int_equal(glow_governor_slots(&g), 1);
}

/* ---- how many ---- */

/* By hand: half a slot is 8333 µs. */
static void test_fits(void **state)
{
	static const struct {
		uint32_t cost_us;
		unsigned slots;
	} rows[] = { { 0, 1 },     { 8333, 1 },  { 8334, 2 },  { 16000, 2 },   { 17000, 4 },
		     { 33000, 4 }, { 34000, 8 }, { 60000, 8 }, { 250000, 32 }, { 5000000, 32 } };

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		setup(NULL);
		note(rows[k].cost_us, MANY);
		assert_int_equal(glow_governor_slots(&g), rows[k].slots);
		assert_int_equal(glow_governor_cost_us(&g), rows[k].cost_us);
	}
}

/* For whatever cost, limit and rate: as few slots as it takes, one picture a second at least, and one change. */
static void test_settles(void **state)
{
	(void)state;
	for (unsigned rate = 1; rate <= 240; rate += 7) {
		for (unsigned percent = 1; percent <= 100; percent += 9) {
			uint32_t cost_us = (uint32_t)dice_between(&dice, 0, 300000);
			uint64_t may_us;
			int changes = 0;

			setup(NULL);
			for (int k = 0; k < 3000; k++)
				changes += glow_governor_note(&g, cost_us, rate, percent);
			may_us = UINT64_C(1000000) * percent / 100 * glow_governor_slots(&g) / rate;
			assert_true(changes <= 1);
			assert_true(rate >= glow_governor_slots(&g));
			assert_true(cost_us <= may_us || rate < 2 * glow_governor_slots(&g));
			assert_true(g.doublings == 0 || cost_us > may_us / 2);
		}
	}
}

/* ---- what it takes to change ---- */

/* Four of nine, however slow. The control: five. */
static void test_slow_pictures(void **state)
{
	(void)state;
	note(3000, MANY);
	for (int slow = 0; slow <= 5; slow++) {
		int changes = note(3000, 9) + note(1000000, slow) + note(3000, 9);

		assert_int_equal(changes > 0, slow == 5);
	}
	setup(NULL);
	assert_int_equal(note(1000000, 4), 0); /* nor are the first ones enough */
	assert_int_equal(note(1000000, 1), 1);
}

/* Back in steps, each after a second; a fifth below the limit is not enough. */
/* promise: slots-are-common */
static void test_comes_back(void **state)
{
	(void)state;
	note(60000, MANY);
	assert_int_equal(glow_governor_slots(&g), 8);
	assert_int_equal(note(1000, 4 + 8),
			 0); /* five make the median, and nine of those in a row are enough at 7.5 fps */
	assert_int_equal(note(1000, 1), 1);
	assert_int_equal(glow_governor_slots(&g), 4);
	assert_int_equal(note(1000, 14), 0);
	assert_int_equal(note(1000, 1), 1);
	assert_int_equal(glow_governor_slots(&g), 2);
	assert_int_equal(note(1000, 29), 0);
	assert_int_equal(note(1000, 1), 1);
	assert_int_equal(glow_governor_slots(&g), 1);
	assert_int_equal(note(1000, MANY), 0);

	note(16000, MANY);
	assert_int_equal(note(8333 * 4 / 5, MANY), 0);
	assert_int_equal(note(8333 * 3 / 4, 20), 0);
	assert_int_equal(note(9000, 9), 0); /* what was calm does not count any longer */
	assert_int_equal(note(8333 * 3 / 4, 4 + 29), 0);
	assert_int_equal(note(8333 * 3 / 4, 1), 1);
}

/* Costs that waver by a tenth around any mean: only ever slower, and at most once. */
static void test_does_not_swing(void **state)
{
	int with_memory = 0, without = 0;

	(void)state;
	for (uint32_t mean_us = 1000; mean_us < 60000; mean_us += 333) {
		unsigned before = 0;

		setup(NULL);
		for (int k = 0; k < MANY; k++) {
			uint32_t cost_us = (uint32_t)dice_between(&dice, mean_us * 9 / 10, mean_us * 11 / 10);
			struct glow_governor control = { .n = 4 };

			with_memory += glow_governor_note(&g, cost_us, RATE, PERCENT);
			for (int j = 0; j < 5; j++) /* one cost decides, and at once */
				control.cost_us[j] = cost_us;
			glow_governor_note(&control, cost_us, RATE, PERCENT);
			without += control.doublings != before;
			before = control.doublings;
		}
		assert_in_range(with_memory, 0, 2); /* at first, and once more where it hits a limit */
		with_memory = 0;
	}
	assert_true(without > MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_slots_are_a_part, setup),
		cmocka_unit_test_setup(test_fits, setup),
		cmocka_unit_test_setup(test_settles, setup),
		cmocka_unit_test_setup(test_slow_pictures, setup),
		cmocka_unit_test_setup(test_comes_back, setup),
		cmocka_unit_test_setup(test_does_not_swing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
