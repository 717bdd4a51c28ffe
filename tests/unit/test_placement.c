/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/app/conductor/placement.h"

static struct glow_placement p;
static struct glow_diag diag;

static int teardown(void **state)
{
	(void)state;
	glow_placement_fini(&p);
	return 0;
}

static int read_lists(const char *order, const char *reverse, const char *gap)
{
	glow_placement_fini(&p);
	return glow_placement_init(&p, order, reverse, gap, &diag);
}

static void is(const char *id, uint32_t rank, bool reverse, uint32_t gap)
{
	const struct glow_placement_row *row = glow_placement_of(&p, id);

	assert_int_equal(row->rank, rank);
	assert_int_equal(row->reverse, reverse);
	assert_int_equal(row->gap, gap);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(read_lists(NULL, NULL, NULL), 0);
	is("a", UINT32_MAX, false, 0);
	assert_int_equal(read_lists("", "", ""), 0);
	is("a", UINT32_MAX, false, 0);
	assert_int_equal(p.n, 0);
}

static struct glow_wanted_node nodes[] = {
	{ .id = "door", .has_reverse = true, .reverse = false, .has_gap = true, .gap = 9 },
	{ .id = "new", .title = "New" },
	{ .id = "pi9", .has_gap = true, .gap = 0 },
};

/* What was wanted later beats the options, value by value; a reset leaves the options. */
static void test_wanted(void **state)
{
	char order[][GLOW_NAME_SIZE] = { "x", "door" };
	struct glow_wanted wanted = { .n = 3, .nodes = nodes };
	const struct glow_wanted none = { .n = 0 };

	(void)state;
	assert_int_equal(read_lists("pi9,door", "pi2,door", "pi9=3,door=1"), 0);
	assert_true(glow_placement_want(&p, &wanted));
	is("pi9", 0, false, 0);
	is("door", 1, false, 9);
	is("pi2", UINT32_MAX, true, 0);
	is("new", UINT32_MAX, false, 0);
	assert_string_equal(glow_placement_of(&p, "new")->id, "new"); /* it is known by its title */
	wanted.has_order = true;
	wanted.n_order = 2;
	wanted.order = order;
	assert_true(glow_placement_want(&p, &wanted));
	is("x", 0, false, 0);
	is("door", 1, false, 9);
	is("pi9", UINT32_MAX, false, 0);
	wanted.n_order = 0;
	assert_true(glow_placement_want(&p, &wanted));
	is("door", UINT32_MAX, false, 9);
	assert_true(glow_placement_want(&p, &none));
	is("pi9", 0, false, 3);
	is("door", 1, true, 1);
	assert_int_equal(p.n, 3);
}

static void test_lists(void **state)
{
	(void)state;
	assert_int_equal(read_lists("pi9,door", "pi2,door", "pi9=3,absent=4096,door=0"), 0);
	is("pi9", 0, false, 3);
	is("door", 1, true, 0);
	is("pi2", UINT32_MAX, true, 0);
	is("absent", UINT32_MAX, false, 4096);
	is("pi1", UINT32_MAX, false, 0);
	is("pi", UINT32_MAX, false, 0); /* no part of a name will do */
	assert_int_equal(p.n, 4);
}

static void test_mentioned_twice(void **state)
{
	(void)state;
	assert_int_equal(read_lists("a,b,a,c", "b,b", "b=1,b=2"), 0);
	is("a", 0, false, 0);
	is("b", 1, true, 2);
	is("c", 3, false, 0);
	assert_int_equal(p.n, 3);
}

static void test_bad_lists(void **state)
{
	static const struct {
		const char *order, *reverse, *gap, *where;
	} bad[] = {
		{ "a,,b", NULL, NULL, "--order" },  { "A", NULL, NULL, "--order" },
		{ "a,", NULL, NULL, "--order" },    { ",a", NULL, NULL, "--order" },
		{ ",", NULL, NULL, "--order" },     { "a=1", NULL, NULL, "--order" },
		{ NULL, "a b", NULL, "--reverse" }, { "a", "b,", NULL, "--reverse" },
		{ NULL, NULL, "a", "--gap" },       { NULL, NULL, "a=", "--gap" },
		{ NULL, NULL, "a=x", "--gap" },     { NULL, NULL, "a=-1", "--gap" },
		{ NULL, NULL, "a=1b", "--gap" },    { NULL, NULL, "a=1,", "--gap" },
		{ NULL, NULL, "a=4097", "--gap" },  { NULL, NULL, "=1", "--gap" },
		{ NULL, NULL, "a,b=1", "--gap" },   { "a", "a", "a=99999999999999999999", "--gap" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		assert_int_equal(read_lists(bad[k].order, bad[k].reverse, bad[k].gap), -EINVAL);
		assert_string_equal(diag.where, bad[k].where);
		assert_null(p.rows);
	}
}

static void test_says_what_is_right(void **state)
{
	(void)state;
	read_lists("A", NULL, NULL);
	assert_string_equal(diag.what, "must be node ids separated by commas");
	read_lists(NULL, NULL, "a=99999");
	assert_string_equal(diag.what, "must be id=pixels,… with at most 4096 pixels each");
}

/* An id may be of 63 characters, and no longer. */
static void test_long_ids(void **state)
{
	char id[66];

	(void)state;
	memset(id, 'x', sizeof(id));
	id[63] = '\0';
	assert_int_equal(read_lists(id, id, NULL), 0);
	is(id, 0, true, 0);
	id[63] = 'x';
	id[64] = '\0';
	assert_int_equal(read_lists(id, NULL, NULL), -EINVAL);
	assert_int_equal(read_lists(NULL, NULL, id), -EINVAL);
}

int main(void)
{
#define T(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = { T(test_nothing),         T(test_lists),     T(test_wanted),
					    T(test_mentioned_twice), T(test_bad_lists), T(test_says_what_is_right),
					    T(test_long_ids) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
