/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Which nodes have a place on the strip: by what they say, when they went, and what a roster remembers. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/scenes.h>

#include "../../bridge/app/conductor/members.h"
#include "../harness/dice.h"

#define SECOND INT64_C(1000000000)
#define GRACE  (60 * SECOND)

static struct glow_placement placement;
static struct glow_members m;
static struct glow_diag diag;
static struct glow_raw now;

static int setup(void **state)
{
	(void)state;
	now.ns = 1234 * SECOND;
	assert_int_equal(glow_placement_init(&placement, "pi9,door", "pi2", "pi9=3,absent=7", &diag), 0);
	glow_members_init(&m, &placement, GRACE);
	diag.code = GLOW_OK;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_members_fini(&m);
	glow_placement_fini(&placement);
	return 0;
}

static bool info(const char *id, unsigned pixels, const char *groups)
{
	char text[300];

	snprintf(text, sizeof(text), "{\"id\":\"%s\",\"groups\":[%s],\"shape\":\"blinkt\",\"pixels\":%u}", id, groups,
		 pixels);
	return glow_members_info(&m, id, text, strlen(text), &diag);
}

static bool says(const char *id, bool online)
{
	return glow_members_availability(&m, id, online, now);
}

static void node(const char *id)
{
	assert_true(info(id, 8, ""));
	assert_true(says(id, true));
}

/* The ids in the roster's order, "pi1 pi2". */
static const char *roster_ids(void)
{
	static char ids[1000];
	struct glow_roster roster;

	ids[0] = '\0';
	assert_int_equal(glow_members_roster(&m, now, &roster), 0);
	assert_int_equal(roster.edition.rev, 0);
	for (uint32_t k = 0; k < roster.n; k++) {
		strcat(ids, k ? " " : "");
		strcat(ids, roster.nodes[k].id);
	}
	glow_roster_fini(&roster);
	return ids;
}

static void test_in_the_roster(void **state)
{
	(void)state;
	assert_string_equal(roster_ids(), "");
	assert_true(says("pi1", true));
	assert_string_equal(roster_ids(), ""); /* nobody knows its pixels */
	assert_true(info("pi1", 8, ""));
	assert_string_equal(roster_ids(), "pi1");
	info("pi2", 8, "");
	assert_string_equal(roster_ids(), "pi1"); /* never online */
	assert_non_null(glow_members_find(&m, "pi2"));
	assert_null(glow_members_find(&m, "pi3"));
}

static void test_order(void **state)
{
	struct glow_roster roster;

	(void)state;
	node("pi10");
	node("pi2");
	node("door");
	node("pi1");
	node("pi9");
	assert_string_equal(roster_ids(), "pi9 door pi1 pi2 pi10");
	assert_int_equal(glow_members_roster(&m, now, &roster), 0);
	assert_int_equal(roster.nodes[0].gap, 3);
	assert_int_equal(roster.nodes[1].offset, 11); /* laid out already */
	assert_int_equal(roster.pixels, 43);
	assert_true(roster.nodes[3].reverse);
	assert_false(roster.nodes[2].reverse);
	glow_roster_fini(&roster);
}

static void state_of(const char *id, const char *payload)
{
	glow_members_state(&m, id, payload, strlen(payload));
}

/* -1: nobody knows. */
static int lit(const char *group)
{
	bool on;

	return glow_members_lit(&m, group, &on) ? on : -1;
}

static void test_lit(void **state)
{
	(void)state;
	assert_int_equal(lit(NULL), -1);
	node("pi1");
	assert_true(info("pi2", 8, "\"shelf\""));
	assert_true(says("pi2", true));
	assert_int_equal(lit(NULL), -1);
	state_of("pi1", "{\"state\":\"ON\",\"color_mode\":\"rgb\"}");
	assert_int_equal(lit(NULL), 1);
	assert_int_equal(lit("shelf"), -1);
	state_of("pi2", "{\"brightness\":3,\"state\":\"OFF\"}");
	assert_int_equal(lit("shelf"), 0);
	state_of("pi2", " {\"brightness\":3,\"state\":\"ON\"}");
	assert_int_equal(lit("shelf"), 1);
	state_of("pi2", "{\"state\":\"OFF\"}");
	assert_int_equal(lit("shelf"), 0);
	assert_int_equal(lit(NULL), 1);
	says("pi1", false); /* it cannot be seen */
	assert_int_equal(lit(NULL), 0);
	assert_int_equal(lit("nobody"), -1);
	/* What is no state says nothing, nor does a node that nobody knows. */
	state_of("pi2", "{\"brightness\":3}");
	assert_int_equal(lit("shelf"), -1);
	state_of("pi2", "ON");
	assert_int_equal(lit("shelf"), -1);
	state_of("pi2", "");
	state_of("pi7", "{\"state\":\"ON\"}");
	assert_int_equal(lit(NULL), -1);
	assert_null(glow_members_find(&m, "pi7"));
}

