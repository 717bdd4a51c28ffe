/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Draws one effect, for tests/bench/effects.py to count: `bench_effects FRAMES NAME` for a built-in one, NAME.glow for
 * a text. Without frames it tells how long compiling takes, and a frame: in microseconds of this processor. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glow/effect.h>
#include <glow/script.h>

enum { PIXELS = 40, RUNS = 200 };

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* The least of many: what the others of this machine take comes on top. NULL after saying why not. */
static const struct glow_effect_desc *compile(const char *path, double *ret_us)
{
	static char text[GLOW_SCRIPT_MAX + 1];
	struct glow_script_work *work = malloc(glow_script_work_size());
	struct glow_script_mistake mistake;
	FILE *in = fopen(path, "r");
	size_t len = in ? fread(text, 1, sizeof(text), in) : 0, size = 0;

	*ret_us = 1e9;
	for (int k = 0; k < RUNS && work; k++) {
		double us = now_us();

		size = glow_script_compile(work, text, len, &mistake);
		us = now_us() - us;
		*ret_us = us < *ret_us ? us : *ret_us;
	}
	if (!size)
		return NULL;
	return glow_script_effect(glow_script_store(work, "bench", malloc(size)));
}

static void draw(const struct glow_effect_desc *e, int frames)
{
	static struct glow_room room;
	struct glow_moment m = { .total = PIXELS, .shape = { GLOW_SHAPE_ROW, PIXELS }, .room = &room };
	volatile unsigned sum = 0;
	struct glow_params p;

	glow_params_default(e, &p);
	for (int k = 0; k < frames; k++) {
		m.t_us = 16667 * k;
		glow_effect_begin(e, &p, &m);
		for (uint32_t i = 0; i < PIXELS; i++)
			sum = sum + e->render(&p, &m, i).r;
	}
}

int main(int argc, char **argv)
{
	int frames = argc == 3 ? atoi(argv[1]) : -1;
	const struct glow_effect_desc *e;
	double compile_us = 0, frame_us;

	if (frames < 0)
		return 64;
	e = glow_effect_built_in_find(argv[2], strlen(argv[2]));
	if (!e)
		e = compile(argv[2], &compile_us);
	if (frames > 0 && e)
		draw(e, frames);
	if (frames > 0)
		return !e;
	frame_us = now_us();
	if (e)
		draw(e, 5000);
	printf("%.1f %.2f %u\n", compile_us, (now_us() - frame_us) / 5000, e ? e->steps : 0);
	return 0;
}
