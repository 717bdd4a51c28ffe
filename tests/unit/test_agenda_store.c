/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Schedules as the conductor keeps and does them: once, whoever leads, and of what was missed the latest alone. UTC is
 * what the test says; local time is an hour ahead of it. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>

#include "../../bridge/app/conductor/agenda_store.h"
#include "../harness/outbox.h"

#define SECOND   GLOW_US_PER_S
#define HOUR     (3600 * SECOND)
#define MONDAY   (INT64_C(1767571200) * SECOND) /* 2026-01-05 00:00 UTC */
#define AHEAD    INT64_C(250000)
#define CLOCK    UINT64_C(0xfeedbeef01234567)
#define WAKE     "glow/schedule/wake"
#define DIM      "glow/dim/current"
#define SCENES   "glow/scene/current"
#define PI1      "glow/node/pi1/set"
#define ERRORS   "glow/conductor/error"
#define R        "answers/here"
#define AT_SEVEN "{\"at\":\"07:00\",\"dim\":\"40%\"}"

struct program {
	struct glow_requests requests;
	struct glow_preset_store presets;
	struct glow_agenda_store agenda;
};

static struct glow_placement placement;
static struct glow_members members;
static struct program one, two;
static int64_t utc_us; /* and cluster time */

static int32_t offset_s(void *ctx, int64_t utc_s)
{
	(void)ctx;
	(void)utc_s;
	return 3600;
}

static struct glow_time now(void)
{
	return (struct glow_time){ utc_us };
}

static void create(struct program *p, bool placed)
{
	const struct glow_publisher out = { "glow", "homeassistant", outbox };
	const struct glow_calendar_zone zone = { .offset_s = offset_s };
	const struct glow_calendar_place place = { 52.52, 13.405 };

	assert_int_equal(glow_requests_init(&p->requests, &out, &members, 42), 0);
	glow_preset_store_init(&p->presets, &p->requests);
	glow_agenda_store_init(&p->agenda, &p->requests, &p->presets, &zone, placed ? &place : NULL);
}

static void destroy(struct program *p)
{
	glow_shelf_fini(&p->agenda.shelf);
	glow_shelf_fini(&p->presets.shelf);
	glow_requests_fini(&p->requests);
}

static void tick(struct program *p)
{
	glow_agenda_store_tick(&p->agenda, utc_us, now(), AHEAD);
	glow_requests_tick(&p->requests, now());
	if (p->requests.said.again_us > utc_us)
		glow_requests_say(&p->requests);
}

static void lead(struct program *p)
{
	glow_requests_open(&p->requests, CLOCK, 1, true, now());
	glow_agenda_store_open(&p->agenda, true, now());
	tick(p);
}

static int setup(void **state)
{
	(void)state;
	glow_log_setup("error", "text");
	utc_us = MONDAY;
	glow_members_init(&members, &placement, 0);
	glow_members_availability(&members, "pi1", true, (struct glow_raw){ 1 });
	create(&one, true);
	create(&two, true);
	lead(&one);
	forget();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	destroy(&one);
	destroy(&two);
	glow_members_fini(&members);
	forget();
	return 0;
}

static void set(struct program *p, const char *name, const char *payload)
{
	char topic[100] = "";
	struct glow_message m = { .topic = topic, .payload = payload, .len = strlen(payload), .response_topic = R };

	snprintf(topic, sizeof(topic), "glow/schedule/%s/set", name);
	glow_agenda_store_set(&p->agenda, name, &m, utc_us);
}

/* Time passes until then; how often the store wanted to be asked. */
static int pass(struct program *p, int64_t until_us)
{
	int asked = 0;

	for (int64_t next; (next = glow_agenda_store_next(&p->agenda)) <= until_us; asked++) {
		utc_us = next > utc_us ? next : utc_us;
		tick(p);
		assert_true(glow_agenda_store_next(&p->agenda) > utc_us); /* it never spins */
	}
	utc_us = until_us;
	tick(p);
	return asked;
}

