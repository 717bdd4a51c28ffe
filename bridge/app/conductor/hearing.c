/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

#include <glow/herald.h>
#include <glow/log.h>

#include "hearing.h"

#define VIEWERS_NS  INT64_C(100000000)
#define VIEWERS_MAX 100 /* of their probes are answered in that time: of some thirty pages that open at once */

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
		glow_members_delivery(&c->members, topic->id, us, now);
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
	if (!glow_parts_stand_by(c) || m->len == 0)
		return;
	if (glow_roster_store_restore(&c->roster, m)) {
		glow_members_restore(&c->members, &c->roster.roster, now);
		glow_leadership_nodes(&c->leadership, c->roster.roster.n, now);
	}
	glow_parts_roster_changed(c, now); /* it may not be what it should be */
}

static void hear_place(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		       struct glow_raw now)
{
	if (glow_parts_stand_by(c))
		glow_place_store_hear(&c->places, topic->id, m);
	else if (glow_parts_lead(c) && m->len == 0 && glow_place_store_cleared(&c->places, topic->id))
		glow_parts_roster_changed(c, now); /* others it is not, but laid out again */
}

static void hear_wanted(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)topic;
	if (glow_parts_stand_by(c) && glow_wanted_store_restore(&c->wanted, m))
		glow_parts_wants_changed(c, now);
}

static void hear_text(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	if (!glow_parts_stand_by(c))
		return;
	glow_text_store_restore(&c->texts, topic->kind == GLOW_TOPIC_TEXT ? topic->id : "", m);
	glow_parts_offer(c, now);
}

static void hear_kept(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)now;
	if (glow_parts_stand_by(c))
		glow_repertoire_restore(&c->repertoire, topic, m);
}

static void hear_scenes(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now)
{
	(void)topic;
	(void)now;
	if (glow_parts_stand_by(c))
		glow_requests_restore_scenes(&c->requests, m);
}

static void hear_dim(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		     struct glow_raw now)
{
	(void)topic;
	(void)now;
	if (glow_parts_stand_by(c))
		glow_requests_restore_dim(&c->requests, m);
}

/* What a node says of how it is doing, where somebody wants to know. */
static void hear_figures(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m)
{
	struct glow_figures *figures = c->cfg.metrics ? glow_members_figures(&c->members, topic->id) : NULL;

	if (figures)
		glow_figures_hear(figures, topic->kind, m->payload, m->len);
}

/* Once: the others' turn comes as each of them says something. */
static void say_beyond(const struct glow_members *members, uint32_t before, const char *id)
{
	if (before == 0 && members->crowd.n > 0)
		glow_warning(
			"node %s is one more than the %u that a conductor keeps: it has no place on the strip and goes "
			"on by itself, as all do that come later; glowctl forget makes room",
			id, members->n);
}

static void hear_node_info(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			   struct glow_raw now)
{
	struct glow_diag diag = { .code = GLOW_OK };
	uint32_t beyond = c->members.crowd.n;

	if (glow_members_info(&c->members, topic->id, m->payload, m->len, &diag)) {
		glow_parts_nodes_changed(c, now);
		glow_parts_offer(c, now);
	}
	if (diag.code != GLOW_OK)
		glow_warning("%s was skipped: %s %s", m->topic, diag.where, diag.what);
	say_beyond(&c->members, beyond, topic->id);
	hear_figures(c, topic, m);
}

static void hear_node_availability(struct glow_conductor *c, const struct glow_topic *topic,
				   const struct glow_message *m, struct glow_raw now)
{
	bool online = glow_message_says(m, "online");
	uint32_t beyond = c->members.crowd.n;
	bool changed = glow_members_availability(&c->members, topic->id, online, now);

	say_beyond(&c->members, beyond, topic->id);
	if (!changed)
		return;
	glow_parts_nodes_changed(c, now);
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
	if (glow_parts_stand_by(c))
		glow_lights_hear(&c->lights, topic->id, m);
}

