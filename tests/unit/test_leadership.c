/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Who leads and what time that gives, in the life of a whole conductor; what the part itself promises is at the end. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>

#include "../../bridge/app/conductor/leadership.h"
#include "../harness/conducting.h"

/* ---- coming to lead ---- */

static void test_clock_ids_differ(void **state)
{
	char first[17];

	(void)state;
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	memcpy(first, strstr(last(INFO), "\"clock_id\":\"") + 12, 16);
	first[16] = '\0';
	teardown(NULL);
	setup(NULL);
	cfg.seed = 43;
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	assert_false(said(INFO, first));
}

static void test_somebody_leads_already(void **state)
{
	char beacon[200];

	(void)state;
	create();
	retain(ONLINE, "online");
	retain_info(3, "other", 0);
	glow_conductor_connected(conductor, raw(), false);
	snprintf(beacon, sizeof(beacon),
		 "{\"seq\":1,\"time_us\":5,\"clock_id\":\"feedbeef01234567\",\"term\":3,\"boot\":%u}", OTHER);
	for (int k = 0; k < 20; k++) {
		pass(500 * MS);
		tell(BEACON, beacon);
	}
	assert_int_equal(wants, 0);
	assert_int_equal(count(ONLINE) + count(INFO) + count(BEACON), 0);
	pass(1000 * MS - 1);
	assert_int_equal(wants, 0);
	pass(500 * MS);
	assert_int_equal(wants, 1);
}

static void test_its_own_beacon_is_nobodys(void **state)
{
	char beacon[200];

	(void)state;
	create();
	retain(ONLINE, "online");
	glow_conductor_connected(conductor, raw(), false);
	snprintf(beacon, sizeof(beacon),
		 "{\"seq\":1,\"time_us\":5,\"clock_id\":\"feedbeef01234567\",\"term\":3,\"boot\":%u}", BOOT);
	pass(900 * MS);
	tell(BEACON, beacon);
	pass(600 * MS);
	assert_int_equal(wants, 1);
}

/* ---- time ---- */

static void test_probes(void **state)
{
	struct glow_time_reply reply;
	const struct sent *s;

	(void)state;
	stand_by();
	probe("pi7", now, 0);
	assert_int_equal(n_sent, 0);
	pass(200 * MS);
	take_lead(NULL);
	forget();
	now += 5 * MS;
	probe("x-browser", now - 3 * MS, 0);
	s = find("glow/time/reply/x-browser");
	assert_non_null(s);
	assert_true(s->qos == 0 && !s->retained);
	assert_int_equal(s->aging[0], GLOW_REPLY_T3);
	assert_int_equal(s->aging[1], 0);
	assert_true(glow_reply_read(s->payload, s->len, false, &reply));
	assert_int_equal(reply.seq, 7);
	assert_int_equal(reply.t1_ns, 99);
	assert_int_equal(reply.t2_ns, now - 3 * MS + WALL);
	assert_int_equal(reply.t3_ns, now + WALL);
	assert_int_equal(reply.leader.term, 1);
	assert_int_equal(reply.leader.boot, BOOT);
	forget();
	tell("glow/time/request/pi7", "not a probe");
	tell("glow/time/request/Pi7", "");
	assert_int_equal(n_sent, 0);
}

static void test_wall(void **state)
{
	(void)state;
	wall.synchronised = false;
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	assert_true(said(INFO, "\"utc_offset_us\":null") && said(INFO, "\"tz_offset_s\":null"));
	wall.synchronised = true;
	wall.offset_ns += 40 * MS; /* somebody set the clock: the cluster's goes on as it was */
	glow_conductor_wall(conductor, raw(), &wall);
	assert_int_equal(number(INFO, "utc_offset_us"), 40000);
	forget();
	wall.offset_ns += 2 * MS;
	glow_conductor_wall(conductor, raw(), &wall);
	assert_int_equal(n_sent, 0);
	wall.offset_ns += 4 * MS;
	glow_conductor_wall(conductor, raw(), &wall);
	assert_int_equal(number(INFO, "utc_offset_us"), 46000);
	wall.tz_offset_s = 7200;
	glow_conductor_wall(conductor, raw(), &wall);
	assert_int_equal(number(INFO, "tz_offset_s"), 7200);
	assert_int_equal(count(INFO), 2);
	pass(1000 * MS);
	assert_in_range(number(BEACON, "time_us"), utc_us() - 500000, utc_us());
}

