/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* From what an engine says to what boards show: words for documents, letters for pixels. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/hash.h>

#include "../../bridge/app/tasks/mosaic.h"
#include "../../bridge/app/tasks/notifier.h"
#include "../harness/outbox.h"

#define NOW_US INT64_C(1764411000000000) /* 2025-11-29T10:10:00Z */
#define S_NS   INT64_C(1000000000)

static char nodes[4096], services[4096], tasks[65536];
static struct glow_swarm swarm;
static struct glow_diag diag;

/* ---- documents ---- */

static void add(char *list, const char *format, ...)
{
	size_t n = strlen(list);
	va_list args;

	list[n ? n - 1 : n] = n ? ',' : '['; /* over the ] */
	n += !n;
	va_start(args, format);
	vsprintf(list + n, format, args);
	va_end(args);
	strcat(list, "]");
}

static void node(const char *id, const char *host, const char *availability, const char *state)
{
	add(nodes,
	    "{\"ID\":\"%s\",\"Spec\":{\"Role\":\"worker\",\"Availability\":\"%s\"},"
	    "\"Description\":{\"Hostname\":\"%s\"},\"Status\":{\"State\":\"%s\",\"Addr\":\"10.0.0.1\"}}",
	    id, availability, host, state);
}

static void service(const char *id, const char *name, const char *update)
{
	add(services, "{\"ID\":\"%s\",\"Spec\":{\"Name\":\"%s\"},\"UpdateStatus\":{\"State\":\"%s\"}}", id, name,
	    update);
}

/* A task of a minute that began and changed so many seconds ago. */
static void task(const char *of, int slot, const char *on, const char *state, const char *desired, int age_s,
		 int since_s)
{
	add(tasks,
	    "{\"ServiceID\":\"%s\",\"Slot\":%d,\"NodeID\":\"%s\",\"Status\":{\"State\":\"%s\",\"Err\":\"\"},"
	    "\"DesiredState\":\"%s\",\"CreatedAt\":\"2025-11-29T10:%02d:%02d.25Z\","
	    "\"UpdatedAt\":\"2025-11-29T10:%02d:%02d.123456789Z\"}",
	    of, slot, on, state, desired, (600 - age_s) / 60, (600 - age_s) % 60, (600 - since_s) / 60,
	    (600 - since_s) % 60);
}

static int setup(void **state)
{
	(void)state;
	nodes[0] = services[0] = tasks[0] = '\0';
	node("n1", "pi1", "active", "ready");
	node("n2", "Pi2.local", "active", "ready");
	service("s1", "web", "");
	service("s2", "db", "completed");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_swarm_fini(&swarm);
	forget();
	return 0;
}

static bool read_at(int64_t now_us)
{
	const char *all = tasks[0] ? tasks : "[]";
	const struct glow_swarm_text text = { nodes, services, all, strlen(nodes), strlen(services), strlen(all) };

	glow_swarm_fini(&swarm);
	return glow_swarm_read(&swarm, &text, now_us, &diag);
}

/* ---- pictures ---- */

/* A letter a pixel: W web, D db, dim in small letters; F failed, e ending, - black, a amber, l lost. */
static char letter(struct glow_rgb c)
{
	const struct glow_rgb web = glow_mosaic_color(glow_fnv1a(GLOW_FNV_START, "web", 3));
	const struct glow_rgb db = glow_mosaic_color(glow_fnv1a(GLOW_FNV_START, "db", 2));
	const struct {
		struct glow_rgb color;
		char letter;
	} known[] = { { web, 'W' },
		      { db, 'D' },
		      { glow_rgb_scale(web, 128), 'w' },
		      { glow_rgb_scale(db, 128), 'd' },
		      { { 255, 0, 0 }, 'F' },
		      { { 96, 96, 96 }, 'e' },
		      { GLOW_BLACK, '-' },
		      { { 96, 48, 0 }, 'a' },
		      { { 96, 0, 0 }, 'l' } };

	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		if (glow_rgb_equal(c, known[k].color))
			return known[k].letter;
	return '?';
}

