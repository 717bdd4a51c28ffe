/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A node and the texts of its cluster: it follows those that it is told to show, waits for them a while, in order,
 * shows what they say from the instant that all agree on, and says so when it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/effect_text.h>
#include <glow/json.h>

#include "../harness/lone_node.h"

#define LIST   "glow/effect"
#define AURORA "glow/effect/aurora"
#define LAVA   "glow/effect/lava"

/* Whole boards of one colour, so that shows() can tell. */
#define RED_TEXT  "#f00"
#define LIME_TEXT "rgb(0, 1, 0)"

static void list(const char *effects)
{
	char payload[200];

	snprintf(payload, sizeof(payload), "{\"rev\":9,\"effects\":{%s}}", effects);
	tell(LIST, payload);
}

static void text_at(const char *topic, const char *text, uint64_t rev, int64_t at_us)
{
	static const struct glow_effect_desc any = { .what = "" };
	struct glow_effect_text one = {
		.text = text, .len = strlen(text), .rev = rev, .at_us = at_us, .clock_id = OURS
	};
	char *payload;

	snprintf(one.name, sizeof(one.name), "%s", strrchr(topic, '/') + 1);
	payload = glow_json_finish(glow_effect_text_write(&one, &any));
	tell(topic, payload);
	free(payload);
}

static void text(const char *topic, const char *source, uint64_t rev)
{
	text_at(topic, source, rev, now);
}

/* It is asked for when it is commanded, and the command is carried out when it comes. */
static void test_waits_for_text(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1,\"lava\":2");
	assert_false(follows(AURORA) || follows(LAVA));
	ask(SET, "{\"effect\":\"aurora\",\"transition\":0}", "r");
	assert_true(follows(AURORA));
	assert_false(follows(LAVA));
	assert_int_equal(count("r"), 0);
	assert_true(shows(GLOW_WHITE)); /* the idle display */
	text(AURORA, RED_TEXT, 1);
	assert_true(said("r", "\"ok\""));
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(said(STATE, "\"effect\":\"aurora\""));
	/* From now on it is here. */
	ask(SET, "Aurora 100%", "r2");
	assert_true(said("r2", "\"ok\""));
}

/* What comes behind it waits as well, and the last one is the last. */
static void test_order(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1");
	tell(SET, "aurora");
	ask(SET, "blue", "r");
	assert_int_equal(count("r"), 0);
	assert_true(shows(GLOW_WHITE));
	text(AURORA, RED_TEXT, 1);
	assert_int_equal(count("r"), 1);
	assert_true(shows(BLUE));
}

/* A name that is on no list is refused at once. */
static void test_typo(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1");
	ask(SET, "{\"effect\":\"arora\"}", "r");
	assert_true(said("r", "unknown_effect"));
	assert_false(follows("glow/effect/arora"));
	ask(SET, "{\"effect\":\"rainbow\"}", "r2");
	assert_true(said("r2", "\"ok\""));
}

/* Where the text does not come, whoever asked is told after a second, and the rest goes on. */
static void test_text_does_not_come(void **state)
{
	int64_t until;

	(void)state;
	bring_up();
	list("\"aurora\":1");
	ask(SET, "aurora", "r");
	ask(SET, "blue", "r2");
	until = now + SECOND;
	assert_true(glow_node_next(node) <= until);
	pass(SECOND - 1);
	assert_int_equal(count("r") + count("r2"), 0);
	pass(1);
	assert_true(said("r", "busy") && said("r", "has not come"));
	assert_true(said("r2", "\"ok\""));
	assert_true(shows(BLUE));
}

/* Sixteen may wait; for one more there is no room. */
static void test_room(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1");
	for (int k = 0; k < 16; k++)
		ask(SET, "aurora", "r");
	assert_int_equal(count("r"), 0);
	ask(SET, "aurora", "more");
	assert_true(said("more", "busy"));
	text(AURORA, RED_TEXT, 1);
	assert_int_equal(count("r"), 16);
	assert_true(shows(RED));
}

