/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A light that comes back after a restart, and what its times are worth then. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>
#include <glow/node.h>
#include <glow/time.h>

#include "../harness/lone_node.h"

#define SAVED                                                                                               \
	"{\"state\":\"ON\",\"color\":{\"r\":0,\"g\":0,\"b\":255},\"brightness\":255,\"effect\":\"solid\","  \
	"\"start_us\":1699999999000000,\"seed\":5,\"since_us\":1699999999000000,\"showing\":\"notice\","    \
	"\"notice\":{\"state\":\"ON\",\"effect\":\"solid\",\"color\":\"red\",\"end_us\":1800000000000000}," \
	"\"fade_from\":[\"red\"],\"fade_start_us\":1699999999000000,\"fade_end_us\":1700006552000000}"

static void retained_state(const char *payload)
{
	deliver((struct glow_message){ .topic = STATE, .payload = payload, .len = strlen(payload), .retained = true });
}

static void test_restore(void **state)
{
	(void)state;
	create();
	retained_state(SAVED);
	assert_true(shows(BLUE)); /* neither the notice nor the fade */
	online();
	assert_true(said(STATE, "\"b\":255") && said(STATE, "\"seed\":5"));
	assert_true(said(STATE, "\"start_us\":1699999999000000") && said(STATE, "\"since_us\":1699999999000000"));
	assert_true(said(STATE, "\"showing\":\"light\""));
}

static void test_restore_dark(void **state)
{
	static const char *const saved[] = { "{\"state\":\"OFF\",\"dark\":true,\"effect\":\"auto\"}",
					     "{\"state\":\"ON\",\"effect\":\"auto\"}" /* of an older version */ };

	(void)state;
	cfg.idle = "off";
	for (int k = 0; k < 2; k++) {
		create();
		retained_state(saved[k]);
		online();
		assert_true(said(STATE, "\"state\":\"OFF\",\"dark\":true") && said(STATE, "\"effect\":\"auto\""));
		tell(SET, "on");
		assert_true(shows(GLOW_WHITE));
		glow_node_destroy(node);
	}
	/* Before its first frame it is not known what may come: the light is what it was. */
	create();
	retained_state(saved[0]);
	glow_node_connected(node, now);
	assert_true(said(STATE, "\"state\":\"ON\""));
	glow_node_start(node, now);
	pass(SECOND);
	assert_true(said(STATE, "\"state\":\"OFF\""));
}

/* An older version kept ON with brightness 0: nothing to come back to but full brightness. */
static void test_restore_brightness_0(void **state)
{
	(void)state;
	create();
	retained_state("{\"state\":\"ON\",\"brightness\":0,\"effect\":\"solid\",\"color\":\"red\"}");
	online();
	assert_true(said(STATE, "\"state\":\"OFF\"") && shows(GLOW_BLACK));
	tell(SET, "on");
	assert_true(shows(RED));
}

static void test_restore_once(void **state)
{
	(void)state;
	create();
	retained_state(SAVED);
	retained_state("{\"effect\":\"solid\",\"color\":\"red\"}");
	assert_true(shows(BLUE));
	online();
	tell(STATE, "{\"effect\":\"solid\",\"color\":\"red\"}");
	assert_true(shows(BLUE));
	glow_node_disconnected(node);
	retained_state("{\"effect\":\"solid\",\"color\":\"red\"}");
	assert_true(shows(BLUE));
}

static void test_restore_after_connect(void **state)
{
	(void)state;
	create();
	online();
	retained_state(SAVED);
	assert_true(shows(GLOW_WHITE));
}

static void test_restore_after_command(void **state)
{
	(void)state;
	create();
	tell(SET, "nonsense"); /* a refused one does not count */
	tell(SET, "lime");
	retained_state(SAVED);
	assert_true(shows(LIME));
}

static void test_restore_after_waiting_command(void **state)
{
	(void)state;
	create();
	tell_at("lime", now + SECOND);
	assert_true(said("r", "ok"));
	retained_state(SAVED);
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_true(shows(LIME));
}

static void test_restore_after_refusal(void **state)
{
	(void)state;
	create();
	tell(SET, "nonsense");
	retained_state(SAVED);
	assert_true(shows(BLUE));
}

static void test_restore_broken(void **state)
{
	static const char *const broken[] = {
		"",
		"{",
		"[]",
		"7",
		"null",
		"red",
		"{\"effect\":\"fireworks\"}",
		"{\"brightness\":\"full\"}",
		"{\"effect\":\"solid\",\"color\":\"red\",\"start_us\":\"x\"}",
		"\xff\xfe",
	};

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		create();
		retained_state(broken[k]);
		assert_true(shows(GLOW_WHITE));
		online();
		assert_true(said(STATE, "\"effect\":\"auto\""));
		tell(SET, "red");
		assert_true(shows(RED));
		glow_node_destroy(node);
		node = NULL;
		forget();
	}
}

