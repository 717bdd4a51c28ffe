/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What people set of the strip: read as a whole or not at all, and read back as it was written. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/wanted.h>

static struct glow_wanted w;
static struct glow_diag diag;
static bool absent;

static int teardown(void **state)
{
	(void)state;
	glow_wanted_fini(&w);
	return 0;
}

/* Applied to what there is. */
static enum glow_code set(const char *payload)
{
	struct glow_wanted fresh;
	enum glow_code code = glow_wanted_read(payload, strlen(payload), &w, &fresh, &absent, &diag);

	if (code == GLOW_OK) {
		glow_wanted_fini(&w);
		w = fresh;
	}
	return code;
}

static void is(const char *text)
{
	char *written = glow_json_finish(glow_wanted_write(&w));

	assert_string_equal(written, text);
	free(written);
}

static void refused(const char *payload, enum glow_code code, const char *where)
{
	char *before = glow_json_finish(glow_wanted_write(&w));

	assert_int_equal(set(payload), code);
	assert_string_equal(diag.where, where);
	is(before);
	free(before);
}

static void test_values(void **state)
{
	(void)state;
	is("{\"nodes\":{}}");
	assert_int_equal(set("{\"order\":[\"b\",\"a\"],\"nodes\":{\"c\":{\"gap\":3},\"a\":{\"reverse\":true}}}"),
			 GLOW_OK);
	is("{\"order\":[\"b\",\"a\"],\"nodes\":{\"a\":{\"reverse\":true},\"c\":{\"gap\":3}}}");
	assert_false(absent);
	assert_int_equal(set("{\"nodes\":{\"a\":{\"title\":\"K\xc3\xbc"
			     "che\"}},\"absent\":true}"),
			 GLOW_OK);
	assert_true(absent);
	is("{\"order\":[\"b\",\"a\"],\"nodes\":{\"a\":{\"title\":\"K\xc3\xbc"
	   "che\",\"reverse\":true},\"c\":{\"gap\":3}}}");
	assert_string_equal(glow_wanted_find(&w, "a")->title, "K\xc3\xbc"
							      "che");
	assert_null(glow_wanted_find(&w, "b"));
	assert_int_equal(set("{\"nodes\":{\"a\":{\"reverse\":false,\"title\":\"\"},\"c\":{\"gap\":null}}}"), GLOW_OK);
	is("{\"order\":[\"b\",\"a\"],\"nodes\":{\"a\":{\"reverse\":false}}}");
	assert_int_equal(set("{\"order\":null,\"nodes\":{\"a\":null}}"), GLOW_OK);
	is("{\"nodes\":{}}");
	assert_int_equal(set("{\"order\":[]}"), GLOW_OK); /* all by name, whatever the options say */
	is("{\"order\":[],\"nodes\":{}}");
	assert_int_equal(set("{\"reset\":true,\"nodes\":{\"z\":{\"gap\":0}}}"), GLOW_OK);
	is("{\"nodes\":{\"z\":{\"gap\":0}}}");
	assert_int_equal(set("{\"reset\":false,\"unknown\":1}"), GLOW_OK);
	assert_string_equal(glow_diag_ignored(&diag, NULL), "unknown");
}

