/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The watched cluster as JSON: every member is there whatever a message left out,
 * and what is not in force does not appear. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/watch_tree.h>

#define START     INT64_C(1700000000000000)
#define SECOND    GLOW_US_PER_S
#define CLOCK     "\"clock_id\":\"0123456789abcdef\",\"term\":3"
#define CONDUCTOR "{\"id\":\"shelf\",\"state\":\"leading\"," CLOCK ",\"boot\":9,\"rate_ppb\":0,\"nodes\":2}"
#define SCENES    "{" CLOCK ",\"rev\":1,\"scenes\":[{\"id\":\"main\",\"effect\":\"rainbow\",\"start_us\":0}]}"

static struct glow_watch watch;
static char *text;

static int setup(void **state)
{
	(void)state;
	glow_watch_init(&watch, "glow");
	glow_watch_tick(&watch, START);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_watch_fini(&watch);
	free(text);
	text = NULL;
	return 0;
}

/* `topic` is what follows the prefix. */
static void hear_at(const char *topic, const char *payload, int64_t ns)
{
	char whole[GLOW_TOPIC_MAX + 1];
	struct glow_message m = { .topic = whole, .payload = payload, .len = strlen(payload), .at = { ns } };

	snprintf(whole, sizeof(whole), "glow/%s", topic);
	glow_watch_message(&watch, &m);
}

static void hear(const char *topic, const char *payload)
{
	hear_at(topic, payload, 0);
}

static const char *text_of(cJSON *tree)
{
	free(text);
	text = glow_json_finish(tree);
	return text;
}

static const struct glow_watched *pi1(void)
{
	const struct glow_watched *node = glow_watch_find(&watch, "pi1");

	assert_non_null(node);
	return node;
}

/* ---- nodes ---- */

static void test_defaults(void **state)
{
	(void)state;
	hear("node/pi1/info", "{\"id\":\"pi1\"}");
	assert_string_equal(text_of(glow_watch_info_tree(pi1())),
			    "{\"id\":\"pi1\",\"groups\":[],\"board\":\"\",\"shape\":\"blinkt\",\"pixels\":8,\"leds\":["
			    "\"all\",\"left\","
			    "\"right\"],\"backend\":\"\",\"version\":\"\",\"fps\":60,\"idle\":\"\",\"reverse\":false,"
			    "\"time_offset_ms\":0,\"limits\":{\"brightness\":255,\"current_ma\":0,\"flash\":false},"
			    "\"effects\":[]}");
	hear("node/pi1/state", "{}");
	assert_non_null(strstr(text_of(glow_watch_state_tree(pi1())), "\"state\":\"ON\""));
	assert_non_null(strstr(text, "\"brightness\":255,\"effect\":\"auto\",\"params\":{}"));
	hear("node/pi1/stats", "{\"sync\":{\"state\":\"tracking\",\"offset_us\":3,\"error_us\":12}}");
	assert_non_null(strstr(text_of(glow_watch_stats_tree(pi1())), "{\"fps\":0,\"late\":0,\"dropped\":0"));
	assert_non_null(strstr(text, "\"sync\":{\"state\":\"tracking\",\"offset_us\":3,\"error_us\":12}"));
}

#define ROW(rest)  "{\"name\":\"p\",\"unit\":\"\",\"what\":\"\"," rest "}"
#define INT_ROW    ROW("\"type\":\"int\",\"min\":0,\"max\":9,\"default\":4")
#define CHOICE_ROW ROW("\"type\":\"choice\",\"choices\":[\"a\",\"b\"],\"default\":\"a\"")

/* The node's effects with such rows, as they are passed on. */
static const char *rows_of(const char *rows)
{
	char payload[1000];

	snprintf(payload, sizeof(payload),
		 "{\"id\":\"pi1\",\"effects\":[{\"name\":\"later\",\"what\":\"is new\",\"params\":%s}]}", rows);
	hear("node/pi1/info", payload);
	return strstr(text_of(glow_watch_info_tree(pi1())), "\"effects\":");
}