/* Two commands in the time that the nodes need to answer the first. */
static void test_expected(void **state)
{
	(void)state;
	node("pi1");
	assert_true(info("pi2", 8, "\"shelf\""));
	assert_true(says("pi2", true));
	glow_members_expect(&m, NULL, true);
	assert_int_equal(lit(NULL), -1); /* of nodes that tell us nothing we know nothing */
	state_of("pi1", "{\"state\":\"OFF\"}");
	state_of("pi2", "{\"state\":\"OFF\"}");
	glow_members_expect(&m, "shelf", true);
	assert_int_equal(lit("shelf"), 1);
	glow_members_expect(&m, NULL, false);
	assert_int_equal(lit(NULL), 0);
}

/* Only what is new makes a new roster. */
static void test_changes(void **state)
{
	(void)state;
	assert_true(info("pi1", 8, "\"a\",\"b\""));
	assert_false(info("pi1", 8, "\"a\",\"b\""));
	assert_true(info("pi1", 9, "\"a\",\"b\""));
	assert_true(info("pi1", 9, "\"b\",\"a\""));
	assert_true(info("pi1", 9, "\"b\""));
	assert_true(info("pi1", 9, ""));
	assert_false(info("pi1", 9, ""));
	assert_false(says("pi1", false)); /* as it was */
	assert_true(says("pi1", true));
	assert_false(says("pi1", true));
	assert_true(says("pi1", false));
}

static void test_grace(void **state)
{
	(void)state;
	node("pi1");
	node("pi2");
	assert_int_equal(m.expiry.ns, GLOW_NEVER);
	assert_true(says("pi1", false));
	assert_int_equal(m.expiry.ns, now.ns + GRACE);
	now.ns += GRACE - 1;
	assert_false(glow_members_expire(&m, now));
	assert_string_equal(roster_ids(), "pi1 pi2");
	now.ns++;
	assert_string_equal(roster_ids(), "pi2"); /* even before anybody has looked */
	assert_true(glow_members_expire(&m, now));
	assert_string_equal(roster_ids(), "pi2");
	assert_false(glow_members_expire(&m, now));
	assert_int_equal(m.expiry.ns, GLOW_NEVER);
	says("pi1", true);
	assert_string_equal(roster_ids(), "pi1 pi2");
}

static void test_back_in_time(void **state)
{
	(void)state;
	node("pi1");
	node("pi2");
	says("pi1", false);
	now.ns += 10 * SECOND;
	says("pi2", false);
	says("pi1", true);
	now.ns += GRACE - 10 * SECOND;
	glow_members_expire(&m, now);
	assert_string_equal(roster_ids(), "pi1 pi2");
	now.ns += 10 * SECOND;
	assert_true(glow_members_expire(&m, now)); /* the other one */
	assert_string_equal(roster_ids(), "pi1");
}

static void test_forgotten(void **state)
{
	(void)state;
	node("pi1");
	node("pi2");
	assert_true(glow_members_info(&m, "pi1", "", 0, &diag));
	assert_string_equal(roster_ids(), "pi2");
	assert_true(glow_members_find(&m, "pi1")->online); /* it is there, and may say again what it is */
	assert_true(info("pi1", 8, ""));
	assert_string_equal(roster_ids(), "pi1 pi2");
	says("pi1", false);
	assert_true(glow_members_info(&m, "pi1", "", 0, &diag));
	assert_null(glow_members_find(&m, "pi1"));
	assert_false(glow_members_info(&m, "pi1", "", 0, &diag));
	assert_int_equal(diag.code, GLOW_OK);
	assert_false(says("pi1", false)); /* the last that is cleared of it makes no ghost */
	assert_null(glow_members_find(&m, "pi1"));
	assert_true(glow_members_info(&m, "pi2", "", 0, &diag));
	assert_true(says("pi2", false)); /* forgotten while it was there */
	assert_null(glow_members_find(&m, "pi2"));
}

