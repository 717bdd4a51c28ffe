/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Leading is a matter of the connection (glow/election.h): while the broker has
 * us under the lead id we speak for the cluster, and from the moment that
 * connection is gone we say nothing more. Whoever comes to lead goes on with the
 * time that is there: its own if it has followed the clock before, else the
 * nodes', and only where nobody has any does a new timeline begin.
 *
 *	standby ---lead---> leading            followed this clock until now
 *	   ^  \---lead---> adopting -> leading   the nodes know the time
 *	   |                  \-> waiting -> leading   nobody does: a new timeline, from a wall clock that is set
 *	   '---- the lead connection ends, from anywhere */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/adopt.h>
#include <glow/conductor.h>
#include <glow/election.h>
#include <glow/follower.h>
#include <glow/hash.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/publish.h>
#include <glow/quantile.h>
#include <glow/sync.h>
#include <glow/timing.h>

#include "requests.h"
#include "members.h"

#define MS            INT64_C(1000000)
#define SECOND        (1000 * MS)
#define BEACON_NS     (500 * MS)
#define GATHER_NS     (200 * MS)    /* changes of the roster that come together make one */
#define WALL_WAIT_NS  (60 * SECOND) /* how long a new timeline waits for a wall clock */
#define LEAD_LEAST_US 250000
#define DELIVERIES    GLOW_QUANTILE_MAX
#define DELIVERY_MAX  2000000 /* what took longer came from another clock, or is no measure */
#define HISTORY_NS    2000000 /* who knows the time better than this does not ask for it */
#define UTC_GRAIN_US  5000    /* a change of the wall clock that is worth telling */
#define FAR_US        (60 * GLOW_US_PER_S)

enum phase { PHASE_STANDBY, PHASE_ADOPTING, PHASE_WAITING, PHASE_LEADING };

/* How long commands take to get here, by the nodes' own clocks: the latest of them. */
struct deliveries {
	uint32_t us[DELIVERIES];
	uint32_t n, next;
};

struct glow_conductor {
	struct glow_conductor_cfg cfg;
	char prefix[GLOW_PREFIX_MAX + 1], discovery[GLOW_PREFIX_MAX + 1], node[GLOW_ID_MAX + 1];
	uint32_t rolls;
	enum phase phase;
	struct glow_election election;
	struct glow_follower follower;
	struct glow_publisher out;
	struct glow_adopt adopt;
	char adopt_ids[GLOW_ADOPT_NODES][GLOW_NAME_SIZE];
	struct glow_leader self;
	struct glow_raw start;
	struct glow_wall wall;
	bool wall_told;                  /* of an unset wall clock, once */
	bool has_info, online;           /* what the broker keeps of the leader */
	struct glow_conductor_info info; /* the latest one, ours or another's */
	uint32_t asked_term;             /* the latest that was known when the lead was asked for */
	bool rate_known;                 /* rate_ppb is this machine's own, from before a restart */
	int32_t rate_ppb;
	int64_t beacon_ns, roster_ns; /* when due; GLOW_NEVER */
	uint32_t beacon_seq;
	struct glow_members members;
	struct glow_roster roster; /* as published; rev 0 for none yet */
	struct glow_requests requests;
	struct deliveries deliveries;
};

static int64_t now_us(const struct glow_conductor *c, struct glow_raw now)
{
	return glow_floor_div(glow_sync_now(&c->follower.sync, now), 1000);
}

static struct glow_raw when(const struct glow_conductor *c, int64_t t_us)
{
	if (t_us >= GLOW_NEVER / 1000)
		return (struct glow_raw){ GLOW_NEVER };
	return glow_sync_when(&c->follower.sync, t_us < 0 ? 0 : t_us * 1000);
}

static uint64_t draw(struct glow_conductor *c)
{
	uint32_t high = (uint32_t)(c->cfg.seed >> 32), low = (uint32_t)c->cfg.seed;
	uint64_t word = (uint64_t)glow_dice(high, c->rolls, 1) << 32 | glow_dice(low, c->rolls, 2);

	c->rolls++;
	return word ? word : 1;
}

/* ---- how far ahead ---- */

