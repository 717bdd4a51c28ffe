/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>

#include <glow/json.h>
#include <glow/log.h>

#include "timekeeper.h"

void glow_timekeeper_init(struct glow_timekeeper *t, const struct glow_sync_cfg *cfg, const char *prefix,
			  const char *id, struct glow_outbox outbox)
{
	*t = (struct glow_timekeeper){ .prefix = prefix, .id = id, .outbox = outbox };
	glow_follower_init(&t->follower, cfg, prefix, id);
}

bool glow_timekeeper_valid(const struct glow_timekeeper *t)
{
	return glow_sync_valid(&t->follower.sync);
}

uint64_t glow_timekeeper_clock_id(const struct glow_timekeeper *t)
{
	return glow_timekeeper_valid(t) ? glow_sync_leader(&t->follower.sync).clock_id : 0;
}

bool glow_timekeeper_civil(const struct glow_timekeeper *t, int64_t *ret_offset_us)
{
	if (!glow_timekeeper_valid(t) || !t->conductor.has_utc)
		return false;
	*ret_offset_us = t->conductor.utc_offset_us + (int64_t)t->conductor.tz_offset_s * GLOW_US_PER_S;
	return true;
}

void glow_timekeeper_stats(const struct glow_timekeeper *t, struct glow_raw now, struct glow_stats_sync *ret_sync)
{
	struct glow_sync_report report;

	glow_sync_report(&t->follower.sync, now, &report);
	snprintf(ret_sync->state, sizeof(ret_sync->state), "%s", glow_sync_state_name(report.state));
	ret_sync->valid = report.valid;
	ret_sync->offset_us = report.offset_ns / 1000;
	ret_sync->error_us = report.error_ns / 1000;
}

void glow_timekeeper_probe(struct glow_timekeeper *t, struct glow_raw now)
{
	struct glow_message m;

	if (glow_follower_probe(&t->follower, now, &m))
		t->outbox.publish(t->outbox.ctx, &m);
}

/* ---- messages ---- */

static enum glow_time_news take_time(struct glow_timekeeper *t, const struct glow_message *m, struct glow_raw now)
{
	bool had_time = glow_timekeeper_valid(t);
	int64_t step_ns;

	(void)now;
	if (!glow_follower_reply(&t->follower, m, &step_ns))
		return GLOW_TIME_SAME;
	return step_ns || glow_timekeeper_valid(t) != had_time ? GLOW_TIME_STEPPED : GLOW_TIME_SAME;
}

/* A new conductor asks what time it was. */
static enum glow_time_news give_time(struct glow_timekeeper *t, const struct glow_message *m, struct glow_raw now)
{
	glow_follower_adopt(&t->follower.sync, t->prefix, t->conductor.leader.boot, m, now, &t->outbox);
	return GLOW_TIME_SAME;
}

static enum glow_time_news take_conductor(struct glow_timekeeper *t, const struct glow_message *m, struct glow_raw now)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	struct glow_conductor_info info;
	enum glow_time_news news = GLOW_TIME_SAME;

	if (tree && glow_conductor_info_read(tree, &info, &diag) == GLOW_OK) {
		t->conductor = info;
		glow_sync_crowd(&t->follower.sync, info.nodes);
		if (info.leading)
			glow_sync_follow(&t->follower.sync, now, info.leader);
		news = GLOW_TIME_CONDUCTOR;
	} else if (m->len) {
		glow_warning("%s is broken and was skipped: %s %s", m->topic, diag.where, diag.what);
	}
	cJSON_Delete(tree);
	return news;
}

static const struct row {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	enum glow_time_news (*take)(struct glow_timekeeper *t, const struct glow_message *m, struct glow_raw now);
} rows[] = {
	{ GLOW_TOPIC_TIME_REPLY, GLOW_OF_NODE, take_time },
	{ GLOW_TOPIC_ADOPT_REQUEST, GLOW_OF_NODE, give_time },
	{ GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, take_conductor },
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]), N_TOPICS = 2 /* the node listens to the conductor's */ };

bool glow_timekeeper_topic(const struct glow_timekeeper *t, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	if (k >= N_TOPICS)
		return false;
	glow_topic_of(ret_topic, t->prefix, rows[k].kind, rows[k].of, t->id);
	return true;
}

enum glow_time_news glow_timekeeper_message(struct glow_timekeeper *t, const struct glow_message *m,
					    struct glow_raw now)
{
	enum glow_topic_kind kind = glow_topic_kind(t->prefix, m->topic);

	for (size_t k = 0; k < N_ROWS; k++)
		if (rows[k].kind == kind)
			return rows[k].take(t, m, now);
	return GLOW_TIME_FOREIGN;
}
