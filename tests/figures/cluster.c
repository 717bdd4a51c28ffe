/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What clusters of one conductor and four and a hundred nodes say, for test_figures.py: the programs' own state
 * machines, wired as their run.c does it, in a time of its own (wires.h). So all is counted exactly, whatever else this
 * machine does. A line is a figure, its name and its value with a tab between. Messages are PUBLISHes of MQTT 5, with
 * all their bytes. An argument is another number of seconds between a node's stats, for a control. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/conductor.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/node.h>

#include "../../bridge/app/node/device.h"
#include "../../bridge/app/node/opening.h"
#include "../../bridge/app/node/timekeeper.h"
#include "wires.h"

enum { FEW = 4, CROWD = 100 };
#define SECOND (1000 * MS)
#define WALL   INT64_C(1767225600000000000) /* UTC minus L */
#define LOOK   (10 * SECOND)                /* how often a conductor looks at the wall clock */

/* How often a node tells its stats. */
static int64_t stats_every = 10 * SECOND;

/* ---- a node ---- */

struct node {
	struct client client;
	struct glow_info info;
	struct glow_timekeeper time;
	struct glow_opening opening;
	struct glow_device device;
	struct glow_node *node;
	int64_t stats_due;
	int64_t due; /* node_next(), since what has happened last */
};

static int64_t node_us(const struct node *n)
{
	const struct glow_sync *sync = &n->time.follower.sync;

	return (glow_sync_valid(sync) ? glow_sync_now(sync, (struct glow_raw){ wires_now }) : wires_now + WALL) / 1000;
}

/* When an instant of its time is, no earlier than that. */
static int64_t node_when(const struct node *n, int64_t t_us)
{
	const struct glow_sync *sync = &n->time.follower.sync;

	if (t_us == GLOW_NEVER)
		return GLOW_NEVER;
	return glow_sync_valid(sync) ? glow_sync_when(sync, t_us * 1000).ns + 1000 : t_us * 1000 - WALL;
}

static int64_t node_next(const struct node *n)
{
	int64_t next = glow_sooner(n->stats_due, node_when(n, glow_node_next(n->node)));

	next = glow_sooner(next, glow_sync_next_probe(&n->time.follower.sync).ns);
	next = glow_sooner(next, glow_herald_next(&n->device.herald).ns);
	return glow_node_started(n->node) ? next : glow_sooner(next, node_when(n, n->opening.until_us));
}

static void look_at_opening(struct node *n)
{
	glow_opening_look(&n->opening, n->node, glow_timekeeper_valid(&n->time), node_us(n));
}

static void hear_foreign(struct node *n, const struct glow_message *m)
{
	if (glow_device_message(&n->device, m, (struct glow_raw){ wires_now }))
		return;
	glow_node_message(n->node, m, node_us(n));
	if (glow_topic_kind("glow", m->topic) == GLOW_TOPIC_TEXTS)
		glow_device_texts(&n->device, (struct glow_raw){ wires_now });
}

static void node_hear(struct client *c, struct glow_message *m)
{
	struct node *n = c->of;
	int64_t old_us = node_us(n);

	glow_node_tick(n->node, old_us);
	switch (glow_timekeeper_message(&n->time, m, (struct glow_raw){ wires_now })) {
	case GLOW_TIME_FOREIGN:
		hear_foreign(n, m);
		break;
	case GLOW_TIME_STEPPED:
		glow_node_clock_stepped(n->node, old_us, node_us(n) - old_us, glow_timekeeper_clock_id(&n->time));
		break;
	default:
		break;
	}
	look_at_opening(n);
	n->due = node_next(n);
}

static void tell_stats(struct node *n)
{
	struct glow_stats stats = { .fps = 60,
				    .write_us = 812,
				    .frame_cpu_us = 905,
				    .slots_a_frame = 1,
				    .meter = { 125, 310, 330, 200, 40 },
				    .temperature_c = NAN };

	glow_timekeeper_stats(&n->time, (struct glow_raw){ wires_now }, &stats.sync);
	glow_node_stats(n->node, &stats);
	n->stats_due += stats_every;
}

static void node_turn(struct node *n)
{
	struct glow_raw now = { wires_now };

	glow_node_tick(n->node, node_us(n));
	look_at_opening(n);
	if (glow_sync_next_probe(&n->time.follower.sync).ns <= wires_now)
		glow_timekeeper_probe(&n->time, now);
	if (glow_herald_next(&n->device.herald).ns <= wires_now)
		glow_device_tick(&n->device, now);
	if (n->stats_due <= wires_now)
		tell_stats(n);
	n->due = node_next(n);
}

