/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>
#include <glow/scenes.h>

#include "../../bridge/app/conductor/roster_store.h"
#include "../harness/outbox.h"

#define MS     INT64_C(1000000)
#define ROSTER "glow/roster"

#define KEPT(effective)                                                       \
	"{\"rev\":41,\"effective_us\":" effective ",\"pixels\":8,\"nodes\":[" \
	"{\"id\":\"n0\",\"groups\":[],\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":0}]}"

static struct glow_roster_store store;
static struct glow_raw now;

static int setup(void **state)
{
	(void)state;
	glow_log_setup("error", "text");
	now.ns = 1000 * MS;
	glow_roster_store_init(&store);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_roster_store_fini(&store);
	forget();
	return 0;
}

static bool restore(const char *text)
{
	return glow_roster_store_restore(&store, &(struct glow_message){ .payload = text, .len = strlen(text) });
}

/* A roster of n0, of so many pixels, that takes effect at that time. */
static bool renew(uint32_t pixels, int64_t effective_us)
{
	struct glow_roster fresh = { .n = 1, .nodes = calloc(1, sizeof(*fresh.nodes)) };

	assert_non_null(fresh.nodes);
	fresh.nodes[0].pixels = pixels;
	strcpy(fresh.nodes[0].id, "n0");
	glow_roster_lay(&fresh);
	return glow_roster_store_renew(&store, &fresh, (struct glow_time){ effective_us }, now);
}

/* Changes that come together make one roster, 0.2 s after the first of them. */
static void test_gathers(void **state)
{
	(void)state;
	assert_int_equal(store.due.ns, GLOW_NEVER);
	glow_roster_store_change(&store, now, 10);
	assert_int_equal(store.due.ns, now.ns + 200 * MS);
	glow_roster_store_change(&store, (struct glow_raw){ now.ns + 150 * MS }, 10);
	assert_int_equal(store.due.ns, now.ns + 200 * MS);
	assert_false(glow_roster_store_ripe(&store, now));
	assert_true(glow_roster_store_ripe(&store, (struct glow_raw){ now.ns + 200 * MS }));
	renew(8, 500);
	assert_int_equal(store.due.ns, GLOW_NEVER);
	glow_roster_store_change(&store, now, 10);
	renew(8, 500); /* in vain, and over as well */
	assert_int_equal(store.due.ns, GLOW_NEVER);
}

static struct glow_roster roster_of(uint32_t n)
{
	struct glow_roster roster = { .n = n, .nodes = calloc(n, sizeof(*roster.nodes)) };

	assert_non_null(roster.nodes);
	for (uint32_t k = 0; k < n; k++) {
		snprintf(roster.nodes[k].id, sizeof(roster.nodes[0].id), "s%05u", k);
		roster.nodes[k].pixels = 8;
	}
	glow_roster_lay(&roster);
	return roster;
}

/* So many nodes come, one after the other, within that time: how often there is another roster, in the end and on the
 * way; and how many places that were to be told. */
static int rosters_of_a_join(uint32_t n, int64_t within_ns, uint64_t *ret_places)
{
	const int64_t begin_ns = now.ns, step_ns = within_ns / n;
	uint32_t here = 0;
	int rosters = 0;

	*ret_places = 0;
	for (; here < n || store.due.ns != GLOW_NEVER; now.ns += MS) {
		for (; here < n && begin_ns + here * step_ns <= now.ns; here++)
			glow_roster_store_change(&store, now, here + 1);
		if (store.due.ns != GLOW_NEVER && glow_roster_store_ripe(&store, now)) {
			struct glow_roster fresh = roster_of(here);

			*ret_places += here;
			rosters += glow_roster_store_renew(&store, &fresh, (struct glow_time){ 500 }, now);
		}
	}
	assert_int_equal(store.roster.n, n);
	return rosters;
}

/* promise: a-join-of-many */
static void test_a_join_of_many(void **state)
{
	uint64_t places;

	(void)state;
	assert_int_equal(rosters_of_a_join(5000, 2000 * MS, &places), 1);
	assert_int_equal(places, 5000); /* once each */
}

