/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A conductor's whole life without a network or a clock: the test says what
 * arrives and what time it is, and reads what is said. Where it asks for the time
 * there is a leader, or there are nodes, to answer. */

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/conductor.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/scenes.h>
#include <glow/timing.h>

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)
#define START  (1234 * SECOND)
#define WALL   INT64_C(1700000000000000000) /* UTC minus L at the start */
#define BOOT   0x1234abcd
#define OTHER  UINT32_C(77) /* boot of another conductor */
#define CLOCK  UINT64_C(0xfeedbeef01234567)

#define INFO    "glow/conductor/info"
#define ONLINE  "glow/conductor/availability"
#define BEACON  "glow/conductor/beacon"
#define ROSTER  "glow/roster"
#define SCENES  "glow/scene/current"
#define PLAY    "glow/scene/play"
#define STOP    "glow/scene/stop"
#define DIM     "glow/dim/current"
#define ANSWER  "answers/here"
#define CLUSTER "homeassistant/device/glow-cluster/config"

/* ---- the outbox ---- */

#define SENT_MAX 4096

static struct sent {
	char topic[GLOW_TOPIC_MAX + 1], correlation[32];
	char *payload;
	size_t len;
	int qos;
	bool retained;
	uint16_t aging[2];
} sent[SENT_MAX];
static int n_sent;

static void forget(void)
{
	while (n_sent > 0)
		free(sent[--n_sent].payload);
}

static void record(void *ctx, const struct glow_message *m)
{
	struct sent *s = &sent[n_sent];

	assert_ptr_equal(ctx, sent);
	assert_true(n_sent < SENT_MAX);
	memset(s, 0, sizeof(*s));
	snprintf(s->topic, sizeof(s->topic), "%s", m->topic);
	memcpy(s->correlation, m->correlation ? m->correlation : "", m->correlation_len);
	s->payload = calloc(1, m->len + 1);
	memcpy(s->payload, m->payload, m->len);
	s->len = m->len;
	s->qos = m->qos;
	s->retained = m->retained;
	memcpy(s->aging, m->aging, sizeof(s->aging));
	n_sent++;
}

static int count(const char *topic)
{
	int n = 0;

	for (int k = 0; k < n_sent; k++)
		n += strcmp(sent[k].topic, topic) == 0;
	return n;
}

static const struct sent *find(const char *topic)
{
	for (int k = n_sent - 1; k >= 0; k--)
		if (strcmp(sent[k].topic, topic) == 0)
			return &sent[k];
	return NULL;
}

/* The last payload on a topic, "" for none. */
static const char *last(const char *topic)
{
	return find(topic) ? find(topic)->payload : "";
}

static bool said(const char *topic, const char *part)
{
	return strstr(last(topic), part) != NULL;
}

/* A number in the last payload on a topic, found by its name. */
static int64_t number(const char *topic, const char *name)
{
	char key[40];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(last(topic), key);
	assert_non_null(at);
	return strtoll(at + strlen(key), NULL, 10);
}

/* ---- the conductor, and whoever answers its probes ---- */

struct answerer {
	const char *id; /* of a node; NULL: the leader */
	int64_t s_minus_l;
	double rate; /* of S against our L, from START on */
	uint32_t sigma_ns;
	int32_t rate_ppb;
	struct glow_leader leader;
};

static struct glow_conductor_cfg cfg;
static struct glow_wall wall;
static struct glow_conductor *conductor;
static struct glow_diag diag;
static struct answerer answerers[32];
static int n_answerers, n_answered;
static int wants; /* times the lead was asked for, minus those it was given back */
static int64_t now;

static struct glow_raw raw(void)
{
	return (struct glow_raw){ now };
}

static void want(void *ctx, bool lead)
{
	assert_ptr_equal(ctx, sent);
	wants += lead ? 1 : -1;
}

static int setup(void **state)
{
	(void)state;
	glow_log_setup("error", "text");
	cfg = (struct glow_conductor_cfg){
		.prefix = "glow",
		.discovery = "homeassistant",
		.node = "pi1",
		.grace_s = 60,
		.boot = BOOT,
		.seed = 42,
		.built_us = (WALL + START) / 1000 - 1,
		.outbox = { .ctx = sent, .publish = record },
		.lead = want,
	};
	wall = (struct glow_wall){ .offset_ns = WALL, .synchronised = true, .tz_offset_s = 3600 };
	now = START;
	conductor = NULL;
	n_answerers = n_answered = wants = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_conductor_destroy(conductor);
	forget();
	return 0;
}

static void create(void)
{
	assert_int_equal(glow_conductor_create(&cfg, raw(), &wall, &conductor, &diag), 0);
}

static void deliver(struct glow_message m)
{
	if (m.at.ns == 0)
		m.at = raw();
	glow_conductor_message(conductor, &m, raw());
	glow_conductor_tick(conductor, raw());
}

static void tell(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload) });
}

static void ask(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic,
				       .payload = payload,
				       .len = strlen(payload),
				       .response_topic = ANSWER,
				       .correlation = "\1two",
				       .correlation_len = 4 });
}

