/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The texts of the cluster as its conductor keeps them: what is asked for is compiled and published, or refused with
 * the place of the mistake; what the broker keeps comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../bridge/app/conductor/text_store.h"
#include "../harness/outbox.h"

#define T      INT64_C(1700000000000000)
#define AHEAD  INT64_C(250000)
#define OURS   UINT64_C(0xa1)
#define LIST   "glow/effect"
#define AURORA "glow/effect/aurora"
#define ERRORS "glow/conductor/error"
#define R      "answers/here"

static struct glow_text_store store;
static int changes;

static void changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	(void)ctx;
	(void)was;
	(void)is;
	changes++;
}

static const struct glow_publisher out = { .prefix = "glow", .discovery = "" };

static int setup(void **state)
{
	struct glow_publisher p = out;

	(void)state;
	p.outbox = outbox;
	glow_text_store_init(&store, &p, changed, NULL);
	changes = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_text_store_fini(&store);
	forget();
	return 0;
}

static void lead(void)
{
	glow_text_store_open(&store, OURS, (struct glow_time){ T });
	forget();
}

static void set(const char *name, const char *payload)
{
	char topic[100];
	struct glow_message m = { .topic = topic, .payload = payload, .len = strlen(payload), .response_topic = R };

	snprintf(topic, sizeof(topic), "glow/effect/%s/set", name);
	glow_text_store_set(&store, name, &m, (struct glow_time){ T }, AHEAD);
}

static void keep(const char *name, const char *payload)
{
	struct glow_message m = {
		.topic = "glow/effect/x", .payload = payload, .len = strlen(payload), .retained = true
	};

	glow_text_store_restore(&store, name, &m);
}

static bool known(const char *name)
{
	return glow_effect_find(name, strlen(name));
}

/* First the text, then the list, then the answer: whoever hears of one may rely on those before. */
static void test_put(void **state)
{
	(void)state;
	lead();
	set("aurora", "# green\nparam p 0..9 = 4\nhsv(x, 1, 1)");
	assert_int_equal(n_sent, 3);
	assert_string_equal(sent[0].topic, AURORA);
	assert_true(sent[0].retained && sent[1].retained && !sent[2].retained);
	assert_string_equal(sent[1].topic, LIST);
	assert_string_equal(sent[2].topic, R);
	assert_true(said(AURORA, "\"what\":\"green\"") && said(AURORA, "\"name\":\"p\"") && said(AURORA, "hsv(x"));
	assert_true(said(LIST, "{\"rev\":1,\"effects\":{\"aurora\":1}}"));
	assert_int_equal(number(AURORA, "rev"), 1);
	assert_int_equal(number(AURORA, "at_us"), T); /* nothing shows it yet */
	assert_true(said(R, "\"status\":\"ok\"") && said(R, "\"name\":\"aurora\""));
	assert_true(known("aurora"));
}

/* All take another one at one instant, and until then it is the first that is played. */
static void test_change(void **state)
{
	(void)state;
	lead();
	set("aurora", "x");
	set("aurora", "{\"text\":\"1 - x\"}");
	assert_int_equal(number(AURORA, "rev"), 2);
	assert_int_equal(number(AURORA, "at_us"), T + AHEAD);
	assert_int_equal(number(R, "at_us"), T + AHEAD);
	assert_int_equal(changes, 1);
	glow_library_tick(&store.library, T + AHEAD);
	assert_int_equal(changes, 2);
	forget();
	set("aurora", "1 - x"); /* it is so already */
	assert_int_equal(n_sent, 1);
	assert_true(said(R, "\"ok\""));
}

static void test_refused(void **state)
{
	static const char *const bad[][4] = {
		{ "aurora", "let a = 2\nwvae(x)", "bad_effect", "\"field\":\"2:1\"" },
		{ "plasma", "x", "bad_effect", "\"field\":\"name\"" },
		{ "red", "x", "bad_effect", "\"field\":\"name\"" },
		{ "1st", "x", "bad_effect", "\"field\":\"name\"" },
		{ "cpu", "x", "bad_effect", "\"field\":\"name\"" },
		{ "auto", "x", "bad_effect", "\"field\":\"name\"" },
		{ "aurora", "{\"text\":3}", "bad_type", "\"field\":\"text\"" },
		{ "aurora", "{\"text\":", "bad_json", "" },
		{ "aurora", "", "unknown_effect", "\"field\":\"name\"" },
		{ "a-name-of-more-than-thirty-one-letters", "x", "bad_effect", "\"field\":\"name\"" },
	};

	(void)state;
	lead();
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		set(bad[k][0], bad[k][1]);
		assert_true(said(R, bad[k][2]) && said(R, bad[k][3]));
		assert_true(said(ERRORS, bad[k][2]));
		assert_int_equal(n_sent, 2);
		forget();
	}
	assert_false(known("aurora"));
	assert_non_null(strstr((set("aurora", "wvae(x)"), last(R)), "wave"));
}

/* A bad one leaves the good one alone. */
static void test_refused_change(void **state)
{
	(void)state;
	lead();
	set("aurora", "x");
	forget();
	set("aurora", "x +");
	assert_int_equal(count(AURORA) + count(LIST), 0);
	assert_true(known("aurora"));
	assert_int_equal(changes, 1);
}

static void test_retained(void **state)
{
	struct glow_message m = {
		.topic = "glow/effect/aurora/set", .payload = "x", .len = 1, .retained = true, .response_topic = R
	};

	(void)state;
	lead();
	glow_text_store_set(&store, "aurora", &m, (struct glow_time){ T }, AHEAD);
	assert_true(said(R, "\"retained\""));
	assert_false(known("aurora"));
	m.len = 0; /* the cure */
	forget();
	glow_text_store_set(&store, "aurora", &m, (struct glow_time){ T }, AHEAD);
	assert_int_equal(n_sent, 0);
}

