/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The table of effects when some are added to the built-in ones, and parameters that are carried from one effect to
 * another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/effect.h>

static const struct glow_effect_desc *at(const char *name)
{
	return glow_effect_find(name, strlen(name));
}

static void test_built_in(void **state)
{
	(void)state;
	assert_int_equal(glow_effect_count(), glow_effect_built_in_count());
	for (size_t k = 0; k < glow_effect_count(); k++) {
		const struct glow_effect_desc *e = glow_effect_at(k);

		assert_ptr_equal(e, glow_effect_built_in_at(k));
		assert_ptr_equal(at(e->name), e);
		assert_ptr_equal(glow_effect_built_in_find(e->name, strlen(e->name)), e);
		assert_int_equal(e->steps, 0);
	}
	assert_null(at("aurora"));
	assert_null(glow_effect_find("rainbows", 8));
	assert_null(glow_effect_find("rainbow", 6));
}

/* They come after the built-in ones, keep their order when one goes, and are found by their names. */
static void test_added(void **state)
{
	const struct glow_effect_desc a = { .name = "aurora" }, b = { .name = "lava" }, again = { .name = "lava" };
	size_t n = glow_effect_count();

	(void)state;
	assert_true(glow_effect_add(&a));
	assert_true(glow_effect_add(&b));
	assert_false(glow_effect_add(&again));
	assert_int_equal(glow_effect_count(), n + 2);
	assert_ptr_equal(at("lava"), &b);
	assert_null(glow_effect_built_in_find("lava", 4));
	assert_ptr_equal(glow_effect_at(n), &a);
	glow_effect_remove(&again); /* never was there */
	glow_effect_remove(&a);
	assert_ptr_equal(glow_effect_at(n), &b);
	assert_null(at("aurora"));
	glow_effect_remove(&b);
	assert_int_equal(glow_effect_count(), n);
}

/* A text that is older than a built-in of its name is still what its name means, until it goes. */
static void test_in_place_of(void **state)
{
	const struct glow_effect_desc *built_in = at("rainbow");
	const struct glow_effect_desc text = { .name = "rainbow" }, again = { .name = "rainbow" };
	size_t n = glow_effect_count();

	(void)state;
	assert_true(glow_effect_add(&text));
	assert_false(glow_effect_add(&again));
	assert_int_equal(glow_effect_count(), n);
	assert_ptr_equal(at("rainbow"), &text);
	assert_ptr_equal(glow_effect_built_in_find("rainbow", 7), built_in);
	glow_effect_remove(built_in); /* cannot be */
	assert_ptr_equal(at("rainbow"), &text);
	glow_effect_remove(&text);
	assert_ptr_equal(at("rainbow"), built_in);
}

/* What programs mean by themselves stays what it is. */
static void test_own(void **state)
{
	static const char *const names[] = { "solid", "blink", "identify" };

	(void)state;
	for (int k = 0; k < 3; k++) {
		const struct glow_effect_desc e = { .name = names[k] }, *was = at(names[k]);

		assert_false(glow_effect_add(&e));
		assert_ptr_equal(at(names[k]), was);
	}
}

static void test_full(void **state)
{
	static struct glow_effect_desc e[GLOW_EFFECTS_ADDED_MAX + 1];
	static char names[GLOW_EFFECTS_ADDED_MAX + 1][8];
	size_t n = glow_effect_count();

	(void)state;
	for (int k = 0; k <= GLOW_EFFECTS_ADDED_MAX; k++) {
		snprintf(names[k], sizeof(names[k]), "t%d", k);
		e[k].name = names[k];
		assert_int_equal(glow_effect_add(&e[k]), k < GLOW_EFFECTS_ADDED_MAX);
	}
	assert_int_equal(glow_effect_count(), n + GLOW_EFFECTS_ADDED_MAX);
	for (int k = 0; k < GLOW_EFFECTS_ADDED_MAX; k++)
		glow_effect_remove(&e[k]);
	assert_int_equal(glow_effect_count(), n);
}

static void test_fits(void **state)
{
	const struct glow_effect_desc e = { .steps = 2000 };

	(void)state;
	assert_true(glow_effect_fits(&e, 1000));
	assert_false(glow_effect_fits(&e, 1001));
	assert_true(glow_effect_fits(at("plasma"), UINT32_MAX));
}

#define INT_ROW(n, low, high, d)                                                     \
	{                                                                            \
		.name = n, .type = GLOW_PARAM_INT, .min = low, .max = high, .def = d \
	}

static const char *const fruit[] = { "apple", "pear", NULL }, *const more_fruit[] = { "fig", "pear", NULL };

/* By name, where it is of the same type and in range; the rest has its default. */
static void test_carry(void **state)
{
	static const struct glow_param_desc old_rows[] = {
		INT_ROW("kept", 0, 100, 1),
		INT_ROW("far", 0, 100, 2),
		INT_ROW("gone", 0, 100, 3),
		INT_ROW("type", 0, 100, 4),
		{ .name = "fruit", .type = GLOW_PARAM_CHOICE, .choices = fruit },
		{ .name = "shade", .type = GLOW_PARAM_COLOR, .def = 0x102030 },
		GLOW_PARAM_LIGHT_COLOR,
	};
	static const struct glow_param_desc new_rows[] = {
		{ .name = "fruit", .type = GLOW_PARAM_CHOICE, .choices = more_fruit },
		{ .name = "color", .type = GLOW_PARAM_COLOR, .def = 0x445566 },
		INT_ROW("new", 0, 9, 5),
		INT_ROW("far", 0, 10, 6),
		{ .name = "type", .type = GLOW_PARAM_BOOL, .def = 1 },
		{ .name = "shade", .type = GLOW_PARAM_COLOR, .def = 0 },
		INT_ROW("kept", 50, 200, 70),
	};
	const struct glow_effect_desc was = { .params = old_rows, .n_params = 7 };
	const struct glow_effect_desc is = { .params = new_rows, .n_params = 7 };
	struct glow_params p = { .v = { 60, 11, 12, 0, 1, 0xabcdef, GLOW_LIGHT_COLOR } };

	(void)state;
	glow_params_carry(&was, &is, &p);
	assert_int_equal(p.v[0], 1); /* the pear, wherever it stands */
	assert_int_equal(p.v[1], 0x445566);
	assert_int_equal(p.v[2], 5);
	assert_int_equal(p.v[3], 6);
	assert_int_equal(p.v[4], 1);
	assert_int_equal(p.v[5], 0xabcdef);
	assert_int_equal(p.v[6], 60);
	p.v[0] = 0; /* a fig: the others have none */
	glow_params_carry(&is, &was, &p);
	assert_int_equal(p.v[4], 0);
	assert_int_equal(p.v[6], 0x445566);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in), cmocka_unit_test(test_added), cmocka_unit_test(test_in_place_of),
		cmocka_unit_test(test_own),      cmocka_unit_test(test_full),  cmocka_unit_test(test_fits),
		cmocka_unit_test(test_carry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
