/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdarg.h>
#include <string.h>

#include <glow/hash.h>

#include "any_text.h"

#define PIXELS 18
#define DEPTH  5

/* What is written, and which names it has so far: p0… and n0… are numbers, s0… and c0… colours, f0… take two numbers.
 */
struct text {
	struct dice *d;
	char *to;
	size_t n;
	int budget;                                /* of calls and operators that may still come */
	int numbers, shades, params, colors, defs; /* n, c, p, s, f */
	int args;                                  /* a and b are there */
	int sums;                                  /* k0… are there */
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	t->n += (size_t)vsnprintf(t->to + t->n, GLOW_SCRIPT_MAX + 1 - t->n, format, args);
	va_end(args);
	if (t->n > GLOW_SCRIPT_MAX)
		t->n = GLOW_SCRIPT_MAX;
}

static int roll(struct text *t, int below)
{
	return (int)dice_roll(t->d, (uint32_t)below);
}

static const char *word(struct text *t, enum glow_script_words kind)
{
	int n = 0;

	while (glow_script_word(kind, (size_t)n))
		n++;
	return glow_script_word(kind, (size_t)roll(t, n));
}

/* ---- numbers ---- */

static void number(struct text *t, int depth);
static void color(struct text *t, int depth);

/* Here and below, each roll is a statement: the order in which arguments are worked out is the compiler's. */
static void literal(struct text *t)
{
	int whole = roll(t, 20), part = roll(t, 1000);

	switch (roll(t, 5)) {
	case 0:
		put(t, "%d", roll(t, 4));
		break;
	case 1:
		put(t, "0.%d", roll(t, 100000));
		break;
	case 2:
		put(t, "%d.%d", whole, part);
		break;
	case 3:
		put(t, "%d", roll(t, 32768));
		break;
	default:
		put(t, "0.0000%d", roll(t, 100));
	}
}

/* "color" is the one input that is no number. */
static void input(struct text *t)
{
	const char *name = word(t, GLOW_SCRIPT_INPUTS);

	put(t, "%s", strcmp(name, "color") == 0 ? "x" : name);
}

static void number_name(struct text *t)
{
	int of = roll(t, 4);

	if (of == 0 && t->args)
		put(t, "%s", roll(t, 2) ? "a" : "b");
	else if (of == 1 && t->sums)
		put(t, "k%d", roll(t, t->sums));
	else if (of == 2 && t->params)
		put(t, "p%d", roll(t, t->params));
	else if (of == 3 && t->numbers)
		put(t, "n%d", roll(t, t->numbers));
	else if (roll(t, 3))
		put(t, "x");
	else
		input(t);
}

static void list(struct text *t, const char *name, int n, int depth)
{
	put(t, "%s(", name);
	for (int k = 0; k < n; k++) {
		put(t, k ? ", " : "");
		number(t, depth);
	}
	put(t, ")");
}

static void function(struct text *t, int depth)
{
	static const struct {
		const char *name;
		int least, most;
	} functions[] = {
		{ "cycle", 1, 1 }, { "count", 1, 1 },  { "beat", 1, 1 },  { "wave", 1, 1 },  { "triangle", 1, 1 },
		{ "saw", 1, 1 },   { "square", 1, 2 }, { "sin", 1, 1 },   { "cos", 1, 1 },   { "ease", 1, 1 },
		{ "min", 2, 4 },   { "max", 2, 4 },    { "abs", 1, 1 },   { "floor", 1, 1 }, { "frac", 1, 1 },
		{ "mod", 2, 2 },   { "sqrt", 1, 1 },   { "pow2", 1, 1 },  { "hash", 1, 2 },  { "noise", 1, 2 },
		{ "mix", 3, 3 },   { "smooth", 3, 3 }, { "clamp", 1, 1 }, { "clamp", 3, 3 },
	};
	int k = roll(t, (int)(sizeof(functions) / sizeof(functions[0])));
	int more = roll(t, functions[k].most - functions[k].least + 1);

	list(t, functions[k].name, functions[k].least + more, depth);
}

static void sum(struct text *t, int depth)
{
	int from = roll(t, 3), to = from + roll(t, 4);

	put(t, "sum(k%d, %d, %d, ", t->sums, from, to);
	t->sums++;
	number(t, depth);
	t->sums--;
	put(t, ")");
}

