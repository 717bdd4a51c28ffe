/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* gallery FOLDER TEXT…: draws every built-in effect and these effects in text as moving pictures, FOLDER/<name>.svg,
 * and five boards as FOLDER/shelf.svg. The pixels are those of the core that drives LEDs. To stdout goes the list of
 * docs/gallery.md. The same sources give the same bytes everywhere: numbers are whole, dice and clock stand still.
 *
 * A picture goes round. Its last fifth fades over to what was before its beginning, so the end meets the start. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/picture.h>
#include <glow/script.h>
#include <glow/time.h>
#include <glow/watch.h>
#include <glow/wave.h>

#include "moving.h"

enum {
	FADE = MOVING_STEPS / 5,
	ROUND_S = 5, /* as long as a round is at least */
	PITCH = 18,  /* of LEDs in a row, in pixels of the drawing */
	EDGE = 4,
	HEIGHT = 42,
};

/* 2025-11-02 10:24:30 UTC, the moon three quarters full. */
#define START    INT64_C(1762079070000000)
#define UNLIT    ((struct glow_rgb){ 38, 40, 46 })
#define ROW      ((struct glow_shape){ GLOW_SHAPE_ROW, 8 })
#define ARRAY(a) (sizeof(a) / sizeof((a)[0]))

static _Noreturn void fail(const char *what, const char *of)
{
	fprintf(stderr, "gallery: %s: %s\n", of, what);
	exit(1);
}

/* ---- what is drawn ---- */

/* What somebody who shows an effect chooses: a colour, how many seconds go by in one of the picture, and how long a
 * round is where it is not the effect's own. */
static const struct choice {
	const char *name, *color;
	int pace, round_s;
} choices[] = {
	{ "solid", "orange", 1, 0 }, { "breathe", "deepskyblue", 1, 0 }, { "blink", "orange", 1, 0 },
	{ "chase", "gold", 1, 0 },   { "larson", "red", 1, 0 },          { "wipe", "magenta", 1, 0 },
	{ "pulse", "lime", 1, 0 },   { "progress", "lime", 1, 0 },       { "morse", "orange", 1, 8 },
	{ "comet", "orange", 1, 0 }, { "drift", "white", 4, 0 },         { "lava", "white", 1, 9 },
	{ "moon", "white", 4, 40 },  { "pendulum", "white", 1, 9 },      { "sunrise", "white", 18, 200 },
	{ "clock", "white", 1, 10 }, { "tetris", "white", 1, 15 },       { "binary-clock", "white", 1, 10 },
};

static struct choice choice_of(const char *name)
{
	for (size_t k = 0; k < ARRAY(choices); k++)
		if (strcmp(choices[k].name, name) == 0)
			return choices[k];
	return (struct choice){ name, "white", 1, 0 };
}

struct board {
	struct glow_shape shape;
	struct glow_place place;
};

/* As long as the effect needs to come round, or a multiple of it. */
static int64_t round_of(const struct glow_effect_desc *e)
{
	int64_t period_us = ROUND_S * GLOW_US_PER_S;
	int ms = glow_param_find(e, "period_ms"), s = glow_param_find(e, "period");

	if (choice_of(e->name).round_s)
		return choice_of(e->name).round_s * GLOW_US_PER_S;
	if (ms >= 0)
		period_us = e->params[ms].def * INT64_C(1000);
	else if (s >= 0)
		period_us = e->params[s].def * GLOW_US_PER_S;
	return (ROUND_S * GLOW_US_PER_S + period_us - 1) / period_us * period_us;
}

/* Whether it is about the board that it is on. */
static bool measures(const struct glow_effect_desc *e)
{
	return e->meters || glow_param_with(e, GLOW_ROLE_METER) >= 0;
}

/* Gauges that come and go: each its own, and on each board another. */
static void read_meters(uint32_t board, uint16_t phase, uint16_t ret_meter[GLOW_METERS])
{
	for (uint32_t k = 0; k < GLOW_METERS; k++) {
		uint16_t wave = glow_wave_cos((uint16_t)(phase + board * 23000 + k * 9000));

		ret_meter[k] = (uint16_t)(150 + wave * 800 / 65535);
	}
}

/* A bar that stands still would show little: it goes up. */
static void move_bar(struct glow_look *look, uint16_t phase)
{
	int row = glow_param_with(look->effect, GLOW_ROLE_PERCENT);

	if (row >= 0 && look->effect->pace == GLOW_STILL && !measures(look->effect))
		look->params.v[row] = phase * 101 / 65536;
}