/* Those of the node, which may be newer, and not of this program. */
static void test_effects(void **state)
{
	static const char *const odd[] = {
		"7",
		"[7]",
		"[" ROW("\"type\":\"vector\",\"default\":4") "]",
		"[" ROW("\"type\":\"int\",\"min\":0,\"default\":4") "]",
		"[" ROW("\"type\":\"int\",\"min\":0,\"max\":9,\"default\":\"4\"") "]",
		"[" ROW("\"type\":\"bool\",\"default\":1") "]",
		"[" ROW("\"type\":\"color\",\"default\":false") "]",
		"[" ROW("\"type\":\"choice\",\"choices\":[\"a\",7],\"default\":\"a\"") "]",
		"[" ROW("\"type\":\"text\",\"default\":\"\"") "]",
		"[{\"name\":\"p\",\"type\":\"bool\",\"default\":true}]",
	};

	(void)state;
	assert_string_equal(rows_of("[" INT_ROW "," CHOICE_ROW "]"),
			    "\"effects\":[{\"name\":\"later\",\"what\":\"is new\",\"params\":[" INT_ROW "," CHOICE_ROW
			    "]}]}");
	for (size_t k = 0; k < sizeof(odd) / sizeof(odd[0]); k++)
		assert_string_equal(rows_of(odd[k]),
				    "\"effects\":[{\"name\":\"later\",\"what\":\"is new\",\"params\":[]}]}");
}

/* This program's own tables pass as they are. */
/* promise: grows-only */
static void test_own_effects(void **state)
{
	struct glow_info info = { .id = "pi1", .shape = { GLOW_SHAPE_ROW, 8 }, .fps = 60 };
	cJSON *tree = glow_info_write(&info);
	char *own = cJSON_PrintUnformatted(glow_json_get(tree, "effects")),
	     *passed = glow_catalogs_text(glow_json_get(tree, "effects"));

	(void)state;
	assert_string_equal(passed, own);
	assert_non_null(strstr(own, "rainbow")); /* control */
	free(own);
	free(passed);
	cJSON_Delete(tree);
}

/* An info that names its tables has news when these come, and when they go. */
static void test_catalog(void **state)
{
	char *own = glow_json_finish(glow_catalog_write()), name[GLOW_CATALOG_NAME_LEN + 1], topic[40], said[80];
	uint32_t info, other;

	(void)state;
	glow_catalog_name(own, strlen(own), name);
	snprintf(topic, sizeof(topic), "effects/%s", name);
	snprintf(said, sizeof(said), "{\"id\":\"pi1\",\"effects_hash\":\"%s\"}", name);
	hear("node/pi1/info", said);
	hear("node/pi2/info", "{\"id\":\"pi2\"}");
	info = pi1()->info_revision;
	other = glow_watch_find(&watch, "pi2")->info_revision;
	assert_non_null(strstr(text_of(glow_watch_info_tree(pi1())), name));
	assert_null(strstr(text, "\"effects\":"));
	assert_null(glow_catalogs_find(&watch.catalogs, name));
	hear(topic, "[]"); /* not what it is named after */
	hear("effects/0123456789abcdef", own);
	assert_int_equal(pi1()->info_revision, info);
	assert_int_equal(watch.catalogs.n, 0);
	hear(topic, own);
	assert_int_not_equal(pi1()->info_revision, info);
	assert_int_equal(glow_watch_find(&watch, "pi2")->info_revision, other);
	assert_string_equal(glow_catalogs_find(&watch.catalogs, name), own);
	info = pi1()->info_revision;
	hear(topic, own);
	assert_int_equal(pi1()->info_revision, info);
	hear(topic, "");
	assert_int_not_equal(pi1()->info_revision, info);
	assert_null(glow_catalogs_find(&watch.catalogs, name));
	free(own);
}

static void test_revisions(void **state)
{
	uint32_t info, nodes;

	(void)state;
	hear("node/pi1/info", "{\"id\":\"pi1\"}");
	info = pi1()->info_revision;
	nodes = watch.nodes_revision;
	assert_int_not_equal(info, 0);
	hear("node/pi1/info", "[]");
	hear("node/pi1/state", "{}");
	hear("node/pi1/stats", "7");
	assert_int_equal(pi1()->info_revision, info);
	assert_int_equal(watch.nodes_revision, nodes);
	assert_false(pi1()->has_stats);
	assert_int_not_equal(pi1()->state_revision, 0);
	hear("node/pi1/info", "{\"id\":\"pi1\"}");
	assert_int_not_equal(pi1()->info_revision, info);
	hear("node/pi1/info", "");
	assert_int_not_equal(watch.nodes_revision, nodes);
	hear("node/pi1/info", "{\"id\":\"pi1\"}");
	assert_true(pi1()->info_revision > info); /* another one of the same name */
}

#define MEMBER(id) "{\"id\":\"" id "\",\"pixels\":8,\"offset\":0}"

