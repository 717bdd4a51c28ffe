/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What was before the last changes comes back, at one instant; lights that somebody else has changed since do not. The
 * nodes are played: what a command says they report, at its instant. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/log.h>

#include "../../bridge/app/conductor/undo.h"
#include "../harness/outbox.h"

#define SECOND GLOW_US_PER_S
#define AHEAD  INT64_C(250000)
#define CLOCK  UINT64_C(0xfeedbeef01234567)
#define ALL    "glow/all/set"
#define PI1    "glow/node/pi1/set"
#define PI2    "glow/node/pi2/set"
#define SCENES "glow/scene/current"
#define DIM    "glow/dim/current"
#define R      "answers/here"

static struct glow_requests requests;
static struct glow_undo undoing;
static struct glow_placement placement;
static struct glow_members members;
static struct glow_time now;

/* What a node says of its light, that changed at that instant. */
static void says(const char *node, const char *light, int64_t since_us)
{
	char text[400];

	snprintf(text, sizeof(text), "{%s,\"since_us\":%" PRId64 ",\"clock_id\":\"feedbeef01234567\"}", light,
		 since_us);
	glow_members_state(&members, node, text, strlen(text));
}

#define RED   "\"state\":\"ON\",\"brightness\":128,\"color\":{\"r\":255,\"g\":0,\"b\":0},\"effect\":\"solid\""
#define BLUE  "\"state\":\"ON\",\"color\":{\"r\":0,\"g\":0,\"b\":255},\"effect\":\"solid\""
#define AUTO  "\"state\":\"ON\",\"effect\":\"auto\""
#define GREEN "\"state\":\"ON\",\"color\":{\"r\":0,\"g\":255,\"b\":0},\"effect\":\"solid\""

static int setup(void **state)
{
	const struct glow_publisher out = { "glow", "homeassistant", outbox };

	(void)state;
	glow_log_setup("error", "text");
	now.us = INT64_C(1700001234000000);
	glow_members_init(&members, &placement, 0);
	glow_members_availability(&members, "pi1", true, (struct glow_raw){ 1 });
	glow_members_availability(&members, "pi2", true, (struct glow_raw){ 1 });
	says("pi1", RED, now.us - SECOND);
	says("pi2", BLUE, now.us - SECOND);
	assert_int_equal(glow_requests_init(&requests, &out, &members, 42), 0);
	glow_requests_open(&requests, CLOCK, 1, true, now);
	glow_undo_init(&undoing, &requests);
	forget();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_undo_fini(&undoing);
	glow_requests_fini(&requests);
	glow_members_fini(&members);
	forget();
	return 0;
}

static struct glow_message message(const char *topic, const char *payload)
{
	return (struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload), .response_topic = R };
}

/* Long after the last one, so that it is a change of its own. */
static void later(void)
{
	now.us += 9 * SECOND;
	glow_requests_tick(&requests, now);
	now.us += SECOND;
}

/* A command for all; the nodes follow. */
static void all(const char *payload, const char *light)
{
	struct glow_message m = message(ALL, payload);

	later();
	glow_requests_command(&requests, &m, GLOW_COMMAND_SET, now, AHEAD, GLOW_LIT_UNKNOWN);
	says("pi1", light, number(R, "at_us"));
	says("pi2", light, number(R, "at_us"));
}

static void play(const char *payload)
{
	struct glow_message m = message("glow/scene/play", payload);

	later();
	glow_requests_play(&requests, &m, now, AHEAD);
}

static void stop(void)
{
	struct glow_message m = message("glow/scene/stop", "");

	later();
	glow_requests_stop(&requests, &m, now, AHEAD);
}

static void undo(const char *payload)
{
	struct glow_message m = message("glow/undo", payload);

	later();
	forget();
	glow_undo_ask(&undoing, &m, now, AHEAD);
}

static void test_lights_come_back(void **state)
{
	char at[40];

	(void)state;
	all("green", GREEN);
	undo("");
	snprintf(at, sizeof(at), "\"at_us\":%" PRId64, now.us + AHEAD);
	assert_true(said(PI1, "\"r\":255") && said(PI2, "\"b\":255"));
	assert_true(said(PI1, at) && said(PI2, at) && said(PI1, "\"transition\":1") && !find(PI1)->retained);
	assert_false(said(PI1, "since_us") || said(PI1, "clock_id"));
	assert_true(said(R, "\"status\":\"ok\"") && said(R, "\"undone\":\"all/set\"") && said(R, "\"nodes\":2"));
	assert_false(said(R, "skipped"));
	undo("");
	assert_true(said(R, "out_of_range") && said(R, "nothing to undo"));
	assert_int_equal(count(PI1), 0);
}

