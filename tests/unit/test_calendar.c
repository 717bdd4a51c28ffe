/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* When something is due: by clocks that jump, and by a sun that stays away for weeks. Zones are the C library's, by
 * their POSIX rules, so that no zone's file is needed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <glow/calendar.h>

#define BERLIN     "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK   "EST5EDT,M3.2.0,M11.1.0"
#define LORD_HOWE  "LHST-10:30LHDT-11,M10.1.0,M4.1.0" /* half an hour */
#define KIRITIMATI "LINT-14"
#define HONOLULU   "HST10"

#define DAY_S INT64_C(86400)

static int32_t offset_s(void *ctx, int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;

	(void)ctx;
	localtime_r(&t, &tm);
	return (int32_t)tm.tm_gmtoff;
}

static const struct glow_calendar_zone zone = { .offset_s = offset_s };
static struct glow_calendar_place place = { 52.52, 13.405 };

static void use(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static int64_t utc(int y, int mo, int d, int h, int mi)
{
	struct tm tm = { .tm_year = y - 1900, .tm_mon = mo - 1, .tm_mday = d, .tm_hour = h, .tm_min = mi };

	return timegm(&tm);
}

static int64_t next(enum glow_calendar_kind kind, int32_t minute, uint8_t days, int64_t utc_s)
{
	const struct glow_calendar_rule rule = { kind, minute, days };

	return glow_calendar_next(&rule, &place, &zone, utc_s);
}

static int64_t latest(enum glow_calendar_kind kind, int32_t minute, uint8_t days, int64_t utc_s)
{
	const struct glow_calendar_rule rule = { kind, minute, days };

	return glow_calendar_latest(&rule, &place, &zone, utc_s);
}

#define CLOCK(h, m) GLOW_CALENDAR_CLOCK, (h)*60 + (m)
#define DAILY       0x7f

static void test_clock(void **state)
{
	(void)state;
	use(BERLIN);
	assert_int_equal(next(CLOCK(7, 0), DAILY, utc(2026, 1, 10, 5, 59)), utc(2026, 1, 10, 6, 0));
	assert_int_equal(next(CLOCK(7, 0), DAILY, utc(2026, 1, 10, 6, 0)), utc(2026, 1, 11, 6, 0));
	assert_int_equal(next(CLOCK(7, 0), DAILY, utc(2026, 7, 10, 0, 0)), utc(2026, 7, 10, 5, 0));
	assert_int_equal(next(CLOCK(0, 0), DAILY, utc(2026, 1, 10, 22, 59)), utc(2026, 1, 10, 23, 0));
	assert_int_equal(latest(CLOCK(7, 0), DAILY, utc(2026, 1, 10, 6, 0)), utc(2026, 1, 10, 6, 0));
	assert_int_equal(latest(CLOCK(7, 0), DAILY, utc(2026, 1, 10, 5, 59)), utc(2026, 1, 9, 6, 0));
}

/* 10 January 2026 was a Saturday. */
static void test_weekdays(void **state)
{
	(void)state;
	use(BERLIN);
	assert_int_equal(next(CLOCK(7, 0), 0x01, utc(2026, 1, 10, 0, 0)), utc(2026, 1, 12, 6, 0));
	assert_int_equal(next(CLOCK(7, 0), 0x20, utc(2026, 1, 10, 0, 0)), utc(2026, 1, 10, 6, 0));
	assert_int_equal(next(CLOCK(7, 0), 0x20, utc(2026, 1, 10, 7, 0)), utc(2026, 1, 17, 6, 0));
	/* 00:30 of a Sunday is Saturday still in UTC. */
	assert_int_equal(next(CLOCK(0, 30), 0x40, utc(2026, 1, 10, 0, 0)), utc(2026, 1, 10, 23, 30));
	assert_int_equal(latest(CLOCK(7, 0), 0x01, utc(2026, 1, 10, 0, 0)), utc(2026, 1, 5, 6, 0));
	assert_true(next(CLOCK(7, 0), 0, utc(2026, 1, 10, 0, 0)) == GLOW_CALENDAR_NEVER);
	assert_true(latest(CLOCK(7, 0), 0, utc(2026, 1, 10, 0, 0)) == INT64_MIN);
}

/* The missing hour, and the one that comes twice. */
static void test_jumps(void **state)
{
	(void)state;
	use(BERLIN);
	assert_int_equal(next(CLOCK(2, 30), DAILY, utc(2026, 3, 28, 23, 0)), utc(2026, 3, 29, 1, 30)); /* 03:30 */
	assert_int_equal(next(CLOCK(2, 30), DAILY, utc(2026, 3, 29, 1, 30)), utc(2026, 3, 30, 0, 30));
	assert_int_equal(next(CLOCK(3, 0), DAILY, utc(2026, 3, 28, 23, 0)), utc(2026, 3, 29, 1, 0));
	assert_int_equal(next(CLOCK(1, 59), DAILY, utc(2026, 3, 28, 23, 0)), utc(2026, 3, 29, 0, 59));
	assert_int_equal(next(CLOCK(2, 30), DAILY, utc(2026, 10, 24, 23, 0)), utc(2026, 10, 25, 0, 30));
	assert_int_equal(next(CLOCK(2, 30), DAILY, utc(2026, 10, 25, 0, 30)), utc(2026, 10, 26, 1, 30)); /* once */
	use(NEW_YORK);
	assert_int_equal(next(CLOCK(1, 30), DAILY, utc(2026, 11, 1, 4, 0)), utc(2026, 11, 1, 5, 30));
	assert_int_equal(next(CLOCK(1, 30), DAILY, utc(2026, 11, 1, 5, 30)), utc(2026, 11, 2, 6, 30));
}

/* Whatever the zone: once a local day, at the clock's time or, in a gap, so much later; and both directions agree. */
static void check_year(int64_t from_s, int32_t minute)
{
	int64_t at = next(GLOW_CALENDAR_CLOCK, minute, DAILY, from_s), last_day = -1;

	for (int k = 0; k < 370; k++) {
		int64_t local_s = at + offset_s(NULL, at), day = local_s / DAY_S, late = local_s % DAY_S - minute * 60;
		int64_t after = next(GLOW_CALENDAR_CLOCK, minute, DAILY, at);

		assert_true(late == 0 || late == 1800 || late == 3600);
		assert_true(last_day < 0 || day == last_day + 1);
		assert_int_equal(latest(GLOW_CALENDAR_CLOCK, minute, DAILY, after - 1), at);
		assert_int_equal(latest(GLOW_CALENDAR_CLOCK, minute, DAILY, at), at);
		assert_in_range(after - at, DAY_S - 3600, DAY_S + 3600);
		last_day = day;
		at = after;
	}
}

/* promise: schedule-fires-once */
static void test_every_day_once(void **state)
{
	static const char *const zones[] = { BERLIN, NEW_YORK, LORD_HOWE, KIRITIMATI, HONOLULU, "UTC0" };

	(void)state;
	for (size_t z = 0; z < sizeof(zones) / sizeof(zones[0]); z++) {
		use(zones[z]);
		for (int32_t minute = 0; minute < 22 * 60; minute += 29)
			check_year(utc(2026, 1, 1, 0, 0) + 977 * minute, minute);
	}
}

/* Against published tables, to two minutes. */
static void test_sun(void **state)
{
	static const struct {
		const char *tz;
		double latitude, longitude;
		int y, mo, d, rise_h, rise_m, set_h, set_m; /* UTC */
	} rows[] = {
		{ BERLIN, 52.52, 13.405, 2026, 6, 21, 2, 43, 19, 33 },
		{ BERLIN, 52.52, 13.405, 2026, 12, 21, 7, 15, 14, 54 },
		{ "UTC0", 0, 0, 2026, 3, 20, 6, 4, 18, 11 },
		{ "UTC0", 51.4779, 0, 2026, 6, 21, 3, 43, 20, 21 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		int64_t from = utc(rows[k].y, rows[k].mo, rows[k].d, 0, 0), rise, set;

		use(rows[k].tz);
		place = (struct glow_calendar_place){ rows[k].latitude, rows[k].longitude };
		rise = next(GLOW_CALENDAR_SUNRISE, 0, DAILY, from);
		set = next(GLOW_CALENDAR_SUNSET, 0, DAILY, from);
		assert_in_range(rise - (from + rows[k].rise_h * 3600 + rows[k].rise_m * 60) + 120, 0, 240);
		assert_in_range(set - (from + rows[k].set_h * 3600 + rows[k].set_m * 60) + 120, 0, 240);
		assert_int_equal(next(GLOW_CALENDAR_SUNSET, -30, DAILY, from), set - 1800);
	}
}

/* Wherever and whenever: a sunrise lies before its sunset, on a day of its own, and both directions agree. */
static void test_sun_everywhere(void **state)
{
	(void)state;
	use("UTC0");
	for (int lat = -65; lat <= 65; lat += 13) {
		for (int lon = -180; lon <= 180; lon += 45) {
			int64_t at = utc(2026, 1, 1, 0, 0) + lon * -240;

			place = (struct glow_calendar_place){ lat, lon };
			for (int k = 0; k < 366; k += 5, at += 5 * DAY_S) {
				int64_t rise = next(GLOW_CALENDAR_SUNRISE, 0, DAILY, at);
				int64_t set = next(GLOW_CALENDAR_SUNSET, 0, DAILY, rise);

				assert_in_range(set - rise, 2 * 3600, 23 * 3600);
				assert_in_range(next(GLOW_CALENDAR_SUNRISE, 0, DAILY, rise) - rise, DAY_S - 600,
						DAY_S + 600);
				assert_int_equal(latest(GLOW_CALENDAR_SUNRISE, 0, DAILY, set), rise);
			}
		}
	}
}

/* In Tromsø the sun neither sets in June nor rises in December; what is due then waits until it does. */
static void test_polar(void **state)
{
	int64_t set, rise;

	(void)state;
	use(BERLIN);
	place = (struct glow_calendar_place){ 69.65, 18.96 };
	set = next(GLOW_CALENDAR_SUNSET, 0, DAILY, utc(2026, 6, 1, 0, 0));
	assert_in_range(set, utc(2026, 7, 20, 0, 0), utc(2026, 7, 30, 0, 0));
	rise = next(GLOW_CALENDAR_SUNRISE, 0, DAILY, utc(2026, 12, 1, 0, 0));
	assert_in_range(rise, utc(2027, 1, 10, 0, 0), utc(2027, 1, 20, 0, 0));
	assert_true(latest(GLOW_CALENDAR_SUNSET, 0, DAILY, utc(2026, 6, 21, 0, 0)) == INT64_MIN);
	for (int pole = -90; pole <= 90; pole += 180) {
		int64_t at = utc(2026, 1, 1, 0, 0);

		place.latitude = pole; /* once a year, or never by a day's sun; but it comes to an end */
		for (int k = 0; k < 3; k++) {
			int64_t found = next(GLOW_CALENDAR_SUNRISE, 0, DAILY, at);

			assert_true(found > at);
			at = found == GLOW_CALENDAR_NEVER ? at + 100 * DAY_S : found;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock), cmocka_unit_test(test_weekdays),
		cmocka_unit_test(test_jumps), cmocka_unit_test(test_every_day_once),
		cmocka_unit_test(test_sun),   cmocka_unit_test(test_sun_everywhere),
		cmocka_unit_test(test_polar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
