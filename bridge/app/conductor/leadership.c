/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Leading is a matter of the connection (glow/election.h): while the broker has
 * us under the lead id we speak for the cluster, and from the moment that
 * connection is gone we say nothing more. A new leader goes on with the time that
 * is there: its own if it has followed the clock before, else the nodes'. Only
 * where nobody has any does a new timeline begin. Terms only rise, and whoever may write an info may write any: the one
 * that leads gives way to another's beacon, which only conductors may send, and else leads on in a later term.
 *
 *	standby ---lead---> leading            followed this clock until now
 *	   ^  \---lead---> adopting -> leading   the nodes know the time
 *	   |                  \-> waiting -> leading   nobody does: a new timeline, from a wall clock that is set
 *	   '---- the lead connection ends, from anywhere */

#include <stdio.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/timing.h>

#include "deliveries.h"
#include "leadership.h"

#define SECOND       INT64_C(1000000000)
#define WALL_WAIT_NS (60 * SECOND)  /* how long a new timeline waits for a wall clock, */
#define ROOT_WAIT_NS (3 * SECOND)   /* and for the time of a cluster above */
#define PACE         10e-6          /* at which a clock may be steered: nodes ask twice a minute at the least, */
#define HURRY        100e-6         /* but each second in the first five minutes on a timeline, */
#define HURRY_NS     (120 * SECOND) /* whose beginning is known worst */
#define DEFEND_NS    SECOND         /* two beacons: another that leads has been heard by then */
#define HISTORY_NS   2000000        /* a conductor that knows the time better than this does not ask for it */

/* ---- time ---- */

struct glow_time glow_leadership_time(const struct glow_leadership *l, struct glow_raw now)
{
	return (struct glow_time){ glow_floor_div(glow_sync_now(&l->follower.sync, now), 1000) };
}

struct glow_raw glow_leadership_when(const struct glow_leadership *l, struct glow_time time)
{
	if (time.us >= GLOW_NEVER / 1000)
		return (struct glow_raw){ GLOW_NEVER };
	return glow_sync_when(&l->follower.sync, time.us < 0 ? 0 : time.us * 1000);
}

/* A clock id: any number but 0. */
static uint64_t draw(struct glow_leadership *l)
{
	uint32_t high = (uint32_t)(l->cfg->seed >> 32), low = (uint32_t)l->cfg->seed;
	uint64_t word = (uint64_t)glow_dice(high, l->rolls, 1) << 32 | glow_dice(low, l->rolls, 2);

	l->rolls++;
	return word ? word : 1;
}

/* ---- what is said ---- */

static struct glow_conductor_info describe(const struct glow_leadership *l, struct glow_raw now)
{
	struct glow_conductor_info info = { .leading = l->phase == GLOW_PHASE_LEADING,
					    .leader = l->self,
					    .nodes = l->nodes,
					    .ahead_us = l->ahead_us,
					    .messages = l->messages,
					    .uplink = l->uplink };
	struct glow_sync_report report;

	snprintf(info.id, sizeof(info.id), "%s", l->cfg->node);
	snprintf(info.version, sizeof(info.version), "%s", GLOW_VERSION);
	if (!info.leading)
		return info;
	glow_sync_report(&l->follower.sync, now, &report);
	info.rate_ppb = report.rate_ppb;
	info.has_utc = l->wall.synchronised;
	if (info.has_utc) {
		info.utc_offset_us =
			glow_floor_div(now.ns + l->wall.offset_ns - glow_sync_now(&l->follower.sync, now), 1000);
		info.tz_offset_s = l->wall.tz_offset_s;
	}
	return info;
}

static void say_info(struct glow_leadership *l, struct glow_raw now)
{
	struct glow_conductor_info info = describe(l, now);

	glow_announcer_info(&l->announcer, &info);
}

static void say_beacon(struct glow_leadership *l, struct glow_raw now)
{
	struct glow_time time = { 0 };

	if (l->phase == GLOW_PHASE_LEADING)
		time = glow_leadership_time(l, now);
	glow_announcer_beacon(&l->announcer, now, l->self, time);
}