/* promise: no-time-from-1970 */
static void test_unset_wall_clock(void **state)
{
	(void)state;
	wall.offset_ns = 0; /* 1970, as a Pi wakes up */
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	assert_string_equal(last(ONLINE), "online");
	pass(10 * SECOND);
	assert_int_equal(count(INFO) + count(SCENES), 0);
	assert_in_range(count(BEACON), 20, 22); /* whoever stands by need not */
	assert_int_equal(number(BEACON, "time_us"), 0);
	probe("pi7", now, 0);
	assert_int_equal(count("glow/time/reply/pi7"), 0);
	wall.offset_ns = WALL;
	glow_conductor_wall(conductor, raw(), &wall);
	assert_true(said(INFO, "\"state\":\"leading\""));
	assert_int_equal(number(BEACON, "time_us"), utc_us());
}

/* promise: no-time-from-1970 */
static void test_wall_clock_that_is_never_set(void **state)
{
	(void)state;
	wall.offset_ns = 0;
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	pass(START + 60 * SECOND - now - 1);
	assert_int_equal(count(INFO), 0);
	pass(1);
	assert_true(said(INFO, "\"state\":\"leading\""));
	assert_int_equal(number(BEACON, "time_us"), now / 1000);
}

/* ---- taking over ---- */

static void test_takeover_goes_on(void **state)
{
	const double rate = 20e-6;
	int64_t truth_us;

	(void)state;
	follow(rate, 120 * SECOND);
	assert_true(count("glow/time/request/c-1234abcd") > 100);
	assert_int_equal(find("glow/time/request/c-1234abcd")->aging[0], GLOW_REQUEST_T1);
	assert_int_equal(find("glow/time/request/c-1234abcd")->aging[1], GLOW_REQUEST_S1);
	forget();
	retain(ONLINE, "offline");
	pass(200 * MS);
	take_lead(retain_term_3);
	assert_int_equal(count("glow/time/adopt/request/pi2"), 0);
	assert_true(said(INFO, "\"state\":\"leading\",\"clock_id\":\"feedbeef01234567\",\"term\":4"));
	truth_us = (now + WALL + 5 * SECOND + (int64_t)(rate * (double)(now - START))) / 1000;
	assert_in_range(number(BEACON, "time_us"), truth_us - 20, truth_us + 20);
	assert_in_range(number(INFO, "rate_ppb"), 19000, 21000);
	pass(60 * SECOND); /* and keeps the rate, too */
	truth_us = (now + WALL + 5 * SECOND + (int64_t)(rate * (double)(now - START))) / 1000;
	assert_in_range(number(BEACON, "time_us"), truth_us - 500000 - 80, truth_us + 80);
	assert_int_equal(number(INFO, "utc_offset_us") / 100000, -50);
}

static void test_loss_of_the_lead(void **state)
{
	(void)state;
	lead();
	glow_conductor_disconnected(conductor, raw());
	pass(10 * SECOND);
	probe("pi7", now, 0);
	ask("glow/all/set", "red");
	assert_int_equal(n_sent, 0);
	assert_int_equal(wants, 0);
	glow_conductor_connected(conductor, raw(), false);
	pass(200 * MS);
	forget();
	take_lead(NULL); /* of a broker that has forgotten everything */
	assert_int_equal(number(INFO, "term"), 2);
	assert_int_equal(number(INFO, "utc_offset_us"), 0);
	assert_int_equal(count(SCENES), 1);
	assert_int_equal(count(DIM), 1);
	assert_int_equal(count(CLUSTER), 1);
	assert_int_equal(number(BEACON, "time_us"), utc_us());
}

static void retain_ours(void)
{
	retain(INFO, "{\"id\":\"pi1\",\"state\":\"leading\",\"clock_id\":\"0000000000000001\",\"term\":1,"
		     "\"boot\":5,\"rate_ppb\":0,\"nodes\":0}");
}

/* Two start together; this one comes second, without a clock, and lets the first have it. */
static void test_gives_back(void **state)
{
	(void)state;
	stand_by();
	pass(200 * MS);
	take_lead(retain_ours);
	assert_int_equal(n_sent, 0);
	assert_int_equal(wants, -1);
	glow_conductor_disconnected(conductor, raw());
	glow_conductor_connected(conductor, raw(), false);
	pass(900 * MS);
	assert_int_equal(wants, -1);
	pass(600 * MS);
	assert_int_equal(wants, 0); /* nobody came */
	wants = 1;
	take_lead(retain_ours);
	assert_true(said(INFO, "adopting"));
}