static void operator_of(struct text *t, int depth)
{
	static const char *const signs[] = { "+", "-", "*",  "/",  "+",  "-",  "*",   "/",
					     "<", ">", "<=", ">=", "==", "!=", "and", "or" };

	put(t, "(");
	number(t, depth);
	put(t, " %s ", signs[roll(t, 16)]);
	number(t, depth);
	put(t, ")");
}

static void choice(struct text *t, int depth, void (*side)(struct text *t, int depth))
{
	put(t, "(if ");
	number(t, depth);
	put(t, " then ");
	side(t, depth);
	put(t, " else ");
	side(t, depth);
	put(t, ")");
}

static void number(struct text *t, int depth)
{
	if (depth <= 0 || --t->budget < 0) {
		if (roll(t, 3))
			number_name(t);
		else
			literal(t);
		return;
	}
	switch (roll(t, 12)) {
	case 0:
		put(t, "-");
		number(t, depth - 1);
		break;
	case 1:
		put(t, "(not ");
		number(t, depth - 1);
		put(t, ")");
		break;
	case 2:
		choice(t, depth - 1, number);
		break;
	case 3:
		sum(t, depth - 2);
		break;
	case 4:
		if (t->defs)
			list(t, (const char *[]){ "f0", "f1" }[roll(t, t->defs)], 2, depth - 1);
		else
			number_name(t);
		break;
	case 5:
	case 6:
	case 7:
		function(t, depth - 1);
		break;
	default:
		operator_of(t, depth - 1);
	}
}

/* ---- colours ---- */

static void color_name(struct text *t)
{
	int of = roll(t, 5), names = 0;

	while (glow_color_name((size_t)names))
		names++;
	if (of == 0 && t->colors)
		put(t, "s%d", roll(t, t->colors));
	else if (of == 1 && t->shades)
		put(t, "c%d", roll(t, t->shades));
	else if (of == 2)
		put(t, "color");
	else if (of == 3)
		put(t, "#%06x", roll(t, 0x1000000));
	else
		put(t, "%s", glow_color_name((size_t)roll(t, names)));
}

static void palette(struct text *t, int depth)
{
	int n = 2 + roll(t, 6);

	put(t, "palette(");
	number(t, depth);
	for (int k = 0; k < n; k++) {
		put(t, ", ");
		color(t, 0);
	}
	put(t, ")");
}

static void color(struct text *t, int depth)
{
	if (depth <= 0 || --t->budget < 0) {
		color_name(t);
		return;
	}
	switch (roll(t, 8)) {
	case 0:
		palette(t, depth - 1);
		break;
	case 1:
		choice(t, depth - 1, color);
		break;
	case 2:
		list(t, "rgb", 3, depth - 1);
		break;
	case 3:
		put(t, "mix(");
		color(t, depth - 1);
		put(t, ", ");
		color(t, depth - 1);
		put(t, ", ");
		number(t, depth - 1);
		put(t, ")");
		break;
	case 4:
	case 5:
		put(t, "(");
		color(t, depth - 1);
		put(t, " %s ", (const char *[]){ "+", "-", "*", "/" }[roll(t, 4)]);
		number(t, depth - 1);
		put(t, ")");
		break;
	default:
		list(t, "hsv", 3, depth - 1);
	}
}

/* ---- statements ---- */

static void param(struct text *t)
{
	static const char *const units[] = { "", "s", "%", "ms" };
	int low = roll(t, 2000) - 1000, high = low + 1 + roll(t, 5000);

	switch (roll(t, 4)) {
	case 0:
		put(t, "param s%d = #%06x\n", t->colors++, roll(t, 0x1000000));
		break;
	case 1:
		put(t, "param p%d = %s \"a switch\"\n", t->params++, roll(t, 2) ? "on" : "off");
		break;
	default:
		put(t, "param p%d %d..%d = %d %s\n", t->params++, low, high, low, units[roll(t, 4)]);
	}
}

static void def(struct text *t)
{
	put(t, "def f%d(a, b) = ", t->defs);
	t->args = 1;
	number(t, 3);
	t->args = 0;
	put(t, "\n");
	t->defs++;
}

