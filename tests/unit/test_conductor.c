/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The parts of a conductor together: what arrives reaches the right one, and what one says another hears. Each part
 * has a test of its own. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/log.h>
#include <glow/scenes.h>

#include "../../bridge/app/conductor/parts.h"
#include "../harness/conducting.h"

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
	assert_true(said(DIM, "{\"brightness\":255,\"until_us\":null,"));
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

/* Only a leader takes back what an earlier one announced: a standby's own options are no one's business yet. */
static void test_discovery_taken_back(void **state)
{
	(void)state;
	cfg.discovery = "";
	create();
	retain(CLUSTER, "{\"origin\":{\"name\":\"Glowswarm\"}}");
	glow_conductor_connected(conductor, raw(), false);
	pass(100 * MS);
	assert_int_equal(count(CLUSTER), 0);
	pass(100 * MS);
	assert_int_equal(wants, 1);
	wants = 0;
	glow_conductor_disconnected(conductor, raw());
	retain(CLUSTER, "{\"origin\":{\"name\":\"Glowswarm\"}}");
	glow_conductor_connected(conductor, raw(), true);
	assert_int_equal(count(CLUSTER), 1);
	assert_string_equal(last(CLUSTER), "");
	assert_true(find(CLUSTER)->retained);
}

/* Not by a hand-over either: whoever stood by when it was deleted knows. */
static void test_deleted(void **state)
{
	(void)state;
	follow(0, 10 * SECOND);
	tell(CLUSTER, "{}");
	tell(CLUSTER, "");
	retain(ONLINE, "offline");
	pass(200 * MS);
	take_lead(retain_term_3);
	assert_true(said(INFO, "\"state\":\"leading\""));
	assert_int_equal(count(CLUSTER), 0);
	tell("homeassistant/status", "online");
	pass(5 * SECOND);
	assert_int_equal(count(CLUSTER), 1);
	assert_true(find(CLUSTER)->len > 0);
}

static void test_kept(void **state)
{
	(void)state;
	lead();
	tell(CLUSTER, ""); /* the control of the next: it may be announced, but is not of its own accord */
	pass(10 * SECOND);
	assert_int_equal(count(CLUSTER), 0);
	tell("homeassistant/status", "online");
	glow_conductor_disconnected(conductor, raw()); /* whoever leads then is to answer */
	glow_conductor_connected(conductor, raw(), false);
	pass(5 * SECOND);
	assert_int_equal(count(CLUSTER), 0);
}

/* ---- the roster ---- */

