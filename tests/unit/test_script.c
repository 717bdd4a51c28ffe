/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Effects in text: what each operation comes to, beside its formula in floating point or by hand; what a text
 * means, what is wrong with one, and what it costs. Random numbers and texts come from dice; GLOW_TEST_SEED=<number>
 * throws others. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/hash.h>

#include "../../bridge/script/fix.h"
#include "../../bridge/script/ops.h"
#include "../harness/any_text.h"

#define ONE 65536.0
#define TAU (2 * M_PI)

static struct dice dice;

/* ---- operations ---- */

static const int32_t edges[] = { 0,      1,       -1,     65536,   -65536,    32768,     -32768,        65535,
				 131072, -131073, 655360, 7 << 16, INT32_MAX, INT32_MIN, INT32_MAX - 1, INT32_MIN + 1 };
#define EDGES (sizeof(edges) / sizeof(edges[0]))

/* Numbers of every size, and the ends of what there is. */
static int32_t any_number(void)
{
	int32_t shift = (int32_t)dice_roll(&dice, 32);

	if (dice_roll(&dice, 4) == 0)
		return edges[dice_roll(&dice, EDGES)];
	return (int32_t)dice_next(&dice) >> shift;
}

static double fit(double v)
{
	return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : v;
}

static double ref_add(double a, double b)
{
	return fit(a + b);
}

static double ref_sub(double a, double b)
{
	return fit(a - b);
}

static double ref_mul(double a, double b)
{
	int64_t product = (int64_t)a * (int64_t)b, rest = product % 65536;

	return fit((double)(product / 65536 + (rest >= 32768) - (rest < -32768)));
}

static double ref_div(double a, double b)
{
	return b == 0 ? 0 : fit(trunc(a * 65536 / b));
}

static double ref_mod(double a, double b)
{
	return b == 0 ? 0 : a - b * floor(a / b);
}

/* Where it differs, "a, b"; NULL for nowhere. */
static const char *differs(int32_t (*f)(int32_t a, int32_t b), double (*reference)(double a, double b))
{
	static char where[64];

	for (int k = 0; k < 200000; k++) {
		int32_t a = k < (int)(EDGES * EDGES) ? edges[k % (int)EDGES] : any_number();
		int32_t b = k < (int)(EDGES * EDGES) ? edges[k / (int)EDGES] : any_number();

		snprintf(where, sizeof(where), "%d, %d: %d", a, b, f(a, b));
		if ((double)f(a, b) != reference(a, b))
			return where;
	}
	return NULL;
}

/* promise: text-is-bounded */
static void test_arithmetic(void **state)
{
	(void)state;
	assert_null(differs(fix_add, ref_add));
	assert_null(differs(fix_sub, ref_sub));
	assert_null(differs(fix_mul, ref_mul));
	assert_null(differs(fix_div, ref_div));
	assert_null(differs(fix_mod, ref_mod));
	assert_non_null(differs(fix_sub, ref_add));
	assert_non_null(differs(fix_div, ref_mod));
	assert_int_equal(fix_add(INT32_MAX, 1), INT32_MAX);
	assert_int_equal(fix_sub(INT32_MIN, 1), INT32_MIN);
	assert_int_equal(fix_mul(INT32_MIN, INT32_MIN), INT32_MAX);
	assert_int_equal(fix_div(INT32_MIN, -1), INT32_MAX);
	assert_int_equal(fix_div(INT32_MAX, 0), 0);
	assert_int_equal(fix_mod(-1, 65536), 65535);
	assert_int_equal(fix_mod(INT32_MIN, -1), 0);
	assert_int_equal(fix_abs(INT32_MIN), INT32_MAX);
	assert_int_equal(fix_floor(-1), -65536);
	assert_int_equal(fix_frac(-1), 65535);
}

/* The largest distance of a function of one number from its formula, in 1/65536, over `low`..`high`. */
static double error_of(int32_t (*f)(int32_t a), double (*formula)(double a), int32_t low, int32_t high)
{
	double worst = 0;

	for (int64_t a = low; a <= high; a += 1 + (int64_t)dice_roll(&dice, 100)) {
		double error = fabs(f((int32_t)a) - fit(formula((double)a / ONE) * ONE));

		worst = error > worst ? error : worst;
	}
	return worst;
}

static double wave(double p)
{
	return (1 - cos(TAU * p)) / 2;
}

static double sine(double p)
{
	return sin(TAU * p);
}

static double cosine(double p)
{
	return cos(TAU * p);
}

static double triangle(double p)
{
	return 1 - fabs(2 * (p - floor(p)) - 1);
}

static double ease(double x)
{
	x = fmin(fmax(x, 0), 1);
	return x * x * (3 - 2 * x);
}

static double hue(double h)
{
	return fmin(fmax(fabs(6 * (h - floor(h)) - 3) - 1, 0), 1);
}

static double root(double x)
{
	return floor(sqrt(fmax(x, 0)) * ONE) / ONE;
}