/* A road of 0.2 ms each way, and 0.1 ms at the other end. */
static void answer(const struct answerer *a, const struct glow_time_request *request)
{
	int64_t s = now + 200000 + a->s_minus_l + (int64_t)(a->rate * (double)(now + 200000 - START));
	struct glow_time_reply reply = {
		.seq = request->seq,
		.t1_ns = request->t1_ns,
		.t2_ns = s,
		.t3_ns = s + 100000,
		.leader = a->leader,
		.sigma_ns = a->sigma_ns,
		.rate_ppb = a->rate_ppb,
		.state = GLOW_SYNC_TRACKING,
	};
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	size_t len = glow_reply_write(&reply, a->id != NULL, bytes);
	char topic[80];

	snprintf(topic, sizeof(topic), a->id ? "glow/time/adopt/reply/%08x" : "glow/time/reply/c-%08x", cfg.boot);
	deliver((struct glow_message){
		.topic = topic, .payload = bytes, .len = len, .at = { request->t1_ns + 500000 } });
}

/* Lets everybody answer what has been asked since the last time. */
static void answer_all(void)
{
	for (; n_answered < n_sent; n_answered++)
		for (int k = 0; k < n_answerers; k++) {
			const struct sent *s = &sent[n_answered];
			struct glow_time_request request;
			char topic[80];

			snprintf(topic, sizeof(topic),
				 answerers[k].id ? "glow/time/adopt/request/%s" : "glow/time/request/c-%s",
				 answerers[k].id ? answerers[k].id : "1234abcd");
			if (strcmp(s->topic, topic) != 0)
				continue;
			assert_true(glow_request_read(s->payload, s->len, &request));
			answer(&answerers[k], &request);
		}
}

static void pass(int64_t ns)
{
	int64_t end = now + ns;

	for (;;) {
		int64_t next = glow_conductor_next(conductor).ns;

		if (next > end)
			break;
		now = next > now ? next : now;
		glow_conductor_tick(conductor, raw());
		answer_all();
		assert_true(glow_conductor_next(conductor).ns > now); /* it never spins */
	}
	now = end;
	glow_conductor_tick(conductor, raw());
	if (n_answered > n_sent)
		n_answered = n_sent;
}

/* Connected, standing by. */
static void stand_by(void)
{
	create();
	glow_conductor_connected(conductor, raw(), false);
}

/* The broker takes it as leader; what that keeps comes by `retained`. */
static void take_lead(void (*retained)(void))
{
	assert_int_equal(wants, 1);
	wants = 0;
	glow_conductor_disconnected(conductor, raw());
	now += 3 * MS;
	if (retained)
		retained();
	glow_conductor_connected(conductor, raw(), true);
	glow_conductor_tick(conductor, raw());
}

/* Leads a timeline of its own, and has said all there is to say of it. */
static void lead(void)
{
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	pass(300 * MS);
	forget();
	n_answered = 0;
}

static int64_t utc_us(void)
{
	return (now + WALL) / 1000;
}

static void retain(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload), .retained = true });
}

/* What another conductor, or this one in an earlier life, has left behind. */
static void retain_info(uint32_t term, const char *id, int32_t rate_ppb)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "{\"id\":\"%s\",\"state\":\"leading\",\"clock_id\":\"feedbeef01234567\",\"term\":%u,\"boot\":%u,"
		 "\"rate_ppb\":%d,\"nodes\":0,\"version\":\"0\",\"utc_offset_us\":null,\"tz_offset_s\":null}",
		 id, term, OTHER, rate_ppb);
	retain(INFO, text);
}

static void node_info(const char *id, unsigned pixels, const char *groups)
{
	char topic[80], text[300];

	snprintf(topic, sizeof(topic), "glow/node/%s/info", id);
	snprintf(text, sizeof(text), "{\"id\":\"%s\",\"groups\":[%s],\"shape\":\"blinkt\",\"pixels\":%u}", id, groups,
		 pixels);
	retain(topic, text);
}

static void node_says(const char *id, const char *availability)
{
	char topic[80];

	snprintf(topic, sizeof(topic), "glow/node/%s/availability", id);
	retain(topic, availability);
}

static void node(const char *id)
{
	node_info(id, 8, "");
	node_says(id, "online");
}

/* ---- coming to lead ---- */

static void test_first_start(void **state)
{
	(void)state;
	create();
	assert_int_equal(glow_conductor_next(conductor).ns, GLOW_NEVER);
	glow_conductor_connected(conductor, raw(), false);
	assert_int_equal(wants, 0);
	pass(200 * MS); /* nobody is there: no need to wait for silence */
	assert_int_equal(n_sent, 0);
	take_lead(NULL);
	assert_string_equal(last(ONLINE), "online");
	assert_true(find(ONLINE)->retained && find(ONLINE)->qos == 1);
	assert_true(said(INFO, "\"state\":\"leading\"") && said(INFO, "\"id\":\"pi1\""));
	assert_true(find(INFO)->retained && find(INFO)->qos == 1);
	assert_int_equal(number(INFO, "term"), 1);
	assert_int_equal(number(INFO, "boot"), BOOT);
	assert_int_equal(number(INFO, "utc_offset_us"), 0);
	assert_int_equal(number(INFO, "tz_offset_s"), 3600);
	assert_int_equal(number(BEACON, "time_us"), utc_us());
	assert_true(!find(BEACON)->retained && find(BEACON)->qos == 0);
	assert_true(said(SCENES, "\"scenes\":[]") && find(SCENES)->retained && find(SCENES)->qos == 1);
	assert_string_equal(last(DIM), "{\"brightness\":255,\"until_us\":null}");
	assert_true(find(DIM)->retained && find(DIM)->qos == 1);
	assert_true(find(CLUSTER)->retained);
	assert_int_equal(count(ROSTER), 0); /* of nobody */
	pass(10 * SECOND);
	assert_int_equal(count(BEACON), 21);
	assert_int_equal(number(BEACON, "seq"), 20);
	assert_int_equal(count(INFO), 1);
}

