/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The compiled form of a text: steps in a straight line over numbered registers, without a jump, so that a pixel takes
 * as many steps as the text has, whatever it shows. */

#include <stddef.h>
#include <stdint.h>

#include <glow/effect.h>
#include <glow/script.h>

/** How often something must be worked out. */
enum glow_script_when { WHEN_CONST, WHEN_FRAME, WHEN_PIXEL };

enum glow_script_op {
#define X(name, operands, cost, when) OP_##name,
#include "ops.def"
#undef X
	OPS
};

struct glow_script_op_desc {
	uint8_t operands, cost, when;
};
extern const struct glow_script_op_desc glow_script_ops[OPS];

/** What a text can read besides its parameters: X(name, when, pace); the pace is what reading it makes of the
 * effect. Meters stand in their order. */
#define INPUT_ROWS(X)                \
	X(x, PIXEL, STILL)           \
	X(i, PIXEL, STILL)           \
	X(n, FRAME, STILL)           \
	X(board_x, PIXEL, STILL)     \
	X(board_i, PIXEL, STILL)     \
	X(board_n, FRAME, STILL)     \
	X(board, FRAME, STILL)       \
	X(boards, FRAME, STILL)      \
	X(bar, PIXEL, STILL)         \
	X(t, FRAME, ANIMATED)        \
	X(hour, FRAME, SECONDS)      \
	X(minute, FRAME, SECONDS)    \
	X(second, FRAME, SECONDS)    \
	X(day, FRAME, SECONDS)       \
	X(seed, FRAME, STILL)        \
	X(cpu, FRAME, STILL)         \
	X(memory, FRAME, STILL)      \
	X(temperature, FRAME, STILL) \
	X(load, FRAME, STILL)        \
	X(network, FRAME, STILL)

enum glow_script_input {
#define X(name, when, pace) INPUT_##name,
	INPUT_ROWS(X)
#undef X
		INPUTS
};

struct glow_script_input_desc {
	const char *name;
	uint8_t when, pace;
};
extern const struct glow_script_input_desc glow_script_inputs[INPUTS];

/** What a PARAM step takes of a row: its number, divided, or a channel of its colour. */
enum glow_script_part { PART_WHOLE, PART_PERCENT, PART_MS, PART_RED, PART_GREEN, PART_BLUE };

/** One step: registers, or what an op takes at once. */
struct glow_script_step {
	uint16_t op, to, a, b, c;
};

/** All that a step can depend on besides registers; NULL and 0 where `when` is CONST. */
struct glow_script_env {
	const struct glow_params *params;
	const struct glow_moment *moment;
	uint32_t i;
};

/** Takes n steps over the registers r. */
void glow_script_run(const struct glow_script_step *steps, uint32_t n, int32_t *r, const struct glow_script_env *env);

/** A compiled text: one block of memory. `numbers` and `steps` lie behind it. */
struct glow_script {
	struct glow_effect_desc desc;
	struct glow_param_desc rows[GLOW_PARAMS_MAX];
	char name[GLOW_SCRIPT_NAME_SIZE], what[GLOW_SCRIPT_WHAT_SIZE];
	struct glow_script_row_text {
		char name[GLOW_SCRIPT_WORD_SIZE], unit[GLOW_SCRIPT_UNIT_SIZE], what[GLOW_SCRIPT_WHAT_SIZE];
	} texts[GLOW_PARAMS_MAX];
	struct glow_script_cost cost;
	uint32_t n_numbers;        /**< registers 0.. hold these at first */
	uint32_t n_frame, n_pixel; /**< steps of each frame, and behind them of each pixel */
	uint32_t n_shared;         /**< registers that numbers and steps of the frame take */
	uint16_t out[3];           /**< the registers of red, green and blue */
	const int32_t *numbers;
	const struct glow_script_step *steps;
};

/** The two functions of a compiled text's descriptor. */
void glow_script_begin(const struct glow_effect_desc *e, const struct glow_params *p, const struct glow_moment *m);
struct glow_rgb glow_script_render(const struct glow_params *p, const struct glow_moment *m, uint32_t i);
