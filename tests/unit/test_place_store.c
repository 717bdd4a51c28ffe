/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Which nodes are told where they lie, and how many messages that is: a change tells those that it moves, once. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include <glow/log.h>

#include "../../bridge/app/conductor/place_store.h"
#include "../harness/outbox.h"

#define CLOCK UINT64_C(0xa1)
#define MAX   1000

static struct glow_roster_node nodes[MAX];
static char group[MAX][GLOW_NAME_SIZE]; /* node k is in group g(k mod 3) */
static struct glow_roster roster;
static struct glow_edition reign;
static struct glow_scene playing[GLOW_SCENES_MAX];
static struct glow_scenes scenes;
static struct glow_place_store store;
static struct glow_raw now;

static void set_up_nodes(uint32_t n)
{
	roster = (struct glow_roster){ .edition = { CLOCK, 1, 1 }, .effective_us = 500, .n = n, .nodes = nodes };
	for (uint32_t k = 0; k < n; k++) {
		snprintf(group[k], sizeof(group[k]), "g%u", k % 3);
		nodes[k] = (struct glow_roster_node){ .pixels = 8, .n_groups = 1, .groups = &group[k] };
		snprintf(nodes[k].id, sizeof(nodes[k].id), "n%u", k);
	}
	glow_roster_lay(&roster);
}

static int setup(void **state)
{
	const struct glow_publisher out = { "glow", "", outbox };

	(void)state;
	glow_log_setup("error", "text");
	now.ns = 1000;
	reign = (struct glow_edition){ CLOCK, 1, 0 };
	scenes = (struct glow_scenes){ .v = playing };
	glow_place_store_init(&store, &out);
	set_up_nodes(9);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_place_store_fini(&store);
	forget();
	return 0;
}

/* How many places are told now that the roster and the scenes are so. */
static int lay(void)
{
	forget();
	glow_place_store_lay(&store, &roster, &reign, &scenes);
	return n_sent;
}

/* The next revision of the roster. */
static int renew(void)
{
	roster.edition.rev++;
	glow_roster_lay(&roster);
	return lay();
}

static struct glow_target *play(enum glow_target_kind kind, uint32_t n, char (*ids)[GLOW_NAME_SIZE])
{
	struct glow_scene *scene = &playing[scenes.n++];

	*scene = (struct glow_scene){ .cluster = true, .target = { kind, n, ids } };
	return &scene->target;
}

static const char *place_of(const char *id)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, "glow", GLOW_TOPIC_PLACE, GLOW_OF_NODE, id);
	return find(topic) ? last(topic) : "none";
}

static void test_all_at_first(void **state)
{
	(void)state;
	assert_int_equal(lay(), 9);
	assert_string_equal(place_of("n4"),
			    "{\"clock_id\":\"00000000000000a1\",\"term\":1,\"rev\":1,\"effective_us\":500,"
			    "\"offset\":32,\"pixels\":72,\"board\":4,\"boards\":9}");
	assert_true(sent[0].retained && sent[0].qos == 1);
	assert_int_equal(lay(), 0);
	assert_int_equal(renew(), 0); /* another roster, but nobody moves */
	assert_int_equal(glow_place_store_next(&store).ns, GLOW_NEVER);
}

static void test_no_roster_yet(void **state)
{
	(void)state;
	roster.edition.rev = 0;
	assert_int_equal(lay(), 0);
	roster.edition.rev = 1; /* the control */
	assert_int_equal(lay(), 9);
}

/* promise: places-that-changed */
static void test_only_what_moves(void **state)
{
	struct glow_roster_node one;

	(void)state;
	lay();
	nodes[3].reverse = true;
	assert_int_equal(renew(), 1);
	assert_true(strstr(place_of("n3"), "\"reverse\":true"));
	one = nodes[2]; /* n2, n3 and n4 change places, and the strip is as long as before */
	nodes[2] = nodes[4];
	nodes[4] = one;
	assert_int_equal(renew(), 2);
	nodes[2].pixels = 9;
	nodes[3].pixels = 7; /* the next one begins later, and no other */
	assert_int_equal(renew(), 1);
	nodes[8].gap = 5; /* leads nowhere */
	assert_int_equal(renew(), 0);
	nodes[7].gap = 5; /* the strip is longer, which all have to know */
	assert_int_equal(renew(), 9);
}

