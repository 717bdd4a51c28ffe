/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What the broker keeps waits for room, and what of it was dropped is asked for again. The broker is in here. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/io/mqtt_intake.h"

#define MESSAGES 16 /* that a lane has room for, and as many that are kept */
#define ROOM     ((size_t)MESSAGES * GLOW_MAIL_MIN)
#define NOW_MS   5000

static const char *const topics[] = { "live/#" };
static const char *const wished[] = { "node/+/info", "node/+/state" };
static const char *const retained[] = { "roster", "node/+/place" };
static const struct glow_mqtt_cfg cfg = { .topics = topics,
					  .n_topics = 1,
					  .wished_topics = wished,
					  .n_wished_topics = 2,
					  .retained_topics = retained,
					  .n_retained_topics = 2,
					  .n_lead_retained = 1 };

static struct glow_mailbox box;
static struct glow_follows follows;
static struct glow_intake intake;
static char asked[200];
static int answer;

int glow_link_ask(struct glow_link *link, const char *topic, bool without_own, char why[GLOW_MQTT_WHY])
{
	size_t n = strlen(asked);

	(void)link;
	(void)why;
	snprintf(asked + n, sizeof(asked) - n, "%s%s ", topic, without_own ? "!" : "");
	return answer;
}

int glow_link_follow(struct glow_link *link, const char *topic, bool on, char why[GLOW_MQTT_WHY])
{
	assert_true(on);
	return glow_link_ask(link, topic, false, why);
}

static int setup(void **state)
{
	const struct glow_mailbox_cfg boxes = {
		.room = { ROOM, ROOM, ROOM }, .kept = ROOM, .arrivals = true, .lost = glow_intake_lost, .ctx = &intake
	};

	(void)state;
	intake = (struct glow_intake){ .cfg = &cfg, .box = &box, .follows = &follows };
	asked[0] = '\0';
	answer = 0;
	return glow_mailbox_init(&box, &boxes) || glow_follows_init(&follows);
}

static int teardown(void **state)
{
	(void)state;
	glow_intake_reset(&intake);
	glow_mailbox_fini(&box);
	glow_follows_fini(&follows);
	return 0;
}

static bool put(const char *topic, int number, const char *payload, bool kept)
{
	const struct glow_mqtt_event event = { .kind = GLOW_MQTT_MESSAGE,
					       .message = { .topic = topic,
							    .payload = payload,
							    .len = strlen(payload),
							    .retained = kept,
							    .at.ns = number } };

	return glow_intake_put(&intake, glow_mail_create(&event));
}

static int take(void)
{
	struct glow_mail *mail = glow_mailbox_take(&box, NULL, NULL, NULL);
	int number = mail ? (int)mail->event.message.at.ns : 0;

	glow_mailbox_give_back(&box, mail);
	return number;
}

static void take_all(void)
{
	while (take())
		;
}

static uint64_t dropped(void)
{
	uint64_t n, replaced;

	glow_mailbox_counts(&box, &n, &replaced);
	return n;
}

static const char *ask_at(int64_t now_ms, int expected)
{
	asked[0] = '\0';
	assert_int_equal(glow_intake_ask(&intake, NULL, now_ms), expected);
	return asked;
}

/* All that the broker keeps reaches an owner who reads one thing at a time, in its order. */
/* promise: retained-read-to-its-end */
static void test_waits(void **state)
{
	enum { ALL = 1000 };
	int next = 1, taken = 0;

	(void)state;
	while (taken < ALL) {
		while (glow_intake_has_room(&intake, NOW_MS) && next <= ALL)
			assert_true(put("node/x/info", next++, "i", true));
		assert_int_equal(take(), ++taken);
	}
	assert_int_equal(dropped(), 0);
	/* The control: what is said just now does not wait, and so some of it is lost. */
	for (int k = 1; k <= ALL; k++) {
		assert_true(glow_intake_has_room(&intake, NOW_MS));
		assert_false(put("node/x/info", k, "i", false));
	}
	assert_int_equal(dropped(), ALL - MESSAGES);
}

