/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A device that was deleted in Home Assistant stays away, comes back when it is asked for, and what was announced
 * elsewhere is taken back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/herald.h>
#include <glow/discovery.h>
#include <glow/info.h>
#include <glow/log.h>

#include "../harness/outbox.h"

#define OWN    "homeassistant/device/glow-pi1/config"
#define BIRTH  "homeassistant/status"
#define STATE  "glow/node/pi1/state"
#define SECOND INT64_C(1000000000)

static struct glow_herald herald;
static struct glow_raw now;

static void init(const char *discovery, uint32_t seed)
{
	const struct glow_publisher out = { "glow", discovery, outbox };

	glow_herald_fini(&herald);
	glow_herald_init(&herald, &out, "pi1", STATE, seed);
}

static int setup(void **state)
{
	(void)state;
	glow_log_setup("error", "text");
	now.ns = SECOND;
	init("homeassistant", 7);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_herald_fini(&herald);
	forget();
	return 0;
}

static cJSON *device(const char *origin)
{
	cJSON *tree = cJSON_CreateObject();

	cJSON_AddStringToObject(cJSON_AddObjectToObject(tree, "origin"), "name", origin);
	return tree;
}

static bool hear(const char *topic, const char *payload, bool retained)
{
	const struct glow_message m = {
		.topic = topic, .payload = payload, .len = strlen(payload), .retained = retained
	};

	return glow_herald_message(&herald, &m, now);
}

static void announce(void)
{
	glow_herald_announce(&herald, device("Glowswarm"));
}

/* Connects and announces, as a node does; the broker's echo comes back. Returns how often it was announced. */
static int connect(void)
{
	int before = count(OWN);

	glow_herald_connected(&herald);
	announce();
	if (count(OWN) > before)
		hear(OWN, last(OWN), false);
	return count(OWN) - before;
}

/* The broker keeps what was announced, and our state. */
static int reconnect(bool announced, bool remembered)
{
	glow_herald_disconnected(&herald);
	if (announced)
		hear(OWN, last(OWN), true);
	if (remembered)
		hear(STATE, "{}", true);
	return connect();
}

static void test_topics(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];
	static const char *const own_level[] = { "+/device/glow-pi1/config", BIRTH };
	static const char *const levels[] = { "+/device/glow-pi1/config", "ha/x/status",
					      "ha/x/device/glow-pi1/config" };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		assert_true(glow_herald_topic(&herald, k, topic));
		assert_string_equal(topic, own_level[k]);
	}
	assert_false(glow_herald_topic(&herald, 2, topic)); /* the first has it */
	init("ha/x", 7);
	for (size_t k = 0; k < 3; k++) {
		assert_true(glow_herald_topic(&herald, k, topic));
		assert_string_equal(topic, levels[k]);
	}
	assert_false(glow_herald_topic(&herald, 3, topic));
	init("", 7);
	assert_true(glow_herald_topic(&herald, 0, topic));
	assert_false(glow_herald_topic(&herald, 1, topic));
}

static void test_what_is_heard(void **state)
{
	(void)state;
	assert_true(hear(OWN, "{}", true));
	assert_true(hear(BIRTH, "online", false));
	assert_true(hear("x/device/glow-pi1/config", "{}", true));
	assert_false(hear(STATE, "{}", true)); /* the node wants it too */
	assert_false(hear("glow/all/set", "red", false));
	assert_false(hear("homeassistant/device/glow-pi11/config", "{}", true));
	init("", 7);
	assert_false(hear(BIRTH, "online", false));
}

/* At every connection of which the broker has lost it, and not where it has just this. */
static void test_announced(void **state)
{
	(void)state;
	assert_int_equal(connect(), 1);
	assert_true(find(OWN)->retained && find(OWN)->qos == 1);
	assert_int_equal(reconnect(true, true), 0);
	assert_int_equal(reconnect(false, false), 1); /* an empty broker */
	glow_herald_disconnected(&herald);
	hear(OWN, "{\"of\":\"an older version\"}", true);
	assert_int_equal(connect(), 1);
}

/* One that the connection swallowed has not been heard back. */
static void test_lost_on_its_way(void **state)
{
	(void)state;
	glow_herald_connected(&herald);
	announce();
	assert_int_equal(count(OWN), 1);
	assert_int_equal(reconnect(false, true), 1);
}

static void test_deleted(void **state)
{
	(void)state;
	connect();
	hear(OWN, "", false);
	announce();
	assert_int_equal(count(OWN), 1);
	assert_int_equal(reconnect(false, true), 0);
	assert_int_equal(reconnect(false, false), 0);
	init("homeassistant", 7); /* the program starts again */
	hear(STATE, "{}", true);
	assert_int_equal(connect(), 1);
}

static void test_deleted_while_away(void **state)
{
	(void)state;
	connect();
	assert_int_equal(reconnect(false, true), 0);
	assert_int_equal(reconnect(false, true), 0);
	hear(OWN, "{}", false); /* somebody brings it back */
	assert_int_equal(reconnect(true, true), 0);
	assert_int_equal(reconnect(false, false), 1);
}

static int64_t asked_after(void)
{
	int64_t due_ns;

	hear(BIRTH, "online", false);
	due_ns = glow_herald_next(&herald).ns;
	assert_true(due_ns >= now.ns && due_ns < now.ns + GLOW_HERALD_SPREAD_NS);
	assert_false(due_ns > now.ns && glow_herald_asked(&herald, (struct glow_raw){ due_ns - 1 }));
	assert_true(glow_herald_asked(&herald, (struct glow_raw){ due_ns }));
	assert_false(glow_herald_asked(&herald, (struct glow_raw){ due_ns }));
	assert_int_equal(glow_herald_next(&herald).ns, GLOW_NEVER);
	return due_ns - now.ns;
}

