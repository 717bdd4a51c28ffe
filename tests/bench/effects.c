/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Draws effects, for tests/bench/pixels.py and effects.py: `bench_effects count N,N… NAME…` on boards of so many
 * pixels, for callgrind to count; `bench_effects time NAME` tells how long compiling takes, and a frame of 40 pixels,
 * in microseconds of this processor, and the steps of a pixel. A name is that of a built-in effect or a file NAME.glow.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glow/effect.h>
#include <glow/picture.h>
#include <glow/script.h>

#include "counted.h"

enum { PIXELS = 40, RUNS = 200, TIMED = 5000, FRAMES = 16 };
#define SLOT_US 16667

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* The least of so many runs: what the others of this machine take comes on top. NULL where it is no good text. */
static const struct glow_effect_desc *compile(const char *path, int runs, double *ret_us)
{
	static char text[GLOW_SCRIPT_MAX + 1];
	struct glow_script_work *work = malloc(glow_script_work_size());
	struct glow_script_mistake mistake;
	FILE *in = fopen(path, "r");
	size_t len = in ? fread(text, 1, sizeof(text), in) : 0, size = 0;

	*ret_us = 1e9;
	for (int k = 0; k < runs && work; k++) {
		double us = now_us();

		size = glow_script_compile(work, text, len, &mistake);
		us = now_us() - us;
		*ret_us = us < *ret_us ? us : *ret_us;
	}
	if (in)
		fclose(in);
	if (!size)
		return NULL;
	return glow_script_effect(glow_script_store(work, "bench", malloc(size)));
}

static const struct glow_effect_desc *effect_of(const char *name, int runs, double *ret_us)
{
	const struct glow_effect_desc *e = glow_effect_built_in_find(name, strlen(name));

	*ret_us = 0;
	return e ? e : compile(name, runs, ret_us);
}

/* An effect on a board, at so many moments, each `slots` after the one before: as a node draws it, up to linear light.
 */
struct drawing {
	struct glow_look look;
	uint32_t pixels;
	int frames, slots;
};

static void draw(void *of)
{
	const struct drawing *d = of;
	static struct glow_frame frame;
	const struct glow_env env = { .shape = { GLOW_SHAPE_ROW, d->pixels }, .meter = { 400, 500, 600, 700, 800 } };
	const struct glow_place place = { .total = d->pixels };

	for (int k = 0; k < d->frames; k++)
		glow_look_render(&d->look, &env, place, (int64_t)SLOT_US * d->slots * k, &frame);
}

static struct drawing drawing_of(const struct glow_effect_desc *e, int frames, int slots)
{
	struct drawing d = { .pixels = PIXELS, .frames = frames, .slots = slots };

	glow_look_init(&d.look, e, 0);
	d.look.color = (struct glow_rgb){ 255, 128, 64 };
	return d;
}

/* Moments that lie so far apart that each effect shows all that it has. */
static int count_effect(const char *sizes, const char *name)
{
	double unused;
	const struct glow_effect_desc *e = effect_of(name, 1, &unused);
	struct drawing d = drawing_of(e, FRAMES, 37);

	if (!e)
		return 1;
	for (const char *at = sizes; *at; at += strcspn(at, ","), at += *at == ',') {
		char label[300];

		d.pixels = (uint32_t)strtoul(at, NULL, 10);
		if (d.pixels < 1 || d.pixels > GLOW_PIXELS_MAX)
			return 64;
		snprintf(label, sizeof(label), "%s\t%u", name, d.pixels);
		count(label, (double)FRAMES * d.pixels, draw, &d);
	}
	return 0;
}

static int time_effect(const char *name)
{
	double compile_us, frame_us;
	const struct glow_effect_desc *e = effect_of(name, RUNS, &compile_us);
	struct drawing d = drawing_of(e, TIMED, 1);

	frame_us = now_us();
	if (e)
		draw(&d);
	printf("%.1f %.2f %u\n", compile_us, (now_us() - frame_us) / TIMED, e ? e->steps : 0);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc == 3 && strcmp(argv[1], "time") == 0)
		return time_effect(argv[2]);
	if (argc < 4 || strcmp(argv[1], "count") != 0)
		return 64;
	for (int k = 3; k < argc && !status; k++)
		status = count_effect(argv[2], argv[k]);
	return status;
}
