/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The table is data rather than a formula because core has no floating point;
 * tests/unit/test_linear.c compares it with the formula. It serves both ways: a
 * fade needs the sRGB value of a light that no whole number has, and finds it
 * between two entries. */

#include <glow/linear.h>

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

/* The last entry that is not above 256*i: where to look for light whose high byte is i. */
static const uint8_t entry[256] = {
	0,   12,  21,  28,  33,  38,  42,  46,  49,  52,  55,  58,  61,  63,  66,  68,  70,  72,  74,  77,  78,  80,
	82,  84,  86,  88,  89,  91,  92,  94,  96,  97,  99,  100, 101, 103, 104, 106, 107, 108, 110, 111, 112, 113,
	115, 116, 117, 118, 119, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137,
	138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 149, 150, 151, 152, 153, 154, 155, 155, 156, 157,
	158, 159, 160, 160, 161, 162, 163, 163, 164, 165, 166, 167, 167, 168, 169, 170, 170, 171, 172, 173, 173, 174,
	175, 175, 176, 177, 178, 178, 179, 180, 180, 181, 182, 182, 183, 184, 184, 185, 186, 186, 187, 188, 188, 189,
	190, 190, 191, 192, 192, 193, 193, 194, 195, 195, 196, 197, 197, 198, 198, 199, 200, 200, 201, 201, 202, 203,
	203, 204, 204, 205, 205, 206, 207, 207, 208, 208, 209, 210, 210, 211, 211, 212, 212, 213, 213, 214, 215, 215,
	216, 216, 217, 217, 218, 218, 219, 219, 220, 220, 221, 222, 222, 223, 223, 224, 224, 225, 225, 226, 226, 227,
	227, 228, 228, 229, 229, 230, 230, 231, 231, 232, 232, 233, 233, 234, 234, 235, 235, 236, 236, 237, 237, 238,
	238, 239, 239, 239, 240, 240, 241, 241, 242, 242, 243, 243, 244, 244, 245, 245, 246, 246, 246, 247, 247, 248,
	248, 249, 249, 250, 250, 251, 251, 251, 252, 252, 253, 253, 254, 254,
};

uint16_t glow_gamma16(uint8_t v)
{
	return linear[v];
}

uint8_t glow_gamma8(uint16_t light)
{
	uint32_t k = entry[light >> 8];

	while (linear[k] < light)
		k++;
	return (uint8_t)k;
}

struct glow_linear glow_linear_of(struct glow_rgb c)
{
	return (struct glow_linear){ linear[c.r], linear[c.g], linear[c.b] };
}

/* sRGB in 8.8 bits, 0..65280. */
static uint32_t srgb_of(uint16_t v)
{
	uint32_t k = entry[v >> 8], gap;

	while (k < 255 && linear[k + 1] <= v)
		k++;
	if (k == 255)
		return 255 << 8;
	gap = linear[k + 1] - linear[k];
	return (k << 8) + (((uint32_t)(v - linear[k]) << 8) + gap / 2) / gap;
}

static uint16_t light_of(uint32_t srgb)
{
	uint32_t k = srgb >> 8, gap = k < 255 ? linear[k + 1] - linear[k] : 0;

	return (uint16_t)(linear[k] + (((srgb & 255) * gap + 128) >> 8));
}

static uint16_t most(uint16_t a, uint16_t b)
{
	return a > b ? a : b;
}

struct glow_rgb glow_linear_rgb(struct glow_linear c)
{
	uint16_t top = most(c.r, most(c.g, c.b));

	if (top > 0 && srgb_of(top) < 128)
		return (struct glow_rgb){ c.r == top, c.g == top, c.b == top };
	return (struct glow_rgb){ (uint8_t)((srgb_of(c.r) + 128) >> 8), (uint8_t)((srgb_of(c.g) + 128) >> 8),
				  (uint8_t)((srgb_of(c.b) + 128) >> 8) };
}

/* Where a is b no rounding is to be seen either. */
static uint16_t mix16(uint16_t a, uint16_t b, uint32_t part)
{
	uint16_t low = a < b ? a : b, high = most(a, b), mixed;

	if (part == 0 || low == high)
		return a;
	if (part == 65536)
		return b;
	mixed = light_of((srgb_of(a) * (65536 - part) + srgb_of(b) * part + 32768) >> 16);
	return mixed < low ? low : mixed > high ? high : mixed;
}

struct glow_linear glow_linear_mix(struct glow_linear a, struct glow_linear b, uint32_t part)
{
	return (struct glow_linear){ mix16(a.r, b.r, part), mix16(a.g, b.g, part), mix16(a.b, b.b, part) };
}
