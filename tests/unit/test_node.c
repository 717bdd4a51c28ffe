/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A node's whole life without a network, a clock or a board: the test says what
 * arrives and what time it is, and reads what is shown and what is said. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/node.h>
#include <glow/time.h>

#include "../../bridge/app/node/notices.h"
#include "../../bridge/app/node/pending.h"

#define START  INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define RED    ((struct glow_rgb){ 255, 0, 0 })
#define LIME   ((struct glow_rgb){ 0, 255, 0 })
#define BLUE   ((struct glow_rgb){ 0, 0, 255 })

#define SET    "glow/node/pi1/set"
#define NOTIFY "glow/node/pi1/notify"
#define STATE  "glow/node/pi1/state"
#define ERROR  "glow/node/pi1/error"
#define INFO   "glow/node/pi1/info"
#define ONLINE "glow/node/pi1/availability"

/* ---- the outbox ---- */

#define SENT_MAX 512

static struct {
	char topic[GLOW_TOPIC_MAX + 1], correlation[32];
	char *payload;
	int qos;
	bool retained;
} sent[SENT_MAX];
static int n_sent;

static void forget(void)
{
	while (n_sent > 0)
		free(sent[--n_sent].payload);
}

static void record(void *ctx, const struct glow_message *m)
{
	assert_ptr_equal(ctx, sent);
	assert_true(n_sent < SENT_MAX);
	memset(&sent[n_sent], 0, sizeof(sent[0]));
	snprintf(sent[n_sent].topic, sizeof(sent[0].topic), "%s", m->topic);
	memcpy(sent[n_sent].correlation, m->correlation ? m->correlation : "", m->correlation_len);
	sent[n_sent].payload = strndup(m->payload, m->len);
	sent[n_sent].qos = m->qos;
	sent[n_sent].retained = m->retained;
	n_sent++;
}

static int count(const char *topic)
{
	int n = 0;

	for (int k = 0; k < n_sent; k++)
		n += strcmp(sent[k].topic, topic) == 0;
	return n;
}

/* The last payload on a topic, "" for none. */
static const char *last(const char *topic)
{
	for (int k = n_sent - 1; k >= 0; k--)
		if (strcmp(sent[k].topic, topic) == 0)
			return sent[k].payload;
	return "";
}

static bool said(const char *topic, const char *part)
{
	return strstr(last(topic), part) != NULL;
}

/* ---- the bridge ---- */

static struct glow_node_cfg cfg;
static struct glow_node *bridge;
static struct glow_diag diag;
static struct glow_frame frame;
static int64_t now;

static int setup(void **state)
{
	(void)state;
	cfg = (struct glow_node_cfg){
		.out = { "glow", "homeassistant", { sent, record } },
		.idle = "white",
		.info = { .id = "pi1", .board = "virtual", .shape = { GLOW_SHAPE_ROW, 8 }, .fps = 60 },
		.env = { .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 255 },
	};
	now = START;
	bridge = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_node_destroy(bridge);
	forget();
	return 0;
}

static void create(void)
{
	assert_int_equal(glow_node_create(&cfg, now, &bridge, &diag), 0);
}

static void tick(void)
{
	glow_node_tick(bridge, now);
}

static void pass(int64_t us)
{
	now += us;
	tick();
}

/* The broker keeps the catalog of effects, as on all days but the first. */
static void keep_catalog(void)
{
	char name[GLOW_CATALOG_NAME_LEN + 1], topic[80], *text = glow_json_finish(glow_catalog_write());
	struct glow_message m = { .topic = topic, .payload = text, .len = strlen(text), .qos = 1, .retained = true };

	glow_catalog_name(text, m.len, name);
	snprintf(topic, sizeof(topic), "glow/effects/%s", name);
	glow_node_message(bridge, &m, now);
	free(text);
}

/* Connected, with nothing more to wait for. */
static void online(void)
{
	keep_catalog();
	glow_node_start(bridge, now);
	glow_node_connected(bridge, now);
}

/* Created, connected, and long enough ago that the state may be said again. */
static void connect(void)
{
	create();
	online();
	pass(SECOND);
	forget();
}

static void deliver(struct glow_message m)
{
	glow_node_message(bridge, &m, now);
	tick();
}

static void tell(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload) });
}

static void ask(const char *topic, const char *payload, const char *response)
{
	deliver((struct glow_message){ .topic = topic,
				       .payload = payload,
				       .len = strlen(payload),
				       .response_topic = response,
				       .correlation = "\1two",
				       .correlation_len = 4 });
}

static bool shows(struct glow_rgb c)
{
	glow_node_render(bridge, now, &frame);
	for (uint32_t i = 0; i < frame.n; i++)
		if (!glow_rgb_equal(frame.px[i], c))
			return false;
	return frame.n == cfg.env.shape.pixels;
}

/* ---- beginning and end ---- */

static void test_create(void **state)
{
	(void)state;
	cfg.idle = "purplish";
	assert_int_equal(glow_node_create(&cfg, now, &bridge, &diag), -EINVAL);
	assert_int_equal(diag.code, GLOW_UNKNOWN_EFFECT);
	assert_null(bridge);
	cfg.idle = "blue 40%";
	create();
	assert_true(shows((struct glow_rgb){ 0, 0, 102 }));
	assert_false(glow_node_started(bridge));
	glow_node_start(bridge, now);
	assert_true(glow_node_started(bridge));
	tick();
	assert_int_equal(n_sent, 0);
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
}

static void test_idle_off(void **state)
{
	(void)state;
	cfg.idle = "off";
	connect();
	assert_true(shows(GLOW_BLACK));
	tell(SET, "red");
	assert_true(shows(RED));
	tell(SET, "auto");
	assert_true(shows(GLOW_BLACK));
	assert_true(said(STATE, "\"effect\":\"solid\""));
	pass(SECOND);
	assert_true(said(STATE, "\"effect\":\"auto\""));
}

/* `online` is said when everything else has been. */
static void test_connected(void **state)
{
	static const char *const order[] = { INFO, "homeassistant/device/glow-pi1/config", STATE, ONLINE };

	(void)state;
	create();
	online();
	assert_true(glow_node_started(bridge));
	assert_int_equal(n_sent, 4);
	for (int k = 0; k < 4; k++) {
		assert_string_equal(sent[k].topic, order[k]);
		assert_true(sent[k].retained);
		assert_int_equal(sent[k].qos, 1);
	}
	assert_string_equal(last(ONLINE), "online");
	assert_true(said(INFO, "\"id\":\"pi1\""));
	assert_true(said(STATE, "\"showing\":\"idle\""));
	/* Again after every reconnection. */
	glow_node_disconnected(bridge);
	forget();
	tell(SET, "red");
	pass(SECOND);
	assert_int_equal(count(STATE), 0);
	online();
	assert_int_equal(count(STATE), 1);
	assert_true(said(STATE, "\"r\":255,\"g\":0,\"b\":0"));
	assert_string_equal(sent[n_sent - 1].topic, ONLINE);
}

static int64_t published_catalogs(void)
{
	int n = 0;

	for (int k = 0; k < n_sent; k++)
		if (strncmp(sent[k].topic, "glow/effects/", 13) == 0) {
			assert_true(sent[k].retained);
			assert_int_equal(sent[k].qos, 1);
			n++;
		}
	return n;
}

/* The effects are told once for all nodes; info names what tells them. */
static void test_catalog(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1], name[64];
	bool retained;
	size_t k = 0;

	(void)state;
	create();
	while (glow_node_topic(bridge, k, topic, &retained))
		k++;
	assert_true(retained && strncmp(topic, "glow/effects/", 13) == 0); /* the last one */
	snprintf(name, sizeof(name), "\"effects_hash\":\"%s\"", topic + 13);
	glow_node_start(bridge, now);
	glow_node_connected(bridge, now);
	assert_true(said(INFO, name) && !said(INFO, "rainbow"));
	assert_int_equal(published_catalogs(), 0);
	pass(5 * SECOND);
	assert_int_equal(published_catalogs(), 1);
	assert_true(said(topic, "rainbow"));
	/* Known to be there, it is not said again. */
	glow_node_disconnected(bridge);
	online();
	pass(5 * SECOND);
	assert_int_equal(published_catalogs(), 1);
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
}

/* A broker whose rules are older: info has the effects itself, as nodes of then had it. */
static void test_catalog_refused(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];
	bool retained;

	(void)state;
	connect();
	for (size_t k = 0; glow_node_topic(bridge, k, topic, &retained); k++)
		;
	glow_node_refused(bridge, STATE);
	assert_int_equal(count(INFO), 0);
	glow_node_refused(bridge, topic);
	assert_int_equal(count(INFO), 1);
	assert_true(said(INFO, "\"effects\":[") && said(INFO, "rainbow") && !said(INFO, "effects_hash"));
	glow_node_problem(bridge, "no such chip", "gpiod");
	assert_true(said(INFO, "rainbow"));
	/* Another connection may be to a broker whose rules are not. */
	glow_node_disconnected(bridge);
	online();
	assert_true(said(INFO, "effects_hash") && !said(INFO, "rainbow"));
}

