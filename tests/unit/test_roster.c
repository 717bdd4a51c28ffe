/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Where nodes lie, compared with a strip of cells that each node occupies in
 * turn: every targeted pixel has a cell of its own, in order, and gaps are free. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/roster.h>

#include "../harness/dice.h"

#define NODES 12
#define CELLS 1024

static char shelf[2][GLOW_NAME_SIZE] = { "kitchen", "shelf" };
static struct glow_roster_node nodes[NODES];
static struct glow_roster roster;
static const struct glow_target all = { .kind = GLOW_TARGET_ALL };

static void add(const char *id, uint32_t pixels, uint32_t gap, bool on_shelf)
{
	struct glow_roster_node *node = &nodes[roster.n++];

	*node = (struct glow_roster_node){ .pixels = pixels, .gap = gap };
	snprintf(node->id, sizeof(node->id), "%s", id);
	node->groups = shelf;
	node->n_groups = on_shelf ? 2 : 0;
}

static int setup(void **state)
{
	(void)state;
	roster = (struct glow_roster){ .nodes = nodes };
	add("pi1", 8, 0, true);
	add("pi2", 18, 3, false);
	nodes[1].reverse = true;
	add("pi10", 8, 5, true);
	return 0;
}

static bool place(const struct glow_target *target, const char *id, uint32_t offset, uint32_t total)
{
	struct glow_place p;

	return glow_roster_place(&roster, target, id, &p) && p.offset == offset && p.total == total;
}

static void test_lay(void **state)
{
	(void)state;
	glow_roster_lay(&roster);
	assert_int_equal(nodes[0].offset, 0);
	assert_int_equal(nodes[1].offset, 8);
	assert_int_equal(nodes[2].offset, 29);
	assert_int_equal(roster.pixels, 37); /* the last gap leads nowhere */
	roster.n = 0;
	glow_roster_lay(&roster);
	assert_int_equal(roster.pixels, 0);
}

static void test_place(void **state)
{
	static char names[2][GLOW_NAME_SIZE] = { "pi10", "pi2" };
	struct glow_target target = { GLOW_TARGET_NODES, 2, names };
	struct glow_place p = { 1, 2, true };

	(void)state;
	assert_true(place(&all, "pi1", 0, 37));
	assert_true(place(&all, "pi2", 8, 37));
	assert_true(place(&all, "pi10", 29, 37));
	assert_true(glow_roster_place(&roster, &all, "pi2", &p) && p.reverse);
	assert_true(glow_roster_place(&roster, &all, "pi1", &p) && !p.reverse);
	/* The targeted nodes close up, in the roster's order whatever the target's is. */
	assert_true(place(&target, "pi2", 0, 29));
	assert_true(place(&target, "pi10", 21, 29));
	assert_false(place(&target, "pi2", 8, 37));
	target = (struct glow_target){ GLOW_TARGET_GROUPS, 1, &shelf[1] };
	assert_true(place(&target, "pi10", 8, 16));
	p = (struct glow_place){ 1, 2, true };
	assert_false(glow_roster_place(&roster, &target, "pi2", &p));
	assert_false(glow_roster_place(&roster, &all, "pi3", &p));
	assert_true(p.offset == 1 && p.total == 2); /* nothing is written then */
}

static void test_within(void **state)
{
	struct glow_within none = { 5, 0, true }, part = { 100, 400, false };
	struct glow_place p = { .offset = 8, .total = 37, .board = 1, .boards = 3 };

	(void)state;
	glow_place_within(&p, &none, 18);
	assert_true(p.offset == 8 && p.total == 37 && !p.reverse);
	glow_place_within(&p, &part, 18);
	assert_true(p.offset == 108 && p.total == 400 && !p.reverse && p.board == 1);
	part.reverse = true; /* 11 pixels lie behind it, and so before it there */
	p = (struct glow_place){ .offset = 8, .total = 37, .reverse = true };
	glow_place_within(&p, &part, 18);
	assert_true(p.offset == 111 && p.total == 400 && !p.reverse);
	/* Those above do not know yet how long this strip is. */
	part = (struct glow_within){ 380, 400, false };
	p = (struct glow_place){ .offset = 8, .total = 37 };
	glow_place_within(&p, &part, 18);
	assert_true(p.offset == 388 && p.total == 406);
	/* Nor is a board as long as its roster says. */
	part = (struct glow_within){ 0, 400, true };
	p = (struct glow_place){ .offset = 8, .total = 10 };
	glow_place_within(&p, &part, 18);
	assert_true(p.offset == 0 && p.total == 400);
	part = (struct glow_within){ GLOW_STRIP_MAX, GLOW_STRIP_MAX, false };
	p = (struct glow_place){ .offset = 8, .total = 37 };
	glow_place_within(&p, &part, 18);
	assert_true(p.offset == 8 && p.total == 37);
}

