/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What the cluster shows on a node: scenes and the master dimmer. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <glow/log.h>
#include <glow/node.h>
#include <glow/time.h>

#include "../harness/lone_node.h"

#define SECONDS "000000"

static void test_scene(void **state)
{
	uint32_t revision;

	(void)state;
	join();
	play(OURS, scene("red", 5, ",\"end_us\":1700000008" SECONDS));
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(glow_node_next(node), START + 5 * SECOND);
	/* Its start is an instant of its own, and a picture of its own. */
	revision = glow_node_revision(node);
	now = START + 5 * SECOND - 1;
	tick();
	assert_int_equal(glow_node_revision(node), revision);
	assert_true(shows(GLOW_WHITE));
	forget();
	pass(1);
	assert_int_not_equal(glow_node_revision(node), revision);
	assert_true(shows(RED));
	assert_true(said(STATE, "\"showing\":\"scene\"") && said(STATE, "\"effect\":\"auto\""));
	assert_int_equal(glow_node_next(node), START + 8 * SECOND);
	tell(SET, "50%");
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	pass(3 * SECOND);
	assert_true(shows((struct glow_rgb){ 128, 128, 128 }));
	assert_true(said(STATE, "\"showing\":\"idle\""));
}

/* While a scene plays nothing is said, whatever changes in it by time. */
static void test_scene_is_quiet(void **state)
{
	(void)state;
	join();
	play(OURS, "{\"id\":\"p\",\"playlist\":[{\"color\":\"red\",\"duration_us\":100000},"
		   "{\"color\":\"blue\",\"duration_us\":100000}],\"loop\":true,\"fade_ms\":30,\"start_us\":"
		   "1700000000000000}");
	pass(SECOND);
	assert_true(said(STATE, "\"showing\":\"scene\""));
	forget();
	for (int k = 0; k < 1000; k++) {
		int64_t next = glow_node_next(node);

		assert_true(next > now && next <= now + SECOND / 10);
		now = next;
		tick();
	}
	assert_int_equal(n_sent, 0);
	/* Nor when the roster or the dimmer change, which is no change of this light. */
	tell("glow/dim/current", "{\"brightness\":9}");
	tell("glow/roster", "{\"rev\":1,\"effective_us\":0,\"pixels\":0,\"nodes\":[]}");
	pass(SECOND);
	assert_int_equal(n_sent, 0);
}

static void test_scenes_stacked(void **state)
{
	char two[700];

	(void)state;
	join();
	snprintf(two, sizeof(two), "%s,%s,%s", scene("red", 0, ""),
		 scene("lime", 0, ",\"target\":{\"nodes\":[\"pi2\"]}"),
		 scene("blue", 0, ",\"target\":{\"nodes\":[\"pi1\"]},\"end_us\":1700000003" SECONDS));
	play(OURS, two);
	assert_true(shows(BLUE));
	now = START + 3 * SECOND;
	tick();
	assert_true(shows(RED));
	tell(SCENES, "");
	assert_true(shows(GLOW_WHITE));
}

static void test_scene_take(void **state)
{
	(void)state;
	join();
	tell(SET, "lime 50%");
	play(OURS, scene("red", 5, ""));
	pass(SECOND);
	forget();
	now = START + 5 * SECOND - 1;
	tick();
	assert_true(shows((struct glow_rgb){ 0, 128, 0 }));
	pass(1);
	assert_true(shows((struct glow_rgb){ 128, 0, 0 })); /* the brightness is the light's still */
	assert_true(said(STATE, "\"effect\":\"auto\"") && said(STATE, "\"showing\":\"scene\""));
	expect_number(STATE, "since_us", START + 5 * SECOND);
	/* What is lit afterwards stays, also when the scenes are told of again. */
	pass(1);
	tell(SET, "blue 100%");
	play(OURS, scene("red", 5, ""));
	pass(SECOND);
	assert_true(shows(BLUE));
	tell(SET, "auto");
	assert_true(shows(RED));
}

/* Lit at the very start it is not older; one microsecond before, it is. */
static void test_scene_take_order(void **state)
{
	(void)state;
	join();
	play(OURS, scene("red", 5, ""));
	now = START + 5 * SECOND - 1;
	tell(SET, "blue");
	assert_true(shows(BLUE));
	pass(1);
	assert_true(shows(RED));
	play(OURS, scene("lime", 6, ""));
	now = START + 6 * SECOND;
	tell(SET, "blue");
	pass(SECOND);
	assert_true(shows(BLUE));
}

static void test_scene_leaves_off(void **state)
{
	(void)state;
	join();
	tell(SET, "blue");
	tell(SET, "off");
	play(OURS, scene("red", 5, ""));
	pass(10 * SECOND);
	assert_true(shows(GLOW_BLACK));
	assert_true(said(STATE, "\"showing\":\"light\""));
	tell(SET, "on");
	assert_true(shows(BLUE));
	tell(SET, "auto");
	assert_true(shows(RED));
}

static void test_scene_does_not_take(void **state)
{
	(void)state;
	join();
	tell(SET, "blue");
	play(OURS, scene("red", 5, ",\"take\":false"));
	pass(10 * SECOND);
	assert_true(shows(BLUE));
	/* One that is over by the time it is heard of takes nothing either. */
	play(OURS, scene("red", 2, ",\"end_us\":1700000003" SECONDS));
	pass(SECOND);
	assert_true(shows(BLUE));
}

