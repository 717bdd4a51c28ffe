/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Who is known, by each way to be so, and what is said of a name that nobody has. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/app/conductor/addressees.h"

#define SECOND INT64_C(1000000000)

static struct glow_placement placement;
static struct glow_members m;
static struct glow_diag diag;
static const struct glow_raw now = { 1234 * SECOND };

static int setup(void **state)
{
	(void)state;
	assert_int_equal(glow_placement_init(&placement, "door,gate", NULL, NULL, &diag), 0);
	glow_members_init(&m, &placement, 60 * SECOND);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_members_fini(&m);
	glow_placement_fini(&placement);
	return 0;
}

static void info(const char *id, const char *groups)
{
	char text[300];

	snprintf(text, sizeof(text), "{\"id\":\"%s\",\"groups\":[%s],\"shape\":\"blinkt\",\"pixels\":8}", id, groups);
	assert_true(glow_members_info(&m, id, text, strlen(text), &diag));
}

/* pi1 and pi2 are online, pi3 is not; the last roster had pi4 of the group attic. */
static void a_cluster(void)
{
	char attic[1][GLOW_NAME_SIZE] = { "attic" };
	struct glow_roster_node last = { .id = "pi4", .pixels = 8, .n_groups = 1, .groups = attic };
	const struct glow_roster roster = { .edition.rev = 1, .n = 1, .nodes = &last };

	info("pi1", "\"odd\",\"shelf\"");
	info("pi2", "\"even\",\"shelf\"");
	info("pi3", "\"odd\"");
	glow_members_availability(&m, "pi1", true, now);
	glow_members_availability(&m, "pi2", true, now);
	glow_members_availability(&m, "pi3", false, now);
	glow_members_restore(&m, &roster, now);
}

static enum glow_code check(enum glow_target_kind kind, const char *a, const char *b)
{
	char ids[2][GLOW_NAME_SIZE];
	const struct glow_target target = { .kind = kind, .n = b ? 2 : 1, .ids = ids };

	snprintf(ids[0], sizeof(ids[0]), "%s", a);
	snprintf(ids[1], sizeof(ids[1]), "%s", b ? b : "");
	diag = (struct glow_diag){ .code = GLOW_OK };
	return glow_addressees_check(&m, &target, kind == GLOW_TARGET_NODES ? "target.nodes" : "target.groups", &diag);
}

static enum glow_code node(const char *id)
{
	return check(GLOW_TARGET_NODES, id, NULL);
}

static enum glow_code group(const char *id)
{
	return check(GLOW_TARGET_GROUPS, id, NULL);
}

static void test_known_nodes(void **state)
{
	(void)state;
	a_cluster();
	assert_int_equal(node("pi1"), GLOW_OK);
	assert_int_equal(node("pi3"), GLOW_OK);  /* offline, but the broker has its info */
	assert_int_equal(node("pi4"), GLOW_OK);  /* of the last roster */
	assert_int_equal(node("door"), GLOW_OK); /* never seen, but in --order */
	assert_int_equal(node("pi5"), GLOW_UNKNOWN_TARGET);
	assert_int_equal(node("odd"), GLOW_UNKNOWN_TARGET);
	glow_members_availability(&m, "pi5", false, now); /* all that the broker has of it */
	assert_int_equal(node("pi5"), GLOW_UNKNOWN_TARGET);
	glow_members_availability(&m, "pi5", true, now);
	assert_int_equal(node("pi5"), GLOW_OK);
	assert_true(glow_members_info(&m, "pi3", "", 0, &diag)); /* forgotten */
	assert_int_equal(node("pi3"), GLOW_UNKNOWN_TARGET);
}

static void test_known_groups(void **state)
{
	(void)state;
	a_cluster();
	assert_int_equal(group("odd"), GLOW_OK);
	assert_int_equal(group("attic"), GLOW_OK);
	assert_int_equal(group("pi1"), GLOW_UNKNOWN_TARGET);
	assert_int_equal(group("cellar"), GLOW_UNKNOWN_TARGET);
	glow_members_availability(&m, "pi5", true, now); /* whose groups nobody knows */
	assert_int_equal(group("cellar"), GLOW_OK);
	info("pi5", "");
	assert_int_equal(group("cellar"), GLOW_UNKNOWN_TARGET);
}

/* With nobody there at all it is not a name that is wrong. */
static void test_empty(void **state)
{
	(void)state;
	assert_int_equal(node("pi1"), GLOW_OK);
	assert_int_equal(group("odd"), GLOW_OK);
	glow_members_availability(&m, "pi1", false, now);
	assert_int_equal(node("pi9"), GLOW_OK);
	info("pi1", "");
	assert_int_equal(node("pi9"), GLOW_UNKNOWN_TARGET); /* control */
	assert_int_equal(group("odd"), GLOW_UNKNOWN_TARGET);
}

