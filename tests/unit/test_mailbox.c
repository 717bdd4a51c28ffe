/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is taken when, what goes where there is no room, and that nothing goes without being counted. A message
 * is known by its number, in place of a time stamp. */

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/hash.h>

#include "../../bridge/io/mailbox.h"
#include "../harness/dice.h"

#define MESSAGES 16 /* smallest ones that a lane has room for */
#define ROOM     ((size_t)MESSAGES * GLOW_MAIL_MIN)

static struct glow_mailbox box;
static char filling[2 * ROOM];
static char lost[64]; /* the topic dropped last */

static void note_lost(void *ctx, const char *topic)
{
	assert_ptr_equal(ctx, &box);
	snprintf(lost, sizeof(lost), "%s", topic);
}

static void open_box(bool arrivals)
{
	const struct glow_mailbox_cfg cfg = {
		.room = { ROOM, ROOM, ROOM }, .kept = ROOM, .arrivals = arrivals, .lost = note_lost, .ctx = &box
	};

	lost[0] = '\0';
	assert_int_equal(glow_mailbox_init(&box, &cfg), 0);
	box.seed = 1; /* the topics below have counters of their own */
}

static int close_box(void **state)
{
	(void)state;
	glow_mailbox_fini(&box);
	return 0;
}

static int open_arrivals(void **state)
{
	(void)state;
	open_box(true);
	return 0;
}

static int open_departures(void **state)
{
	(void)state;
	open_box(false);
	return 0;
}

static int put_message(enum glow_lane lane, uint64_t key, int number, const struct glow_message *message)
{
	struct glow_mqtt_event event = { .kind = GLOW_MQTT_MESSAGE, .message = *message };
	struct glow_mail *mail;

	event.message.at.ns = number;
	mail = glow_mail_create(&event);
	mail->kept = message->retained;
	return glow_mailbox_put(&box, mail, lane, key);
}

static int put(enum glow_lane lane, const char *topic, uint64_t key, int number)
{
	return put_message(lane, key, number, &(struct glow_message){ .topic = topic });
}

static int put_kept(enum glow_lane lane, const char *topic, uint64_t key, int number)
{
	return put_message(lane, key, number, &(struct glow_message){ .topic = topic, .retained = true });
}

static void put_news(int number)
{
	const struct glow_mqtt_event event = { .kind = GLOW_MQTT_CONNECTED, .message.at.ns = number };

	assert_int_equal(glow_mailbox_put(&box, glow_mail_create(&event), GLOW_LANE_CLOCK, 0), 0);
}

static struct glow_mail *take_mail(void)
{
	return glow_mailbox_take(&box, NULL, NULL, NULL);
}

/* The next one's number, 0 for none. */
static int take(void)
{
	struct glow_mail *mail = take_mail();
	int number = mail ? (int)mail->event.message.at.ns : 0;

	glow_mailbox_give_back(&box, mail);
	return number;
}

static void expect(const int *numbers)
{
	do
		assert_int_equal(take(), *numbers);
	while (*numbers++);
}

#define EXPECT(...) expect((const int[]){ __VA_ARGS__, 0 })

static void expect_counts(uint64_t dropped, uint64_t replaced)
{
	uint64_t has_dropped, has_replaced;

	glow_mailbox_counts(&box, &has_dropped, &has_replaced);
	assert_int_equal(has_dropped, dropped);
	assert_int_equal(has_replaced, replaced);
}

static bool readable(void)
{
	return poll(&(struct pollfd){ .fd = box.fd, .events = POLLIN }, 1, 0) == 1;
}

static void test_order(void **state)
{
	(void)state;
	put(GLOW_LANE_REPORT, "r", 0, 1);
	put(GLOW_LANE_REPORT, "r", 0, 2);
	put(GLOW_LANE_COMMAND, "c", 0, 3);
	put(GLOW_LANE_COMMAND, "c", 0, 4);
	put(GLOW_LANE_COMMAND, "c", 0, 5);
	put(GLOW_LANE_CLOCK, "t", 0, 6);
	put(GLOW_LANE_CLOCK, "t", 0, 7);
	EXPECT(6, 7, 3, 1, 4, 2, 5);
}