/* What the board shows at a time of the round, which may lie before its start. */
static void draw(const struct glow_effect_desc *e, const struct board *b, int64_t t_us, int64_t round_us,
		 struct glow_frame *ret_frame)
{
	struct choice choice = choice_of(e->name);
	struct glow_env env = { .shape = b->shape, .brightness_limit = 255 };
	struct glow_place place = b->place;
	uint16_t phase = glow_phase(t_us, round_us);
	static struct glow_look look;

	glow_look_init(&look, e, START);
	look.seed = 7;
	if (!glow_color_parse(choice.color, strlen(choice.color), &look.color))
		fail("no colour", choice.color);
	move_bar(&look, phase);
	read_meters(place.board, phase, env.meter);
	if (measures(e))
		place = (struct glow_place){ .total = b->shape.pixels };
	glow_look_render(&look, &env, place, START + t_us, ret_frame);
}

/* The same, and at the round's end more and more of what was before its start. */
static void draw_round(const struct glow_effect_desc *e, const struct board *b, int step, int64_t round_us,
		       struct glow_frame *ret_frame)
{
	static struct glow_frame end;
	int64_t t_us = round_us * step / MOVING_STEPS;
	int faded = step - (MOVING_STEPS - FADE);

	draw(e, b, t_us, round_us, ret_frame);
	if (faded <= 0)
		return;
	glow_frame_copy(&end, ret_frame);
	draw(e, b, t_us - round_us, round_us, ret_frame);
	glow_frame_fade(ret_frame, &end, (uint32_t)faded * 65536 / FADE);
}

/* On a screen an LED without light is not black but grey; the more it is lit the less of that is to be seen. */
static struct glow_rgb on_screen(struct glow_rgb c)
{
	int most = c.r > c.g ? c.r : c.g, dark = 255 - (most > c.b ? most : c.b);

	return (struct glow_rgb){ (uint8_t)(c.r + UNLIT.r * dark / 255), (uint8_t)(c.g + UNLIT.g * dark / 255),
				  (uint8_t)(c.b + UNLIT.b * dark / 255) };
}

static void put_leds(struct moving *clip, int step, uint32_t at, struct glow_shape shape, const struct glow_frame *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		clip->px[step][at + i] = on_screen(glow_linear_rgb(glow_shape_seen(shape, i, f->px[i])));
}

/* Boards as one strip. */
static void lay(struct board *boards, uint32_t n)
{
	uint32_t total = 0;

	for (uint32_t k = 0; k < n; k++) {
		boards[k].place = (struct glow_place){ .offset = total, .board = k, .boards = n };
		total += boards[k].shape.pixels;
	}
	for (uint32_t k = 0; k < n; k++)
		boards[k].place.total = total;
}

/* ---- the drawing ---- */

/* Eight LEDs from `first` on, on their board. */
static void put_row(const struct moving *clip, uint32_t first, int step, int x, int y, FILE *out)
{
	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"34\" rx=\"6\"/>\n", x, y, 8 * PITCH + 8);
	for (int i = 0; i < 8; i++)
		moving_led(clip, first + (uint32_t)i, step, x + 4 + PITCH / 2 + i * PITCH, y + 17, out);
}

/* Each board for itself, and all of them. */
static void check_flashes(const struct moving *clip, const struct board *boards, uint32_t n, const char *name)
{
	bool safe = moving_safe(clip, 0, clip->n);

	for (uint32_t k = 0; k < n; k++)
		safe = moving_safe(clip, boards[k].place.offset, boards[k].shape.pixels) && safe;
	if (!safe)
		fail("flashes more than three times a second", name);
}

static FILE *create(const char *folder, const char *name)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s.svg", folder, name);
	out = fopen(path, "w");
	if (!out)
		fail("cannot be written", path);
	return out;
}

static void finish(FILE *out, const char *name)
{
	fputs("</svg>\n", out);
	if (fclose(out))
		fail("cannot be written", name);
}

/* ---- an effect ---- */

static void draw_effect(const struct glow_effect_desc *e, const char *folder)
{
	struct board boards[] = { { .shape = ROW }, { .shape = ROW }, { .shape = ROW } };
	static struct moving clip;
	static struct glow_frame frame;
	FILE *out = create(folder, e->name);
	int pace = choice_of(e->name).pace, step;

	lay(boards, ARRAY(boards));
	clip = (struct moving){ .round_us = round_of(e), .n = 8 * ARRAY(boards) };
	for (step = 0; step < MOVING_STEPS; step++)
		for (uint32_t k = 0; k < ARRAY(boards); k++) {
			draw_round(e, &boards[k], step, clip.round_us, &frame);
			put_leds(&clip, step, 8 * k, boards[k].shape, &frame);
		}
	moving_head(e->name, (int)ARRAY(boards) * (8 * PITCH + 8 + 2 * EDGE), HEIGHT, out);
	moving_style(&clip, pace, out);
	step = moving_brightest(&clip, MOVING_STEPS - FADE);
	for (uint32_t k = 0; k < ARRAY(boards); k++)
		put_row(&clip, 8 * k, step, EDGE + (int)k * (8 * PITCH + 8 + 2 * EDGE), EDGE, out);
	finish(out, e->name);
	clip.round_us /= pace;
	check_flashes(&clip, boards, ARRAY(boards), e->name);
}

