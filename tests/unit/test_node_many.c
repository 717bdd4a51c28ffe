/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Commands for many nodes, which wait for the conductor to say when. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <glow/log.h>
#include <glow/node.h>
#include <glow/time.h>

#include "../harness/lone_node.h"
#include "../../bridge/app/node/pending.h"

/* promise: one-instant */
static void test_many_applied_at_once(void **state)
{
	(void)state;
	join();
	ask(ALL, "{\"effect\":\"rainbow\"}", "r");
	assert_true(shows(GLOW_WHITE));
	tell_apply(ALL, "{\"effect\":\"rainbow\"}", "{\"effect\":\"rainbow\"}", now + SECOND / 2);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(glow_node_next(node), now + SECOND / 2);
	pass(SECOND / 2 - 1);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(n_sent, 0);
	now += 5000; /* however late the tick, it is the instant that counts */
	tick();
	assert_false(shows(GLOW_WHITE));
	expect_number(STATE, "start_us", now - 5000 + 1);
	expect_number(STATE, "since_us", now - 5000 + 1);
	assert_true(said(STATE, "\"seed\":77"));
	pass(5 * SECOND);
	assert_int_equal(count("r"), 0);
	assert_int_equal(count(ERROR), 0);
}

/* Every node decides for itself whether it has something to show, at the instant of all. */
static void test_many_in_the_dark(void **state)
{
	(void)state;
	cfg.idle = "off";
	join();
	for (int k = 0; k < 2; k++) {
		play(OURS, k ? scene("blue", 4, "") : "");
		tell(SET, "auto");
		tell(ALL, "on");
		tell_apply(ALL, "on", "{\"state\":\"ON\"}", now + SECOND / 2);
		pass(SECOND / 2 - 1);
		assert_true(shows(k ? BLUE : GLOW_BLACK));
		pass(SECOND);
		assert_true(shows(k ? BLUE : GLOW_WHITE));
		assert_true(said(STATE, k ? "\"effect\":\"auto\"" : "\"effect\":\"solid\""));
		pass(SECOND);
	}
}

/* A conductor that says nothing for a second: the node acts and answers by itself. */
/* promise: without-conductor */
static void test_many_without_apply(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	beacon();
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(glow_node_next(node), now + SECOND);
	pass(SECOND - 1);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(n_sent, 0);
	pass(1);
	assert_true(shows(RED));
	assert_string_equal(last("r"), "{\"status\":\"ok\",\"node\":\"pi1\"}");
	assert_string_equal(sent[0].correlation, "\1two");
	pass(SECOND);
	assert_int_equal(count("r"), 1);
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
}

/* What is wrong with it is found at once; it is answered once, by the conductor. */
static void test_many_refused(void **state)
{
	(void)state;
	join();
	ask(ALL, "purplish", "r");
	assert_int_equal(count("r"), 0);
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "unknown_effect"));
	deliver((struct glow_message){
		.topic = ALL, .payload = "red", .len = 3, .retained = true, .response_topic = "r" });
	assert_true(said(ERROR, "\"code\":\"retained\""));
	assert_int_equal(count("r"), 0);
	pass(2 * SECOND);
	assert_true(shows(GLOW_WHITE));
	/* Without a conductor it is this node that answers. */
	ask(ALL, "purplish", "r");
	assert_true(said("r", "unknown_effect"));
}

/* What only this board cannot do is a matter of its `error` alone. */
static void test_many_refused_by_this_board(void **state)
{
	(void)state;
	join();
	ask("glow/all/set", "{\"params\":{\"period_ms\":2000}}", "r");
	assert_int_equal(count(ERROR), 1); /* no effect runs here */
	tell_apply("glow/all/set", "{\"params\":{\"period_ms\":2000}}", "{\"params\":{\"period_ms\":2000}}",
		   now + 1000);
	pass(SECOND);
	assert_int_equal(count(ERROR), 2);
	assert_int_equal(count("r"), 0);
	assert_true(shows(GLOW_WHITE));
}

static void test_many_question(void **state)
{
	(void)state;
	join();
	ask(ALL, "", "r");
	assert_int_equal(count("r"), 1); /* every node answers */
	assert_int_equal(count(STATE), 1);
}

