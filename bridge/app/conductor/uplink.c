/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What tells that there is an uplink is the root's beacon, since it takes the whole way: a bridge that is up says
 * nothing of a root that is down. A ring of racks is found by the list that each conductor's info has of those above
 * it, as it was heard and whether or not they are followed, so that all in the ring go on seeing it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/json.h>
#include <glow/log.h>

#include "uplink.h"

#define SECOND   INT64_C(1000000000)
#define MINUTE   (60 * SECOND)
#define STATS_NS (10 * SECOND)
#define TWIN_NS  (5 * SECOND) /* until ours is said again: as often another of that name answers */

bool glow_uplink_split(const char *text, char ret_prefix[GLOW_PREFIX_MAX + 1], char ret_rack[GLOW_ID_MAX + 1])
{
	const char *slash = strrchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : 0;

	if (n == 0 || n > GLOW_PREFIX_MAX || !glow_id_valid(slash + 1))
		return false;
	memcpy(ret_prefix, text, n);
	ret_prefix[n] = '\0';
	memcpy(ret_rack, slash + 1, strlen(slash + 1) + 1);
	return glow_prefix_valid(ret_prefix);
}

/* ---- topics ---- */

static const struct row {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	bool retained;
} rows[] = {
	{ GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, true },
	{ GLOW_TOPIC_ROSTER, GLOW_OF_CLUSTER, true },
	{ GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER, true },
	{ GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, true },
	{ GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER, false },
	{ GLOW_TOPIC_INFO, GLOW_OF_NODE, false },
	{ GLOW_TOPIC_SET, GLOW_OF_NODE, false },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_NODE, false },
	{ GLOW_TOPIC_APPLY, GLOW_OF_ALL, false },
	{ GLOW_TOPIC_APPLY, GLOW_OF_GROUP, false },
	{ GLOW_TOPIC_TIME_REPLY, GLOW_OF_NODE, false },
	{ GLOW_TOPIC_ADOPT_REQUEST, GLOW_OF_NODE, false },
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

bool glow_uplink_topic(const char *text, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained)
{
	char prefix[GLOW_PREFIX_MAX + 1], rack[GLOW_ID_MAX + 1];

	if (k >= N_ROWS || !glow_uplink_split(text, prefix, rack))
		return false;
	glow_topic_of(ret_topic, prefix, rows[k].kind, rows[k].of, rows[k].of == GLOW_OF_GROUP ? "+" : rack);
	*ret_retained = rows[k].retained;
	return true;
}

static void publish(struct glow_uplink *u, enum glow_topic_kind kind, const char *text, int qos, bool retained)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, u->prefix, kind, GLOW_OF_NODE, u->rack);
	glow_publish_text(&u->out, topic, text, qos, retained);
}

/* ---- how it is doing ---- */

static const char *const words[] = {
	[GLOW_UPLINK_WAITING] = "waiting", [GLOW_UPLINK_MEASURING] = "measuring", [GLOW_UPLINK_FOLLOWING] = "following",
	[GLOW_UPLINK_LOST] = "lost",       [GLOW_UPLINK_REFUSED] = "refused",
};

const char *glow_uplink_state_name(enum glow_uplink_state state)
{
	return words[state];
}

static bool heard(const struct glow_uplink *u)
{
	return u->silent.ns != GLOW_NEVER;
}

static enum glow_uplink_state state_of(const struct glow_uplink *u)
{
	const struct glow_sync *sync = &u->follower.sync;

	if (u->loops)
		return GLOW_UPLINK_REFUSED;
	if (!u->has_root || !heard(u))
		return u->losses > 0 ? GLOW_UPLINK_LOST : GLOW_UPLINK_WAITING;
	if (!u->root.leading && !sync->valid)
		return GLOW_UPLINK_WAITING;
	return sync->valid && !sync->anew && sync->phase != GLOW_SYNC_ACQUIRE ? GLOW_UPLINK_FOLLOWING
									      : GLOW_UPLINK_MEASURING;
}