/* promise: a-join-of-many */
static void test_a_slow_join_of_many(void **state)
{
	uint64_t places;

	(void)state;
	assert_int_equal(rosters_of_a_join(5000, 20000 * MS, &places), 19); /* one each 0.2 s would be 100 */
	assert_int_equal(places, 28008);                                    /* and 250,000 */
	glow_roster_store_fini(&store);
	glow_roster_store_init(&store);
	assert_int_equal(rosters_of_a_join(500, 2000 * MS, &places), 8); /* a tenth as many, in a tenth of the time */
	assert_int_equal(places, 1989);
}

static void test_a_join_of_few(void **state)
{
	uint64_t places;

	(void)state;
	assert_int_equal(rosters_of_a_join(100, 2000 * MS, &places), 10); /* the control: each 0.2 s, as ever */
}

/* Whoever comes alone does not wait, unless the last roster is still on its way. */
static void test_one_more_of_many(void **state)
{
	struct glow_roster fresh = roster_of(4000);

	(void)state;
	assert_true(glow_roster_store_renew(&store, &fresh, (struct glow_time){ 500 }, now));
	glow_roster_store_change(&store, now, 4000);
	assert_int_equal(store.due.ns, now.ns + 3200 * MS);
	fresh = roster_of(4001);
	glow_roster_store_renew(&store, &fresh, (struct glow_time){ 500 }, now);
	now.ns += 10000 * MS;
	glow_roster_store_change(&store, now, 4000);
	assert_int_equal(store.due.ns, now.ns + 200 * MS);
	now.ns += 200 * MS;
	assert_false(glow_roster_store_ripe(&store, now));
	assert_int_equal(store.due.ns, now.ns + 200 * MS);
	now.ns += 200 * MS;
	assert_true(glow_roster_store_ripe(&store, now));
}

/* More than a message holds: the first ones have their places. */
static void test_more_than_fit(void **state)
{
	const struct glow_publisher out = { "glow", "", outbox };
	struct glow_roster fresh = roster_of(30000);

	(void)state;
	glow_log_setup("off", "text");
	assert_true(glow_roster_store_renew(&store, &fresh, (struct glow_time){ 500 }, now));
	assert_true(store.roster.n > 20000 && store.roster.n < 30000);
	assert_int_equal(store.roster.left_out, 30000 - store.roster.n);
	assert_int_equal(store.roster.pixels, 8 * store.roster.n);
	glow_roster_store_publish(&store, &out);
	assert_int_equal(number(ROSTER, "left_out"), store.roster.left_out); /* which viewers are told */
	assert_true(find(ROSTER)->len <= GLOW_ROSTER_MAX && find(ROSTER)->len > GLOW_ROSTER_MAX - 300);
	fresh = roster_of(30000);
	assert_false(glow_roster_store_renew(&store, &fresh, (struct glow_time){ 500 }, now)); /* once */
	store.bytes_max = 20000; /* of a broker that takes less */
	fresh = roster_of(30000);
	assert_true(glow_roster_store_renew(&store, &fresh, (struct glow_time){ 500 }, now));
	glow_roster_store_publish(&store, &out);
	assert_true(find(ROSTER)->len <= 20000);
	fresh = roster_of(50);
	assert_true(glow_roster_store_renew(&store, &fresh, (struct glow_time){ 500 }, now));
	assert_int_equal(store.roster.left_out, 0);
}

/* What the broker has need not be sent to everybody because another leads. */
static void test_another_reign(void **state)
{
	static const char kept[] = "{\"clock_id\":\"00000000000000a1\",\"term\":3,\"rev\":40,\"effective_us\":7,"
				   "\"pixels\":8,\"nodes\":[{\"id\":\"n0\",\"pixels\":8,\"offset\":0}]}";

	(void)state;
	assert_true(glow_roster_store_open(&store, 0xa1, 3)); /* there is none */
	assert_true(restore(kept));
	assert_false(glow_roster_store_open(&store, 0xa1, 4));
	assert_int_equal(store.roster.edition.term, 3);       /* as the broker has it */
	assert_true(glow_roster_store_open(&store, 0xa2, 4)); /* another timeline */
	assert_true(restore(kept));
	glow_roster_store_lost(&store);
	assert_true(glow_roster_store_open(&store, 0xa1, 5)); /* the broker may have lost it */
	assert_int_equal(store.roster.edition.term, 5);
	assert_false(restore(kept));
	assert_true(glow_roster_store_open(&store, 0xa1, 5)); /* it has an older one */
	assert_true(renew(9, 900));
	assert_int_equal(store.roster.edition.rev, 41);
	assert_int_equal(store.roster.edition.term, 5);
}