/* A text that this program cannot compile is refused by name, with the reason, without waiting again. */
static void test_cannot_compile(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1");
	ask(SET, "{\"effect\":\"aurora\"}", "r");
	text(AURORA, "newer_than_this(x)", 1);
	assert_true(said("r", "unknown_effect") && said("r", "cannot be used here: 1:1"));
	ask(SET, "aurora", "r2");
	assert_true(said("r2", "cannot be used here"));
	/* Another text of that name may be better. */
	list("\"aurora\":2");
	ask(SET, "aurora", "r3");
	assert_int_equal(count("r3"), 0);
	text(AURORA, RED_TEXT, 2);
	assert_true(said("r3", "\"ok\"") && shows(RED));
}

static void test_refused_by_broker(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1");
	ask(SET, "aurora", "r");
	glow_node_wish_refused(node, AURORA);
	tick();
	assert_true(said("r", "the broker's rules"));
}

/* All take another text at one instant; parameters that fit it stay. */
/* promise: text-in-phase */
static void test_change(void **state)
{
	(void)state;
	join();
	list("\"aurora\":1");
	tell(SET, "{\"effect\":\"aurora\"}");
	text(AURORA, "param a 0..9 = 3\nparam b 0..9 = 4\n" RED_TEXT, 1);
	tell(SET, "{\"params\":{\"a\":8,\"b\":7}}");
	assert_true(shows(RED));
	text_at(AURORA, "param b 0..9 = 1\nparam a 0..5 = 2\n" LIME_TEXT, 2, now + SECOND);
	assert_true(shows(RED));
	assert_true(glow_node_next(node) <= now + SECOND);
	pass(SECOND - 1);
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(LIME));
	pass(SECOND);
	assert_true(said(STATE, "\"params\":{\"b\":7,\"a\":2}"));
	assert_int_equal(count(ERROR), 0);
}

/* What shows a text that is removed lets go, and says so. */
static void test_removed(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1");
	tell(SET, "aurora");
	tell(NOTIFY, "{\"effect\":\"aurora\",\"ttl_s\":60}");
	text(AURORA, RED_TEXT, 1);
	assert_true(shows(RED));
	forget();
	list("");
	tell(AURORA, "");
	assert_true(shows(GLOW_WHITE));
	assert_true(said(ERROR, "unknown_effect") && said(ERROR, "aurora"));
	assert_false(follows(AURORA));
	pass(SECOND);
	assert_true(said(STATE, "\"effect\":\"auto\"") && !said(STATE, "\"notice\""));
}

/* A scene shows the idle display until its text comes, nobody is told of that, and then it is where it would be. */
static void test_scene(void **state)
{
	char scenes[200];

	(void)state;
	join();
	list("\"aurora\":1,\"lava\":1");
	snprintf(scenes, sizeof(scenes), "{\"id\":\"main\",\"effect\":\"aurora\",\"start_us\":%lld}", (long long)START);
	play(OURS, scenes);
	assert_true(follows(AURORA) && !follows(LAVA));
	assert_true(shows(GLOW_WHITE));
	pass(SECOND / 2);
	assert_int_equal(count(ERROR), 0);
	text(AURORA, RED_TEXT, 1);
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_int_equal(count(ERROR), 0);
	text_at(AURORA, LIME_TEXT, 2, now + SECOND);
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(shows(LIME));
	/* Removed while it plays, and put again. */
	list("\"lava\":1");
	tell(AURORA, "");
	assert_true(shows(GLOW_WHITE));
	assert_true(said(ERROR, "main.effect"));
	list("\"aurora\":3");
	assert_true(follows(AURORA));
	text(AURORA, RED_TEXT, 3);
	assert_true(shows(RED));
}

static void test_scene_text_missing(void **state)
{
	char scenes[200];

	(void)state;
	join();
	list("\"aurora\":1");
	snprintf(scenes, sizeof(scenes), "{\"id\":\"main\",\"effect\":\"aurora\",\"start_us\":%lld}", (long long)START);
	play(OURS, scenes);
	pass(SECOND);
	assert_true(said(ERROR, "main.effect"));
	assert_int_equal(count(ERROR), 1);
	/* A name of which there is no text, as always, at once. */
	snprintf(scenes, sizeof(scenes), "{\"id\":\"two\",\"effect\":\"lava\",\"start_us\":%lld}", (long long)START);
	play(OURS, scenes);
	assert_true(said(ERROR, "two.effect"));
}