void glow_leadership_nodes(struct glow_leadership *l, uint32_t n, struct glow_raw now)
{
	l->nodes = n;
	glow_election_crowd(&l->election, n);
	if (l->phase == GLOW_PHASE_LEADING)
		say_info(l, now);
}

void glow_leadership_ahead(struct glow_leadership *l, int64_t us, struct glow_raw now)
{
	if (us <= l->ahead_us && us * 2 >= l->ahead_us)
		return;
	l->ahead_us = (uint32_t)us;
	say_info(l, now);
}

/* ---- coming to lead; these return true when leading has begun ---- */

static bool lead(struct glow_leadership *l, struct glow_raw now, bool fresh)
{
	l->phase = GLOW_PHASE_LEADING;
	l->fresh = fresh;
	if (l->defend.ns <= now.ns) /* of an info that came while there was nothing to defend */
		l->defend.ns = now.ns + DEFEND_NS;
	glow_info("leading clock %016llx in term %u", (unsigned long long)l->self.clock_id, l->self.term);
	say_info(l, now);
	say_beacon(l, now);
	return true;
}

static bool wall_is_set(const struct glow_leadership *l, struct glow_raw now)
{
	return glow_floor_div(now.ns + l->wall.offset_ns, 1000) >= l->cfg->built_us;
}

/* Behind the last term of a clock, the time goes on under the name of another. */
static void renew_terms(struct glow_leadership *l)
{
	if (l->self.term > 0)
		return;
	l->self.term = 1;
	l->self.clock_id = draw(l);
}

static bool awaits_root(const struct glow_leadership *l, struct glow_raw now)
{
	return l->cfg->uplink && l->cfg->uplink[0] && now.ns < l->start.ns + ROOT_WAIT_NS;
}

/* Begins a timeline, now or as soon as there is a wall clock to begin it from, unless those above have one for us. */
static bool begin(struct glow_leadership *l, struct glow_raw now)
{
	bool set = wall_is_set(l, now);

	l->phase = GLOW_PHASE_WAITING;
	if (awaits_root(l, now))
		return false;
	if (!set && now.ns < l->start.ns + WALL_WAIT_NS) {
		if (!l->wall_told)
			glow_warning("the wall clock is unset: waiting up to %d s before a timeline begins",
				     (int)(WALL_WAIT_NS / SECOND));
		l->wall_told = true;
		return false;
	}
	if (!set)
		glow_warning("the wall clock is still unset: the timeline begins from it all the same");
	glow_sync_begin(&l->follower.sync, now, now.ns + l->wall.offset_ns, 0, l->self);
	return lead(l, now, true);
}

/* A clock that nobody has. */
static bool new_clock(struct glow_leadership *l, struct glow_raw now)
{
	l->self.clock_id = draw(l);
	if (l->self.term == 0)
		l->self.term = 1;
	return begin(l, now);
}

/* Has followed this clock until now, and well. */
static bool has_history(const struct glow_leadership *l, struct glow_raw now)
{
	struct glow_sync_report report;

	glow_sync_report(&l->follower.sync, now, &report);
	return report.valid && report.state != GLOW_SYNC_UNSYNCED && report.state != GLOW_SYNC_ACQUIRE &&
	       report.error_ns <= HISTORY_NS &&
	       (!l->announcer.has_info ||
		glow_sync_leader(&l->follower.sync).clock_id == l->announcer.info.leader.clock_id);
}

/* When nobody leads, a conductor that knows the time goes first; one that would have to ask the nodes waits
 * out the silence. */
static bool may_hurry(const struct glow_leadership *l, struct glow_raw now)
{
	return !l->announcer.has_info || has_history(l, now);
}

