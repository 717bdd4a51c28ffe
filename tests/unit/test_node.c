/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a node does as a whole: it comes and goes, takes commands and answers them, tells its state. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>
#include <glow/node.h>
#include <glow/time.h>

#include "../harness/lone_node.h"

/* ---- what it listens to ---- */

/* Topics that all nodes have in common are few: a broker goes through all who listen to one for each that comes. */
static void test_topics(void **state)
{
	static const char *const common[] = { "glow/all/set",     "glow/all/notify",    "glow/all/apply",
					      "glow/conductor/+", "glow/scene/current", "glow/dim/current" };
	char topic[GLOW_TOPIC_MAX + 1];
	bool retained;
	size_t n = 0;

	(void)state;
	create();
	for (size_t k = 0; glow_node_topic(node, k, topic, &retained); k++) {
		if (strstr(topic, "/node/") || strstr(topic, "/group/"))
			continue;
		assert_true(n < sizeof(common) / sizeof(common[0]));
		assert_string_equal(topic, common[n]);
		assert_int_equal(retained, n >= 3);
		n++;
	}
	assert_int_equal(n, sizeof(common) / sizeof(common[0]));
}

/* Where the common ones begin and how many there are: not the node's own. */
static void count_topic(const char *topic, size_t *own, size_t *common, bool own_first)
{
	bool is_own = strstr(topic, "/node/");

	if (is_own == own_first)
		assert_int_equal(is_own ? *common : *own, 0);
	*(is_own ? own : common) += 1;
}

/* The last ones of those that are live, the first ones of those that the broker keeps. */
static void test_common_topics(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];
	size_t own[3] = { 0 }, n[3] = { 0 };
	struct glow_node_common common;
	bool retained;

	(void)state;
	cfg.info.n_groups = 2;
	memcpy(cfg.info.groups[1], "attic", 6);
	memcpy(cfg.info.groups[0], "shelf", 6);
	create();
	for (size_t k = 0; glow_node_topic(node, k, topic, &retained); k++)
		count_topic(topic, &own[retained], &n[retained], !retained);
	for (size_t k = 0; glow_node_wish(node, k, topic); k++)
		count_topic(topic, &own[2], &n[2], false);
	common = glow_node_common(node);
	assert_int_equal(common.topics, n[0]);
	assert_int_equal(common.retained, n[1]);
	assert_int_equal(common.wished, n[2]);
	assert_true(own[0] == 2 && n[0] == 9);
	assert_true(own[1] == 1 && n[1] == 3);
	assert_true(own[2] == 1 && n[2] == 2);
}

/* ---- beginning and end ---- */

static void test_create(void **state)
{
	(void)state;
	cfg.idle = "purplish";
	assert_int_equal(glow_node_create(&cfg, now, &node, &diag), -EINVAL);
	assert_int_equal(diag.code, GLOW_UNKNOWN_EFFECT);
	assert_null(node);
	cfg.idle = "blue 40%";
	create();
	assert_true(shows((struct glow_rgb){ 0, 0, 102 }));
	assert_false(glow_node_started(node));
	glow_node_start(node, now);
	assert_true(glow_node_started(node));
	tick();
	assert_int_equal(n_sent, 0);
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
}

static void test_idle_off(void **state)
{
	(void)state;
	cfg.idle = "off";
	bring_up();
	assert_true(shows(GLOW_BLACK));
	tell(SET, "red");
	assert_true(shows(RED));
	tell(SET, "auto");
	assert_true(shows(GLOW_BLACK));
	assert_true(said(STATE, "\"effect\":\"solid\""));
	pass(SECOND);
	assert_true(said(STATE, "\"effect\":\"auto\""));
}

/* `online` is said when everything else has been. */
static void test_connected(void **state)
{
	static const char *const order[] = { INFO, STATE, ONLINE };

	(void)state;
	create();
	online();
	assert_true(glow_node_started(node));
	assert_int_equal(n_sent, 3);
	for (int k = 0; k < 3; k++) {
		assert_string_equal(sent[k].topic, order[k]);
		assert_true(sent[k].retained);
		assert_int_equal(sent[k].qos, 1);
	}
	assert_string_equal(last(ONLINE), "online");
	assert_true(said(INFO, "\"id\":\"pi1\""));
	assert_true(said(STATE, "\"showing\":\"idle\""));
	/* Again after every reconnection. */
	glow_node_disconnected(node);
	forget();
	tell(SET, "red");
	pass(SECOND);
	assert_int_equal(count(STATE), 0);
	online();
	assert_int_equal(count(STATE), 1);
	assert_true(said(STATE, "\"r\":255,\"g\":0,\"b\":0"));
	assert_string_equal(sent[n_sent - 1].topic, ONLINE);
}

