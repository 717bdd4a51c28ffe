/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A retained state, which anybody who may write there may have written: refused,
 * or a light in range that is the same when it is written and read again. */

#include <glow/state.h>

#include "fuzz.h"

static const struct glow_shape shapes[] = {
	{ GLOW_SHAPE_ROW, 8 },
	{ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS },
};

static struct glow_state first, second;

static void check_same(const struct glow_look *a, const struct glow_look *b)
{
	CHECK(a->effect == b->effect && a->on == b->on && a->brightness == b->brightness);
	CHECK(a->seed == b->seed && a->start_us == b->start_us && glow_rgb_equal(a->color, b->color));
	CHECK(a->painted == b->painted);
	CHECK(!a->painted || glow_paint_equal(&a->paint, &b->paint));
	for (int k = 0; a->effect && k < a->effect->n_params; k++)
		CHECK(a->params.v[k] == b->params.v[k]);
	CHECK(strcmp(a->params.text, b->params.text) == 0);
}

static void check_state_again(struct glow_shape shape)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *text = glow_json_finish(glow_state_write(&first, shape));
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);

	free(text);
	CHECK(tree);
	CHECK(glow_state_read(tree, shape, &second, &diag) == GLOW_OK);
	cJSON_Delete(tree);
	check_same(&first.light, &second.light);
	CHECK(first.since_us == second.since_us && first.showing == second.showing && first.limited == second.limited);
	CHECK(first.fading == second.fading && first.dark == second.dark);
	CHECK(!first.fading || glow_frame_equal(&first.fade_from, &second.fade_from));
	CHECK(first.has_notice == second.has_notice);
	if (first.has_notice) {
		check_same(&first.notice, &second.notice);
		CHECK(first.notice_priority == second.notice_priority &&
		      strcmp(first.notice_id, second.notice_id) == 0);
		CHECK(first.notice_end_us == second.notice_end_us);
	}
}

static void try_on(struct glow_shape shape, const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };

	if (glow_state_read(tree, shape, &first, &diag) != GLOW_OK) {
		check_refusal(&diag);
		return;
	}
	check_look(&first.light, shape);
	if (first.has_notice)
		check_look(&first.notice, shape);
	check_state_again(shape);
}

void fuzz_state(const uint8_t *data, size_t size)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *text = exact_copy(data, size);
	cJSON *tree = glow_json_parse(text, size, &diag);

	free(text);
	for (size_t k = 0; tree && k < sizeof(shapes) / sizeof(shapes[0]); k++)
		try_on(shapes[k], tree);
	cJSON_Delete(tree);
}
