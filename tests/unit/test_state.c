/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a node says of its light is enough to draw it: random looks of every
 * effect, written, printed, parsed and read back, are the same looks and give
 * the same pictures. The control at the end changes one thing at a time. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/state.h>
#include <glow/time.h>

#include "../harness/dice.h"

#define NOW INT64_C(1700000000000000)

static const struct glow_shape shapes[] = {
	{ GLOW_SHAPE_ROW, 8 },
	{ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS },
	{ GLOW_SHAPE_ROW, 1 },
	{ GLOW_SHAPE_ROW, 144 },
};
#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static struct dice dice;
static struct glow_state written, back;

/* ---- random states ---- */

static struct glow_rgb any_color(void)
{
	return glow_rgb_unpack((int32_t)dice_roll(&dice, 0x1000000));
}

static void any_text(char ret_text[GLOW_TEXT_MAX + 1])
{
	uint32_t n = dice_roll(&dice, GLOW_TEXT_MAX + 1);

	for (uint32_t k = 0; k < n; k++)
		ret_text[k] = (char)(' ' + dice_roll(&dice, 95));
	ret_text[n] = '\0';
}

static void any_params(const struct glow_effect_desc *e, struct glow_params *params)
{
	for (int k = 0; k < e->n_params; k++) {
		const struct glow_param_desc *row = &e->params[k];

		if (row->type == GLOW_PARAM_TEXT)
			any_text(params->text);
		else if (row->def == GLOW_LIGHT_COLOR && row->type == GLOW_PARAM_COLOR && dice_roll(&dice, 2))
			params->v[k] = GLOW_LIGHT_COLOR;
		else
			params->v[k] = (int32_t)dice_between(&dice, row->min, row->max);
	}
}

static void any_paint(struct glow_paint *f, struct glow_shape shape)
{
	f->n = shape.pixels;
	for (uint32_t i = 0; i < f->n; i++) {
		f->px[i] = dice_roll(&dice, 3) ? any_color() : GLOW_BLACK;
		if (glow_shape_mono(shape))
			f->px[i] = (struct glow_rgb){ f->px[i].r, f->px[i].r, f->px[i].r };
	}
}

static void any_frame(struct glow_frame *f, struct glow_shape shape)
{
	f->n = shape.pixels;
	for (uint32_t i = 0; i < f->n; i++) {
		f->px[i] = (struct glow_linear){ (uint16_t)dice_next(&dice), (uint16_t)dice_next(&dice),
						 (uint16_t)dice_next(&dice) };
		if (glow_shape_mono(shape))
			f->px[i] = (struct glow_linear){ f->px[i].r, f->px[i].r, f->px[i].r };
	}
}

static void any_look(struct glow_look *look, const struct glow_effect_desc *e, struct glow_shape shape)
{
	glow_look_init(look, e, NOW - dice_between(&dice, -1000000, INT64_C(1000000000000)));
	if (e)
		any_params(e, &look->params);
	look->color = any_color();
	look->brightness = (uint8_t)dice_between(&dice, 1, 255); /* 0 is OFF */
	look->on = dice_roll(&dice, 4) > 0;
	look->seed = (uint32_t)dice_next(&dice);
	look->painted = e == &glow_effect_solid && dice_roll(&dice, 2);
	if (look->painted)
		any_paint(&look->paint, shape);
}