static void test_no_discovery(void **state)
{
	(void)state;
	cfg.discovery = "";
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	assert_int_equal(count(CLUSTER), 0);
}

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

static void probe(const char *asker, int64_t at, int64_t s1)
{
	struct glow_time_request request = { .seq = 7, .t1_ns = 99, .s1_ns = s1 };
	uint8_t bytes[GLOW_REQUEST_SIZE];
	char topic[80];

	glow_request_write(&request, bytes);
	snprintf(topic, sizeof(topic), "glow/time/request/%s", asker);
	deliver((struct glow_message){ .topic = topic, .payload = bytes, .len = sizeof(bytes), .at = { at } });
}

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

static struct answerer the_leader(double rate)
{
	return (struct answerer){ .s_minus_l = WALL + 5 * SECOND,
				  .rate = rate,
				  .leader = { .clock_id = CLOCK, .term = 3, .boot = OTHER } };
}

static void retain_term_3(void)
{
	retain_info(3, "other", 0);
	retain(ONLINE, "offline");
}

/* A leader with a clock of its own ran for a while; then it goes. */
static void follow(double rate, int64_t ns)
{
	create();
	answerers[n_answerers++] = the_leader(rate);
	retain(ONLINE, "online");
	retain_info(3, "other", 0);
	glow_conductor_connected(conductor, raw(), false);
	while (ns > 0) {
		ns -= 500 * MS;
		pass(500 * MS);
		retain(ONLINE, "online");
	}
	n_answerers = 0;
	assert_int_equal(wants, 0);
}

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

static void test_somebody_of_a_later_term(void **state)
{
	(void)state;
	lead();
	retain_info(1, "other", 0); /* as late, but not ours: the broker would not have let it */
	assert_string_equal(last(ONLINE), "offline");
	assert_int_equal(wants, -1);
	forget();
	probe("pi7", now, 0);
	pass(2 * SECOND);
	assert_int_equal(n_sent, 0);
}

static void test_an_earlier_term_and_a_late_will(void **state)
{
	(void)state;
	lead();
	retain_info(0, "other", 0);
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

static void add_nodes(int n, int64_t s_minus_l, uint32_t sigma_ns)
{
	static char ids[32][16];

	for (int k = 0; k < n; k++) {
		snprintf(ids[n_answerers], sizeof(ids[0]), "n%d", n_answerers);
		answerers[n_answerers] = (struct answerer){
			.id = ids[n_answerers],
			.s_minus_l = s_minus_l,
			.sigma_ns = sigma_ns,
			.rate_ppb = 7000,
			.leader = { .clock_id = CLOCK, .term = 3, .boot = OTHER },
		};
		n_answerers++;
	}
}

static void retain_nodes(void)
{
	for (int k = 0; k < n_answerers; k++)
		node(answerers[k].id);
	retain_term_3();
}

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

/* ---- the roster ---- */

static void test_roster(void **state)
{
	(void)state;
	lead();
	node_info("pi10", 8, "\"a\",\"b\"");
	node_says("pi10", "online");
	node("pi9");
	pass(150 * MS);
	node_info("pi2", 18, "");
	node_says("pi2", "online");
	assert_int_equal(count(ROSTER), 0);
	pass(50 * MS);
	assert_int_equal(count(ROSTER), 1);
	assert_true(find(ROSTER)->retained && find(ROSTER)->qos == 1);
	assert_int_equal(number(ROSTER, "rev"), 1);
	assert_int_equal(number(ROSTER, "effective_us"), utc_us() + 250000);
	assert_true(said(ROSTER,
			 "\"pixels\":34,\"nodes\":["
			 "{\"id\":\"pi2\",\"groups\":[],\"pixels\":18,\"offset\":0,\"reverse\":false,\"gap\":0},"
			 "{\"id\":\"pi9\",\"groups\":[],\"pixels\":8,\"offset\":18,\"reverse\":false,\"gap\":0},"
			 "{\"id\":\"pi10\",\"groups\":[\"a\",\"b\"],\"pixels\":8,\"offset\":26,"
			 "\"reverse\":false,\"gap\":0}]"));
	assert_int_equal(number(INFO, "nodes"), 3);
	forget();
	node_info("pi10", 8, "\"a\",\"b\""); /* said again, as on a reconnect */
	node("pi9");
	pass(SECOND);
	assert_int_equal(count(ROSTER), 0);
	node_info("pi10", 8, "\"a\"");
	pass(SECOND);
	assert_int_equal(number(ROSTER, "rev"), 2);
}

static void test_roster_wishes(void **state)
{
	(void)state;
	cfg.order = "pi9,door";
	cfg.reverse = "pi2";
	cfg.gap = "pi9=3,absent=7";
	lead();
	node("pi2");
	node("door");
	node("pi1");
	node("pi9");
	pass(SECOND);
	assert_true(said(ROSTER,
			 "\"pixels\":35,\"nodes\":["
			 "{\"id\":\"pi9\",\"groups\":[],\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":3},"
			 "{\"id\":\"door\",\"groups\":[],\"pixels\":8,\"offset\":11,\"reverse\":false,\"gap\":0},"
			 "{\"id\":\"pi1\",\"groups\":[],\"pixels\":8,\"offset\":19,\"reverse\":false,\"gap\":0},"
			 "{\"id\":\"pi2\",\"groups\":[],\"pixels\":8,\"offset\":27,\"reverse\":true,\"gap\":0}]"));
}

