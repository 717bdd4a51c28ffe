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
		"homeassistant",
		"homeassistant/device/glow-pi1/config",
	};

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		if (!glow_answer_topic_allowed("glow", "homeassistant", good[k]))
			fail_msg("\"%s\"", good[k]);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (glow_answer_topic_allowed("glow", "homeassistant", bad[k]))
			fail_msg("\"%s\"", bad[k]);
	assert_false(glow_answer_topic_allowed("a/b", "", "a/b/all/set"));
	assert_true(glow_answer_topic_allowed("a/b", "", "a/b/answer/1"));
	assert_true(glow_answer_topic_allowed("a/b", "", "a/c"));
	assert_true(glow_answer_topic_allowed("a/b", "", "homeassistant/x")); /* no discovery, nothing to guard */
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/set"), GLOW_TOPIC_SET);
	assert_int_equal(glow_topic_kind("glow", "glow/all/set"), GLOW_TOPIC_SET);
	assert_int_equal(glow_topic_kind("glow", "glow/group/g/notify"), GLOW_TOPIC_NOTIFY);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/state"), GLOW_TOPIC_STATE);
	assert_int_equal(glow_topic_kind("a/b", "a/b/node/pi1/set"), GLOW_TOPIC_SET);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/info"), GLOW_TOPIC_INFO);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/reset"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "glow/node/pi1/set/x"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "glowing/node/pi1/set"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "other/node/pi1/set"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", "glow"), GLOW_TOPIC_OTHER);
	assert_int_equal(glow_topic_kind("glow", ""), GLOW_TOPIC_OTHER);
}