static void test_dim(void **state)
{
	(void)state;
	set(&one, "wake", AT_SEVEN);
	assert_true(said(R, "\"status\":\"ok\",\"name\":\"wake\"") && number(R, "next_us") == MONDAY + 6 * HOUR);
	assert_true(find(WAKE)->retained && said(WAKE, "\"name\":\"wake\",\"at\":\"07:00\",\"days\":[\"mon\""));
	pass(&one, MONDAY + 6 * HOUR - 1);
	assert_int_equal(count(DIM), 0);
	pass(&one, MONDAY + 6 * HOUR);
	assert_true(said(DIM, "\"brightness\":102"));
	assert_int_equal(number(WAKE, "fired_us"), MONDAY + 6 * HOUR);
	assert_int_equal(pass(&one, MONDAY + 6 * 24 * HOUR + 5 * HOUR), 5);
	assert_int_equal(count(DIM), 6);
	set(&one, "wake", "");
	assert_int_equal(pass(&one, MONDAY + 14 * 24 * HOUR), 0);
	set(&one, "wake", "");
	assert_true(said(R, "unknown_schedule"));
}

static void test_scene_and_preset(void **state)
{
	const char *const bad = "{\"at\":\"8:00\",\"preset\":\"evning\"}";
	struct glow_message m = {
		.topic = "glow/preset/evening/set",
		.payload = "{\"lights\":{\"pi1\":{\"color\":\"red\"}}}",
	};

	(void)state;
	m.len = strlen(m.payload);
	glow_preset_store_set(&one.presets, "evening", &m, now());
	set(&one, "b", bad);
	assert_true(said(R, "unknown_preset") && said(R, "\"field\":\"preset\"") && said(R, "evening"));
	set(&one, "b", "{\"at\":\"8:00\",\"preset\":\"evening\",\"transition\":3}");
	set(&one, "c", "{\"at\":\"9:00\",\"scene\":\"fire 40%\"}");
	pass(&one, MONDAY + 24 * HOUR);
	assert_true(said(PI1, "\"color\":\"red\"") && said(PI1, "\"transition\":3"));
	assert_true(said(SCENES, "\"fire\""));
	assert_int_equal(count(PI1), 1);
	m = (struct glow_message){ .topic = "glow/preset/evening/set", .payload = "", .len = 0 };
	glow_preset_store_set(&one.presets, "evening", &m, now());
	set(&one, "c", "{\"at\":\"9:00\",\"scene\":\"none\"}");
	assert_true(said(R, "\"ok\""));
	assert_int_equal(one.requests.scenes.n, 1);
	forget();
	pass(&one, MONDAY + 47 * HOUR);
	assert_true(said(ERRORS, "unknown_preset")); /* it has gone since */
	assert_int_equal(one.requests.scenes.n, 0);
}

/* The successor has heard that it was due. Without that it does it again: the control. */
static void hand_over(bool told)
{
	const struct sent *kept = NULL;
	struct glow_message m = { .topic = WAKE, .retained = true };

	set(&one, "wake", AT_SEVEN);
	for (int k = 0; !told && k < n_sent; k++)
		kept = strcmp(sent[k].topic, WAKE) == 0 ? &sent[k] : kept;
	pass(&one, MONDAY + 6 * HOUR);
	kept = told ? find(WAKE) : kept;
	m.payload = kept->payload;
	m.len = kept->len;
	glow_shelf_restore(&two.agenda.shelf, "wake", &m);
	forget();
	utc_us += SECOND;
	lead(&two);
	assert_int_equal(two.requests.dim.brightness, told ? 255 : 102);
	pass(&two, MONDAY + 29 * HOUR);
	assert_int_equal(two.requests.dim.brightness, told ? 255 : 102);
	pass(&two, MONDAY + 30 * HOUR);
	assert_int_equal(two.requests.dim.brightness, 102);
}

/* promise: schedule-fires-once */
static void test_hand_over(void **state)
{
	(void)state;
	hand_over(true);
}

static void test_hand_over_untold(void **state)
{
	(void)state;
	hand_over(false);
}

/* Away from 05:00 to 18:00: the dimmer of seven and the scene of eight were missed, the preset of three is long done.
 */
