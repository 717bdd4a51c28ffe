/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Scales of time that the compiler keeps apart: this machine's two and the
 * cluster's. They meet in one file only, io/clock.c. */

#include <stdbool.h>
#include <stdint.h>

/** An instant on this machine: CLOCK_MONOTONIC, nanoseconds. */
struct glow_mono {
	int64_t ns;
};

/** An instant of this machine's oscillator: CLOCK_MONOTONIC_RAW, nanoseconds.
 * Clocks are compared by it, since nobody steers it; timers run on glow_mono. */
struct glow_raw {
	int64_t ns;
};

/** An instant of the cluster: microseconds since the Unix epoch as the cluster
 * believes it. A node without cluster time uses its own wall clock here. */
struct glow_time {
	int64_t us;
};

/** The wall clock of this machine as its oscillator sees it. */
struct glow_wall {
	int64_t offset_ns;   /**< UTC minus L */
	bool synchronised;   /**< somebody keeps it right, says the kernel */
	int32_t tz_offset_s; /**< local civil time minus UTC */
};

#define GLOW_US_PER_S INT64_C(1000000)

/** A wall clock before this (2025-01-01, seconds) was never set: no program of ours is older. */
#define GLOW_WALL_LEAST_S INT64_C(1735689600)

/** "Never": later than every instant that a program compares it with. */
#define GLOW_NEVER INT64_MAX

/** The earlier of two instants of one scale; GLOW_NEVER is later than any. */
static inline int64_t glow_sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/** Floor division for a positive divisor: -1/10 is -1, so that time before an
 * effect's start runs on the same grid as time after it. */
static inline int64_t glow_floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;

	return a % b < 0 ? q - 1 : q;
}

/** The remainder that belongs to glow_floor_div(): always in [0, b). */
static inline int64_t glow_floor_mod(int64_t a, int64_t b)
{
	int64_t r = a % b;

	return r < 0 ? r + b : r;
}

/** The slot on show at instant t_us, for frames per second `fps` (1..240):
 * the largest k with floor(k*10^6/fps) <= t_us. */
int64_t glow_slot_at(int64_t t_us, unsigned fps);

/** The instant of slot k: floor(k*10^6/fps) microseconds. */
int64_t glow_slot_time(int64_t k, unsigned fps);
