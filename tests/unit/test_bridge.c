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

#include <glow/bridge.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/time.h>

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

static struct glow_bridge_cfg cfg;
static struct glow_bridge *bridge;
static struct glow_diag diag;
static struct glow_frame frame;
static int64_t now;

static int setup(void **state)
{
	(void)state;
	cfg = (struct glow_bridge_cfg){
		.prefix = "glow",
		.discovery = "homeassistant",
		.idle = "white",
		.info = { .id = "pi1", .board = "virtual", .shape = { GLOW_SHAPE_BLINKT, 8 }, .fps = 60 },
		.env = { .shape = { GLOW_SHAPE_BLINKT, 8 }, .brightness_limit = 255 },
		.outbox = { .ctx = sent, .publish = record },
	};
	now = START;
	bridge = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_bridge_destroy(bridge);
	forget();
	return 0;
}

static void create(void)
{
	assert_int_equal(glow_bridge_create(&cfg, now, &bridge, &diag), 0);
}

static void tick(void)
{
	glow_bridge_tick(bridge, now);
}

static void pass(int64_t us)
{
	now += us;
	tick();
}

/* Connected, with nothing more to wait for. */
static void online(void)
{
	glow_bridge_start(bridge, now);
	glow_bridge_connected(bridge, now);
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
	glow_bridge_message(bridge, &m, now);
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
	glow_bridge_render(bridge, now, &frame);
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
	assert_int_equal(glow_bridge_create(&cfg, now, &bridge, &diag), -EINVAL);
	assert_int_equal(diag.code, GLOW_UNKNOWN_EFFECT);
	assert_null(bridge);
	cfg.idle = "blue 40%";
	create();
	assert_true(shows((struct glow_rgb){ 0, 0, 102 }));
	assert_false(glow_bridge_started(bridge));
	glow_bridge_start(bridge, now);
	assert_true(glow_bridge_started(bridge));
	tick();
	assert_int_equal(n_sent, 0);
	assert_int_equal(glow_bridge_next(bridge), GLOW_NEVER);
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
	assert_true(glow_bridge_started(bridge));
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
	glow_bridge_disconnected(bridge);
	forget();
	tell(SET, "red");
	pass(SECOND);
	assert_int_equal(count(STATE), 0);
	online();
	assert_int_equal(count(STATE), 1);
	assert_true(said(STATE, "\"r\":255,\"g\":0,\"b\":0"));
	assert_string_equal(sent[n_sent - 1].topic, ONLINE);
}

static void test_no_discovery(void **state)
{
	(void)state;
	cfg.discovery = "";
	create();
	online();
	assert_int_equal(n_sent, 3);
	assert_int_equal(count(STATE), 1);
}

static void test_goodbye(void **state)
{
	(void)state;
	create();
	glow_bridge_goodbye(bridge);
	assert_int_equal(n_sent, 0);
	online();
	glow_bridge_goodbye(bridge);
	assert_string_equal(last(ONLINE), "offline");
	assert_true(sent[n_sent - 1].retained);
	glow_bridge_destroy(NULL);
}

