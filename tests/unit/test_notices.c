/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Notices: by themselves, and as a node shows them. */

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
#include "../../bridge/app/node/notices.h"

/* ---- by themselves ---- */

static struct glow_notices n;

static void none(void)
{
	n = (struct glow_notices){ .order = 0 };
}

static void take(const char *payload)
{
	glow_notices_take(&n, command(GLOW_COMMAND_NOTIFY, payload), cfg.env.shape, now, 7);
}

static void take_prio(const char *id, int priority, int ttl_s)
{
	char text[120];

	snprintf(text, sizeof(text), "{\"color\":\"red\",\"id\":\"%s\",\"priority\":%d,\"ttl_s\":%d}", id, priority,
		 ttl_s);
	take(text);
}

static const char *top(void)
{
	const struct glow_notice *one = glow_notices_top(&n);

	return one ? one->id : "";
}

static int taken(void)
{
	int count_of = 0;

	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		count_of += n.v[k].end_us != 0;
	return count_of;
}

static void test_none(void **state)
{
	(void)state;
	none();
	assert_null(glow_notices_top(&n));
	assert_int_equal(glow_notices_next(&n), GLOW_NEVER);
	assert_false(glow_notices_expire(&n, GLOW_NEVER));
	glow_notices_shift(&n, SECOND); /* and a step makes none of it */
	assert_null(glow_notices_top(&n));
	take("red");
	assert_non_null(glow_notices_top(&n));
}

static void test_top(void **state)
{
	(void)state;
	none();
	take_prio("low", 4, 10);
	assert_string_equal(top(), "low");
	take_prio("high", 6, 30);
	take_prio("middle", 5, 20);
	assert_string_equal(top(), "high");
	take_prio("newer", 6, 20);
	assert_string_equal(top(), "newer");
	take_prio("high", 6, 30); /* said again it is the newest */
	assert_string_equal(top(), "high");
	assert_int_equal(taken(), 4);
}

static void test_ends(void **state)
{
	(void)state;
	none();
	take_prio("low", 4, 10);
	take_prio("high", 6, 30);
	take_prio("middle", 5, 30);
	assert_int_equal(glow_notices_next(&n), now + 10 * SECOND); /* the first to end, seen or not */
	assert_false(glow_notices_expire(&n, now + 10 * SECOND - 1));
	assert_true(glow_notices_expire(&n, now + 10 * SECOND));
	assert_false(glow_notices_expire(&n, now + 10 * SECOND));
	assert_int_equal(taken(), 2);
	assert_int_equal(glow_notices_next(&n), now + 30 * SECOND);
	assert_true(glow_notices_expire(&n, now + 40 * SECOND));
	assert_int_equal(taken(), 0);
	assert_int_equal(glow_notices_next(&n), GLOW_NEVER);
}

static void ends_after(const char *payload, int64_t us)
{
	none();
	take(payload);
	assert_int_equal(glow_notices_next(&n), now + us);
}

static void test_length(void **state)
{
	(void)state;
	ends_after("red", 5 * SECOND);
	ends_after("{\"color\":\"red\",\"ttl_s\":0.5}", SECOND / 2);
	ends_after("{\"color\":\"red\",\"flash\":3}", 3 * SECOND);
	ends_after("{\"color\":\"red\",\"flash\":0}", 5 * SECOND);
	ends_after("{\"color\":\"red\",\"flash\":3,\"ttl_s\":2}", 2 * SECOND);
}

static const struct glow_look *look_of(const char *payload)
{
	none();
	take(payload);
	assert_non_null(glow_notices_top(&n));
	return &glow_notices_top(&n)->look;
}

static void test_look(void **state)
{
	const struct glow_look *look;

	(void)state;
	look = look_of("{\"effect\":\"rainbow\"}");
	assert_string_equal(look->effect->name, "rainbow");
	assert_int_equal(look->start_us, now);
	assert_int_equal(look->seed, 7);
	look = look_of("{\"brightness\":9}"); /* how it looks is not said */
	assert_string_equal(look->effect->name, "blink");
	assert_int_equal(look->brightness, 9);
	look = look_of("{\"color\":\"red\"}"); /* a colour is */
	assert_string_equal(look->effect->name, "solid");
	look = look_of("{\"color\":\"red\",\"flash\":2}");
	assert_string_equal(look->effect->name, "blink");
	assert_true(glow_rgb_equal(look->color, RED));
	look = look_of("{\"effect\":\"rainbow\",\"flash\":2}");
	assert_string_equal(look->effect->name, "rainbow");
	assert_true(look_of("{\"pixels\":{\"0\":\"red\"}}")->painted);
	assert_false(look_of("{\"pixels\":{\"0\":\"red\"},\"flash\":2}")->painted);
}

