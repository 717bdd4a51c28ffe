/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Statements. There is no tree: what is read becomes values at once, and the body of a def is read again for each use.
 * Since a def sees only what stands above it, none can call itself. */

#include <string.h>

#include "compile.h"

/* ---- words ---- */

static const struct word *here(const struct glow_script_work *w)
{
	return &w->words[w->at];
}

static struct name *name_of(struct glow_script_work *w, uint32_t word)
{
	return &w->names[w->words[word].key];
}

/* ---- statements ---- */

static void end_of_line(struct glow_script_work *w)
{
	if (here(w)->kind == WORD_LINE)
		glow_script_next(w);
	else if (here(w)->kind != WORD_END)
		fail_at(w, w->at, "the line should end here, before %w", w->at);
}

static const char *const kinds[] = {
	"", "a word of the language", "an input", "a function", "the light's colour", "a name", "a def", "a colour"
};

/* A new name; what says where it stands. */
static struct name *new_name(struct glow_script_work *w, uint32_t word)
{
	struct name *name = name_of(w, word);

	if (w->words[word].kind != WORD_NAME) {
		fail_at(w, word, "here must be a name, not %w", word);
		return &w->names[0];
	}
	if (name->meaning == MEANS_VALUE || name->meaning == MEANS_DEF)
		fail_at(w, word, "%w has a meaning already, from line %d", word, name->line);
	else if (name->meaning == MEANS_COLOR)
		fail_at(w, word, "%w was a colour further up; take another name", word);
	else if (name->meaning != MEANS_NOTHING)
		fail_at(w, word, "%w is %s; take another name", word, kinds[name->meaning]);
	return name;
}

static uint16_t line_of(const struct glow_script_work *w, uint32_t word)
{
	uint16_t line = 1;

	for (size_t k = 0; k < w->words[word].at; k++)
		line += w->text[k] == '\n';
	return line;
}

static void mean(struct glow_script_work *w, struct name *name, uint32_t word, enum meaning meaning)
{
	if (w->failed)
		return;
	name->meaning = (uint8_t)meaning;
	name->line = line_of(w, word);
}

static void take_let(struct glow_script_work *w)
{
	uint32_t word = glow_script_next(w);
	struct name *name = new_name(w, word);

	glow_script_want(w, '=', "after the name");
	name->val = glow_script_expr(w);
	mean(w, name, word, MEANS_VALUE);
}

static void take_args(struct glow_script_work *w, struct def *def)
{
	do {
		uint32_t word = glow_script_next(w);

		new_name(w, word);
		for (uint8_t k = 0; k < def->n_args; k++)
			if (def->args[k] == w->words[word].key)
				fail_at(w, word, "%w is there twice", word);
		if (def->n_args == ARGS_MAX)
			fail_at(w, word, "a def takes at most %d numbers or colours", ARGS_MAX);
		else
			def->args[def->n_args++] = w->words[word].key;
	} while (glow_script_take(w, ','));
}

static void take_def(struct glow_script_work *w)
{
	uint32_t word = glow_script_next(w);
	struct name *name = new_name(w, word);
	struct def *def = &w->defs[w->n_defs];

	if (w->n_defs == DEFS_MAX) {
		fail_at(w, word, "a text has at most %d defs", DEFS_MAX);
		return;
	}
	*def = (struct def){ 0 };
	glow_script_want(w, '(', "after the name");
	take_args(w, def);
	glow_script_want(w, ')', "after the names");
	glow_script_want(w, '=', "after the brackets");
	def->body = (uint16_t)w->at;
	/* Read once with numbers, which may stand wherever a colour may: so a mistake is told also where nobody calls
	 * it. */
	w->frame = ++w->frames;
	for (uint8_t k = 0; k < def->n_args; k++) {
		w->names[def->args[k]].frame = w->frame;
		w->names[def->args[k]].local = glow_script_val(glow_script_emit_read(w, OP_READ, INPUT_x, 0));
	}
	glow_script_expr(w);
	w->frame = FRAME_TEXT;
	name->key = (uint16_t)w->n_defs++;
	mean(w, name, word, MEANS_DEF);
}

/* ---- parameters ---- */

/* A whole number, which may be below 0, in a row of a parameter. */
static int32_t whole(struct glow_script_work *w)
{
	bool negative = glow_script_take(w, '-');
	uint32_t word = glow_script_next(w);
	int32_t v = w->words[word].whole;

	if (w->words[word].kind != WORD_NUMBER || v < 0) {
		fail_at(w, word, "here must be a whole number, not %w", word);
		return 0;
	}
	return negative ? -v : v;
}

static void copy(struct glow_script_work *w, uint32_t word, char *ret_text)
{
	memcpy(ret_text, w->text + w->words[word].at, w->words[word].len);
	ret_text[w->words[word].len] = '\0';
}

/* "ms" and "%" say what a number stands for in the text as well; other units are only shown. */
static enum glow_script_part take_unit(struct glow_script_work *w, char *ret_unit)
{
	uint32_t word = w->at;

	ret_unit[0] = '\0';
	if (w->words[word].kind != WORD_NAME && !glow_script_is(w, w->at, '%'))
		return PART_WHOLE;
	glow_script_next(w);
	if (w->words[word].len >= GLOW_SCRIPT_UNIT_SIZE) {
		fail_at(w, word, "a unit has at most %d letters, as s, ms or %%", GLOW_SCRIPT_UNIT_SIZE - 1);
		return PART_WHOLE;
	}
	copy(w, word, ret_unit);
	return strcmp(ret_unit, "%") == 0 ? PART_PERCENT : strcmp(ret_unit, "ms") == 0 ? PART_MS : PART_WHOLE;
}