static void test_problem_and_stats(void **state)
{
	struct glow_stats stats = { .fps = 60 };

	(void)state;
	connect();
	glow_bridge_problem(bridge, "no such chip", "gpiod");
	assert_int_equal(count(INFO), 1);
	assert_true(said(INFO, "no such chip") && said(INFO, "\"backend\":\"gpiod\""));
	glow_bridge_problem(bridge, "no such chip", "gpiod");
	assert_int_equal(count(INFO), 1);
	glow_bridge_problem(bridge, NULL, "gpiod");
	assert_int_equal(count(INFO), 2);
	assert_false(said(INFO, "problem"));
	glow_bridge_stats(bridge, &stats);
	assert_true(said("glow/node/pi1/stats", "\"fps\":60"));
	assert_false(sent[n_sent - 1].retained);
	glow_bridge_disconnected(bridge);
	glow_bridge_stats(bridge, &stats);
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
	assert_int_equal(glow_bridge_next(bridge), now + 2 * SECOND);
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
	assert_int_equal(glow_bridge_next(bridge), GLOW_NEVER);
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
	assert_int_equal(glow_bridge_next(bridge), now + SECOND);
	pass(SECOND);
	assert_true(shows(RED));
	assert_int_equal(glow_bridge_next(bridge), now + 2 * SECOND);
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
	assert_int_equal(glow_bridge_next(bridge), now + 5 * SECOND);
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
	struct glow_bridge *other;

	(void)state;
	connect();
	tell(SET, "rainbow");
	glow_bridge_create(&cfg, now, &other, &diag);
	glow_bridge_message(other, &(struct glow_message){ .topic = SET, .payload = "rainbow", .len = 7 }, now);
	notice("red", ",\"ttl_s\":3");
	pass(SECOND);
	assert_true(shows(RED));
	for (int k = 0; k < 20; k++) {
		static struct glow_frame want;

		pass(SECOND / 3);
		glow_bridge_render(bridge, now, &frame);
		glow_bridge_render(other, now, &want);
		assert_int_equal(glow_frame_equal(&frame, &want), now >= START + 4 * SECOND);
	}
	glow_bridge_destroy(other);
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
	assert_int_equal(glow_bridge_pace(bridge, now, NULL), GLOW_ANIMATED);
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
	assert_int_equal(glow_bridge_next(bridge), now + 2 * SECOND);
	assert_int_equal(glow_bridge_pace(bridge, now, NULL), GLOW_ANIMATED);
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
	assert_int_equal(glow_bridge_pace(bridge, now, NULL), GLOW_STILL);
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
	assert_int_equal(glow_bridge_next(bridge), published + GLOW_STATE_EVERY_US);
	now = glow_bridge_next(bridge);
	tick();
	assert_true(said(STATE, "\"brightness\":99"));
	assert_int_equal(glow_bridge_next(bridge), GLOW_NEVER);
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
	assert_int_equal(glow_bridge_pace(bridge, now, &meters), GLOW_STILL);
	assert_int_equal(meters, 0);
	tell(SET, "binary-clock");
	assert_int_equal(glow_bridge_pace(bridge, now, NULL), GLOW_SECONDS);
	tell(SET, "rainbow");
	assert_int_equal(glow_bridge_pace(bridge, now, NULL), GLOW_ANIMATED);
	tell(SET, "load");
	assert_int_equal(glow_bridge_pace(bridge, now, &meters), GLOW_STILL);
	assert_int_equal(meters, 1 << GLOW_METER_LOAD);
	assert_true(shows(GLOW_BLACK));
	glow_bridge_meters(bridge, reading);
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
	glow_bridge_disconnected(bridge);
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
		glow_bridge_destroy(bridge);
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

	glow_bridge_render(bridge, now, &before);
	left = glow_bridge_next(bridge) - now;
	glow_bridge_clock_stepped(bridge, now, delta, 0);
	now += delta;
	tick();
	glow_bridge_render(bridge, now, &frame);
	return glow_frame_equal(&before, &frame) && glow_bridge_next(bridge) - now <= left;
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
	glow_bridge_render(bridge, now, &frame);
	pass(SECOND / 3);
	glow_bridge_render(bridge, now, &later);
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
		glow_bridge_render(bridge, now, &frame);
		pass(SECOND / 20);
	}
	tell(SET, "white");
	glow_bridge_render(bridge, now, &frame);
	glow_bridge_clock_stepped(bridge, now, -3600 * SECOND, 0);
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
	glow_bridge_render(bridge, now, &before);
	glow_bridge_wall_offset(bridge, 3600 * SECOND);
	glow_bridge_render(bridge, now, &frame);
	assert_false(glow_frame_equal(&before, &frame));
	glow_bridge_wall_offset(bridge, 0);
	glow_bridge_render(bridge, now, &frame);
	assert_true(glow_frame_equal(&before, &frame));
}

/* ---- a lost broker ---- */

static bool one_dim_pixel(void)
{
	glow_bridge_render(bridge, now, &frame);
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
	glow_bridge_disconnected(bridge);
	assert_true(one_dim_pixel());
	online();
	assert_true(shows(GLOW_BLACK));
	tell(SET, "red"); /* what shines brighter anyway is left alone */
	glow_bridge_disconnected(bridge);
	assert_true(shows(RED));
}

static void test_lost_off(void **state)
{
	(void)state;
	cfg.idle = "off";
	connect();
	glow_bridge_disconnected(bridge);
	assert_true(shows(GLOW_BLACK));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_create),
		T(test_idle_off),
		T(test_connected),
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
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
