/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A table with a row of each type: what of it is read, written and told. Each value that is refused
 * stands beside one that is taken, which is the control. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/params.h>

enum { COLOR, SPEED, LOUD, TINT, HEAT, TEXT };

static const char *const two[] = { "warm", "cold", NULL };
static const struct glow_param_desc rows[] = {
	[COLOR] = GLOW_PARAM_LIGHT_COLOR,
	[SPEED] = { .name = "speed",
		    .type = GLOW_PARAM_INT,
		    .min = 2,
		    .max = 9,
		    .def = 5,
		    .unit = "ms",
		    .what = "how fast" },
	[LOUD] = { .name = "loud", .type = GLOW_PARAM_BOOL, .max = 1, .def = 1, .unit = "", .what = "how loud" },
	[TINT] = { .name = "tint",
		   .type = GLOW_PARAM_COLOR,
		   .max = 0xffffff,
		   .def = 0xff8800,
		   .unit = "",
		   .what = "its tint" },
	[HEAT] = { .name = "heat",
		   .type = GLOW_PARAM_CHOICE,
		   .max = 1,
		   .unit = "",
		   .what = "its heat",
		   .choices = two },
	[TEXT] = { .name = "text", .type = GLOW_PARAM_TEXT, .unit = "", .what = "its words", .text = "SOS" },
};
static const struct glow_effect_desc effect = { .name = "test", .params = rows, .n_params = 6 };

static struct glow_params params;
static struct glow_diag diag;
static uint32_t set;

static int setup(void **state)
{
	(void)state;
	glow_params_default(&effect, &params);
	diag = (struct glow_diag){ .code = GLOW_OK };
	return 0;
}

static enum glow_code read_for(const struct glow_effect_desc *e, const char *text)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	enum glow_code code;

	assert_non_null(tree);
	code = glow_params_read(tree, e, &params, &set, &diag);
	cJSON_Delete(tree);
	return code;
}

static void test_read(void **state)
{
	(void)state;
	assert_int_equal(read_for(&effect, "{}"), GLOW_OK);
	assert_int_equal(set, 0);
	assert_int_equal(read_for(&effect, "{\"speed\":9,\"heat\":\"cold\",\"text\":\"hi\"}"), GLOW_OK);
	assert_int_equal(set, 1 << SPEED | 1 << HEAT | 1 << TEXT);
	assert_int_equal(params.v[SPEED], 9);
	assert_int_equal(params.v[HEAT], 1);
	assert_string_equal(params.text, "hi");
	assert_int_equal(params.v[TINT], 0xff8800); /* as it was */
	assert_int_equal(read_for(&effect, "{\"color\":\"red\",\"loud\":false,\"tint\":{\"r\":0,\"g\":0,\"b\":9}}"),
			 GLOW_OK);
	assert_int_equal(set, 1 << COLOR | 1 << LOUD | 1 << TINT);
	assert_int_equal(params.v[COLOR], 0xff0000);
	assert_int_equal(params.v[LOUD], 0);
	assert_int_equal(params.v[TINT], 9);
	assert_int_equal(params.v[SPEED], 9);
	assert_int_equal(read_for(&effect, "{\"color\":null}"), GLOW_OK);
	assert_int_equal(params.v[COLOR], GLOW_LIGHT_COLOR);
	/* Elsewhere null is as if it were not there, whatever the type. */
	assert_int_equal(read_for(&effect, "{\"speed\":null,\"loud\":null,\"tint\":null,\"heat\":null,\"text\":null}"),
			 GLOW_OK);
	assert_int_equal(params.v[SPEED], 9);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		enum glow_code code;
		const char *where, *what;
	} table[] = {
		{ "{\"speed\":1}", GLOW_OUT_OF_RANGE, "params.speed", "must be 2..9, got 1" },
		{ "{\"speed\":true}", GLOW_BAD_TYPE, "params.speed", "must be an integer" },
		{ "{\"loud\":1}", GLOW_BAD_TYPE, "params.loud", "must be true or false" },
		{ "{\"tint\":7}", GLOW_BAD_TYPE, "params.tint",
		  "must be {\"r\":…,\"g\":…,\"b\":…} or a colour's name" },
		{ "{\"heat\":1}", GLOW_BAD_TYPE, "params.heat", "must be a string" },
		{ "{\"heat\":\"hot\"}", GLOW_OUT_OF_RANGE, "params.heat", "must be one of warm, cold" },
		{ "{\"text\":3}", GLOW_BAD_TYPE, "params.text", "must be a string" },
		{ "{\"text\":\"\\n\"}", GLOW_OUT_OF_RANGE, "params.text", "must be printable ASCII" },
		{ "{\"size\":3}", GLOW_UNKNOWN_PARAM, "params.size", "test has no parameter of that name" },
	};
	char text[GLOW_TEXT_MAX + 40];

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		assert_int_equal(read_for(&effect, table[k].text), table[k].code);
		assert_string_equal(diag.where, table[k].where);
		assert_string_equal(diag.what, table[k].what);
		assert_int_equal(set, 0);
	}
	snprintf(text, sizeof(text), "{\"text\":\"%0*d\"}", GLOW_TEXT_MAX, 1);
	assert_int_equal(read_for(&effect, text), GLOW_OK);
	snprintf(text, sizeof(text), "{\"text\":\"%0*d\"}", GLOW_TEXT_MAX + 1, 1);
	assert_int_equal(read_for(&effect, text), GLOW_OUT_OF_RANGE);
	assert_int_equal(read_for(NULL, "{}"), GLOW_OK);
	assert_int_equal(read_for(NULL, "{\"speed\":5}"), GLOW_UNKNOWN_PARAM);
	assert_string_equal(diag.what, "auto has no parameter of that name");
}