static void any_state(const struct glow_effect_desc *e, struct glow_shape shape)
{
	memset(&written, 0, sizeof(written));
	any_look(&written.light, e, shape);
	written.since_us = NOW - (int64_t)dice_roll(&dice, 1000000);
	written.clock_id = dice_roll(&dice, 2) ? dice_next(&dice) : 0;
	written.showing = (enum glow_showing)dice_roll(&dice, 4);
	written.dark = !e && written.light.on && dice_roll(&dice, 2);
	written.limited = dice_roll(&dice, 2);
	if (dice_roll(&dice, 2))
		snprintf(written.problem, sizeof(written.problem), "no chip %u", dice_roll(&dice, 99));
	written.slots_a_frame = 1U << dice_roll(&dice, 4);
	written.fading = dice_roll(&dice, 2);
	if (written.fading) {
		any_frame(&written.fade_from, shape);
		written.fade_start_us = NOW;
		written.fade_end_us = NOW + 1 + dice_roll(&dice, 60000000);
	}
	written.has_notice = dice_roll(&dice, 2);
	if (written.has_notice) {
		any_look(&written.notice, glow_effect_at(dice_roll(&dice, (uint32_t)glow_effect_count())), shape);
		written.notice_priority = (uint8_t)dice_roll(&dice, 10);
		written.notice_start_us = written.notice.start_us;
		written.notice_end_us = NOW + (int64_t)dice_roll(&dice, 86400000);
		if (dice_roll(&dice, 2))
			snprintf(written.notice_id, sizeof(written.notice_id), "door \"%u\" \xc3\xa9",
				 dice_roll(&dice, 99));
	}
}

/* ---- there and back ---- */

static enum glow_code read_text(const char *text, struct glow_shape shape, struct glow_diag *diag)
{
	cJSON *tree;
	enum glow_code code;

	*diag = (struct glow_diag){ .code = GLOW_OK };
	tree = glow_json_parse(text, strlen(text), diag);
	if (!tree)
		return diag->code;
	code = glow_state_read(tree, shape, &back, diag);
	cJSON_Delete(tree);
	return code;
}

static void there_and_back(struct glow_shape shape)
{
	struct glow_diag diag;
	char *text = glow_json_finish(glow_state_write(&written, shape));

	if (read_text(text, shape, &diag) != GLOW_OK)
		fail_msg("%s: %s %s", text, diag.where, diag.what);
	free(text);
}

static bool same_params(const struct glow_look *a, const struct glow_look *b)
{
	for (int k = 0; k < a->effect->n_params; k++)
		if (a->effect->params[k].type == GLOW_PARAM_TEXT ? strcmp(a->params.text, b->params.text) != 0
								 : a->params.v[k] != b->params.v[k])
			return false;
	return true;
}

static bool same_look(const struct glow_look *a, const struct glow_look *b)
{
	return a->effect == b->effect && a->on == b->on && a->brightness == b->brightness && a->seed == b->seed &&
	       a->start_us == b->start_us && glow_rgb_equal(a->color, b->color) && a->painted == b->painted &&
	       (!a->painted || glow_paint_equal(&a->paint, &b->paint)) && (!a->effect || same_params(a, b));
}

static bool same_picture(const struct glow_look *a, const struct glow_look *b, struct glow_shape shape)
{
	static struct glow_frame of_a, of_b;
	struct glow_env env = { .shape = shape, .brightness_limit = 255, .meter = { 100, 200, 300, 400, 500 } };
	struct glow_place place = { .total = shape.pixels };
	int64_t t = NOW + (int64_t)dice_roll(&dice, 100000000);

	glow_look_render(a, &env, place, t, &of_a);
	glow_look_render(b, &env, place, t, &of_b);
	return glow_frame_equal(&of_a, &of_b);
}

static bool same_fade(const struct glow_state *a, const struct glow_state *b)
{
	return a->fading == b->fading &&
	       (!a->fading || (a->fade_start_us == b->fade_start_us && a->fade_end_us == b->fade_end_us &&
			       glow_frame_equal(&a->fade_from, &b->fade_from)));
}

static bool same_notice(const struct glow_state *a, const struct glow_state *b)
{
	return a->has_notice == b->has_notice &&
	       (!a->has_notice || (same_look(&a->notice, &b->notice) && strcmp(a->notice_id, b->notice_id) == 0 &&
				   a->notice_priority == b->notice_priority &&
				   a->notice_start_us == b->notice_start_us && a->notice_end_us == b->notice_end_us));
}

