/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Each concern is a part with a header of its own: leadership (whether we lead,
 * and what time it is), members and placement (who is where on the strip), the
 * roster as published and what people want of it, lights (what all of them come
 * to), texts (effects that people write), the repertoire (what they prepare:
 * presets and schedules), requests (what people ask), deliveries (how far ahead
 * an instant must lie). None knows another that it does not need; what one of
 * them makes the next one do is here, and so are the topics: one row each, with
 * the function that hears it. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/conductor.h>
#include <glow/discovery.h>
#include <glow/herald.h>
#include <glow/log.h>
#include <glow/publish.h>

#include "deliveries.h"
#include "director.h"
#include "leadership.h"
#include "lights.h"
#include "members.h"
#include "metrics.h"
#include "placement.h"
#include "repertoire.h"
#include "requests.h"
#include "roster_store.h"
#include "scene_store.h"
#include "text_store.h"
#include "wanted_store.h"

#define SECOND      INT64_C(1000000000)
#define VIEWERS_NS  (SECOND / 10)
#define VIEWERS_MAX 100 /* of their probes are answered in that time: of some thirty pages that open at once */

struct glow_conductor {
	struct glow_conductor_cfg cfg; /* its first four strings are these: */
	char prefix[GLOW_PREFIX_MAX + 1], discovery[GLOW_PREFIX_MAX + 1], page[GLOW_PAGE_MAX + 1],
		node[GLOW_ID_MAX + 1];
	struct glow_publisher out;
	struct glow_leadership leadership;
	struct glow_placement placement;
	struct glow_members members;
	struct glow_roster_store roster;
	struct glow_wanted_store wanted;
	struct glow_lights lights;
	struct glow_text_store texts;
	struct glow_requests requests;
	struct glow_repertoire repertoire;
	struct glow_herald herald;
	struct glow_metrics metrics;
	struct glow_raw viewers_until; /* so long the count of their probes goes */
	uint32_t viewers;
};

static bool leads(const struct glow_conductor *c)
{
	return c->leadership.phase == GLOW_PHASE_LEADING;
}

static bool stands_by(const struct glow_conductor *c)
{
	return c->leadership.phase == GLOW_PHASE_STANDBY;
}

/* Cluster time, while we lead. */
static struct glow_time time_of(const struct glow_conductor *c, struct glow_raw now)
{
	return glow_leadership_time(&c->leadership, now);
}

static int64_t ahead_us(const struct glow_conductor *c)
{
	return glow_deliveries_ahead_us(glow_members_slow_us(&c->members));
}

/* ---- what one part makes another do ---- */

/* What the cluster is to Home Assistant now; `groups` is the caller's to free(). */
static struct glow_discovery discovery(const struct glow_conductor *c, char (**ret_groups)[GLOW_NAME_SIZE])
{
	struct glow_discovery d = { .prefix = c->prefix, .page = c->page, .texts = &c->texts.library.list };

	*ret_groups = glow_members_groups(&c->members, &d.n_groups);
	d.groups = (const char(*)[GLOW_NAME_SIZE]) * ret_groups;
	return d;
}

static void announce(struct glow_conductor *c)
{
	char(*groups)[GLOW_NAME_SIZE];
	struct glow_discovery d = discovery(c, &groups);

	glow_herald_announce(&c->herald, glow_discovery_cluster_write(GLOW_VERSION, &d));
	free(groups);
}

/* Home Assistant hears in a while of other texts or groups. */
static void offer(struct glow_conductor *c, struct glow_raw now)
{
	char(*groups)[GLOW_NAME_SIZE];
	struct glow_discovery d = discovery(c, &groups);

	glow_herald_offer(&c->herald, glow_discovery_hash(&d), now);
	free(groups);
}

/* Leading has begun: everything a leader keeps is published. */
static void open_all(struct glow_conductor *c, struct glow_raw now)
{
	const struct glow_leadership *l = &c->leadership;

	c->metrics.reigns++;
	glow_roster_store_open(&c->roster, l->self.clock_id, l->self.term);
	glow_roster_store_publish(&c->roster, &c->out);
	glow_repertoire_open(&c->repertoire, c->texts.there, l->fresh, time_of(c, now));
	glow_wanted_store_open(&c->wanted, l->self.clock_id, l->self.term);
	glow_text_store_open(&c->texts, l->self.clock_id, time_of(c, now)); /* before what means them */
	glow_requests_open(&c->requests, l->self.clock_id, l->self.term, l->fresh, time_of(c, now));
	announce(c);
	glow_roster_store_change(&c->roster, now);
	glow_lights_regroup(&c->lights, now);
}

