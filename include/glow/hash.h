/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Dice without state: the same numbers on every node and in every browser.
 * Effects that look random throw hash(seed, slot, pixel) instead of keeping a generator. */

#include <stddef.h>
#include <stdint.h>

/** Well mixed: every input bit flips each output bit with a probability within 0.2 % of a half (lowbias32 finalizer,
 * C. Wellons). */
static inline uint32_t glow_mix32(uint32_t x)
{
	x ^= x >> 16;
	x *= UINT32_C(0x7feb352d);
	x ^= x >> 15;
	x *= UINT32_C(0x846ca68b);
	x ^= x >> 16;
	return x;
}

/** A number of three, mixed in turn, in two parts for several b of one a: glow_dice_on(glow_dice_line(seed, a), b). */
static inline uint32_t glow_dice_line(uint32_t seed, uint32_t a)
{
	return glow_mix32(glow_mix32(seed + UINT32_C(0x9e3779b9)) ^ a);
}

static inline uint32_t glow_dice_on(uint32_t line, uint32_t b)
{
	return glow_mix32(line + b);
}

static inline uint32_t glow_dice(uint32_t seed, uint32_t a, uint32_t b)
{
	return glow_dice_on(glow_dice_line(seed, a), b);
}

/** Smooth noise along one axis: `x` in 1/65536 of a lattice step, any value;
 * returns 0..65535. Between lattice points it eases (3t^2-2t^3). `row` picks an independent line. */
uint16_t glow_noise(uint32_t seed, uint32_t row, int64_t x);

/** FNV-1a, 32 bit, continued from `hash`; start with GLOW_FNV_START. */
#define GLOW_FNV_START UINT32_C(0x811c9dc5)
uint32_t glow_fnv1a(uint32_t hash, const void *data, size_t len);
