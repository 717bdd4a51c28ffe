/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One row a metric. The format wants all lines of a metric together, so the nodes are gone through once for each; and
 * since some thousand of them make megabytes, the text is made piece by piece, whenever the last one has been sent. */

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "metrics.h"

bool glow_metrics_topic(const char *prefix, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	static const enum glow_topic_kind kinds[] = { GLOW_TOPIC_STATS, GLOW_TOPIC_ERROR };

	if (k >= sizeof(kinds) / sizeof(kinds[0]))
		return false;
	glow_topic_of(ret_topic, prefix, kinds[k], GLOW_OF_NODE, "+");
	return true;
}

struct text {
	char *at;
	size_t len, room;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at + t->len, t->room - t->len, format, args);
	va_end(args);
	if (n > 0 && (size_t)n < t->room - t->len) /* else it is no line; there is room, by GLOW_METRICS_ROOM */
		t->len += (size_t)n;
}

/* What a node says of itself may be anything. */
static void add_label(struct text *t, const char *value)
{
	for (; *value; value++)
		add(t, "%c", *value < ' ' || *value > '~' || *value == '"' || *value == '\\' ? '_' : *value);
}

/* ---- of this conductor and of the cluster; false where there is nothing to say ---- */

typedef bool number(const struct glow_metrics_view *v, double *ret);

static bool leads(const struct glow_metrics_view *v)
{
	return v->leadership->phase == GLOW_PHASE_LEADING;
}

static bool c_leading(const struct glow_metrics_view *v, double *ret)
{
	*ret = leads(v);
	return true;
}

static bool c_term(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->leadership->self.term;
	return leads(v);
}

static bool c_connected(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->metrics->connected;
	return true;
}

static bool c_connects(const struct glow_metrics_view *v, double *ret)
{
	*ret = (double)v->metrics->connects;
	return true;
}

static bool c_failures(const struct glow_metrics_view *v, double *ret)
{
	*ret = (double)v->metrics->failures;
	return true;
}

static bool c_reigns(const struct glow_metrics_view *v, double *ret)
{
	*ret = (double)v->metrics->reigns;
	return true;
}

static bool c_beacons(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->leadership->announcer.beacon_seq;
	return true;
}

static bool c_commands(const struct glow_metrics_view *v, double *ret)
{
	*ret = (double)v->metrics->answers[GLOW_OK];
	return true;
}

static bool c_wall(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->leadership->wall.synchronised;
	return true;
}

static bool c_error(const struct glow_metrics_view *v, double *ret)
{
	struct glow_sync_report report;

	glow_sync_report(&v->leadership->follower.sync, v->now, &report);
	*ret = report.error_ns / 1e9;
	return report.valid && !leads(v);
}

static bool c_nodes(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->leadership->nodes;
	return leads(v);
}

static bool c_ahead(const struct glow_metrics_view *v, double *ret)
{
	*ret = (double)glow_members_ahead_us(v->members) / 1e6;
	return leads(v);
}

static bool c_scenes(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->requests->scenes.n;
	return leads(v);
}

static bool c_dimmer(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->requests->dim.brightness / 255.0;
	return leads(v);
}

static bool c_texts(const struct glow_metrics_view *v, double *ret)
{
	*ret = (double)v->texts->library.list.n;
	return leads(v);
}

/* Who stands by asks the root for nothing. */
static bool has_uplink(const struct glow_metrics_view *v)
{
	return v->uplink->on && leads(v);
}

static bool uplink_off(const struct glow_metrics_view *v, int64_t *ret_off_ns, uint32_t *ret_error_ns)
{
	return has_uplink(v) &&
	       glow_uplink_off(v->uplink, &v->leadership->follower.sync, v->now, ret_off_ns, ret_error_ns);
}

static bool u_offset(const struct glow_metrics_view *v, double *ret)
{
	int64_t off_ns = 0;
	uint32_t error_ns;
	bool known = uplink_off(v, &off_ns, &error_ns);

	*ret = (double)off_ns / 1e9;
	return known;
}