static void test_bad_wishes(void **state)
{
	static const struct {
		const char *order, *reverse, *gap, *where;
	} bad[] = {
		{ "a,,b", NULL, NULL, "--order" },  { "A", NULL, NULL, "--order" },
		{ "a,", NULL, NULL, "--order" },    { ",a", NULL, NULL, "--order" },
		{ NULL, "a b", NULL, "--reverse" }, { NULL, NULL, "a", "--gap" },
		{ NULL, NULL, "a=", "--gap" },      { NULL, NULL, "a=x", "--gap" },
		{ NULL, NULL, "a=-1", "--gap" },    { NULL, NULL, "a=1b", "--gap" },
		{ NULL, NULL, "a=1,", "--gap" },    { NULL, NULL, "a=99999", "--gap" },
		{ NULL, NULL, "=1", "--gap" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		cfg.order = bad[k].order;
		cfg.reverse = bad[k].reverse;
		cfg.gap = bad[k].gap;
		assert_int_equal(glow_conductor_create(&cfg, raw(), &wall, &conductor, &diag), -EINVAL);
		assert_string_equal(diag.where, bad[k].where);
		assert_null(conductor);
	}
	cfg.order = "a,b,a";
	cfg.reverse = "b";
	cfg.gap = "a=0,b=1";
	create();
}

static void test_roster_grace(void **state)
{
	(void)state;
	lead();
	node("pi1");
	node("pi2");
	pass(SECOND);
	forget();
	node_says("pi1", "offline");
	pass(59 * SECOND);
	node_says("pi1", "online"); /* back in time: nothing has happened */
	pass(2 * SECOND);
	assert_int_equal(count(ROSTER), 0);
	node_says("pi1", "offline");
	pass(60 * SECOND);
	assert_int_equal(count(ROSTER), 0);
	pass(300 * MS);
	assert_int_equal(count(ROSTER), 1);
	assert_false(said(ROSTER, "pi1"));
	assert_int_equal(number(INFO, "nodes"), 1);
	node_says("pi1", "online");
	pass(SECOND);
	assert_true(said(ROSTER, "pi1"));
	assert_int_equal(number(ROSTER, "rev"), 3);
}

static void test_forgotten_node(void **state)
{
	(void)state;
	lead();
	node("pi1");
	node("pi2");
	node_says("pi1", "offline");
	pass(SECOND);
	assert_true(said(ROSTER, "pi1"));
	deliver((struct glow_message){ .topic = "glow/node/pi1/info", .payload = "", .retained = true });
	pass(200 * MS);
	assert_false(said(ROSTER, "pi1"));
	deliver((struct glow_message){ .topic = "glow/node/pi3/info", .payload = "", .retained = true });
	forget();
	pass(SECOND);
	assert_int_equal(count(ROSTER), 0);
}

static void test_broken_nodes(void **state)
{
	(void)state;
	lead();
	retain("glow/node/pi1/info", "{broken");
	retain("glow/node/pi1/info", "{\"id\":\"pi2\",\"pixels\":8}");
	retain("glow/node/pi1/info", "{\"id\":\"pi1\",\"pixels\":-3}");
	node_says("pi1", "online");
	node_says("pi4", "perhaps");
	retain("glow/node/PI5/info", "{\"id\":\"PI5\",\"pixels\":8}");
	pass(SECOND);
	assert_int_equal(count(ROSTER), 0);
	node("pi1");
	pass(SECOND);
	assert_int_equal(number(INFO, "nodes"), 1);
}

#define OLD_ROSTER                                                                             \
	"{\"rev\":41,\"effective_us\":1,\"pixels\":24,\"nodes\":["                             \
	"{\"id\":\"n0\",\"groups\":[],\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":0}," \
	"{\"id\":\"n1\",\"groups\":[],\"pixels\":8,\"offset\":8,\"reverse\":false,\"gap\":0}," \
	"{\"id\":\"n7\",\"groups\":[\"g\"],\"pixels\":8,\"offset\":16,\"reverse\":false,\"gap\":0}]}"

static void retain_roster(void)
{
	retain_nodes();
	retain(ROSTER, OLD_ROSTER);
	node_info("n7", 8, "\"g\"");
	node_says("n7", "offline");
	node_info("n8", 8, ""); /* gone long before, and in no roster */
	node_says("n8", "offline");
}

static void test_roster_after_a_restart(void **state)
{
	(void)state;
	add_nodes(2, WALL, 50000);
	create();
	retain_roster();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(retain_roster);
	pass(2 * SECOND);
	assert_int_equal(count(ROSTER), 1); /* the very same, with the same rev */
	assert_string_equal(last(ROSTER), OLD_ROSTER);
	pass(56 * SECOND);
	assert_string_equal(last(ROSTER), OLD_ROSTER);
	pass(4 * SECOND);
	assert_int_equal(number(ROSTER, "rev"), 42);
	assert_false(said(ROSTER, "n7"));
}

/* The broker comes back without its memory, and one node does not. */
static void test_node_lost_with_the_broker(void **state)
{
	(void)state;
	lead();
	node("pi1");
	node("pi2");
	pass(SECOND);
	glow_conductor_disconnected(conductor, raw());
	glow_conductor_connected(conductor, raw(), false);
	pass(500 * MS);
	forget();
	take_lead(NULL);
	assert_int_equal(number(ROSTER, "rev"), 1);
	node("pi2");
	pass(SECOND);
	assert_int_equal(count(ROSTER), 1);
	pass(60 * SECOND);
	assert_int_equal(number(ROSTER, "rev"), 2);
	assert_false(said(ROSTER, "pi1"));
	assert_true(said(ROSTER, "pi2"));
}

/* ---- scenes ---- */

static struct glow_scenes scenes; /* what is published now */

static void read_scenes(void)
{
	cJSON *tree = glow_json_parse(last(SCENES), strlen(last(SCENES)), &diag);

	glow_scenes_fini(&scenes);
	memset(&scenes, 0, sizeof(scenes));
	assert_non_null(tree);
	assert_int_equal(glow_scenes_read(tree, &scenes, &diag), GLOW_OK);
	cJSON_Delete(tree);
}

static int drop_scenes(void **state)
{
	glow_scenes_fini(&scenes);
	memset(&scenes, 0, sizeof(scenes));
	return teardown(state);
}

static void test_play(void **state)
{
	(void)state;
	lead();
	ask(PLAY, "rainbow");
	assert_true(find(SCENES)->retained && find(SCENES)->qos == 1);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_int_equal(scenes.rev, 2);
	assert_int_equal(scenes.term, 1);
	assert_string_equal(scenes.v[0].id, "main");
	assert_int_equal(scenes.v[0].start_us, utc_us() + 250000);
	assert_int_equal(scenes.v[0].end_us, GLOW_NEVER);
	assert_true(said(ANSWER, "\"status\":\"ok\"") && said(ANSWER, "\"id\":\"main\""));
	assert_int_equal(number(ANSWER, "start_us"), scenes.v[0].start_us);
	assert_string_equal(find(ANSWER)->correlation, "\1two");
	assert_int_equal(find(ANSWER)->qos, 1);
	pass(600 * SECOND);
	assert_int_equal(count(SCENES), 1);
}

static void test_scene_ends(void **state)
{
	(void)state;
	lead();
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"f\",\"duration_s\":10}");
	tell(PLAY, "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":2},{\"effect\":\"solid\",\"duration_s\":3}]}");
	read_scenes();
	assert_int_equal(scenes.n, 2);
	pass(6 * SECOND); /* 0.25 + 5 s: over, but only just */
	assert_int_equal(count(SCENES), 2);
	pass(300 * MS);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_string_equal(scenes.v[0].id, "f");
	assert_int_equal(scenes.rev, 4);
	pass(5 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 0);
	pass(600 * SECOND);
	assert_int_equal(count(SCENES), 4);
}