/* The light fades into the scene, and what lies beneath both is not seen. */
static void test_scene_take_fade(void **state)
{
	(void)state;
	join();
	tell(SET, "red");
	play(OURS, scene("blue", 5, ",\"fade_ms\":2000"));
	now = START + 5 * SECOND;
	tick();
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
	assert_int_equal(glow_node_pace(node, now, NULL), GLOW_ANIMATED);
	pass(SECOND);
	assert_true(shows(BLUE));
	assert_int_equal(glow_node_pace(node, now, NULL), GLOW_STILL);
	/* The control: from the idle display the cross-fade is the scene's own. */
	play(OURS, scene("red", 10, ",\"fade_ms\":2000"));
	now = START + 11 * SECOND;
	tick();
	assert_true(shows((struct glow_rgb){ 255, 128, 128 }) || shows((struct glow_rgb){ 255, 127, 127 }));
}

/* Two nodes, one of which wakes late: "older" is a matter of the instants, not of who woke when. */
static void test_scene_and_command_in_one_tick(void **state)
{
	for (int late = 0; late < 2; late++) {
		join();
		tell(SET, "lime");
		play(OURS, scene("red", 5, ""));
		tell(SET, "{\"brightness\":128,\"at_us\":1700000005000001}");
		now = START + 5 * SECOND;
		if (!late)
			tick();
		pass(10);
		assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
		(void)teardown(state);
		(void)setup(state);
	}
}

static void test_scene_without_cluster_time(void **state)
{
	(void)state;
	bring_up();
	play(OURS, scene("red", 0, ",\"end_us\":1700000100" SECONDS));
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
	step(20 * SECOND, OURS);
	/* It comes with a cross-fade from what showed. */
	assert_true(shows(GLOW_WHITE));
	pass(SECOND / 4);
	assert_true(shows((struct glow_rgb){ 255, 128, 128 }) || shows((struct glow_rgb){ 255, 127, 127 }));
	pass(SECOND / 4);
	assert_true(shows(RED));
	assert_true(said(STATE, "\"clock_id\":\"00000000000000a1\"") && said(STATE, "\"showing\":\"scene\""));
	/* Another timeline: its scenes wait until we are on it. */
	play(OTHER, scene("blue", 0, ""));
	assert_true(shows(RED));
	step(-SECOND, OTHER);
	pass(SECOND);
	assert_true(shows(BLUE));
}

/* promise: grows-only */
static void test_scene_unknown(void **state)
{
	(void)state;
	join();
	play(OURS, "{\"id\":\"new\",\"effect\":\"fireworks\",\"start_us\":1700000000000000},"
		   "{\"id\":\"far\",\"effect\":\"fireworks\",\"start_us\":1700000000000000,\"target\":{\"nodes\":["
		   "\"pi2\"]}}");
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "unknown_effect") && said(ERROR, "\"field\":\"new.effect\""));
	pass(SECOND);
	assert_int_equal(count(ERROR), 1);
}

/* Told of before there was anybody to tell, or a clock to show it by, it is said then. */
static void test_scene_unknown_later(void **state)
{
	(void)state;
	create();
	play(OURS, "{\"id\":\"new\",\"effect\":\"fireworks\",\"start_us\":1700000000000000}");
	assert_int_equal(count(ERROR), 0);
	online();
	pass(SECOND);
	assert_int_equal(count(ERROR), 0);
	step(SECOND, OURS);
	assert_int_equal(count(ERROR), 1);
	/* What waits for another clock says nothing yet, and nothing again of the present one. */
	play(OTHER, "{\"id\":\"newer\",\"effect\":\"fireworks\",\"start_us\":1700000000000000}");
	assert_int_equal(count(ERROR), 1);
	step(SECOND, OTHER);
	assert_int_equal(count(ERROR), 2);
	assert_true(said(ERROR, "newer.effect"));
}

static void test_scene_broken_or_cleared(void **state)
{
	(void)state;
	join();
	play(OURS, scene("red", 0, ""));
	assert_true(shows(RED));
	tell(SCENES, "{");
	tell(SCENES, "{\"clock_id\":\"00000000000000a1\",\"scenes\":[{\"id\":\"x\"}]}");
	assert_true(shows(RED));
	assert_int_equal(count(ERROR), 0);
	tell("glow/dim/current", "{\"brightness\":0}");
	assert_true(shows(GLOW_BLACK));
	tell("glow/dim/current", "");
	assert_true(shows(RED));
	tell(SCENES, "");
	assert_true(shows(GLOW_WHITE));
}

/* ---- the master dimmer ---- */

static void test_dim(void **state)
{
	uint32_t revision;

	(void)state;
	join();
	notice("red", ",\"ttl_s\":100");
	tell("glow/dim/current", "{\"brightness\":128,\"until_us\":null}");
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	revision = glow_node_revision(node);
	tell("glow/dim/current", "{\"brightness\":0,\"until_us\":1700000010" SECONDS "}");
	assert_true(shows(GLOW_BLACK)); /* notices too */
	assert_int_not_equal(glow_node_revision(node), revision);
	pass(SECOND);
	assert_int_equal(glow_node_next(node), START + 10 * SECOND);
	now = START + 10 * SECOND - 1;
	tick();
	assert_true(shows(GLOW_BLACK));
	revision = glow_node_revision(node);
	pass(1);
	assert_true(shows(RED));
	assert_int_not_equal(glow_node_revision(node), revision);
	tell("glow/dim/current", "{\"brightness\":300}");
	assert_true(shows(RED));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_scene),
		T(test_scene_is_quiet),
		T(test_scenes_stacked),
		T(test_scene_take),
		T(test_scene_take_order),
		T(test_scene_leaves_off),
		T(test_scene_does_not_take),
		T(test_scene_take_fade),
		T(test_scene_and_command_in_one_tick),
		T(test_scene_without_cluster_time),
		T(test_scene_unknown),
		T(test_scene_unknown_later),
		T(test_scene_broken_or_cleared),
		T(test_dim),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
