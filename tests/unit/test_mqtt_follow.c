/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Topics that the owner asks for while the messenger runs: each is asked for once a connection, and again on the next,
 * until it is not wanted any more. The broker is in here. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/io/mqtt_follow.h"

static struct glow_follows follows;
static char said[400]; /* what the broker has heard: "+a -b " */
static int answer;     /* its answer to "bad" */

int glow_link_follow(struct glow_link *link, const char *topic, bool on, char why[GLOW_MQTT_WHY])
{
	size_t n = strlen(said);

	(void)link;
	snprintf(said + n, sizeof(said) - n, "%s%s ", on ? "+" : "-", topic);
	snprintf(why, GLOW_MQTT_WHY, "no");
	return strcmp(topic, "bad") == 0 ? answer : 0;
}

static void refused(void *ctx, const char *topic, const char *why)
{
	assert_ptr_equal(ctx, &follows);
	assert_string_equal(topic, "bad");
	assert_string_equal(why, "no");
	strcat(said, "! ");
}

static bool readable(void)
{
	struct pollfd fd = { .fd = follows.fd, .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static const char *sync_now(int expected)
{
	said[0] = '\0';
	assert_int_equal(glow_follows_sync(&follows, NULL, refused, &follows), expected);
	assert_false(readable());
	return said;
}

static int setup(void **state)
{
	(void)state;
	answer = 1;
	return glow_follows_init(&follows);
}

static int teardown(void **state)
{
	(void)state;
	glow_follows_fini(&follows);
	glow_follows_fini(&follows); /* once more does no harm */
	return 0;
}

static void test_asks(void **state)
{
	(void)state;
	assert_false(readable());
	assert_true(glow_follows_want(&follows, "a", true));
	assert_true(glow_follows_want(&follows, "b", true));
	assert_true(readable());
	assert_string_equal(sync_now(0), "+a +b ");
	assert_true(glow_follows_want(&follows, "a", true));
	assert_string_equal(sync_now(0), "");
	glow_follows_want(&follows, "a", false);
	assert_string_equal(sync_now(0), "-a ");
	glow_follows_want(&follows, "never", false);
	assert_string_equal(sync_now(0), "");
	/* There and gone in between is nothing to ask. */
	glow_follows_want(&follows, "c", true);
	glow_follows_want(&follows, "c", false);
	assert_string_equal(sync_now(0), "");
}

static void test_next_connection(void **state)
{
	(void)state;
	glow_follows_want(&follows, "a", true);
	glow_follows_want(&follows, "b", true);
	sync_now(0);
	glow_follows_want(&follows, "a", false); /* while it is away */
	glow_follows_reset(&follows);
	assert_string_equal(sync_now(0), "+b ");
}

static void test_refused(void **state)
{
	(void)state;
	glow_follows_want(&follows, "bad", true);
	glow_follows_want(&follows, "good", true);
	assert_string_equal(sync_now(0), "+bad ! +good ");
	assert_string_equal(sync_now(0), "");
	answer = -ENOTCONN;
	glow_follows_reset(&follows);
	assert_string_equal(sync_now(-ENOTCONN), "+bad ");
	answer = 0;
	glow_follows_reset(&follows);
	assert_string_equal(sync_now(0), "+bad +good ");
}

static void test_full(void **state)
{
	char topic[8];

	(void)state;
	for (int k = 0; k < GLOW_FOLLOWS_MAX; k++) {
		snprintf(topic, sizeof(topic), "t%d", k);
		assert_true(glow_follows_want(&follows, topic, true));
	}
	assert_false(glow_follows_want(&follows, "more", true));
	assert_true(glow_follows_want(&follows, "t3", true));
	glow_follows_want(&follows, "t3", false);
	sync_now(0);
	assert_true(glow_follows_want(&follows, "more", true));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_asks),
		TEST(test_next_connection),
		TEST(test_refused),
		TEST(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
