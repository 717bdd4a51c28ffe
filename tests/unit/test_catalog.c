/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What the catalog says of each effect is in test_info.c, which compares it with the effects. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/catalog.h>
#include <glow/effect.h>
#include <glow/json.h>

static char name[GLOW_CATALOG_NAME_LEN + 1];

/* The published vectors of FNV-1a, 64 bits: names are alike on all machines. */
static void test_name(void **state)
{
	(void)state;
	glow_catalog_name("", 0, name);
	assert_string_equal(name, "cbf29ce484222325");
	glow_catalog_name("a", 1, name);
	assert_string_equal(name, "af63dc4c8601ec8c");
	glow_catalog_name("foobar", 6, name);
	assert_string_equal(name, "85944171f73967e8");
	assert_true(glow_catalog_name_valid(name));
	assert_false(glow_catalog_name_valid("85944171f73967e"));
	assert_false(glow_catalog_name_valid("85944171F73967E8"));
	assert_false(glow_catalog_name_valid("85944171f73967e80"));
	assert_false(glow_catalog_name_valid(""));
}

/* Two nodes of one version name the same; one byte of difference is another name. */
static void test_same(void **state)
{
	char *one = glow_json_finish(glow_catalog_write()), *two = glow_json_finish(glow_catalog_write());
	char other[GLOW_CATALOG_NAME_LEN + 1];

	(void)state;
	assert_string_equal(one, two);
	assert_true(strlen(one) < 262144);
	glow_catalog_name(one, strlen(one), name);
	two[strlen(two) / 2] ^= 1;
	glow_catalog_name(two, strlen(two), other);
	assert_string_not_equal(name, other);
	free(one);
	free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_name), cmocka_unit_test(test_same) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
