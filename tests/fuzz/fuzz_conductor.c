/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A conductor's life as a script, one event a line: whatever comes in whatever order, time goes on, what is said is
 * said by a leader and understood by those it is said to, and a clock's terms do not fall.
 *
 *	+250		a quarter of a second passes, with all that is due in it
 *	>		time passes to the next instant at which something is due
 *	k-3000 n	the wall clock moves by so many ms; 'n': nobody keeps it right any more
 *	C L D F		connected under its own name, as the leader, disconnected, an attempt failed
 *	m<t>...		a message on the topic of that letter (topics[], a-z and then A-Z); M: a retained one
 *	e<name> ...	a message on effect/<name>, which may end with /set; E: a retained one
 *	x<t> X<t>	a message there was dropped before it came here; X: for a newer one
 *	p<ms>		a node's probe, which left so many ms ago by its clock
 *	a<us> <term>	the latest probe of ours is answered, by a clock so far ahead, of that term
 *	r...		an answer to a probe as it is
 *	u...		at the beginning: the cluster is a rack below another, hall; later passed over */

#include <glow/agenda.h>
#include <glow/conductor.h>
#include <glow/library.h>
#include <glow/places.h>
#include <glow/preset.h>
#include <glow/scenes.h>
#include <glow/time.h>
#include <glow/timing.h>
#include <glow/wanted.h>

#include "fuzz.h"

#define START     INT64_C(1234000000000)
#define WALL      INT64_C(1700000000000000000)
#define YEAR_NS   (INT64_C(31557600) * 1000000000)
#define BOOT      0x1234abcdU
#define CLOCK     UINT64_C(0xfeedbeef01234567)
#define LINES_MAX 400
#define STEPS_MAX 100 /* a fuzzer's "+9999999" must not take all day */

static const char *const topics[] = {
	"glow/conductor/info",
	"glow/conductor/availability",
	"glow/conductor/beacon",
	"glow/roster",
	"glow/scene/current",
	"glow/dim/current",
	"glow/node/a/info",
	"glow/node/a/availability",
	"glow/node/a/state",
	"glow/node/pi10/info",
	"glow/node/pi10/availability",
	"glow/scene/play",
	"glow/scene/stop",
	"glow/dim/set",
	"glow/all/set",
	"glow/all/notify",
	"glow/group/g/set",
	"glow/group/g/notify",
	"glow/time/request/a",
	"homeassistant/device/glow-cluster/config",
	"homeassistant/status",
	"glow/time/adopt/reply/1234abcd",
	"glow/effect",
	"glow/effect/aurora",
	"glow/effect/aurora/set",
	"glow/preset/evening",
	"glow/preset/evening/set",
	"glow/preset/evening/apply",
	"glow/undo",
	"glow/schedule/wake",
	"glow/schedule/wake/set",
	"glow/roster/set",
	"glow/roster/wanted",
	"glow/node/a/stats",
	"glow/node/a/error",
	"glow/node/a/place",
	"hall/conductor/info",
	"hall/conductor/beacon",
	"hall/roster",
	"hall/scene/current",
	"hall/dim/current",
	"hall/all/apply",
	"hall/group/g/apply",
	"hall/node/a/set",
	"hall/node/a/notify",
	"hall/node/a/info",
	"hall/time/adopt/request/a",
};
#define N_TOPICS (int)(sizeof(topics) / sizeof(topics[0]))

static struct glow_conductor *conductor;
static struct glow_wall wall;
static int64_t now;
static bool connected, leading;
static uint64_t clock_id;
static uint32_t term, seq;
static struct { /* of the latest probe of ours */
	struct glow_time_request request;
	bool any, adopting, above;
} probe;

static struct glow_raw raw(void)
{
	return (struct glow_raw){ now };
}

/* ---- what is said ---- */

/* A term of ours is never lower than one before on the same clock; after the last one another clock begins. */
static void check_leader(struct glow_leader leader)
{
	CHECK(leader.boot == BOOT && leader.clock_id != 0);
	CHECK(leader.clock_id != clock_id || leader.term >= term);
	clock_id = leader.clock_id;
	term = leader.term;
}

static void check_info(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_conductor_info info;

	CHECK(glow_conductor_info_read(tree, &info, &diag) == GLOW_OK);
	CHECK(strcmp(info.id, "pi1") == 0);
	check_leader(info.leader);
}

static void check_beacon(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_beacon beacon;

	CHECK(glow_beacon_read(tree, &beacon, &diag) == GLOW_OK);
	CHECK(beacon.seq >= seq);
	seq = beacon.seq;
	check_leader(beacon.leader);
}

