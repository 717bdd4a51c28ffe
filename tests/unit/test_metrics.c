/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What Prometheus is told: by whom, of whom, and that it is the same in pieces of any size. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../harness/conducting.h"

#define STATS                                                                                                   \
	"{\"fps\":60,\"late\":7,\"dropped\":3,\"write_us\":812,\"frame_cpu_us\":905,\"slots_a_frame\":2,"       \
	"\"sync\":{\"state\":\"tracking\",\"offset_us\":-12,\"error_us\":8},\"cpu\":12.5,\"temperature\":48.2," \
	"\"gauges\":{\"cpu\":12.5,\"memory\":31},\"messages\":{\"in_dropped\":2,\"out_dropped\":3}}"

static char text[1 << 20];

/* All of it, in pieces of that size. */
static const char *metrics(size_t room)
{
	struct glow_metrics_at at = { 0 };
	size_t len = 0, n;

	while ((n = glow_conductor_metrics(conductor, raw(), &at, text + len, room)) > 0) {
		assert_true(n <= room && text[len + n - 1] == '\n');
		len += n;
	}
	text[len] = '\0';
	return text;
}

static bool tells(const char *line)
{
	char whole[300];

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	return strstr(metrics(16384), whole);
}

static int count_of(const char *part)
{
	int n = 0;

	for (const char *c = metrics(16384); (c = strstr(c, part)); c++)
		n++;
	return n;
}

static int setup_metrics(void **state)
{
	int r = setup(state);

	cfg.metrics = true;
	return r;
}

static int teardown_metrics(void **state)
{
	cfg.metrics = false;
	cfg.uplink = NULL;
	return teardown(state);
}

static void test_leader(void **state)
{
	(void)state;
	lead();
	node("pi1");
	pass(SECOND);
	tell("glow/node/pi1/stats", STATS);
	assert_true(tells("glow_conductor_leading 1") && tells("glow_conductor_reigns_total 1"));
	assert_true(tells("glow_conductor_connected 1") && tells("glow_cluster_nodes 1"));
	assert_true(tells("glow_node_online{node=\"pi1\"} 1"));
	assert_true(tells("glow_node_frames_per_second{node=\"pi1\"} 60"));
	assert_true(tells("glow_node_late_frames_total{node=\"pi1\"} 7"));
	assert_true(tells("glow_node_dropped_slots_total{node=\"pi1\"} 3"));
	assert_true(tells("glow_node_write_seconds{node=\"pi1\"} 0.000812"));
	assert_true(tells("glow_node_sync_error_seconds{node=\"pi1\"} 8e-06"));
	assert_true(tells("glow_node_sync_offset_seconds{node=\"pi1\"} -1.2e-05"));
	assert_true(tells("glow_node_synced{node=\"pi1\"} 1"));
	assert_true(tells("glow_node_slots_per_frame{node=\"pi1\"} 2"));
	assert_true(tells("glow_node_cpu_ratio{node=\"pi1\"} 0.125"));
	assert_true(tells("glow_node_temperature_celsius{node=\"pi1\"} 48.2"));
	assert_true(tells("glow_node_messages_dropped_total{node=\"pi1\"} 5"));
	assert_false(tells("glow_node_online{node=\"pi2\"} 1")); /* the control */
}

/* Of one that is away only that it is: what it said last is no longer so. */
static void test_away(void **state)
{
	(void)state;
	lead();
	node("pi1");
	tell("glow/node/pi1/stats", STATS);
	assert_true(tells("glow_node_frames_per_second{node=\"pi1\"} 60")); /* the control */
	node_says("pi1", "offline");
	assert_true(tells("glow_node_online{node=\"pi1\"} 0"));
	assert_int_equal(count_of("{node=\"pi1\""), 2); /* and what it is */
	node_says("pi1", "online");
	assert_false(tells("glow_node_frames_per_second{node=\"pi1\"} 60"));
}

static void test_standby(void **state)
{
	(void)state;
	stand_by();
	node("pi1");
	tell("glow/node/pi1/stats", STATS);
	assert_true(tells("glow_conductor_leading 0"));
	assert_int_equal(count_of("{node="), 0);
	assert_false(tells("glow_cluster_nodes 1"));
}

/* Of a rack: how it follows its root, and that it has lost it. */
static void test_uplink(void **state)
{
	(void)state;
	answerers[n_answerers++] = (struct answerer){ .above = true,
						      .s_minus_l = WALL,
						      .leader = { .clock_id = 1, .term = 3, .boot = 4242 } };
	cfg.uplink = "hall/rack-a";
	stand_by();
	retain("hall/conductor/info", "{\"id\":\"cm4\",\"state\":\"leading\",\"clock_id\":\"0000000000000001\","
				      "\"term\":3,\"boot\":4242,\"rate_ppb\":0,\"nodes\":1,\"utc_offset_us\":null,"
				      "\"tz_offset_s\":null}");
	pass(200 * MS);
	assert_int_equal(count_of("\nglow_conductor_uplink"), 0); /* who stands by has none */
	take_lead(NULL);
	for (int k = 0; k < 40; k++) {
		tell("hall/conductor/beacon", "{\"seq\":1,\"time_us\":5,\"clock_id\":\"0000000000000001\",\"term\":3,"
					      "\"boot\":4242}");
		pass(500 * MS);
	}
	assert_true(tells("glow_conductor_uplink_state{state=\"following\"} 1"));
	assert_true(tells("glow_conductor_uplink_state{state=\"lost\"} 0"));
	assert_true(tells("glow_conductor_uplink_losses_total 0"));
	assert_int_equal(count_of("\nglow_conductor_uplink_offset_seconds "), 1);
	assert_int_equal(count_of("\nglow_conductor_uplink_error_seconds "), 1);
	pass(3 * SECOND);
	assert_true(tells("glow_conductor_uplink_state{state=\"following\"} 0"));
	assert_true(tells("glow_conductor_uplink_state{state=\"lost\"} 1"));
	assert_true(tells("glow_conductor_uplink_losses_total 1"));
}

