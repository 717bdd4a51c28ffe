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
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_transition), T(test_transition_beneath),     T(test_transition_off),
		T(test_clock_step), T(test_clock_step_flash_limit),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
