/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The strict door, one row for each way of being wrong. The good rows beside
 * the bad ones are the control: a door that is always shut fails too. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>

#include "../harness/dice.h"
#include "../harness/json_equal.h"

static struct dice dice;

/* The code for a text; the tree, if any, is thrown away. */
static enum glow_code parse(const char *text, size_t len)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *exact = malloc(len + 1); /* so that reading past the end is seen */
	cJSON *tree;

	memcpy(exact, text, len);
	exact = realloc(exact, len ? len : 1);
	tree = glow_json_parse(exact, len, &diag);
	assert_int_equal(tree == NULL, diag.code != GLOW_OK);
	assert_true(tree || diag.what[0]);
	cJSON_Delete(tree);
	free(exact);
	return diag.code;
}

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct row {
	const char *text;
	size_t len;
	enum glow_code code;
} rows[] = {
	/* whole values */
	{ TEXT("{}"), GLOW_OK },
	{ TEXT("[]"), GLOW_OK },
	{ TEXT(" \t\r\n{ } \t\r\n"), GLOW_OK },
	{ TEXT("\"a\""), GLOW_OK },
	{ TEXT("true"), GLOW_OK },
	{ TEXT("null"), GLOW_OK },
	{ TEXT("{\"a\":[1,{\"b\":null}],\"c\":\"d\"}"), GLOW_OK },
	{ TEXT("\xef\xbb\xbf{}"), GLOW_OK },
	{ TEXT("\xef\xbb\xbf \n{}"), GLOW_OK },
	{ TEXT("\r\n\xef\xbb\xbf[]"), GLOW_OK },
	{ TEXT("\xef\xbb\xbf"), GLOW_BAD_JSON },
	{ TEXT("{}\xef\xbb\xbf"), GLOW_BAD_JSON },
	{ TEXT("\xff\xfe{\0}\0"), GLOW_BAD_ENCODING }, /* UTF-16 */
	{ TEXT("\xef\xbb{}"), GLOW_BAD_ENCODING },
	{ TEXT(""), GLOW_BAD_JSON },
	{ TEXT("  "), GLOW_BAD_JSON },
	{ TEXT("{"), GLOW_BAD_JSON },
	{ TEXT("{]"), GLOW_BAD_JSON },
	{ TEXT("}"), GLOW_BAD_JSON },
	{ TEXT("[1"), GLOW_BAD_JSON },
	{ TEXT("{\"a\"}"), GLOW_BAD_JSON },
	{ TEXT("{\"a\":}"), GLOW_BAD_JSON },
	{ TEXT("{a:1}"), GLOW_BAD_JSON },
	{ TEXT("{'a':1}"), GLOW_BAD_JSON },
	{ TEXT("{1:1}"), GLOW_BAD_JSON },
	{ TEXT("[1,]"), GLOW_BAD_JSON },
	{ TEXT("[,1]"), GLOW_BAD_JSON },
	{ TEXT("{\"a\":1,}"), GLOW_BAD_JSON },
	{ TEXT("[1 2]"), GLOW_BAD_JSON },
	{ TEXT("[1]//x"), GLOW_BAD_JSON },
	{ TEXT("/*x*/[1]"), GLOW_BAD_JSON },
	{ TEXT("tru"), GLOW_BAD_JSON },
	{ TEXT("True"), GLOW_BAD_JSON },
	{ TEXT("nulll"), GLOW_BAD_JSON },
	{ TEXT("undefined"), GLOW_BAD_JSON },
	/* text after the end */
	{ TEXT("{} x"), GLOW_BAD_JSON },
	{ TEXT("{}{}"), GLOW_BAD_JSON },
	{ TEXT("{}]"), GLOW_BAD_JSON },
	{ TEXT("1 2"), GLOW_BAD_JSON },
	{ TEXT("\"a\"b"), GLOW_BAD_JSON },
	{ TEXT("{},"), GLOW_BAD_JSON },
	{ TEXT("{}\x0b"), GLOW_BAD_JSON },
	/* white space is four characters and no other */
	{ TEXT("{\x01}"), GLOW_BAD_JSON },
	{ TEXT("[1,\x0b 2]"), GLOW_BAD_JSON },
	{ TEXT("\x0c[]"), GLOW_BAD_JSON },
	{ TEXT("[\x1f]"), GLOW_BAD_JSON },
	{ TEXT("[\xc2\xa0]"), GLOW_BAD_JSON },
	/* keys */
	{ TEXT("{\"a\":1,\"A\":2}"), GLOW_OK },
	{ TEXT("[{\"a\":1},{\"a\":2}]"), GLOW_OK },
	{ TEXT("{\"a\":{\"a\":1}}"), GLOW_OK },
	{ TEXT("{\"\":1}"), GLOW_OK },
	{ TEXT("{\"a\":1,\"a\":2}"), GLOW_DUPLICATE_KEY },
	{ TEXT("{\"a\":1,\"b\":2,\"a\":1}"), GLOW_DUPLICATE_KEY },
	{ TEXT("[{\"x\":{\"a\":1,\"a\":1}}]"), GLOW_DUPLICATE_KEY },
	{ TEXT("{\"a\":1,\"\\u0061\":2}"), GLOW_DUPLICATE_KEY },
	{ TEXT("{\"\":1,\"\":2}"), GLOW_DUPLICATE_KEY },
	/* depth */
	{ TEXT("[[[[[[[[]]]]]]]]"), GLOW_OK },
	{ TEXT("[[[[[[[[[]]]]]]]]]"), GLOW_TOO_DEEP },
	{ TEXT("{\"1\":{\"2\":{\"3\":{\"4\":{\"5\":{\"6\":{\"7\":{\"8\":1}}}}}}}}"), GLOW_OK },
	{ TEXT("{\"1\":{\"2\":{\"3\":{\"4\":{\"5\":{\"6\":{\"7\":{\"8\":[]}}}}}}}}"), GLOW_TOO_DEEP },
	{ TEXT("[[],[],[],[],[],[],[],[],[],[]]"), GLOW_OK },
	{ TEXT("\"[[[[[[[[[[{{{{{{{{{{\""), GLOW_OK },
	{ TEXT("[\"\\\"[[[[[[[[[[\"]"), GLOW_OK },
	{ TEXT("[[[[[[[[[[[[[[[["), GLOW_TOO_DEEP },
	/* numbers */
	{ TEXT("0"), GLOW_OK },
	{ TEXT("-0"), GLOW_OK },
	{ TEXT("10"), GLOW_OK },
	{ TEXT("-1.5"), GLOW_OK },
	{ TEXT("0.50"), GLOW_OK },
	{ TEXT("1e5"), GLOW_OK },
	{ TEXT("1E+5"), GLOW_OK },
	{ TEXT("1.5e-5"), GLOW_OK },
	{ TEXT("1e05"), GLOW_OK },
	{ TEXT("1e-999"), GLOW_OK },
	{ TEXT("9007199254740993"), GLOW_OK },
	{ TEXT("01"), GLOW_BAD_JSON },
	{ TEXT("-01"), GLOW_BAD_JSON },
	{ TEXT("[00]"), GLOW_BAD_JSON },
	{ TEXT("1."), GLOW_BAD_JSON },
	{ TEXT("[1.,2]"), GLOW_BAD_JSON },
	{ TEXT("1.e5"), GLOW_BAD_JSON },
	{ TEXT(".5"), GLOW_BAD_JSON },
	{ TEXT("-.5"), GLOW_BAD_JSON },
	{ TEXT("+1"), GLOW_BAD_JSON },
	{ TEXT("{\"a\":+1}"), GLOW_BAD_JSON },
	{ TEXT("-"), GLOW_BAD_JSON },
	{ TEXT("--1"), GLOW_BAD_JSON },
	{ TEXT("1-1"), GLOW_BAD_JSON },
	{ TEXT("1e"), GLOW_BAD_JSON },
	{ TEXT("1e+"), GLOW_BAD_JSON },
	{ TEXT("1e1.5"), GLOW_BAD_JSON },
	{ TEXT("1.2.3"), GLOW_BAD_JSON },
	{ TEXT("0x10"), GLOW_BAD_JSON },
	{ TEXT("1_0"), GLOW_BAD_JSON },
	{ TEXT("1,5"), GLOW_BAD_JSON },
	{ TEXT("NaN"), GLOW_BAD_JSON },
	{ TEXT("[Infinity]"), GLOW_BAD_JSON },
	{ TEXT("[-Infinity]"), GLOW_BAD_JSON },
	{ TEXT("1e999"), GLOW_OUT_OF_RANGE },
	{ TEXT("-1e999"), GLOW_OUT_OF_RANGE },
	{ TEXT("{\"a\":[1e309]}"), GLOW_OUT_OF_RANGE },
	/* strings */
	{ TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), GLOW_OK },
	{ TEXT("\"\\u00e9\\u20AC\""), GLOW_OK },
	{ TEXT("\"\\ud83d\\ude00\""), GLOW_OK },
	{ TEXT("\"\x7f\""), GLOW_OK },
	{ TEXT("\"a"), GLOW_BAD_JSON },
	{ TEXT("\"a\\\""), GLOW_BAD_JSON },
	{ TEXT("\"\\"), GLOW_BAD_JSON },
	{ TEXT("\"\\x41\""), GLOW_BAD_JSON },
	{ TEXT("\"\\'\""), GLOW_BAD_JSON },
	{ TEXT("\"\\u12\""), GLOW_BAD_JSON },
	{ TEXT("\"\\u12g4\""), GLOW_BAD_JSON },
	{ TEXT("\"\\u\""), GLOW_BAD_JSON },
	{ TEXT("\"\\u00"), GLOW_BAD_JSON },
	{ TEXT("\"\\u0041abcd"), GLOW_BAD_JSON },
	{ TEXT("\"\\uzzzz\""), GLOW_BAD_JSON },
	{ TEXT("\"\\u000\""), GLOW_BAD_JSON },
	{ TEXT("\"\\u+041\""), GLOW_BAD_JSON },
	{ TEXT("\"\n\""), GLOW_BAD_JSON },
	{ TEXT("\"\t\""), GLOW_BAD_JSON },
	{ TEXT("\"\x01\""), GLOW_BAD_JSON },
	{ TEXT("\"\x1f\""), GLOW_BAD_JSON },
	{ TEXT("{\"a\x08\":1}"), GLOW_BAD_JSON },
	/* lone surrogates */
	{ TEXT("\"\\ud800\""), GLOW_BAD_JSON },
	{ TEXT("\"\\udbff\""), GLOW_BAD_JSON },
	{ TEXT("\"\\udc00\""), GLOW_BAD_JSON },
	{ TEXT("\"\\ud800x\""), GLOW_BAD_JSON },
	{ TEXT("\"\\ud800\\u0041\""), GLOW_BAD_JSON },
	{ TEXT("\"\\ud800\\ud800\""), GLOW_BAD_JSON },
	{ TEXT("\"\\ude00\\ud83d\""), GLOW_BAD_JSON },
	/* NUL */
	{ TEXT("\0"), GLOW_BAD_ENCODING },
	{ TEXT("{}\0"), GLOW_BAD_ENCODING },
	{ TEXT("\"a\0b\""), GLOW_BAD_ENCODING },
	{ TEXT("\"\\u0000\""), GLOW_BAD_ENCODING },
	{ TEXT("{\"a\\u0000b\":1}"), GLOW_BAD_ENCODING },
	{ TEXT("\"\\\\\\u0000\""), GLOW_BAD_ENCODING },
	{ TEXT("\"\\\\u0000\""), GLOW_OK }, /* a backslash and letters */
	{ TEXT("\"\\u0001\""), GLOW_OK },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		enum glow_code code = parse(rows[k].text, rows[k].len);

		if (code != rows[k].code)
			fail_msg("row %zu: %.*s gives %s, not %s", k, (int)rows[k].len, rows[k].text,
				 glow_code_name(code), glow_code_name(rows[k].code));
	}
}