static void test_curves(void **state)
{
	const int32_t far = 5 * FIX_ONE;

	(void)state;
	assert_true(error_of(fix_wave, wave, -far, far) < 14);
	assert_true(error_of(fix_sin, sine, -far, far) < 28);
	assert_true(error_of(fix_cos, cosine, -far, far) < 28);
	assert_true(error_of(fix_triangle, triangle, -far, far) == 0);
	assert_true(error_of(fix_ease, ease, -far, far) < 1);
	assert_true(error_of(fix_hue, hue, -far, far) == 0);
	assert_true(error_of(fix_sqrt, root, -FIX_ONE, 2000 * FIX_ONE) == 0);
	assert_true(error_of(fix_pow2, exp2, -20 * FIX_ONE, FIX_ONE) < 3);
	assert_true(error_of(fix_sin, cosine, 0, far) > 60000); /* the control */
	for (int32_t a = FIX_ONE; a < 15 * FIX_ONE; a += 333)
		assert_true(fabs(fix_pow2(a) / (exp2(a / ONE) * ONE) - 1) < 0.00002);
	assert_int_equal(fix_pow2(15 * FIX_ONE), INT32_MAX);
	assert_int_equal(fix_pow2(INT32_MAX), INT32_MAX);
	assert_int_equal(fix_pow2(INT32_MIN), 0);
	assert_int_equal(fix_pow2(-16 * FIX_ONE), 1);
	assert_int_equal(fix_sqrt(INT32_MAX), 11863283);
	assert_int_equal(fix_wave(FIX_ONE / 2), FIX_ONE);
	assert_int_equal(fix_ease(FIX_ONE), FIX_ONE);
	assert_int_equal(fix_mix(INT32_MIN, INT32_MAX, FIX_ONE), INT32_MAX);
	assert_int_equal(fix_mix(INT32_MIN, INT32_MAX, INT32_MIN), INT32_MIN);
	assert_int_equal(fix_mix(INT32_MIN, INT32_MAX, FIX_ONE / 2), 0);
}

/* ---- phases ---- */

/* floor(t * times / parts) modulo 2^64 as one does it by hand, a bit of `times` after the other: 32-bit processors have
 * no numbers of 128 bits. */
static uint64_t share(int64_t t, uint64_t times, int64_t parts)
{
	int64_t rest = t % parts, rests = 0;
	uint64_t whole = (uint64_t)(t / parts), sum = 0;

	if (rest < 0) {
		rest += parts;
		whole--;
	}
	for (int bit = 63; bit >= 0; bit--) {
		bool set = times >> bit & 1;

		rests = 2 * rests + (set ? rest : 0);
		sum = 2 * sum + (set ? whole : 0) + (uint64_t)(rests / parts);
		rests %= parts;
	}
	return sum;
}

/* count(): t/(period/2^16 * 10^6) in 1/65536, whole periods turned over. */
static int32_t count_of(int64_t t_us, int32_t period)
{
	const uint64_t turn = UINT64_C(65536) * FIX_TURN;
	int64_t parts = llabs((long long)period) * 1000000, t = period < 0 ? -t_us : t_us;
	uint64_t all = period ? share(t, UINT64_C(1) << 32, parts) : 0;

	return (int32_t)((int64_t)((all + turn / 2) % turn) - (int64_t)(turn / 2));
}

static int32_t beat_of(int64_t t_us, int32_t per_minute)
{
	return (int32_t)(share(per_minute < 0 ? -t_us : t_us, (uint64_t)llabs((long long)per_minute), 60000000) %
			 65536);
}

static int64_t any_time(void)
{
	uint32_t shift = dice_roll(&dice, 62);

	return (int64_t)dice_next(&dice) >> shift;
}

static void test_phases(void **state)
{
	const int64_t year_us = INT64_C(31557600) * 1000000;
	int same_beats = 0;

	(void)state;
	for (int k = 0; k < 200000; k++) {
		int64_t t_us = any_time();
		int32_t v = any_number();

		if (t_us == INT64_MIN)
			continue;
		assert_int_equal(fix_count(t_us, v), count_of(t_us, v));
		assert_int_equal(fix_beat(t_us, v), beat_of(t_us, v));
		same_beats += fix_beat(t_us, v) == beat_of(t_us + 1000, v); /* the control */
	}
	assert_true(same_beats < 100000);
	/* After a year eight seconds are still eight seconds, to the microsecond that the number can tell. */
	for (int64_t k = 0; k < 8; k++)
		assert_int_equal(fix_frac(fix_count(8 * year_us + k * 1000000, 8 * FIX_ONE)), k * 8192);
	assert_int_equal(fix_count(1, 0), 0);
	assert_int_equal(fix_beat(1000000, 0), 0);
	fix_count(INT64_MIN, -1);
	fix_beat(INT64_MIN, INT32_MIN);
	/* It turns over between two neighbours. */
	assert_int_equal(fix_count(INT64_C(16384) * 1000000 - 1, FIX_ONE), 16384 * FIX_ONE - 1);
	assert_int_equal(fix_count(INT64_C(16384) * 1000000, FIX_ONE), -16384 * FIX_ONE);
}

static void test_dice(void **state)
{
	int32_t before = fix_noise2(7, -16384 * FIX_ONE, 0);
	double sum = 0;

	(void)state;
	/* Noise goes on where count() turns over, and nowhere jumps. */
	assert_true(abs(fix_noise(7, 16384 * FIX_ONE - 1) - fix_noise(7, -16384 * FIX_ONE)) <= 3);
	assert_true(abs(fix_noise2(7, 16384 * FIX_ONE - 1, 0) - before) <= 3);
	assert_int_equal(fix_hash(7, 16384 * FIX_ONE, 5), fix_hash(7, -16384 * FIX_ONE, 5));
	for (int32_t a = 0; a < 300 * FIX_ONE; a += 64) {
		int32_t v = fix_noise2(7, a - 100 * FIX_ONE, a / 3),
			next = fix_noise2(7, a + 64 - 100 * FIX_ONE, a / 3 + 21);

		assert_in_range(v, 0, 65535);
		assert_true(abs(next - v) < 200);
	}
	for (int32_t k = 0; k < 10000; k++)
		sum += fix_hash(7, k * FIX_ONE, 0);
	assert_true(fabs(sum / 10000 - 32768) < 1000);
	assert_int_not_equal(fix_hash(7, FIX_ONE, 0), fix_hash(8, FIX_ONE, 0));
	assert_int_not_equal(fix_hash(7, 1, 0), fix_hash(7, 2, 0));
	/* The lattice is dice: not the same along both axes. */
	assert_int_not_equal(fix_noise2(7, 3 * FIX_ONE, 5 * FIX_ONE), fix_noise2(7, 5 * FIX_ONE, 3 * FIX_ONE));
}