/* Step by step: the lights that an undo sets are ours. */
static void test_several(void **state)
{
	(void)state;
	all("green", GREEN);
	all("auto", AUTO);
	undo("{\"transition\":0}");
	assert_true(said(PI1, "\"g\":255") && said(PI1, "\"transition\":0}"));
	says("pi1", GREEN, number(R, "at_us"));
	says("pi2", GREEN, number(R, "at_us"));
	undo("");
	assert_true(said(PI1, "\"r\":255") && said(PI2, "\"b\":255"));
	assert_false(said(R, "skipped"));
}

/* Somebody took the light of pi1 in hand: before the undo, or between two changes of ours. */
/* promise: preset-comes-back */
static void test_others(void **state)
{
	(void)state;
	all("green", GREEN);
	says("pi1", BLUE, now.us + SECOND);
	undo("");
	assert_int_equal(count(PI1), 0);
	assert_int_equal(count(PI2), 1);
	assert_true(said(R, "\"skipped\":[\"pi1\"]") && said(R, "\"nodes\":1"));

	says("pi2", BLUE, number(R, "at_us"));
	all("green", GREEN);
	says("pi1", RED, now.us + SECOND);
	all("auto", AUTO);
	undo("");
	assert_true(said(PI1, "\"r\":255") && said(PI2, "\"g\":255"));
	says("pi1", RED, number(R, "at_us"));
	says("pi2", GREEN, number(R, "at_us"));
	undo("");
	assert_int_equal(count(PI1), 0); /* red was his */
	assert_true(said(PI2, "\"b\":255") && said(R, "\"skipped\":[\"pi1\"]"));
}

/* Who has gone is named, and who says nothing of his light. */
static void test_gone(void **state)
{
	(void)state;
	glow_members_availability(&members, "pi3", true, (struct glow_raw){ 1 });
	all("green", GREEN);
	glow_members_availability(&members, "pi2", false, (struct glow_raw){ 2 });
	undo("");
	assert_true(said(PI1, "\"r\":255") && count(PI2) == 0);
	assert_true(said(R, "\"pi2\"") && said(R, "\"pi3\"") && said(R, "\"nodes\":1"));
}

/* A slider that is dragged is one change. */
static void test_dragged(void **state)
{
	struct glow_message m;

	(void)state;
	all("green", GREEN);
	for (int k = 0; k < 30; k++) {
		m = message(ALL, k % 2 ? "red" : "yellow");
		now.us += SECOND / 2;
		glow_requests_command(&requests, &m, GLOW_COMMAND_SET, now, AHEAD, GLOW_LIT_UNKNOWN);
	}
	says("pi1", RED, number(R, "at_us"));
	says("pi2", RED, number(R, "at_us"));
	undo("");
	assert_true(said(PI1, "\"r\":255") && said(PI2, "\"b\":255"));
	undo("");
	assert_true(said(R, "nothing to undo"));
}

/* Two scenes that begin right after each other on other boards are two changes: each has the lights that it took. */
static void test_two_at_once(void **state)
{
	struct glow_message m =
		message("glow/scene/play", "{\"id\":\"b\",\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi2\"]}}");

	(void)state;
	play("{\"id\":\"a\",\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi1\"]}}");
	glow_requests_play(&requests, &m, now, AHEAD);
	says("pi1", AUTO, number(R, "start_us"));
	says("pi2", AUTO, number(R, "start_us"));
	undo("");
	assert_true(said(PI2, "\"b\":255") && count(PI1) == 0);
	says("pi2", BLUE, number(R, "at_us"));
	undo("");
	assert_true(said(PI1, "\"r\":255") && count(PI2) == 0);
}

/* What a refused scene would have taken in hand is not ours. */
static void test_refused(void **state)
{
	char payload[80];

	(void)state;
	for (int k = 0; k < GLOW_SCENES_MAX; k++) {
		snprintf(payload, sizeof(payload), "{\"id\":\"s%d\",\"effect\":\"fire\",\"take\":false}", k);
		play(payload);
	}
	all("green", GREEN);
	play("rainbow");
	assert_true(said(R, "32 scenes play already"));
	says("pi1", BLUE, now.us + AHEAD / 2); /* before the scene would have begun */
	undo("");
	assert_int_equal(count(PI1), 0);
	assert_true(said(R, "\"undone\":\"all/set\"") && said(R, "\"skipped\":[\"pi1\"]"));
}

static void test_ten(void **state)
{
	(void)state;
	for (int k = 0; k < 11; k++)
		all(k % 2 ? "green" : "red", k % 2 ? GREEN : RED);
	for (int k = 0; k < 10; k++) {
		undo("");
		assert_true(said(R, "\"status\":\"ok\""));
		says("pi1", GREEN, number(R, "at_us"));
		says("pi2", GREEN, number(R, "at_us"));
	}
	undo("");
	assert_true(said(R, "nothing to undo"));
}