static void test_write(void **state)
{
	char *text = glow_json_finish(glow_params_write(&effect, &params));

	(void)state;
	assert_string_equal(text, "{\"color\":null,\"speed\":5,\"loud\":true,\"tint\":\"#ff8800\",\"heat\":\"warm\","
				  "\"text\":\"SOS\"}");
	/* What is written is read back. */
	memset(&params, 0, sizeof(params));
	assert_int_equal(read_for(&effect, text), GLOW_OK);
	assert_int_equal(set, 63);
	free(text);
	text = glow_json_finish(glow_params_write(&effect, &params));
	assert_non_null(strstr(text, "\"tint\":\"#ff8800\""));
	free(text);
	text = glow_json_finish(glow_params_write(NULL, &params));
	assert_string_equal(text, "{}");
	free(text);
}

static void test_describe(void **state)
{
	static const char *const want[] = {
		[COLOR] = "{\"name\":\"color\",\"type\":\"color\",\"default\":null,\"unit\":\"\","
			  "\"what\":\"colour; null follows the light\"}",
		[SPEED] = "{\"name\":\"speed\",\"type\":\"int\",\"min\":2,\"max\":9,\"default\":5,\"unit\":\"ms\","
			  "\"what\":\"how fast\"}",
		[LOUD] = "{\"name\":\"loud\",\"type\":\"bool\",\"default\":true,\"unit\":\"\",\"what\":\"how loud\"}",
		[TINT] = "{\"name\":\"tint\",\"type\":\"color\",\"default\":\"#ff8800\",\"unit\":\"\","
			 "\"what\":\"its tint\"}",
		[HEAT] = "{\"name\":\"heat\",\"type\":\"choice\",\"choices\":[\"warm\",\"cold\"],\"default\":\"warm\","
			 "\"unit\":\"\",\"what\":\"its heat\"}",
		[TEXT] = "{\"name\":\"text\",\"type\":\"text\",\"max\":63,\"default\":\"SOS\",\"unit\":\"\","
			 "\"what\":\"its words\"}",
	};

	(void)state;
	for (int k = 0; k < effect.n_params; k++) {
		char *text = glow_json_finish(glow_param_describe(&rows[k]));

		assert_string_equal(text, want[k]);
		free(text);
	}
}

static void test_ranges(void **state)
{
	const struct glow_param_desc some[] = {
		{ .type = GLOW_PARAM_INT, .min = 200, .max = 60000, .def = 4000, .unit = "ms" },
		{ .type = GLOW_PARAM_INT, .min = -1, .max = 1, .def = 0, .unit = "" },
		{ .type = GLOW_PARAM_BOOL, .max = 1, .def = 1, .unit = "" },
		{ .type = GLOW_PARAM_COLOR, .def = 0xff8800, .unit = "" },
		{ .type = GLOW_PARAM_COLOR, .def = GLOW_LIGHT_COLOR, .unit = "" },
		{ .type = GLOW_PARAM_CHOICE, .max = 1, .def = 1, .unit = "", .choices = two },
		{ .type = GLOW_PARAM_TEXT, .unit = "", .text = "SOS" },
	};
	static const char *const want[] = {
		"200..60000 ms (4000)",   "-1..1 (0)",        "true or false (true)", "a colour (#ff8800)",
		"a colour (the light's)", "warm|cold (cold)", "text (SOS)",
	};
	char text[64];

	(void)state;
	for (size_t k = 0; k < sizeof(some) / sizeof(some[0]); k++) {
		glow_param_range(&some[k], text, sizeof(text));
		assert_string_equal(text, want[k]);
	}
	glow_param_range(&some[5], text, 6); /* cut, and not beyond */
	assert_string_equal(text, "warm|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_read, setup),   cmocka_unit_test_setup(test_refusals, setup),
		cmocka_unit_test_setup(test_write, setup),  cmocka_unit_test_setup(test_describe, setup),
		cmocka_unit_test_setup(test_ranges, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
