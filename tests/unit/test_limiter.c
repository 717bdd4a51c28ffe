/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The current model against the boards' figures, and the limiter against the one factor that fits. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <glow/limiter.h>

#include "../harness/dice.h"

static const struct glow_shape blinkt = { GLOW_SHAPE_ROW, 8 };
static const struct glow_shape piglow = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
static struct dice dice;
static struct glow_frame f, limited, want;

static double ma(struct glow_shape shape, struct glow_rgb c)
{
	glow_frame_fill(&f, shape.pixels, glow_linear_of(c));
	return glow_current_ua(shape, &f) / 1000.0;
}

static bool near(double got, double expected)
{
	return fabs(got - expected) < 0.01;
}

/* I[mA] = 8 + sum of 20*(r+g+b)/255 in linear light; PiGlow 23 mA an LED. */
static void test_model(void **state)
{
	const struct glow_shape long_row = { GLOW_SHAPE_ROW, 80 };
	double third;

	(void)state;
	assert_true(near(ma(blinkt, GLOW_WHITE), 488));
	assert_true(near(ma(blinkt, GLOW_BLACK), 8));
	assert_true(near(ma(blinkt, (struct glow_rgb){ 0, 255, 0 }), 168));
	assert_true(near(ma(long_row, GLOW_WHITE), 4880));
	assert_true(near(ma(piglow, GLOW_WHITE), 414));
	assert_true(near(ma(piglow, GLOW_BLACK), 0));
	assert_false(near(ma(blinkt, GLOW_WHITE), 480)); /* the idle current counts */
	glow_frame_fill(&f, 8, GLOW_DARK);
	f.px[3].b = 65535;
	assert_true(near(glow_current_ua(blinkt, &f) / 1000.0, 28));
	/* 7/31 of the light is sRGB 131: the usual default brightness, 116 mA in white. */
	third = ma(blinkt, (struct glow_rgb){ 131, 131, 131 });
	assert_true(third > 115 && third < 118);
}

/* promise: current-limit */
static void test_defaults(void **state)
{
	const struct glow_shape one = { GLOW_SHAPE_ROW, 1 }, long_row = { GLOW_SHAPE_ROW, 80 };

	(void)state;
	assert_int_equal(glow_current_default_ma(blinkt), 250);
	assert_int_equal(glow_current_default_ma(one), 250);
	assert_int_equal(glow_current_default_ma(long_row), 80 + 750);
	assert_int_equal(glow_current_default_ma(piglow), 104);
	assert_int_not_equal(glow_current_default_ma(piglow), glow_current_default_ma(blinkt));
}

typedef bool limit_fn(struct glow_shape shape, uint32_t limit_ma, struct glow_frame *frame);

/* Each channel by the same factor, rounded down: no more than fits, and no darker than it has to be. */
static bool dimmed_right(struct glow_shape shape, uint64_t limit_ua)
{
	double idle = glow_shape_mono(shape) ? 0 : f.n * 1000.0, light = (double)glow_current_ua(shape, &f) - idle;
	double factor = (double)limit_ua > idle ? ((double)limit_ua - idle) / light : 0;

	if (glow_current_ua(shape, &limited) > limit_ua && factor > 0)
		return false;
	for (uint32_t i = 0; i < f.n; i++)
		if (fabs(limited.px[i].r - f.px[i].r * factor) > 2 || fabs(limited.px[i].g - f.px[i].g * factor) > 2 ||
		    fabs(limited.px[i].b - f.px[i].b * factor) > 2)
			return false;
	return true;
}

static bool limit_right(limit_fn *limit, struct glow_shape shape, uint32_t limit_ma)
{
	bool fits = limit_ma == 0 || glow_current_ua(shape, &f) <= limit_ma * UINT64_C(1000);

	glow_frame_copy(&limited, &f);
	if (limit(shape, limit_ma, &limited) == fits)
		return false;
	if (fits)
		return glow_frame_equal(&limited, &f);
	return dimmed_right(shape, limit_ma * UINT64_C(1000));
}

static void random_frame(struct glow_shape shape)
{
	uint8_t top = (uint8_t)dice_roll(&dice, 256);

	f.n = shape.pixels;
	for (uint32_t i = 0; i < f.n; i++) {
		f.px[i] = glow_linear_of(glow_rgb_unpack((int32_t)dice_roll(&dice, 0x1000000)));
		if (glow_shape_mono(shape))
			f.px[i] = (struct glow_linear){ f.px[i].r, f.px[i].r, f.px[i].r };
	}
	glow_frame_scale(&f, top);
}

static int faults(limit_fn *limit, int rounds, int *ret_limited)
{
	int wrong = 0;

	*ret_limited = 0;
	for (int k = 0; k < rounds; k++) {
		struct glow_shape shape =
			k % 3 ? (struct glow_shape){ GLOW_SHAPE_ROW, 1 + dice_roll(&dice, 20) } : piglow;
		uint32_t limit_ma = dice_roll(&dice, 600);

		random_frame(shape);
		wrong += !limit_right(limit, shape, limit_ma);
		*ret_limited += limit_ma && glow_current_ua(shape, &f) > limit_ma * UINT64_C(1000);
	}
	return wrong;
}

static bool too_bright(struct glow_shape shape, uint32_t limit_ma, struct glow_frame *frame)
{
	return glow_current_limit(shape, limit_ma + limit_ma / 50, frame);
}

static bool too_dark(struct glow_shape shape, uint32_t limit_ma, struct glow_frame *frame)
{
	bool had_to = glow_current_limit(shape, limit_ma, frame);

	if (had_to)
		glow_frame_scale(frame, 200);
	return had_to;
}

static bool dims_all(struct glow_shape shape, uint32_t limit_ma, struct glow_frame *frame)
{
	(void)shape;
	(void)limit_ma;
	glow_frame_scale(frame, 128);
	return false;
}

/* promise: current-limit */
static void test_limit(void **state)
{
	int n;

	(void)state;
	assert_int_equal(faults(glow_current_limit, 3000, &n), 0);
	assert_true(n > 100 && n < 2900); /* both kinds of frames came up */
	assert_true(faults(too_bright, 300, &n) > 0);
	assert_true(faults(too_dark, 300, &n) > 0);
	assert_true(faults(dims_all, 300, &n) > 0);
}

/* Idle current cannot be dimmed away. */
static void test_below_idle(void **state)
{
	(void)state;
	glow_frame_fill(&f, 8, glow_linear_of(GLOW_WHITE));
	assert_true(glow_current_limit(blinkt, 5, &f));
	glow_frame_fill(&want, 8, GLOW_DARK);
	assert_true(glow_frame_equal(&f, &want));
	glow_frame_fill(&f, 8, glow_linear_of(GLOW_WHITE));
	assert_false(glow_current_limit(blinkt, 0, &f));
	assert_false(glow_frame_equal(&f, &want));
}

/* The longest row at full light: no sum may overflow. */
static void test_longest(void **state)
{
	const struct glow_shape longest = { GLOW_SHAPE_ROW, GLOW_PIXELS_MAX };

	(void)state;
	assert_true(near(ma(longest, GLOW_WHITE), 61.0 * GLOW_PIXELS_MAX));
	glow_frame_fill(&f, GLOW_PIXELS_MAX, glow_linear_of(GLOW_WHITE));
	assert_true(glow_current_limit(longest, 10000, &f));
	assert_true(glow_current_ua(longest, &f) <= 10000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),      cmocka_unit_test(test_defaults), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_below_idle), cmocka_unit_test(test_longest),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