static void test_broken(void **state)
{
	static const char *const broken[] = { "{broken", "[]", "{\"id\":\"pi2\",\"pixels\":8}",
					      "{\"id\":\"pi1\",\"pixels\":-3}" };

	(void)state;
	info("pi1", 8, "");
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		diag.code = GLOW_OK;
		assert_false(glow_members_info(&m, "pi1", broken[k], strlen(broken[k]), &diag));
		assert_true(diag.code != GLOW_OK);
		assert_int_equal(glow_members_find(&m, "pi1")->pixels, 8);
	}
}

/* The broker keeps nothing of a node any more: it went while nobody looked. */
static void test_sessions(void **state)
{
	(void)state;
	node("pi1");
	node("pi2");
	assert_false(glow_members_connected(&m, now)); /* the control: all have been heard of */
	glow_members_disconnected(&m);
	assert_false(says("pi2", true));
	assert_true(glow_members_connected(&m, now));
	assert_false(glow_members_find(&m, "pi1")->online);
	assert_true(glow_members_find(&m, "pi2")->online);
	assert_string_equal(roster_ids(), "pi1 pi2"); /* for the grace time */
	now.ns += GRACE;
	glow_members_expire(&m, now);
	assert_string_equal(roster_ids(), "pi2");
}

static void test_restore(void **state)
{
	static const char text[] =
		"{\"rev\":41,\"effective_us\":1,\"pixels\":24,\"nodes\":["
		"{\"id\":\"n0\",\"groups\":[],\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":0},"
		"{\"id\":\"n1\",\"groups\":[\"g\"],\"pixels\":8,\"offset\":8,\"reverse\":false,\"gap\":0}]}";
	struct glow_roster roster;
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);

	(void)state;
	info("n0", 18, ""); /* knows better than the roster */
	assert_int_equal(glow_roster_read(tree, &roster, &diag), GLOW_OK);
	cJSON_Delete(tree);
	glow_members_restore(&m, &roster, now);
	glow_roster_fini(&roster);
	assert_string_equal(roster_ids(), "n0 n1");
	assert_int_equal(glow_members_find(&m, "n0")->pixels, 18);
	assert_int_equal(glow_members_find(&m, "n1")->n_groups, 1);
	assert_string_equal(glow_members_find(&m, "n1")->groups[0], "g");
	says("n1", true);
	now.ns += GRACE;
	glow_members_expire(&m, now);
	assert_string_equal(roster_ids(), "n1"); /* who never came has gone */
}

/* promise: bounds */
static void test_too_many(void **state)
{
	char id[16];

	(void)state;
	assert_int_equal(m.most, GLOW_MEMBERS_MAX);
	m.most = 100;
	for (int k = 0; k < 100; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		assert_true(says(id, true));
	}
	assert_int_equal(m.crowd.n, 0); /* the control */
	assert_false(says("more", true));
	assert_false(info("more", 8, ""));
	assert_false(says("yet-more", true));
	assert_int_equal(m.crowd.n, 2); /* each once */
	assert_int_equal(diag.code, GLOW_OK);
	assert_null(glow_members_find(&m, "more"));
	assert_true(info("n6", 8, "")); /* those before go on */
	assert_true(says("n7", false));
	assert_true(says("more", true));
	assert_int_equal(m.crowd.n, 0);
}

/* Whatever comes and goes in whatever order is found by its name, and nothing else is. */
static void test_by_name(void **state)
{
	bool there[100] = { false };
	struct dice d;
	char id[16];
	int gone = 0;

	(void)state;
	dice_init(&d);
	for (int round = 0; round < 5000; round++) {
		uint32_t k = dice_roll(&d, 100);
		bool comes = dice_roll(&d, 2);

		snprintf(id, sizeof(id), "n%u", k);
		if (comes)
			says(id, true);
		else
			assert_int_equal(says(id, false), there[k]);
		there[k] = comes;
	}
	for (uint32_t k = 0; k < 100; k++) {
		const struct glow_member *one;

		snprintf(id, sizeof(id), "n%u", k);
		one = glow_members_find(&m, id);
		assert_int_equal(there[k], one != NULL);
		assert_true(!one || strcmp(one->id, id) == 0);
		gone += !one;
	}
	assert_in_range(gone, 1, 99); /* both kinds were looked at */
	assert_int_equal(m.n, 100 - gone);
}

/* ---- how long their messages take ---- */

static void deliver(const char *id, int n, int64_t us)
{
	while (n-- > 0)
		glow_members_delivery(&m, id, us, (struct glow_raw){ 0 });
}

static const char *const three[] = { "pi1", "pi2", "pi3" };

