/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Probes as they go out, and what comes back of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/follower.h>

static const struct glow_leader leader = { .clock_id = 7, .term = 1, .boot = 9 };
static const int64_t ahead_ns = INT64_C(1700000000000000000);

static struct glow_raw at(int64_t ms)
{
	return (struct glow_raw){ ms * 1000000 };
}

static struct glow_follower *follower(void)
{
	static struct glow_follower f;
	const struct glow_sync_cfg cfg = { .seed = 5 };

	memset(&f, 0, sizeof(f));
	glow_follower_init(&f, &cfg, "glow", "pi3");
	glow_sync_connected(&f.sync, at(0));
	glow_sync_follow(&f.sync, at(0), leader);
	return &f;
}

/* The conductor's answer, two milliseconds under way in all. */
static void answer(struct glow_follower *f, const struct glow_message *probe, int64_t now_ms)
{
	struct glow_time_request request;
	struct glow_time_reply reply = { .leader = leader };
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	struct glow_message m;
	int64_t step_ns;

	assert_true(glow_request_read(probe->payload, probe->len, &request));
	reply.seq = request.seq;
	reply.t1_ns = request.t1_ns;
	reply.t2_ns = reply.t3_ns = ahead_ns + at(now_ms + 1).ns;
	glow_reply_message(&reply, false, "glow/time/reply/pi3", bytes, &m);
	m.at = at(now_ms + 2);
	assert_true(glow_follower_reply(f, &m, &step_ns));
	assert_false(glow_follower_reply(f, &m, &step_ns)); /* once only */
}

static void test_probe(void **state)
{
	struct glow_follower *f = follower();
	struct glow_message m;
	int64_t now_ms = 0;
	struct glow_time_request request;

	(void)state;
	while (!glow_follower_probe(f, at(now_ms), &m))
		now_ms++;
	assert_string_equal(m.topic, "glow/time/request/pi3");
	assert_int_equal(m.len, GLOW_REQUEST_SIZE);
	assert_false(m.retained);
	assert_int_equal(m.qos, 0);
	/* Without cluster time s1 says "none", and must not grow while it waits. */
	assert_int_equal(m.aging[0], GLOW_REQUEST_T1);
	assert_int_equal(m.aging[1], 0);
	assert_true(glow_request_read(m.payload, m.len, &request));
	assert_int_equal(request.t1_ns, at(now_ms).ns);
	assert_int_equal(request.s1_ns, 0);
	assert_false(glow_follower_probe(f, at(now_ms), &m)); /* one at a time */
}

static void test_follows(void **state)
{
	struct glow_follower *f = follower();
	struct glow_message m;
	int aged = 0;

	(void)state;
	assert_false(glow_sync_valid(&f->sync));
	for (int64_t now_ms = 0; now_ms < 5000; now_ms++)
		if (glow_follower_probe(f, at(now_ms), &m)) {
			answer(f, &m, now_ms);
			aged += m.aging[1] == GLOW_REQUEST_S1;
		}
	assert_true(glow_sync_valid(&f->sync));
	assert_true(aged > 0); /* with cluster time both stamps age */
	assert_true(llabs(glow_sync_now(&f->sync, at(5000)) - ahead_ns - at(5000).ns) < 100000);
}

static void test_foreign(void **state)
{
	struct glow_follower *f = follower();
	const struct glow_message junk = { .topic = "glow/time/reply/pi3", .payload = "none", .len = 4 };
	int64_t step_ns;

	(void)state;
	assert_false(glow_follower_reply(f, &junk, &step_ns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