static void test_no_discovery(void **state)
{
	(void)state;
	cfg.out.discovery = "";
	create();
	online();
	assert_int_equal(n_sent, 3);
	assert_int_equal(count(STATE), 1);
}

static void test_goodbye(void **state)
{
	(void)state;
	create();
	glow_node_goodbye(bridge);
	assert_int_equal(n_sent, 0);
	online();
	glow_node_goodbye(bridge);
	assert_string_equal(last(ONLINE), "offline");
	assert_true(sent[n_sent - 1].retained);
	glow_node_destroy(NULL);
}

static void test_problem_and_stats(void **state)
{
	struct glow_stats stats = { .fps = 60 };

	(void)state;
	connect();
	glow_node_problem(bridge, "no such chip", "gpiod");
	assert_int_equal(count(INFO), 1);
	assert_true(said(INFO, "no such chip") && said(INFO, "\"backend\":\"gpiod\""));
	glow_node_problem(bridge, "no such chip", "gpiod");
	assert_int_equal(count(INFO), 1);
	glow_node_problem(bridge, NULL, "gpiod");
	assert_int_equal(count(INFO), 2);
	assert_false(said(INFO, "problem"));
	glow_node_stats(bridge, &stats);
	assert_true(said("glow/node/pi1/stats", "\"fps\":60"));
	assert_false(sent[n_sent - 1].retained);
	glow_node_disconnected(bridge);
	glow_node_stats(bridge, &stats);
	assert_int_equal(count("glow/node/pi1/stats"), 1);
}

/* ---- commands and answers ---- */

static void test_accepted(void **state)
{
	(void)state;
	connect();
	assert_true(shows(GLOW_WHITE));
	ask(SET, "{\"color\":\"red\",\"brightness\":128}", "reply/here");
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	assert_string_equal(last("reply/here"), "{\"status\":\"ok\",\"node\":\"pi1\"}");
	assert_string_equal(sent[0].correlation, "\1two");
	assert_false(sent[0].retained);
	assert_int_equal(count(STATE), 1);
	assert_true(said(STATE, "\"brightness\":128") && said(STATE, "\"showing\":\"light\""));
	assert_int_equal(count(ERROR), 0);
	/* Groups and all reach this node by topics of their own. */
	tell("glow/all/set", "blue");
	assert_true(shows((struct glow_rgb){ 0, 0, 128 }));
	tell("glow/group/shelf/set", "100%");
	assert_true(shows(BLUE));
	tell("glow/node/pi1/unknown", "red");
	assert_true(shows(BLUE));
}

/* Taken whole or not at all, answered, told to everybody, and without a word on the state. */
static void test_rejected(void **state)
{
	static const char want[] = "{\"status\":\"error\",\"node\":\"pi1\",\"code\":\"out_of_range\","
				   "\"field\":\"brightness\",\"message\":\"must be 0..255, got 300\"}";

	(void)state;
	connect();
	ask(SET, "{\"color\":\"red\",\"brightness\":300}", "reply/here");
	assert_true(shows(GLOW_WHITE));
	assert_string_equal(last("reply/here"), want);
	assert_string_equal(last(ERROR), want);
	pass(SECOND);
	assert_int_equal(count(STATE), 0);
	tell(SET, "{\"color\":\"red\",\"brightness\":300}");
	assert_int_equal(count("reply/here"), 1);
	assert_int_equal(count(ERROR), 2);
	tell(SET, "{\"brightness\":");
	assert_true(said(ERROR, "\"code\":\"bad_json\""));
	tell(SET, "nonsense");
	assert_true(said(ERROR, "\"code\":\"unknown_effect\""));
	assert_false(said(ERROR, "\"code\":\"bad_json\""));
}

static void test_response_topics(void **state)
{
	(void)state;
	connect();
	ask(SET, "red", "glow/node/pi2/set"); /* not where the asker may not write */
	assert_int_equal(count("glow/node/pi2/set"), 0);
	assert_true(shows(RED)); /* the command itself is fine */
	ask(SET, "blue", "glow/answer/7");
	assert_int_equal(count("glow/answer/7"), 1);
	ask(SET, "blue", "reply/+/x");
	ask(SET, "blue", "glow");
	ask(SET, "blue", "");
	pass(SECOND);
	assert_int_equal(n_sent, 1 + count(STATE));
	ask(SET, "nonsense", "glow/node/pi2/set");
	assert_int_equal(count("glow/node/pi2/set"), 0);
	assert_int_equal(count(ERROR), 1);
}

static void test_retained_command(void **state)
{
	struct glow_message m = { .topic = SET, .payload = "red", .len = 3, .retained = true, .response_topic = "r" };

	(void)state;
	connect();
	deliver(m);
	assert_true(shows(GLOW_WHITE));
	assert_true(said(ERROR, "\"code\":\"retained\"") && said("r", "\"code\":\"retained\""));
	m.topic = NOTIFY;
	deliver(m);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(count(ERROR), 2);
	m.len = 0; /* somebody clears it: no fault, and no question either */
	deliver(m);
	assert_int_equal(count(ERROR), 2);
	assert_int_equal(count(STATE), 0);
	m = (struct glow_message){ .topic = SET, .payload = "red", .len = 3 };
	deliver(m);
	assert_true(shows(RED));
	assert_int_equal(count(ERROR), 2);
}

/* A payload is its bytes: no NUL follows it. */
static void test_bytes(void **state)
{
	char *exact = malloc(3); /* no room for a NUL */

	(void)state;
	connect();
	memcpy(exact, "red", 3);
	deliver((struct glow_message){ .topic = SET, .payload = exact, .len = 3 });
	free(exact);
	assert_true(shows(RED));
	deliver((struct glow_message){ .topic = SET, .payload = "blue\0", .len = 5 });
	assert_true(shows(RED));
	assert_true(said(ERROR, "bad_encoding"));
}

static void test_query(void **state)
{
	(void)state;
	connect();
	ask(SET, "", "r");
	assert_int_equal(count(STATE), 1);
	assert_true(said("r", "ok"));
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_int_equal(count(STATE), 1);
}

static void test_brightness_of_auto(void **state)
{
	(void)state;
	connect();
	tell(SET, "40%");
	assert_true(shows((struct glow_rgb){ 102, 102, 102 }));
	assert_true(said(STATE, "\"effect\":\"auto\"") && said(STATE, "\"showing\":\"idle\""));
	tell(SET, "off");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "on");
	assert_true(shows((struct glow_rgb){ 102, 102, 102 }));
}

/* ---- waiting commands ---- */

static void tell_at(const char *color, int64_t at_us)
{
	char text[100];

	snprintf(text, sizeof(text), "{\"color\":\"%s\",\"at_us\":%lld}", color, (long long)at_us);
	ask(SET, text, "r");
}

static void test_at(void **state)
{
	char at[64];

	(void)state;
	connect();
	snprintf(at, sizeof(at), "{\"status\":\"ok\",\"node\":\"pi1\",\"at_us\":%lld}", (long long)(now + 2 * SECOND));
	tell_at("red", now + 2 * SECOND);
	assert_string_equal(last("r"), at);
	assert_int_equal(glow_node_next(bridge), now + 2 * SECOND);
	assert_true(shows(GLOW_WHITE));
	pass(2 * SECOND - 1);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(count(STATE), 0);
	pass(1);
	assert_true(shows(RED));
	assert_true(said(STATE, "\"r\":255"));
	/* An instant that is over is now, and so is this very one. */
	tell_at("blue", now - 5 * SECOND);
	assert_true(shows(BLUE));
	tell_at("red", now);
	assert_true(shows(RED));
}

/* At most a minute ahead. */
static void test_at_limit(void **state)
{
	(void)state;
	connect();
	tell_at("red", now + 60 * SECOND + 1);
	assert_true(said("r", "out_of_range") && said("r", "at_us"));
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
	tell_at("blue", now + 60 * SECOND);
	assert_true(said("r", "ok"));
	pass(60 * SECOND);
	assert_true(shows(BLUE));
}

/* In the order of their instants, at one instant in the order of arrival; each
 * takes effect at its own time though the tick comes late. */
static void test_at_order(void **state)
{
	char start[40];

	(void)state;
	connect();
	tell_at("blue", now + 3 * SECOND);
	tell_at("red", now + 1 * SECOND);
	tell_at("lime", now + 3 * SECOND);
	assert_int_equal(glow_node_next(bridge), now + SECOND);
	pass(SECOND);
	assert_true(shows(RED));
	assert_int_equal(glow_node_next(bridge), now + 2 * SECOND);
	pass(2 * SECOND);
	assert_true(shows(LIME));
	tell(SET, "{\"effect\":\"rainbow\",\"at_us\":1700000010000000}");
	now = START + 20 * SECOND;
	tick();
	pass(SECOND);
	snprintf(start, sizeof(start), "\"start_us\":%lld", (long long)(START + 10 * SECOND));
	assert_true(said(STATE, start));
}