/* What people ask is for the leader to answer. */
static void hear_play(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	if (glow_parts_lead(c) && !glow_parts_play_preset(c, m, now))
		glow_requests_play(&c->requests, m, glow_parts_time(c, now), glow_parts_ahead_us(c));
}

static void hear_stop(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	if (glow_parts_lead(c))
		glow_requests_stop(&c->requests, m, glow_parts_time(c, now), glow_parts_ahead_us(c));
}

static void hear_text_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			  struct glow_raw now)
{
	if (!glow_parts_lead(c))
		return;
	glow_text_store_set(&c->texts, topic->id, m, glow_parts_time(c, now), glow_parts_ahead_us(c));
	glow_parts_offer(c, now);
}

static void hear_preset_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			    struct glow_raw now)
{
	if (!glow_parts_lead(c))
		return;
	glow_preset_store_set(&c->repertoire.presets, topic->id, m, glow_parts_time(c, now));
	glow_parts_offer(c, now);
}

static void hear_preset_apply(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			      struct glow_raw now)
{
	if (glow_parts_lead(c))
		glow_preset_store_apply(&c->repertoire.presets, topic->id, m, glow_parts_time(c, now),
					glow_parts_ahead_us(c));
}

static void hear_schedule_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			      struct glow_raw now)
{
	if (glow_parts_lead(c))
		glow_agenda_store_set(&c->repertoire.agenda, topic->id, m,
				      glow_repertoire_utc_us(&c->leadership.wall, now));
}

static void hear_undo(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		      struct glow_raw now)
{
	(void)topic;
	if (glow_parts_lead(c))
		glow_undo_ask(&c->undo, m, glow_parts_time(c, now), glow_parts_ahead_us(c));
}

static void hear_roster_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			    struct glow_raw now)
{
	(void)topic;
	if (glow_parts_lead(c) && glow_wanted_store_set(&c->wanted, m, &c->members))
		glow_parts_wants_changed(c, now);
}

static void hear_dim_set(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			 struct glow_raw now)
{
	(void)topic;
	if (glow_parts_lead(c))
		glow_requests_dim(&c->requests, m, glow_parts_time(c, now));
}

static void hear_command(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			 struct glow_raw now)
{
	glow_parts_command(c, topic, m, now, glow_parts_ahead_us(c));
}

static const struct glow_hearing rows[] = {
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
	{ GLOW_TOPIC_PLACE, GLOW_OF_NODE, true, hear_place }, /* GLOW_CONDUCTOR_LEAD_RETAINED */
	{ GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER, false, hear_beacon },
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
	/* GLOW_CONDUCTOR_LEAD_TOPICS: */
	{ GLOW_TOPIC_TIME_REQUEST, GLOW_OF_NODE, false, hear_time_request },
	{ GLOW_TOPIC_TIME_REQUEST, GLOW_OF_VIEWER, false, hear_viewer },
	/* Wished for: */
	{ GLOW_TOPIC_STATE, GLOW_OF_ALL, true, hear_lights },
	{ GLOW_TOPIC_STATE, GLOW_OF_GROUP, true, hear_lights },
};

#define N_ROWS   (sizeof(rows) / sizeof(rows[0]))
#define N_NEEDED (N_ROWS - GLOW_HEARINGS_WISHED)

const struct glow_hearing *glow_hearing_needed(size_t k)
{
	return k < N_NEEDED ? &rows[k] : NULL;
}

const struct glow_hearing *glow_hearing_wished(size_t k)
{
	return k < GLOW_HEARINGS_WISHED ? &rows[N_NEEDED + k] : NULL;
}

void glow_hearing_message(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_topic topic = glow_topic_parse(c->prefix, m->topic);

	for (size_t k = 0; k < N_ROWS; k++)
		if (rows[k].kind == topic.kind && rows[k].of == topic.of) {
			rows[k].hear(c, &topic, m, now);
			return;
		}
	hear_figures(c, &topic, m);
}