/* Who leads: `online`, and heard within a second and a half. */
static void test_many_who_leads(void **state)
{
	(void)state;
	join();
	pass(SECOND + SECOND / 2 - 1);
	ask(ALL, "red", "r");
	assert_true(shows(GLOW_WHITE));
	pass(1);
	ask(ALL, "blue", "r"); /* silent for too long: but in the order of arrival */
	assert_int_equal(count("r"), 1);
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_true(shows(BLUE));
	assert_int_equal(count("r"), 2);
	forget();
	beacon();
	conductor("offline");
	ask(ALL, "red", "r");
	assert_true(shows(RED));
	assert_int_equal(count("r"), 1);
	conductor("online");
	ask(ALL, "blue", "r");
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(shows(BLUE));
	/* After the connection was lost the broker has to say it again. */
	beacon();
	glow_node_disconnected(node);
	online();
	ask(ALL, "lime", "r");
	assert_true(shows(LIME));
}

static void test_many_apply_first(void **state)
{
	(void)state;
	join();
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 4);
	ask(ALL, "red", "r");
	pass(SECOND / 4);
	assert_true(shows(RED));
	tell(SET, "blue");
	beacon();
	pass(2 * SECOND);
	assert_true(shows(BLUE)); /* not a second time */
	assert_int_equal(count("r"), 0);
	/* The credit is used up: the same again is a command of its own. */
	beacon();
	ask(ALL, "red", "r");
	pass(SECOND);
	assert_true(shows(RED));
	assert_int_equal(count("r"), 1);
}

static void test_many_equal_twice(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	pass(10000);
	ask(ALL, "red", "r");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + 100000);
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + 200000);
	pass(100000);
	assert_true(shows(RED));
	tell(NOTIFY, "{\"flash\":1,\"ttl_s\":0.1}"); /* of another kind: does not wait */
	pass(100000);
	expect_number(STATE, "since_us", now);
	beacon();
	pass(2 * SECOND);
	assert_int_equal(count("r"), 0);
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
}

static void test_one_waits_for_many(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	ask(SET, "blue", "one");
	assert_true(said("one", "ok"));
	assert_true(shows(GLOW_WHITE));
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 4);
	ask(SET, "60%", "one"); /* the instant is known by now */
	assert_true(shows(GLOW_WHITE));
	pass(SECOND / 4);
	assert_true(shows((struct glow_rgb){ 0, 0, 153 }));
	expect_number(STATE, "since_us", now);
	/* One by itself, when the conductor does not come: the same order. */
	ask(ALL, "red", "r");
	tell(SET, "lime");
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 0, 153, 0 }));
	/* Nothing is left to wait for. */
	tell(SET, "blue");
	assert_true(shows((struct glow_rgb){ 0, 0, 153 }));
}

/* Of the clock's step all waiting commands keep their order. */
static void test_one_waits_for_many_across_a_step(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	tell(SET, "blue");
	step(-3600 * SECOND, OTHER);
	pass(SECOND - 1);
	assert_true(shows(GLOW_WHITE));
	pass(1);
	assert_true(shows(BLUE));
	ask(ALL, "red", "r");
	tell(SET, "lime");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 2);
	step(SECOND / 4, OTHER); /* the conductor's instant is the cluster's */
	pass(SECOND / 4);
	assert_true(shows(LIME));
}

static void test_many_without_cluster_time(void **state)
{
	(void)state;
	bring_up();
	conductor("online");
	beacon();
	ask(ALL, "red", "r");
	assert_true(shows(GLOW_WHITE));
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + 5 * SECOND);
	assert_true(shows(RED));
	expect_number(STATE, "since_us", now);
	assert_int_equal(count("r"), 0);
}

/* The instant that the command itself asks for, with the conductor's word and without. */
static void test_many_at(void **state)
{
	static const char red[] = "{\"color\":\"red\",\"at_us\":1700000010000000}";

	(void)state;
	join();
	ask(ALL, red, "r");
	tell_apply(ALL, red, "{\"color\":\"red\"}", START + 10 * SECOND);
	tell(SET, "blue"); /* does not wait for an instant that somebody asked for */
	assert_true(shows(BLUE));
	now = START + 10 * SECOND - 1;
	tick();
	assert_true(shows(BLUE));
	pass(1);
	assert_true(shows(RED));
	assert_int_equal(count("r"), 0);
}

