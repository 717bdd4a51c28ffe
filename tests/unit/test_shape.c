/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What single-colour LEDs show of a colour, and which LEDs a name reaches. The
 * expectations are written out per LED, from the contract and not from the tables. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/shape.h>

static const struct glow_shape piglow = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
static const struct glow_shape blinkt = { GLOW_SHAPE_ROW, 8 };

/* The LEDs of an arm from the tip to the centre. */
enum { RED, ORANGE, YELLOW, GREEN, BLUE, WHITE };

/* ---- projection ---- */

typedef struct glow_rgb project_fn(struct glow_shape shape, uint32_t i, struct glow_rgb c);

/* `lit` has a letter for each LED of an arm: '*' full, '.' dark, '?' in between. */
static bool lights(project_fn *project, struct glow_rgb c, const char *lit)
{
	for (uint32_t i = 0; i < 18; i++) {
		struct glow_rgb v = project(piglow, i, c);
		char got = v.r == 255 ? '*' : v.r == 0 ? '.' : '?';

		if (v.g != v.r || v.b != v.r || got != lit[i % 6])
			return false;
	}
	return true;
}

static bool projects(project_fn *project)
{
	return lights(project, (struct glow_rgb){ 0, 0, 0 }, "......") &&
	       lights(project, (struct glow_rgb){ 255, 0, 0 }, "*.....") &&
	       lights(project, (struct glow_rgb){ 255, 255, 0 }, "****..") &&
	       lights(project, (struct glow_rgb){ 255, 128, 0 }, "**??..") &&
	       lights(project, (struct glow_rgb){ 0, 255, 0 }, "...*..") &&
	       lights(project, (struct glow_rgb){ 0, 0, 255 }, "....*.") &&
	       lights(project, (struct glow_rgb){ 255, 0, 255 }, "*...*.") &&
	       lights(project, (struct glow_rgb){ 0, 255, 255 }, "...**.") &&
	       lights(project, (struct glow_rgb){ 255, 255, 255 }, "******") &&
	       lights(project, (struct glow_rgb){ 128, 128, 128 }, "??????");
}

static struct glow_rgb from_centre_to_tip(struct glow_shape shape, uint32_t i, struct glow_rgb c)
{
	return glow_shape_project(shape, 17 - i, c);
}

static struct glow_rgb red_channel_only(struct glow_shape shape, uint32_t i, struct glow_rgb c)
{
	(void)shape;
	(void)i;
	return (struct glow_rgb){ c.r, c.r, c.r };
}

static void test_project(void **state)
{
	(void)state;
	assert_true(projects(glow_shape_project));
	assert_false(projects(from_centre_to_tip));
	assert_false(projects(red_channel_only));
}

/* An LED's own colour at any level lights it at that level; a row shows what it is given. */
static void test_project_levels(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 18; i++) {
		struct glow_rgb own = glow_shape_led_color(piglow, i);

		assert_int_equal(glow_shape_project(piglow, i, own).r, 255);
		for (int level = 0; level < 256; level++) {
			struct glow_rgb v = glow_shape_project(piglow, i, glow_rgb_scale(own, (uint8_t)level));

			assert_true(v.r >= level - 1 && v.r <= level + 1);
			assert_int_equal(v.r > 0, level > 0);
		}
	}
	for (uint32_t i = 0; i < 8; i++) {
		struct glow_rgb c = { 12, 200, 7 };

		assert_true(glow_rgb_equal(glow_shape_project(blinkt, i, c), c));
		assert_true(glow_rgb_equal(glow_shape_led_color(blinkt, i), GLOW_WHITE));
	}
}

static void test_kinds(void **state)
{
	(void)state;
	assert_string_equal(glow_shape_name(blinkt), "blinkt");
	assert_string_equal(glow_shape_name(piglow), "piglow");
	assert_true(glow_shape_mono(piglow));
	assert_false(glow_shape_mono(blinkt));
}

