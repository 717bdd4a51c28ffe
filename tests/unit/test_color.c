/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Colour arithmetic against the formulas it stands for, over every input where
 * that is possible. A check takes the function it looks at, so that the
 * controls can hand it a wrong one and see it refused. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/color.h>

#include "../../bridge/core/css_names.h"
#include "../harness/dice.h"

static struct dice dice;

/* ---- brightness ---- */

static bool scale_right(uint8_t (*scale)(uint8_t, uint8_t))
{
	for (int v = 0; v < 256; v++)
		for (int b = 0; b < 256; b++) {
			long want = lround(v * b / 255.0);

			if (want == 0 && v && b)
				want = 1;
			if (scale((uint8_t)v, (uint8_t)b) != want)
				return false;
		}
	return true;
}

static uint8_t scale_down(uint8_t v, uint8_t b)
{
	uint32_t scaled = (uint32_t)v * b / 255;

	return scaled == 0 && v && b ? 1 : (uint8_t)scaled;
}

static uint8_t scale_to_dark(uint8_t v, uint8_t b)
{
	return (uint8_t)(((uint32_t)v * b + 127) / 255);
}

static void test_scale(void **state)
{
	struct glow_rgb c = glow_rgb_scale((struct glow_rgb){ 255, 100, 1 }, 128);

	(void)state;
	assert_true(scale_right(glow_scale8));
	assert_false(scale_right(scale_down));
	assert_false(scale_right(scale_to_dark));
	assert_true(glow_rgb_equal(c, (struct glow_rgb){ 128, 50, 1 }));
}

/* ---- mixing ---- */

typedef struct glow_rgb mix_fn(struct glow_rgb a, struct glow_rgb b, uint32_t part);

static bool mix_right(mix_fn *mix, int a, int b, uint32_t part)
{
	/* Each channel its own pair, so that none can stand in for another. */
	struct glow_rgb from = { (uint8_t)a, (uint8_t)b, (uint8_t)(255 - a) },
			to = { (uint8_t)b, (uint8_t)a, (uint8_t)(255 - b) }, c = mix(from, to, part);
	double share = part / 65536.0;

	return fabs(c.r - (from.r * (1 - share) + to.r * share)) <= 0.5 &&
	       fabs(c.g - (from.g * (1 - share) + to.g * share)) <= 0.5 &&
	       fabs(c.b - (from.b * (1 - share) + to.b * share)) <= 0.5;
}

static bool mix_ends_right(mix_fn *mix)
{
	for (int a = 0; a < 256; a++)
		for (int b = 0; b < 256; b++)
			if (!mix_right(mix, a, b, 0) || !mix_right(mix, a, b, 65536))
				return false;
	return true;
}

static struct glow_rgb mix_never_there(struct glow_rgb a, struct glow_rgb b, uint32_t part)
{
	return glow_rgb_mix(a, b, part * 255 / 256);
}

static void test_mix(void **state)
{
	(void)state;
	assert_true(mix_ends_right(glow_rgb_mix));
	assert_false(mix_ends_right(mix_never_there));
	for (int k = 0; k < 100000; k++)
		assert_true(mix_right(glow_rgb_mix, (int)dice_roll(&dice, 256), (int)dice_roll(&dice, 256),
				      dice_roll(&dice, 65537)));
}

static void test_add(void **state)
{
	struct glow_rgb c = glow_rgb_add((struct glow_rgb){ 10, 200, 255 }, (struct glow_rgb){ 20, 100, 255 });

	(void)state;
	assert_true(glow_rgb_equal(c, (struct glow_rgb){ 30, 255, 255 }));
	assert_false(glow_rgb_equal(c, (struct glow_rgb){ 30, 44, 254 }));
}

/* ---- the colour circle ---- */

static int channel_step(struct glow_rgb a, struct glow_rgb b)
{
	int r = abs(a.r - b.r), g = abs(a.g - b.g), bl = abs(a.b - b.b);

	return r > g ? (r > bl ? r : bl) : (g > bl ? g : bl);
}

/* Always one channel full and one dark, and no jump from one hue to the next, past the end of the circle too. */
static bool circle_right(struct glow_rgb (*hue)(uint16_t, uint8_t))
{
	struct glow_rgb before = hue(65535, 255);

	for (uint32_t h = 0; h < 65536; h++) {
		struct glow_rgb c = hue((uint16_t)h, 255);

		if ((c.r != 255 && c.g != 255 && c.b != 255) || (c.r && c.g && c.b) || channel_step(c, before) > 1)
			return false;
		before = c;
	}
	return true;
}

static struct glow_rgb hue_with_a_seam(uint16_t hue, uint8_t sat)
{
	return glow_rgb_hue((uint16_t)(hue / 2), sat);
}