/* More nodes than can be kept: one that is not among them may be there. */
static void test_too_many(void **state)
{
	char id[20];

	(void)state;
	for (int k = 0; k < GLOW_MEMBERS_MAX; k++) {
		if (k == GLOW_MEMBERS_MAX - 1)
			assert_int_equal(node("door-9999"), GLOW_UNKNOWN_TARGET); /* control */
		snprintf(id, sizeof(id), "pi%d", k);
		info(id, "");
	}
	assert_int_equal(node("door-9999"), GLOW_OK);
}

static void test_what_is_said(void **state)
{
	(void)state;
	a_cluster();
	node("pi11");
	assert_string_equal(diag.where, "target.nodes.0");
	assert_string_equal(diag.what, "no node \"pi11\" is known, and \"absent\" is not true; did you mean \"pi1\"?");
	check(GLOW_TARGET_NODES, "pi1", "doar");
	assert_string_equal(diag.where, "target.nodes.1");
	assert_string_equal(diag.what, "no node \"doar\" is known, and \"absent\" is not true; did you mean \"door\"?");
	check(GLOW_TARGET_GROUPS, "odd", "evn");
	assert_string_equal(diag.where, "target.groups.1");
	assert_string_equal(diag.what,
			    "no node has the group \"evn\", and \"absent\" is not true; did you mean \"even\"?");
	group("atic"); /* the last of them */
	assert_non_null(strstr(diag.what, "; did you mean \"attic\"?"));
	node("frobnicate");
	assert_string_equal(diag.what, "no node \"frobnicate\" is known, and \"absent\" is not true");
}

/* A node's name for a group's, or the reverse. */
static void test_the_other_kind(void **state)
{
	(void)state;
	a_cluster();
	node("odd");
	assert_non_null(strstr(diag.what, "; did you mean \"group/odd\"?"));
	node("shlf");
	assert_non_null(strstr(diag.what, "; did you mean \"group/shelf\"?"));
	group("pi1");
	assert_non_null(strstr(diag.what, "; did you mean \"node/pi1\"?"));
	info("ode", "");
	node("odd"); /* the very name is what was meant, not a near one */
	assert_non_null(strstr(diag.what, "; did you mean \"group/odd\"?"));
	node("oda"); /* of equally near ones that of the kind that was asked for */
	assert_non_null(strstr(diag.what, "; did you mean \"ode\"?"));
}

/* A topic is no field. */
static void test_without_a_field(void **state)
{
	char ids[1][GLOW_NAME_SIZE] = { "evn" };
	const struct glow_target target = { .kind = GLOW_TARGET_GROUPS, .n = 1, .ids = ids };

	(void)state;
	a_cluster();
	assert_int_equal(glow_addressees_check(&m, &target, "", &diag), GLOW_UNKNOWN_TARGET);
	assert_string_equal(diag.where, "");
}

static uint32_t online(const struct glow_target *target)
{
	return glow_addressees_online(&m, &target, 1);
}

static void test_online(void **state)
{
	char ids[2][GLOW_NAME_SIZE] = { "odd", "shelf" }, node[1][GLOW_NAME_SIZE] = { "pi1" };
	struct glow_target target = { .kind = GLOW_TARGET_ALL };
	const struct glow_target named = { .kind = GLOW_TARGET_NODES, .n = 1, .ids = node };
	const struct glow_target *const both[] = { &target, &named };

	(void)state;
	assert_int_equal(online(&target), 0);
	a_cluster();
	assert_int_equal(online(&target), 2);
	target = (struct glow_target){ .kind = GLOW_TARGET_GROUPS, .n = 1, .ids = ids };
	assert_int_equal(online(&target), 1);
	assert_int_equal(glow_addressees_online(&m, both, 2), 1); /* the same one */
	target.n = 2;                                             /* pi1 is in both, and counts once */
	assert_int_equal(online(&target), 2);
	target.kind = GLOW_TARGET_NODES;
	assert_int_equal(online(&target), 0);
	assert_int_equal(glow_addressees_online(&m, both, 2), 1);
	assert_int_equal(glow_addressees_online(&m, both, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_known_nodes),  TEST(test_known_groups),   TEST(test_empty),           TEST(test_too_many),
		TEST(test_what_is_said), TEST(test_the_other_kind), TEST(test_without_a_field), TEST(test_online),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
