/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Time on the wire as raw bytes: probes, answers, and what nodes answer a new conductor. The first byte says to whom
 * the rest goes; of a script for somebody who follows or adopts, each event is a letter and what it takes:
 *
 *	+ nn		time passes, nn/256 s; what is due is sent
 *	r + 48 bytes	an answer as it is
 *	a dddddddd	an answer to the latest probe, its clock d ns away, 0.1 ms later
 *	l ccccccccttttbbbb	follow this leader
 *	c d		connected, disconnected
 *	t n		it is n degrees
 *	A R r o		for one who adopts: a node more, an answer as it is, one to the latest probe */

#include <math.h>

#include <glow/adopt.h>
#include <glow/follower.h>
#include <glow/timing.h>

#include "fuzz.h"

#define START      INT64_C(1234000000000)
#define YEAR_NS    (INT64_C(31557600) * 1000000000)
#define EVENTS_MAX 2000

static const uint8_t *at, *end;
static int64_t now;
static struct glow_follower follower;
static struct glow_adopt adopt;
static struct glow_time_request probe, node_probe;
static bool asked, node_asked;

/* The next `n` bytes as a number, zeros behind the end. */
static int64_t number(int n)
{
	uint64_t v = 0;

	for (int k = 0; k < n && at < end; k++)
		v |= (uint64_t)*at++ << (8 * k);
	return (int64_t)v;
}

/* ---- packets ---- */

static void try_packets(const char *bytes, size_t len)
{
	struct glow_time_request request;
	struct glow_time_reply reply;
	uint8_t back[GLOW_ADOPT_REPLY_SIZE];

	if (glow_request_read(bytes, len, &request)) {
		CHECK(len == GLOW_REQUEST_SIZE);
		glow_request_write(&request, back);
		CHECK(memcmp(bytes + 4, back + 4, GLOW_REQUEST_SIZE - 4) == 0);
	}
	for (int of_node = 0; of_node < 2; of_node++)
		if (glow_reply_read(bytes, len, of_node, &reply)) {
			CHECK(glow_reply_write(&reply, of_node, back) == len);
			CHECK(memcmp(bytes + 4, back + 4, (of_node ? 57 : 48) - 4) == 0);
		}
}

/* ---- one who follows ---- */

static void check_output(void)
{
	const struct glow_sync *s = &follower.sync;
	struct glow_sync_report report;
	int64_t before = 0;

	glow_sync_report(s, (struct glow_raw){ now }, &report);
	CHECK(report.valid == glow_sync_valid(s));
	if (!glow_sync_valid(s))
		return;
	for (int k = 0; k < 5; k++) {
		int64_t l = now + k * INT64_C(77777777), time = glow_sync_now(s, (struct glow_raw){ l });
		int64_t back = glow_sync_when(s, time).ns;

		CHECK(k == 0 || time > before);
		CHECK(back - l >= -2 && back - l <= 2);
		before = time;
	}
}

static void pass(int64_t ns)
{
	struct glow_message m;

	now += ns;
	while (glow_follower_probe(&follower, (struct glow_raw){ now }, &m)) {
		CHECK(glow_request_read(m.payload, m.len, &probe));
		asked = true;
	}
	CHECK(glow_sync_next_probe(&follower.sync).ns > now);
	check_output();
}

static void hear(const void *bytes, size_t len)
{
	struct glow_message m = { .topic = "glow/time/reply/n", .payload = bytes, .len = len, .at = { now } };
	int64_t step;

	glow_follower_reply(&follower, &m, &step);
	check_output();
}

static void hear_raw(size_t size, void (*give)(const void *bytes, size_t len))
{
	uint8_t *bytes = malloc(size);

	for (size_t k = 0; k < size; k++)
		bytes[k] = (uint8_t)number(1);
	try_packets((char *)bytes, size);
	give(bytes, size);
	free(bytes);
}