static const char *picture(const char *id, uint32_t n)
{
	static char text[80];
	struct glow_rgb pixels[64];

	for (size_t k = 0; k < swarm.n; k++) {
		if (strcmp(swarm.nodes[k].id, id) != 0)
			continue;
		if (!glow_mosaic_paint(&swarm.nodes[k], n, pixels))
			return "nothing";
		for (uint32_t j = 0; j < n; j++)
			text[j] = letter(pixels[j]);
		text[n] = '\0';
		return text;
	}
	return "no such node";
}

static void expect(const char *id, const char *shown)
{
	assert_true(read_at(NOW_US));
	assert_string_equal(picture(id, (uint32_t)strlen(shown)), shown);
}

/* One task in a state, desired and of an age; what its pixel shows. */
static void test_states(void **state)
{
	static const struct {
		const char *state, *desired;
		int since_s;
		const char *shown;
	} rows[] = {
		{ "assigned", "running", 1, "w---" },      { "preparing", "running", 300, "w---" },
		{ "ready", "ready", 1, "w---" },           { "starting", "running", 1, "w---" },
		{ "running", "running", 300, "W---" },     { "running", "shutdown", 300, "e---" },
		{ "shutdown", "shutdown", 5, "e---" },     { "shutdown", "shutdown", 40, "nothing" },
		{ "failed", "shutdown", 5, "F---" },       { "rejected", "shutdown", 29, "F---" },
		{ "failed", "shutdown", 31, "nothing" },   { "complete", "shutdown", 5, "e---" },
		{ "remove", "remove", 5, "e---" },         { "orphaned", "shutdown", 5, "e---" },
		{ "levitating", "running", 5, "nothing" },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		tasks[0] = '\0';
		task("s1", 1, "n1", rows[k].state, rows[k].desired, 400, rows[k].since_s);
		assert_true(read_at(NOW_US));
		assert_string_equal(picture("pi1", 4), rows[k].shown);
		/* What is shown for a while only has to be looked at again. */
		assert_int_equal(swarm.moving,
				 strcmp(rows[k].shown, "W---") != 0 && strcmp(rows[k].shown, "nothing") != 0);
	}
	(void)state;
}

/* Places are by service and slot, whatever the order in which the engine tells of them. */
static void test_places(void **state)
{
	(void)state;
	task("s1", 2, "n1", "running", "running", 50, 50);
	task("s2", 0, "n1", "running", "running", 50, 50);
	task("s1", 11, "n1", "starting", "running", 50, 50);
	task("s1", 1, "n2", "running", "running", 50, 50);
	task("s1", 3, "", "pending", "running", 50, 50);     /* on no node yet */
	task("s1", 4, "gone", "running", "running", 50, 50); /* on one that is not in the swarm */
	expect("pi1", "DWw-----");
	expect("pi2", "W-------");
	assert_true(swarm.moving);
}

/* A successor takes its predecessor's pixel: so an update goes from node to node, and nothing moves. */
static void test_update(void **state)
{
	(void)state;
	service("s3", "db", "updating");
	task("s2", 0, "n1", "running", "running", 300, 300);
	task("s1", 1, "n1", "running", "running", 300, 300);
	task("s1", 2, "n1", "running", "shutdown", 200, 2);
	expect("pi1", "DWe-");
	assert_true(swarm.moving);
	tasks[0] = '\0';
	task("s2", 0, "n1", "running", "running", 300, 300);
	task("s1", 2, "n1", "starting", "running", 1, 1);
	task("s1", 2, "n1", "shutdown", "shutdown", 200, 2);
	task("s1", 1, "n1", "running", "running", 300, 300);
	expect("pi1", "DWw-");
	task("s1", 2, "n1", "running", "running", 0, 0);
	expect("pi1", "DWW-");
	assert_true(swarm.moving); /* as long as the service says so */
}

