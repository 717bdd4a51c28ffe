/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/color.h>

#include "css_names.h"

uint8_t glow_scale8(uint8_t value, uint8_t brightness)
{
	uint32_t scaled = ((uint32_t)value * brightness + 127) / 255;

	return scaled == 0 && value && brightness ? 1 : (uint8_t)scaled;
}

struct glow_rgb glow_rgb_scale(struct glow_rgb c, uint8_t brightness)
{
	return (struct glow_rgb){ glow_scale8(c.r, brightness), glow_scale8(c.g, brightness),
				  glow_scale8(c.b, brightness) };
}

static uint8_t mix8(uint8_t a, uint8_t b, uint32_t part)
{
	return (uint8_t)((a * (65536 - part) + b * part + 32768) >> 16);
}

struct glow_rgb glow_rgb_mix(struct glow_rgb a, struct glow_rgb b, uint32_t part)
{
	return (struct glow_rgb){ mix8(a.r, b.r, part), mix8(a.g, b.g, part), mix8(a.b, b.b, part) };
}

static uint8_t add8(uint8_t a, uint8_t b)
{
	uint32_t sum = (uint32_t)a + b;

	return sum > 255 ? 255 : (uint8_t)sum;
}

struct glow_rgb glow_rgb_add(struct glow_rgb a, struct glow_rgb b)
{
	return (struct glow_rgb){ add8(a.r, b.r), add8(a.g, b.g), add8(a.b, b.b) };
}

struct glow_rgb glow_rgb_hue(uint16_t hue, uint8_t sat)
{
	uint32_t h = hue * UINT32_C(6); /* six sixths of 65536 each */
	uint8_t up = (uint8_t)(((h & 0xffff) * 255 + 32768) >> 16), down = (uint8_t)(255 - up);
	struct glow_rgb c;

	switch (h >> 16) {
	case 0:
		c = (struct glow_rgb){ 255, up, 0 };
		break;
	case 1:
		c = (struct glow_rgb){ down, 255, 0 };
		break;
	case 2:
		c = (struct glow_rgb){ 0, 255, up };
		break;
	case 3:
		c = (struct glow_rgb){ 0, down, 255 };
		break;
	case 4:
		c = (struct glow_rgb){ up, 0, 255 };
		break;
	default:
		c = (struct glow_rgb){ 255, 0, down };
		break;
	}
	return glow_rgb_mix(GLOW_WHITE, c, sat * UINT32_C(65536) / 255);
}

static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

static bool parse_hex(const char *digits, size_t n, struct glow_rgb *ret_color)
{
	int d[6];

	if (n != 3 && n != 6)
		return false;
	for (size_t k = 0; k < n; k++) {
		d[k] = hex_digit(digits[k]);
		if (d[k] < 0)
			return false;
	}
	if (n == 3)
		*ret_color = (struct glow_rgb){ (uint8_t)(d[0] * 17), (uint8_t)(d[1] * 17), (uint8_t)(d[2] * 17) };
	else
		*ret_color = (struct glow_rgb){ (uint8_t)(d[0] * 16 + d[1]), (uint8_t)(d[2] * 16 + d[3]),
						(uint8_t)(d[4] * 16 + d[5]) };
	return true;
}

static bool same_name(const char *name, const char *text, size_t len)
{
	if (strlen(name) != len)
		return false;
	for (size_t k = 0; k < len; k++)
		if (name[k] != (text[k] >= 'A' && text[k] <= 'Z' ? text[k] + ('a' - 'A') : text[k]))
			return false;
	return true;
}

bool glow_color_parse(const char *text, size_t len, struct glow_rgb *ret_color)
{
	if (len > 0 && text[0] == '#')
		return parse_hex(text + 1, len - 1, ret_color);
	for (const struct glow_css_name *n = glow_css_names; n->name; n++)
		if (same_name(n->name, text, len)) {
			*ret_color = glow_rgb_unpack(n->rgb);
			return true;
		}
	return false;
}

const char *glow_color_name(size_t k)
{
	return glow_css_names[k].name;
}

void glow_color_format(struct glow_rgb c, char ret_text[8])
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t v[3] = { c.r, c.g, c.b };

	ret_text[0] = '#';
	for (int k = 0; k < 3; k++) {
		ret_text[1 + 2 * k] = digit[v[k] >> 4];
		ret_text[2 + 2 * k] = digit[v[k] & 15];
	}
	ret_text[7] = '\0';
}
