/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* When something happens that is due at a time of day, or when the sun rises or sets, on some days of the week: pure,
 * in seconds of UTC. Local time is what the caller says it is, so that a test can have any.
 *
 * A time of day that comes twice, as clocks are put back, is the first of the two. One that does not come, as they are
 * put forward, is as long after midnight as it would have been: 02:30 of the missing hour happens at 03:30. The sun is
 * NOAA's solar calculator after Meeus, "Astronomical Algorithms": its centre at 90.833° from the zenith, on sea level;
 * within a minute or two between the polar circles. Where the sun does not rise or set on a day, nothing happens then.
 */

#include <stdbool.h>
#include <stdint.h>

enum glow_calendar_kind { GLOW_CALENDAR_CLOCK, GLOW_CALENDAR_SUNRISE, GLOW_CALENDAR_SUNSET };

struct glow_calendar_rule {
	enum glow_calendar_kind kind;
	int32_t minute; /**< of the day for a clock's; else how long after the sun's, or before (negative) */
	uint8_t days;   /**< bit 0 Monday … bit 6 Sunday; of the day at whose clock or sun it is due */
};

struct glow_calendar_place {
	double latitude, longitude; /**< degrees, north and east are positive */
};

/** Local time minus UTC, in seconds, at an instant. */
struct glow_calendar_zone {
	int32_t (*offset_s)(void *ctx, int64_t utc_s);
	void *ctx;
};

/** "Never": nothing within a year. */
#define GLOW_CALENDAR_NEVER INT64_MAX

/** The first time after `utc_s`. */
int64_t glow_calendar_next(const struct glow_calendar_rule *rule, const struct glow_calendar_place *place,
			   const struct glow_calendar_zone *zone, int64_t utc_s);

/** The last time up to and including `utc_s`, of the eight days before; INT64_MIN where there is none. */
int64_t glow_calendar_latest(const struct glow_calendar_rule *rule, const struct glow_calendar_place *place,
			     const struct glow_calendar_zone *zone, int64_t utc_s);