/* What is wrong is named with its place. */
static void test_where(void **state)
{
	struct glow_diag diag;

	(void)state;
	assert_null(glow_json_parse(TEXT("{\"x\":{\"key\":1,\"key\":2}}"), &diag));
	assert_string_equal(diag.where, "key");
	assert_null(glow_json_parse(TEXT("{\"big\":1e999}"), &diag));
	assert_string_equal(diag.where, "big");
	assert_null(glow_json_parse(TEXT("[1,2,03]"), &diag));
	assert_string_equal(diag.what, "not a number at byte 5");
}

/* ---- UTF-8 ---- */

/* Decodes by the definition: the shortest form of a scalar value that is not NUL. Bytes taken, or 0. */
static size_t decode(const unsigned char *s, size_t len)
{
	static const uint32_t least[5] = { 0, 1, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
	uint32_t c;

	if (n == 0 || n > len)
		return 0;
	c = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t k = 1; k < n; k++) {
		if (s[k] >> 6 != 2)
			return 0;
		c = c << 6 | (s[k] & 0x3f);
	}
	return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : n;
}

static bool valid(const unsigned char *s, size_t len)
{
	for (size_t k = 0; k < len;) {
		size_t n = decode(s + k, len - k);

		if (!n)
			return false;
		k += n;
	}
	return true;
}