/* A start that lies ahead is another timeline's: it becomes now. */
static void test_restore_future(void **state)
{
	char text[40];

	(void)state;
	create();
	retained_state("{\"effect\":\"rainbow\",\"start_us\":1900000000000000}");
	online();
	snprintf(text, sizeof(text), "\"start_us\":%lld,", (long long)now);
	assert_true(said(STATE, text));
}

/* ---- times ---- */

#define OURS_TEXT "00000000000000a1"

static void restored(const char *clock_id, int64_t start_us)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "{\"state\":\"ON\",\"effect\":\"rainbow\",\"start_us\":%lld,\"since_us\":%lld%s%s%s}",
		 (long long)start_us, (long long)start_us, clock_id ? ",\"clock_id\":\"" : "", clock_id ? clock_id : "",
		 clock_id ? "\"" : "");
	create();
	retained_state(text);
	assert_false(shows(GLOW_WHITE));
}

static void test_restore_in_phase(void **state)
{
	(void)state;
	restored(OURS_TEXT, START - 1234567);
	glow_node_connected(node, now);
	assert_true(said(STATE, OURS_TEXT)); /* a restart right now would lose nothing */
	expect_number(STATE, "start_us", START - 1234567);
	step(50 * SECOND, OURS);
	glow_node_start(node, now);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567);
	expect_number(STATE, "since_us", START - 1234567);
	assert_true(said(STATE, OURS_TEXT));
	/* From then on it is this node's own: a step does not move its phase. */
	step(7 * SECOND, OURS);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567 + 7 * SECOND);
}

static void test_restore_foreign(void **state)
{
	(void)state;
	restored("00000000000000b2", START - 1234567);
	glow_node_connected(node, now);
	step(50 * SECOND, OURS);
	glow_node_start(node, now);
	tick();
	pass(SECOND);
	expect_number(STATE, "start_us", now - SECOND);
	assert_true(said(STATE, OURS_TEXT));
}

/* A wall clock's times are carried over into the cluster's. */
static void test_restore_without_clock(void **state)
{
	(void)state;
	restored(NULL, START - 1234567);
	glow_node_connected(node, now);
	step(50 * SECOND, OURS);
	glow_node_start(node, now);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567 + 50 * SECOND);
}

/* The first frame does not wait for ever; the phase comes back with the time all the same. */
static void test_restore_before_its_clock(void **state)
{
	(void)state;
	restored(OURS_TEXT, START - 1234567);
	online();
	pass(SECOND);
	assert_true(said(STATE, OURS_TEXT));
	step(50 * SECOND, OURS);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567);
	/* Or not, when it is another one. */
	glow_node_destroy(node);
	restored(OURS_TEXT, START - 1234567);
	online();
	step(50 * SECOND, OTHER);
	pass(SECOND);
	expect_number(STATE, "start_us", now - SECOND);
}

/* A command that waits while the node finds the time takes no phase away. */
static void test_restore_while_waiting(void **state)
{
	(void)state;
	restored(OURS_TEXT, START - 1234567);
	glow_node_connected(node, now);
	conductor("online");
	beacon();
	ask(ALL, "40%", "r");
	step(50 * SECOND, OURS);
	glow_node_start(node, now);
	tell_apply(ALL, "40%", "{\"brightness\":102}", now + SECOND / 4);
	pass(SECOND);
	assert_true(said(STATE, "\"brightness\":102"));
	expect_number(STATE, "start_us", START - 1234567);
}

/* A broker that is late: the light comes back after the first frame, and its times are looked at as well. */
static void test_restore_after_start(void **state)
{
	(void)state;
	create();
	glow_node_start(node, now);
	retained_state("{\"effect\":\"rainbow\",\"start_us\":1900000000000000}");
	glow_node_connected(node, now);
	expect_number(STATE, "start_us", now);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_restore),
		T(test_restore_dark),
		T(test_restore_brightness_0),
		T(test_restore_once),
		T(test_restore_after_connect),
		T(test_restore_after_command),
		T(test_restore_after_waiting_command),
		T(test_restore_after_refusal),
		T(test_restore_broken),
		T(test_restore_future),
		T(test_restore_in_phase),
		T(test_restore_foreign),
		T(test_restore_without_clock),
		T(test_restore_before_its_clock),
		T(test_restore_while_waiting),
		T(test_restore_after_start),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
