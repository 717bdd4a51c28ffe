/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Of measurements whose mean would be pulled by a single slow one. */

#include <stdint.h>

#define GLOW_QUANTILE_MAX 256

/** The value below which so many percent (0..99) of them lie; 50 is the median. At most
 * GLOW_QUANTILE_MAX values; 0 of none. */
uint32_t glow_quantile(const uint32_t *values, uint32_t n, uint32_t percent);
