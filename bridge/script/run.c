/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Takes the steps of a compiled text, a step for eight pixels at once: choosing a step and finding its registers takes
 * twice as long as most sums, and so is done for one in eight. There is one switch for all of it: what is folded while
 * compiling runs here too, so nothing can come out otherwise than it would while drawing. */

#include <string.h>

#include "fix.h"
#include "ops.h"

#define MINUTE_US (60 * GLOW_US_PER_S)
#define DAY_US    (86400 * GLOW_US_PER_S)
#define DAY_2000  10957 /* days from 1970 to 2000-01-01 */

/* ---- what a text reads ---- */

/* The middle of place k of n. */
static int32_t middle(uint32_t k, uint32_t n)
{
	return (int32_t)((2 * (uint64_t)k + 1) * (FIX_ONE / 2) / n);
}

static struct glow_shape board(const struct glow_moment *m)
{
	return m->shape.pixels ? m->shape : (struct glow_shape){ GLOW_SHAPE_ROW, m->total };
}

static uint32_t on_board(const struct glow_moment *m, uint32_t i)
{
	uint32_t at = i - m->offset, n = board(m).pixels;

	return i < m->offset ? 0 : at < n ? at : n - 1;
}

static int32_t along_bar(const struct glow_moment *m, uint32_t i)
{
	uint32_t at, len;

	glow_shape_bar(board(m), on_board(m, i), &at, &len);
	return middle(at, len);
}

static int32_t meter(const struct glow_moment *m, uint32_t k)
{
	return fix_unit((int32_t)(m->meter[k] * UINT32_C(65536) / 1000));
}

static int32_t wall(const struct glow_moment *m, enum glow_script_input what)
{
	int64_t of_day_s = glow_floor_mod(m->wall_us, DAY_US) / GLOW_US_PER_S;

	switch (what) {
	case INPUT_hour:
		return fix_int(of_day_s / 3600);
	case INPUT_minute:
		return fix_int(of_day_s / 60 % 60);
	case INPUT_second:
		return fix_int(of_day_s % 60);
	default:
		return fix_int(glow_floor_div(m->wall_us, DAY_US) - DAY_2000);
	}
}

static int32_t seconds(int64_t t_us)
{
	int64_t whole = glow_floor_div(t_us, GLOW_US_PER_S), part_us = glow_floor_mod(t_us, GLOW_US_PER_S);

	return fix_add(fix_int(whole), (int32_t)(part_us * FIX_ONE / GLOW_US_PER_S));
}

static int32_t read_input(enum glow_script_input what, const struct glow_moment *m, uint32_t i)
{
	switch (what) {
	case INPUT_x:
		return middle(i, m->total);
	case INPUT_i:
		return fix_int(i % FIX_TURN);
	case INPUT_n:
		return fix_int(m->total);
	case INPUT_board_x:
		return middle(on_board(m, i), board(m).pixels);
	case INPUT_board_i:
		return fix_int(on_board(m, i));
	case INPUT_board_n:
		return fix_int(board(m).pixels);
	case INPUT_board:
		return fix_int(m->board);
	case INPUT_boards:
		return fix_int(m->boards ? m->boards : 1);
	case INPUT_bar:
		return along_bar(m, i);
	case INPUT_t:
		return seconds(m->t_us);
	case INPUT_seed:
		return (int32_t)(m->seed >> 16);
	case INPUT_hour:
	case INPUT_minute:
	case INPUT_second:
	case INPUT_day:
		return wall(m, what);
	default:
		return meter(m, (uint32_t)what - INPUT_cpu);
	}
}

static int32_t channel(uint8_t v)
{
	return (int32_t)((v * UINT32_C(65536) + 127) / 255);
}

static int32_t divided(int32_t v, int32_t by)
{
	return fix_fit(glow_floor_div((int64_t)v * FIX_ONE + by / 2, by));
}

static int32_t read_param(uint32_t row, enum glow_script_part part, const struct glow_script_env *env)
{
	switch (part) {
	case PART_WHOLE:
		return fix_int(env->params->v[row]);
	case PART_PERCENT:
		return divided(env->params->v[row], 100);
	case PART_MS:
		return divided(env->params->v[row], 1000);
	case PART_RED:
		return channel(glow_param_color(env->params, env->moment, (int)row).r);
	case PART_GREEN:
		return channel(glow_param_color(env->params, env->moment, (int)row).g);
	default:
		return channel(glow_param_color(env->params, env->moment, (int)row).b);
	}
}

/* ---- steps ---- */