static struct glow_time_reply reply_to(const struct glow_time_request *request, int64_t away, struct glow_leader leader)
{
	return (struct glow_time_reply){ .seq = request->seq,
					 .t1_ns = request->t1_ns,
					 .t2_ns = (int64_t)((uint64_t)now + (uint64_t)away),
					 .t3_ns = (int64_t)((uint64_t)now + (uint64_t)away + 1000),
					 .leader = leader };
}

static void answer(int64_t away)
{
	struct glow_time_reply reply = reply_to(&probe, away, glow_sync_leader(&follower.sync));
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];

	if (!asked)
		return;
	now += 100000;
	hear(bytes, glow_reply_write(&reply, false, bytes));
}

/* ---- one who adopts ---- */

static void pass_adopting(int64_t ns)
{
	int node;

	while (glow_adopt_probe(&adopt, (struct glow_raw){ now }, &node, &node_probe)) {
		CHECK(node >= 0 && node < GLOW_ADOPT_NODES);
		node_asked = true;
	}
	if (ns > INT64_C(3000000000))
		CHECK(glow_adopt_done(&adopt, (struct glow_raw){ adopt.start.ns + ns }));
}

static void hear_node(const void *bytes, size_t len)
{
	struct glow_time_reply reply;

	if (glow_reply_read(bytes, len, true, &reply))
		glow_adopt_reply(&adopt, &reply, (struct glow_raw){ now });
}

static void answer_as_node(int64_t away)
{
	struct glow_time_reply reply = reply_to(&node_probe, away, (struct glow_leader){ .clock_id = adopt.clock_id });
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	int64_t offset;
	int32_t rate;

	if (!node_asked)
		return;
	reply.sigma_ns = (uint32_t)number(3);
	reply.rate_ppb = (int32_t)number(4);
	reply.state = GLOW_SYNC_TRACKING;
	now += 100000;
	hear_node(bytes, glow_reply_write(&reply, true, bytes));
	glow_adopt_result(&adopt, &offset, &rate);
}

/* ---- events ---- */

static void run(char event)
{
	struct glow_raw raw = { now };
	int64_t clock_id;

	switch (event) {
	case '+':
		pass(number(2) << 22);
		pass_adopting(now - adopt.start.ns);
		break;
	case 'r':
		hear_raw(GLOW_REPLY_SIZE, hear);
		break;
	case 'a':
		answer(number(8));
		break;
	case 'l':
		clock_id = number(8);
		glow_sync_follow(&follower.sync, raw,
				 (struct glow_leader){ (uint64_t)clock_id, (uint32_t)number(4), (uint32_t)number(4) });
		break;
	case 'c':
		glow_sync_connected(&follower.sync, raw);
		break;
	case 'd':
		glow_sync_disconnected(&follower.sync, raw);
		break;
	case 't':
		glow_sync_temperature(&follower.sync, raw, (double)number(1) - 50);
		break;
	case 'A':
		CHECK(glow_adopt_add(&adopt) < GLOW_ADOPT_NODES);
		break;
	case 'R':
		hear_raw(GLOW_ADOPT_REPLY_SIZE, hear_node);
		break;
	case 'o':
		answer_as_node(number(8));
		break;
	default:
		break;
	}
}

void fuzz_time(const uint8_t *data, size_t size)
{
	const struct glow_sync_cfg cfg = { .seed = 7 };
	char *bytes = exact_copy(data, size);

	try_packets(bytes, size);
	free(bytes);
	at = data;
	end = data + size;
	now = START;
	asked = node_asked = false;
	glow_follower_init(&follower, &cfg, "glow", "n");
	glow_adopt_init(&adopt, (struct glow_raw){ now }, 7);
	for (int k = 0; at < end && k < EVENTS_MAX && now < START + YEAR_NS; k++)
		run((char)*at++);
	pass(0);
	pass(INT64_C(3600000000000));
}
