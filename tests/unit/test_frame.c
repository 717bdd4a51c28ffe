/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Frames are values: what is done to one touches its n pixels and no other. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <glow/frame.h>

#include "../harness/dice.h"

#define RED  ((struct glow_linear){ 65535, 0, 0 })
#define BLUE ((struct glow_linear){ 0, 0, 65535 })

static struct dice dice;
static struct glow_frame a, b;

static void random_frame(struct glow_frame *f, uint32_t n)
{
	f->n = n;
	for (uint32_t i = 0; i < n; i++)
		f->px[i] = (struct glow_linear){ (uint16_t)dice_roll(&dice, 65536), (uint16_t)dice_roll(&dice, 65536),
						 (uint16_t)dice_roll(&dice, 65536) };
}

static void test_fill(void **state)
{
	(void)state;
	glow_frame_fill(&a, GLOW_PIXELS_MAX, BLUE);
	glow_frame_fill(&a, 3, RED);
	assert_int_equal(a.n, 3);
	for (int i = 0; i < 3; i++)
		assert_true(glow_linear_equal(a.px[i], RED));
	assert_true(glow_linear_equal(a.px[3], BLUE));
	assert_true(glow_linear_equal(a.px[GLOW_PIXELS_MAX - 1], BLUE));
}

static void test_copy(void **state)
{
	(void)state;
	glow_frame_fill(&b, GLOW_PIXELS_MAX, BLUE);
	random_frame(&a, 8);
	glow_frame_copy(&b, &a);
	assert_true(glow_frame_equal(&a, &b));
	assert_true(glow_linear_equal(b.px[8], BLUE));
	random_frame(&a, GLOW_PIXELS_MAX);
	glow_frame_copy(&b, &a);
	assert_true(glow_frame_equal(&a, &b));
}

static void test_equal(void **state)
{
	(void)state;
	random_frame(&a, 8);
	glow_frame_copy(&b, &a);
	b.px[8] = (struct glow_linear){ 9, 9, 9 };
	assert_true(glow_frame_equal(&a, &b)); /* beyond n does not count */
	b.px[7].b ^= 1;
	assert_false(glow_frame_equal(&a, &b));
	b.px[7].b ^= 1;
	b.n = 7;
	assert_false(glow_frame_equal(&a, &b));
}

static void test_scale(void **state)
{
	(void)state;
	random_frame(&a, 100);
	a.px[0] = (struct glow_linear){ 1, 0, 65535 };
	for (int v = 0; v < 256; v++) {
		glow_frame_copy(&b, &a);
		glow_frame_scale(&b, (uint8_t)v);
		for (uint32_t i = 0; i < a.n; i++)
			assert_true(glow_linear_equal(b.px[i], glow_linear_scale(a.px[i], glow_gamma16((uint8_t)v))));
		assert_int_equal(glow_frame_equal(&a, &b), v == 255);
		assert_int_equal(b.px[0].r, v > 0);
	}
}

static void test_fade(void **state)
{
	struct glow_frame *f = &b, *from = &a;

	(void)state;
	for (uint32_t part = 0; part <= 65536; part += 4096) {
		glow_frame_fill(from, 2, RED);
		glow_frame_fill(f, 2, BLUE);
		glow_frame_fade(f, from, part);
		assert_true(glow_linear_equal(f->px[1], glow_linear_mix(RED, BLUE, part)));
		assert_int_equal(glow_linear_equal(f->px[1], RED), part == 0);
		assert_int_equal(glow_linear_equal(f->px[1], BLUE), part == 65536);
	}
}

/* A picture of another length: what it lacks is dark, what it has too much is left out. */
static void test_fade_lengths(void **state)
{
	(void)state;
	glow_frame_fill(&a, 9, BLUE);
	glow_frame_fill(&a, 1, RED);
	glow_frame_fill(&b, 3, BLUE);
	glow_frame_fade(&b, &a, 0);
	assert_int_equal(b.n, 3);
	assert_true(glow_linear_equal(b.px[0], RED));
	assert_true(glow_linear_equal(b.px[1], GLOW_DARK));
	assert_true(glow_linear_equal(b.px[2], GLOW_DARK));
	glow_frame_fill(&a, 9, RED);
	glow_frame_fill(&b, 3, BLUE);
	glow_frame_fade(&b, &a, 32768);
	assert_int_equal(b.n, 3);
	assert_true(glow_linear_equal(b.px[2], glow_linear_mix(RED, BLUE, 32768)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fill),  cmocka_unit_test(test_copy), cmocka_unit_test(test_equal),
		cmocka_unit_test(test_scale), cmocka_unit_test(test_fade), cmocka_unit_test(test_fade_lengths),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