/* Bytes at which a decoder may go wrong. */
static const unsigned char edges[] = { 0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
				       0xe0, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xfe, 0xff };
enum { EDGES = sizeof(edges) };

static void test_utf8(void **state)
{
	unsigned char s[4];
	int good = 0;

	(void)state;
	for (unsigned k = 0; k < 65536; k++) {
		s[0] = (unsigned char)(k >> 8);
		s[1] = (unsigned char)k;
		assert_int_equal(glow_utf8_valid((char *)s, 1), valid(s, 1));
		assert_int_equal(glow_utf8_valid((char *)s, 2), valid(s, 2));
	}
	for (unsigned k = 0; k < EDGES * EDGES * EDGES * EDGES; k++) {
		s[0] = edges[k % EDGES];
		s[1] = edges[k / EDGES % EDGES];
		s[2] = edges[k / EDGES / EDGES % EDGES];
		s[3] = edges[k / EDGES / EDGES / EDGES];
		for (size_t len = 3; len <= 4; len++) {
			if (glow_utf8_valid((char *)s, len) != valid(s, len))
				fail_msg("%02x %02x %02x %02x, %zu", s[0], s[1], s[2], s[3], len);
			good += valid(s, len);
		}
	}
	assert_true(good > 1000); /* both answers came up */
	assert_true(glow_utf8_valid("", 0));
}