static void test_birth(void **state)
{
	(void)state;
	connect();
	hear(OWN, "", false);
	asked_after();
	announce();
	assert_int_equal(count(OWN), 2);
	hear(OWN, last(OWN), false);
	asked_after(); /* nobody deleted it: it is said again all the same */
	announce();
	assert_int_equal(count(OWN), 3);
	hear(BIRTH, "offline", false);
	hear(BIRTH, "online", true); /* of a Home Assistant that was here before us */
	assert_int_equal(glow_herald_next(&herald).ns, GLOW_NEVER);
}

/* Whoever is away when it is due announces with the next connection. */
static void test_birth_while_away(void **state)
{
	(void)state;
	connect();
	hear(OWN, "", false);
	hear(BIRTH, "online", false);
	glow_herald_disconnected(&herald);
	assert_false(glow_herald_asked(&herald, (struct glow_raw){ now.ns + GLOW_HERALD_SPREAD_NS }));
	assert_int_equal(connect(), 1);
}

/* Of a thousand nodes, no tenth of the time gets more than a fifth more than its share, or less. */
static void test_spread(void **state)
{
	int per_tenth[10] = { 0 };

	(void)state;
	for (uint32_t seed = 0; seed < 1000; seed++) {
		init("homeassistant", seed * 7919);
		connect();
		per_tenth[asked_after() * 10 / GLOW_HERALD_SPREAD_NS]++;
	}
	for (int k = 0; k < 10; k++)
		assert_in_range(per_tenth[k], 60, 140);
}

/* Texts that come and go are told of within seconds, and then once a minute, however many there are. */
static void test_texts(void **state)
{
	struct glow_raw told, later;
	uint32_t texts = herald.told;

	(void)state;
	connect();
	hear(OWN, last(OWN), false);
	glow_herald_offer(&herald, texts, now);
	assert_int_equal(glow_herald_next(&herald).ns, GLOW_NEVER);
	glow_herald_offer(&herald, texts + 1, now);
	told = glow_herald_next(&herald);
	assert_true(told.ns >= now.ns && told.ns < now.ns + GLOW_HERALD_SPREAD_NS);
	glow_herald_offer(&herald, texts + 2, told);
	assert_int_equal(glow_herald_next(&herald).ns, told.ns);
	assert_true(glow_herald_asked(&herald, told));
	assert_false(glow_herald_asked(&herald, told));
	for (uint32_t k = 3; k < 100; k++)
		glow_herald_offer(&herald, texts + k, told);
	later = glow_herald_next(&herald);
	assert_true(later.ns >= told.ns + GLOW_HERALD_QUIET_NS);
	assert_true(later.ns < told.ns + GLOW_HERALD_QUIET_NS + GLOW_HERALD_SPREAD_NS);
	assert_true(glow_herald_asked(&herald, later));
	/* What is the same is not published again, and what is deleted stays so. */
	assert_int_equal(count(OWN), 1);
	announce();
	assert_int_equal(count(OWN), 1);
	hear(OWN, "", false);
	announce();
	assert_int_equal(count(OWN), 1);
}

/* A component that is announced no more is told once without anything, since Home Assistant keeps what is left out. */
static void test_parts(void **state)
{
	cJSON *tree = device("Glowswarm");

	(void)state;
	hear(OWN,
	     "{\"components\":{\"a\":{\"platform\":\"light\",\"name\":null},\"b\":{\"platform\":\"number\","
	     "\"name\":\"B\"},\"gone\":{\"platform\":\"light\"},\"odd\":7}}",
	     true);
	glow_herald_connected(&herald);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(cJSON_AddObjectToObject(tree, "components"), "b"), "name", "B");
	glow_herald_announce(&herald, cJSON_Duplicate(tree, true));
	assert_true(said(OWN, "\"b\":{\"name\":\"B\"},\"a\":{\"platform\":\"light\"}}"));
	hear(OWN, last(OWN), false);
	glow_herald_announce(&herald, tree);
	assert_false(said(OWN, "\"a\""));
	assert_int_equal(count(OWN), 2);
}

static void test_taken_back(void **state)
{
	(void)state;
	init("", 7);
	hear(OWN, "{\"origin\":{\"name\":\"Glowswarm\"}}", true);
	hear("ha/device/glow-pi1/config", "{\"origin\":{\"name\":\"Glowswarm\"}}", true);
	hear("else/device/glow-pi1/config", "{\"origin\":{\"name\":\"another program\"}}", true);
	hear("live/device/glow-pi1/config", "{\"origin\":{\"name\":\"Glowswarm\"}}", false);
	hear("broken/device/glow-pi1/config", "{", true);
	assert_int_equal(n_sent, 0); /* whoever does not speak for the device leaves it alone */
	connect();
	assert_int_equal(n_sent, 2);
	assert_true(find(OWN)->retained && find(OWN)->len == 0);
	assert_true(find("ha/device/glow-pi1/config")->len == 0);
	announce();
	assert_int_equal(n_sent, 2);
}

static void test_moved(void **state)
{
	(void)state;
	init("ha", 7);
	for (int k = 0; k < GLOW_HERALD_STRAYS + 1; k++)
		hear(OWN, "{\"origin\":{\"name\":\"Glowswarm\"}}", true);
	connect();
	assert_true(find(OWN)->len == 0);
	assert_string_equal(last("ha/device/glow-pi1/config"), "{\"origin\":{\"name\":\"Glowswarm\"}}");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_topics),          T(test_what_is_heard),    T(test_announced),
		T(test_lost_on_its_way), T(test_deleted),          T(test_deleted_while_away),
		T(test_birth),           T(test_spread),           T(test_texts),
		T(test_taken_back),      T(test_birth_while_away), T(test_moved),
		T(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