static void rival_beacon(uint32_t term)
{
	char beacon[200];

	snprintf(beacon, sizeof(beacon),
		 "{\"seq\":1,\"time_us\":5,\"clock_id\":\"feedbeef01234567\",\"term\":%u,\"boot\":%u}", term, OTHER);
	tell(BEACON, beacon);
}

/* As late, but not ours: the broker would not have let it. */
static void test_somebody_of_a_later_term(void **state)
{
	(void)state;
	lead();
	retain_info(1, "other", 0);
	assert_int_equal(wants, 0);
	rival_beacon(0);
	assert_int_equal(wants, 0);
	rival_beacon(1);
	assert_string_equal(last(ONLINE), "offline");
	assert_int_equal(wants, -1);
	forget();
	probe("pi7", now, 0);
	pass(2 * SECOND);
	assert_int_equal(n_sent, 0);
}

static char clock_id[17]; /* that we lead */

static void lead_for_a_second(void)
{
	lead();
	pass(SECOND);
	memcpy(clock_id, strstr(last(BEACON), "\"clock_id\":\"") + 12, 16);
}

/* An info as we have it, of that term and another process. */
static void forge_info(uint32_t term)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "{\"id\":\"forged\",\"state\":\"leading\",\"clock_id\":\"%s\",\"term\":%u,\"boot\":%u,"
		 "\"rate_ppb\":0,\"nodes\":0,\"version\":\"0\",\"utc_offset_us\":null,\"tz_offset_s\":null}",
		 clock_id, term, OTHER);
	retain(INFO, text);
}

/* Who may write an info does not lead for that. Nodes may have believed it, so what comes next is of a later term. */
/* promise: forgery-ends-no-lead */
static void test_a_forged_info_stops_nobody(void **state)
{
	int64_t ahead_us;

	(void)state;
	lead_for_a_second();
	forge_info(7);
	forget();
	pass(SECOND - 1);
	assert_int_equal(count(INFO), 0); /* it may be true: a beacon would tell */
	pass(1);
	assert_int_equal(wants, 0);
	assert_int_equal(count(ONLINE), 0);
	assert_int_equal(count(INFO), 1);
	assert_true(said(INFO, "\"id\":\"pi1\",\"state\":\"leading\""));
	assert_int_equal(number(INFO, "term"), 8);
	assert_int_equal(number(SCENES, "term"), 8);
	ahead_us = number(BEACON, "time_us") - utc_us();
	assert_in_range(ahead_us + 1, 0, 2); /* its time goes on */
	forget();
	forge_info(3); /* an earlier one: nodes do not believe it, but the broker keeps it */
	forge_info(4);
	pass(3 * SECOND);
	assert_int_equal(count(INFO), 1);
	assert_int_equal(number(INFO, "term"), 8);
	forget();
	for (int k = 0; k < 12; k++) { /* more of them put nothing off */
		forge_info(k == 1 ? 20 : 9);
		pass(250 * MS);
	}
	pass(SECOND);
	assert_int_equal(count(INFO), 3);
	assert_int_equal(number(INFO, "term"), 21);
}

/* promise: forgery-ends-no-lead */
static void test_a_forged_info_of_the_last_term(void **state)
{
	int64_t ahead_us;

	(void)state;
	lead_for_a_second();
	forge_info(UINT32_MAX);
	pass(SECOND);
	assert_int_equal(number(INFO, "term"), 1);
	assert_false(said(INFO, clock_id));
	ahead_us = number(BEACON, "time_us") - utc_us();
	assert_in_range(ahead_us + 1, 0, 2);
}

static void retain_the_last_term(void)
{
	retain_info(UINT32_MAX, "other", 0);
	retain(ONLINE, "offline");
	for (int k = 0; k < n_answerers; k++)
		node(answerers[k].id);
}

