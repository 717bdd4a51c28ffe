/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What single effects must look like, from their descriptions. What all of
 * them have in common is in test_effect.c. Where a look is a property rather
 * than a table, its check takes the effect as an argument, and a wrong effect
 * shows that it can fail. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/effect.h>
#include <glow/linear.h>
#include <glow/hash.h>

#define MS(ms) ((int64_t)(ms)*1000)

static const struct glow_rgb orange = { 255, 120, 0 };

/* One effect with its parameters at one moment. */
struct look {
	const struct glow_effect_desc *e;
	struct glow_params p;
	struct glow_moment m;
};

static struct look look_of(const struct glow_effect_desc *e, uint32_t total)
{
	struct look l = { .e = e, .m = { .seed = 7, .total = total, .color = orange } };

	glow_params_default(e, &l.p);
	return l;
}

static struct look look(const char *name, uint32_t total)
{
	const struct glow_effect_desc *e = glow_effect_find(name, strlen(name));

	assert_non_null(e);
	return look_of(e, total);
}

static void set(struct look *l, const char *name, int32_t value)
{
	int k = glow_param_find(l->e, name);

	assert_true(k >= 0);
	l->p.v[k] = value;
}

static struct glow_rgb pixel(const struct look *l, uint32_t i)
{
	static struct glow_room room;
	struct glow_moment m = l->m;

	m.room = &room;
	glow_effect_begin(l->e, &l->p, &m);
	return l->e->render(&l->p, &m, i);
}

static void assert_color(struct glow_rgb got, struct glow_rgb want)
{
	assert_int_equal(glow_rgb_pack(got), glow_rgb_pack(want));
}

static void assert_near(int got, int want, int within)
{
	assert_in_range(got, want < within ? 0 : want - within, want + within);
}

static bool is_dark(struct glow_rgb c)
{
	return glow_rgb_equal(c, GLOW_BLACK);
}

/* How much light there is, in 1/65536 of a full pixel, by the strongest channel. */
static uint64_t light(const struct look *l)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < l->m.total; i++) {
		struct glow_rgb c = pixel(l, i);
		uint8_t most = c.r > c.g ? c.r : c.g;

		sum += glow_gamma16(c.b > most ? c.b : most);
	}
	return sum;
}

/* ---- solid, breathe ---- */

static void test_solid(void **state)
{
	struct look l = look("solid", 8);

	(void)state;
	for (int64_t ms = -1000; ms <= 1000; ms += 250)
		for (uint32_t i = 0; i < 8; i++) {
			l.m.t_us = MS(ms);
			assert_color(pixel(&l, i), orange);
		}
}

static void test_breathe(void **state)
{
	struct look l = look("breathe", 8);

	(void)state;
	l.m.color = GLOW_WHITE;
	set(&l, "period_ms", 4000);
	set(&l, "floor", 0);
	assert_color(pixel(&l, 3), GLOW_BLACK);
	l.m.t_us = MS(1000);
	assert_near(pixel(&l, 3).g, 128, 1);
	l.m.t_us = MS(2000);
	assert_color(pixel(&l, 3), GLOW_WHITE);
	l.m.t_us = MS(-1000);
	assert_near(pixel(&l, 0).b, 128, 1);
	l.m.t_us = 0;
	set(&l, "floor", 20);
	assert_near(pixel(&l, 7).r, 51, 1);
	set(&l, "color", 0x0000ff);
	l.m.t_us = MS(2000);
	assert_color(pixel(&l, 7), (struct glow_rgb){ 0, 0, 255 });
}

/* ---- bars ---- */

static uint32_t lit(const struct look *l)
{
	uint32_t n = 0;

	while (n < l->m.total && !is_dark(pixel(l, n)))
		n++;
	for (uint32_t i = n; i < l->m.total; i++)
		assert_true(is_dark(pixel(l, i))); /* a bar has no holes */
	return n;
}

