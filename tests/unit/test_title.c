/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/title.h>

static void test_valid(void **state)
{
	static const char *const good[] = {
		"a",
		"K\xc3\xbc"
		"che, links",
		"\xe5\xb7\xa6\xe3\x81\xae\xe6\xa3\x9a",
		"\xd8\xa7\xd9\x84\xd9\x85\xd8\xb7\xd8\xa8\xd8\xae",
		"\xd7\x9e\xd7\x98\xd7\x91\xd7\x97 1",
		"\xf0\x9f\x92\xa1",
		"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1\xd9\x88\xd9\x85",
		"\"<b>\\",
	};
	static const char *const bad[] = {
		"",
		" ",
		"\xc2\xa0\xe3\x80\x80",
		"\xe2\x80\x8b",
		"a\nb",
		"a\x7f",
		"\x1b[31m",
		"a\xc2\x85",
		"\xc2\x9b"
		"31m",
		"a\xe2\x80\xa8"
		"b",
		"a\xe2\x80\xae"
		"b",
		"a\xe2\x80\x8f",
		"\xe2\x81\xa6"
		"a",
		"\xd8\x9c"
		"a",
		"\xff",
		"a\xc3",
		"\xed\xa0\x80",
	};
	char longest[GLOW_TITLE_MAX + 2];

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		assert_true(glow_title_valid(good[k]));
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		assert_false(glow_title_valid(bad[k]));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(glow_title_valid(longest));
	longest[GLOW_TITLE_MAX] = '\0';
	assert_true(glow_title_valid(longest));
}

static enum glow_code read(const char *json, char ret_title[GLOW_TITLE_MAX + 1])
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = glow_json_parse(json, strlen(json), &diag);
	enum glow_code code = glow_title_read(tree, ret_title, &diag);

	assert_non_null(tree);
	assert_string_equal(code == GLOW_OK ? "title" : diag.where, "title");
	cJSON_Delete(tree);
	return code;
}

static void test_read(void **state)
{
	char title[GLOW_TITLE_MAX + 1] = "x";

	(void)state;
	assert_int_equal(read("{\"title\":\"K\\u00fcche\"}", title), GLOW_OK);
	assert_string_equal(title, "K\xc3\xbc"
				   "che");
	assert_int_equal(read("{\"title\":null}", title), GLOW_OK);
	assert_string_equal(title, "");
	assert_int_equal(read("{\"title\":\"\"}", title), GLOW_OK);
	assert_string_equal(title, "");
	assert_int_equal(read("{}", title), GLOW_OK);
	assert_int_equal(read("{\"title\":7}", title), GLOW_BAD_TYPE);
	assert_int_equal(read("{\"title\":\"a\\u202eb\"}", title), GLOW_OUT_OF_RANGE);
	assert_string_equal(title, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_valid), cmocka_unit_test(test_read) };

	return cmocka_run_group_tests_name("title", tests, NULL, NULL);
}
