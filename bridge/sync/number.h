/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Arithmetic that takes no library. */

#include <stdint.h>

#define GLOW_MS INT64_C(1000000)
#define GLOW_S  INT64_C(1000000000)

/** No crystal is this far off: what differs more is no crystal. */
#define GLOW_RATE_MAX 500e-6

/** Differences of instants stay within this, some 36 years, so that sums of three do not overflow. */
#define GLOW_SPAN_NS (INT64_C(1) << 60)

static inline double glow_min(double a, double b)
{
	return a < b ? a : b;
}

static inline double glow_max(double a, double b)
{
	return a > b ? a : b;
}

/** Into -limit..limit; a NAN is the limit. */
static inline double glow_clamp(double x, double limit)
{
	return glow_max(glow_min(x, limit), -limit);
}

static inline double glow_hypot(double a, double b)
{
	return __builtin_sqrt(a * a + b * b);
}

/** Nanoseconds of a double, whatever it is. */
static inline int64_t glow_ns(double ns)
{
	return (int64_t)glow_clamp(ns, (double)GLOW_SPAN_NS);
}