static bool same_state(const struct glow_state *a, const struct glow_state *b)
{
	return same_look(&a->light, &b->light) && a->since_us == b->since_us && a->clock_id == b->clock_id &&
	       a->showing == b->showing && a->dark == b->dark && strcmp(a->problem, b->problem) == 0 &&
	       a->slots_a_frame == b->slots_a_frame && a->limited == b->limited && same_fade(a, b) && same_notice(a, b);
}

static void test_random(void **state)
{
	(void)state;
	for (size_t k = 0; k <= glow_effect_count(); k++)
		for (size_t s = 0; s < SHAPES; s++)
			for (int n = 0; n < 40; n++) {
				const struct glow_effect_desc *e = k < glow_effect_count() ? glow_effect_at(k) : NULL;

				any_state(e, shapes[s]);
				there_and_back(shapes[s]);
				if (!same_state(&written, &back) ||
				    !same_picture(&written.light, &back.light, shapes[s]))
					fail_msg("%s on %s, round %d", e ? e->name : "auto", glow_shape_name(shapes[s]),
						 n);
			}
}

/* The control: a change that gets lost would be noticed. */
static void test_noticed(void **state)
{
	(void)state;
#define NOTICED(change)                                      \
	do {                                                 \
		any_state(glow_effect_at(1), shapes[0]);     \
		written.has_notice = written.fading = false; \
		there_and_back(shapes[0]);                   \
		assert_true(same_state(&written, &back));    \
		change;                                      \
		assert_false(same_state(&written, &back));   \
	} while (0)
	NOTICED(back.light.on = !back.light.on);
	NOTICED(back.light.brightness ^= 1);
	NOTICED(back.light.color.g ^= 1);
	NOTICED(back.light.effect = glow_effect_at(2));
	NOTICED(back.light.params.v[1] ^= 1);
	NOTICED(back.light.start_us++);
	NOTICED(back.light.seed++);
	NOTICED(back.light.painted = true);
	NOTICED(back.since_us--);
	NOTICED(back.clock_id ^= UINT64_C(1) << 63);
	NOTICED(back.showing ^= 1);
	NOTICED(back.limited = !back.limited);
	NOTICED(back.slots_a_frame++);
	NOTICED(back.dark = !back.dark);
	NOTICED(back.fading = true);
	NOTICED(back.has_notice = true);
#undef NOTICED
}

/* Where a fade began: in light where that is there and right, else in the colours that older programs write. */
static void test_fade_from(void **state)
{
	static const struct {
		const char *more;
		struct glow_linear first;
	} rows[] = {
		{ "", { 65535, 0, 0 } },
		{ ",\"fade_from16\":\"123456789abcffff0001abCD\"", { 0x1234, 0x5678, 0x9abc } },
		{ ",\"fade_from16\":\"123456789abcffff0001abCD00\"", { 65535, 0, 0 } },
		{ ",\"fade_from16\":\"123456789abcffff 001abCD\"", { 65535, 0, 0 } },
		{ ",\"fade_from16\":\"123456789abc0x1200000000\"", { 65535, 0, 0 } },
		{ ",\"fade_from16\":[\"123456789abc\"]", { 65535, 0, 0 } },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct glow_diag diag;
		char text[400];

		snprintf(text, sizeof(text), "{\"fade_from\":[\"red\"],\"fade_start_us\":5,\"fade_end_us\":6%s}",
			 rows[k].more);
		assert_int_equal(read_text(text, (struct glow_shape){ GLOW_SHAPE_ROW, 2 }, &diag), GLOW_OK);
		assert_true(back.fading && back.fade_from.n == 2);
		assert_true(glow_linear_equal(back.fade_from.px[0], rows[k].first));
		assert_int_equal(back.fade_from.px[1].b, k == 1 ? 0xabcd : 0);
	}
}

