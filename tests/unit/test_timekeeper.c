/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A node that follows a conductor's clock, one millisecond away in either direction. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/log.h>

#include "../harness/outbox.h"
#include "../../bridge/app/node/timekeeper.h"

#define MS      INT64_C(1000000)
#define SECOND  (1000 * MS)
#define AHEAD   INT64_C(1700000000000000000) /* of us is CLOCK, and each clock behind it a second more */
#define CLOCK   UINT64_C(0xfeedbeef01234567)
#define BOOT    UINT32_C(0x1234abcd)
#define INFO    "glow/conductor/info"
#define REQUEST "glow/time/request/pi1"
#define REPLY   "glow/time/reply/pi1"
#define ADOPT   "glow/time/adopt/request/pi1"
#define ADOPTED "glow/time/adopt/reply/1234abcd"

static struct glow_timekeeper keeper;
static int64_t now; /* L in ns */

static int setup(void **state)
{
	const struct glow_sync_cfg cfg = { .seed = 5 };

	(void)state;
	now = 1234 * SECOND;
	glow_timekeeper_init(&keeper, &cfg, "glow", "pi1", outbox);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	forget();
	return 0;
}

static struct glow_raw raw(void)
{
	return (struct glow_raw){ now };
}

static enum glow_time_news deliver(const char *topic, const void *payload, size_t len)
{
	const struct glow_message m = { .topic = topic, .payload = payload, .len = len, .at = raw() };

	return glow_timekeeper_message(&keeper, &m, raw());
}

static enum glow_time_news tell(const char *topic, const char *payload)
{
	return deliver(topic, payload, strlen(payload));
}

/* conductor/info of that clock; `utc` knows civil time. */
static enum glow_time_news info(uint64_t clock_id, bool leading, bool utc)
{
	const struct glow_conductor_info said_of_itself = { .id = "pi9",
							    .leading = leading,
							    .leader = { clock_id, 3, BOOT },
							    .has_utc = utc,
							    .utc_offset_us = -5000000,
							    .tz_offset_s = 3600 };
	char *text = glow_json_finish(glow_conductor_info_write(&said_of_itself));
	enum glow_time_news news = tell(INFO, text);

	free(text);
	return news;
}

/* The conductor's answer to the last probe comes, two milliseconds after that. */
static enum glow_time_news answer(uint64_t clock_id)
{
	const struct sent *probe = find(REQUEST);
	struct glow_time_request request;
	struct glow_time_reply reply = { .leader = { clock_id, 3, BOOT } };
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];

	assert_non_null(probe);
	assert_true(glow_request_read(probe->payload, probe->len, &request));
	reply.seq = request.seq;
	reply.t1_ns = request.t1_ns;
	reply.t2_ns = reply.t3_ns = now + MS + AHEAD + (int64_t)(clock_id - CLOCK) * SECOND;
	now += 2 * MS;
	return deliver(REPLY, bytes, glow_reply_write(&reply, false, bytes));
}

/* So many probes go out and are answered; how often the time became another. */
static int follow(uint64_t clock_id, int probes)
{
	int steps = 0;

	for (int64_t end = now + 3600 * SECOND; probes > 0; now += MS) {
		forget();
		assert_true(now < end);
		glow_timekeeper_probe(&keeper, raw());
		if (n_sent == 0)
			continue;
		steps += answer(clock_id) == GLOW_TIME_STEPPED;
		probes--;
	}
	return steps;
}

/* On the conductor's clock. */
static void join(void)
{
	glow_sync_connected(&keeper.follower.sync, raw());
	assert_int_equal(info(CLOCK, true, false), GLOW_TIME_CONDUCTOR);
	assert_int_equal(follow(CLOCK, 40), 1);
	assert_true(glow_timekeeper_valid(&keeper));
	forget();
}

static void test_topics(void **state)
{
	static const char *const topics[] = { REPLY, ADOPT, INFO };
	char topic[GLOW_TOPIC_MAX + 1];

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		bool asked = glow_timekeeper_topic(&keeper, k, topic);

		assert_int_equal(asked, k < 2); /* the last comes with what the node asks for */
		if (asked)
			assert_string_equal(topic, topics[k]);
		assert_int_not_equal(tell(topics[k], ""), GLOW_TIME_FOREIGN);
	}
}

static void test_foreign(void **state)
{
	(void)state;
	assert_int_equal(tell("glow/node/pi1/set", "red"), GLOW_TIME_FOREIGN);
	assert_int_equal(tell("glow/conductor/beacon", "{}"), GLOW_TIME_FOREIGN);
	assert_int_equal(tell("other/conductor/info", "{}"), GLOW_TIME_FOREIGN);
	assert_int_equal(tell("glow/conductor/info", "{}"), GLOW_TIME_SAME);
}

static void test_probe(void **state)
{
	(void)state;
	now += 60 * SECOND;
	glow_timekeeper_probe(&keeper, raw());
	assert_int_equal(n_sent, 0); /* there is no way to the conductor */
	glow_sync_connected(&keeper.follower.sync, raw());
	info(CLOCK, true, false);
	now += 60 * SECOND;
	glow_timekeeper_probe(&keeper, raw());
	assert_int_equal(count(REQUEST), 1);
	assert_int_equal(find(REQUEST)->len, GLOW_REQUEST_SIZE);
	glow_timekeeper_probe(&keeper, raw()); /* the next is not due */
	assert_int_equal(n_sent, 1);
}

