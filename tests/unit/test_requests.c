/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What people ask, with nothing but the time: the test says what arrives and when, and reads what is said. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/log.h>

#include "../../bridge/app/conductor/requests.h"
#include "../harness/outbox.h"

#define MS     INT64_C(1000)
#define SECOND GLOW_US_PER_S
#define AHEAD  (250 * MS)
#define CLOCK  UINT64_C(0xfeedbeef01234567)

#define SCENES "glow/scene/current"
#define PLAY   "glow/scene/play"
#define STOP   "glow/scene/stop"
#define DIM    "glow/dim/current"
#define ANSWER "answers/here"
#define ERROR  "glow/conductor/error"

static struct glow_requests requests;
static struct glow_placement placement;
static struct glow_members members;
static struct glow_time now;
static enum glow_lit lit, made; /* of the nodes before and after the last command for many */
static struct glow_diag diag;
static struct glow_scenes scenes; /* what is published now */

static void create(void)
{
	const struct glow_publisher out = { "glow", "homeassistant", outbox };

	assert_int_equal(glow_requests_init(&requests, &out, &members, 42), 0);
}

/* Asked on a timeline that began a moment ago. */
static int setup(void **state)
{
	(void)state;
	glow_log_setup("error", "text");
	now.us = INT64_C(1700001234000000);
	glow_members_init(&members, &placement, 0);
	create();
	glow_requests_open(&requests, CLOCK, 1, true, now);
	forget();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_scenes_fini(&scenes);
	memset(&scenes, 0, sizeof(scenes));
	glow_requests_fini(&requests);
	glow_members_fini(&members);
	forget();
	return 0;
}

static void hear(struct glow_message m)
{
	switch (glow_topic_kind("glow", m.topic)) {
	case GLOW_TOPIC_SCENE_PLAY:
		glow_requests_play(&requests, &m, now, AHEAD);
		break;
	case GLOW_TOPIC_SCENE_STOP:
		glow_requests_stop(&requests, &m, now, AHEAD);
		break;
	case GLOW_TOPIC_DIM_SET:
		glow_requests_dim(&requests, &m, now);
		break;
	case GLOW_TOPIC_SET:
		made = glow_requests_command(&requests, &m, GLOW_COMMAND_SET, now, AHEAD, lit);
		break;
	case GLOW_TOPIC_NOTIFY:
		glow_requests_command(&requests, &m, GLOW_COMMAND_NOTIFY, now, AHEAD, lit);
		break;
	case GLOW_TOPIC_SCENE_CURRENT:
		glow_requests_restore_scenes(&requests, &m);
		break;
	case GLOW_TOPIC_DIM_CURRENT:
		glow_requests_restore_dim(&requests, &m);
		break;
	default:
		fail();
	}
}

/* ... and what comes of it is said by then. */
static void deliver(struct glow_message m)
{
	hear(m);
	if (requests.said.scenes_stale || requests.said.dim_stale)
		now.us = requests.said.again_us > now.us ? requests.said.again_us : now.us;
	glow_requests_tick(&requests, now);
}

static void tell(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload) });
}

static void ask(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic,
				       .payload = payload,
				       .len = strlen(payload),
				       .response_topic = ANSWER,
				       .correlation = "\1two",
				       .correlation_len = 4 });
}

static void pass(int64_t us)
{
	int64_t end_us = now.us + us, next_us;

	while ((next_us = glow_requests_next(&requests).us) <= end_us) {
		now.us = next_us > now.us ? next_us : now.us;
		glow_requests_tick(&requests, now);
		assert_true(glow_requests_next(&requests).us > now.us); /* it never spins */
	}
	now.us = end_us;
	glow_requests_tick(&requests, now);
}

/* ---- scenes ---- */

static void read_scenes(void)
{
	cJSON *tree = glow_json_parse(last(SCENES), strlen(last(SCENES)), &diag);

	glow_scenes_fini(&scenes);
	memset(&scenes, 0, sizeof(scenes));
	assert_non_null(tree);
	assert_int_equal(glow_scenes_read(tree, &scenes, &diag), GLOW_OK);
	cJSON_Delete(tree);
}

static void test_play(void **state)
{
	(void)state;
	ask(PLAY, "rainbow");
	assert_true(find(SCENES)->retained && find(SCENES)->qos == 1);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_int_equal(scenes.edition.rev, 2);
	assert_int_equal(scenes.edition.term, 1);
	assert_string_equal(scenes.v[0].id, "main");
	assert_int_equal(scenes.v[0].start_us, now.us + 250000);
	assert_int_equal(scenes.v[0].end_us, GLOW_NEVER);
	assert_true(said(ANSWER, "\"status\":\"ok\"") && said(ANSWER, "\"id\":\"main\""));
	assert_int_equal(number(ANSWER, "start_us"), scenes.v[0].start_us);
	assert_string_equal(find(ANSWER)->correlation, "\1two");
	assert_int_equal(find(ANSWER)->qos, 1);
	pass(600 * SECOND);
	assert_int_equal(count(SCENES), 1);
}

