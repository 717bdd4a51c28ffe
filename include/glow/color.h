/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Colour as people and programs name it, integer only: sRGB, as in CSS. What a
 * board's LEDs need is linear light (glow/linear.h). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct glow_rgb {
	uint8_t r, g, b;
};

#define GLOW_BLACK ((struct glow_rgb){ 0, 0, 0 })
#define GLOW_WHITE ((struct glow_rgb){ 255, 255, 255 })

/** 0xRRGGBB, the form in which parameters hold a colour, and back. */
static inline int32_t glow_rgb_pack(struct glow_rgb c)
{
	return (int32_t)c.r << 16 | (int32_t)c.g << 8 | c.b;
}

static inline struct glow_rgb glow_rgb_unpack(int32_t v)
{
	return (struct glow_rgb){ (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
}

static inline bool glow_rgb_equal(struct glow_rgb a, struct glow_rgb b)
{
	return a.r == b.r && a.g == b.g && a.b == b.b;
}

/** One channel at a brightness: value*brightness/255 rounded to nearest, at
 * least 1 when both are above 0, so that dimming never turns a light off. */
uint8_t glow_scale8(uint8_t value, uint8_t brightness);

/** glow_scale8() on each channel. */
struct glow_rgb glow_rgb_scale(struct glow_rgb c, uint8_t brightness);

/** From a to b: `part` 0 is a, 65536 is b, each channel rounded to nearest. */
struct glow_rgb glow_rgb_mix(struct glow_rgb a, struct glow_rgb b, uint32_t part);

/** Adds channel by channel and stops at 255. */
struct glow_rgb glow_rgb_add(struct glow_rgb a, struct glow_rgb b);

/** A fully saturated colour of the colour circle: hue 0 is red, 65536/3 green,
 * 131072/3 blue; `sat` 0..255 mixes white in. */
struct glow_rgb glow_rgb_hue(uint16_t hue, uint8_t sat);

/** Reads "#rgb", "#rrggbb" or a CSS colour name (any case) of `len` bytes.
 * Returns false, and leaves *ret_color alone, when it is none of them. */
bool glow_color_parse(const char *text, size_t len, struct glow_rgb *ret_color);

/** The name of CSS colour k, from 0; NULL when there are no more. Not to be asked beyond that. */
const char *glow_color_name(size_t k);

/** Writes "#rrggbb" and a NUL. */
void glow_color_format(struct glow_rgb c, char ret_text[8]);
