/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Linear light, integer only: what stands behind effects, paint and the colours
 * that people name, which are sRGB in eight bits (glow/color.h). A channel is in
 * proportion to an LED's light and to its current, 65535 is all of it. Sixteen
 * bits leave a brightness of 1, the darkest that a command can ask for, 20 of them. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/color.h>

struct glow_linear {
	uint16_t r, g, b;
};

#define GLOW_DARK ((struct glow_linear){ 0, 0, 0 })

static inline bool glow_linear_equal(struct glow_linear a, struct glow_linear b)
{
	return a.r == b.r && a.g == b.g && a.b == b.b;
}

/** sRGB channel to linear light, 0..65535: 65535*EOTF(v/255) rounded, with the
 * transfer function of IEC 61966-2-1. Rises strictly, 0 stays 0. */
uint16_t glow_gamma16(uint8_t v);

/** The way back, rounded up so that a light however small is not lost: the least v with glow_gamma16(v) >= light. */
uint8_t glow_gamma8(uint16_t light);

/** glow_gamma16() on each channel. */
struct glow_linear glow_linear_of(struct glow_rgb c);

/** The nearest sRGB colour. What is not dark is not black: its strongest channels are at least 1. */
struct glow_rgb glow_linear_rgb(struct glow_linear c);

/** A channel times factor/65535, rounded to nearest; at least 1 where both are above 0, so that dimming never turns a
 * light off. */
static inline uint16_t glow_linear_scale16(uint16_t v, uint16_t factor)
{
	uint32_t x = (uint32_t)v * factor + 32768, scaled = (x + (x >> 16)) >> 16; /* x/65535, rounded */

	return scaled == 0 && v && factor ? 1 : (uint16_t)scaled;
}

/** Each channel so. A brightness of 0..255 is the factor glow_gamma16(brightness): so white dims as its sRGB value
 * would, and a colour keeps its hue. */
static inline struct glow_linear glow_linear_scale(struct glow_linear c, uint16_t factor)
{
	return (struct glow_linear){ glow_linear_scale16(c.r, factor), glow_linear_scale16(c.g, factor),
				     glow_linear_scale16(c.b, factor) };
}

/** Each channel times that of `by`. */
static inline struct glow_linear glow_linear_filter(struct glow_linear c, struct glow_linear by)
{
	return (struct glow_linear){ glow_linear_scale16(c.r, by.r), glow_linear_scale16(c.g, by.g),
				     glow_linear_scale16(c.b, by.b) };
}

/** From a (part 0) to b (part 65536), even to the eye: mixed as sRGB values of
 * 8.8 bits, between whose whole numbers light is interpolated. Never goes back
 * while part rises, and never leaves the range from a to b. */
struct glow_linear glow_linear_mix(struct glow_linear a, struct glow_linear b, uint32_t part);