static void start_adopting(struct glow_leadership *l, struct glow_raw now, const struct glow_members *members)
{
	l->phase = GLOW_PHASE_ADOPTING;
	glow_adoption_start(&l->adoption, l->cfg->prefix, now, l->announcer.info.leader.clock_id, l->cfg->secret);
	for (uint32_t k = 0; k < members->n; k++)
		if (members->v[k].online)
			glow_adoption_ask(&l->adoption, members->v[k].id);
	glow_info("asking %u nodes for the time of clock %016llx", l->adoption.adopt.n,
		  (unsigned long long)l->adoption.adopt.clock_id);
	say_info(l, now);
}

static bool finish_adopting(struct glow_leadership *l, struct glow_raw now)
{
	int64_t offset_ns;
	int32_t rate_ppb;

	if (!glow_adopt_result(&l->adoption.adopt, &offset_ns, &rate_ppb)) {
		glow_warning("no node knows the time: a new timeline");
		return new_clock(l, now);
	}
	if (l->rate_known)
		rate_ppb = l->rate_ppb;
	glow_sync_begin(&l->follower.sync, now, now.ns + offset_ns, rate_ppb / 1e9, l->self);
	return lead(l, now, false);
}

static uint32_t latest_term(const struct glow_leadership *l)
{
	uint32_t known = l->announcer.has_info ? l->announcer.info.leader.term : 0;

	return known > l->self.term ? known : l->self.term;
}

/* Conductors that start together take the lead one after the other. The first has
 * begun a timeline by then, of which the second has not heard: the first one had better have it back. */
static void give_back(struct glow_leadership *l, struct glow_raw now)
{
	glow_info("another conductor was faster: standing by");
	glow_election_giveback(&l->election, now);
	l->cfg->lead(l->cfg->outbox.ctx, false);
}

/* Goes on with the time that it knows, or has nodes to ask for it, or begins anew. */
static bool find_time(struct glow_leadership *l, struct glow_raw now, bool history, const struct glow_members *members)
{
	if (history) {
		l->self.clock_id = glow_sync_leader(&l->follower.sync).clock_id;
		renew_terms(l);
		glow_sync_lead(&l->follower.sync, now, l->self);
		return lead(l, now, false);
	}
	if (!l->announcer.has_info)
		return new_clock(l, now);
	l->self.clock_id = l->announcer.info.leader.clock_id;
	renew_terms(l);
	start_adopting(l, now, members);
	return false;
}

/* The broker lets us speak for the cluster. What it keeps has been read on this very connection. */
static bool take_over(struct glow_leadership *l, struct glow_raw now, const struct glow_members *members)
{
	const struct glow_conductor_info *info = &l->announcer.info;
	struct glow_sync_report report;
	bool history = has_history(l, now);

	glow_sync_report(&l->follower.sync, now, &report);
	glow_debug("the time as it is known here: %s, to %u us", glow_sync_state_name(report.state),
		   report.error_ns / 1000);
	if (!history && latest_term(l) > l->asked_term) {
		give_back(l, now);
		return false;
	}
	/* The nodes know how fast time runs by their own crystals; better what is known of the crystal here. */
	l->rate_known = l->announcer.has_info && info->leading && strcmp(info->id, l->cfg->node) == 0;
	l->rate_ppb = info->rate_ppb;
	l->self = (struct glow_leader){ .term = latest_term(l) + 1, /* 0 behind the last */ .boot = l->cfg->boot };
	glow_announcer_availability(&l->announcer, true);
	if (find_time(l, now, history, members))
		return true;
	say_beacon(l, now);
	return false;
}

static void stand_by(struct glow_leadership *l, struct glow_raw now, const char *why)
{
	if (l->phase != GLOW_PHASE_STANDBY)
		glow_warning("no longer leading: %s", why);
	l->phase = GLOW_PHASE_STANDBY;
	l->announcer.beacon.ns = l->defend.ns = GLOW_NEVER;
	glow_sync_yield(&l->follower.sync, now);
}

/* ---- a cluster above ---- */

/* Nodes may have been on that timeline, with terms of which a broker without its store tells nothing. They follow a
 * later one only, and reigns are longer than a second. */