static void check_range(struct glow_script_work *w, const struct glow_param_desc *row, enum glow_script_part part,
			uint32_t word)
{
	int32_t most = 32767 * (part == PART_PERCENT ? 100 : part == PART_MS ? 1000 : 1);

	if (row->min >= row->max)
		fail_at(w, word, "the range must rise, as 2..60; got %d..%d", row->min, row->max);
	else if (row->def < row->min || row->def > row->max)
		fail_at(w, word, "the default must lie in %d..%d, got %d", row->min, row->max, row->def);
	else if (row->min < -most || row->max > most)
		fail_at(w, word, "the range must lie in %d..%d with this unit", -most, most);
}

static struct val take_range(struct glow_script_work *w, uint16_t k, struct glow_param_desc *row)
{
	uint32_t word = w->at;
	enum glow_script_part part;

	row->type = GLOW_PARAM_INT;
	row->min = whole(w);
	if (!glow_script_take(w, SIGN_TO))
		fail_at(w, w->at, "a range is as 2..60, and here is %w", w->at);
	row->max = whole(w);
	glow_script_want(w, '=', "before the default");
	row->def = whole(w);
	part = take_unit(w, w->texts[k].unit);
	check_range(w, row, part, word);
	return glow_script_val(glow_script_emit_read(w, OP_PARAM, k, (uint16_t)part));
}

static struct val take_switch(struct glow_script_work *w, uint16_t k, struct glow_param_desc *row)
{
	row->type = GLOW_PARAM_BOOL;
	row->max = 1;
	row->def = glow_script_is_key(w, w->at, KEY_ON);
	glow_script_next(w);
	return glow_script_val(glow_script_emit_read(w, OP_PARAM, k, PART_WHOLE));
}

static struct val take_color(struct glow_script_work *w, uint16_t k, struct glow_param_desc *row)
{
	uint32_t word = glow_script_next(w);
	struct val v = { true, { 0 } };
	struct glow_rgb c;

	row->type = GLOW_PARAM_COLOR;
	row->max = 0xffffff;
	row->def = w->words[word].number;
	if (w->words[word].kind == WORD_NAME && glow_color_parse(w->text + w->words[word].at, w->words[word].len, &c))
		row->def = glow_rgb_pack(c);
	else if (w->words[word].kind != WORD_COLOR)
		fail_at(w, word,
			"the default must be a colour, on or off, not %w; a number needs its range: "
			"param speed 1..10 = 5",
			word);
	for (uint16_t part = 0; part < 3; part++)
		v.v[part] = glow_script_emit_read(w, OP_PARAM, k, (uint16_t)(PART_RED + part));
	return v;
}

static void take_explanation(struct glow_script_work *w, struct glow_script_row_text *text)
{
	memcpy(text->what, text->name, sizeof(text->name));
	if (here(w)->kind != WORD_TEXT)
		return;
	if (here(w)->len > 0)
		copy(w, w->at, text->what);
	glow_script_next(w);
}

static bool is_row_name(const char *name)
{
	for (; *name; name++)
		if (*name >= 'A' && *name <= 'Z')
			return false;
	return true;
}

static void take_param(struct glow_script_work *w)
{
	uint16_t k = (uint16_t)w->n_rows;
	uint32_t word = glow_script_next(w);
	struct name *name = new_name(w, word);

	if (k == GLOW_PARAMS_MAX)
		fail_at(w, word, "an effect has at most %d parameters", GLOW_PARAMS_MAX);
	if (w->failed)
		return;
	w->rows[k] = (struct glow_param_desc){ .unit = "" };
	copy(w, word, w->texts[k].name);
	w->texts[k].unit[0] = '\0';
	if (!is_row_name(w->texts[k].name))
		fail_at(w, word, "a parameter has small letters only, not %w", word);
	w->n_rows++;
	if (!glow_script_take(w, '='))
		name->val = take_range(w, k, &w->rows[k]);
	else
		name->val = glow_script_is_key(w, w->at, KEY_ON) || glow_script_is_key(w, w->at, KEY_OFF)
				    ? take_switch(w, k, &w->rows[k])
				    : take_color(w, k, &w->rows[k]);
	take_explanation(w, &w->texts[k]);
	mean(w, name, word, MEANS_VALUE);
}

/* ---- the text ---- */

static bool statement(struct glow_script_work *w)
{
	if (glow_script_take_key(w, KEY_PARAM))
		take_param(w);
	else if (glow_script_take_key(w, KEY_LET))
		take_let(w);
	else if (glow_script_take_key(w, KEY_DEF))
		take_def(w);
	else
		return false;
	end_of_line(w);
	return true;
}

struct val glow_script_parse(struct glow_script_work *w)
{
	struct val v;

	w->frame = w->frames = FRAME_TEXT;
	while (statement(w))
		;
	if (here(w)->kind == WORD_END)
		fail_at(w, w->at, "the last line must be the colour of the pixel, as in hsv(x, 1, 1)");
	w->last_line = w->at;
	v = glow_script_expr(w);
	if (here(w)->kind == WORD_LINE)
		glow_script_next(w);
	if (here(w)->kind != WORD_END)
		fail_at(w, w->at, "the colour of the pixel must be the last line, and %w comes after it", w->at);
	return v;
}
