/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Effects written as text, and the list of them, from bytes and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/effect_text.h>
#include <glow/json.h>

static struct glow_diag diag;

static void asks(const char *payload, const char *expected)
{
	char *text;
	size_t len;

	assert_int_equal(glow_effect_text_asked(payload, strlen(payload), &text, &len, &diag), GLOW_OK);
	if (!expected) {
		assert_null(text);
		assert_int_equal(len, 0);
		return;
	}
	assert_int_equal(len, strlen(expected));
	assert_string_equal(text, expected);
	free(text);
}

static void refuses(const char *payload, size_t len, enum glow_code code, const char *where)
{
	char *text;
	size_t n;

	assert_int_equal(glow_effect_text_asked(payload, len, &text, &n, &diag), code);
	assert_string_equal(diag.where, where);
	assert_true(diag.what[0]);
	assert_null(text);
}

static void test_asked(void **state)
{
	static char large[6 * GLOW_SCRIPT_MAX + 257];

	(void)state;
	asks("hsv(x, 1, 1)", "hsv(x, 1, 1)");
	asks("\n  # two lines\nx\n", "\n  # two lines\nx\n"); /* or lines would be counted wrongly */
	asks("\xef\xbb\xbf# from an editor\nx", "# from an editor\nx");
	asks("{\"text\":\"# \\u00e4\\nx\"}", "# \xc3\xa4\nx");
	asks(" \n{\"text\":\"x\"}", "x");
	asks("", NULL);
	asks(" \n", NULL);
	asks("{\"text\":\"\"}", NULL);
	asks("{\"text\":null}", NULL);
	refuses("{", 1, GLOW_BAD_JSON, diag.where);
	refuses("{}", 2, GLOW_BAD_TYPE, "text");
	refuses("{\"text\":3}", 10, GLOW_BAD_TYPE, "text");
	refuses("{\"txt\":\"x\"}", 11, GLOW_UNKNOWN_FIELD, "txt");
	memset(large, 'x', sizeof(large));
	refuses(large, sizeof(large), GLOW_TOO_LARGE, "");
}

static const struct glow_param_desc rows[] = {
	{ .name = "period", .type = GLOW_PARAM_INT, .min = 2, .max = 60, .def = 12, .unit = "s", .what = "one sway" },
};
static const struct glow_effect_desc effect = {
	.name = "aurora", .what = "green curtains", .params = rows, .n_params = 1
};
static const char source[] = "# green \"curtains\"\nparam period 2..60 = 12 s\nx\n";

static cJSON *read_back(cJSON *tree)
{
	char *payload = glow_json_finish(tree);
	cJSON *again = glow_json_parse(payload, strlen(payload), &diag);

	assert_non_null(again);
	free(payload);
	return again;
}

static void test_text(void **state)
{
	struct glow_effect_text text = { .name = "aurora",
					 .text = source,
					 .len = sizeof(source) - 1,
					 .rev = UINT64_C(5000000000),
					 .at_us = INT64_C(1700000000000000),
					 .clock_id = 0xa1 },
				back;
	cJSON *tree = read_back(glow_effect_text_write(&text, &effect));

	(void)state;
	assert_string_equal(glow_json_get(tree, "what")->valuestring, "green curtains");
	assert_string_equal(glow_json_get(cJSON_GetArrayItem(glow_json_get(tree, "params"), 0), "unit")->valuestring,
			    "s");
	assert_int_equal(glow_effect_text_read(tree, &back, &diag), GLOW_OK);
	assert_string_equal(back.name, "aurora");
	assert_int_equal(back.len, text.len);
	assert_memory_equal(back.text, source, text.len);
	assert_int_equal(back.rev, text.rev);
	assert_int_equal(back.at_us, text.at_us);
	assert_int_equal(back.clock_id, 0xa1);
	cJSON_Delete(tree);
	text.clock_id = 0; /* no timeline, no instant */
	tree = read_back(glow_effect_text_write(&text, &effect));
	assert_null(glow_json_get(tree, "at_us"));
	assert_int_equal(glow_effect_text_read(tree, &back, &diag), GLOW_OK);
	assert_int_equal(back.clock_id, 0);
	cJSON_Delete(tree);
}

