/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Words of a command line and the topics and payloads that they become. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include <glow/ctl.h>
#include <glow/time.h>

#include "../../bridge/app/ctl/doctor_nodes.h"
#include "../../bridge/app/ctl/targets.h"
#include "../harness/json_equal.h"

#define NOW INT64_C(1700000000000000)

typedef char *payload_fn(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag);

static const struct glow_ctl_options none = GLOW_CTL_OPTIONS_NONE;

static bool same_json(const char *a, const char *b)
{
	cJSON *x = cJSON_Parse(a), *y = cJSON_Parse(b);
	bool same = json_equal(x, y);

	cJSON_Delete(x);
	cJSON_Delete(y);
	return same;
}

static void expect(payload_fn *make, const struct glow_ctl_options *o, const char *text, const char *json)
{
	struct glow_diag diag;
	char *payload = make(o, text, &diag);

	assert_non_null(payload);
	if (!same_json(payload, json))
		fail_msg("%s is not %s", payload, json);
	free(payload);
}

static void refused(payload_fn *make, const struct glow_ctl_options *o, const char *text, enum glow_code code)
{
	struct glow_diag diag = { .code = GLOW_OK };

	assert_null(make(o, text, &diag));
	assert_int_equal(diag.code, code);
	assert_true(diag.what[0]);
}

/* Without options nothing is read, so that the receiver is the one to judge. */
static void what_was_typed_goes_out(void **state)
{
	static payload_fn *const makers[] = { glow_ctl_play_payload, glow_ctl_set_payload, glow_ctl_notify_payload };
	static const char *const texts[] = { "rainbow 40%", "{\"effect\": \"rainbow\"}", "{broken", "no-such-word",
					     "" };
	struct glow_diag diag;

	(void)state;
	for (size_t m = 0; m < 3; m++)
		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
			char *payload = makers[m](&none, texts[k], &diag);

			assert_string_equal(payload, texts[k]);
			free(payload);
		}
	assert_false(same_json("{\"a\":1}", "{\"a\":2}")); /* control of what follows */
	assert_true(same_json("{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1}"));
}

static void play(void **state)
{
	struct glow_ctl_options o = none;

	(void)state;
	o.id = (char *)"evening";
	o.span = (char *)"node";
	o.fade_ms = 0;
	o.for_s = 60;
	o.take = false;
	expect(glow_ctl_play_payload, &o, "larson red 40%",
	       "{\"effect\":\"larson\",\"color\":\"red\",\"brightness\":102,\"id\":\"evening\",\"span\":\"node\","
	       "\"fade_ms\":0,\"duration_s\":60,\"take\":false}");
	o = none;
	o.fade_ms = 500;
	expect(glow_ctl_play_payload, &o, "{\"playlist\":[{\"effect\":\"fire\"}],\"fade_ms\":1,\"loop\":true}",
	       "{\"playlist\":[{\"effect\":\"fire\"}],\"fade_ms\":500,\"loop\":true}");
	refused(glow_ctl_play_payload, &o, "{broken", GLOW_BAD_JSON);
	refused(glow_ctl_play_payload, &o, "no_such_word", GLOW_UNKNOWN_EFFECT);
	refused(glow_ctl_play_payload, &o, "two names", GLOW_UNKNOWN_EFFECT);
	/* The cluster may have a text of that name; it says so if not. */
	expect(glow_ctl_play_payload, &o, "Aurora 40%", "{\"effect\":\"aurora\",\"brightness\":102,\"fade_ms\":500}");
	assert_null(glow_effect_find("aurora", 6));
	refused(glow_ctl_play_payload, &o, "[1]", GLOW_BAD_TYPE);
}

