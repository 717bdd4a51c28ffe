/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The only file that reads a clock, and the only place where this machine's
 * time and the cluster's are turned into each other. "Never" stays never in
 * both directions, and so does everything beyond the range. */

#include <errno.h>
#include <stdbool.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <glow/clock.h>

#define GOOD_WINDOW_NS 5000

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

int64_t glow_mono_ms(void)
{
	return glow_mono_now().ns / 1000000;
}

struct glow_raw glow_raw_now(void)
{
	return (struct glow_raw){ .ns = clock_ns(CLOCK_MONOTONIC_RAW) };
}

/* The wall clock is read between two readings of the other one; of some tries
 * the one during which the process was interrupted least counts. */
static int64_t wall_minus_ns(clockid_t id)
{
	int64_t best_ns = INT64_MAX, offset_ns = 0;

	for (int k = 0; k < 5; k++) {
		int64_t before = clock_ns(id);
		int64_t wall = clock_ns(CLOCK_REALTIME);
		int64_t window = clock_ns(id) - before;

		if (window >= best_ns)
			continue;
		best_ns = window;
		offset_ns = wall - (before + window / 2);
	}
	return offset_ns;
}

int64_t glow_wall_minus_mono_us(void)
{
	return glow_floor_div(wall_minus_ns(CLOCK_MONOTONIC), 1000);
}

struct glow_wall glow_wall_now(void)
{
	struct timex kernel = { .modes = 0 };
	int state = adjtimex(&kernel);

	return (struct glow_wall){
		.offset_ns = wall_minus_ns(CLOCK_MONOTONIC_RAW),
		.synchronised = state >= 0 && state != TIME_ERROR && !(kernel.status & STA_UNSYNC),
		.tz_offset_s = glow_tz_offset_s(clock_ns(CLOCK_REALTIME) / 1000),
	};
}

int glow_wall_watch_open(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	glow_wall_watch_again(fd);
	return fd;
}

void glow_wall_watch_again(int fd)
{
	/* A timer on the wall clock that is never due, and cancelled when somebody sets that clock. */
	const struct itimerspec never = { .it_value.tv_sec = INT32_MAX };
	uint64_t ignored;

	while (read(fd, &ignored, sizeof(ignored)) > 0)
		;
	timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

int32_t glow_tz_offset_s(int64_t utc_us)
{
	time_t utc_s = (time_t)glow_floor_div(utc_us, GLOW_US_PER_S);
	struct tm tm;

	return localtime_r(&utc_s, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

/* A process that is interrupted between two readings would be late by all of it. */
struct glow_instant glow_instant_now(void)
{
	struct glow_instant best = { { 0 }, { 0 } };
	int64_t best_ns = INT64_MAX;

	for (int k = 0; k < 5 && best_ns > GOOD_WINDOW_NS; k++) {
		int64_t before = clock_ns(CLOCK_MONOTONIC);
		int64_t raw = clock_ns(CLOCK_MONOTONIC_RAW);
		int64_t window = clock_ns(CLOCK_MONOTONIC) - before;

		if (window >= best_ns)
			continue;
		best_ns = window;
		best = (struct glow_instant){ .mono.ns = before + window / 2, .raw.ns = raw };
	}
	return best;
}

static bool has_cluster_time(const struct glow_clock *c)
{
	return c->sync && glow_sync_valid(c->sync);
}

struct glow_time glow_clock_time(const struct glow_clock *c, struct glow_instant at)
{
	int64_t us = glow_floor_div(at.mono.ns, 1000);

	if (has_cluster_time(c))
		us = glow_floor_div(glow_sync_now(c->sync, at.raw), 1000);
	else if (at.mono.ns == GLOW_NEVER || __builtin_add_overflow(us, c->wall_us, &us))
		return (struct glow_time){ .us = GLOW_NEVER };
	if (__builtin_sub_overflow(us, c->late_us, &us))
		us = GLOW_NEVER;
	return (struct glow_time){ .us = us };
}

struct glow_mono glow_raw_mono(struct glow_instant now, struct glow_raw raw)
{
	int64_t ns;

	if (raw.ns == GLOW_NEVER || __builtin_sub_overflow(raw.ns, now.raw.ns, &ns) ||
	    __builtin_add_overflow(ns, now.mono.ns, &ns))
		ns = raw.ns < 0 ? INT64_MIN : GLOW_NEVER;
	return (struct glow_mono){ .ns = ns };
}

struct glow_mono glow_clock_mono(const struct glow_clock *c, struct glow_instant now, struct glow_time t)
{
	int64_t us, ns;

	if (t.us == GLOW_NEVER)
		return (struct glow_mono){ .ns = GLOW_NEVER };
	if (__builtin_add_overflow(t.us, c->late_us, &us) ||
	    (!has_cluster_time(c) && __builtin_sub_overflow(us, c->wall_us, &us)) ||
	    __builtin_mul_overflow(us, 1000, &ns))
		return (struct glow_mono){ .ns = t.us < 0 ? INT64_MIN : GLOW_NEVER };
	if (has_cluster_time(c))
		return glow_raw_mono(now, glow_sync_when(c->sync, ns));
	return (struct glow_mono){ .ns = ns };
}