/* ---- five boards ---- */

/* One after the other, each as it looks after somebody has typed what stands above the boards. */
static const struct scene {
	const char *command, *effect;
} scenes[] = {
	{ "glowctl play rainbow", "rainbow" },
	{ "glowctl play comet orange", "comet" },
	{ "glowctl play plasma", "plasma" },
	{ "glowctl set all cpu", "gauge" },
};

enum {
	SCENE = MOVING_STEPS / (int)ARRAY(scenes),
	CHANGE = 5, /* steps of a cross-fade */
	SHELF_S = 20,
	LABEL = 52,
	TOP = 44,
	DOWN = 42, /* from board to board */
	GLOW_X = 300,
	GLOW_Y = 124,
};

static const struct glow_effect_desc *find(const char *name)
{
	const struct glow_effect_desc *e = glow_effect_find(name, strlen(name));

	if (!e)
		fail("there is no such effect", name);
	return e;
}

/* The scene of a step, which fades in over the one before. */
static void draw_scenes(const struct board *b, int step, struct glow_frame *ret_frame)
{
	const int64_t round_us = SHELF_S * GLOW_US_PER_S;
	static struct glow_frame before;
	int k = step / SCENE, since = step % SCENE;
	int64_t t_us = round_us * step / MOVING_STEPS;

	draw(find(scenes[k].effect), b, t_us, round_us, ret_frame);
	if (since >= CHANGE)
		return;
	k = (k + (int)ARRAY(scenes) - 1) % (int)ARRAY(scenes);
	draw(find(scenes[k].effect), b, k < step / SCENE ? t_us : t_us + round_us, round_us, &before);
	glow_frame_fade(ret_frame, &before, (uint32_t)since * 65536 / CHANGE);
}

/* Each command stands there as long as its scene shows; where nothing is to move, the first. */
static void put_commands(FILE *out)
{
	const int share = 100 / (int)ARRAY(scenes);

	fprintf(out,
		"<style>text{font:13px ui-monospace,monospace;fill:#d5d9e0}"
		".pi{font:600 13px system-ui,sans-serif;fill:#9aa0aa}.command{animation:%ds step-end infinite}\n",
		SHELF_S);
	for (int k = 0; k < (int)ARRAY(scenes); k++)
		fprintf(out, "@keyframes command%d{0%%{opacity:%d}%d%%{opacity:%d}%d%%,to{opacity:0}}\n", k, k == 0,
			k * share, 1, (k + 1) * share);
	fputs("@media(prefers-reduced-motion:reduce){.command{animation:none!important}}</style>\n", out);
	for (int k = 0; k < (int)ARRAY(scenes); k++)
		fprintf(out,
			"<text x=\"16\" y=\"28\" class=\"command\" opacity=\"%d\" style=\"animation-name:command%d\">$ "
			"%s</text>\n",
			k == 0, k, scenes[k].command);
}

static void put_shelf(const struct moving *clip, FILE *out)
{
	for (int k = 0; k < 4; k++) {
		fprintf(out, "<text x=\"16\" y=\"%d\" class=\"pi\">pi%d</text>\n", TOP + k * DOWN + 21, k + 1);
		put_row(clip, 8 * (uint32_t)k, SCENE / 2, LABEL, TOP + k * DOWN, out);
	}
	fprintf(out,
		"<circle cx=\"%d\" cy=\"%d\" r=\"62\" class=\"board\"/><text x=\"%d\" y=\"%d\" "
		"class=\"pi\">pi5</text>\n",
		GLOW_X, GLOW_Y, GLOW_X + 48, GLOW_Y - 52);
	for (uint32_t i = 0; i < GLOW_PIGLOW_LEDS; i++) {
		int dx, dy;

		glow_watch_piglow_at(i, &dx, &dy);
		moving_led(clip, 32 + i, SCENE / 2, GLOW_X + dx * 14 / 10, GLOW_Y + dy * 14 / 10, out);
	}
}

