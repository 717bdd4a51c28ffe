/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Phases are worked out of the time in microseconds, before that becomes a number: so after a year they are
 * as exact as on the first day. Powers of two have a table for want of floating point; tests/unit/test_script.c
 * compares all of it with the formulas. */

#include "fix.h"

/* round(2^30 * 2^(k/64)) */
static const uint32_t power[65] = {
	1073741824, 1085434106, 1097253708, 1109202018, 1121280436, 1133490379, 1145833280, 1158310587, 1170923762,
	1183674286, 1196563654, 1209593378, 1222764986, 1236080024, 1249540052, 1263146652, 1276901417, 1290805962,
	1304861917, 1319070932, 1333434672, 1347954824, 1362633090, 1377471191, 1392470869, 1407633882, 1422962010,
	1438457051, 1454120821, 1469955159, 1485961921, 1502142985, 1518500250, 1535035634, 1551751076, 1568648537,
	1585730000, 1602997467, 1620452965, 1638098541, 1655936265, 1673968228, 1692196547, 1710623359, 1729250827,
	1748081133, 1767116489, 1786359126, 1805811301, 1825475297, 1845353420, 1865448001, 1885761398, 1906295993,
	1927054196, 1948038440, 1969251188, 1990694927, 2012372174, 2034285470, 2056437387, 2078830522, 2101467502,
	2124350982, 2147483648,
};

int32_t fix_pow2(int32_t a)
{
	uint32_t part = (uint32_t)fix_frac(a), k = part >> 10;
	int32_t whole = fix_floor(a) / FIX_ONE;
	uint64_t low = power[k], high = power[k + 1];
	uint64_t v = low + (((high - low) * (part & 1023)) >> 10); /* 30 bits behind the point */

	if (whole >= 15)
		return FIX_MAX;
	return whole < -18 ? 0 : (int32_t)((2 * v + (UINT64_C(1) << (14 - whole))) >> (15 - whole));
}

static uint32_t lattice(int32_t a)
{
	return (uint32_t)fix_shift(a) % FIX_TURN;
}

static uint32_t between(uint32_t low, uint32_t high, uint32_t ease)
{
	return (low * (UINT32_C(65535) - ease) + high * ease + 32767) / 65535;
}

/* Noise on a line of the lattice, between its points `at` and the next. */
static uint32_t noise_on(uint32_t seed, uint32_t row, uint32_t at, uint32_t ease)
{
	uint32_t line = glow_dice_line(seed, UINT32_C(0x80000000) + row % FIX_TURN);

	return between(glow_dice_on(line, at) >> 16, glow_dice_on(line, (at + 1) % FIX_TURN) >> 16, ease);
}

int32_t fix_noise(uint32_t seed, int32_t a)
{
	return (int32_t)noise_on(seed, 0, lattice(a), glow_ease((uint16_t)fix_frac(a)));
}

int32_t fix_noise2(uint32_t seed, int32_t a, int32_t b)
{
	uint32_t row = lattice(b), at = lattice(a), ease = glow_ease((uint16_t)fix_frac(a));

	return (int32_t)between(noise_on(seed, row, at, ease), noise_on(seed, row + 1, at, ease),
				glow_ease((uint16_t)fix_frac(b)));
}

static int64_t backwards(int64_t t_us)
{
	return t_us == INT64_MIN ? INT64_MAX : -t_us;
}

/* t/(period*10^6/2^16) is t*1024/(period*15625): the whole of t is taken out before it is multiplied. */
int32_t fix_count(int64_t t_us, int32_t period)
{
	int64_t part_us = (period < 0 ? -(int64_t)period : period) * 15625;
	int64_t t = period < 0 ? backwards(t_us) : t_us;
	uint64_t rest, whole;

	if (period == 0)
		return 0;
	rest = (uint64_t)glow_floor_mod(t, part_us) * 1024;
	whole = (uint64_t)glow_floor_div(t, part_us) * 1024 + rest / (uint64_t)part_us + FIX_TURN / 2;
	return ((int32_t)(whole % FIX_TURN) - FIX_TURN / 2) * FIX_ONE +
	       (int32_t)(rest % (uint64_t)part_us * 65536 / (uint64_t)part_us);
}

/* t*beats/(60*10^6), where beats has a whole part and one of 1/65536: each alone is small enough to be multiplied. */
int32_t fix_beat(int64_t t_us, int32_t per_minute)
{
	const int64_t minute_us = 60 * GLOW_US_PER_S, fine_us = minute_us * 65536;
	int64_t beats = per_minute < 0 ? -(int64_t)per_minute : per_minute;
	int64_t t = per_minute < 0 ? backwards(t_us) : t_us;
	int64_t whole = glow_floor_mod(t, minute_us) * (beats / 65536) % minute_us;
	int64_t part = glow_floor_mod(t, fine_us) * (beats % 65536) % fine_us;

	return (int32_t)((whole * 65536 + part) % fine_us * 65536 / fine_us);
}