static uint32_t later_term(const struct glow_leadership *l, int64_t s_ns)
{
	uint32_t latest = latest_term(l) + 1, seconds = (uint32_t)(s_ns / SECOND);

	return latest > seconds || latest == 0 ? latest : seconds;
}

bool glow_leadership_join(struct glow_leadership *l, struct glow_raw now, const struct glow_sync *above)
{
	uint64_t clock_id = glow_sync_leader(above).clock_id;
	bool waits = l->phase == GLOW_PHASE_WAITING;
	struct glow_sync_report report;

	if ((l->phase != GLOW_PHASE_LEADING && !waits) || (!waits && clock_id == l->self.clock_id))
		return false;
	if (!waits)
		glow_warning("this rack's clock %016llx is another timeline than %016llx above: going over to that",
			     (unsigned long long)l->self.clock_id, (unsigned long long)clock_id);
	glow_sync_report(above, now, &report);
	l->self.term = later_term(l, glow_sync_now(above, now));
	l->self.clock_id = clock_id;
	l->self.boot = l->cfg->boot;
	renew_terms(l);
	l->joined = now;
	glow_sync_begin(&l->follower.sync, now, glow_sync_now(above, now), report.rate_ppb / 1e9, l->self);
	return lead(l, now, false);
}

void glow_leadership_steer(struct glow_leadership *l, struct glow_raw now, const struct glow_sync *above)
{
	if (l->phase == GLOW_PHASE_LEADING)
		glow_sync_steer(&l->follower.sync, now, above, now.ns < l->joined.ns + HURRY_NS ? HURRY : PACE);
}

void glow_leadership_uplink(struct glow_leadership *l, const struct glow_uplink_info *uplink, struct glow_raw now)
{
	if (memcmp(&l->uplink, uplink, sizeof(*uplink)) == 0)
		return;
	l->uplink = *uplink;
	if (l->phase == GLOW_PHASE_LEADING)
		say_info(l, now);
}

/* ---- messages ---- */

/* What another conductor says of itself. What we say comes back from the broker too. */
void glow_leadership_hear_info(struct glow_leadership *l, const struct glow_message *m, struct glow_raw now)
{
	struct glow_conductor_info info;

	if (!glow_announcer_read(m, &info))
		return;
	if (l->phase == GLOW_PHASE_STANDBY) {
		glow_announcer_keep(&l->announcer, &info);
		glow_sync_crowd(&l->follower.sync, info.nodes);
		glow_election_crowd(&l->election, info.nodes);
		l->ahead_us = info.ahead_us ? info.ahead_us : l->ahead_us;
		if (info.leading)
			glow_sync_follow(&l->follower.sync, now, info.leader);
	} else if (!glow_leader_same(info.leader, l->self)) {
		if (info.leader.clock_id == l->self.clock_id && info.leader.term > l->rival_term)
			l->rival_term = info.leader.term;
		l->defend.ns = glow_sooner(l->defend.ns, now.ns + DEFEND_NS);
	}
}

/* Nobody else leads, whatever the info says that the broker keeps: mostly the one before us, whose last word came late.
 * Nodes that believed it follow a later term only. */
static bool defend(struct glow_leadership *l, struct glow_raw now)
{
	l->defend.ns = GLOW_NEVER;
	glow_info("conductor/info named another leader, most likely the one before us, told late: leading on");
	if (l->rival_term >= l->self.term)
		l->self.term = l->rival_term + 1;
	l->rival_term = 0;
	renew_terms(l);
	glow_sync_lead(&l->follower.sync, now, l->self);
	l->announcer.has_info = false; /* what the broker keeps is not ours */
	return lead(l, now, false);
}

static void give_way(struct glow_leadership *l, struct glow_raw now)
{
	glow_leadership_goodbye(l);
	stand_by(l, now, "another conductor leads in a later term");
	l->cfg->lead(l->cfg->outbox.ctx, false);
}

