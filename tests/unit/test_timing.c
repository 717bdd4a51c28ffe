/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Clock probes byte by byte, as the protocol's table gives them, and what
 * conductors say of themselves. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/timing.h>

#include "../harness/dice.h"

static struct glow_diag diag;

/* ---- packets ---- */

/* Version 1, no flags, two spare bytes; then least significant bytes first. */
static const uint8_t request_bytes[GLOW_REQUEST_SIZE] = {
	0x01, 0x00, 0x00, 0x00, 0x04, 0x03, 0x02, 0x01, /* seq 0x01020304 */
	0x15, 0xcd, 0x5b, 0x07, 0x00, 0x00, 0x00, 0x00, /* t1 123456789 */
	0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* s1 -2 */
};
static const struct glow_time_request request = { .seq = 0x01020304, .t1_ns = 123456789, .s1_ns = -2 };

static const uint8_t reply_bytes[GLOW_ADOPT_REPLY_SIZE] = {
	0x01, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, /* seq 0xffffffff */
	0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, /* t1 -2^63 + 1 */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, /* t2 2^63 - 1 */
	0x00, 0x00, 0x64, 0xa7, 0xb3, 0xb6, 0xe0, 0x0d, /* t3 10^18 */
	0x03, 0x00, 0x00, 0x00, 0xef, 0xbe, 0xad, 0xde, /* term 3, boot 0xdeadbeef */
	0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, /* clock id 0x0123456789abcdef */
	0x40, 0x42, 0x0f, 0x00, 0xe0, 0xb1, 0xff, 0xff, /* sigma 10^6 ns, rate -20000 ppb */
	0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* tracking */
};
static const struct glow_time_reply reply = {
	.seq = 0xffffffff,
	.t1_ns = INT64_MIN + 1,
	.t2_ns = INT64_MAX,
	.t3_ns = INT64_C(1000000000000000000),
	.leader = { .clock_id = 0x0123456789abcdef, .term = 3, .boot = 0xdeadbeef },
	.sigma_ns = 1000000,
	.rate_ppb = -20000,
	.state = GLOW_SYNC_TRACKING,
};

static bool same_request(const struct glow_time_request *a, const struct glow_time_request *b)
{
	return a->seq == b->seq && a->t1_ns == b->t1_ns && a->s1_ns == b->s1_ns;
}

static bool same_leader(const struct glow_leader *a, const struct glow_leader *b)
{
	return a->clock_id == b->clock_id && a->term == b->term && a->boot == b->boot;
}

static bool same_reply(const struct glow_time_reply *a, const struct glow_time_reply *b)
{
	return a->seq == b->seq && a->t1_ns == b->t1_ns && a->t2_ns == b->t2_ns && a->t3_ns == b->t3_ns &&
	       same_leader(&a->leader, &b->leader) && a->sigma_ns == b->sigma_ns && a->rate_ppb == b->rate_ppb &&
	       a->state == b->state;
}

static void test_request(void **state)
{
	uint8_t bytes[GLOW_REQUEST_SIZE];
	struct glow_time_request back;

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	glow_request_write(&request, bytes);
	assert_memory_equal(bytes, request_bytes, sizeof(bytes));
	assert_true(glow_request_read(request_bytes, sizeof(request_bytes), &back));
	assert_true(same_request(&back, &request));
	bytes[GLOW_REQUEST_T1]++;
	assert_true(glow_request_read(bytes, sizeof(bytes), &back));
	assert_int_equal(back.t1_ns, request.t1_ns + 1);
	bytes[GLOW_REQUEST_S1]++;
	assert_true(glow_request_read(bytes, sizeof(bytes), &back));
	assert_int_equal(back.s1_ns, request.s1_ns + 1);
	assert_false(same_request(&back, &request));
}

static void test_reply(void **state)
{
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	struct glow_time_reply back, want = reply;

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	assert_int_equal(glow_reply_write(&reply, false, bytes), GLOW_REPLY_SIZE);
	assert_memory_equal(bytes, reply_bytes, GLOW_REPLY_SIZE);
	assert_int_equal(bytes[GLOW_REPLY_SIZE], 0xa5);
	assert_int_equal(glow_reply_write(&reply, true, bytes), GLOW_ADOPT_REPLY_SIZE);
	assert_memory_equal(bytes, reply_bytes, GLOW_ADOPT_REPLY_SIZE);
	assert_true(glow_reply_read(bytes, GLOW_ADOPT_REPLY_SIZE, true, &back));
	assert_true(same_reply(&back, &reply));
	want.sigma_ns = 0;
	want.rate_ppb = 0;
	want.state = 0;
	assert_true(glow_reply_read(bytes, GLOW_REPLY_SIZE, false, &back));
	assert_true(same_reply(&back, &want));
	assert_false(same_reply(&back, &reply));
	bytes[GLOW_REPLY_T3]--; /* aged backwards: to show which bytes it is */
	assert_true(glow_reply_read(bytes, GLOW_REPLY_SIZE, false, &back));
	assert_int_equal(back.t3_ns, reply.t3_ns + 255);
}