/* promise: one-liar-moves-nothing */
static void test_one_liar_is_outvoted(void **state)
{
	(void)state;
	for (int k = 0; k < 3; k++)
		node(three[k]);
	assert_int_equal(glow_members_slow_us(&m), 0);
	deliver("pi1", 64, 1900000);
	deliver("pi2", 64, 2000);
	assert_int_equal(glow_members_slow_us(&m), 2000); /* of two, the one that says less */
	deliver("pi3", 64, 3000);
	assert_int_equal(glow_members_slow_us(&m), 3000);
	deliver("pi1", 64, 0); /* nor does it pull the other way */
	assert_int_equal(glow_members_slow_us(&m), 2000);
	deliver("pi3", 64, 1900000); /* the control: two of three do */
	deliver("pi2", 64, 1900000);
	assert_int_equal(glow_members_slow_us(&m), 1900000);
}

/* A network that is slow for most of them is slow. */
static void test_a_slow_network(void **state)
{
	(void)state;
	for (int k = 0; k < 3; k++)
		node(three[k]);
	deliver("pi1", 64, 2000);
	deliver("pi2", 64, 400000);
	deliver("pi3", 64, 450000);
	assert_int_equal(glow_members_slow_us(&m), 400000);
}

/* Two that are slow are waited for, however many are not; one is not. */
/* promise: one-instant, one-liar-moves-nothing */
static void test_a_slow_minority(void **state)
{
	char id[8];

	(void)state;
	for (int k = 1; k <= 9; k++) {
		snprintf(id, sizeof(id), "pi%d", k);
		node(id);
		deliver(id, 64, 2000 + k);
	}
	assert_int_equal(glow_members_slow_us(&m), 2008);
	deliver("pi5", 64, 400000);
	assert_int_equal(glow_members_slow_us(&m), 2009);
	deliver("pi2", 64, 450000);
	assert_int_equal(glow_members_slow_us(&m), 400000);
	deliver("pi7", 64, 1900000); /* who lies gains no more than the slowest honest one asks for */
	assert_int_equal(glow_members_slow_us(&m), 450000);
}

static void deliver_at(const char *id, int n, int64_t us, int64_t now_s)
{
	while (n-- > 0)
		glow_members_delivery(&m, id, us, (struct glow_raw){ now_s * 1000000000 });
}

/* Of many a storm is forgotten as soon as nearly all of them say so, or their broker is lost; of few it is not. */
static void test_a_storm_of_many(void **state)
{
	char id[16];

	(void)state;
	for (int n = 900; n <= 1000; n += 100) {
		int times = n < 1000 ? 3 : 2;

		for (int k = 0; k < n; k++) {
			snprintf(id, sizeof(id), "pi%d", k);
			node(id);
			deliver_at(id, 8, 800000, 100);
		}
		assert_int_equal(glow_members_ahead_us(&m), times * 800000);
		for (int k = 0; k < n; k++) {
			snprintf(id, sizeof(id), "pi%d", k);
			deliver_at(id, 1, 200000, 111);
			if (k == n / 2)
				assert_int_equal(glow_members_ahead_us(&m), times * 800000);
		}
		assert_int_equal(glow_members_ahead_us(&m), n < 1000 ? times * 800000 : times * 400000);
		assert_true(glow_members_delivered(&m));
		glow_members_disconnected(&m);
		assert_int_equal(glow_members_ahead_us(&m), n < 1000 ? times * 800000 : 250000);
		assert_int_equal(glow_members_delivered(&m), n < 1000);
		for (int k = 0; k < n; k++) {
			snprintf(id, sizeof(id), "pi%d", k);
			deliver_at(id, 1, 200000, 112);
		}
		assert_true(glow_members_delivered(&m)); /* one word of each of many is enough */
		assert_int_equal(glow_members_ahead_us(&m), n < 1000 ? times * 800000 : 250000);
		teardown(NULL);
		setup(NULL);
	}
}

/* One that asks without end says no more than any other. */
/* promise: one-liar-moves-nothing */
static void test_a_liar_that_asks_much(void **state)
{
	(void)state;
	for (int k = 0; k < 3; k++)
		node(three[k]);
	deliver_at("pi1", 64, 400000, 100);
	deliver_at("pi2", 64, 400000, 100);
	for (int k = 0; k < 2000; k++)
		deliver_at("pi3", 1, 0, 111 + k / 200);
	assert_int_equal(glow_members_ahead_us(&m), 1200000);
}

