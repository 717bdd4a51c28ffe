/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The dark end of an APA102, in tables: how many levels its wire shows in a slow fade, how far a dark colour's hue is
 * from the colour's own, and the largest step of a fade. "Before" is how it was done until linear light: brightness and
 * fades in eight bits of sRGB, and at least 1 for each channel on the wire. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/frame.h>

#include "apa102.h"

enum { UNITS = 255 * 31 };

/* What a pixel's wire says: the light of each channel in units of 1/7905. */
struct wire {
	int light[3];
};

typedef struct wire shine_fn(struct glow_rgb c, uint8_t brightness, uint32_t part);

static double units(uint16_t linear)
{
	return (double)linear * UNITS / 65535;
}

/* ---- as it is ---- */

static struct wire now(struct glow_rgb c, uint8_t brightness, uint32_t part)
{
	struct glow_linear to = glow_linear_scale(glow_linear_of(c), glow_gamma16(brightness));
	static struct glow_frame frame = { .n = 1 };
	uint8_t bytes[GLOW_APA102_BYTES(1)];
	int b;

	frame.px[0] = glow_linear_mix(GLOW_DARK, to, part);
	glow_apa102_encode(&frame, &glow_apa102_bgr, bytes);
	b = bytes[4] & 31;
	return (struct wire){ { b * bytes[7], b * bytes[6], b * bytes[5] } };
}

/* ---- as it was ---- */

static int level_before(uint16_t linear, int b)
{
	int v = (int)((31u * linear + 257u * (unsigned)b / 2) / (257u * (unsigned)b));

	return linear && v == 0 ? 1 : v;
}

static struct wire before(struct glow_rgb c, uint8_t brightness, uint32_t part)
{
	struct glow_rgb s = glow_rgb_mix(GLOW_BLACK, glow_rgb_scale(c, brightness), part);
	const uint16_t l[3] = { glow_gamma16(s.r), glow_gamma16(s.g), glow_gamma16(s.b) };
	uint16_t top = l[0] > l[1] ? l[0] : l[1];
	int b = 1;

	top = top > l[2] ? top : l[2];
	while (level_before(top, b) > 255)
		b++;
	return (struct wire){ { b * level_before(l[0], b), b * level_before(l[1], b), b * level_before(l[2], b) } };
}

/* ---- levels ---- */

static const struct {
	const char *percent;
	uint8_t brightness;
} marks[] = { { "5 %", 13 }, { "10 %", 26 }, { "20 %", 51 }, { "50 %", 128 }, { "100 %", 255 } };

enum { MARKS = sizeof(marks) / sizeof(marks[0]) };

/* The wire has level n: some brightness times some byte. */
static bool has(int n)
{
	for (int b = 1; b <= 31; b++)
		if (n % b == 0 && n / b <= 255)
			return true;
	return false;
}

static int count_of_wire(uint8_t brightness)
{
	int n = 0;

	for (int k = 1; k <= (int)(units(glow_gamma16(brightness)) + 0.5); k++)
		n += has(k);
	return n;
}

static int count_shown(shine_fn *shine, struct glow_rgb c, uint8_t brightness)
{
	bool seen[UNITS + 1] = { false };
	int n = 0;

	for (uint32_t part = 0; part <= 65536; part++) {
		int light = shine(c, brightness, part).light[0];

		n += light && !seen[light];
		seen[light] = true;
	}
	return n;
}

static void print_levels(const char *name, struct glow_rgb c)
{
	printf("| %s, before |", name);
	for (int k = 0; k < MARKS; k++)
		printf(" %d |", count_shown(before, c, marks[k].brightness));
	printf("\n| now |");
	for (int k = 0; k < MARKS; k++)
		printf(" %d |", count_shown(now, c, marks[k].brightness));
	puts("");
}

static void levels(void)
{
	puts("Levels of the strongest channel in a slow fade from dark to\n\n| | 5 % | 10 % | 20 % | 50 % | 100 % |\n"
	     "|---|--:|--:|--:|--:|--:|");
	printf("| the wire has |");
	for (int k = 0; k < MARKS; k++)
		printf(" %d |", count_of_wire(marks[k].brightness));
	puts("");
	print_levels("red", (struct glow_rgb){ 255, 0, 0 });
	print_levels("white", GLOW_WHITE);
	print_levels("#ff8000", (struct glow_rgb){ 255, 128, 0 });
	print_levels("pink", (struct glow_rgb){ 255, 192, 203 });
	puts("");
}

/* ---- hue ---- */

static void chromaticity(const double l[3], double *ret_u, double *ret_v)
{
	double x = 0.4124 * l[0] + 0.3576 * l[1] + 0.1805 * l[2], y = 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
	double d = x + 15 * y + 3 * (0.0193 * l[0] + 0.1192 * l[1] + 0.9505 * l[2]);

	*ret_u = 4 * x / d;
	*ret_v = 9 * y / d;
}