static int64_t published_catalogs(void)
{
	int n = 0;

	for (int k = 0; k < n_sent; k++)
		if (strncmp(sent[k].topic, "glow/effects/", 13) == 0) {
			assert_true(sent[k].retained);
			assert_int_equal(sent[k].qos, 1);
			n++;
		}
	return n;
}

/* The effects are told once for all nodes; info names what tells them. */
static void test_catalog(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1], name[GLOW_TOPIC_MAX + 32];

	(void)state;
	create();
	assert_true(glow_node_wish(node, 0, topic) && strncmp(topic, "glow/effects/", 13) == 0);
	snprintf(name, sizeof(name), "\"effects_hash\":\"%s\"", topic + 13);
	glow_node_start(node, now);
	glow_node_connected(node, now);
	assert_true(said(INFO, name) && !said(INFO, "rainbow"));
	assert_int_equal(published_catalogs(), 0);
	pass(5 * SECOND);
	assert_int_equal(published_catalogs(), 1);
	assert_true(said(topic, "rainbow"));
	/* Known to be there, it is not said again. */
	glow_node_disconnected(node);
	online();
	pass(5 * SECOND);
	assert_int_equal(published_catalogs(), 1);
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
}

/* A broker whose rules are older: info has the effects itself, as nodes of then had it. */
static void test_catalog_refused(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];

	(void)state;
	bring_up();
	assert_true(glow_node_wish(node, 1, topic) && strcmp(topic, "glow/effect") == 0);
	assert_true(glow_node_wish(node, 2, topic) && strcmp(topic, "glow/node/pi1/place") == 0);
	assert_false(glow_node_wish(node, 3, topic));
	assert_true(glow_node_wish(node, 0, topic));
	glow_node_refused(node, STATE);
	assert_int_equal(count(INFO), 0);
	glow_node_refused(node, topic);
	assert_int_equal(count(INFO), 1);
	assert_true(said(INFO, "\"effects\":[") && said(INFO, "rainbow") && !said(INFO, "effects_hash"));
	glow_node_problem(node, "no such chip", "gpiod");
	assert_true(said(INFO, "rainbow"));
	/* Another connection may be to a broker whose rules are not. */
	glow_node_disconnected(node);
	online();
	assert_true(said(INFO, "effects_hash") && !said(INFO, "rainbow"));
}

static void test_goodbye(void **state)
{
	(void)state;
	create();
	glow_node_goodbye(node);
	assert_int_equal(n_sent, 0);
	online();
	glow_node_goodbye(node);
	assert_string_equal(last(ONLINE), "offline");
	assert_true(sent[n_sent - 1].retained);
	glow_node_destroy(NULL);
}

/* A change that was taken is kept, also where its state still waits for its turn when the node ends. */
/* promise: light-survives */
static void test_last_state(void **state)
{
	int before;

	(void)state;
	bring_up();
	tell(SET, "red");
	tell(SET, "blue");
	assert_false(said(STATE, "\"b\":255"));
	before = n_sent;
	glow_node_goodbye(node);
	assert_int_equal(n_sent, before + 2);
	assert_true(said(STATE, "\"b\":255"));
	assert_string_equal(sent[n_sent - 1].payload, "offline");
	glow_node_goodbye(node); /* the control: there is nothing more to say */
	assert_int_equal(n_sent, before + 3);
}

