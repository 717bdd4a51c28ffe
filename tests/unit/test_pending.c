/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Commands that wait: by themselves, and those that a node keeps for their time. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/log.h>
#include <glow/node.h>
#include <glow/time.h>

#include "../harness/lone_node.h"
#include "../../bridge/app/node/pending.h"

/* ---- by themselves ---- */

#define RED_SET "{\"color\":\"red\"}"

static struct glow_pending p;

static int fresh(void **state)
{
	memset(&p, 0, sizeof(p));
	return setup(state);
}

static int finished(void **state)
{
	glow_pending_fini(&p);
	return teardown(state);
}

static struct glow_message message(const char *topic, const char *payload)
{
	return (struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload) };
}

static int waiting(void)
{
	int n = 0;

	for (int k = 0; k < GLOW_PENDING_MAX; k++)
		n += p.v[k].payload != NULL;
	return n;
}

static const struct glow_waiting *latest(void)
{
	const struct glow_waiting *one = &p.v[0];

	for (int k = 1; k < GLOW_PENDING_MAX; k++)
		if (p.v[k].order > one->order)
			one = &p.v[k];
	return one;
}

static bool is(const struct glow_waiting *one, const char *payload)
{
	return one && one->len == strlen(payload) && memcmp(one->payload, payload, one->len) == 0;
}

static enum glow_code keep(const char *payload, int64_t at_us)
{
	struct glow_message m = message(SET, payload);

	return glow_pending_keep(&p, &m, GLOW_COMMAND_SET, at_us, NULL, &diag);
}

static const struct glow_waiting *keep_after(const char *payload, const struct glow_waiting *after)
{
	struct glow_message m = message(SET, payload);

	assert_int_equal(glow_pending_keep(&p, &m, GLOW_COMMAND_SET, 0, after, &diag), GLOW_OK);
	return latest();
}

static bool hold(const char *topic, const char *payload, bool timed)
{
	struct glow_message m = message(topic, payload);
	bool notify = strcmp(topic, ALL) != 0;

	return glow_pending_hold(&p, &m, notify ? GLOW_COMMAND_NOTIFY : GLOW_COMMAND_SET, timed, now);
}

/* The conductor's word on `payload`, which it says as `word`. */
static int apply_as(const char *topic, const char *payload, const char *word, int64_t at_us, bool clocked,
		    uint32_t changes)
{
	cJSON *tree = glow_json_parse(word, strlen(word), &diag);
	const struct glow_apply apply = { .notify = strcmp(topic, ALL) != 0,
					  .at_us = at_us,
					  .of = glow_command_hash(topic, payload, strlen(payload)),
					  .seed = 77,
					  .command = tree };
	int r = glow_pending_apply(&p, &apply, clocked, changes, now);

	cJSON_Delete(tree);
	return r;
}

static int apply(const char *payload, int64_t at_us)
{
	return apply_as(ALL, payload, RED_SET, at_us, true, 0);
}

static void fill(void)
{
	for (int k = 0; k < GLOW_PENDING_MAX; k++)
		assert_int_equal(keep("blue", now + 5 * SECOND), GLOW_OK);
	assert_int_equal(waiting(), GLOW_PENDING_MAX);
}

/* Only places that were in use lately are looked through. */
static void test_places(void **state)
{
	(void)state;
	for (int k = 1; k <= 3; k++)
		assert_int_equal(keep("blue", now + k * SECOND), GLOW_OK);
	glow_pending_remove(glow_pending_due(&p, now + SECOND));
	assert_int_equal(p.n, 3);
	assert_int_equal(keep("red", now + 4 * SECOND), GLOW_OK); /* where the first one was */
	assert_int_equal(p.n, 3);
	for (int k = 2; k <= 3; k++)
		glow_pending_remove(glow_pending_due(&p, now + k * SECOND));
	assert_null(glow_pending_due(&p, now + 3 * SECOND));
	assert_int_equal(p.n, 1);
	glow_pending_remove(glow_pending_due(&p, now + 4 * SECOND));
	assert_null(glow_pending_due(&p, GLOW_NEVER));
	assert_int_equal(p.n, 0);
}