static void test_no_packets(void **state)
{
	uint8_t bytes[80] = { 0 };
	struct glow_time_request q;
	struct glow_time_reply r;

	(void)state;
	memcpy(bytes, reply_bytes, sizeof(reply_bytes));
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		assert_int_equal(glow_request_read(bytes, len, &q), len == 24);
		assert_int_equal(glow_reply_read(bytes, len, false, &r), len == 48);
		assert_int_equal(glow_reply_read(bytes, len, true, &r), len == 64);
	}
	for (int version = 0; version < 256; version++) {
		bytes[0] = (uint8_t)version;
		assert_int_equal(glow_request_read(bytes, 24, &q), version == 1);
		assert_int_equal(glow_reply_read(bytes, 48, false, &r), version == 1);
		assert_int_equal(glow_reply_read(bytes, 64, true, &r), version == 1);
	}
	bytes[0] = 1;
	bytes[1] = 0xff; /* flags that we do not know say nothing against it */
	bytes[2] = bytes[3] = 0xff;
	assert_true(glow_request_read(bytes, 24, &q));
	bytes[56] = GLOW_SYNC_LEADING + 1; /* a state that has no name */
	assert_true(glow_reply_read(bytes, 48, false, &r));
	assert_false(glow_reply_read(bytes, 64, true, &r));
}

/* Any values, at any place in memory. */
static void test_random(void **state)
{
	struct dice d;
	uint8_t room[GLOW_ADOPT_REPLY_SIZE + 8];

	(void)state;
	dice_init(&d);
	for (int round = 0; round < 5000; round++) {
		uint8_t *at = room + dice_roll(&d, 8);
		struct glow_time_request q = { (uint32_t)dice_next(&d), (int64_t)dice_next(&d),
					       (int64_t)dice_next(&d) },
					 q_back;
		struct glow_time_reply r = { .seq = (uint32_t)dice_next(&d),
					     .t1_ns = (int64_t)dice_next(&d),
					     .t2_ns = (int64_t)dice_next(&d),
					     .t3_ns = (int64_t)dice_next(&d),
					     .leader = { dice_next(&d), (uint32_t)dice_next(&d),
							 (uint32_t)dice_next(&d) },
					     .sigma_ns = (uint32_t)dice_next(&d),
					     .rate_ppb = (int32_t)dice_next(&d),
					     .state = (uint8_t)dice_roll(&d, GLOW_SYNC_LEADING + 1) },
				       r_back;

		glow_request_write(&q, at);
		assert_true(glow_request_read(at, GLOW_REQUEST_SIZE, &q_back));
		assert_true(same_request(&q, &q_back));
		assert_int_equal(glow_reply_write(&r, true, at), GLOW_ADOPT_REPLY_SIZE);
		assert_true(glow_reply_read(at, GLOW_ADOPT_REPLY_SIZE, true, &r_back));
		assert_true(same_reply(&r, &r_back));
		at[4 + dice_roll(&d, 52)] ^= 0x10; /* the control: no byte of it is idle */
		assert_true(glow_reply_read(at, GLOW_ADOPT_REPLY_SIZE, true, &r_back));
		assert_false(same_reply(&r, &r_back));
	}
}

/* ---- clock ids ---- */

static void test_clock_id(void **state)
{
	static const char *const bad[] = { "",
					   "0123456789abcde",
					   "0123456789abcdef0",
					   "0123456789ABCDEF",
					   "0123456789abcdeg",
					   "0x23456789abcdef",
					   " 123456789abcdef",
					   "+123456789abcdef" };
	static const uint64_t ids[] = { 0, 1, UINT64_C(0x0123456789abcdef), UINT64_MAX };
	char text[GLOW_CLOCK_ID_LEN + 1];
	uint64_t id;

	(void)state;
	glow_clock_id_format(UINT64_C(0xfedcba9876543), text);
	assert_string_equal(text, "000fedcba9876543");
	for (size_t k = 0; k < sizeof(ids) / sizeof(ids[0]); k++) {
		glow_clock_id_format(ids[k], text);
		assert_true(glow_clock_id_parse(text, &id));
		assert_true(id == ids[k]);
	}
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (glow_clock_id_parse(bad[k], &id))
			fail_msg("\"%s\"", bad[k]);
}

