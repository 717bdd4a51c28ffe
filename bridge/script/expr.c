/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Expressions: each is read straight into values. */

#include <string.h>

#include <glow/nearest.h>

#include "compile.h"

/* ---- words ---- */

static bool is(const struct glow_script_work *w, unsigned sign)
{
	return glow_script_is(w, w->at, sign);
}

static bool is_key(const struct glow_script_work *w, enum keyword key)
{
	return glow_script_is_key(w, w->at, key);
}

bool glow_script_is_too_long(struct glow_script_work *w, size_t at)
{
	if (++w->read > READ_MAX)
		glow_script_fail(w, at, "the text takes too long, with every def and sum written out");
	return w->failed;
}

uint32_t glow_script_next(struct glow_script_work *w)
{
	uint32_t word = w->at;

	glow_script_is_too_long(w, w->words[word].at);
	if (w->failed)
		w->at = w->n_words;
	else if (w->at < w->n_words)
		w->at++;
	return word;
}

bool glow_script_take_key(struct glow_script_work *w, enum keyword key)
{
	bool there = is_key(w, key);

	if (there)
		glow_script_next(w);
	return there;
}

bool glow_script_take(struct glow_script_work *w, unsigned sign)
{
	bool there = is(w, sign);

	if (there)
		glow_script_next(w);
	return there;
}

void glow_script_want(struct glow_script_work *w, unsigned sign, const char *where)
{
	char text[2] = { (char)sign, '\0' };

	if (!glow_script_take(w, sign))
		fail_at(w, w->at, "\"%s\" is missing %s; here is %w", text, where, w->at);
}

static struct name *name_of(struct glow_script_work *w, uint32_t word)
{
	return &w->names[w->words[word].key];
}

/* ---- names that mean nothing ---- */

/* All names that could be meant: of the language, of the text, and colours. */
static const char *known(void *ctx, size_t k)
{
	const struct glow_script_work *w = ctx;

	if (k < KEYS)
		return glow_script_keywords[k];
	if ((k -= KEYS) < INPUTS)
		return glow_script_inputs[k].name;
	k -= INPUTS;
	for (size_t f = 0; glow_script_function(f); f++)
		if (k-- == 0)
			return glow_script_function(f);
	if (k < w->n_names)
		return w->names[k].meaning == MEANS_NOTHING ? "" : w->pool + w->names[k].at;
	k -= w->n_names;
	return k == 0 ? "color" : glow_color_name(k - 1);
}

/* The word from which on a name means something, or 0: none is the first. */
static uint32_t meant_at(const struct glow_script_work *w, uint32_t word)
{
	for (uint32_t k = 1; k < w->n_words; k++)
		if (w->words[k].kind == WORD_NAME && w->words[k].key == w->words[word].key &&
		    (glow_script_is_key(w, k - 1, KEY_LET) || glow_script_is_key(w, k - 1, KEY_DEF) ||
		     glow_script_is_key(w, k - 1, KEY_PARAM)))
			return k;
	return 0;
}

static void unknown(struct glow_script_work *w, uint32_t word)
{
	uint32_t later = meant_at(w, word);

	if (w->failed)
		return;
	if (later && w->words[later].at < w->words[word].at)
		fail_at(w, word, "%w cannot stand for itself: a name can be used in the lines after its own", word);
	else if (later)
		fail_at(w, word, "%w gets its meaning in a line further down, and must get it above", word);
	else
		fail_at(w, word, "there is no %w", word);
	if (!later)
		glow_script_meant(w->mistake, glow_nearest(w->pool + name_of(w, word)->at, known, w));
}

/* ---- expressions ---- */

static struct val nothing(const struct glow_script_work *w)
{
	return glow_script_val(w->zero);
}

static bool holds(const struct glow_script_work *w, const struct name *name)
{
	return name->frame == w->frame;
}

