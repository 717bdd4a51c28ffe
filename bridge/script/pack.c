/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Values to steps. What the colour does not need is left out; what does not depend on the pixel comes first, to be
 * taken once a frame. Registers are given away again behind the last step that reads them. */

#include <string.h>

#include "compile.h"

#define FOR_EVER UINT16_MAX

/* Operands come before what they are for, so one pass backwards finds all that counts. */
static void find_live(struct glow_script_work *w)
{
	for (int k = 0; k < 3; k++)
		w->live[w->out[k]] = true;
	for (uint32_t v = w->n_values; v-- > 0;) {
		const struct value *value = &w->values[v];
		uint8_t n = value->op == OPS ? 0 : glow_script_ops[value->op].operands;

		if (!w->live[v])
			continue;
		if (n > 0)
			w->live[value->a] = true;
		if (n > 1)
			w->live[value->b] = true;
		if (n > 2)
			w->live[value->c] = true;
	}
}

/* What the effect is like: how often it changes, and which meters it shows. */
static void note_input(struct glow_script_work *w, const struct value *v)
{
	uint8_t pace = GLOW_STILL;

	if (v->op == OP_COUNT || v->op == OP_BEAT)
		pace = GLOW_ANIMATED;
	if (v->op == OP_READ) {
		pace = glow_script_inputs[v->a].pace;
		if (v->a >= INPUT_cpu)
			w->meters |= (uint8_t)(1u << (v->a - INPUT_cpu));
		if (v->a == INPUT_bar)
			w->levels = true;
	}
	if (pace > w->pace)
		w->pace = (enum glow_pace)pace;
}

static void count_cost(struct glow_script_work *w)
{
	for (uint32_t k = 0; k < w->n_values; k++) {
		const struct value *v = &w->values[k];

		if (!w->live[k] || v->op == OPS)
			continue;
		note_input(w, v);
		if (v->when == WHEN_PIXEL)
			w->cost.pixel += glow_script_ops[v->op].cost;
		else
			w->cost.frame += glow_script_ops[v->op].cost;
	}
	if (w->cost.pixel > GLOW_SCRIPT_STEPS_MAX)
		fail_at(w, w->last_line, "the text takes %d steps for each pixel, at most %d", (int)w->cost.pixel,
			GLOW_SCRIPT_STEPS_MAX);
	if (w->cost.frame > GLOW_SCRIPT_STEPS_MAX)
		fail_at(w, w->last_line, "the text takes %d steps for each frame, at most %d", (int)w->cost.frame,
			GLOW_SCRIPT_STEPS_MAX);
}

/* ---- registers ---- */

static void use(struct glow_script_work *w, uint16_t v, uint16_t step, bool pixel)
{
	if (pixel && w->values[v].when != WHEN_PIXEL)
		w->last[v] = FOR_EVER; /* the next pixel reads it too */
	else if (w->last[v] != FOR_EVER)
		w->last[v] = step;
}

/* For each value the last step, from 1, that reads it. */
static void find_last(struct glow_script_work *w, enum glow_script_when when, uint16_t *step)
{
	for (uint32_t k = 0; k < w->n_values; k++) {
		const struct value *v = &w->values[k];
		uint8_t n = v->op == OPS ? 0 : glow_script_ops[v->op].operands;

		if (!w->live[k] || v->op == OPS || v->when != when)
			continue;
		(*step)++;
		if (n > 0)
			use(w, v->a, *step, when == WHEN_PIXEL);
		if (n > 1)
			use(w, v->b, *step, when == WHEN_PIXEL);
		if (n > 2)
			use(w, v->c, *step, when == WHEN_PIXEL);
	}
}

/* Registers that are free, the last that became so on top. */
struct registers {
	uint16_t free[GLOW_ROOM_MAX], n_free;
	uint16_t used;
};

static uint16_t get(struct glow_script_work *w, struct registers *r)
{
	if (r->n_free > 0)
		return r->free[--r->n_free];
	if (r->used < GLOW_ROOM_MAX)
		return r->used++;
	fail_at(w, w->last_line, "the text has more than %d numbers at once in hand", GLOW_ROOM_MAX);
	return 0;
}

/* A register that two operands share is given away once. */
static void give_back(struct glow_script_work *w, struct registers *r, uint16_t v, uint16_t step)
{
	if (w->last[v] != step)
		return;
	w->last[v] = 0;
	r->free[r->n_free++] = w->registers[v];
}

static void put_numbers(struct glow_script_work *w, struct registers *r)
{
	for (uint32_t k = 0; k < w->n_values && !w->failed; k++)
		if (w->live[k] && w->values[k].op == OPS) {
			w->registers[k] = get(w, r);
			w->numbers[w->registers[k]] = w->values[k].number;
		}
	w->n_numbers = r->used;
}

static void put_step(struct glow_script_work *w, struct registers *r, uint32_t k, uint16_t step)
{
	const struct value *v = &w->values[k];
	struct glow_script_step *s = &w->steps[step - 1];
	uint8_t n = glow_script_ops[v->op].operands;

	*s = (struct glow_script_step){ .op = v->op, .a = v->a, .b = v->b, .c = v->c };
	if (n > 0)
		s->a = w->registers[v->a];
	if (n > 1)
		s->b = w->registers[v->b];
	if (n > 2)
		s->c = w->registers[v->c];
	if (n > 0)
		give_back(w, r, v->a, step);
	if (n > 1)
		give_back(w, r, v->b, step);
	if (n > 2)
		give_back(w, r, v->c, step);
	s->to = w->registers[k] = get(w, r);
}

static uint32_t put_steps(struct glow_script_work *w, struct registers *r, enum glow_script_when when, uint16_t *step)
{
	uint16_t first = *step;

	for (uint32_t k = 0; k < w->n_values && !w->failed; k++)
		if (w->live[k] && w->values[k].op != OPS && w->values[k].when == when)
			put_step(w, r, k, ++*step);
	return (uint32_t)(*step - first);
}

void glow_script_pack(struct glow_script_work *w, struct val color)
{
	struct registers r = { .n_free = 0 };
	uint16_t step = 0;

	memcpy(w->out, color.v, sizeof(w->out));
	memset(w->live, 0, w->n_values * sizeof(w->live[0]));
	memset(w->last, 0, w->n_values * sizeof(w->last[0]));
	find_live(w);
	count_cost(w);
	if (w->failed)
		return;
	find_last(w, WHEN_FRAME, &step);
	find_last(w, WHEN_PIXEL, &step);
	for (int k = 0; k < 3; k++)
		w->last[w->out[k]] = FOR_EVER;
	step = 0;
	put_numbers(w, &r);
	w->n_frame = put_steps(w, &r, WHEN_FRAME, &step);
	w->n_pixel = put_steps(w, &r, WHEN_PIXEL, &step);
	for (int k = 0; k < 3; k++)
		w->out[k] = w->registers[w->out[k]];
}