static void test_order(void **state)
{
	(void)state;
	for (size_t k = 0; k < 4; k++)
		hear((const char *[]){ "node/pi10/availability", "node/pi2/availability", "node/pi1/availability",
				       "node/pi3/availability" }[k],
		     "online");
	assert_string_equal(text_of(glow_watch_nodes_tree(&watch)), "[\"pi1\",\"pi2\",\"pi3\",\"pi10\"]");
	hear("roster", "{\"rev\":1,\"effective_us\":0,\"pixels\":8,\"nodes\":[" MEMBER("pi3") "," MEMBER(
			       "gone") "," MEMBER("pi10") "," MEMBER("pi3") "]}");
	assert_string_equal(text_of(glow_watch_nodes_tree(&watch)), "[\"pi3\",\"pi10\",\"pi1\",\"pi2\"]");
}

/* ---- the cluster ---- */

static void test_conductor(void **state)
{
	const int64_t silent_ns = GLOW_BEACON_SILENT_US * 1000;

	(void)state;
	assert_string_equal(text_of(glow_watch_conductor_tree(&watch, (struct glow_raw){ 0 })),
			    "{\"online\":false,\"beating\":false,\"leads\":false,\"info\":null}");
	hear("conductor/info", CONDUCTOR);
	hear("conductor/availability", "online");
	assert_non_null(strstr(text_of(glow_watch_conductor_tree(&watch, (struct glow_raw){ 5 })),
			       "{\"online\":true,\"beating\":false,\"leads\":false,\"info\":{\"id\":\"shelf\""));
	hear_at("conductor/beacon", "{\"seq\":1}", 5); /* broken */
	assert_false(glow_watch_beating(&watch, (struct glow_raw){ 5 }));
	hear_at("conductor/beacon", "{\"seq\":1,\"time_us\":0," CLOCK ",\"boot\":9}", 5);
	assert_non_null(strstr(text_of(glow_watch_conductor_tree(&watch, (struct glow_raw){ 4 + silent_ns })),
			       "\"beating\":true,\"leads\":true"));
	assert_non_null(strstr(text_of(glow_watch_conductor_tree(&watch, (struct glow_raw){ 5 + silent_ns })),
			       "\"beating\":false,\"leads\":false"));
}

static void test_stage(void **state)
{
	(void)state;
	hear("scene/current", SCENES);
	hear("dim/current", "{\"brightness\":40,\"until_us\":1700000001000000}");
	assert_string_equal(text_of(glow_watch_stage_tree(&watch)),
			    "{\"scenes\":[],\"roster\":{\"rev\":0,\"effective_us\":0,\"pixels\":0,\"nodes\":[]},"
			    "\"dim\":{\"brightness\":40,\"until_us\":1700000001000000}}");
	hear("conductor/info", CONDUCTOR); /* on whose timeline they are */
	assert_non_null(strstr(text_of(glow_watch_stage_tree(&watch)), "\"scenes\":[{\"id\":\"main\""));
	hear("roster", "{\"rev\":7,\"effective_us\":1700000001000000,\"pixels\":8,\"nodes\":[]}");
	assert_non_null(strstr(text_of(glow_watch_stage_tree(&watch)), "\"rev\":0"));
	glow_watch_tick(&watch, START + SECOND);
	assert_non_null(strstr(text_of(glow_watch_stage_tree(&watch)), "\"rev\":7"));
	assert_non_null(strstr(text, "\"dim\":{\"brightness\":255,\"until_us\":null}"));
}

/* ---- answers ---- */

static const char *answer(const char *payload)
{
	return text_of(glow_watch_answer_tree(payload, strlen(payload)));
}

static void test_answers(void **state)
{
	(void)state;
	assert_string_equal(answer("{\"status\":\"ok\",\"node\":\"pi1\"}"),
			    "{\"status\":\"ok\",\"node\":\"pi1\",\"field\":\"\",\"message\":\"\",\"ignored\":[],"
			    "\"undone\":\"\",\"nodes\":null,\"skipped\":[]}");
	assert_string_equal(
		answer("{\"status\":7,\"field\":\"brightness\",\"message\":\"must be\"}"),
		"{\"status\":\"error\",\"node\":\"\",\"field\":\"brightness\",\"message\":\"must be\",\"ignored\":[],"
		"\"undone\":\"\",\"nodes\":null,\"skipped\":[]}");
	assert_string_equal(answer("{\"status\":\"ok\",\"ignored\":[\"bri\",7]}"),
			    "{\"status\":\"ok\",\"node\":\"\",\"field\":\"\",\"message\":\"\",\"ignored\":[\"bri\"],"
			    "\"undone\":\"\",\"nodes\":null,\"skipped\":[]}");
	assert_string_equal(answer("{\"status\":\"ok\",\"undone\":\"dim/set\",\"nodes\":4,\"skipped\":[\"pi2\",null]}"),
			    "{\"status\":\"ok\",\"node\":\"\",\"field\":\"\",\"message\":\"\",\"ignored\":[],"
			    "\"undone\":\"dim/set\",\"nodes\":4,\"skipped\":[\"pi2\"]}");
	assert_null(answer("{\"status\":\"ok\"")); /* cut */
	assert_null(answer("[]"));
	assert_null(answer("{"));
	assert_null(answer(""));
}