static void check_place(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_places places;

	CHECK(glow_places_read(tree, &places, &diag) == GLOW_OK);
	glow_places_fini(&places);
}

static void check_roster(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_roster roster;

	CHECK(glow_roster_read(tree, &roster, &diag) == GLOW_OK);
	glow_roster_fini(&roster);
}

static void check_scenes(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_scenes scenes;

	CHECK(glow_scenes_read(tree, &scenes, &diag) == GLOW_OK);
	glow_scenes_fini(&scenes);
}

/* What it keeps of people's wishes it takes back itself. */
static void check_wanted(const struct glow_message *m)
{
	const struct glow_wanted none = { .n = 0 };
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_wanted wanted;
	bool absent;

	CHECK(glow_wanted_read(m->payload, m->len, &none, &wanted, &absent, &diag) == GLOW_OK);
	CHECK(wanted.edition.rev > 0);
	glow_wanted_fini(&wanted);
}

/* Whole lines that can be shown, whatever nodes say. */
static void check_metrics(void)
{
	static char text[GLOW_METRICS_ROOM];
	struct glow_metrics_at at = { 0 };
	size_t n;

	while ((n = glow_conductor_metrics(conductor, raw(), &at, text, sizeof(text))) > 0) {
		CHECK(n <= sizeof(text) && text[n - 1] == '\n');
		for (size_t k = 0; k < n; k++)
			CHECK(text[k] == '\n' || (text[k] >= ' ' && text[k] <= '~'));
	}
}

static void check_apply(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_apply apply;

	CHECK(glow_apply_read(tree, &apply, &diag) == GLOW_OK);
}

static void check_dim(const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_dim dim;

	CHECK(glow_dim_read(m->payload, m->len, &dim, &diag) == GLOW_OK);
}

/* What it says of texts it can read itself, and compile. */
static void check_text(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_library_text *compiled;
	struct glow_effect_text text;

	CHECK(glow_effect_text_read(tree, &text, &diag) == GLOW_OK);
	compiled = glow_library_compile(text.name, text.text, text.len, text.rev, &diag);
	CHECK(compiled);
	glow_library_text_free(compiled);
}

static void check_list(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_effect_list list;

	CHECK(glow_effect_list_read(tree, &list, &diag) == GLOW_OK);
}

/* What it keeps under names it can read itself, and what it tells a node is a command. */
static void check_preset(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_preset preset;

	CHECK(glow_preset_read(tree, &preset, &diag) == GLOW_OK);
	glow_preset_fini(&preset);
}

static void check_schedule(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_agenda_item item;

	CHECK(glow_agenda_read(tree, &item, &diag) == GLOW_OK);
}

static void check_command(const cJSON *tree)
{
	const struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .any = true };
	struct glow_diag diag = { .code = GLOW_OK };
	static struct glow_command command;

	CHECK(glow_command_read(tree, &ctx, &command, &diag) == GLOW_OK || diag.code == GLOW_OUT_OF_RANGE);
}

static void note_probe(const struct glow_message *m, bool adopting)
{
	CHECK(glow_request_read(m->payload, m->len, &probe.request));
	probe.any = true;
	probe.above = glow_topic_kind("hall", m->topic) == GLOW_TOPIC_TIME_REQUEST;
	probe.adopting = adopting;
}

static void check_tree(enum glow_topic_kind kind, const struct glow_message *m)
{
	cJSON *tree = check_json(m->payload, m->len);

	if (kind == GLOW_TOPIC_CONDUCTOR_INFO)
		check_info(tree);
	else if (kind == GLOW_TOPIC_CONDUCTOR_BEACON)
		check_beacon(tree);
	else if (kind == GLOW_TOPIC_ROSTER)
		check_roster(tree);
	else if (kind == GLOW_TOPIC_PLACE)
		check_place(tree);
	else if (kind == GLOW_TOPIC_ROSTER_WANTED)
		check_wanted(m);
	else if (kind == GLOW_TOPIC_SCENE_CURRENT)
		check_scenes(tree);
	else if (kind == GLOW_TOPIC_APPLY)
		check_apply(tree);
	else if (kind == GLOW_TOPIC_TEXT)
		check_text(tree);
	else if (kind == GLOW_TOPIC_TEXTS)
		check_list(tree);
	else if (kind == GLOW_TOPIC_PRESET)
		check_preset(tree);
	else if (kind == GLOW_TOPIC_SCHEDULE)
		check_schedule(tree);
	else if (kind == GLOW_TOPIC_SET)
		check_command(tree);
	else if (kind == GLOW_TOPIC_DIM_CURRENT)
		check_dim(m);
	cJSON_Delete(tree);
}

