/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What shows first, and what a leader finds of what people have prepared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>

#include "../../bridge/app/conductor/repertoire.h"
#include "../harness/outbox.h"

#define SECOND GLOW_US_PER_S
#define AHEAD  INT64_C(250000)
#define PI1    "glow/node/pi1/set"
#define ERRORS "glow/conductor/error"

static const struct glow_wall wall = { .offset_ns = 5000, .synchronised = true };
static struct glow_requests requests;
static struct glow_placement placement;
static struct glow_members members;
static struct glow_repertoire repertoire;
static struct glow_time now;

static void keep(const char *topic, const char *payload)
{
	const struct glow_topic of = glow_topic_parse("glow", topic);
	const struct glow_message m = { .topic = topic, .payload = payload, .len = strlen(payload), .retained = true };

	glow_repertoire_restore(&repertoire, &of, &m);
}

static void create(const char *boot_preset)
{
	const struct glow_publisher out = { "glow", "homeassistant", outbox };
	const struct glow_conductor_cfg cfg = { .boot_preset = boot_preset };

	glow_log_setup("error", "text");
	now.us = INT64_C(1767571200) * SECOND;
	glow_members_init(&members, &placement, 0);
	assert_int_equal(glow_requests_init(&requests, &out, &members, 42), 0);
	glow_requests_open(&requests, 1, 1, true, now);
	glow_repertoire_init(&repertoire, &cfg, &requests);
	keep("glow/preset/first", "{\"lights\":{\"pi1\":{\"color\":\"red\"}}}");
	keep("glow/schedule/wake", "{\"at\":\"07:00\",\"dim\":\"40%\",\"fired_us\":1767571200000000}");
	forget();
}

static int teardown(void **state)
{
	(void)state;
	glow_repertoire_fini(&repertoire);
	glow_requests_fini(&requests);
	glow_members_fini(&members);
	forget();
	return 0;
}

static void pass(int64_t us)
{
	now.us += us;
	glow_repertoire_tick(&repertoire, &wall, (struct glow_raw){ now.us * 1000 - wall.offset_ns }, now, AHEAD);
}

/* Nodes that come within five seconds are there for it. */
static void test_boot_preset(void **state)
{
	(void)state;
	create("first");
	glow_repertoire_open(&repertoire, true, true, now);
	assert_int_equal(glow_repertoire_next(&repertoire).us, now.us + 5 * SECOND);
	pass(4 * SECOND);
	glow_members_availability(&members, "pi1", true, (struct glow_raw){ 1 });
	assert_int_equal(count(PI1), 0);
	pass(SECOND);
	assert_true(said(PI1, "\"color\":\"red\""));
	pass(3600 * SECOND);
	assert_int_equal(count(PI1), 1);
}

/* Nothing has started but a conductor. */
static void test_no_boot(void **state)
{
	(void)state;
	create("first");
	glow_members_availability(&members, "pi1", true, (struct glow_raw){ 1 });
	glow_repertoire_open(&repertoire, true, false, now);
	pass(6 * SECOND);
	assert_int_equal(count(PI1), 0);
	assert_true(glow_repertoire_next(&repertoire).us == GLOW_NEVER);
}

static void test_boot_preset_gone(void **state)
{
	(void)state;
	create("frist");
	glow_repertoire_open(&repertoire, true, true, now);
	pass(5 * SECOND);
	assert_true(said(ERRORS, "unknown_preset") && said(ERRORS, "\\\"first\\\"?"));
}

/* By this machine's clock, and never by one that is not right. */
static void test_due(void **state)
{
	struct glow_wall unset = wall;

	(void)state;
	create("");
	glow_repertoire_open(&repertoire, true, true, now);
	pass(0);
	assert_int_equal(glow_repertoire_next_due(&repertoire, &wall).ns,
			 (now.us + 7 * 3600 * SECOND) * 1000 - wall.offset_ns);
	unset.synchronised = false;
	assert_true(glow_repertoire_next_due(&repertoire, &unset).ns == GLOW_NEVER);
	pass(7 * 3600 * SECOND);
	assert_int_equal(requests.dim.brightness, 102);
	glow_repertoire_disconnected(&repertoire);
	glow_repertoire_open(&repertoire, true, false, now); /* nothing was heard: all has been removed */
	assert_int_equal(repertoire.presets.shelf.n + repertoire.agenda.shelf.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_boot_preset, teardown),
		cmocka_unit_test_teardown(test_no_boot, teardown),
		cmocka_unit_test_teardown(test_boot_preset_gone, teardown),
		cmocka_unit_test_teardown(test_due, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
