/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Functions, defs and sums. Most functions are one step; the others are written out in steps of their own. */

#include <string.h>

#include "compile.h"
#include "fix.h"

#define SUM_MAX   256
#define CALL_READ 3 /* what writing out a def takes besides reading it, in words */

/* How a function takes what it is given. */
enum way {
	WAY_STEP, /* numbers, one step */
	WAY_EACH, /* numbers or colours, channel by channel */
	WAY_MANY, /* the same of two to eight, step by step */
	WAY_OWN,  /* `own` does it */
	WAY_SUM,
};

struct given {
	uint32_t n;
	struct val v[ARGS_MAX];
};

struct function {
	const char *name;
	uint8_t least, most, way, op;
	struct val (*own)(struct glow_script_work *w, const struct given *g);
};

/* ---- functions of several steps ---- */

static uint16_t number(struct glow_script_work *w, int32_t v)
{
	return glow_script_number(w, v);
}

static uint16_t two(struct glow_script_work *w, enum glow_script_op op, uint16_t a, uint16_t b)
{
	return glow_script_emit(w, op, a, b, a);
}

static uint16_t one(struct glow_script_work *w, enum glow_script_op op, uint16_t a)
{
	return glow_script_emit(w, op, a, a, a);
}

static struct val clamp(struct glow_script_work *w, const struct given *g)
{
	struct val v = g->v[0];

	if (g->n == 1)
		return glow_script_each(w, OP_UNIT, v, v, v);
	v = glow_script_each(w, OP_MAX, v, g->v[1], v);
	return glow_script_each(w, OP_MIN, v, g->v[2], v);
}

static struct val square(struct glow_script_work *w, const struct given *g)
{
	uint16_t part = g->n == 1 ? number(w, FIX_ONE / 2) : g->v[1].v[0];

	return glow_script_val(two(w, OP_LESS, one(w, OP_FRAC, g->v[0].v[0]), part));
}

static struct val smooth(struct glow_script_work *w, const struct given *g)
{
	uint16_t from = g->v[0].v[0], to = g->v[1].v[0], x = g->v[2].v[0];

	return glow_script_val(one(w, OP_EASE, two(w, OP_DIV, two(w, OP_SUB, x, from), two(w, OP_SUB, to, from))));
}

static struct val hash(struct glow_script_work *w, const struct given *g)
{
	return glow_script_val(two(w, OP_HASH, g->v[0].v[0], g->n == 1 ? w->zero : g->v[1].v[0]));
}

static struct val noise(struct glow_script_work *w, const struct given *g)
{
	return glow_script_val(g->n == 1 ? one(w, OP_NOISE, g->v[0].v[0])
					 : two(w, OP_NOISE2, g->v[0].v[0], g->v[1].v[0]));
}

static struct val cycle(struct glow_script_work *w, const struct given *g)
{
	return glow_script_val(one(w, OP_FRAC, one(w, OP_COUNT, g->v[0].v[0])));
}

static struct val rgb(struct glow_script_work *w, const struct given *g)
{
	(void)w;
	return (struct val){ true, { g->v[0].v[0], g->v[1].v[0], g->v[2].v[0] } };
}

/* White, from which saturation takes what the hue lacks, as bright as the value. */
static struct val hsv(struct glow_script_work *w, const struct given *g)
{
	const int32_t third = FIX_ONE / 3;
	uint16_t hue = g->v[0].v[0], white = number(w, FIX_ONE);
	uint16_t bright = one(w, OP_UNIT, g->v[2].v[0]);
	struct val v = { true, { 0 } };

	for (int k = 0; k < 3; k++) {
		uint16_t turned = two(w, OP_SUB, hue, number(w, k == 2 ? 2 * third + 1 : k * third));
		uint16_t pure = one(w, OP_HUE, turned);

		v.v[k] = two(w, OP_MUL, glow_script_emit(w, OP_MIX, white, pure, g->v[1].v[0]), bright);
	}
	return v;
}

/* Colours at equal distances from 0 to 1, and between two a mixture. */
static struct val palette(struct glow_script_work *w, const struct given *g)
{
	uint32_t n = g->n - 1;
	uint16_t place = two(w, OP_MUL, one(w, OP_UNIT, g->v[0].v[0]), number(w, (int32_t)(n - 1) * FIX_ONE));
	struct val v = g->v[1];

	for (uint32_t k = 1; k < n; k++) {
		uint16_t part = two(w, OP_SUB, place, number(w, (int32_t)(k - 1) * FIX_ONE));

		v = glow_script_each(w, OP_MIX, v, g->v[k + 1], glow_script_val(part));
	}
	v.color = true;
	return v;
}

