/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a rack takes over of the cluster above, with nothing but the time: the test says what is heard, and reads what
 * the rack says then. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/log.h>

#include "../../bridge/app/conductor/relay.h"
#include "../harness/outbox.h"

#define SECOND GLOW_US_PER_S
#define CLOCK  UINT64_C(0xfeedbeef01234567)
#define SCENES "glow/scene/current"
#define DIM    "glow/dim/current"
#define NOW    INT64_C(1700001234000000)

static struct glow_requests requests;
static struct glow_relay relay;
static struct glow_placement placement;
static struct glow_members members;
static struct glow_time now;
static struct glow_diag diag;
static unsigned rev, term;

static void take_lead(void)
{
	const struct glow_publisher out = { "glow", "", outbox };

	assert_int_equal(glow_requests_init(&requests, &out, &members, 42), 0);
	glow_requests_open(&requests, CLOCK, 7, false, now);
	forget();
}

static int setup(void **state)
{
	(void)state;
	glow_log_setup("error", "text");
	now.us = NOW;
	rev = 0;
	term = 3;
	glow_members_init(&members, &placement, 0);
	take_lead();
	glow_relay_init(&relay, "rack-a");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_requests_fini(&requests);
	glow_relay_fini(&relay);
	glow_members_fini(&members);
	forget();
	return 0;
}

static struct glow_message message(const char *payload)
{
	return (struct glow_message){ .topic = "hall/any", .payload = payload, .len = strlen(payload) };
}

static void pass(int64_t us)
{
	now.us += us;
	glow_relay_tick(&relay, &requests, now);
	glow_requests_tick(&requests, now);
}

/* A list of the root's, of its next revision. */
static bool hear_list(struct glow_requests *r, const char *list)
{
	char text[2000];
	struct glow_message m;
	bool good;

	snprintf(text, sizeof(text), "{\"clock_id\":\"feedbeef01234567\",\"term\":%u,\"rev\":%u,\"scenes\":[%s]}", term,
		 ++rev, list);
	m = message(text);
	good = glow_relay_hear_scenes(&relay, r, &m, now, &diag);
	pass(SECOND / 10);
	return good;
}

static void hear(const char *list)
{
	assert_true(hear_list(&requests, list));
}

#define SCENE(id, effect, target, start, more) \
	"{\"id\":\"" id "\",\"effect\":\"" effect "\",\"target\":" target ",\"start_us\":" start ",\"seed\":5" more "}"
#define SOON  "1700001234500000"
#define LATER "1700001240000000"

static void ask(const char *what, const char *payload)
{
	struct glow_message m = { .topic = what, .payload = payload, .len = strlen(payload) };

	if (strcmp(what, "glow/scene/play") == 0)
		glow_requests_play(&requests, &m, now, SECOND / 4);
	else if (strcmp(what, "glow/scene/stop") == 0)
		glow_requests_stop(&requests, &m, now, SECOND / 4);
	else
		glow_requests_dim(&requests, &m, now);
	pass(SECOND / 10);
}

static bool plays(const char *effect)
{
	char part[60];

	snprintf(part, sizeof(part), "\"effect\":\"%s\"", effect);
	return said(SCENES, part);
}

/* ---- scenes ---- */

static void test_begins(void **state)
{
	(void)state;
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	assert_true(plays("rainbow"));
	assert_int_equal(number(SCENES, "start_us"), INT64_C(1700001234500000));
	assert_true(said(SCENES, "\"seed\":5"));
	assert_true(said(SCENES, "\"within\":{\"begin\":0,\"pixels\":0,\"reverse\":false}"));
	assert_true(said(SCENES, "\"above\":{\"clock_id\":\"feedbeef01234567\",\"term\":3,\"rev\":1}"));
	assert_true(said(SCENES, "\"term\":7"));
}

static void test_for_whom(void **state)
{
	(void)state;
	hear(SCENE("a", "fire", "{\"nodes\":[\"rack-b\"]}", SOON,
		   "") "," SCENE("b", "plasma", "{\"nodes\":[\"rack-b\",\"rack-a\"]}", SOON,
				 "") "," SCENE("c", "rainbow", "{\"groups\":[\"shelf\"]}", SOON, ""));
	assert_false(plays("fire"));
	assert_true(plays("plasma") && plays("rainbow"));
	assert_true(said(SCENES, "\"target\":null") && said(SCENES, "\"target\":{\"groups\":[\"shelf\"]}"));
	assert_false(said(SCENES, "rack-"));
}

static void test_stopped_here(void **state)
{
	(void)state;
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	ask("glow/scene/stop", "{}");
	pass(2 * SECOND);
	assert_false(plays("rainbow"));
	hear(SCENE("main", "rainbow", "null", SOON, "") "," SCENE("x", "fire", "null", LATER, ""));
	assert_true(plays("fire"));
	assert_false(plays("rainbow"));
}

