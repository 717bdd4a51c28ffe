/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* For measurements whose mean a single slow one would distort. */

#include <stdint.h>

#define GLOW_QUANTILE_MAX 256

/** The value below which so many percent (0..99) of them lie; 50 is the median. At most
 * GLOW_QUANTILE_MAX values; 0 when there are none. */
uint32_t glow_quantile(const uint32_t *values, uint32_t n, uint32_t percent);