static void test_text_broken(void **state)
{
	static const char *const broken[][2] = {
		{ "[]", "" },
		{ "{}", "name" },
		{ "{\"name\":\"A\",\"text\":\"x\",\"rev\":1}", "name" },
		{ "{\"name\":\"1a\",\"text\":\"x\",\"rev\":1}", "name" },
		{ "{\"name\":\"a\",\"rev\":1}", "text" },
		{ "{\"name\":\"a\",\"text\":\"x\"}", "rev" },
		{ "{\"name\":\"a\",\"text\":\"x\",\"rev\":-1}", "rev" },
		{ "{\"name\":\"a\",\"text\":\"x\",\"rev\":1,\"at_us\":\"now\"}", "at_us" },
		{ "{\"name\":\"a\",\"text\":\"x\",\"rev\":1,\"clock_id\":7}", "clock_id" },
	};
	struct glow_effect_text text;

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		cJSON *tree = glow_json_parse(broken[k][0], strlen(broken[k][0]), &diag);

		assert_int_not_equal(glow_effect_text_read(tree, &text, &diag), GLOW_OK);
		assert_string_equal(diag.where, broken[k][1]);
		cJSON_Delete(tree);
	}
}

static void test_list(void **state)
{
	struct glow_effect_list list = { .rev = 9, .n = 2, .v = { { "aurora", 4 }, { "try-it", 9 } } }, back;
	cJSON *tree = read_back(glow_effect_list_write(&list));

	(void)state;
	assert_int_equal(glow_effect_list_read(tree, &back, &diag), GLOW_OK);
	assert_int_equal(back.rev, 9);
	assert_int_equal(back.n, 2);
	assert_int_equal(glow_effect_list_find(&back, "try-it")->rev, 9);
	assert_null(glow_effect_list_find(&back, "try"));
	cJSON_Delete(tree);
}

static void test_list_broken(void **state)
{
	static const char *const broken[] = {
		"[]",
		"{}",
		"{\"rev\":1,\"effects\":[]}",
		"{\"rev\":1,\"effects\":{\"A\":1}}",
		"{\"rev\":1,\"effects\":{\"a\":\"b\"}}",
		"{\"effects\":{\"a\":1}}",
	};
	struct glow_effect_list list;
	cJSON *tree, *many;
	char name[8];

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		tree = glow_json_parse(broken[k], strlen(broken[k]), &diag);
		assert_int_not_equal(glow_effect_list_read(tree, &list, &diag), GLOW_OK);
		assert_true(diag.where[0] && diag.what[0]);
		cJSON_Delete(tree);
	}
	tree = cJSON_CreateObject();
	glow_json_add_int(tree, "rev", 1);
	many = cJSON_AddObjectToObject(tree, "effects");
	for (int k = 0; k < GLOW_EFFECT_TEXTS_MAX; k++) {
		snprintf(name, sizeof(name), "t%d", k);
		glow_json_add_int(many, name, 1);
	}
	tree = read_back(tree);
	assert_int_equal(glow_effect_list_read(tree, &list, &diag), GLOW_OK);
	assert_int_equal(list.n, GLOW_EFFECT_TEXTS_MAX);
	cJSON_AddNumberToObject(cJSON_GetObjectItem(tree, "effects"), "more", 1);
	assert_int_equal(glow_effect_list_read(tree, &list, &diag), GLOW_OUT_OF_RANGE);
	cJSON_Delete(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked), cmocka_unit_test(test_text),        cmocka_unit_test(test_text_broken),
		cmocka_unit_test(test_list),  cmocka_unit_test(test_list_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
