/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Order, what is turned round, gaps and titles in a conductor's life: asked for, kept, handed over. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../harness/conducting.h"

#define SET    "glow/roster/set"
#define WANTED "glow/roster/wanted"
#define ERROR  "glow/conductor/error"
#define KEPT                                                                                                          \
	"{\"order\":[\"c\",\"b\"],\"nodes\":{\"a\":{\"title\":\"Door\"}},\"clock_id\":\"feedbeef01234567\",\"term\":" \
	"3,"                                                                                                          \
	"\"rev\":7}"

static void three(void)
{
	lead();
	node("a");
	node("b");
	node("c");
	pass(200 * MS);
	forget();
}

/* The ids of the roster, one letter each. */
static const char *strip(void)
{
	static char ids[16];
	size_t n = 0;

	for (const char *at = last(ROSTER); (at = strstr(at, "{\"id\":\"")) && n < sizeof(ids) - 1; at += 7)
		ids[n++] = at[7];
	ids[n] = '\0';
	return ids;
}

static void test_set(void **state)
{
	(void)state;
	cfg.order = "b";
	cfg.reverse = "a";
	three();
	ask(SET, "{\"order\":[\"c\"],\"nodes\":{\"a\":{\"reverse\":false},\"b\":{\"gap\":4,\"title\":\"Door\"}}}");
	assert_string_equal(sent[0].topic, WANTED); /* before the answer */
	assert_true(sent[0].retained && said(ANSWER, "\"ok\""));
	assert_true(said(WANTED, "\"rev\":1") && said(WANTED, "\"title\":\"Door\""));
	assert_int_equal(count(ROSTER), 0);
	pass(200 * MS);
	assert_string_equal(strip(), "cab");
	assert_true(said(ROSTER, "\"id\":\"a\",\"groups\":[],\"pixels\":8,\"offset\":8,\"reverse\":false"));
	ask(SET, "{\"reset\":true}");
	pass(200 * MS);
	assert_string_equal(strip(), "bac"); /* as configured */
	assert_true(said(ROSTER, "\"id\":\"a\",\"groups\":[],\"pixels\":8,\"offset\":8,\"reverse\":true"));
	assert_true(said(WANTED, "{\"nodes\":{}"));
	ask(SET, "{\"nodes\":{\"a\":{\"title\":\"x\"}}}"); /* a title moves nobody */
	forget();
	pass(SECOND);
	assert_int_equal(count(ROSTER), 0);
}

static void test_refused(void **state)
{
	(void)state;
	three();
	ask(SET, "{\"order\":[\"a\",\"d\"]}");
	assert_true(said(ANSWER, "unknown_target") && said(ANSWER, "\"field\":\"order.1\""));
	ask(SET, "{\"nodes\":{\"dd\":{\"gap\":1}}}");
	assert_true(said(ERROR, "unknown_target") && said(ERROR, "\"field\":\"nodes.dd\""));
	retain(SET, "{\"order\":[\"a\"]}");
	assert_true(said(ERROR, "\"retained\""));
	retain(SET, ""); /* which clears it, and is no command */
	tell(SET, "{\"order\":[\"a\"");
	assert_true(said(ERROR, "bad_json"));
	assert_int_equal(count(WANTED), 0);
	ask(SET, "{\"order\":[\"d\"],\"absent\":true}");
	assert_int_equal(count(WANTED), 1);
	ask(SET, "{\"nodes\":{\"d\":{\"gap\":1}}}"); /* known by now */
	assert_int_equal(count(WANTED), 2);
}

static void test_too_much(void **state)
{
	static char payload[8300];
	int n = snprintf(payload, sizeof(payload), "{\"order\":[\"a\"],\"x\":\"");

	(void)state;
	three();
	memset(payload + n, 'x', 8192 - (size_t)n);
	strcpy(payload + 8192 - 2, "\"}"); /* the longest */
	ask(SET, payload);
	assert_true(said(ANSWER, "\"ok\""));
	strcpy(payload + 8192 - 2, "x\"}");
	ask(SET, payload);
	assert_true(said(ANSWER, "too_large"));
}

static void retain_kept(void)
{
	retain_term_3();
	retain(WANTED, KEPT);
}

/* Whoever leads next has it, and tells a broker that has lost it. */
/* promise: strip-is-kept */
static void test_handed_over(void **state)
{
	(void)state;
	follow(0, 10 * SECOND);
	retain(WANTED, KEPT);
	retain(WANTED, "{\"order\":[],\"clock_id\":\"feedbeef01234567\",\"term\":3,\"rev\":6}"); /* older */
	retain(WANTED, "{\"order\":7}");                                                         /* broken */
	retain(WANTED, "{\"order\":[],\"rev\":9007199254740991}");                               /* no room to rise */
	retain(WANTED, "");
	tell(SET, "{\"order\":[\"a\"]}"); /* not ours to answer */
	assert_int_equal(count(WANTED), 0);
	retain(ONLINE, "offline");
	pass(200 * MS);
	take_lead(NULL);
	assert_true(said(WANTED, "\"order\":[\"c\",\"b\"]") && said(WANTED, "\"title\":\"Door\""));
	assert_true(said(WANTED, "\"rev\":7"));
	node("a");
	node("b");
	node("c");
	pass(200 * MS);
	assert_string_equal(strip(), "cba");
}

/* promise: strip-is-kept */
static void test_restarted(void **state)
{
	(void)state;
	cfg.order = "a";
	add_nodes(1, WALL, 50000);
	create();
	retain_kept();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(retain_kept);
	node("a");
	node("b");
	node("c");
	pass(20 * SECOND);
	assert_string_equal(strip(), "cba");
	ask(SET, "{\"order\":null}");
	assert_true(said(WANTED, "\"rev\":8"));
	pass(200 * MS);
	assert_string_equal(strip(), "abc");
}

/* Where nobody ever wanted anything, nothing is kept. */
static void test_nothing(void **state)
{
	(void)state;
	lead();
	assert_int_equal(count(WANTED), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_set),         TEST(test_refused),   TEST(test_too_much),
		TEST(test_handed_over), TEST(test_restarted), TEST(test_nothing),
	};

	return cmocka_run_group_tests_name("wanted_store", tests, NULL, NULL);
}
