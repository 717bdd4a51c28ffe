/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The flash limiter, judged by the flash meter of tests/harness, which knows nothing of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/flash.h>
#include <glow/hash.h>

#include "../harness/flash.h"

enum { MAX_AREAS = 64 };

struct judge {
	struct glow_shape shape;
	struct flash_meter meters[MAX_AREAS];
	unsigned n;
};

/* The mean light of pixels first .. first+n-1. */
static struct flash_light mean(struct glow_shape shape, const struct glow_frame *f, uint32_t first, uint32_t n)
{
	uint64_t r = 0, g = 0, b = 0;

	for (uint32_t i = first; i < first + n; i++) {
		struct flash_light l = { f->px[i].r, f->px[i].g, f->px[i].b };

		if (glow_shape_mono(shape)) {
			struct flash_light own = flash_light_of(glow_shape_led_color(shape, i));
			uint64_t level = l.r;

			l = (struct flash_light){ (uint32_t)(level * own.r / 65535), (uint32_t)(level * own.g / 65535),
						  (uint32_t)(level * own.b / 65535) };
		}
		r += l.r;
		g += l.g;
		b += l.b;
	}
	return (struct flash_light){ (uint32_t)(r / n), (uint32_t)(g / n), (uint32_t)(b / n) };
}

static void judge_init(struct judge *j, struct glow_shape shape)
{
	memset(j, 0, sizeof(*j));
	j->shape = shape;
	for (unsigned k = 0; k < MAX_AREAS; k++)
		flash_meter_init(&j->meters[k]);
}

static void judge_see(struct judge *j, const struct glow_frame *f, int64_t t_us)
{
	uint32_t quarter = f->n < 8 ? 1 : f->n / 4;
	unsigned area = 0;

	for (uint32_t first = 0; first + quarter <= f->n; first++)
		flash_meter_feed(&j->meters[area++], t_us, mean(j->shape, f, first, quarter));
	flash_meter_feed(&j->meters[area++], t_us, mean(j->shape, f, 0, f->n));
	j->n = area;
}

static bool judge_content(const struct judge *j)
{
	for (unsigned k = 0; k < j->n; k++)
		if (!flash_meter_safe(&j->meters[k]))
			return false;
	return true;
}

typedef void picture_fn(struct glow_frame *f, struct glow_shape shape, uint32_t k);

static void level_all(struct glow_frame *f, struct glow_shape shape, struct glow_rgb c)
{
	f->n = shape.pixels;
	for (uint32_t i = 0; i < f->n; i++)
		f->px[i] = glow_linear_of(glow_shape_project(shape, i, c));
}

static void strobe_white(struct glow_frame *f, struct glow_shape shape, uint32_t k)
{
	level_all(f, shape, k % 2 ? GLOW_WHITE : GLOW_BLACK);
}

static void strobe_red(struct glow_frame *f, struct glow_shape shape, uint32_t k)
{
	level_all(f, shape, k % 2 ? (struct glow_rgb){ 255, 0, 0 } : GLOW_BLACK);
}

static void red_blue(struct glow_frame *f, struct glow_shape shape, uint32_t k)
{
	level_all(f, shape, k % 2 ? (struct glow_rgb){ 255, 0, 0 } : (struct glow_rgb){ 0, 0, 255 });
}

static void slow_strobe(struct glow_frame *f, struct glow_shape shape, uint32_t k)
{
	strobe_white(f, shape, k / 7); /* 60/14 = 4.3 a second */
}

static void random_pixels(struct glow_frame *f, struct glow_shape shape, uint32_t k)
{
	f->n = shape.pixels;
	for (uint32_t i = 0; i < f->n; i++) {
		struct glow_rgb c = glow_rgb_unpack((int32_t)(glow_dice(7, k, i) & 0xffffff));

		f->px[i] = glow_linear_of(glow_shape_project(shape, i, c));
	}
}

static void one_quarter(struct glow_frame *f, struct glow_shape shape, uint32_t k)
{
	glow_frame_fill(f, shape.pixels, GLOW_DARK);
	for (uint32_t i = 0; i < shape.pixels / 4; i++)
		f->px[i] = glow_linear_of(k % 2 ? GLOW_WHITE : GLOW_BLACK);
}

static picture_fn *const storms[] = { strobe_white, strobe_red, red_blue, slow_strobe, random_pixels, one_quarter };
static const struct glow_shape shapes[] = {
	{ GLOW_SHAPE_ROW, 8 },  { GLOW_SHAPE_ROW, 1 },     { GLOW_SHAPE_ROW, 5 },
	{ GLOW_SHAPE_ROW, 40 }, { GLOW_SHAPE_PIGLOW, 18 },
};

/* Five seconds of a storm of commands at 60 Hz. */
static bool storm_is_safe(picture_fn *storm, struct glow_shape shape, bool limit)
{
	static struct glow_flash flash;
	static struct glow_frame f;
	static struct judge judge;

	glow_flash_init(&flash);
	judge_init(&judge, shape);
	for (uint32_t k = 0; k < 300; k++) {
		int64_t t_us = INT64_C(1700000000000000) + k * INT64_C(1000000) / 60;

		storm(&f, shape, k);
		if (limit)
			glow_flash_limit(&flash, shape, t_us, &f);
		judge_see(&judge, &f, t_us);
	}
	return judge_content(&judge);
}

/* promise: flash-limit */
static void test_storms(void **state)
{
	(void)state;
	for (size_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++)
		for (size_t k = 0; k < sizeof(storms) / sizeof(storms[0]); k++)
			assert_true(storm_is_safe(storms[k], shapes[s], true));
}

/* The control: without the limiter the judge refuses them. */
static void test_storms_unlimited(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(storms) / sizeof(storms[0]); k++)
		assert_false(storm_is_safe(storms[k], shapes[0], false));
}

/* Whatever a storm ends with is shown within 1.1 s of its end. */
/* promise: flash-limit */
static void test_settles(void **state)
{
	static struct glow_flash flash;
	static struct glow_frame f, wanted;
	int64_t t_us = 5, end_us;
	bool limited = true;

	(void)state;
	glow_flash_init(&flash);
	for (uint32_t k = 0; k < 120; k++, t_us += 16667) {
		strobe_white(&f, shapes[0], k);
		glow_flash_limit(&flash, shapes[0], t_us, &f);
	}
	glow_frame_fill(&wanted, 8, (struct glow_linear){ 0, 65535, 0 });
	end_us = t_us + 1100000;
	while (limited && t_us < end_us) {
		glow_frame_copy(&f, &wanted);
		limited = glow_flash_limit(&flash, shapes[0], t_us, &f);
		t_us += 16667;
	}
	assert_false(limited);
	assert_true(glow_frame_equal(&f, &wanted));
}

/* Three changes in a second, or a slow fade, pass untouched. */
static void test_calm_passes(void **state)
{
	static struct glow_flash flash;
	static struct glow_frame f;

	(void)state;
	glow_flash_init(&flash);
	for (uint32_t k = 0; k < 600; k++) {
		strobe_white(&f, shapes[0], k / 20); /* 1.5 flashes a second */
		assert_false(glow_flash_limit(&flash, shapes[0], (int64_t)k * 16667, &f));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_storms),
		cmocka_unit_test(test_storms_unlimited),
		cmocka_unit_test(test_settles),
		cmocka_unit_test(test_calm_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
