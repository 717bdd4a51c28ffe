/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What all lights come to, and when it is said. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>

#include "../../bridge/app/conductor/lights.h"
#include "../harness/outbox.h"

#define ALL    "glow/all/state"
#define SHELF  "glow/group/shelf/state"
#define NOBODY "{\"state\":\"OFF\",\"nodes\":0,\"on\":0}"

static struct glow_placement placement;
static struct glow_members m;
static struct glow_lights lights;
static struct glow_diag diag;
static struct glow_raw now;

static int setup(void **state)
{
	const struct glow_publisher out = { "glow", "", outbox };

	(void)state;
	now.ns = INT64_C(1234000000000);
	assert_int_equal(glow_placement_init(&placement, "", "", "", &diag), 0);
	glow_members_init(&m, &placement, 0);
	glow_lights_init(&lights, &out, &m);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_lights_fini(&lights);
	glow_members_fini(&m);
	glow_placement_fini(&placement);
	forget();
	return 0;
}

static void node(const char *id, const char *groups)
{
	char text[300];

	snprintf(text, sizeof(text), "{\"id\":\"%s\",\"groups\":[%s],\"shape\":\"blinkt\",\"pixels\":8}", id, groups);
	assert_true(glow_members_info(&m, id, text, strlen(text), &diag));
	assert_true(glow_members_availability(&m, id, true, now));
}

static bool says(const char *id, const char *text)
{
	return glow_members_state(&m, id, text, strlen(text));
}

static bool shows(const char *id, const char *state, int red, int brightness, const char *effect)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "{\"state\":\"%s\",\"color_mode\":\"rgb\",\"color\":{\"r\":%d,\"g\":2,\"b\":3},\"brightness\":%d,"
		 "\"effect\":\"%s\",\"params\":{}}",
		 state, red, brightness, effect);
	return says(id, text);
}

static char *come_to(const char *group)
{
	struct glow_light_sum sum = { .all.n = 0 };

	for (uint32_t k = 0; k < m.n; k++)
		if (glow_members_belongs(&m.v[k], group))
			glow_light_sum_add(&sum, &m.v[k]);
	return glow_json_finish(glow_light_sum_write(&sum));
}

static void check(const char *group, const char *wanted)
{
	char *text = come_to(group);

	assert_string_equal(text, wanted);
	free(text);
}

static void test_come_to(void **state)
{
	(void)state;
	check(NULL, NOBODY);
	node("a", "\"shelf\"");
	node("b", "\"shelf\",\"door\"");
	node("c", "");
	check(NULL, NOBODY); /* they have not said what they show */
	shows("a", "OFF", 1, 10, "auto");
	check(NULL, "{\"state\":\"OFF\",\"color_mode\":\"rgb\",\"color\":{\"r\":1,\"g\":2,\"b\":3},\"brightness\":10,"
		    "\"effect\":\"auto\",\"nodes\":1,\"on\":0}");
	shows("b", "ON", 7, 100, "fire");
	shows("c", "ON", 9, 201, "fire");
	check(NULL, "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":7,\"g\":2,\"b\":3},\"brightness\":151,"
		    "\"effect\":\"fire\",\"nodes\":3,\"on\":2}");
	check("door", "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":7,\"g\":2,\"b\":3},\"brightness\":100,"
		      "\"effect\":\"fire\",\"nodes\":1,\"on\":1}");
	check("nowhere", NOBODY);
	glow_members_availability(&m, "b", false, now);
	check("shelf",
	      "{\"state\":\"OFF\",\"color_mode\":\"rgb\",\"color\":{\"r\":1,\"g\":2,\"b\":3},\"brightness\":10,"
	      "\"effect\":\"auto\",\"nodes\":1,\"on\":0}");
}

/* Whatever the order in which they say it: what more than half show is what it says. */
static void test_most(void **state)
{
	static const char *const orders[] = { "xxxyz", "zyxxx", "xyxzx", "yxxzx" };

	(void)state;
	for (char id[] = "a"; id[0] <= 'e'; id[0]++)
		node(id, "");
	for (size_t k = 0; k < sizeof(orders) / sizeof(orders[0]); k++) {
		char *text;

		for (char id[] = "a"; id[0] <= 'e'; id[0]++)
			shows(id, "ON", orders[k][id[0] - 'a'], 9, orders[k][id[0] - 'a'] == 'x' ? "fire" : "rainbow");
		text = come_to(NULL);
		assert_non_null(strstr(text, "{\"r\":120,"));
		assert_non_null(strstr(text, "\"effect\":\"fire\""));
		free(text);
	}
}