static void test_shift(void **state)
{
	(void)state;
	none();
	take_prio("gone", 9, 1);
	take_prio("stays", 5, 10);
	glow_notices_expire(&n, now + SECOND);
	glow_notices_shift(&n, -3600 * SECOND);
	assert_int_equal(glow_notices_next(&n), now - 3590 * SECOND);
	assert_int_equal(glow_notices_top(&n)->look.start_us, now - 3600 * SECOND);
	assert_string_equal(top(), "stays");
	assert_int_equal(taken(), 1);
}

static void fill(int priority)
{
	char id[20];

	for (int k = 0; k < GLOW_NOTICES_MAX; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		take_prio(id, priority, 10);
	}
	assert_int_equal(taken(), GLOW_NOTICES_MAX);
}

static bool has(const char *id)
{
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (n.v[k].end_us && strcmp(n.v[k].id, id) == 0)
			return true;
	return false;
}

static void test_full(void **state)
{
	(void)state;
	none();
	fill(5);
	take_prio("lower", 4, 10);
	assert_false(has("lower"));
	take_prio("equal", 5, 10); /* of equals the oldest goes */
	assert_string_equal(top(), "equal");
	assert_true(!has("n0") && has("n1"));
	take_prio("n1", 1, 10); /* its own place is free for it */
	assert_true(has("n1") && has("n2"));
	take_prio("newest", 2, 10); /* and is now the lowest */
	assert_true(!has("n1") && has("newest"));
	assert_int_equal(taken(), GLOW_NOTICES_MAX);
}

/* A place that has become free is taken first, whatever stood there. */
static void test_full_no_more(void **state)
{
	(void)state;
	none();
	fill(5);
	take("{\"id\":\"n3\",\"clear\":true}");
	assert_int_equal(taken(), GLOW_NOTICES_MAX - 1);
	take_prio("lower", 1, 10);
	assert_true(has("lower") && has("n0"));
	assert_int_equal(taken(), GLOW_NOTICES_MAX);
}

static void test_clear(void **state)
{
	(void)state;
	none();
	take_prio("door", 5, 10);
	take("{\"id\":\"bell\",\"clear\":true}");
	assert_true(has("door"));
	take("{\"id\":\"door\",\"clear\":true}");
	assert_int_equal(taken(), 0);
}

static void test_flash_of_light(void **state)
{
	struct glow_look light;

	(void)state;
	none();
	glow_look_init(&light, NULL, START);
	light.color = LIME;
	light.brightness = 30;
	glow_notices_flash(&n, &light, 2 * SECOND, now);
	assert_int_equal(glow_notices_next(&n), now + 2 * SECOND);
	assert_string_equal(glow_notices_top(&n)->look.effect->name, "blink");
	assert_true(glow_rgb_equal(glow_notices_top(&n)->look.color, LIME));
	assert_int_equal(glow_notices_top(&n)->look.brightness, 30);
	glow_notices_flash(&n, &light, 9 * SECOND, now); /* in place of the first */
	assert_int_equal(glow_notices_next(&n), now + 9 * SECOND);
	assert_int_equal(taken(), 1);
	none();
	fill(6);
	glow_notices_flash(&n, &light, SECOND, now); /* would be the lowest */
	assert_int_equal(glow_notices_next(&n), now + 10 * SECOND);
}

/* ---- as a node shows them ---- */

static void test_notice(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "blue");
	pass(SECOND);
	forget();
	notice("red", "");
	assert_true(shows(RED));
	assert_true(said(STATE, "\"showing\":\"notice\"") && said(STATE, "\"notice\":{"));
	assert_true(said(STATE, "\"color\":{\"r\":0,\"g\":0,\"b\":255}")); /* the light is what it was */
	assert_int_equal(glow_node_next(node), now + 5 * SECOND);
	pass(5 * SECOND - 1);
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(BLUE));
	assert_true(said(STATE, "\"showing\":\"light\""));
	assert_false(said(STATE, "\"notice\":{"));
	/* Over a dark light too. */
	tell(SET, "off");
	notice("red", "");
	assert_true(shows(RED));
}

static void test_notice_ttl(void **state)
{
	(void)state;
	bring_up();
	notice("red", ",\"ttl_s\":0.1");
	pass(99999);
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(GLOW_WHITE));
	notice("red", ",\"ttl_s\":86400");
	pass(86399 * SECOND);
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(shows(GLOW_WHITE));
}

