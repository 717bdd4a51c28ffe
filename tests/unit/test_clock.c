/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The conversion between the two scales, at their edges too. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <glow/clock.h>

static int64_t to_us(int64_t offset_us, int64_t ns)
{
	return glow_clock_time(&(struct glow_clock){ offset_us }, (struct glow_mono){ ns }).us;
}

static int64_t to_ns(int64_t offset_us, int64_t us)
{
	return glow_clock_mono(&(struct glow_clock){ offset_us }, (struct glow_time){ us }).ns;
}

static void conversion(void **state)
{
	(void)state;
	assert_int_equal(to_us(1000, 5999), 1005);
	assert_int_equal(to_us(-1000, 5999), -995);
	assert_int_equal(to_us(0, -1), -1); /* floor */
	assert_int_equal(to_ns(1000, 1005), 5000);
	assert_int_equal(to_ns(1700000000000000, 1700000000000001), 1000);
	for (int64_t us = -1000; us < 1000; us += 7)
		assert_int_equal(to_us(12345678, to_ns(12345678, us)), us);
	assert_int_not_equal(to_us(12345678, to_ns(12345679, 0)), 0); /* control */
}

static void edges(void **state)
{
	(void)state;
	assert_true(to_ns(1000, GLOW_NEVER) == GLOW_NEVER);
	assert_true(to_ns(-1000, GLOW_NEVER) == GLOW_NEVER);
	assert_true(to_us(-1000, GLOW_NEVER) == GLOW_NEVER);
	assert_true(to_ns(0, INT64_MAX / 1000) != GLOW_NEVER); /* control: the last one that fits */
	assert_true(to_ns(0, INT64_MAX / 1000 + 1) == GLOW_NEVER);
	assert_true(to_ns(0, INT64_MIN) == INT64_MIN);
	assert_true(to_ns(1000, INT64_MIN) == INT64_MIN);
}

static void clocks(void **state)
{
	struct glow_mono a = glow_mono_now(), b = glow_mono_now();
	int64_t wall_s = glow_floor_div(b.ns / 1000 + glow_wall_minus_mono_us(), GLOW_US_PER_S);

	(void)state;
	assert_true(a.ns > 0 && b.ns >= a.ns);
	assert_true(llabs(wall_s - (int64_t)time(NULL)) <= 2);
}

static void zone(void **state)
{
	const int64_t january_us = INT64_C(1736942400) * GLOW_US_PER_S, july_us = INT64_C(1752580800) * GLOW_US_PER_S;

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	assert_int_equal(glow_tz_offset_s(january_us), 3600);
	assert_int_equal(glow_tz_offset_s(july_us), 7200);
	/* Summer time began on 2025-03-30 at 01:00 UTC. */
	assert_int_equal(glow_tz_offset_s(INT64_C(1743296400000000) - 1), 3600);
	assert_int_equal(glow_tz_offset_s(INT64_C(1743296400000000)), 7200);
	setenv("TZ", "UTC0", 1);
	tzset();
	assert_int_equal(glow_tz_offset_s(july_us), 0); /* control */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversion),
		cmocka_unit_test(edges),
		cmocka_unit_test(clocks),
		cmocka_unit_test(zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