static void test_scene_ends(void **state)
{
	(void)state;
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"f\",\"duration_s\":10}");
	tell(PLAY, "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":2},{\"effect\":\"solid\",\"duration_s\":3}]}");
	read_scenes();
	assert_int_equal(scenes.n, 2);
	pass(6 * SECOND); /* 0.25 + 5 s: over, but only just */
	assert_int_equal(count(SCENES), 2);
	pass(300 * MS);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_string_equal(scenes.v[0].id, "f");
	assert_int_equal(scenes.edition.rev, 4);
	pass(5 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 0);
	pass(600 * SECOND);
	assert_int_equal(count(SCENES), 4);
}

static void test_scene_replaced(void **state)
{
	int64_t start;

	(void)state;
	tell(PLAY, "{\"effect\":\"fire\",\"fade_ms\":2000}");
	pass(10 * SECOND);
	tell(PLAY, "{\"effect\":\"plasma\",\"fade_ms\":1000}");
	start = now.us + 250000;
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_string_equal(scenes.v[0].entries[0].effect->name, "fire");
	assert_int_equal(scenes.v[0].end_us, start + 1000000); /* until the other covers it */
	assert_int_equal(scenes.v[0].fade_us, 0);              /* and whole until then */
	assert_string_equal(scenes.v[1].entries[0].effect->name, "plasma");
	assert_int_equal(scenes.v[1].start_us, start);
	assert_int_equal(scenes.v[1].end_us, GLOW_NEVER);
	assert_int_equal(scenes.v[1].fade_us, 1000000);
	pass(2 * SECOND);
	assert_int_equal(count(SCENES), 2);
	pass(SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_string_equal(scenes.v[0].entries[0].effect->name, "plasma");
}

/* Replaced while it fades in: it goes on doing so, and only then loses its fade. */
static void test_replaced_in_its_fade(void **state)
{
	(void)state;
	tell(PLAY, "{\"effect\":\"fire\",\"fade_ms\":3000}");
	pass(SECOND);
	tell(PLAY, "{\"effect\":\"plasma\",\"fade_ms\":5000}");
	read_scenes();
	assert_int_equal(scenes.v[0].fade_us, 3000000);
	pass(2 * SECOND + 300 * MS);
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_int_equal(scenes.v[0].fade_us, 0);
	assert_int_equal(scenes.v[1].fade_us, 5000000);
	assert_int_equal(scenes.edition.rev, 4);
}

/* Four times, three of them in a moment: the first of these is told before its answer, the next never begins to show.
 */
static void test_replaced_before_it_begins(void **state)
{
	(void)state;
	tell(PLAY, "fire");
	pass(10 * SECOND);
	hear((struct glow_message){ .topic = PLAY, .payload = "plasma", .len = 6 });
	assert_int_equal(count(SCENES), 2);
	hear((struct glow_message){ .topic = PLAY, .payload = "rainbow", .len = 7 });
	assert_int_equal(count(SCENES), 2);
	tell(PLAY, "sparkle");
	assert_int_equal(count(SCENES), 3);
	read_scenes();
	assert_int_equal(scenes.n, 3);
	assert_string_equal(scenes.v[0].entries[0].effect->name, "fire");
	assert_string_equal(scenes.v[1].entries[0].effect->name, "plasma");
	assert_string_equal(scenes.v[2].entries[0].effect->name, "sparkle");
}

static void test_other_ids_play_on(void **state)
{
	(void)state;
	tell(PLAY, "fire");
	tell(PLAY, "{\"effect\":\"plasma\",\"id\":\"door\",\"target\":{\"nodes\":[\"door\"]}}");
	pass(10 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_int_equal(scenes.v[0].end_us, GLOW_NEVER);
	assert_int_equal(scenes.v[1].end_us, GLOW_NEVER);
}

static void test_stop(void **state)
{
	(void)state;
	tell(PLAY, "fire");
	tell(PLAY, "{\"effect\":\"plasma\",\"id\":\"door\"}");
	pass(10 * SECOND);
	ask(STOP, "{\"id\":\"door\",\"fade_ms\":700}");
	assert_true(said(ANSWER, "\"status\":\"ok\"") && said(ANSWER, "\"id\":\"door\""));
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_int_equal(scenes.v[0].end_us, GLOW_NEVER);
	assert_int_equal(scenes.v[1].end_us, now.us + 250000 + 700000);
	assert_int_equal(scenes.v[1].fade_us, 700000);
	assert_int_equal(number(ANSWER, "at_us"), scenes.v[1].end_us);
	ask(STOP, "");
	read_scenes();
	assert_int_equal(scenes.v[0].end_us, now.us + 250000);
	assert_int_equal(scenes.v[0].fade_us, 0);
	assert_int_equal(scenes.v[1].end_us, now.us + 250000); /* sooner than it was to end */
	pass(3 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 0);
	forget();
	ask(STOP, "");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	assert_int_equal(count(SCENES), 0);
}

/* Whoever has one topic for a choice of scenes can choose none of them. */
static void test_play_none(void **state)
{
	(void)state;
	ask(PLAY, "rainbow");
	ask(PLAY, "{\"effect\":\"fire\",\"id\":\"b\"}");
	pass(3 * SECOND);
	ask(PLAY, "{\"effect\":\"None\",\"fade_ms\":100}");
	assert_true(said(ANSWER, "\"status\":\"ok\"") && said(ANSWER, "\"id\":\"main\""));
	assert_int_equal(number(ANSWER, "at_us"), now.us + 350000);
	pass(3 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_string_equal(scenes.v[0].id, "b");
	ask(PLAY, "{\"effect\":\"none\"}"); /* there is none already */
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	ask(PLAY, "{\"effect\":\"none\",\"id\":\"b\",\"fade_ms\":-1}");
	assert_true(said(ANSWER, "\"out_of_range\"") && said(ANSWER, "\"fade_ms\""));
	ask(PLAY, "{\"effect\":\"none\",\"id\":7}");
	assert_true(said(ANSWER, "\"bad_type\"") && said(ANSWER, "\"field\":\"id\""));
	ask(PLAY, "{\"effect\":\"none\"");
	assert_true(said(ANSWER, "\"bad_json\""));
	deliver((struct glow_message){ .topic = PLAY,
				       .payload = "{\"effect\":\"none\",\"id\":\"b\"}",
				       .len = strlen("{\"effect\":\"none\",\"id\":\"b\"}"),
				       .retained = true });
	pass(3 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	ask(PLAY, "{\"effect\":\"none\",\"id\":\"b\"}");
	ask(PLAY, "rainbow");
	pass(3 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	ask(PLAY, "nones");
	ask(PLAY, "none fire");
	pass(3 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	ask(PLAY, " None\r\n");
	assert_true(said(ANSWER, "\"status\":\"ok\"") && said(ANSWER, "\"id\":\"main\""));
	pass(3 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 0);
}

static void test_stop_before_the_start(void **state)
{
	char play[200];

	(void)state;
	snprintf(play, sizeof(play), "{\"effect\":\"fire\",\"start_us\":%" PRId64 "}", now.us + 60000000);
	tell(PLAY, play);
	tell(STOP, "");
	read_scenes();
	assert_int_equal(scenes.n, 0);
}

/* ---- refusals ---- */

static void refuse(const char *topic, const char *payload, const char *code, const char *field)
{
	char where[80];

	forget();
	ask(topic, payload);
	snprintf(where, sizeof(where), "\"code\":\"%s\",\"field\":\"%s\"", code, field);
	assert_true(said(ANSWER, "\"status\":\"error\"") && said(ANSWER, where));
	assert_string_equal(last(ERROR), last(ANSWER)); /* what everybody is told */
	assert_true(find(ERROR)->qos == 0 && !find(ERROR)->retained);
	assert_int_equal(n_sent, 2);
}

static void test_refusals(void **state)
{
	static char large[9000];

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	refuse(PLAY, "nonsense", "unknown_effect", "effect");
	refuse(PLAY, "{\"effect\":\"fire\",\"fade_ms\":-1}", "out_of_range", "fade_ms");
	refuse(PLAY, "{", "bad_json", "");
	refuse(PLAY, large, "too_large", "");
	refuse(STOP, "{\"id\":5}", "bad_type", "id");
	refuse(STOP, "{\"id\":\"nobody\"}", "out_of_range", "id");
	refuse("glow/dim/set", "{\"brightness\":300}", "out_of_range", "brightness");
	refuse("glow/dim/set", "{\"brightness\":3,\"until_us\":5}", "out_of_range", "until_us");
	refuse("glow/all/set", "{\"brightness\":300}", "out_of_range", "brightness");
	refuse("glow/group/g/notify", "{\"ttl_s\":0}", "out_of_range", "ttl_s");
	refuse("glow/all/set", large, "too_large", "");
}

/* Who has no response topic, as with MQTT 3.1.1, learns of it too; and of what is good there is nothing to learn. */
/* promise: mistakes-are-named */
static void test_refusals_without_answer(void **state)
{
	(void)state;
	tell(PLAY, "nonsense");
	assert_true(said(ERROR, "\"code\":\"unknown_effect\""));
	assert_int_equal(n_sent, 1);
	tell("glow/all/set", "rad");
	assert_true(said(ERROR, "did you mean \\\"red\\\"?"));
	assert_int_equal(n_sent, 2);
	tell(PLAY, "red");
	tell("glow/all/set", "red");
	assert_int_equal(count(ERROR), 2);
}

/* ---- names that nobody has ---- */

static void member(const char *id, const char *groups, bool online)
{
	const struct glow_raw whenever = { 0 };
	char text[200];

	snprintf(text, sizeof(text), "{\"id\":\"%s\",\"groups\":[%s],\"shape\":\"blinkt\",\"pixels\":8}", id, groups);
	assert_true(glow_members_info(&members, id, text, strlen(text), &diag));
	glow_members_availability(&members, id, online, whenever);
}

static void three_members(void)
{
	member("pi1", "\"odd\"", true);
	member("pi2", "\"even\"", true);
	member("pi3", "\"odd\",\"off\"", false);
}

/* A scene for nobody leaves what plays alone. */
/* promise: whole-or-not, never-ok-for-nothing */
static void test_unknown_in_a_scene(void **state)
{
	(void)state;
	three_members();
	tell(PLAY, "fire");
	refuse(PLAY, "{\"effect\":\"rainbow\",\"target\":{\"nodes\":[\"pi9\"]}}", "unknown_target", "target.nodes.0");
	assert_true(said(ANSWER, "\"id\":\"main\"")); /* what was not played */
	refuse(PLAY, "{\"effect\":\"rainbow\",\"target\":{\"groups\":[\"odd\",\"evn\"]}}", "unknown_target",
	       "target.groups.1");
	assert_true(said(ANSWER, "did you mean \\\"even\\\"?"));
	refuse(PLAY, "{\"effect\":\"rainbow\",\"absent\":false,\"target\":{\"nodes\":[\"pi9\"]}}", "unknown_target",
	       "target.nodes.0");
	refuse(PLAY, "{\"effect\":\"rainbow\",\"absent\":1,\"target\":{\"nodes\":[\"pi9\"]}}", "bad_type", "absent");
	assert_int_equal(requests.scenes.n, 1);
	assert_string_equal(requests.scenes.v[0].entries->effect->name, "fire");
	ask(PLAY, "{\"effect\":\"rainbow\",\"absent\":true,\"target\":{\"nodes\":[\"pi9\"]}}");
	read_scenes();
	assert_string_equal(scenes.v[scenes.n - 1].target.ids[0], "pi9");
	assert_null(strstr(last(SCENES), "absent"));
	assert_int_equal(number(ANSWER, "nodes"), 0);
}

/* Nobody listens there, so it is for the conductor to say. */
/* promise: never-ok-for-nothing */
static void test_unknown_group(void **state)
{
	(void)state;
	three_members();
	refuse("glow/group/evn/set", "red", "unknown_target", "");
	assert_true(said(ANSWER, "did you mean \\\"even\\\"?"));
	refuse("glow/group/evn/notify", "identify", "unknown_target", "");
	refuse("glow/group/evn/set", "rad", "unknown_effect", "effect"); /* what is wrong first */
	refuse("glow/group/even/set", "{\"absent\":\"yes\"}", "bad_type", "absent");
	forget();
	ask("glow/group/evn/set", "{\"color\":\"red\",\"absent\":true}");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	assert_int_equal(number(ANSWER, "nodes"), 0);
	assert_true(said("glow/group/evn/apply", "\"cmd\":{\"color\":\"red\"}"));
}

/* On how many nodes it shows. */
static void test_nodes_of_an_answer(void **state)
{
	static const struct {
		const char *topic, *payload;
		int nodes;
	} rows[] = {
		{ PLAY, "fire", 2 },
		{ PLAY, "{\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi1\",\"pi3\"]}}", 1 },
		{ PLAY, "{\"effect\":\"fire\",\"target\":{\"groups\":[\"odd\",\"even\"]}}", 2 },
		{ "glow/all/set", "red", 2 },
		{ "glow/group/odd/set", "red", 1 },
		{ "glow/group/off/notify", "identify", 0 }, /* there, but offline */
	};

	(void)state;
	three_members();
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		ask(rows[k].topic, rows[k].payload);
		assert_true(said(ANSWER, "\"status\":\"ok\""));
		assert_int_equal(number(ANSWER, "nodes"), rows[k].nodes);
	}
}

static void come(const char *id, const char *group)
{
	char info[300];

	snprintf(info, sizeof(info),
		 "{\"id\":\"%s\",\"pixels\":8,\"layout\":\"row\",\"version\":\"0\",\"groups\":[\"%s\"]}", id, group);
	assert_true(glow_members_info(&members, id, info, strlen(info), &diag));
	glow_members_availability(&members, id, true, (struct glow_raw){ 0 });
}

static uint32_t eight_hundred(void *ctx)
{
	(void)ctx;
	return 800;
}

/* Scenes that begin together wait until all of their nodes know their places, each of them once. */
static void test_aimed(void **state)
{
	char left[1][GLOW_NAME_SIZE] = { "left" }, right[1][GLOW_NAME_SIZE] = { "right" };
	char ids[2][GLOW_NAME_SIZE] = { "l1", "r1" };
	struct glow_scene v[] = {
		{ .cluster = true, .target = { GLOW_TARGET_GROUPS, 1, left } },
		{ .cluster = true, .target = { GLOW_TARGET_GROUPS, 1, right } },
		{ .cluster = true, .target = { GLOW_TARGET_NODES, 2, ids } },
		{ .cluster = true, .target = { GLOW_TARGET_ALL } },
		{ .cluster = false, .target = { GLOW_TARGET_GROUPS, 1, right } },
	};

	(void)state;
	come("l1", "left");
	come("l2", "left");
	come("l3", "left");
	come("r1", "right");
	come("r2", "right");
	come("other", "up");
	assert_int_equal(glow_requests_aimed(&requests, &(struct glow_scenes){ .n = 1, .v = v }), 3);
	assert_int_equal(glow_requests_aimed(&requests, &(struct glow_scenes){ .n = 5, .v = v }), 5);
	assert_int_equal(glow_requests_aimed(&requests, &(struct glow_scenes){ .n = 2, .v = v + 3 }), 0);
	glow_members_availability(&members, "l2", false, (struct glow_raw){ 0 });
	assert_int_equal(glow_requests_aimed(&requests, &(struct glow_scenes){ .n = 3, .v = v }), 4);
	requests.waiting = eight_hundred; /* others are told first */
	assert_int_equal(glow_requests_aimed(&requests, &(struct glow_scenes){ .n = 3, .v = v }), 804);
	assert_int_equal(glow_requests_aimed(&requests, &(struct glow_scenes){ .n = 2, .v = v + 3 }), 0);
	ask(PLAY, "{\"effect\":\"fire\",\"target\":{\"groups\":[\"left\"]}}");
	assert_int_equal(number(ANSWER, "start_us"), now.us + AHEAD + 80 * MS);
}

/* promise: never-ok-for-nothing */
static void test_unknown_scene(void **state)
{
	(void)state;
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"evening\"}");
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"morning\"}");
	refuse(STOP, "{\"id\":\"mornign\"}", "out_of_range", "id");
	assert_true(said(ANSWER, "no scene \\\"mornign\\\" plays; did you mean \\\"morning\\\"?"));
	assert_true(said(ANSWER, "\"id\":\"mornign\""));
	refuse(STOP, "{\"id\":\"noon\"}", "out_of_range", "id");
	assert_false(said(ANSWER, "mean"));
}

/* promise: nothing-stale */
static void test_retained_commands(void **state)
{
	static const char *const topics[] = { PLAY, STOP, "glow/dim/set", "glow/all/set", "glow/group/g/notify" };

	(void)state;
	for (size_t k = 0; k < sizeof(topics) / sizeof(topics[0]); k++) {
		struct glow_message m = {
			.topic = topics[k], .payload = "red", .len = 3, .retained = true, .response_topic = ANSWER
		};

		forget();
		deliver(m);
		assert_true(said(ANSWER, "\"code\":\"retained\"") && said(ERROR, "\"code\":\"retained\""));
		assert_int_equal(n_sent, 2);
		m.len = 0; /* cleared */
		deliver(m);
		assert_int_equal(n_sent, 2);
	}
}

static void test_answer_topics(void **state)
{
	struct glow_message m = { .topic = PLAY, .payload = "fire", .len = 4 };

	(void)state;
	m.response_topic = "glow/conductor/info";
	deliver(m);
	assert_int_equal(count("glow/conductor/info"), 0);
	m.response_topic = "glow/answer/7";
	deliver(m);
	assert_int_equal(count("glow/answer/7"), 1);
}

/* promise: bounds */
static void test_too_many_scenes(void **state)
{
	char play[100];

	(void)state;
	for (int k = 0; k < GLOW_SCENES_MAX; k++) {
		snprintf(play, sizeof(play), "{\"effect\":\"fire\",\"id\":\"s%d\",\"duration_s\":%d}", k, 10 + k);
		tell(PLAY, play);
	}
	read_scenes();
	assert_int_equal(scenes.n, GLOW_SCENES_MAX);
	refuse(PLAY, "fire", "out_of_range", "");
	pass(12 * SECOND);
	ask(PLAY, "fire");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
}

/* Thirty a second, each with a fade: every one is taken up, and the last is what plays in the end. */
static void drag(int n, int64_t every_us, const char *id)
{
	char play[100];

	for (int k = 0; k < n; k++) {
		snprintf(play, sizeof(play), "{\"color\":\"#0000%02x\",\"id\":\"%s\",\"fade_ms\":3000}", k % 256, id);
		ask(PLAY, play);
		assert_true(said(ANSWER, "\"status\":\"ok\""));
		pass(every_us);
	}
}

static void ends_with(const char *id, int n)
{
	pass(10 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, n);
	assert_string_equal(scenes.v[n - 1].id, id);
}

/* promise: newest-wins */
static void test_dragged(void **state)
{
	(void)state;
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"other\"}");
	pass(5 * SECOND);
	drag(120, SECOND / 30, "slider");
	assert_int_equal(requests.scenes.n, GLOW_SCENES_MAX); /* the control: there was no room */
	assert_string_equal(requests.scenes.v[0].id, "other");
	ends_with("slider", 2);
	assert_int_equal(scenes.v[1].entries[0].color.b, 119);
	drag(1000, 0, "slider");
	ends_with("slider", 2);
	assert_int_equal(scenes.v[1].entries[0].color.b, 999 % 256);
}

/* ... also where as many others play as there may be. */
/* promise: newest-wins */
static void test_dragged_among_many(void **state)
{
	char play[60];

	(void)state;
	for (int k = 0; k < GLOW_SCENES_MAX - 1; k++) {
		snprintf(play, sizeof(play), "{\"effect\":\"fire\",\"id\":\"s%d\"}", k);
		tell(PLAY, play);
	}
	drag(60, SECOND / 30, "slider");
	ends_with("slider", GLOW_SCENES_MAX);
	assert_int_equal(scenes.v[GLOW_SCENES_MAX - 1].entries[0].color.b, 59);
	assert_string_equal(scenes.v[0].id, "s0");
	refuse(PLAY, "{\"effect\":\"fire\",\"id\":\"one too many\"}", "out_of_range", "");
}

/* However long it is: what it replaces gives way. */
static void test_long_ones_replayed(void **state)
{
	static char play[8192];
	size_t at = (size_t)snprintf(play, sizeof(play), "{\"id\":\"long\",\"fade_ms\":60000,\"playlist\":[");

	(void)state;
	for (int k = 0; k < 120; k++)
		at += (size_t)snprintf(play + at, sizeof(play) - at, "%s{\"effect\":\"morse\",\"duration_s\":1}",
				       k ? "," : "");
	snprintf(play + at, sizeof(play) - at, "],\"loop\":true}");
	for (int k = 0; k < 20; k++) {
		ask(PLAY, play);
		assert_true(said(ANSWER, "\"status\":\"ok\""));
		assert_true(strlen(last(SCENES)) <= 262144);
		pass(SECOND);
	}
	read_scenes();
	assert_in_range(scenes.n, 2, 19); /* the control: not all have room */
}

/* Many long playlists would make a message that no broker takes. */
static void test_too_much_to_play(void **state)
{
	static char play[8192];
	int n = 0;

	(void)state;
	for (; n < GLOW_SCENES_MAX && !said(ANSWER, "too_large"); n++) {
		size_t at = (size_t)snprintf(play, sizeof(play), "{\"id\":\"s%d\",\"playlist\":[", n);

		for (int k = 0; k < 120; k++)
			at += (size_t)snprintf(play + at, sizeof(play) - at,
					       "%s{\"effect\":\"morse\",\"duration_s\":1}", k ? "," : "");
		snprintf(play + at, sizeof(play) - at, "],\"loop\":true}");
		ask(PLAY, play);
		assert_true(strlen(last(SCENES)) <= 262144);
	}
	assert_in_range(n, 5, GLOW_SCENES_MAX - 1);
	read_scenes();
	assert_int_equal(scenes.n, n - 1);
	ask(PLAY, "fire"); /* a small one still fits */
	assert_true(said(ANSWER, "\"status\":\"ok\""));
}

/* ---- commands for many ---- */

static void test_apply(void **state)
{
	uint32_t of = glow_command_hash("glow/all/set", "red breathe", 11);
	char text[40];

	(void)state;
	ask("glow/all/set", "red breathe");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	assert_int_equal(number(ANSWER, "at_us"), now.us + 250000);
	assert_int_equal(number("glow/all/apply", "at_us"), now.us + 250000);
	snprintf(text, sizeof(text), "\"of\":\"%08x\"", of);
	assert_true(said("glow/all/apply", text));
	assert_int_equal(number("glow/all/apply", "seed"), of);
	assert_true(said("glow/all/apply", "\"kind\":\"set\""));
	assert_true(said("glow/all/apply", "\"cmd\":{\"color\":\"red\",\"effect\":\"breathe\"}"));
	assert_true(find("glow/all/apply")->qos == 1 && !find("glow/all/apply")->retained);
	assert_int_equal(count("glow/all/apply"), 1);
	assert_int_equal(count(ANSWER), 1);
	ask("glow/group/door/notify", "identify");
	assert_true(said("glow/group/door/apply", "\"kind\":\"notify\""));
	forget();
	ask("glow/all/set", ""); /* the nodes answer that */
	assert_int_equal(n_sent, 0);
}

/* A group's toggle: any on, all off. */
static void test_apply_toggle(void **state)
{
	static const struct {
		enum glow_lit lit;
		const char *state;
		enum glow_lit made;
	} table[] = {
		{ GLOW_LIT_SOME, "OFF", GLOW_LIT_NONE },
		{ GLOW_LIT_NONE, "ON", GLOW_LIT_SOME },
		{ GLOW_LIT_UNKNOWN, "TOGGLE", GLOW_LIT_UNKNOWN }, /* each by itself */
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		char cmd[60];

		lit = table[k].lit;
		tell("glow/group/door/set", "toggle 40%");
		snprintf(cmd, sizeof(cmd), "\"cmd\":{\"state\":\"%s\",\"brightness\":102}", table[k].state);
		assert_true(said("glow/group/door/apply", cmd));
		assert_int_equal(made, table[k].made);
	}
	lit = GLOW_LIT_SOME;
	tell("glow/all/set", "red");
	assert_true(said("glow/all/apply", "\"cmd\":{\"color\":\"red\"}"));
	assert_int_equal(made, GLOW_LIT_SOME);
	tell("glow/all/set", "off");
	assert_int_equal(made, GLOW_LIT_NONE);
	tell("glow/all/set", "40%");
	assert_int_equal(made, GLOW_LIT_SOME);
	tell("glow/all/set", "0%");
	assert_int_equal(made, GLOW_LIT_NONE);
	tell("glow/all/set", "{\"state\":\"ON\",\"brightness\":0}");
	assert_int_equal(made, GLOW_LIT_NONE);
	tell("glow/all/set", "{\"transition\":1}");
	assert_int_equal(made, GLOW_LIT_UNKNOWN);
	tell("glow/all/set", "{\"state\":\"OFF\",\"at_us\":1}");
	assert_int_equal(made, GLOW_LIT_UNKNOWN); /* not in a moment */
	tell("glow/all/notify", "red");
	assert_int_equal(made, GLOW_LIT_UNKNOWN);
	lit = GLOW_LIT_UNKNOWN;
}

/* In words that nodes of an older version know as well. */
static void test_apply_plain(void **state)
{
	static const struct {
		const char *payload, *cmd;
	} table[] = {
		{ "{\"state\":\"on\",\"brightness\":82.5,\"color\":null}", "{\"state\":\"ON\",\"brightness\":83}" },
		{ "{\"color\":{\"h\":120,\"s\":100},\"bri\":3}", "{\"color\":{\"r\":0,\"g\":255,\"b\":0}}" },
		{ "{\"color\":{\"r\":0.5,\"g\":255,\"b\":0,\"w\":3}}", "{\"color\":{\"r\":1,\"g\":255,\"b\":0}}" },
		{ "{\"color_temp\":1000}", "{\"color\":{\"r\":255,\"g\":116,\"b\":0}}" },
		{ "{\"color\":\"red\",\"color_temp\":1000}", "{\"color\":\"red\"}" },
		{ "{\"brightness_pct\":50,\"brightness_step\":3}", "{\"brightness\":128}" },
		{ "{\"brightness_step\":-3}", "{\"brightness_step\":-3}" },
		{ "{\"effect\":\"None\",\"transition\":0.5}", "{\"effect\":\"solid\",\"transition\":0.5}" },
		{ "{\"effect\":\"auto\"}", "{\"effect\":\"auto\"}" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		char cmd[100];

		tell("glow/all/set", table[k].payload);
		snprintf(cmd, sizeof(cmd), "\"cmd\":%s}", table[k].cmd);
		if (!said("glow/all/apply", cmd))
			fail_msg("%s: %s", table[k].payload, last("glow/all/apply"));
	}
}

static void test_ignored(void **state)
{
	(void)state;
	ask("glow/all/set", "{\"state\":\"ON\",\"bri\":3}");
	assert_true(said(ANSWER, "\"ignored\":[\"bri\"]") && said(ANSWER, "\"status\":\"ok\""));
	ask(PLAY, "{\"effect\":\"fire\",\"bri\":3}");
	assert_true(said(ANSWER, "\"ignored\":[\"bri\"]"));
	ask(STOP, "{\"fade_ms\":3,\"bri\":3}");
	assert_true(said(ANSWER, "\"ignored\":[\"bri\"]"));
	ask("glow/dim/set", "{\"brightness\":3,\"bri\":3}");
	assert_true(said(ANSWER, "\"ignored\":[\"bri\"]"));
	ask("glow/dim/set", "{\"bri\":3}");
	assert_true(said(ANSWER, "unknown_field"));
	ask("glow/dim/set", "{\"brightness\":3}"); /* control */
	assert_false(said(ANSWER, "ignored"));
}

static void test_apply_at(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "{\"color\":\"red\",\"at_us\":%" PRId64 "}", now.us + 5000000);
	ask("glow/all/set", command);
	assert_int_equal(number("glow/all/apply", "at_us"), now.us + 5000000);
	assert_true(said("glow/all/apply", "\"cmd\":{\"color\":\"red\"}"));
	assert_int_equal(number(ANSWER, "at_us"), now.us + 5000000);
	snprintf(command, sizeof(command), "{\"color\":\"red\",\"at_us\":%" PRId64 "}", now.us + 5000);
	ask("glow/all/set", command); /* sooner than all can hear of it */
	assert_int_equal(number("glow/all/apply", "at_us"), now.us + 250000);
	snprintf(command, sizeof(command), "{\"color\":\"red\",\"at_us\":%" PRId64 "}", now.us + 61000000);
	refuse("glow/all/set", command, "out_of_range", "at_us");
}

/* Any board's LEDs and lengths will do: each node judges for itself. */
static void test_apply_for_any_board(void **state)
{
	(void)state;
	ask("glow/all/set", "{\"leds\":{\"arm1.red\":9}}");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	ask("glow/all/set", "{\"params\":{\"period_ms\":4000}}");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	refuse("glow/all/set", "{\"leds\":{\"elbow\":9}}", "unknown_led", "leds.elbow");
}

/* ---- the master dimmer ---- */

static void test_dim(void **state)
{
	char dim[100];

	(void)state;
	ask("glow/dim/set", "40%");
	assert_true(said(DIM, "{\"brightness\":102,\"until_us\":null,"));
	assert_true(find(DIM)->retained && find(DIM)->qos == 1);
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	pass(SECOND);
	snprintf(dim, sizeof(dim), "{\"brightness\":0,\"until_us\":%" PRId64 "}", now.us + 5000000);
	ask("glow/dim/set", dim);
	assert_int_equal(number(DIM, "until_us"), now.us + 5000000);
	pass(5 * SECOND - 10 * MS);
	assert_int_equal(count(DIM), 2);
	pass(10 * MS);
	assert_true(said(DIM, "{\"brightness\":255,\"until_us\":null,"));
}

/* ---- what is kept ---- */

#define KEPT(clock, term, rev, id)                                                                                 \
	"{\"clock_id\":\"" clock "\",\"term\":" term ",\"rev\":" rev ",\"scenes\":[{\"id\":\"" id "\",\"effect\":" \
	"\"fire\",\"params\":{},\"color\":\"#ffffff\",\"brightness\":255,\"target\":null,\"span\":\"cluster\","    \
	"\"start_us\":1699999999000000,\"end_us\":null,\"fade_ms\":0,\"seed\":9,\"take\":true}]}"

#define OURS  "feedbeef01234567"
#define THEIR "0000000000000001"

static bool holds(const char *id)
{
	return requests.scenes.n == 1 && strcmp(requests.scenes.v[0].id, id) == 0;
}

/* (term, rev) only ever rises, unless another clock begins. */
static void test_restores_what_is_newer(void **state)
{
	(void)state;
	tell(SCENES, KEPT(OURS, "3", "17", "a"));
	assert_true(holds("a"));
	tell(SCENES, KEPT(OURS, "3", "16", "b"));
	tell(SCENES, KEPT(OURS, "2", "99", "b"));
	assert_true(holds("a"));
	tell(SCENES, KEPT(OURS, "3", "17", "c"));
	assert_true(holds("c"));
	tell(SCENES, KEPT(OURS, "4", "1", "d"));
	assert_true(holds("d"));
	tell(SCENES, KEPT(THEIR, "1", "1", "e"));
	assert_true(holds("e"));
	tell(SCENES, KEPT(THEIR, "1", "4503599627370497", "f")); /* readers could not follow it when it goes on */
	assert_true(holds("e"));
	tell(SCENES, KEPT(THEIR, "1", "4503599627370496", "g"));
	assert_true(holds("g"));
	assert_int_equal(n_sent, 0);
}

static void test_skips_what_is_broken(void **state)
{
	(void)state;
	tell(SCENES, KEPT(OURS, "3", "17", "a"));
	tell(DIM, "{\"brightness\":99,\"until_us\":null}");
	tell(SCENES, "");
	tell(SCENES, "[");
	tell(SCENES, "{\"clock_id\":\"" OURS "\",\"term\":9,\"rev\":9,\"scenes\":[{}]}");
	tell(DIM, "");
	tell(DIM, "{\"brightness\":300}");
	assert_true(holds("a"));
	assert_int_equal(requests.dim.brightness, 99);
	tell(DIM, "{\"brightness\":98,\"until_us\":null}"); /* the control */
	assert_int_equal(requests.dim.brightness, 98);
}

static void test_opens_on_the_same_clock(void **state)
{
	(void)state;
	tell(SCENES, KEPT(OURS, "3", "17", "a"));
	tell(DIM, "{\"brightness\":9,\"until_us\":1900000000000000}");
	glow_requests_open(&requests, CLOCK, 4, false, now);
	read_scenes();
	assert_int_equal(scenes.edition.term, 4);
	assert_int_equal(scenes.edition.rev, 17); /* nothing is new */
	assert_true(said(DIM, "{\"brightness\":9,\"until_us\":1900000000000000,"));
	assert_int_equal(n_sent, 2);
}

static void test_opens_on_another_clock(void **state)
{
	(void)state;
	tell(SCENES, KEPT(THEIR, "3", "17", "a"));
	tell(DIM, "{\"brightness\":9,\"until_us\":1900000000000000}");
	glow_requests_open(&requests, CLOCK, 4, true, now);
	read_scenes();
	assert_int_equal(scenes.edition.clock_id, CLOCK);
	assert_int_equal(scenes.edition.rev, 18);
	assert_int_equal(scenes.n, 1);
	assert_true(said(DIM, "{\"brightness\":255,\"until_us\":null,")); /* nobody knows when it would end */
}

static void test_opens_without_what_has_ended(void **state)
{
	(void)state;
	tell(PLAY, "{\"effect\":\"fire\",\"duration_s\":10}");
	forget();
	now.us += 100 * SECOND;
	glow_requests_open(&requests, CLOCK, 2, false, now);
	read_scenes();
	assert_int_equal(scenes.n, 0);
	assert_int_equal(scenes.edition.rev, 3);
}

/* Commands stay in their order; on a timeline that is behind the last one the order begins anew. */
static void test_order_of_commands(void **state)
{
	(void)state;
	ask("glow/all/set", "red");
	now.us -= 100 * SECOND;
	ask("glow/all/set", "blue");
	assert_int_equal(number(ANSWER, "at_us"), now.us + 100 * SECOND + AHEAD);
	glow_requests_open(&requests, CLOCK + 1, 2, true, now);
	ask("glow/all/set", "green");
	assert_int_equal(number(ANSWER, "at_us"), now.us + AHEAD);
}

/* Scenes that bring no seed each get another one. */
static void test_seeds(void **state)
{
	uint32_t first;

	(void)state;
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"a\"}");
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"b\"}");
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"c\",\"seed\":7}");
	first = requests.scenes.v[0].seed;
	assert_true(first != requests.scenes.v[1].seed);
	assert_int_equal(requests.scenes.v[2].seed, 7);
	glow_requests_fini(&requests);
	create();
	tell(PLAY, "fire");
	assert_int_equal(requests.scenes.v[0].seed, first); /* the same dice */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_play),
		TEST(test_scene_ends),
		TEST(test_scene_replaced),
		TEST(test_replaced_in_its_fade),
		TEST(test_replaced_before_it_begins),
		TEST(test_other_ids_play_on),
		TEST(test_stop),
		TEST(test_play_none),
		TEST(test_stop_before_the_start),
		TEST(test_refusals),
		TEST(test_refusals_without_answer),
		TEST(test_unknown_in_a_scene),
		TEST(test_unknown_group),
		TEST(test_nodes_of_an_answer),
		TEST(test_aimed),
		TEST(test_unknown_scene),
		TEST(test_retained_commands),
		TEST(test_answer_topics),
		TEST(test_too_many_scenes),
		TEST(test_dragged),
		TEST(test_dragged_among_many),
		TEST(test_long_ones_replayed),
		TEST(test_too_much_to_play),
		TEST(test_apply),
		TEST(test_apply_toggle),
		TEST(test_apply_plain),
		TEST(test_ignored),
		TEST(test_apply_at),
		TEST(test_apply_for_any_board),
		TEST(test_dim),
		TEST(test_restores_what_is_newer),
		TEST(test_skips_what_is_broken),
		TEST(test_opens_on_the_same_clock),
		TEST(test_opens_on_another_clock),
		TEST(test_opens_without_what_has_ended),
		TEST(test_order_of_commands),
		TEST(test_seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
