/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A rack's conductor and the cluster above, in the life of a whole conductor: the root's words come by the test, and
 * its clock answers as long as the uplink is up. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>

#include "../../bridge/app/conductor/uplink.h"
#include "../harness/conducting.h"

#define ROOT_CLOCK "00c10c0000000001"
#define ROOT_BOOT  UINT32_C(4242)
#define AHEAD      (3 * SECOND) /* the root's clock is ahead of the wall clock here */
#define RACK_INFO  "hall/node/rack-a/info"
#define RACK_STATE "hall/node/rack-a/state"
#define RACK_ASKS  "hall/time/request/rack-a"

static void root_says(unsigned term, const char *more)
{
	char text[600];

	snprintf(text, sizeof(text),
		 "{\"id\":\"cm4\",\"state\":\"leading\",\"clock_id\":\"" ROOT_CLOCK "\",\"term\":%u,\"boot\":%u,"
		 "\"rate_ppb\":0,\"nodes\":2,\"version\":\"0\",\"utc_offset_us\":null,\"tz_offset_s\":null%s}",
		 term, ROOT_BOOT, more);
	retain("hall/conductor/info", text);
}

static void beacon(void)
{
	tell("hall/conductor/beacon",
	     "{\"seq\":1,\"time_us\":5,\"clock_id\":\"" ROOT_CLOCK "\",\"term\":3,\"boot\":4242}");
}

static void clock_above(void)
{
	answerers[n_answerers++] =
		(struct answerer){ .above = true,
				   .s_minus_l = WALL + AHEAD,
				   .rate = 5e-6,
				   .leader = { .clock_id = 0x00c10c0000000001, .term = 3, .boot = ROOT_BOOT } };
}

/* With the root's beacons, twice a second. */
static void pass_up(int64_t ns)
{
	for (; ns > 0; ns -= 500 * MS) {
		beacon();
		pass(500 * MS);
		if (n_sent > SENT_MAX / 2) {
			forget();
			n_answered = 0;
		}
	}
}

/* Cluster time here minus the root's, by a probe of somebody who looks. */
static int64_t off_ns(void)
{
	struct glow_time_reply reply;
	const struct sent *s;

	probe("x-1", now, 0);
	s = find("glow/time/reply/x-1");
	assert_non_null(s);
	assert_true(glow_reply_read(s->payload, s->len, false, &reply));
	return reply.t2_ns - (now + WALL + AHEAD + (int64_t)(5e-6 * (double)(now - START)));
}

static void begin(void)
{
	cfg.uplink = "hall/rack-a";
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
}

/* Leads as rack-a of a root that is up. */
static void begin_up(void)
{
	clock_above();
	cfg.uplink = "hall/rack-a";
	stand_by();
	root_says(3, "");
	beacon();
	pass(200 * MS);
	take_lead(NULL);
	pass_up(20 * SECOND);
}

static bool info_says(const char *part)
{
	return said(INFO, part);
}

/* ---- whose time ---- */

static void test_split(void **state)
{
	char prefix[GLOW_PREFIX_MAX + 1], rack[GLOW_ID_MAX + 1];

	(void)state;
	assert_true(glow_uplink_split("a/b/rack-1", prefix, rack));
	assert_string_equal(prefix, "a/b");
	assert_string_equal(rack, "rack-1");
	assert_false(glow_uplink_split("hall", prefix, rack));
	assert_false(glow_uplink_split("hall/", prefix, rack));
	assert_false(glow_uplink_split("/rack", prefix, rack));
	assert_false(glow_uplink_split("ha#/rack", prefix, rack));
	assert_false(glow_uplink_split("hall/Rack", prefix, rack));
}

static void test_topics(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1], last_one[GLOW_TOPIC_MAX + 1] = "";
	bool retained;
	size_t n = 0, plain = 0;

	(void)state;
	while (glow_conductor_topic(&cfg, plain, topic, &retained))
		plain++;
	cfg.uplink = "hall/rack-a";
	for (; glow_conductor_topic(&cfg, n, topic, &retained); n++) {
		assert_int_equal(n < 12, strncmp(topic, "hall/", 5) == 0);
		snprintf(last_one, sizeof(last_one), "%s", topic);
	}
	assert_string_equal(last_one, "glow/time/request/x/+"); /* the leader's alone stay the last */
	assert_int_equal(n - plain, 12);
}