/* To the cluster above only a leader speaks, and as one node. */
static void check_above(const struct glow_topic *topic, const struct glow_message *m)
{
	struct glow_time_reply reply;

	CHECK(leading && (topic->kind == GLOW_TOPIC_ADOPT_REPLY || strcmp(topic->id, "a") == 0));
	if (topic->kind == GLOW_TOPIC_TIME_REQUEST)
		note_probe(m, false);
	else if (topic->kind == GLOW_TOPIC_ADOPT_REPLY)
		CHECK(glow_reply_read(m->payload, m->len, true, &reply));
	else
		cJSON_Delete(check_json(m->payload, m->len));
}

static void check_message(void *ctx, const struct glow_message *m)
{
	enum glow_topic_kind kind = glow_topic_kind("glow", m->topic);
	const struct glow_topic above = glow_topic_parse("hall", m->topic);
	struct glow_time_reply reply;

	(void)ctx;
	CHECK(connected);
	if (above.kind != GLOW_TOPIC_OTHER) {
		check_above(&above, m);
		return;
	}
	CHECK(leading || kind == GLOW_TOPIC_TIME_REQUEST);
	if (kind == GLOW_TOPIC_TIME_REQUEST || kind == GLOW_TOPIC_ADOPT_REQUEST)
		note_probe(m, kind == GLOW_TOPIC_ADOPT_REQUEST);
	else if (kind == GLOW_TOPIC_TIME_REPLY)
		CHECK(glow_reply_read(m->payload, m->len, false, &reply));
	else if (kind == GLOW_TOPIC_CONDUCTOR_AVAILABILITY)
		CHECK(glow_message_says(m, "online") || glow_message_says(m, "offline"));
	else if (m->len)
		check_tree(kind, m);
	else
		CHECK((kind == GLOW_TOPIC_OTHER || kind == GLOW_TOPIC_TEXT || kind == GLOW_TOPIC_PRESET ||
		       kind == GLOW_TOPIC_SCHEDULE || kind == GLOW_TOPIC_PLACE || kind == GLOW_TOPIC_STATE) &&
		      m->retained); /* it is taken back */
}

static void lead(void *ctx, bool wanted)
{
	(void)ctx;
	(void)wanted;
}

/* ---- events ---- */

static void tick(void)
{
	glow_conductor_tick(conductor, raw());
	CHECK(glow_conductor_next(conductor).ns > now);
}

static void pass(int64_t ns)
{
	int64_t end = now + ns;

	for (int k = 0; k < STEPS_MAX; k++) {
		int64_t next = glow_conductor_next(conductor).ns;

		if (next > end)
			break;
		now = next > now ? next : now;
		tick();
	}
	now = end;
	tick();
}

static void deliver_at(const char *topic, const void *payload, size_t len, bool retained, int64_t at)
{
	char *exact = exact_copy(payload, len);
	struct glow_message m = { .topic = topic,
				  .payload = exact,
				  .len = len,
				  .retained = retained,
				  .response_topic = "answers",
				  .correlation = exact,
				  .correlation_len = len % 9,
				  .at = { at } };

	if (connected)
		glow_conductor_message(conductor, &m, raw());
	tick();
	free(exact);
}

static void deliver(const char *topic, const void *payload, size_t len, bool retained)
{
	deliver_at(topic, payload, len, retained, now);
}

static void deliver_text(const char *line, bool retained)
{
	char topic[GLOW_TOPIC_MAX + 1];
	const char *payload = fuzz_text_topic("glow", line, topic);

	deliver(topic, payload, strlen(payload), retained);
}

static void drop(const char *topic, bool replaced)
{
	struct glow_message m = {
		.topic = topic, .response_topic = "answers", .correlation = "c", .correlation_len = 1, .at = { now }
	};

	if (connected)
		glow_conductor_dropped(conductor, &m, replaced);
	tick();
}

static void move_wall(const char *rest)
{
	char *more;
	int64_t ms = strtoll(rest, &more, 10) % (YEAR_NS / 1000000);

	if (wall.offset_ns + ms * 1000000 < 0 || wall.offset_ns + ms * 1000000 > 4 * WALL)
		return;
	wall.offset_ns += ms * 1000000;
	wall.synchronised = !strchr(more, 'n');
	glow_conductor_wall(conductor, raw(), &wall);
	tick();
}

static void disconnect(void)
{
	if (!connected)
		return;
	connected = leading = false;
	glow_conductor_disconnected(conductor, raw());
	tick();
}