/* A new conductor goes on with the time of a clock whose terms are used up. */
static void test_takes_over_after_the_last_term(void **state)
{
	int64_t off_us;

	(void)state;
	add_nodes(3, WALL + 8 * SECOND, 50000);
	create();
	retain_the_last_term();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(retain_the_last_term);
	assert_true(said(INFO, "adopting"));
	assert_int_equal(number(INFO, "term"), 1);
	pass(2 * SECOND);
	assert_true(said(INFO, "\"state\":\"leading\""));
	assert_int_equal(number(INFO, "term"), 1);
	assert_false(said(INFO, "feedbeef01234567"));
	off_us = number(BEACON, "time_us") - (utc_us() + 8 * GLOW_US_PER_S);
	assert_in_range(off_us + 500100, 0, 500200);
}

static void test_an_earlier_term_and_a_late_will(void **state)
{
	(void)state;
	lead();
	retain_info(0, "other", 0);
	rival_beacon(0);
	assert_int_equal(wants, 0);
	assert_int_equal(n_sent, 0);
	retain(ONLINE, "offline");
	assert_string_equal(last(ONLINE), "online");
	retain(ONLINE, "online");
	assert_int_equal(count(ONLINE), 1);
}

static void test_goodbye(void **state)
{
	(void)state;
	stand_by();
	glow_conductor_goodbye(conductor);
	assert_int_equal(n_sent, 0); /* the leader's is not ours to say */
	pass(200 * MS);
	take_lead(NULL);
	glow_conductor_goodbye(conductor);
	assert_string_equal(last(ONLINE), "offline");
	assert_true(find(ONLINE)->retained);
}

/* Who knows the time goes first; whoever would have to ask the nodes lets it. */
static void test_who_hurries(void **state)
{
	(void)state;
	create();
	retain_term_3();
	glow_conductor_connected(conductor, raw(), false);
	retain(ONLINE, "offline");
	pass(1000 * MS - 1);
	assert_int_equal(wants, 0);
	pass(500 * MS + 1);
	assert_int_equal(wants, 1);
	teardown(NULL);
	setup(NULL);
	follow(0, 10 * SECOND);
	retain(ONLINE, "offline");
	pass(200 * MS);
	assert_int_equal(wants, 1);
}

/* ---- adopting ---- */

/* A conductor that has just started, where a cluster has been running. */
static void start_cold(void)
{
	create();
	retain_nodes();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(retain_nodes);
	assert_true(said(INFO, "\"state\":\"adopting\",\"clock_id\":\"feedbeef01234567\",\"term\":4"));
	assert_string_equal(last(ONLINE), "online");
	ask("glow/all/set", "red");
	assert_int_equal(count(ANSWER), 0);
}

static void test_adopts(void **state)
{
	int64_t truth = WALL - 3600 * SECOND, began;

	(void)state;
	add_nodes(5, truth, 50000);
	add_nodes(2, truth + 900 * SECOND, 3000000); /* who do not know it well */
	start_cold();
	began = now;
	pass(SECOND + 600 * MS);
	assert_in_range(number(INFO, "term"), 4, 4);
	assert_true(said(INFO, "\"state\":\"leading\",\"clock_id\":\"feedbeef01234567\""));
	assert_int_equal(number(INFO, "rate_ppb"), 7000);
	assert_in_range(number(BEACON, "time_us"), (now + truth) / 1000 - 500100, (now + truth) / 1000 + 100);
	assert_int_equal(count("glow/time/adopt/request/n0"), 16);
	assert_int_equal(find("glow/time/adopt/request/n0")->aging[0], GLOW_REQUEST_T1);
	assert_int_equal(find("glow/time/adopt/request/n0")->aging[1], 0);
	assert_true(now - began < 2 * SECOND);
	assert_in_range(count(BEACON), 3, 6);
	assert_in_range(number(INFO, "utc_offset_us"), 3600 * GLOW_US_PER_S - 100, 3600 * GLOW_US_PER_S + 100);
}

static void test_adopts_twenty_at_most(void **state)
{
	int asked = 0;
	char topic[80];

	(void)state;
	add_nodes(25, WALL + 8 * SECOND, 50000);
	start_cold();
	pass(3 * SECOND);
	for (int k = 0; k < 25; k++) {
		snprintf(topic, sizeof(topic), "glow/time/adopt/request/n%d", k);
		asked += count(topic) > 0;
	}
	assert_int_equal(asked, 20);
	assert_true(said(INFO, "leading"));
}

/* A node that comes while others are being asked has its say too. */
static void test_adopts_from_a_late_node(void **state)
{
	(void)state;
	add_nodes(1, WALL + 8 * SECOND, 50000);
	create();
	retain_term_3();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(retain_term_3);
	pass(2 * SECOND);
	assert_true(said(INFO, "adopting"));
	node("n0");
	pass(900 * MS);
	assert_true(said(INFO, "\"state\":\"leading\",\"clock_id\":\"feedbeef01234567\""));
}

