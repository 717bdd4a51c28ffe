/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The clocks of this machine and the one place where they meet. */

#include <stdint.h>

#include <glow/time.h>

struct glow_mono glow_mono_now(void);
struct glow_raw glow_raw_now(void);

/** Wall clock minus CLOCK_MONOTONIC, microseconds: what a node without cluster
 * time adds to the latter. Read at start and again when the wall clock is set. */
int64_t glow_wall_minus_mono_us(void);

/** Local civil time minus UTC at that UTC instant, seconds. */
int32_t glow_tz_offset_s(int64_t utc_us);

/** This node's clock for pictures: cluster time = mono + offset. */
struct glow_clock {
	int64_t offset_us;
};

/** The conversion, in both directions. */
struct glow_time glow_clock_time(const struct glow_clock *c, struct glow_mono m);
struct glow_mono glow_clock_mono(const struct glow_clock *c, struct glow_time t);
