/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Shapes over time for effects: phases and waves in 1/65536, integer only. */

#include <stdint.h>

/** How far t is in its period: 0..65535. period_us > 0; t may be negative. */
uint16_t glow_phase(int64_t t_us, int64_t period_us);

/** Which period t is in: floor(t/period), wrapped to 32 bits, for dice. */
uint32_t glow_cycle(int64_t t_us, int64_t period_us);

/** (1 - cos(2 pi phase))/2 in 0..65535: 0 at phase 0, full at 32768. Smooth
 * everywhere; from a quarter table with linear interpolation, error < 12. */
uint16_t glow_wave_cos(uint16_t phase);

/** Triangle: 0 at phase 0, 65535 at 32768, back to 0. */
uint16_t glow_wave_tri(uint16_t phase);

/** Ease in and out: 3x^2 - 2x^3 on 0..65535. */
uint16_t glow_ease(uint16_t x);