static void test_many_at_without_apply(void **state)
{
	static const char red[] = "{\"color\":\"red\",\"at_us\":1700000010000000}";

	(void)state;
	join();
	ask(ALL, red, "r");
	pass(SECOND);
	assert_int_equal(count("r"), 1);
	expect_number("r", "at_us", START + 10 * SECOND);
	assert_true(shows(GLOW_WHITE));
	tell(SET, "blue");
	assert_true(shows(BLUE));
	now = START + 10 * SECOND - 1;
	tick();
	assert_true(shows(BLUE));
	pass(1);
	assert_true(shows(RED));
	assert_int_equal(count("r"), 1);
}

static void test_many_notify(void **state)
{
	(void)state;
	join();
	ask("glow/all/notify", "red", "r");
	tell(SET, "blue"); /* a light does not wait for a notice */
	assert_true(shows(BLUE));
	tell_apply("glow/all/notify", "red", "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}", now + SECOND / 2);
	pass(SECOND / 2);
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_true(shows(BLUE));
	beacon();
	ask("glow/all/notify", "{\"effect\":\"solid\",\"color\":\"lime\"}", "r");
	pass(SECOND);
	assert_true(shows(LIME));
	assert_int_equal(count("r"), 1);
}

/* The conductor's word may come when the node could wait no longer. */
static void test_many_late_apply(void **state)
{
	(void)state;
	join();
	ask(ALL, "rainbow", "r");
	pass(SECOND);
	/* Nothing has changed since: then in phase with the others after all. */
	tell_apply(ALL, "rainbow", "{\"effect\":\"rainbow\"}", now + SECOND / 4);
	pass(SECOND / 4);
	expect_number(STATE, "start_us", now);
	/* What has been said since then is not undone. */
	beacon();
	ask(ALL, "red", "r");
	pass(SECOND);
	assert_true(shows(RED));
	tell(SET, "blue");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 4);
	pass(SECOND);
	assert_true(shows(BLUE));
	/* A notice comes once. */
	conductor("offline");
	ask("glow/all/notify", "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}", "r");
	conductor("online");
	tell_apply("glow/all/notify", "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}",
		   "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}", now + SECOND);
	pass(2 * SECOND);
	assert_true(shows(BLUE));
	/* An instant that is over is where it would have been. */
	beacon();
	tell_apply(ALL, "candle", "{\"effect\":\"candle\"}", now - 3 * SECOND);
	pass(SECOND);
	expect_number(STATE, "start_us", now - 4 * SECOND);
}

static void test_apply_broken(void **state)
{
	static const char *const broken[] = { "", "{", "[]", "{}",
					      "{\"kind\":\"set\",\"at_us\":1,\"of\":\"x\",\"cmd\":{}}" };

	(void)state;
	join();
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++)
		tell(APPLY, broken[k]);
	tell_apply(ALL, "x", "{\"color\":\"purplish\"}", now);
	assert_int_equal(count(ERROR), 1);
	assert_true(shows(GLOW_WHITE));
	/* A retained one is nobody's word. */
	deliver((struct glow_message){ .topic = APPLY,
				       .payload =
					       "{\"kind\":\"set\",\"at_us\":1,\"of\":\"00000000\",\"seed\":1,\"cmd\":"
					       "{\"color\":\"red\"}}",
				       .len = 69,
				       .retained = true });
	pass(SECOND);
	assert_true(shows(GLOW_WHITE));
}

/* The conductor has lost the older of two, and says when the newer one is due: that is the last. */
/* promise: each-acts-once */
static void test_many_older_without_apply(void **state)
{
	(void)state;
	join();
	ask(ALL, "lime", "older");
	ask(ALL, "red", "newer");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 4);
	pass(SECOND / 4);
	assert_true(shows(RED));
	assert_int_equal(count("older"), 1);
	assert_true(said("older", "\"status\":\"ok\""));
	pass(2 * SECOND);
	assert_true(shows(RED));
	assert_int_equal(count("older"), 1);
	assert_int_equal(count("newer"), 0);
}

