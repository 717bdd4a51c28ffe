/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <math.h>

#include <glow/calendar.h>
#include <glow/time.h>

#define DAY_S     INT64_C(86400)
#define YEAR_DAYS 367
#define WEEK_DAYS 8
#define ZENITH    90.833 /* refraction, and half of the sun */

static double radians(double degrees)
{
	return degrees * (M_PI / 180);
}

static double degrees(double radians)
{
	return radians * (180 / M_PI);
}

/* ---- the sun ---- */

struct sun {
	double declination; /* degrees */
	double equation;    /* of time: minutes by which a sundial is ahead */
};

/* Low-accuracy position of the sun, Meeus chapters 25 and 28, as NOAA's solar calculator has it. */
static struct sun sun_at(double utc_s)
{
	double t = (utc_s / (double)DAY_S + 2440587.5 - 2451545.0) / 36525; /* Julian centuries since J2000.0 */
	double mean = 280.46646 + t * (36000.76983 + t * 0.0003032);        /* longitude */
	double anomaly = radians(357.52911 + t * (35999.05029 - t * 0.0001537));
	double eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267);
	double centre = sin(anomaly) * (1.914602 - t * (0.004817 + t * 0.000014)) +
			sin(2 * anomaly) * (0.019993 - t * 0.000101) + sin(3 * anomaly) * 0.000289;
	double node = radians(125.04 - t * 1934.136);
	double apparent = radians(mean + centre - 0.00569 - 0.00478 * sin(node));
	double mean_obliquity = 23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60;
	double obliquity = radians(mean_obliquity + 0.00256 * cos(node));
	double y = tan(obliquity / 2) * tan(obliquity / 2), m = radians(mean);
	double equation = y * sin(2 * m) - 2 * eccentricity * sin(anomaly) +
			  4 * eccentricity * y * sin(anomaly) * cos(2 * m) - y * y * sin(4 * m) / 2 -
			  1.25 * eccentricity * eccentricity * sin(2 * anomaly);

	return (struct sun){ .declination = degrees(asin(sin(obliquity) * sin(apparent))),
			     .equation = 4 * degrees(equation) };
}

/* The noon of the sun that is nearest to an instant. */
static double solar_noon(double utc_s, double longitude)
{
	double dial = fmod(utc_s, DAY_S) / 60 + sun_at(utc_s).equation + 4 * longitude; /* minutes of true solar time */

	return utc_s - 60 * remainder(dial - 720, 1440);
}

/* How many seconds before or after noon the sun stands on the horizon; NaN where it does not. */
static double half_day(double utc_s, double latitude)
{
	double declination = radians(sun_at(utc_s).declination), phi = radians(latitude);

	return degrees(acos(cos(radians(ZENITH)) / (cos(phi) * cos(declination)) - tan(phi) * tan(declination))) * 240;
}

/* On the day whose noon is near; the sun moves on until then, so it is looked at again where it was found. */
static int64_t sun_time(const struct glow_calendar_place *place, double near_s, bool rises)
{
	double noon = solar_noon(solar_noon(near_s, place->longitude), place->longitude), at = noon;

	for (int k = 0; k < 4 && isfinite(at); k++)
		at = solar_noon(noon, place->longitude) + half_day(at, place->latitude) * (rises ? -1 : 1);
	return isfinite(at) ? (int64_t)floor(at + 0.5) : GLOW_CALENDAR_NEVER;
}

/* ---- days ---- */

static int64_t local(const struct glow_calendar_zone *zone, int64_t utc_s)
{
	return utc_s + zone->offset_s(zone->ctx, utc_s);
}

/* When clocks show that. A zone changes its offset once within two days at most. */
static int64_t utc_of(const struct glow_calendar_zone *zone, int64_t local_s)
{
	int32_t before = zone->offset_s(zone->ctx, local_s - DAY_S), after = zone->offset_s(zone->ctx, local_s + DAY_S);

	if (zone->offset_s(zone->ctx, local_s - before) != before &&
	    zone->offset_s(zone->ctx, local_s - after) == after)
		return local_s - after;
	return local_s - before;
}

/* 1 January 1970 was a Thursday. */
static bool is_on(const struct glow_calendar_rule *rule, int64_t day)
{
	return rule->days >> glow_floor_mod(day + 3, 7) & 1;
}

/* When it happens on that day, counted from 1970 in local time. */
static int64_t on_day(const struct glow_calendar_rule *rule, const struct glow_calendar_place *place,
		      const struct glow_calendar_zone *zone, int64_t day)
{
	int64_t at_s;

	if (!is_on(rule, day))
		return GLOW_CALENDAR_NEVER;
	if (rule->kind == GLOW_CALENDAR_CLOCK)
		return utc_of(zone, day * DAY_S + rule->minute * 60);
	at_s = sun_time(place, (double)utc_of(zone, day * DAY_S + DAY_S / 2), rule->kind == GLOW_CALENDAR_SUNRISE);
	return at_s == GLOW_CALENDAR_NEVER ? at_s : at_s + rule->minute * 60;
}

int64_t glow_calendar_next(const struct glow_calendar_rule *rule, const struct glow_calendar_place *place,
			   const struct glow_calendar_zone *zone, int64_t utc_s)
{
	int64_t today = glow_floor_div(local(zone, utc_s), DAY_S);

	for (int64_t day = today - 2; day <= today + YEAR_DAYS; day++) {
		int64_t at_s = on_day(rule, place, zone, day);

		if (at_s != GLOW_CALENDAR_NEVER && at_s > utc_s)
			return at_s;
	}
	return GLOW_CALENDAR_NEVER;
}

int64_t glow_calendar_latest(const struct glow_calendar_rule *rule, const struct glow_calendar_place *place,
			     const struct glow_calendar_zone *zone, int64_t utc_s)
{
	int64_t today = glow_floor_div(local(zone, utc_s), DAY_S);

	for (int64_t day = today + 2; day >= today - WEEK_DAYS; day--) {
		int64_t at_s = on_day(rule, place, zone, day);

		if (at_s <= utc_s)
			return at_s;
	}
	return INT64_MIN;
}