static void subscribe_node(struct node *n)
{
	char topic[GLOW_TOPIC_MAX + 1];
	bool retained;

	for (size_t k = 0; glow_timekeeper_topic(&n->time, k, topic); k++)
		wires_subscribe(&n->client, topic, false, false);
	for (size_t k = 0; glow_node_topic(n->node, k, topic, &retained); k++)
		wires_subscribe(&n->client, topic, retained, false);
	for (size_t k = 0; glow_node_wish(n->node, k, topic); k++)
		wires_subscribe(&n->client, topic, true, true);
	for (size_t k = 0; glow_device_topic(&n->device, k, topic); k++)
		wires_subscribe(&n->client, topic, true, true);
}

static void node_create(struct node *n, int k)
{
	const struct glow_publisher out = { "glow", "homeassistant", wires_outbox(&n->client), NULL };
	const struct glow_sync_cfg sync = { .seed = (uint32_t)k + 1 };
	struct glow_node_cfg cfg = { .out = out,
				     .idle = "rainbow",
				     .info = { .board = "virtual",
					       .shape = { GLOW_SHAPE_ROW, 8 },
					       .backend = "file",
					       .version = "0.0.0",
					       .fps = 60,
					       .slots_a_frame = 1,
					       .idle = "rainbow",
					       .brightness_limit = 255,
					       .flash_limit = true },
				     .env = { .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 255 },
				     .dice = (uint32_t)k + 1 };
	struct glow_diag diag;

	n->client.of = n;
	n->client.hear = node_hear;
	snprintf(cfg.info.id, sizeof(cfg.info.id), "node%d", k);
	n->info = cfg.info;
	n->stats_due = wires_now + stats_every;
	glow_timekeeper_init(&n->time, &sync, "glow", n->info.id, out.outbox);
	if (glow_node_create(&cfg, node_us(n), &n->node, &diag) != 0)
		abort();
	glow_device_init(&n->device, &out, &n->info, NULL, glow_node_texts(n->node), sync.seed);
	glow_opening_begin(&n->opening, node_us(n));
	n->due = node_next(n);
}

static void node_connect(struct node *n)
{
	glow_sync_connected(&n->time.follower.sync, (struct glow_raw){ wires_now });
	glow_opening_connected(&n->opening, n->node, node_us(n));
	glow_device_connected(&n->device);
	glow_node_connected(n->node, node_us(n));
	n->due = node_next(n);
}

/* ---- the conductor ---- */

static struct client conductor_client;
static struct glow_conductor *conductor;
static struct glow_conductor_cfg conductor_cfg;
static int64_t look_due;
static bool wants_lead;

static struct glow_wall wall(void)
{
	return (struct glow_wall){ .offset_ns = WALL, .synchronised = true };
}

static void want_lead(void *ctx, bool lead)
{
	(void)ctx;
	wants_lead = lead;
}

static void conductor_hear(struct client *c, struct glow_message *m)
{
	(void)c;
	glow_conductor_message(conductor, m, (struct glow_raw){ wires_now });
	glow_conductor_tick(conductor, (struct glow_raw){ wires_now });
}

static void subscribe_conductor(bool leading)
{
	char topic[GLOW_TOPIC_MAX + 1];
	bool retained;
	size_t n = 0;

	while (glow_conductor_topic(&conductor_cfg, n, topic, &retained))
		n++;
	n -= leading ? 0 : GLOW_CONDUCTOR_LEAD_TOPICS;
	for (size_t k = 0; k < n && glow_conductor_topic(&conductor_cfg, k, topic, &retained); k++)
		wires_subscribe(&conductor_client, topic, retained, false);
	for (size_t k = 0; glow_conductor_wish(conductor, k, topic); k++)
		wires_subscribe(&conductor_client, topic, true, true);
}

static void conductor_create(void)
{
	struct glow_wall w = wall();
	struct glow_diag diag;

	conductor_client.hear = conductor_hear;
	conductor_cfg = (struct glow_conductor_cfg){ .prefix = "glow",
						     .discovery = "homeassistant",
						     .node = "node0",
						     .order = "",
						     .reverse = "",
						     .gap = "",
						     .grace_s = 60,
						     .boot = 0x1234abcd,
						     .seed = 42,
						     .secret = 4711,
						     .built_us = 1,
						     .boot_preset = "",
						     .outbox = wires_outbox(&conductor_client),
						     .lead = want_lead };
	if (glow_conductor_create(&conductor_cfg, (struct glow_raw){ wires_now }, &w, &conductor, &diag) != 0)
		abort();
	look_due = wires_now + LOOK;
}

static void conductor_turn(void)
{
	struct glow_wall w = wall();

	if (look_due <= wires_now) {
		glow_conductor_wall(conductor, (struct glow_raw){ wires_now }, &w);
		look_due += LOOK;
	}
	glow_conductor_tick(conductor, (struct glow_raw){ wires_now });
}

/* ---- all of them ---- */

static struct node nodes[CROWD];
static int n_nodes;