static void test_at_notify(void **state)
{
	(void)state;
	connect();
	tell(NOTIFY, "{\"color\":\"red\",\"effect\":\"solid\",\"ttl_s\":2,\"at_us\":1700000005000000}");
	pass(SECOND);
	assert_true(shows(GLOW_WHITE));
	now = START + 5 * SECOND;
	tick();
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

/* What does not fit the light when its time has come is refused then. */
static void test_at_recheck(void **state)
{
	(void)state;
	connect();
	tell(SET, "breathe");
	tell(SET, "{\"params\":{\"period_ms\":2000},\"at_us\":1700000005000000}");
	tell(SET, "{\"color\":\"blue\",\"at_us\":1700000005000001}");
	tell(SET, "{\"color\":\"red\",\"effect\":\"solid\"}");
	assert_int_equal(count(ERROR), 0);
	now = START + 5 * SECOND;
	tick();
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "unknown_param"));
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(BLUE)); /* and does not hold up the next */
}

static void test_pending_full(void **state)
{
	(void)state;
	connect();
	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		tell_at("red", now + SECOND + k);
		assert_true(said("r", "ok"));
	}
	tell_at("blue", now + 2 * SECOND);
	assert_true(said("r", "error") && said("r", "at_us"));
	tell_at("blue", now); /* needs no place */
	assert_true(shows(BLUE));
	pass(SECOND);
	assert_true(shows(RED));
	tell_at("blue", now + SECOND);
	assert_true(said("r", "ok"));
	pass(SECOND);
	assert_true(shows(BLUE));
}

/* ---- notices ---- */

static void notice(const char *color, const char *more)
{
	char text[160];

	snprintf(text, sizeof(text), "{\"effect\":\"solid\",\"color\":\"%s\"%s}", color, more);
	tell(NOTIFY, text);
}

static void test_notice(void **state)
{
	(void)state;
	connect();
	tell(SET, "blue");
	pass(SECOND);
	forget();
	notice("red", "");
	assert_true(shows(RED));
	assert_true(said(STATE, "\"showing\":\"notice\"") && said(STATE, "\"notice\":{"));
	assert_true(said(STATE, "\"color\":{\"r\":0,\"g\":0,\"b\":255}")); /* the light is what it was */
	assert_int_equal(glow_node_next(bridge), now + 5 * SECOND);
	pass(5 * SECOND - 1);
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(BLUE));
	assert_true(said(STATE, "\"showing\":\"light\""));
	assert_false(said(STATE, "\"notice\":{"));
	/* Over a dark light too. */
	tell(SET, "off");
	notice("red", "");
	assert_true(shows(RED));
}

static void test_notice_ttl(void **state)
{
	(void)state;
	connect();
	notice("red", ",\"ttl_s\":0.1");
	pass(99999);
	assert_true(shows(RED));
	pass(1);
	assert_true(shows(GLOW_WHITE));
	notice("red", ",\"ttl_s\":86400");
	pass(86399 * SECOND);
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(shows(GLOW_WHITE));
}