static void test_bad(void **state)
{
	(void)state;
	assert_int_equal(set("{\"order\":[\"b\"],\"nodes\":{\"a\":{\"gap\":3}}}"), GLOW_OK);
	refused("", GLOW_BAD_JSON, "");
	refused("[]", GLOW_BAD_TYPE, "");
	refused("{}", GLOW_BAD_TYPE, "");
	refused("{\"absent\":true}", GLOW_BAD_TYPE, "");
	refused("{\"ordr\":[]}", GLOW_UNKNOWN_FIELD, "ordr");
	refused("{\"order\":\"a\"}", GLOW_BAD_TYPE, "order");
	refused("{\"order\":[1]}", GLOW_BAD_TYPE, "order.0");
	refused("{\"order\":[\"a\",\"A\"]}", GLOW_OUT_OF_RANGE, "order.1");
	refused("{\"order\":[\"a\",\"c\",\"a\"]}", GLOW_CONFLICT, "order.2");
	refused("{\"nodes\":[]}", GLOW_BAD_TYPE, "nodes");
	refused("{\"nodes\":{\"a\":7}}", GLOW_BAD_TYPE, "nodes.a");
	refused("{\"nodes\":{\"-\":{\"gap\":1}}}", GLOW_OUT_OF_RANGE, "nodes.-");
	refused("{\"nodes\":{\"a\":{\"gap\":4097}}}", GLOW_OUT_OF_RANGE, "nodes.a.gap");
	refused("{\"nodes\":{\"a\":{\"gap\":-1}}}", GLOW_OUT_OF_RANGE, "nodes.a.gap");
	refused("{\"nodes\":{\"a\":{\"reverse\":\"yes\"}}}", GLOW_BAD_TYPE, "nodes.a.reverse");
	refused("{\"nodes\":{\"b\":{\"gap\":1},\"a\":{\"titel\":\"x\"}}}", GLOW_UNKNOWN_FIELD, "nodes.a.titel");
	refused("{\"nodes\":{\"a\":{\"title\":7}}}", GLOW_BAD_TYPE, "nodes.a.title");
	refused("{\"nodes\":{\"a\":{\"title\":\"a\\nb\"}}}", GLOW_OUT_OF_RANGE, "nodes.a.title");
	refused("{\"reset\":1}", GLOW_BAD_TYPE, "reset");
	refused("{\"reset\":true,\"order\":7}", GLOW_BAD_TYPE, "order");
	refused("{\"order\":[],\"rev\":-1}", GLOW_OUT_OF_RANGE, "rev");
}

/* What is kept is read as what is asked: it can be sent back, and means the same. */
static void test_round_trip(void **state)
{
	const struct glow_wanted none = { .n = 0 };
	struct glow_wanted again;
	char *text, *twice;

	(void)state;
	assert_int_equal(
		set("{\"order\":[\"b\"],\"nodes\":{\"c\":{\"gap\":3,\"title\":\"x\\\"y\"},\"a\":{\"reverse\":true}},"
		    "\"clock_id\":\"feedbeef01234567\",\"term\":3,\"rev\":9}"),
		GLOW_OK);
	assert_int_equal(w.edition.term, 3);
	assert_int_equal(w.edition.rev, 9);
	text = glow_json_finish(glow_wanted_write(&w));
	assert_int_equal(glow_wanted_read(text, strlen(text), &none, &again, &absent, &diag), GLOW_OK);
	twice = glow_json_finish(glow_wanted_write(&again));
	assert_string_equal(twice, text);
	free(text);
	free(twice);
	glow_wanted_fini(&again);
}

static void test_many(void **state)
{
	static char payload[300000];
	size_t n = (size_t)sprintf(payload, "{\"nodes\":{");

	(void)state;
	for (int k = 0; k <= GLOW_WANTED_MAX; k++)
		n += (size_t)sprintf(payload + n, "%s\"n%d\":{\"gap\":1}", k ? "," : "",
				     (k * 7919) % (GLOW_WANTED_MAX + 1));
	sprintf(payload + n, "}}");
	refused(payload, GLOW_TOO_LARGE, "nodes");
	memcpy(strstr(payload, "\"n0\":{\"gap\":1}"), "\"n0\":null     ", 14); /* one less */
	assert_int_equal(set(payload), GLOW_OK);
	assert_int_equal(w.n, GLOW_WANTED_MAX);
	for (uint32_t k = 1; k < w.n; k++)
		assert_true(strcmp(w.nodes[k - 1].id, w.nodes[k].id) < 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_values),
		TEST(test_bad),
		TEST(test_round_trip),
		TEST(test_many),
	};

	return cmocka_run_group_tests_name("wanted", tests, NULL, NULL);
}
