/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Dice without state: the same numbers on every node and in every browser.
 * Effects that look random throw hash(seed, slot, pixel) instead of keeping a generator. */

#include <stddef.h>
#include <stdint.h>

/** A well mixed 32-bit number of three (lowbias32 finalizer, C. Wellons, applied in turn). */
uint32_t glow_dice(uint32_t seed, uint32_t a, uint32_t b);

/** The same in two parts, for several b of one a: glow_dice_on(glow_dice_line(seed, a), b). */
uint32_t glow_dice_line(uint32_t seed, uint32_t a);
uint32_t glow_dice_on(uint32_t line, uint32_t b);

/** Smooth noise along one axis: `x` in 1/65536 of a lattice step, any value;
 * returns 0..65535. Between lattice points it eases (3t^2-2t^3). `row` picks an independent line. */
uint16_t glow_noise(uint32_t seed, uint32_t row, int64_t x);

/** FNV-1a, 32 bit, continued from `hash`; start with GLOW_FNV_START. */
#define GLOW_FNV_START UINT32_C(0x811c9dc5)
uint32_t glow_fnv1a(uint32_t hash, const void *data, size_t len);
