/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Layers: by themselves, and the transitions and clock steps of a node. */

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
#include "../../bridge/app/node/layers.h"

/* ---- by themselves ---- */

static struct glow_layers l;

static int fresh(void **state)
{
	setup(state);
	assert_int_equal(glow_layers_init(&l, &cfg.env, "white", now, &diag), GLOW_OK);
	return 0;
}

static int finished(void **state)
{
	glow_layers_fini(&l);
	return teardown(state);
}

static void set(const char *payload)
{
	glow_layers_set(&l, command(GLOW_COMMAND_SET, payload), now, 7);
}

static bool stage(enum glow_topic_kind kind, const char *payload)
{
	const struct glow_message m = { .payload = payload, .len = strlen(payload) };

	return glow_layers_stage(&l, &cfg.info, kind, &m, now, &diag);
}

static bool stage_scene(uint64_t clock_id, const char *one)
{
	char text[600];

	snprintf(text, sizeof(text), "{\"clock_id\":\"%016llx\",\"term\":1,\"rev\":1,\"scenes\":[%s]}",
		 (unsigned long long)clock_id, one);
	return stage(GLOW_TOPIC_SCENE_CURRENT, text);
}

static bool pass_to(int64_t t_us)
{
	now = t_us;
	l.started = true;
	return glow_layers_pass(&l, &cfg.info, t_us);
}

static void clock_steps(bool started, int64_t delta_us, uint64_t clock_id)
{
	l.started = started;
	glow_layers_clock_stepped(&l, &cfg.info, now, delta_us, clock_id);
	now += delta_us;
}

/* The light as a state of an earlier life has it. */
static void restore(uint64_t clock_id, int64_t start_us, bool started)
{
	struct glow_state saved = { .since_us = start_us, .clock_id = clock_id };

	glow_look_init(&saved.light, glow_effect_find("rainbow", 7), start_us);
	l.started = started;
	glow_layers_restore(&l, &saved, now);
}

static bool base_is(struct glow_rgb c)
{
	struct glow_picture pic = glow_layers_picture(&l);

	glow_picture_base(&pic, &l.env, now, &frame);
	return glow_rgb_equal(frame.px[0], c);
}

static void test_init(void **state)
{
	(void)state;
	assert_int_equal(glow_layers_showing(&l), GLOW_SHOWS_IDLE);
	assert_int_equal(glow_layers_next(&l), GLOW_NEVER);
	assert_false(glow_layers_expire(&l, GLOW_NEVER));
	assert_true(base_is(GLOW_WHITE));
	assert_int_equal(glow_layers_init(&l, &cfg.env, "purplish", now, &diag), GLOW_UNKNOWN_EFFECT);
	assert_string_not_equal(diag.what, "");
}

static void test_set(void **state)
{
	uint32_t revision = l.revision;

	(void)state;
	now += SECOND;
	set("rainbow");
	assert_int_equal(l.since_us, now);
	assert_int_equal(l.light.start_us, now);
	assert_int_equal(l.light.seed, 7);
	assert_int_equal(l.changes, 1);
	assert_int_equal(l.revision, revision + 1);
	assert_int_equal(glow_layers_showing(&l), GLOW_SHOWS_LIGHT);
	/* A flash, or nothing but a transition, is no change of the light. */
	now += SECOND;
	set("{\"flash\":2}");
	set("{\"transition\":2}");
	assert_int_equal(l.changes, 1);
	assert_int_equal(l.since_us, now - SECOND);
	assert_false(l.fade.running);
	assert_int_equal(glow_layers_showing(&l), GLOW_SHOWS_NOTICE);
	assert_int_equal(glow_layers_next(&l), now + 2 * SECOND);
}

/* The one that ends first wakes; what was is over at its end and not before. */
static void test_next_and_expire(void **state)
{
	uint32_t revision;

	(void)state;
	set("{\"color\":\"red\",\"transition\":5}");
	glow_layers_notify(&l, command(GLOW_COMMAND_NOTIFY, "{\"color\":\"lime\",\"ttl_s\":3}"), now, 7);
	assert_int_equal(glow_layers_next(&l), now + 3 * SECOND);
	revision = l.revision;
	assert_false(glow_layers_expire(&l, now + 3 * SECOND - 1));
	assert_int_equal(l.revision, revision);
	assert_true(glow_layers_expire(&l, now + 3 * SECOND));
	assert_int_not_equal(l.revision, revision);
	assert_int_equal(glow_layers_next(&l), now + 5 * SECOND);
	assert_true(l.fade.running);
	assert_true(glow_layers_expire(&l, now + 5 * SECOND));
	assert_false(l.fade.running);
	assert_false(glow_layers_expire(&l, now + 5 * SECOND));
	assert_int_equal(glow_layers_next(&l), GLOW_NEVER);
	stage(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":9,\"until_us\":1700000002000000}");
	assert_int_equal(glow_layers_next(&l), START + 2 * SECOND);
}

