/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A cluster's texts as effects of a program: they come, change at their instant, go, and who draws them is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/library.h>

#define T      INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define OURS   UINT64_C(0xa1)

static struct glow_library lib;
static struct glow_diag diag;
static const struct glow_effect_desc *was_told, *is_told;
static int told;

static void changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	assert_ptr_equal(ctx, &lib);
	was_told = was;
	is_told = is;
	told++;
	if (was)
		assert_true(strlen(was->name) > 0); /* it is there still */
}

static int setup(void **state)
{
	(void)state;
	glow_library_init(&lib, changed, &lib);
	glow_library_clock(&lib, OURS, T);
	told = 0;
	return 0;
}

static int teardown(void **state)
{
	size_t built_in = glow_effect_built_in_count();

	(void)state;
	told = 0;
	glow_library_fini(&lib);
	return told == 0 && glow_effect_count() == built_in ? 0 : 1;
}

static const struct glow_effect_desc *known(const char *name)
{
	return glow_effect_find(name, strlen(name));
}

static enum glow_code tell(const char *name, const char *text, uint64_t rev, int64_t at_us, uint64_t clock_id)
{
	static const struct glow_effect_desc any = { .what = "" };
	struct glow_effect_text one = {
		.text = text, .len = strlen(text), .rev = rev, .at_us = at_us, .clock_id = clock_id
	};
	enum glow_code code;
	char *payload;

	memcpy(one.name, name, strlen(name) + 1);
	payload = glow_json_finish(glow_effect_text_write(&one, &any));
	code = glow_library_message(&lib, name, payload, strlen(payload), T, &diag);
	free(payload);
	return code;
}

static enum glow_code list(const char *effects)
{
	char payload[300];

	snprintf(payload, sizeof(payload), "{\"rev\":9,\"effects\":{%s}}", effects);
	return glow_library_list(&lib, payload, strlen(payload), &diag);
}

static void test_comes_and_goes(void **state)
{
	(void)state;
	assert_int_equal(tell("aurora", "# green\nhsv(x, 1, 1)", 1, T + SECOND, OURS), GLOW_OK);
	/* There is nothing to go on with until then. */
	assert_non_null(known("aurora"));
	assert_string_equal(known("aurora")->what, "green");
	assert_int_equal(told, 1);
	assert_null(was_told);
	assert_ptr_equal(is_told, known("aurora"));
	assert_int_equal(glow_library_next(&lib), GLOW_NEVER);
	assert_int_equal(glow_library_message(&lib, "aurora", "", 0, T, &diag), GLOW_OK);
	assert_null(known("aurora"));
	assert_int_equal(told, 2);
	assert_non_null(was_told);
	assert_null(is_told);
	glow_library_message(&lib, "aurora", "", 0, T, &diag);
	assert_int_equal(told, 2);
}

static void test_changes_at_its_instant(void **state)
{
	const struct glow_effect_desc *first;

	(void)state;
	tell("aurora", "x", 1, T, OURS);
	first = known("aurora");
	tell("aurora", "1 - x", 2, T + SECOND, OURS);
	tell("aurora", "x * x", 3, T + 2 * SECOND, OURS); /* before the second one had its turn */
	assert_ptr_equal(known("aurora"), first);
	assert_int_equal(glow_library_next(&lib), T + 2 * SECOND);
	glow_library_tick(&lib, T + 2 * SECOND - 1);
	assert_ptr_equal(known("aurora"), first);
	assert_int_equal(told, 1);
	glow_library_tick(&lib, T + 2 * SECOND);
	assert_ptr_not_equal(known("aurora"), first);
	assert_int_equal(told, 2);
	assert_ptr_equal(was_told, first);
	assert_ptr_equal(is_told, known("aurora"));
	assert_string_equal(glow_library_find(&lib, "aurora")->now->text, "x * x");
	assert_int_equal(glow_library_next(&lib), GLOW_NEVER);
}

/* The same message again, as on each connection, changes nothing. */
static void test_same_again(void **state)
{
	(void)state;
	tell("aurora", "x", 1, T, OURS);
	tell("aurora", "x", 1, T, OURS);
	assert_int_equal(told, 1);
	tell("aurora", "x", 2, T, OURS);
	assert_int_equal(told, 2);
}

/* An instant of another timeline, or far away, is none to wait for. */
static void test_other_instants(void **state)
{
	(void)state;
	tell("aurora", "x", 1, T, OURS);
	tell("aurora", "x", 2, T + SECOND, OURS + 1);
	assert_int_equal(told, 2);
	tell("aurora", "x", 3, T + GLOW_LIBRARY_AHEAD_US + 1, OURS);
	assert_int_equal(told, 3);
	tell("aurora", "x", 4, T + SECOND, OURS);
	assert_int_equal(told, 3);
	glow_library_clock(&lib, OURS, T);
	assert_int_equal(told, 3);
	glow_library_clock(&lib, OURS + 1, T);
	assert_int_equal(told, 4);
}