/* promise: places-that-changed */
static void test_come_and_go(void **state)
{
	(void)state;
	lay();
	roster.n = 8;
	assert_int_equal(renew(), 9);
	assert_string_equal(place_of("n8"), ""); /* has none any more */
	assert_int_equal(renew(), 0);
	roster.n = 9;
	assert_int_equal(renew(), 9);
	assert_true(strstr(place_of("n8"), "\"offset\":64"));
}

/* Those whom a scene is for, and once for as long as they have not moved. */
static void test_targets(void **state)
{
	char groups[2][GLOW_NAME_SIZE] = { "g1", "g2" }, ids[2][GLOW_NAME_SIZE] = { "n8", "n0" };
	char named[3][GLOW_NAME_SIZE] = { "n8", "n9", "n8" };
	char part[100];

	(void)state;
	lay();
	snprintf(part, sizeof(part), "\"targets\":{\"%08x\":{\"offset\":8,\"pixels\":24,\"board\":1,\"boards\":3}}",
		 glow_target_key(play(GLOW_TARGET_GROUPS, 1, groups)));
	assert_int_equal(lay(), 3);
	assert_true(strstr(place_of("n4"), part));
	assert_int_equal(lay(), 0);
	play(GLOW_TARGET_GROUPS, 1, groups); /* another scene for the same */
	assert_int_equal(lay(), 0);
	scenes.n = 0;
	assert_int_equal(lay(), 0);
	play(GLOW_TARGET_GROUPS, 1, groups);
	assert_int_equal(lay(), 0); /* they know it still */
	play(GLOW_TARGET_NODES, 2, ids);
	assert_int_equal(lay(), 2);
	assert_true(strstr(place_of("n0"), "\"offset\":0,\"pixels\":16,\"board\":0"));
	play(GLOW_TARGET_NODES, 3, named); /* one twice, one who is not there */
	assert_int_equal(lay(), 1);
	assert_true(strstr(place_of("n8"), "\"offset\":0,\"pixels\":8,\"board\":0,\"boards\":1}"));
	play(GLOW_TARGET_GROUPS, 2, groups);
	assert_int_equal(lay(), 6);
	play(GLOW_TARGET_ALL, 0, NULL);
	assert_int_equal(lay(), 0); /* all have that */
	play(GLOW_TARGET_GROUPS, 1, &groups[1])->kind = GLOW_TARGET_GROUPS;
	playing[scenes.n - 1].cluster = false; /* each alike */
	assert_int_equal(lay(), 0);
}

/* A change that concerns the others of the target alone. */
static void test_target_moves(void **state)
{
	char groups[1][GLOW_NAME_SIZE] = { "g1" };
	struct glow_roster_node one;

	(void)state;
	play(GLOW_TARGET_GROUPS, 1, groups);
	assert_int_equal(lay(), 9);
	one = nodes[1]; /* n1 of g1 and n2 of g2: the first of g1 it is still */
	nodes[1] = nodes[2];
	nodes[2] = one;
	assert_int_equal(renew(), 2);
	strcpy(group[7], "g0"); /* the last of g1 leaves it */
	assert_int_equal(renew(), 2);
	assert_string_equal(place_of("n7"), "none"); /* what it knows of g1 it needs no more */
	strcpy(group[7], "g1");
	assert_int_equal(renew(), 2);
	assert_string_equal(place_of("n7"), "none"); /* and is good again */
}

static void hear(const char *id, const char *text)
{
	glow_place_store_hear(&store, id, &(struct glow_message){ .payload = text, .len = strlen(text) });
}

/* Another leads, and has heard what the broker keeps, in whatever order. */
static void take_over(void)
{
	static struct sent kept[SENT_MAX];
	int n = 0;

	for (int k = n_sent - 1; k >= 0; k--)
		kept[n++] = sent[k];
	glow_place_store_lost(&store);
	for (int k = 0; k < n; k++) {
		struct glow_topic topic = glow_topic_parse("glow", kept[k].topic);

		hear(topic.id, kept[k].payload);
	}
	reign.term++;
}