static int64_t next_turn(void)
{
	int64_t next = glow_sooner(wires_next(), glow_sooner(look_due, glow_conductor_next(conductor).ns));

	for (int k = 0; k < n_nodes; k++)
		next = glow_sooner(next, nodes[k].due);
	return next;
}

static void pass(int64_t ns)
{
	int64_t end = wires_now + ns, next;

	while ((next = next_turn()) <= end) {
		wires_now = next > wires_now ? next : wires_now + 1000; /* rounding is not a reason to stand still */
		wires_deliver();
		conductor_turn();
		for (int k = 0; k < n_nodes; k++)
			if (nodes[k].due <= wires_now)
				node_turn(&nodes[k]);
	}
	wires_now = end;
}

/* So many more; what is retained is here before somebody counts as connected. */
static void join(int n)
{
	int first = n_nodes;

	for (int k = first; k < first + n; k++) {
		node_create(&nodes[k], k);
		subscribe_node(&nodes[k]);
	}
	n_nodes += n;
	pass(2 * MS);
	for (int k = first; k < n_nodes; k++)
		node_connect(&nodes[k]);
}

static void lead(void)
{
	conductor_create();
	subscribe_conductor(false);
	pass(2 * MS);
	glow_conductor_connected(conductor, (struct glow_raw){ wires_now }, false);
	while (!wants_lead)
		pass(100 * MS);
	glow_conductor_disconnected(conductor, (struct glow_raw){ wires_now });
	wires_leave(&conductor_client);
	subscribe_conductor(true);
	pass(2 * MS);
	glow_conductor_connected(conductor, (struct glow_raw){ wires_now }, true);
	pass(5 * SECOND);
}

/* Nobody wants to say that a cluster is quiet in which nobody speaks. */
static void check_well(void)
{
	for (int k = 0; k < n_nodes; k++) {
		struct glow_sync_report report;

		glow_sync_report(&nodes[k].time.follower.sync, (struct glow_raw){ wires_now }, &report);
		if (report.state != GLOW_SYNC_TRACKING || !glow_node_started(nodes[k].node) ||
		    !glow_node_placed(nodes[k].node)) {
			fprintf(stderr, "node%d of %d is %s\n", k, n_nodes, glow_sync_state_name(report.state));
			exit(1);
		}
	}
}

/* Of all nodes together; and from now on anew. */
static struct traffic take_traffic(void)
{
	struct traffic all = { 0 };

	for (int k = 0; k < n_nodes; k++) {
		struct traffic *t = &nodes[k].client.traffic;

		all.out += t->out;
		all.out_bytes += t->out_bytes;
		all.in += t->in;
		all.in_bytes += t->in_bytes;
		*t = (struct traffic){ 0 };
	}
	return all;
}

static void say(const char *who, const struct traffic *t, const char *when, double parts)
{
	printf("messages %s sends %s\t%g\n", who, when, (double)t->out / parts);
	printf("bytes %s sends %s\t%g\n", who, when, (double)t->out_bytes / parts);
	printf("messages %s gets %s\t%g\n", who, when, (double)t->in / parts);
	printf("bytes %s gets %s\t%g\n", who, when, (double)t->in_bytes / parts);
}

/* One after the other, and then the calm. */
static void few(void)
{
	struct traffic all;

	for (int k = 0; k < FEW; k++) {
		join(1);
		pass(20 * SECOND);
	}
	say("the last of four nodes", &nodes[FEW - 1].client.traffic, "in its first 20 s", 1);
	pass(900 * SECOND);
	check_well();
	take_traffic();
	conductor_client.traffic = (struct traffic){ 0 };
	pass(960 * SECOND);
	check_well();
	all = take_traffic();
	say("a calm node", &all, "a second", FEW * 960);
	say("the conductor of four calm nodes", &conductor_client.traffic, "a second", 960);
}

/* All at once. */
static void crowd(void)
{
	struct traffic all;

	conductor_client.traffic = (struct traffic){ 0 };
	join(CROWD);
	pass(60 * SECOND);
	check_well();
	all = take_traffic();
	say("a node of a hundred that come at once", &all, "in a minute", CROWD);
	say("their conductor", &conductor_client.traffic, "in that minute", 1);
}

static void play(void (*part)(void))
{
	wires_now = 1000 * SECOND;
	wants_lead = false;
	lead();
	part();
	for (int k = 0; k < n_nodes; k++) {
		glow_node_destroy(nodes[k].node);
		glow_device_fini(&nodes[k].device);
	}
	n_nodes = 0;
	memset(nodes, 0, sizeof(nodes));
	glow_conductor_destroy(conductor);
	wires_fini();
	conductor_client = (struct client){ 0 };
}

int main(int argc, char **argv)
{
	if (argc == 2)
		stats_every = atoi(argv[1]) * SECOND;
	glow_log_setup("error", "text");
	play(few);
	play(crowd);
	return 0;
}
