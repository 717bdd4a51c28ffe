/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Values: what the text works out, each once. Equal steps of equal values are one value, what is known is worked out
 * here, and each knows how often it must be worked out, so a phase that all pixels share costs a frame one step. */

#include "compile.h"
#include "fix.h"

const struct glow_script_op_desc glow_script_ops[OPS] = {
#define X(name, operands, cost, when) [OP_##name] = { operands, cost, WHEN_##when },
#include "ops.def"
#undef X
};

const struct glow_script_input_desc glow_script_inputs[INPUTS] = {
#define X(name, when, pace) [INPUT_##name] = { #name, WHEN_##when, GLOW_##pace },
	INPUT_ROWS(X)
#undef X
};

static bool same(const struct value *v, const struct value *u)
{
	return v->op == u->op && v->a == u->a && v->b == u->b && v->c == u->c && v->number == u->number;
}

static uint32_t slot_of(const struct value *v)
{
	return glow_dice((uint32_t)v->number, (uint32_t)v->op << 16 | v->a, (uint32_t)v->b << 16 | v->c) % SLOTS;
}

/* The number of a value, which may be there already. */
static uint16_t add(struct glow_script_work *w, const struct value *v)
{
	uint32_t slot = slot_of(v);
	uint16_t k;

	w->read++;
	for (; (k = w->value_slots[slot]); slot = (slot + 1) % SLOTS, w->read++)
		if (same(&w->values[k - 1], v))
			return (uint16_t)(k - 1);
	if (w->n_values == VALUES_MAX) {
		fail_at(w, w->at, "the text becomes too large here, with every def and sum written out");
		return 0;
	}
	w->values[w->n_values++] = *v;
	w->value_slots[slot] = (uint16_t)w->n_values;
	return (uint16_t)(w->n_values - 1);
}

uint16_t glow_script_number(struct glow_script_work *w, int32_t number)
{
	return add(w, &(struct value){ .op = OPS, .when = WHEN_CONST, .number = number });
}

static bool is(const struct glow_script_work *w, uint16_t v, int32_t number)
{
	return w->values[v].op == OPS && w->values[v].number == number;
}

/* ---- what need not be worked out ---- */

static uint16_t fold(struct glow_script_work *w, enum glow_script_op op, uint16_t a, uint16_t b, uint16_t c)
{
	int32_t r[4] = { w->values[a].number, w->values[b].number, w->values[c].number };
	struct glow_script_step step = { .op = (uint16_t)op, .to = 3, .a = 0, .b = 1, .c = 2 };

	glow_script_run(&step, 1, r, NULL);
	return glow_script_number(w, r[3]);
}

static bool commutes(enum glow_script_op op)
{
	return op == OP_ADD || op == OP_MUL || op == OP_MIN || op == OP_MAX || op == OP_EQUAL || op == OP_AND ||
	       op == OP_OR;
}

/* True where the value is another one that there is: what such a step gives whatever the rest is. A constant operand of
 * a step that commutes is b. */
static bool is_plain(struct glow_script_work *w, enum glow_script_op op, uint16_t a, uint16_t b, uint16_t c,
		     uint16_t *ret_v)
{
	*ret_v = a;
	switch (op) {
	case OP_ADD:
	case OP_SUB:
		return is(w, b, 0);
	case OP_MUL:
		if (is(w, b, 0))
			*ret_v = b;
		return is(w, b, 0) || is(w, b, FIX_ONE);
	case OP_DIV:
		return is(w, b, FIX_ONE);
	case OP_MIN:
	case OP_MAX:
		return a == b;
	case OP_MIX:
		if (is(w, c, FIX_ONE))
			*ret_v = b;
		return a == b || is(w, c, 0) || is(w, c, FIX_ONE);
	case OP_IF:
		*ret_v = is(w, a, 0) ? c : b;
		return b == c || w->values[a].op == OPS;
	default:
		return false;
	}
}

static uint8_t later(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}

uint16_t glow_script_emit(struct glow_script_work *w, enum glow_script_op op, uint16_t a, uint16_t b, uint16_t c)
{
	const struct glow_script_op_desc *desc = &glow_script_ops[op];
	struct value v = { .op = (uint8_t)op, .when = later(desc->when, w->values[a].when) };
	uint16_t plain;

	if (desc->operands > 1)
		v.when = later(v.when, w->values[b].when);
	if (desc->operands > 2)
		v.when = later(v.when, w->values[c].when);
	if (v.when == WHEN_CONST)
		return fold(w, op, a, desc->operands > 1 ? b : a, desc->operands > 2 ? c : a);
	if (commutes(op) && (w->values[a].op == OPS || (a > b && w->values[b].op != OPS))) {
		uint16_t first = a;

		a = b;
		b = first;
	}
	if (is_plain(w, op, a, b, c, &plain))
		return plain;
	v.a = a;
	v.b = desc->operands > 1 ? b : 0;
	v.c = desc->operands > 2 ? c : 0;
	return add(w, &v);
}

uint16_t glow_script_emit_read(struct glow_script_work *w, enum glow_script_op op, uint16_t a, uint16_t b)
{
	uint8_t when = op == OP_READ ? glow_script_inputs[a].when : WHEN_FRAME;

	return add(w, &(struct value){ .op = (uint8_t)op, .when = when, .a = a, .b = b });
}

/* ---- numbers and colours ---- */

struct val glow_script_val(uint16_t v)
{
	return (struct val){ false, { v, v, v } };
}

struct val glow_script_each(struct glow_script_work *w, enum glow_script_op op, struct val a, struct val b,
			    struct val c)
{
	struct val v = { a.color || b.color || c.color, { 0 } };

	for (int k = 0; k < 3; k++)
		v.v[k] = k > 0 && !v.color ? v.v[0] : glow_script_emit(w, op, a.v[k], b.v[k], c.v[k]);
	return v;
}

static uint16_t channel(struct glow_script_work *w, uint32_t v)
{
	return glow_script_number(w, (int32_t)((v * 65536 + 127) / 255));
}

struct val glow_script_color(struct glow_script_work *w, int32_t packed)
{
	struct glow_rgb c = glow_rgb_unpack(packed);

	return (struct val){ true, { channel(w, c.r), channel(w, c.g), channel(w, c.b) } };
}

bool glow_script_is_const(const struct glow_script_work *w, struct val v, int32_t *ret_number)
{
	*ret_number = w->values[v.v[0]].number;
	return !v.color && w->values[v.v[0]].op == OPS;
}