static void play_target(void **state)
{
	static const char *const bad[] = { "", "a,", ",a", "a,,b", "A", "a b", "-a" };
	struct glow_ctl_options o = none;

	(void)state;
	o.nodes = (char *)"pi1,pi2";
	expect(glow_ctl_play_payload, &o, "rainbow",
	       "{\"effect\":\"rainbow\",\"target\":{\"nodes\":[\"pi1\",\"pi2\"]}}");
	o.groups = o.nodes;
	refused(glow_ctl_play_payload, &o, "rainbow", GLOW_CONFLICT);
	o.nodes = NULL;
	expect(glow_ctl_play_payload, &o, "rainbow",
	       "{\"effect\":\"rainbow\",\"target\":{\"groups\":[\"pi1\",\"pi2\"]}}");
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		o.groups = (char *)bad[k];
		refused(glow_ctl_play_payload, &o, "rainbow", GLOW_OUT_OF_RANGE);
	}
}

static void forced(void **state)
{
	struct glow_ctl_options o = none;

	(void)state;
	o.force = true;
	o.nodes = (char *)"pi9";
	expect(glow_ctl_play_payload, &o, "fire",
	       "{\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi9\"]},\"absent\":true}");
	expect(glow_ctl_set_payload, &o, "red", "{\"color\":\"red\",\"absent\":true}");
	expect(glow_ctl_notify_payload, &o, "", "{\"absent\":true}");
}

static void params(void **state)
{
	static const char *const bad[] = { "x", "=1", "a=1\nx" };
	struct glow_ctl_options o = none;

	(void)state;
	o.params = (char *)"period_ms=3000\nsource=cpu\ntext=SOS = help\nwide=true\nempty=\nperiod_ms=4000";
	expect(glow_ctl_set_payload, &o, "{\"effect\":\"x\",\"params\":{\"tail\":2,\"source\":\"load\"}}",
	       "{\"effect\":\"x\",\"params\":{\"tail\":2,\"source\":\"cpu\",\"period_ms\":4000,\"text\":\"SOS = help\","
	       "\"wide\":true,\"empty\":\"\"}}");
	expect(glow_ctl_notify_payload, &o, "",
	       "{\"params\":{\"source\":\"cpu\",\"period_ms\":4000,\"text\":\"SOS = help\",\"wide\":true,\"empty\":"
	       "\"\"}}");
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		o.params = (char *)bad[k];
		refused(glow_ctl_play_payload, &o, "rainbow", GLOW_BAD_TYPE);
	}
}

static void lights(void **state)
{
	struct glow_ctl_options o = none;

	(void)state;
	o.fade_ms = 1500;
	expect(glow_ctl_set_payload, &o, "red", "{\"color\":\"red\",\"transition\":1.5}");
	o = none;
	o.ttl_s = 3;
	o.priority = 0;
	o.id = (char *)"disk";
	expect(glow_ctl_notify_payload, &o, "red", "{\"color\":\"red\",\"ttl_s\":3,\"priority\":0,\"id\":\"disk\"}");
	o.ttl_s = o.priority = -1;
	o.clear = true;
	expect(glow_ctl_notify_payload, &o, "", "{\"id\":\"disk\",\"clear\":true}");
}

static void stop_and_dim(void **state)
{
	struct glow_ctl_options o = none;
	struct glow_diag diag;
	char *payload = glow_ctl_stop_payload(&o, NULL, &diag);

	(void)state;
	assert_string_equal(payload, "");
	free(payload);
	o.fade_ms = 500;
	payload = glow_ctl_stop_payload(&o, "main", &diag);
	assert_true(same_json(payload, "{\"id\":\"main\",\"fade_ms\":500}"));
	free(payload);
	payload = glow_ctl_dim_payload(&o, "40%", NOW, &diag);
	assert_true(same_json(payload, "{\"brightness\":102,\"until_us\":null}"));
	free(payload);
	o.for_s = 60;
	payload = glow_ctl_dim_payload(&o, "off", NOW, &diag);
	assert_string_equal(payload, "{\"brightness\":0,\"until_us\":1700000060000000}");
	free(payload);
	assert_null(glow_ctl_dim_payload(&o, "red", NOW, &diag));
	assert_null(glow_ctl_dim_payload(&o, "140%", NOW, &diag));
	assert_string_equal(diag.what, "must be 0%..100%, off or on, got \"140%\"");
}