/* Every topic of the protocol, and what it says. */
static void test_parse(void **state)
{
	static const struct {
		const char *topic;
		enum glow_topic_kind kind;
		enum glow_topic_of of;
		const char *id;
	} rows[] = {
		{ "node/pi1/set", GLOW_TOPIC_SET, GLOW_OF_NODE, "pi1" },
		{ "node/pi1/notify", GLOW_TOPIC_NOTIFY, GLOW_OF_NODE, "pi1" },
		{ "node/a/state", GLOW_TOPIC_STATE, GLOW_OF_NODE, "a" },
		{ "node/pi-10/availability", GLOW_TOPIC_AVAILABILITY, GLOW_OF_NODE, "pi-10" },
		{ "node/pi1/info", GLOW_TOPIC_INFO, GLOW_OF_NODE, "pi1" },
		{ "node/pi1/stats", GLOW_TOPIC_STATS, GLOW_OF_NODE, "pi1" },
		{ "node/pi1/error", GLOW_TOPIC_ERROR, GLOW_OF_NODE, "pi1" },
		{ "node/set/set", GLOW_TOPIC_SET, GLOW_OF_NODE, "set" },
		{ "group/shelf/set", GLOW_TOPIC_SET, GLOW_OF_GROUP, "shelf" },
		{ "group/shelf/notify", GLOW_TOPIC_NOTIFY, GLOW_OF_GROUP, "shelf" },
		{ "group/shelf/apply", GLOW_TOPIC_APPLY, GLOW_OF_GROUP, "shelf" },
		{ "group/shelf/state", GLOW_TOPIC_STATE, GLOW_OF_GROUP, "shelf" },
		{ "all/set", GLOW_TOPIC_SET, GLOW_OF_ALL, "" },
		{ "all/notify", GLOW_TOPIC_NOTIFY, GLOW_OF_ALL, "" },
		{ "all/apply", GLOW_TOPIC_APPLY, GLOW_OF_ALL, "" },
		{ "all/state", GLOW_TOPIC_STATE, GLOW_OF_ALL, "" },
		{ "scene/play", GLOW_TOPIC_SCENE_PLAY, GLOW_OF_CLUSTER, "" },
		{ "scene/stop", GLOW_TOPIC_SCENE_STOP, GLOW_OF_CLUSTER, "" },
		{ "scene/current", GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER, "" },
		{ "dim/set", GLOW_TOPIC_DIM_SET, GLOW_OF_CLUSTER, "" },
		{ "dim/current", GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, "" },
		{ "roster", GLOW_TOPIC_ROSTER, GLOW_OF_CLUSTER, "" },
		{ "effects/00f7c0ffee123456", GLOW_TOPIC_CATALOG, GLOW_OF_CLUSTER, "00f7c0ffee123456" },
		{ "conductor/availability", GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER, "" },
		{ "effect", GLOW_TOPIC_TEXTS, GLOW_OF_CLUSTER, "" },
		{ "effect/aurora", GLOW_TOPIC_TEXT, GLOW_OF_CLUSTER, "aurora" },
		{ "effect/aurora/set", GLOW_TOPIC_TEXT_SET, GLOW_OF_CLUSTER, "aurora" },
		{ "preset/evening", GLOW_TOPIC_PRESET, GLOW_OF_CLUSTER, "evening" },
		{ "preset/evening/set", GLOW_TOPIC_PRESET_SET, GLOW_OF_CLUSTER, "evening" },
		{ "preset/evening/apply", GLOW_TOPIC_PRESET_APPLY, GLOW_OF_CLUSTER, "evening" },
		{ "undo", GLOW_TOPIC_UNDO, GLOW_OF_CLUSTER, "" },
		{ "schedule/wake", GLOW_TOPIC_SCHEDULE, GLOW_OF_CLUSTER, "wake" },
		{ "schedule/wake/set", GLOW_TOPIC_SCHEDULE_SET, GLOW_OF_CLUSTER, "wake" },
		{ "conductor/info", GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, "" },
		{ "conductor/beacon", GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER, "" },
		{ "conductor/error", GLOW_TOPIC_CONDUCTOR_ERROR, GLOW_OF_CLUSTER, "" },
		{ "time/request/x-4f2a", GLOW_TOPIC_TIME_REQUEST, GLOW_OF_NODE, "x-4f2a" },
		{ "time/reply/pi1", GLOW_TOPIC_TIME_REPLY, GLOW_OF_NODE, "pi1" },
		{ "time/request/x/4f2a", GLOW_TOPIC_TIME_REQUEST, GLOW_OF_VIEWER, "4f2a" },
		{ "time/reply/x/4f2a", GLOW_TOPIC_TIME_REPLY, GLOW_OF_VIEWER, "4f2a" },
		{ "time/adopt/request/pi1", GLOW_TOPIC_ADOPT_REQUEST, GLOW_OF_NODE, "pi1" },
		{ "time/adopt/reply/4000000000", GLOW_TOPIC_ADOPT_REPLY, GLOW_OF_CLUSTER, "4000000000" },
	};
	static const char *const prefixes[] = { "glow", "home/glow" };

	(void)state;
	for (size_t k = 0; k < 2 * sizeof(rows) / sizeof(rows[0]); k++) {
		const char *prefix = prefixes[k % 2];
		char full[GLOW_TOPIC_MAX + 1];
		struct glow_topic t;

		glow_topic_make(full, prefix, rows[k / 2].topic, NULL, NULL);
		t = glow_topic_parse(prefix, full);
		if (t.kind != rows[k / 2].kind || t.of != rows[k / 2].of || strcmp(t.id, rows[k / 2].id) != 0)
			fail_msg("%s: %d of %d \"%s\"", full, (int)t.kind, (int)t.of, t.id);
		/* The control: one character more or less, or another prefix, and it is none of them. */
		full[strlen(full) - 1] = '_';
		assert_int_equal(glow_topic_kind(prefix, full), GLOW_TOPIC_OTHER);
		glow_topic_make(full, prefix, rows[k / 2].topic, "x_", NULL);
		assert_int_equal(glow_topic_kind(prefix, full), GLOW_TOPIC_OTHER);
		glow_topic_make(full, prefix, rows[k / 2].topic, NULL, NULL);
		assert_int_equal(glow_topic_kind("glow/all", full), GLOW_TOPIC_OTHER);
	}
}

static void test_parse_ids(void **state)
{
#define LONG_ID "a23456789012345678901234567890123456789012345678901234567890123"
	static const char *const bad[] = {
		"glow/node/PI1/set",   "glow/node//set",      "glow/node/+/set",  "glow/node/-a/set",
		"glow/node/a_b/set",   "glow/node/a/b/set",   "glow/node/set",    "glow/node/" LONG_ID "4/set",
		"glow/group/#/set",    "glow/time/request/",  "glow/all/x/set",   "glow/roster/x",
		"glow/scene/set",      "glow/node/pi1/apply", "glow/all/info",    "glow//all/set",
		"glow/time/request/A", "glow/time/adopt/pi1", "glow/nodes/a/set", "glow/nod",
	};

	(void)state;
	assert_string_equal(glow_topic_parse("glow", "glow/node/" LONG_ID "/set").id, LONG_ID);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (glow_topic_kind("glow", bad[k]) != GLOW_TOPIC_OTHER)
			fail_msg("%s", bad[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),       cmocka_unit_test(test_prefixes),  cmocka_unit_test(test_make),
		cmocka_unit_test(test_client_id), cmocka_unit_test(test_answers),   cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_parse),     cmocka_unit_test(test_parse_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