static void test_notice_order(void **state)
{
	(void)state;
	connect();
	notice("red", ",\"priority\":6,\"ttl_s\":10");
	notice("blue", ",\"ttl_s\":20"); /* priority 5 */
	assert_true(shows(RED));
	notice("lime", ",\"priority\":6,\"ttl_s\":5"); /* the newest of the highest */
	assert_true(shows(LIME));
	pass(5 * SECOND);
	assert_true(shows(RED));
	pass(5 * SECOND);
	assert_true(shows(BLUE));
	pass(10 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

static void test_notice_id(void **state)
{
	(void)state;
	connect();
	notice("red", ",\"id\":\"door\",\"priority\":9,\"ttl_s\":100");
	notice("lime", ",\"id\":\"bell\",\"ttl_s\":100");
	assert_true(shows(RED));
	notice("blue", ",\"id\":\"door\",\"priority\":1,\"ttl_s\":100"); /* replaces, priority and all */
	assert_true(shows(LIME));
	tell(NOTIFY, "{\"id\":\"bell\",\"clear\":true}");
	assert_true(shows(BLUE));
	pass(SECOND);
	assert_true(said(STATE, "\"id\":\"door\""));
	tell(NOTIFY, "{\"id\":\"nobody\",\"clear\":true}");
	assert_int_equal(count(ERROR), 0);
	tell(NOTIFY, "{\"id\":\"door\",\"clear\":true}");
	assert_true(shows(GLOW_WHITE));
}

static void test_notices_full(void **state)
{
	char more[80];

	(void)state;
	connect();
	notice("blue", ",\"priority\":2,\"ttl_s\":1000,\"id\":\"low\"");
	for (int k = 1; k < GLOW_NOTICES_MAX; k++) {
		snprintf(more, sizeof(more), ",\"priority\":5,\"ttl_s\":%d", 10 + k);
		notice("red", more);
	}
	notice("lime", ",\"priority\":5,\"ttl_s\":5"); /* the 17th pushes out the lowest */
	assert_true(shows(LIME));
	pass(100 * SECOND);
	assert_true(shows(GLOW_WHITE)); /* `low` would still be there */
}

static void test_notices_full_lowest(void **state)
{
	(void)state;
	connect();
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		notice("red", ",\"priority\":5,\"ttl_s\":10");
	notice("blue", ",\"priority\":4,\"ttl_s\":1000"); /* is the lowest itself */
	assert_true(shows(RED));
	pass(10 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

/* Beneath a notice everything goes on: afterwards it is where it would have been. */
static void test_back_in_phase(void **state)
{
	struct glow_node *other;

	(void)state;
	connect();
	tell(SET, "rainbow");
	glow_node_create(&cfg, now, &other, &diag);
	glow_node_message(other, &(struct glow_message){ .topic = SET, .payload = "rainbow", .len = 7 }, now);
	notice("red", ",\"ttl_s\":3");
	pass(SECOND);
	assert_true(shows(RED));
	for (int k = 0; k < 20; k++) {
		static struct glow_frame want;

		pass(SECOND / 3);
		glow_node_render(bridge, now, &frame);
		glow_node_render(other, now, &want);
		assert_int_equal(glow_frame_equal(&frame, &want), now >= START + 4 * SECOND);
	}
	glow_node_destroy(other);
}

static void test_flash(void **state)
{
	(void)state;
	connect();
	tell(SET, "red");
	pass(SECOND);
	tell(SET, "{\"flash\":4}");
	assert_true(said(STATE, "\"showing\":\"notice\"") && said(STATE, "\"effect\":\"blink\""));
	assert_true(shows(RED)); /* blinks in the light's colour */
	pass(SECOND / 2);
	assert_true(shows(GLOW_BLACK));
	pass(SECOND / 2);
	assert_true(shows(RED));
	pass(2 * SECOND + SECOND / 2);
	assert_true(shows(GLOW_BLACK));
	pass(SECOND / 2);
	assert_true(shows(RED));
	pass(SECOND / 2);
	assert_true(shows(RED)); /* over */
	assert_true(said(STATE, "\"showing\":\"light\""));
	tell(SET, "{\"flash\":0}");
	pass(SECOND);
	assert_false(said(STATE, "\"showing\":\"notice\""));
}

static void test_identify(void **state)
{
	(void)state;
	connect();
	tell(NOTIFY, "{\"effect\":\"identify\"}");
	assert_true(said(STATE, "\"effect\":\"identify\""));
	assert_int_equal(glow_node_pace(bridge, now, NULL), GLOW_ANIMATED);
	pass(5 * SECOND);
	assert_true(shows(GLOW_WHITE));
}

/* ---- transitions ---- */

static void test_transition(void **state)
{
	(void)state;
	connect();
	tell(SET, "red");
	pass(SECOND);
	tell(SET, "{\"color\":\"blue\",\"transition\":2}");
	assert_true(shows(RED));
	assert_true(said(STATE, "\"fade_from\":[\"#ff0000\"") && said(STATE, "\"fade_end_us\":"));
	assert_int_equal(glow_node_next(bridge), now + 2 * SECOND);
	assert_int_equal(glow_node_pace(bridge, now, NULL), GLOW_ANIMATED);
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
	/* The next one starts from what is showing, in the middle of the last. */
	tell(SET, "{\"color\":\"black\",\"transition\":1}");
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
	pass(SECOND / 2);
	assert_true(shows((struct glow_rgb){ 64, 0, 64 }));
	pass(SECOND / 2);
	assert_true(shows(GLOW_BLACK));
	assert_false(said(STATE, "fade_"));
	assert_int_equal(glow_node_pace(bridge, now, NULL), GLOW_STILL);
	/* Without one the change is at once, also in the middle of another. */
	tell(SET, "{\"color\":\"blue\",\"transition\":10}");
	pass(SECOND);
	tell(SET, "red");
	assert_true(shows(RED));
}

/* A snapshot is of what lies beneath the notice. */
static void test_transition_beneath(void **state)
{
	(void)state;
	connect();
	tell(SET, "red");
	notice("lime", ",\"ttl_s\":1");
	tell(SET, "{\"color\":\"blue\",\"transition\":2}");
	assert_true(shows(LIME));
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
}

static void test_transition_off(void **state)
{
	(void)state;
	connect();
	tell(SET, "{\"state\":\"OFF\",\"transition\":1}");
	pass(SECOND / 2);
	assert_true(shows((struct glow_rgb){ 128, 128, 128 }));
	pass(SECOND / 2);
	assert_true(shows(GLOW_BLACK));
}

/* ---- what is said of the state ---- */

static void test_state_rate(void **state)
{
	int64_t published = 0;
	int n = 0;

	(void)state;
	connect();
	for (int k = 0; k < 100; k++) {
		char text[40];
		int before = count(STATE);

		snprintf(text, sizeof(text), "{\"brightness\":%d}", k);
		tell(SET, text);
		if (count(STATE) > before) {
			assert_true(n == 0 || now - published >= GLOW_STATE_EVERY_US);
			published = now;
			n++;
		}
		now += 3000;
	}
	assert_true(n >= 5 && n <= 7);
	/* The last one always. */
	assert_false(said(STATE, "\"brightness\":99"));
	assert_int_equal(glow_node_next(bridge), published + GLOW_STATE_EVERY_US);
	now = glow_node_next(bridge);
	tick();
	assert_true(said(STATE, "\"brightness\":99"));
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
	n = count(STATE);
	pass(SECOND);
	assert_int_equal(count(STATE), n);
}

static void test_limited(void **state)
{
	(void)state;
	cfg.env.current_limit_ma = 250;
	connect();
	assert_false(shows(GLOW_WHITE));
	tick();
	assert_true(said(STATE, "\"limited\":true"));
	tell(SET, "red");
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(said(STATE, "\"limited\":false"));
}

static void test_pace(void **state)
{
	uint32_t meters = 99;
	const uint16_t reading[GLOW_METERS] = { [GLOW_METER_LOAD] = 1000 };

	(void)state;
	connect();
	assert_int_equal(glow_node_pace(bridge, now, &meters), GLOW_STILL);
	assert_int_equal(meters, 0);
	tell(SET, "binary-clock");
	assert_int_equal(glow_node_pace(bridge, now, NULL), GLOW_SECONDS);
	tell(SET, "rainbow");
	assert_int_equal(glow_node_pace(bridge, now, NULL), GLOW_ANIMATED);
	tell(SET, "load");
	assert_int_equal(glow_node_pace(bridge, now, &meters), GLOW_STILL);
	assert_int_equal(meters, 1 << GLOW_METER_LOAD);
	assert_true(shows(GLOW_BLACK));
	glow_node_meters(bridge, reading);
	assert_false(shows(GLOW_BLACK));
}

/* ---- restoring ---- */

#define SAVED                                                                                               \
	"{\"state\":\"ON\",\"color\":{\"r\":0,\"g\":0,\"b\":255},\"brightness\":255,\"effect\":\"solid\","  \
	"\"start_us\":1699999999000000,\"seed\":5,\"since_us\":1699999999000000,\"showing\":\"notice\","    \
	"\"notice\":{\"state\":\"ON\",\"effect\":\"solid\",\"color\":\"red\",\"end_us\":1800000000000000}," \
	"\"fade_from\":[\"red\"],\"fade_start_us\":1699999999000000,\"fade_end_us\":1800000000000000}"

static void retained_state(const char *payload)
{
	deliver((struct glow_message){ .topic = STATE, .payload = payload, .len = strlen(payload), .retained = true });
}

static void test_restore(void **state)
{
	(void)state;
	create();
	retained_state(SAVED);
	assert_true(shows(BLUE)); /* neither the notice nor the fade */
	online();
	assert_true(said(STATE, "\"b\":255") && said(STATE, "\"seed\":5"));
	assert_true(said(STATE, "\"start_us\":1699999999000000") && said(STATE, "\"since_us\":1699999999000000"));
	assert_true(said(STATE, "\"showing\":\"light\""));
}

static void test_restore_once(void **state)
{
	(void)state;
	create();
	retained_state(SAVED);
	retained_state("{\"effect\":\"solid\",\"color\":\"red\"}");
	assert_true(shows(BLUE));
	online();
	tell(STATE, "{\"effect\":\"solid\",\"color\":\"red\"}");
	assert_true(shows(BLUE));
	glow_node_disconnected(bridge);
	retained_state("{\"effect\":\"solid\",\"color\":\"red\"}");
	assert_true(shows(BLUE));
}

static void test_restore_after_connect(void **state)
{
	(void)state;
	create();
	online();
	retained_state(SAVED);
	assert_true(shows(GLOW_WHITE));
}

static void test_restore_after_command(void **state)
{
	(void)state;
	create();
	tell(SET, "nonsense"); /* a refused one does not count */
	tell(SET, "lime");
	retained_state(SAVED);
	assert_true(shows(LIME));
}

static void test_restore_after_waiting_command(void **state)
{
	(void)state;
	create();
	tell_at("lime", now + SECOND);
	assert_true(said("r", "ok"));
	retained_state(SAVED);
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_true(shows(LIME));
}

static void test_restore_after_refusal(void **state)
{
	(void)state;
	create();
	tell(SET, "nonsense");
	retained_state(SAVED);
	assert_true(shows(BLUE));
}

static void test_restore_broken(void **state)
{
	static const char *const broken[] = {
		"",
		"{",
		"[]",
		"7",
		"null",
		"red",
		"{\"effect\":\"fireworks\"}",
		"{\"brightness\":\"full\"}",
		"{\"effect\":\"solid\",\"color\":\"red\",\"start_us\":\"x\"}",
		"\xff\xfe",
	};

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		create();
		retained_state(broken[k]);
		assert_true(shows(GLOW_WHITE));
		online();
		assert_true(said(STATE, "\"effect\":\"auto\""));
		tell(SET, "red");
		assert_true(shows(RED));
		glow_node_destroy(bridge);
		bridge = NULL;
		forget();
	}
}

/* A start that lies ahead is another timeline's: it becomes now. */
static void test_restore_future(void **state)
{
	char text[40];

	(void)state;
	create();
	retained_state("{\"effect\":\"rainbow\",\"start_us\":1900000000000000}");
	online();
	snprintf(text, sizeof(text), "\"start_us\":%lld,", (long long)now);
	assert_true(said(STATE, text));
}

/* ---- the clock ---- */

static bool same_after_step(int64_t delta)
{
	static struct glow_frame before;
	int64_t left;

	glow_node_render(bridge, now, &before);
	left = glow_node_next(bridge) - now;
	glow_node_clock_stepped(bridge, now, delta, 0);
	now += delta;
	tick();
	glow_node_render(bridge, now, &frame);
	return glow_frame_equal(&before, &frame) && glow_node_next(bridge) - now <= left;
}

static void test_clock_step(void **state)
{
	static const int64_t steps[] = { 3600 * SECOND, -7200 * SECOND, 1, -1, 123456789 };
	static struct glow_frame later;

	(void)state;
	cfg.idle = "rainbow";
	connect();
	pass(SECOND / 3);
	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
		assert_true(same_after_step(steps[k])); /* the idle display */
	tell(SET, "{\"effect\":\"rainbow\",\"transition\":30}");
	pass(SECOND / 3);
	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
		assert_true(same_after_step(steps[k])); /* the light and a transition */
	tell(NOTIFY, "{\"effect\":\"rainbow\",\"ttl_s\":10}");
	pass(SECOND / 3);
	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
		assert_true(same_after_step(steps[k])); /* a notice */
	assert_true(said(STATE, "\"showing\":\"notice\""));
	pass(10 * SECOND);
	assert_true(said(STATE, "\"showing\":\"light\""));
	/* The control: without the word the picture jumps. */
	glow_node_render(bridge, now, &frame);
	pass(SECOND / 3);
	glow_node_render(bridge, now, &later);
	assert_false(glow_frame_equal(&frame, &later));
}

/* A step back must not leave the flash limit waiting for the old time to come again. */
static void test_clock_step_flash_limit(void **state)
{
	(void)state;
	cfg.info.flash_limit = true;
	connect();
	for (int k = 0; k < 20; k++) {
		tell(SET, k % 2 ? "white" : "black");
		glow_node_render(bridge, now, &frame);
		pass(SECOND / 20);
	}
	tell(SET, "white");
	glow_node_render(bridge, now, &frame);
	glow_node_clock_stepped(bridge, now, -3600 * SECOND, 0);
	now -= 3600 * SECOND;
	pass(2 * SECOND);
	assert_true(shows(GLOW_WHITE));
	tell(SET, "black");
	assert_true(shows(GLOW_BLACK));
	tell(SET, "white");
	assert_true(shows(GLOW_WHITE));
}

static void test_wall_offset(void **state)
{
	static struct glow_frame before;

	(void)state;
	connect();
	tell(SET, "binary-clock");
	glow_node_render(bridge, now, &before);
	glow_node_wall_offset(bridge, 3600 * SECOND);
	glow_node_render(bridge, now, &frame);
	assert_false(glow_frame_equal(&before, &frame));
	glow_node_wall_offset(bridge, 0);
	glow_node_render(bridge, now, &frame);
	assert_true(glow_frame_equal(&before, &frame));
}

/* ---- a lost broker ---- */

static bool one_dim_pixel(void)
{
	glow_node_render(bridge, now, &frame);
	for (uint32_t i = 1; i < frame.n; i++)
		if (!glow_rgb_equal(frame.px[i], GLOW_BLACK))
			return false;
	return frame.px[0].r > 0 && frame.px[0].r <= 32 && frame.px[0].g == 0 && frame.px[0].b == 0;
}

static void test_lost(void **state)
{
	(void)state;
	cfg.idle = "off";
	cfg.lost_indicator = true;
	connect();
	assert_true(shows(GLOW_BLACK));
	glow_node_disconnected(bridge);
	assert_true(one_dim_pixel());
	online();
	assert_true(shows(GLOW_BLACK));
	tell(SET, "red"); /* what shines brighter anyway is left alone */
	glow_node_disconnected(bridge);
	assert_true(shows(RED));
}

static void test_lost_off(void **state)
{
	(void)state;
	cfg.idle = "off";
	connect();
	glow_node_disconnected(bridge);
	assert_true(shows(GLOW_BLACK));
}

/* ---- cluster time: helpers ---- */

#define OURS    UINT64_C(0xa1)
#define OTHER   UINT64_C(0xb2)
#define ALL     "glow/all/set"
#define APPLY   "glow/all/apply"
#define SCENES  "glow/scene/current"
#define SECONDS "000000"

static void step(int64_t delta, uint64_t clock_id)
{
	glow_node_clock_stepped(bridge, now, delta, clock_id);
	now += delta;
	tick();
}

static void beacon(void)
{
	tell("glow/conductor/beacon", "{}");
}

static void conductor(const char *availability)
{
	tell("glow/conductor/availability", availability);
}

/* On the cluster's time, and a conductor leads. */
static void join(void)
{
	create();
	online();
	step(0, OURS);
	pass(SECOND);
	pass(SECOND);
	conductor("online");
	beacon();
	forget();
}

static void play(uint64_t clock_id, const char *scenes)
{
	char text[1200];

	snprintf(text, sizeof(text), "{\"clock_id\":\"%016llx\",\"term\":1,\"rev\":1,\"scenes\":[%s]}",
		 (unsigned long long)clock_id, scenes);
	tell(SCENES, text);
}

/* A scene of one colour that starts so many seconds after START. */
static const char *scene(const char *color, int start_s, const char *more)
{
	static char text[4][300];
	static int k;

	k = (k + 1) % 4;
	snprintf(text[k], sizeof(text[k]), "{\"id\":\"%s\",\"effect\":\"solid\",\"color\":\"%s\",\"start_us\":%lld%s}",
		 color, color, (long long)(START + start_s * SECOND), more);
	return text[k];
}

static void expect_number(const char *topic, const char *name, int64_t value)
{
	char text[80];

	snprintf(text, sizeof(text), "\"%s\":%lld", name, (long long)value);
	if (!said(topic, text))
		fail_msg("no %s in %s", text, last(topic));
}

/* The conductor's word on a command: what it says is `cmd`. */
static void tell_apply(const char *topic, const char *payload, const char *cmd, int64_t at_us)
{
	const char *leaf = strrchr(topic, '/');
	char text[600], to[80];

	snprintf(text, sizeof(text), "{\"kind\":\"%s\",\"at_us\":%lld,\"of\":\"%08x\",\"seed\":77,\"cmd\":%s}",
		 leaf + 1, (long long)at_us, glow_command_hash(topic, payload, strlen(payload)), cmd);
	snprintf(to, sizeof(to), "%.*s/apply", (int)(leaf - topic), topic);
	tell(to, text);
}

/* ---- scenes ---- */

static void test_scene(void **state)
{
	uint32_t revision;

	(void)state;
	join();
	play(OURS, scene("red", 5, ",\"end_us\":1700000008" SECONDS));
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(glow_node_next(bridge), START + 5 * SECOND);
	/* Its start is an instant of its own, and a picture of its own. */
	revision = glow_node_revision(bridge);
	now = START + 5 * SECOND - 1;
	tick();
	assert_int_equal(glow_node_revision(bridge), revision);
	assert_true(shows(GLOW_WHITE));
	forget();
	pass(1);
	assert_int_not_equal(glow_node_revision(bridge), revision);
	assert_true(shows(RED));
	assert_true(said(STATE, "\"showing\":\"scene\"") && said(STATE, "\"effect\":\"auto\""));
	assert_int_equal(glow_node_next(bridge), START + 8 * SECOND);
	tell(SET, "50%");
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	pass(3 * SECOND);
	assert_true(shows((struct glow_rgb){ 128, 128, 128 }));
	assert_true(said(STATE, "\"showing\":\"idle\""));
}

/* While a scene plays nothing is said, whatever changes in it by time. */
static void test_scene_is_quiet(void **state)
{
	(void)state;
	join();
	play(OURS, "{\"id\":\"p\",\"playlist\":[{\"color\":\"red\",\"duration_us\":100000},"
		   "{\"color\":\"blue\",\"duration_us\":100000}],\"loop\":true,\"fade_ms\":30,\"start_us\":"
		   "1700000000000000}");
	pass(SECOND);
	assert_true(said(STATE, "\"showing\":\"scene\""));
	forget();
	for (int k = 0; k < 1000; k++) {
		int64_t next = glow_node_next(bridge);

		assert_true(next > now && next <= now + SECOND / 10);
		now = next;
		tick();
	}
	assert_int_equal(n_sent, 0);
	/* Nor when the roster or the dimmer change, which is no change of this light. */
	tell("glow/dim/current", "{\"brightness\":9}");
	tell("glow/roster", "{\"rev\":1,\"effective_us\":0,\"pixels\":0,\"nodes\":[]}");
	pass(SECOND);
	assert_int_equal(n_sent, 0);
}

static void test_scenes_stacked(void **state)
{
	char two[700];

	(void)state;
	join();
	snprintf(two, sizeof(two), "%s,%s,%s", scene("red", 0, ""),
		 scene("lime", 0, ",\"target\":{\"nodes\":[\"pi2\"]}"),
		 scene("blue", 0, ",\"target\":{\"nodes\":[\"pi1\"]},\"end_us\":1700000003" SECONDS));
	play(OURS, two);
	assert_true(shows(BLUE));
	now = START + 3 * SECOND;
	tick();
	assert_true(shows(RED));
	tell(SCENES, "");
	assert_true(shows(GLOW_WHITE));
}

static void test_scene_take(void **state)
{
	(void)state;
	join();
	tell(SET, "lime 50%");
	play(OURS, scene("red", 5, ""));
	pass(SECOND);
	forget();
	now = START + 5 * SECOND - 1;
	tick();
	assert_true(shows((struct glow_rgb){ 0, 128, 0 }));
	pass(1);
	assert_true(shows((struct glow_rgb){ 128, 0, 0 })); /* the brightness is the light's still */
	assert_true(said(STATE, "\"effect\":\"auto\"") && said(STATE, "\"showing\":\"scene\""));
	expect_number(STATE, "since_us", START + 5 * SECOND);
	/* What is lit afterwards stays, also when the scenes are told of again. */
	pass(1);
	tell(SET, "blue 100%");
	play(OURS, scene("red", 5, ""));
	pass(SECOND);
	assert_true(shows(BLUE));
	tell(SET, "auto");
	assert_true(shows(RED));
}

/* Lit at the very start it is not older; one microsecond before, it is. */
static void test_scene_take_order(void **state)
{
	(void)state;
	join();
	play(OURS, scene("red", 5, ""));
	now = START + 5 * SECOND - 1;
	tell(SET, "blue");
	assert_true(shows(BLUE));
	pass(1);
	assert_true(shows(RED));
	play(OURS, scene("lime", 6, ""));
	now = START + 6 * SECOND;
	tell(SET, "blue");
	pass(SECOND);
	assert_true(shows(BLUE));
}

static void test_scene_leaves_off(void **state)
{
	(void)state;
	join();
	tell(SET, "blue");
	tell(SET, "off");
	play(OURS, scene("red", 5, ""));
	pass(10 * SECOND);
	assert_true(shows(GLOW_BLACK));
	assert_true(said(STATE, "\"showing\":\"light\""));
	tell(SET, "on");
	assert_true(shows(BLUE));
	tell(SET, "auto");
	assert_true(shows(RED));
}

static void test_scene_does_not_take(void **state)
{
	(void)state;
	join();
	tell(SET, "blue");
	play(OURS, scene("red", 5, ",\"take\":false"));
	pass(10 * SECOND);
	assert_true(shows(BLUE));
	/* One that is over by the time it is heard of takes nothing either. */
	play(OURS, scene("red", 2, ",\"end_us\":1700000003" SECONDS));
	pass(SECOND);
	assert_true(shows(BLUE));
}

/* The light fades into the scene, and what lies beneath both is not seen. */
static void test_scene_take_fade(void **state)
{
	(void)state;
	join();
	tell(SET, "red");
	play(OURS, scene("blue", 5, ",\"fade_ms\":2000"));
	now = START + 5 * SECOND;
	tick();
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 128, 0, 128 }));
	assert_int_equal(glow_node_pace(bridge, now, NULL), GLOW_ANIMATED);
	pass(SECOND);
	assert_true(shows(BLUE));
	assert_int_equal(glow_node_pace(bridge, now, NULL), GLOW_STILL);
	/* The control: from the idle display the cross-fade is the scene's own. */
	play(OURS, scene("red", 10, ",\"fade_ms\":2000"));
	now = START + 11 * SECOND;
	tick();
	assert_true(shows((struct glow_rgb){ 255, 128, 128 }) || shows((struct glow_rgb){ 255, 127, 127 }));
}