static void test_problem_and_stats(void **state)
{
	struct glow_stats stats = { .fps = 60 };

	(void)state;
	bring_up();
	glow_node_problem(node, "no such chip", "gpiod");
	assert_int_equal(count(INFO), 1);
	assert_true(said(INFO, "no such chip") && said(INFO, "\"backend\":\"gpiod\""));
	glow_node_problem(node, "no such chip", "gpiod");
	assert_int_equal(count(INFO), 1);
	pass(SECOND);
	assert_true(said(STATE, "\"problem\":\"no such chip\""));
	tell(SET, "{\"state\":\"ON\",\"problem\":\"no such chip\"}"); /* what a node says can be sent to it */
	assert_int_equal(count(ERROR), 0);
	glow_node_problem(node, NULL, "gpiod");
	assert_int_equal(count(INFO), 2);
	assert_false(said(INFO, "problem"));
	pass(SECOND);
	assert_false(said(STATE, "problem"));
	glow_node_slots(node, 4);
	assert_int_equal(count(INFO), 3);
	assert_true(said(INFO, "\"slots_a_frame\":4"));
	pass(SECOND);
	assert_true(said(STATE, "\"slots_a_frame\":4"));
	glow_node_slots(node, 4);
	assert_int_equal(count(INFO), 3);
	tell(SET, "{\"state\":\"ON\",\"slots_a_frame\":4}");
	assert_int_equal(count(ERROR), 0);
	glow_node_slots(node, 1);
	assert_int_equal(count(INFO), 4);
	assert_false(said(INFO, "slots_a_frame"));
	pass(SECOND);
	assert_false(said(STATE, "slots_a_frame"));
	glow_node_stats(node, &stats);
	assert_true(said("glow/node/pi1/stats", "\"fps\":60"));
	assert_false(sent[n_sent - 1].retained);
	glow_node_disconnected(node);
	glow_node_stats(node, &stats);
	assert_int_equal(count("glow/node/pi1/stats"), 1);
}

/* ---- commands and answers ---- */

static void test_accepted(void **state)
{
	(void)state;
	bring_up();
	assert_true(shows(GLOW_WHITE));
	ask(SET, "{\"color\":\"red\",\"brightness\":128}", "reply/here");
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	assert_string_equal(last("reply/here"), "{\"status\":\"ok\",\"node\":\"pi1\"}");
	assert_string_equal(sent[0].correlation, "\1two");
	assert_false(sent[0].retained);
	assert_int_equal(count(STATE), 1);
	assert_true(said(STATE, "\"brightness\":128") && said(STATE, "\"showing\":\"light\""));
	assert_int_equal(count(ERROR), 0);
	/* Groups and all reach this node by topics of their own. */
	tell("glow/all/set", "blue");
	assert_true(shows((struct glow_rgb){ 0, 0, 128 }));
	tell("glow/group/shelf/set", "100%");
	assert_true(shows(BLUE));
	tell("glow/node/pi1/unknown", "red");
	assert_true(shows(BLUE));
}

/* Taken whole or not at all, answered, told to everybody, and without a word on the state. */
static void test_rejected(void **state)
{
	static const char want[] = "{\"status\":\"error\",\"node\":\"pi1\",\"code\":\"out_of_range\","
				   "\"field\":\"brightness\",\"message\":\"must be 0..255, got 300\"}";

	(void)state;
	bring_up();
	ask(SET, "{\"color\":\"red\",\"brightness\":300}", "reply/here");
	assert_true(shows(GLOW_WHITE));
	assert_string_equal(last("reply/here"), want);
	assert_string_equal(last(ERROR), want);
	pass(SECOND);
	assert_int_equal(count(STATE), 0);
	tell(SET, "{\"color\":\"red\",\"brightness\":300}");
	assert_int_equal(count("reply/here"), 1);
	assert_int_equal(count(ERROR), 2);
	tell(SET, "{\"brightness\":");
	assert_true(said(ERROR, "\"code\":\"bad_json\""));
	tell(SET, "nonsense");
	assert_true(said(ERROR, "\"code\":\"unknown_effect\""));
	assert_false(said(ERROR, "\"code\":\"bad_json\""));
}

static void test_response_topics(void **state)
{
	(void)state;
	bring_up();
	ask(SET, "red", "glow/node/pi2/set"); /* not where the asker may not write */
	assert_int_equal(count("glow/node/pi2/set"), 0);
	assert_true(shows(RED)); /* the command itself is fine */
	ask(SET, "blue", "glow/answer/7");
	assert_int_equal(count("glow/answer/7"), 1);
	ask(SET, "blue", "reply/+/x");
	ask(SET, "blue", "glow");
	ask(SET, "blue", "");
	pass(SECOND);
	assert_int_equal(n_sent, 1 + count(STATE));
	ask(SET, "nonsense", "glow/node/pi2/set");
	assert_int_equal(count("glow/node/pi2/set"), 0);
	assert_int_equal(count(ERROR), 1);
}

