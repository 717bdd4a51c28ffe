/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A node's places on the wire: all there is, the least there is, and what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/places.h>

static struct glow_places places;
static struct glow_diag diag;

static enum glow_code read_text(const char *text)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	enum glow_code code = tree ? glow_places_read(tree, &places, &diag) : diag.code;

	cJSON_Delete(tree);
	return code;
}

#define HEAD  "{\"clock_id\":\"00000000000000a1\",\"term\":3,\"rev\":5,\"effective_us\":1700000000000000,"
#define WHOLE "\"offset\":11,\"pixels\":29,\"board\":1,\"boards\":2"
#define SHELF "{\"offset\":0,\"pixels\":18,\"board\":0,\"boards\":1}"
#define FULL  HEAD WHOLE ",\"reverse\":true,\"targets\":{\"1f0c2b9a\":" SHELF ",\"00000007\":" SHELF "}}"

static void test_there_and_back(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(read_text(FULL), GLOW_OK);
	assert_true(places.edition.clock_id == 0xa1 && places.edition.term == 3 && places.edition.rev == 5);
	assert_int_equal(places.effective_us, 1700000000000000);
	assert_true(places.whole.offset == 11 && places.whole.total == 29 && places.whole.board == 1 &&
		    places.whole.boards == 2 && places.whole.reverse);
	assert_int_equal(places.n, 2);
	assert_int_equal(places.targets[0].target, 0x1f0c2b9a);
	assert_true(places.targets[0].place.total == 18 && places.targets[0].place.reverse);
	text = glow_json_finish(glow_places_write(&places));
	assert_string_equal(text, FULL);
	free(text);
	glow_places_fini(&places);
	assert_int_equal(read_text(HEAD WHOLE "}"), GLOW_OK);
	assert_true(places.n == 0 && !places.whole.reverse);
	text = glow_json_finish(glow_places_write(&places));
	assert_string_equal(text, HEAD WHOLE "}"); /* and no more than that */
	free(text);
	glow_places_fini(&places);
}

/* What a later conductor may say. */
static void test_passed_over(void **state)
{
	(void)state;
	assert_int_equal(read_text(HEAD WHOLE ",\"x\":1,\"targets\":{\"1F0C2B9A\":5,\"all\":" SHELF
					      ",\"00000007\":" SHELF ",\"000000070\":" SHELF "}}"),
			 GLOW_OK);
	assert_int_equal(places.n, 1);
	glow_places_fini(&places);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		enum glow_code code;
		const char *where;
	} rows[] = {
		{ "[]", GLOW_BAD_TYPE, "" },
		{ "{}", GLOW_BAD_TYPE, "effective_us" },
		{ HEAD "\"offset\":0}", GLOW_BAD_TYPE, "pixels" },
		{ HEAD "\"pixels\":0}", GLOW_OUT_OF_RANGE, "pixels" },
		{ HEAD "\"pixels\":16777217}", GLOW_OUT_OF_RANGE, "pixels" },
		{ HEAD "\"pixels\":8,\"offset\":8,\"board\":0,\"boards\":1}", GLOW_OUT_OF_RANGE, "offset" },
		{ HEAD "\"pixels\":8,\"offset\":-1,\"board\":0,\"boards\":1}", GLOW_OUT_OF_RANGE, "offset" },
		{ HEAD "\"pixels\":8,\"offset\":7,\"board\":0,\"boards\":0}", GLOW_OUT_OF_RANGE, "boards" },
		{ HEAD "\"pixels\":8,\"offset\":7,\"board\":1,\"boards\":1}", GLOW_OUT_OF_RANGE, "board" },
		{ HEAD WHOLE ",\"targets\":[]}", GLOW_BAD_TYPE, "targets" },
		{ HEAD WHOLE ",\"targets\":{\"00000007\":1}}", GLOW_BAD_TYPE, "targets.00000007" },
		{ HEAD WHOLE ",\"targets\":{\"00000007\":{\"pixels\":0}}}", GLOW_OUT_OF_RANGE,
		  "targets.00000007.pixels" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		diag = (struct glow_diag){ .code = GLOW_OK };
		if (read_text(rows[k].text) != rows[k].code || strcmp(diag.where, rows[k].where) != 0)
			fail_msg("%s: %s", rows[k].text, diag.where);
		assert_null(places.targets);
	}
}

static void test_too_many(void **state)
{
	char text[4000] = HEAD WHOLE ",\"targets\":{";

	(void)state;
	for (int k = 0; k < GLOW_SCENES_MAX; k++)
		sprintf(text + strlen(text), "%s\"%08x\":" SHELF, k ? "," : "", k);
	strcat(text, "}}");
	assert_int_equal(read_text(text), GLOW_OK);
	assert_int_equal(places.n, GLOW_SCENES_MAX);
	glow_places_fini(&places);
	text[strlen(text) - 2] = '\0';
	strcat(text, ",\"ffffffff\":" SHELF "}}");
	assert_int_equal(read_text(text), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.where, "targets");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_passed_over),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
