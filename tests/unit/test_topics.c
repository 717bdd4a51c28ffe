/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Names on the broker: what is refused here never becomes part of a topic. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/topics.h>

static char topic[GLOW_TOPIC_MAX + 1];

static void test_ids(void **state)
{
	static const char *const good[] = { "a", "0", "pi1", "pi-1", "a--b", "0-0", "node-living-room-2" };
	static const char *const bad[] = {
		"",   "-",   "-a",  "a-", "A", "Pi1", "a_b", "a.b",      "a b",
		" a", "a\n", "a/b", "+",  "#", "a+",  "$a",  "\xc3\xa9",
	};
	char longest[GLOW_ID_MAX + 2];

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		if (!glow_id_valid(good[k]))
			fail_msg("\"%s\"", good[k]);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (glow_id_valid(bad[k]))
			fail_msg("\"%s\"", bad[k]);
	memset(longest, 'x', sizeof(longest));
	longest[GLOW_ID_MAX] = '\0';
	assert_true(glow_id_valid(longest));
	longest[GLOW_ID_MAX] = 'x';
	longest[GLOW_ID_MAX + 1] = '\0';
	assert_false(glow_id_valid(longest));
	longest[GLOW_ID_MAX] = '\0';
	longest[GLOW_ID_MAX - 1] = '-';
	assert_false(glow_id_valid(longest));
}

static void test_prefixes(void **state)
{
	static const char *const good[] = { "glow", "a/b/c", "Home", "g\xc3\xbcte", "a$b", "x_y.z" };
	static const char *const bad[] = {
		"", "/", "/a", "a/", "a//b", "a/+", "+", "#", "a/#", "$SYS", "a b", "a\tb", "a\nb", "a\x7fz", "a\x01",
	};
	char longest[GLOW_PREFIX_MAX + 2];

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		if (!glow_prefix_valid(good[k]))
			fail_msg("\"%s\"", good[k]);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (glow_prefix_valid(bad[k]))
			fail_msg("\"%s\"", bad[k]);
	memset(longest, 'x', sizeof(longest));
	longest[GLOW_PREFIX_MAX] = '\0';
	assert_true(glow_prefix_valid(longest));
	longest[GLOW_PREFIX_MAX] = 'x';
	longest[GLOW_PREFIX_MAX + 1] = '\0';
	assert_false(glow_prefix_valid(longest));
}

static void test_make(void **state)
{
	char prefix[GLOW_PREFIX_MAX + 1], id[GLOW_ID_MAX + 1];

	(void)state;
	glow_topic_make(topic, "glow", "node", "pi1", "set");
	assert_string_equal(topic, "glow/node/pi1/set");
	glow_topic_make(topic, "a/b", "all", "set", NULL);
	assert_string_equal(topic, "a/b/all/set");
	glow_topic_make(topic, "glow", NULL, NULL, NULL);
	assert_string_equal(topic, "glow");
	assert_string_not_equal(topic, "glow/");
	/* The longest names fit. */
	memset(prefix, 'p', sizeof(prefix) - 1);
	prefix[sizeof(prefix) - 1] = '\0';
	memset(id, 'i', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	glow_topic_make(topic, prefix, "node", id, "availability");
	assert_int_equal(strlen(topic), GLOW_PREFIX_MAX + 1 + 4 + 1 + GLOW_ID_MAX + 1 + 12);
	assert_string_equal(topic + strlen(topic) - 13, "/availability");
}

static void test_client_id(void **state)
{
	(void)state;
	glow_client_id(topic, "glow", "pi1");
	assert_string_equal(topic, "glow-pi1");
	glow_client_id(topic, "home/shelf/glow", "pi1");
	assert_string_equal(topic, "home-shelf-glow-pi1");
	assert_null(strchr(topic, '/'));
}

/* Answers go outside the prefix or below prefix/answer/, else a node could be made to write for somebody. */
static void test_answers(void **state)
{
	static const char *const good[] = {
		"reply/me",          "glow/answer/x",      "glow/answer/x/y",
		"glowing",           "glow2/node/pi1/set", "x/glow/node/pi1/set",
		"Glow/node/pi1/set", "/glow/node/pi1/set", "a",
	};
	static const char *const bad[] = {
		"",
		"glow",
		"glow/",
		"glow/node/pi1/set",
		"glow/node/pi1/state",
		"glow/conductor/info",
		"glow/answer",
		"glow/answer/",
		"glow/answers/x",
		"glow/answer/+",
		"glow/answer/#",
		"x/+/y",
		"#",
		"$SYS/x",
		"$share/g/x",
	};

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		if (!glow_answer_topic_allowed("glow", good[k]))
			fail_msg("\"%s\"", good[k]);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (glow_answer_topic_allowed("glow", bad[k]))
			fail_msg("\"%s\"", bad[k]);
	assert_false(glow_answer_topic_allowed("a/b", "a/b/all/set"));
	assert_true(glow_answer_topic_allowed("a/b", "a/b/answer/1"));
	assert_true(glow_answer_topic_allowed("a/b", "a/c"));
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/set"), GLOW_TOPIC_SET);
	assert_int_equal(glow_topic_kind("glow", "glow/all/set"), GLOW_TOPIC_SET);
	assert_int_equal(glow_topic_kind("glow", "glow/group/g/notify"), GLOW_TOPIC_NOTIFY);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/state"), GLOW_TOPIC_STATE);
	assert_int_equal(glow_topic_kind("a/b", "a/b/node/pi1/set"), GLOW_TOPIC_SET);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/info"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/reset"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/set/x"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "glowing/node/pi1/set"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "other/node/pi1/set"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "glow"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", ""), GLOW_TOPIC_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),       cmocka_unit_test(test_prefixes), cmocka_unit_test(test_make),
		cmocka_unit_test(test_client_id), cmocka_unit_test(test_answers),  cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