/* Who is there, or what a node is, may be another. */
static void nodes_changed(struct glow_conductor *c, struct glow_raw now)
{
	glow_roster_store_change(&c->roster, now);
	glow_lights_regroup(&c->lights, now);
}

/* Scenes that play have this effect: they go on with what is there now. */
static void effect_changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	struct glow_conductor *c = ctx;

	glow_scene_store_effect(&c->requests.scenes, was, is);
}

static void renew_roster(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_time effective = { time_of(c, now).us + ahead_us(c) };
	struct glow_roster roster;

	if (glow_members_roster(&c->members, now, &roster) < 0) {
		c->roster.due.ns = GLOW_NEVER;
		return;
	}
	if (!glow_roster_store_renew(&c->roster, &roster, effective))
		return;
	glow_roster_store_publish(&c->roster, &c->out);
	glow_leadership_nodes(&c->leadership, c->roster.roster.n, now);
}

/* What people want of the strip is another. */
static void wants_changed(struct glow_conductor *c, struct glow_raw now)
{
	if (!glow_placement_want(&c->placement, &c->wanted.wanted))
		return;
	glow_members_place(&c->members);
	glow_roster_store_change(&c->roster, now);
}

/* ---- what is heard, by topic ---- */

static void hear_info(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	glow_leadership_hear_info(&c->leadership, m, now);
}

static void hear_availability(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			      struct glow_raw now)
{
	(void)topic;
	glow_leadership_hear_availability(&c->leadership, m, now);
}

static void hear_beacon(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)topic;
	glow_leadership_hear_beacon(&c->leadership, m, now);
}

static void hear_time_request(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			      struct glow_raw now)
{
	int64_t us;

	if (glow_leadership_answer(&c->leadership, topic->of, topic->id, m, now, &us))
		glow_members_delivery(&c->members, topic->id, us);
}

/* Anybody may look, and say what he likes: he gets the time as long as there are not too many of them, and that is
 * all that comes of it. */
static void hear_viewer(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	int64_t us;

	if (now.ns >= c->viewers_until.ns) {
		c->viewers_until.ns = now.ns + VIEWERS_NS;
		c->viewers = 0;
	}
	if (c->viewers++ < VIEWERS_MAX)
		glow_leadership_answer(&c->leadership, topic->of, topic->id, m, now, &us);
}

static void hear_time_reply(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			    struct glow_raw now)
{
	(void)topic;
	(void)now;
	glow_leadership_hear_reply(&c->leadership, m);
}

static void hear_adopt_reply(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			     struct glow_raw now)
{
	(void)topic;
	(void)now;
	glow_leadership_hear_adopt_reply(&c->leadership, m);
}

/* What the leader keeps at the broker is read while we stand by; while we lead it is our own. */
static void hear_roster(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)topic;
	if (!stands_by(c) || m->len == 0)
		return;
	if (glow_roster_store_restore(&c->roster, m)) {
		glow_members_restore(&c->members, &c->roster.roster, now);
		glow_leadership_nodes(&c->leadership, c->roster.roster.n, now);
	}
	glow_roster_store_change(&c->roster, now); /* it may not be what it should be */
}

static void hear_wanted(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)topic;
	if (stands_by(c) && glow_wanted_store_restore(&c->wanted, m))
		wants_changed(c, now);
}

static void hear_text(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	if (!stands_by(c))
		return;
	glow_text_store_restore(&c->texts, topic->kind == GLOW_TOPIC_TEXT ? topic->id : "", m);
	offer(c, now);
}

static void hear_kept(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)now;
	if (stands_by(c))
		glow_repertoire_restore(&c->repertoire, topic, m);
}

static void hear_scenes(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)topic;
	(void)now;
	if (stands_by(c))
		glow_requests_restore_scenes(&c->requests, m);
}

