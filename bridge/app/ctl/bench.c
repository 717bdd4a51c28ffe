/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl bench: how fast messages go through broker, conductor and nodes, while they do their work.
 *
 * Nothing that shows is changed. Round trips are those of a question for the time, which anybody may ask: it comes back
 * to us from the broker, and the conductor answers it. A node is asked to say its state again, which an empty command
 * does. What the broker takes is measured at a topic of a node that there cannot be, with a few messages on their way
 * at a time, so that others' never wait behind more than these. */

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/fit.h>
#include <glow/json.h>
#include <glow/quantile.h>
#include <glow/timing.h>

#include "kept.h"
#include "progress.h"
#include "rows.h"
#include "table.h"

#define PROBES    100 /* questions for the time, */
#define TRIED     50
#define ASKED     (TRIED + PROBES)
#define LATE_MS   500
#define PROBE_MS  20 /* so far apart: half of what a conductor answers to all who only look */
#define NODES     16
#define ROUNDS    5
#define STATE_MS  60 /* a node says its state at most every 50 ms */
#define WAIT_MS   1000
#define LOAD_MS   2000
#define LOAD_SIZE 256
#define IN_FLIGHT 16
#define NOBODY    "-" /* no id */

static const struct glow_option rows[] = {
	GLOW_ROW_SWITCH("json", "no", NULL, json, "for programs"),
};

struct series {
	char name[GLOW_ID_MAX + 32];
	uint32_t us[GLOW_QUANTILE_MAX], n, asked;
	bool heard;
};

struct bench {
	struct glow_ctl_session s;
	char request[GLOW_TOPIC_MAX + 1], reply[GLOW_TOPIC_MAX + 1], load[GLOW_TOPIC_MAX + 1];
	int64_t asked_us[ASKED]; /* by the number of the question */
	struct series broker, conductor, nodes[NODES];
	size_t n_nodes;
	uint32_t loaded, load_ms; /* messages that came back, and in what time */
};

static int64_t now_us(void)
{
	return glow_mono_now().ns / 1000;
}