/* promise: schedule-fires-once */
static void test_missed(void **state)
{
	struct glow_message m;

	(void)state;
	set(&one, "a", "{\"at\":\"07:00\",\"scene\":\"fire\"}");
	set(&one, "b", "{\"at\":\"08:00\",\"dim\":\"40%\"}");
	set(&one, "c", "{\"at\":\"08:00\",\"scene\":\"plasma\"}");
	set(&one, "d", "{\"at\":\"18:30\",\"dim\":\"off\"}");
	for (const char *const *id = (const char *const[]){ "a", "b", "c", "d", NULL }; *id; id++) {
		char topic[40];

		snprintf(topic, sizeof(topic), "glow/schedule/%s", *id);
		m = (struct glow_message){ .topic = topic, .payload = last(topic), .len = strlen(last(topic)) };
		glow_shelf_restore(&two.agenda.shelf, *id, &m);
	}
	utc_us = MONDAY + 17 * HOUR;
	forget();
	lead(&two);
	assert_int_equal(two.requests.dim.brightness, 102);
	assert_true(said(SCENES, "plasma") && !said(SCENES, "fire"));
	assert_true(said("glow/schedule/a", "fired_us")); /* nor will it be made up for later */
	destroy(&two);
	create(&two, true);
}

/* More than half a day late is too late. */
static void test_long_missed(void **state)
{
	(void)state;
	set(&one, "wake", AT_SEVEN);
	utc_us = MONDAY + 19 * HOUR;
	glow_agenda_store_open(&one.agenda, false, now());
	tick(&one);
	assert_int_equal(one.requests.dim.brightness, 255);
	assert_int_equal(glow_agenda_store_next(&one.agenda), MONDAY + 30 * HOUR);
}

/* No clock, nothing due; one that is put back does not make it due again. */
static void test_clock(void **state)
{
	(void)state;
	set(&one, "wake", AT_SEVEN);
	utc_us = MONDAY + 7 * HOUR;
	glow_agenda_store_tick(&one.agenda, INT64_MIN, now(), AHEAD);
	assert_int_equal(one.requests.dim.brightness, 255);
	tick(&one);
	assert_int_equal(one.requests.dim.brightness, 102);
	one.requests.dim.brightness = 255;
	utc_us = MONDAY + 5 * HOUR;
	tick(&one);
	pass(&one, MONDAY + 29 * HOUR);
	assert_int_equal(one.requests.dim.brightness, 255);
	pass(&one, MONDAY + 30 * HOUR);
	assert_int_equal(one.requests.dim.brightness, 102);
}

/* Made while no clock is known to be right: it is due from when one is. */
static void test_made_without_clock(void **state)
{
	struct glow_message m = { "glow/schedule/wake/set", AT_SEVEN, strlen(AT_SEVEN) };

	(void)state;
	glow_agenda_store_open(&one.agenda, true, now());
	glow_agenda_store_set(&one.agenda, "wake", &m, INT64_MIN);
	assert_false(said(WAKE, "fired_us"));
	utc_us = MONDAY + 7 * HOUR; /* an hour after it would have been due */
	tick(&one);
	assert_int_equal(one.requests.dim.brightness, 255);
	pass(&one, MONDAY + 30 * HOUR);
	assert_int_equal(one.requests.dim.brightness, 102);
}

/* A clock that was a year ahead has done it then: it does not wait for that year to pass. */
static void test_done_far_ahead(void **state)
{
	(void)state;
	utc_us = MONDAY + 365 * 24 * HOUR;
	set(&one, "wake", AT_SEVEN);
	utc_us = MONDAY;
	tick(&one);
	assert_int_equal(glow_agenda_store_next(&one.agenda), MONDAY + 6 * HOUR);
	pass(&one, MONDAY + 6 * HOUR);
	assert_int_equal(one.requests.dim.brightness, 102);
}

static void test_sun(void **state)
{
	int64_t next;

	(void)state;
	set(&one, "sun", "{\"at\":\"sunset\",\"offset_min\":-30,\"dim\":\"40%\"}");
	next = number(R, "next_us");
	assert_in_range(next, MONDAY + 14 * HOUR, MONDAY + 15 * HOUR);
	set(&one, "sun", "{\"at\":\"sunset\",\"dim\":\"40%\"}");
	assert_int_equal(number(R, "next_us"), next + HOUR / 2);
	destroy(&two);
	create(&two, false);
	lead(&two);
	set(&two, "sun", "{\"at\":\"sunset\",\"dim\":\"40%\"}");
	assert_true(said(R, "out_of_range") && said(R, "--place"));
}