static bool alike(const struct glow_place *a, const struct glow_place *b)
{
	return glow_places_cover(&(struct glow_places){ .whole = *a }, &(struct glow_places){ .whole = *b });
}

/* Of all nodes at once, as of each alone. */
static void test_strip(void **state)
{
	static char names[2][GLOW_NAME_SIZE] = { "pi10", "pi2" };
	const struct glow_target targets[] = { all,
					       { GLOW_TARGET_NODES, 2, names },
					       { GLOW_TARGET_GROUPS, 1, &shelf[1] } };
	struct glow_place places[NODES], p;

	(void)state;
	for (size_t t = 0; t < sizeof(targets) / sizeof(targets[0]); t++) {
		glow_roster_strip(&roster, &targets[t], places);
		for (uint32_t k = 0; k < roster.n; k++) {
			bool has = glow_roster_place(&roster, &targets[t], nodes[k].id, &p);

			assert_int_equal(has, places[k].boards > 0);
			assert_true(!has || alike(&places[k], &p));
		}
	}
	p = places[0];
	p.total++;
	assert_false(alike(&places[0], &p)); /* the control */
}

static void test_places(void **state)
{
	static char names[2][GLOW_NAME_SIZE] = { "pi10", "pi2" };
	const struct glow_target target = { GLOW_TARGET_NODES, 2, names }, other = { GLOW_TARGET_NODES, 1, names };
	struct glow_target_place known[2] = { { glow_target_key(&target), { 1, 20, false, 1, 2 } },
					      { 7, { .boards = 1 } } };
	struct glow_places places = { .whole = { 8, 37, true, 1, 3 }, .n = 2, .targets = known }, less = places;
	struct glow_place p = { .total = 1 };

	(void)state;
	assert_true(glow_places_find(&places, &all, &p) && p.offset == 8 && p.reverse);
	assert_true(glow_places_find(&places, &target, &p) && p.total == 20);
	assert_false(glow_places_find(&places, &other, &p));
	assert_int_equal(p.total, 20);
	less.n = 1;
	assert_true(glow_places_cover(&places, &less));
	assert_false(glow_places_cover(&less, &places));
	less.whole.boards = 0;
	assert_false(glow_places_cover(&places, &less));
	assert_false(glow_places_find(&less, &all, &p));
}

/* Two copies of the roster, and one difference at a time. */
static void test_alike(void **state)
{
	struct glow_roster_node other[3];
	struct glow_roster b = { .nodes = other };
	char groups[2][GLOW_NAME_SIZE] = { "kitchen", "bench" };

	(void)state;
	glow_roster_lay(&roster);
	b.n = roster.n;
	b.pixels = roster.pixels;
	memcpy(other, nodes, sizeof(other));
	assert_true(glow_roster_alike(&roster, &b));
	b.edition.rev = 7;
	b.effective_us = 8;
	assert_true(glow_roster_alike(&roster, &b)); /* these do not count */
#define DIFFERS(member, value)                                     \
	do {                                                       \
		__typeof__(other[1].member) was = other[1].member; \
                                                                   \
		other[1].member = (value);                         \
		assert_false(glow_roster_alike(&roster, &b));      \
		assert_false(glow_roster_alike(&b, &roster));      \
		other[1].member = was;                             \
		assert_true(glow_roster_alike(&roster, &b));       \
	} while (0)
	DIFFERS(id[0], 'q');
	DIFFERS(pixels, 9);
	DIFFERS(offset, 9);
	DIFFERS(gap, 9);
	DIFFERS(reverse, false);
	DIFFERS(kind, 1);
	DIFFERS(n_groups, 1);
	other[0].groups = groups;
	assert_false(glow_roster_alike(&roster, &b));
	other[0].groups = shelf;
	b.n--;
	assert_false(glow_roster_alike(&roster, &b));
	assert_false(glow_roster_alike(&b, &roster));
	b.n++;
	b.pixels++;
	assert_false(glow_roster_alike(&roster, &b));
}