/* One that this program cannot compile is said to be so, and is no effect; that of before is not shown in its place. */
static void test_bad_text(void **state)
{
	(void)state;
	tell("aurora", "x", 1, T, OURS);
	assert_int_equal(tell("aurora", "wvae(x)", 2, T + SECOND, OURS), GLOW_BAD_EFFECT);
	assert_string_equal(diag.where, "1:1");
	assert_null(known("aurora"));
	assert_non_null(strstr(glow_library_find(&lib, "aurora")->why, "wave"));
	/* Broken messages change nothing at all. */
	tell("lava", "x", 1, T, OURS);
	assert_int_not_equal(glow_library_message(&lib, "lava", "{", 1, T, &diag), GLOW_OK);
	assert_int_not_equal(glow_library_message(&lib, "ember", "{\"name\":\"lava\",\"text\":\"x\",\"rev\":3}", 34, T,
						  &diag),
			     GLOW_OK);
	assert_string_equal(diag.where, "name");
	assert_non_null(known("lava"));
	assert_null(known("ember"));
	assert_int_not_equal(glow_library_message(&lib, "Lava", "", 0, T, &diag), GLOW_OK);
}

static void test_names(void **state)
{
	const struct glow_effect_desc *built_in = known("plasma");

	(void)state;
	assert_int_equal(tell("solid", "x", 1, T, OURS), GLOW_BAD_EFFECT);
	assert_ptr_equal(known("solid"), &glow_effect_solid);
	assert_int_equal(tell("plasma", "x", 1, T, OURS), GLOW_OK);
	assert_ptr_not_equal(known("plasma"), built_in);
	glow_library_drop(&lib, "plasma");
	assert_ptr_equal(known("plasma"), built_in);
}

/* What is not on the list goes; what failed is tried again when it is another text. */
static void test_list(void **state)
{
	(void)state;
	tell("aurora", "x", 1, T, OURS);
	tell("lava", "(", 2, T, OURS);
	assert_int_equal(list("\"aurora\":1,\"lava\":2"), GLOW_OK);
	assert_non_null(known("aurora"));
	assert_non_null(glow_library_find(&lib, "lava"));
	assert_int_equal(list("\"Aurora\":1"), GLOW_OUT_OF_RANGE);
	assert_non_null(known("aurora"));
	list("\"lava\":3");
	assert_null(known("aurora"));
	assert_null(glow_library_find(&lib, "lava"));
	assert_int_equal(glow_library_list(&lib, "", 0, &diag), GLOW_OK);
	assert_int_equal(lib.list.n, 0);
}

static const char *missing(const char *payload, size_t k)
{
	return glow_library_missing(&lib, payload, strlen(payload), k);
}

static void test_missing(void **state)
{
	(void)state;
	list("\"aurora\":1,\"lava\":2,\"try-it\":3");
	assert_string_equal(missing("{\"effect\":\"lava\"}", 0), "lava");
	assert_null(missing("{\"effect\":\"lava\"}", 1));
	assert_string_equal(missing("Aurora 40%", 0), "aurora");
	assert_string_equal(missing("LAVA try-it aurora", 2), "try-it");
	assert_null(missing("lavas", 0));
	assert_null(missing("a-lava", 0));
	assert_null(missing("", 0));
	tell("lava", "x", 2, T, OURS);
	assert_null(missing("lava", 0));
	glow_library_fail(&lib, "aurora", "may not");
	assert_null(missing("aurora", 0));
	assert_string_equal(glow_library_find(&lib, "aurora")->why, "may not");
}

static void test_full(void **state)
{
	char name[8];

	(void)state;
	for (int k = 0; k < GLOW_EFFECT_TEXTS_MAX; k++) {
		snprintf(name, sizeof(name), "t%d", k);
		assert_int_equal(tell(name, "x", 1, T, OURS), GLOW_OK);
	}
	assert_int_equal(tell("more", "x", 1, T, OURS), GLOW_BAD_EFFECT);
	assert_null(known("more"));
	assert_int_equal(tell("t7", "1 - x", 2, T, OURS), GLOW_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_comes_and_goes), TEST(test_changes_at_its_instant),
		TEST(test_same_again),     TEST(test_other_instants),
		TEST(test_bad_text),       TEST(test_names),
		TEST(test_list),           TEST(test_missing),
		TEST(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
