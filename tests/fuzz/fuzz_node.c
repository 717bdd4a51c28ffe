/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A node's life as a script, one event a line, so that a corpus can be read and
 * written by hand: whatever comes in whatever order, time goes on and what is said is well formed.
 *
 *	+250		a quarter of a second passes
 *	>		time passes to the next instant at which something is due
 *	k-3000 b2	the clock moves back by three seconds, to timeline b2
 *	C D S		connected, disconnected, the first frame may come
 *	m<t>...		a message on the topic of that letter (topics[]); M: a retained one
 *	e<name> ...	a message on effect/<name>, whether or not the node follows it
 *	f<name>		the broker refuses the node that topic
 *	x<t> X<t>	a message there was dropped before it came here; X: for a newer one
 *	a<ms> ...	the conductor's word on the latest command for many: in so many ms, this */

#include <glow/command.h>
#include <glow/effect_text.h>
#include <glow/hash.h>
#include <glow/node.h>
#include <glow/log.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "fuzz.h"

#define START     INT64_C(1700000000000000)
#define YEAR_US   (INT64_C(31557600) * GLOW_US_PER_S)
#define LINES_MAX 400

static const char *const topics[] = {
	"glow/node/n/set",       "glow/node/n/notify",
	"glow/all/set",          "glow/all/notify",
	"glow/group/g/set",      "glow/all/apply",
	"glow/scene/current",    "glow/roster",
	"glow/dim/current",      "glow/conductor/availability",
	"glow/conductor/beacon", "glow/node/n/state",
	"glow/effect",           "glow/effect/aurora",
	"glow/effect/lava",      "glow/node/n/place",
};
#define N_TOPICS (int)(sizeof(topics) / sizeof(topics[0]))

static struct glow_node *bridge;
static int64_t now, state_us;
static uint32_t latest; /* of the latest command for many */
static bool latest_notify, connecting;

/* The texts that it follows: each is asked for once, and given up once. */
static char followed[GLOW_EFFECT_TEXTS_MAX][GLOW_TOPIC_MAX + 1];
static size_t n_followed;

static void follow(void *ctx, const char *topic, bool on)
{
	size_t k = 0;

	(void)ctx;
	CHECK(glow_topic_kind("glow", topic) == GLOW_TOPIC_TEXT);
	while (k < n_followed && strcmp(followed[k], topic) != 0)
		k++;
	CHECK(on == (k == n_followed) && k < GLOW_EFFECT_TEXTS_MAX);
	if (on)
		strcpy(followed[n_followed++], topic);
	else
		memmove(followed[k], followed[--n_followed], sizeof(followed[k]));
}

/* The catalog is long, and the same each time. */
static bool is_known(const struct glow_message *m)
{
	static uint32_t known;
	uint32_t hash = glow_fnv1a(GLOW_FNV_START, m->payload, m->len), before = known;

	if (strncmp(m->topic, "glow/effects/", 13) != 0)
		return false;
	known = hash;
	return hash == before;
}

static void check_message(void *ctx, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree;

	(void)ctx;
	CHECK(strncmp(m->topic, "glow/node/n/", 12) == 0 || strncmp(m->topic, "glow/effects/", 13) == 0 ||
	      strcmp(m->topic, "answers") == 0);
	if (is_known(m))
		return;
	CHECK(glow_utf8_valid(m->payload, m->len));
	if (strcmp(m->topic, "glow/node/n/availability") == 0)
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	CHECK(tree);
	cJSON_Delete(tree);
	if (strcmp(m->topic, "glow/node/n/state") == 0) {
		CHECK(connecting || now >= state_us + GLOW_STATE_EVERY_US);
		state_us = now;
	}
}

static void pass(int64_t us)
{
	static struct glow_frame frame;
	uint32_t revision;

	now += us;
	glow_node_tick(bridge, now);
	CHECK(glow_node_next(bridge) > now);
	revision = glow_node_revision(bridge);
	glow_node_render(bridge, now, &frame);
	CHECK(frame.n == 8);
	CHECK(glow_node_pace(bridge, now, NULL) <= GLOW_ANIMATED);
	CHECK(glow_node_revision(bridge) == revision);
}

