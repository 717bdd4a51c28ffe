/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The only file that reads a clock, and the only place where this machine's
 * time and the cluster's are turned into each other. "Never" stays never in
 * both directions, and so does everything beyond the range. */

#include <time.h>

#include <glow/clock.h>

_Static_assert(sizeof(time_t) == 8, "a Pi on which time_t ends in 2038; cmake/glow.cmake asks for the longer one");

static int64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct glow_mono glow_mono_now(void)
{
	return (struct glow_mono){ .ns = clock_ns(CLOCK_MONOTONIC) };
}

struct glow_raw glow_raw_now(void)
{
	return (struct glow_raw){ .ns = clock_ns(CLOCK_MONOTONIC_RAW) };
}

/* The wall clock is read between two readings of the other one; of some tries
 * the one during which the process was interrupted least counts. */
int64_t glow_wall_minus_mono_us(void)
{
	int64_t best_ns = INT64_MAX, offset_ns = 0;

	for (int k = 0; k < 5; k++) {
		int64_t before = clock_ns(CLOCK_MONOTONIC);
		int64_t wall = clock_ns(CLOCK_REALTIME);
		int64_t window = clock_ns(CLOCK_MONOTONIC) - before;

		if (window >= best_ns)
			continue;
		best_ns = window;
		offset_ns = wall - (before + window / 2);
	}
	return glow_floor_div(offset_ns, 1000);
}

int32_t glow_tz_offset_s(int64_t utc_us)
{
	time_t utc_s = (time_t)glow_floor_div(utc_us, GLOW_US_PER_S);
	struct tm tm;

	return localtime_r(&utc_s, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

struct glow_time glow_clock_time(const struct glow_clock *c, struct glow_mono m)
{
	int64_t us = glow_floor_div(m.ns, 1000);

	if (m.ns == GLOW_NEVER || __builtin_add_overflow(us, c->offset_us, &us))
		us = GLOW_NEVER;
	return (struct glow_time){ .us = us };
}

struct glow_mono glow_clock_mono(const struct glow_clock *c, struct glow_time t)
{
	int64_t ns;

	if (__builtin_sub_overflow(t.us, c->offset_us, &ns) || __builtin_mul_overflow(ns, 1000, &ns))
		ns = t.us < c->offset_us ? INT64_MIN : GLOW_NEVER;
	if (t.us == GLOW_NEVER)
		ns = GLOW_NEVER;
	return (struct glow_mono){ .ns = ns };
}
