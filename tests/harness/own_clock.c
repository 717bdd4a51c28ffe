/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Preloaded into a program, gives it a crystal and a wall clock of its own:
 *
 *   CLOCK_RATE_PPB   the oscillator (CLOCK_MONOTONIC_RAW) runs fast by so many parts in 10^9
 *   CLOCK_WALL_MS    the wall clock (CLOCK_REALTIME) is ahead by so many milliseconds
 *   CLOCK_STEP_FILE  and by the nanoseconds in this file's first eight bytes, which may change meanwhile
 *
 * CLOCK_MONOTONIC stays the kernel's, so timers are as exact as they are; its
 * start is what a time namespace moves. Only calls through the C library's
 * symbols are seen, which is how our programs read every clock, and OpenSSL
 * the wall clock, by time(). */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

typedef int clock_read(clockid_t, struct timespec *);

static clock_read *kernels;
static int64_t rate_ppb, wall_ns;
static const volatile int64_t none, *step_ns = &none;

static int64_t setting(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoll(text, NULL, 10) : 0;
}

static const volatile int64_t *shared(const char *path)
{
	int fd = path && *path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *there = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(none), PROT_READ, MAP_SHARED, fd, 0);

	if (fd >= 0)
		close(fd);
	return there == MAP_FAILED ? &none : there;
}

/* Others' constructors may read a clock before ours has run. */
static void find_out(void)
{
	rate_ppb = setting("CLOCK_RATE_PPB");
	wall_ns = setting("CLOCK_WALL_MS") * 1000000;
	step_ns = shared(getenv("CLOCK_STEP_FILE"));
	kernels = (clock_read *)dlsym(RTLD_NEXT, "clock_gettime");
}

static void move(struct timespec *t, int64_t by_ns)
{
	int64_t ns = t->tv_sec * NS_PER_S + t->tv_nsec + by_ns;

	t->tv_sec = ns / NS_PER_S;
	t->tv_nsec = ns % NS_PER_S;
}

/* In two parts, as nanoseconds times ppb leave 64 bits after an hour. */
static int64_t gained_ns(const struct timespec *t)
{
	return t->tv_sec * rate_ppb + t->tv_nsec * rate_ppb / NS_PER_S;
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *t)
{
	int r;

	if (!kernels)
		find_out();
	r = kernels(clock, t);
	if (r == 0 && clock == CLOCK_MONOTONIC_RAW)
		move(t, gained_ns(t));
	if (r == 0 && clock == CLOCK_REALTIME)
		move(t, wall_ns + *step_ns);
	return r;
}

__attribute__((visibility("default"))) time_t time(time_t *ret)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	if (ret)
		*ret = t.tv_sec;
	return t.tv_sec;
}