static void add_delivery(struct deliveries *d, int64_t us)
{
	if (us > DELIVERY_MAX)
		return;
	d->us[d->next] = us < 0 ? 0 : (uint32_t)us;
	d->next = (d->next + 1) % DELIVERIES;
	if (d->n < DELIVERIES)
		d->n++;
}

/* How far ahead an instant must lie for every node to hear of it in time. */
static int64_t lead_us(const struct deliveries *d)
{
	int64_t lead = INT64_C(3) * glow_quantile(d->us, d->n, 99);

	return lead > LEAD_LEAST_US ? lead : LEAD_LEAST_US;
}

/* ---- what is said ---- */

static void publish_availability(struct glow_conductor *c, const char *value)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_make(topic, c->prefix, "conductor", "availability", NULL);
	glow_publish_text(&c->out, topic, value, 1, true);
}

static struct glow_conductor_info describe(const struct glow_conductor *c, struct glow_raw now)
{
	struct glow_conductor_info info = { .leading = c->phase == PHASE_LEADING,
					    .leader = c->self,
					    .nodes = c->roster.n };
	struct glow_sync_report report;

	memcpy(info.id, c->node, sizeof(info.id));
	snprintf(info.version, sizeof(info.version), "%s", GLOW_VERSION);
	if (!info.leading)
		return info;
	glow_sync_report(&c->follower.sync, now, &report);
	info.rate_ppb = report.rate_ppb;
	info.has_utc = c->wall.synchronised;
	if (info.has_utc) {
		info.utc_offset_us =
			glow_floor_div(now.ns + c->wall.offset_ns - glow_sync_now(&c->follower.sync, now), 1000);
		info.tz_offset_s = c->wall.tz_offset_s;
	}
	return info;
}

static bool same_info(const struct glow_conductor_info *a, const struct glow_conductor_info *b)
{
	int64_t moved_us = a->utc_offset_us - b->utc_offset_us;

	return a->leading == b->leading && glow_leader_same(a->leader, b->leader) && a->nodes == b->nodes &&
	       a->has_utc == b->has_utc && a->tz_offset_s == b->tz_offset_s && moved_us <= UTC_GRAIN_US &&
	       moved_us >= -UTC_GRAIN_US;
}

/* Says who leads, if that is not what was said last. */
static void publish_info(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_conductor_info info = describe(c, now);

	if (c->has_info && same_info(&info, &c->info))
		return;
	c->info = info;
	c->has_info = true;
	glow_publish_tree(&c->out, "conductor", "info", NULL, glow_conductor_info_write(&info), 1, true);
}

static void publish_beacon(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_beacon beacon = { .seq = c->beacon_seq++, .leader = c->self };

	if (c->phase == PHASE_LEADING)
		beacon.time_us = now_us(c, now);
	c->beacon_ns = now.ns + BEACON_NS;
	glow_publish_tree(&c->out, "conductor", "beacon", NULL, glow_beacon_write(&beacon), 0, false);
}

/* ---- the roster ---- */

static void publish_roster(struct glow_conductor *c)
{
	if (c->roster.rev > 0)
		glow_publish_tree(&c->out, "roster", NULL, NULL, glow_roster_write(&c->roster), 1, true);
}

/* Once the changes of a moment are gathered. */
static void roster_later(struct glow_conductor *c, struct glow_raw now)
{
	if (c->roster_ns == GLOW_NEVER)
		c->roster_ns = now.ns + GATHER_NS;
}

/* The roster as it should be, if that is another than the one that is known. */
static void renew_roster(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_roster roster;
	int64_t effective_us = now_us(c, now) + lead_us(&c->deliveries);

	c->roster_ns = GLOW_NEVER;
	if (glow_members_roster(&c->members, now, &roster) < 0)
		return;
	/* One that is still far ahead is another timeline's. */
	if (glow_roster_alike(&roster, &c->roster) && c->roster.effective_us < effective_us + FAR_US) {
		glow_roster_fini(&roster);
		return;
	}
	roster.rev = c->roster.rev + 1;
	roster.effective_us = effective_us;
	glow_roster_fini(&c->roster);
	c->roster = roster;
	publish_roster(c);
	publish_info(c, now);
}

