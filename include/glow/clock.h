/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The clocks of this machine and the one place where they meet. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/sync.h>
#include <glow/time.h>

struct glow_mono glow_mono_now(void);
struct glow_raw glow_raw_now(void);

/** glow_mono_now() in milliseconds: for waits of libraries that count in these. */
int64_t glow_mono_ms(void);

/** Wall clock minus CLOCK_MONOTONIC, microseconds: what a node without cluster
 * time adds to the latter. Read at start and again when the wall clock is set. */
int64_t glow_wall_minus_mono_us(void);

/** The wall clock as it is now. */
struct glow_wall glow_wall_now(void);

/** A descriptor that turns readable when somebody sets the wall clock, or a
 * negative errno; and what makes it wait for the next time. */
int glow_wall_watch_open(void);
void glow_wall_watch_again(int fd);

/** Local civil time minus UTC at that UTC instant, seconds. */
int32_t glow_tz_offset_s(int64_t utc_us);

/** One instant by both of this machine's clocks. */
struct glow_instant {
	struct glow_mono mono;
	struct glow_raw raw;
};

/** Now. The two are read within some microseconds of each other, also on a busy machine. */
struct glow_instant glow_instant_now(void);

/** This node's clock for pictures: cluster time where `sync` has it, else the wall
 * clock as it was when somebody looked; both shown `late_us` later. */
struct glow_clock {
	const struct glow_sync *sync; /**< NULL for none; borrowed */
	int64_t wall_us;              /**< glow_wall_minus_mono_us() */
	int64_t late_us;
};

/** The conversion, in both directions: the time at an instant, and when (for a
 * timer) a time comes, seen from the instant `now`. What cannot be expressed stays never, or the earliest. */
struct glow_time glow_clock_time(const struct glow_clock *c, struct glow_instant at);
struct glow_mono glow_clock_mono(const struct glow_clock *c, struct glow_instant now, struct glow_time t);

/** When a local instant comes on the clock of timers. */
struct glow_mono glow_raw_mono(struct glow_instant now, struct glow_raw raw);
