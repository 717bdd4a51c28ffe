/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The presets of the cluster as its conductor keeps them: saved, given, applied, removed, and what the broker keeps. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>

#include "../../bridge/app/conductor/preset_store.h"
#include "../../bridge/app/conductor/undo.h"
#include "../harness/outbox.h"

#define SECOND  GLOW_US_PER_S
#define AHEAD   INT64_C(250000)
#define CLOCK   UINT64_C(0xfeedbeef01234567)
#define EVENING "glow/preset/evening"
#define PI1     "glow/node/pi1/set"
#define ERRORS  "glow/conductor/error"
#define SCENES  "glow/scene/current"
#define R       "answers/here"

static struct glow_requests requests;
static struct glow_placement placement;
static struct glow_members members;
static struct glow_preset_store store;
static struct glow_time now;

static void says(const char *node, const char *state)
{
	glow_members_state(&members, node, state, strlen(state));
}

static int setup(void **state)
{
	const struct glow_publisher out = { "glow", "homeassistant", outbox };

	(void)state;
	glow_log_setup("error", "text");
	now.us = INT64_C(1700001234000000);
	glow_members_init(&members, &placement, 0);
	for (const char *const *id = (const char *const[]){ "pi1", "pi2", "pi3", NULL }; *id; id++)
		glow_members_availability(&members, *id, true, (struct glow_raw){ 1 });
	says("pi1", "{\"state\":\"ON\",\"color\":{\"r\":255,\"g\":0,\"b\":0},\"effect\":\"solid\",\"since_us\":1}");
	says("pi2", "{\"state\":\"OFF\",\"effect\":\"auto\",\"dark\":true,\"since_us\":1}");
	assert_int_equal(glow_requests_init(&requests, &out, &members, 42), 0);
	glow_requests_open(&requests, CLOCK, 1, true, now);
	glow_preset_store_init(&store, &requests);
	forget();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_shelf_fini(&store.shelf);
	glow_requests_fini(&requests);
	glow_members_fini(&members);
	forget();
	return 0;
}

static struct glow_message message(const char *topic, const char *payload)
{
	return (struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload), .response_topic = R };
}

static void set(const char *name, const char *payload)
{
	char topic[100] = "";
	struct glow_message m = message(topic, payload);

	snprintf(topic, sizeof(topic), "glow/preset/%s/set", name);
	glow_preset_store_set(&store, name, &m, now);
}

static void apply(const char *name, const char *payload)
{
	char topic[100] = "";
	struct glow_message m = message(topic, payload);

	snprintf(topic, sizeof(topic), "glow/preset/%s/apply", name);
	glow_preset_store_apply(&store, name, &m, now, AHEAD);
}

static void keep(const char *name, const char *payload)
{
	struct glow_message m = message("glow/preset/x", payload);

	m.retained = true;
	glow_shelf_restore(&store.shelf, name, &m);
}

static void play(const char *payload)
{
	struct glow_message m = message("glow/scene/play", payload);

	glow_requests_play(&requests, &m, now, AHEAD);
	now.us += 9 * SECOND;
	glow_requests_tick(&requests, now);
	now.us += SECOND;
}

static void test_save_and_apply(void **state)
{
	char at[64];

	(void)state;
	play("{\"effect\":\"rainbow\",\"seed\":7,\"take\":false}");
	set("evening", "{\"title\":\"G\xc3\xbcte\"}");
	assert_true(find(EVENING)->retained && find(EVENING)->qos == 1);
	assert_true(
		said(EVENING, "\"name\":\"evening\",\"title\":\"G\xc3\xbcte\",\"lights\":{\"pi1\":{\"state\":\"ON\""));
	assert_true(said(EVENING, "\"pi2\":{\"state\":\"OFF\"") && said(EVENING, "\"start_us\":0,\"end_us\":null"));
	assert_false(said(EVENING, "since_us") || said(EVENING, "clock_id"));
	assert_true(said(R, "\"status\":\"ok\",\"name\":\"evening\",\"skipped\":[\"pi3\"]")); /* it has said nothing */
	forget();
	play("{\"effect\":\"fire\"}");
	play("{\"effect\":\"plasma\",\"id\":\"door\"}");
	forget();
	apply("evening", "{\"transition\":2}");
	snprintf(at, sizeof(at), "\"at_us\":%" PRId64 ",\"transition\":2", now.us + AHEAD);
	assert_true(said(PI1, at) && said(PI1, "\"r\":255") && said("glow/node/pi2/set", at));
	assert_int_equal(count("glow/node/pi3/set"), 0);
	snprintf(at, sizeof(at), "\"start_us\":%" PRId64, now.us + AHEAD);
	assert_true(said(SCENES, "\"rainbow\"") && said(SCENES, at) && said(SCENES, "\"seed\":7"));
	assert_true(said(R, "\"status\":\"ok\"") && said(R, "\"nodes\":2") && !said(R, "skipped"));
	now.us += 9 * SECOND;
	glow_requests_tick(&requests, now);
	now.us += SECOND;
	assert_int_equal(requests.scenes.n, 1); /* fire gave way, door ended */
	assert_string_equal(requests.scenes.v[0].entries[0].effect->name, "rainbow");
}