/* promise: places-that-changed */
static void test_another_reign(void **state)
{
	char groups[1][GLOW_NAME_SIZE] = { "g1" };

	(void)state;
	play(GLOW_TARGET_GROUPS, 1, groups);
	assert_int_equal(lay(), 9);
	take_over();
	assert_int_equal(lay(), 0);
	nodes[3].reverse = true; /* the control; of the new reign */
	assert_int_equal(renew(), 1);
	assert_int_equal(number("glow/node/n3/place", "term"), 2);
	/* Another timeline, whose instants are others. */
	reign.clock_id++;
	assert_int_equal(lay(), 9);
	/* The broker has lost all. */
	glow_place_store_lost(&store);
	assert_int_equal(lay(), 9);
}

static void test_heard_otherwise(void **state)
{
	(void)state;
	lay();
	take_over();
	hear("n3", "{\"rev\":"); /* beside the one before */
	hear("gone", "{\"rev\":1,\"effective_us\":1,\"offset\":0,\"pixels\":8,\"board\":0,\"boards\":1}");
	hear("wrong", "[]");
	hear("n5", "");
	assert_int_equal(lay(), 3);
	assert_string_equal(place_of("gone"), "");
	assert_string_equal(place_of("wrong"), "");
	assert_true(strstr(place_of("n3"), "\"offset\":24"));
	assert_int_equal(renew(), 0);
	/* One that begins to hold much later than the roster was made on another timeline. */
	lay();
	glow_place_store_lost(&store);
	set_up_nodes(1);
	hear("n0", "{\"clock_id\":\"00000000000000a1\",\"rev\":1,\"effective_us\":60000500,\"offset\":0,\"pixels\":8,"
		   "\"board\":0,\"boards\":1}");
	assert_int_equal(lay(), 1);
	glow_place_store_lost(&store);
	hear("n0", "{\"clock_id\":\"00000000000000a1\",\"rev\":1,\"effective_us\":60000499,\"offset\":0,\"pixels\":8,"
		   "\"board\":0,\"boards\":1}");
	assert_int_equal(lay(), 0); /* the control */
}

/* Some at a time; what changes meanwhile is told as it is then. */
static void test_many(void **state)
{
	(void)state;
	set_up_nodes(1000);
	assert_int_equal(lay(), 200);
	assert_int_equal(glow_place_store_waiting(&store), 800);
	assert_int_equal(glow_places_us(1000), 100000);
	assert_int_equal(glow_places_us(199), 0);
	for (int k = 2; k <= 5; k++) {
		now.ns = glow_place_store_next(&store).ns;
		glow_place_store_tick(&store, now);
		assert_int_equal(n_sent, 200 * k);
		glow_place_store_tick(&store, now); /* not before it is due */
		assert_int_equal(n_sent, 200 * k);
	}
	assert_int_equal(glow_place_store_next(&store).ns, GLOW_NEVER);
	assert_int_equal(glow_place_store_waiting(&store), 0);
	nodes[0].reverse = nodes[999].reverse = true;
	assert_int_equal(renew(), 2);
	roster.n = 999;
	assert_int_equal(renew(), 200);
	roster.n = 998;
	forget();
	renew();
	while (glow_place_store_next(&store).ns != GLOW_NEVER)
		glow_place_store_tick(&store, (struct glow_raw){ now.ns = glow_place_store_next(&store).ns });
	assert_int_equal(n_sent, 1000); /* 998, and two that have none */
	assert_int_equal(renew(), 0);
}

static void *no_memory(size_t size)
{
	(void)size;
	return NULL;
}

/* What could not be written for want of memory is tried again, and no place behind it is passed over. */
static void test_out_of_memory(void **state)
{
	cJSON_Hooks none = { no_memory, free };

	(void)state;
	cJSON_InitHooks(&none);
	assert_int_equal(lay(), 0);
	glow_place_store_tick(&store, now);
	assert_int_equal(n_sent, 0);
	assert_true(glow_place_store_next(&store).ns > now.ns);
	cJSON_InitHooks(NULL);
	now.ns = glow_place_store_next(&store).ns;
	glow_place_store_tick(&store, now);
	assert_int_equal(n_sent, 9);
	assert_int_equal(glow_place_store_next(&store).ns, GLOW_NEVER);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_all_at_first), T(test_no_roster_yet), T(test_only_what_moves), T(test_come_and_go),
		T(test_targets),      T(test_target_moves),  T(test_another_reign),   T(test_heard_otherwise),
		T(test_many),         T(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