/* Two nodes, one of which wakes late: "older" is a matter of the instants, not of who woke when. */
static void test_scene_and_command_in_one_tick(void **state)
{
	for (int late = 0; late < 2; late++) {
		join();
		tell(SET, "lime");
		play(OURS, scene("red", 5, ""));
		tell(SET, "{\"brightness\":128,\"at_us\":1700000005000001}");
		now = START + 5 * SECOND;
		if (!late)
			tick();
		pass(10);
		assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
		(void)teardown(state);
		(void)setup(state);
	}
}

static void test_scene_without_cluster_time(void **state)
{
	(void)state;
	connect();
	play(OURS, scene("red", 0, ",\"end_us\":1700000100" SECONDS));
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
	step(20 * SECOND, OURS);
	/* It comes with a cross-fade from what showed. */
	assert_true(shows(GLOW_WHITE));
	pass(SECOND / 4);
	assert_true(shows((struct glow_rgb){ 255, 128, 128 }) || shows((struct glow_rgb){ 255, 127, 127 }));
	pass(SECOND / 4);
	assert_true(shows(RED));
	assert_true(said(STATE, "\"clock_id\":\"00000000000000a1\"") && said(STATE, "\"showing\":\"scene\""));
	/* Another timeline: its scenes wait until we are on it. */
	play(OTHER, scene("blue", 0, ""));
	assert_true(shows(RED));
	step(-SECOND, OTHER);
	pass(SECOND);
	assert_true(shows(BLUE));
}