static void note(struct series *series, int64_t us)
{
	if (series->n < GLOW_QUANTILE_MAX)
		series->us[series->n++] = us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

/* ---- round trips ---- */

static void ask_time(struct bench *b, uint32_t seq)
{
	const struct glow_time_request request = { .seq = seq, .t1_ns = glow_raw_now().ns };
	uint8_t bytes[GLOW_REQUEST_SIZE];
	struct glow_message message;

	b->asked_us[seq] = now_us();
	glow_request_message(&request, b->request, bytes, &message);
	glow_mqtt_publish(b->s.mqtt, &message);
}

static void take_time(struct bench *b, struct series *series, uint32_t seq)
{
	if (seq >= ASKED)
		return;
	series->heard = true;
	if (seq >= TRIED)
		note(series, now_us() - b->asked_us[seq]);
}

/* An answer may come when the next one was asked already. */
static void hear_time(struct bench *b, const struct glow_message *m)
{
	struct glow_time_request request;
	struct glow_time_reply reply;

	if (strcmp(m->topic, b->request) == 0 && glow_request_read(m->payload, m->len, &request))
		take_time(b, &b->broker, request.seq);
	else if (strcmp(m->topic, b->reply) == 0 && glow_reply_read(m->payload, m->len, false, &reply))
		take_time(b, &b->conductor, reply.seq);
}

static void hear_for(struct bench *b, int64_t wait_ms)
{
	int64_t end_us = now_us() + wait_ms * 1000, left_us;
	struct glow_message message;

	while (!b->s.lost[0] && (left_us = end_us - now_us()) > 0)
		if (glow_ctl_next(&b->s, (left_us + 999) / 1000, &message))
			hear_time(b, &message);
}

/* The first ones find out whether anybody hears them. */
static void measure_trips(struct bench *b)
{
	uint32_t seq = 0;

	glow_progress_say("round trips");
	for (; seq < TRIED && !(b->broker.heard && b->conductor.heard); seq++) {
		ask_time(b, seq);
		hear_for(b, PROBE_MS);
	}
	for (uint32_t k = 0; k < PROBES; k++) {
		ask_time(b, TRIED + k);
		hear_for(b, PROBE_MS);
	}
	if (b->broker.n < PROBES || b->conductor.n < PROBES)
		hear_for(b, LATE_MS);
	b->broker.asked = b->conductor.asked = PROBES;
	glow_progress_end();
}

/* ---- from command to state ---- */

static void ask_state(struct bench *b, struct series *series, const char *id)
{
	char set[GLOW_TOPIC_MAX + 1], state[GLOW_TOPIC_MAX + 1];
	const struct glow_message message = { .topic = set, .payload = "", .qos = 1 };
	struct glow_message heard;
	int64_t begin_us = now_us(), left_ms;
	bool came = false;

	glow_topic_of(set, b->s.options->common.prefix, GLOW_TOPIC_SET, GLOW_OF_NODE, id);
	glow_topic_of(state, b->s.options->common.prefix, GLOW_TOPIC_STATE, GLOW_OF_NODE, id);
	glow_mqtt_publish(b->s.mqtt, &message);
	series->asked++;
	while (!b->s.lost[0] && (left_ms = (came ? STATE_MS : WAIT_MS) - (now_us() - begin_us) / 1000) > 0) {
		if (!glow_ctl_next(&b->s, left_ms, &heard) || came || strcmp(heard.topic, state) != 0)
			continue;
		note(series, now_us() - begin_us);
		came = true;
	}
}

/* Of many nodes every so manyeth. */
static void measure_states(struct bench *b)
{
	const struct glow_watch *w = &b->s.watch;
	const struct glow_watched *chosen[NODES];
	size_t online = 0, seen = 0;

	for (size_t k = 0; k < w->n_nodes; k++)
		online += w->nodes[k]->online;
	for (size_t k = 0; k < w->n_nodes && b->n_nodes < NODES; k++)
		if (w->nodes[k]->online && seen++ * (online < NODES ? online : NODES) >= b->n_nodes * online) {
			snprintf(b->nodes[b->n_nodes].name, sizeof(b->nodes[0].name), "%s", w->nodes[k]->id);
			chosen[b->n_nodes++] = w->nodes[k];
		}
	for (size_t k = 0; k < b->n_nodes * ROUNDS && !b->s.lost[0]; k++) {
		glow_progress_say("commands: %zu of %zu", k, b->n_nodes * ROUNDS);
		ask_state(b, &b->nodes[k % b->n_nodes], chosen[k % b->n_nodes]->id);
	}
	glow_progress_end();
}

/* ---- throughput ---- */

static void send_load(struct bench *b)
{
	static char bytes[LOAD_SIZE];
	const struct glow_message message = { .topic = b->load, .payload = bytes, .len = sizeof(bytes), .qos = 1 };

	glow_mqtt_publish(b->s.mqtt, &message);
}

static void measure_load(struct bench *b)
{
	int64_t begin_us = now_us(), passed_ms = 0;
	struct glow_message message;

	glow_progress_say("throughput");
	for (int k = 0; k < IN_FLIGHT; k++)
		send_load(b);
	while (passed_ms < LOAD_MS && !b->s.lost[0]) {
		bool came = glow_ctl_next(&b->s, b->loaded ? LOAD_MS - passed_ms : WAIT_MS, &message);

		if (came && strcmp(message.topic, b->load) == 0) {
			b->loaded++;
			send_load(b);
		}
		passed_ms = (now_us() - begin_us) / 1000;
		if (!came && !b->loaded)
			break;
	}
	b->load_ms = (uint32_t)passed_ms;
	glow_progress_end();
}

static uint32_t rate(const struct bench *b)
{
	return b->load_ms ? (uint32_t)((uint64_t)b->loaded * 1000 / b->load_ms) : 0;
}

/* ---- what came of it ---- */

static void fill(const struct series *series, const char *what, char (*cell)[GLOW_CELL_SIZE])
{
	static const uint32_t percents[] = { 0, 50, 95, 99 };

	snprintf(cell[0], GLOW_CELL_SIZE, "%s%s", what, series->name);
	for (size_t k = 0; k < CTL_N(percents) && series->n > 0; k++)
		snprintf(cell[k + 1], GLOW_CELL_SIZE, "%.2f ms",
			 glow_quantile(series->us, series->n, percents[k]) / 1000.0);
	snprintf(cell[CTL_N(percents) + 1], GLOW_CELL_SIZE, "%u of %u", series->n, series->asked);
}

static int print_table(const struct bench *b)
{
	static const char *const heads[] = { "", "LEAST", "MEDIAN", "95 %", "99 %", "ANSWERED" };
	struct glow_table table;
	char(*head)[GLOW_CELL_SIZE];

	if (!glow_table_init(&table, CTL_N(heads), (unsigned)b->n_nodes + 3))
		return glow_ctl_fail(EX_OSERR, "out of memory");
	head = glow_table_row(&table);
	for (size_t k = 0; k < CTL_N(heads); k++)
		snprintf(head[k], GLOW_CELL_SIZE, "%s", heads[k][0] ? heads[k] : " ");
	fill(&b->broker, "broker and back", glow_table_row(&table));
	fill(&b->conductor, "conductor and back", glow_table_row(&table));
	for (size_t k = 0; k < b->n_nodes; k++)
		fill(&b->nodes[k], "command to state, ", glow_table_row(&table));
	glow_table_print(&table, !glow_fit_utf8(), stdout);
	glow_table_fini(&table);
	if (b->s.lost[0])
		printf("throughput: not measured: %s\n", b->s.lost);
	else
		printf("throughput: %u messages of %d bytes a second, %d on their way\n", rate(b), LOAD_SIZE,
		       IN_FLIGHT);
	return 0;
}

static cJSON *series_object(const struct series *series)
{
	cJSON *o = cJSON_CreateObject();

	if (series->name[0])
		cJSON_AddStringToObject(o, "id", series->name);
	glow_json_add_int(o, "asked", series->asked);
	glow_json_add_int(o, "answered", series->n);
	if (series->n == 0)
		return o;
	glow_json_add_int(o, "least_us", glow_quantile(series->us, series->n, 0));
	glow_json_add_int(o, "median_us", glow_quantile(series->us, series->n, 50));
	glow_json_add_int(o, "p95_us", glow_quantile(series->us, series->n, 95));
	glow_json_add_int(o, "p99_us", glow_quantile(series->us, series->n, 99));
	return o;
}

static int print_json(const struct bench *b)
{
	cJSON *all = cJSON_CreateObject(), *nodes, *load;

	cJSON_AddItemToObject(all, "broker", series_object(&b->broker));
	cJSON_AddItemToObject(all, "conductor", series_object(&b->conductor));
	nodes = cJSON_AddArrayToObject(all, "command_to_state");
	for (size_t k = 0; k < b->n_nodes; k++)
		cJSON_AddItemToArray(nodes, series_object(&b->nodes[k]));
	load = b->s.lost[0] ? cJSON_AddNullToObject(all, "throughput") : cJSON_AddObjectToObject(all, "throughput");
	if (!b->s.lost[0]) {
		glow_json_add_int(load, "messages_a_second", rate(b));
		glow_json_add_int(load, "bytes", LOAD_SIZE);
		glow_json_add_int(load, "in_flight", IN_FLIGHT);
	}
	return glow_kept_print_tree(all);
}

static void make_topics(struct bench *b)
{
	const char *prefix = b->s.options->common.prefix;
	char name[80];

	snprintf(name, sizeof(name), "x/%s", b->s.client);
	glow_topic_make(b->request, prefix, "time", "request", name);
	glow_topic_make(b->reply, prefix, "time", "reply", name);
	glow_topic_make(b->load, prefix, "node", NOBODY, "set");
	glow_mqtt_follow(b->s.mqtt, b->request, true);
	glow_mqtt_follow(b->s.mqtt, b->reply, true);
	glow_mqtt_follow(b->s.mqtt, b->load, true);
}

static int run(const void *values, int n_words, char *const words[])
{
	static struct bench b;
	int status;

	if (n_words > 0)
		return glow_ctl_fail(EX_USAGE, "bench measures the whole cluster and takes no name, such as \"%s\"",
				     words[0]);
	status = glow_ctl_open(&b.s, values, glow_watch_topics, GLOW_WATCH_TOPICS);
	if (status)
		return glow_ctl_close(&b.s, status);
	make_topics(&b);
	measure_trips(&b);
	measure_states(&b);
	if (!b.s.lost[0])
		measure_load(&b);
	if (b.s.lost[0] && !b.s.refused)
		return glow_ctl_close(&b.s, glow_ctl_fail(EX_UNAVAILABLE, "%s", b.s.lost));
	return glow_ctl_close(&b.s, (b.s.options->json ? print_json : print_table)(&b));
}

const struct glow_subcommand glow_ctl_bench = {
	.name = "bench",
	.args_doc = "",
	.summary = "measure how fast messages go through the cluster",
	.doc = "Round trips to the broker and to the conductor, the time from a command to a node's new state (of 16 "
	       "nodes "
	       "at most), and how many messages a second the broker passes on. Nothing that shows is changed, and a "
	       "living cluster hardly notices: it takes some ten seconds. An account that may only look measures the "
	       "round trips.",
	.examples = "glowctl bench\nglowctl bench --json | jq .conductor.median_us",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
