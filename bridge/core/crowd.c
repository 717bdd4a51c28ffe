/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/crowd.h>
#include <glow/hash.h>

#define PLACES (sizeof(((struct glow_crowd *)NULL)->seen) / sizeof(uint32_t))

bool glow_crowd_add(struct glow_crowd *crowd, const char *name)
{
	uint32_t hash = glow_fnv1a(GLOW_FNV_START, name, strlen(name)) | 1;
	uint32_t at = (hash >> 1) % PLACES;

	while (crowd->seen[at] && crowd->seen[at] != hash)
		at = (at + 1) % PLACES;
	if (crowd->seen[at] || crowd->n == GLOW_CROWD_MAX)
		return false;
	crowd->seen[at] = hash;
	crowd->n++;
	return true;
}