static bool u_error(const struct glow_metrics_view *v, double *ret)
{
	int64_t off_ns;
	uint32_t error_ns = 0;
	bool known = uplink_off(v, &off_ns, &error_ns);

	*ret = error_ns / 1e9;
	return known;
}

static bool u_losses(const struct glow_metrics_view *v, double *ret)
{
	*ret = v->uplink->losses;
	return has_uplink(v);
}

/* ---- of a node; false where it does not say ---- */

typedef bool figure(const struct glow_member *m, double *ret);

/* NULL of one that is away: its last words say nothing of now. */
static const struct glow_stats *stats_of(const struct glow_member *m)
{
	return m->online && m->figures && m->figures->told ? &m->figures->stats : NULL;
}

static bool n_online(const struct glow_member *m, double *ret)
{
	*ret = m->online;
	return m->known || m->online;
}

static bool n_problem(const struct glow_member *m, double *ret)
{
	*ret = m->figures && m->figures->problem;
	return m->online && m->figures && m->figures->described;
}

static bool n_rejections(const struct glow_member *m, double *ret)
{
	*ret = m->figures ? (double)m->figures->rejections : 0;
	return m->online;
}

static bool n_delivery(const struct glow_member *m, double *ret)
{
	*ret = m->slow_us / 1e6;
	return m->online && m->has_slow;
}

#define OF_STATS(name, value, there)                               \
	static bool name(const struct glow_member *m, double *ret) \
	{                                                          \
		const struct glow_stats *s = stats_of(m);          \
                                                                   \
		if (!s || !(there))                                \
			return false;                              \
		*ret = (double)(value);                            \
		return true;                                       \
	}

OF_STATS(n_fps, s->fps, true)
OF_STATS(n_late, s->late, true)
OF_STATS(n_dropped, s->dropped, true)
OF_STATS(n_write, s->write_us / 1e6, true)
OF_STATS(n_frame_cpu, s->frame_cpu_us / 1e6, true)
OF_STATS(n_slots, s->slots_a_frame, s->slots_a_frame > 0)
OF_STATS(n_synced, strcmp(s->sync.state, "tracking") == 0, true)
OF_STATS(n_offset, (double)s->sync.offset_us / 1e6, s->sync.valid)
OF_STATS(n_error, s->sync.error_us / 1e6, s->sync.valid)
OF_STATS(n_cpu, s->meter[GLOW_METER_CPU] / 1e3, true)
OF_STATS(n_memory, s->meter[GLOW_METER_MEMORY] / 1e3, true)
OF_STATS(n_temperature, s->temperature_c, isfinite(s->temperature_c))
OF_STATS(n_messages, s->messages.in_dropped + s->messages.out_dropped, true)

/* ---- with more than one line, or more labels ---- */

struct family;
typedef void lines(const struct glow_metrics_view *v, const struct family *f, struct text *t);

struct family {
	const char *name, *type, *help;
	number *number; /* one of these: */
	figure *figure;
	lines *lines;
	bool about; /* of each node, as labels */
};

static void build_lines(const struct glow_metrics_view *v, const struct family *f, struct text *t)
{
	add(t, "%s{conductor=\"%s\",version=\"%s\"} 1\n", f->name, v->leadership->cfg->node, GLOW_VERSION);
}

static void rejection_lines(const struct glow_metrics_view *v, const struct family *f, struct text *t)
{
	for (int code = GLOW_OK + 1; code < GLOW_N_CODES; code++)
		add(t, "%s{code=\"%s\"} %" PRIu64 "\n", f->name, glow_code_name(code), v->metrics->answers[code]);
}

static void way_lines(struct text *t, const struct family *f, uint64_t in, uint64_t out)
{
	add(t, "%s{direction=\"in\"} %" PRIu64 "\n%s{direction=\"out\"} %" PRIu64 "\n", f->name, in, f->name, out);
}

