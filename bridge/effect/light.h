/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Edges between pixels. Something that moves by parts of a pixel must keep its
 * light: half a white pixel mixed in sRGB gives a fifth of its light, and a
 * block that crosses pixel after pixel would flicker. So edges mix in linear light. */

#include <stdint.h>

#include <glow/linear.h>

#define GLOW_PIXEL INT64_C(65536) /**< one pixel in the units of positions below */

/** The sRGB value whose light is light_of(a) to light_of(b), `part` 0..65536,
 * rounded up so that a light however small is not lost. */
static inline uint8_t glow_light_mix8(uint8_t a, uint8_t b, uint32_t part)
{
	return glow_gamma8((uint16_t)((glow_gamma16(a) * (65536 - part) + glow_gamma16(b) * part + 65535) >> 16));
}

/** From a (part 0) to b (part 65536) in linear light. Most pixels of most pictures are at one of the ends. */
static inline struct glow_rgb glow_light_mix(struct glow_rgb a, struct glow_rgb b, uint32_t part)
{
	if (part == 0 || part == 65536)
		return part ? b : a;
	return (struct glow_rgb){ glow_light_mix8(a.r, b.r, part), glow_light_mix8(a.g, b.g, part),
				  glow_light_mix8(a.b, b.b, part) };
}

/** How much of pixel i the stretch from..to covers, 0..65536; both in 1/65536 pixel. */
static inline uint32_t glow_cover(int64_t from, int64_t to, uint32_t i)
{
	int64_t start = i * GLOW_PIXEL, end = start + GLOW_PIXEL;

	if (from < start)
		from = start;
	if (to > end)
		to = end;
	return to > from ? (uint32_t)(to - from) : 0;
}