/* ---- texts ---- */

static struct glow_script_work *work;
static struct glow_script_mistake mistake;
static struct glow_room room;
static char said[256];

static struct glow_script *compile(const char *text, size_t len)
{
	size_t size = glow_script_compile(work, text, len, &mistake);

	snprintf(said, sizeof(said), "%u:%u: %s", mistake.line, mistake.column, mistake.what);
	return size ? glow_script_store(work, "test", malloc(size)) : NULL;
}

static struct glow_script *good(const char *text)
{
	struct glow_script *script = compile(text, strlen(text));

	if (!script)
		fail_msg("%s\n%s", text, said);
	return script;
}

static struct glow_moment moment(void)
{
	return (struct glow_moment){
		.t_us = 2500000,
		.wall_us = INT64_C(1767323045000000), /* 2026-01-02 03:04:05 */
		.seed = 0x40000000,
		.total = 10,
		.color = { 255, 128, 0 },
		.meter = { 100, 200, 300, 400, 500 },
		.shape = { GLOW_SHAPE_ROW, 4 },
		.offset = 4,
		.board = 1,
		.boards = 3,
		.room = &room,
	};
}

/* What a text's last line comes to at pixel i, channel by channel. */
static void draw(const char *text, const struct glow_moment *m, uint32_t i, int32_t ret_rgb[3])
{
	struct glow_script *script = good(text);
	struct glow_params p;

	glow_params_default(&script->desc, &p);
	script->desc.begin(&script->desc, &p, m);
	script->desc.render(&p, m, i);
	for (int k = 0; k < 3; k++)
		ret_rgb[k] = room.v[script->out[k]][(i - m->offset) % GLOW_ROOM_LANES];
	free(script);
}

static double value(const char *text)
{
	struct glow_moment m = moment();
	int32_t rgb[3];

	draw(text, &m, 5, rgb);
	return rgb[0] / ONE;
}

static struct glow_rgb color(const char *text)
{
	struct glow_script *script = good(text);
	struct glow_moment m = moment();
	struct glow_params p;
	struct glow_rgb c;

	glow_params_default(&script->desc, &p);
	glow_effect_begin(&script->desc, &p, &m);
	c = script->desc.render(&p, &m, 5);
	free(script);
	return c;
}

/* The first of 40 pixels, drawn in steps of so many, that is not as if drawn alone; -1: none. */
static int wrong_lane(const struct glow_script *script, const struct glow_moment *m, uint32_t stride, bool stale)
{
	struct glow_room alone_room;
	struct glow_moment alone = *m;
	struct glow_params p;

	alone.room = &alone_room;
	glow_params_default(&script->desc, &p);
	glow_effect_begin(&script->desc, &p, m);
	m->room->drawn = stale;
	for (uint32_t k = 0; k < 40; k++) {
		uint32_t i = k * stride % 40;

		glow_effect_begin(&script->desc, &p, &alone);
		if (!glow_rgb_equal(script->desc.render(&p, m, i), script->desc.render(&p, &alone, i)))
			return (int)i;
	}
	return -1;
}

/* Several pixels are drawn side by side: whatever the order, and wherever a board begins. */
static void test_lanes(void **state)
{
	struct glow_script *script = good("rgb(i / 40, hash(i), x)"), *other = good("0");
	const struct glow_params none = { .text = "" };
	struct glow_moment m = moment();

	(void)state;
	m.total = 40;
	for (m.offset = 0; m.offset < 12; m.offset++)
		for (uint32_t stride = 1; stride < 40; stride += 2)
			assert_int_equal(wrong_lane(script, &m, stride, false), -1);
	m.offset = 0;
	for (int stale = 0; stale < 2; stale++) { /* what an earlier frame left is not shown */
		glow_effect_begin(&other->desc, &none, &m);
		other->desc.render(&none, &m, 0);
		assert_int_equal(wrong_lane(script, &m, 1, stale), stale ? 0 : -1);
	}
	free(script);
	free(other);
}

