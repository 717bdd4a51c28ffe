/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>

#include "conducting.h"

struct glow_conductor_cfg cfg;
struct glow_wall wall;
struct glow_conductor *conductor;
struct glow_diag diag;
struct answerer answerers[32];
int n_answerers, n_answered;
int wants;
int64_t now;

struct glow_raw raw(void)
{
	return (struct glow_raw){ now };
}

int64_t utc_us(void)
{
	return (now + WALL) / 1000;
}

static void want(void *ctx, bool lead)
{
	assert_ptr_equal(ctx, sent);
	wants += lead ? 1 : -1;
}

int setup(void **state)
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
		.secret = 4711,
		.built_us = (WALL + START) / 1000 - 1,
		.outbox = outbox,
		.lead = want,
	};
	wall = (struct glow_wall){ .offset_ns = WALL, .synchronised = true, .tz_offset_s = 3600 };
	now = START;
	conductor = NULL;
	n_answerers = n_answered = wants = 0;
	return 0;
}

int teardown(void **state)
{
	(void)state;
	glow_conductor_destroy(conductor);
	forget();
	return 0;
}

void create(void)
{
	assert_int_equal(glow_conductor_create(&cfg, raw(), &wall, &conductor, &diag), 0);
}

void deliver(struct glow_message m)
{
	if (m.at.ns == 0)
		m.at = raw();
	glow_conductor_message(conductor, &m, raw());
	glow_conductor_tick(conductor, raw());
}

void tell(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload) });
}

void ask(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic,
				       .payload = payload,
				       .len = strlen(payload),
				       .response_topic = ANSWER,
				       .correlation = "\1two",
				       .correlation_len = 4 });
}

void retain(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload), .retained = true });
}

void probe(const char *asker, int64_t at, int64_t s1)
{
	struct glow_time_request request = { .seq = 7, .t1_ns = 99, .s1_ns = s1 };
	uint8_t bytes[GLOW_REQUEST_SIZE];
	char topic[80];

	glow_request_write(&request, bytes);
	snprintf(topic, sizeof(topic), "glow/time/request/%s", asker);
	deliver((struct glow_message){ .topic = topic, .payload = bytes, .len = sizeof(bytes), .at = { at } });
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

	if (a->above)
		snprintf(topic, sizeof(topic), "hall/time/reply/rack-a");
	else
		snprintf(topic, sizeof(topic), a->id ? "glow/time/adopt/reply/%08x" : "glow/time/reply/c-%08x",
			 cfg.boot);
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

			if (answerers[k].above)
				snprintf(topic, sizeof(topic), "hall/time/request/rack-a");
			else
				snprintf(topic, sizeof(topic),
					 answerers[k].id ? "glow/time/adopt/request/%s" : "glow/time/request/c-%s",
					 answerers[k].id ? answerers[k].id : "1234abcd");
			if (strcmp(s->topic, topic) != 0)
				continue;
			assert_true(glow_request_read(s->payload, s->len, &request));
			answer(&answerers[k], &request);
		}
}

void pass(int64_t ns)
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

void stand_by(void)
{
	create();
	glow_conductor_connected(conductor, raw(), false);
}

void take_lead(void (*retained)(void))
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

void lead(void)
{
	stand_by();
	pass(200 * MS);
	take_lead(NULL);
	pass(300 * MS);
	forget();
	n_answered = 0;
}

void retain_info(uint32_t term, const char *id, int32_t rate_ppb)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "{\"id\":\"%s\",\"state\":\"leading\",\"clock_id\":\"feedbeef01234567\",\"term\":%u,\"boot\":%u,"
		 "\"rate_ppb\":%d,\"nodes\":0,\"version\":\"0\",\"utc_offset_us\":null,\"tz_offset_s\":null}",
		 id, term, OTHER, rate_ppb);
	retain(INFO, text);
}

void retain_term_3(void)
{
	retain_info(3, "other", 0);
	retain(ONLINE, "offline");
}

static struct answerer the_leader(double rate)
{
	return (struct answerer){ .s_minus_l = WALL + 5 * SECOND,
				  .rate = rate,
				  .leader = { .clock_id = CLOCK, .term = 3, .boot = OTHER } };
}

void follow(double rate, int64_t ns)
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

void node_info(const char *id, unsigned pixels, const char *groups)
{
	char topic[80], text[300];

	snprintf(topic, sizeof(topic), "glow/node/%s/info", id);
	snprintf(text, sizeof(text), "{\"id\":\"%s\",\"groups\":[%s],\"shape\":\"blinkt\",\"pixels\":%u}", id, groups,
		 pixels);
	retain(topic, text);
}

void node_says(const char *id, const char *availability)
{
	char topic[80];

	snprintf(topic, sizeof(topic), "glow/node/%s/availability", id);
	retain(topic, availability);
}

void node_with(const char *id, unsigned pixels, const char *groups)
{
	node_info(id, pixels, groups);
	node_says(id, "online");
}

void node(const char *id)
{
	node_with(id, 8, "");
}

void add_nodes(int n, int64_t s_minus_l, uint32_t sigma_ns)
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

void retain_nodes(void)
{
	for (int k = 0; k < n_answerers; k++)
		node(answerers[k].id);
	retain_term_3();
}
