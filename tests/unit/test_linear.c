/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Linear light against the formulas it stands for, over every input where that
 * is possible. A check takes the function it looks at, so that the controls can
 * hand it a wrong one and see it refused. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <glow/linear.h>

#include "../harness/dice.h"

static struct dice dice;

/* Linear light of an sRGB value 0..1, IEC 61966-2-1, and back. */
static double eotf(double v)
{
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double oetf(double l)
{
	return l <= 0.0031308 ? l * 12.92 : 1.055 * pow(l, 1 / 2.4) - 0.055;
}

static struct glow_linear any(void)
{
	return (struct glow_linear){ (uint16_t)dice_roll(&dice, 65536), (uint16_t)dice_roll(&dice, 65536),
				     (uint16_t)dice_roll(&dice, 65536) };
}

/* ---- sRGB to light ---- */

static bool gamma_right(uint16_t (*gamma)(uint8_t))
{
	if (gamma(0) != 0 || gamma(255) != 65535)
		return false;
	for (int v = 0; v < 256; v++) {
		if (gamma((uint8_t)v) != lround(65535 * eotf(v / 255.0)))
			return false;
		if (v > 0 && gamma((uint8_t)v) <= gamma((uint8_t)(v - 1)))
			return false;
	}
	return true;
}

/* The least sRGB value that has at least this light, for each light there is. */
static bool way_back_right(uint8_t (*back)(uint16_t))
{
	for (uint32_t light = 0, v = 0; light < 65536; light++) {
		if (glow_gamma16((uint8_t)v) < light)
			v++;
		if (back((uint16_t)light) != v)
			return false;
	}
	return true;
}

static uint8_t rounded_to_nearest(uint16_t light)
{
	return (uint8_t)lround(255 * oetf(light / 65535.0));
}

static uint16_t power_2_2(uint8_t v)
{
	return (uint16_t)lround(65535 * pow(v / 255.0, 2.2));
}

static uint16_t stuck_at_200(uint8_t v)
{
	return glow_gamma16(v == 201 ? 200 : v);
}

static void test_gamma(void **state)
{
	struct glow_linear l = glow_linear_of((struct glow_rgb){ 255, 128, 1 });

	(void)state;
	assert_true(gamma_right(glow_gamma16));
	assert_false(gamma_right(power_2_2));
	assert_false(gamma_right(stuck_at_200));
	assert_true(glow_linear_equal(l, (struct glow_linear){ 65535, glow_gamma16(128), 20 }));
	assert_true(way_back_right(glow_gamma8));
	assert_false(way_back_right(rounded_to_nearest));
}

/* ---- light to sRGB ---- */

typedef struct glow_rgb rgb_fn(struct glow_linear c);

/* Right to the nearest; by how much the interpolation is off may decide a tie. */
static bool rgb_right(rgb_fn *rgb)
{
	for (uint32_t v = 0; v < 65536; v++) {
		struct glow_rgb c = rgb((struct glow_linear){ 65535, (uint16_t)v, 0 });

		if (c.r != 255 || c.b != 0 || fabs(c.g - 255 * oetf(v / 65535.0)) > 0.54)
			return false;
	}
	for (int v = 1; v < 256; v++) {
		struct glow_rgb want = { 255, (uint8_t)v, (uint8_t)(255 - v) };

		if (!glow_rgb_equal(rgb(glow_linear_of(want)), want))
			return false;
	}
	return true;
}

/* What is lit is not black, in the colour that it has most of. */
static bool lit_right(rgb_fn *rgb)
{
	return glow_rgb_equal(rgb(GLOW_DARK), GLOW_BLACK) &&
	       glow_rgb_equal(rgb((struct glow_linear){ 1, 0, 0 }), (struct glow_rgb){ 1, 0, 0 }) &&
	       glow_rgb_equal(rgb((struct glow_linear){ 3, 9, 8 }), (struct glow_rgb){ 0, 1, 0 }) &&
	       glow_rgb_equal(rgb((struct glow_linear){ 7, 7, 7 }), (struct glow_rgb){ 1, 1, 1 }) &&
	       glow_rgb_equal(rgb((struct glow_linear){ 20, 4, 0 }), (struct glow_rgb){ 1, 0, 0 });
}

static struct glow_rgb each_lit(struct glow_linear c)
{
	struct glow_rgb rgb = glow_linear_rgb(c);

	return (struct glow_rgb){ c.r && !rgb.r ? 1 : rgb.r, c.g && !rgb.g ? 1 : rgb.g, c.b && !rgb.b ? 1 : rgb.b };
}

static struct glow_rgb top_bits(struct glow_linear c)
{
	return (struct glow_rgb){ (uint8_t)(c.r >> 8), (uint8_t)(c.g >> 8), (uint8_t)(c.b >> 8) };
}

static void test_rgb(void **state)
{
	(void)state;
	assert_true(rgb_right(glow_linear_rgb));
	assert_false(rgb_right(top_bits));
	assert_true(lit_right(glow_linear_rgb));
	assert_false(lit_right(each_lit));
}

/* ---- factors ---- */

typedef struct glow_linear scale_fn(struct glow_linear c, uint16_t factor);

static bool scaled(uint16_t v, uint16_t factor, uint16_t got)
{
	long want = lround((double)v * factor / 65535);

	return got == (want == 0 && v && factor ? 1 : want);
}

static bool scale_right(scale_fn *scale)
{
	static const uint16_t edges[] = { 0, 1, 2, 20, 32767, 32768, 65534, 65535 };

	for (int k = 0; k < 200000; k++) {
		struct glow_linear c = any(), got;
		uint16_t factor = k % 4 ? (uint16_t)dice_roll(&dice, 65536) : edges[dice_roll(&dice, 8)];

		if (k % 3 == 0)
			c.g = edges[dice_roll(&dice, 8)];
		got = scale(c, factor);
		if (!scaled(c.r, factor, got.r) || !scaled(c.g, factor, got.g) || !scaled(c.b, factor, got.b))
			return false;
	}
	return true;
}

static struct glow_linear scale_shift(struct glow_linear c, uint16_t factor)
{
	return (struct glow_linear){ (uint16_t)((uint32_t)c.r * factor >> 16), (uint16_t)((uint32_t)c.g * factor >> 16),
				     (uint16_t)((uint32_t)c.b * factor >> 16) };
}

static void test_scale(void **state)
{
	(void)state;
	assert_true(scale_right(glow_linear_scale));
	assert_false(scale_right(scale_shift));
}

/* White dims as its sRGB value would. */
static void test_scale_white(void **state)
{
	(void)state;
	for (int v = 0; v < 256; v++) {
		struct glow_linear l = glow_linear_scale(glow_linear_of(GLOW_WHITE), glow_gamma16((uint8_t)v));

		assert_true(
			glow_linear_equal(l, glow_linear_of((struct glow_rgb){ (uint8_t)v, (uint8_t)v, (uint8_t)v })));
	}
}

/* ---- mixing ---- */

typedef struct glow_linear mix_fn(struct glow_linear a, struct glow_linear b, uint32_t part);

/* How far off from the formula, in sRGB steps of eight bits. */
static double off(uint16_t a, uint16_t b, uint32_t part, uint16_t got)
{
	double x = part / 65536.0, from = 255 * oetf(a / 65535.0), to = 255 * oetf(b / 65535.0);

	return fabs(255 * oetf(got / 65535.0) - (from * (1 - x) + to * x));
}

static bool mix_near(mix_fn *mix)
{
	for (int k = 0; k < 100000; k++) {
		struct glow_linear a = any(), b = any(), got;
		uint32_t part = dice_roll(&dice, 65537);

		got = mix(a, b, part);
		if (off(a.r, b.r, part, got.r) > 0.05 || off(a.g, b.g, part, got.g) > 0.05 ||
		    off(a.b, b.b, part, got.b) > 0.05)
			return false;
	}
	return true;
}

/* Ends exact; never back and never beyond them. */
static bool mix_monotone(mix_fn *mix)
{
	for (int k = 0; k < 3000; k++) {
		struct glow_linear a = any(), b = any(), got, before = a;
		uint16_t near = (uint16_t)dice_roll(&dice, 4);

		b.r = a.r > 65530 ? a.r : (uint16_t)(a.r + near);
		if (a.g > b.g) {
			uint16_t g = a.g;

			a.g = b.g;
			b.g = g;
		}
		before = a;
		if (!glow_linear_equal(mix(a, b, 0), a) || !glow_linear_equal(mix(a, b, 65536), b))
			return false;
		for (uint32_t part = 0; part <= 65536; part += 1 + dice_roll(&dice, 1000)) {
			got = mix(a, b, part);
			if (got.r < before.r || got.r > b.r || got.g < before.g || got.g > b.g)
				return false;
			before = got;
		}
	}
	return true;
}

static struct glow_linear mix_light(struct glow_linear a, struct glow_linear b, uint32_t part)
{
	return (struct glow_linear){ (uint16_t)(((uint64_t)a.r * (65536 - part) + (uint64_t)b.r * part) >> 16),
				     (uint16_t)(((uint64_t)a.g * (65536 - part) + (uint64_t)b.g * part) >> 16),
				     (uint16_t)(((uint64_t)a.b * (65536 - part) + (uint64_t)b.b * part) >> 16) };
}

/* As if there were eight bits of sRGB between. */
static struct glow_linear mix_coarse(struct glow_linear a, struct glow_linear b, uint32_t part)
{
	return glow_linear_of(glow_rgb_mix(glow_linear_rgb(a), glow_linear_rgb(b), part));
}

static void test_mix(void **state)
{
	(void)state;
	assert_true(mix_near(glow_linear_mix));
	assert_true(mix_monotone(glow_linear_mix));
	assert_false(mix_near(mix_light));
	assert_false(mix_near(mix_coarse));
	assert_false(mix_monotone(mix_coarse));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gamma),       cmocka_unit_test(test_rgb), cmocka_unit_test(test_scale),
		cmocka_unit_test(test_scale_white), cmocka_unit_test(test_mix),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
