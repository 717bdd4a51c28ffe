/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a broker says, in one piece and byte by byte, whole and broken. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/io/mqtt_stream.h"

#define BYTES(s) (s), sizeof(s) - 1
/* A PUBLISH of 200 bytes, whose length takes two, and a PINGRESP. */
#define BEFORE_HEAD "\x30\xc8\x01"

static void feed(struct glow_stream *s, const void *data, size_t len, size_t step)
{
	for (size_t at = 0; at < len; at += step)
		glow_stream_feed(s, (const char *)data + at, len - at < step ? len - at : step);
}

/* Something before, in which every byte looks like a DISCONNECT, and then the packet. */
static struct glow_stream heard(const void *packet, size_t len, size_t step)
{
	struct glow_stream s = { 0 };
	char before[200];

	memset(before, 0xe0, sizeof(before));
	feed(&s, BYTES(BEFORE_HEAD), step);
	feed(&s, before, sizeof(before), step);
	feed(&s, BYTES("\xd0\x00"), step);
	assert_true(glow_stream_is_whole(&s));
	assert_false(glow_stream_is_ours(&s));
	feed(&s, packet, len, step);
	return s;
}

static void test_goodbye(void **state)
{
	(void)state;
	for (size_t step = 1; step < 300; step += 13) {
		struct glow_stream s = heard(BYTES("\xe0\x01\x8e"), step);

		assert_true(s.goodbye.said && glow_stream_is_ours(&s) && glow_stream_is_whole(&s));
		assert_int_equal(s.goodbye.reason, 0x8e);
		assert_string_equal(s.goodbye.words, "");
		assert_int_equal(s.bytes, 203 + 2 + 3);
	}
}

static void test_goodbye_bare(void **state)
{
	struct glow_stream s = heard(BYTES("\xe0\x00"), 1);

	(void)state;
	assert_true(s.goodbye.said);
	assert_int_equal(s.goodbye.reason, 0);
}

static void test_goodbye_begun(void **state)
{
	struct glow_stream s = heard(BYTES("\xe0"), 1);

	(void)state;
	assert_true(glow_stream_is_ours(&s));
	assert_false(s.goodbye.said || glow_stream_is_whole(&s));
}

static void test_words(void **state)
{
	/* Session Expiry, a user property, where else, and words that would move a cursor. */
	static const char packet[] = "\xe0\x29\x9d\x27"
				     "\x11\x00\x00\x00\x01"
				     "\x26\x00\x03"
				     "key"
				     "\x00\x05"
				     "value"
				     "\x1c\x00\x08"
				     "b.test:1"
				     "\x1f\x00\x07"
				     "go\x1b[2J!";
	struct glow_stream s = heard(BYTES(packet), 1);

	(void)state;
	assert_int_equal(s.goodbye.reason, 0x9d);
	assert_string_equal(s.goodbye.server, "b.test:1");
	assert_string_equal(s.goodbye.words, "go [2J!");
}

/* Lengths that lie: whatever follows, nothing outside the packet is read (a sanitizer would see), and the next packet
 * is found where this one ends. */
/* promise: reasons-are-told */
static void test_broken(void **state)
{
	static const char *const bodies[] = { "\x87\x7f\x1f\xff\xff", "\x87\x03\x1f\x00\x09",
					      "\x87\xff\xff\xff\xff", "\x87\x04\x26\x00\x01\x61",
					      "\x87\x02\x77\x00",     "\x87\x01\x1f" };

	(void)state;
	for (size_t k = 0; k < sizeof(bodies) / sizeof(bodies[0]); k++) {
		size_t len = k == 1 || k == 2 || k == 0 ? 5 : k == 3 ? 6 : k == 4 ? 4 : 3;
		char head[2] = { (char)0xe0, (char)len };
		char *body = malloc(len);
		struct glow_stream s = { 0 };

		memcpy(body, bodies[k], len);
		glow_stream_feed(&s, head, 2);
		glow_stream_feed(&s, body, len);
		free(body);
		assert_true(s.goodbye.said && glow_stream_is_whole(&s));
		assert_int_equal(s.goodbye.reason, 0x87);
		assert_string_equal(s.goodbye.words, "");
	}
}

/* More than is kept, and a character at the cut. */
static void test_long(void **state)
{
	struct glow_stream s = { 0 };
	char packet[1004] = "\xe0\xe9\x07\x97\xe6\x07\x1f\x03\xe3";

	(void)state;
	memset(packet + 9, 'a', sizeof(packet) - 9);
	memcpy(packet + 9 + GLOW_STREAM_WORDS - 2, "\xc3\xa4", 2);
	feed(&s, packet, sizeof(packet), 7);
	assert_true(glow_stream_is_whole(&s));
	assert_int_equal(s.goodbye.reason, 0x97);
	/* Beyond what is kept of a packet a text is not believed. */
	assert_string_equal(s.goodbye.words, "");

	s = (struct glow_stream){ 0 };
	packet[1] = (char)0x80 | 0x60, packet[2] = 0x01; /* 224 */
	packet[4] = (char)0x80 | 0x5d, packet[5] = 0x01;
	packet[7] = 0, packet[8] = (char)218;
	feed(&s, packet, 3 + 224, 7);
	assert_true(glow_stream_is_whole(&s));
	assert_int_equal(strlen(s.goodbye.words), GLOW_STREAM_WORDS - 2);
}

static void test_entry(void **state)
{
	struct glow_stream s = heard(BYTES("\x20\x09\x00\x87\x06\x1f\x00\x03"
					   "no!"),
				     1);

	(void)state;
	assert_true(s.entry.said);
	assert_int_equal(s.entry.reason, 0x87);
	assert_string_equal(s.entry.words, "no!");
	assert_false(s.old || glow_stream_is_ours(&s));
}

static void test_old(void **state)
{
	struct glow_stream s = heard(BYTES("\x20\x02"), 1);

	(void)state;
	assert_true(s.old && glow_stream_is_ours(&s));
	glow_stream_feed(&s, "\x00\x01", 2);
	assert_true(glow_stream_is_whole(&s));
	assert_int_equal(s.entry.reason, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goodbye),       cmocka_unit_test(test_goodbye_bare),
		cmocka_unit_test(test_goodbye_begun), cmocka_unit_test(test_words),
		cmocka_unit_test(test_broken),        cmocka_unit_test(test_long),
		cmocka_unit_test(test_entry),         cmocka_unit_test(test_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