/* Of two lights at equal luminance: their distance in CIE 1976 u'v'. */
static double hue_error(struct wire w, struct glow_linear c)
{
	const double is[3] = { w.light[0], w.light[1], w.light[2] }, want[3] = { c.r, c.g, c.b };
	double u, v, u_want, v_want;

	chromaticity(is, &u, &v);
	chromaticity(want, &u_want, &v_want);
	return hypot(u - u_want, v - v_want);
}

/* The least that the wire can do: each channel the step below or above, whichever three come nearest. */
static double nearest_error(struct glow_rgb c, uint8_t brightness)
{
	struct glow_linear full = glow_linear_of(c), l = glow_linear_scale(full, glow_gamma16(brightness));
	const double want[3] = { units(l.r), units(l.g), units(l.b) };
	double least = 1;

	for (int k = 0; k < 8; k++) {
		struct wire w;
		double error;

		for (int ch = 0; ch < 3; ch++)
			w.light[ch] = want[ch] > 0 ? (int)want[ch] + (k >> ch & 1) : 0;
		error = w.light[0] + w.light[1] + w.light[2] ? hue_error(w, full) : 1;
		least = error < least ? error : least;
	}
	return least;
}

static void print_hue(const char *name)
{
	static const uint8_t at[] = { 1, 2, 5, 13, 40 };
	double mean[3] = { 0 };
	struct glow_rgb c;

	if (!glow_color_parse(name, strlen(name), &c))
		abort();
	printf("| %s |", name);
	for (uint8_t b = 1; b <= 40; b++) {
		struct glow_linear full = glow_linear_of(c);
		double error[3] = { hue_error(before(c, b, 65536), full), hue_error(now(c, b, 65536), full),
				    nearest_error(c, b) };

		for (int k = 0; k < 3; k++)
			mean[k] += error[k] / 40;
		for (size_t k = 0; k < sizeof(at); k++)
			if (at[k] == b)
				printf(" %.3f, %.3f, %.3f |", error[0], error[1], error[2]);
	}
	printf(" %.4f, %.4f, %.4f |\n", mean[0], mean[1], mean[2]);
}

static void hues(void)
{
	static const char *const names[] = { "#ff8000",     "orange",      "gold",    "chocolate", "tomato",
					     "hotpink",     "pink",        "violet",  "teal",      "royalblue",
					     "deepskyblue", "springgreen", "#ffb46b", "white" };

	puts("Distance from the colour at full brightness (u'v', equal luminance): before, now, least possible; at\n\n"
	     "| brightness | 1 | 2 | 5 | 13 | 40 | mean of 1–40 |\n|---|---|---|---|---|---|---|");
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		print_hue(names[k]);
	puts("");
}

/* ---- steps ---- */

/* The largest step of a fade of 10 s at 60 frames a second, in units and in levels that the wire has. */
static void print_step(shine_fn *shine, struct glow_rgb c, uint8_t brightness)
{
	int last = 0, most = 0, most_levels = 0;

	for (uint32_t frame = 1; frame <= 600; frame++) {
		int light = shine(c, brightness, frame * 65536 / 600).light[0], levels_passed = 0;

		for (int k = last + 1; k <= light; k++)
			levels_passed += has(k);
		most = light - last > most ? light - last : most;
		most_levels = levels_passed > most_levels ? levels_passed : most_levels;
		last = light;
	}
	printf(" %d (%d) |", most, most_levels);
}

static double own_step(uint8_t brightness)
{
	struct glow_linear to = glow_linear_scale(glow_linear_of(GLOW_WHITE), glow_gamma16(brightness));
	double most = 0, last = 0;

	for (uint32_t frame = 1; frame <= 600; frame++) {
		double light = units(glow_linear_mix(GLOW_DARK, to, frame * 65536 / 600).r);

		most = light - last > most ? light - last : most;
		last = light;
	}
	return most;
}

static void steps(void)
{
	puts("Largest step of a fade of 10 s at 60 frames a second from dark to, in 1/7905 (in levels that the wire "
	     "has)\n\n"
	     "| | 5 % | 10 % | 20 % | 50 % | 100 % |\n|---|--:|--:|--:|--:|--:|");
	printf("| the fade itself |");
	for (int k = 0; k < MARKS; k++)
		printf(" %.1f |", own_step(marks[k].brightness));
	printf("\n| white, before |");
	for (int k = 0; k < MARKS; k++)
		print_step(before, GLOW_WHITE, marks[k].brightness);
	printf("\n| white, now |");
	for (int k = 0; k < MARKS; k++)
		print_step(now, GLOW_WHITE, marks[k].brightness);
	printf("\n| #ff8000, now |");
	for (int k = 0; k < MARKS; k++)
		print_step(now, (struct glow_rgb){ 255, 128, 0 }, marks[k].brightness);
	puts("");
}

int main(void)
{
	levels();
	hues();
	steps();
	return 0;
}