/* Of some nodes: no scenes; and scenes alone: no lights. */
static void test_parts(void **state)
{
	(void)state;
	play("rainbow");
	set("evening", "{\"target\":{\"nodes\":[\"pi1\"]}}");
	assert_true(said(EVENING, "\"pi1\"") && !said(EVENING, "\"pi2\"") && !said(EVENING, "scenes"));
	set("evening", "{\"only\":\"scenes\"}");
	assert_true(said(EVENING, "rainbow") && !said(EVENING, "lights"));
	set("evening", "{\"target\":{\"nodes\":[\"pi9\"]}}");
	assert_true(said(R, "unknown_target"));
}

/* Among as many scenes as can play: one that fades out is gone at once, and the preset's begins. */
static void test_full(void **state)
{
	struct glow_message stop = message("glow/scene/stop", "");
	char payload[80];

	(void)state;
	play("{\"id\":\"main\",\"effect\":\"plasma\"}");
	play("{\"id\":\"s7\",\"effect\":\"plasma\"}");
	set("evening", "{}");
	glow_requests_stop(&requests, &stop, now, AHEAD);
	for (int k = 0; k < GLOW_SCENES_MAX; k++) {
		snprintf(payload, sizeof(payload), "{\"id\":\"s%d\",\"effect\":\"fire\"}", k);
		play(payload);
	}
	play("{\"id\":\"more\",\"effect\":\"fire\"}");
	assert_true(said(R, "32 scenes play already"));
	apply("evening", "{\"transition\":2}");
	assert_true(said(R, "\"status\":\"ok\""));
	now.us += 5 * SECOND;
	glow_requests_tick(&requests, now);
	assert_int_equal(requests.scenes.n, 2);
	assert_true(said(SCENES, "\"id\":\"main\"") && said(SCENES, "\"id\":\"s7\""));
}

/* A title stays until another is given, or taken away. */
static void test_title(void **state)
{
	(void)state;
	set("evening", "{\"title\":\"A\"}");
	set("evening", "{}");
	assert_true(said(EVENING, "\"title\":\"A\""));
	set("evening", "{\"title\":\"\"}");
	assert_false(said(EVENING, "title"));
}

static void test_given(void **state)
{
	(void)state;
	set("evening", "{\"lights\":{\"pi1\":{\"color\":\"red\",\"later\":1}}}");
	assert_true(said(R, "\"status\":\"ok\"") && said(R, "\"ignored\"") && !said(EVENING, "later"));
	assert_string_equal(last(EVENING), "{\"name\":\"evening\",\"lights\":{\"pi1\":{\"color\":\"red\"}}}");
	forget();
	set("evening", "{\"lights\":{\"pi1\":{\"effect\":\"rainbwo\"}}}");
	assert_true(said(R, "unknown_effect") && said(R, "lights.pi1.effect") && said(ERRORS, "rainbow"));
	assert_int_equal(count(EVENING), 0);
	apply("evening", "");
	assert_true(said(PI1, "\"color\":\"red\"")); /* as it was */
}

static void test_unknown(void **state)
{
	(void)state;
	set("evening", "{}");
	forget();
	apply("evning", "");
	assert_true(said(R, "unknown_preset") && said(R, "did you mean \\\"evening\\\"?"));
	set("evning", "");
	assert_true(said(R, "unknown_preset"));
	set("evening", "");
	assert_true(find(EVENING)->retained && find(EVENING)->len == 0 && said(R, "\"status\":\"ok\""));
	apply("evening", "");
	assert_true(said(R, "unknown_preset"));
	assert_int_equal(count(PI1), 0);
}

/* By then its effect has gone: said, and nothing changes. */
/* promise: presets-are-bounded */
static void test_effect_gone(void **state)
{
	(void)state;
	keep("evening",
	     "{\"lights\":{\"pi1\":{\"effect\":\"solid\"}},\"scenes\":[{\"id\":\"main\",\"effect\":\"aurora\","
	     "\"start_us\":0}]}");
	apply("evening", "");
	assert_true(said(R, "unknown_effect") && said(R, "scenes.0.effect") && said(R, "aurora"));
	assert_int_equal(count(PI1), 0);
	assert_int_equal(requests.scenes.n, 0);
	assert_int_equal(requests.changes.n, 0);
}