static void hear_dim(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		     struct glow_raw now)
{
	(void)topic;
	(void)now;
	if (stands_by(c))
		glow_requests_restore_dim(&c->requests, m);
}

/* What a node says of how it is doing, where somebody wants to know. */
static void hear_figures(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m)
{
	struct glow_figures *figures = c->cfg.metrics ? glow_members_figures(&c->members, topic->id) : NULL;

	if (figures)
		glow_figures_hear(figures, topic->kind, m->payload, m->len);
}

static void hear_node_info(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			   struct glow_raw now)
{
	struct glow_diag diag = { .code = GLOW_OK };

	if (glow_members_info(&c->members, topic->id, m->payload, m->len, &diag)) {
		nodes_changed(c, now);
		offer(c, now);
	}
	if (diag.code != GLOW_OK)
		glow_warning("%s is broken and was skipped: %s %s", m->topic, diag.where, diag.what);
	hear_figures(c, topic, m);
}

static void hear_node_availability(struct glow_conductor *c, const struct glow_topic *topic,
				   const struct glow_message *m, struct glow_raw now)
{
	bool online = glow_message_says(m, "online");

	if (!glow_members_availability(&c->members, topic->id, online, now))
		return;
	nodes_changed(c, now);
	if (online)
		glow_leadership_node_came(&c->leadership, topic->id);
}

static void hear_node_state(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			    struct glow_raw now)
{
	if (glow_members_state(&c->members, topic->id, m->payload, m->len))
		glow_lights_changed(&c->lights, now);
}

static void hear_lights(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)now;
	if (stands_by(c))
		glow_lights_hear(&c->lights, topic->id, m);
}

/* What people ask is for the leader to answer. */
static void hear_play(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	if (leads(c))
		glow_requests_play(&c->requests, m, time_of(c, now), ahead_us(c));
}

static void hear_stop(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	if (leads(c))
		glow_requests_stop(&c->requests, m, time_of(c, now), ahead_us(c));
}

static void hear_text_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			  struct glow_raw now)
{
	if (!leads(c))
		return;
	glow_text_store_set(&c->texts, topic->id, m, time_of(c, now), ahead_us(c));
	offer(c, now);
}

static void hear_preset_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			    struct glow_raw now)
{
	if (leads(c))
		glow_preset_store_set(&c->repertoire.presets, topic->id, m, time_of(c, now));
}

static void hear_preset_apply(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			      struct glow_raw now)
{
	if (leads(c))
		glow_preset_store_apply(&c->repertoire.presets, topic->id, m, time_of(c, now), ahead_us(c));
}

static void hear_schedule_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			      struct glow_raw now)
{
	if (leads(c))
		glow_agenda_store_set(&c->repertoire.agenda, topic->id, m,
				      glow_repertoire_utc_us(&c->leadership.wall, now));
}

static void hear_undo(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	if (leads(c))
		glow_director_undo(&c->requests, m, time_of(c, now), ahead_us(c));
}

static void hear_roster_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			    struct glow_raw now)
{
	(void)topic;
	if (leads(c) && glow_wanted_store_set(&c->wanted, m, &c->members))
		wants_changed(c, now);
}

static void hear_dim_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			 struct glow_raw now)
{
	(void)topic;
	if (leads(c))
		glow_requests_dim(&c->requests, m, time_of(c, now));
}

static void hear_command(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			 struct glow_raw now)
{
	enum glow_command_kind kind = topic->kind == GLOW_TOPIC_SET ? GLOW_COMMAND_SET : GLOW_COMMAND_NOTIFY;
	const char *group = topic->of == GLOW_OF_GROUP ? topic->id : NULL;
	enum glow_lit made, lit = GLOW_LIT_UNKNOWN;
	bool some;

	if (!leads(c))
		return;
	if (glow_members_lit(&c->members, group, &some))
		lit = some ? GLOW_LIT_SOME : GLOW_LIT_NONE;
	made = glow_requests_command(&c->requests, m, kind, time_of(c, now), ahead_us(c), lit);
	if (made != GLOW_LIT_UNKNOWN)
		glow_members_expect(&c->members, group, made == GLOW_LIT_SOME);
}

/* One row a topic, in the order of subscription: what it is and of whom, whether its retained messages are wanted,
 * and who hears it. */