static void restore_roster(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_roster roster;
	cJSON *tree;

	if (m->len == 0)
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	if (tree && glow_roster_read(tree, &roster, &diag) == GLOW_OK) {
		glow_roster_fini(&c->roster);
		c->roster = roster;
		glow_members_restore(&c->members, &roster, now);
	} else {
		glow_warning("the retained roster is broken and was skipped: %s %s", diag.where, diag.what);
	}
	cJSON_Delete(tree);
	roster_later(c, now); /* it may not be what it should be */
}

/* ---- coming to lead ---- */

/* Speaks for the cluster's time from now on. */
static void lead(struct glow_conductor *c, struct glow_raw now, bool fresh)
{
	c->phase = PHASE_LEADING;
	glow_info("leading clock %016llx in term %u", (unsigned long long)c->self.clock_id, c->self.term);
	publish_info(c, now);
	publish_beacon(c, now);
	publish_roster(c);
	glow_requests_open(&c->requests, c->self.clock_id, c->self.term, fresh, now_us(c, now));
	glow_publish_discovery(&c->out, GLOW_DISCOVERY_CLUSTER, glow_discovery_cluster_write(c->prefix, GLOW_VERSION));
	roster_later(c, now);
}

static bool wall_is_set(const struct glow_conductor *c, struct glow_raw now)
{
	return glow_floor_div(now.ns + c->wall.offset_ns, 1000) >= c->cfg.built_us;
}

/* Begins a timeline, now or as soon as there is a wall clock to begin it from. */
static void begin(struct glow_conductor *c, struct glow_raw now)
{
	bool set = wall_is_set(c, now);

	c->phase = PHASE_WAITING;
	if (!set && now.ns < c->start.ns + WALL_WAIT_NS) {
		if (!c->wall_told)
			glow_warning("the wall clock is unset: waiting up to %d s before a timeline begins",
				     (int)(WALL_WAIT_NS / SECOND));
		c->wall_told = true;
		return;
	}
	if (!set)
		glow_warning("the wall clock is still unset: the timeline begins from it all the same");
	glow_sync_begin(&c->follower.sync, now, now.ns + c->wall.offset_ns, 0, c->self);
	lead(c, now, true);
}

/* A clock that nobody has. */
static void new_clock(struct glow_conductor *c, struct glow_raw now)
{
	c->self.clock_id = draw(c);
	begin(c, now);
}

/* Followed this clock until now, and well. */
static bool has_history(const struct glow_conductor *c, struct glow_raw now)
{
	struct glow_sync_report report;

	glow_sync_report(&c->follower.sync, now, &report);
	return report.valid && report.state != GLOW_SYNC_UNSYNCED && report.state != GLOW_SYNC_ACQUIRE &&
	       report.error_ns <= HISTORY_NS &&
	       (!c->has_info || glow_sync_leader(&c->follower.sync).clock_id == c->info.leader.clock_id);
}

/* With nobody leading who knows the time goes first; who would have to ask the nodes waits out the silence. */
static bool may_hurry(const struct glow_conductor *c, struct glow_raw now)
{
	return !c->has_info || has_history(c, now);
}

static void ask_for_time(struct glow_conductor *c, const struct glow_member *member)
{
	int k;

	for (k = 0; k < (int)c->adopt.n; k++)
		if (strcmp(c->adopt_ids[k], member->id) == 0)
			return;
	k = glow_adopt_add(&c->adopt);
	if (k >= 0)
		memcpy(c->adopt_ids[k], member->id, sizeof(c->adopt_ids[k]));
}

static void start_adopting(struct glow_conductor *c, struct glow_raw now)
{
	c->phase = PHASE_ADOPTING;
	glow_adopt_init(&c->adopt, now, c->self.clock_id);
	for (uint32_t k = 0; k < c->members.n; k++)
		if (c->members.v[k].online)
			ask_for_time(c, &c->members.v[k]);
	glow_info("asking %u nodes for the time of clock %016llx", c->adopt.n, (unsigned long long)c->self.clock_id);
	publish_info(c, now);
}

static void finish_adopting(struct glow_conductor *c, struct glow_raw now)
{
	int64_t offset_ns;
	int32_t rate_ppb;

	if (glow_adopt_result(&c->adopt, &offset_ns, &rate_ppb)) {
		if (c->rate_known)
			rate_ppb = c->rate_ppb;
		glow_sync_begin(&c->follower.sync, now, now.ns + offset_ns, rate_ppb / 1e9, c->self);
		lead(c, now, false);
	} else {
		glow_warning("no node knows the time: a new timeline");
		new_clock(c, now);
	}
}