static void test_hue(void **state)
{
	(void)state;
	assert_true(circle_right(glow_rgb_hue));
	assert_false(circle_right(hue_with_a_seam));
	assert_true(glow_rgb_equal(glow_rgb_hue(0, 255), (struct glow_rgb){ 255, 0, 0 }));
	assert_true(glow_rgb_equal(glow_rgb_hue(65536 / 3, 255), (struct glow_rgb){ 0, 255, 0 }));
	assert_true(glow_rgb_equal(glow_rgb_hue(131072 / 3, 255), (struct glow_rgb){ 0, 0, 255 }));
	for (uint32_t h = 0; h < 65536; h += 257)
		assert_true(glow_rgb_equal(glow_rgb_hue((uint16_t)h, 0), GLOW_WHITE));
}

/* ---- names ---- */

static bool reads_as(const char *text, int32_t rgb)
{
	struct glow_rgb c = { 1, 2, 3 };

	return glow_color_parse(text, strlen(text), &c) && glow_rgb_pack(c) == rgb;
}

static bool refused(const char *text)
{
	struct glow_rgb c = { 1, 2, 3 };

	return !glow_color_parse(text, strlen(text), &c) && glow_rgb_equal(c, (struct glow_rgb){ 1, 2, 3 });
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int32_t rgb;
	} good[] = {
		{ "#f80", 0xff8800 },
		{ "#F80", 0xff8800 },
		{ "#ff8800", 0xff8800 },
		{ "#Ff8800", 0xff8800 },
		{ "#000", 0 },
		{ "#ffffff", 0xffffff },
		{ "#0a1b2c", 0x0a1b2c },
		{ "red", 0xff0000 },
		{ "Red", 0xff0000 },
		{ "RED", 0xff0000 },
		{ "lime", 0x00ff00 },
		{ "green", 0x008000 },
		{ "blue", 0x0000ff },
		{ "orange", 0xffa500 },
		{ "navy", 0x000080 },
		{ "gray", 0x808080 },
		{ "grey", 0x808080 },
		{ "rebeccapurple", 0x663399 },
		{ "RebeccaPurple", 0x663399 },
		{ "aliceblue", 0xf0f8ff },
		{ "yellowgreen", 0x9acd32 },
		{ "hotpink", 0xff69b4 },
		{ "DarkSlateGrey", 0x2f4f4f },
		{ "lightgoldenrodyellow", 0xfafad2 },
		{ "black", 0x000000 },
		{ "white", 0xffffff },
		{ "tomato", 0xff6347 },
	};
	static const char *const bad[] = {
		"",        "#",    "#f",         "#ff",         "#ffff",   "#fffff",     "#fffffff",   "#ggg",
		"#12345g", "#+12", "# 12",       "#-12",        "0xff00",  "ff8800",     "red ",       " red",
		"re",      "redd", "rgb(1,2,3)", "transparent", "rainbow", "r\xc3\xa9z", "#\xc3\xa9z", "\xff",
	};

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		if (!reads_as(good[k].text, good[k].rgb))
			fail_msg("%s", good[k].text);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (!refused(bad[k]))
			fail_msg("%s", bad[k]);
	assert_false(reads_as("red", 0xff0001));
	assert_false(refused("red"));
}

/* The length counts, not a NUL. */
static void test_parse_length(void **state)
{
	struct glow_rgb c;

	(void)state;
	assert_true(glow_color_parse("redder", 3, &c));
	assert_true(glow_color_parse("#ff8800", 4, &c));
	assert_int_equal(glow_rgb_pack(c), 0xffff88);
	assert_false(glow_color_parse("red", 2, &c));
	assert_false(glow_color_parse("red\0", 4, &c));
}

static void test_css_table(void **state)
{
	size_t n = 0;

	(void)state;
	for (; glow_css_names[n].name; n++) {
		char upper[32];
		size_t len = strlen(glow_css_names[n].name);

		assert_true(len < sizeof(upper));
		for (size_t k = 0; k <= len; k++) {
			char c = glow_css_names[n].name[k];

			assert_true(c == '\0' || (c >= 'a' && c <= 'z'));
			upper[k] = c ? (char)(c - 'a' + 'A') : '\0';
		}
		assert_true(reads_as(upper, glow_css_names[n].rgb));
		assert_true(n == 0 || strcmp(glow_css_names[n - 1].name, glow_css_names[n].name) < 0);
	}
	assert_int_equal(n, 148); /* CSS Color Module Level 4 */
}

static void test_format(void **state)
{
	char text[8];

	(void)state;
	glow_color_format((struct glow_rgb){ 255, 136, 0 }, text);
	assert_string_equal(text, "#ff8800");
	for (int k = 0; k < 10000; k++) {
		int32_t rgb = (int32_t)dice_roll(&dice, 0x1000000);

		glow_color_format(glow_rgb_unpack(rgb), text);
		assert_true(reads_as(text, rgb));
		assert_false(reads_as(text, rgb ^ 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale),     cmocka_unit_test(test_mix),    cmocka_unit_test(test_add),
		cmocka_unit_test(test_hue),       cmocka_unit_test(test_parse),  cmocka_unit_test(test_parse_length),
		cmocka_unit_test(test_css_table), cmocka_unit_test(test_format),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