/* Wherever they are in a longer text. */
static void test_utf8_anywhere(void **state)
{
	(void)state;
	for (size_t len = 1; len <= 40; len++)
		for (size_t at = 0; at < len; at++)
			for (unsigned k = 0; k < EDGES * EDGES; k++) {
				unsigned char s[41];

				memset(s, 'a', sizeof(s));
				s[at] = edges[k % EDGES];
				s[at + 1] = edges[k / EDGES];
				if (glow_utf8_valid((char *)s, len) != valid(s, len))
					fail_msg("%02x %02x at %zu of %zu", s[at], s[at + 1], at, len);
			}
}

static void test_utf8_in_strings(void **state)
{
	static const struct {
		const char *bytes;
		enum glow_code code;
	} table[] = {
		{ "\xc3\xa9", GLOW_OK },
		{ "\xe2\x82\xac", GLOW_OK },
		{ "\xf0\x9f\x98\x80", GLOW_OK },
		{ "\xef\xbf\xbf", GLOW_OK },
		{ "\xf4\x8f\xbf\xbf", GLOW_OK },
		{ "\x80", GLOW_BAD_ENCODING },                 /* a second byte first */
		{ "\xc3", GLOW_BAD_ENCODING },                 /* cut */
		{ "\xe2\x82", GLOW_BAD_ENCODING },             /* cut */
		{ "\xf0\x9f\x98", GLOW_BAD_ENCODING },         /* cut */
		{ "\xc0\x80", GLOW_BAD_ENCODING },             /* NUL, overlong */
		{ "\xc1\xbf", GLOW_BAD_ENCODING },             /* overlong */
		{ "\xe0\x9f\xbf", GLOW_BAD_ENCODING },         /* overlong */
		{ "\xf0\x8f\xbf\xbf", GLOW_BAD_ENCODING },     /* overlong */
		{ "\xed\xa0\x80", GLOW_BAD_ENCODING },         /* surrogate */
		{ "\xed\xbf\xbf", GLOW_BAD_ENCODING },         /* surrogate */
		{ "\xf4\x90\x80\x80", GLOW_BAD_ENCODING },     /* beyond Unicode */
		{ "\xf8\x88\x80\x80\x80", GLOW_BAD_ENCODING }, /* five bytes */
		{ "\xff", GLOW_BAD_ENCODING },
		{ "\xe9", GLOW_BAD_ENCODING }, /* Latin-1 */
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "{\"%s\":1}", table[k].bytes);

		assert_int_equal(parse(text, (size_t)n), table[k].code);
		n = snprintf(text, sizeof(text), "[\"%s\"]", table[k].bytes);
		assert_int_equal(parse(text, (size_t)n), table[k].code);
	}
}

/* ---- readers ---- */

static enum glow_code read_int(const char *text, int64_t *ret_value)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	enum glow_code code = glow_json_int(tree, "field", 0, 255, ret_value, &diag);

	if (code != GLOW_OK)
		assert_string_equal(diag.where, "field");
	cJSON_Delete(tree);
	return code;
}