/* Who stands by has no time of the root's to speak of. */
static void settle(struct glow_uplink *u)
{
	enum glow_uplink_state is = state_of(u), was = u->state;

	u->state = is;
	if (is == was || !u->speaks)
		return;
	if (is == GLOW_UPLINK_FOLLOWING)
		glow_info("uplink: following %s of %s in term %u, as its node %s", u->root.id, u->prefix,
			  u->root.leader.term, u->rack);
	else if (is == GLOW_UPLINK_REFUSED)
		glow_error("uplink: %s leads back to this rack: nobody follows himself, look at the bridges",
			   u->prefix);
	else if (is == GLOW_UPLINK_LOST)
		glow_warning("uplink: nothing is heard of %s any more: going on by this rack's own clock", u->prefix);
	else
		glow_debug("uplink: %s", words[is]);
}

static void forget_sync(struct glow_uplink *u, struct glow_raw now)
{
	if (u->follower.sync.connected)
		glow_sync_disconnected(&u->follower.sync, now);
}

/* Asks for the time as long as there is somebody to ask, and for what. */
static void ask(struct glow_uplink *u, struct glow_raw now)
{
	bool asks = u->speaks && heard(u) && !u->loops;

	if (!asks)
		forget_sync(u, now);
	else if (!u->follower.sync.connected)
		glow_sync_connected(&u->follower.sync, now);
	settle(u);
}

static void lose(struct glow_uplink *u, struct glow_raw now)
{
	u->silent.ns = GLOW_NEVER;
	u->lost_ns[u->losses++ % GLOW_UPLINK_FLAPS] = now.ns;
	ask(u, now);
}

static bool flaps(const struct glow_uplink *u, struct glow_raw now)
{
	for (int k = 0; k < GLOW_UPLINK_FLAPS; k++)
		if (u->lost_ns[k] == INT64_MIN || now.ns - u->lost_ns[k] > MINUTE)
			return false;
	return true;
}

static bool has_twin(const struct glow_uplink *u, struct glow_raw now)
{
	return u->twin && now.ns < u->twin_until.ns;
}

static void say_problem(const struct glow_uplink *u, struct glow_raw now, char *ret_text, size_t size)
{
	ret_text[0] = '\0';
	if (u->loops)
		snprintf(ret_text, size, "a loop: %.80s leads back to this rack", u->prefix);
	else if (has_twin(u, now))
		snprintf(ret_text, size, "another rack is called %s too", u->rack);
	else if (u->broken != GLOW_TOPIC_OTHER)
		snprintf(ret_text, size, "%s", u->broken_why);
	else if (flaps(u, now))
		snprintf(ret_text, size, "lost %d times within a minute", GLOW_UPLINK_FLAPS);
}

void glow_uplink_report(const struct glow_uplink *u, struct glow_raw now, struct glow_uplink_info *ret_info)
{
	memset(ret_info, 0, sizeof(*ret_info));
	if (!u->on)
		return;
	snprintf(ret_info->root, sizeof(ret_info->root), "%s", u->prefix);
	snprintf(ret_info->rack, sizeof(ret_info->rack), "%s", u->rack);
	snprintf(ret_info->state, sizeof(ret_info->state), "%s", words[u->state]);
	say_problem(u, now, ret_info->problem, sizeof(ret_info->problem));
	ret_info->losses = u->losses;
	if (!u->has_root)
		return;
	ret_info->above[ret_info->n_above++] = u->root.leader.boot;
	for (uint32_t k = 0; k < u->root.uplink.n_above && ret_info->n_above < GLOW_ABOVE_MAX; k++)
		ret_info->above[ret_info->n_above++] = u->root.uplink.above[k];
}

/* ---- what is heard ---- */

/* A list that is full is a ring too, of more than we can see. */
static bool leads_back(const struct glow_uplink *u, const struct glow_conductor_info *root)
{
	bool back = root->leader.boot == u->boot || root->uplink.n_above == GLOW_ABOVE_MAX;

	for (uint32_t k = 0; k < root->uplink.n_above; k++)
		back = back || root->uplink.above[k] == u->boot;
	return back;
}