static void test_scene_replaced(void **state)
{
	int64_t start;

	(void)state;
	lead();
	tell(PLAY, "{\"effect\":\"fire\",\"fade_ms\":2000}");
	pass(10 * SECOND);
	tell(PLAY, "{\"effect\":\"plasma\",\"fade_ms\":1000}");
	start = utc_us() + 250000;
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_string_equal(scenes.v[0].entries[0].effect->name, "fire");
	assert_int_equal(scenes.v[0].end_us, start + 1000000); /* until the other covers it */
	assert_int_equal(scenes.v[0].fade_us, 0);              /* and whole until then */
	assert_string_equal(scenes.v[1].entries[0].effect->name, "plasma");
	assert_int_equal(scenes.v[1].start_us, start);
	assert_int_equal(scenes.v[1].end_us, GLOW_NEVER);
	assert_int_equal(scenes.v[1].fade_us, 1000000);
	pass(2 * SECOND);
	assert_int_equal(count(SCENES), 2);
	pass(SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_string_equal(scenes.v[0].entries[0].effect->name, "plasma");
}

/* Replaced while it fades in: it goes on doing so, and only then loses its fade. */
static void test_replaced_in_its_fade(void **state)
{
	(void)state;
	lead();
	tell(PLAY, "{\"effect\":\"fire\",\"fade_ms\":3000}");
	pass(SECOND);
	tell(PLAY, "{\"effect\":\"plasma\",\"fade_ms\":5000}");
	read_scenes();
	assert_int_equal(scenes.v[0].fade_us, 3000000);
	pass(2 * SECOND + 300 * MS);
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_int_equal(scenes.v[0].fade_us, 0);
	assert_int_equal(scenes.v[1].fade_us, 5000000);
	assert_int_equal(scenes.rev, 4);
}

/* Three times in a moment: the second never begins to show. */
static void test_replaced_before_it_begins(void **state)
{
	(void)state;
	lead();
	tell(PLAY, "fire");
	pass(10 * SECOND);
	tell(PLAY, "plasma");
	tell(PLAY, "rainbow");
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_string_equal(scenes.v[0].entries[0].effect->name, "fire");
	assert_string_equal(scenes.v[1].entries[0].effect->name, "rainbow");
}

static void test_other_ids_play_on(void **state)
{
	(void)state;
	lead();
	tell(PLAY, "fire");
	tell(PLAY, "{\"effect\":\"plasma\",\"id\":\"door\",\"target\":{\"nodes\":[\"door\"]}}");
	pass(10 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_int_equal(scenes.v[0].end_us, GLOW_NEVER);
	assert_int_equal(scenes.v[1].end_us, GLOW_NEVER);
}

static void test_stop(void **state)
{
	(void)state;
	lead();
	tell(PLAY, "fire");
	tell(PLAY, "{\"effect\":\"plasma\",\"id\":\"door\"}");
	pass(10 * SECOND);
	ask(STOP, "{\"id\":\"door\",\"fade_ms\":700}");
	assert_true(said(ANSWER, "\"status\":\"ok\"") && said(ANSWER, "\"id\":\"door\""));
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_int_equal(scenes.v[0].end_us, GLOW_NEVER);
	assert_int_equal(scenes.v[1].end_us, utc_us() + 250000 + 700000);
	assert_int_equal(scenes.v[1].fade_us, 700000);
	assert_int_equal(number(ANSWER, "at_us"), scenes.v[1].end_us);
	ask(STOP, "");
	read_scenes();
	assert_int_equal(scenes.v[0].end_us, utc_us() + 250000);
	assert_int_equal(scenes.v[0].fade_us, 0);
	assert_int_equal(scenes.v[1].end_us, utc_us() + 250000); /* sooner than it was to end */
	pass(3 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 0);
	forget();
	ask(STOP, "");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	assert_int_equal(count(SCENES), 0);
}

static void test_stop_before_the_start(void **state)
{
	char play[200];

	(void)state;
	lead();
	snprintf(play, sizeof(play), "{\"effect\":\"fire\",\"start_us\":%" PRId64 "}", utc_us() + 60000000);
	tell(PLAY, play);
	tell(STOP, "");
	read_scenes();
	assert_int_equal(scenes.n, 0);
}

static void refuse(const char *topic, const char *payload, const char *code, const char *field)
{
	char where[80];

	forget();
	ask(topic, payload);
	snprintf(where, sizeof(where), "\"code\":\"%s\",\"field\":\"%s\"", code, field);
	assert_true(said(ANSWER, "\"status\":\"error\"") && said(ANSWER, where));
	assert_int_equal(n_sent, 1);
}

static void test_refusals(void **state)
{
	static char large[9000];

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	lead();
	refuse(PLAY, "nonsense", "unknown_effect", "effect");
	refuse(PLAY, "{\"effect\":\"fire\",\"fade_ms\":-1}", "out_of_range", "fade_ms");
	refuse(PLAY, "{", "bad_json", "");
	refuse(PLAY, large, "too_large", "");
	refuse(STOP, "{\"id\":5}", "bad_type", "id");
	refuse(STOP, "{\"id\":\"nobody\"}", "out_of_range", "id");
	refuse("glow/dim/set", "{\"brightness\":300}", "out_of_range", "brightness");
	refuse("glow/dim/set", "{\"brightness\":3,\"until_us\":5}", "out_of_range", "until_us");
	refuse("glow/all/set", "{\"brightness\":300}", "out_of_range", "brightness");
	refuse("glow/group/g/notify", "{\"ttl_s\":0}", "out_of_range", "ttl_s");
	refuse("glow/all/set", large, "too_large", "");
}

static void test_retained_commands(void **state)
{
	static const char *const topics[] = { PLAY, STOP, "glow/dim/set", "glow/all/set", "glow/group/g/notify" };

	(void)state;
	lead();
	for (size_t k = 0; k < sizeof(topics) / sizeof(topics[0]); k++) {
		struct glow_message m = {
			.topic = topics[k], .payload = "red", .len = 3, .retained = true, .response_topic = ANSWER
		};

		forget();
		deliver(m);
		assert_true(said(ANSWER, "\"code\":\"retained\""));
		assert_int_equal(n_sent, 1);
		m.len = 0; /* cleared */
		deliver(m);
		assert_int_equal(n_sent, 1);
	}
}

static void test_answer_topics(void **state)
{
	struct glow_message m = { .topic = PLAY, .payload = "fire", .len = 4 };

	(void)state;
	lead();
	m.response_topic = "glow/conductor/info";
	deliver(m);
	assert_int_equal(count(INFO), 0);
	m.response_topic = "glow/answer/7";
	deliver(m);
	assert_int_equal(count("glow/answer/7"), 1);
}

static void test_too_many_scenes(void **state)
{
	char play[100];

	(void)state;
	lead();
	for (int k = 0; k < GLOW_SCENES_MAX; k++) {
		snprintf(play, sizeof(play), "{\"effect\":\"fire\",\"id\":\"s%d\",\"duration_s\":%d}", k, 10 + k);
		tell(PLAY, play);
	}
	read_scenes();
	assert_int_equal(scenes.n, GLOW_SCENES_MAX);
	refuse(PLAY, "fire", "out_of_range", "");
	pass(12 * SECOND);
	ask(PLAY, "fire");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
}

/* Many long playlists would make a message that no broker takes. */
static void test_too_much_to_play(void **state)
{
	static char play[8192];
	int n = 0;

	(void)state;
	lead();
	for (; n < GLOW_SCENES_MAX && !said(ANSWER, "too_large"); n++) {
		size_t at = (size_t)snprintf(play, sizeof(play), "{\"id\":\"s%d\",\"playlist\":[", n);

		for (int k = 0; k < 120; k++)
			at += (size_t)snprintf(play + at, sizeof(play) - at,
					       "%s{\"effect\":\"morse\",\"duration_s\":1}", k ? "," : "");
		snprintf(play + at, sizeof(play) - at, "],\"loop\":true}");
		ask(PLAY, play);
		assert_true(strlen(last(SCENES)) <= 262144);
	}
	assert_in_range(n, 5, GLOW_SCENES_MAX - 1);
	read_scenes();
	assert_int_equal(scenes.n, n - 1);
	ask(PLAY, "fire"); /* a small one still fits */
	assert_true(said(ANSWER, "\"status\":\"ok\""));
}

#define KEPT(clock, start, end)                                                                                \
	"{\"clock_id\":\"" clock "\",\"term\":3,\"rev\":17,\"scenes\":[{\"id\":\"main\",\"effect\":\"fire\","  \
	"\"params\":{},\"color\":\"#ffffff\",\"brightness\":255,\"target\":null,\"span\":\"cluster\",\"start_" \
	"us\":" start ",\"end_us\":" end ",\"fade_ms\":0,\"seed\":9,\"take\":true}]}"

static const char *kept;

static void retain_scenes(void)
{
	retain_nodes();
	retain(SCENES, kept);
	retain(DIM, "{\"brightness\":99,\"until_us\":null}");
}

static void restart_with(const char *text)
{
	kept = text;
	add_nodes(1, WALL, 50000);
	create();
	retain_scenes();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(retain_scenes);
	pass(4 * SECOND);
	assert_true(said(INFO, "leading"));
	read_scenes();
}

static void test_scenes_after_a_restart(void **state)
{
	(void)state;
	restart_with(KEPT("feedbeef01234567", "1699999999000000", "null"));
	assert_int_equal(scenes.n, 1);
	assert_int_equal(scenes.rev, 17);
	assert_int_equal(scenes.term, 4);
	assert_int_equal(scenes.v[0].start_us, INT64_C(1699999999000000));
	assert_int_equal(scenes.v[0].seed, 9);
	assert_true(said(DIM, "\"brightness\":99"));
}

static void test_scenes_of_another_clock(void **state)
{
	int64_t start;

	(void)state;
	restart_with(KEPT("0000000000000001", "1800000000000000", "1800000060000000"));
	start = scenes.v[0].start_us;
	assert_int_equal(scenes.clock_id, CLOCK);
	assert_int_equal(scenes.rev, 18);
	assert_in_range(start, utc_us() - 4000000, utc_us());
	assert_int_equal(scenes.v[0].end_us, start + 60000000);
}

static void test_old_scenes_of_another_clock(void **state)
{
	(void)state;
	restart_with(KEPT("0000000000000001", "1600000000000000", "null"));
	assert_int_equal(scenes.v[0].start_us, INT64_C(1600000000000000));
	assert_int_equal(scenes.v[0].end_us, GLOW_NEVER);
}

static void retain_broken(void)
{
	retain(INFO, "{\"clock_id\":7}");
	retain(ONLINE, "");
	retain(ROSTER, "{\"rev\":1,\"nodes\":5}");
	retain(SCENES, "{\"clock_id\":\"feedbeef01234567\",\"scenes\":[{}]}");
	retain(DIM, "[1]");
	retain(BEACON, "\xff");
	retain("glow/node/pi1/info", "[]");
	retain("glow/node/pi1/availability", "\x01");
}

static void test_broken_retained_messages(void **state)
{
	(void)state;
	create();
	retain_broken();
	glow_conductor_connected(conductor, raw(), false);
	pass(200 * MS);
	take_lead(retain_broken);
	assert_true(said(INFO, "leading"));
	read_scenes();
	assert_int_equal(scenes.n, 0);
	assert_true(said(DIM, "\"brightness\":255"));
	pass(SECOND);
	assert_int_equal(count(ROSTER), 0);
	ask(PLAY, "fire");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
}

/* What stands by knows what plays, and goes on with it. */
static void test_standby_keeps_the_scenes(void **state)
{
	(void)state;
	follow(0, 10 * SECOND);
	retain(SCENES, KEPT("feedbeef01234567", "1699999999000000", "null"));
	retain(ROSTER, OLD_ROSTER);
	node_says("n0", "online");
	node_says("n1", "online");
	node_says("n7", "online");
	retain(ONLINE, "offline");
	pass(200 * MS);
	take_lead(retain_term_3); /* the broker has forgotten the rest */
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_int_equal(scenes.rev, 17);
	assert_int_equal(scenes.term, 4);
	assert_string_equal(last(ROSTER), OLD_ROSTER);
}

/* ---- commands for many ---- */

static void test_apply(void **state)
{
	uint32_t of = glow_command_hash("glow/all/set", "red breathe", 11);
	char text[40];

	(void)state;
	lead();
	ask("glow/all/set", "red breathe");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	assert_int_equal(number(ANSWER, "at_us"), utc_us() + 250000);
	assert_int_equal(number("glow/all/apply", "at_us"), utc_us() + 250000);
	snprintf(text, sizeof(text), "\"of\":\"%08x\"", of);
	assert_true(said("glow/all/apply", text));
	assert_int_equal(number("glow/all/apply", "seed"), of);
	assert_true(said("glow/all/apply", "\"kind\":\"set\""));
	assert_true(said("glow/all/apply", "\"cmd\":{\"color\":\"red\",\"effect\":\"breathe\"}"));
	assert_true(find("glow/all/apply")->qos == 1 && !find("glow/all/apply")->retained);
	assert_int_equal(count("glow/all/apply"), 1);
	assert_int_equal(count(ANSWER), 1);
	ask("glow/group/door/notify", "identify");
	assert_true(said("glow/group/door/apply", "\"kind\":\"notify\""));
	forget();
	ask("glow/all/set", ""); /* the nodes answer that */
	assert_int_equal(n_sent, 0);
}

static void test_apply_at(void **state)
{
	char command[100];

	(void)state;
	lead();
	snprintf(command, sizeof(command), "{\"color\":\"red\",\"at_us\":%" PRId64 "}", utc_us() + 5000000);
	ask("glow/all/set", command);
	assert_int_equal(number("glow/all/apply", "at_us"), utc_us() + 5000000);
	assert_true(said("glow/all/apply", "\"cmd\":{\"color\":\"red\"}"));
	assert_int_equal(number(ANSWER, "at_us"), utc_us() + 5000000);
	snprintf(command, sizeof(command), "{\"color\":\"red\",\"at_us\":%" PRId64 "}", utc_us() + 5000);
	ask("glow/all/set", command); /* sooner than all can hear of it */
	assert_int_equal(number("glow/all/apply", "at_us"), utc_us() + 250000);
	snprintf(command, sizeof(command), "{\"color\":\"red\",\"at_us\":%" PRId64 "}", utc_us() + 61000000);
	refuse("glow/all/set", command, "out_of_range", "at_us");
}

/* Any board's LEDs and lengths will do: each node judges for itself. */
static void test_apply_for_any_board(void **state)
{
	(void)state;
	lead();
	ask("glow/all/set", "{\"leds\":{\"arm1.red\":9}}");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	ask("glow/all/set", "{\"params\":{\"period_ms\":4000}}");
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	refuse("glow/all/set", "{\"leds\":{\"elbow\":9}}", "unknown_led", "leds.elbow");
}

/* Three times what one in a hundred deliveries takes, as nodes that know the time measure it. */
static void test_lead_follows_deliveries(void **state)
{
	(void)state;
	lead();
	node("pi1");
	for (int k = 0; k < 300; k++) {
		probe("pi1", now, now + WALL - (k % 50 == 0 ? 400 * MS : 2 * MS));
		probe("x-slow", now, now + WALL - 1900 * MS); /* no node */
		probe("pi1", now, 0);                         /* without cluster time */
		if (k % 10 == 0)
			probe("pi1", now, now + WALL - 5000 * SECOND); /* nonsense */
	}
	forget();
	ask("glow/all/set", "red");
	assert_int_equal(number(ANSWER, "at_us"), utc_us() + 1200000);
	ask(PLAY, "fire");
	assert_int_equal(number(ANSWER, "start_us"), utc_us() + 1200000);
	for (int k = 0; k < 256; k++)
		probe("pi1", now, now + WALL - 2 * MS);
	ask("glow/all/set", "red"); /* not before the one that was given more time */
	assert_int_equal(number(ANSWER, "at_us"), utc_us() + 1200000);
	pass(SECOND);
	ask("glow/all/set", "red");
	assert_int_equal(number(ANSWER, "at_us"), utc_us() + 250000);
}

/* ---- the master dimmer ---- */

static void test_dim(void **state)
{
	char dim[100];

	(void)state;
	lead();
	ask("glow/dim/set", "40%");
	assert_string_equal(last(DIM), "{\"brightness\":102,\"until_us\":null}");
	assert_true(find(DIM)->retained && find(DIM)->qos == 1);
	assert_true(said(ANSWER, "\"status\":\"ok\""));
	snprintf(dim, sizeof(dim), "{\"brightness\":0,\"until_us\":%" PRId64 "}", utc_us() + 5000000);
	ask("glow/dim/set", dim);
	assert_int_equal(number(DIM, "until_us"), utc_us() + 5000000);
	pass(5 * SECOND - 10 * MS);
	assert_int_equal(count(DIM), 2);
	pass(10 * MS);
	assert_string_equal(last(DIM), "{\"brightness\":255,\"until_us\":null}");
}

static void retain_passing_dim(void)
{
	retain(DIM, "{\"brightness\":0,\"until_us\":1900000000000000}");
}

static void test_passing_dim_of_no_clock(void **state)
{
	(void)state;
	stand_by();
	pass(200 * MS);
	take_lead(retain_passing_dim);
	assert_string_equal(last(DIM), "{\"brightness\":255,\"until_us\":null}");
}

/* ---- what it listens to ---- */

static void test_topics(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];
	bool keeps;
	int n = 0, kept_ones = 0;

	(void)state;
	for (; glow_conductor_topic(&cfg, (size_t)n, topic, &keeps); n++) {
		assert_int_equal(strncmp(topic, "glow/", 5), 0);
		kept_ones += keeps;
		/* A retained command must not be replayed, what is kept must. */
		assert_false(keeps && (strstr(topic, "/set") || strstr(topic, "/play")));
	}
	assert_int_equal(n, 18);
	assert_int_equal(kept_ones, 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, drop_scenes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_start),
		TEST(test_no_discovery),
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
		TEST(test_who_hurries),
		TEST(test_somebody_of_a_later_term),
		TEST(test_an_earlier_term_and_a_late_will),
		TEST(test_goodbye),
		TEST(test_adopts),
		TEST(test_adopts_twenty_at_most),
		TEST(test_adopts_from_a_late_node),
		TEST(test_nobody_knows),
		TEST(test_its_own_rate),
		TEST(test_adopting_ends_with_the_lead),
		TEST(test_roster),
		TEST(test_roster_wishes),
		TEST(test_bad_wishes),
		TEST(test_roster_grace),
		TEST(test_forgotten_node),
		TEST(test_broken_nodes),
		TEST(test_roster_after_a_restart),
		TEST(test_node_lost_with_the_broker),
		TEST(test_play),
		TEST(test_scene_ends),
		TEST(test_scene_replaced),
		TEST(test_replaced_in_its_fade),
		TEST(test_replaced_before_it_begins),
		TEST(test_other_ids_play_on),
		TEST(test_stop),
		TEST(test_stop_before_the_start),
		TEST(test_refusals),
		TEST(test_retained_commands),
		TEST(test_answer_topics),
		TEST(test_too_many_scenes),
		TEST(test_too_much_to_play),
		TEST(test_scenes_after_a_restart),
		TEST(test_scenes_of_another_clock),
		TEST(test_old_scenes_of_another_clock),
		TEST(test_broken_retained_messages),
		TEST(test_standby_keeps_the_scenes),
		TEST(test_apply),
		TEST(test_apply_at),
		TEST(test_apply_for_any_board),
		TEST(test_lead_follows_deliveries),
		TEST(test_dim),
		TEST(test_passing_dim_of_no_clock),
		TEST(test_topics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