/* In any order of fields, as of another program, and what is broken counts as nothing said. */
static void test_read(void **state)
{
	static const char full[] = "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":1,\"g\":2,\"b\":3},"
				   "\"brightness\":4,\"effect\":\"fire\",\"nodes\":1,\"on\":1}";
	static const char black[] = "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":0,\"g\":0,\"b\":0},"
				    "\"brightness\":0,\"effect\":\"\",\"nodes\":1,\"on\":1}";

	(void)state;
	node("a", "");
	assert_true(
		says("a",
		     "{\"effect\":\"fire\",\"brightness\":4,\"color\":{\"b\":3,\"g\":2,\"r\":1},\"state\":\"ON\"}"));
	check(NULL, full);
	assert_false(shows("a", "ON", 1, 4, "fire"));
	check(NULL, full);
	assert_true(
		says("a",
		     "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":256,\"g\":2,\"b\":3},\"brightness\":"
		     "4,\"effect\":\"fire\",\"params\":{}}"));
	assert_true(says("a", "{\"state\":\"ON\"}"));
	check(NULL, black);
	assert_true(says("a", "{\"state\":\"ON\",\"effect\":\"a-name-that-is-much-longer-than-any-effect-has\"}") ==
		    false);
	check(NULL, black);
	assert_true(says("a", "{\"state\":"));
	check(NULL, NOBODY);
	assert_false(says("b", full)); /* nobody knows it */
}

static void pass_ms(int64_t ms)
{
	now.ns += ms * 1000000;
	glow_lights_tick(&lights, now);
}

static void change(void)
{
	glow_lights_regroup(&lights, now);
}

static void hear(const char *group, const char *payload)
{
	glow_lights_hear(&lights, group, &(struct glow_message){ .payload = payload, .len = strlen(payload) });
}

/* What changes together is said once, and nothing is said twice. */
static void test_said(void **state)
{
	(void)state;
	node("a", "\"shelf\"");
	node("b", "\"shelf\"");
	pass_ms(1000);
	assert_int_equal(n_sent, 0);
	change();
	pass_ms(49);
	assert_int_equal(n_sent, 0);
	shows("a", "ON", 1, 4, "fire");
	change();
	pass_ms(1);
	assert_int_equal(n_sent, 2);
	assert_true(find(ALL)->retained && find(ALL)->qos == 1);
	assert_true(said(SHELF, "\"nodes\":1,\"on\":1"));
	shows("b", "ON", 1, 4, "fire");
	glow_lights_changed(&lights, now);
	pass_ms(249);
	assert_int_equal(n_sent, 2);
	pass_ms(1);
	assert_int_equal(n_sent, 4);
	assert_true(said(ALL, "\"nodes\":2,\"on\":2"));
	change();
	pass_ms(1000);
	assert_int_equal(n_sent, 4);
	assert_int_equal(lights.due.ns, GLOW_NEVER);
}

static void test_groups_go(void **state)
{
	(void)state;
	node("a", "\"shelf\"");
	hear("", NOBODY);
	hear("attic", NOBODY); /* of a conductor before us */
	hear("cellar", "");
	change();
	pass_ms(50);
	assert_int_equal(n_sent, 2);
	assert_int_equal(count(ALL), 0); /* that is so already */
	assert_int_equal(find("glow/group/attic/state")->len, 0);
	assert_true(find("glow/group/attic/state")->retained);
	assert_true(said(SHELF, NOBODY));
	glow_members_info(&m, "a", "", 0, &diag);
	change();
	pass_ms(1000);
	assert_int_equal(find(SHELF)->len, 0);
	glow_lights_disconnected(&lights);
	change();
	pass_ms(1000);
	assert_int_equal(count(ALL), 1); /* the broker has lost it */
	assert_int_equal(count(SHELF), 2);
}

/* Of all, not of a group; whoever leads next knows of none. */
static void test_preset(void **state)
{
	(void)state;
	node("a", "\"shelf\"");
	shows("a", "ON", 7, 100, "fire");
	glow_lights_regroup(&lights, now);
	glow_lights_preset(&lights, "evening", now);
	now.ns += GLOW_LIGHTS_GATHER_NS;
	glow_lights_tick(&lights, now);
	assert_true(said(ALL, "\"preset\":\"evening\"}"));
	assert_false(said(SHELF, "preset"));
	glow_lights_preset(&lights, "evening", now);
	assert_int_equal(lights.due.ns, GLOW_NEVER);
	glow_lights_preset(&lights, "", now);
	now.ns = lights.due.ns;
	glow_lights_tick(&lights, now);
	assert_int_equal(count(ALL), 2);
	assert_false(said(ALL, "preset"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_come_to), T(test_most),      T(test_read),
					    T(test_said),    T(test_groups_go), T(test_preset) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