/* A scene made pi1 let go; the light comes back with what played before, and nobody else has to let go for that. */
static void test_scene(void **state)
{
	int64_t start_us;

	(void)state;
	says("pi2", AUTO, now.us - SECOND);
	play("{\"id\":\"other\",\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi2\"]}}");
	start_us = number(R, "start_us");
	play("rainbow");
	says("pi1", AUTO, number(R, "start_us"));
	says("pi2", GREEN, now.us + SECOND);
	undo("");
	assert_true(said(PI1, "\"r\":255") && count(PI2) == 0);
	assert_true(said(R, "\"undone\":\"scene/play\"") && said(R, "\"nodes\":1"));
	later();
	assert_int_equal(requests.scenes.n, 1);
	assert_string_equal(requests.scenes.v[0].id, "other");
	assert_int_equal(requests.scenes.v[0].start_us, start_us); /* it has played on */
}

static void test_stopped_scene(void **state)
{
	(void)state;
	play("{\"effect\":\"fire\",\"seed\":7,\"duration_s\":100}");
	stop();
	undo("");
	assert_int_equal(requests.scenes.n, 1);
	assert_int_equal(requests.scenes.v[0].seed, 7);
	assert_int_equal(requests.scenes.v[0].start_us, number(R, "at_us"));
	assert_int_equal(requests.scenes.v[0].end_us, number(R, "at_us") + 100 * SECOND);
	assert_int_equal(requests.scenes.v[0].fade_us, SECOND);
	assert_false(requests.scenes.v[0].take);
	assert_true(said(SCENES, "\"fire\"") && said(R, "\"undone\":\"scene/stop\""));
}

/* To play nothing stops a scene, too. */
static void test_played_none(void **state)
{
	(void)state;
	play("{\"effect\":\"fire\",\"seed\":7}");
	play("{\"effect\":\"none\"}");
	assert_true(requests.scenes.v[0].end_us != GLOW_NEVER);
	undo("");
	assert_int_equal(requests.scenes.n, 1);
	assert_int_equal(requests.scenes.v[0].seed, 7);
	assert_true(said(R, "\"undone\":\"scene/play\""));
}

static void test_dim(void **state)
{
	struct glow_message m = message("glow/dim/set", "40%");

	(void)state;
	glow_requests_dim(&requests, &m, now);
	undo("");
	assert_true(said(DIM, "\"brightness\":255") && said(R, "\"undone\":\"dim/set\""));
}

/* What changes nothing, and what was refused, is no change; nor is a notice. */
static void test_no_change(void **state)
{
	static const char *const payloads[] = { "{\"flash\":1}", "{\"effect\":\"rainbwo\"}", "" };
	struct glow_message m = message("glow/all/notify", "red");

	(void)state;
	for (int k = 0; k < 3; k++) {
		m = message(ALL, payloads[k]);
		glow_requests_command(&requests, &m, GLOW_COMMAND_SET, now, AHEAD, GLOW_LIT_UNKNOWN);
	}
	m = message("glow/all/notify", "red");
	glow_requests_command(&requests, &m, GLOW_COMMAND_NOTIFY, now, AHEAD, GLOW_LIT_UNKNOWN);
	stop();
	play("{\"effect\":\"none\"}");
	play("{\"effect\":\"nothing\"}");
	undo("");
	assert_true(said(R, "nothing to undo"));
}

/* Another conductor may have ordered meanwhile. */
static void test_hand_over(void **state)
{
	(void)state;
	all("green", GREEN);
	glow_requests_open(&requests, CLOCK, 3, false, now);
	undo("");
	assert_true(said(R, "nothing to undo"));
	undo("{\"transition\":-1}");
	assert_true(said(R, "transition"));
}

/* An effect in text has been removed: the other lights come back all the same. */
static void test_effect_gone(void **state)
{
	(void)state;
	says("pi1", "\"state\":\"ON\",\"effect\":\"gone\"", now.us - SECOND);
	all("green", GREEN);
	undo("");
	assert_true(count(PI1) == 0 && said(PI2, "\"b\":255"));
	assert_true(said(R, "\"skipped\":[\"pi1\"]") && said(R, "\"nodes\":1"));
}

/* ---- thousands ---- */

#define MANY 3000

/* Their states are of one length, so that a turn has always as many. */
static void add_many(void)
{
	char id[16];

	for (int k = 1000; k < 1000 + MANY; k++) {
		snprintf(id, sizeof(id), "many%d", k);
		glow_members_availability(&members, id, true, (struct glow_raw){ 1 });
		says(id, RED, now.us - SECOND);
	}
}