static void deliver(const char *topic, const char *payload, size_t len, bool retained)
{
	char *exact = exact_copy((const uint8_t *)payload, len);
	struct glow_message m = { .topic = topic,
				  .payload = exact,
				  .len = len,
				  .retained = retained,
				  .response_topic = "answers",
				  .correlation = exact,
				  .correlation_len = len % 9 };

	if (strncmp(topic, "glow/all/", 9) == 0 && strcmp(topic, "glow/all/apply") != 0) {
		latest = glow_command_hash(topic, payload, len);
		latest_notify = strcmp(topic, "glow/all/notify") == 0;
	}
	glow_node_message(bridge, &m, now);
	free(exact);
}

static void deliver_text(const char *line)
{
	char topic[GLOW_TOPIC_MAX + 1];
	const char *payload = fuzz_text_topic("glow", line, topic);

	deliver(topic, payload, strlen(payload), true);
}

static void refuse_text(const char *line)
{
	char topic[GLOW_TOPIC_MAX + 1];

	fuzz_text_topic("glow", line, topic);
	glow_node_wish_refused(bridge, topic);
}

static void drop(const char *topic, bool replaced)
{
	struct glow_message m = {
		.topic = topic, .response_topic = "answers", .correlation = "c", .correlation_len = 1
	};

	glow_node_dropped(bridge, &m, replaced, now);
}

static void apply_latest(const char *rest)
{
	char *end, text[600];
	long ms = strtol(rest, &end, 10) % 100000;
	int n = snprintf(text, sizeof(text),
			 "{\"kind\":\"%s\",\"at_us\":%lld,\"of\":\"%08x\",\"seed\":1,\"cmd\":%.400s}",
			 latest_notify ? "notify" : "set", (long long)(now + ms * 1000), latest, end);

	deliver("glow/all/apply", text, (size_t)n, false);
}

static void step(const char *rest)
{
	char *end;
	int64_t delta = strtoll(rest, &end, 10) % (YEAR_US / 1000) * 1000;

	if (now + delta < 0 || now + delta > 4 * START)
		return;
	glow_node_clock_stepped(bridge, now, delta, strtoull(end, NULL, 16));
	now += delta;
	state_us += delta;
	pass(0);
}

static void connect(void)
{
	connecting = true;
	glow_node_connected(bridge, now);
	connecting = false;
}

static void run(const char *line, size_t len)
{
	int topic = len > 1 ? line[1] - 'a' : -1;
	int64_t next = glow_node_next(bridge);

	switch (line[0]) {
	case '+':
		pass(strtol(line + 1, NULL, 10) % 1000000 * (line[1] == '-' ? -1 : 1000));
		break;
	case '>':
		if (next < now + YEAR_US && now < 4 * START)
			pass(next > now ? next - now : 0);
		break;
	case 'k':
		step(line + 1);
		break;
	case 'C':
		connect();
		break;
	case 'D':
		glow_node_disconnected(bridge);
		break;
	case 'S':
		glow_node_start(bridge, now);
		break;
	case 'm':
	case 'M':
		if (topic >= 0 && topic < N_TOPICS)
			deliver(topics[topic], line + 2, len - 2, line[0] == 'M');
		break;
	case 'e':
		deliver_text(line + 1);
		break;
	case 'f':
		refuse_text(line + 1);
		break;
	case 'x':
	case 'X':
		if (topic >= 0 && topic < N_TOPICS)
			drop(topics[topic], line[0] == 'X');
		break;
	case 'a':
		apply_latest(line + 1);
		break;
	default:
		break;
	}
}

static void create(bool flags)
{
	const struct glow_node_cfg cfg = {
		.out = { "glow", "", { NULL, check_message, follow } },
		.idle = flags ? "rainbow" : "off",
		.info = { .id = "n",
			  .groups = { "g" },
			  .n_groups = 1,
			  .board = "virtual",
			  .shape = { GLOW_SHAPE_ROW, 8 },
			  .fps = 60,
			  .flash_limit = flags },
		.env = { .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 255 },
		.lost_indicator = flags,
	};
	struct glow_diag diag;

	glow_log_setup("error", "text");
	now = START;
	state_us = now - YEAR_US;
	n_followed = 0;
	CHECK(glow_node_create(&cfg, now, &bridge, &diag) == 0);
}

void fuzz_node(const uint8_t *data, size_t size)
{
	create(size % 2);
	fuzz_lines(data, size, LINES_MAX, run);
	pass(0);
	pass(3600 * GLOW_US_PER_S);
	glow_node_destroy(bridge);
}