static const struct row {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	bool retained;
	void (*hear)(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		     struct glow_raw now);
} rows[] = {
	{ GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, true, hear_info },
	{ GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER, true, hear_availability },
	{ GLOW_TOPIC_ROSTER, GLOW_OF_CLUSTER, true, hear_roster },
	{ GLOW_TOPIC_ROSTER_WANTED, GLOW_OF_CLUSTER, true, hear_wanted },
	{ GLOW_TOPIC_TEXTS, GLOW_OF_CLUSTER, true, hear_text }, /* before the scenes that mean them */
	{ GLOW_TOPIC_TEXT, GLOW_OF_CLUSTER, true, hear_text },
	{ GLOW_TOPIC_PRESET, GLOW_OF_CLUSTER, true, hear_kept },
	{ GLOW_TOPIC_SCHEDULE, GLOW_OF_CLUSTER, true, hear_kept },
	{ GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER, true, hear_scenes },
	{ GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, true, hear_dim },
	{ GLOW_TOPIC_INFO, GLOW_OF_NODE, true, hear_node_info },
	{ GLOW_TOPIC_AVAILABILITY, GLOW_OF_NODE, true, hear_node_availability },
	{ GLOW_TOPIC_STATE, GLOW_OF_NODE, true, hear_node_state },
	{ GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER, false, hear_beacon },
	{ GLOW_TOPIC_TIME_REQUEST, GLOW_OF_NODE, false, hear_time_request },
	{ GLOW_TOPIC_TIME_REQUEST, GLOW_OF_VIEWER, false, hear_viewer },
	{ GLOW_TOPIC_SCENE_PLAY, GLOW_OF_CLUSTER, false, hear_play },
	{ GLOW_TOPIC_SCENE_STOP, GLOW_OF_CLUSTER, false, hear_stop },
	{ GLOW_TOPIC_DIM_SET, GLOW_OF_CLUSTER, false, hear_dim_set },
	{ GLOW_TOPIC_ROSTER_SET, GLOW_OF_CLUSTER, false, hear_roster_set },
	{ GLOW_TOPIC_TEXT_SET, GLOW_OF_CLUSTER, false, hear_text_set },
	{ GLOW_TOPIC_PRESET_SET, GLOW_OF_CLUSTER, false, hear_preset_set },
	{ GLOW_TOPIC_PRESET_APPLY, GLOW_OF_CLUSTER, false, hear_preset_apply },
	{ GLOW_TOPIC_UNDO, GLOW_OF_CLUSTER, false, hear_undo },
	{ GLOW_TOPIC_SCHEDULE_SET, GLOW_OF_CLUSTER, false, hear_schedule_set },
	{ GLOW_TOPIC_SET, GLOW_OF_ALL, false, hear_command },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_ALL, false, hear_command },
	{ GLOW_TOPIC_SET, GLOW_OF_GROUP, false, hear_command },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_GROUP, false, hear_command },
	{ GLOW_TOPIC_TIME_REPLY, GLOW_OF_NODE, false, hear_time_reply },
	{ GLOW_TOPIC_ADOPT_REPLY, GLOW_OF_CLUSTER, false, hear_adopt_reply },
	/* What a broker with older rules may refuse: */
	{ GLOW_TOPIC_STATE, GLOW_OF_ALL, true, hear_lights },
	{ GLOW_TOPIC_STATE, GLOW_OF_GROUP, true, hear_lights },
};

#define N_ROWS   (sizeof(rows) / sizeof(rows[0]))
#define N_WISHED 2
#define N_NEEDED (N_ROWS - N_WISHED)

void glow_conductor_message(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_topic topic = glow_topic_parse(c->prefix, m->topic);

	if (glow_herald_message(&c->herald, m, now))
		return;
	for (size_t k = 0; k < N_ROWS; k++)
		if (rows[k].kind == topic.kind && rows[k].of == topic.of) {
			rows[k].hear(c, &topic, m, now);
			return;
		}
	hear_figures(c, &topic, m);
}