static uint32_t latest_term(const struct glow_conductor *c)
{
	return c->has_info && c->info.leader.term > c->self.term ? c->info.leader.term : c->self.term;
}

/* Conductors that start together take the lead one after the other. The first
 * has begun a timeline by then, which the second has not heard of: better that the first one has it back. */
static void give_back(struct glow_conductor *c, struct glow_raw now)
{
	glow_info("another conductor was faster: standing by");
	glow_election_giveback(&c->election, now);
	c->cfg.lead(c->cfg.outbox.ctx, false);
}

/* The broker lets us speak for the cluster. What it keeps has been read on this very connection. */
static void take_over(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_sync_report report;
	bool history = has_history(c, now);

	glow_sync_report(&c->follower.sync, now, &report);
	glow_debug("the time as it is known here: %s, to %u us", glow_sync_state_name(report.state),
		   report.error_ns / 1000);
	if (!history && latest_term(c) > c->asked_term) {
		give_back(c, now);
		return;
	}
	/* The nodes' rates are of their own crystals; better one of the crystal that is here. */
	c->rate_known = c->has_info && c->info.leading && strcmp(c->info.id, c->node) == 0;
	c->rate_ppb = c->info.rate_ppb;
	c->self = (struct glow_leader){ .term = latest_term(c) + 1, .boot = c->cfg.boot };
	publish_availability(c, "online");
	if (history) {
		c->self.clock_id = glow_sync_leader(&c->follower.sync).clock_id;
		glow_sync_lead(&c->follower.sync, now, c->self);
		lead(c, now, false);
		return;
	}
	if (c->has_info) {
		c->self.clock_id = c->info.leader.clock_id;
		start_adopting(c, now);
	} else {
		new_clock(c, now);
	}
	if (c->phase != PHASE_LEADING)
		publish_beacon(c, now);
}

static void stand_by(struct glow_conductor *c, struct glow_raw now, const char *why)
{
	if (c->phase != PHASE_STANDBY)
		glow_warning("no longer leading: %s", why);
	c->phase = PHASE_STANDBY;
	c->beacon_ns = GLOW_NEVER;
	glow_sync_yield(&c->follower.sync, now);
}

/* ---- time ---- */

/* A probe of a node, a browser or a conductor that stands by. */
static void answer_probe(struct glow_conductor *c, const char *asker, const struct glow_message *m, struct glow_raw now)
{
	struct glow_time_request request;
	struct glow_time_reply reply = { .leader = c->self };
	struct glow_message answer;
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	char topic[GLOW_TOPIC_MAX + 1];
	int64_t delivery_ns;

	if (c->phase != PHASE_LEADING || !glow_request_read(m->payload, m->len, &request))
		return;
	reply.seq = request.seq;
	reply.t1_ns = request.t1_ns;
	reply.t2_ns = glow_sync_now(&c->follower.sync, m->at);
	reply.t3_ns = glow_sync_now(&c->follower.sync, now);
	glow_topic_make(topic, c->prefix, "time", "reply", asker);
	glow_reply_message(&reply, false, topic, bytes, &answer);
	c->cfg.outbox.publish(c->cfg.outbox.ctx, &answer);
	if (request.s1_ns != 0 && glow_members_find(&c->members, asker) &&
	    !__builtin_sub_overflow(reply.t2_ns, request.s1_ns, &delivery_ns))
		add_delivery(&c->deliveries, delivery_ns / 1000);
}

/* Standing by: follows the leader's clock as a node does. */
static void probe_leader(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_message m;

	while (glow_follower_probe(&c->follower, now, &m))
		c->cfg.outbox.publish(c->cfg.outbox.ctx, &m);
}

static void probe_nodes(struct glow_conductor *c, struct glow_raw now)
{
	char below[GLOW_TOPIC_MAX + 1], topic[GLOW_TOPIC_MAX + 1];
	struct glow_time_request request;
	struct glow_message m;
	uint8_t bytes[GLOW_REQUEST_SIZE];
	int k;

	glow_topic_make(below, c->prefix, "time", "adopt", "request");
	while (glow_adopt_probe(&c->adopt, now, &k, &request)) {
		glow_topic_make(topic, below, c->adopt_ids[k], NULL, NULL);
		glow_request_message(&request, topic, bytes, &m);
		c->cfg.outbox.publish(c->cfg.outbox.ctx, &m);
	}
	if (glow_adopt_done(&c->adopt, now))
		finish_adopting(c, now);
}