/* ---- what is kept ---- */

static const char *preset(const char *payload)
{
	return text_of(glow_watch_preset_tree(payload, strlen(payload)));
}

static const char *schedule(const char *payload)
{
	return text_of(glow_watch_schedule_tree(payload, strlen(payload)));
}

static void test_presets(void **state)
{
	(void)state;
	assert_string_equal(
		preset("{\"name\":\"a\",\"title\":\"A\",\"lights\":{\"pi1\":{\"state\":\"ON\"},\"pi2\":{}}}"),
		"{\"title\":\"A\",\"lights\":[\"pi1\",\"pi2\"],\"scenes\":null}");
	assert_string_equal(preset("{\"name\":\"a\",\"scenes\":[]}"), "{\"title\":\"\",\"lights\":null,\"scenes\":[]}");
	assert_null(preset("{\"name\":\"a\"}"));
	assert_null(preset("{\"lights\":{\"PI\":{}}}"));
	assert_null(preset(""));
}

static void test_schedules(void **state)
{
	(void)state;
	assert_string_equal(schedule("{\"name\":\"wake\",\"at\":\"07:00\",\"preset\":\"morning\"}"),
			    "{\"at\":\"07:00\",\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"],"
			    "\"enabled\":true,\"preset\":\"morning\"}");
	assert_null(schedule("{\"name\":\"wake\",\"at\":\"25:00\",\"preset\":\"morning\"}"));
	assert_null(schedule("7"));
	assert_null(schedule(""));
}

static void test_wanted(void **state)
{
	(void)state;
	assert_string_equal(text_of(glow_watch_wanted_tree(&watch)), "{\"nodes\":{}}");
	hear("roster/wanted", "{\"order\":[\"pi3\"],\"nodes\":{\"pi1\":{\"title\":\"Left\"}}," CLOCK ",\"rev\":5}");
	assert_non_null(strstr(text_of(glow_watch_wanted_tree(&watch)),
			       "{\"order\":[\"pi3\"],\"nodes\":{\"pi1\":{\"title\":\"Left\"}}"));
	hear("roster/wanted", "");
	assert_string_equal(text_of(glow_watch_wanted_tree(&watch)), "{\"nodes\":{}}");
}

static void test_texts(void **state)
{
	uint32_t before = watch.library.revision;

	(void)state;
	assert_string_equal(text_of(glow_watch_texts_tree(&watch)), "[]");
	hear("effect/grey", "{\"name\":\"grey\",\"text\":\"# so grey\\nparam p 0..9 = 3\\np / 9\",\"rev\":4}");
	hear("effect/wrong", "{\"name\":\"wrong\",\"text\":\"nothing(\",\"rev\":5}");
	assert_string_equal(text_of(glow_watch_texts_tree(&watch)),
			    "[{\"name\":\"grey\",\"what\":\"so grey\",\"params\":[{\"name\":\"p\",\"type\":\"int\","
			    "\"min\":0,\"max\":9,\"default\":3,\"unit\":\"\",\"what\":\"p\"}],"
			    "\"text\":\"# so grey\\nparam p 0..9 = 3\\np / 9\",\"rev\":4}]");
	assert_int_not_equal(watch.library.revision, before);
	hear("effect/grey", "");
	assert_string_equal(text_of(glow_watch_texts_tree(&watch)), "[]");
}

static void test_check(void **state)
{
	(void)state;
	assert_string_equal(text_of(glow_watch_check_tree("# x\nx", 5)),
			    "{\"what\":\"x\",\"params\":[],\"cost\":{\"pixel\":1,\"frame\":0}}");
	assert_string_equal(text_of(glow_watch_check_tree("x +\nwvae(x)", 11)),
			    "{\"mistake\":{\"line\":2,\"column\":1,\"what\":\"there is no \\\"wvae\\\"; "
			    "did you mean \\\"wave\\\"?\"}}");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),  TEST(test_effects), TEST(test_own_effects), TEST(test_catalog),
		TEST(test_revisions), TEST(test_order),   TEST(test_conductor),   TEST(test_stage),
		TEST(test_answers),   TEST(test_texts),   TEST(test_check),       TEST(test_presets),
		TEST(test_schedules), TEST(test_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