/* The state topic's words, which other programs read. */
static void test_words(void **state)
{
	char *text;

	(void)state;
	memset(&written, 0, sizeof(written));
	glow_look_init(&written.light, &glow_effect_solid, NOW);
	written.light.color = (struct glow_rgb){ 255, 0, 0 };
	written.light.brightness = 128;
	written.light.seed = 7;
	written.since_us = NOW + 1;
	written.showing = GLOW_SHOWS_LIGHT;
	text = glow_json_finish(glow_state_write(&written, shapes[0]));
	assert_string_equal(text, "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":255,\"g\":0,\"b\":0},"
				  "\"brightness\":128,\"effect\":\"solid\",\"params\":{},\"start_us\":1700000000000000,"
				  "\"seed\":7,\"since_us\":1700000000000001,\"showing\":\"light\",\"limited\":false}");
	free(text);
	written.clock_id = 0xbeef;
	text = glow_json_finish(glow_state_write(&written, shapes[0]));
	assert_non_null(strstr(text, "\"since_us\":1700000000000001,\"clock_id\":\"000000000000beef\","));
	free(text);
	written.light.effect = NULL;
	written.dark = true;
	text = glow_json_finish(glow_state_write(&written, shapes[0]));
	assert_ptr_equal(strstr(text, "{\"state\":\"OFF\",\"dark\":true,\"color_mode\":"), text);
	free(text);
	assert_string_equal(glow_showing_name(GLOW_SHOWS_IDLE), "idle");
	assert_string_equal(glow_showing_name(GLOW_SHOWS_SCENE), "scene");
	assert_string_equal(glow_showing_name(GLOW_SHOWS_NOTICE), "notice");
}

/* A state is a command too: a light that gets it shows the same. */
/* promise: state-is-a-command */
static void test_as_command(void **state)
{
	static struct glow_command cmd;

	(void)state;
	for (size_t k = 0; k <= glow_effect_count(); k++)
		for (size_t s = 0; s < SHAPES; s++) {
			const struct glow_effect_desc *e = k < glow_effect_count() ? glow_effect_at(k) : NULL;
			struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .shape = shapes[s], .now_us = NOW };
			struct glow_diag diag;
			struct glow_look look;
			cJSON *tree;
			char *text;

			any_state(e, shapes[s]);
			text = glow_json_finish(glow_state_write(&written, shapes[s]));
			tree = glow_json_parse(text, strlen(text), &diag);
			glow_look_init(&look, NULL, written.light.start_us);
			assert_int_equal(glow_command_read(tree, &ctx, &cmd, &diag), GLOW_OK);
			glow_command_apply(&cmd, shapes[s], written.light.start_us, ~written.light.seed, &look);
			assert_true(same_look(&written.light, &look));
			cJSON_Delete(tree);
			free(text);
		}
}

static bool is_passed_over(const char *name)
{
	const char *const *one = glow_state_only;

	while (*one && strcmp(*one, name) != 0)
		one++;
	return *one;
}

/* Every member of a state is a field of a command, or known as one that a command passes over. */
static void test_members(void **state)
{
	cJSON *tree, *taken;

	(void)state;
	for (int n = 0; n < 100; n++) {
		struct glow_shape shape = shapes[n % 2];

		any_state(n % 3 ? glow_effect_at((size_t)n % glow_effect_count()) : NULL, shape);
		tree = glow_state_write(&written, shape);
		taken = glow_command_copy(tree, GLOW_COMMAND_NOTIFY);
		for (const cJSON *item = tree->child; item; item = item->next)
			if (is_passed_over(item->string) == (glow_json_get(taken, item->string) != NULL))
				fail_msg("%s", item->string);
		cJSON_Delete(taken);
		cJSON_Delete(tree);
	}
	assert_false(is_passed_over("bri") || is_passed_over("state"));
}