static void dropped_lines(const struct glow_metrics_view *v, const struct family *f, struct text *t)
{
	way_lines(t, f, v->leadership->messages.in_dropped, v->leadership->messages.out_dropped);
}

static void replaced_lines(const struct glow_metrics_view *v, const struct family *f, struct text *t)
{
	way_lines(t, f, v->leadership->messages.in_replaced, v->leadership->messages.out_replaced);
}

static void uplink_lines(const struct glow_metrics_view *v, const struct family *f, struct text *t)
{
	for (enum glow_uplink_state s = 0; s < GLOW_N_UPLINK_STATES && has_uplink(v); s++)
		add(t, "%s{state=\"%s\"} %d\n", f->name, glow_uplink_state_name(s), v->uplink->state == s);
}

/* ---- the table ---- */

#define GAUGE   "gauge"
#define COUNTER "counter"

static const struct family families[] = {
	{ "glow_conductor_info", GAUGE, "Always 1: the conductor's name and version.", .lines = build_lines },
	{ "glow_conductor_leading", GAUGE, "1 while this conductor leads.", .number = c_leading },
	{ "glow_conductor_term", GAUGE, "Its reign, while it leads.", .number = c_term },
	{ "glow_conductor_connected", GAUGE, "1 while it is connected to the broker.", .number = c_connected },
	{ "glow_conductor_connects_total", COUNTER, "Connections to the broker, also to take the lead.",
	  .number = c_connects },
	{ "glow_conductor_connect_failures_total", COUNTER, "Attempts to connect to the broker that failed.",
	  .number = c_failures },
	{ "glow_conductor_reigns_total", COUNTER, "How often it began to lead.", .number = c_reigns },
	{ "glow_conductor_beacons_total", COUNTER, "Beacons that it sent, two a second while it leads.",
	  .number = c_beacons },
	{ "glow_conductor_commands_total", COUNTER, "Commands that it took: scenes, dimmer, effects, for many nodes.",
	  .number = c_commands },
	{ "glow_conductor_rejections_total", COUNTER, "Commands that it refused, by the code of its answer.",
	  .lines = rejection_lines },
	{ "glow_conductor_messages_dropped_total", COUNTER, "Messages for which there was no room.",
	  .lines = dropped_lines },
	{ "glow_conductor_messages_replaced_total", COUNTER, "Messages whose place a newer one took.",
	  .lines = replaced_lines },
	{ "glow_conductor_clock_synchronised", GAUGE, "1 while its host's wall clock is synchronised.",
	  .number = c_wall },
	{ "glow_conductor_sync_error_seconds", GAUGE, "Standard deviation of its time, while it follows another's.",
	  .number = c_error },
	{ "glow_conductor_uplink_state", GAUGE, "Of a rack: 1 for how the way to its root is doing.",
	  .lines = uplink_lines },
	{ "glow_conductor_uplink_losses_total", COUNTER, "How often the root fell silent.", .number = u_losses },
	{ "glow_conductor_uplink_offset_seconds", GAUGE, "How far the rack's time is ahead of the root's.",
	  .number = u_offset },
	{ "glow_conductor_uplink_error_seconds", GAUGE, "Standard deviation of what is known of the root's time.",
	  .number = u_error },
	{ "glow_cluster_nodes", GAUGE, "Nodes with a place on the strip.", .number = c_nodes },
	{ "glow_cluster_ahead_seconds", GAUGE, "How far ahead of now commands for many nodes are set.",
	  .number = c_ahead },
	{ "glow_cluster_scenes", GAUGE, "Scenes that play or are about to.", .number = c_scenes },
	{ "glow_cluster_dimmer_ratio", GAUGE, "Where the master dimmer stands, 0 to 1.", .number = c_dimmer },
	{ "glow_cluster_effect_texts", GAUGE, "Effects that are written as text.", .number = c_texts },
	{ "glow_node_info", GAUGE, "Always 1: a node's board and version.", .about = true },
	{ "glow_node_online", GAUGE, "1 while the node is connected to the broker.", .figure = n_online },
	{ "glow_node_problem", GAUGE, "1 while its board cannot be used.", .figure = n_problem },
	{ "glow_node_frames_per_second", GAUGE, "Frames shown in a second.", .figure = n_fps },
	{ "glow_node_late_frames_total", COUNTER, "Frames more than a millisecond after their time.",
	  .figure = n_late },
	{ "glow_node_dropped_slots_total", COUNTER, "Frames that were skipped.", .figure = n_dropped },
	{ "glow_node_write_seconds", GAUGE, "Time that a frame takes to the board.", .figure = n_write },
	{ "glow_node_frame_cpu_seconds", GAUGE, "Processor time of a frame.", .figure = n_frame_cpu },
	{ "glow_node_slots_per_frame", GAUGE, "1, or how many slots of an animation one frame is for.",
	  .figure = n_slots },
	{ "glow_node_synced", GAUGE, "1 while it follows the cluster's time.", .figure = n_synced },
	{ "glow_node_sync_offset_seconds", GAUGE, "What it is still correcting of its time.", .figure = n_offset },
	{ "glow_node_sync_error_seconds", GAUGE, "Standard deviation of its time.", .figure = n_error },
	{ "glow_node_delivery_seconds", GAUGE, "What slow messages of it take to the conductor.",
	  .figure = n_delivery },
	{ "glow_node_cpu_ratio", GAUGE, "Processor time in use, 0 to 1.", .figure = n_cpu },
	{ "glow_node_memory_ratio", GAUGE, "Memory in use, 0 to 1.", .figure = n_memory },
	{ "glow_node_temperature_celsius", GAUGE, "Temperature of its processor.", .figure = n_temperature },
	{ "glow_node_messages_dropped_total", COUNTER, "Messages for which there was no room at the node.",
	  .figure = n_messages },
	{ "glow_node_rejections_total", COUNTER, "Commands that it refused, since it or the conductor came.",
	  .figure = n_rejections },
};