static void test_nobody_knows(void **state)
{
	(void)state;
	add_nodes(2, WALL, 3000000);
	answerers[1].sigma_ns = 10000;
	answerers[1].leader.clock_id = 5; /* another clock's */
	start_cold();
	pass(3 * SECOND - 5 * MS);
	assert_true(said(INFO, "adopting"));
	pass(5 * MS);
	assert_true(said(INFO, "\"state\":\"leading\""));
	assert_false(said(INFO, "feedbeef01234567"));
	assert_int_equal(number(INFO, "term"), 4);
	assert_int_equal(number(BEACON, "time_us"), utc_us());
}

static void retain_my_past(void)
{
	retain_info(3, "pi1", -12000);
	node("n0");
}

static void test_its_own_rate(void **state)
{
	(void)state;
	add_nodes(1, WALL, 50000);
	create();
	retain_my_past();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(retain_my_past);
	pass(2 * SECOND);
	assert_int_equal(number(INFO, "rate_ppb"), -12000);
}

static void test_adopting_ends_with_the_lead(void **state)
{
	(void)state;
	add_nodes(1, WALL, 50000);
	start_cold();
	glow_conductor_disconnected(conductor, raw());
	forget();
	n_answered = 0;
	pass(5 * SECOND);
	assert_int_equal(n_sent, 0);
}

/* ---- the part by itself ---- */

static struct glow_leadership l;
static struct glow_members nobody;
static int wanted;

static void count_wishes(void *ctx, bool lead)
{
	(void)ctx;
	wanted += lead ? 1 : -1;
}

static void start(void)
{
	const struct glow_publisher out = { "glow", "", outbox };

	cfg.lead = count_wishes;
	wanted = 0;
	glow_leadership_init(&l, &cfg, &out, raw(), &wall);
}

/* Each event that may begin to lead says so, once. */
static void test_says_when_leading_begins(void **state)
{
	(void)state;
	start();
	assert_false(glow_leadership_connected(&l, raw(), false, &nobody));
	now = glow_leadership_next(&l).ns;
	assert_false(glow_leadership_tick(&l, raw()));
	assert_int_equal(wanted, 1);
	assert_int_equal(l.phase, GLOW_PHASE_STANDBY);
	assert_true(glow_leadership_connected(&l, raw(), true, &nobody));
	assert_int_equal(l.phase, GLOW_PHASE_LEADING);
	assert_true(l.fresh);
	assert_false(glow_leadership_tick(&l, raw()));
	assert_false(glow_leadership_wall(&l, raw(), &wall));
	glow_leadership_disconnected(&l, raw());
	assert_int_equal(l.phase, GLOW_PHASE_STANDBY);
	l.asked_term = 1;
	assert_true(glow_leadership_connected(&l, raw(), true, &nobody));
	assert_false(l.fresh); /* goes on with its own time */
	assert_int_equal(l.self.term, 2);
}

static void test_says_when_the_wall_clock_lets_it(void **state)
{
	(void)state;
	wall.offset_ns = 0;
	start();
	assert_false(glow_leadership_connected(&l, raw(), true, &nobody));
	assert_int_equal(l.phase, GLOW_PHASE_WAITING);
	assert_false(glow_leadership_wall(&l, raw(), &wall));
	wall.offset_ns = WALL;
	assert_true(glow_leadership_wall(&l, raw(), &wall));
	assert_int_equal(glow_leadership_time(&l, raw()).us, utc_us());
	wall.offset_ns = 0;
	start();
	assert_false(glow_leadership_connected(&l, raw(), true, &nobody));
	now += 60 * SECOND;
	assert_true(glow_leadership_tick(&l, raw()));
}

static void test_when(void **state)
{
	(void)state;
	start();
	assert_true(glow_leadership_connected(&l, raw(), true, &nobody));
	assert_int_equal(glow_leadership_when(&l, (struct glow_time){ utc_us() }).ns, now);
	assert_int_equal(glow_leadership_when(&l, (struct glow_time){ utc_us() + 5 }).ns, now + 5000);
	assert_int_equal(glow_leadership_when(&l, (struct glow_time){ GLOW_NEVER }).ns, GLOW_NEVER);
	assert_true(glow_leadership_when(&l, (struct glow_time){ -1 }).ns < now);
}