static void test_roster(void **state)
{
	(void)state;
	lead();
	node_with("pi10", 8, "\"a\",\"b\"");
	node("pi9");
	pass(150 * MS);
	node_with("pi2", 18, "");
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

/* How often these words are in the file. */
static int logged(int fd, const char *words)
{
	static char text[65536];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	int n = 0;

	text[len > 0 ? len : 0] = '\0';
	for (const char *at = text; (at = strstr(at, words)); at++)
		n++;
	return n;
}

/* More nodes than are kept: the first ones keep their places, and it is said once. */
static void test_too_many_nodes(void **state)
{
	FILE *file = tmpfile();
	int fd = fileno(file), terminal = dup(2), before;

	(void)state;
	lead();
	conductor->members.most = 2;
	dup2(fd, 2);
	glow_log_setup("warning", "text");
	node("pi1");
	node("pi2");
	before = logged(fd, "one more than");
	node("pi3");
	node("pi4");
	node("pi3");
	glow_log_setup("error", "text");
	dup2(terminal, 2);
	close(terminal);
	assert_int_equal(before, 0); /* the control */
	assert_int_equal(logged(fd, "node pi3 is one more than the 2 that a conductor keeps"), 1);
	assert_int_equal(logged(fd, "one more than"), 1);
	fclose(file);
	assert_int_equal(conductor->members.crowd.n, 2);
	pass(20 * SECOND);
	assert_non_null(strstr(last(ROSTER), "pi2"));
	assert_null(strstr(last(ROSTER), "pi3"));
}

static void retain_roster(void)
{
	retain_nodes();
	retain(ROSTER, OLD_ROSTER);
	node_info("n7", 8, "\"g\"");
	node_says("n7", "offline");
	node_info("n8", 8, ""); /* gone long before, and in no roster */
	node_says("n8", "offline");
}

/* It comes back, and leads again: what an earlier life or another has left behind the broker keeps, `at_first` and as
 * it begins to lead. */
static void restart(void (*at_first)(void), void (*then)(void))
{
	add_nodes(2, WALL, 50000);
	create();
	at_first();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	take_lead(then);
	pass(2 * SECOND);
}

static void test_roster_after_a_restart(void **state)
{
	(void)state;
	restart(retain_roster, retain_roster);
	assert_int_equal(count(ROSTER), 1); /* the very same, with the same rev */
	assert_non_null(strstr(last(ROSTER), &OLD_ROSTER[1]));
	pass(56 * SECOND);
	assert_non_null(strstr(last(ROSTER), &OLD_ROSTER[1]));
	pass(4 * SECOND);
	assert_int_equal(number(ROSTER, "rev"), 42);
	assert_false(said(ROSTER, "n7"));
}

#define SAME_CLOCK "{\"clock_id\":\"feedbeef01234567\",\"term\":3,"

static void retain_own_roster(void)
{
	char text[400];

	retain_roster();
	snprintf(text, sizeof(text), SAME_CLOCK "%s", &OLD_ROSTER[1]);
	retain(ROSTER, text);
}

/* What the broker has of this timeline is not sent to all nodes again. */
static void test_roster_of_another_reign(void **state)
{
	(void)state;
	restart(retain_own_roster, retain_own_roster);
	assert_int_equal(count(ROSTER), 0);
	assert_int_equal(number(INFO, "term"), 4);
	pass(60 * SECOND);
	assert_int_equal(count(ROSTER), 1); /* the control: n7 has gone */
	assert_int_equal(number(ROSTER, "term"), 4);
	assert_int_equal(number(ROSTER, "rev"), 42);
}

static bool no_memory;

int __real_glow_members_roster(const struct glow_members *m, struct glow_raw at, struct glow_roster *ret_roster);
int __wrap_glow_members_roster(const struct glow_members *m, struct glow_raw at, struct glow_roster *ret_roster);
int __wrap_glow_members_roster(const struct glow_members *m, struct glow_raw at, struct glow_roster *ret_roster)
{
	return no_memory ? -ENOMEM : __real_glow_members_roster(m, at, ret_roster);
}

/* A roster for which there is no memory is made later. */
static void test_roster_without_memory(void **state)
{
	(void)state;
	lead();
	no_memory = true;
	node("n1");
	pass(SECOND);
	assert_int_equal(count(ROSTER), 0);
	no_memory = false;
	pass(SECOND);
	assert_int_equal(count(ROSTER), 1);
}

/* ---- what each node is told of it ---- */

/* How many messages there are of places, and where the first and the last of them are in the outbox. */
static int count_places(int *ret_first, int *ret_last)
{
	int n = 0;

	for (int k = 0; k < n_sent; k++)
		if (glow_topic_kind("glow", sent[k].topic) == GLOW_TOPIC_PLACE) {
			*ret_first = n++ ? *ret_first : k;
			*ret_last = k;
		}
	return n;
}

static int n_places(void)
{
	int first, last;

	return count_places(&first, &last);
}

static int place_in_outbox(const char *topic)
{
	for (int k = n_sent; k-- > 0;)
		if (strcmp(sent[k].topic, topic) == 0)
			return k;
	return -1;
}

/* At the same instant as the roster, each node where it lies there. */
static void test_places(void **state)
{
	(void)state;
	lead();
	node("n1");
	node("n2");
	node_with("n3", 18, "\"shelf\"");
	pass(SECOND);
	assert_int_equal(n_places(), 3);
	assert_int_equal(number("glow/node/n2/place", "offset"), 8);
	assert_int_equal(number("glow/node/n2/place", "pixels"), 34);
	assert_int_equal(number("glow/node/n3/place", "board"), 2);
	assert_int_equal(number("glow/node/n3/place", "effective_us"), number(ROSTER, "effective_us"));
	assert_int_equal(number("glow/node/n3/place", "rev"), number(ROSTER, "rev"));
	forget();
	pass(10 * SECOND);
	node("n1"); /* says it again */
	pass(SECOND);
	assert_int_equal(n_places(), 0);
	ask("glow/roster/set", "{\"nodes\":{\"n2\":{\"reverse\":true}}}");
	pass(SECOND);
	assert_int_equal(n_places(), 1);
	assert_true(said("glow/node/n2/place", "\"reverse\":true"));
	forget();
	ask("glow/roster/set", "{\"order\":[\"n2\",\"n1\"]}");
	pass(SECOND);
	assert_int_equal(n_places(), 2);
	forget();
	node_info("n2", 8, ""); /* forgotten while it is there: until it says again what it is */
	retain("glow/node/n3/availability", "");
	retain("glow/node/n3/info", "");
	pass(SECOND);
	assert_string_equal(last("glow/node/n3/place"), "");
	assert_int_equal(find("glow/node/n3/place")->retained, true);
	assert_int_equal(n_places(), 3);
}

/* Who needs another place for it knows that before the scene comes. */
static void test_places_for_scenes(void **state)
{
	int first = 0, last_one = 0;

	(void)state;
	lead();
	node("n1");
	node_with("n2", 8, "\"shelf\"");
	node_with("n3", 8, "\"shelf\"");
	pass(SECOND);
	forget();
	ask(PLAY, "rainbow");
	ask(PLAY, "{\"effect\":\"fire\",\"id\":\"x\",\"span\":\"node\",\"target\":{\"groups\":[\"shelf\"]}}");
	pass(SECOND);
	assert_int_equal(n_places(), 0);
	forget();
	ask(PLAY, "{\"effect\":\"fire\",\"id\":\"y\",\"target\":{\"groups\":[\"shelf\"]}}");
	assert_int_equal(count_places(&first, &last_one), 2);
	assert_true(last_one < place_in_outbox(SCENES) && place_in_outbox(SCENES) < place_in_outbox(ANSWER));
	assert_true(said("glow/node/n3/place", "\"targets\":{\"b609367b\":{\"offset\":8,\"pixels\":16,\"board\":1,"
					       "\"boards\":2}}"));
	pass(SECOND);
	forget();
	ask(PLAY, "{\"effect\":\"rainbow\",\"id\":\"y\",\"target\":{\"groups\":[\"shelf\"]}}");
	ask(STOP, "");
	pass(5 * SECOND);
	assert_int_equal(n_places(), 0);
	/* Who joins what a scene plays for has all of it at once, and the others hear of him. */
	ask(PLAY, "{\"effect\":\"rainbow\",\"id\":\"y\",\"target\":{\"groups\":[\"shelf\"]}}");
	node_with("n4", 8, "\"shelf\"");
	pass(SECOND);
	assert_int_equal(n_places(), 4);
	assert_true(said("glow/node/n4/place", "\"offset\":16,\"pixels\":24,\"board\":2,\"boards\":3}"));
}

/* So are places for which there was none. */
static void test_places_without_memory(void **state)
{
	(void)state;
	lead();
	node("n1");
	node("n2");
	pass(SECOND);
	forget();
	glow_place_store_lost(&conductor->places); /* as if nobody had been told */
	pass(SECOND);
	assert_int_equal(n_places(), 0); /* the control */
	conductor->places.in_vain = true;
	pass(SECOND);
	assert_int_equal(n_places(), 2);
	assert_false(conductor->places.in_vain);
}

/* How much later than a scene for all one for this group begins, so that its nodes know their places before. */
static int64_t later_us(const char *group, int64_t said_us)
{
	char text[100];

	snprintf(text, sizeof(text), "{\"effect\":\"fire\",\"id\":\"%s\",\"target\":{\"groups\":[\"%s\"]}}", group,
		 group);
	ask(PLAY, text);
	assert_true(said(ANSWER, "\"ok\""));
	return number(ANSWER, "start_us") - said_us - 250000;
}

/* 200 are told at once, and the next ones 20 ms later. Scenes that are published together are for all their nodes. */
static void test_time_for_places(void **state)
{
	static const char *const groups[] = { "a", "b", "c" };
	char id[16], group[8];

	(void)state;
	lead();
	for (int k = 0; k < 750; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		snprintf(group, sizeof(group), "\"%s\"", groups[k / 250]);
		node_with(id, 8, group);
	}
	pass(10 * SECOND);
	assert_int_equal(n_places(), 750);
	forget();
	assert_int_equal(later_us("a", utc_us()), 20000);
	assert_int_equal(n_places(), 250);
	assert_int_equal(later_us("b", utc_us() + 20000), 20000);
	assert_int_equal(later_us("c", utc_us() + 20000), 40000);
	assert_int_equal(n_places(), 250); /* b and c are not published yet */
	pass(SECOND);
	assert_int_equal(n_places(), 750);
	assert_int_equal(later_us("c", utc_us()), 0); /* the control: they know */
}

#define PLACE(offset, board)                                                                             \
	"{\"clock_id\":\"feedbeef01234567\",\"term\":3,\"rev\":41,\"effective_us\":1,\"offset\":" offset \
	",\"pixels\":24,\"board\":" board ",\"boards\":3}"

static void retain_places(void)
{
	retain_own_roster();
	retain("glow/node/n1/place", PLACE("8", "1"));
	retain("glow/node/n0/place", PLACE("0", "0"));
	retain("glow/node/n7/place", PLACE("16", "2"));
	retain("glow/node/n9/place", PLACE("16", "2")); /* who has gone */
}

/* What nodes have of this timeline they are not told again. */
/* promise: places-that-changed */
static void test_places_of_another_reign(void **state)
{
	(void)state;
	restart(retain_own_roster, retain_places);
	assert_int_equal(n_places(), 1);
	assert_string_equal(last("glow/node/n9/place"), "");
	pass(60 * SECOND); /* the control: n7 has gone */
	assert_int_equal(n_places(), 4);
	assert_string_equal(last("glow/node/n7/place"), "");
	assert_int_equal(number("glow/node/n1/place", "pixels"), 16);
	assert_int_equal(number("glow/node/n1/place", "term"), 4);
}

/* An attempt to connect that broke off after the broker had told what it keeps says nothing of what it keeps later. */
static void test_places_heard_in_vain(void **state)
{
	(void)state;
	add_nodes(2, WALL, 50000);
	create();
	retain_own_roster();
	glow_conductor_connected(conductor, raw(), false);
	pass(1500 * MS);
	wants = 0;
	glow_conductor_disconnected(conductor, raw());
	retain_places();
	glow_conductor_failed(conductor, raw());
	retain_places();
	glow_conductor_connected(conductor, raw(), true);
	pass(2 * SECOND);
	assert_int_equal(n_places(), 1);
	assert_string_equal(last("glow/node/n9/place"), "");
}

/* Somebody clears a place, as glowctl forget does, of a node that is back before the roster is another. */
static void test_place_cleared(void **state)
{
	(void)state;
	lead();
	node("n1");
	node("n2");
	pass(SECOND);
	node_says("n2", "offline");
	pass(SECOND);
	forget();
	retain("glow/node/n2/info", "");
	retain("glow/node/n2/availability", "");
	tell("glow/node/n2/place", "");
	node("n2");
	pass(SECOND);
	assert_int_equal(n_places(), 1);
	assert_int_equal(number("glow/node/n2/place", "offset"), 8);
	/* Of a node that stays, too; and once. */
	forget();
	tell("glow/node/n1/place", "");
	pass(SECOND);
	assert_int_equal(n_places(), 1);
	assert_int_equal(number("glow/node/n1/place", "boards"), 2);
	forget();
	tell("glow/node/gone/place", ""); /* who has none */
	pass(SECOND);
	assert_int_equal(n_places(), 0);
}

static bool plays_on(const char *node)
{
	char text[100];

	snprintf(text, sizeof(text), "{\"effect\":\"fire\",\"id\":\"%s\",\"target\":{\"nodes\":[\"%s\"]}}", node, node);
	ask(PLAY, text);
	assert_int_equal(said(ANSWER, "\"ok\""), !said(ANSWER, "unknown_target"));
	return said(ANSWER, "\"ok\"");
}

/* It has read all that the broker keeps before it answers anybody. */
static void test_names_after_a_restart(void **state)
{
	(void)state;
	cfg.order = "door";
	restart(retain_roster, retain_roster);
	assert_true(plays_on("n0") && plays_on("n7") && plays_on("n8") && plays_on("door"));
	assert_false(plays_on("n9"));
	node_info("n9", 8, "");
	assert_true(plays_on("n9"));
}

/* Where there is nobody yet, scenes may wait for those who come. */
static void test_names_without_nodes(void **state)
{
	(void)state;
	lead();
	assert_true(plays_on("n9"));
	assert_int_equal(number(ANSWER, "nodes"), 0);
	node("n1");
	assert_false(plays_on("n8")); /* control */
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

/* ---- what people ask ---- */

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

/* Each request comes to the part that answers it, and is answered while we lead. */
static void test_requests(void **state)
{
	static const char *const asked[][2] = { { PLAY, "rainbow" },
						{ STOP, "" },
						{ "glow/dim/set", "40%" },
						{ "glow/all/set", "red" },
						{ "glow/all/notify", "identify" },
						{ "glow/group/g/set", "red" },
						{ "glow/group/g/notify", "identify" } };
	const int n = sizeof(asked) / sizeof(asked[0]);

	(void)state;
	stand_by();
	for (int k = 0; k < n; k++)
		ask(asked[k][0], asked[k][1]);
	assert_int_equal(n_sent, 0); /* that is for another to answer */
	pass(200 * MS);
	take_lead(NULL);
	forget();
	for (int k = 0; k < n; k++) {
		ask(asked[k][0], asked[k][1]);
		assert_int_equal(count(ANSWER), k + 1);
		assert_true(said(ANSWER, "\"status\":\"ok\""));
		pass(20 * MS); /* what comes together is said together */
	}
	assert_int_equal(count(SCENES), 2);
	assert_int_equal(count(DIM), 1);
	assert_int_equal(count("glow/all/apply"), 2);
	assert_true(said("glow/all/apply", "\"kind\":\"notify\""));
	assert_int_equal(count("glow/group/g/apply"), 2);
	tell("glow/node/pi1/state", "red"); /* not subscribed */
	tell("elsewhere/all/set", "red");
	assert_int_equal(count("glow/all/apply"), 2);
}

/* What was lost before it came here is answered too, by the leader alone; what is no question is not,
 * nor what the nodes answer that have it too. */
/* promise: nothing-lost-unsaid */
static void test_dropped(void **state)
{
	static const char *const topics[] = { PLAY, STOP, "glow/dim/set" };
	static const char *const others[] = { "glow/node/pi1/state", "glow/all/set", "glow/group/g/notify" };

	(void)state;
	stand_by();
	for (int k = 0; k < 6; k++) {
		const struct glow_message m = { .topic = topics[k % 3], .response_topic = ANSWER };

		if (k == 3) {
			assert_int_equal(count(ANSWER), 0);
			pass(200 * MS);
			take_lead(NULL);
			forget();
		}
		glow_conductor_dropped(conductor, &m, false);
	}
	assert_int_equal(count(ANSWER), 3);
	assert_true(said(ANSWER, "\"code\":\"busy\""));
	for (int k = 0; k < 3; k++)
		glow_conductor_dropped(conductor,
				       &(struct glow_message){ .topic = others[k], .response_topic = ANSWER }, false);
	assert_int_equal(count(ANSWER), 3);
}

/* How much is lost stands in the info, which is said again when it is more. */
/* promise: nothing-lost-unsaid */
static void test_counts(void **state)
{
	const struct glow_mqtt_counts counts = { .in_dropped = 7 };
	const struct glow_wall unset = { .synchronised = false };

	(void)state;
	lead();
	forget();
	glow_conductor_wall(conductor, raw(), &unset);
	forget();
	glow_conductor_counts(conductor, &counts);
	glow_conductor_wall(conductor, raw(), &unset);
	assert_int_equal(count("glow/conductor/info"), 1);
	assert_int_equal(number("glow/conductor/info", "in_dropped"), 7);
	glow_conductor_wall(conductor, raw(), &unset);
	assert_int_equal(count("glow/conductor/info"), 1);
}

/* How far ahead a command for all is put now. */
static int64_t ahead_us(void)
{
	forget();
	pass(10 * SECOND); /* not before one that was given more time */
	ask("glow/all/set", "red");
	return number(ANSWER, "at_us") - utc_us();
}

static void probes(const char *asker, int n, int64_t delivery_ns)
{
	while (n-- > 0)
		probe(asker, now, now + WALL - delivery_ns);
}

/* Three times what the slow deliveries of all nodes but one take, as those measure it that know the time. */
static void test_lead_follows_deliveries(void **state)
{
	(void)state;
	lead();
	node("pi1");
	for (int k = 0; k < 64; k++) {
		probes("pi1", 1, k % 30 == 0 ? 400 * MS : 2 * MS);
		probes("pi1", 1, 5000 * SECOND); /* nonsense */
		probe("pi1", now, 0);            /* without cluster time */
		forget();
	}
	assert_int_equal(ahead_us(), 1200000);
	ask(PLAY, "fire");
	assert_int_equal(number(ANSWER, "start_us"), utc_us() + 1200000);
	probes("pi1", 64, 2 * MS);
	assert_int_equal(ahead_us(), 250000);
}

/* Whoever takes over goes on with what the one before said, until most of its nodes have told how long they take. */
static void test_lead_outlives_its_conductor(void **state)
{
	char text[400];

	(void)state;
	stand_by();
	snprintf(text, sizeof(text),
		 "{\"id\":\"pi9\",\"state\":\"leading\",\"clock_id\":\"00000000000000aa\",\"term\":7,\"boot\":9,\"rate_"
		 "ppb\":0,"
		 "\"nodes\":2,\"version\":\"0\",\"utc_offset_us\":null,\"tz_offset_s\":null,\"ahead_us\":1500000}");
	deliver((struct glow_message){
		.topic = "glow/conductor/info", .payload = text, .len = strlen(text), .retained = true });
	pass(2 * SECOND);
	take_lead(NULL);
	pass(10 * SECOND);
	node("pi1");
	node("pi2");
	node("pi3");
	assert_int_equal(ahead_us(), 1500000);
	assert_int_equal(number("glow/conductor/info", "ahead_us"), 1500000);
	probes("pi1", 64, 2 * MS);
	forget();
	assert_int_equal(ahead_us(), 1500000);
	probes("pi2", 64, 2 * MS);
	assert_int_equal(ahead_us(), 250000);
	assert_int_equal(number("glow/conductor/info", "ahead_us"), 250000);
}

/* Whoever is no node, or is one among others, says what it likes and moves nothing. */
/* promise: viewer-changes-nothing, one-liar-moves-nothing */
static void test_lead_is_not_a_liars_to_move(void **state)
{
	static const char *const nobodys[] = { "x-browser", "x/pi1", "x/4f2a", "c-00000001", "pi9" };

	(void)state;
	lead();
	node("pi1");
	node("pi2");
	node("pi3");
	probes("pi1", 64, 2 * MS);
	forget();
	probes("pi2", 64, 3 * MS);
	forget();
	for (size_t k = 0; k < sizeof(nobodys) / sizeof(nobodys[0]); k++) {
		probes(nobodys[k], 64, 1900 * MS);
		forget();
	}
	assert_int_equal(ahead_us(), 250000);
	probes("pi3", 64, 1900 * MS);
	assert_int_equal(ahead_us(), 250000);
	probes("pi2", 64, 1900 * MS); /* the control: two of them do */
	assert_int_equal(ahead_us(), 5700000);
}

/* Who looks gets the time at a topic of his own, and those who look too much get it no more than that often. */
/* promise: viewer-changes-nothing */
static void test_viewers(void **state)
{
	(void)state;
	lead();
	probe("x/4f2a", now, 0);
	assert_int_equal(count("glow/time/reply/x/4f2a"), 1);
	probe("x", now, 0); /* a node of that name */
	assert_int_equal(count("glow/time/reply/x"), 1);
	forget();
	for (int k = 0; k < 150; k++)
		probe("x/flood", now, 0);
	probe("x/4f2a", now, 0);
	assert_int_equal(count("glow/time/reply/x/flood"), 99);
	assert_int_equal(count("glow/time/reply/x/4f2a"), 0);
	probe("pi1", now, 0); /* the control: a node is answered all the same */
	assert_int_equal(count("glow/time/reply/pi1"), 1);
	forget();
	now += 100 * MS;
	probe("x/4f2a", now, 0);
	assert_int_equal(count("glow/time/reply/x/4f2a"), 1);
}

/* What was answered `ok` right before the end is said, and then `offline`; what nobody asked for is not. */
/* promise: nothing-lost-unsaid */
static void test_goodbye(void **state)
{
	static const char *const asked[] = { "{\"effect\":\"fire\",\"id\":\"a\"}",
					     "{\"effect\":\"fire\",\"id\":\"b\"}" };

	(void)state;
	lead();
	pass(20 * MS);
	forget();
	for (int k = 0; k < 2; k++) {
		ask(PLAY, asked[k]);
		assert_true(said(ANSWER, "\"status\":\"ok\""));
	}
	tell("glow/dim/set", "40%");
	glow_conductor_goodbye(conductor);
	read_scenes();
	assert_int_equal(scenes.n, 2);
	assert_int_equal(count(DIM), 1);
	assert_string_equal(sent[n_sent - 1].topic, "glow/conductor/availability");
	assert_string_equal(sent[n_sent - 1].payload, "offline");
	forget();
	glow_conductor_goodbye(conductor); /* the control: nothing is new */
	assert_int_equal(count(SCENES) + count(DIM), 0);
}

/* A scene ends in time, though nobody says anything. */
static void test_scene_ends(void **state)
{
	(void)state;
	lead();
	tell(PLAY, "{\"effect\":\"fire\",\"id\":\"f\",\"duration_s\":10}");
	tell(PLAY, "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":2},{\"effect\":\"solid\",\"duration_s\":3}]}");
	assert_int_equal(count(SCENES), 1); /* at most one in 20 ms */
	pass(20 * MS);
	read_scenes();
	assert_int_equal(scenes.n, 2);
	pass(6 * SECOND); /* 0.25 + 5 s: over, but only just */
	assert_int_equal(count(SCENES), 2);
	pass(300 * MS);
	read_scenes();
	assert_int_equal(scenes.n, 1);
	assert_string_equal(scenes.v[0].id, "f");
	assert_int_equal(scenes.edition.rev, 4);
	pass(5 * SECOND);
	read_scenes();
	assert_int_equal(scenes.n, 0);
	pass(600 * SECOND);
	assert_int_equal(count(SCENES), 4);
}

/* ---- what the broker keeps ---- */

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
	restart(retain_scenes, retain_scenes);
	assert_true(said(INFO, "leading"));
	read_scenes();
}

static void test_scenes_after_a_restart(void **state)
{
	(void)state;
	restart_with(KEPT("feedbeef01234567", "1699999999000000", "null"));
	assert_int_equal(scenes.n, 1);
	assert_int_equal(scenes.edition.rev, 17);
	assert_int_equal(scenes.edition.term, 4);
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
	assert_int_equal(scenes.edition.clock_id, CLOCK);
	assert_int_equal(scenes.edition.rev, 18);
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

/* promise: broken-is-passed-over */
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
	assert_int_equal(scenes.edition.rev, 17);
	assert_int_equal(scenes.edition.term, 4);
	assert_non_null(strstr(last(ROSTER), &OLD_ROSTER[1]));
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
	assert_true(said(DIM, "{\"brightness\":255,\"until_us\":null,"));
}

/* ---- what all show ---- */

/* What all of them and each group show is said, and a group that comes and goes is an entity of Home Assistant's. */
static void test_lights(void **state)
{
	(void)state;
	lead();
	node_with("n1", 8, "\"shelf\"");
	tell("glow/node/n1/state", "{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":9,\"g\":8,\"b\":7},"
				   "\"brightness\":6,\"effect\":\"fire\",\"params\":{}}");
	pass(5 * SECOND);
	assert_true(said("glow/all/state", "\"effect\":\"fire\",\"nodes\":1,\"on\":1}"));
	assert_string_equal(last("glow/group/shelf/state"), last("glow/all/state"));
	assert_true(said(CLUSTER, "\"group-shelf\":{\"platform\":\"light\",\"unique_id\""));
	tell(CLUSTER, last(CLUSTER));
	tell("glow/node/n1/availability", "offline");
	tell("glow/node/n1/info", "");
	pass(SECOND);
	assert_true(said("glow/all/state", "\"nodes\":0"));
	assert_string_equal(last("glow/group/shelf/state"), "");
	assert_true(said(CLUSTER, "\"unique_id\":\"glow-cluster-group-shelf\"")); /* not yet */
	pass(65 * SECOND);
	assert_true(said(CLUSTER, "\"group-shelf\":{\"platform\":\"light\"}"));
}

/* A preset in place of a scene, for those who choose both at one topic: it is told while it shows, and taken back. */
static void test_preset_played(void **state)
{
	(void)state;
	lead();
	node("pi1");
	tell("glow/node/pi1/state", "{\"state\":\"ON\",\"effect\":\"fire\",\"color\":{\"r\":1,\"g\":2,\"b\":3}}");
	tell("glow/preset/evening/set", "{\"lights\":{\"pi1\":{\"effect\":\"rainbow\"}}}");
	ask(PLAY, "{\"preset\":\"evning\"}");
	assert_true(said(ANSWER, "unknown_preset") && said(ANSWER, "evening"));
	ask(PLAY, "{\"preset\":\"evening\",\"id\":\"b\"}");
	assert_true(said(ANSWER, "\"conflict\""));
	deliver((struct glow_message){ .topic = PLAY,
				       .payload = "{\"preset\":\"evening\"}",
				       .len = strlen("{\"preset\":\"evening\"}"),
				       .retained = true });
	assert_int_equal(count("glow/node/pi1/set"), 0);
	ask(PLAY, "{\"preset\":null}"); /* none shows */
	assert_true(said(ANSWER, "\"status\":\"ok\"") && count("glow/node/pi1/set") == 0);

	ask(PLAY, "{\"preset\":\"evening\",\"fade_ms\":250}");
	assert_true(said(ANSWER, "\"status\":\"ok\"") && said(ANSWER, "\"name\":\"evening\""));
	assert_true(said("glow/node/pi1/set", "rainbow") && said("glow/node/pi1/set", "\"transition\":0.25"));
	pass(SECOND);
	assert_true(said("glow/all/state", "\"preset\":\"evening\""));
	ask(PLAY, "{\"preset\":null}");
	assert_true(said(ANSWER, "\"undone\":\"preset/evening/apply\"") && said("glow/node/pi1/set", "fire"));
	pass(SECOND);
	assert_false(said("glow/all/state", "preset"));
	ask(PLAY, "{\"preset\":\"evening\"}");
	pass(2 * SECOND);
	ask("glow/all/set", "red");
	pass(SECOND);
	assert_false(said("glow/all/state", "preset"));
}

/* ---- what it listens to ---- */

/* In the order of subscription, which broker rules and documents quote; the first are kept by the broker. */
static void test_topics(void **state)
{
	static const char *const topics[] = {
		"glow/conductor/info",
		"glow/conductor/availability",
		"glow/roster",
		"glow/roster/wanted",
		"glow/effect",
		"glow/effect/+",
		"glow/preset/+",
		"glow/schedule/+",
		"glow/scene/current",
		"glow/dim/current",
		"glow/node/+/info",
		"glow/node/+/availability",
		"glow/node/+/state",
		"glow/node/+/place", /* the leader's alone */
		"glow/conductor/beacon",
		"glow/scene/play",
		"glow/scene/stop",
		"glow/dim/set",
		"glow/roster/set",
		"glow/effect/+/set",
		"glow/preset/+/set",
		"glow/preset/+/apply",
		"glow/undo",
		"glow/schedule/+/set",
		"glow/all/set",
		"glow/all/notify",
		"glow/group/+/set",
		"glow/group/+/notify",
		"glow/time/reply/c-1234abcd",
		"glow/time/adopt/reply/1234abcd",
		"glow/time/request/+", /* the leader's alone */
		"glow/time/request/x/+",
	};
	const size_t n = sizeof(topics) / sizeof(topics[0]);
	char topic[GLOW_TOPIC_MAX + 1];
	bool keeps;

	(void)state;
	for (size_t k = 0; k < n; k++) {
		assert_true(glow_conductor_topic(&cfg, k, topic, &keeps));
		assert_string_equal(topic, topics[k]);
		/* A retained command must not be replayed, what is kept must. */
		assert_int_equal(keeps, k < 14);
	}
	assert_false(glow_conductor_topic(&cfg, n, topic, &keeps));
	cfg.boot = 1;
	glow_conductor_topic(&cfg, n - 1 - GLOW_CONDUCTOR_LEAD_TOPICS, topic, &keeps);
	assert_string_equal(topic, "glow/time/adopt/reply/00000001");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, drop_scenes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_start),
		TEST(test_no_discovery),
		TEST(test_discovery_taken_back),
		TEST(test_deleted),
		TEST(test_kept),
		TEST(test_roster),
		TEST(test_roster_wishes),
		TEST(test_bad_wishes),
		TEST(test_roster_grace),
		TEST(test_forgotten_node),
		TEST(test_broken_nodes),
		TEST(test_too_many_nodes),
		TEST(test_roster_after_a_restart),
		TEST(test_roster_of_another_reign),
		TEST(test_roster_without_memory),
		TEST(test_places),
		TEST(test_places_for_scenes),
		TEST(test_places_without_memory),
		TEST(test_time_for_places),
		TEST(test_places_of_another_reign),
		TEST(test_places_heard_in_vain),
		TEST(test_place_cleared),
		TEST(test_node_lost_with_the_broker),
		TEST(test_requests),
		TEST(test_dropped),
		TEST(test_counts),
		TEST(test_lead_follows_deliveries),
		TEST(test_lead_outlives_its_conductor),
		TEST(test_lead_is_not_a_liars_to_move),
		TEST(test_viewers),
		TEST(test_goodbye),
		TEST(test_scene_ends),
		TEST(test_scenes_after_a_restart),
		TEST(test_scenes_of_another_clock),
		TEST(test_old_scenes_of_another_clock),
		TEST(test_broken_retained_messages),
		TEST(test_standby_keeps_the_scenes),
		TEST(test_passing_dim_of_no_clock),
		TEST(test_names_after_a_restart),
		TEST(test_names_without_nodes),
		TEST(test_topics),
		TEST(test_lights),
		TEST(test_preset_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
