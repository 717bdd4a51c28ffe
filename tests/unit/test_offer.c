/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Nodes at one broker, which the test plays: it keeps what they publish and tells the others. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/time.h>

#include "../../bridge/app/node/offer.h"
#include "../harness/outbox.h"

#define START INT64_C(1700000000000000)
#define NODES 200

static struct glow_offer nodes[NODES];
static struct glow_publisher out;
static char topic[GLOW_TOPIC_MAX + 1];

static int setup(void **state)
{
	(void)state;
	out = (struct glow_publisher){ .prefix = "glow", .discovery = "", .outbox = outbox };
	for (uint32_t k = 0; k < NODES; k++)
		assert_int_equal(glow_offer_init(&nodes[k], &out, 7919 * k), 0);
	snprintf(topic, sizeof(topic), "glow/effects/%s", nodes[0].name);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int k = 0; k < NODES; k++)
		glow_offer_fini(&nodes[k]);
	forget();
	return 0;
}

static void hear(struct glow_offer *node, const char *text, size_t len, int64_t at_us)
{
	const struct glow_message m = { .topic = topic, .payload = text, .len = len, .qos = 1, .retained = true };

	glow_offer_message(node, &m, at_us);
}

static void connect_all(void)
{
	for (int k = 0; k < NODES; k++)
		glow_offer_connected(&nodes[k], START);
}

/* Five seconds in steps of a millisecond; what is published reaches everybody in the next one, or
 * nobody. How many messages that took. */
static int live(bool broker)
{
	int before = n_sent;

	for (int64_t t_us = START; t_us <= START + GLOW_OFFER_WITHIN_US; t_us += 1000) {
		int heard = n_sent;

		for (int k = 0; k < NODES; k++)
			glow_offer_tick(&nodes[k], t_us);
		for (int k = 0; k < NODES && broker && n_sent > heard; k++)
			hear(&nodes[k], sent[n_sent - 1].payload, sent[n_sent - 1].len, t_us);
	}
	return n_sent - before;
}

static void test_one_spares_the_others(void **state)
{
	(void)state;
	connect_all();
	assert_in_range(live(true), 1, 3);
	assert_string_equal(sent[0].topic, topic);
	assert_string_equal(sent[0].payload, nodes[0].text);
	assert_true(sent[0].retained);
	assert_int_equal(sent[0].qos, 1);
}

/* The control: where nobody hears the others, each says it, all over the five seconds. */
static void test_control(void **state)
{
	int early = 0;

	(void)state;
	connect_all();
	for (int k = 0; k < NODES; k++)
		early += nodes[k].at_us < START + GLOW_OFFER_WITHIN_US / 2;
	assert_in_range(early, NODES * 2 / 5, NODES * 3 / 5);
	assert_int_equal(live(false), NODES);
}

static void test_there_already(void **state)
{
	(void)state;
	for (int k = 0; k < NODES; k++)
		hear(&nodes[k], nodes[0].text, nodes[0].len, START);
	connect_all();
	assert_int_equal(live(true), 0);
}

/* Something else under its name is put right, and so is what somebody clears. */
static void test_put_right(void **state)
{
	(void)state;
	for (int k = 0; k < NODES; k++)
		hear(&nodes[k], "[]", 2, START);
	connect_all();
	assert_in_range(live(true), 1, 3);
	for (int k = 0; k < NODES; k++)
		hear(&nodes[k], "", 0, START);
	assert_in_range(live(true), 1, 3);
	/* Away from the broker nobody says anything. */
	for (int k = 0; k < NODES; k++) {
		hear(&nodes[k], "", 0, START);
		glow_offer_disconnected(&nodes[k], START + 3600 * GLOW_US_PER_S);
		assert_true(nodes[k].at_us == GLOW_NEVER);
	}
	assert_int_equal(live(true), 0);
}

static void test_clock(void **state)
{
	int64_t at_us;

	(void)state;
	glow_offer_shift(&nodes[0], 1000);
	assert_true(nodes[0].at_us == GLOW_NEVER);
	glow_offer_connected(&nodes[0], START);
	at_us = nodes[0].at_us;
	glow_offer_shift(&nodes[0], 3600 * GLOW_US_PER_S);
	glow_offer_tick(&nodes[0], at_us + 60 * GLOW_US_PER_S);
	assert_int_equal(n_sent, 0);
	glow_offer_tick(&nodes[0], at_us + 3600 * GLOW_US_PER_S);
	assert_int_equal(n_sent, 1);
}

/* Connects, publishes, and loses the connection so much later. */
static void offer_and_lose(struct glow_offer *node, int64_t us)
{
	glow_offer_connected(node, START);
	glow_offer_tick(node, START + GLOW_OFFER_WITHIN_US);
	glow_offer_disconnected(node, START + GLOW_OFFER_WITHIN_US + us);
}

/* A broker that hangs up on it twice is not asked a third time, until it has it all the same. */
static void test_dropped(void **state)
{
	(void)state;
	offer_and_lose(&nodes[0], GLOW_US_PER_S / 2);
	assert_false(glow_offer_dropped(&nodes[0]));
	offer_and_lose(&nodes[0], GLOW_US_PER_S / 2);
	assert_true(glow_offer_dropped(&nodes[0]));
	offer_and_lose(&nodes[0], 0);
	assert_int_equal(n_sent, 2);
	assert_true(glow_offer_dropped(&nodes[0]));
	hear(&nodes[0], nodes[0].text, nodes[0].len, START);
	assert_false(glow_offer_dropped(&nodes[0]));
	/* The control: a connection that lasts is lost for another reason. */
	for (int k = 0; k < 4; k++)
		offer_and_lose(&nodes[1], k % 2 ? GLOW_US_PER_S / 2 : 3 * GLOW_US_PER_S);
	assert_false(glow_offer_dropped(&nodes[1]));
	assert_int_equal(n_sent, 6);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_one_spares_the_others),
		T(test_control),
		T(test_there_already),
		T(test_put_right),
		T(test_clock),
		T(test_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