static void connect(bool as_leader)
{
	disconnect(); /* the other name is another connection */
	connected = true;
	leading = as_leader;
	glow_conductor_connected(conductor, raw(), as_leader);
	tick();
}

static void ask_time(const char *rest)
{
	struct glow_time_request request = { .seq = 7,
					     .t1_ns = now,
					     .s1_ns = now + WALL - strtoll(rest, NULL, 10) % 1000000 * 1000000 };
	uint8_t bytes[GLOW_REQUEST_SIZE];

	glow_request_write(&request, bytes);
	deliver("glow/time/request/a", bytes, sizeof(bytes), false);
}

static void answer_probe(const char *rest)
{
	char *more;
	int64_t ahead = strtoll(rest, &more, 10) % (YEAR_NS / 1000) * 1000, s = now + WALL + ahead;
	struct glow_time_reply reply = {
		.seq = probe.request.seq,
		.t1_ns = probe.request.t1_ns,
		.t2_ns = s,
		.t3_ns = s + 1000,
		.leader = { CLOCK, (uint32_t)strtoul(more, NULL, 10), 77 },
		.sigma_ns = 20000,
		.state = GLOW_SYNC_TRACKING,
	};
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	size_t len = glow_reply_write(&reply, probe.adopting, bytes);

	if (probe.any)
		deliver_at(probe.above      ? "hall/time/reply/a"
			   : probe.adopting ? "glow/time/adopt/reply/1234abcd"
					    : "glow/time/reply/c-1234abcd",
			   bytes, len, false, now + 500000);
}

/* Its topic; NULL for a letter that none has. */
static const char *topic_of(char letter)
{
	int k = letter >= 'a' && letter <= 'z' ? letter - 'a' : letter >= 'A' && letter <= 'Z' ? letter - 'A' + 26 : -1;

	return k >= 0 && k < N_TOPICS ? topics[k] : NULL;
}

static void run(const char *line, size_t len)
{
	const char *topic = len > 1 ? topic_of(line[1]) : NULL;
	int64_t next = glow_conductor_next(conductor).ns;

	switch (line[0]) {
	case '+':
		pass(llabs(strtoll(line + 1, NULL, 10) % 100000000) * 1000000);
		break;
	case '>':
		if (next < now + YEAR_NS)
			pass(next > now ? next - now : 0);
		break;
	case 'k':
		move_wall(line + 1);
		break;
	case 'C':
	case 'L':
		connect(line[0] == 'L');
		break;
	case 'D':
		disconnect();
		break;
	case 'F':
		if (!connected)
			glow_conductor_failed(conductor, raw());
		break;
	case 'm':
	case 'M':
		if (topic)
			deliver(topic, line + 2, len - 2, line[0] == 'M');
		break;
	case 'e':
	case 'E':
		deliver_text(line + 1, line[0] == 'E');
		break;
	case 'x':
	case 'X':
		if (topic)
			drop(topic, line[0] == 'X');
		break;
	case 'p':
		ask_time(line + 1);
		break;
	case 'a':
		answer_probe(line + 1);
		break;
	case 'r':
		deliver("glow/time/reply/c-1234abcd", line + 1, len - 1, false);
		break;
	default:
		break;
	}
}

static void create(bool flags, bool rack)
{
	const struct glow_conductor_cfg cfg = {
		.prefix = "glow",
		.discovery = flags ? "homeassistant" : "",
		.node = "pi1",
		.order = flags ? "pi10,a" : NULL,
		.reverse = flags ? "a" : NULL,
		.gap = flags ? "a=3" : NULL,
		.uplink = rack ? "hall/a" : "",
		.metrics = true,
		.grace_s = 60,
		.boot = BOOT,
		.seed = 42,
		.built_us = (WALL + START) / 1000 - 1,
		.outbox = { NULL, check_message },
		.lead = lead,
	};
	struct glow_diag diag;

	now = START;
	wall = (struct glow_wall){ .offset_ns = WALL, .synchronised = true, .tz_offset_s = 3600 };
	connected = leading = false;
	clock_id = term = seq = 0;
	memset(&probe, 0, sizeof(probe));
	CHECK(glow_conductor_create(&cfg, raw(), &wall, &conductor, &diag) == 0);
}

void fuzz_conductor(const uint8_t *data, size_t size)
{
	create(size % 2, size > 0 && data[0] == 'u');
	fuzz_lines(data, size, LINES_MAX, run);
	pass(0);
	check_metrics();
	pass(INT64_C(3600000000000));
	if (leading)
		glow_conductor_goodbye(conductor);
	glow_conductor_destroy(conductor);
}