/* True when the light of the bar is its value's share of the strip, and its lit pixels are the first ones. */
static bool light_follows_value(const struct glow_effect_desc *e, const char *value, uint32_t total)
{
	struct look l = look_of(e, total);

	l.m.color = GLOW_WHITE;
	for (int32_t percent = 0; percent <= 100; percent++) {
		uint64_t want = (uint64_t)percent * total * 65535 / 100, got;

		set(&l, value, percent);
		got = light(&l);
		if (got < want || got > want + 65535 / 50) /* rounding up is less than a step of one channel */
			return false;
		if (lit(&l) != (percent * total + 99) / 100)
			return false;
	}
	return true;
}

/* A bar of whole pixels. */
static struct glow_rgb coarse_bar(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	return i < (p->v[1] * m->total + 99) / 100 ? m->color : GLOW_BLACK;
}

static void test_progress(void **state)
{
	struct look l = look("progress", 8);
	struct glow_effect_desc coarse = *l.e;

	(void)state;
	set(&l, "value", 50);
	assert_int_equal(lit(&l), 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_color(pixel(&l, i), orange);
	set(&l, "value", 0);
	assert_int_equal(lit(&l), 0);
	set(&l, "value", 100);
	assert_int_equal(lit(&l), 8);
	set(&l, "background", 0x000010);
	set(&l, "value", 25);
	assert_color(pixel(&l, 1), orange);
	assert_color(pixel(&l, 2), (struct glow_rgb){ 0, 0, 16 });
	assert_true(l.e->bar);

	for (uint32_t total = 1; total <= 40; total++)
		assert_true(light_follows_value(l.e, "value", total));
	coarse.render = coarse_bar;
	assert_false(light_follows_value(&coarse, "value", 8));
}

/* Any value above 0 lights something, in the darkest colour and on the shortest strip too. */
static void test_progress_never_hides(void **state)
{
	struct look l = look("progress", 1);

	(void)state;
	l.m.color = (struct glow_rgb){ 1, 0, 0 };
	for (int32_t percent = 1; percent <= 100; percent++) {
		set(&l, "value", percent);
		assert_color(pixel(&l, 0), l.m.color);
	}
	set(&l, "value", 0);
	assert_true(is_dark(pixel(&l, 0)));
}

static void test_gauge_number(void **state)
{
	struct look l = look("gauge", 8);

	(void)state;
	set(&l, "source", GLOW_METERS);
	set(&l, "value", 0);
	assert_int_equal(lit(&l), 0);
	set(&l, "value", 50);
	assert_int_equal(lit(&l), 4);
	set(&l, "value", 100);
	assert_int_equal(lit(&l), 8);
	/* Green, then yellow, then red: red only rises, green only falls, and the middle is as much of both. */
	assert_color(pixel(&l, 0), (struct glow_rgb){ 0, 255, 0 });
	assert_color(pixel(&l, 7), (struct glow_rgb){ 255, 0, 0 });
	for (uint32_t i = 1; i < 8; i++) {
		assert_true(pixel(&l, i).r > pixel(&l, i - 1).r);
		assert_true(pixel(&l, i).g < pixel(&l, i - 1).g);
	}
	l.m.total = 9;
	assert_near(pixel(&l, 4).r, 188, 1); /* the sRGB value of half the light */
	assert_near(pixel(&l, 4).g, 188, 1);
}

static void test_gauge_level(void **state)
{
	struct look l = look("gauge", 8);

	(void)state;
	set(&l, "source", GLOW_METERS);
	set(&l, "style", 1);
	set(&l, "value", 100);
	for (uint32_t i = 0; i < 8; i++)
		assert_color(pixel(&l, i), (struct glow_rgb){ 255, 0, 0 });
	set(&l, "value", 25);
	assert_int_equal(lit(&l), 2);
	assert_color(pixel(&l, 0), pixel(&l, 1));
	assert_true(pixel(&l, 0).g > pixel(&l, 0).r);
	set(&l, "source", GLOW_METER_LOAD);
	l.m.meter[GLOW_METER_LOAD] = 2500; /* more than full is full */
	assert_color(pixel(&l, 0), (struct glow_rgb){ 255, 0, 0 });
}

static void test_gauge_meters(void **state)
{
	struct look l = look("gauge", 8);
	const struct glow_param_desc *source = &l.e->params[glow_param_find(l.e, "source")];

	(void)state;
	for (int k = 0; k < GLOW_METERS; k++) {
		assert_string_equal(source->choices[k], glow_meter_names[k]);
		set(&l, "source", k);
		memset(l.m.meter, 0, sizeof(l.m.meter));
		assert_int_equal(lit(&l), 0);
		l.m.meter[k] = 750;
		assert_int_equal(lit(&l), 6);
		l.m.meter[k] = 1;
		assert_int_equal(lit(&l), 1);
		l.m.meter[k] = 1000;
		assert_int_equal(lit(&l), 8);
	}
	assert_string_equal(source->choices[GLOW_METERS], "number");
}

/* ---- morse ---- */

/* ITU-R M.1677-1, and "!" as it is commonly sent. */
static const struct {
	char ch;
	const char *code;
} itu[] = {
	{ 'A', ".-" },      { 'B', "-..." },   { 'C', "-.-." },   { 'D', "-.." },    { 'E', "." },
	{ 'F', "..-." },    { 'G', "--." },    { 'H', "...." },   { 'I', ".." },     { 'J', ".---" },
	{ 'K', "-.-" },     { 'L', ".-.." },   { 'M', "--" },     { 'N', "-." },     { 'O', "---" },
	{ 'P', ".--." },    { 'Q', "--.-" },   { 'R', ".-." },    { 'S', "..." },    { 'T', "-" },
	{ 'U', "..-" },     { 'V', "...-" },   { 'W', ".--" },    { 'X', "-..-" },   { 'Y', "-.--" },
	{ 'Z', "--.." },    { '1', ".----" },  { '2', "..---" },  { '3', "...--" },  { '4', "....-" },
	{ '5', "....." },   { '6', "-...." },  { '7', "--..." },  { '8', "---.." },  { '9', "----." },
	{ '0', "-----" },   { '.', ".-.-.-" }, { ',', "--..--" }, { ':', "---..." }, { '?', "..--.." },
	{ '\'', ".----." }, { '-', "-....-" }, { '/', "-..-." },  { '(', "-.--." },  { ')', "-.--.-" },
	{ '"', ".-..-." },  { '=', "-...-" },  { '+', ".-.-." },  { '@', ".--.-." }, { '!', "-.-.--" },
};
#define ITU (sizeof(itu) / sizeof(itu[0]))

static const char *itu_code(char ch)
{
	for (size_t k = 0; k < ITU; k++)
		if (itu[k].ch == ch)
			return itu[k].code;
	return NULL;
}

/* The lamp unit by unit, by the rules: dot 1, dash 3, within a character 1 dark, between two 3, a word gap 7. */
static void timeline(const char *text, char *ret_lamp)
{
	const char *start = ret_lamp;

	for (; *text; text++) {
		if (*text == ' ') {
			ret_lamp += sprintf(ret_lamp, "%s", ret_lamp == start ? "...." : ".......");
			continue;
		}
		if (ret_lamp > start && ret_lamp[-1] == '=')
			ret_lamp += sprintf(ret_lamp, "...");
		for (const char *sign = itu_code(*text); *sign; sign++)
			ret_lamp += sprintf(ret_lamp, "%s%s", *sign == '-' ? "===" : "=", sign[1] ? "." : "");
	}
	*ret_lamp = '\0';
}

/* True when the strip shows `lamp` from start_us on, each unit from its first to its last microsecond. */
static bool shows(struct look *l, int64_t start_us, int64_t unit_us, const char *lamp)
{
	for (int64_t k = 0; lamp[k]; k++)
		for (int part = 0; part < 3; part++) {
			l->m.t_us = start_us + k * unit_us + part * (unit_us - 1) / 2;
			for (uint32_t i = 0; i < l->m.total; i++)
				if (!glow_rgb_equal(pixel(l, i), lamp[k] == '=' ? l->m.color : GLOW_BLACK))
					return false;
		}
	return true;
}

static void test_morse_sos(void **state)
{
	static const char sos[] = "=.=.=...===.===.===...=.=.=";
	const int64_t unit_us = MS(250), repeat_us = 27 * unit_us + 7 * unit_us + MS(3000);
	struct look l = look("morse", 3);
	char own[512];

	(void)state;
	set(&l, "unit_ms", 250);
	set(&l, "pause_ms", 3000);
	strcpy(l.p.text, "SOS");
	timeline("SOS", own);
	assert_string_equal(own, sos);
	assert_true(shows(&l, 0, unit_us, sos));
	assert_true(shows(&l, 27 * unit_us, 7 * unit_us + MS(3000), "."));
	assert_true(shows(&l, repeat_us, unit_us, sos));
	assert_true(shows(&l, -5 * repeat_us, unit_us, sos));
	strcpy(l.p.text, "sos");
	assert_true(shows(&l, 0, unit_us, sos));
	strcpy(l.p.text, "SOB");
	assert_false(shows(&l, 0, unit_us, sos));
}

static void test_morse_characters(void **state)
{
	struct look l = look("morse", 1);
	char lamp[512];

	(void)state;
	set(&l, "unit_ms", 200);
	for (size_t k = 0; k < ITU; k++) {
		snprintf(l.p.text, sizeof(l.p.text), "E%c E", itu[k].ch);
		timeline(l.p.text, lamp);
		assert_true(shows(&l, 0, MS(200), lamp));
	}
	strcpy(l.p.text, "PARIS IS 5 KM, OK?");
	timeline(l.p.text, lamp);
	assert_true(shows(&l, 0, MS(200), lamp));
}

static void test_morse_gaps(void **state)
{
	struct look l = look("morse", 1);
	char long_text[GLOW_TEXT_MAX + 1];

	(void)state;
	set(&l, "unit_ms", 200);
	strcpy(l.p.text, "E~E"); /* Morse code has no tilde */
	assert_true(shows(&l, 0, MS(200), "=.......="));
	strcpy(l.p.text, "");
	assert_true(shows(&l, 0, MS(200), "...................."));
	strcpy(l.p.text, "   ");
	assert_true(shows(&l, 0, MS(200), "...................."));
	memset(long_text, 'E', GLOW_TEXT_MAX);
	long_text[GLOW_TEXT_MAX] = '\0';
	memcpy(l.p.text, long_text, sizeof(long_text));
	assert_true(shows(&l, (GLOW_TEXT_MAX - 1) * 4 * MS(200), MS(200), "=......."));
	assert_string_equal(l.e->params[glow_param_find(l.e, "text")].text, "GLOW");
}

/* ---- binary clock ---- */

static int64_t wall(int h, int m, int s)
{
	return INT64_C(1767225600) * 1000000 + (h * 3600 + m * 60 + s) * INT64_C(1000000);
}

static struct look clock_at(uint32_t total, int h, int m, int s)
{
	struct look l = look("binary-clock", total);

	set(&l, "zero", 0);
	l.m.wall_us = wall(h, m, s);
	return l;
}

/* 13 is 001101, 37 is 100101, 42 is 101010. */
static void test_clock_of_eight(void **state)
{
	static const struct glow_rgb want[8] = {
		{ 0, 0, 0 },     { 0, 0, 0 },     { 0, 255, 255 }, { 0, 0, 0 },
		{ 255, 0, 255 }, { 255, 255, 0 }, { 0, 0, 255 },   { 255, 255, 0 },
	};
	struct look l = clock_at(8, 13, 37, 42);

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		assert_color(pixel(&l, i), want[i]);
	l.m.wall_us += 999999;
	for (uint32_t i = 0; i < 8; i++)
		assert_color(pixel(&l, i), want[i]);
	l.m.wall_us++; /* 43 is 101011 */
	assert_color(pixel(&l, 7), GLOW_WHITE);
	set(&l, "h24", 0); /* 1 is 000001 */
	assert_color(pixel(&l, 4), (struct glow_rgb){ 0, 0, 255 });
	assert_color(pixel(&l, 7), GLOW_WHITE);
	set(&l, "zero", 20);
	assert_near(pixel(&l, 3).g, 51, 1);
}

static void assert_digits(const struct look *l, const char *want)
{
	static const struct glow_rgb colors[] = { { 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 } };

	assert_int_equal(strlen(want), l->m.total);
	for (uint32_t i = 0; i < l->m.total; i++)
		assert_color(pixel(l, i), want[i] == 'h'   ? colors[0]
					  : want[i] == 'm' ? colors[1]
					  : want[i] == 's' ? colors[2]
							   : GLOW_BLACK);
}

static void test_clock_side_by_side(void **state)
{
	struct look l = clock_at(18, 13, 37, 42);

	(void)state;
	assert_digits(&l, "..hh.h"
			  "m..m.m"
			  "s.s.s.");
	l.m.total = 20;
	assert_digits(&l, "..hh.h"
			  "."
			  "m..m.m"
			  "."
			  "s.s.s.");
	l.m.total = 40;
	assert_digits(&l, "....hhhh..hh"
			  ".."
			  "mm....mm..mm"
			  ".."
			  "ss..ss..ss..");
	l.m.total = 18;
	l.m.wall_us = wall(0, 0, 0) - 1; /* the day ends */
	assert_digits(&l, ".h.hhh"
			  "mmm.mm"
			  "sss.ss");
	l.m.wall_us = -1; /* also before 1970 */
	assert_digits(&l, ".h.hhh"
			  "mmm.mm"
			  "sss.ss");
	l.m.wall_us = 0;
	set(&l, "h24", 0); /* midnight is twelve */
	assert_digits(&l, "..hh.."
			  "......"
			  "......");
	l.m.wall_us = wall(12, 0, 0);
	assert_digits(&l, "..hh.."
			  "......"
			  "......");
}

/* On four pixels digits to base four: 13 is 031, 37 is 211, 42 is 222. */
static void test_clock_of_few(void **state)
{
	struct look l = clock_at(4, 13, 37, 42);

	(void)state;
	assert_color(pixel(&l, 0), GLOW_BLACK);
	assert_color(pixel(&l, 1), (struct glow_rgb){ 0, 170, 170 });
	assert_color(pixel(&l, 2), (struct glow_rgb){ 255, 85, 170 });
	assert_color(pixel(&l, 3), (struct glow_rgb){ 85, 85, 170 });
	l.m.total = 1; /* parts of 63 */
	assert_near(pixel(&l, 0).r, 13 * 255 / 63, 1);
	assert_near(pixel(&l, 0).g, 37 * 255 / 63, 1);
	assert_near(pixel(&l, 0).b, 42 * 255 / 63, 1);
}

/* ---- identify ---- */

static void test_identify(void **state)
{
	const struct glow_rgb blue = { 0, 0, 255 };
	struct look l = look("identify", 8);

	(void)state;
	for (int half_second = -2; half_second < 4; half_second++)
		for (uint32_t i = 0; i < 8; i++) {
			bool white = (i < 4) == (half_second % 2 == 0);

			l.m.t_us = half_second * MS(500);
			assert_color(pixel(&l, i), white ? GLOW_WHITE : blue);
			l.m.t_us += MS(500) - 1;
			assert_color(pixel(&l, i), white ? GLOW_WHITE : blue);
		}
	for (uint32_t total = 1; total <= 64; total++) { /* no length without a change */
		l.m.total = total;
		l.m.t_us = 0;
		assert_color(pixel(&l, 0), GLOW_WHITE);
		assert_color(pixel(&l, total - 1), total == 1 ? GLOW_WHITE : blue);
		l.m.t_us = MS(500);
		assert_color(pixel(&l, 0), blue);
		assert_color(pixel(&l, total - 1), total == 1 ? blue : GLOW_WHITE);
	}
}

/* ---- tetris ---- */

#define DROP_MS 1000
#define EDGES   (2 * 65535 / 50) /* what rounding up adds to a block's two edges */

/* The end of the round that starts at 0: the strip goes from lit to dark. 0 when there is none within 30 blocks. */
static int64_t round_end(struct look *l)
{
	for (int64_t slot = 1; slot < 30; slot++) {
		l->m.t_us = slot * MS(DROP_MS);
		if (light(l) == 0)
			return l->m.t_us;
	}
	return 0;
}

/* True when light only comes in, and no faster than blocks fall, until the strip
 * is full, and then leaves gently and to the last: no block that is once in gets
 * lost, and none appears from nowhere. */
static bool keeps_every_block(const struct glow_effect_desc *e, uint32_t total, uint32_t seed)
{
	struct look l = look_of(e, total);
	uint64_t full = (uint64_t)total * 65535, before = 0, now;
	int64_t end_us;

	set(&l, "drop_ms", DROP_MS);
	l.m.seed = seed;
	end_us = round_end(&l);
	if (end_us == 0)
		return false;
	for (l.m.t_us = 0; l.m.t_us < end_us - MS(DROP_MS); l.m.t_us += 16667) {
		now = light(&l);
		if (now + EDGES < before ||
		    now > before + EDGES + full / 50) /* a drop takes 60 frames, its way may begin beyond the strip */
			return false;
		before = now > before ? now : before;
	}
	if (light(&l) != full)
		return false;
	for (before = full; l.m.t_us < end_us; l.m.t_us += 16667) {
		now = light(&l);
		if (now > before || before - now > full / 10)
			return false;
		before = now;
	}
	return true;
}

/* Tetris in which blocks are there at once. */
static struct glow_rgb sudden(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	struct glow_moment later = *m;

	later.t_us = m->t_us - m->t_us % MS(DROP_MS);
	return glow_effect_find("tetris", 6)->render(p, &later, i);
}

/* Tetris in which what has landed after the third block is gone on the second pixel. */
static struct glow_rgb leaky(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	const struct glow_effect_desc *e = glow_effect_find("tetris", 6);

	return i == 1 && m->t_us > MS(3 * DROP_MS) ? GLOW_BLACK : e->render(p, m, i);
}

/* Tetris whose edges are mixed in sRGB: a block grows darker between two pixels. */
static struct glow_rgb flickering(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	const struct glow_effect_desc *e = glow_effect_find("tetris", 6);
	struct glow_rgb c = e->render(p, m, i);
	uint8_t most = c.r > c.g ? c.r : c.g;

	return glow_rgb_scale(c, (uint8_t)(glow_gamma16(c.b > most ? c.b : most) >> 8));
}

static void test_tetris_blocks(void **state)
{
	struct look l = look("tetris", 8);
	struct glow_effect_desc wrong = *l.e;

	(void)state;
	for (uint32_t total = 1; total <= 50; total++)
		assert_true(keeps_every_block(l.e, total, total));
	assert_true(keeps_every_block(l.e, 200, 1));
	wrong.render = leaky;
	assert_false(keeps_every_block(&wrong, 8, 1));
	wrong.render = sudden;
	assert_false(keeps_every_block(&wrong, 8, 1));
	wrong.render = flickering;
	assert_false(keeps_every_block(&wrong, 8, 1));
}

/* A full strip is made of blocks of one to three rows, neighbours in different colours. */
static void test_tetris_rows(void **state)
{
	struct look l = look("tetris", 24);
	int64_t end_us;

	(void)state;
	set(&l, "drop_ms", DROP_MS);
	for (l.m.seed = 0; l.m.seed < 50; l.m.seed++) {
		uint32_t length = 1;

		end_us = round_end(&l);
		assert_int_equal(end_us, MS(DROP_MS) * (12 + 2)); /* two blocks in four rows; rest; fade */
		l.m.t_us = end_us - MS(2 * DROP_MS);
		for (uint32_t i = 1; i < 24; i++) {
			length = glow_rgb_equal(pixel(&l, i), pixel(&l, i - 1)) ? length + 1 : 1;
			assert_in_range(length, 1, 3);
		}
	}
}

/* ---- pulse ---- */

static bool is_bell(const struct look *l)
{
	uint32_t n = l->m.total;

	for (uint32_t i = 0; i < n / 2; i++) {
		if (!glow_rgb_equal(pixel(l, i), pixel(l, n - 1 - i)))
			return false;
		if (i > 0 && pixel(l, i).r < pixel(l, i - 1).r)
			return false;
	}
	return true;
}

static void test_pulse(void **state)
{
	struct look l = look("pulse", 8), other = look("breathe", 9);

	(void)state;
	set(&l, "period_ms", 2000);
	for (uint32_t total = 1; total <= 41; total++) {
		uint64_t before = 0;

		l.m.total = total;
		for (l.m.t_us = 0; l.m.t_us <= MS(1000); l.m.t_us += MS(50)) {
			assert_true(is_bell(&l));
			assert_true(light(&l) >= before);
			before = light(&l);
		}
		assert_true(before > 0);
		l.m.t_us = MS(1000);
		if (total % 2)
			assert_color(pixel(&l, total / 2), orange); /* the top of the bell */
		l.m.t_us = 0;
		assert_true(light(&l) < before / 4);
	}
	other.e = glow_effect_find("identify", 8);
	assert_false(is_bell(&other));
}

/* ---- plasma ---- */

static int difference(struct glow_rgb a, struct glow_rgb b)
{
	int r = abs(a.r - b.r), g = abs(a.g - b.g), blue = abs(a.b - b.b);

	return r > g ? (r > blue ? r : blue) : g > blue ? g : blue;
}

/* Most that a channel changes from one pixel to the next, or at one pixel from one frame to the next. */
static int roughness(const struct glow_effect_desc *e, int32_t palette)
{
	struct look l = look_of(e, 512), next = l;
	int worst = 0;

	set(&l, "palette", palette);
	for (int frame = 0; frame < 450; frame++) {
		l.m.t_us = frame * INT64_C(16667);
		next = l;
		next.m.t_us += 16667;
		for (uint32_t i = 0; i + 1 < l.m.total; i += 11) {
			int along = difference(pixel(&l, i), pixel(&l, i + 1));
			int later = difference(pixel(&l, i), pixel(&next, i));

			worst = along > worst ? along : worst;
			worst = later > worst ? later : worst;
		}
	}
	return worst;
}

static struct glow_rgb confetti(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	return glow_rgb_unpack((int32_t)(glow_dice(m->seed, (uint32_t)(m->t_us / 16667), i) & 0xffffff));
}

static void test_plasma_is_smooth(void **state)
{
	struct look l = look("plasma", 512);
	struct glow_effect_desc rough = *l.e;

	(void)state;
	for (int32_t palette = 0; palette < 4; palette++)
		assert_in_range(roughness(l.e, palette), 1, 40);
	rough.render = confetti;
	assert_true(roughness(&rough, 0) > 100);
}

static void test_plasma_palettes(void **state)
{
	struct look l = look("plasma", 40);
	uint32_t strong[3] = { 0 };

	(void)state;
	for (l.m.t_us = 0; l.m.t_us < MS(60000); l.m.t_us += MS(500))
		for (uint32_t i = 0; i < 40; i++) {
			struct glow_rgb c;

			set(&l, "palette", 0);
			c = pixel(&l, i);
			strong[0] += c.r == 255;
			strong[1] += c.g == 255;
			strong[2] += c.b == 255;
			set(&l, "palette", 1);
			c = pixel(&l, i);
			assert_true(c.r >= c.g && c.g >= c.b); /* lava: red, orange, yellow */
			set(&l, "palette", 2);
			c = pixel(&l, i);
			assert_true(c.b >= c.r); /* ocean: blue, turquoise */
			set(&l, "palette", 3);
			c = pixel(&l, i);
			assert_true(c.g >= c.b); /* forest: green, yellow */
		}
	for (int k = 0; k < 3; k++)
		assert_true(strong[k] > 120 * 40 / 10); /* a rainbow has its share of every colour */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_solid),
		cmocka_unit_test(test_breathe),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_progress_never_hides),
		cmocka_unit_test(test_gauge_number),
		cmocka_unit_test(test_gauge_level),
		cmocka_unit_test(test_gauge_meters),
		cmocka_unit_test(test_morse_sos),
		cmocka_unit_test(test_morse_characters),
		cmocka_unit_test(test_morse_gaps),
		cmocka_unit_test(test_clock_of_eight),
		cmocka_unit_test(test_clock_side_by_side),
		cmocka_unit_test(test_clock_of_few),
		cmocka_unit_test(test_identify),
		cmocka_unit_test(test_tetris_blocks),
		cmocka_unit_test(test_tetris_rows),
		cmocka_unit_test(test_pulse),
		cmocka_unit_test(test_plasma_is_smooth),
		cmocka_unit_test(test_plasma_palettes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
