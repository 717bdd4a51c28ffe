/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is kept of a state says what the state said, in little room. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/told.h>

static const struct glow_shape shape = { GLOW_SHAPE_ROW, 3 };
static struct glow_state state_read;

static void read_state(const char *text)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);

	assert_non_null(tree);
	assert_int_equal(glow_state_read(tree, shape, &state_read, &diag), GLOW_OK);
	cJSON_Delete(tree);
}

static void expect_same(const struct glow_told *told)
{
	char *expected = glow_json_finish(glow_state_write(&state_read, shape));
	char *text = glow_json_finish(glow_told_write(told, shape));

	assert_string_equal(text, expected);
	free(text);
	free(expected);
}

/* One after the other in the same place: nothing of the one before stays. */
static void test_there_and_back(void **state)
{
	static const char *const texts[] = {
		"{\"state\":\"ON\",\"effect\":\"solid\",\"pixels\":[\"#ff0000\",\"#00ff00\",\"#0000ff\"],\"since_us\":"
		"7}",
		"{\"state\":\"ON\",\"effect\":\"chase\",\"seed\":5,\"start_us\":1000,\"clock_id\":\"0123456789abcdef\","
		"\"fade_from\":[\"#ff0000\",\"#00ff00\",\"#0000ff\"],\"fade_start_us\":5000,\"fade_end_us\":9000,"
		"\"notice\":{\"effect\":\"blink\",\"id\":\"door\",\"priority\":3,\"end_us\":80000},"
		"\"showing\":\"notice\",\"limited\":true,\"problem\":\"no chip\"}",
		"{\"state\":\"OFF\",\"effect\":\"auto\",\"showing\":\"scene\"}",
	};
	struct glow_told told = { .light = NULL };

	(void)state;
	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
		read_state(texts[k]);
		assert_true(glow_told_keep(&told, &state_read));
		expect_same(&told);
		assert_int_equal(told.notice != NULL, k == 1);
		assert_int_equal(told.fade_from != NULL, k == 1);
		assert_in_range(malloc_usable_size(told.light), 1, 300);
	}
	state_read.since_us++; /* the control */
	assert_int_not_equal(told.since_us, state_read.since_us);
	glow_told_fini(&told);
	assert_null(told.light);
	assert_in_range(sizeof(told), 1, 250);
	assert_true(sizeof(state_read) > 40000); /* what it is for */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_there_and_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
