/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Blocks fall from the far end and stack up from the first pixel; the full
 * strip fades away and it starts anew.
 *
 * No state is needed because blocks come in pairs of four rows: the first has
 * one to three rows by the dice, the second the rest. So where a block lies
 * follows from its number alone, and a round has the same length each time.
 *
 *      rows    0 1 2 3 | 4 5 6 7 | 8 …        a round of n blocks, slot by slot:
 *      blocks  0 1 1 1 | 2 2 3 3 | 4 …        0 falls, 1 falls, … n-1 falls, rest, fade
 */

#include <glow/effect.h>
#include <glow/hash.h>
#include <glow/time.h>
#include <glow/wave.h>

#include "light.h"

enum { DROP };
enum { ROWS_MAX = 24, PAIR_ROWS = 4, REST_SLOTS = 2 };

static const struct glow_param_desc params[] = {
	[DROP] = { .name = "drop_ms",
		   .type = GLOW_PARAM_INT,
		   .min = 1000,
		   .max = 20000,
		   .def = 1200,
		   .unit = "ms",
		   .what = "fall of one block" },
};

/* Cyan, yellow, purple, green, orange, blue, red. */
static const struct glow_rgb colors[] = {
	{ 0, 220, 255 }, { 255, 200, 0 }, { 170, 0, 255 }, { 0, 255, 30 },
	{ 255, 90, 0 },  { 0, 40, 255 },  { 255, 0, 20 },
};
enum { COLORS = sizeof(colors) / sizeof(colors[0]) };

/* One round on one strip. */
struct round {
	uint32_t dice_seed, number;
	uint32_t rows, row_pixels; /* a row is wider than a pixel where the strip is longer than ROWS_MAX */
};

struct block {
	uint32_t row, rows;
};

static uint32_t first_of_pair(const struct round *r, uint32_t pair)
{
	uint32_t left = r->rows - pair * PAIR_ROWS;

	/* The few rows that are left over at the end are one block. */
	return left < PAIR_ROWS ? left : 1 + glow_dice(r->dice_seed, r->number, pair) % (PAIR_ROWS - 1);
}

static struct block block_at(const struct round *r, uint32_t k)
{
	uint32_t pair = k / 2, first = first_of_pair(r, pair);

	if (k % 2 == 0)
		return (struct block){ pair * PAIR_ROWS, first };
	return (struct block){ pair * PAIR_ROWS + first, PAIR_ROWS - first };
}

static uint32_t block_of_row(const struct round *r, uint32_t row)
{
	uint32_t pair = row / PAIR_ROWS;

	return 2 * pair + (row % PAIR_ROWS >= first_of_pair(r, pair));
}

static uint32_t block_count(uint32_t rows)
{
	return rows / PAIR_ROWS * 2 + (rows % PAIR_ROWS != 0);
}

/* Steps of the same size through seven colours: neighbours always differ. */
static struct glow_rgb block_color(const struct round *r, uint32_t k)
{
	uint32_t roll = glow_dice(r->dice_seed, r->number, UINT32_MAX);

	return colors[(roll % COLORS + k * (1 + roll / COLORS % (COLORS - 1))) % COLORS];
}

static uint32_t falling_cover(const struct round *r, uint32_t k, uint16_t phase, uint32_t i)
{
	struct block b = block_at(r, k);
	int64_t land = (int64_t)b.row * r->row_pixels, way = (int64_t)(r->rows - b.row) * r->row_pixels;
	int64_t from = land * GLOW_PIXEL + way * (GLOW_PIXEL - phase);

	return glow_cover(from, from + (int64_t)b.rows * r->row_pixels * GLOW_PIXEL, i);
}

static struct glow_rgb render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint32_t row_pixels = (m->total + ROWS_MAX - 1) / ROWS_MAX;
	struct round r = { .dice_seed = m->seed,
			   .row_pixels = row_pixels,
			   .rows = (m->total + row_pixels - 1) / row_pixels };
	uint32_t blocks = block_count(r.rows);
	int64_t drop_us = (int64_t)p->v[DROP] * 1000, round_us = drop_us * (blocks + REST_SLOTS);
	int64_t in_round_us = glow_floor_mod(m->t_us, round_us);
	uint32_t slot = (uint32_t)(in_round_us / drop_us);
	uint16_t phase = glow_phase(in_round_us, drop_us);

	r.number = glow_cycle(m->t_us, round_us);

	uint32_t k = block_of_row(&r, i / row_pixels);

	if (k < slot) {
		bool fading = slot == blocks + REST_SLOTS - 1;

		return glow_rgb_mix(block_color(&r, k), GLOW_BLACK, fading ? glow_ease(phase) : 0);
	}
	return glow_light_mix(GLOW_BLACK, block_color(&r, slot), falling_cover(&r, slot, phase, i));
}

const struct glow_effect_desc glow_effect_tetris = {
	.name = "tetris",
	.what = "blocks fall and stack along the strip",
	.params = params,
	.n_params = sizeof(params) / sizeof(params[0]),
	.pace = GLOW_ANIMATED,
	.bar = true,
	.render = render,
};