static void test_who_has_a_say_on_deliveries(void **state)
{
	(void)state;
	node("pi1");
	deliver("pi1", 64, 400000);
	deliver("nobody", 64, 1900000);
	assert_int_equal(m.n, 1);
	node("pi2");
	deliver("pi2", 7, 2000); /* too few */
	assert_int_equal(glow_members_slow_us(&m), 400000);
	deliver("pi2", 1, 2000);
	assert_int_equal(glow_members_slow_us(&m), 2000);
	says("pi2", false);
	assert_int_equal(glow_members_slow_us(&m), 400000);
	info("pi2", 0, "");
	glow_members_info(&m, "pi2", "", 0, &diag); /* forgotten with what it said */
	node("pi2");
	assert_int_equal(glow_members_slow_us(&m), 400000);
}

/* A rack passes on what it hears, which takes its own time. */
static void test_racks_take_longer(void **state)
{
	static const char text[] = "{\"id\":\"east\",\"pixels\":4096,\"strip\":9000,\"ahead_us\":900000}";

	(void)state;
	node("east");
	deliver("east", 64, 2000);
	assert_int_equal(glow_members_slow_us(&m), 2000); /* as a board */
	assert_true(glow_members_info(&m, "east", text, strlen(text), &diag));
	assert_int_equal(glow_members_find(&m, "east")->pixels, 9000);
	deliver("east", 64, 2000);
	assert_int_equal(glow_members_slow_us(&m), 302000);
	deliver("east", 64, 1900000);
	assert_int_equal(glow_members_slow_us(&m), 2000000);
	deliver("east", 64, 2000001); /* no measure */
	assert_int_equal(glow_members_slow_us(&m), 2000000);
}

/* ---- their states ---- */

static void says_since(const char *id, int64_t since_us)
{
	char text[80];

	snprintf(text, sizeof(text), "{\"state\":\"ON\",\"since_us\":%" PRId64 "}", since_us);
	glow_members_state(&m, id, text, strlen(text));
}

static void test_strayed(void **state)
{
	(void)state;
	node("pi1");
	says_since("pi1", 100);
	assert_false(glow_member_strayed(glow_members_find(&m, "pi1"))); /* we never had a say */
	glow_members_ordered(&m, "pi1", 200);
	says_since("pi1", 150); /* before our instant */
	assert_false(glow_member_strayed(glow_members_find(&m, "pi1")));
	says_since("pi1", 207); /* a little late */
	assert_false(glow_member_strayed(glow_members_find(&m, "pi1")));
	says_since("pi1", 207);
	assert_false(glow_member_strayed(glow_members_find(&m, "pi1")));
	says_since("pi1", 208);
	assert_true(glow_member_strayed(glow_members_find(&m, "pi1")));
	glow_members_ordered(&m, "pi1", 300);
	assert_false(glow_member_strayed(glow_members_find(&m, "pi1")));
	glow_members_state(&m, "pi1", "{\"state\":\"ON\",\"since_us\":", 25); /* cut off */
	assert_false(glow_member_strayed(glow_members_find(&m, "pi1")));
}

/* What somebody holds outlives what the node says next, and the node. */
static void test_kept_states(void **state)
{
	static char large[GLOW_KEPT_STATE_MAX + 1];
	struct glow_kept_state *held;
	char id[16];

	(void)state;
	node("pi1");
	says_since("pi1", 100);
	held = glow_kept_state_hold(glow_members_find(&m, "pi1")->state);
	says_since("pi1", 2000);
	assert_memory_equal(held->text, "{\"state\":\"ON\",\"since_us\":100}", held->len);
	assert_int_equal(m.kept_states, glow_members_find(&m, "pi1")->state->len);
	glow_kept_state_drop(held);
	memset(large, ' ', sizeof(large));
	glow_members_state(&m, "pi1", large, GLOW_KEPT_STATE_MAX + 1);
	assert_null(glow_members_find(&m, "pi1")->state);
	for (int k = 0; k < GLOW_KEPT_STATES / GLOW_KEPT_STATE_MAX + 10; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		node(id);
		glow_members_state(&m, id, large, GLOW_KEPT_STATE_MAX);
	}
	assert_int_equal(m.kept_states, GLOW_KEPT_STATES);
	assert_null(glow_members_find(&m, id)->state);
	says("n1", false);
	glow_members_info(&m, "n1", "", 0, &diag);
	assert_int_equal(m.kept_states, GLOW_KEPT_STATES - GLOW_KEPT_STATE_MAX);
}