/* The beacon waits for its own call, so that it comes after what is more urgent. */
static void test_beacon_by_itself(void **state)
{
	(void)state;
	start();
	glow_leadership_beacon(&l, raw());
	assert_int_equal(n_sent, 0);
	glow_leadership_connected(&l, raw(), true, &nobody);
	assert_int_equal(count(BEACON), 1);
	now = glow_leadership_next(&l).ns;
	glow_leadership_tick(&l, raw());
	assert_int_equal(count(BEACON), 1);
	glow_leadership_beacon(&l, raw());
	assert_int_equal(count(BEACON), 2);
	assert_int_equal(glow_leadership_next(&l).ns, now + 500 * MS);
}

static void test_nodes_in_the_info(void **state)
{
	(void)state;
	start();
	glow_leadership_nodes(&l, 3, raw());
	assert_int_equal(n_sent, 0);
	glow_leadership_connected(&l, raw(), true, &nobody);
	assert_int_equal(number(INFO, "nodes"), 3);
	glow_leadership_nodes(&l, 3, raw());
	assert_int_equal(count(INFO), 1);
	glow_leadership_nodes(&l, 4, raw());
	assert_int_equal(number(INFO, "nodes"), 4);
}

/* Whether a probe tells how long it took: only one that says when it left, and only the leader can know. */
static void test_delivery(void **state)
{
	struct glow_time_request request = { .seq = 7, .t1_ns = 99, .s1_ns = now + WALL - 30 * MS };
	uint8_t bytes[GLOW_REQUEST_SIZE];
	struct glow_message m = { .payload = bytes, .len = sizeof(bytes), .at = raw() };
	int64_t us = -1;

	(void)state;
	start();
	glow_request_write(&request, bytes);
	assert_false(glow_leadership_answer(&l, GLOW_OF_NODE, "pi1", &m, raw(), &us));
	assert_int_equal(n_sent, 0);
	glow_leadership_connected(&l, raw(), true, &nobody);
	assert_true(glow_leadership_answer(&l, GLOW_OF_NODE, "pi1", &m, raw(), &us));
	assert_int_equal(us, 30000);
	assert_int_equal(count("glow/time/reply/pi1"), 1);
	us = -1;
	request.s1_ns = 0;
	glow_request_write(&request, bytes);
	assert_false(glow_leadership_answer(&l, GLOW_OF_NODE, "pi1", &m, raw(), &us));
	request.s1_ns = INT64_MIN;
	glow_request_write(&request, bytes);
	assert_false(glow_leadership_answer(&l, GLOW_OF_NODE, "pi1", &m, raw(), &us));
	assert_int_equal(us, -1);
	assert_int_equal(count("glow/time/reply/pi1"), 3); /* answered all the same */
	glow_leadership_answer(&l, GLOW_OF_VIEWER, "pi1", &m, raw(), &us);
	assert_int_equal(count("glow/time/reply/pi1"), 3);
	assert_int_equal(count("glow/time/reply/x/pi1"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_clock_ids_differ),
		TEST(test_somebody_leads_already),
		TEST(test_its_own_beacon_is_nobodys),
		TEST(test_probes),
		TEST(test_wall),
		TEST(test_unset_wall_clock),
		TEST(test_wall_clock_that_is_never_set),
		TEST(test_takeover_goes_on),
		TEST(test_loss_of_the_lead),
		TEST(test_gives_back),
		TEST(test_somebody_of_a_later_term),
		TEST(test_a_forged_info_stops_nobody),
		TEST(test_a_forged_info_of_the_last_term),
		TEST(test_takes_over_after_the_last_term),
		TEST(test_an_earlier_term_and_a_late_will),
		TEST(test_goodbye),
		TEST(test_who_hurries),
		TEST(test_adopts),
		TEST(test_adopts_twenty_at_most),
		TEST(test_adopts_from_a_late_node),
		TEST(test_nobody_knows),
		TEST(test_its_own_rate),
		TEST(test_adopting_ends_with_the_lead),
		TEST(test_says_when_leading_begins),
		TEST(test_says_when_the_wall_clock_lets_it),
		TEST(test_when),
		TEST(test_beacon_by_itself),
		TEST(test_nodes_in_the_info),
		TEST(test_delivery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