static void test_scene_unknown(void **state)
{
	(void)state;
	join();
	play(OURS, "{\"id\":\"new\",\"effect\":\"fireworks\",\"start_us\":1700000000000000},"
		   "{\"id\":\"far\",\"effect\":\"fireworks\",\"start_us\":1700000000000000,\"target\":{\"nodes\":["
		   "\"pi2\"]}}");
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "unknown_effect") && said(ERROR, "\"field\":\"new.effect\""));
	pass(SECOND);
	assert_int_equal(count(ERROR), 1);
}

/* Told of before there was anybody to tell, or a clock to show it by, it is said then. */
static void test_scene_unknown_later(void **state)
{
	(void)state;
	create();
	play(OURS, "{\"id\":\"new\",\"effect\":\"fireworks\",\"start_us\":1700000000000000}");
	assert_int_equal(count(ERROR), 0);
	online();
	pass(SECOND);
	assert_int_equal(count(ERROR), 0);
	step(SECOND, OURS);
	assert_int_equal(count(ERROR), 1);
	/* What waits for another clock says nothing yet, and nothing again of the present one. */
	play(OTHER, "{\"id\":\"newer\",\"effect\":\"fireworks\",\"start_us\":1700000000000000}");
	assert_int_equal(count(ERROR), 1);
	step(SECOND, OTHER);
	assert_int_equal(count(ERROR), 2);
	assert_true(said(ERROR, "newer.effect"));
}

static void test_scene_broken_or_cleared(void **state)
{
	(void)state;
	join();
	play(OURS, scene("red", 0, ""));
	assert_true(shows(RED));
	tell(SCENES, "{");
	tell(SCENES, "{\"clock_id\":\"00000000000000a1\",\"scenes\":[{\"id\":\"x\"}]}");
	assert_true(shows(RED));
	assert_int_equal(count(ERROR), 0);
	tell("glow/dim/current", "{\"brightness\":0}");
	assert_true(shows(GLOW_BLACK));
	tell("glow/dim/current", "");
	assert_true(shows(RED));
	tell(SCENES, "");
	assert_true(shows(GLOW_WHITE));
}

/* ---- the master dimmer ---- */

static void test_dim(void **state)
{
	uint32_t revision;

	(void)state;
	join();
	notice("red", ",\"ttl_s\":100");
	tell("glow/dim/current", "{\"brightness\":128,\"until_us\":null}");
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	revision = glow_node_revision(bridge);
	tell("glow/dim/current", "{\"brightness\":0,\"until_us\":1700000010" SECONDS "}");
	assert_true(shows(GLOW_BLACK)); /* notices too */
	assert_int_not_equal(glow_node_revision(bridge), revision);
	pass(SECOND);
	assert_int_equal(glow_node_next(bridge), START + 10 * SECOND);
	now = START + 10 * SECOND - 1;
	tick();
	assert_true(shows(GLOW_BLACK));
	revision = glow_node_revision(bridge);
	pass(1);
	assert_true(shows(RED));
	assert_int_not_equal(glow_node_revision(bridge), revision);
	tell("glow/dim/current", "{\"brightness\":300}");
	assert_true(shows(RED));
}

/* ---- commands for many ---- */

static void test_many_applied_at_once(void **state)
{
	(void)state;
	join();
	ask(ALL, "{\"effect\":\"rainbow\"}", "r");
	assert_true(shows(GLOW_WHITE));
	tell_apply(ALL, "{\"effect\":\"rainbow\"}", "{\"effect\":\"rainbow\"}", now + SECOND / 2);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(glow_node_next(bridge), now + SECOND / 2);
	pass(SECOND / 2 - 1);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(n_sent, 0);
	now += 5000; /* however late the tick, it is the instant that counts */
	tick();
	assert_false(shows(GLOW_WHITE));
	expect_number(STATE, "start_us", now - 5000 + 1);
	expect_number(STATE, "since_us", now - 5000 + 1);
	assert_true(said(STATE, "\"seed\":77"));
	pass(5 * SECOND);
	assert_int_equal(count("r"), 0);
	assert_int_equal(count(ERROR), 0);
}

/* A conductor that says nothing for a second: the node acts and answers by itself. */
static void test_many_without_apply(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	beacon();
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(glow_node_next(bridge), now + SECOND);
	pass(SECOND - 1);
	assert_true(shows(GLOW_WHITE));
	assert_int_equal(n_sent, 0);
	pass(1);
	assert_true(shows(RED));
	assert_string_equal(last("r"), "{\"status\":\"ok\",\"node\":\"pi1\"}");
	assert_string_equal(sent[0].correlation, "\1two");
	pass(SECOND);
	assert_int_equal(count("r"), 1);
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
}

/* What is wrong with it is found at once; it is answered once, by the conductor. */
static void test_many_refused(void **state)
{
	(void)state;
	join();
	ask(ALL, "purplish", "r");
	assert_int_equal(count("r"), 0);
	assert_int_equal(count(ERROR), 1);
	assert_true(said(ERROR, "unknown_effect"));
	deliver((struct glow_message){
		.topic = ALL, .payload = "red", .len = 3, .retained = true, .response_topic = "r" });
	assert_true(said(ERROR, "\"code\":\"retained\""));
	assert_int_equal(count("r"), 0);
	pass(2 * SECOND);
	assert_true(shows(GLOW_WHITE));
	/* Without a conductor it is this node that answers. */
	ask(ALL, "purplish", "r");
	assert_true(said("r", "unknown_effect"));
}