static void let(struct text *t)
{
	if (roll(t, 3)) {
		put(t, "let n%d = ", t->numbers);
		number(t, DEPTH);
		t->numbers++;
	} else {
		put(t, "let c%d = ", t->shades);
		color(t, DEPTH);
		t->shades++;
	}
	put(t, "\n");
}

size_t any_text(struct dice *d, char ret_text[GLOW_SCRIPT_MAX + 1])
{
	struct text t = { .d = d, .to = ret_text, .budget = 30 };

	for (int k = roll(&t, 4); k > 0; k--)
		param(&t);
	for (int k = roll(&t, 3); k > 0; k--)
		def(&t);
	for (int k = roll(&t, 4); k > 0; k--)
		let(&t);
	t.budget += 10;
	if (roll(&t, 8))
		color(&t, DEPTH);
	else
		number(&t, DEPTH);
	put(&t, "\n");
	return t.n;
}

/* ---- what is drawn ---- */

/* Times of every size: a few microseconds as well as thousands of years, before and after the start. */
static int64_t any_time_us(struct dice *d)
{
	int64_t limit_us = INT64_C(1) << (20 + dice_roll(d, 42));

	return dice_between(d, -limit_us, limit_us);
}

struct glow_moment any_moment(struct dice *d)
{
	struct glow_moment m = { .room = NULL };

	m.t_us = any_time_us(d);
	m.wall_us = any_time_us(d);
	m.seed = (uint32_t)dice_next(d);
	m.total = dice_roll(d, 24);
	m.total = 1 + dice_roll(d, 2u << m.total);
	m.color = glow_rgb_unpack((int32_t)dice_roll(d, 0x1000000));
	for (int k = 0; k < GLOW_METERS; k++)
		m.meter[k] = (uint16_t)dice_roll(d, 1001);
	m.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	if (dice_roll(d, 2))
		m.shape = (struct glow_shape){ GLOW_SHAPE_ROW, 1 + dice_roll(d, PIXELS) };
	m.boards = dice_roll(d, 6);
	m.board = m.boards ? dice_roll(d, m.boards) : 0;
	m.offset = dice_roll(d, m.total);
	return m;
}

static void any_words(struct dice *d, char ret_text[GLOW_TEXT_MAX + 1])
{
	uint32_t n = dice_roll(d, GLOW_TEXT_MAX + 1);

	for (uint32_t k = 0; k < n; k++)
		ret_text[k] = (char)(' ' + dice_roll(d, 95));
	ret_text[n] = '\0';
}

void any_params(struct dice *d, const struct glow_effect_desc *e, struct glow_params *ret_params)
{
	glow_params_default(e, ret_params);
	for (int k = 0; k < e->n_params; k++) {
		const struct glow_param_desc *row = &e->params[k];

		if (row->type == GLOW_PARAM_TEXT)
			any_words(d, ret_params->text);
		else
			ret_params->v[k] = (int32_t)dice_between(d, row->min, row->max);
	}
}

/* The pixels of a board, wherever on the strip it lies. */
uint32_t hash_effect(struct dice *d, const struct glow_effect_desc *e, int times, uint32_t hash)
{
	static struct glow_room room;
	struct glow_params p;

	any_params(d, e, &p);
	for (int k = 0; k < times; k++) {
		struct glow_moment m = any_moment(d);

		m.room = &room;
		glow_effect_begin(e, &p, &m);
		for (uint32_t i = 0; i < PIXELS; i++) {
			uint32_t at = e->program ? m.offset + i : i;
			struct glow_rgb c = e->render(&p, &m, at < m.total ? at : m.total - 1);

			hash = glow_fnv1a(hash, (uint8_t[]){ c.r, c.g, c.b }, 3);
		}
	}
	return hash;
}

uint32_t hash_text(struct dice *d, const char *text, size_t len, uint32_t hash, bool *ret_compiles)
{
	static struct glow_script_work *work;
	struct glow_script_mistake mistake;
	void *memory;
	size_t size;

	if (!work)
		work = malloc(glow_script_work_size());
	size = glow_script_compile(work, text, len, &mistake);
	*ret_compiles = size > 0;
	if (size == 0)
		return glow_fnv1a(hash, mistake.what, strlen(mistake.what));
	memory = malloc(size);
	hash = hash_effect(d, glow_script_effect(glow_script_store(work, "dice", memory)), 3, hash);
	free(memory);
	return hash;
}