/* A colour with a member too many, read with a diag that nobody has emptied. */
/* promise: grows-only */
static void test_foreign_member(void **state)
{
	static const char text[] =
		"{\"state\":\"ON\",\"color\":{\"r\":1,\"g\":2,\"b\":3,\"w\":4},\"effect\":\"solid\"}";
	struct glow_diag parsing, diag;
	cJSON *tree = glow_json_parse(text, strlen(text), &parsing);

	(void)state;
	memset(&diag, 'x', sizeof(diag));
	assert_int_equal(glow_state_read(tree, shapes[0], &written, &diag), GLOW_OK);
	assert_int_equal(written.light.color.g, 2);
	assert_null(memchr(diag.ignored, 'x', strlen("color.w") + 2));
	cJSON_Delete(tree);
}

static void test_missing_fields(void **state)
{
	struct glow_diag diag;

	(void)state;
	assert_int_equal(read_text("{}", shapes[0], &diag), GLOW_OK);
	assert_null(back.light.effect);
	assert_true(back.light.on && back.light.brightness == 255 && !back.has_notice && !back.fading);
	assert_int_equal(read_text("{\"effect\":\"breathe\",\"new_field\":[1]}", shapes[0], &diag), GLOW_OK);
	assert_ptr_equal(back.light.effect, glow_effect_find("breathe", 7));
	assert_int_equal(back.light.params.v[1], 4000);
}

static void test_broken(void **state)
{
	static const struct {
		const char *text;
		enum glow_code code;
	} table[] = {
		{ "", GLOW_BAD_JSON },
		{ "{\"state\":\"ON\"", GLOW_BAD_JSON },
		{ "[]", GLOW_BAD_TYPE },
		{ "[1]", GLOW_BAD_TYPE },
		{ "7", GLOW_BAD_TYPE },
		{ "null", GLOW_BAD_TYPE },
		{ "\"ON\"", GLOW_BAD_TYPE },
		{ "{\"state\":1}", GLOW_BAD_TYPE },
		{ "{\"state\":\"BRIGHT\"}", GLOW_OUT_OF_RANGE },
		{ "{\"brightness\":1000}", GLOW_OUT_OF_RANGE },
		{ "{\"color\":{\"r\":1}}", GLOW_BAD_TYPE },
		{ "{\"effect\":\"auto\",\"color\":\"x\"}", GLOW_UNKNOWN_COLOR },
		{ "{\"effect\":\"fireworks\"}", GLOW_UNKNOWN_EFFECT },
		{ "{\"effect\":\"breathe\",\"params\":{\"period_ms\":1}}", GLOW_OUT_OF_RANGE },
		{ "{\"effect\":\"breathe\",\"params\":{\"x\":1}}", GLOW_UNKNOWN_PARAM },
		{ "{\"pixels\":[\"red\",\"x\"]}", GLOW_UNKNOWN_COLOR },
		{ "{\"pixels\":[0,1,2,3,4,5,6,7,8]}", GLOW_BAD_TYPE },
		{ "{\"leds\":{\"arm1\":1}}", GLOW_UNKNOWN_LED },
		{ "{\"fade_from\":\"red\",\"fade_end_us\":5}", GLOW_BAD_TYPE },
		{ "{\"fade_from\":[\"x\"],\"fade_end_us\":5}", GLOW_UNKNOWN_COLOR },
		{ "{\"fade_from\":[],\"fade_start_us\":5,\"fade_end_us\":6553000005}", GLOW_OK },
		{ "{\"fade_from\":[],\"fade_start_us\":5,\"fade_end_us\":6553000006}", GLOW_OUT_OF_RANGE },
		{ "{\"fade_from\":[],\"fade_start_us\":-9007199254740992,\"fade_end_us\":9007199254740992}",
		  GLOW_OUT_OF_RANGE },
		{ "{\"fade_from\":[],\"fade_start_us\":9007199254740992,\"fade_end_us\":-9007199254740992}", GLOW_OK },
		{ "{\"start_us\":-9007199254740992,\"since_us\":9007199254740992}", GLOW_OK },
		{ "{\"start_us\":9007199254740994}", GLOW_OUT_OF_RANGE },
		{ "{\"start_us\":\"yesterday\"}", GLOW_BAD_TYPE },
		{ "{\"start_us\":1e300}", GLOW_OUT_OF_RANGE },
		{ "{\"since_us\":0.5}", GLOW_OK },
		{ "{\"since_us\":\"0\"}", GLOW_BAD_TYPE },
		{ "{\"clock_id\":7}", GLOW_BAD_TYPE },
		{ "{\"clock_id\":\"7\"}", GLOW_OUT_OF_RANGE },
		{ "{\"seed\":-1}", GLOW_OUT_OF_RANGE },
		{ "{\"seed\":4294967296}", GLOW_OUT_OF_RANGE },
		{ "{\"notice\":7}", GLOW_BAD_TYPE },
		{ "{\"notice\":{\"effect\":\"x\"}}", GLOW_UNKNOWN_EFFECT },
		{ "{\"notice\":{\"effect\":\"solid\",\"priority\":300}}", GLOW_OUT_OF_RANGE },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		struct glow_diag diag;
		enum glow_code code = read_text(table[k].text, shapes[0], &diag);

		if (code != table[k].code)
			fail_msg("%s gives %s", table[k].text, glow_code_name(code));
	}
}