/* What only this board cannot do is a matter of its `error` alone. */
static void test_many_refused_by_this_board(void **state)
{
	(void)state;
	join();
	ask("glow/all/set", "{\"params\":{\"period_ms\":2000}}", "r");
	assert_int_equal(count(ERROR), 1); /* no effect runs here */
	tell_apply("glow/all/set", "{\"params\":{\"period_ms\":2000}}", "{\"params\":{\"period_ms\":2000}}",
		   now + 1000);
	pass(SECOND);
	assert_int_equal(count(ERROR), 2);
	assert_int_equal(count("r"), 0);
	assert_true(shows(GLOW_WHITE));
}

static void test_many_question(void **state)
{
	(void)state;
	join();
	ask(ALL, "", "r");
	assert_int_equal(count("r"), 1); /* every node answers */
	assert_int_equal(count(STATE), 1);
}

/* Who leads: `online`, and heard within a second and a half. */
static void test_many_who_leads(void **state)
{
	(void)state;
	join();
	pass(SECOND + SECOND / 2 - 1);
	ask(ALL, "red", "r");
	assert_true(shows(GLOW_WHITE));
	pass(1);
	ask(ALL, "blue", "r"); /* silent for too long: but in the order of arrival */
	assert_int_equal(count("r"), 1);
	assert_true(shows(GLOW_WHITE));
	pass(SECOND);
	assert_true(shows(BLUE));
	assert_int_equal(count("r"), 2);
	forget();
	beacon();
	conductor("offline");
	ask(ALL, "red", "r");
	assert_true(shows(RED));
	assert_int_equal(count("r"), 1);
	conductor("online");
	ask(ALL, "blue", "r");
	assert_true(shows(RED));
	pass(SECOND);
	assert_true(shows(BLUE));
	/* After the connection was lost the broker has to say it again. */
	beacon();
	glow_node_disconnected(bridge);
	online();
	ask(ALL, "lime", "r");
	assert_true(shows(LIME));
}

static void test_many_apply_first(void **state)
{
	(void)state;
	join();
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 4);
	ask(ALL, "red", "r");
	pass(SECOND / 4);
	assert_true(shows(RED));
	tell(SET, "blue");
	beacon();
	pass(2 * SECOND);
	assert_true(shows(BLUE)); /* not a second time */
	assert_int_equal(count("r"), 0);
	/* The credit is used up: the same again is a command of its own. */
	beacon();
	ask(ALL, "red", "r");
	pass(SECOND);
	assert_true(shows(RED));
	assert_int_equal(count("r"), 1);
}

static void test_many_equal_twice(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	pass(10000);
	ask(ALL, "red", "r");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + 100000);
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + 200000);
	pass(100000);
	assert_true(shows(RED));
	tell(NOTIFY, "{\"flash\":1,\"ttl_s\":0.1}"); /* of another kind: does not wait */
	pass(100000);
	expect_number(STATE, "since_us", now);
	beacon();
	pass(2 * SECOND);
	assert_int_equal(count("r"), 0);
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
}

static void test_one_waits_for_many(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	ask(SET, "blue", "one");
	assert_true(said("one", "ok"));
	assert_true(shows(GLOW_WHITE));
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 4);
	ask(SET, "60%", "one"); /* the instant is known by now */
	assert_true(shows(GLOW_WHITE));
	pass(SECOND / 4);
	assert_true(shows((struct glow_rgb){ 0, 0, 153 }));
	expect_number(STATE, "since_us", now);
	/* One by itself, when the conductor does not come: the same order. */
	ask(ALL, "red", "r");
	tell(SET, "lime");
	pass(SECOND);
	assert_true(shows((struct glow_rgb){ 0, 153, 0 }));
	/* Nothing is left to wait for. */
	tell(SET, "blue");
	assert_true(shows((struct glow_rgb){ 0, 0, 153 }));
}

/* Of the clock's step all waiting commands keep their order. */
static void test_one_waits_for_many_across_a_step(void **state)
{
	(void)state;
	join();
	ask(ALL, "red", "r");
	tell(SET, "blue");
	step(-3600 * SECOND, OTHER);
	pass(SECOND - 1);
	assert_true(shows(GLOW_WHITE));
	pass(1);
	assert_true(shows(BLUE));
	ask(ALL, "red", "r");
	tell(SET, "lime");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 2);
	step(SECOND / 4, OTHER); /* the conductor's instant is the cluster's */
	pass(SECOND / 4);
	assert_true(shows(LIME));
}

static void test_many_without_cluster_time(void **state)
{
	(void)state;
	connect();
	conductor("online");
	beacon();
	ask(ALL, "red", "r");
	assert_true(shows(GLOW_WHITE));
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + 5 * SECOND);
	assert_true(shows(RED));
	expect_number(STATE, "since_us", now);
	assert_int_equal(count("r"), 0);
}

/* The instant that the command itself asks for, with the conductor's word and without. */
static void test_many_at(void **state)
{
	static const char red[] = "{\"color\":\"red\",\"at_us\":1700000010000000}";

	(void)state;
	join();
	ask(ALL, red, "r");
	tell_apply(ALL, red, "{\"color\":\"red\"}", START + 10 * SECOND);
	tell(SET, "blue"); /* does not wait for an instant that somebody asked for */
	assert_true(shows(BLUE));
	now = START + 10 * SECOND - 1;
	tick();
	assert_true(shows(BLUE));
	pass(1);
	assert_true(shows(RED));
	assert_int_equal(count("r"), 0);
}

static void test_many_at_without_apply(void **state)
{
	static const char red[] = "{\"color\":\"red\",\"at_us\":1700000010000000}";

	(void)state;
	join();
	ask(ALL, red, "r");
	pass(SECOND);
	assert_int_equal(count("r"), 1);
	expect_number("r", "at_us", START + 10 * SECOND);
	assert_true(shows(GLOW_WHITE));
	tell(SET, "blue");
	assert_true(shows(BLUE));
	now = START + 10 * SECOND - 1;
	tick();
	assert_true(shows(BLUE));
	pass(1);
	assert_true(shows(RED));
	assert_int_equal(count("r"), 1);
}

static void test_many_notify(void **state)
{
	(void)state;
	join();
	ask("glow/all/notify", "red", "r");
	tell(SET, "blue"); /* a light does not wait for a notice */
	assert_true(shows(BLUE));
	tell_apply("glow/all/notify", "red", "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}", now + SECOND / 2);
	pass(SECOND / 2);
	assert_true(shows(RED));
	pass(2 * SECOND);
	assert_true(shows(BLUE));
	beacon();
	ask("glow/all/notify", "{\"effect\":\"solid\",\"color\":\"lime\"}", "r");
	pass(SECOND);
	assert_true(shows(LIME));
	assert_int_equal(count("r"), 1);
}

/* The conductor's word may come when the node could wait no longer. */
static void test_many_late_apply(void **state)
{
	(void)state;
	join();
	ask(ALL, "rainbow", "r");
	pass(SECOND);
	/* Nothing has changed since: then in phase with the others after all. */
	tell_apply(ALL, "rainbow", "{\"effect\":\"rainbow\"}", now + SECOND / 4);
	pass(SECOND / 4);
	expect_number(STATE, "start_us", now);
	/* What has been said since then is not undone. */
	beacon();
	ask(ALL, "red", "r");
	pass(SECOND);
	assert_true(shows(RED));
	tell(SET, "blue");
	tell_apply(ALL, "red", "{\"color\":\"red\"}", now + SECOND / 4);
	pass(SECOND);
	assert_true(shows(BLUE));
	/* A notice comes once. */
	conductor("offline");
	ask("glow/all/notify", "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}", "r");
	conductor("online");
	tell_apply("glow/all/notify", "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}",
		   "{\"effect\":\"solid\",\"color\":\"red\",\"ttl_s\":2}", now + SECOND);
	pass(2 * SECOND);
	assert_true(shows(BLUE));
	/* An instant that is over is where it would have been. */
	beacon();
	tell_apply(ALL, "candle", "{\"effect\":\"candle\"}", now - 3 * SECOND);
	pass(SECOND);
	expect_number(STATE, "start_us", now - 4 * SECOND);
}

static void test_apply_broken(void **state)
{
	static const char *const broken[] = { "", "{", "[]", "{}",
					      "{\"kind\":\"set\",\"at_us\":1,\"of\":\"x\",\"cmd\":{}}" };

	(void)state;
	join();
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++)
		tell(APPLY, broken[k]);
	tell_apply(ALL, "x", "{\"color\":\"purplish\"}", now);
	assert_int_equal(count(ERROR), 1);
	assert_true(shows(GLOW_WHITE));
	/* A retained one is nobody's word. */
	deliver((struct glow_message){ .topic = APPLY,
				       .payload =
					       "{\"kind\":\"set\",\"at_us\":1,\"of\":\"00000000\",\"seed\":1,\"cmd\":"
					       "{\"color\":\"red\"}}",
				       .len = 69,
				       .retained = true });
	pass(SECOND);
	assert_true(shows(GLOW_WHITE));
}

