/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The conversion between the two scales, at their edges too, and times for
 * which 32 bits are too few. The machine's clock is a test's where that is said. */

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <glow/clock.h>

/* What the clocks show, or 0 seconds for the real ones. */
static struct timespec wall, mono;

/* Ours instead of libc's. The header gives the definition the same name as the
 * callers: __clock_gettime64 where time was 32 bits once. */
int clock_gettime(clockid_t id, struct timespec *ret_time)
{
	int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "__clock_gettime64");

	if (!real)
		real = dlsym(RTLD_NEXT, "clock_gettime");
	if (!wall.tv_sec)
		return real(id, ret_time);
	*ret_time = id == CLOCK_REALTIME ? wall : mono;
	return 0;
}

static int64_t to_us(int64_t offset_us, int64_t ns)
{
	return glow_clock_time(&(struct glow_clock){ .wall_us = offset_us }, (struct glow_instant){ .mono = { ns } })
		.us;
}

static int64_t to_ns(int64_t offset_us, int64_t us)
{
	return glow_clock_mono(&(struct glow_clock){ .wall_us = offset_us }, (struct glow_instant){ { 0 }, { 0 } },
			       (struct glow_time){ us })
		.ns;
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

/* With cluster time the oscillator counts, and the timer's clock only tells how long from now. */
static void cluster(void **state)
{
	static struct glow_sync sync;
	struct glow_clock c = { .sync = &sync, .wall_us = 77, .late_us = 5000 };
	struct glow_instant at = { .mono = { 900000000 }, .raw = { 2000000 } };
	const int64_t begin_us = INT64_C(1700000000000000);

	(void)state;
	glow_sync_init(&sync, &(struct glow_sync_cfg){ .seed = 1 });
	assert_int_equal(glow_clock_time(&c, at).us, 900000 + 77 - 5000); /* control: not yet */
	glow_sync_begin(&sync, (struct glow_raw){ 1000000 }, begin_us * 1000, 0, (struct glow_leader){ 1, 1, 1 });
	assert_int_equal(glow_clock_time(&c, at).us, begin_us + 1000 - 5000);
	assert_int_equal(glow_clock_mono(&c, at, (struct glow_time){ begin_us + 1000 - 5000 }).ns, 900000000);
	assert_int_equal(glow_clock_mono(&c, at, (struct glow_time){ begin_us + 3000 - 5000 }).ns, 902000000);
	assert_true(glow_clock_mono(&c, at, (struct glow_time){ GLOW_NEVER }).ns == GLOW_NEVER);
	assert_int_equal(glow_raw_mono(at, (struct glow_raw){ 2000500 }).ns, 900000500);
	assert_true(glow_raw_mono(at, (struct glow_raw){ GLOW_NEVER }).ns == GLOW_NEVER);
}

static void clocks(void **state)
{
	struct glow_mono a = glow_mono_now(), b = glow_mono_now();
	int64_t wall_s = glow_floor_div(b.ns / 1000 + glow_wall_minus_mono_us(), GLOW_US_PER_S);

	(void)state;
	assert_true(a.ns > 0 && b.ns >= a.ns);
	assert_true(llabs(wall_s - (int64_t)time(NULL)) <= 2);
}

/* In February 2106 the seconds since 1970 outgrow even the unsigned 32 bits. */
static void after_2106(void **state)
{
	int64_t offset_us;

	(void)state;
	wall = (struct timespec){ (INT64_C(1) << 32) + 1, 234567890 };
	mono = (struct timespec){ 3000000000, 500 };
	assert_int_equal(glow_mono_now().ns, INT64_C(3000000000000000500));
	offset_us = glow_wall_minus_mono_us();
	assert_int_equal(offset_us, INT64_C(1294967297234567));
	assert_int_equal(to_us(offset_us, glow_mono_now().ns), INT64_C(4294967297234567));
	assert_int_equal(to_ns(offset_us, INT64_C(4294967297234567)), INT64_C(3000000000000000000));
	wall.tv_sec -= INT64_C(1) << 32; /* control: what 32 bits keep of it */
	assert_int_not_equal(glow_wall_minus_mono_us(), offset_us);
	wall = (struct timespec){ 0 };
}

/* 32 bits would make a winter day of 1914 of this summer day of 2050. */
static void zone_after_2038(void **state)
{
	const int64_t april_us = INT64_C(2533636800) * GLOW_US_PER_S, wrap_us = GLOW_US_PER_S << 32;

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	assert_int_equal(glow_tz_offset_s(april_us), 7200);
	assert_int_equal(glow_tz_offset_s(april_us - wrap_us), 3600); /* control */
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
		cmocka_unit_test(conversion),      cmocka_unit_test(edges),      cmocka_unit_test(cluster),
		cmocka_unit_test(clocks),          cmocka_unit_test(after_2106), cmocka_unit_test(zone),
		cmocka_unit_test(zone_after_2038),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