#define N_FAMILIES (sizeof(families) / sizeof(families[0]))

static void about(const struct family *f, const struct glow_member *m, struct text *t)
{
	if (!m->figures || !m->figures->described)
		return;
	add(t, "%s{node=\"%s\",board=\"", f->name, m->id);
	add_label(t, m->figures->board);
	add(t, "\",version=\"");
	add_label(t, m->figures->version);
	add(t, "\"} 1\n");
}

/* The next node's line, if it has one. False behind the last. */
static bool next_node(const struct glow_metrics_view *v, const struct family *f, struct glow_metrics_at *at,
		      struct text *t)
{
	const struct glow_member *m = leads(v) ? glow_members_after(v->members, at->node) : NULL;
	double value;

	if (!m)
		return false;
	snprintf(at->node, sizeof(at->node), "%s", m->id);
	if (f->about)
		about(f, m, t);
	else if (f->figure(m, &value))
		add(t, "%s{node=\"%s\"} %.12g\n", f->name, m->id, value);
	return true;
}

/* What a metric begins with: all of one that is not the nodes'. */
static void begin(const struct glow_metrics_view *v, const struct family *f, struct text *t)
{
	double value;

	add(t, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->type);
	if (f->number && f->number(v, &value))
		add(t, "%s %.12g\n", f->name, value);
	else if (f->lines)
		f->lines(v, f, t);
}

size_t glow_metrics_write(const struct glow_metrics_view *v, struct glow_metrics_at *at, char *ret_text, size_t room)
{
	struct text t = { .at = ret_text, .room = room };

	while (at->row < N_FAMILIES && t.room - t.len >= GLOW_METRICS_ROOM) {
		const struct family *f = &families[at->row];

		if (!at->begun)
			begin(v, f, &t);
		at->begun = (f->figure || f->about) && next_node(v, f, at, &t);
		if (!at->begun) {
			at->row++;
			at->node[0] = '\0';
		}
	}
	return t.len;
}