static void test_commands(void **state)
{
	(void)state;
	lead();
	node("pi1");
	ask(PLAY, "rainbow");
	ask(PLAY, "nonsense!");
	tell(PLAY, "{\"effect\":\"rainbow\",\"duration_s\":-1}");
	tell("glow/node/pi1/error", "{\"status\":\"error\",\"code\":\"bad_json\"}");
	tell("glow/node/pi1/error", "{\"status\":\"ok\",\"ignored\":[\"x\"]}");
	assert_true(tells("glow_conductor_commands_total 1"));
	assert_true(tells("glow_conductor_rejections_total{code=\"unknown_effect\"} 1"));
	assert_true(tells("glow_conductor_rejections_total{code=\"out_of_range\"} 1"));
	assert_true(tells("glow_conductor_rejections_total{code=\"busy\"} 0"));
	assert_true(tells("glow_node_rejections_total{node=\"pi1\"} 1"));
	assert_true(tells("glow_cluster_scenes 1"));
	assert_int_equal(count_of("\nglow_conductor_uplink"), 0); /* this is no rack */
}

static void test_broken(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "7", "{\"fps\":\"x\",\"sync\":7,\"gauges\":[]}", "{\"temperature\":null,\"late\":1e300}"
	};

	(void)state;
	lead();
	node("pi1");
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		tell("glow/node/pi1/stats", bad[k]);
		tell("glow/node/pi1/error", bad[k]);
	}
	tell("glow/node/nobody/stats", STATS);
	assert_int_equal(count_of("nobody"), 0);
	assert_int_equal(count_of("} nan"), 0);
	assert_int_equal(count_of("} inf"), 0);
	assert_true(tells("glow_node_rejections_total{node=\"pi1\"} 0"));
}

/* Whatever a node calls its board. */
static void test_labels(void **state)
{
	(void)state;
	lead();
	tell("glow/node/pi1/info",
	     "{\"id\":\"pi1\",\"board\":\"a\\\"} 1\\nx\\\\y{\xc3\xa4\",\"version\":\"1\",\"pixels\":8}");
	node_says("pi1", "online");
	assert_true(tells("glow_node_info{node=\"pi1\",board=\"a_} 1_x_y{__\",version=\"1\"} 1"));
}

/* Every size of a piece makes the same text, also with more nodes than fit into one. */
static void test_pieces(void **state)
{
	static char whole[sizeof(text)];
	char id[8];

	(void)state;
	lead();
	for (int k = 0; k < 300; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		node(id);
	}
	strcpy(whole, metrics(sizeof(text)));
	assert_int_equal(count_of("glow_node_online{"), 300);
	assert_string_equal(metrics(GLOW_METRICS_ROOM), whole);
	assert_string_equal(metrics(GLOW_METRICS_ROOM + 77), whole);
	node("new");
	assert_true(strcmp(metrics(16384), whole) != 0); /* the control */
}

/* Nodes that come and go between two pieces move no other's line. */
static void test_between_pieces(void **state)
{
	struct glow_metrics_at at = { 0 };
	char id[8], line[64];
	size_t len = 0, n;
	int k = 0;

	(void)state;
	lead();
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "n%03d", 2 * i);
		node(id);
	}
	while ((n = glow_conductor_metrics(conductor, raw(), &at, text + len, GLOW_METRICS_ROOM)) > 0) {
		len += n;
		snprintf(id, sizeof(id), "n%03d", 2 * (k % 200) + 1); /* comes, and goes */
		node(id);
		snprintf(line, sizeof(line), "glow/node/%s/info", id);
		node_says(id, "offline");
		tell(line, "");
		k++;
	}
	text[len] = '\0';
	assert_true(k > 10); /* the control */
	for (int i = 0; i < 200; i++) {
		const char *first;

		snprintf(line, sizeof(line), "\nglow_node_online{node=\"n%03d\"} 1\n", 2 * i);
		first = strstr(text, line);
		assert_non_null(first);
		assert_null(strstr(first + 1, line));
	}
}

static void test_topics(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];
	bool stats = false, error = false;

	(void)state;
	create();
	for (size_t k = 0; glow_conductor_wish(conductor, k, topic); k++) {
		stats |= strcmp(topic, "glow/node/+/stats") == 0;
		error |= strcmp(topic, "glow/node/+/error") == 0;
	}
	assert_true(stats && error);
}

/* Without --metrics nothing more is heard or kept. */
static void test_off(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];

	(void)state;
	lead();
	for (size_t k = 0; glow_conductor_wish(conductor, k, topic); k++)
		assert_null(strstr(topic, "stats"));
	node("pi1");
	tell("glow/node/pi1/stats", STATS);
	assert_int_equal(count_of("frames_per_second{"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_metrics, teardown_metrics)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_leader),
		TEST(test_away),
		TEST(test_standby),
		TEST(test_uplink),
		TEST(test_commands),
		TEST(test_broken),
		TEST(test_labels),
		TEST(test_pieces),
		TEST(test_between_pieces),
		TEST(test_topics),
		cmocka_unit_test_setup_teardown(test_off, setup, teardown),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