static void take_adopt_reply(struct glow_conductor *c, const struct glow_message *m)
{
	struct glow_time_reply reply;

	if (c->phase == PHASE_ADOPTING && glow_reply_read(m->payload, m->len, true, &reply))
		glow_adopt_reply(&c->adopt, &reply, m->at);
}

static void take_reply(struct glow_conductor *c, const struct glow_message *m)
{
	int64_t step_ns;

	if (c->phase == PHASE_STANDBY)
		glow_follower_reply(&c->follower, m, &step_ns);
}

/* ---- messages ---- */

/* What another conductor says of itself; our own words come back from the broker too. */
static void hear_info(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_conductor_info info;
	cJSON *tree = m->len > 0 ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	bool good = tree && glow_conductor_info_read(tree, &info, &diag) == GLOW_OK;

	cJSON_Delete(tree);
	if (m->len > 0 && !good)
		glow_warning("the retained conductor info is broken and was skipped: %s %s", diag.where, diag.what);
	if (!good)
		return;
	if (c->phase == PHASE_STANDBY) {
		c->info = info;
		c->has_info = true;
		if (info.leading)
			glow_sync_follow(&c->follower.sync, now, info.leader);
	} else if (info.leader.boot != c->self.boot && info.leader.term >= c->self.term) {
		glow_conductor_goodbye(c);
		stand_by(c, now, "somebody of a later term does");
		c->info = info;
		c->cfg.lead(c->cfg.outbox.ctx, false);
	}
}

static void hear_availability(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	c->online = glow_message_says(m, "online");
	if (c->phase != PHASE_STANDBY) {
		if (!c->online) /* the last word of one who led before us, come late */
			publish_availability(c, "online");
	} else if (c->online) {
		glow_election_heard(&c->election, now);
	} else if (may_hurry(c, now)) {
		glow_election_offline(&c->election, now);
	}
}

static void hear_beacon(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_diag diag;
	struct glow_beacon beacon;
	cJSON *tree = glow_json_parse(m->payload, m->len, &diag);

	if (tree && glow_beacon_read(tree, &beacon, &diag) == GLOW_OK && beacon.leader.boot != c->cfg.boot)
		glow_election_heard(&c->election, now);
	cJSON_Delete(tree);
}

static void hear_node(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	struct glow_diag diag = { .code = GLOW_OK };
	bool changed;

	if (topic->kind == GLOW_TOPIC_INFO) {
		changed = glow_members_info(&c->members, topic->id, m->payload, m->len, &diag);
		if (diag.code != GLOW_OK)
			glow_warning("%s is broken and was skipped: %s %s", m->topic, diag.where, diag.what);
	} else {
		changed = glow_members_availability(&c->members, topic->id, glow_message_says(m, "online"), now);
	}
	if (!changed)
		return;
	roster_later(c, now);
	if (c->phase == PHASE_ADOPTING && topic->kind == GLOW_TOPIC_AVAILABILITY && glow_message_says(m, "online"))
		ask_for_time(c, glow_members_find(&c->members, topic->id));
}

/* What people ask of the cluster; only who leads may answer. */
static void hear_people(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	int64_t t_us, ahead_us;

	if (c->phase != PHASE_LEADING)
		return;
	t_us = now_us(c, now);
	ahead_us = lead_us(&c->deliveries);
	switch (topic->kind) {
	case GLOW_TOPIC_SET:
		glow_requests_command(&c->requests, m, GLOW_COMMAND_SET, t_us, ahead_us);
		break;
	case GLOW_TOPIC_NOTIFY:
		glow_requests_command(&c->requests, m, GLOW_COMMAND_NOTIFY, t_us, ahead_us);
		break;
	case GLOW_TOPIC_SCENE_PLAY:
		glow_requests_play(&c->requests, m, t_us, ahead_us);
		break;
	case GLOW_TOPIC_SCENE_STOP:
		glow_requests_stop(&c->requests, m, t_us, ahead_us);
		break;
	default:
		glow_requests_dim(&c->requests, m, t_us);
		break;
	}
}

