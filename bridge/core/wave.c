/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A table instead of a formula, since core has no floating point; tests/unit/test_wave.c compares the
 * two. Half a period is kept because the other half is its mirror. Between the entries a straight line
 * is near enough for eight bits of light. */

#include <glow/time.h>
#include <glow/wave.h>

/* round(65535 * (1 - cos(pi*k/64))/2), half a period; the other half is its mirror. */
static const uint16_t rise[65] = {
	0,     39,    158,   355,   630,   982,   1411,  1915,  2494,  3146,  3869,  4662,  5522,
	6448,  7438,  8488,  9597,  10762, 11980, 13248, 14563, 15922, 17321, 18758, 20228, 21728,
	23256, 24806, 26375, 27960, 29556, 31160, 32767, 34375, 35979, 37575, 39160, 40729, 42279,
	43807, 45307, 46777, 48214, 49613, 50972, 52287, 53555, 54773, 55938, 57047, 58097, 59087,
	60013, 60873, 61666, 62389, 63041, 63620, 64124, 64553, 64905, 65180, 65377, 65496, 65535,
};

uint16_t glow_phase(int64_t t_us, int64_t period_us)
{
	return (uint16_t)((uint64_t)glow_floor_mod(t_us, period_us) * 65536 / (uint64_t)period_us);
}

uint32_t glow_cycle(int64_t t_us, int64_t period_us)
{
	return (uint32_t)glow_floor_div(t_us, period_us);
}

uint16_t glow_wave_cos(uint16_t phase)
{
	uint32_t x = phase <= 32768 ? phase : UINT32_C(65536) - phase; /* 0..32768 */
	uint32_t k = x >> 9, part = x & 511;

	if (k == 64)
		return rise[64];
	return (uint16_t)((rise[k] * (512 - part) + rise[k + 1] * part + 256) >> 9);
}

uint16_t glow_wave_tri(uint16_t phase)
{
	uint32_t x = phase <= 32768 ? phase : UINT32_C(65536) - phase;

	return x == 32768 ? 65535 : (uint16_t)(x * 2);
}

uint16_t glow_ease(uint16_t x)
{
	uint64_t v = x;

	return (uint16_t)(v * v * (3 * UINT64_C(65535) - 2 * v) / (UINT64_C(65535) * 65535));
}