static void targets(void **state)
{
	static const struct {
		const char *word, *topic;
		bool many;
	} good[] = {
		{ "all", "a/b/all/set", true },
		{ "pi1", "a/b/node/pi1/set", false },
		{ "node/all", "a/b/node/all/set", false },
		{ "group/shelf", "a/b/group/shelf/set", true },
		{ "group", "a/b/node/group/set", false },
	};
	static const char *const bad[] = { "",          "A", "group/",  "node/",   "groups/x",
					   "group/x/y", "+", "pi1/set", "group/+", "/" };
	char topic[GLOW_TOPIC_MAX + 1];

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++) {
		assert_true(glow_ctl_target("a/b", good[k].word, "set", topic));
		assert_string_equal(topic, good[k].topic);
		assert_int_equal(glow_ctl_target_is_many(good[k].word), good[k].many);
	}
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		assert_false(glow_ctl_target("a/b", bad[k], "set", topic));
}

/* ---- names that nobody has ---- */

static struct glow_watch watch;

static void hear(const char *topic, const char *payload)
{
	char full[GLOW_TOPIC_MAX + 1];

	glow_topic_make(full, "glow", topic, NULL, NULL);
	glow_watch_message(&watch, &(struct glow_message){ .topic = full, .payload = payload, .len = strlen(payload) });
}

/* pi1 says what it is, pi2 has only gone; the roster has pi3. */
static void a_cluster(void)
{
	glow_watch_init(&watch, "glow");
	hear("node/pi1/availability", "online");
	hear("node/pi1/info", "{\"id\":\"pi1\",\"groups\":[\"odd\",\"shelf\"],\"shape\":\"blinkt\",\"pixels\":8}");
	hear("node/pi2/availability", "offline");
	hear("roster", "{\"rev\":1,\"effective_us\":1,\"pixels\":8,\"nodes\":[{\"id\":\"pi3\",\"groups\":[\"attic\"],"
		       "\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":0}]}");
}

static bool doctor_says(const char *words)
{
	struct glow_findings findings;
	char *text;
	bool said;

	glow_findings_init(&findings);
	glow_doctor_nodes(&watch, 0, &findings);
	text = cJSON_PrintUnformatted(findings.list);
	said = strstr(text, words);
	free(text);
	glow_findings_fini(&findings);
	return said;
}

/* More nodes than are kept: the doctor looks at those there are, and says of how many it knows nothing. */
static void beyond_the_limit(void **state)
{
	(void)state;
	glow_watch_init(&watch, "glow");
	watch.most = 2;
	hear("node/pi1/availability", "offline");
	hear("node/pi2/availability", "offline");
	assert_false(doctor_says("were not looked at")); /* the control */
	hear("node/pi3/availability", "offline");
	hear("node/pi4/availability", "offline");
	assert_true(doctor_says("2 more than 2 were not looked at"));
	assert_true(doctor_says("pi2"));
	assert_false(doctor_says("pi3"));
	glow_watch_fini(&watch);
}

static void known_names(void **state)
{
	static const char *const known[] = { "all", "pi1",       "node/pi1",    "pi2",
					     "pi3", "group/odd", "group/shelf", "group/attic" };
	static const char *const unknown[] = { "pi4", "node/pi4", "odd", "group/pi1", "group/even", "node/all" };

	(void)state;
	glow_watch_init(&watch, "glow"); /* nobody: there is no telling */
	assert_true(glow_ctl_targets_know(&watch, "pi4") && glow_ctl_targets_know(&watch, "group/even"));
	glow_watch_fini(&watch);
	a_cluster();
	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		assert_true(glow_ctl_targets_know(&watch, known[k]));
	for (size_t k = 0; k < sizeof(unknown) / sizeof(unknown[0]); k++)
		assert_false(glow_ctl_targets_know(&watch, unknown[k]));
	hear("node/pi5/availability", "online"); /* in a group, perhaps */
	assert_true(glow_ctl_targets_know(&watch, "group/even"));
	assert_false(glow_ctl_targets_know(&watch, "pi4"));
	glow_watch_fini(&watch);
}

