/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Both split the time into whole seconds and the rest, so that no product can
 * overflow and every second begins with a slot. */

#include <glow/time.h>

int64_t glow_slot_time(int64_t k, unsigned fps)
{
	return glow_floor_div(k, fps) * GLOW_US_PER_S + glow_floor_mod(k, fps) * GLOW_US_PER_S / fps;
}

int64_t glow_slot_at(int64_t t_us, unsigned fps)
{
	int64_t second = glow_floor_div(t_us, GLOW_US_PER_S), rest = glow_floor_mod(t_us, GLOW_US_PER_S);
	/* floor(j*10^6/fps) <= rest  <=>  j*10^6 < (rest+1)*fps */
	int64_t j = ((rest + 1) * fps - 1) / GLOW_US_PER_S;

	return second * fps + j;
}