static bool is_color(struct glow_script_work *w, struct name *name)
{
	const char *text = w->pool + name->at;
	struct glow_rgb color;

	if (name->meaning == MEANS_NOTHING && !name->looked && glow_color_parse(text, strlen(text), &color)) {
		name->meaning = MEANS_COLOR;
		name->val = glow_script_color(w, glow_rgb_pack(color));
	}
	name->looked = true;
	return name->meaning == MEANS_COLOR;
}

/* The light's colour is a parameter that is there as soon as a text reads it. */
static struct val light(struct glow_script_work *w, uint32_t word)
{
	static const struct glow_param_desc row = GLOW_PARAM_LIGHT_COLOR;
	struct val v = { true, { 0 } };

	if (w->light < 0 && w->n_rows == GLOW_PARAMS_MAX) {
		fail_at(w, word,
			"an effect has at most %d parameters, with the light's color, which is one too many here",
			GLOW_PARAMS_MAX);
		return nothing(w);
	}
	if (w->light < 0) {
		w->light = (int)w->n_rows;
		w->rows[w->n_rows++] = row;
	}
	for (uint16_t k = 0; k < 3; k++)
		v.v[k] = glow_script_emit_read(w, OP_PARAM, (uint16_t)w->light, (uint16_t)(PART_RED + k));
	return v;
}

static struct val read_name(struct glow_script_work *w, uint32_t word)
{
	struct name *name = name_of(w, word);

	if (holds(w, name))
		return name->local;
	if (is_color(w, name) || name->meaning == MEANS_VALUE)
		return name->val;
	switch ((enum meaning)name->meaning) {
	case MEANS_INPUT:
		return glow_script_val(glow_script_emit_read(w, OP_READ, name->key, 0));
	case MEANS_LIGHT:
		return light(w, word);
	case MEANS_FUNCTION:
		return glow_script_call(w, word);
	case MEANS_DEF:
		return glow_script_call_def(w, word);
	case MEANS_KEYWORD:
		fail_at(w, word, "here must be a number or a colour, not %w", word);
		break;
	default:
		unknown(w, word);
	}
	return nothing(w);
}

static struct val primary(struct glow_script_work *w)
{
	uint32_t word = glow_script_next(w);
	struct val v;

	switch (w->words[word].kind) {
	case WORD_NUMBER:
		if (w->words[word].number < 0)
			fail_at(w, word, "numbers reach 32767, got %w", word);
		return glow_script_val(glow_script_number(w, w->words[word].number));
	case WORD_COLOR:
		return glow_script_color(w, w->words[word].number);
	case WORD_NAME:
		return read_name(w, word);
	default:
		break;
	}
	if (!glow_script_is(w, word, '(')) {
		fail_at(w, word, "here must be a number or a colour, not %w", word);
		return nothing(w);
	}
	v = glow_script_expr(w);
	glow_script_want(w, ')', "after what is in brackets");
	return v;
}

static bool deeper(struct glow_script_work *w)
{
	if (++w->depth > DEPTH_MAX)
		fail_at(w, w->at, "this is nested deeper than %d", DEPTH_MAX);
	return !w->failed;
}

static struct val unary(struct glow_script_work *w)
{
	struct val v = nothing(w);

	if (deeper(w)) {
		if (glow_script_take(w, '-'))
			v = glow_script_each(w, OP_SUB, v, unary(w), v);
		else
			v = primary(w);
	}
	w->depth--;
	return v;
}

/* What binds tighter stands further down. `swap`: b is compared with a; `not`: the answer turned round. */
static const struct binary {
	uint8_t level, sign, op;
	bool swap, not ;
} binaries[] = {
	{ 3, '<', OP_LESS, false, false },
	{ 3, '>', OP_LESS, true, false },
	{ 3, SIGN_AT_MOST, OP_AT_MOST, false, false },
	{ 3, SIGN_AT_LEAST, OP_AT_MOST, true, false },
	{ 3, SIGN_EQUAL, OP_EQUAL, false, false },
	{ 3, SIGN_UNEQUAL, OP_EQUAL, false, true },
	{ 4, '+', OP_ADD, false, false },
	{ 4, '-', OP_SUB, false, false },
	{ 5, '*', OP_MUL, false, false },
	{ 5, '/', OP_DIV, false, false },
};
enum { LEVEL_OR = 0, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_UNARY };