static void test_together(void **state)
{
	(void)state;
	begin_up();
	assert_true(info_says("\"clock_id\":\"" ROOT_CLOCK "\"") && info_says("\"state\":\"leading\""));
	assert_true(info_says("\"uplink\":{\"root\":\"hall\",\"rack\":\"rack-a\",\"state\":\"following\",\"losses\":0,"
			      "\"above\":[4242]}"));
	assert_int_equal(number(INFO, "term"), (now + WALL) / SECOND - (now - START) / SECOND + AHEAD / SECOND);
	assert_true(llabs(off_ns()) < 100000);
}

/* Without the root the rack begins by itself, and goes over when it is heard. */
static void test_root_comes_late(void **state)
{
	(void)state;
	begin();
	assert_int_equal(count(INFO), 0);
	pass(3 * SECOND);
	assert_true(info_says("\"state\":\"leading\"") && info_says("\"state\":\"waiting\""));
	assert_false(info_says(ROOT_CLOCK));
	clock_above();
	root_says(3, "");
	pass_up(5 * SECOND);
	assert_true(info_says(ROOT_CLOCK) && info_says("\"state\":\"following\""));
	assert_true(llabs(off_ns()) < 200000);
}

static void test_stands_by_in_silence(void **state)
{
	(void)state;
	clock_above();
	cfg.uplink = "hall/rack-a";
	create();
	retain(ONLINE, "online");
	retain_info(3, "other", 0);
	glow_conductor_connected(conductor, raw(), false);
	root_says(3, "");
	beacon();
	pass(900 * MS);
	assert_int_equal(count(RACK_ASKS) + count(RACK_INFO), 0);
}

/* ---- an uplink that is lost ---- */

/* promise: rack-goes-on */
static void test_lost(void **state)
{
	int64_t before, after;

	(void)state;
	begin_up();
	pass_up(600 * SECOND);
	before = off_ns();
	assert_true(llabs(before) < 50000);
	n_answerers = 0;
	pass(10 * SECOND);
	assert_true(info_says("\"state\":\"lost\"") && info_says("\"losses\":1"));
	forget();
	n_answered = 0;
	pass(1000 * SECOND);
	assert_int_equal(count(RACK_ASKS), 0); /* there is nobody to ask */
	assert_true(llabs(off_ns() - before) < 200000);
	assert_int_equal(count(INFO), 0); /* and no other reign */

	/* Back, with the root half a millisecond elsewhere: no step, and there in the end. */
	clock_above();
	answerers[0].s_minus_l += 500000;
	before = off_ns();
	forget();
	n_answered = 0;
	pass_up(SECOND);
	after = off_ns();
	assert_true(llabs(after - before) < 30000);
	assert_true(info_says("\"state\":\"following\""));
	pass_up(200 * SECOND);
	assert_true(llabs(off_ns() - 500000) < 50000);
	assert_false(info_says("\"term\":1,"));
}

static void test_flaps(void **state)
{
	(void)state;
	begin_up();
	for (int k = 0; k < GLOW_UPLINK_FLAPS; k++) {
		assert_false(info_says("problem"));
		pass(5 * SECOND);
		pass_up(SECOND);
	}
	assert_true(info_says("\"problem\":\"lost 3 times within a minute\""));
	pass_up(61 * SECOND);
	assert_false(info_says("problem"));
	assert_true(info_says("\"losses\":3"));
}

/* ---- what is wrong ---- */

static void test_loop(void **state)
{
	char above[60];

	(void)state;
	clock_above();
	cfg.uplink = "hall/rack-a";
	snprintf(above, sizeof(above), ",\"uplink\":{\"above\":[77,%u]}", BOOT);
	stand_by();
	root_says(3, above);
	beacon();
	pass(200 * MS);
	take_lead(NULL);
	pass_up(10 * SECOND);
	assert_true(info_says("\"state\":\"refused\"") && info_says("\"problem\":\"a loop: hall leads back"));
	assert_false(info_says(ROOT_CLOCK));
	assert_int_equal(count(RACK_ASKS), 0);
	/* All in the ring see it, whoever looks last. */
	assert_true(info_says("\"above\":[4242,77,"));
	/* Once the bridges are mended it follows. */
	root_says(3, "");
	pass_up(10 * SECOND);
	assert_true(info_says("\"state\":\"following\"") && info_says(ROOT_CLOCK));
}

