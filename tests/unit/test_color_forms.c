/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Colours as others write them, against numbers that others have published: corners and hues by
 * their definition, the primaries and the white of sRGB, and points of the Planckian locus. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/color_forms.h>
#include <glow/json.h>

/* Within `slack` in each channel. */
static bool near(struct glow_rgb a, struct glow_rgb b, int slack)
{
	return abs(a.r - b.r) <= slack && abs(a.g - b.g) <= slack && abs(a.b - b.b) <= slack;
}

static void expect(const char *what, struct glow_rgb got, struct glow_rgb want, int slack)
{
	if (!near(got, want, slack))
		fail_msg("%s: #%02x%02x%02x, not #%02x%02x%02x", what, got.r, got.g, got.b, want.r, want.g, want.b);
}

static void test_hs(void **state)
{
	static const struct {
		double h, s;
		struct glow_rgb want;
	} table[] = {
		{ 0, 100, { 255, 0, 0 } },     { 60, 100, { 255, 255, 0 } },   { 120, 100, { 0, 255, 0 } },
		{ 180, 100, { 0, 255, 255 } }, { 240, 100, { 0, 0, 255 } },    { 300, 100, { 255, 0, 255 } },
		{ 360, 100, { 255, 0, 0 } },   { 0, 0, { 255, 255, 255 } },    { 217.3, 0, { 255, 255, 255 } },
		{ 30, 100, { 255, 128, 0 } },  { 210, 50, { 128, 191, 255 } }, { 33, 47.5, { 255, 200, 134 } },
		{ 359, 100, { 255, 0, 4 } },   { 90, 20, { 230, 255, 204 } },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		char what[40];

		snprintf(what, sizeof(what), "h %g s %g", table[k].h, table[k].s);
		expect(what, glow_color_of_hs(table[k].h, table[k].s), table[k].want, 0);
	}
	assert_false(near(glow_color_of_hs(30, 100), (struct glow_rgb){ 255, 126, 0 }, 1)); /* control */
}

static void test_xy(void **state)
{
	static const struct {
		double x, y;
		struct glow_rgb want;
		int slack;
	} table[] = {
		{ 0.3127, 0.3290, { 255, 255, 255 }, 1 }, /* D65 */
		{ 0.64, 0.33, { 255, 0, 0 }, 2 },
		{ 0.30, 0.60, { 0, 255, 0 }, 4 },
		{ 0.15, 0.06, { 0, 0, 255 }, 2 },
		{ 0.4193, 0.5053, { 255, 255, 0 }, 3 },
		{ 0.2247, 0.3287, { 0, 255, 255 }, 5 },
		{ 0.3209, 0.1542, { 255, 0, 255 }, 3 },
		{ 0.735, 0.265, { 255, 0, 0 }, 0 }, /* the reddest light there is lies outside */
		{ 0, 0, { 0, 56, 255 }, 0 },        /* no light at all; something blue, and no division by 0 */
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		char what[40];

		snprintf(what, sizeof(what), "x %g y %g", table[k].x, table[k].y);
		expect(what, glow_color_of_xy(table[k].x, table[k].y), table[k].want, table[k].slack);
	}
	assert_false(near(glow_color_of_xy(0.35, 0.329), (struct glow_rgb){ 255, 255, 255 }, 20)); /* control */
}

/* Whatever is asked: the brightest channel is full. */
static void test_full(void **state)
{
	(void)state;
	for (int i = 0; i <= 50; i++)
		for (int j = 0; j <= 50; j++) {
			struct glow_rgb c = glow_color_of_xy(i / 50.0, j / 50.0);

			assert_true(c.r == 255 || c.g == 255 || c.b == 255);
			c = glow_color_of_hs(i * 7.2, j * 2);
			assert_true(c.r == 255 || c.g == 255 || c.b == 255);
		}
}

/* x and y of black bodies, as colorimetry tabulates them (G. Wyszecki, W. S. Stiles: Color Science). */
static void test_kelvin(void **state)
{
	static const struct {
		double kelvin, x, y;
	} table[] = {
		{ 2000, 0.5267, 0.4133 },  { 2856, 0.4476, 0.4075 },  { 3000, 0.4369, 0.4041 },
		{ 4000, 0.3805, 0.3768 },  { 5000, 0.3451, 0.3516 },  { 6500, 0.3135, 0.3237 },
		{ 10000, 0.2807, 0.2884 }, { 20000, 0.2565, 0.2577 },
	};
	struct glow_rgb before = glow_color_of_kelvin(1000);

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		char what[40];

		snprintf(what, sizeof(what), "%g K", table[k].kelvin);
		expect(what, glow_color_of_kelvin(table[k].kelvin), glow_color_of_xy(table[k].x, table[k].y), 2);
	}
	assert_false(near(glow_color_of_kelvin(2700), glow_color_of_xy(0.4369, 0.4041), 2)); /* control */
	/* From warm to cold without a step, and constant beyond both ends. */
	expect("warmest", before, glow_color_of_kelvin(1667), 0);
	for (int k = 1000; k <= 40000; k += 10) {
		struct glow_rgb c = glow_color_of_kelvin(k);

		assert_true(c.r <= before.r && c.b >= before.b && before.r - c.r <= 2 && c.b - before.b <= 3);
		before = c;
	}
	expect("coldest", glow_color_of_kelvin(25000), glow_color_of_kelvin(40000), 0);
}

static enum glow_code read_text(const char *text, struct glow_rgb *ret_color, struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(text, strlen(text), diag);
	enum glow_code code = glow_color_form_read(tree, "c", ret_color, diag);

	cJSON_Delete(tree);
	return code;
}

static void test_forms(void **state)
{
	static const struct {
		const char *text;
		struct glow_rgb want;
		const char *ignored;
	} table[] = {
		{ "{\"r\":1,\"g\":2,\"b\":3}", { 1, 2, 3 }, "" },
		{ "{\"r\":1,\"g\":2,\"b\":3,\"h\":4,\"x\":null}", { 1, 2, 3 }, "c.h" },
		{ "{\"s\":100,\"h\":240,\"v\":50}", { 0, 0, 255 }, "c.v" },
		{ "{\"hue\":240,\"saturation\":100}", { 0, 0, 255 }, "" },
		{ "{\"y\":0.265,\"x\":0.735}", { 255, 0, 0 }, "" },
		{ "{\"hex\":\"#46A\"}", { 0x44, 0x66, 0xaa }, "" },
		{ "{\"hex\":\"4466aa\",\"w\":1}", { 0x44, 0x66, 0xaa }, "c.w" },
	};
	struct glow_diag diag;
	struct glow_rgb c;

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		assert_int_equal(read_text(table[k].text, &c, &diag), GLOW_OK);
		expect(table[k].text, c, table[k].want, 0);
		assert_string_equal(diag.ignored, table[k].ignored);
	}
	assert_int_equal(read_text("{\"hex\":\"#46AB\"}", &c, &diag), GLOW_UNKNOWN_COLOR);
	assert_int_equal(read_text("{\"hue\":1}", &c, &diag), GLOW_BAD_TYPE);
	assert_string_equal(diag.where, "c.saturation");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hs),     cmocka_unit_test(test_xy),    cmocka_unit_test(test_full),
		cmocka_unit_test(test_kelvin), cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
