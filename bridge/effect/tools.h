/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Places along the strip and clocks for noise, for the effects that move. Lengths are in GLOW_PIXEL. */

#include <stdint.h>

#include <glow/effect.h>
#include <glow/wave.h>

#include "light.h"

/** The share of light that looks like `level` of 65536 to the eye: a square is
 * near enough to the transfer function. For fades; edges take their share as it is. */
static inline uint32_t glow_light_of_level(uint32_t level)
{
	return (uint32_t)(((uint64_t)level * level) >> 16);
}

/** Which pixel i is when counted from the end where the motion starts. */
static inline uint32_t glow_place(const struct glow_moment *m, uint32_t i, int32_t reverse)
{
	return reverse ? m->total - 1 - i : i;
}

/** `percent` of the strip. */
static inline uint64_t glow_stretch(const struct glow_moment *m, int32_t percent)
{
	return (uint64_t)m->total * GLOW_PIXEL * (uint32_t)percent / 100;
}

/* Where time is in a period is the same for all pixels, and two long divisions: `begin` keeps it in the room, by a
 * number of its own for each period that an effect has. */

/** Keeps how many periods of so many milliseconds have gone, and how far the present one is. */
static inline void glow_period_keep(const struct glow_moment *m, unsigned k, int32_t period_ms)
{
	int64_t period_us = (int64_t)period_ms * 1000;

	m->room->v[k][0] = (int32_t)glow_cycle(m->t_us, period_us);
	m->room->v[k][1] = glow_phase(m->t_us, period_us);
}

/** What was kept, as glow_cycle() and glow_phase(). */
static inline uint32_t glow_period_cycle(const struct glow_moment *m, unsigned k)
{
	return (uint32_t)m->room->v[k][0];
}

static inline uint16_t glow_period_phase(const struct glow_moment *m, unsigned k)
{
	return (uint16_t)m->room->v[k][1];
}

/** The same as an argument of glow_noise(): one lattice step each period. */
static inline int64_t glow_period_clock(const struct glow_moment *m, unsigned k)
{
	return (int64_t)glow_period_cycle(m, k) << 16 | glow_period_phase(m, k);
}