/* ---- what conductors say ---- */

static const struct glow_conductor_info info = {
	.id = "cm4",
	.leading = true,
	.leader = { UINT64_C(0x0123456789abcdef), 3, 4000000000 },
	.rate_ppb = -12000,
	.nodes = 5,
	.version = "0.1.0",
	.has_utc = true,
	.utc_offset_us = -37000000,
	.tz_offset_s = 7200,
	.ahead_us = 300000,
	.messages = { 1, 2, 3, 4, 5 },
};

#define INFO_HEAD \
	"{\"id\":\"cm4\",\"state\":\"leading\",\"clock_id\":\"0123456789abcdef\",\"term\":3,\"boot\":4000000000,"
#define INFO_MID "\"rate_ppb\":-12000,\"nodes\":5,\"version\":\"0.1.0\","
#define INFO_TEXT                                                                                    \
	INFO_HEAD INFO_MID                                                                           \
		"\"utc_offset_us\":-37000000,\"tz_offset_s\":7200,\"ahead_us\":300000,\"messages\":" \
		"{\"in_dropped\":1,\"in_replaced\":2,\"out_dropped\":3,\"out_replaced\":4,\"asked_again\":5}}"

static enum glow_code read_info(const char *text, struct glow_conductor_info *ret_info)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	enum glow_code code = tree ? glow_conductor_info_read(tree, ret_info, &diag) : diag.code;

	cJSON_Delete(tree);
	return code;
}

static void test_info(void **state)
{
	struct glow_conductor_info back, other = info;
	char *text = glow_json_finish(glow_conductor_info_write(&info));

	(void)state;
	assert_string_equal(text, INFO_TEXT);
	free(text);
	assert_int_equal(read_info(INFO_TEXT, &back), GLOW_OK);
	assert_string_equal(back.id, "cm4");
	assert_string_equal(back.version, "0.1.0");
	assert_true(back.leading && back.has_utc && same_leader(&back.leader, &info.leader));
	assert_int_equal(back.rate_ppb, -12000);
	assert_int_equal(back.nodes, 5);
	assert_int_equal(back.utc_offset_us, -37000000);
	assert_int_equal(back.tz_offset_s, 7200);
	assert_int_equal(back.ahead_us, 300000);
	other.leading = false;
	other.has_utc = false;
	text = glow_json_finish(glow_conductor_info_write(&other));
	assert_non_null(strstr(text, "\"state\":\"adopting\""));
	assert_non_null(strstr(text, "\"utc_offset_us\":null,\"tz_offset_s\":null"));
	assert_int_equal(read_info(text, &back), GLOW_OK);
	assert_false(back.leading || back.has_utc);
	free(text);
}

#define UPLINK                                                                                                     \
	",\"uplink\":{\"root\":\"hall\",\"rack\":\"east\",\"state\":\"lost\",\"problem\":\"a loop\",\"losses\":2," \
	"\"above\":[77,4000000000]}}"

static void test_uplink(void **state)
{
	struct glow_conductor_info rack = info, back;
	char *text;

	(void)state;
	rack.uplink = (struct glow_uplink_info){ .root = "hall",
						 .rack = "east",
						 .state = "lost",
						 .problem = "a loop",
						 .losses = 2,
						 .n_above = 2,
						 .above = { 77, 4000000000 } };
	text = glow_json_finish(glow_conductor_info_write(&rack));
	assert_non_null(strstr(text, UPLINK));
	assert_int_equal(read_info(text, &back), GLOW_OK);
	assert_memory_equal(&back.uplink, &rack.uplink, sizeof(rack.uplink));
	free(text);
	/* What is odd is left out, and more than there is room for. */
	assert_int_equal(read_info(INFO_HEAD INFO_MID
				   "\"uplink\":{\"losses\":-1,\"rack\":7,\"above\":[0,\"x\",1,2,3,4,5,6,7,8,9]}}",
				   &back),
			 GLOW_OK);
	assert_true(back.uplink.n_above == GLOW_ABOVE_MAX && back.uplink.above[0] == 1 && back.uplink.losses == 0);
	assert_int_equal(read_info(INFO_HEAD INFO_MID "\"uplink\":5}", &back), GLOW_OK);
	assert_true(back.uplink.root[0] == 0);
}