static void test_renews(void **state)
{
	(void)state;
	assert_true(renew(8, 500));
	assert_int_equal(store.roster.edition.rev, 1);
	assert_int_equal(store.roster.effective_us, 500);
	assert_false(renew(8, 900)); /* the same */
	assert_int_equal(store.roster.edition.rev, 1);
	assert_int_equal(store.roster.effective_us, 500);
	assert_true(renew(9, 900));
	assert_int_equal(store.roster.edition.rev, 2);
	assert_int_equal(store.roster.effective_us, 900);
}

static void test_restores(void **state)
{
	(void)state;
	assert_true(restore(KEPT("7")));
	assert_int_equal(store.roster.edition.rev, 41);
	assert_false(renew(8, 900));
	assert_true(renew(9, 900));
	assert_int_equal(store.roster.edition.rev, 42);
}

/* A broker that was killed comes back with what it saved a while before. */
static void test_skips_what_is_older(void **state)
{
	static const char older[] =
		"{\"clock_id\":\"00000000000000a1\",\"term\":3,\"rev\":40,\"effective_us\":7,\"pixels\":0,"
		"\"nodes\":[]}";

	(void)state;
	assert_true(restore(KEPT("7")));
	glow_roster_store_open(&store, 0xa1, 3);
	assert_false(restore(older));
	assert_int_equal(store.roster.n, 1);
	glow_roster_store_open(&store, 0xa1, 2); /* the control: in an earlier reign it is news */
	assert_true(restore(older));
	assert_int_equal(store.roster.n, 0);
}

static void test_skips_what_is_broken(void **state)
{
	(void)state;
	assert_true(restore(KEPT("7")));
	assert_false(restore(""));
	assert_false(restore("[1"));
	assert_false(restore("{\"rev\":1,\"nodes\":5}"));
	assert_false(restore("{\"rev\":4503599627370497,\"effective_us\":7,\"pixels\":0,\"nodes\":[]}"));
	assert_int_equal(store.roster.edition.rev, 41);
	assert_int_equal(store.roster.n, 1);
	assert_true(restore("{\"rev\":4503599627370496,\"effective_us\":7,\"pixels\":0,\"nodes\":[]}"));
	assert_true(renew(9, 900)); /* the control: readers know the next one */
	assert_int_equal(store.roster.edition.rev, GLOW_REV_MAX + 1);
}

/* One that takes effect a minute from now or later was made on another timeline. */
static void test_another_timeline(void **state)
{
	(void)state;
	restore(KEPT("60000899"));
	assert_false(renew(8, 900));
	restore(KEPT("60000900"));
	assert_true(renew(8, 900));
	assert_int_equal(store.roster.effective_us, 900);
}

static void test_publishes(void **state)
{
	const struct glow_publisher out = { "glow", "", outbox };

	(void)state;
	glow_roster_store_publish(&store, &out);
	assert_int_equal(n_sent, 0); /* there is none */
	restore(KEPT("7"));
	glow_roster_store_publish(&store, &out);
	assert_string_equal(last(ROSTER), KEPT("7"));
	assert_true(find(ROSTER)->retained);
	assert_int_equal(find(ROSTER)->qos, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_gathers),
		T(test_a_join_of_many),
		T(test_a_slow_join_of_many),
		T(test_a_join_of_few),
		T(test_one_more_of_many),
		T(test_more_than_fit),
		T(test_another_reign),
		T(test_renews),
		T(test_restores),
		T(test_skips_what_is_broken),
		T(test_skips_what_is_older),
		T(test_another_timeline),
		T(test_publishes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