/* ---- names ---- */

/* True when the name is there once and reaches exactly the LEDs marked '*'. */
static bool reaches(struct glow_shape shape, const char *name, const char *leds)
{
	int found = 0;

	for (uint32_t k = 0; k < glow_shape_led_names(shape); k++) {
		if (strcmp(glow_shape_led_name(shape, k), name) != 0)
			continue;
		found++;
		for (uint32_t i = 0; i < shape.pixels; i++)
			if (glow_shape_led_in(shape, k, i) != (leds[i] == '*'))
				return false;
	}
	return found == 1 && strlen(leds) == shape.pixels;
}

static void test_piglow_names(void **state)
{
	static const char *const colors[] = { "red", "orange", "yellow", "green", "blue", "white" };

	(void)state;
	assert_int_equal(glow_shape_led_names(piglow), 1 + 6 + 3 + 18);
	assert_true(reaches(piglow, "all", "******************"));
	assert_true(reaches(piglow, "red", "*.....*.....*....."));
	assert_true(reaches(piglow, "orange", ".*.....*.....*...."));
	assert_true(reaches(piglow, "yellow", "..*.....*.....*..."));
	assert_true(reaches(piglow, "green", "...*.....*.....*.."));
	assert_true(reaches(piglow, "blue", "....*.....*.....*."));
	assert_true(reaches(piglow, "white", ".....*.....*.....*"));
	assert_true(reaches(piglow, "arm1", "******............"));
	assert_true(reaches(piglow, "arm2", "......******......"));
	assert_true(reaches(piglow, "arm3", "............******"));
	for (int arm = 0; arm < 3; arm++)
		for (int color = 0; color < 6; color++) {
			char name[16], leds[19] = "..................";

			snprintf(name, sizeof(name), "arm%d.%s", arm + 1, colors[color]);
			leds[6 * arm + color] = '*';
			assert_true(reaches(piglow, name, leds));
		}
	assert_false(reaches(piglow, "arm1", "*****............."));
	assert_false(reaches(piglow, "arm4", ".................."));
	assert_false(reaches(piglow, "left", ".................."));
}

static void test_row_names(void **state)
{
	const struct glow_shape one = { GLOW_SHAPE_ROW, 1 }, five = { GLOW_SHAPE_ROW, 5 };

	(void)state;
	assert_int_equal(glow_shape_led_names(blinkt), 3);
	assert_true(reaches(blinkt, "all", "********"));
	assert_true(reaches(blinkt, "left", "****...."));
	assert_true(reaches(blinkt, "right", "....****"));
	assert_true(reaches(five, "left", "**..."));
	assert_true(reaches(five, "right", "..***"));
	assert_true(reaches(one, "all", "*"));
	assert_true(reaches(one, "right", "*"));
	assert_false(reaches(blinkt, "right", "...*****"));
	assert_false(reaches(blinkt, "red", "........"));
}

/* ---- the axis of a bar ---- */

static void test_bar(void **state)
{
	static const uint32_t place[6] = {
		[WHITE] = 0, [BLUE] = 1, [GREEN] = 2, [YELLOW] = 3, [ORANGE] = 4, [RED] = 5
	};
	uint32_t at, len;

	(void)state;
	for (uint32_t i = 0; i < 18; i++) {
		glow_shape_bar(piglow, i, &at, &len);
		assert_int_equal(len, 6);
		assert_int_equal(at, place[i % 6]);
		assert_int_not_equal(at, i % 6); /* the control: not from the tip */
	}
	for (uint32_t i = 0; i < 8; i++) {
		glow_shape_bar(blinkt, i, &at, &len);
		assert_int_equal(len, 8);
		assert_int_equal(at, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),          cmocka_unit_test(test_project),
		cmocka_unit_test(test_project_levels), cmocka_unit_test(test_piglow_names),
		cmocka_unit_test(test_row_names),      cmocka_unit_test(test_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