static void meant_names(void **state)
{
	static const char *const rows[][2] = {
		{ "pi11", "pi1" },           { "node/p2", "pi2" },      { "pi33", "pi3" },      { "odd", "group/odd" },
		{ "group/od", "group/odd" }, { "atic", "group/attic" }, { "group/pi1", "pi1" },
	};
	char meant[GLOW_ID_MAX + 8];

	(void)state;
	a_cluster();
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		assert_true(glow_ctl_targets_meant(&watch, rows[k][0], meant));
		assert_string_equal(meant, rows[k][1]);
	}
	assert_false(glow_ctl_targets_meant(&watch, "frobnicate", meant));
	glow_watch_fini(&watch);
}

static void scene_names(void **state)
{
	static const char *const cases[][2] = {
		{ "rainbow 40%", "rainbow" },
		{ "red", "solid" },
		{ "{\"effect\":\"fire\",\"id\":\"x\"}", "fire" },
		{ "{\"playlist\":[{},{}]}", "playlist of 2" },
		{ "{broken", "solid" },
	};
	char text[40];

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		glow_ctl_scene_name(cases[k][0], text, sizeof(text));
		assert_string_equal(text, cases[k][1]);
	}
}

static void presets(void **state)
{
	struct glow_ctl_options o = none;
	struct glow_diag diag;
	char *payload = glow_ctl_save_payload(&o, &diag);

	(void)state;
	assert_string_equal(payload, "{}");
	free(payload);
	o.nodes = (char *)"a,b";
	o.title = (char *)"A";
	payload = glow_ctl_save_payload(&o, &diag);
	assert_true(same_json(payload, "{\"title\":\"A\",\"target\":{\"nodes\":[\"a\",\"b\"]}}"));
	free(payload);
	o.nodes = (char *)"A";
	assert_null(glow_ctl_save_payload(&o, &diag));
	payload = glow_ctl_fade_payload(&none, &diag);
	assert_string_equal(payload, "{}");
	free(payload);
	o.fade_ms = 2500;
	payload = glow_ctl_fade_payload(&o, &diag);
	assert_true(same_json(payload, "{\"transition\":2.5}"));
	free(payload);
}

static void schedules(void **state)
{
	static const struct {
		const char *at, *deed, *text, *json;
	} rows[] = {
		{ "7:00", "preset", "morning", "{\"at\":\"7:00\",\"preset\":\"morning\"}" },
		{ "sunset", "play", "fire 40%", "{\"at\":\"sunset\",\"scene\":\"fire 40%\"}" },
		{ "sunset-30", "dim", "10%", "{\"at\":\"sunset\",\"offset_min\":-30,\"dim\":\"10%\"}" },
		{ "sunrise+15", "dim", "10%", "{\"at\":\"sunrise\",\"offset_min\":15,\"dim\":\"10%\"}" },
		{ "7:00-30", "play", "{\"effect\":\"fire\"}", "{\"at\":\"7:00-30\",\"scene\":{\"effect\":\"fire\"}}" },
	};
	struct glow_ctl_options o = none;
	struct glow_diag diag;
	char *payload;

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		payload = glow_ctl_schedule_payload(&none, rows[k].at, rows[k].deed, rows[k].text, &diag);
		if (!same_json(payload, rows[k].json))
			fail_msg("%s is not %s", payload, rows[k].json);
		free(payload);
	}
	o.days = (char *)"mon, tue";
	payload = glow_ctl_schedule_payload(&o, "7:00", "dim", "off", &diag);
	assert_true(same_json(payload, "{\"at\":\"7:00\",\"days\":[\"mon\",\"tue\"],\"dim\":\"off\"}"));
	free(payload);
	assert_null(glow_ctl_schedule_payload(&none, "7:00", "paint", "red", &diag));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_typed_goes_out),
		cmocka_unit_test(play),
		cmocka_unit_test(presets),
		cmocka_unit_test(schedules),
		cmocka_unit_test(play_target),
		cmocka_unit_test(params),
		cmocka_unit_test(lights),
		cmocka_unit_test(stop_and_dim),
		cmocka_unit_test(targets),
		cmocka_unit_test(scene_names),
		cmocka_unit_test(forced),
		cmocka_unit_test(beyond_the_limit),
		cmocka_unit_test(known_names),
		cmocka_unit_test(meant_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