/* After a restart the light comes back with its text; nothing is said or shown of it before. */
static void test_restore(void **state)
{
	struct glow_message m = { .topic = STATE,
				  .payload = "{\"state\":\"ON\",\"effect\":\"aurora\",\"brightness\":255}",
				  .retained = true };

	(void)state;
	m.len = strlen(m.payload);
	create();
	list("\"aurora\":1");
	deliver(m);
	assert_true(follows(AURORA));
	online();
	tick();
	assert_false(glow_node_started(node));
	assert_int_equal(count(STATE), 0);
	text(AURORA, RED_TEXT, 1);
	assert_true(glow_node_started(node));
	assert_true(shows(RED));
	assert_true(said(STATE, "aurora"));
}

/* Without its text in time the light is as after a broken state. */
static void test_restore_in_vain(void **state)
{
	struct glow_message m = { .topic = STATE, .payload = "{\"effect\":\"aurora\"}", .len = 19, .retained = true };

	(void)state;
	create();
	list("\"aurora\":1");
	deliver(m);
	online();
	pass(SECOND);
	assert_true(glow_node_started(node));
	assert_true(shows(GLOW_WHITE));
	assert_true(said(STATE, "\"effect\":\"auto\""));
}

/* What is not shown any more is not asked for on the next connection. */
static void test_tidy(void **state)
{
	(void)state;
	bring_up();
	list("\"aurora\":1,\"lava\":1");
	tell(SET, "aurora");
	text(AURORA, RED_TEXT, 1);
	tell(SET, "lava");
	text(LAVA, LIME_TEXT, 1);
	glow_node_disconnected(node);
	assert_false(follows(AURORA));
	assert_true(follows(LAVA));
	online();
	assert_true(shows(LIME));
}

/* A text may be more than a long board can draw in time. */
static void test_too_much(void **state)
{
	/* Each turn costs some steps, and none of it is the same for all pixels. */
	static const char much[] = "let a = sum(k, 0, 99, noise(x + k))\nrgb(a, 0, 0)";

	(void)state;
	cfg.env.shape.pixels = cfg.info.shape.pixels = GLOW_PIXELS_MAX;
	bring_up();
	list("\"aurora\":1");
	ask(SET, "aurora", "r");
	text(AURORA, much, 1);
	assert_true(said("r", "bad_effect") && said("r", "steps"));
	assert_false(said(STATE, "aurora"));
	/* The same is good for fewer, and others are for so many. */
	text(AURORA, RED_TEXT, 2);
	ask(SET, "aurora", "r2");
	assert_true(said("r2", "\"ok\""));
	text(AURORA, much, 3);
	assert_true(shows(GLOW_WHITE));
	assert_true(said(ERROR, "too much"));
}

/* The conductor's word for all waits with the command that it is for, and its instant stays. */
/* promise: text-in-phase */
static void test_many(void **state)
{
	int64_t at;

	(void)state;
	join();
	list("\"aurora\":1");
	at = now + SECOND / 4;
	tell(ALL, "aurora");
	tell_apply(ALL, "aurora", "{\"effect\":\"aurora\"}", at);
	text(AURORA, RED_TEXT, 1);
	assert_true(shows(GLOW_WHITE));
	pass(SECOND / 4);
	assert_true(shows(RED));
	pass(SECOND);
	expect_number(STATE, "start_us", at);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_waits_for_text),
		TEST(test_order),
		TEST(test_typo),
		TEST(test_text_does_not_come),
		TEST(test_room),
		TEST(test_cannot_compile),
		TEST(test_refused_by_broker),
		TEST(test_change),
		TEST(test_removed),
		TEST(test_scene),
		TEST(test_scene_text_missing),
		TEST(test_restore),
		TEST(test_restore_in_vain),
		TEST(test_tidy),
		TEST(test_too_much),
		TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