static void test_retained_command(void **state)
{
	struct glow_message m = { .topic = SET, .payload = "red", .len = 3, .retained = true, .response_topic = "r" };

	(void)state;
	bring_up();
	deliver(m);
	assert_true(shows(GLOW_WHITE));
	assert_true(said(ERROR, "\"code\":\"retained\"") && said("r", "\"code\":\"retained\""));
	m.topic = NOTIFY;
	deliver(m);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(count(ERROR), 2);
	m.len = 0; /* somebody clears it: no fault, and no question either */
	deliver(m);
	assert_int_equal(count(ERROR), 2);
	assert_int_equal(count(STATE), 0);
	m = (struct glow_message){ .topic = SET, .payload = "red", .len = 3 };
	deliver(m);
	assert_true(shows(RED));
	assert_int_equal(count(ERROR), 2);
}

/* A payload is its bytes: no NUL follows it. */
static void test_bytes(void **state)
{
	char *exact = malloc(3); /* no room for a NUL */

	(void)state;
	bring_up();
	memcpy(exact, "red", 3);
	deliver((struct glow_message){ .topic = SET, .payload = exact, .len = 3 });
	free(exact);
	assert_true(shows(RED));
	deliver((struct glow_message){ .topic = SET, .payload = "blue\0", .len = 5 });
	assert_true(shows(RED));
	assert_true(said(ERROR, "bad_encoding"));
}

static void test_query(void **state)
{
	(void)state;
	bring_up();
	ask(SET, "", "r");
	assert_int_equal(count(STATE), 1);
	assert_true(said("r", "ok"));
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_int_equal(count(STATE), 1);
}

/* ON gives light, and what shows nothing says OFF. */
static void test_dark(void **state)
{
	(void)state;
	cfg.idle = "off";
	bring_up();
	tell(SET, "");
	assert_true(said(STATE, "\"state\":\"OFF\",\"dark\":true") && said(STATE, "\"showing\":\"idle\""));
	pass(SECOND);
	tell(SET, "on");
	assert_true(shows(GLOW_WHITE));
	assert_true(said(STATE, "\"state\":\"ON\"") && said(STATE, "\"effect\":\"solid\""));
	assert_false(said(STATE, "dark"));
	pass(SECOND);
	tell(SET, "red 40%");
	tell(SET, "auto");
	pass(SECOND);
	assert_true(said(STATE, "\"dark\":true") && said(STATE, "\"brightness\":102"));
	tell(SET, "{\"brightness\":128,\"transition\":2}"); /* fades in, in the light's colour */
	assert_true(shows(GLOW_BLACK));
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 64, 0, 0 }));
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
}

static void test_brightness_of_auto(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "40%");
	assert_true(shows((struct glow_rgb){ 102, 102, 102 }));
	assert_true(said(STATE, "\"effect\":\"auto\"") && said(STATE, "\"showing\":\"idle\""));
	tell(SET, "off");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "on");
	assert_true(shows((struct glow_rgb){ 102, 102, 102 }));
}

/* ---- what is said of the state ---- */

/* promise: newest-wins */
static void test_state_rate(void **state)
{
	int64_t published = 0;
	int n = 0;

	(void)state;
	bring_up();
	for (int k = 0; k < 100; k++) {
		char text[40];
		int before = count(STATE);

		snprintf(text, sizeof(text), "{\"brightness\":%d}", k);
		tell(SET, text);
		if (count(STATE) > before) {
			assert_true(n == 0 || now - published >= GLOW_STATE_EVERY_US);
			published = now;
			n++;
		}
		now += 3000;
	}
	assert_true(n >= 5 && n <= 7);
	/* The last one always. */
	assert_false(said(STATE, "\"brightness\":99"));
	assert_int_equal(glow_node_next(node), published + GLOW_STATE_EVERY_US);
	now = glow_node_next(node);
	tick();
	assert_true(said(STATE, "\"brightness\":99"));
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
	n = count(STATE);
	pass(SECOND);
	assert_int_equal(count(STATE), n);
}

static void test_limited(void **state)
{
	(void)state;
	cfg.env.current_limit_ma = 250;
	bring_up();
	assert_false(shows(GLOW_WHITE));
	tick();
	assert_true(said(STATE, "\"limited\":true"));
	tell(SET, "red");
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(said(STATE, "\"limited\":false"));
}

static void test_pace(void **state)
{
	uint32_t meters = 99;
	const uint16_t reading[GLOW_METERS] = { [GLOW_METER_LOAD] = 1000 };

	(void)state;
	bring_up();
	assert_int_equal(glow_node_pace(node, now, &meters), GLOW_STILL);
	assert_int_equal(meters, 0);
	tell(SET, "binary-clock");
	assert_int_equal(glow_node_pace(node, now, NULL), GLOW_SECONDS);
	tell(SET, "rainbow");
	assert_int_equal(glow_node_pace(node, now, NULL), GLOW_ANIMATED);
	tell(SET, "load");
	assert_int_equal(glow_node_pace(node, now, &meters), GLOW_STILL);
	assert_int_equal(meters, 1 << GLOW_METER_LOAD);
	assert_true(shows(GLOW_BLACK));
	glow_node_meters(node, reading);
	assert_false(shows(GLOW_BLACK));
}