static void test_played_here(void **state)
{
	(void)state;
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	pass(SECOND);
	ask("glow/scene/play", "plasma");
	pass(2 * SECOND);
	assert_true(plays("plasma"));
	assert_false(plays("rainbow"));

	/* One that has heard of nothing before does not bring back what is older than that. */
	glow_relay_fini(&relay);
	glow_relay_init(&relay, "rack-a");
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	assert_false(plays("rainbow"));
	/* The latest word holds. */
	hear(SCENE("main", "fire", "null", LATER, ""));
	pass(6 * SECOND);
	assert_true(plays("fire"));
	assert_false(plays("plasma"));
}

static void test_ends(void **state)
{
	(void)state;
	hear(SCENE("main", "rainbow", "null", SOON, "") "," SCENE("x", "fire", "null", SOON, ""));
	hear(SCENE("main", "rainbow", "null", SOON,
		   ",\"end_us\":1700001238000000,\"fade_ms\":500") "," SCENE("x", "fire", "null", SOON, ""));
	assert_int_equal(number(SCENES, "end_us"), INT64_C(1700001238000000));
	assert_true(said(SCENES, "\"fade_ms\":500"));
	hear(SCENE("main", "rainbow", "null", SOON, ",\"end_us\":1700001238000000,\"fade_ms\":500"));
	assert_false(plays("fire"));
	pass(6 * SECOND);
	assert_false(plays("rainbow"));
}

static void test_known_already(void **state)
{
	struct glow_message m = message("{\"clock_id\":\"feedbeef01234567\",\"term\":3,\"rev\":1,\"scenes\":[]}");

	(void)state;
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	forget();
	rev--; /* said again, as by an uplink that is back */
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	assert_int_equal(count(SCENES), 0);
	assert_true(glow_relay_hear_scenes(&relay, &requests, &m, now, &diag)); /* older */
	pass(SECOND);
	assert_int_equal(count(SCENES), 0);
}

static void test_broken(void **state)
{
	static const char *const broken[] = { "{", "[]", "{\"scenes\":[]}", "{\"clock_id\":\"x\",\"scenes\":[]}",
					      "{\"clock_id\":\"feedbeef01234567\",\"scenes\":[{\"id\":\"a\"}]}" };

	(void)state;
	hear(SCENE("main", "rainbow", "null", SOON, ""));
	forget();
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		struct glow_message m = message(broken[k]);

		assert_false(glow_relay_hear_scenes(&relay, &requests, &m, now, &diag));
		assert_false(glow_relay_hear_roster(&relay, &m, &diag));
		assert_true(diag.what[0]);
	}
	pass(SECOND);
	assert_int_equal(count(SCENES), 0);
	assert_int_equal(requests.scenes.n, 1);
}

/* ---- one who has just come ---- */

static void restore(const char *scenes, const char *dim)
{
	struct glow_message m = message(scenes);

	glow_requests_restore_scenes(&requests, &m);
	m = message(dim);
	glow_requests_restore_dim(&requests, &m);
}

static void test_opens(void **state)
{
	char scenes[2000], dim[300];
	struct glow_message m = message(
		"{\"brightness\":100,\"until_us\":null,\"clock_id\":\"feedbeef01234567\",\"term\":3,\"rev\":4}");

	(void)state;
	assert_true(hear_list(NULL, SCENE("main", "rainbow", "null", SOON, "")));
	assert_true(glow_relay_hear_dim(&relay, NULL, &m, &diag));
	assert_int_equal(requests.scenes.n, 0);
	glow_relay_open(&relay, &requests, now);
	pass(SECOND / 10);
	assert_true(plays("rainbow"));
	assert_int_equal(number(DIM, "brightness"), 100);
	ask("glow/scene/stop", "{}");
	ask("glow/dim/set", "50%");
	pass(2 * SECOND);

	/* The next one goes by what was kept, and takes nothing over twice. */
	snprintf(scenes, sizeof(scenes), "%s", last(SCENES));
	snprintf(dim, sizeof(dim), "%s", last(DIM));
	glow_requests_fini(&requests);
	take_lead();
	restore(scenes, dim);
	glow_relay_open(&relay, &requests, now);
	pass(SECOND / 10);
	assert_false(plays("rainbow"));
	assert_int_equal(requests.dim.brightness, 128);
	/* What was said meanwhile it takes over. */
	assert_true(hear_list(NULL, SCENE("x", "fire", "null", LATER, "")));
	glow_relay_open(&relay, &requests, now);
	pass(SECOND / 10);
	assert_true(plays("fire"));
}

/* ---- the dimmer ---- */

static void hear_dim(unsigned brightness)
{
	char text[200];
	struct glow_message m;

	snprintf(text, sizeof(text),
		 "{\"brightness\":%u,\"until_us\":null,\"clock_id\":\"feedbeef01234567\",\"term\":%u,\"rev\":%u}",
		 brightness, term, ++rev);
	m = message(text);
	assert_true(glow_relay_hear_dim(&relay, &requests, &m, &diag));
	pass(SECOND / 10);
}