static void test_none(void **state)
{
	(void)state;
	assert_null(glow_pending_due(&p, GLOW_NEVER));
	assert_null(glow_pending_last_for_many(&p, GLOW_COMMAND_SET));
	assert_int_equal(glow_pending_next(&p), GLOW_NEVER);
	glow_pending_shift(&p, SECOND);
	assert_int_equal(glow_pending_next(&p), GLOW_NEVER);
}

static void test_keep(void **state)
{
	char payload[] = "red";
	struct glow_waiting *one;

	(void)state;
	assert_int_equal(keep(payload, now + SECOND), GLOW_OK);
	memset(payload, 'x', 3); /* it has a copy */
	assert_int_equal(glow_pending_next(&p), now + SECOND);
	assert_null(glow_pending_due(&p, now + SECOND - 1));
	one = glow_pending_due(&p, now + SECOND);
	assert_true(is(one, "red"));
	assert_int_equal(one->kind, GLOW_COMMAND_SET);
	assert_int_equal(one->of, glow_command_hash(SET, "red", 3));
	assert_int_equal(one->seed, one->of);
	assert_false(one->held || one->for_many);
	assert_null(glow_pending_last_for_many(&p, GLOW_COMMAND_SET));
	glow_pending_remove(one);
	assert_int_equal(waiting(), 0);
	assert_int_equal(glow_pending_next(&p), GLOW_NEVER);
}

static void test_full(void **state)
{
	(void)state;
	fill();
	assert_int_equal(keep("red", now), GLOW_BUSY);
	assert_false(hold(ALL, "red", false));
	glow_pending_remove(&p.v[17]);
	assert_int_equal(keep("red", now), GLOW_OK);
	assert_true(is(&p.v[17], "red"));
	glow_pending_remove(&p.v[200]);
	assert_true(hold(ALL, "red", false));
}

static void test_due_order(void **state)
{
	static const char *const order[] = { "first", "second", "third", "fourth" };

	(void)state;
	keep("gone", now);
	keep("third", now + 2 * SECOND);
	keep("first", now + 1 * SECOND);
	glow_pending_remove(glow_pending_due(&p, now));
	keep("fourth", now + 2 * SECOND); /* in a lower place, but it came later */
	keep("second", now + 1 * SECOND);
	for (int k = 0; k < 4; k++) {
		struct glow_waiting *one = glow_pending_due(&p, now + 2 * SECOND);

		assert_true(is(one, order[k]));
		glow_pending_remove(one);
	}
}

/* ---- for many ---- */

static void test_hold(void **state)
{
	char *response = strdup("r"), *correlation = malloc(3);
	const struct glow_waiting *one;
	struct glow_message m = message(ALL, "red");

	(void)state;
	memcpy(correlation, "\1ab", 3);
	m.response_topic = response;
	m.correlation = correlation;
	m.correlation_len = 3;
	assert_true(glow_pending_hold(&p, &m, GLOW_COMMAND_SET, false, now));
	free(response);
	free(correlation);
	one = glow_pending_last_for_many(&p, GLOW_COMMAND_SET);
	assert_true(is(one, "red") && one->held);
	assert_int_equal(one->at_us, now + GLOW_HOLD_US);
	assert_int_equal(one->of, glow_command_hash(ALL, "red", 3));
	assert_int_equal(one->seed, one->of);
	assert_string_equal(one->asked.topic, ALL);
	assert_string_equal(one->asked.response_topic, "r");
	assert_int_equal(one->asked.correlation_len, 3);
	assert_memory_equal(one->asked.correlation, "\1ab", 3);
	assert_null(glow_pending_last_for_many(&p, GLOW_COMMAND_NOTIFY));
	/* Nobody wants an answer: then there is none to give. */
	assert_true(hold(ALL, "blue", false));
	assert_null(latest()->asked.response_topic);
	assert_int_equal(latest()->asked.correlation_len, 0);
}

static void test_last_for_many(void **state)
{
	(void)state;
	assert_true(hold(ALL, "red", false));
	assert_true(hold(ALL, "blue", false));
	assert_true(hold(ALL, "{\"at_us\":1}", true)); /* it has a time of its own: nothing waits for it */
	assert_true(hold("glow/all/notify", "lime", false));
	assert_true(is(glow_pending_last_for_many(&p, GLOW_COMMAND_SET), "blue"));
	assert_true(is(glow_pending_last_for_many(&p, GLOW_COMMAND_NOTIFY), "lime"));
	assert_true(p.v[2].held);
}