/* In the order of the documentation. */
static const struct function functions[] = {
	{ "cycle", 1, 1, WAY_OWN, 0, cycle },
	{ "count", 1, 1, WAY_STEP, OP_COUNT, NULL },
	{ "beat", 1, 1, WAY_STEP, OP_BEAT, NULL },
	{ "wave", 1, 1, WAY_STEP, OP_WAVE, NULL },
	{ "triangle", 1, 1, WAY_STEP, OP_TRIANGLE, NULL },
	{ "square", 1, 2, WAY_OWN, 0, square },
	{ "saw", 1, 1, WAY_STEP, OP_FRAC, NULL },
	{ "sin", 1, 1, WAY_STEP, OP_SIN, NULL },
	{ "cos", 1, 1, WAY_STEP, OP_COS, NULL },
	{ "ease", 1, 1, WAY_STEP, OP_EASE, NULL },
	{ "smooth", 3, 3, WAY_OWN, 0, smooth },
	{ "min", 2, ARGS_MAX, WAY_MANY, OP_MIN, NULL },
	{ "max", 2, ARGS_MAX, WAY_MANY, OP_MAX, NULL },
	{ "clamp", 1, 3, WAY_OWN, 1, clamp },
	{ "abs", 1, 1, WAY_STEP, OP_ABS, NULL },
	{ "floor", 1, 1, WAY_STEP, OP_FLOOR, NULL },
	{ "frac", 1, 1, WAY_STEP, OP_FRAC, NULL },
	{ "mod", 2, 2, WAY_STEP, OP_MOD, NULL },
	{ "sqrt", 1, 1, WAY_STEP, OP_SQRT, NULL },
	{ "pow2", 1, 1, WAY_STEP, OP_POW2, NULL },
	{ "hash", 1, 2, WAY_OWN, 0, hash },
	{ "noise", 1, 2, WAY_OWN, 0, noise },
	{ "sum", 4, 4, WAY_SUM, 0, NULL },
	{ "rgb", 3, 3, WAY_OWN, 0, rgb },
	{ "hsv", 3, 3, WAY_OWN, 0, hsv },
	{ "mix", 3, 3, WAY_EACH, OP_MIX, NULL },
	{ "palette", 3, ARGS_MAX, WAY_OWN, 1, palette },
};
#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

const char *glow_script_function(size_t k)
{
	return k < FUNCTIONS ? functions[k].name : NULL;
}

/* ---- calls ---- */

/* Which of them may be colours: all where the function goes channel by channel. */
static bool takes_color(const struct function *f, uint32_t k)
{
	if (f->way == WAY_EACH)
		return k < 2; /* mix: the part is a number */
	if (f->own == palette)
		return k > 0;
	return f->way == WAY_MANY || f->own == clamp;
}

static void check_count(struct glow_script_work *w, uint32_t word, uint32_t n, uint32_t least, uint32_t most)
{
	if (n >= least && n <= most)
		return;
	if (least == most)
		fail_at(w, word, "%w takes %d argument%s, and here %s %d", word, (int)least, least == 1 ? "" : "s",
			n == 1 ? "is" : "are", (int)n);
	else
		fail_at(w, word, "%w takes %d to %d arguments, and here %s %d", word, (int)least, (int)most,
			n == 1 ? "is" : "are", (int)n);
}

/* The arguments up to the closing bracket; the opening one was taken. */
static void take_args(struct glow_script_work *w, uint32_t word, const struct function *f, struct given *ret_given)
{
	ret_given->n = 0;
	do {
		uint32_t at = w->at;
		struct val v = glow_script_expr(w);

		if (ret_given->n < ARGS_MAX)
			ret_given->v[ret_given->n] = v;
		if (f && v.color && !takes_color(f, ret_given->n))
			fail_at(w, at, "%w takes numbers here, and this is a colour", word);
		ret_given->n++;
	} while (glow_script_take(w, ','));
	glow_script_want(w, ')', "after the arguments");
}

static struct val step(struct glow_script_work *w, const struct function *f, const struct given *g)
{
	enum glow_script_op op = (enum glow_script_op)f->op;
	struct val v = g->v[0];