/* Over registers of `lanes` numbers each, one for each pixel from env->i on. Inlined for each number of lanes. */
static inline __attribute__((always_inline)) void take(const struct glow_script_step *steps, uint32_t n, int32_t *r,
						       const uint32_t lanes, const struct glow_script_env *env)
{
#define A a[k]
#define B b[k]
#define C c[k]
#define DO(op, value)                                \
	case OP_##op:                                \
		for (uint32_t k = 0; k < lanes; k++) \
			to[k] = value;               \
		break
	for (const struct glow_script_step *s = steps, *end = steps + n; s < end; s++) {
		const int32_t *a = r + s->a * lanes, *b = r + s->b * lanes, *c = r + s->c * lanes;
		int32_t *to = r + s->to * lanes;

		if (s->op >= OPS)
			__builtin_unreachable(); /* a comparison less */
		switch ((enum glow_script_op)s->op) {
			DO(ADD, fix_add(A, B));
			DO(SUB, fix_sub(A, B));
			DO(MUL, fix_mul(A, B));
			DO(DIV, fix_div(A, B));
			DO(MOD, fix_mod(A, B));
			DO(MIN, A < B ? A : B);
			DO(MAX, A > B ? A : B);
			DO(LESS, fix_bool(A < B));
			DO(AT_MOST, fix_bool(A <= B));
			DO(EQUAL, fix_bool(A == B));
			DO(AND, fix_bool(A && B));
			DO(OR, fix_bool(A || B));
			DO(NOT, fix_bool(!A));
			DO(IF, A ? B : C);
			DO(MIX, fix_mix(A, B, C));
			DO(UNIT, fix_unit(A));
			DO(ABS, fix_abs(A));
			DO(FLOOR, fix_floor(A));
			DO(FRAC, fix_frac(A));
			DO(SQRT, fix_sqrt(A));
			DO(POW2, fix_pow2(A));
			DO(WAVE, fix_wave(A));
			DO(SIN, fix_sin(A));
			DO(COS, fix_cos(A));
			DO(TRIANGLE, fix_triangle(A));
			DO(EASE, fix_ease(A));
			DO(HUE, fix_hue(A));
			DO(HASH, fix_hash(env->moment->seed, A, B));
			DO(NOISE, fix_noise(env->moment->seed, A));
			DO(NOISE2, fix_noise2(env->moment->seed, A, B));
			DO(COUNT, fix_count(env->moment->t_us, A));
			DO(BEAT, fix_beat(env->moment->t_us, A));
			DO(READ, read_input((enum glow_script_input)s->a, env->moment, env->i + k));
			DO(PARAM, read_param(s->a, (enum glow_script_part)s->b, env));
		case OPS:
			break;
		}
	}
#undef A
#undef B
#undef C
#undef DO
}

void glow_script_run(const struct glow_script_step *steps, uint32_t n, int32_t *r, const struct glow_script_env *env)
{
	take(steps, n, r, 1, env);
}

/* ---- frames and pixels ---- */

void glow_script_begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m)
{
	const struct glow_script *script = e->program;
	const struct glow_script_env env = { p, m, 0 };
	int32_t shared[GLOW_ROOM_MAX];

	m->room->program = script;
	m->room->drawn = false;
	memcpy(shared, script->numbers, script->n_numbers * sizeof(script->numbers[0]));
	take(script->steps, script->n_frame, shared, 1, &env);
	for (uint32_t k = 0; k < script->n_shared; k++)
		for (uint32_t lane = 0; lane < GLOW_ROOM_LANES; lane++)
			m->room->v[k][lane] = shared[k];
}

static uint8_t byte(int32_t v)
{
	return (uint8_t)((fix_unit(v) * 255 + FIX_ONE / 2) >> 16);
}

/* Apart, so that what most pixels do is short. */
static __attribute__((noinline)) void draw_lanes(const struct glow_script *script, const struct glow_script_env *env)
{
	struct glow_room *room = env->moment->room;

	take(script->steps + script->n_frame, script->n_pixel, room->v[0], GLOW_ROOM_LANES, env);
	room->first = env->i;
	room->drawn = true;
}

/* Lanes begin with the board, so that they fit a board of eight. */
struct glow_rgb glow_script_render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	const struct glow_room *room = m->room;
	const struct glow_script *script = room->program;
	uint32_t lane = (i - m->offset) % GLOW_ROOM_LANES;

	if (!room->drawn || room->first != i - lane)
		draw_lanes(script, &(struct glow_script_env){ p, m, i - lane });
	return (struct glow_rgb){ byte(room->v[script->out[0]][lane]), byte(room->v[script->out[1]][lane]),
				  byte(room->v[script->out[2]][lane]) };
}