/* The conductor says it in its own form, with a seed for all; the name stays. */
static void test_apply_held(void **state)
{
	(void)state;
	assert_true(hold(ALL, "red", false));
	assert_int_equal(apply("blue", now + SECOND / 4), 0); /* is of another */
	assert_true(p.v[0].held);
	assert_int_equal(apply("red", now + SECOND / 4), 0);
	assert_int_equal(waiting(), 2);
	assert_true(is(&p.v[0], RED_SET) && !p.v[0].held && p.v[0].for_many);
	assert_int_equal(p.v[0].at_us, now + SECOND / 4);
	assert_int_equal(p.v[0].seed, 77);
	assert_int_equal(p.v[0].of, glow_command_hash(ALL, "red", 3));
}

/* Held by its name, not by the number of its dice. */
static void test_of_is_no_seed(void **state)
{
	(void)state;
	assert_true(hold(ALL, "red", false));
	p.v[0].seed = 1;
	assert_int_equal(apply("red", now), 0);
	assert_int_equal(waiting(), 1);
	assert_true(hold(ALL, "blue", false));
	p.v[1].of = 1;
	assert_int_equal(apply("blue", now), 0);
	assert_int_equal(waiting(), 3); /* not found: a place of its own */
}

static void test_apply_of_kind(void **state)
{
	uint32_t of = glow_command_hash(ALL, "red", 3);

	(void)state;
	assert_true(hold("glow/all/notify", "red", false));
	p.v[0].of = of; /* as no two topics give it */
	assert_int_equal(apply("red", now), 0);
	assert_true(p.v[0].held);
	assert_int_equal(latest()->kind, GLOW_COMMAND_SET);
	assert_int_equal(apply_as("glow/all/notify", "red", RED_SET, now, true, 0), 0);
	assert_int_equal(waiting(), 3);
	assert_int_equal(latest()->kind, GLOW_COMMAND_NOTIFY);
}

static void test_apply_twice_the_same(void **state)
{
	(void)state;
	assert_true(hold(ALL, "red", false));
	assert_true(hold(ALL, "red", false));
	assert_int_equal(waiting(), 2);
	assert_int_equal(apply("red", now + 1), 0);
	assert_true(!p.v[0].held && p.v[1].held);
	assert_int_equal(apply("red", now + 2), 0);
	assert_false(p.v[1].held);
	assert_int_equal(waiting(), 2);
	assert_int_equal(apply("red", now + 3), 0); /* one too many is one that came first */
	assert_int_equal(waiting(), 3);
	assert_true(hold(ALL, "red", false));
	assert_int_equal(waiting(), 3);
}

static void test_apply_first(void **state)
{
	(void)state;
	assert_int_equal(apply("red", now + SECOND / 2), 0);
	assert_true(is(&p.v[0], RED_SET) && !p.v[0].held && p.v[0].for_many);
	assert_int_equal(p.v[0].at_us, now + SECOND / 2);
	assert_int_equal(p.v[0].seed, 77);
	assert_int_equal(p.v[0].of, glow_command_hash(ALL, "red", 3));
	assert_true(hold(ALL, "red", false));
	assert_int_equal(waiting(), 1);
	assert_true(hold(ALL, "red", false)); /* the same again is another */
	assert_int_equal(waiting(), 2);
	assert_true(p.v[1].held);
}

static void test_apply_first_is_forgotten(void **state)
{
	(void)state;
	assert_int_equal(apply("red", now + 5 * SECOND), 0);
	assert_int_equal(apply("blue", now + 5 * SECOND), 0);
	assert_false(p.v[0].for_many); /* nothing waits for an instant so far ahead */
	now += GLOW_HOLD_US - 1;
	assert_true(hold(ALL, "red", false));
	assert_int_equal(waiting(), 2);
	now++;
	assert_true(hold(ALL, "blue", false));
	assert_int_equal(waiting(), 3);
}