/* Who fails again and again is red until its successor runs. */
static void test_crashes(void **state)
{
	(void)state;
	task("s1", 1, "n1", "failed", "shutdown", 30, 20);
	task("s1", 1, "n1", "failed", "shutdown", 20, 10);
	task("s1", 1, "n1", "starting", "running", 5, 4);
	expect("pi1", "F---");
	task("s1", 1, "n1", "running", "running", 3, 0);
	expect("pi1", "W---");
	assert_false(swarm.moving);
}

static void test_nodes(void **state)
{
	(void)state;
	node("n3", "pi3", "drain", "ready");
	node("n4", "pi4", "active", "down");
	node("n5", "pi5", "pause", "ready");
	node("n6", "no_id", "active", "ready");
	node("n7", "pi1", "active", "down"); /* as which it was here before */
	task("s1", 1, "n3", "shutdown", "shutdown", 50, 5);
	task("s1", 1, "n4", "running", "running", 50, 50);
	task("s1", 1, "n5", "running", "running", 50, 50);
	task("s1", 1, "n7", "orphaned", "remove", 50, 50);
	task("s1", 5, "n1", "running", "running", 50, 50);
	expect("pi3", "eaaa");
	expect("pi4", "llll");
	expect("pi5", "W---");
	expect("pi1", "W---");
	assert_string_equal(picture("pi2", 4), "nothing");
	assert_string_equal(picture("no_id", 4), "no such node");
	assert_int_equal(swarm.n, 6);
}

/* Where there are more places than pixels, the one that wants most attention is seen. */
static void test_crowd(void **state)
{
	(void)state;
	for (int k = 1; k <= 16; k++)
		task("s1", k, "n1",
		     k == 6   ? "failed"
		     : k == 9 ? "starting"
			      : "running",
		     k == 6 ? "shutdown" : "running", 50, 5);
	expect("pi1", "WWFWwWWW");
	expect("pi1", "WFwW");
	expect("pi1", "F");
}

static void test_colors(void **state)
{
	unsigned seen[8] = { 0 };

	(void)state;
	for (int k = 0; k < 1000; k++) {
		char name[16];
		struct glow_rgb c;

		snprintf(name, sizeof(name), "service-%d", k);
		c = glow_mosaic_color(glow_fnv1a(GLOW_FNV_START, name, strlen(name)));
		assert_false(c.r > 200 && c.g < 128 && c.b < 128); /* no red */
		seen[(c.r > 127) << 2 | (c.g > 127) << 1 | (c.b > 127)]++;
	}
	for (int k = 1; k < 7; k++)
		assert_true(k == 4 || seen[k] > 50);
}

static void test_bad(void **state)
{
	static const char *const bad[] = { "", "{", "{}", "null", "[", "{\"message\":\"This node is not a manager\"}" };

	(void)state;
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		strcpy(tasks, bad[k]);
		if (bad[k][0])
			assert_false(read_at(NOW_US));
		assert_int_equal(swarm.n, 0);
		strcpy(tasks, "[]");
	}
	strcpy(tasks, "[1,null,[],{},{\"NodeID\":5,\"Slot\":\"x\"},{\"NodeID\":\"n1\",\"Status\":[]}]");
	strcpy(services, "[{},null,{\"ID\":{}}]");
	strcpy(nodes, "[{},null,{\"ID\":\"n1\",\"Description\":{\"Hostname\":7}}]");
	assert_true(read_at(NOW_US));
	assert_int_equal(swarm.n, 3);
}

/* ---- notices ---- */

static struct glow_notifier notifier;

static bool hear(const char *id, const char *shape, unsigned pixels)
{
	char topic[80], payload[300];
	const struct glow_message m = { .topic = topic, .payload = payload, .retained = true };
	struct glow_message sized = m;

	snprintf(topic, sizeof(topic), "glow/node/%s/info", id);
	snprintf(payload, sizeof(payload), "{\"id\":\"%s\",\"groups\":[],\"shape\":\"%s\",\"pixels\":%u}", id, shape,
		 pixels);
	sized.len = pixels ? strlen(payload) : 0;
	return glow_notifier_message(&notifier, &sized);
}