void glow_uplink_read(struct glow_uplink *u, const struct glow_topic *topic, const struct glow_diag *diag)
{
	char name[GLOW_TOPIC_MAX + 1];

	if (!diag) {
		u->broken = u->broken == topic->kind ? GLOW_TOPIC_OTHER : u->broken;
		return;
	}
	glow_topic_of(name, u->prefix, topic->kind, topic->of, topic->id);
	u->broken = topic->kind;
	snprintf(u->broken_why, sizeof(u->broken_why), "%.60s cannot be read: %.20s %.40s", name, diag->where,
		 diag->what);
	glow_diag_mend(u->broken_why);
	glow_warning("uplink: %s was skipped, what was there before holds: %s %s", name, diag->where, diag->what);
}

void glow_uplink_hear_info(struct glow_uplink *u, const struct glow_message *m, struct glow_raw now)
{
	const struct glow_topic topic = { .kind = GLOW_TOPIC_CONDUCTOR_INFO, .of = GLOW_OF_CLUSTER };
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_conductor_info info;
	cJSON *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	bool good = tree && glow_conductor_info_read(tree, &info, &diag) == GLOW_OK;

	cJSON_Delete(tree);
	if (m->len)
		glow_uplink_read(u, &topic, good ? NULL : &diag);
	if (!good)
		return;
	u->root = info;
	u->has_root = true;
	u->loops = leads_back(u, &info);
	glow_sync_crowd(&u->follower.sync, info.nodes);
	if (info.leading && !u->loops)
		glow_sync_follow(&u->follower.sync, now, info.leader);
	ask(u, now);
}

void glow_uplink_hear_beacon(struct glow_uplink *u, const struct glow_message *m, struct glow_raw now)
{
	struct glow_diag diag;
	struct glow_beacon beacon;
	cJSON *tree = glow_json_parse(m->payload, m->len, &diag);

	if (tree && glow_beacon_read(tree, &beacon, &diag) == GLOW_OK) {
		u->silent.ns = now.ns + GLOW_UPLINK_SILENT_NS;
		ask(u, now);
	}
	cJSON_Delete(tree);
}

bool glow_uplink_hear_reply(struct glow_uplink *u, const struct glow_message *m)
{
	int64_t step_ns;

	if (!u->speaks || u->loops || !glow_follower_reply(&u->follower, m, &step_ns))
		return false;
	settle(u);
	return u->state == GLOW_UPLINK_FOLLOWING;
}

void glow_uplink_hear_adopt(struct glow_uplink *u, const struct glow_message *m, const struct glow_sync *sync,
			    struct glow_raw now)
{
	if (u->speaks && u->has_root)
		glow_follower_adopt(sync, u->prefix, u->root.leader.boot, m, now, &u->out.outbox);
}

void glow_uplink_kin(struct glow_uplink *u, uint32_t boot)
{
	if (u->n_kin > 0 && u->kin[(u->n_kin - 1) % GLOW_UPLINK_KIN] == boot)
		return;
	u->kin[u->n_kin++ % GLOW_UPLINK_KIN] = boot;
}

static bool is_kin(const struct glow_uplink *u, uint32_t boot)
{
	bool is = boot == u->boot;

	for (int k = 0; k < GLOW_UPLINK_KIN; k++)
		is = is || u->kin[k] == boot;
	return is;
}

void glow_uplink_hear_twin(struct glow_uplink *u, const struct glow_message *m, struct glow_raw now)
{
	struct glow_diag diag;
	struct glow_info info = { .boot = 0 };
	cJSON *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	bool good = tree && glow_info_read(tree, &info, &diag) == GLOW_OK;

	cJSON_Delete(tree);
	if (!good || !u->speaks || info.boot == 0 || is_kin(u, info.boot))
		return;
	if (!has_twin(u, now))
		glow_error("uplink: another rack is called %s too (%s): give one of them another name", u->rack,
			   info.backend);
	u->twin = true;
	u->twin_until.ns = now.ns + MINUTE;
	u->again.ns = glow_sooner(u->again.ns, now.ns + TWIN_NS);
}