static void test_notice_order(void **state)
{
	(void)state;
	bring_up();
	notice("red", ",\"priority\":6,\"ttl_s\":10");
	notice("blue", ",\"ttl_s\":20"); /* priority 5 */
	assert_true(shows(RED));
	notice("lime", ",\"priority\":6,\"ttl_s\":5"); /* the newest of the highest */
	assert_true(shows(LIME));
	pass(5 * SECOND);
	assert_true(shows(RED));
	pass(5 * SECOND);
	assert_true(shows(BLUE));
	pass(10 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

static void test_notice_id(void **state)
{
	(void)state;
	bring_up();
	notice("red", ",\"id\":\"door\",\"priority\":9,\"ttl_s\":100");
	notice("lime", ",\"id\":\"bell\",\"ttl_s\":100");
	assert_true(shows(RED));
	notice("blue", ",\"id\":\"door\",\"priority\":1,\"ttl_s\":100"); /* replaces, priority and all */
	assert_true(shows(LIME));
	tell(NOTIFY, "{\"id\":\"bell\",\"clear\":true}");
	assert_true(shows(BLUE));
	pass(SECOND);
	assert_true(said(STATE, "\"id\":\"door\""));
	tell(NOTIFY, "{\"id\":\"nobody\",\"clear\":true}");
	assert_int_equal(count(ERROR), 0);
	tell(NOTIFY, "{\"id\":\"door\",\"clear\":true}");
	assert_true(shows(GLOW_WHITE));
}

static void test_notices_full(void **state)
{
	char more[80];

	(void)state;
	bring_up();
	notice("blue", ",\"priority\":2,\"ttl_s\":1000,\"id\":\"low\"");
	for (int k = 1; k < GLOW_NOTICES_MAX; k++) {
		snprintf(more, sizeof(more), ",\"priority\":5,\"ttl_s\":%d", 10 + k);
		notice("red", more);
	}
	notice("lime", ",\"priority\":5,\"ttl_s\":5"); /* the 17th pushes out the lowest */
	assert_true(shows(LIME));
	pass(100 * SECOND);
	assert_true(shows(GLOW_WHITE)); /* `low` would still be there */
}

static void test_notices_full_lowest(void **state)
{
	(void)state;
	bring_up();
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		notice("red", ",\"priority\":5,\"ttl_s\":10");
	notice("blue", ",\"priority\":4,\"ttl_s\":1000"); /* is the lowest itself */
	assert_true(shows(RED));
	pass(10 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

/* Beneath a notice everything goes on: afterwards it is where it would have been. */
static void test_back_in_phase(void **state)
{
	struct glow_node *other;

	(void)state;
	bring_up();
	tell(SET, "rainbow");
	glow_node_create(&cfg, now, &other, &diag);
	glow_node_message(other, &(struct glow_message){ .topic = SET, .payload = "rainbow", .len = 7 }, now);
	notice("red", ",\"ttl_s\":3");
	pass(SECOND);
	assert_true(shows(RED));
	for (int k = 0; k < 20; k++) {
		static struct glow_frame want;

		pass(SECOND / 3);
		glow_node_render(node, now, &frame);
		glow_node_render(other, now, &want);
		assert_int_equal(glow_frame_equal(&frame, &want), now >= START + 4 * SECOND);
	}
	glow_node_destroy(other);
}

static void test_flash(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "red");
	pass(SECOND);
	tell(SET, "{\"flash\":4}");
	assert_true(said(STATE, "\"showing\":\"notice\"") && said(STATE, "\"effect\":\"blink\""));
	assert_true(shows(RED)); /* blinks in the light's colour */
	pass(SECOND / 2);
	assert_true(shows(GLOW_BLACK));
	pass(SECOND / 2);
	assert_true(shows(RED));
	pass(2 * SECOND + SECOND / 2);
	assert_true(shows(GLOW_BLACK));
	pass(SECOND / 2);
	assert_true(shows(RED));
	pass(SECOND / 2);
	assert_true(shows(RED)); /* over */
	assert_true(said(STATE, "\"showing\":\"light\""));
	tell(SET, "{\"flash\":0}");
	pass(SECOND);
	assert_false(said(STATE, "\"showing\":\"notice\""));
}

static void test_identify(void **state)
{
	(void)state;
	bring_up();
	tell(NOTIFY, "{\"effect\":\"identify\"}");
	assert_true(said(STATE, "\"effect\":\"identify\""));
	assert_int_equal(glow_node_pace(node, now, NULL), GLOW_ANIMATED);
	pass(5 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_none),          T(test_top),
		T(test_ends),          T(test_length),
		T(test_look),          T(test_shift),
		T(test_full),          T(test_full_no_more),
		T(test_clear),         T(test_flash_of_light),
		T(test_notice),        T(test_notice_ttl),
		T(test_notice_order),  T(test_notice_id),
		T(test_notices_full),  T(test_notices_full_lowest),
		T(test_back_in_phase), T(test_flash),
		T(test_identify),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