static void test_dim(void **state)
{
	struct glow_message m = message("{\"brightness\":\"half\"}");

	(void)state;
	hear_dim(100);
	assert_int_equal(number(DIM, "brightness"), 100);
	assert_true(said(DIM, "\"above\":{\"clock_id\""));
	ask("glow/dim/set", "50%");
	assert_int_equal(number(DIM, "brightness"), 128);
	term++; /* another conductor says what holds above */
	hear_dim(100);
	assert_int_equal(number(DIM, "brightness"), 128);
	hear_dim(101);
	assert_int_equal(number(DIM, "brightness"), 101);
	assert_false(glow_relay_hear_dim(&relay, &requests, &m, &diag));
	assert_int_equal(requests.dim.brightness, 101);
}

/* ---- one strip ---- */

static void hear_roster(int64_t effective_us, unsigned a_at, unsigned b_at, const char *more)
{
	char text[500];
	struct glow_message m;

	snprintf(text, sizeof(text),
		 "{\"clock_id\":\"feedbeef01234567\",\"term\":3,\"rev\":%u,\"effective_us\":%" PRId64
		 ",\"pixels\":48,\"nodes\":[{\"id\":\"rack-b\",\"pixels\":16,\"offset\":%u,\"gap\":%u},"
		 "{\"id\":\"rack-a\",\"pixels\":24,\"offset\":%u%s}]}",
		 ++rev, effective_us, b_at, a_at - 16, a_at, more);
	m = message(text);
	assert_true(glow_relay_hear_roster(&relay, &m, &diag));
}

/* promise: racks */
static void test_strip(void **state)
{
	(void)state;
	hear_roster(now.us, 16, 0, "");
	pass(1);
	hear(SCENE("main", "rainbow", "null", SOON, "") "," SCENE("x", "fire", "{\"nodes\":[\"rack-a\"]}", SOON, ""));
	assert_true(said(SCENES, "\"within\":{\"begin\":16,\"pixels\":40,\"reverse\":false}"));
	assert_true(said(SCENES, "\"within\":{\"begin\":0,\"pixels\":24,\"reverse\":false}")); /* alone on it */

	/* All racks move at the instant that they are told. */
	hear_roster(now.us + SECOND, 24, 0, ",\"reverse\":true");
	assert_int_equal(glow_relay_next(&relay).us, now.us + SECOND);
	pass(SECOND - 1);
	assert_true(said(SCENES, "\"begin\":16"));
	pass(1);
	pass(SECOND / 10);
	assert_true(said(SCENES, "\"within\":{\"begin\":24,\"pixels\":48,\"reverse\":true}"));
	assert_int_equal(glow_relay_next(&relay).us, GLOW_NEVER);
	hear_roster(now.us + 3600 * SECOND, 16, 0, ""); /* of another timeline */
	pass(1);
	pass(SECOND / 10);
	assert_true(said(SCENES, "\"within\":{\"begin\":16,\"pixels\":40,\"reverse\":false}"));
}

/* ---- commands ---- */

#define APPLY "{\"kind\":\"set\",\"at_us\":1700001234700000,\"of\":\"1f0c2b9a\",\"seed\":9,\"cmd\":{\"state\":\"OFF\"}}"

static void test_apply(void **state)
{
	const struct glow_topic all = { .kind = GLOW_TOPIC_APPLY, .of = GLOW_OF_ALL };
	const struct glow_topic shelf = { .kind = GLOW_TOPIC_APPLY, .of = GLOW_OF_GROUP, .id = "shelf" };
	struct glow_message m = message(APPLY);
	bool good;

	(void)state;
	assert_int_equal(glow_relay_apply(&requests, &all, &m, now, &good, &diag), GLOW_LIT_NONE);
	assert_true(good);
	assert_string_equal(last("glow/all/apply"), APPLY);
	assert_true(find("glow/all/apply")->qos == 1 && !find("glow/all/apply")->retained);
	assert_int_equal(glow_requests_instant(&requests, now, 0), INT64_C(1700001234700000));
	glow_relay_apply(&requests, &shelf, &m, now, &good, &diag);
	assert_string_equal(last("glow/group/shelf/apply"), APPLY);

	m = message("{\"kind\":\"set\",\"at_us\":\"soon\"}");
	forget();
	assert_int_equal(glow_relay_apply(&requests, &all, &m, now, &good, &diag), GLOW_LIT_UNKNOWN);
	assert_false(good);
	assert_int_equal(count("glow/all/apply"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_begins, setup, teardown),
		cmocka_unit_test_setup_teardown(test_for_whom, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stopped_here, setup, teardown),
		cmocka_unit_test_setup_teardown(test_played_here, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_known_already, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_opens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dim, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_apply, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
