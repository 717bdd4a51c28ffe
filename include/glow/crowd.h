/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How many there are beyond a limit, each counted once though it speaks often. */

#include <stdbool.h>
#include <stdint.h>

#define GLOW_CROWD_MAX 3072 /* and who comes then is not counted any more */

/** All zero: none. */
struct glow_crowd {
	uint32_t n;
	uint32_t seen[4096]; /**< hashes of names, 0 for none */
};

/** True for a name that was not counted so far, and is now. */
bool glow_crowd_add(struct glow_crowd *crowd, const char *name);
