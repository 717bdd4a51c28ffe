/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Commands that depend on what the light is: each happens once, though a node hears of it twice. And what a
 * node says of fields that it does not know. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../harness/lone_node.h"

static void test_toggle(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "red");
	tell(SET, "TOGGLE");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "{\"state\":\"toggle\"}");
	assert_true(shows(RED));
	tell(SET, "{\"state\":\"Toggle\",\"brightness\":128}");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "toggle");
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
}

/* A light that is OFF to the world because there is nothing to show goes ON. */
static void test_toggle_dark(void **state)
{
	(void)state;
	cfg.idle = "off";
	bring_up();
	tell(SET, "auto");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "toggle");
	assert_true(shows(GLOW_WHITE));
	tell(SET, "toggle");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "auto");
	tell(SET, "{\"brightness_step\":7}");
	assert_true(shows((struct glow_rgb){ 7, 7, 7 }));
}

static void test_step(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "{\"color\":\"red\",\"brightness\":100}");
	tell(SET, "{\"brightness_step\":30}");
	assert_true(shows((struct glow_rgb){ 130, 0, 0 }));
	tell(SET, "{\"brightness_step\":-30.4}");
	assert_true(shows((struct glow_rgb){ 100, 0, 0 }));
	tell(SET, "{\"brightness_step\":200}");
	assert_true(shows(RED));
	/* Down to nothing is off, and the level is kept. */
	tell(SET, "{\"brightness\":20}");
	tell(SET, "{\"brightness_step\":-50}");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "{\"brightness_step\":-50}");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "on");
	assert_true(shows((struct glow_rgb){ 20, 0, 0 }));
	/* One that is off begins at nothing. */
	tell(SET, "off");
	tell(SET, "{\"brightness_step\":7}");
	assert_true(shows((struct glow_rgb){ 7, 0, 0 }));
}

#define STEP "{\"brightness_step\":10}"

/* The command and its `apply`, in either order, early or late: one step. */
/* promise: once */
static void test_step_once(void **state)
{
	(void)state;
	join();
	tell(SET, "{\"color\":\"red\",\"brightness\":100}");
	tell(ALL, STEP);
	tell_apply(ALL, STEP, STEP, now + SECOND / 4);
	pass(2 * SECOND);
	assert_true(shows((struct glow_rgb){ 110, 0, 0 }));
	beacon();
	tell_apply(ALL, STEP, STEP, now + SECOND / 4);
	tell(ALL, STEP);
	pass(2 * SECOND);
	assert_true(shows((struct glow_rgb){ 120, 0, 0 }));
	/* The command long after its `apply`. */
	beacon();
	tell_apply(ALL, STEP, STEP, now + SECOND / 4);
	pass(3 * SECOND);
	beacon();
	tell(ALL, STEP);
	pass(2 * SECOND);
	assert_true(shows((struct glow_rgb){ 130, 0, 0 }));
	/* The `apply` after the node acted by itself, and nothing changed since. */
	beacon();
	tell(ALL, STEP);
	pass(SECOND + SECOND / 2);
	assert_true(shows((struct glow_rgb){ 140, 0, 0 }));
	beacon();
	tell_apply(ALL, STEP, STEP, now + SECOND / 4);
	pass(2 * SECOND);
	assert_true(shows((struct glow_rgb){ 140, 0, 0 }));
	/* The control: the next one is another one. */
	beacon();
	tell(ALL, STEP);
	tell_apply(ALL, STEP, STEP, now + SECOND / 4);
	pass(2 * SECOND);
	assert_true(shows((struct glow_rgb){ 150, 0, 0 }));
}

/* With no conductor to be heard of, and its word after all. */
static void test_step_without_conductor(void **state)
{
	(void)state;
	join();
	tell(SET, "{\"color\":\"red\",\"brightness\":100}");
	tell_apply(ALL, STEP, STEP, now + SECOND / 4);
	pass(2 * SECOND);
	conductor("offline");
	tell(ALL, STEP);
	assert_true(shows((struct glow_rgb){ 110, 0, 0 }));
	tell(ALL, STEP);
	assert_true(shows((struct glow_rgb){ 120, 0, 0 }));
	conductor("online");
	beacon();
	tell_apply(ALL, STEP, STEP, now + SECOND / 4);
	pass(2 * SECOND);
	assert_true(shows((struct glow_rgb){ 120, 0, 0 }));
}

/* The conductor decides for the group; a node that was too early follows it. */
/* promise: once */
static void test_toggle_of_many(void **state)
{
	(void)state;
	join();
	tell(SET, "red");
	tell(ALL, "toggle");
	tell_apply(ALL, "toggle", "{\"state\":\"OFF\"}", now + SECOND / 4);
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_true(shows(GLOW_BLACK));
	beacon();
	tell(ALL, "toggle");
	pass(SECOND + SECOND / 2);
	assert_true(shows(RED)); /* by itself: it was off */
	beacon();
	tell_apply(ALL, "toggle", "{\"state\":\"OFF\"}", now + SECOND / 4); /* but others were lit */
	pass(2 * SECOND);
	assert_true(shows(GLOW_BLACK));
	/* A conductor that knows nothing of the lights passes it on, and then it must not come twice. */
	beacon();
	tell(ALL, "toggle");
	pass(SECOND + SECOND / 2);
	assert_true(shows(RED));
	beacon();
	tell_apply(ALL, "toggle", "{\"state\":\"TOGGLE\"}", now + SECOND / 4);
	pass(2 * SECOND);
	assert_true(shows(RED));
}

/* A word on what was ignored, to who asked and to everybody; none without. */
static void test_ignored(void **state)
{
	(void)state;
	join();
	ask(SET, "{\"color\":\"red\",\"bri\":7}", "r");
	assert_true(said("r", "\"status\":\"ok\"") && said("r", "\"ignored\":[\"bri\"]"));
	assert_string_equal(last("glow/node/pi1/error"), last("r"));
	assert_true(shows(RED));
	ask(SET, "{\"bri\":7}", "r");
	assert_true(said("r", "\"code\":\"unknown_field\"") && said("r", "did you mean \\\"brightness\\\""));
	forget();
	ask(SET, "blue", "r");
	assert_false(said("r", "ignored"));
	assert_int_equal(count("glow/node/pi1/error"), 0);
	/* What a newer conductor passes on. */
	tell_apply(ALL, "lime", "{\"color\":\"lime\",\"shade\":1}", now);
	pass(SECOND / 10);
	assert_true(shows(LIME));
	assert_true(said("glow/node/pi1/error", "\"ignored\":[\"shade\"]"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_toggle),
		T(test_toggle_dark),
		T(test_step),
		T(test_step_once),
		T(test_step_without_conductor),
		T(test_toggle_of_many),
		T(test_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