/* Flooded, the clock's lane leaves the others one turn in nine. */
static void test_clock_flooded(void **state)
{
	int clock = 0, others = 0;

	(void)state;
	put(GLOW_LANE_COMMAND, "c", 0, 1);
	put(GLOW_LANE_REPORT, "r", 0, 2);
	for (int k = 0; k < 18; k++) {
		put(GLOW_LANE_CLOCK, "t", 0, 100 + k);
		if (take() >= 100)
			clock++;
		else
			others++;
	}
	assert_int_equal(clock, 16);
	assert_int_equal(others, 2);
}

static void test_barrier(void **state)
{
	(void)state;
	put(GLOW_LANE_REPORT, "r", 0, 1);
	put_news(2);
	put(GLOW_LANE_CLOCK, "t", 0, 3);
	put_news(4);
	put(GLOW_LANE_COMMAND, "c", 0, 5);
	EXPECT(1, 2, 3, 4, 5);
	put(GLOW_LANE_REPORT, "r", 0, 1);
	put(GLOW_LANE_CLOCK, "t", 0, 3);
	EXPECT(3, 1); /* the control */
}

/* News find room where nothing else does. */
static void test_news_in_a_full_box(void **state)
{
	(void)state;
	for (int k = 1; k <= 2 * MESSAGES; k++)
		put(GLOW_LANE_COMMAND, "c", 0, k);
	put_news(1000);
	for (int k = MESSAGES + 1; k <= 2 * MESSAGES; k++)
		assert_int_equal(take(), k);
	EXPECT(1000);
	expect_counts(MESSAGES, 0);
}

/* promise: bounded-queues */
static void test_lanes_apart(void **state)
{
	(void)state;
	put(GLOW_LANE_COMMAND, "c", 0, 1);
	put(GLOW_LANE_CLOCK, "t", 0, 2);
	for (int k = 0; k < 1000; k++)
		put(GLOW_LANE_REPORT, "r", 0, 100 + k);
	assert_int_equal(take(), 2);
	assert_int_equal(take(), 1);
	expect_counts(1000 - MESSAGES, 0);
}

/* A single command outlives a flood of another topic, and not one of its own. */
/* promise: bounded-queues */
static void test_topics_apart(void **state)
{
	(void)state;
	put(GLOW_LANE_COMMAND, "c/quiet", 0, 1);
	for (int k = 0; k < 1000; k++)
		assert_int_equal(put(GLOW_LANE_COMMAND, "c/flood", 0, 100 + k), 0);
	put(GLOW_LANE_COMMAND, "c/other", 0, 2);
	assert_int_equal(take(), 1);
	for (int k = 0; k < MESSAGES - 2; k++) /* of the flood, the newest */
		assert_int_equal(take(), 1100 - (MESSAGES - 2) + k);
	EXPECT(2);
	expect_counts(1000 - (MESSAGES - 2), 0);

	put(GLOW_LANE_COMMAND, "c/flood", 0, 1); /* the control */
	for (int k = 0; k < 1000; k++)
		put(GLOW_LANE_COMMAND, "c/flood", 0, 100 + k);
	assert_int_not_equal(take(), 1);
}

/* Large ones take what they take. What is larger than a lane finds no room, and displaces nobody. */
/* promise: bounded-queues */
static void test_bytes(void **state)
{
	const struct glow_message large = { .topic = "c/large", .payload = filling, .len = 5 * GLOW_MAIL_MIN };
	const struct glow_message huge = { .topic = "c/huge", .payload = filling, .len = ROOM };

	(void)state;
	assert_int_equal(put(GLOW_LANE_COMMAND, "c/small", 0, 1), 0);
	for (int k = 2; k <= 4; k++)
		assert_int_equal(put_message(GLOW_LANE_COMMAND, 0, k, &large), 0);
	expect_counts(1, 0);
	assert_int_equal(put_message(GLOW_LANE_COMMAND, 0, 5, &huge), -EAGAIN);
	expect_counts(2, 0);
	EXPECT(1, 3, 4);
}

