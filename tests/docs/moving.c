/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>

#include "../harness/flash.h"
#include "moving.h"

/* Of 255: a step that lies so near the line between others is left out. */
#define TOLERANCE 9

/* ---- which steps are written ---- */

static int away(uint8_t is, uint8_t from, uint8_t to, int k, int n)
{
	int line = (from * (n - k) + to * k) / n;

	return abs(is - line);
}

/* How far LED i is at a step from the line between two others; step MOVING_STEPS is the first again. */
static int deviation(const struct moving *clip, uint32_t i, int step, int from, int to)
{
	struct glow_rgb is = clip->px[step][i], a = clip->px[from][i], b = clip->px[to % MOVING_STEPS][i];
	int r = away(is.r, a.r, b.r, step - from, to - from);
	int g = away(is.g, a.g, b.g, step - from, to - from);
	int blue = away(is.b, a.b, b.b, step - from, to - from);

	r = g > r ? g : r;
	return blue > r ? blue : r;
}

/* Of the steps between two those without which the line would be too far off (Douglas and Peucker 1973). */
static void keep(const struct moving *clip, uint32_t i, int from, int to, bool ret_kept[MOVING_STEPS + 1])
{
	int worst = TOLERANCE, at = 0;

	for (int step = from + 1; step < to; step++) {
		int off = deviation(clip, i, step, from, to);

		if (off > worst) {
			worst = off;
			at = step;
		}
	}
	if (!at)
		return;
	ret_kept[at] = true;
	keep(clip, i, from, at, ret_kept);
	keep(clip, i, at, to, ret_kept);
}

static uint8_t between(uint8_t from, uint8_t to, int k, int n)
{
	return (uint8_t)((from * (n - k) + to * k + n / 2) / n);
}

/* The clip as a browser shows it: what was left out lies on the line. */
static void flatten(struct moving *clip, uint32_t i, const bool kept[MOVING_STEPS + 1])
{
	for (int from = 0, to; from < MOVING_STEPS; from = to) {
		struct glow_rgb a = clip->px[from][i], b;

		for (to = from + 1; !kept[to];)
			to++;
		b = clip->px[to % MOVING_STEPS][i];
		for (int step = from + 1; step < to; step++)
			clip->px[step][i] = (struct glow_rgb){ between(a.r, b.r, step - from, to - from),
							       between(a.g, b.g, step - from, to - from),
							       between(a.b, b.b, step - from, to - from) };
	}
}

/* ---- the drawing ---- */

static void put_color(struct glow_rgb c, FILE *out)
{
	if (c.r % 17 == 0 && c.g % 17 == 0 && c.b % 17 == 0)
		fprintf(out, "#%x%x%x", c.r / 17, c.g / 17, c.b / 17);
	else
		fprintf(out, "#%02x%02x%02x", c.r, c.g, c.b);
}

static bool same(const struct moving *clip, uint32_t i, uint32_t j)
{
	for (int step = 0; step < MOVING_STEPS; step++)
		if (!glow_rgb_equal(clip->px[step][i], clip->px[step][j]))
			return false;
	return true;
}

/* The first LED that shows the same all the time. */
static uint32_t model_of(const struct moving *clip, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		if (same(clip, j, i))
			return j;
	return i;
}

static bool still(const struct moving *clip, uint32_t i)
{
	for (int step = 1; step < MOVING_STEPS; step++)
		if (!glow_rgb_equal(clip->px[step][i], clip->px[0][i]))
			return false;
	return true;
}

/* Letters for LED i. */
static const char *name_of(uint32_t i)
{
	static char name[3];

	name[0] = (char)('a' + i % 26);
	name[1] = i < 26 ? '\0' : (char)('a' + i / 26);
	return name;
}

/* The steps of LED i, in per cent of the round. */
static void put_keyframes(struct moving *clip, uint32_t i, FILE *out)
{
	bool kept[MOVING_STEPS + 1] = { [0] = true, [MOVING_STEPS] = true };

	keep(clip, i, 0, MOVING_STEPS, kept);
	flatten(clip, i, kept);
	if (still(clip, i) || model_of(clip, i) != i)
		return;
	fprintf(out, "@keyframes %s{0%%,to{color:", name_of(i));
	put_color(clip->px[0][i], out);
	for (int step = 1; step < MOVING_STEPS; step++)
		if (kept[step]) {
			fprintf(out, "}%d%s%%{color:", step / 2, step % 2 ? ".5" : "");
			put_color(clip->px[step][i], out);
		}
	fputs("}}\n", out);
}

int moving_brightest(const struct moving *clip, int n)
{
	uint32_t most = 0;
	int at = 0;

	for (int step = 0; step < n; step++) {
		uint32_t sum = 0;

		for (uint32_t i = 0; i < clip->n; i++)
			sum += (uint32_t)clip->px[step][i].r + clip->px[step][i].g + clip->px[step][i].b;
		if (sum > most) {
			most = sum;
			at = step;
		}
	}
	return at;
}

void moving_head(const char *title, int width, int height, FILE *out)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		"role=\"img\">\n"
		"<title>%s</title>\n",
		width, height, width, height, title);
}

void moving_style(struct moving *clip, int64_t pace, FILE *out)
{
	int64_t ms = clip->round_us / pace / 1000;

	/* An LED shines in `color`, and so does a ring around it. */
	fprintf(out,
		"<style>rect{fill:#14161a;stroke:#3a3f4a}circle{fill:currentColor;stroke:currentColor;stroke-opacity:."
		"28;"
		"stroke-width:5;animation:%d.%03ds linear infinite}\n",
		(int)(ms / 1000), (int)(ms % 1000));
	for (uint32_t i = 0; i < clip->n; i++)
		put_keyframes(clip, i, out);
	fputs("@media(prefers-reduced-motion:reduce){circle{animation:none!important}}</style>\n", out);
}

void moving_led(const struct moving *clip, uint32_t i, int step, int x, int y, FILE *out)
{
	fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" color=\"", x, y);
	put_color(clip->px[step][i], out);
	fputs("\"", out);
	if (!still(clip, i))
		fprintf(out, " style=\"animation-name:%s\"", name_of(model_of(clip, i)));
	fputs("/>\n", out);
}

bool moving_safe(const struct moving *clip, uint32_t from, uint32_t n)
{
	struct flash_meter meter;

	flash_meter_init(&meter);
	for (int step = 0; step < 2 * MOVING_STEPS; step++) {
		struct flash_light sum = { 0, 0, 0 };

		for (uint32_t i = from; i < from + n; i++) {
			struct flash_light one = flash_light_of(clip->px[step % MOVING_STEPS][i]);

			sum.r += one.r;
			sum.g += one.g;
			sum.b += one.b;
		}
		sum = (struct flash_light){ sum.r / n, sum.g / n, sum.b / n };
		flash_meter_feed(&meter, clip->round_us * step / MOVING_STEPS, sum);
	}
	return flash_meter_safe(&meter);
}
