/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* An effect in text: refused with words and a place in it, or compiled into steps that are as many as they are said to
 * be, that read and write registers that are there, and that come out the same when the text is compiled again. */

#include "../../bridge/script/ops.h"
#include "fuzz.h"

static struct glow_script_work *work;

static void check_place(const char *text, size_t len, const struct glow_script_mistake *m)
{
	uint32_t lines = 1;

	for (size_t k = 0; k < len; k++)
		lines += text[k] == '\n';
	CHECK(m->what[0]);
	CHECK(glow_utf8_valid(m->what, strlen(m->what)));
	CHECK(m->line <= lines);
	CHECK(m->column <= len + 1);
	CHECK((m->line == 0) == (len > GLOW_SCRIPT_MAX));
}

static uint32_t check_steps(const struct glow_script_step *steps, uint32_t n)
{
	uint32_t cost = 0;

	for (uint32_t k = 0; k < n; k++) {
		const struct glow_script_step *s = &steps[k];

		CHECK(s->op < OPS);
		CHECK(s->to < GLOW_ROOM_MAX && s->a < GLOW_ROOM_MAX && s->b < GLOW_ROOM_MAX && s->c < GLOW_ROOM_MAX);
		CHECK(s->op != OP_READ || s->a < INPUTS);
		CHECK(s->op != OP_PARAM || s->a < GLOW_PARAMS_MAX);
		cost += glow_script_ops[s->op].cost;
	}
	return cost;
}

static void check_row(const struct glow_param_desc *row)
{
	CHECK(row->name[0] && row->what[0] && row->unit);
	CHECK(glow_utf8_valid(row->what, strlen(row->what)));
	CHECK(glow_utf8_valid(row->unit, strlen(row->unit)));
	CHECK(row->min < row->max);
	CHECK(row->def == GLOW_LIGHT_COLOR || row->type != GLOW_PARAM_COLOR || row->def >= 0);
	CHECK(row->type == GLOW_PARAM_COLOR || (row->def >= row->min && row->def <= row->max));
}

static void check_script(const struct glow_script *s)
{
	CHECK(s->cost.pixel <= GLOW_SCRIPT_STEPS_MAX && s->cost.frame <= GLOW_SCRIPT_STEPS_MAX);
	CHECK(check_steps(s->steps, s->n_frame) == s->cost.frame);
	CHECK(check_steps(s->steps + s->n_frame, s->n_pixel) == s->cost.pixel);
	CHECK(s->n_numbers <= GLOW_ROOM_MAX);
	CHECK(s->desc.n_params <= GLOW_PARAMS_MAX);
	CHECK(s->desc.what[0]);
	CHECK(glow_utf8_valid(s->desc.what, strlen(s->desc.what)));
	for (int k = 0; k < s->desc.n_params; k++) {
		check_row(&s->rows[k]);
		CHECK(glow_param_find(&s->desc, s->rows[k].name) == k);
	}
}

void fuzz_text_compile(const uint8_t *data, size_t size)
{
	struct glow_script_mistake first, second;
	char *text = exact_copy(data, size);
	size_t n;

	if (!work)
		work = malloc(glow_script_work_size());
	n = glow_script_compile(work, text, size, &first);
	if (n == 0) {
		check_place(text, size, &first);
		CHECK(glow_script_compile(work, text, size, &second) == 0);
		CHECK(first.line == second.line && first.column == second.column &&
		      strcmp(first.what, second.what) == 0);
	} else {
		struct glow_script *script = glow_script_store(work, "fuzz", malloc(n)), *again;

		check_script(script);
		CHECK(glow_script_compile(work, text, size, &second) == n);
		again = glow_script_store(work, "fuzz", malloc(n));
		CHECK(memcmp(script + 1, again + 1, n - sizeof(*script)) == 0);
		free(script);
		free(again);
	}
	free(text);
}
