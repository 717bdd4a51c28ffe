/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The grid on which animations run: the same on every node, for every rate,
 * before the epoch and far beyond it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <glow/time.h>

#include "../harness/dice.h"

#define FPS_MAX 240
#define FAR_S   INT64_C(9000000000000) /* the year 287,000 */

static struct dice dice;

typedef int64_t time_fn(int64_t k, unsigned fps);

/* Slot k shows from its own instant until the next slot's, and each second begins with one. */
static bool slot_right(time_fn *slot_time, int64_t k, unsigned fps)
{
	int64_t start = slot_time(k, fps), end = slot_time(k + 1, fps), second = glow_floor_div(k, fps);

	return end > start && glow_slot_at(start, fps) == k && glow_slot_at(end - 1, fps) == k &&
	       glow_slot_at(end, fps) == k + 1 && slot_time(second * fps, fps) == second * GLOW_US_PER_S;
}

/* floor(k*10^6/fps), where the product fits. */
static bool formula_right(time_fn *slot_time, int64_t k, unsigned fps)
{
	return slot_time(k, fps) == glow_floor_div(k * GLOW_US_PER_S, fps);
}

static int64_t whole_periods(int64_t k, unsigned fps)
{
	return k * (GLOW_US_PER_S / fps);
}

static int64_t towards_zero(int64_t k, unsigned fps)
{
	return k * GLOW_US_PER_S / (int64_t)fps;
}

static bool rate_right(time_fn *slot_time, unsigned fps)
{
	for (int64_t k = -3 * FPS_MAX; k <= 3 * FPS_MAX; k++)
		if (!slot_right(slot_time, k, fps) || !formula_right(slot_time, k, fps))
			return false;
	return true;
}

static void test_rates(void **state)
{
	(void)state;
	for (unsigned fps = 1; fps <= FPS_MAX; fps++)
		assert_true(rate_right(glow_slot_time, fps));
	assert_false(rate_right(whole_periods, 60));
	assert_false(rate_right(towards_zero, 7));
}

static void test_far(void **state)
{
	(void)state;
	for (int n = 0; n < 200000; n++) {
		unsigned fps = 1 + dice_roll(&dice, FPS_MAX);
		int64_t k = dice_between(&dice, -FAR_S, FAR_S) * fps + dice_roll(&dice, fps);

		assert_true(slot_right(glow_slot_time, k, fps));
	}
}

/* Every instant belongs to the slot before it. */
static void test_instants(void **state)
{
	(void)state;
	for (int n = 0; n < 200000; n++) {
		unsigned fps = 1 + dice_roll(&dice, FPS_MAX);
		int64_t t = dice_between(&dice, -FAR_S, FAR_S) * (n % 2 ? GLOW_US_PER_S : 1);
		int64_t k = glow_slot_at(t, fps);

		assert_true(glow_slot_time(k, fps) <= t && t < glow_slot_time(k + 1, fps));
		assert_false(glow_slot_time(k + 1, fps) <= t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_instants),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