static void test_apply_times(void **state)
{
	(void)state;
	assert_int_equal(apply("a", now - 9 * SECOND), 0);
	assert_int_equal(latest()->at_us, now - 9 * SECOND);
	assert_int_equal(apply("b", now + 60 * SECOND - 1), 0);
	assert_int_equal(latest()->at_us, now + 60 * SECOND - 1);
	assert_int_equal(apply("c", now + 60 * SECOND), 0); /* another timeline's */
	assert_int_equal(latest()->at_us, now);
	assert_int_equal(apply_as(ALL, "d", RED_SET, now + SECOND, false, 0), 0);
	assert_int_equal(latest()->at_us, now);
}

/* Of a command that has taken effect by itself. */
static void test_apply_late(void **state)
{
	uint32_t red = glow_command_hash(ALL, "red", 3), flash = glow_command_hash("glow/all/notify", "red", 3);

	(void)state;
	glow_pending_done(&p, red, 4, now);
	assert_int_equal(apply_as(ALL, "red", RED_SET, now, true, 5), 1); /* the light changed since */
	assert_int_equal(waiting(), 0);
	assert_int_equal(apply_as(ALL, "red", RED_SET, now, true, 5), 0); /* that was known once */
	assert_int_equal(waiting(), 1);
	glow_pending_done(&p, red, 4, now);
	assert_int_equal(apply_as(ALL, "red", RED_SET, now, true, 4), 0); /* takes the common instant */
	assert_int_equal(waiting(), 2);
	glow_pending_done(&p, flash, 4, now);
	assert_int_equal(apply_as("glow/all/notify", "red", RED_SET, now, true, 4), 1); /* comes once */
	assert_int_equal(waiting(), 2);
}

static void test_apply_late_is_forgotten(void **state)
{
	uint32_t of = glow_command_hash(ALL, "red", 3);

	(void)state;
	glow_pending_done(&p, of, 4, now);
	now += 10 * SECOND - 1;
	assert_int_equal(apply_as(ALL, "red", RED_SET, now, true, 5), 1);
	glow_pending_done(&p, of, 4, now);
	now += 10 * SECOND;
	assert_int_equal(apply_as(ALL, "red", RED_SET, now, true, 5), 0);
}

/* So many at once are remembered, and then the oldest is not. */
static void test_unpaired_full(void **state)
{
	(void)state;
	for (uint32_t k = 0; k <= GLOW_UNPAIRED_MAX; k++)
		glow_pending_done(&p, glow_command_hash(ALL, &k, sizeof(k)), 0, now + k);
	for (uint32_t k = GLOW_UNPAIRED_MAX + 1; k-- > 0;) {
		struct glow_apply word = { .of = glow_command_hash(ALL, &k, sizeof(k)), .at_us = now };
		cJSON *tree = cJSON_CreateObject();

		word.command = tree;
		assert_int_equal(glow_pending_apply(&p, &word, true, 1, now), k > 0);
		cJSON_Delete(tree);
	}
}

static void test_apply_no_room(void **state)
{
	(void)state;
	fill();
	assert_int_equal(apply("red", now), -ENOSPC);
	assert_int_equal(waiting(), GLOW_PENDING_MAX);
	/* It came to nothing: the command itself waits for itself. */
	glow_pending_remove(&p.v[0]);
	assert_true(hold(ALL, "red", false));
	assert_int_equal(waiting(), GLOW_PENDING_MAX);
	assert_int_equal(apply("red", now), 0); /* and a held one has its place */
}

/* What came before it is due no later, and first, though its own word may never come; what came after it waits. */
/* promise: each-acts-once */
static void test_apply_hurries_older(void **state)
{
	static const char *const order[] = { "lime", "{\"state\":\"ON\"}", RED_SET };
	const struct glow_waiting *older;

	(void)state;
	assert_true(hold(ALL, "lime", false));
	older = latest();
	keep_after("{\"state\":\"ON\"}", older);
	assert_true(hold("glow/all/notify", "lime", false)); /* of another kind */
	assert_true(hold(ALL, "timed", true));
	assert_true(hold(ALL, "red", false));
	assert_true(hold(ALL, "blue", false));
	assert_int_equal(apply("red", now + SECOND / 4), 0);
	for (int k = 0; k < 3; k++) {
		struct glow_waiting *due = glow_pending_due(&p, now + SECOND / 4);

		assert_true(is(due, order[k]));
		assert_int_equal(due->held, k == 0);
		glow_pending_remove(due);
	}
	assert_int_equal(waiting(), 3);
	assert_int_equal(glow_pending_next(&p), now + SECOND);
}