static void test_remove(void **state)
{
	(void)state;
	lead();
	set("aurora", "x");
	set("lava", "1 - x");
	forget();
	set("aurora", "");
	assert_string_equal(sent[0].topic, LIST); /* what is on the list is there */
	assert_string_equal(sent[1].topic, AURORA);
	assert_int_equal(sent[1].len, 0);
	assert_true(sent[1].retained);
	assert_true(said(LIST, "\"effects\":{\"lava\":2}"));
	assert_true(said(R, "\"ok\""));
	assert_false(known("aurora"));
	/* Put again it is newer than it ever was. */
	set("aurora", "x");
	assert_true(number(AURORA, "rev") > 2);
	set("arora", "");
	assert_true(said(R, "did you mean \\\"aurora\\\"?"));
}

static void test_full(void **state)
{
	char name[8];

	(void)state;
	lead();
	for (int k = 0; k < GLOW_EFFECT_TEXTS_MAX; k++) {
		snprintf(name, sizeof(name), "t%d", k);
		set(name, "x");
		assert_true(said(R, "\"ok\""));
	}
	set("more", "x");
	assert_true(said(R, "64 texts"));
	set("t7", "1 - x");
	assert_true(said(R, "\"ok\""));
	set("t7", "");
	set("more", "x");
	assert_true(said(R, "\"ok\""));
}

/* What the broker has is not said again, but the list; what is only here is said. */
static void test_hand_over(void **state)
{
	(void)state;
	keep("", "{\"rev\":7,\"effects\":{\"aurora\":5}}");
	keep("aurora", "{\"name\":\"aurora\",\"text\":\"x\",\"rev\":5}");
	assert_true(known("aurora"));
	glow_text_store_open(&store, OURS, (struct glow_time){ T });
	assert_int_equal(count(AURORA), 0);
	assert_true(said(LIST, "{\"rev\":7,\"effects\":{\"aurora\":5}}"));
	set("lava", "x");
	assert_int_equal(number("glow/effect/lava", "rev"), 8);
	/* A broker that has lost all hears all. */
	forget();
	glow_text_store_disconnected(&store);
	glow_text_store_open(&store, OURS, (struct glow_time){ T });
	assert_int_equal(count(AURORA), 1);
	assert_int_equal(count("glow/effect/lava"), 1);
	/* Another leader has removed one meanwhile. */
	glow_text_store_disconnected(&store);
	keep("", "{\"rev\":9,\"effects\":{\"lava\":8}}");
	assert_false(known("aurora"));
	assert_true(known("lava"));
}

/* A text that cannot be read is passed over, and does no harm to the others. Where it was on the list it may be a newer
 * conductor's, and stays. */
static void test_poison(void **state)
{
	(void)state;
	keep("", "{\"rev\":7,\"effects\":{\"newer\":5,\"aurora\":6}}");
	keep("newer", "{\"name\":\"newer\",\"text\":\"one_day(x)\",\"rev\":5}");
	keep("poison", "{\"name\":\"poison\",\"text\":\"((((\",\"rev\":5}");
	keep("junk", "junk");
	keep("aurora", "{\"name\":\"aurora\",\"text\":\"x\",\"rev\":6}");
	glow_text_store_open(&store, OURS, (struct glow_time){ T });
	assert_true(said(LIST, "\"effects\":{\"newer\":5,\"aurora\":6}"));
	assert_true(known("aurora"));
	assert_false(known("newer") || known("poison"));
	assert_int_equal(count("glow/effect/newer"), 0);
	/* Somebody cleans up. */
	set("poison", "");
	assert_true(said(R, "\"ok\""));
	assert_int_equal(find("glow/effect/poison")->len, 0);
}

/* A number that somebody wrote by hand is the last that can be read, and what comes after it can be read as well. */
static void test_last_rev(void **state)
{
	(void)state;
	keep("", "{\"rev\":9007199254740991,\"effects\":{\"aurora\":5}}");
	keep("aurora", "{\"name\":\"aurora\",\"text\":\"x\",\"rev\":5}");
	lead();
	set("aurora", "1 - x");
	assert_int_equal(number(AURORA, "rev"), 1);
	assert_true(said(LIST, "{\"rev\":1,\"effects\":{\"aurora\":1}}"));
	set("lava", "x");
	assert_true(said(LIST, "{\"rev\":2,\"effects\":{\"aurora\":1,\"lava\":2}}"));
	/* One further it is a number that nobody reads. */
	keep("", "{\"rev\":9007199254740992,\"effects\":{}}");
	assert_true(known("aurora"));
}

/* A text that is older than a built-in effect of its name goes on, and can be changed. */
static void test_older_than_built_in(void **state)
{
	(void)state;
	keep("", "{\"rev\":7,\"effects\":{\"plasma\":5}}");
	keep("plasma", "{\"name\":\"plasma\",\"text\":\"x\",\"rev\":5}");
	assert_int_not_equal(glow_effect_find("plasma", 6)->steps, 0);
	lead();
	set("plasma", "1 - x");
	assert_true(said(R, "\"ok\""));
	set("plasma", "");
	assert_int_equal(glow_effect_find("plasma", 6)->steps, 0);
	set("plasma", "x");
	assert_true(said(R, "bad_effect"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_put),
		TEST(test_change),
		TEST(test_refused),
		TEST(test_refused_change),
		TEST(test_retained),
		TEST(test_remove),
		TEST(test_full),
		TEST(test_hand_over),
		TEST(test_poison),
		TEST(test_last_rev),
		TEST(test_older_than_built_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