/* ---- what is said ---- */

void glow_uplink_say(struct glow_uplink *u, const struct glow_info *info)
{
	char *text;
	uint32_t hash;

	if (!u->speaks)
		return;
	text = glow_json_finish(glow_info_write(info));
	hash = text ? glow_fnv1a(GLOW_FNV_START, text, strlen(text)) | 1 : u->said;
	if (hash != u->said)
		publish(u, GLOW_TOPIC_INFO, text, 1, true);
	u->said = hash;
	free(text);
}

bool glow_uplink_off(const struct glow_uplink *u, const struct glow_sync *sync, struct glow_raw now,
		     int64_t *ret_off_ns, uint32_t *ret_error_ns)
{
	const struct glow_sync *above = &u->follower.sync;
	struct glow_sync_report report;

	glow_sync_report(above, now, &report);
	if (!report.valid || !glow_sync_valid(sync))
		return false;
	*ret_off_ns = glow_sync_now(sync, now) - glow_sync_now(above, now);
	*ret_error_ns = report.error_ns;
	return true;
}

void glow_uplink_say_stats(struct glow_uplink *u, const struct glow_sync *sync, struct glow_raw now)
{
	struct glow_stats stats = { .slots_a_frame = 1 };
	struct glow_sync_report report;
	int64_t off_ns = 0;
	uint32_t error_ns = 0;
	char *text;

	if (!u->speaks || now.ns < u->stats.ns)
		return;
	u->stats.ns = now.ns + STATS_NS;
	glow_sync_report(&u->follower.sync, now, &report);
	snprintf(stats.sync.state, sizeof(stats.sync.state), "%s", glow_sync_state_name(report.state));
	stats.sync.valid = glow_uplink_off(u, sync, now, &off_ns, &error_ns);
	stats.sync.error_us = error_ns / 1000;
	stats.sync.offset_us = off_ns / 1000;
	text = glow_json_finish(glow_stats_write(&stats));
	if (text)
		publish(u, GLOW_TOPIC_STATS, text, 0, false);
	free(text);
}

/* ---- time ---- */

void glow_uplink_init(struct glow_uplink *u, const char *text, const struct glow_outbox *outbox, uint32_t boot)
{
	const struct glow_sync_cfg sync = { .seed = boot,
					    .interval_min_ns = GLOW_UPLINK_PROBE_NS,
					    .interval_max_ns = GLOW_UPLINK_PROBE_NS };

	*u = (struct glow_uplink){ .boot = boot, .silent = { GLOW_NEVER }, .again = { GLOW_NEVER } };
	u->on = text && glow_uplink_split(text, u->prefix, u->rack);
	u->out = (struct glow_publisher){ u->prefix, "", *outbox, NULL };
	for (int k = 0; k < GLOW_UPLINK_FLAPS; k++)
		u->lost_ns[k] = INT64_MIN;
	glow_follower_init(&u->follower, &sync, u->prefix, u->rack);
}

void glow_uplink_speak(struct glow_uplink *u, struct glow_raw now, bool speaks)
{
	if (u->speaks == speaks)
		return;
	u->speaks = speaks;
	u->said = 0;
	u->twin = false;
	u->stats = now;
	ask(u, now);
}

void glow_uplink_tick(struct glow_uplink *u, struct glow_raw now)
{
	struct glow_message m;

	if (u->silent.ns <= now.ns)
		lose(u, now);
	if (u->again.ns <= now.ns) {
		u->again.ns = GLOW_NEVER;
		u->said = 0;
	}
	while (glow_follower_probe(&u->follower, now, &m))
		u->out.outbox.publish(u->out.outbox.ctx, &m);
}

struct glow_raw glow_uplink_next(const struct glow_uplink *u)
{
	int64_t ns = glow_sooner(u->silent.ns, u->again.ns);

	ns = glow_sooner(ns, glow_sync_next_probe(&u->follower.sync).ns);
	return (struct glow_raw){ u->speaks ? glow_sooner(ns, u->stats.ns) : ns };
}