/* More than there are places: the oldest take effect before their time, each once, and the newest is the last. */
/* promise: each-acts-once, bounded-queues */
static void test_many_full(void **state)
{
	enum { MANY = GLOW_PENDING_MAX + 50 };
	char text[40];

	(void)state;
	join();
	for (int k = 0; k < MANY; k++) {
		snprintf(text, sizeof(text), "{\"color\":\"#%04x00\"}", k);
		ask(ALL, text, "r");
		assert_int_equal(count("r"), k < GLOW_PENDING_MAX ? 0 : k + 1 - GLOW_PENDING_MAX);
	}
	assert_true(shows((struct glow_rgb){ 0, 49, 0 }));
	ask(ALL, "red", "r");
	assert_int_equal(count(ERROR), 0);
	pass(SECOND);
	assert_true(shows(RED));
	assert_int_equal(count("r"), MANY + 1);
	beacon();
	for (int k = 0; k < MANY; k++) { /* the words, late: nothing is done again */
		snprintf(text, sizeof(text), "{\"color\":\"#%04x00\"}", k);
		tell_apply(ALL, text, text, now);
	}
	tell(SET, "blue");
	pass(2 * SECOND);
	assert_true(shows(BLUE));
}

/* The words find no place either: nor are they lost. */
/* promise: each-acts-once, bounded-queues */
static void test_many_full_of_words(void **state)
{
	char text[40];

	(void)state;
	join();
	for (int k = 0; k <= 2 * GLOW_PENDING_MAX; k++) {
		snprintf(text, sizeof(text), "{\"color\":\"#%04x00\"}", k);
		tell_apply(ALL, text, text, now + SECOND / 4 + k);
	}
	assert_true(shows((struct glow_rgb){ 1, 0, 0 }));
	ask(ALL, "red", "r");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 2);
	assert_int_equal(count(ERROR), 0);
	pass(2 * SECOND);
	assert_true(shows(RED));
	assert_int_equal(count("r"), 0);
}

/* Instants that were asked for are kept to: what finds no place then is refused. */
static void test_many_full_of_instants(void **state)
{
	char text[80];

	(void)state;
	join();
	for (int k = 0; k <= GLOW_PENDING_MAX; k++) {
		snprintf(text, sizeof(text), "{\"color\":\"blue\",\"at_us\":%lld}", (long long)now + SECOND / 2 + k);
		tell(ALL, text);
	}
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "\"code\":\"busy\""));
	assert_true(shows(GLOW_WHITE));
	tell(ALL, "red"); /* as if there were no conductor */
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_true(shows(BLUE));
}

/* What was lost before it came here is answered as busy; what is for many by the conductor, where there is one. */
/* promise: nothing-lost-unsaid */
static void test_dropped(void **state)
{
	struct glow_message one = { .topic = SET, .response_topic = "r" },
			    many = { .topic = ALL, .response_topic = "r" };

	(void)state;
	bring_up();
	glow_node_dropped(node, &one, false, now);
	assert_true(said("r", "\"node\":\"pi1\",\"code\":\"busy\""));
	assert_int_equal(count(ERROR), 0);
	glow_node_dropped(node, &many, true, now);
	assert_int_equal(count("r"), 2);
	conductor("online");
	beacon();
	glow_node_dropped(node, &many, true, now);
	assert_int_equal(count("r"), 2);
	one.topic = STATE;
	glow_node_dropped(node, &one, false, now);
	assert_int_equal(count("r"), 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_dropped),
		T(test_many_applied_at_once),
		T(test_many_in_the_dark),
		T(test_many_without_apply),
		T(test_many_refused),
		T(test_many_refused_by_this_board),
		T(test_many_question),
		T(test_many_who_leads),
		T(test_many_apply_first),
		T(test_many_equal_twice),
		T(test_one_waits_for_many),
		T(test_one_waits_for_many_across_a_step),
		T(test_many_without_cluster_time),
		T(test_many_at),
		T(test_many_at_without_apply),
		T(test_many_notify),
		T(test_many_late_apply),
		T(test_apply_broken),
		T(test_many_older_without_apply),
		T(test_many_full),
		T(test_many_full_of_words),
		T(test_many_full_of_instants),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