/* Cluster time comes as a step, and from then on without one. */
static void test_follows(void **state)
{
	(void)state;
	assert_int_equal(glow_timekeeper_clock_id(&keeper), 0);
	join();
	assert_true(glow_timekeeper_clock_id(&keeper) == CLOCK);
	assert_true(llabs(glow_sync_now(&keeper.follower.sync, raw()) - now - AHEAD) < MS);
	assert_int_equal(follow(CLOCK, 40), 0);
	/* Another clock steps once more. */
	info(CLOCK + 1, true, false);
	assert_int_equal(follow(CLOCK + 1, 40), 1);
	assert_true(glow_timekeeper_clock_id(&keeper) == CLOCK + 1);
	assert_true(llabs(glow_sync_now(&keeper.follower.sync, raw()) - now - AHEAD - SECOND) < MS);
}

static void test_reply_of_another(void **state)
{
	(void)state;
	glow_sync_connected(&keeper.follower.sync, raw());
	info(CLOCK, true, false);
	assert_int_equal(follow(CLOCK + 1, 40), 0);
	assert_false(glow_timekeeper_valid(&keeper));
	assert_int_equal(glow_timekeeper_clock_id(&keeper), 0);
	assert_int_equal(tell(REPLY, "none"), GLOW_TIME_SAME);
}

/* ---- what is asked of it ---- */

static void adopt(struct glow_time_request *ret_request)
{
	uint8_t bytes[GLOW_REQUEST_SIZE];
	struct glow_message m = { .topic = ADOPT, .payload = bytes, .len = sizeof(bytes), .at = raw() };

	*ret_request = (struct glow_time_request){ .seq = 77, .t1_ns = 123456789 };
	glow_request_write(ret_request, bytes);
	now += MS; /* it waits a little before it is looked at */
	assert_int_equal(glow_timekeeper_message(&keeper, &m, raw()), GLOW_TIME_SAME);
}

static void test_adopt(void **state)
{
	struct glow_time_request request;
	struct glow_time_reply reply;
	const struct sent *out;

	(void)state;
	info(CLOCK, true, false);
	adopt(&request);
	assert_int_equal(n_sent, 0); /* it does not know the time */
	join();
	adopt(&request);
	assert_int_equal(n_sent, 1);
	out = find(ADOPTED); /* of the conductor that was last told of */
	assert_non_null(out);
	assert_true(glow_reply_read(out->payload, out->len, true, &reply));
	assert_int_equal(reply.seq, 77);
	assert_int_equal(reply.t1_ns, 123456789);
	assert_int_equal(reply.t2_ns, glow_sync_now(&keeper.follower.sync, (struct glow_raw){ now - MS }));
	assert_int_equal(reply.t3_ns, glow_sync_now(&keeper.follower.sync, raw()));
	assert_true(reply.leader.clock_id == CLOCK);
	assert_int_equal(reply.leader.term, 3);
	assert_int_equal(out->aging[0], GLOW_REPLY_T3);
	assert_true(reply.sigma_ns > 0);
	tell(ADOPT, "none");
	assert_int_equal(n_sent, 1);
}

/* ---- what the conductor says of itself ---- */

static void test_info_broken(void **state)
{
	static const char *const broken[] = { "", "{", "[]", "{}", "{\"clock_id\":\"x\"}", "\xff" };

	(void)state;
	join();
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		assert_int_equal(tell(INFO, broken[k]), GLOW_TIME_SAME);
		assert_int_equal(keeper.conductor.leader.boot, BOOT);
		assert_true(glow_timekeeper_clock_id(&keeper) == CLOCK);
	}
	assert_int_equal(follow(CLOCK, 10), 0);
}

/* Who is still adopting a timeline gives no time. */
static void test_info_adopting(void **state)
{
	(void)state;
	glow_sync_connected(&keeper.follower.sync, raw());
	assert_int_equal(info(CLOCK, false, false), GLOW_TIME_CONDUCTOR);
	assert_int_equal(keeper.conductor.leader.boot, BOOT);
	assert_true(glow_sync_leader(&keeper.follower.sync).clock_id == 0);
	info(CLOCK, true, false);
	assert_true(glow_sync_leader(&keeper.follower.sync).clock_id == CLOCK);
}

static void test_civil(void **state)
{
	int64_t offset_us = 42;

	(void)state;
	info(CLOCK, true, true);
	assert_false(glow_timekeeper_civil(&keeper, &offset_us)); /* there is no cluster time */
	join();
	assert_false(glow_timekeeper_civil(&keeper, &offset_us)); /* the conductor does not know it */
	assert_int_equal(offset_us, 42);
	info(CLOCK, true, true);
	assert_true(glow_timekeeper_civil(&keeper, &offset_us));
	assert_int_equal(offset_us, 3595000000);
}

static void test_stats(void **state)
{
	struct glow_stats_sync sync;

	(void)state;
	glow_timekeeper_stats(&keeper, raw(), &sync);
	assert_string_equal(sync.state, "unsynced");
	assert_false(sync.valid);
	join();
	glow_timekeeper_stats(&keeper, raw(), &sync);
	assert_true(sync.valid);
	assert_string_not_equal(sync.state, "unsynced");
	assert_true(sync.error_us < 1000);
	now += 3600 * SECOND;
	glow_timekeeper_stats(&keeper, raw(), &sync);
	assert_string_equal(sync.state, "holdover");
	assert_true(sync.error_us > 1000); /* it grows while nobody answers */
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_topics), T(test_foreign),     T(test_probe),         T(test_follows), T(test_reply_of_another),
		T(test_adopt),  T(test_info_broken), T(test_info_adopting), T(test_civil),   T(test_stats),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