/* On the way out a newer word finds the older one wherever it waits. */
static void test_replaced(void **state)
{
	(void)state;
	for (int k = 1; k <= MESSAGES / 2; k++)
		put_kept(GLOW_LANE_REPORT, "r/a", 7, k);
	expect_counts(0, 0); /* there is no pressure yet */
	put(GLOW_LANE_REPORT, "r/b", 0, 100);
	put_kept(GLOW_LANE_REPORT, "r/a", 7, 101);
	expect_counts(0, 1);
	put_kept(GLOW_LANE_REPORT, "r/a", 8, 102);
	put_kept(GLOW_LANE_REPORT, "r/c", 7, 103); /* a key by chance */
	put_kept(GLOW_LANE_COMMAND, "r/c", 7, 104);
	expect_counts(0, 1);
	put_kept(GLOW_LANE_REPORT, "r/a", 8, 105);
	expect_counts(0, 2);
	assert_int_equal(take(), 104);
	for (int k = 1; k < MESSAGES / 2; k++)
		assert_int_equal(take(), k);
	EXPECT(100, 101, 103, 105);
}

/* ... and earlier, where it is told to. */
static void test_replaced_early(void **state)
{
	(void)state;
	box.cfg.part = MESSAGES / 2;
	put_kept(GLOW_LANE_REPORT, "r/a", 7, 1);
	put_kept(GLOW_LANE_REPORT, "r/a", 7, 2);
	expect_counts(0, 0); /* two messages are that part */
	put(GLOW_LANE_REPORT, "r/b", 0, 3);
	put_kept(GLOW_LANE_REPORT, "r/a", 7, 4);
	expect_counts(0, 1);
	EXPECT(1, 3, 4);
}

/* On the way in only its neighbour: what lies between them might have seen the older one. */
/* promise: each-acts-once */
static void test_replaced_neighbour(void **state)
{
	(void)state;
	for (int k = 1; k <= MESSAGES / 2 + 1; k++)
		put(GLOW_LANE_COMMAND, "c/fill", 0, k);
	put(GLOW_LANE_COMMAND, "c/a", 7, 100);
	put(GLOW_LANE_COMMAND, "c/b", 0, 101);
	put(GLOW_LANE_COMMAND, "c/a", 7, 102);
	expect_counts(0, 0);
	put(GLOW_LANE_COMMAND, "c/a", 7, 103);
	expect_counts(0, 1);
	put(GLOW_LANE_COMMAND, "c/a", 0, 104);
	put(GLOW_LANE_COMMAND, "c/a", 0, 105);
	expect_counts(0, 1);
	for (int k = 1; k <= MESSAGES / 2 + 1; k++)
		assert_int_equal(take(), k);
	EXPECT(100, 101, 103, 104, 105);
}

/* What is retained at the broker is said once. A flood takes no room from it, nor it from others, and it stays where it
 * was in its lane. */
/* promise: bounded-queues */
static void test_kept(void **state)
{
	int number, kept = 0, others = 0;

	(void)state;
	put_kept(GLOW_LANE_COMMAND, "c/stage", 7, 1);
	for (int k = 0; k < 1000; k++)
		put(GLOW_LANE_COMMAND, "c/answers", 0, 100 + k);
	for (int k = 0; k < MESSAGES - 1; k++)
		assert_int_equal(put_kept(GLOW_LANE_COMMAND, "c/stage", 8 + (uint64_t)k, 2 + k), 0);
	for (int k = 0; k < 1000; k++)
		assert_int_equal(put(GLOW_LANE_COMMAND, "c/stage", 0, 100 + k), 0);
	expect_counts(2000 - MESSAGES, 0);
	while ((number = take()))
		if (number < 100)
			assert_int_equal(number, ++kept);
		else
			others++;
	assert_int_equal(kept, MESSAGES);
	assert_int_equal(others, MESSAGES);
}

/* Its order towards what is not retained is that of its lane: a text lies before the command that means it. */
/* promise: retained-until-sent */
static void test_kept_in_order(void **state)
{
	(void)state;
	put(GLOW_LANE_COMMAND, "c/a", 0, 1);
	put_kept(GLOW_LANE_COMMAND, "c/text", 7, 2);
	put(GLOW_LANE_COMMAND, "c/a", 0, 3);
	put_kept(GLOW_LANE_COMMAND, "c/text", 7, 4);
	EXPECT(1, 2, 3, 4);
}

