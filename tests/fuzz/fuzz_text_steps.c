/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The interpreter alone, over steps that no compiler wrote and numbers of every size. The input is a letter for the
 * dice that choose time, place and parameters; four numbers of 32 bits; and then steps of five bytes: what to do, the
 * register it goes to, and up to three that it reads. What comes out lies where the documentation says, however the
 * steps are taken: one by one, all at once, or while a text is compiled. */

#include "../../bridge/script/ops.h"
#include "../harness/any_text.h"
#include "fuzz.h"

#define ONE       65536
#define REGISTERS 16
#define GIVEN     4
#define STEPS_MAX 200
#define SIZE      5

static struct glow_script_step step_of(const uint8_t bytes[SIZE])
{
	struct glow_script_step s = { .op = bytes[0] % OPS, .to = bytes[1] % REGISTERS };

	s.a = bytes[2] % (s.op == OP_READ ? INPUTS : s.op == OP_PARAM ? GLOW_PARAMS_MAX : REGISTERS);
	s.b = bytes[3] % (s.op == OP_PARAM ? PART_BLUE + 1 : REGISTERS);
	s.c = bytes[4] % REGISTERS;
	return s;
}

static bool within(int32_t v, int64_t low, int64_t high)
{
	return v >= low && v <= high;
}

static bool is_between(int32_t v, int32_t a, int32_t b)
{
	return a < b ? within(v, a, b) : within(v, b, a);
}

/* What has two sides: a remainder has the sign of b and is nearer to 0; a division and its product are neighbours. */
static void check_two(enum glow_script_op op, int32_t v, int32_t a, int32_t b)
{
	int64_t exact = op == OP_ADD ? (int64_t)a + b : (int64_t)a - b;

	if (op == OP_ADD || op == OP_SUB)
		CHECK(v == exact || v == (exact < 0 ? INT32_MIN : INT32_MAX));
	else if (op == OP_MOD)
		CHECK(v == 0 || ((v < 0) == (b < 0) && llabs(v) < llabs(b)));
	else if (op == OP_DIV)
		CHECK(b != 0 || v == 0);
	else if (op == OP_MIN || op == OP_MAX)
		CHECK(is_between(v, a, b) && (v == a || v == b));
}

static void check_range(enum glow_script_op op, int32_t v, int32_t a, int32_t b, int32_t c)
{
	switch (op) {
	case OP_LESS:
	case OP_AT_MOST:
	case OP_EQUAL:
	case OP_AND:
	case OP_OR:
	case OP_NOT:
		CHECK(v == 0 || v == ONE);
		break;
	case OP_UNIT:
	case OP_WAVE:
	case OP_TRIANGLE:
	case OP_EASE:
	case OP_HUE:
		CHECK(within(v, 0, ONE));
		break;
	case OP_FRAC:
	case OP_HASH:
	case OP_NOISE:
	case OP_NOISE2:
	case OP_BEAT:
		CHECK(within(v, 0, ONE - 1));
		break;
	case OP_SIN:
	case OP_COS:
		CHECK(within(v, -ONE, ONE));
		break;
	case OP_COUNT:
		CHECK(within(v, -16384 * (int64_t)ONE, 16384 * (int64_t)ONE - 1));
		break;
	case OP_ABS:
	case OP_SQRT:
	case OP_POW2:
		CHECK(v >= 0);
		break;
	case OP_FLOOR:
		CHECK((v & 0xffff) == 0 && within(a, v, v + (int64_t)ONE - 1));
		break;
	case OP_MIX:
		CHECK(is_between(v, a, b));
		break;
	case OP_IF:
		CHECK(v == (a ? b : c));
		break;
	default:
		check_two(op, v, a, b);
	}
}

static int32_t *start(int32_t r[REGISTERS], const uint8_t *data)
{
	memset(r, 0, REGISTERS * sizeof(r[0]));
	memcpy(r, data, GIVEN * sizeof(r[0]));
	return r;
}

/* As the compiler works out what it knows. */
static void check_folded(const struct glow_script_step *s, const int32_t *r, int32_t v)
{
	int32_t known[REGISTERS];

	if (glow_script_ops[s->op].when != WHEN_CONST || s->op == OP_READ)
		return;
	memcpy(known, r, sizeof(known));
	glow_script_run(s, 1, known, NULL);
	CHECK(known[s->to] == v);
}

static void check_steps(const struct glow_script_step *steps, uint32_t n, const struct glow_script_env *env,
			const uint8_t *data)
{
	int32_t r[REGISTERS], once[REGISTERS];

	start(r, data);
	for (uint32_t k = 0; k < n; k++) {
		const struct glow_script_step *s = &steps[k];
		bool reads = s->op == OP_READ || s->op == OP_PARAM;
		int32_t before[REGISTERS];

		memcpy(before, r, sizeof(before));
		glow_script_run(s, 1, r, env);
		if (!reads)
			check_range((enum glow_script_op)s->op, r[s->to], before[s->a], before[s->b], before[s->c]);
		check_folded(s, before, r[s->to]);
	}
	glow_script_run(steps, n, start(once, data), env);
	CHECK(memcmp(r, once, sizeof(r)) == 0);
}

void fuzz_text_steps(const uint8_t *data, size_t size)
{
	struct glow_script_step steps[STEPS_MAX];
	struct glow_script_env env = { NULL, NULL, 0 };
	struct glow_params params = { .v = { 0 } };
	struct glow_moment moment;
	struct dice d;
	uint32_t n = 0;

	if (size < 1 + GIVEN * sizeof(int32_t))
		return;
	d.state = data[0];
	moment = any_moment(&d);
	for (int k = 0; k < GLOW_PARAMS_MAX; k++)
		params.v[k] = (int32_t)dice_next(&d);
	env = (struct glow_script_env){ &params, &moment, dice_roll(&d, moment.total) };
	for (size_t at = 1 + GIVEN * sizeof(int32_t); at + SIZE <= size && n < STEPS_MAX; at += SIZE)
		steps[n++] = step_of(data + at);
	check_steps(steps, n, &env, data + 1);
}