/* Whoever publishes what we read live with the flag does not make anybody wait. */
static void test_flood_does_not_wait(void **state)
{
	(void)state;
	for (int k = 1; k <= 4 * MESSAGES; k++) {
		assert_false(put("live/set", k, "x", true));
		assert_true(glow_intake_has_room(&intake, NOW_MS));
	}
	assert_int_equal(dropped(), 3 * MESSAGES);
	assert_string_equal(ask_at(100000, 0), "");
}

/* What was cleared has the room of what is kept while there is some, and makes nobody wait. */
static void test_cleared(void **state)
{
	(void)state;
	put("node/gone/info", 1, "", false);
	for (int k = 2; k <= 4 * MESSAGES; k++)
		put("node/x/info", k, "i", false);
	assert_int_equal(take(), 1);
	for (int k = 1; k <= 4 * MESSAGES; k++)
		put("node/gone/info", k, "", false);
	assert_true(glow_intake_has_room(&intake, NOW_MS));
}

/* An owner who reads nothing at all costs the oldest, one every three seconds, and not the connection. */
static void test_stuck(void **state)
{
	(void)state;
	for (int k = 1; k <= MESSAGES + 1; k++)
		put("node/x/info", k, "i", true);
	assert_false(glow_intake_has_room(&intake, 1000));
	assert_false(glow_intake_has_room(&intake, 3999));
	assert_true(glow_intake_has_room(&intake, 4000));
	assert_int_equal(dropped(), 1);
	put("node/x/info", MESSAGES + 2, "i", true);
	assert_false(glow_intake_has_room(&intake, 4001));
	assert_int_equal(take(), 2);
	assert_true(glow_intake_has_room(&intake, 4002));
	take_all();
	ask_at(5000, 0);
	assert_string_equal(ask_at(5250, 1), "node/+/info ");
}

/* An owner who leaves reads no more: nothing waits for him. */
static void test_leaving(void **state)
{
	(void)state;
	for (int k = 1; k <= MESSAGES + 1; k++)
		put("node/x/info", k, "i", true);
	assert_false(glow_intake_has_room(&intake, NOW_MS));
	intake.leaving = true;
	assert_true(glow_intake_has_room(&intake, NOW_MS));
	put("node/x/info", 100, "i", true);
	assert_true(glow_intake_has_room(&intake, NOW_MS));
}

static void flood(const char *topic)
{
	for (int k = 0; k < 2 * MESSAGES; k++)
		put(topic, 1, "x", false);
}

/* Each filter that lost something is asked for once, when the owner has caught up. */
/* promise: retained-read-to-its-end */
static void test_asks_again(void **state)
{
	(void)state;
	flood("node/a/state");
	assert_string_equal(ask_at(1000, 0), ""); /* not at once */
	assert_string_equal(ask_at(1250, 0), ""); /* nor before anybody has read */
	take_all();
	assert_string_equal(ask_at(1250, 1), "node/+/state ");
	assert_string_equal(ask_at(100000, 0), "");
	flood("roster");
	flood("node/a/info");
	flood("node/a/stats"); /* of which nothing is kept */
	take_all();
	ask_at(200000, 0);
	/* One at a time, since the broker's word is waited for, and our time and theirs does not wait that long. */
	assert_string_equal(ask_at(200250, 1), "node/+/info ");
	flood("node/a/info"); /* what is lost meanwhile is not of this round */
	take_all();
	assert_true(intake.asking);
	assert_string_equal(ask_at(200251, 1), "roster! ");
	assert_false(intake.asking);
	assert_string_equal(ask_at(200749, 0), "");
	assert_string_equal(ask_at(200750, 1), "node/+/info ");
}

/* Nor is anything asked for while something waits. */
static void test_asks_when_nothing_waits(void **state)
{
	(void)state;
	flood("roster");
	flood("node/a/info");
	take_all();
	ask_at(1000, 0);
	assert_string_equal(ask_at(1250, 1), "node/+/info ");
	for (int k = 1; k <= MESSAGES + 1; k++)
		put("node/x/info", k, "i", true);
	assert_string_equal(ask_at(1251, 0), "");
	take_all();
	assert_true(glow_intake_has_room(&intake, 1252));
	assert_string_equal(ask_at(1252, 1), "roster! ");
}