static void test_state(void **state)
{
	static struct glow_state told;

	(void)state;
	set("{\"color\":\"red\",\"transition\":5}");
	glow_layers_notify(&l, command(GLOW_COMMAND_NOTIFY, "{\"color\":\"lime\",\"id\":\"door\",\"priority\":8}"), now,
			   7);
	glow_layers_state(&l, &told);
	assert_true(glow_rgb_equal(told.light.color, RED));
	assert_int_equal(told.since_us, now);
	assert_int_equal(told.showing, GLOW_SHOWS_NOTICE);
	assert_true(told.fading && told.has_notice);
	assert_int_equal(told.fade_end_us - told.fade_start_us, 5 * SECOND);
	assert_true(glow_rgb_equal(told.fade_from.px[7], GLOW_WHITE));
	assert_string_equal(told.notice_id, "door");
	assert_int_equal(told.notice_priority, 8);
	assert_int_equal(told.notice_end_us, now + 5 * SECOND);
	glow_layers_expire(&l, now + 5 * SECOND);
	glow_layers_state(&l, &told);
	assert_false(told.fading || told.has_notice);
	assert_int_equal(told.showing, GLOW_SHOWS_LIGHT);
}

/* ---- times that may be another clock's ---- */

static void test_settle(void **state)
{
	(void)state;
	clock_steps(true, 0, OURS);
	restore(OURS, START - 5, true);
	assert_int_equal(l.light.start_us, START - 5);
	restore(OTHER, START - 5, true);
	assert_int_equal(l.light.start_us, now);
	assert_int_equal(l.since_us, START - 5); /* it may be older than any scene, and lies in no future */
	restore(OURS, now + 1, true);
	assert_int_equal(l.light.start_us, now);
	assert_int_equal(l.since_us, now);
	assert_int_equal(l.light_clock, OURS);
}

/* Before the first frame nothing is settled, nor while its own clock may come yet. */
static void test_settle_later(void **state)
{
	(void)state;
	restore(0, now + 1, false);
	assert_int_equal(l.light.start_us, now + 1);
	glow_layers_start(&l, now);
	assert_int_equal(l.light.start_us, now);
	restore(OURS, now + 1, true);
	assert_int_equal(l.light.start_us, now + 1);
	clock_steps(true, SECOND, OURS);
	assert_int_equal(l.light.start_us, now + 1 - SECOND);
	assert_int_equal(l.light_clock, OURS);
}

static void test_clock_moves_times(void **state)
{
	int64_t start = now;

	(void)state;
	set("{\"effect\":\"rainbow\",\"transition\":5,\"flash\":2}");
	clock_steps(true, 3600 * SECOND, OURS);
	assert_int_equal(l.light.start_us, start + 3600 * SECOND);
	assert_int_equal(l.since_us, start + 3600 * SECOND);
	assert_int_equal(l.fade.end_us, start + 3605 * SECOND);
	assert_int_equal(l.light_clock, OURS);
	assert_int_equal(l.now_us, start + 3600 * SECOND);
	assert_int_equal(glow_layers_next(&l), start + 3602 * SECOND);
}

/* Where the picture jumps, half a second of cross-fade leads over, unless something leads over already. */
static void test_clock_fades(void **state)
{
	(void)state;
	clock_steps(true, SECOND, OURS);
	assert_false(l.fade.running); /* white is white at any time */
	glow_layers_fini(&l);
	glow_layers_init(&l, &cfg.env, "rainbow", now, &diag);
	clock_steps(false, SECOND, OURS);
	assert_false(l.fade.running); /* nothing has been seen yet */
	clock_steps(true, SECOND, OURS);
	assert_true(l.fade.running);
	assert_int_equal(l.fade.end_us, now + SECOND / 2);
	now += SECOND / 4;
	clock_steps(true, SECOND, OURS);
	assert_int_equal(l.fade.end_us, now + SECOND / 4);
	glow_layers_expire(&l, now + SECOND);
	stage_scene(OURS, scene("red", -60, ""));
	clock_steps(true, 0, OTHER);
	assert_true(l.fade.running); /* still as it was, it shows no more */
	glow_layers_expire(&l, now + SECOND);
	stage(GLOW_TOPIC_SCENE_CURRENT, "");
	set("red"); /* what is its own goes on */
	clock_steps(true, SECOND, OURS);
	assert_false(l.fade.running);
	set("off");
	clock_steps(true, SECOND, OURS);
	assert_false(l.fade.running);
}

