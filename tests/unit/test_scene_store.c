/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* When scenes begin, give way and end, on a clock that starts at 0. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/app/conductor/scene_store.h"

#define SECOND GLOW_US_PER_S

static struct glow_scenes s;

static int setup(void **state)
{
	(void)state;
	return glow_scene_store_init(&s);
}

static int teardown(void **state)
{
	(void)state;
	glow_scenes_fini(&s);
	memset(&s, 0, sizeof(s));
	return 0;
}

static struct glow_time at(int64_t us)
{
	return (struct glow_time){ us };
}

static struct glow_scene scene(const char *id, int64_t start_us, int64_t end_us, int64_t fade_us)
{
	struct glow_scene one = { .start_us = start_us, .end_us = end_us, .fade_us = fade_us, .n_entries = 1 };

	snprintf(one.id, sizeof(one.id), "%s", id);
	one.entries = calloc(1, sizeof(*one.entries));
	assert_non_null(one.entries);
	return one;
}

static void play(const char *id, int64_t start_us, int64_t end_us, int64_t fade_us)
{
	struct glow_scene one = scene(id, start_us, end_us, fade_us);

	assert_true(glow_scene_store_play(&s, &one, at(0)));
}

static void test_ends(void **state)
{
	(void)state;
	assert_int_equal(glow_scene_store_next(&s).us, GLOW_NEVER);
	play("a", 1 * SECOND, GLOW_NEVER, 0);
	assert_int_equal(glow_scene_store_next(&s).us, GLOW_NEVER);
	play("b", 1 * SECOND, 5 * SECOND, 0);
	assert_int_equal(glow_scene_store_next(&s).us, 6 * SECOND); /* a second after its end */
	assert_false(glow_scene_store_tidy(&s, at(6 * SECOND - 1)));
	assert_true(glow_scene_store_tidy(&s, at(6 * SECOND)));
	assert_int_equal(s.n, 1);
	assert_string_equal(s.v[0].id, "a");
	assert_false(glow_scene_store_tidy(&s, at(1000 * SECOND)));
}

static void test_ends_with_its_playlist(void **state)
{
	(void)state;
	play("a", 0, GLOW_NEVER, 0);
	s.v[0].playlist = true;
	s.v[0].entries[0].duration_us = 3 * SECOND;
	assert_int_equal(glow_scene_store_next(&s).us, 4 * SECOND);
	s.v[0].loop = true; /* the control */
	assert_int_equal(glow_scene_store_next(&s).us, GLOW_NEVER);
}

/* The old one plays on until the new one covers it, and is whole by then. */
static void test_replaced(void **state)
{
	(void)state;
	play("main", 0, GLOW_NEVER, 3 * SECOND);
	play("other", 0, GLOW_NEVER, 3 * SECOND);
	play("main", 1 * SECOND, GLOW_NEVER, 5 * SECOND);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.v[0].end_us, 6 * SECOND);
	assert_int_equal(s.v[0].fade_us, 3 * SECOND); /* it still fades in */
	assert_int_equal(glow_scene_store_next(&s).us, 3 * SECOND);
	assert_true(glow_scene_store_tidy(&s, at(3 * SECOND)));
	assert_int_equal(s.v[0].fade_us, 0);
	assert_int_equal(s.v[1].fade_us, 3 * SECOND); /* of another id */
	assert_int_equal(s.v[1].end_us, GLOW_NEVER);
	assert_int_equal(s.v[2].fade_us, 5 * SECOND);
	assert_int_equal(glow_scene_store_next(&s).us, 7 * SECOND);
	assert_true(glow_scene_store_tidy(&s, at(7 * SECOND)));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.v[0].id, "other");
}

static void test_replaced_before_it_begins(void **state)
{
	(void)state;
	play("main", 2 * SECOND, GLOW_NEVER, 0);
	play("main", 2 * SECOND, GLOW_NEVER, 0);
	assert_int_equal(s.n, 1);
	play("main", 3 * SECOND, GLOW_NEVER, 0); /* the control: the first begins before that */
	assert_int_equal(s.n, 2);
}

/* An end that comes sooner stays. */
static void test_replaced_near_its_end(void **state)
{
	(void)state;
	play("main", 0, 2 * SECOND, 0);
	play("main", 1 * SECOND, GLOW_NEVER, 5 * SECOND);
	assert_int_equal(s.v[0].end_us, 2 * SECOND);
}

static void test_stop(void **state)
{
	(void)state;
	play("a", 0, GLOW_NEVER, 1);
	play("b", 0, 3 * SECOND, 1);
	assert_int_equal(glow_scene_store_stop(&s, "c", 5 * SECOND, 7), 0);
	assert_int_equal(glow_scene_store_stop(&s, "a", 5 * SECOND, 7), 1);
	assert_int_equal(s.v[0].end_us, 5 * SECOND);
	assert_int_equal(s.v[0].fade_us, 7);
	assert_int_equal(s.v[1].fade_us, 1);
	assert_int_equal(glow_scene_store_stop(&s, NULL, 4 * SECOND, 9), 2);
	assert_int_equal(s.v[0].end_us, 4 * SECOND);
	assert_int_equal(s.v[1].end_us, 3 * SECOND); /* ends sooner, as it was to */
	assert_int_equal(s.v[1].fade_us, 1);
}