static void test_many_full(void **state)
{
	char text[40];

	(void)state;
	join();
	for (int k = 0; k < GLOW_PENDING_MAX; k++) {
		snprintf(text, sizeof(text), "{\"color\":\"#0000%02x\"}", k & 0xff);
		ask(ALL, text, "r");
	}
	assert_int_equal(n_sent, 0);
	tell(ALL, "red");
	assert_int_equal(count(ERROR), 1);
	tell_apply(ALL, "lime", "{\"color\":\"lime\"}", now + SECOND / 4); /* no room, no harm */
	beacon();
	pass(SECOND);
	assert_true(shows(BLUE));
	assert_int_equal(count("r"), GLOW_PENDING_MAX);
	tell(SET, "red");
	assert_true(shows(RED));
}

/* ---- times of a restored light ---- */

static void restored(const char *clock_id, int64_t start_us)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "{\"state\":\"ON\",\"effect\":\"rainbow\",\"start_us\":%lld,\"since_us\":%lld%s%s%s}",
		 (long long)start_us, (long long)start_us, clock_id ? ",\"clock_id\":\"" : "", clock_id ? clock_id : "",
		 clock_id ? "\"" : "");
	create();
	retained_state(text);
	assert_false(shows(GLOW_WHITE));
}

#define OURS_TEXT "00000000000000a1"

static void test_restore_in_phase(void **state)
{
	(void)state;
	restored(OURS_TEXT, START - 1234567);
	glow_node_connected(bridge, now);
	assert_true(said(STATE, OURS_TEXT)); /* a restart right now would lose nothing */
	expect_number(STATE, "start_us", START - 1234567);
	step(50 * SECOND, OURS);
	glow_node_start(bridge, now);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567);
	expect_number(STATE, "since_us", START - 1234567);
	assert_true(said(STATE, OURS_TEXT));
	/* From then on it is this node's own: a step does not move its phase. */
	step(7 * SECOND, OURS);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567 + 7 * SECOND);
}

static void test_restore_foreign(void **state)
{
	(void)state;
	restored("00000000000000b2", START - 1234567);
	glow_node_connected(bridge, now);
	step(50 * SECOND, OURS);
	glow_node_start(bridge, now);
	tick();
	pass(SECOND);
	expect_number(STATE, "start_us", now - SECOND);
	assert_true(said(STATE, OURS_TEXT));
}

/* A wall clock's times are carried over into the cluster's. */
static void test_restore_without_clock(void **state)
{
	(void)state;
	restored(NULL, START - 1234567);
	glow_node_connected(bridge, now);
	step(50 * SECOND, OURS);
	glow_node_start(bridge, now);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567 + 50 * SECOND);
}

/* The first frame does not wait for ever; the phase comes back with the time all the same. */
static void test_restore_before_its_clock(void **state)
{
	(void)state;
	restored(OURS_TEXT, START - 1234567);
	online();
	pass(SECOND);
	assert_true(said(STATE, OURS_TEXT));
	step(50 * SECOND, OURS);
	pass(SECOND);
	expect_number(STATE, "start_us", START - 1234567);
	/* Or not, when it is another one. */
	glow_node_destroy(bridge);
	restored(OURS_TEXT, START - 1234567);
	online();
	step(50 * SECOND, OTHER);
	pass(SECOND);
	expect_number(STATE, "start_us", now - SECOND);
}

/* A command that waits while the node finds the time takes no phase away. */
static void test_restore_while_waiting(void **state)
{
	(void)state;
	restored(OURS_TEXT, START - 1234567);
	glow_node_connected(bridge, now);
	conductor("online");
	beacon();
	ask(ALL, "40%", "r");
	step(50 * SECOND, OURS);
	glow_node_start(bridge, now);
	tell_apply(ALL, "40%", "{\"brightness\":102}", now + SECOND / 4);
	pass(SECOND);
	assert_true(said(STATE, "\"brightness\":102"));
	expect_number(STATE, "start_us", START - 1234567);
}

/* A broker that is late: the light comes back after the first frame, and its times are looked at as well. */
static void test_restore_after_start(void **state)
{
	(void)state;
	create();
	glow_node_start(bridge, now);
	retained_state("{\"effect\":\"rainbow\",\"start_us\":1900000000000000}");
	glow_node_connected(bridge, now);
	expect_number(STATE, "start_us", now);
}

/* ---- time ---- */

/* A slot is drawn ahead of its time, so what comes next may seem to be earlier. */
static void test_time_never_goes_back(void **state)
{
	(void)state;
	join();
	play(OURS, scene("red", 5, ""));
	now = START + 5 * SECOND;
	tick();
	assert_true(said(STATE, "\"showing\":\"scene\""));
	forget();
	pass(-3000);
	tell(SET, "");
	assert_true(glow_node_next(bridge) > START + 5 * SECOND);
	tell(SET, "blue"); /* is not older than the scene that shows already */
	pass(SECOND);
	assert_true(shows(BLUE));
	expect_number(STATE, "since_us", START + 5 * SECOND);
}

static void test_lost_conductor(void **state)
{
	uint32_t revision;

	(void)state;
	cfg.idle = "off";
	cfg.lost_indicator = true;
	connect();
	assert_true(shows(GLOW_BLACK)); /* there is no conductor to miss */
	conductor("online");
	beacon();
	assert_true(shows(GLOW_BLACK));
	assert_int_equal(glow_node_next(bridge), now + 3 * SECOND / 2);
	pass(SECOND);
	beacon();
	pass(3 * SECOND / 2 - 1);
	assert_true(shows(GLOW_BLACK));
	revision = glow_node_revision(bridge);
	pass(1);
	assert_int_not_equal(glow_node_revision(bridge), revision);
	assert_true(one_dim_pixel());
	assert_int_equal(glow_node_next(bridge), GLOW_NEVER);
	revision = glow_node_revision(bridge);
	beacon();
	assert_int_not_equal(glow_node_revision(bridge), revision);
	assert_true(shows(GLOW_BLACK));
	conductor("offline");
	assert_true(one_dim_pixel());
	conductor(""); /* cleared: there is none, and none is missed */
	assert_true(shows(GLOW_BLACK));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_create),
		T(test_idle_off),
		T(test_connected),
		T(test_catalog),
		T(test_catalog_refused),
		T(test_no_discovery),
		T(test_goodbye),
		T(test_problem_and_stats),
		T(test_accepted),
		T(test_rejected),
		T(test_response_topics),
		T(test_retained_command),
		T(test_bytes),
		T(test_query),
		T(test_brightness_of_auto),
		T(test_at),
		T(test_at_limit),
		T(test_at_order),
		T(test_at_notify),
		T(test_at_recheck),
		T(test_pending_full),
		T(test_notice),
		T(test_notice_ttl),
		T(test_notice_order),
		T(test_notice_id),
		T(test_notices_full),
		T(test_notices_full_lowest),
		T(test_back_in_phase),
		T(test_flash),
		T(test_identify),
		T(test_transition),
		T(test_transition_beneath),
		T(test_transition_off),
		T(test_state_rate),
		T(test_limited),
		T(test_pace),
		T(test_restore),
		T(test_restore_once),
		T(test_restore_after_connect),
		T(test_restore_after_command),
		T(test_restore_after_waiting_command),
		T(test_restore_after_refusal),
		T(test_restore_broken),
		T(test_restore_future),
		T(test_clock_step),
		T(test_clock_step_flash_limit),
		T(test_wall_offset),
		T(test_lost),
		T(test_lost_off),
		T(test_scene),
		T(test_scene_is_quiet),
		T(test_scenes_stacked),
		T(test_scene_take),
		T(test_scene_take_order),
		T(test_scene_leaves_off),
		T(test_scene_does_not_take),
		T(test_scene_take_fade),
		T(test_scene_and_command_in_one_tick),
		T(test_scene_without_cluster_time),
		T(test_scene_unknown),
		T(test_scene_unknown_later),
		T(test_scene_broken_or_cleared),
		T(test_dim),
		T(test_many_applied_at_once),
		T(test_many_without_apply),
		T(test_many_refused),
		T(test_many_refused_by_this_board),
		T(test_many_question),
		T(test_many_who_leads),
		T(test_many_apply_first),
		T(test_many_equal_twice),
		T(test_one_waits_for_many),
		T(test_one_waits_for_many_across_a_step),
		T(test_many_without_cluster_time),
		T(test_many_at),
		T(test_many_at_without_apply),
		T(test_many_notify),
		T(test_many_late_apply),
		T(test_apply_broken),
		T(test_many_full),
		T(test_restore_in_phase),
		T(test_restore_foreign),
		T(test_restore_without_clock),
		T(test_restore_before_its_clock),
		T(test_restore_while_waiting),
		T(test_restore_after_start),
		T(test_time_never_goes_back),
		T(test_lost_conductor),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