/* ---- time ---- */

static void test_wall_offset(void **state)
{
	static struct glow_frame before;

	(void)state;
	bring_up();
	tell(SET, "binary-clock");
	glow_node_render(node, now, &before);
	glow_node_wall_offset(node, 3600 * SECOND);
	glow_node_render(node, now, &frame);
	assert_false(glow_frame_equal(&before, &frame));
	glow_node_wall_offset(node, 0);
	glow_node_render(node, now, &frame);
	assert_true(glow_frame_equal(&before, &frame));
}

/* A slot is drawn ahead of its time, so what comes next may seem to be earlier. */
/* promise: time-runs-forward */
static void test_time_never_goes_back(void **state)
{
	(void)state;
	join();
	play(OURS, scene("red", 5, ""));
	now = START + 5 * SECOND;
	tick();
	assert_true(said(STATE, "\"showing\":\"scene\""));
	forget();
	pass(-3000);
	tell(SET, "");
	assert_true(glow_node_next(node) > START + 5 * SECOND);
	tell(SET, "blue"); /* is not older than the scene that shows already */
	pass(SECOND);
	assert_true(shows(BLUE));
	expect_number(STATE, "since_us", START + 5 * SECOND);
}

/* ---- a lost broker, a lost conductor ---- */

static bool one_dim_pixel(void)
{
	glow_node_render(node, now, &frame);
	for (uint32_t i = 1; i < frame.n; i++)
		if (!glow_linear_equal(frame.px[i], GLOW_DARK))
			return false;
	return frame.px[0].r > 0 && frame.px[0].r <= glow_gamma16(32) && frame.px[0].g == 0 && frame.px[0].b == 0;
}

static void test_lost(void **state)
{
	(void)state;
	cfg.idle = "off";
	cfg.lost_indicator = true;
	bring_up();
	assert_true(shows(GLOW_BLACK));
	glow_node_disconnected(node);
	assert_true(one_dim_pixel());
	online();
	assert_true(shows(GLOW_BLACK));
	tell(SET, "red"); /* what shines brighter anyway is left alone */
	glow_node_disconnected(node);
	assert_true(shows(RED));
}

static void test_lost_off(void **state)
{
	(void)state;
	cfg.idle = "off";
	bring_up();
	glow_node_disconnected(node);
	assert_true(shows(GLOW_BLACK));
}

static void test_lost_conductor(void **state)
{
	uint32_t revision;

	(void)state;
	cfg.idle = "off";
	cfg.lost_indicator = true;
	bring_up();
	assert_true(shows(GLOW_BLACK)); /* there is no conductor to miss */
	conductor("online");
	beacon();
	assert_true(shows(GLOW_BLACK));
	assert_int_equal(glow_node_next(node), now + 3 * SECOND / 2);
	pass(SECOND);
	beacon();
	pass(3 * SECOND / 2 - 1);
	assert_true(shows(GLOW_BLACK));
	revision = glow_node_revision(node);
	pass(1);
	assert_int_not_equal(glow_node_revision(node), revision);
	assert_true(one_dim_pixel());
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
	revision = glow_node_revision(node);
	beacon();
	assert_int_not_equal(glow_node_revision(node), revision);
	assert_true(shows(GLOW_BLACK));
	conductor("offline");
	assert_true(one_dim_pixel());
	conductor(""); /* cleared: there is none, and none is missed */
	assert_true(shows(GLOW_BLACK));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_topics),
		T(test_common_topics),
		T(test_create),
		T(test_idle_off),
		T(test_connected),
		T(test_catalog),
		T(test_catalog_refused),
		T(test_goodbye),
		T(test_last_state),
		T(test_problem_and_stats),
		T(test_accepted),
		T(test_rejected),
		T(test_response_topics),
		T(test_retained_command),
		T(test_bytes),
		T(test_query),
		T(test_dark),
		T(test_brightness_of_auto),
		T(test_state_rate),
		T(test_limited),
		T(test_pace),
		T(test_wall_offset),
		T(test_time_never_goes_back),
		T(test_lost),
		T(test_lost_off),
		T(test_lost_conductor),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