static void test_groups_alike(void **state)
{
	const char a[2][GLOW_NAME_SIZE] = { "kitchen", "shelf" }, b[2][GLOW_NAME_SIZE] = { "shelf", "kitchen" };

	(void)state;
	assert_true(glow_groups_alike(a, 2, (const char(*)[GLOW_NAME_SIZE])shelf, 2));
	assert_true(glow_groups_alike(NULL, 0, NULL, 0));
	assert_true(glow_groups_alike(a, 1, (const char(*)[GLOW_NAME_SIZE])shelf, 1));
	assert_false(glow_groups_alike(a, 2, b, 2)); /* their order counts */
	assert_false(glow_groups_alike(a, 2, a, 1));
	assert_false(glow_groups_alike(NULL, 0, a, 1));
}

/* ---- cells ---- */

struct cells {
	int owner[CELLS]; /* number of the node, -1 free */
	uint32_t n;       /* up to the last one that is taken */
};

static void occupy(struct cells *c, const struct glow_target *target)
{
	uint32_t at = 0;

	for (uint32_t k = 0; k < CELLS; k++)
		c->owner[k] = -1;
	c->n = 0;
	for (uint32_t k = 0; k < roster.n; k++) {
		bool has = target->kind == GLOW_TARGET_ALL ||
			   (target->kind == GLOW_TARGET_GROUPS ? nodes[k].n_groups > 0
							       : strcmp(target->ids[0], nodes[k].id) == 0);

		if (!has)
			continue;
		for (uint32_t i = 0; i < nodes[k].pixels; i++)
			c->owner[at++] = (int)k;
		c->n = at;
		at += nodes[k].gap;
	}
}

static int misplaced(const struct cells *c, const struct glow_target *target)
{
	int wrong = 0;

	for (uint32_t k = 0; k < roster.n; k++) {
		struct glow_place p;
		uint32_t seen = 0;

		for (uint32_t i = 0; i < c->n; i++)
			seen += c->owner[i] == (int)k;
		if (glow_roster_place(&roster, target, nodes[k].id, &p) != (seen > 0)) {
			wrong++;
			continue;
		}
		for (uint32_t i = 0; seen && i < nodes[k].pixels; i++)
			wrong += p.total != c->n || c->owner[p.offset + i] != (int)k;
	}
	return wrong;
}

static void test_cells(void **state)
{
	struct dice d;
	static struct cells c;
	int controls = 0;

	(void)state;
	dice_init(&d);
	for (int round = 0; round < 2000; round++) {
		uint32_t n = 1 + dice_roll(&d, NODES);
		static char one[1][GLOW_NAME_SIZE];
		const struct glow_target targets[] = { all,
						       { GLOW_TARGET_GROUPS, 1, &shelf[0] },
						       { GLOW_TARGET_NODES, 1, one } };

		roster.n = 0;
		for (uint32_t k = 0; k < n; k++) {
			char id[16];

			snprintf(id, sizeof(id), "n%u", k);
			add(id, 1 + dice_roll(&d, 40), dice_roll(&d, 3) ? 0 : dice_roll(&d, 30), dice_roll(&d, 2));
		}
		snprintf(one[0], sizeof(one[0]), "n%u", dice_roll(&d, n));
		for (int k = 0; k < 3; k++) {
			occupy(&c, &targets[k]);
			assert_int_equal(misplaced(&c, &targets[k]), 0);
		}
		/* What lay() writes down is where place() says all nodes are. */
		occupy(&c, &all);
		glow_roster_lay(&roster);
		assert_int_equal(roster.pixels, c.n);
		for (uint32_t k = 0; k < n; k++)
			assert_int_equal(c.owner[nodes[k].offset], k);
		/* The control: with a gap more, a node behind it is elsewhere. */
		nodes[0].gap++;
		controls += misplaced(&c, &all) > 0;
		assert_int_equal(misplaced(&c, &all) > 0, n > 1);
	}
	assert_true(controls > 1000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = { T(test_lay),    T(test_place), T(test_within),       T(test_strip),
					    T(test_places), T(test_alike), T(test_groups_alike), T(test_cells) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