/* A command for many is with the nodes all the same, which act and answer by themselves where we say nothing. */
void glow_conductor_dropped(struct glow_conductor *c, const struct glow_message *m, bool replaced)
{
	switch (glow_topic_kind(c->prefix, m->topic)) {
	case GLOW_TOPIC_SCENE_PLAY:
	case GLOW_TOPIC_SCENE_STOP:
	case GLOW_TOPIC_DIM_SET:
	case GLOW_TOPIC_TEXT_SET:
	case GLOW_TOPIC_PRESET_SET:
	case GLOW_TOPIC_PRESET_APPLY:
	case GLOW_TOPIC_UNDO:
	case GLOW_TOPIC_SCHEDULE_SET:
	case GLOW_TOPIC_ROSTER_SET:
		if (leads(c))
			glow_publish_busy(&c->out, m, NULL, replaced);
		break;
	default:
		break;
	}
}

bool glow_conductor_topic(const struct glow_conductor_cfg *cfg, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1],
			  bool *ret_retained)
{
	char own[12] = "+"; /* any node, group or asker; what is for this process names it */

	if (k >= N_NEEDED)
		return false;
	if (rows[k].kind == GLOW_TOPIC_TIME_REPLY)
		snprintf(own, sizeof(own), "c-%08x", cfg->boot);
	else if (rows[k].kind == GLOW_TOPIC_ADOPT_REPLY)
		snprintf(own, sizeof(own), "%08x", cfg->boot);
	glow_topic_of(ret_topic, cfg->prefix, rows[k].kind, rows[k].of, own);
	*ret_retained = rows[k].retained;
	return true;
}

/* Those of a broker with older rules may be refused, and those that only metrics need are not always wanted. */
bool glow_conductor_wish(const struct glow_conductor *c, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	size_t n = N_WISHED;

	if (k < n) {
		glow_topic_of(ret_topic, c->prefix, rows[N_NEEDED + k].kind, rows[N_NEEDED + k].of, "+");
		return true;
	}
	if (glow_herald_topic(&c->herald, k - n, ret_topic))
		return true;
	while (glow_herald_topic(&c->herald, n - N_WISHED, ret_topic))
		n++;
	return c->cfg.metrics && glow_metrics_topic(c->prefix, k - n, ret_topic);
}

/* ---- events ---- */

static int init(struct glow_conductor *c, struct glow_raw now, const struct glow_wall *wall, struct glow_diag *diag)
{
	const struct glow_conductor_cfg *cfg = &c->cfg;
	char info[GLOW_TOPIC_MAX + 1];
	int r;

	c->out = (struct glow_publisher){ c->prefix, c->discovery, cfg->outbox, c->metrics.answers };
	glow_topic_of(info, c->prefix, GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, NULL);
	glow_herald_init(&c->herald, &c->out, GLOW_DISCOVERY_CLUSTER, info, cfg->boot);
	glow_leadership_init(&c->leadership, cfg, &c->out, now, wall);
	glow_members_init(&c->members, &c->placement, cfg->grace_s * SECOND);
	glow_roster_store_init(&c->roster);
	glow_wanted_store_init(&c->wanted, &c->out);
	glow_lights_init(&c->lights, &c->out, &c->members);
	glow_text_store_init(&c->texts, &c->out, effect_changed, c);
	r = glow_placement_init(&c->placement, cfg->order, cfg->reverse, cfg->gap, diag);
	if (r == 0)
		r = glow_requests_init(&c->requests, &c->out, &c->members, cfg->boot);
	if (r == 0)
		glow_repertoire_init(&c->repertoire, cfg, &c->requests);
	return r;
}

int glow_conductor_create(const struct glow_conductor_cfg *cfg, struct glow_raw now, const struct glow_wall *wall,
			  struct glow_conductor **ret_conductor, struct glow_diag *diag)
{
	struct glow_conductor *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	snprintf(c->prefix, sizeof(c->prefix), "%s", cfg->prefix);
	snprintf(c->discovery, sizeof(c->discovery), "%s", cfg->discovery);
	snprintf(c->page, sizeof(c->page), "%s", cfg->page ? cfg->page : "");
	snprintf(c->node, sizeof(c->node), "%s", cfg->node);
	c->cfg = *cfg;
	c->cfg.prefix = c->prefix;
	c->cfg.discovery = c->discovery;
	c->cfg.page = c->page;
	c->cfg.node = c->node;
	r = init(c, now, wall, diag);
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
	glow_placement_fini(&c->placement);
	glow_roster_store_fini(&c->roster);
	glow_wanted_store_fini(&c->wanted);
	glow_lights_fini(&c->lights);
	glow_requests_fini(&c->requests);
	glow_text_store_fini(&c->texts);
	glow_repertoire_fini(&c->repertoire);
	glow_herald_fini(&c->herald);
	free(c);
}