/* Of each topic the newest waits, however many there are, and never behind an older one: what was cleared stays so. */
/* promise: retained-until-sent */
static void test_kept_newest(void **state)
{
	static char topics[5000][16];

	(void)state;
	box.cfg.kept = (size_t)6000 * GLOW_MAIL_MIN;
	for (int round = 0; round < 3; round++)
		for (int k = 0; k < 5000; k++) {
			snprintf(topics[k], sizeof(topics[k]), "c/%d/place", k);
			/* A key for two of them: by chance. */
			assert_int_equal(put_kept(GLOW_LANE_COMMAND, topics[k], 1 + (uint64_t)k / 2,
						  5000 * round + k + 1),
					 0);
		}
	for (int k = 0; k < 5000; k++)
		assert_int_equal(take(), 10001 + k);
	EXPECT(0);
	expect_counts(0, 10000);
}

/* There is an end to that as well: then the oldest goes, and it is told. */
static void test_kept_too_many(void **state)
{
	const struct glow_message huge = { .topic = "c/huge", .payload = filling, .len = ROOM, .retained = true };

	(void)state;
	for (int k = 1; k <= MESSAGES; k++)
		assert_int_equal(put_kept(GLOW_LANE_COMMAND, "c", 100 + (uint64_t)k, k), 0);
	expect_counts(0, 0);
	assert_int_equal(put_kept(GLOW_LANE_REPORT, "c", 99, MESSAGES + 1), 0);
	expect_counts(1, 0);
	assert_string_equal(lost, "c");
	assert_int_equal(put_message(GLOW_LANE_COMMAND, 7, 1001, &huge), -EAGAIN);
	expect_counts(2, 0);
	assert_string_equal(lost, "c/huge");
	EXPECT(2, MESSAGES + 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

/* On the way in there is room for what is kept until it is full: who puts can wait for it. */
static void test_kept_arrives(void **state)
{
	const struct glow_mqtt_event event = { .kind = GLOW_MQTT_MESSAGE, .message = { .topic = "r" } };
	struct glow_mail *next = glow_mail_create(&event);

	(void)state;
	for (int k = 1; k <= MESSAGES; k++) {
		assert_true(glow_mailbox_has_room(&box, next));
		assert_int_equal(glow_mailbox_is_calm(&box), k <= MESSAGES / 4 + 1);
		put_kept(GLOW_LANE_REPORT, "r", 0, k);
	}
	assert_false(glow_mailbox_has_room(&box, next));
	for (int k = 0; k < 1000; k++)
		put(GLOW_LANE_REPORT, "r", 0, 100 + k);
	assert_int_equal(take(), 1);
	assert_true(glow_mailbox_has_room(&box, next));
	put_kept(GLOW_LANE_REPORT, "r", 0, 1);
	expect_counts(1000 - MESSAGES, 0);     /* nothing of these */
	put_kept(GLOW_LANE_REPORT, "r", 0, 1); /* the control: who does not wait loses some */
	expect_counts(1000 - MESSAGES + 1, 0);
	while (!glow_mailbox_is_calm(&box))
		assert_true(take() > 0);
	assert_true(take() > 0);
	free(next);
}

/* On the way in a key says only what may be replaced. */
static void test_keys_are_not_kept(void **state)
{
	(void)state;
	put(GLOW_LANE_COMMAND, "c/quiet", 0, 1);
	for (int k = 0; k < 1000; k++)
		put(GLOW_LANE_COMMAND, "c/flood", (uint64_t)k + 1, 100 + k);
	expect_counts(1001 - MESSAGES, 0);
	assert_int_equal(take(), 1);
}

static void ask(int number, const char *response, size_t correlation_len)
{
	put_message(GLOW_LANE_COMMAND, 7, number,
		    &(struct glow_message){ .topic = "c",
					    .payload = "x",
					    .len = 1,
					    .response_topic = response,
					    .correlation = filling,
					    .correlation_len = correlation_len });
}

/* Takes everything up to the next news, and returns how many were told that theirs was dropped. */
static int take_told(int replaced)
{
	struct glow_mail *mail;
	int told = 0;

	while ((mail = take_mail()) && mail->event.kind != GLOW_MQTT_CONNECTED) {
		const struct glow_message *m = &mail->event.message;

		if (mail->event.kind == GLOW_MQTT_DROPPED) {
			told++;
			assert_string_equal(m->topic, "c");
			assert_string_equal(m->response_topic, "to/me");
			assert_int_equal(m->len, 0);
			assert_int_equal(m->correlation_len, 1);
			assert_memory_equal(m->correlation, "C", 1);
			assert_int_equal(mail->event.replaced, replaced);
		}
		free(mail);
	}
	free(mail);
	return told;
}

/* Who asked hears of it: so many at a time, and nobody who asked with a novel. */
/* promise: nothing-lost-unsaid */
static void test_askers(void **state)
{
	(void)state;
	filling[0] = 'C';
	for (int round = 0; round < 2; round++) {
		for (int k = 0; k < 2 * GLOW_MAIL_ASKERS; k++)
			ask(100 + k, "to/me", 1);
		assert_int_equal(take_told(true), GLOW_MAIL_ASKERS);
	}
	ask(1, NULL, 0);
	ask(2, "to/me", 1);
	ask(3, "to/me", GLOW_MAIL_ASKER);
	for (int k = 0; k < MESSAGES; k++)
		put(GLOW_LANE_COMMAND, "c", 0, 10);
	assert_int_equal(take_told(false), 1);
}

/* They do not hear of it before what came before. */
static void test_askers_behind_news(void **state)
{
	(void)state;
	filling[0] = 'C';
	for (int k = 0; k < MESSAGES; k++)
		ask(1 + k, "to/me", 1);
	put_news(1000);
	put(GLOW_LANE_COMMAND, "c", 0, 1001);
	assert_int_equal(take_told(true), MESSAGES / 2 - 1);
	put(GLOW_LANE_REPORT, "r", 0, 1);
	put_news(1002);
	for (int k = 0; k < MESSAGES + 1; k++)
		put_message(GLOW_LANE_COMMAND, 0, 2 + k,
			    &(struct glow_message){ .topic = "c",
						    .response_topic = "to/me",
						    .correlation = "C",
						    .correlation_len = 1 });
	assert_int_equal(take_told(false), 0);
	assert_int_equal(take_told(false), 1);
}

/* It is not ours to be told of what we did not send. */
static void test_departures_tell_nobody(void **state)
{
	(void)state;
	for (int k = 0; k < 2 * MESSAGES; k++)
		ask(k + 1, "to/them", 1);
	for (int k = 0; k < 2 * MESSAGES; k++) {
		struct glow_mail *mail = take_mail();

		assert_true(!mail || mail->event.kind == GLOW_MQTT_MESSAGE);
		free(mail);
	}
}

static bool small_ones(const void *ctx, enum glow_lane lane, const struct glow_message *message)
{
	(void)ctx;
	(void)lane;
	return message->len == 0;
}

/* What cannot be sent yet holds up its lane, but in the clock's QoS 0 goes past what awaits acknowledgement. */
static void test_fits(void **state)
{
	const struct glow_message acked = { .topic = "x", .payload = filling, .len = 1, .qos = 1 };
	const struct glow_message large = { .topic = "x", .payload = filling, .len = 1 };
	bool waits;

	(void)state;
	put_message(GLOW_LANE_CLOCK, 0, 1, &acked);
	put(GLOW_LANE_CLOCK, "x", 0, 2);
	put_message(GLOW_LANE_CLOCK, 0, 3, &large);
	put(GLOW_LANE_CLOCK, "x", 0, 4);
	put_message(GLOW_LANE_COMMAND, 0, 5, &acked);
	put(GLOW_LANE_COMMAND, "x", 0, 6);
	put(GLOW_LANE_REPORT, "x", 0, 7);
	for (int k = 0; k < 2; k++) {
		struct glow_mail *mail = glow_mailbox_take(&box, small_ones, NULL, &waits);

		assert_int_equal(mail->event.message.at.ns, k ? 7 : 2);
		glow_mailbox_give_back(&box, mail);
	}
	assert_null(glow_mailbox_take(&box, small_ones, NULL, &waits));
	assert_true(waits);
	assert_true(readable());
	assert_true(glow_mailbox_waits(&box, GLOW_LANE_CLOCK));
	EXPECT(1, 3, 4, 5, 6); /* everything fits again */
	assert_false(glow_mailbox_waits(&box, GLOW_LANE_CLOCK));
	assert_null(glow_mailbox_take(&box, small_ones, NULL, &waits));
	assert_false(waits);
}

static void test_descriptor(void **state)
{
	(void)state;
	assert_false(readable());
	put(GLOW_LANE_REPORT, "r", 0, 1);
	put_news(2);
	assert_true(readable());
	assert_int_equal(take(), 1);
	assert_true(readable());
	assert_int_equal(take(), 2);
	assert_int_equal(take(), 0);
	assert_false(readable());
}

static void test_shut(void **state)
{
	(void)state;
	put(GLOW_LANE_COMMAND, "c", 0, 1);
	put_news(2);
	glow_mailbox_set_shut(&box, true);
	assert_int_equal(put(GLOW_LANE_COMMAND, "c", 0, 3), -ENOTCONN);
	assert_int_equal(take(), 0);
	glow_mailbox_set_shut(&box, false);
	assert_int_equal(put(GLOW_LANE_COMMAND, "c", 0, 4), 0);
	EXPECT(4);
	assert_int_equal(glow_mailbox_put(&box, NULL, GLOW_LANE_COMMAND, 0), -ENOMEM);
	expect_counts(1, 0);
}

/* ---- at random, beside a list that is searched from end to end ---- */

enum { STEPS = 60000, KINDS = 6, LISTED_MAX = 4 * MESSAGES + 1000 };

static struct listed {
	int number, lane; /* GLOW_LANES: news */
	uint64_t key;
	uint32_t topic;
	size_t weight;
	bool kept;
} list[LISTED_MAX];
static int n_listed;
static uint64_t listed_dropped, listed_replaced;

static void unlist(int k)
{
	memmove(&list[k], &list[k + 1], sizeof(list[0]) * (size_t)(--n_listed - k));
}

static size_t listed_weight(int lane, int topic)
{
	size_t sum = 0;

	for (int k = 0; k < n_listed; k++)
		if (list[k].lane == lane && !list[k].kept && (topic < 0 || list[k].topic == (uint32_t)topic))
			sum += list[k].weight;
	return sum;
}

static size_t listed_kept(void)
{
	size_t sum = 0;

	for (int k = 0; k < n_listed; k++)
		sum += list[k].kept ? list[k].weight : 0;
	return sum;
}

static void drop_listed(int lane)
{
	int fullest = 0, k = 0;

	for (int t = 1; t < GLOW_MAIL_TOPICS; t++)
		if (listed_weight(lane, t) > listed_weight(lane, fullest))
			fullest = t;
	while (list[k].lane != lane || list[k].kept || list[k].topic != (uint32_t)fullest)
		k++;
	unlist(k);
	listed_dropped++;
}

static void drop_kept(void)
{
	int k = 0;

	while (!list[k].kept)
		k++;
	unlist(k);
	listed_dropped++;
}

/* The newest in that lane, with that key where one is given; -1 for none. */
static int newest_listed(int lane, uint64_t key)
{
	for (int k = n_listed - 1; k >= 0; k--)
		if (list[k].lane == lane && (!key || list[k].key == key))
			return k;
	return -1;
}

static void put_listed(struct listed one)
{
	int old = newest_listed(one.lane, box.cfg.arrivals ? 0 : one.key);

	if (one.key && old >= 0 && list[old].key == one.key &&
	    listed_weight(one.lane, -1) + (one.kept ? listed_kept() : 0) > ROOM / 2) {
		unlist(old);
		listed_replaced++;
	}
	list[n_listed++] = one;
	while (listed_kept() > ROOM)
		drop_kept();
	while (listed_weight(one.lane, -1) > ROOM)
		drop_listed(one.lane);
}

static void put_at_random(struct dice *dice, int number)
{
	char topic[8];
	uint32_t kind = dice_roll(dice, KINDS);
	struct listed one = { .number = number, .lane = (int)dice_roll(dice, GLOW_LANES) };
	struct glow_message message = { .topic = topic, .payload = filling };

	message.len = dice_roll(dice, 4) ? dice_roll(dice, 100) : dice_roll(dice, 8 * GLOW_MAIL_MIN);
	snprintf(topic, sizeof(topic), "t/%u", kind);
	/* One key a topic and lane, and mostly one topic. */
	one.key = dice_roll(dice, 3) ? kind * GLOW_LANES + (uint32_t)one.lane + 1 : 0;
	one.topic = glow_fnv1a(box.seed, topic, strlen(topic)) % GLOW_MAIL_TOPICS;
	one.kept = message.retained = box.cfg.arrivals ? dice_roll(dice, 4) == 0 : one.key != 0;
	one.weight = sizeof(struct glow_mail) + message.len + strlen(topic) + 1;
	if (one.weight < GLOW_MAIL_MIN)
		one.weight = GLOW_MAIL_MIN;
	put_message((enum glow_lane)one.lane, one.key, number, &message);
	put_listed(one);
}

/* What was taken had to be the next of its lane, with no news before it, and the clock's if there was one. */
static void check_taken(int number, int *clock_in_a_row)
{
	int at = 0, first = 0, waiting = 0;
	bool clock = false, before = true;

	while (list[at].number != number)
		assert_true(++at < n_listed);
	while (list[first].lane != list[at].lane)
		first++;
	assert_int_equal(at, first);
	for (int k = 0; k < n_listed; k++) {
		before &= list[k].lane != GLOW_LANES;
		clock |= before && list[k].lane == GLOW_LANE_CLOCK;
		waiting += k < at && list[k].lane == GLOW_LANES;
	}
	assert_int_equal(waiting, 0);
	if (list[at].lane == GLOW_LANES)
		assert_int_equal(at, 0);
	else if (list[at].lane != GLOW_LANE_CLOCK && clock)
		assert_in_range(*clock_in_a_row, 8, 1000000);
	*clock_in_a_row = list[at].lane == GLOW_LANE_CLOCK ? *clock_in_a_row + 1 : 0;
	unlist(at);
}

static void at_random(bool arrivals)
{
	struct dice dice;
	int clock_in_a_row = 0;
	uint64_t taken = 0, sent = 0;

	dice_init(&dice);
	n_listed = 0;
	listed_dropped = listed_replaced = 0;
	open_box(arrivals);
	for (int k = 1; k <= STEPS; k++) {
		/* By turns it fills and empties. */
		uint32_t taking = k / 300 % 2 ? 70 : 30, roll = dice_roll(&dice, 100);
		int number;

		if (roll >= taking) {
			sent++;
			put_at_random(&dice, k);
		} else if (roll == 0 && n_listed < LISTED_MAX - 4 * MESSAGES) {
			sent++;
			put_news(k);
			list[n_listed++] = (struct listed){ .number = k, .lane = GLOW_LANES };
		} else if ((number = take())) {
			taken++;
			check_taken(number, &clock_in_a_row);
		} else {
			assert_int_equal(n_listed, 0);
		}
		for (int lane = 0; lane < GLOW_LANES; lane++)
			assert_int_equal(box.lanes[lane].used, listed_weight(lane, -1));
		assert_int_equal(box.kept.used, listed_kept());
		expect_counts(listed_dropped, listed_replaced);
		assert_int_equal(sent, taken + (uint64_t)n_listed + listed_dropped + listed_replaced);
	}
	assert_true(listed_dropped > STEPS / 100 && listed_replaced > STEPS / 1000 && taken > STEPS / 10);
	glow_mailbox_fini(&box);
}

/* promise: nothing-lost-unsaid */
static void test_at_random(void **state)
{
	(void)state;
	at_random(true);
	at_random(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_clock_flooded, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_barrier, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_news_in_a_full_box, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_lanes_apart, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_topics_apart, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_bytes, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_replaced, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_replaced_early, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_replaced_neighbour, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_kept, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_kept_in_order, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_kept_newest, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_kept_too_many, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_kept_arrives, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_keys_are_not_kept, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_askers, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_askers_behind_news, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_departures_tell_nobody, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_fits, open_departures, close_box),
		cmocka_unit_test_setup_teardown(test_descriptor, open_arrivals, close_box),
		cmocka_unit_test_setup_teardown(test_shut, open_arrivals, close_box),
		cmocka_unit_test(test_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
