/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Dice that fall evenly and noise without a step. The checks take the function,
 * and each is shown to refuse a poor one. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/hash.h>

typedef uint32_t dice_fn(uint32_t seed, uint32_t a, uint32_t b);
typedef uint16_t noise_fn(uint32_t seed, uint32_t row, int64_t x);

/* ---- dice ---- */

/* 65536 throws in which one argument counts up; each byte of the result into
 * 256 bins. Chi square has mean 255 and deviation 22.6; too even is as wrong as too uneven. */
static bool uniform(dice_fn *throw, int argument, int shift)
{
	uint32_t bin[256] = { 0 };
	double chi2 = 0;

	for (uint32_t k = 0; k < 65536; k++) {
		uint32_t in[3] = { 7, 11, 13 };

		in[argument] = k;
		bin[throw(in[0], in[1], in[2]) >> shift & 255]++;
	}
	for (int k = 0; k < 256; k++)
		chi2 += (bin[k] - 256.0) * (bin[k] - 256.0) / 256;
	return fabs(chi2 - 255) < 5 * sqrt(2 * 255.0);
}

static bool all_uniform(dice_fn *throw)
{
	for (int argument = 0; argument < 3; argument++)
		for (int shift = 0; shift < 32; shift += 8)
			if (!uniform(throw, argument, shift))
				return false;
	return true;
}

/* Each input bit turns each output bit over in about half of the cases. */
static bool avalanches(dice_fn *throw)
{
	enum { TRIALS = 2000 };

	for (int in = 0; in < 96; in++) {
		uint32_t turned[32] = { 0 };

		for (uint32_t k = 0; k < TRIALS; k++) {
			uint32_t x[3] = { k * 2654435761u, k * 40503u + 1, k };
			uint32_t before = throw(x[0], x[1], x[2]), change;

			x[in / 32] ^= UINT32_C(1) << in % 32;
			change = before ^ throw(x[0], x[1], x[2]);
			for (int out = 0; out < 32; out++)
				turned[out] += change >> out & 1;
		}
		for (int out = 0; out < 32; out++)
			if (fabs(turned[out] / (double)TRIALS - 0.5) > 0.08)
				return false;
	}
	return true;
}

static uint32_t sum(uint32_t seed, uint32_t a, uint32_t b)
{
	return seed + a + b;
}

static uint32_t multiplied(uint32_t seed, uint32_t a, uint32_t b)
{
	return (seed ^ a * 2654435761u) + b * 2246822519u;
}

static uint32_t loaded(uint32_t seed, uint32_t a, uint32_t b)
{
	uint32_t d = glow_dice(seed, a, b);

	return d % 20 ? d : 0; /* zero comes too often */
}

static void test_dice(void **state)
{
	(void)state;
	assert_true(all_uniform(glow_dice));
	assert_true(avalanches(glow_dice));
	assert_false(all_uniform(sum));
	assert_false(all_uniform(loaded));
	assert_false(avalanches(multiplied));
}

/* The numbers themselves: a cluster of old and new nodes, and browsers, must throw the same. */
static void test_dice_numbers(void **state)
{
	(void)state;
	assert_int_equal(glow_dice(0x00000000, 0x00000000, 0x00000000), 0x944fb554);
	assert_int_equal(glow_dice(0x00000001, 0x00000002, 0x00000003), 0x375b75a4);
	assert_int_equal(glow_dice(0xffffffff, 0xffffffff, 0xffffffff), 0xd67c23fc);
	assert_int_equal(glow_dice(0x12345678, 0x000f4240, 0x00000011), 0x8615b714);
	assert_int_not_equal(glow_dice(1, 2, 3), glow_dice(1, 3, 2));
}

/* ---- noise ---- */

/* 3t^2-2t^3 rises by at most 1.5 units a unit; rounding may add one. */
static bool continuous(noise_fn *noise, uint32_t seed, int64_t from, int64_t to)
{
	int before = noise(seed, 3, from);

	for (int64_t x = from + 1; x <= to; x++) {
		int now = noise(seed, 3, x);

		if (abs(now - before) > 3)
			return false;
		before = now;
	}
	return true;
}

/* Division towards zero instead of down. */
static uint16_t folded(uint32_t seed, uint32_t row, int64_t x)
{
	return glow_noise(seed, row, x / 65536 * 65536 + (x % 65536 + 65536) % 65536);
}

static uint16_t stepped(uint32_t seed, uint32_t row, int64_t x)
{
	return glow_noise(seed, row, x & ~INT64_C(0xfff));
}

static void test_noise_continuous(void **state)
{
	const int64_t far = INT64_C(4000000000000000000);

	(void)state;
	for (uint32_t seed = 0; seed < 4; seed++) {
		assert_true(continuous(glow_noise, seed, -3 * 65536, 3 * 65536));
		assert_true(continuous(glow_noise, seed, far, far + 70000));
		assert_true(continuous(glow_noise, seed, -far, -far + 70000));
		/* The lattice counter wraps at 2^32; nothing may be seen of it. */
		assert_true(continuous(glow_noise, seed, (INT64_C(1) << 48) - 70000, (INT64_C(1) << 48) + 70000));
	}
	assert_false(continuous(folded, 1, -65536, 65536));
	assert_false(continuous(stepped, 1, 0, 3 * 65536));
}

/* Over many lattice points noise uses its whole range, with its middle in the middle; another row is another line. */
static void test_noise_range(void **state)
{
	double total = 0;
	int low = 65535, high = 0, same = 0;

	(void)state;
	for (int64_t k = -2000; k < 2000; k++) {
		int v = glow_noise(5, 1, k * 65536 + 100);

		total += v;
		low = v < low ? v : low;
		high = v > high ? v : high;
		same += v == glow_noise(5, 2, k * 65536 + 100);
	}
	assert_true(low < 1000 && high > 64535);
	assert_true(fabs(total / 4000 - 32768) < 5 * 18918 / sqrt(4000));
	assert_true(same < 10);
}

/* ---- FNV-1a ---- */

static void test_fnv(void **state)
{
	/* Test vectors of the algorithm's authors. */
	(void)state;
	assert_int_equal(glow_fnv1a(GLOW_FNV_START, "", 0), 0x811c9dc5);
	assert_int_equal(glow_fnv1a(GLOW_FNV_START, "a", 1), 0xe40c292c);
	assert_int_equal(glow_fnv1a(GLOW_FNV_START, "foobar", 6), 0xbf9cf968);
	assert_int_equal(glow_fnv1a(glow_fnv1a(GLOW_FNV_START, "foo", 3), "bar", 3), 0xbf9cf968);
	assert_int_not_equal(glow_fnv1a(GLOW_FNV_START, "foobas", 6), 0xbf9cf968);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dice),
		cmocka_unit_test(test_dice_numbers),
		cmocka_unit_test(test_noise_continuous),
		cmocka_unit_test(test_noise_range),
		cmocka_unit_test(test_fnv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