static void test_own_tail(void **state)
{
	char text[400];

	(void)state;
	begin();
	pass(3 * SECOND);
	snprintf(text, sizeof(text), "%s", last(INFO)); /* the broker is bridged to itself */
	retain("hall/conductor/info", text);
	pass_up(5 * SECOND);
	assert_true(info_says("\"state\":\"refused\""));
}

static void hear_twin(uint32_t boot)
{
	char text[120];

	snprintf(text, sizeof(text), "{\"id\":\"rack-a\",\"pixels\":8,\"boot\":%u,\"backend\":\"conductor b\"}", boot);
	retain(RACK_INFO, text);
}

static void test_twin(void **state)
{
	(void)state;
	clock_above();
	cfg.uplink = "hall/rack-a";
	create();
	retain_info(3, "other", 0); /* leads before us */
	glow_conductor_connected(conductor, raw(), false);
	root_says(3, "");
	beacon();
	pass(2 * SECOND);
	take_lead(NULL);
	pass_up(10 * SECOND);
	hear_twin(BOOT);  /* our own word */
	hear_twin(OTHER); /* what the one before us had said */
	pass_up(SECOND);
	assert_false(info_says("problem"));
	forget();
	n_answered = 0;
	hear_twin(99);
	pass_up(SECOND);
	assert_true(info_says("\"problem\":\"another rack is called rack-a too\""));
	assert_int_equal(count(RACK_INFO), 0);
	pass_up(5 * SECOND);
	assert_int_equal(count(RACK_INFO), 1); /* so that the other one hears of us, and says so again */
	hear_twin(99);
	pass_up(59 * SECOND);
	assert_true(info_says("problem"));
	pass_up(2 * SECOND);
	assert_false(info_says("problem"));
}

static void test_broken(void **state)
{
	(void)state;
	begin_up();
	retain("hall/conductor/info", "{\"version\":\"9\"}");
	pass_up(SECOND);
	assert_true(info_says("\"problem\":\"hall/conductor/info cannot be read: clock_id"));
	assert_true(info_says("\"state\":\"following\""));
	assert_true(llabs(off_ns()) < 100000);
	root_says(3, "");
	retain("hall/roster", "{\"rev\":\"new\"}");
	pass_up(SECOND);
	assert_true(info_says("\"problem\":\"hall/roster cannot be read"));
	retain("hall/roster", "{\"rev\":1,\"effective_us\":0,\"pixels\":0,\"nodes\":[]}");
	pass_up(SECOND);
	assert_false(info_says("problem"));
}

/* ---- as the root's node ---- */

static void test_node_of_the_root(void **state)
{
	(void)state;
	begin_up();
	node_with("pi1", 8, "\"shelf\",\"left\"");
	node_with("pi2", 4096, "\"shelf\"");
	retain("glow/node/pi1/state", "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":255,\"g\":0,\"b\":0},"
				      "\"brightness\":128,\"effect\":\"solid\",\"params\":{}}");
	pass_up(2 * SECOND);
	assert_true(said(RACK_INFO, "\"id\":\"rack-a\",\"groups\":[\"shelf\",\"left\"],\"board\":\"rack\""));
	assert_int_equal(number(RACK_INFO, "strip"), 4104);
	assert_int_equal(number(RACK_INFO, "pixels"), 4096);
	assert_int_equal(number(RACK_INFO, "boot"), BOOT);
	assert_true(find(RACK_INFO)->retained && find(RACK_STATE)->retained);
	assert_true(said(RACK_STATE, "\"state\":\"ON\"") && said(RACK_STATE, "\"brightness\":128"));
	pass_up(10 * SECOND);
	assert_true(said("hall/node/rack-a/stats", "\"sync\":{\"state\":\"tracking\",\"offset_us\":"));
}