/* A word that comes after all had acted by themselves says nothing of what came since. */
static void test_apply_late_hurries_nothing(void **state)
{
	(void)state;
	glow_pending_done(&p, glow_command_hash(ALL, "red", 3), 4, now);
	assert_true(hold(ALL, "lime", false));
	assert_int_equal(apply_as(ALL, "red", RED_SET, now + SECOND / 4, true, 4), 0);
	glow_pending_remove(glow_pending_due(&p, now + SECOND / 4));
	assert_int_equal(glow_pending_next(&p), now + SECOND);
}

/* ---- one after another ---- */

static void test_after(void **state)
{
	const struct glow_waiting *held, *one;

	(void)state;
	assert_true(hold(ALL, "red", false));
	held = glow_pending_last_for_many(&p, GLOW_COMMAND_SET);
	one = keep_after("blue", held);
	assert_int_equal(one->at_us, held->at_us);
	assert_int_equal(one->after, held->order);
	assert_false(one->for_many);
	assert_int_equal(apply("red", now + SECOND / 4), 0);
	assert_int_equal(one->at_us, now + SECOND / 4);
	assert_int_equal(one->after, 0);
	/* Behind one whose time is known already. */
	one = keep_after("lime", held);
	assert_int_equal(one->at_us, now + SECOND / 4);
	assert_int_equal(one->after, 0);
	for (int k = 0; k < 3; k++) {
		static const char *const order[] = { RED_SET, "blue", "lime" };
		struct glow_waiting *due = glow_pending_due(&p, now + SECOND / 4);

		assert_true(is(due, order[k]));
		glow_pending_remove(due);
	}
}

/* What counts from an arrival moves, what the cluster's clock says does not. */
static void test_shift(void **state)
{
	const struct glow_waiting *held;

	(void)state;
	keep("own", now + 5 * SECOND);
	apply("applied", now + 6 * SECOND);
	assert_true(hold(ALL, "red", false));
	held = glow_pending_last_for_many(&p, GLOW_COMMAND_SET);
	keep_after("behind", held);
	glow_pending_shift(&p, 3600 * SECOND);
	assert_int_equal(p.v[0].at_us, now + 5 * SECOND);
	assert_int_equal(p.v[1].at_us, now + 6 * SECOND);
	assert_int_equal(held->at_us, now + GLOW_HOLD_US + 3600 * SECOND);
	assert_int_equal(p.v[3].at_us, held->at_us);
	/* What is remembered is remembered for as long as without the jump. */
	now += 3600 * SECOND;
	assert_true(hold(ALL, "applied", false));
	assert_int_equal(waiting(), 4);
}

/* Without the shift it would have been forgotten. */
static void test_no_shift(void **state)
{
	(void)state;
	apply("applied", now + 6 * SECOND);
	now += 3600 * SECOND;
	assert_true(hold(ALL, "applied", false));
	assert_int_equal(waiting(), 2);
}

/* Everything that one can hold is freed, says the address sanitizer. */
static void test_memory(void **state)
{
	struct glow_message m = message(ALL, "red");

	(void)state;
	m.response_topic = "r";
	m.correlation = "12";
	m.correlation_len = 2;
	assert_true(glow_pending_hold(&p, &m, GLOW_COMMAND_SET, false, now));
	assert_true(glow_pending_hold(&p, &m, GLOW_COMMAND_SET, false, now));
	assert_int_equal(apply("red", now), 0);
	assert_int_equal(apply("first", now), 0);
	keep("own", now);
	assert_int_equal(waiting(), 4);
	glow_pending_fini(&p);
	assert_int_equal(waiting(), 0);
}

/* ---- as a node keeps them ---- */

static void test_at(void **state)
{
	char at[64];

	(void)state;
	bring_up();
	snprintf(at, sizeof(at), "{\"status\":\"ok\",\"node\":\"pi1\",\"at_us\":%lld}", (long long)(now + 2 * SECOND));
	tell_at("red", now + 2 * SECOND);
	assert_string_equal(last("r"), at);
	assert_int_equal(glow_node_next(node), now + 2 * SECOND);
	assert_true(shows(GLOW_WHITE));
	pass(2 * SECOND - 1);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(count(STATE), 0);
	pass(1);
	assert_true(shows(RED));
	assert_true(said(STATE, "\"r\":255"));
	/* An instant that is over is now, and so is this very one. */
	tell_at("blue", now - 5 * SECOND);
	assert_true(shows(BLUE));
	tell_at("red", now);
	assert_true(shows(RED));
}

