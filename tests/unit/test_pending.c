/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Commands that wait: by themselves, and those that a node keeps for their time. */

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
#include "../../bridge/app/node/pending.h"

/* ---- as a node keeps them ---- */

static void test_at(void **state)
{
	char at[64];

	(void)state;
	bring_up();
	snprintf(at, sizeof(at), "{\"status\":\"ok\",\"node\":\"pi1\",\"at_us\":%lld}", (long long)(now + 2 * SECOND));
	tell_at("red", now + 2 * SECOND);
	assert_string_equal(last("r"), at);
	assert_int_equal(glow_node_next(node), now + 2 * SECOND);
	assert_true(shows(GLOW_WHITE));
	pass(2 * SECOND - 1);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(count(STATE), 0);
	pass(1);
	assert_true(shows(RED));
	assert_true(said(STATE, "\"r\":255"));
	/* An instant that is over is now, and so is this very one. */
	tell_at("blue", now - 5 * SECOND);
	assert_true(shows(BLUE));
	tell_at("red", now);
	assert_true(shows(RED));
}

/* At most a minute ahead. */
static void test_at_limit(void **state)
{
	(void)state;
	bring_up();
	tell_at("red", now + 60 * SECOND + 1);
	assert_true(said("r", "out_of_range") && said("r", "at_us"));
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
	tell_at("blue", now + 60 * SECOND);
	assert_true(said("r", "ok"));
	pass(60 * SECOND);
	assert_true(shows(BLUE));
}

/* In the order of their instants, at one instant in the order of arrival; each
 * takes effect at its own time though the tick comes late. */
static void test_at_order(void **state)
{
	char start[40];

	(void)state;
	bring_up();
	tell_at("blue", now + 3 * SECOND);
	tell_at("red", now + 1 * SECOND);
	tell_at("lime", now + 3 * SECOND);
	assert_int_equal(glow_node_next(node), now + SECOND);
	pass(SECOND);
	assert_true(shows(RED));
	assert_int_equal(glow_node_next(node), now + 2 * SECOND);
	pass(2 * SECOND);
	assert_true(shows(LIME));
	tell(SET, "{\"effect\":\"rainbow\",\"at_us\":1700000010000000}");
	now = START + 20 * SECOND;
	tick();
	pass(SECOND);
	snprintf(start, sizeof(start), "\"start_us\":%lld", (long long)(START + 10 * SECOND));
	assert_true(said(STATE, start));
}

static void test_at_notify(void **state)
{
	(void)state;
	bring_up();
	tell(NOTIFY, "{\"color\":\"red\",\"effect\":\"solid\",\"ttl_s\":2,\"at_us\":1700000005000000}");
	pass(SECOND);
	assert_true(shows(GLOW_WHITE));
	now = START + 5 * SECOND;
	tick();
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

/* What does not fit the light when its time has come is refused then. */
static void test_at_recheck(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "breathe");
	tell(SET, "{\"params\":{\"period_ms\":2000},\"at_us\":1700000005000000}");
	tell(SET, "{\"color\":\"blue\",\"at_us\":1700000005000001}");
	tell(SET, "{\"color\":\"red\",\"effect\":\"solid\"}");
	assert_int_equal(count(ERROR), 0);
	now = START + 5 * SECOND;
	tick();
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "unknown_param"));
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(BLUE)); /* and does not hold up the next */
}

static void test_pending_full(void **state)
{
	(void)state;
	bring_up();
	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		tell_at("red", now + SECOND + k);
		assert_true(said("r", "ok"));
	}
	tell_at("blue", now + 2 * SECOND);
	assert_true(said("r", "error") && said("r", "at_us"));
	tell_at("blue", now); /* needs no place */
	assert_true(shows(BLUE));
	pass(SECOND);
	assert_true(shows(RED));
	tell_at("blue", now + SECOND);
	assert_true(said("r", "ok"));
	pass(SECOND);
	assert_true(shows(BLUE));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_at),        T(test_at_limit),   T(test_at_order),
		T(test_at_notify), T(test_at_recheck), T(test_pending_full),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