static void test_int(void **state)
{
	static const struct {
		const char *text;
		enum glow_code code;
		int64_t value;
	} table[] = {
		{ "0", GLOW_OK, 0 },
		{ "-0", GLOW_OK, 0 },
		{ "255", GLOW_OK, 255 },
		{ "255.0", GLOW_OK, 255 },
		{ "2.55e2", GLOW_OK, 255 },
		{ "25500e-2", GLOW_OK, 255 },
		{ "256", GLOW_OUT_OF_RANGE, -7 },
		{ "-1", GLOW_OUT_OF_RANGE, -7 },
		{ "1e300", GLOW_OUT_OF_RANGE, -7 },
		{ "-1e300", GLOW_OUT_OF_RANGE, -7 },
		{ "4294967296", GLOW_OUT_OF_RANGE, -7 },
		/* Rounded, half up; then it has to be in its range. */
		{ "1.5", GLOW_OK, 2 },
		{ "82.5", GLOW_OK, 83 },
		{ "82.49999999999999", GLOW_OK, 82 },
		{ "0.49999999999999994", GLOW_OK, 0 },
		{ "255.0000001", GLOW_OK, 255 },
		{ "255.5", GLOW_OUT_OF_RANGE, -7 },
		{ "-0.5", GLOW_OK, 0 },
		{ "-0.51", GLOW_OUT_OF_RANGE, -7 },
		{ "1e-5", GLOW_OK, 0 },
		{ "\"1\"", GLOW_BAD_TYPE, -7 },
		{ "true", GLOW_BAD_TYPE, -7 },
		{ "null", GLOW_BAD_TYPE, -7 },
		{ "[1]", GLOW_BAD_TYPE, -7 },
		{ "{}", GLOW_BAD_TYPE, -7 },
	};
	struct glow_diag diag;
	int64_t v;

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		v = -7;
		assert_int_equal(read_int(table[k].text, &v), table[k].code);
		assert_int_equal(v, table[k].value);
	}
	assert_int_equal(glow_json_int(NULL, "gone", 0, 1, &v, &diag), GLOW_BAD_TYPE);
	assert_string_equal(diag.where, "gone");
}

static void test_int_text(void **state)
{
	struct glow_diag diag;
	cJSON *tree = cJSON_CreateNumber(300);
	int64_t v;

	(void)state;
	glow_json_int(tree, "brightness", 0, 255, &v, &diag);
	assert_string_equal(diag.what, "must be 0..255, got 300");
	cJSON_Delete(tree);
}