static void test_grammar(void **state)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {
		{ "1 + 2 * 3", 7 },
		{ "(1 + 2) * 3", 9 },
		{ "10 - 2 - 3", 5 },
		{ "16 / 4 / 2", 2 },
		{ "-2 * 3", -6 },
		{ "2 - -3", 5 },
		{ "1 < 2", 1 },
		{ "2 <= 1", 0 },
		{ "2 > 1", 1 },
		{ "1 >= 1", 1 },
		{ "1 == 1.5", 0 },
		{ "1 != 1.5", 1 },
		{ "1 + 1 < 1 * 3", 1 },
		{ "1 < 2 and 2 < 1 or 1", 1 },
		{ "not 1 < 2", 0 },
		{ "not not 5", 1 },
		{ "0 or 0.00002", 1 },
		{ "if 1 < 2 then 3 else 4", 3 },
		{ "if 0 then 1 else if 0 then 2 else 3", 3 },
		{ "1 + (if 1 then 2 else 3) * 2", 5 },
		{ "let a = 2\nlet b = a * a\nb + a", 6 },
		{ "def f(a) = a * a\ndef g(a, b) = f(a) + f(b)\ng(3, 4)", 25 },
		{ "def f(p) = p + 1\nlet p = 5\nf(1) + p", 7 },
		{ "sum(k, 1, 4, k * k)", 30 },
		{ "sum(k, -1, 1, sum(j, 0, 2, k + j))", 9 },
		{ "def f(a) = sum(k, 0, 2, a)\nf(2)", 6 },
		{ "let a =\n  1 +\n  2\na *\n3", 9 },
		{ "(1\n+ 2)", 3 },
		{ "if 1\nthen 2\nelse 3", 2 },
		{ "# what it is\n\n  1 # end", 1 },
		{ "1", 1 },
		{ "\r\n1\r\n", 1 },
		{ "min(3, 1, 2)", 1 },
		{ "max(3, 1, 2, 9)", 9 },
		{ "clamp(2)", 1 },
		{ "clamp(-1)", 0 },
		{ "clamp(5, 2, 4)", 4 },
		{ "abs(0 - 3)", 3 },
		{ "floor(-1.5)", -2 },
		{ "frac(-1.25)", 0.75 },
		{ "mod(7, 3)", 1 },
		{ "mod(-1, 3)", 2 },
		{ "sqrt(9)", 3 },
		{ "sqrt(-9)", 0 },
		{ "pow2(10)", 1024 },
		{ "pow2(-1)", 0.5 },
		{ "wave(0.5)", 1 },
		{ "wave(7)", 0 },
		{ "triangle(0.25)", 0.5 },
		{ "saw(3.25)", 0.25 },
		{ "square(0.4)", 1 },
		{ "square(0.4, 0.3)", 0 },
		{ "sin(0.25)", 1 },
		{ "cos(0.5)", -1 },
		{ "ease(0.5)", 0.5 },
		{ "smooth(2, 4, 3)", 0.5 },
		{ "smooth(2, 2, 3)", 0 },
		{ "mix(2, 4, 0.25)", 2.5 },
		{ "mix(2, 4, 9)", 4 },
		{ "1 / 0", 0 },
		{ "30000 + 30000", 32767 + 65535 / ONE },
		{ "0 - 30000 - 30000", -32768 },
		{ "0.00001", 1 / ONE },
		{ "0.33", 21627 / ONE },
		{ "32767.99999", 32767 + 65535 / ONE },
		{ "cycle(10)", 0.25 },
		{ "cycle(-10)", 0.75 },
		{ "count(2)", 1.25 },
		{ "beat(30)", 0.25 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (value(rows[k].text) != rows[k].value)
			fail_msg("%s: %f", rows[k].text, value(rows[k].text));
	assert_true(value("1 + 2 * 3") != 9); /* the control */
}

static void test_inputs(void **state)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {
		{ "x", 0.55 },    { "i", 5 },        { "n", 10 },     { "board_x", 0.375 },   { "board_i", 1 },
		{ "board_n", 4 }, { "board", 1 },    { "boards", 3 }, { "bar", 0.375 },       { "t", 2.5 },
		{ "hour", 3 },    { "minute", 4 },   { "second", 5 }, { "day", 9498 },        { "seed", 0.25 },
		{ "cpu", 0.1 },   { "memory", 0.2 }, { "load", 0.4 }, { "temperature", 0.3 }, { "network", 0.5 },
	};
	struct glow_moment m = moment();
	int32_t rgb[3];

	(void)state;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), INPUTS);
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (fabs(value(rows[k].text) - rows[k].value) > 1 / ONE)
			fail_msg("%s: %f", rows[k].text, value(rows[k].text));
	m.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, 18 };
	m.total = 40;
	draw("bar", &m, 4, rgb); /* the tip of the first arm */
	assert_int_equal(rgb[0], 11 * 65536 / 12);
	draw("bar", &m, 9, rgb); /* its centre */
	assert_int_equal(rgb[0], 65536 / 12);
	m.t_us = INT64_MAX;
	draw("t", &m, 4, rgb);
	assert_int_equal(rgb[0], INT32_MAX);
	m.t_us = -1500000;
	draw("t", &m, 4, rgb);
	assert_int_equal(rgb[0], -3 * 32768);
	m.total = 1 << 24;
	draw("rgb(x, i, n)", &m, (1 << 24) - 1, rgb);
	assert_int_equal(rgb[0], 65535);
	assert_int_equal(rgb[1], 32767 * FIX_ONE);
	assert_int_equal(rgb[2], INT32_MAX);
}

