/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>

#include "../../bridge/app/conductor/announcer.h"
#include "../harness/outbox.h"

#define MS     INT64_C(1000000)
#define INFO   "glow/conductor/info"
#define BEACON "glow/conductor/beacon"
#define ONLINE "glow/conductor/availability"

static const struct glow_leader leader = { .clock_id = 0xfeed, .term = 3, .boot = 77 };
static const struct glow_conductor_info info = {
	.id = "pi1", .leading = true, .leader = leader, .nodes = 2, .has_utc = true, .utc_offset_us = 5
};
static struct glow_announcer a;

static int setup(void **state)
{
	const struct glow_publisher out = { "glow", "", outbox };

	(void)state;
	glow_log_setup("error", "text");
	glow_announcer_init(&a, &out);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	forget();
	return 0;
}

static void test_availability(void **state)
{
	(void)state;
	glow_announcer_availability(&a, true);
	assert_string_equal(last(ONLINE), "online");
	assert_true(find(ONLINE)->retained && find(ONLINE)->qos == 1);
	glow_announcer_availability(&a, false);
	assert_string_equal(last(ONLINE), "offline");
}

static void test_beacon(void **state)
{
	const struct glow_raw now = { 1000 * MS };

	(void)state;
	assert_int_equal(a.beacon.ns, GLOW_NEVER);
	glow_announcer_beacon(&a, now, leader, (struct glow_time){ 42 });
	assert_int_equal(number(BEACON, "seq"), 0);
	assert_int_equal(number(BEACON, "time_us"), 42);
	assert_int_equal(number(BEACON, "term"), 3);
	assert_true(!find(BEACON)->retained && find(BEACON)->qos == 0);
	assert_int_equal(a.beacon.ns, now.ns + 500 * MS);
	glow_announcer_beacon(&a, now, leader, (struct glow_time){ 43 });
	assert_int_equal(number(BEACON, "seq"), 1);
}

/* How many infos there are once this one has been announced. */
static int announced(const struct glow_conductor_info *one)
{
	glow_announcer_info(&a, one);
	return count(INFO);
}

static void test_info_when_it_differs(void **state)
{
	struct glow_conductor_info next = info;

	(void)state;
	assert_int_equal(announced(&info), 1);
	assert_true(find(INFO)->retained && find(INFO)->qos == 1);
	assert_int_equal(announced(&info), 1);
	next.rate_ppb = 7; /* is told with the next change */
	next.utc_offset_us += 5000;
	assert_int_equal(announced(&next), 1);
	next.utc_offset_us++;
	assert_int_equal(announced(&next), 2);
	next.utc_offset_us -= 5001;
	assert_int_equal(announced(&next), 3);
	next.leading = false;
	assert_int_equal(announced(&next), 4);
	next.nodes++;
	assert_int_equal(announced(&next), 5);
	next.leader.term++;
	assert_int_equal(announced(&next), 6);
	next.has_utc = false;
	assert_int_equal(announced(&next), 7);
	next.tz_offset_s++;
	assert_int_equal(announced(&next), 8);
	assert_int_equal(announced(&next), 8);
}

/* What another has said need not be said again; and it is, unless the broker has it. */
static void test_heard(void **state)
{
	struct glow_conductor_info heard;
	struct glow_message m = { 0 };

	(void)state;
	glow_announcer_info(&a, &info);
	m.payload = last(INFO);
	m.len = strlen(last(INFO));
	setup(NULL);
	assert_true(glow_announcer_read(&m, &heard));
	assert_false(a.has_info);
	glow_announcer_keep(&a, &heard);
	assert_true(a.has_info);
	assert_int_equal(announced(&info), 1); /* only the one from before */
	setup(NULL);
	assert_int_equal(announced(&info), 2);
}

static void test_broken(void **state)
{
	static const char *const broken[] = { "", "[", "{\"clock_id\":7}" };
	struct glow_conductor_info heard;

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++)
		assert_false(
			glow_announcer_read(&(struct glow_message){ .payload = broken[k], .len = strlen(broken[k]) },
					    &heard));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_availability), T(test_beacon), T(test_info_when_it_differs),
					    T(test_heard), T(test_broken) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