void glow_leadership_hear_availability(struct glow_leadership *l, const struct glow_message *m, struct glow_raw now)
{
	l->announcer.online = glow_message_says(m, "online");
	if (l->phase != GLOW_PHASE_STANDBY) {
		if (!l->announcer.online) /* the last word of an earlier leader, and late */
			glow_announcer_availability(&l->announcer, true);
	} else if (l->announcer.online) {
		glow_election_heard(&l->election, now);
	} else if (may_hurry(l, now)) {
		glow_election_offline(&l->election, now);
	}
}

void glow_leadership_hear_beacon(struct glow_leadership *l, const struct glow_message *m, struct glow_raw now)
{
	struct glow_diag diag;
	struct glow_beacon beacon;
	cJSON *tree = glow_json_parse(m->payload, m->len, &diag);

	if (tree && glow_beacon_read(tree, &beacon, &diag) == GLOW_OK && beacon.leader.boot != l->cfg->boot) {
		glow_election_heard(&l->election, now);
		if (l->phase != GLOW_PHASE_STANDBY && beacon.leader.term >= l->self.term)
			give_way(l, now);
	}
	cJSON_Delete(tree);
}

void glow_leadership_hear_reply(struct glow_leadership *l, const struct glow_message *m)
{
	int64_t step_ns;

	if (l->phase == GLOW_PHASE_STANDBY)
		glow_follower_reply(&l->follower, m, &step_ns);
}

void glow_leadership_hear_adopt_reply(struct glow_leadership *l, const struct glow_message *m)
{
	if (l->phase == GLOW_PHASE_ADOPTING)
		glow_adoption_reply(&l->adoption, m);
}

bool glow_leadership_answer(struct glow_leadership *l, enum glow_topic_of of, const char *asker,
			    const struct glow_message *m, struct glow_raw now, int64_t *ret_delivery_us)
{
	struct glow_time_request request;
	struct glow_time_reply reply = { .leader = l->self };
	struct glow_message answer;
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	char topic[GLOW_TOPIC_MAX + 1];
	int64_t delivery_ns;

	if (l->phase != GLOW_PHASE_LEADING || !glow_request_read(m->payload, m->len, &request))
		return false;
	reply.seq = request.seq;
	reply.t1_ns = request.t1_ns;
	reply.t2_ns = glow_sync_now(&l->follower.sync, m->at);
	reply.t3_ns = glow_sync_now(&l->follower.sync, now);
	glow_topic_of(topic, l->cfg->prefix, GLOW_TOPIC_TIME_REPLY, of, asker);
	glow_reply_message(&reply, false, topic, bytes, &answer);
	l->cfg->outbox.publish(l->cfg->outbox.ctx, &answer);
	if (request.s1_ns == 0 || __builtin_sub_overflow(reply.t2_ns, request.s1_ns, &delivery_ns))
		return false;
	*ret_delivery_us = delivery_ns / 1000;
	return true;
}

void glow_leadership_node_came(struct glow_leadership *l, const char *id)
{
	if (l->phase == GLOW_PHASE_ADOPTING)
		glow_adoption_ask(&l->adoption, id);
}

/* ---- events ---- */

void glow_leadership_init(struct glow_leadership *l, const struct glow_conductor_cfg *cfg,
			  const struct glow_publisher *out, struct glow_raw now, const struct glow_wall *wall)
{
	const struct glow_sync_cfg sync = { .seed = cfg->boot };
	char asker[11]; /* "c-1234abcd" */

	*l = (struct glow_leadership){
		.cfg = cfg, .start = now, .wall = *wall, .defend = { GLOW_NEVER }, .joined = { INT64_MIN / 2 }
	};
	l->ahead_us = (uint32_t)glow_deliveries_ahead_us(0, 0);
	snprintf(asker, sizeof(asker), "c-%08x", cfg->boot);
	glow_election_init(&l->election, cfg->boot);
	glow_follower_init(&l->follower, &sync, cfg->prefix, asker);
	glow_announcer_init(&l->announcer, out);
}