static int show(int at_s)
{
	int before = n_sent;

	assert_true(read_at(NOW_US));
	glow_notifier_show(&notifier, &swarm, (struct glow_raw){ at_s * S_NS });
	return n_sent - before;
}

static void open_notifier(void)
{
	const struct glow_notifier_cfg cfg = {
		.prefix = "glow", .outbox = outbox, .again_s = 10, .brightness = 128, .priority = 2
	};

	glow_notifier_init(&notifier, &cfg);
}

static void test_notices(void **state)
{
	(void)state;
	open_notifier();
	task("s1", 1, "n1", "running", "running", 50, 50);
	assert_int_equal(show(0), 0); /* no boards */
	assert_true(hear("pi1", "blinkt", 3));
	assert_true(hear("pi2", "blinkt", 3));
	assert_false(hear("pi3", "piglow", 18));
	assert_int_equal(show(1), 1); /* pi2 has nothing to tell */
	assert_string_equal(last("glow/node/pi1/notify"),
			    "{\"pixels\":[\"#b3ff00\",\"#000000\",\"#000000\"],\"brightness\":128,\"priority\":2,"
			    "\"ttl_s\":30,\"id\":\"tasks\"}");
	assert_int_equal(show(2), 0); /* nothing changed */
	assert_int_equal(show(11), 1);
	assert_true(hear("pi1", "blinkt", 2)); /* another board */
	assert_int_equal(show(12), 1);
	glow_notifier_connected(&notifier);
	assert_int_equal(show(13), 1);
	tasks[0] = '\0';
	task("s1", 1, "n1", "running", "shutdown", 50, 50);
	assert_int_equal(show(14), 1);
	tasks[0] = '\0';
	assert_int_equal(show(15), 1);
	assert_string_equal(last("glow/node/pi1/notify"), "{\"clear\":true,\"id\":\"tasks\"}");
	assert_int_equal(show(16), 0);
	glow_notifier_fini(&notifier);
}

/* A node that leaves the swarm, a board that is forgotten, and the end. */
static void test_takes_back(void **state)
{
	(void)state;
	open_notifier();
	task("s1", 1, "n1", "running", "running", 50, 50);
	task("s1", 2, "n2", "running", "running", 50, 50);
	hear("pi1", "blinkt", 8);
	hear("pi2", "blinkt", 8);
	assert_int_equal(show(0), 2);
	hear("pi2", "blinkt", 0);
	assert_int_equal(show(11), 1);
	hear("pi2", "blinkt", 8);
	assert_int_equal(show(12), 1);
	nodes[0] = '\0';
	node("n1", "pi1", "active", "ready");
	assert_int_equal(show(13), 1);
	assert_string_equal(last("glow/node/pi2/notify"), "{\"clear\":true,\"id\":\"tasks\"}");
	glow_notifier_clear(&notifier);
	assert_string_equal(last("glow/node/pi1/notify"), "{\"clear\":true,\"id\":\"tasks\"}");
	glow_notifier_fini(&notifier);
}

/* A command has at most 8192 bytes. */
static void test_long_strip(void **state)
{
	(void)state;
	open_notifier();
	task("s1", 1, "n1", "running", "running", 50, 50);
	hear("pi1", "blinkt", 4096);
	assert_int_equal(show(0), 1);
	assert_true(sent[n_sent - 1].len < 8192 && sent[n_sent - 1].len > 2000);
	glow_notifier_fini(&notifier);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test_setup_teardown(test_states, setup, teardown),
		cmocka_unit_test_setup_teardown(test_places, setup, teardown),
		cmocka_unit_test_setup_teardown(test_update, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crashes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nodes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crowd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_colors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_notices, setup, teardown),
		cmocka_unit_test_setup_teardown(test_takes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_strip, setup, teardown),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