static void draw_shelf(const char *folder)
{
	struct board boards[] = { { .shape = ROW },
				  { .shape = ROW },
				  { .shape = ROW },
				  { .shape = ROW },
				  { .shape = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS } } };
	static struct moving clip;
	static struct glow_frame frame;
	FILE *out = create(folder, "shelf");

	lay(boards, ARRAY(boards));
	clip.round_us = SHELF_S * GLOW_US_PER_S;
	clip.n = boards[0].place.total;
	for (int step = 0; step < MOVING_STEPS; step++)
		for (uint32_t k = 0; k < ARRAY(boards); k++) {
			draw_scenes(&boards[k], step, &frame);
			put_leds(&clip, step, boards[k].place.offset, boards[k].shape, &frame);
		}
	moving_head("five boards, and what was typed", 384, 220, out);
	fputs("<rect class=\"shelf\" width=\"384\" height=\"220\" rx=\"12\"/>\n", out);
	moving_style(&clip, 1, out);
	fputs("<style>.shelf{fill:#0b0c0f;stroke:none}.board{fill:#14161a;stroke:#3a3f4a;stroke-width:1;stroke-opacity:"
	      "1;animation:none}"
	      "</style>\n",
	      out);
	put_commands(out);
	put_shelf(&clip, out);
	finish(out, "shelf");
	check_flashes(&clip, boards, ARRAY(boards), "shelf");
}

/* ---- all of them ---- */

/* The effect of a file, added to the built-in ones. */
static const struct glow_effect_desc *compile(const char *path)
{
	static struct glow_script_work *work;
	static char text[GLOW_SCRIPT_MAX + 1];
	struct glow_script_mistake mistake = { 0, 0, "cannot be read" };
	const struct glow_effect_desc *e;
	char name[GLOW_SCRIPT_NAME_SIZE];
	FILE *in = fopen(path, "r");
	size_t len = in ? fread(text, 1, sizeof(text), in) : 0, size = 0;

	if (in)
		fclose(in);
	if (!work)
		work = malloc(glow_script_work_size());
	if (work && len)
		size = glow_script_compile(work, text, len, &mistake);
	if (!size)
		fail(mistake.what, path);
	path = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(path, "."), path);
	e = glow_script_effect(glow_script_store(work, name, malloc(size)));
	glow_effect_add(e);
	return e;
}

/* The range and default of a parameter, as effects in text have them. */
static void list_param(const struct glow_param_desc *row, const char *before)
{
	printf("%s`%s`", before, row->name);
	if (row->type == GLOW_PARAM_INT)
		printf(" %d..%d = %d%s%s", (int)row->min, (int)row->max, (int)row->def, *row->unit ? " " : "",
		       row->unit);
	if (row->type == GLOW_PARAM_COLOR && row->def >= 0)
		printf(" = #%06x", (unsigned)row->def);
	if (row->type == GLOW_PARAM_BOOL)
		printf(" = %s", row->def ? "on" : "off");
	if (row->type == GLOW_PARAM_TEXT)
		printf(" = %s", row->text);
	for (int k = 0; row->type == GLOW_PARAM_CHOICE && row->choices[k]; k++)
		printf("%s%s%s", k ? ", " : " ", row->choices[k], k == row->def ? " (default)" : "");
}

static void list_effect(const struct glow_effect_desc *e, bool in_text)
{
	struct choice choice = choice_of(e->name);
	const char *before = "\\\n";

	printf("\n![%s](gallery/%s.svg)\\\n", e->name, e->name);
	if (in_text)
		printf("**[%s](../effects/%s.glow)**", e->name, e->name);
	else
		printf("**%s**", e->name);
	printf(": %s", e->what);
	if (choice.pace > 1)
		printf(" (here %d times as fast)", choice.pace);
	if (strcmp(choice.color, "white") != 0)
		printf("; here in %s", choice.color);
	for (int k = 0; k < e->n_params; k++, before = ", ")
		list_param(&e->params[k], before);
	printf("\n");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		fail("usage: gallery FOLDER TEXT…", "no folder");
	printf("## Built in\n");
	for (size_t k = 0; k < glow_effect_built_in_count(); k++) {
		draw_effect(glow_effect_built_in_at(k), argv[1]);
		list_effect(glow_effect_built_in_at(k), false);
	}
	printf("\n## In text\n");
	for (int k = 2; k < argc; k++) {
		const struct glow_effect_desc *e = compile(argv[k]);

		draw_effect(e, argv[1]);
		list_effect(e, true);
	}
	draw_shelf(argv[1]);
	return 0;
}