/* Whatever times a state names, what is read can be drawn at any time: this is for the sanitizers. */
static void test_extreme_times(void **state)
{
	static const int64_t times[] = { -(INT64_C(1) << 53), -1, 0, INT64_C(1700000000000000), INT64_C(1) << 53 };
	enum { N = sizeof(times) / sizeof(times[0]) };
	char text[300];

	(void)state;
	for (int k = 0; k < N * N * N; k++) {
		int64_t start = times[k % N], fade = times[k / N % N], now = times[k / N / N];
		struct glow_diag diag;

		for (int64_t length = 1; length <= GLOW_FADE_MAX_US; length += GLOW_FADE_MAX_US - 1) {
			struct glow_env env = { .shape = shapes[0], .brightness_limit = 255 };
			struct glow_picture pic = { .light = &back.light, .fade_from = &back.fade_from };
			struct glow_frame frame;

			if (fade + length > times[N - 1])
				continue;
			snprintf(text, sizeof(text),
				 "{\"effect\":\"plasma\",\"start_us\":%" PRId64 ",\"fade_from\":[\"red\"],"
				 "\"fade_start_us\":%" PRId64 ",\"fade_end_us\":%" PRId64 "}",
				 start, fade, fade + length);
			assert_int_equal(read_text(text, shapes[0], &diag), GLOW_OK);
			assert_true(back.fading); /* the control */
			pic.fade_start_us = back.fade_start_us;
			pic.fade_end_us = back.fade_end_us;
			glow_picture_render(&pic, &env, now, &frame);
			glow_picture_render(&pic, &env, fade + length - 1, &frame);
			assert_int_equal(frame.n, shapes[0].pixels);
		}
	}
}

/* A state that was cut anywhere is refused or, if it still is one, harmless. */
static void test_cut(void **state)
{
	struct glow_diag diag;
	char *text;

	(void)state;
	any_state(glow_effect_at(1), shapes[1]);
	text = glow_json_finish(glow_state_write(&written, shapes[1]));
	assert_int_equal(read_text(text, shapes[1], &diag), GLOW_OK);
	for (size_t n = strlen(text); n > 0; n--) {
		text[n - 1] = '\0';
		assert_int_not_equal(read_text(text, shapes[1], &diag), GLOW_OK);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_noticed),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_fade_from),
		cmocka_unit_test(test_as_command),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_foreign_member),
		cmocka_unit_test(test_missing_fields),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_extreme_times),
		cmocka_unit_test(test_cut),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
