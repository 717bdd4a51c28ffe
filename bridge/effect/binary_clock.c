/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The time of day in binary, highest digit first, the ones on the last pixels.
 *
 *   18 pixels or more   hours, minutes, seconds side by side, six digits each
 *                       (on a PiGlow an arm each), as wide as the strip allows
 *   6 to 17             one above the other: each has a colour of its own and a
 *                       pixel shows the sum, so white is a one in all three
 *   1 to 5              the same, with several binary digits in one pixel: its
 *                       brightness is their value (two digits: four levels)
 */

#include <glow/effect.h>
#include <glow/time.h>

enum { HOURS, MINUTES, SECONDS, ZERO, H24 };
enum { NUMBERS = 3, BITS = 6 };

static const struct glow_param_desc params[] = {
	[HOURS] = { .name = "hours",
		    .type = GLOW_PARAM_COLOR,
		    .min = 0,
		    .max = 0xffffff,
		    .def = 0xff0000,
		    .unit = "",
		    .what = "colour of the hours" },
	[MINUTES] = { .name = "minutes",
		      .type = GLOW_PARAM_COLOR,
		      .min = 0,
		      .max = 0xffffff,
		      .def = 0x00ff00,
		      .unit = "",
		      .what = "colour of the minutes" },
	[SECONDS] = { .name = "seconds",
		      .type = GLOW_PARAM_COLOR,
		      .min = 0,
		      .max = 0xffffff,
		      .def = 0x0000ff,
		      .unit = "",
		      .what = "colour of the seconds" },
	[ZERO] = { .name = "zero",
		   .type = GLOW_PARAM_INT,
		   .min = 0,
		   .max = 50,
		   .def = 4,
		   .unit = "%",
		   .what = "how bright a zero is" },
	[H24] = { .name = "h24",
		  .type = GLOW_PARAM_BOOL,
		  .min = 0,
		  .max = 1,
		  .def = 1,
		  .unit = "",
		  .what = "hours 0 to 23 rather than 1 to 12" },
};

/* Where digits lie: `digits` cells of `cell` pixels for a number, at the strip's end. */
struct layout {
	uint32_t digits, cell;
	uint32_t groups; /* NUMBERS side by side, or 1 */
	uint32_t gap;    /* dark pixels between groups */
	uint32_t start;
};

static struct layout layout_of(uint32_t total)
{
	struct layout l = { .digits = BITS, .groups = total >= NUMBERS * BITS ? NUMBERS : 1 };

	if (total < BITS)
		l.digits = total < 3 ? total : 3;
	l.cell = total / (l.groups * l.digits);
	if (l.groups > 1)
		l.gap = (total - l.groups * l.digits * l.cell) / (l.groups - 1);
	if (l.gap > l.cell)
		l.gap = l.cell;
	l.start = total - l.groups * l.digits * l.cell - (l.groups - 1) * l.gap;
	return l;
}

static uint32_t time_part(const struct glow_params *p, const struct glow_moment *m, uint32_t number)
{
	uint32_t s = (uint32_t)(glow_floor_mod(m->wall_us, 86400 * GLOW_US_PER_S) / GLOW_US_PER_S);
	uint32_t hour = s / 3600;

	if (!p->v[H24])
		hour = (hour + 11) % 12 + 1;
	return number == HOURS ? hour : number == MINUTES ? s / 60 % 60 : s % 60;
}

/* The number's digit in its colour; a zero keeps a little of it, to count the places by. */
static struct glow_rgb digit_color(const struct glow_params *p, const struct glow_moment *m, uint32_t number,
				   uint32_t digit, uint32_t digits)
{
	uint32_t bits = BITS / digits, most = (1u << bits) - 1;
	uint32_t value = time_part(p, m, number) >> (digits - 1 - digit) * bits & most;
	uint32_t zero = (uint32_t)p->v[ZERO] * 255 / 100;
	uint32_t level = zero + (255 - zero) * value / most;

	return glow_rgb_scale(glow_param_color(p, m, (int)number), (uint8_t)level);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	struct layout l = layout_of(m->total);
	uint32_t group_pixels = l.digits * l.cell + l.gap;

	if (i < l.start)
		return GLOW_BLACK;

	uint32_t group = (i - l.start) / group_pixels, at = (i - l.start) % group_pixels;
	uint32_t digit = at / l.cell, seam = (l.cell + 1) / 4;

	if (digit >= l.digits || at % l.cell >= l.cell - seam)
		return GLOW_BLACK; /* between groups, or between wide digits */
	if (l.groups > 1)
		return digit_color(p, m, group, digit, l.digits);

	struct glow_rgb sum = GLOW_BLACK;

	for (uint32_t number = HOURS; number < NUMBERS; number++)
		sum = glow_rgb_add(sum, digit_color(p, m, number, digit, l.digits));
	return sum;
}

const struct glow_effect_desc glow_effect_binary_clock = {
	.name = "binary-clock",
	.what = "the time of day in binary",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_SECONDS,
	.levels = true,
	.render = render,
};
