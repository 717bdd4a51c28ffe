/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Colour arithmetic. The gamma table is data rather than a formula because
 * core has no floating point; tests/unit/test_color.c compares it with the formula. */

#include <string.h>

#include <glow/color.h>

#include "css_names.h"

/* round(65535 * EOTF(i/255)) of sRGB, IEC 61966-2-1. */
static const uint16_t linear[256] = {
	0,     20,    40,    60,    80,    99,    119,   139,   159,   179,   199,   219,   241,   264,   288,   313,
	340,   367,   396,   427,   458,   491,   526,   562,   599,   637,   677,   718,   761,   805,   851,   898,
	947,   997,   1048,  1101,  1156,  1212,  1270,  1330,  1391,  1453,  1517,  1583,  1651,  1720,  1790,  1863,
	1937,  2013,  2090,  2170,  2250,  2333,  2418,  2504,  2592,  2681,  2773,  2866,  2961,  3058,  3157,  3258,
	3360,  3464,  3570,  3678,  3788,  3900,  4014,  4129,  4247,  4366,  4488,  4611,  4736,  4864,  4993,  5124,
	5257,  5392,  5530,  5669,  5810,  5953,  6099,  6246,  6395,  6547,  6700,  6856,  7014,  7174,  7335,  7500,
	7666,  7834,  8004,  8177,  8352,  8528,  8708,  8889,  9072,  9258,  9445,  9635,  9828,  10022, 10219, 10417,
	10619, 10822, 11028, 11235, 11446, 11658, 11873, 12090, 12309, 12530, 12754, 12980, 13209, 13440, 13673, 13909,
	14146, 14387, 14629, 14874, 15122, 15371, 15623, 15878, 16135, 16394, 16656, 16920, 17187, 17456, 17727, 18001,
	18277, 18556, 18837, 19121, 19407, 19696, 19987, 20281, 20577, 20876, 21177, 21481, 21787, 22096, 22407, 22721,
	23038, 23357, 23678, 24002, 24329, 24658, 24990, 25325, 25662, 26001, 26344, 26688, 27036, 27386, 27739, 28094,
	28452, 28813, 29176, 29542, 29911, 30282, 30656, 31033, 31412, 31794, 32179, 32567, 32957, 33350, 33745, 34143,
	34544, 34948, 35355, 35764, 36176, 36591, 37008, 37429, 37852, 38278, 38706, 39138, 39572, 40009, 40449, 40891,
	41337, 41785, 42236, 42690, 43147, 43606, 44069, 44534, 45002, 45473, 45947, 46423, 46903, 47385, 47871, 48359,
	48850, 49344, 49841, 50341, 50844, 51349, 51858, 52369, 52884, 53401, 53921, 54445, 54971, 55500, 56032, 56567,
	57105, 57646, 58190, 58737, 59287, 59840, 60396, 60955, 61517, 62082, 62650, 63221, 63795, 64372, 64952, 65535,
};

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

uint16_t glow_gamma16(uint8_t v)
{
	return linear[v];
}

uint8_t glow_gamma8(uint8_t v)
{
	uint32_t eight = (linear[v] + UINT32_C(128)) / 257;

	return eight == 0 && v ? 1 : (uint8_t)eight;
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