static void test_too_many(void **state)
{
	struct glow_scene more = scene("more", 0, GLOW_NEVER, 0);
	char id[16];

	(void)state;
	for (int k = 0; k < GLOW_SCENES_MAX; k++) {
		snprintf(id, sizeof(id), "s%d", k);
		play(id, 0, k ? GLOW_NEVER : SECOND, 0);
	}
	assert_false(glow_scene_store_play(&s, &more, at(SECOND)));
	assert_int_equal(s.n, GLOW_SCENES_MAX);
	assert_true(glow_scene_store_play(&s, &more, at(2 * SECOND))); /* one has ended meanwhile */
	assert_string_equal(s.v[GLOW_SCENES_MAX - 1].id, "more");
}

/* What goes is the lowest of an id, where the next one shows; then what had not begun. Others stay. */
/* promise: newest-wins */
static void test_yields(void **state)
{
	(void)state;
	play("a", 0, GLOW_NEVER, 3 * SECOND);
	play("other", 0, GLOW_NEVER, 0);
	play("a", 1 * SECOND, GLOW_NEVER, 3 * SECOND);
	play("a", 2 * SECOND, GLOW_NEVER, 3 * SECOND);
	assert_true(glow_scene_store_yield(&s, "a", at(1 * SECOND)));
	assert_int_equal(s.n, 3);
	assert_string_equal(s.v[0].id, "other");
	assert_true(s.v[1].start_us == 1 * SECOND && s.v[1].fade_us == 0); /* the base of the others now */
	assert_true(s.v[1].end_us == 5 * SECOND);
	assert_true(glow_scene_store_yield(&s, "new", at(1 * SECOND)));
	assert_int_equal(s.n, 2); /* that at 2 s has not begun */
	assert_true(s.v[1].start_us == 1 * SECOND && s.v[1].end_us == GLOW_NEVER);
	assert_false(glow_scene_store_yield(&s, "new", at(1 * SECOND))); /* the last of others never */
	assert_true(glow_scene_store_yield(&s, "a", at(1 * SECOND)));
	assert_int_equal(s.n, 1);
	assert_string_equal(s.v[0].id, "other");
}

static void test_take(void **state)
{
	struct glow_scenes read;

	(void)state;
	play("old", 0, GLOW_NEVER, 0);
	assert_int_equal(glow_scene_store_init(&read), 0);
	read.edition.clock_id = 5;
	read.edition.term = 6;
	read.edition.rev = 7;
	read.v[read.n++] = scene("new", 0, GLOW_NEVER, 0);
	glow_scene_store_take(&s, &read);
	assert_true(s.edition.clock_id == 5 && s.edition.term == 6 && s.edition.rev == 7);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.v[0].id, "new");
	assert_int_equal(read.n, 0);
	play("one more", 0, GLOW_NEVER, 0); /* there is room */
	assert_int_equal(s.n, 2);
}

/* What has begun there is where it was; what has not begins at once, as long as it would have been. */
static void test_move(void **state)
{
	(void)state;
	play("begun", 3, 100 * SECOND, 0);
	play("to come", 50 * SECOND, 60 * SECOND, 0);
	play("endless", 50 * SECOND, GLOW_NEVER, 0);
	glow_scene_store_move(&s, 9, at(10 * SECOND));
	assert_int_equal(s.edition.clock_id, 9);
	assert_true(s.v[0].start_us == 3 && s.v[0].end_us == 100 * SECOND);
	assert_true(s.v[1].start_us == 10 * SECOND && s.v[1].end_us == 20 * SECOND);
	assert_true(s.v[2].start_us == 10 * SECOND && s.v[2].end_us == GLOW_NEVER);
}

/* Scenes go on with what their effect is now; its name is kept where there is none, and comes back with it. */
static void test_effect(void **state)
{
	static const struct glow_param_desc rows[] = {
		{ .name = "a", .type = GLOW_PARAM_INT, .max = 9, .def = 1 },
		{ .name = "b", .type = GLOW_PARAM_INT, .max = 9, .def = 2 },
	};
	const struct glow_effect_desc one = { .name = "aurora", .params = rows, .n_params = 2 };
	const struct glow_effect_desc two = { .name = "aurora", .params = rows + 1, .n_params = 1 };
	struct glow_scene_entry *text, *other;

	(void)state;
	play("text", 0, GLOW_NEVER, 0);
	play("other", 0, GLOW_NEVER, 0);
	text = s.v[0].entries;
	other = s.v[1].entries;
	text->effect = &one;
	text->params = (struct glow_params){ .v = { 3, 4 } };
	other->effect = &glow_effect_solid;
	glow_scene_store_effect(&s, &one, &two);
	assert_ptr_equal(text->effect, &two);
	assert_int_equal(text->params.v[0], 4);
	glow_scene_store_effect(&s, &two, NULL);
	assert_null(text->effect);
	assert_string_equal(text->unknown, "aurora");
	glow_scene_store_effect(&s, NULL, &one);
	assert_ptr_equal(text->effect, &one);
	assert_int_equal(text->params.v[0], 1);
	assert_ptr_equal(other->effect, &glow_effect_solid);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_ends),
		T(test_ends_with_its_playlist),
		T(test_replaced),
		T(test_replaced_before_it_begins),
		T(test_replaced_near_its_end),
		T(test_stop),
		T(test_too_many),
		T(test_yields),
		T(test_take),
		T(test_move),
		T(test_effect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