/* ---- scenes ---- */

static void test_stage(void **state)
{
	uint32_t revision;

	(void)state;
	clock_steps(false, 0, OURS);
	revision = l.revision;
	assert_false(stage_scene(OTHER, scene("red", 0, ""))); /* waits for its clock */
	assert_false(stage(GLOW_TOPIC_SCENE_CURRENT, "{"));
	assert_int_equal(diag.code, GLOW_BAD_JSON);
	assert_int_equal(l.revision, revision);
	assert_true(stage_scene(OURS, scene("red", 0, "")));
	assert_int_equal(diag.code, GLOW_OK);
	assert_int_not_equal(l.revision, revision);
	assert_int_equal(l.n_scenes, 1);
	assert_int_equal(glow_layers_showing(&l), GLOW_SHOWS_SCENE);
	assert_true(stage_scene(OURS, scene("red", 0, ",\"target\":{\"nodes\":[\"pi2\"]}")));
	assert_int_equal(l.n_scenes, 0);
	assert_true(stage(GLOW_TOPIC_DIM_CURRENT, "{\"brightness\":55}"));
	assert_int_equal(l.env.blackout, 200);
}

/* Its start is an instant at which the picture changes. */
static void test_stage_by_time(void **state)
{
	uint32_t revision;

	(void)state;
	clock_steps(false, 0, OURS);
	stage_scene(OURS, scene("red", 5, ""));
	assert_int_equal(glow_layers_next(&l), START + 5 * SECOND);
	revision = l.revision;
	assert_false(pass_to(START + 5 * SECOND - 1));
	assert_int_equal(l.revision, revision);
	assert_true(base_is(GLOW_WHITE));
	assert_false(pass_to(START + 5 * SECOND)); /* no light is taken away */
	assert_int_not_equal(l.revision, revision);
	assert_true(base_is(RED));
	assert_int_equal(glow_layers_next(&l), GLOW_NEVER);
}

static void test_let_go(void **state)
{
	(void)state;
	clock_steps(false, 0, OURS);
	set("blue");
	stage_scene(OURS, scene("red", 5, ",\"fade_ms\":2000"));
	assert_false(pass_to(START + 5 * SECOND - 1));
	assert_int_equal(l.changes, 1);
	assert_true(pass_to(START + 6 * SECOND)); /* seen late, it is as at its start */
	assert_null(l.light.effect);
	assert_int_equal(l.since_us, START + 5 * SECOND);
	assert_int_equal(l.changes, 2);
	assert_int_equal(l.fade.start_us, START + 5 * SECOND);
	assert_int_equal(l.fade.end_us, START + 7 * SECOND);
	assert_false(pass_to(START + 6 * SECOND)); /* once */
	set("blue");
	assert_false(pass_to(START + 8 * SECOND)); /* lit later than the scene */
	stage_scene(OURS, scene("lime", 9, ""));
	now = START + 9 * SECOND;
	set("red"); /* at its very start is not before it */
	assert_false(pass_to(START + 9 * SECOND));
	assert_non_null(l.light.effect);
}

/* After a step back the start is still to come. */
static void test_stage_across_a_step(void **state)
{
	(void)state;
	clock_steps(false, 0, OURS);
	stage_scene(OURS, scene("red", 5, ""));
	pass_to(START + 6 * SECOND);
	l.now_us = now;
	assert_int_equal(glow_layers_next(&l), GLOW_NEVER);
	clock_steps(false, -3 * SECOND, OURS);
	assert_int_equal(glow_layers_next(&l), START + 5 * SECOND);
}

/* What keeps a scene from taking the light: each of these alone. */
static void test_let_go_not(void **state)
{
	static const struct {
		const char *light, *more;
		bool started, taken;
	} cases[] = {
		{ "blue", "", true, true }, /* the control */
		{ "blue", "", false, false },
		{ "blue", ",\"take\":false", true, false },
		{ "blue", ",\"end_us\":1700000006000000", true, false },
		{ "{\"effect\":\"rainbow\",\"state\":\"OFF\"}", "", true, false },
		{ "40%", "", true, false },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		glow_layers_fini(&l);
		(void)fresh(state);
		clock_steps(false, 0, OURS);
		set(cases[k].light);
		stage_scene(OURS, scene("red", 5, cases[k].more));
		l.started = cases[k].started;
		assert_int_equal(glow_layers_pass(&l, &cfg.info, START + 6 * SECOND), cases[k].taken);
	}
}

/* ---- transitions of a node ---- */