static void test_ordered_above(void **state)
{
	char text[300];
	int64_t at_us;

	(void)state;
	begin_up();
	node("pi1");
	pass_up(SECOND);
	at_us = (now + WALL + AHEAD) / 1000 + 700000;
	snprintf(text, sizeof(text), "{\"color\":\"red\",\"at_us\":%" PRId64 "}", at_us);
	tell("hall/node/rack-a/set", text);
	assert_int_equal(number("glow/all/apply", "at_us"), at_us);
	tell("hall/node/rack-b/set", "off");
	assert_int_equal(count("glow/all/apply"), 1);
	tell("hall/node/rack-a/set", "off"); /* without an instant: as soon as all here can */
	assert_in_range(number("glow/all/apply", "at_us"), (now + WALL + AHEAD) / 1000, at_us - 1);
	snprintf(text, sizeof(text),
		 "{\"kind\":\"set\",\"at_us\":%" PRId64 ",\"of\":\"1f0c2b9a\",\"seed\":9,\"cmd\":{\"state\":\"OFF\"}}",
		 at_us + 1);
	tell("hall/group/shelf/apply", text);
	assert_string_equal(last("glow/group/shelf/apply"), text);
	snprintf(text, sizeof(text),
		 "{\"clock_id\":\"" ROOT_CLOCK "\",\"term\":3,\"rev\":1,\"scenes\":[{\"id\":\"main\",\"effect\":"
		 "\"fire\",\"start_us\":%" PRId64 "}]}",
		 at_us);
	retain("hall/scene/current", text);
	pass(50 * MS);
	assert_true(said(SCENES, "\"effect\":\"fire\"") && number(SCENES, "start_us") == at_us);
}

/* On another timeline an instant means nothing. */
static void test_nothing_before_its_time(void **state)
{
	(void)state;
	begin();
	pass(4 * SECOND);
	root_says(3, "");
	retain("hall/dim/current",
	       "{\"brightness\":7,\"until_us\":null,\"clock_id\":\"" ROOT_CLOCK "\",\"term\":3,\"rev\":1}");
	tell("hall/all/apply",
	     "{\"kind\":\"set\",\"at_us\":5,\"of\":\"1f0c2b9a\",\"seed\":9,\"cmd\":{\"state\":\"OFF\"}}");
	pass(SECOND);
	assert_int_equal(count("glow/all/apply"), 0);
	assert_int_equal(number(DIM, "brightness"), 255);
	clock_above();
	pass_up(5 * SECOND);
	assert_int_equal(number(DIM, "brightness"), 7);
}

/* Above nobody knows the time any more, but we do. */
static void test_asked_for_the_time(void **state)
{
	struct glow_time_request request = { .seq = 7, .t1_ns = 99 };
	struct glow_time_reply reply;
	uint8_t bytes[GLOW_REQUEST_SIZE];
	const struct sent *s;

	(void)state;
	begin_up();
	glow_request_write(&request, bytes);
	deliver((struct glow_message){
		.topic = "hall/time/adopt/request/rack-a", .payload = bytes, .len = sizeof(bytes) });
	s = find("hall/time/adopt/reply/00001092");
	assert_non_null(s);
	assert_true(glow_reply_read(s->payload, s->len, true, &reply));
	assert_true(reply.leader.clock_id == 0x00c10c0000000001 && reply.seq == 7);
}

/* Who commands in the rack does not speak above by the conductor's rights, and the other way round. */
/* promise: rights */
static void test_answers_stay(void **state)
{
	static const struct {
		const char *topic, *answer;
		bool answered;
	} cases[] = {
		{ "glow/all/set", "glow/answer/me", true },          { "glow/all/set", "elsewhere/me", true },
		{ "glow/all/set", "hall/answer/me", false },         { "glow/all/set", RACK_STATE, false },
		{ "hall/node/rack-a/set", "hall/answer/me", true },  { "hall/node/rack-a/set", RACK_STATE, false },
		{ "hall/node/rack-a/set", "glow/answer/me", false },
	};

	(void)state;
	begin_up();
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		forget();
		deliver((struct glow_message){
			.topic = cases[k].topic, .payload = "red", .len = 3, .response_topic = cases[k].answer });
		assert_int_equal(count("glow/all/apply"), 1);
		assert_int_equal(count(cases[k].answer), cases[k].answered);
	}
	forget();
	glow_conductor_dropped(conductor, &(struct glow_message){ .topic = PLAY, .response_topic = "hall/answer/me" },
			       false);
	assert_int_equal(count("hall/answer/me"), 0);
	glow_conductor_dropped(conductor, &(struct glow_message){ .topic = PLAY, .response_topic = ANSWER }, false);
	assert_int_equal(count(ANSWER), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_split, setup, teardown),
		cmocka_unit_test_setup_teardown(test_topics, setup, teardown),
		cmocka_unit_test_setup_teardown(test_together, setup, teardown),
		cmocka_unit_test_setup_teardown(test_root_comes_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stands_by_in_silence, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flaps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_tail, setup, teardown),
		cmocka_unit_test_setup_teardown(test_twin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_node_of_the_root, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ordered_above, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_before_its_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asked_for_the_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answers_stay, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