void glow_conductor_connected(struct glow_conductor *c, struct glow_raw now, bool leading)
{
	c->metrics.connected = true;
	c->metrics.connects++;
	glow_herald_connected(&c->herald);
	if (glow_members_connected(&c->members, now))
		nodes_changed(c, now);
	if (glow_leadership_connected(&c->leadership, now, leading, &c->members))
		open_all(c, now);
}

void glow_conductor_disconnected(struct glow_conductor *c, struct glow_raw now)
{
	c->metrics.connected = false;
	glow_leadership_disconnected(&c->leadership, now);
	glow_members_disconnected(&c->members);
	glow_herald_disconnected(&c->herald);
	glow_text_store_disconnected(&c->texts);
	glow_repertoire_disconnected(&c->repertoire);
	glow_lights_disconnected(&c->lights);
}

void glow_conductor_failed(struct glow_conductor *c, struct glow_raw now)
{
	c->metrics.failures++;
	glow_leadership_failed(&c->leadership, now);
}

void glow_conductor_counts(struct glow_conductor *c, const struct glow_mqtt_counts *counts)
{
	glow_leadership_counts(&c->leadership, counts);
}

void glow_conductor_wall(struct glow_conductor *c, struct glow_raw now, const struct glow_wall *wall)
{
	if (glow_leadership_wall(&c->leadership, now, wall))
		open_all(c, now);
}

void glow_conductor_tick(struct glow_conductor *c, struct glow_raw now)
{
	if (glow_members_expire(&c->members, now))
		glow_roster_store_change(&c->roster, now);
	if (glow_leadership_tick(&c->leadership, now))
		open_all(c, now);
	if (glow_herald_asked(&c->herald, now) && leads(c))
		announce(c);
	if (leads(c)) { /* perhaps only just now */
		if (c->roster.due.ns <= now.ns)
			renew_roster(c, now);
		glow_lights_tick(&c->lights, now);
		glow_library_tick(&c->texts.library, time_of(c, now).us);
		glow_repertoire_tick(&c->repertoire, &c->leadership.wall, now, time_of(c, now), ahead_us(c));
		glow_requests_tick(&c->requests, time_of(c, now));
	}
	glow_leadership_beacon(&c->leadership, now);
}

struct glow_raw glow_conductor_next(const struct glow_conductor *c)
{
	int64_t ns = glow_sooner(glow_leadership_next(&c->leadership).ns, c->members.expiry.ns);
	struct glow_time next;

	ns = glow_sooner(ns, glow_herald_next(&c->herald).ns);
	if (leads(c)) {
		ns = glow_sooner(ns, c->roster.due.ns);
		ns = glow_sooner(ns, c->lights.due.ns);
		ns = glow_sooner(ns, glow_leadership_when(&c->leadership, glow_requests_next(&c->requests)).ns);
		next.us = glow_sooner(glow_library_next(&c->texts.library), glow_repertoire_next(&c->repertoire).us);
		ns = glow_sooner(ns, glow_repertoire_next_due(&c->repertoire, &c->leadership.wall).ns);
		ns = glow_sooner(ns, glow_leadership_when(&c->leadership, next).ns);
	}
	return (struct glow_raw){ ns };
}

size_t glow_conductor_metrics(const struct glow_conductor *c, struct glow_raw now, struct glow_metrics_at *at,
			      char *ret_text, size_t room)
{
	const struct glow_metrics_view view = { .metrics = &c->metrics,
						.leadership = &c->leadership,
						.members = &c->members,
						.requests = &c->requests,
						.texts = &c->texts,
						.now = now };

	return glow_metrics_write(&view, at, ret_text, room);
}

/* What was answered a moment ago is known to whoever leads next. */
void glow_conductor_goodbye(struct glow_conductor *c)
{
	if (leads(c))
		glow_requests_say(&c->requests);
	glow_leadership_goodbye(&c->leadership);
}