bool glow_leadership_connected(struct glow_leadership *l, struct glow_raw now, bool leading,
			       const struct glow_members *members)
{
	glow_election_connected(&l->election, now, leading);
	if (leading)
		return take_over(l, now, members);
	glow_sync_connected(&l->follower.sync, now);
	if (!l->announcer.online && may_hurry(l, now))
		glow_election_offline(&l->election, now);
	return false;
}

void glow_leadership_disconnected(struct glow_leadership *l, struct glow_raw now)
{
	glow_election_disconnected(&l->election, now);
	stand_by(l, now, "the connection is gone");
	glow_sync_disconnected(&l->follower.sync, now);
	l->announcer.online = false;
}

void glow_leadership_failed(struct glow_leadership *l, struct glow_raw now)
{
	glow_election_failed(&l->election, now);
}

void glow_leadership_counts(struct glow_leadership *l, const struct glow_mqtt_counts *counts)
{
	l->messages = *counts;
}

bool glow_leadership_wall(struct glow_leadership *l, struct glow_raw now, const struct glow_wall *wall)
{
	l->wall = *wall;
	if (l->phase == GLOW_PHASE_WAITING)
		return begin(l, now);
	if (l->phase == GLOW_PHASE_LEADING)
		say_info(l, now);
	return false;
}

/* Follows the leader's clock as a node does. */
static void probe_leader(struct glow_leadership *l, struct glow_raw now)
{
	struct glow_message m;

	while (glow_follower_probe(&l->follower, now, &m))
		l->cfg->outbox.publish(l->cfg->outbox.ctx, &m);
}

static bool probe_nodes(struct glow_leadership *l, struct glow_raw now)
{
	struct glow_message m;

	while (glow_adoption_probe(&l->adoption, now, &m))
		l->cfg->outbox.publish(l->cfg->outbox.ctx, &m);
	return glow_adopt_done(&l->adoption.adopt, now) && finish_adopting(l, now);
}

bool glow_leadership_tick(struct glow_leadership *l, struct glow_raw now)
{
	if (glow_election_tick(&l->election, now)) {
		l->asked_term = latest_term(l);
		l->cfg->lead(l->cfg->outbox.ctx, true);
	}
	switch (l->phase) {
	case GLOW_PHASE_STANDBY:
		probe_leader(l, now);
		break;
	case GLOW_PHASE_ADOPTING:
		return probe_nodes(l, now);
	case GLOW_PHASE_WAITING:
		return begin(l, now);
	case GLOW_PHASE_LEADING:
		return l->defend.ns <= now.ns && defend(l, now);
	}
	return false;
}

bool glow_leadership_beacon_due(const struct glow_leadership *l, struct glow_raw now)
{
	return l->announcer.beacon.ns <= now.ns;
}

void glow_leadership_beacon(struct glow_leadership *l, struct glow_raw now)
{
	if (glow_leadership_beacon_due(l, now))
		say_beacon(l, now);
}

struct glow_raw glow_leadership_next(const struct glow_leadership *l)
{
	int64_t ns = glow_sooner(glow_election_next(&l->election).ns, l->announcer.beacon.ns);

	switch (l->phase) {
	case GLOW_PHASE_STANDBY:
		ns = glow_sooner(ns, glow_sync_next_probe(&l->follower.sync).ns);
		break;
	case GLOW_PHASE_ADOPTING:
		ns = glow_sooner(ns, glow_adopt_next(&l->adoption.adopt).ns);
		break;
	case GLOW_PHASE_WAITING:
		ns = glow_sooner(ns, l->start.ns + (l->wall_told ? WALL_WAIT_NS : ROOT_WAIT_NS));
		break;
	case GLOW_PHASE_LEADING:
		ns = glow_sooner(ns, l->defend.ns);
		break;
	}
	return (struct glow_raw){ ns };
}

void glow_leadership_goodbye(struct glow_leadership *l)
{
	if (l->phase != GLOW_PHASE_STANDBY)
		glow_announcer_availability(&l->announcer, false);
}