/* What only a leader hears is not asked for by one who leads no more, though some of it is in the box still. */
static void test_lead(void **state)
{
	(void)state;
	flood("node/a/place");
	flood("roster");
	take_all();
	ask_at(1000, 0);
	assert_string_equal(ask_at(1250, 1), "roster! ");
	assert_string_equal(ask_at(1251, 0), "");
	glow_intake_reset(&intake);
	intake.leads = true;
	flood("node/a/place");
	take_all();
	ask_at(100000, 0);
	assert_string_equal(ask_at(100250, 1), "node/+/place! ");
}

/* It helps little to ask again and again: twice as long lies between, up to a minute. */
static void test_less_and_less(void **state)
{
	static const int64_t waits_ms[] = { 250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	int64_t now_ms = 1000;

	(void)state;
	for (size_t k = 0; k < sizeof(waits_ms) / sizeof(waits_ms[0]); k++) {
		flood("roster");
		take_all();
		assert_string_equal(ask_at(now_ms, 0), "");
		assert_string_equal(ask_at(now_ms + waits_ms[k] - 1, 0), "");
		now_ms += waits_ms[k];
		assert_string_equal(ask_at(now_ms, 1), "roster! ");
	}
	flood("roster"); /* later it is as the first time */
	take_all();
	now_ms += 200000;
	ask_at(now_ms, 0);
	assert_string_equal(ask_at(now_ms + 250, 1), "roster! ");
}

static void refused(void *ctx, const char *topic, const char *why)
{
	(void)ctx;
	(void)topic;
	(void)why;
	fail();
}

static void test_followed(void **state)
{
	(void)state;
	glow_follows_want(&follows, "effect/one", true);
	glow_follows_want(&follows, "effect/two", true);
	assert_int_equal(glow_follows_sync(&follows, NULL, refused, NULL), 0);
	flood("effect/two");
	take_all();
	ask_at(1000, 0);
	assert_string_equal(ask_at(1250, 1), "");
	assert_int_equal(glow_follows_sync(&follows, NULL, refused, NULL), 0);
	assert_string_equal(asked, "effect/two ");
}

/* The next connection brings all, and the end of one is told. */
static void test_ends(void **state)
{
	(void)state;
	for (int k = 1; k <= MESSAGES + 1; k++)
		put("node/x/info", k, "i", true);
	flood("roster");
	take_all();
	glow_intake_reset(&intake);
	assert_true(glow_intake_has_room(&intake, NOW_MS));
	ask_at(1000, 0);
	assert_string_equal(ask_at(2000, 0), "");
	flood("roster");
	take_all();
	flood("node/a/state");
	take_all();
	answer = -ENOTCONN;
	ask_at(100000, 0);
	ask_at(100250, -ENOTCONN);
	assert_true(intake.asking);
	glow_intake_reset(&intake);
	assert_string_equal(ask_at(100251, 0), ""); /* nor is that of a round that was not over */
}

static void test_filters(void **state)
{
	(void)state;
	assert_true(glow_filter_matches("a/b", "a/b"));
	assert_true(glow_filter_matches("a/+/c", "a/b/c"));
	assert_true(glow_filter_matches("a/+", "a/"));
	assert_true(glow_filter_matches("+/+", "/b"));
	assert_true(glow_filter_matches("#", "a/b"));
	assert_true(glow_filter_matches("a/#", "a/b/c"));
	assert_true(glow_filter_matches("a/#", "a"));
	assert_false(glow_filter_matches("a/b", "a"));
	assert_false(glow_filter_matches("a/b", "a/bc"));
	assert_false(glow_filter_matches("a/b", "a/b/c"));
	assert_false(glow_filter_matches("a/+", "a"));
	assert_false(glow_filter_matches("a/+", "a/b/c"));
	assert_false(glow_filter_matches("a/+/c", "a/b/d"));
	assert_false(glow_filter_matches("a/#", "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood_does_not_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cleared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stuck, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leaving, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asks_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asks_when_nothing_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lead, setup, teardown),
		cmocka_unit_test_setup_teardown(test_less_and_less, setup, teardown),
		cmocka_unit_test_setup_teardown(test_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
		cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