static void many_say(const char *light, int64_t since_us)
{
	char id[16];

	for (int k = 1000; k < 1000 + MANY; k++) {
		snprintf(id, sizeof(id), "many%d", k);
		says(id, light, since_us);
	}
}

/* How many of them were told for that instant. */
static int n_told(int64_t at_us)
{
	char at[40];
	int n = 0;

	snprintf(at, sizeof(at), "\"at_us\":%" PRId64 ",", at_us);
	for (int k = 0; k < n_sent; k++)
		n += strncmp(sent[k].topic, "glow/node/many", 14) == 0 && strstr(sent[k].payload, at);
	return n;
}

static void begin_many(void)
{
	add_many();
	all("green", GREEN);
	many_say(GREEN, number(R, "at_us"));
	undo("");
}

/* A turn takes a bounded part, so that neither the turn is long nor too much waits in a messenger; the last part is
 * told in time for the instant that all have. */
/* promise: undo-is-bounded */
static void test_thousands(void **state)
{
	size_t state_len = strlen("{" RED ",\"since_us\":1700001233000000,\"clock_id\":\"feedbeef01234567\"}");
	int part = (int)((GLOW_UNDO_PART - 1) / (GLOW_UNDO_ENVELOPE + state_len)) + 1, turns = 1, before;
	int64_t at_us;

	(void)state;
	begin_many();
	assert_int_equal(count(R), 0);
	while (glow_undo_next(&undoing).us != GLOW_NEVER) {
		assert_int_equal(glow_undo_next(&undoing).us, now.us + GLOW_UNDO_EVERY_US);
		before = n_sent;
		glow_undo_tick(&undoing, now); /* too soon */
		assert_int_equal(n_sent, before);
		now.us += GLOW_UNDO_EVERY_US;
		glow_undo_tick(&undoing, now);
		assert_true(n_sent - before <= part + 1);
		turns++;
	}
	assert_int_equal(turns, (MANY + 2 + part - 1) / part);
	at_us = number(R, "at_us");
	assert_int_equal(at_us, now.us + AHEAD);
	assert_int_equal(n_told(at_us), MANY);
	assert_int_equal(count("glow/node/many1000/set"), 1);
	assert_int_equal(count("glow/node/many3999/set"), 1);
	assert_int_equal(count(R), 1);
	assert_int_equal(number(R, "nodes"), MANY + 2);
	assert_false(said(R, "skipped"));
}

static void tell_the_rest(void)
{
	while (glow_undo_next(&undoing).us != GLOW_NEVER) {
		now.us += GLOW_UNDO_EVERY_US;
		glow_undo_tick(&undoing, now);
	}
}

/* What comes meanwhile is for later: another undo is refused, and a command is carried out behind this one, though
 * nodes may hear it before. It is a change that can be undone. */
static void test_meanwhile(void **state)
{
	struct glow_message m = message("glow/undo", "");
	int64_t behind_us;

	(void)state;
	begin_many();
	glow_undo_ask(&undoing, &m, now, AHEAD);
	assert_true(said(R, "\"code\":\"busy\""));
	m = message(ALL, "blue");
	glow_requests_command(&requests, &m, GLOW_COMMAND_SET, now, AHEAD, GLOW_LIT_UNKNOWN);
	behind_us = number(R, "at_us");
	tell_the_rest();
	assert_int_equal(number(R, "nodes"), MANY + 2);
	assert_int_equal(behind_us, number(R, "at_us") + 1);
	many_say(RED, behind_us - 1);
	many_say(BLUE, behind_us);
	undo("");
	tell_the_rest();
	assert_int_equal(number(R, "nodes"), MANY + 2);
	assert_int_equal(n_told(number(R, "at_us")), MANY);
}

/* Another leads from now on, or this one leaves: how far it came is said. */
static void test_dropped(void **state)
{
	(void)state;
	begin_many();
	glow_undo_drop(&undoing);
	assert_true(said(R, "\"code\":\"busy\"") && said(R, "of 3002 lights were told"));
	assert_true(said("glow/conductor/error", "of 3002 lights were told"));
	assert_int_equal(glow_undo_next(&undoing).us, GLOW_NEVER);
	forget();
	glow_undo_drop(&undoing);
	assert_int_equal(n_sent, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lights_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dragged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ten, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scene, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stopped_scene, setup, teardown),
		cmocka_unit_test_setup_teardown(test_played_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dim, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_change, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hand_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_effect_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_thousands, setup, teardown),
		cmocka_unit_test_setup_teardown(test_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dropped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