/* At most a minute ahead. */
static void test_at_limit(void **state)
{
	(void)state;
	bring_up();
	tell_at("red", now + 60 * SECOND + 1);
	assert_true(said("r", "out_of_range") && said("r", "at_us"));
	assert_int_equal(glow_node_next(node), GLOW_NEVER);
	tell_at("blue", now + 60 * SECOND);
	assert_true(said("r", "ok"));
	pass(60 * SECOND);
	assert_true(shows(BLUE));
}

/* In the order of their instants, at one instant in the order of arrival; each
 * takes effect at its own time though the tick comes late. */
static void test_at_order(void **state)
{
	char start[40];

	(void)state;
	bring_up();
	tell_at("blue", now + 3 * SECOND);
	tell_at("red", now + 1 * SECOND);
	tell_at("lime", now + 3 * SECOND);
	assert_int_equal(glow_node_next(node), now + SECOND);
	pass(SECOND);
	assert_true(shows(RED));
	assert_int_equal(glow_node_next(node), now + 2 * SECOND);
	pass(2 * SECOND);
	assert_true(shows(LIME));
	tell(SET, "{\"effect\":\"rainbow\",\"at_us\":1700000010000000}");
	now = START + 20 * SECOND;
	tick();
	pass(SECOND);
	snprintf(start, sizeof(start), "\"start_us\":%lld", (long long)(START + 10 * SECOND));
	assert_true(said(STATE, start));
}

static void test_at_notify(void **state)
{
	(void)state;
	bring_up();
	tell(NOTIFY, "{\"color\":\"red\",\"effect\":\"solid\",\"ttl_s\":2,\"at_us\":1700000005000000}");
	pass(SECOND);
	assert_true(shows(GLOW_WHITE));
	now = START + 5 * SECOND;
	tick();
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

/* What does not fit the light when its time has come is refused then. */
static void test_at_recheck(void **state)
{
	(void)state;
	bring_up();
	tell(SET, "breathe");
	tell(SET, "{\"params\":{\"period_ms\":2000},\"at_us\":1700000005000000}");
	tell(SET, "{\"color\":\"blue\",\"at_us\":1700000005000001}");
	tell(SET, "{\"color\":\"red\",\"effect\":\"solid\"}");
	assert_int_equal(count(ERROR), 0);
	now = START + 5 * SECOND;
	tick();
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "unknown_param"));
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(BLUE)); /* and does not hold up the next */
}

static void test_pending_full(void **state)
{
	(void)state;
	bring_up();
	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		tell_at("red", now + SECOND + k);
		assert_true(said("r", "ok"));
	}
	tell_at("blue", now + 2 * SECOND);
	assert_true(said("r", "\"code\":\"busy\"") && said("r", "256 commands wait"));
	tell_at("blue", now); /* needs no place */
	assert_true(shows(BLUE));
	pass(SECOND);
	assert_true(shows(RED));
	tell_at("blue", now + SECOND);
	assert_true(said("r", "ok"));
	pass(SECOND);
	assert_true(shows(BLUE));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fresh, finished)
	const struct CMUnitTest tests[] = {
		T(test_none),
		T(test_places),
		T(test_keep),
		T(test_full),
		T(test_due_order),
		T(test_hold),
		T(test_last_for_many),
		T(test_apply_held),
		T(test_of_is_no_seed),
		T(test_apply_of_kind),
		T(test_apply_twice_the_same),
		T(test_apply_first),
		T(test_apply_first_is_forgotten),
		T(test_apply_times),
		T(test_apply_late),
		T(test_apply_late_is_forgotten),
		T(test_unpaired_full),
		T(test_apply_no_room),
		T(test_apply_hurries_older),
		T(test_apply_late_hurries_nothing),
		T(test_after),
		T(test_shift),
		T(test_no_shift),
		T(test_memory),
		T(test_at),
		T(test_at_limit),
		T(test_at_order),
		T(test_at_notify),
		T(test_at_recheck),
		T(test_pending_full),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
