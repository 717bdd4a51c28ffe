/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Each number goes through the mixer in turn instead of into one sum first: neighbouring pixels, slots
 * and seeds differ in a bit or two, and a sum of them would give equal dice along diagonals. */

#include <glow/hash.h>
#include <glow/wave.h>

uint16_t glow_noise(uint32_t seed, uint32_t row, int64_t x)
{
	uint32_t at = (uint32_t)((uint64_t)x >> 16), ease = glow_ease((uint16_t)x), line = glow_dice_line(seed, row);
	uint32_t a = glow_dice_on(line, at) >> 16, b = glow_dice_on(line, at + 1) >> 16;

	return (uint16_t)((a * (65535 - ease) + b * ease + 32767) / 65535);
}

uint32_t glow_fnv1a(uint32_t hash, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (size_t k = 0; k < len; k++)
		hash = (hash ^ byte[k]) * UINT32_C(0x01000193);
	return hash;
}