/* What the leader keeps at the broker: read while we do not lead, and ours while we do. */
static void hear_kept(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	if (c->phase != PHASE_STANDBY)
		return;
	if (topic->kind == GLOW_TOPIC_ROSTER)
		restore_roster(c, m, now);
	else if (topic->kind == GLOW_TOPIC_SCENE_CURRENT)
		glow_requests_restore_scenes(&c->requests, m);
	else
		glow_requests_restore_dim(&c->requests, m);
}

void glow_conductor_message(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_topic topic = glow_topic_parse(c->prefix, m->topic);

	switch (topic.kind) {
	case GLOW_TOPIC_TIME_REQUEST:
		answer_probe(c, topic.id, m, now);
		break;
	case GLOW_TOPIC_TIME_REPLY:
		take_reply(c, m);
		break;
	case GLOW_TOPIC_ADOPT_REPLY:
		take_adopt_reply(c, m);
		break;
	case GLOW_TOPIC_CONDUCTOR_INFO:
		hear_info(c, m, now);
		break;
	case GLOW_TOPIC_CONDUCTOR_AVAILABILITY:
		hear_availability(c, m, now);
		break;
	case GLOW_TOPIC_CONDUCTOR_BEACON:
		hear_beacon(c, m, now);
		break;
	case GLOW_TOPIC_INFO:
	case GLOW_TOPIC_AVAILABILITY:
		hear_node(c, &topic, m, now);
		break;
	case GLOW_TOPIC_ROSTER:
	case GLOW_TOPIC_SCENE_CURRENT:
	case GLOW_TOPIC_DIM_CURRENT:
		hear_kept(c, &topic, m, now);
		break;
	case GLOW_TOPIC_SET:
	case GLOW_TOPIC_NOTIFY:
	case GLOW_TOPIC_SCENE_PLAY:
	case GLOW_TOPIC_SCENE_STOP:
	case GLOW_TOPIC_DIM_SET:
		hear_people(c, &topic, m, now);
		break;
	default:
		break;
	}
}