static const struct binary *binary_here(const struct glow_script_work *w, int level)
{
	if (w->words[w->at].kind != WORD_SIGN)
		return NULL;
	for (size_t k = 0; k < sizeof(binaries) / sizeof(binaries[0]); k++)
		if (binaries[k].level == level && is(w, binaries[k].sign))
			return &binaries[k];
	return NULL;
}

/* Says so where a colour stands for a truth or is compared. */
static bool numbers(struct glow_script_work *w, uint32_t word, struct val a, struct val b)
{
	if (a.color || b.color)
		fail_at(w, word, "%w takes numbers, and one side of it is a colour", word);
	return !w->failed;
}

static struct val combine(struct glow_script_work *w, const struct binary *how, struct val a, struct val b,
			  uint32_t word)
{
	struct val v;

	if (how->level == LEVEL_COMPARE && !numbers(w, word, a, b))
		return nothing(w);
	v = how->swap ? glow_script_each(w, (enum glow_script_op)how->op, b, a, a)
		      : glow_script_each(w, (enum glow_script_op)how->op, a, b, a);
	return how->not ? glow_script_each(w, OP_NOT, v, v, v) : v;
}

static struct val level(struct glow_script_work *w, int at);

static struct val words_level(struct glow_script_work *w, enum keyword key, enum glow_script_op op, int below)
{
	struct val v = level(w, below);

	while (is_key(w, key)) {
		uint32_t word = glow_script_next(w);
		struct val b = level(w, below);

		v = numbers(w, word, v, b) ? glow_script_each(w, op, v, b, v) : nothing(w);
	}
	return v;
}

static struct val not_level(struct glow_script_work *w)
{
	uint32_t word = w->at;
	struct val v = nothing(w);

	if (!is_key(w, KEY_NOT))
		return level(w, LEVEL_COMPARE);
	if (deeper(w)) {
		glow_script_next(w);
		v = not_level(w);
		v = numbers(w, word, v, v) ? glow_script_each(w, OP_NOT, v, v, v) : nothing(w);
	}
	w->depth--;
	return v;
}

static struct val level(struct glow_script_work *w, int at)
{
	const struct binary *how;
	struct val v;

	if (at == LEVEL_OR)
		return words_level(w, KEY_OR, OP_OR, LEVEL_AND);
	if (at == LEVEL_AND)
		return words_level(w, KEY_AND, OP_AND, LEVEL_NOT);
	if (at == LEVEL_NOT)
		return not_level(w);
	if (at == LEVEL_UNARY)
		return unary(w);
	v = level(w, at + 1);
	while ((how = binary_here(w, at))) {
		uint32_t word = glow_script_next(w);

		v = combine(w, how, v, level(w, at + 1), word);
		if (at == LEVEL_COMPARE && binary_here(w, at))
			fail_at(w, w->at, "only two can be compared; write a < b and b < c");
	}
	return v;
}

static void want_key(struct glow_script_work *w, enum keyword key)
{
	if (!glow_script_take_key(w, key))
		fail_at(w, w->at, "here must be \"%s\", not %w; it is: if … then … else …", glow_script_keywords[key],
			w->at);
}

/* Both sides are worked out, and one is taken: a pixel costs the same whatever it shows. */
static struct val choice(struct glow_script_work *w)
{
	uint32_t word = glow_script_next(w);
	struct val condition, yes, no;

	if (!deeper(w))
		return nothing(w);
	condition = glow_script_expr(w);
	numbers(w, word, condition, condition);
	want_key(w, KEY_THEN);
	yes = glow_script_expr(w);
	want_key(w, KEY_ELSE);
	no = glow_script_expr(w);
	w->depth--;
	return w->failed ? nothing(w) : glow_script_each(w, OP_IF, condition, yes, no);
}

struct val glow_script_expr(struct glow_script_work *w)
{
	return is_key(w, KEY_IF) ? choice(w) : level(w, LEVEL_OR);
}
