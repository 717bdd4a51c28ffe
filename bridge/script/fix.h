/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The numbers of effects written in text: 16.16 fixed point in 32 bits. Every operation has a value for every
 * input: what is too large stops at the end of the range, and what cannot be divided is 0. A step between is 64 bits
 * wide, so nothing overflows and each processor finds the same. Phases and shares are as in wave.h, but reach 1. */

#include <stdint.h>

#include <glow/hash.h>
#include <glow/time.h>
#include <glow/wave.h>

#define FIX_ONE INT32_C(65536)
#define FIX_MAX INT32_MAX
#define FIX_MIN INT32_MIN

/** Whole numbers are counted modulo this by count(), hash() and noise(), which so do not notice where it turns over. */
#define FIX_TURN 32768

static inline int32_t fix_fit(int64_t v)
{
	return v == (int32_t)v ? (int32_t)v : v < 0 ? FIX_MIN : FIX_MAX;
}

/** Divided by 2^16 and rounded down: GCC and clang shift the sign with it. */
static inline int64_t fix_shift(int64_t v)
{
	return v >> 16;
}

static inline int32_t fix_int(int64_t whole)
{
	return whole >= 32768 ? FIX_MAX : whole < -32768 ? FIX_MIN : (int32_t)(whole * FIX_ONE);
}

static inline int32_t fix_bool(int truth)
{
	return truth ? FIX_ONE : 0;
}

static inline int32_t fix_unit(int32_t a)
{
	return a < 0 ? 0 : a > FIX_ONE ? FIX_ONE : a;
}

static inline int32_t fix_frac(int32_t a)
{
	return a & 0xffff;
}

/** Down to a whole number, also below 0. */
static inline int32_t fix_floor(int32_t a)
{
	return a - fix_frac(a);
}

static inline int32_t fix_add(int32_t a, int32_t b)
{
	int32_t sum;

	return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? FIX_MIN : FIX_MAX) : sum;
}

static inline int32_t fix_sub(int32_t a, int32_t b)
{
	int32_t difference;

	return __builtin_sub_overflow(a, b, &difference) ? (a < 0 ? FIX_MIN : FIX_MAX) : difference;
}

/** Rounded to nearest. */
static inline int32_t fix_mul(int32_t a, int32_t b)
{
	return fix_fit(fix_shift((int64_t)a * b + FIX_ONE / 2));
}

/** Towards 0. */
static inline int32_t fix_div(int32_t a, int32_t b)
{
	return b ? fix_fit((int64_t)a * FIX_ONE / b) : 0;
}

/** The remainder of a floored quotient: it has the sign of b. */
static inline int32_t fix_mod(int32_t a, int32_t b)
{
	int32_t r = b == 0 || b == -1 ? 0 : a % b; /* -2^31 / -1 does not fit */

	return r && (r < 0) != (b < 0) ? r + b : r;
}

static inline int32_t fix_abs(int32_t a)
{
	return a < 0 ? fix_sub(0, a) : a;
}

/** Rounded down; of what is below 0 it is 0. */
static inline int32_t fix_sqrt(int32_t a)
{
	uint64_t rest = (uint64_t)a << 16, root = 0;

	if (a <= 0)
		return 0;
	/* From the highest even bit that the number has. */
	for (uint64_t bit = UINT64_C(1) << ((63 - __builtin_clzll(rest)) & ~1); bit; bit >>= 2) {
		uint64_t with = root + bit;

		root >>= 1;
		if (rest >= with) {
			rest -= with;
			root += bit;
		}
	}
	return (int32_t)root;
}

/** 2^a: bridge/script/fix.c. */
int32_t fix_pow2(int32_t a);

/** From a at 0 to b at 1, and no further. */
static inline int32_t fix_mix(int32_t a, int32_t b, int32_t part)
{
	int64_t way = ((int64_t)b - a) * fix_unit(part);

	return (int32_t)(a + fix_shift(way + FIX_ONE / 2));
}

/** 0..65535 to 0..FIX_ONE. */
static inline int32_t fix_whole(uint16_t share)
{
	return share + (share >> 15);
}

static inline int32_t fix_wave(int32_t turns)
{
	return fix_whole(glow_wave_cos((uint16_t)fix_frac(turns)));
}

static inline int32_t fix_cos(int32_t turns)
{
	return FIX_ONE - 2 * fix_wave(turns);
}

static inline int32_t fix_sin(int32_t turns)
{
	return -FIX_ONE + 2 * fix_wave(fix_frac(turns) + FIX_ONE / 4);
}

static inline int32_t fix_triangle(int32_t turns)
{
	int32_t f = fix_frac(turns);

	return f < FIX_ONE / 2 ? 2 * f : 2 * (FIX_ONE - f);
}

/** 3x^2 - 2x^3 of x kept within 0..1. */
static inline int32_t fix_ease(int32_t a)
{
	uint64_t x = (uint64_t)fix_unit(a);

	return (int32_t)((x * x * (3 * (uint64_t)FIX_ONE - 2 * x) + (UINT64_C(1) << 31)) >> 32);
}

/** How much red a colour of that hue has: all at hue 0, none at a half. Green is red a third of a turn further. */
static inline int32_t fix_hue(int32_t turns)
{
	int32_t from_middle = fix_frac(turns) * 6 - 3 * FIX_ONE;

	return fix_unit((from_middle < 0 ? -from_middle : from_middle) - FIX_ONE);
}

/** Dice of two numbers, 0..65535. */
static inline int32_t fix_hash(uint32_t seed, int32_t a, int32_t b)
{
	return (int32_t)(glow_dice(seed, (uint32_t)a & 0x7fffffff, (uint32_t)b & 0x7fffffff) >> 16);
}

/** Smooth dice along one axis and over a plane; 0..65535: bridge/script/fix.c. */
int32_t fix_noise(uint32_t seed, int32_t a);
int32_t fix_noise2(uint32_t seed, int32_t a, int32_t b);

/** How often `period` seconds fit into the time, exactly, whole periods modulo FIX_TURN and then -FIX_TURN/2 to just
 * below FIX_TURN/2. A period below 0 counts backwards; of 0 it is 0. */
int32_t fix_count(int64_t t_us, int32_t period);

/** How far a beat of so many a minute has come, 0..65535, exactly. */
int32_t fix_beat(int64_t t_us, int32_t per_minute);