/* promise: presets-are-bounded */
static void test_poison(void **state)
{
	(void)state;
	keep("a", "{\"lights\":");
	keep("b", "{\"lights\":7}");
	keep("c", "{\"lights\":{}}");
	glow_shelf_open(&store.shelf, true, now);
	apply("a", "");
	assert_true(said(R, "unknown_preset") && said(R, "cannot be read"));
	apply("c", "");
	assert_true(said(R, "\"status\":\"ok\""));
	set("a", ""); /* it can be removed, though */
	assert_true(find("glow/preset/a")->retained && find("glow/preset/a")->len == 0);
}

/* A broker that lost all gets them again, a part at a time; one that lost nothing told which are there. */
static void test_said_again(void **state)
{
	char name[16];
	int said_now;

	(void)state;
	for (int k = 0; k < 300; k++) {
		snprintf(name, sizeof(name), "p%d", k);
		set(name, "{\"lights\":{}}");
	}
	glow_shelf_disconnected(&store.shelf);
	forget();
	glow_shelf_open(&store.shelf, false, now);
	said_now = n_sent;
	assert_in_range(said_now, 100, 150);
	while (glow_shelf_next(&store.shelf).us != GLOW_NEVER) {
		now.us = glow_shelf_next(&store.shelf).us;
		glow_shelf_tick(&store.shelf, now);
	}
	assert_int_equal(n_sent, 300);
	glow_shelf_disconnected(&store.shelf);
	keep("p7", "{\"lights\":{}}");
	forget();
	glow_shelf_open(&store.shelf, true, now);
	assert_int_equal(store.shelf.n, 1);
	assert_int_equal(n_sent, 0);
	keep("p7", "");
	assert_int_equal(store.shelf.n, 0);
	assert_int_equal(store.shelf.size, 0);
}

/* promise: presets-are-bounded */
static void test_bounds(void **state)
{
	static char large[GLOW_PRESET_MAX + 2];
	char name[16];

	(void)state;
	for (int k = 0; k < GLOW_PRESETS_MAX; k++) {
		snprintf(name, sizeof(name), "p%d", k);
		keep(name, "{\"lights\":{}}");
	}
	set("one-more", "{}");
	assert_true(said(R, "too_large") && said(R, "1000 presets"));
	keep("one-more", "{\"lights\":{}}");
	assert_int_equal(store.shelf.n, GLOW_PRESETS_MAX);
	set("p1", "{}");
	assert_true(said(R, "\"status\":\"ok\""));
	set("p2", "");
	set("one-more", "{}");
	assert_true(said(R, "\"status\":\"ok\""));

	memset(large, ' ', GLOW_PRESET_MAX + 1);
	memcpy(large, "{\"lights\":{}", 12);
	large[GLOW_PRESET_MAX] = '}';
	set("p1", large);
	assert_true(said(R, "too_large"));
	for (int k = 0; k < 40; k++) {
		snprintf(name, sizeof(name), "p%d", k + 10);
		large[GLOW_PRESET_MAX - 1] = '}';
		large[GLOW_PRESET_MAX] = '\0';
		keep(name, large);
	}
	assert_in_range(store.shelf.size, GLOW_PRESETS_BYTES - GLOW_PRESET_MAX, GLOW_PRESETS_BYTES);
}

static void test_retained(void **state)
{
	struct glow_message m = message("glow/preset/evening/set", "{}");

	(void)state;
	m.retained = true;
	glow_preset_store_set(&store, "evening", &m, now);
	assert_true(said(R, "\"retained\"") && count(EVENING) == 0);
	m = message("glow/preset/evening/apply", "");
	m.retained = true;
	forget();
	glow_preset_store_apply(&store, "evening", &m, now, AHEAD);
	assert_int_equal(n_sent, 0); /* somebody clears it */
}

/* Applying is a change that can be undone: lights, and the scenes that it ended. */
static void test_undone(void **state)
{
	struct glow_message m = message("glow/undo", "");
	struct glow_undo undo;

	(void)state;
	play("{\"effect\":\"fire\",\"take\":false}");
	set("evening", "{\"lights\":{\"pi1\":{\"color\":\"blue\"}},\"scenes\":[]}");
	apply("evening", "");
	says("pi1", "{\"state\":\"ON\",\"since_us\":1}");
	now.us += 9 * SECOND;
	glow_requests_tick(&requests, now);
	now.us += SECOND;
	assert_int_equal(requests.scenes.n, 0);
	forget();
	glow_undo_init(&undo, &requests);
	glow_undo_ask(&undo, &m, now, AHEAD);
	assert_true(said(PI1, "\"r\":255") && said(SCENES, "fire"));
	assert_true(said(R, "\"undone\":\"preset/evening/apply\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_save_and_apply, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_title, setup, teardown),
		cmocka_unit_test_setup_teardown(test_given, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_effect_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_poison, setup, teardown),
		cmocka_unit_test_setup_teardown(test_said_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_retained, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