static void test_disabled(void **state)
{
	(void)state;
	set(&one, "wake", "{\"at\":\"07:00\",\"dim\":\"40%\",\"enabled\":false}");
	assert_true(said(R, "\"ok\"") && !said(R, "next_us"));
	assert_int_equal(pass(&one, MONDAY + 48 * HOUR), 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *payload, *code, *field;
	} rows[] = {
		{ "{\"at\":\"24:00\",\"dim\":\"40%\"}", "out_of_range", "at" },
		{ "{\"at\":\"7\",\"dim\":\"40%\"}", "out_of_range", "at" },
		{ "{\"at\":\"07:00x\",\"dim\":\"40%\"}", "out_of_range", "at" },
		{ "{\"at\":\"7:-1\",\"dim\":\"40%\"}", "out_of_range", "at" },
		{ "{\"at\":\"7: 05\",\"dim\":\"40%\"}", "out_of_range", "at" },
		{ "{\"at\":7,\"dim\":\"40%\"}", "bad_type", "at" },
		{ "{\"dim\":\"40%\"}", "out_of_range", "at" },
		{ "{\"at\":\"07:00\"}", "out_of_range", "" },
		{ "{\"at\":\"07:00\",\"dim\":\"40%\",\"scene\":\"fire\"}", "conflict", "dim" },
		{ "{\"at\":\"07:00\",\"dim\":\"400%\"}", "out_of_range", "dim.brightness" },
		{ "{\"at\":\"07:00\",\"scene\":{\"effect\":\"fier\"}}", "unknown_effect", "scene.effect" },
		{ "{\"at\":\"07:00\",\"preset\":\"A\"}", "out_of_range", "preset" },
		{ "{\"at\":\"07:00\",\"dim\":\"40%\",\"offset_min\":1}", "conflict", "offset_min" },
		{ "{\"at\":\"sunset\",\"dim\":\"40%\",\"offset_min\":721}", "out_of_range", "offset_min" },
		{ "{\"at\":\"07:00\",\"dim\":\"40%\",\"transition\":1}", "conflict", "transition" },
		{ "{\"at\":\"07:00\",\"dim\":\"40%\",\"days\":[]}", "out_of_range", "days" },
		{ "{\"at\":\"07:00\",\"dim\":\"40%\",\"days\":[\"mo\"]}", "out_of_range", "days.0" },
		{ "{\"at\":\"07:00\",\"dim\":\"40%\",\"days\":\"mon\"}", "bad_type", "days" },
		{ "{\"tiem\":\"07:00\"}", "unknown_field", "tiem" },
		{ "{\"at\":\"07:00\",\"dim\":\"40%\",\"name\":\"other\"}", "out_of_range", "name" },
		{ "[]", "bad_type", "" },
		{ "x", "bad_json", "" },
	};
	char field[40];

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		set(&one, "wake", rows[k].payload);
		snprintf(field, sizeof(field), "\"field\":\"%s\"", rows[k].field);
		if (!said(R, rows[k].code) || !said(R, field))
			fail_msg("%s: %s", rows[k].payload, last(R));
	}
	assert_int_equal(count(WAKE), 0);
}

/* What is kept reads back as it was asked for. */
static void test_kept(void **state)
{
	(void)state;
	set(&one, "wake",
	    "{\"title\":\"Up!\",\"at\":\"sunrise\",\"offset_min\":15,\"days\":[\"sat\",\"sun\"],\"enabled\":false,"
	    "\"scene\":{\"effect\":\"fire\",\"fade_ms\":500}}");
	assert_string_equal(
		last(WAKE),
		"{\"name\":\"wake\",\"title\":\"Up!\",\"at\":\"sunrise\",\"offset_min\":15,\"days\":[\"sat\",\"sun\"],"
		"\"enabled\":false,\"scene\":{\"effect\":\"fire\",\"fade_ms\":500},\"fired_us\":1767571200000000}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_dim, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scene_and_preset, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hand_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hand_over_untold, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_missed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(test_made_without_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(test_done_far_ahead, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sun, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disabled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