	switch ((enum way)f->way) {
	case WAY_STEP:
		return glow_script_val(glow_script_emit(w, op, v.v[0], g->v[g->n > 1].v[0], v.v[0]));
	case WAY_EACH:
		return glow_script_each(w, op, v, g->v[1], g->v[2]);
	case WAY_MANY:
		for (uint32_t k = 1; k < g->n; k++)
			v = glow_script_each(w, op, v, g->v[k], v);
		return v;
	default:
		return f->own(w, g);
	}
}

/* ---- sums ---- */

static int32_t bound(struct glow_script_work *w)
{
	uint32_t at = w->at;
	struct val v = glow_script_expr(w);
	int32_t n;

	if (!glow_script_is_const(w, v, &n) || fix_frac(n) != 0) {
		fail_at(w, at, "a sum counts between whole numbers that do not change, as in sum(k, 0, 7, …)");
		return 0;
	}
	glow_script_want(w, ',', "after the number");
	return n / FIX_ONE;
}

/* The body is read once for each number, with another value for the name. */
static struct val add_up(struct glow_script_work *w, struct name *name, int32_t from, int32_t to)
{
	struct val sum = glow_script_val(w->zero);
	uint32_t body = w->at;

	for (int32_t k = from; k <= to && !w->failed; k++) {
		struct val v;

		w->at = body;
		name->local = glow_script_val(number(w, k * FIX_ONE));
		v = glow_script_expr(w);
		sum = glow_script_each(w, OP_ADD, sum, v, v);
	}
	return sum;
}

static struct val take_sum(struct glow_script_work *w, uint32_t word)
{
	uint32_t at = glow_script_next(w), outer;
	struct name *name = &w->names[w->words[at].key];
	struct val v = glow_script_val(0);
	int32_t from, to;

	if (w->words[at].kind != WORD_NAME || name->meaning != MEANS_NOTHING || name->frame == w->frame)
		fail_at(w, at, "a sum counts with a name of its own, as in sum(k, 0, 7, …), and %w is none", at);
	glow_script_want(w, ',', "after the name");
	from = bound(w);
	to = bound(w);
	if (to < from || to - from >= SUM_MAX)
		fail_at(w, word, "a sum counts upwards, at most %d numbers; got %d to %d", SUM_MAX, from, to);
	if (w->failed)
		return v;
	outer = name->frame;
	name->frame = w->frame;
	v = add_up(w, name, from, to);
	name->frame = outer;
	glow_script_want(w, ')', "after what is added up");
	return v;
}

struct val glow_script_call(struct glow_script_work *w, uint32_t word)
{
	const struct function *f = &functions[w->names[w->words[word].key].key];
	struct val none = glow_script_val(w->zero);
	struct given given;

	if (!glow_script_take(w, '(')) {
		fail_at(w, word, "%w is a function, and needs brackets", word);
		return none;
	}
	if (f->way == WAY_SUM)
		return take_sum(w, word);
	take_args(w, word, f, &given);
	check_count(w, word, given.n, f->least, f->most);
	if (f->own == clamp && given.n == 2)
		fail_at(w, word, "clamp takes 1 or 3 arguments, and here are 2");
	return w->failed ? none : step(w, f, &given);
}

/* ---- defs ---- */

/* The body is read with the arguments in place of their names, and nothing of whoever calls. */
static struct val write_out(struct glow_script_work *w, const struct def *def, const struct given *g)
{
	uint32_t back = w->at, frame = w->frame, frames[ARGS_MAX];
	struct val locals[ARGS_MAX], v;

	w->read += CALL_READ;
	w->frame = ++w->frames;
	for (uint32_t k = 0; k < def->n_args; k++) {
		struct name *name = &w->names[def->args[k]];

		frames[k] = name->frame;
		locals[k] = name->local;
		name->frame = w->frame;
		name->local = g->v[k];
	}
	w->at = def->body;
	v = glow_script_expr(w);
	for (uint32_t k = 0; k < def->n_args; k++) {
		w->names[def->args[k]].frame = frames[k];
		w->names[def->args[k]].local = locals[k];
	}
	w->frame = frame;
	if (!w->failed)
		w->at = back;
	return v;
}

struct val glow_script_call_def(struct glow_script_work *w, uint32_t word)
{
	const struct def *def = &w->defs[w->names[w->words[word].key].key];
	struct given given;

	if (!glow_script_take(w, '(')) {
		fail_at(w, word, "%w is a def, and needs brackets", word);
		return glow_script_val(w->zero);
	}
	take_args(w, word, NULL, &given);
	check_count(w, word, given.n, def->n_args, def->n_args);
	return w->failed ? glow_script_val(w->zero) : write_out(w, def, &given);
}