static void test_micro(void **state)
{
	static const struct {
		const char *text;
		enum glow_code code;
		int64_t value;
	} table[] = {
		{ "0", GLOW_OK, 0 },
		{ "0.1", GLOW_OK, 100000 },
		{ "60", GLOW_OK, 60000000 },
		{ "1.5", GLOW_OK, 1500000 },
		{ "0.0000004", GLOW_OK, 0 },
		{ "60.001", GLOW_OUT_OF_RANGE, -7 },
		{ "-0.001", GLOW_OUT_OF_RANGE, -7 },
		{ "1e300", GLOW_OUT_OF_RANGE, -7 },
		{ "\"1\"", GLOW_BAD_TYPE, -7 },
		{ "false", GLOW_BAD_TYPE, -7 },
		{ "null", GLOW_BAD_TYPE, -7 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		struct glow_diag diag;
		cJSON *tree = glow_json_parse(table[k].text, strlen(table[k].text), &diag);
		int64_t v = -7;

		assert_int_equal(glow_json_micro(tree, "t", 0, 60, &v, &diag), table[k].code);
		assert_int_equal(v, table[k].value);
		cJSON_Delete(tree);
	}
}

static void test_color(void **state)
{
	static const struct {
		const char *text;
		enum glow_code code;
		const char *where;
		int32_t rgb;
	} table[] = {
		{ "\"#f80\"", GLOW_OK, "", 0xff8800 },
		{ "\"#ff8800\"", GLOW_OK, "", 0xff8800 },
		{ "\"Red\"", GLOW_OK, "", 0xff0000 },
		{ "{\"r\":1,\"g\":2,\"b\":3}", GLOW_OK, "", 0x010203 },
		{ "{\"b\":3.0,\"g\":2,\"r\":1}", GLOW_OK, "", 0x010203 },
		{ "{\"r\":1,\"g\":2,\"b\":3,\"w\":4}", GLOW_OK, "", 0x010203 },
		{ "\"\"", GLOW_UNKNOWN_COLOR, "c", 0 },
		{ "\"reddish\"", GLOW_UNKNOWN_COLOR, "c", 0 },
		{ "\"#ff\"", GLOW_UNKNOWN_COLOR, "c", 0 },
		{ "{\"r\":0.5,\"g\":1.4,\"b\":254.5}", GLOW_OK, "", 0x0101ff },
		{ "{\"h\":120,\"s\":100}", GLOW_OK, "", 0x00ff00 },
		{ "{\"r\":null,\"hue\":120,\"saturation\":100}", GLOW_OK, "", 0x00ff00 },
		{ "{\"x\":0.64,\"y\":0.33}", GLOW_OK, "", 0xff0000 },
		{ "{\"hex\":\"#0080ff\"}", GLOW_OK, "", 0x0080ff },
		{ "{}", GLOW_BAD_TYPE, "c.r", 0 },
		{ "{\"r\":1,\"g\":2}", GLOW_BAD_TYPE, "c.b", 0 },
		{ "{\"R\":1,\"g\":2,\"b\":3}", GLOW_BAD_TYPE, "c.r", 0 },
		{ "{\"r\":1,\"g\":256,\"b\":3}", GLOW_OUT_OF_RANGE, "c.g", 0 },
		{ "{\"r\":-1,\"g\":2,\"b\":3}", GLOW_OUT_OF_RANGE, "c.r", 0 },
		{ "{\"r\":1,\"g\":2,\"b\":\"3\"}", GLOW_BAD_TYPE, "c.b", 0 },
		{ "[1,2,3]", GLOW_BAD_TYPE, "c", 0 },
		{ "16711680", GLOW_BAD_TYPE, "c", 0 },
		{ "null", GLOW_BAD_TYPE, "c", 0 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		struct glow_diag diag = { .where = "" };
		cJSON *tree = glow_json_parse(table[k].text, strlen(table[k].text), &diag);
		struct glow_rgb c = GLOW_BLACK;

		assert_int_equal(glow_json_color(tree, "c", &c, &diag), table[k].code);
		assert_string_equal(diag.where, table[k].where);
		assert_int_equal(glow_rgb_pack(c), table[k].rgb);
		cJSON_Delete(tree);
	}
}

static void test_values(void **state)
{
	static const char *const words[] = { "one", "two", NULL };
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(TEXT("{\"yes\":true,\"one\":1,\"two\":\"two\",\"four\":\"four\",\"empty\":\"\","
					   "\"Id\":\"Pi_1\",\"null\":null}"),
				      &diag);
	bool truth = false;
	int word = -7;
	char text[GLOW_ID_MAX + 1] = "as it was";

#define AT(name) glow_json_get(tree, name), name
	(void)state;
	assert_int_equal(glow_json_bool(AT("yes"), &truth, &diag), GLOW_OK);
	assert_true(truth);
	assert_int_equal(glow_json_bool(AT("one"), &truth, &diag), GLOW_BAD_TYPE);
	assert_int_equal(glow_json_bool(AT("gone"), &truth, &diag), GLOW_BAD_TYPE);
	assert_true(truth);
	assert_string_equal(diag.where, "gone");
	assert_int_equal(glow_json_word(AT("four"), words, &word, &diag), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.what, "must be one of one, two");
	assert_int_equal(glow_json_word(AT("one"), words, &word, &diag), GLOW_BAD_TYPE);
	assert_int_equal(word, -7);
	assert_int_equal(glow_json_word(AT("two"), words, &word, &diag), GLOW_OK);
	assert_int_equal(word, 1);
	assert_int_equal(glow_json_text(AT("four"), 3, text, &diag), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.what, "must have 1..3 bytes, got 4");
	assert_int_equal(glow_json_text(AT("empty"), 3, text, &diag), GLOW_OUT_OF_RANGE);
	assert_int_equal(glow_json_text(AT("null"), 3, text, &diag), GLOW_BAD_TYPE);
	assert_int_equal(glow_json_id(AT("Id"), text, &diag), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.what, "\"Pi_1\" is no id of a node or group");
	assert_int_equal(glow_json_id(AT("one"), text, &diag), GLOW_BAD_TYPE);
	assert_string_equal(text, "as it was");
	assert_int_equal(glow_json_text(AT("two"), 3, text, &diag), GLOW_OK);
	assert_string_equal(text, "two");
	assert_int_equal(glow_json_id(AT("four"), text, &diag), GLOW_OK);
	assert_string_equal(text, "four");
#undef AT
	cJSON_Delete(tree);
}

static void test_members(void **state)
{
	struct glow_diag diag;
	cJSON *tree =
		glow_json_parse(TEXT("{\"a\":3,\"b\":9007199254740992,\"c\":9007199254740994,\"d\":null}"), &diag);
	int64_t v = -7;

	(void)state;
	assert_int_equal(glow_json_get_int(tree, "gone", 0, 9, &v, &diag), GLOW_BAD_TYPE);
	assert_string_equal(diag.where, "gone");
	assert_int_equal(glow_json_get_time(tree, "gone", &v, &diag), GLOW_BAD_TYPE);
	assert_int_equal(glow_json_opt_int(tree, "gone", 0, 9, &v, &diag), GLOW_OK);
	assert_int_equal(glow_json_opt_time(NULL, "gone", &v, &diag), GLOW_OK);
	assert_int_equal(glow_json_get_int(tree, "a", 0, 2, &v, &diag), GLOW_OUT_OF_RANGE);
	assert_int_equal(glow_json_opt_int(tree, "a", 0, 2, &v, &diag), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.where, "a");
	assert_int_equal(glow_json_opt_int(tree, "d", 0, 2, &v, &diag), GLOW_OK); /* null is not there */
	assert_int_equal(glow_json_get_int(tree, "d", 0, 2, &v, &diag), GLOW_BAD_TYPE);
	assert_true(cJSON_IsNull(glow_json_get(tree, "d")));
	assert_null(glow_json_given(tree, "d"));
	assert_ptr_equal(glow_json_given(tree, "a"), glow_json_get(tree, "a"));
	assert_int_equal(glow_json_opt_time(tree, "c", &v, &diag), GLOW_OUT_OF_RANGE);
	assert_int_equal(v, -7);
	assert_int_equal(glow_json_get_int(tree, "a", 0, 3, &v, &diag), GLOW_OK);
	assert_int_equal(v, 3);
	assert_int_equal(glow_json_opt_time(tree, "b", &v, &diag), GLOW_OK);
	assert_true(v == GLOW_JSON_INT_MAX);
	assert_int_equal(glow_json_opt_int(tree, "a", 0, 3, &v, &diag), GLOW_OK);
	assert_int_equal(v, 3);
	cJSON_Delete(tree);
}

static void test_get(void **state)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(TEXT("{\"Ab\":1,\"ab\":2}"), &diag), *list = glow_json_parse(TEXT("[1]"), &diag);

	(void)state;
	assert_int_equal(glow_json_get(tree, "ab")->valueint, 2);
	assert_null(glow_json_get(tree, "AB"));
	assert_null(glow_json_get(list, "ab"));
	assert_null(glow_json_get(NULL, "ab"));
	cJSON_Delete(tree);
	cJSON_Delete(list);
}

/* ---- writers ---- */

static int64_t there_and_back(int64_t value)
{
	struct glow_diag diag;
	cJSON *tree = cJSON_CreateObject();
	char *text;
	int64_t v = -1;

	glow_json_add_int(tree, "v", value);
	text = glow_json_finish(tree);
	tree = glow_json_parse(text, strlen(text), &diag);
	free(text);
	glow_json_int(glow_json_get(tree, "v"), "v", -(INT64_C(1) << 53), INT64_C(1) << 53, &v, &diag);
	cJSON_Delete(tree);
	return v;
}

static void test_exact_integers(void **state)
{
	const int64_t limit = INT64_C(1) << 53;
	cJSON *tree = cJSON_CreateObject();
	char *text;

	(void)state;
	glow_json_add_int(tree, "low", INT64_MIN);
	glow_json_add_int(tree, "us", INT64_C(1700000000000000));
	text = glow_json_finish(tree);
	assert_string_equal(text, "{\"low\":-9223372036854775808,\"us\":1700000000000000}");
	free(text);
	assert_int_equal(there_and_back(limit), limit);
	assert_int_equal(there_and_back(-limit), -limit);
	for (int k = 0; k < 20000; k++) {
		int64_t v = dice_between(&dice, -limit, limit);

		assert_int_equal(there_and_back(v), v);
		v = dice_between(&dice, INT64_C(1700000000000000), INT64_C(1800000000000000));
		assert_int_equal(there_and_back(v), v);
	}
	assert_int_not_equal(there_and_back(limit + 1), limit + 1);
}

static void test_write_color(void **state)
{
	cJSON *tree = cJSON_CreateObject();
	char *text;

	(void)state;
	glow_json_add_color(tree, "c", (struct glow_rgb){ 255, 136, 0 });
	text = glow_json_finish(tree);
	assert_string_equal(text, "{\"c\":\"#ff8800\"}");
	free(text);
}

/* ---- whatever is accepted means the same after printing ---- */

struct buffer {
	char text[4096];
	size_t len;
};

static void put(struct buffer *b, const char *text)
{
	for (; *text && b->len < sizeof(b->text); text++)
		b->text[b->len++] = *text;
}

static void put_number(struct buffer *b)
{
	static const char *const odd[] = {
		"-0", "1e5", "0.1", "-1E-7", "255.0", "1e999", "01", "1.", "9007199254740991"
	};
	char text[40];

	switch (dice_roll(&dice, 4)) {
	case 0:
		put(b, odd[dice_roll(&dice, sizeof(odd) / sizeof(odd[0]))]);
		return;
	case 1:
		snprintf(text, sizeof(text), "%.*g", 1 + (int)dice_roll(&dice, 18),
			 (double)(int64_t)dice_next(&dice) * pow(10, (double)dice_between(&dice, -300, 280)));
		break;
	case 2:
		snprintf(text, sizeof(text), "%lld",
			 (long long)dice_between(&dice, -(INT64_C(1) << 53), INT64_C(1) << 53));
		break;
	default:
		snprintf(text, sizeof(text), "%d", (int)dice_roll(&dice, 300));
		break;
	}
	put(b, text);
}

static void put_string(struct buffer *b)
{
	static const char *const pieces[] = { "a",
					      "b",
					      "key",
					      "\\n",
					      "\\\"",
					      "\\\\",
					      "\\u0061",
					      "\xc3\xa9",
					      "\\u00e9",
					      " ",
					      "\xf0\x9f\x98\x80",
					      "\\ud83d\\ude00",
					      "/",
					      "\\/",
					      "\\u0007",
					      "[",
					      "}",
					      "\x7f",
					      "\\u2028",
					      "%",
					      "\\ud800",
					      "\x01" };

	put(b, "\"");
	for (uint32_t n = dice_roll(&dice, 5); n > 0; n--)
		/* The last two are errors: seldom. */
		put(b, pieces[dice_roll(&dice, dice_roll(&dice, 50) ? 20 : 22)]);
	put(b, "\"");
}

static void put_space(struct buffer *b)
{
	static const char *const spaces[] = { "", "", "", " ", "\t", "\r\n" };

	put(b, spaces[dice_roll(&dice, 6)]);
}

static void put_value(struct buffer *b, int depth);

static void put_list(struct buffer *b, int depth, bool object)
{
	put(b, object ? "{" : "[");
	for (uint32_t n = dice_roll(&dice, 5); n > 0; n--) {
		put_space(b);
		if (object) {
			put_string(b);
			put(b, ":");
		}
		put_value(b, depth + 1);
		if (n > 1)
			put(b, ",");
	}
	put_space(b);
	put(b, object ? "}" : "]");
}

static void put_value(struct buffer *b, int depth)
{
	static const char *const words[] = { "true", "false", "null" };

	switch (dice_roll(&dice, depth > 8 ? 3 : 6)) {
	case 0:
		put(b, words[dice_roll(&dice, 3)]);
		break;
	case 1:
		put_number(b);
		break;
	case 2:
		put_string(b);
		break;
	case 3:
		put_list(b, depth, false);
		break;
	default:
		put_list(b, depth, true);
		break;
	}
}

static void damage(struct buffer *b)
{
	for (uint32_t n = dice_roll(&dice, 3); n > 0 && b->len; n--)
		b->text[dice_roll(&dice, (uint32_t)b->len)] = (char)dice_roll(&dice, 256);
}

/* What a printer could do wrong: loses the last item. */
static void lose_one(cJSON *tree)
{
	cJSON_DeleteItemFromArray(tree, cJSON_GetArraySize(tree) - 1);
}

static void check_same(const struct buffer *b, int *ret_accepted, int *ret_noticed)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = glow_json_parse(b->text, b->len, &diag), *again;
	char *text;

	if (!tree)
		return;
	text = cJSON_PrintUnformatted(tree);
	again = glow_json_parse(text, strlen(text), &diag);
	if (!again || !json_equal(tree, again))
		fail_msg("%.*s became %s: %s", (int)b->len, b->text, text, diag.what);
	++*ret_accepted;
	if (cJSON_GetArraySize(again) > 0) {
		lose_one(again);
		assert_false(json_equal(tree, again));
		++*ret_noticed;
	}
	cJSON_Delete(again);
	cJSON_Delete(tree);
	free(text);
}

static void test_same_after_printing(void **state)
{
	enum { ROUNDS = 30000 };
	static struct buffer b;
	int accepted = 0, noticed = 0;

	(void)state;
	for (int k = 0; k < ROUNDS; k++) {
		b.len = 0;
		put_value(&b, 0);
		if (k % 3 == 0)
			damage(&b);
		check_same(&b, &accepted, &noticed);
	}
	print_message("%d of %d texts were accepted\n", accepted, (int)ROUNDS);
	assert_true(accepted > ROUNDS / 10 && accepted < ROUNDS * 9 / 10);
	assert_true(noticed > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_utf8_anywhere),
		cmocka_unit_test(test_utf8_in_strings),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_int_text),
		cmocka_unit_test(test_micro),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_exact_integers),
		cmocka_unit_test(test_write_color),
		cmocka_unit_test(test_same_after_printing),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
