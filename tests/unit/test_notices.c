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
		T(test_notice),        T(test_notice_ttl),   T(test_notice_order),
		T(test_notice_id),     T(test_notices_full), T(test_notices_full_lowest),
		T(test_back_in_phase), T(test_flash),        T(test_identify),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