static void test_colors(void **state)
{
	static const struct {
		const char *text;
		struct glow_rgb color;
	} rows[] = {
		{ "orange", { 255, 165, 0 } },
		{ "#ff8000", { 255, 128, 0 } },
		{ "#f80", { 255, 136, 0 } },
		{ "color", { 255, 128, 0 } },
		{ "0.5", { 128, 128, 128 } },
		{ "2", { 255, 255, 255 } },
		{ "-1", { 0, 0, 0 } },
		{ "rgb(1, 0.5, 0)", { 255, 128, 0 } },
		{ "hsv(0, 1, 1)", { 255, 0, 0 } },
		{ "hsv(1/3, 1, 1)", { 0, 255, 0 } },
		{ "hsv(2/3, 1, 1)", { 0, 0, 255 } },
		{ "hsv(1/6, 1, 0.5)", { 128, 127, 0 } },
		{ "hsv(0.3, 0, 1)", { 255, 255, 255 } },
		{ "hsv(0, 0.5, 1)", { 255, 128, 128 } },
		{ "hsv(5, 9, 9)", { 255, 0, 0 } },
		{ "red + blue", { 255, 0, 255 } },
		{ "white - red", { 0, 255, 255 } },
		{ "orange * 0.5", { 128, 83, 0 } },
		{ "0.5 * orange", { 128, 83, 0 } },
		{ "orange / 2", { 128, 83, 0 } },
		{ "white * orange", { 255, 165, 0 } },
		{ "max(red, 0.25)", { 255, 64, 64 } },
		{ "mix(black, white, 0.5)", { 128, 128, 128 } },
		{ "mix(0, red, 0.5)", { 128, 0, 0 } },
		{ "if x > 0.5 then red else 0", { 255, 0, 0 } },
		{ "palette(0, red, blue)", { 255, 0, 0 } },
		{ "palette(1, red, blue)", { 0, 0, 255 } },
		{ "palette(0.5, red, lime, blue)", { 0, 255, 0 } },
		{ "palette(0.25, red, lime, blue)", { 128, 128, 0 } },
		{ "palette(9, 0, 0.5, 0.5)", { 128, 128, 128 } },
		{ "sum(k, 1, 3, #101010)", { 48, 48, 48 } },
		{ "def dim(c) = c * 0.5\ndim(white)", { 128, 128, 128 } },
		{ "let tan = 0.5\ntan", { 128, 128, 128 } },
		{ "param shade = #102030\nshade", { 16, 32, 48 } },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (!glow_rgb_equal(color(rows[k].text), rows[k].color))
			fail_msg("%s: %06x", rows[k].text, (unsigned)glow_rgb_pack(color(rows[k].text)));
	/* Every byte of a colour comes out as it went in. */
	for (int v = 0; v < 256; v++) {
		char text[16];

		snprintf(text, sizeof(text), "#%02x00ff", (unsigned)v);
		assert_int_equal(color(text).r, v);
	}
}

/* ---- mistakes ---- */

/* promise: text-is-bounded */
static void test_mistakes(void **state)
{
	static const char *const rows[][2] = {
		{ "", "1:1: the last line must be the colour of the pixel, as in hsv(x, 1, 1)" },
		{ "let a = 1\n", "1:10: the last line must be the colour of the pixel, as in hsv(x, 1, 1)" },
		{ "# only this", "1:1: the last line must be the colour of the pixel, as in hsv(x, 1, 1)" },
		{ "wvae(x)", "1:1: there is no \"wvae\"; did you mean \"wave\"?" },
		{ "let speed = 2\nspede", "2:1: there is no \"spede\"; did you mean \"speed\"?" },
		{ "let größe = 1", "1:7: this sign means nothing here" },
		{ "# größe\n  grren", "2:3: there is no \"grren\"; did you mean \"green\"?" },
		{ "zzzzzzzz", "1:1: there is no \"zzzzzzzz\"" },
		{ "let a = b\nlet b = 1\na",
		  "1:9: \"b\" gets its meaning in a line further down, and must get it above" },
		{ "def f(a) = f(a)\nf(1)",
		  "1:12: \"f\" cannot stand for itself: a name can be used in the lines after its own" },
		{ "wave(1, 2)", "1:1: \"wave\" takes 1 argument, and here are 2" },
		{ "hsv(x)", "1:1: \"hsv\" takes 3 arguments, and here is 1" },
		{ "min(x)", "1:1: \"min\" takes 2 to 8 arguments, and here is 1" },
		{ "clamp(x, 1)", "1:1: clamp takes 1 or 3 arguments, and here are 2" },
		{ "def f(a, b) = a + b\nf(1)", "2:1: \"f\" takes 2 arguments, and here is 1" },
		{ "wave", "1:1: \"wave\" is a function, and needs brackets" },
		{ "def f(a) = a\nf", "2:1: \"f\" is a def, and needs brackets" },
		{ "sin(red)", "1:5: \"sin\" takes numbers here, and this is a colour" },
		{ "mix(red, blue, red)", "1:16: \"mix\" takes numbers here, and this is a colour" },
		{ "red < 1", "1:5: \"<\" takes numbers, and one side of it is a colour" },
		{ "if red then 1 else 2", "1:1: \"if\" takes numbers, and one side of it is a colour" },
		{ "x and red", "1:3: \"and\" takes numbers, and one side of it is a colour" },
		{ "1 < 2 < 3", "1:7: only two can be compared; write a < b and b < c" },
		{ "if x then 1", "1:12: here must be \"else\", not the end of the text; it is: if … then … else …" },
		{ "(1", "1:3: \")\" is missing after what is in brackets; here is the end of the text" },
		{ "wave(x", "1:7: \")\" is missing after the arguments; here is the end of the text" },
		{ "1 2", "1:3: the colour of the pixel must be the last line, and \"2\" comes after it" },
		{ "1\n2", "2:1: the colour of the pixel must be the last line, and \"2\" comes after it" },
		{ "let a = 1 2\na", "1:11: the line should end here, before \"2\"" },
		{ "1 +", "1:4: here must be a number or a colour, not the end of the text" },
		{ "let a = then\na", "1:9: here must be a number or a colour, not \"then\"" },
		{ "let = 1", "1:5: here must be a name, not \"=\"" },
		{ "let a 1", "1:7: \"=\" is missing after the name; here is \"1\"" },
		{ "let x = 1\nx", "1:5: \"x\" is an input; take another name" },
		{ "let wave = 1\n1", "1:5: \"wave\" is a function; take another name" },
		{ "let if = 1\n1", "1:5: \"if\" is a word of the language; take another name" },
		{ "let color = 1\n1", "1:5: \"color\" is the light's colour; take another name" },
		{ "let a = 1\nlet a = 2\na", "2:5: \"a\" has a meaning already, from line 1" },
		{ "let a = tan\nlet tan = 1\na", "2:5: \"tan\" was a colour further up; take another name" },
		{ "def f(a, a) = a\n1", "1:10: \"a\" is there twice" },
		{ "def f() = 1\n1", "1:7: here must be a name, not \")\"" },
		{ "sum(x, 0, 1, x)",
		  "1:5: a sum counts with a name of its own, as in sum(k, 0, 7, …), and \"x\" is none" },
		{ "sum(k, 0, i, k)",
		  "1:11: a sum counts between whole numbers that do not change, as in sum(k, 0, 7, …)" },
		{ "sum(k, 0, 0.5, k)",
		  "1:11: a sum counts between whole numbers that do not change, as in sum(k, 0, 7, …)" },
		{ "sum(k, 3, 1, k)", "1:1: a sum counts upwards, at most 256 numbers; got 3 to 1" },
		{ "sum(k, 0, 256, k)", "1:1: a sum counts upwards, at most 256 numbers; got 0 to 256" },
		{ ".5", "1:1: a number begins with a digit: 0.5, not .5" },
		{ "1.", "1:2: this is no part of a number; a number is as 2 or 0.25" },
		{ "2x", "1:2: this is no part of a number; a number is as 2 or 0.25" },
		{ "40000", "1:1: numbers reach 32767, got \"40000\"" },
		{ "x ! y", "1:3: this sign means nothing here" },
		{ "\"text\"", "1:2: here must be a number or a colour, not a text" },
		{ "param a 1..5 = 2 \"no end\n1", "1:18: the text that begins here has no \" at its end" },
		{ "param a 5..1 = 2\n1", "1:9: the range must rise, as 2..60; got 5..1" },
		{ "param a 1..5 = 6\n1", "1:9: the default must lie in 1..5, got 6" },
		{ "param a 1..40000 = 6\n1", "1:9: the range must lie in -32767..32767 with this unit" },
		{ "param a 0.5..2 = 1\n1", "1:9: here must be a whole number, not \"0.5\"" },
		{ "param a 1 = 2\n1", "1:11: a range is as 2..60, and here is \"=\"" },
		{ "param a = 5\n1",
		  "1:11: the default must be a colour, on or off, not \"5\"; a number needs its range: "
		  "param speed 1..10 = 5" },
		{ "param a = orangee\n1",
		  "1:11: the default must be a colour, on or off, not \"orangee\"; a number needs "
		  "its range: param speed 1..10 = 5" },
		{ "param A = on\n1", "1:7: a parameter has small letters only, not \"A\"" },
		{ "param a 1..2 = 1 fortnights\n1", "1:18: a unit has at most 7 letters, as s, ms or %" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1:1: a name has at most 31 letters, this one has 32" },
		{ "#12", "1:1: the last line must be the colour of the pixel, as in hsv(x, 1, 1)" }, /* a comment */
		{ "1 + \x01", "1:5: a text has no control characters" },
		{ "1 # \xff", "1:5: this is no UTF-8" },
		{ "1 # \xed\xa0\x80", "1:5: this is no UTF-8" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct glow_script *script = compile(rows[k][0], strlen(rows[k][0]));

		assert_null(script);
		assert_string_equal(said, rows[k][1]);
	}
	assert_null(compile("1\0", 2));
	assert_string_equal(said, "1:2: a text has no control characters");
}

/* ---- bounds ---- */

static char long_text[3 * GLOW_SCRIPT_MAX];

/* `n` times `part` between `begin` and `end`. */
static const char *repeat(const char *begin, const char *part, int n, const char *end)
{
	char *to = stpcpy(long_text, begin);

	while (n-- > 0)
		to = stpcpy(to, part);
	strcpy(to, end);
	return long_text;
}

static bool compiles(const char *text)
{
	struct glow_script *script = compile(text, strlen(text));

	free(script);
	return script;
}

/* promise: text-is-bounded */
static void test_bounds(void **state)
{
	const char *doubled = "def a(p) = p * x + 1\ndef b(p) = a(a(p))\ndef c(p) = b(b(p))\ndef d(p) = c(c(p))\n"
			      "def e(p) = d(d(p))\ndef f(p) = e(e(p))\ndef g(p) = f(f(p))\n";

	(void)state;
	/* x costs a step, and each x * k + … two. */
	assert_true(compiles("sum(k, 1, 256, x * k) + sum(k, 257, 512, x * k) + sum(k, 513, 768, x * k) + "
			     "sum(k, 769, 999, x * k)"));
	assert_false(compiles("sum(k, 1, 256, x * k) + sum(k, 257, 512, x * k) + sum(k, 513, 768, x * k) + "
			      "sum(k, 769, 1001, x * k)"));
	assert_string_equal(said, "1:1: the text takes 2001 steps for each pixel, at most 2000");
	assert_false(compiles("1\n+ 1"));
	assert_false(compiles("let a = sum(k, 1, 200, sum(j, 1, 3, wave(t * k + j)))\na"));
	assert_string_equal(said, "2:1: the text takes 3199 steps for each frame, at most 2000");
	/* Doubling does not end the world. */
	assert_true(compiles(repeat(doubled, "", 0, "g(1)")));
	assert_false(compiles(repeat(doubled,
				     "def h(p) = g(g(g(g(p))))\ndef m(p) = h(h(h(h(p))))\n"
				     "def o(p) = m(m(m(m(p))))\ndef q(p) = o(o(o(o(p))))\n",
				     1, "q(1)")));
	assert_non_null(strstr(said, "with every def and sum written out"));
	assert_false(compiles("sum(a, 0, 255, sum(b, 0, 255, sum(c, 0, 255, 1)))"));
	assert_string_equal(said, "1:46: the text takes too long, with every def and sum written out");
	/* Nesting */
	assert_true(compiles(repeat("(((((((((((((((((((((((((((((((((((((((1", ")", 39, "")));
	assert_false(compiles(repeat("((((((((((((((((((((((((((((((((((((((((1", ")", 40, "")));
	assert_string_equal(said, "1:41: this is nested deeper than 40");
	assert_true(compiles(repeat("", "-", 39, "1")));
	assert_false(compiles(repeat("", "-", 40, "1")));
	assert_false(compiles(repeat("", "(", 4000, "1")));
	assert_false(compiles(repeat("", "not ", 1000, "1")));
	assert_false(compiles(repeat("", "if 1 then 1 else ", 200, "1")));
	/* Size */
	assert_true(compiles(repeat("1 #", "x", GLOW_SCRIPT_MAX - 3, "")));
	assert_false(compiles(repeat("1 #", "x", GLOW_SCRIPT_MAX - 2, "")));
	assert_string_equal(said, "0:0: a text has at most 4096 bytes, this one has 4097");
	assert_false(compiles(repeat("", "a ", GLOW_SCRIPT_MAX / 2, "")));
	assert_true(compiles(repeat("1", "+x", 1000, "")));
	assert_false(compiles(repeat("1", "+x", 2000, "")));
	assert_string_equal(said, "1:1: the text takes 2001 steps for each pixel, at most 2000");
}

/* What compiling takes is counted, whatever it is spent on, and has one end. */
static void test_work(void **state)
{
	static const char *const longest[] = { "sum(a, 1, 100, sum(b, 1, %d, 1))",
					       "def f(p) = 1\nsum(a, 1, 100, sum(b, 1, %d, f(1)))",
					       "sum(a, 1, 100, sum(b, 1, %d, sqrt(a * b + x)))" };
	static const int most[] = { 26, 8, 7 };
	char text[128];

	(void)state;
	for (size_t k = 0; k < sizeof(most) / sizeof(most[0]); k++)
		for (int over = 0; over < 2; over++) {
			snprintf(text, sizeof(text), longest[k], most[k] + over);
			if ((!compiles(text) && strstr(said, "takes too long")) != over)
				fail_msg("%s: %s", text, said);
		}
}

/* Names chosen so that all want one place of the table; as many others in its place are read to the end. */
static void test_clashes(void **state)
{
	const char *letters = "abcdefghijklmnopqrstuvwxyz0123456789";
	char name[4] = "", *clash = long_text;
	uint32_t n = 0;

	(void)state;
	for (uint32_t k = 0; clash < long_text + GLOW_SCRIPT_MAX - 4 && k < 26 * 1296; k++) {
		snprintf(name, sizeof(name), "%c%c%c", (char)('a' + k / 1296), letters[k / 36 % 36], letters[k % 36]);
		if (glow_fnv1a(GLOW_FNV_START, name, 3) % 4096 >= 128)
			continue;
		clash += sprintf(clash, "%s ", name);
		n++;
	}
	assert_true(n > 500);
	assert_false(compiles(long_text));
	assert_non_null(strstr(said, "takes too long"));
	for (clash = long_text, n = 0; n < 1000; n++)
		clash += sprintf(clash, "a%02x ", n);
	assert_false(compiles(long_text));
	assert_null(strstr(said, "takes too long"));
}

/* As many numbers as there are registers, and more. */
static void test_registers(void **state)
{
	const char *half = "sum(k, 1, 256, x * k) + sum(k, 257, 512, x * k)";

	(void)state;
	assert_true(compiles(half));
	assert_false(compiles(repeat(half,
				     "+ sum(k, 513, 768, t * k) + sum(k, 800, 1050, t * k) + sum(k, 1051, 1099, t * k)",
				     1, "")));
	assert_string_equal(said, "1:1: the text has more than 1024 numbers at once in hand");
}

/* What is known is not worked out again, and what the pixel does not change is worked out once a frame. */
static void test_costs(void **state)
{
	static const struct {
		const char *text;
		uint32_t pixel, frame;
	} rows[] = {
		{ "1 + wave(0.3) * 2", 0, 0 },
		{ "rgb(x, x, x)", 1, 0 },
		{ "hsv(0.3, 1, 1)", 0, 0 },
		{ "cycle(8)", 0, 13 },
		{ "x * cycle(8)", 2, 13 },
		{ "cycle(8) * 2 + x", 2, 14 },
		{ "let a = wave(x)\nlet b = wave(x)\na * b", 5, 0 },
		{ "x * 1 + 0", 1, 0 },
		{ "x * 0", 0, 0 },
		{ "x + 2 - (2 + x)", 3, 0 },
		{ "if 1 then x else sqrt(x)", 1, 0 },
		{ "let unused = noise(x, t)\nx", 1, 0 },
		{ "hash(1)", 0, 4 },
		{ "mix(x, t, 0)", 1, 0 },
		{ "hsv(x - cycle(8), 1, 1)", 7, 13 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct glow_script *script = good(rows[k].text);
		struct glow_script_cost cost = glow_script_cost(script);

		if (cost.pixel != rows[k].pixel || cost.frame != rows[k].frame)
			fail_msg("%s: %u, %u", rows[k].text, cost.pixel, cost.frame);
		free(script);
	}
}

/* ---- as an effect ---- */

static void test_params(void **state)
{
	struct glow_script *s = good("param period 2..60 = 12 s \"time of one sway\"\nparam much 0..100 = 50 %\n"
				     "param late -500..1500 = -250 ms\nparam shade = orange \"its colour\"\n"
				     "param loud = on\nrgb(much, late, loud) + period * 0 + color * 0 + shade * 0");
	const struct glow_effect_desc *e = glow_script_effect(s);
	struct glow_moment m = moment();
	struct glow_params p;

	(void)state;
	assert_int_equal(e->n_params, 6);
	assert_string_equal(e->params[0].name, "period");
	assert_string_equal(e->params[0].unit, "s");
	assert_string_equal(e->params[0].what, "time of one sway");
	assert_int_equal(e->params[0].type, GLOW_PARAM_INT);
	assert_int_equal(e->params[0].min, 2);
	assert_int_equal(e->params[0].max, 60);
	assert_int_equal(e->params[0].def, 12);
	assert_string_equal(e->params[1].what, "much");
	assert_int_equal(e->params[2].min, -500);
	assert_int_equal(e->params[3].type, GLOW_PARAM_COLOR);
	assert_int_equal(e->params[3].def, 0xffa500);
	assert_int_equal(e->params[4].type, GLOW_PARAM_BOOL);
	assert_int_equal(e->params[4].def, 1);
	assert_int_equal(e->params[5].role, GLOW_ROLE_COLOR);
	assert_string_equal(e->params[5].name, "color");
	glow_params_default(e, &p);
	glow_effect_begin(e, &p, &m);
	e->render(&p, &m, 0);
	assert_int_equal(room.v[s->out[0]][0], 32768);
	assert_int_equal(room.v[s->out[1]][0], -16384);
	assert_int_equal(room.v[s->out[2]][0], 65536);
	free(s);
	assert_false(compiles("param a = on\nparam b = on\nparam c = on\nparam d = on\nparam e = on\nparam f = on\n"
			      "param g = on\nparam h = on\nparam j = on\n1"));
	assert_string_equal(said, "9:7: an effect has at most 8 parameters");
	assert_false(compiles("param a = on\nparam b = on\nparam c = on\nparam d = on\nparam e = on\nparam f = on\n"
			      "param g = on\nparam h = on\ncolor"));
	assert_string_equal(
		said, "9:1: an effect has at most 8 parameters, with the light's color, which is one too many here");
}

static void test_effect(void **state)
{
	static const struct {
		const char *text;
		enum glow_pace pace;
		uint8_t meters;
		bool levels, even;
		const char *what;
	} rows[] = {
		{ "#  waves \t\r\nx", GLOW_STILL, 0, false, false, "waves" },
		{ "x\n# not this", GLOW_STILL, 0, false, false, "written in text" },
		{ "#\nx", GLOW_STILL, 0, false, false, "written in text" },
		{ "hour", GLOW_SECONDS, 0, false, true, "written in text" },
		{ "hour * t", GLOW_ANIMATED, 0, false, true, "written in text" },
		{ "beat(60)", GLOW_ANIMATED, 0, false, true, "written in text" },
		{ "cycle(60) * 0 + cpu + load", GLOW_STILL, 9, false, true, "written in text" },
		{ "bar", GLOW_STILL, 0, true, false, "written in text" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct glow_script *s = good(rows[k].text);
		const struct glow_effect_desc *e = glow_script_effect(s);

		assert_string_equal(e->name, "test");
		assert_string_equal(e->what, rows[k].what);
		assert_int_equal(e->pace, rows[k].pace);
		assert_int_equal(e->meters, rows[k].meters);
		assert_int_equal(e->levels, rows[k].levels);
		assert_int_equal(e->even, rows[k].even);
		assert_ptr_equal(glow_script_of(e), s);
		free(s);
	}
	assert_null(glow_script_of(&glow_effect_solid));
}

static void test_names(void **state)
{
	static const char *const taken[][2] = {
		{ "rainbow", "\"rainbow\" is a built-in effect; take another name" },
		{ "binary-clock", "\"binary-clock\" is a built-in effect; take another name" },
		{ "orange", "\"orange\" is a colour; take another name" },
		{ "cpu", "\"cpu\" is a gauge; take another name" },
		{ "auto", "\"auto\" is a word of commands; take another name" },
	};
	static const char *const bad[] = { "",    "A",  "a_b",
					   "-a",  "a-", "1a",
					   "a b", "ä",  "abcdefghijabcdefghijabcdefghijab" };

	(void)state;
	for (size_t k = 0; k < sizeof(taken) / sizeof(taken[0]); k++) {
		assert_false(glow_script_name_free(taken[k][0], strlen(taken[k][0]), &mistake));
		assert_string_equal(mistake.what, taken[k][1]);
	}
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		assert_false(glow_script_name_free(bad[k], strlen(bad[k]), &mistake));
	assert_true(glow_script_name_free("aurora-2", 8, &mistake));
	assert_true(glow_script_name_free("rainbow-2", 9, &mistake));
	assert_true(glow_script_name_free("abcdefghijabcdefghijabcdefghija", 31, &mistake));
}

/* Every word that is there means something. */
static void test_words(void **state)
{
	char text[64];

	(void)state;
	for (size_t k = 0; glow_script_word(GLOW_SCRIPT_INPUTS, k); k++)
		assert_true(compiles(glow_script_word(GLOW_SCRIPT_INPUTS, k)));
	for (size_t k = 0; glow_script_word(GLOW_SCRIPT_FUNCTIONS, k); k++) {
		snprintf(text, sizeof(text), "%s", glow_script_word(GLOW_SCRIPT_FUNCTIONS, k));
		assert_false(compiles(text));
		assert_non_null(strstr(said, "is a function, and needs brackets"));
	}
	for (size_t k = 0; glow_script_word(GLOW_SCRIPT_KEYWORDS, k); k++) {
		snprintf(text, sizeof(text), "let %s = 1", glow_script_word(GLOW_SCRIPT_KEYWORDS, k));
		assert_false(compiles(text));
		assert_non_null(strstr(said, "is a word of the language"));
	}
}

/* ---- dice ---- */

static uint32_t hash_of(uint64_t seed, int n)
{
	struct dice d = { seed };
	uint32_t hash = GLOW_FNV_START;
	char text[GLOW_SCRIPT_MAX + 1];
	int compiled = 0;

	for (int k = 0; k < n; k++) {
		size_t len = any_text(&d, text);
		bool good;

		hash = hash_text(&d, text, len, hash, &good);
		compiled += good;
	}
	assert_true(compiled > n * 99 / 100);
	return hash;
}

/* What texts that dice write draw is what it was when this was written, on whatever machine. */
static void test_random(void **state)
{
	(void)state;
	assert_int_equal(hash_of(1, 3000), UINT32_C(0xef4faa6b));
	assert_int_not_equal(hash_of(2, 300), hash_of(1, 300));
}

static int begin(void **state)
{
	(void)state;
	work = malloc(glow_script_work_size());
	dice_init(&dice);
	return work ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(work);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arithmetic), cmocka_unit_test(test_curves), cmocka_unit_test(test_phases),
		cmocka_unit_test(test_dice),       cmocka_unit_test(test_lanes),  cmocka_unit_test(test_grammar),
		cmocka_unit_test(test_inputs),     cmocka_unit_test(test_colors), cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_bounds),     cmocka_unit_test(test_work),   cmocka_unit_test(test_clashes),
		cmocka_unit_test(test_registers),  cmocka_unit_test(test_costs),  cmocka_unit_test(test_params),
		cmocka_unit_test(test_effect),     cmocka_unit_test(test_names),  cmocka_unit_test(test_words),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
