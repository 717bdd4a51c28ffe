/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Phases before the start and in the far future, waves against their formulas. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <glow/time.h>
#include <glow/wave.h>

#include "../harness/dice.h"

#define FAR_US INT64_C(4000000000000000000)

static struct dice dice;

/* ---- phase and cycle ---- */

typedef uint16_t phase_fn(int64_t t_us, int64_t period_us);

/* The phase at t is that of t one period later or earlier, and rises from 0 to the end within each. */
static bool phase_right(phase_fn *phase, int64_t t, int64_t period)
{
	int64_t start = t - glow_floor_mod(t, period);

	return phase(start, period) == 0 &&
	       phase(start + period - 1, period) == (uint16_t)((period - 1) * 65536 / period) &&
	       phase(t, period) == phase(t - period, period) && phase(t, period) == phase(t + period, period) &&
	       phase(t, period) == (uint16_t)((uint64_t)(t - start) * 65536 / (uint64_t)period);
}

static uint16_t phase_mirrored(int64_t t_us, int64_t period_us)
{
	return (uint16_t)(llabs(t_us % period_us) * 65536 / period_us);
}

static void test_phase(void **state)
{
	static const int64_t around[] = { 0, -1, 1, 999999, -1000000, FAR_US, -FAR_US };

	(void)state;
	for (size_t k = 0; k < sizeof(around) / sizeof(around[0]); k++)
		assert_true(phase_right(glow_phase, around[k], 1000000));
	for (int k = 0; k < 100000; k++) {
		int64_t period = dice_between(&dice, 1, k % 2 ? 120000000 : INT64_C(1) << 47);

		assert_true(phase_right(glow_phase, dice_between(&dice, -FAR_US, FAR_US), period));
	}
	assert_int_equal(glow_phase(-1, 1000000), 65535);
	assert_int_equal(glow_phase(500000, 1000000), 32768);
	assert_true(phase_right(phase_mirrored, 5250000, 1000000));
	assert_false(phase_right(phase_mirrored, -5250000, 1000000));
}

static void test_cycle(void **state)
{
	(void)state;
	assert_int_equal(glow_cycle(0, 10), 0);
	assert_int_equal(glow_cycle(9, 10), 0);
	assert_int_equal(glow_cycle(10, 10), 1);
	assert_int_equal(glow_cycle(-1, 10), UINT32_MAX); /* not 0: the cycle before the start is another one */
	assert_int_equal(glow_cycle(-10, 10), UINT32_MAX);
	assert_int_equal(glow_cycle(-11, 10), UINT32_MAX - 1);
	assert_int_equal(glow_cycle((INT64_C(1) << 32) * 10 + 55, 10), 5);
	for (int k = 0; k < 100000; k++) {
		int64_t t = dice_between(&dice, -FAR_US, FAR_US), period = dice_between(&dice, 1, 120000000);
		uint32_t cycle = glow_cycle(t, period);

		assert_int_equal(glow_cycle(t + period, period), (uint32_t)(cycle + 1));
		assert_int_equal(glow_cycle(t - glow_floor_mod(t, period), period), cycle);
	}
}

/* ---- waves ---- */

typedef uint16_t wave_fn(uint16_t phase);

static double worst(wave_fn *wave, double (*formula)(double x))
{
	double most = 0;

	for (uint32_t p = 0; p < 65536; p++)
		most = fmax(most, fabs(wave((uint16_t)p) - 65535 * formula(p / 65536.0)));
	return most;
}

static double cos_of(double x)
{
	return (1 - cos(2 * M_PI * x)) / 2;
}

static double tri_of(double x)
{
	return x < 0.5 ? 2 * x : 2 - 2 * x;
}

/* From 0 up to the middle and the same way down. */
static bool up_and_down(wave_fn *wave)
{
	if (wave(0) != 0 || wave(32768) != 65535)
		return false;
	for (uint32_t p = 1; p <= 32768; p++)
		if (wave((uint16_t)p) < wave((uint16_t)(p - 1)) || wave((uint16_t)p) != wave((uint16_t)(65536 - p)))
			return false;
	return true;
}

static uint16_t sawtooth(uint16_t phase)
{
	return phase;
}

static void test_waves(void **state)
{
	(void)state;
	assert_true(worst(glow_wave_cos, cos_of) < 12);
	assert_true(up_and_down(glow_wave_cos));
	assert_true(worst(glow_wave_tri, tri_of) < 2);
	assert_true(up_and_down(glow_wave_tri));
	assert_false(worst(glow_wave_tri, cos_of) < 12);
	assert_false(up_and_down(sawtooth));
}

static bool eases(wave_fn *ease)
{
	for (uint32_t k = 0; k < 65536; k++) {
		double x = k / 65535.0;

		if (fabs(ease((uint16_t)k) - 65535 * (3 * x * x - 2 * x * x * x)) > 1)
			return false;
		if (k && ease((uint16_t)k) < ease((uint16_t)(k - 1)))
			return false;
	}
	return ease(0) == 0 && ease(65535) == 65535;
}

static void test_ease(void **state)
{
	(void)state;
	assert_true(eases(glow_ease));
	assert_false(eases(sawtooth));
}

/* ---- division ---- */

static void test_floor(void **state)
{
	(void)state;
	assert_int_equal(glow_floor_div(-1, 10), -1);
	assert_int_equal(glow_floor_div(-10, 10), -1);
	assert_int_equal(glow_floor_div(9, 10), 0);
	assert_int_equal(glow_floor_mod(-1, 10), 9);
	for (int k = 0; k < 100000; k++) {
		int64_t a = dice_between(&dice, INT64_MIN, INT64_MAX), b = dice_between(&dice, 1, INT64_C(1) << 40);

		assert_true(glow_floor_div(a, b) * b + glow_floor_mod(a, b) == a || a < INT64_MIN + b);
		assert_in_range(glow_floor_mod(a, b), 0, b - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phase), cmocka_unit_test(test_cycle), cmocka_unit_test(test_waves),
		cmocka_unit_test(test_ease),  cmocka_unit_test(test_floor),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