bool glow_conductor_topic(const struct glow_conductor_cfg *cfg, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1],
			  bool *ret_retained)
{
	static const struct {
		const char *a, *b, *c;
		bool retained;
	} rows[] = {
		{ "conductor", "info", NULL, true },   { "conductor", "availability", NULL, true },
		{ "roster", NULL, NULL, true },        { "scene", "current", NULL, true },
		{ "dim", "current", NULL, true },      { "node", "+", "info", true },
		{ "node", "+", "availability", true }, { "conductor", "beacon", NULL, false },
		{ "time", "request", "+", false },     { "scene", "play", NULL, false },
		{ "scene", "stop", NULL, false },      { "dim", "set", NULL, false },
		{ "all", "set", NULL, false },         { "all", "notify", NULL, false },
		{ "group", "+", "set", false },        { "group", "+", "notify", false },
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	char own[40];

	if (k < n) {
		glow_topic_make(ret_topic, cfg->prefix, rows[k].a, rows[k].b, rows[k].c);
		*ret_retained = rows[k].retained;
		return true;
	}
	snprintf(own, sizeof(own), k == n ? "time/reply/c-%08x" : "time/adopt/reply/%08x", cfg->boot);
	glow_topic_make(ret_topic, cfg->prefix, own, NULL, NULL);
	*ret_retained = false;
	return k < n + 2;
}

/* ---- events ---- */

int glow_conductor_create(const struct glow_conductor_cfg *cfg, struct glow_raw now, const struct glow_wall *wall,
			  struct glow_conductor **ret_conductor, struct glow_diag *diag)
{
	const struct glow_sync_cfg sync = { .seed = cfg->boot };
	struct glow_conductor *c = calloc(1, sizeof(*c));
	char asker[11]; /* "c-1234abcd" */
	int r;

	if (!c)
		return -ENOMEM;
	c->cfg = *cfg;
	c->wall = *wall;
	c->start = now;
	c->beacon_ns = c->roster_ns = GLOW_NEVER;
	snprintf(c->prefix, sizeof(c->prefix), "%s", cfg->prefix);
	snprintf(c->discovery, sizeof(c->discovery), "%s", cfg->discovery);
	snprintf(c->node, sizeof(c->node), "%s", cfg->node);
	snprintf(asker, sizeof(asker), "c-%08x", cfg->boot);
	c->out = (struct glow_publisher){ c->prefix, c->discovery, cfg->outbox };
	glow_election_init(&c->election, cfg->boot);
	glow_follower_init(&c->follower, &sync, c->prefix, asker);
	r = glow_members_init(&c->members, cfg->order, cfg->reverse, cfg->gap, cfg->grace_s * SECOND, diag);
	if (r == 0)
		r = glow_requests_init(&c->requests, &c->out, cfg->boot);
	if (r < 0) {
		glow_conductor_destroy(c);
		return r;
	}
	*ret_conductor = c;
	return 0;
}

void glow_conductor_destroy(struct glow_conductor *c)
{
	if (!c)
		return;
	glow_members_fini(&c->members);
	glow_roster_fini(&c->roster);
	glow_requests_fini(&c->requests);
	free(c);
}

void glow_conductor_connected(struct glow_conductor *c, struct glow_raw now, bool leading)
{
	glow_election_connected(&c->election, now, leading);
	if (glow_members_connected(&c->members, now))
		roster_later(c, now);
	if (leading) {
		take_over(c, now);
		return;
	}
	glow_sync_connected(&c->follower.sync, now);
	if (!c->online && may_hurry(c, now))
		glow_election_offline(&c->election, now);
}

void glow_conductor_disconnected(struct glow_conductor *c, struct glow_raw now)
{
	glow_election_disconnected(&c->election, now);
	stand_by(c, now, "the connection is gone");
	glow_sync_disconnected(&c->follower.sync, now);
	glow_members_disconnected(&c->members);
	c->online = false;
}

void glow_conductor_failed(struct glow_conductor *c, struct glow_raw now)
{
	glow_election_failed(&c->election, now);
}

void glow_conductor_wall(struct glow_conductor *c, struct glow_raw now, const struct glow_wall *wall)
{
	c->wall = *wall;
	if (c->phase == PHASE_WAITING)
		begin(c, now);
	else if (c->phase == PHASE_LEADING)
		publish_info(c, now);
}

void glow_conductor_tick(struct glow_conductor *c, struct glow_raw now)
{
	if (glow_election_tick(&c->election, now)) {
		c->asked_term = latest_term(c);
		c->cfg.lead(c->cfg.outbox.ctx, true);
	}
	if (glow_members_expire(&c->members, now))
		roster_later(c, now);
	switch (c->phase) {
	case PHASE_STANDBY:
		probe_leader(c, now);
		break;
	case PHASE_ADOPTING:
		probe_nodes(c, now);
		break;
	case PHASE_WAITING:
		begin(c, now);
		break;
	case PHASE_LEADING:
		break;
	}
	if (c->phase == PHASE_LEADING) { /* perhaps only just now */
		if (c->roster_ns <= now.ns)
			renew_roster(c, now);
		glow_requests_tick(&c->requests, now_us(c, now));
	}
	if (c->beacon_ns <= now.ns)
		publish_beacon(c, now);
}

static struct glow_raw sooner(struct glow_raw a, struct glow_raw b)
{
	return a.ns < b.ns ? a : b;
}

struct glow_raw glow_conductor_next(const struct glow_conductor *c)
{
	struct glow_raw next = sooner(glow_election_next(&c->election), (struct glow_raw){ c->members.expiry_ns });

	next = sooner(next, (struct glow_raw){ c->beacon_ns });
	switch (c->phase) {
	case PHASE_STANDBY:
		return sooner(next, glow_sync_next_probe(&c->follower.sync));
	case PHASE_ADOPTING:
		return sooner(next, glow_adopt_next(&c->adopt));
	case PHASE_WAITING:
		return sooner(next, (struct glow_raw){ c->start.ns + WALL_WAIT_NS });
	case PHASE_LEADING:
		break;
	}
	next = sooner(next, (struct glow_raw){ c->roster_ns });
	return sooner(next, when(c, glow_requests_next(&c->requests)));
}

void glow_conductor_goodbye(struct glow_conductor *c)
{
	if (c->phase != PHASE_STANDBY)
		publish_availability(c, "offline");
}