static void test_transition(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "red");
	pass(SECOND);
	tell(SET, "{\"color\":\"blue\",\"transition\":2}");
	assert_true(shows(RED));
	assert_true(said(STATE, "\"fade_from\":[\"#ff0000\"") && said(STATE, "\"fade_end_us\":"));
	assert_int_equal(glow_node_next(node), now + 2 * SECOND);
	assert_int_equal(glow_node_pace(node, now, NULL), GLOW_ANIMATED);
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
	/* The next one starts from what is showing, in the middle of the last. */
	tell(SET, "{\"color\":\"black\",\"transition\":1}");
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
	pass(SECOND / 2);
	assert_true(shows((struct glow_rgb){ 64, 0, 64 }));
	pass(SECOND / 2);
	assert_true(shows(GLOW_BLACK));
	assert_false(said(STATE, "fade_"));
	assert_int_equal(glow_node_pace(node, now, NULL), GLOW_STILL);
	/* Without one the change is at once, also in the middle of another. */
	tell(SET, "{\"color\":\"blue\",\"transition\":10}");
	pass(SECOND);
	tell(SET, "red");
	assert_true(shows(RED));
}

/* A snapshot is of what lies beneath the notice. */
static void test_transition_beneath(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "red");
	notice("lime", ",\"ttl_s\":1");
	tell(SET, "{\"color\":\"blue\",\"transition\":2}");
	assert_true(shows(LIME));
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
}

static void test_transition_off(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "{\"state\":\"OFF\",\"transition\":1}");
	pass(SECOND / 2);
	assert_true(shows((struct glow_rgb){ 128, 128, 128 }));
	pass(SECOND / 2);
	assert_true(shows(GLOW_BLACK));
}

/* ---- steps of its clock ---- */

static bool same_after_step(int64_t delta)
{
	static struct glow_frame before;
	int64_t left;

	glow_node_render(node, now, &before);
	left = glow_node_next(node) - now;
	glow_node_clock_stepped(node, now, delta, 0);
	now += delta;
	tick();
	glow_node_render(node, now, &frame);
	return glow_frame_equal(&before, &frame) && glow_node_next(node) - now <= left;
}

/* promise: clock-steps */
static void test_clock_step(void **state)
{
	static const int64_t steps[] = { 3600 * SECOND, -7200 * SECOND, 1, -1, 123456789 };
	static struct glow_frame later;

	(void)state;
	cfg.idle = "rainbow";
	bring_up();
	pass(SECOND / 3);
	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
		assert_true(same_after_step(steps[k])); /* the idle display */
	tell(SET, "{\"effect\":\"rainbow\",\"transition\":30}");
	pass(SECOND / 3);
	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
		assert_true(same_after_step(steps[k])); /* the light and a transition */
	tell(NOTIFY, "{\"effect\":\"rainbow\",\"ttl_s\":10}");
	pass(SECOND / 3);
	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
		assert_true(same_after_step(steps[k])); /* a notice */
	assert_true(said(STATE, "\"showing\":\"notice\""));
	pass(10 * SECOND);
	assert_true(said(STATE, "\"showing\":\"light\""));
	/* The control: without the word the picture jumps. */
	glow_node_render(node, now, &frame);
	pass(SECOND / 3);
	glow_node_render(node, now, &later);
	assert_false(glow_frame_equal(&frame, &later));
}

/* A step back must not leave the flash limit waiting for the old time to come again. */
/* promise: clock-steps */
static void test_clock_step_flash_limit(void **state)
{
	(void)state;
	cfg.info.flash_limit = true;
	bring_up();
	for (int k = 0; k < 20; k++) {
		tell(SET, k % 2 ? "white" : "black");
		glow_node_render(node, now, &frame);
		pass(SECOND / 20);
	}
	tell(SET, "white");
	glow_node_render(node, now, &frame);
	glow_node_clock_stepped(node, now, -3600 * SECOND, 0);
	now -= 3600 * SECOND;
	pass(2 * SECOND);
	assert_true(shows(GLOW_WHITE));
	tell(SET, "black");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "white");
	assert_true(shows(GLOW_WHITE));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fresh, finished)
	const struct CMUnitTest tests[] = {
		T(test_init),
		T(test_set),
		T(test_next_and_expire),
		T(test_state),
		T(test_settle),
		T(test_settle_later),
		T(test_clock_moves_times),
		T(test_clock_fades),
		T(test_stage),
		T(test_stage_by_time),
		T(test_let_go),
		T(test_stage_across_a_step),
		T(test_let_go_not),
		T(test_transition),
		T(test_transition_beneath),
		T(test_transition_off),
		T(test_clock_step),
		T(test_clock_step_flash_limit),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