/* More than 500 nodes: what their infos have alike is told once, of at most 32 kinds. */
static void test_kinds(void **state)
{
	char id[16], text[400], *whole;
	size_t bytes;
	struct glow_roster roster, kept;

	(void)state;
#define INFO                                                                                                          \
	"{\"id\":\"%s\",\"groups\":[\"g\"],\"pixels\":8,\"effects_hash\":\"0123456789abcdef\",\"board\":\"board%d\"%" \
	"s}"
#define SAY(id, board, more)                                          \
	do {                                                          \
		snprintf(text, sizeof(text), INFO, id, board, more);  \
		glow_members_info(&m, id, text, strlen(text), &diag); \
	} while (0)
	for (int k = 0; k < 600; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		SAY(id, k % 40, "");
		says(id, true);
	}
	assert_int_equal(glow_members_roster(&m, now, &roster), 0);
	assert_int_equal(roster.n_kinds, GLOW_KINDS_MAX);
	assert_int_equal(roster.nodes[0].kind, 1);
	assert_int_equal(roster.nodes[31].kind, 32);
	assert_int_equal(roster.nodes[32].kind, 0); /* no room */
	assert_int_equal(roster.nodes[41].kind, 2);
	assert_non_null(strstr(roster.kinds[1], "\"board\":\"board1\""));
	assert_null(strstr(roster.kinds[1], "\"id\""));
	assert_null(strstr(roster.kinds[1], "\"groups\""));
	/* What comes and goes is no other kind, and no reason for a roster. */
	SAY("n41", 1, ",\"problem\":\"no chip\",\"backend\":\"none\",\"slots_a_frame\":2");
	assert_int_equal(glow_members_roster(&m, now, &kept), 0);
	assert_true(glow_roster_alike(&roster, &kept));
	glow_roster_fini(&kept);
	/* Who takes over with the roster alone tells the same. */
	glow_members_fini(&m);
	glow_members_init(&m, &placement, GRACE);
	glow_members_restore(&m, &roster, now);
	assert_int_equal(glow_members_roster(&m, now, &kept), 0);
	assert_true(glow_roster_alike(&roster, &kept));
	glow_roster_fini(&roster);
	SAY("n500", 7, "");
	assert_int_equal(glow_members_roster(&m, now, &roster), 0);
	assert_false(glow_roster_alike(&roster, &kept)); /* the control */
	glow_roster_fini(&kept);
	glow_roster_fini(&roster);
	/* A rack, and who tells its effects itself, are no kind. */
	SAY("n0", 0, ",\"boot\":7,\"strip\":8");
	assert_null(glow_members_find(&m, "n0")->kind);
	assert_non_null(glow_members_find(&m, "n1")->kind);
	info("n1", 8, "");
	assert_null(glow_members_find(&m, "n1")->kind);
	/* Where there is not room for all, the kinds count as well; and 500 or fewer do without. */
	assert_int_equal(glow_members_roster(&m, now, &roster), 0);
	whole = glow_json_finish(glow_roster_write(&roster));
	bytes = strlen(whole) - 1000;
	free(whole);
	glow_roster_fit(&roster, bytes);
	whole = glow_json_finish(glow_roster_write(&roster));
	assert_true(strlen(whole) <= bytes && strlen(whole) > bytes - 1000);
	free(whole);
	assert_true(roster.n > GLOW_ROSTER_SHORT && roster.n_kinds == GLOW_KINDS_MAX);
	glow_roster_fit(&roster, bytes - 8000);
	assert_true(roster.n > 0 && roster.n <= GLOW_ROSTER_SHORT);
	assert_int_equal(roster.n_kinds, 0);
	assert_int_equal(roster.nodes[0].kind, 0);
	glow_roster_fini(&roster);
#undef SAY
#undef INFO
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_in_the_roster),
		T(test_order),
		T(test_lit),
		T(test_strayed),
		T(test_kept_states),
		T(test_expected),
		T(test_changes),
		T(test_grace),
		T(test_back_in_time),
		T(test_forgotten),
		T(test_broken),
		T(test_sessions),
		T(test_restore),
		T(test_kinds),
		T(test_too_many),
		T(test_by_name),
		T(test_one_liar_is_outvoted),
		T(test_a_slow_network),
		T(test_a_slow_minority),
		T(test_a_storm_of_many),
		T(test_a_liar_that_asks_much),
		T(test_who_has_a_say_on_deliveries),
		T(test_racks_take_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
