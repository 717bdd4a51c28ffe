/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a node makes of it is in test_node.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glow/time.h>

#include "../../bridge/app/node/conducted.h"

#define START INT64_C(1700000000000000)

static void hear(struct glow_conducted *c, enum glow_topic_kind kind, const char *text, int64_t now_us)
{
	const struct glow_message m = { .payload = text, .len = strlen(text) };

	glow_conducted_hear(c, kind, &m, now_us);
}

static void test_leads(void **state)
{
	const int64_t silent_us = START + 3 * GLOW_US_PER_S / 2;
	struct glow_conducted c;

	(void)state;
	glow_conducted_init(&c, START);
	assert_true(glow_conducted_lost(&c, START)); /* no broker */
	c.connected = true;
	assert_false(glow_conducted_lost(&c, START) || glow_conducted_leads(&c, START)); /* there never was one */
	assert_true(glow_conducted_silent(&c) == GLOW_NEVER);
	hear(&c, GLOW_TOPIC_CONDUCTOR_BEACON, "{}", START);
	assert_false(glow_conducted_leads(&c, START));
	hear(&c, GLOW_TOPIC_CONDUCTOR_AVAILABILITY, "online", START);
	assert_true(glow_conducted_leads(&c, START) && glow_conducted_leads(&c, silent_us - 1));
	assert_true(glow_conducted_silent(&c) == silent_us);
	assert_false(glow_conducted_leads(&c, silent_us));
	assert_true(glow_conducted_lost(&c, silent_us));
	glow_conducted_hear(&c, GLOW_TOPIC_CONDUCTOR_BEACON,
			    &(struct glow_message){ .payload = "{}", .len = 2, .retained = true }, silent_us);
	assert_true(glow_conducted_lost(&c, silent_us)); /* somebody had it kept */
	hear(&c, GLOW_TOPIC_CONDUCTOR_AVAILABILITY, "offline", START);
	assert_true(glow_conducted_lost(&c, START));
	hear(&c, GLOW_TOPIC_CONDUCTOR_AVAILABILITY, "", START); /* cleared: the cluster does without one */
	assert_false(glow_conducted_lost(&c, START));
	hear(&c, GLOW_TOPIC_CONDUCTOR_AVAILABILITY, "online", START);
	glow_conducted_disconnected(&c);
	assert_true(glow_conducted_lost(&c, START) && !glow_conducted_leads(&c, START));
}

static void test_mark(void **state)
{
	struct glow_frame frame = { .n = 2 };

	(void)state;
	glow_conducted_mark((struct glow_shape){ GLOW_SHAPE_ROW, 2 }, &frame);
	assert_int_equal(frame.px[0].r, glow_gamma16(16));
	assert_int_equal(frame.px[1].r, 0);
	frame.px[0] = glow_linear_of(GLOW_WHITE);
	glow_conducted_mark((struct glow_shape){ GLOW_SHAPE_ROW, 2 }, &frame);
	assert_int_equal(frame.px[0].g, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_leads), cmocka_unit_test(test_mark) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