static void test_bad_info(void **state)
{
	static const struct {
		const char *text, *where;
		enum glow_code code;
	} rows[] = {
		{ "[]", "", GLOW_BAD_TYPE },
		{ "{}", "clock_id", GLOW_BAD_TYPE },
		{ "{\"clock_id\":\"1\"}", "clock_id", GLOW_OUT_OF_RANGE },
		{ "{\"clock_id\":\"0123456789abcdef\"}", "term", GLOW_BAD_TYPE },
		{ "{\"clock_id\":\"0123456789abcdef\",\"term\":-1}", "term", GLOW_OUT_OF_RANGE },
		{ "{\"clock_id\":\"0123456789abcdef\",\"term\":1,\"boot\":4294967296}", "boot", GLOW_OUT_OF_RANGE },
		{ "{\"clock_id\":\"0123456789abcdef\",\"term\":1,\"boot\":1,\"id\":\"A\"}", "id", GLOW_OUT_OF_RANGE },
		{ "{\"clock_id\":\"0123456789abcdef\",\"term\":1,\"boot\":1,\"id\":\"a\",\"state\":\"x\"}", "state",
		  GLOW_OUT_OF_RANGE },
		{ INFO_HEAD "\"nodes\":5}", "rate_ppb", GLOW_BAD_TYPE },
		{ INFO_HEAD "\"rate_ppb\":2147483648,\"nodes\":5}", "rate_ppb", GLOW_OUT_OF_RANGE },
		{ INFO_HEAD INFO_MID "\"utc_offset_us\":\"x\"}", "utc_offset_us", GLOW_BAD_TYPE },
		{ INFO_HEAD INFO_MID "\"ahead_us\":6000001}", "ahead_us", GLOW_OUT_OF_RANGE },
		{ INFO_HEAD INFO_MID "\"utc_offset_us\":1,\"tz_offset_s\":90000}", "tz_offset_s", GLOW_OUT_OF_RANGE },
	};
	struct glow_conductor_info back;

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (read_info(rows[k].text, &back) != rows[k].code || strcmp(diag.where, rows[k].where) != 0)
			fail_msg("%s: %s at \"%s\"", rows[k].text, glow_code_name(diag.code), diag.where);
	assert_int_equal(read_info(INFO_HEAD INFO_MID "\"new\":1}", &back), GLOW_OK);
	assert_false(back.has_utc);
	/* A version that has no room is left out: cut, it might end inside a character. */
	assert_int_equal(read_info(INFO_HEAD
				   "\"rate_ppb\":0,\"nodes\":5,\"version\":\"0123456789012345678901234567890\"}",
				   &back),
			 GLOW_OK);
	assert_int_equal(strlen(back.version), 31);
	assert_int_equal(read_info(INFO_HEAD
				   "\"rate_ppb\":0,\"nodes\":5,\"version\":\"01234567890123456789012345678901\"}",
				   &back),
			 GLOW_OK);
	assert_string_equal(back.version, "");
}

#define BEACON_TEXT \
	"{\"seq\":4294967295,\"time_us\":1700000000123456,\"clock_id\":\"00000000000000ff\",\"term\":7,\"boot\":9}"

static void test_beacon(void **state)
{
	struct glow_beacon beacon = { UINT32_MAX, INT64_C(1700000000123456), { 255, 7, 9 } }, back;
	char *text = glow_json_finish(glow_beacon_write(&beacon));
	cJSON *tree = glow_json_parse(BEACON_TEXT, strlen(BEACON_TEXT), &diag);

	(void)state;
	assert_string_equal(text, BEACON_TEXT);
	free(text);
	assert_int_equal(glow_beacon_read(tree, &back, &diag), GLOW_OK);
	assert_true(back.seq == beacon.seq && back.time_us == beacon.time_us);
	assert_true(same_leader(&back.leader, &beacon.leader));
	for (const char *const *name = (const char *const[]){ "seq", "time_us", "clock_id", "term", "boot", NULL };
	     *name; name++) {
		cJSON *item = cJSON_DetachItemFromObjectCaseSensitive(tree, *name);

		assert_int_equal(glow_beacon_read(tree, &back, &diag), GLOW_BAD_TYPE);
		assert_string_equal(diag.where, *name);
		cJSON_AddItemToObject(tree, *name, item);
	}
	assert_int_equal(glow_beacon_read(tree, &back, &diag), GLOW_OK);
	cJSON_Delete(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request), cmocka_unit_test(test_reply),    cmocka_unit_test(test_no_packets),
		cmocka_unit_test(test_random),  cmocka_unit_test(test_clock_id), cmocka_unit_test(test_info),
		cmocka_unit_test(test_uplink),  cmocka_unit_test(test_bad_info), cmocka_unit_test(test_beacon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
