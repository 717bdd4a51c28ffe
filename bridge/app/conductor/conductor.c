/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Each concern is a part with a header of its own: leadership (whether we lead,
 * and what time it is), members and placement (who is where on the strip), the
 * roster as published, what each node is told of it and what people want of it, lights (what all of them come
 * to), texts (effects that people write), the repertoire (what they prepare:
 * presets and schedules), requests (what people ask), undo (what they want back),
 * deliveries (how far ahead an instant must lie). None knows another that it does
 * not need; what one of them makes the next one do is in parts.c, and who hears
 * which topic in hearing.c. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <glow/conductor.h>
#include <glow/discovery.h>

#include "above.h"
#include "hearing.h"
#include "parts.h"

#define SECOND INT64_C(1000000000)

/* Else who may command in a rack could speak above, by our rights. */
static struct glow_message answerable(const struct glow_conductor *c, const struct glow_message *m)
{
	struct glow_message asked = *m;

	if (!glow_above_answers(c, m))
		asked.response_topic = NULL;
	return asked;
}

void glow_conductor_message(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	const struct glow_message asked = answerable(c, m);

	if (!glow_herald_message(&c->herald, &asked, now) && !glow_above_message(c, &asked, now))
		glow_hearing_message(c, &asked, now);
}

/* A command for many is with the nodes all the same, which act and answer by themselves where we say nothing. */
void glow_conductor_dropped(struct glow_conductor *c, const struct glow_message *m, bool replaced)
{
	const struct glow_message asked = answerable(c, m);

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
		if (glow_parts_lead(c))
			glow_publish_busy(&c->out, &asked, NULL, replaced);
		break;
	default:
		break;
	}
}

/* What is heard of a cluster above comes first, since what is the leader's alone comes last. */
bool glow_conductor_topic(const struct glow_conductor_cfg *cfg, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1],
			  bool *ret_retained)
{
	const char *uplink = cfg->uplink ? cfg->uplink : "";
	const struct glow_hearing *row;
	char own[12] = "+"; /* any node, group or asker; what is for this process names it */
	size_t n_above = 0;

	if (glow_uplink_topic(uplink, k, ret_topic, ret_retained))
		return true;
	while (glow_uplink_topic(uplink, n_above, ret_topic, ret_retained))
		n_above++;
	row = glow_hearing_needed(k - n_above);
	if (!row)
		return false;
	if (row->kind == GLOW_TOPIC_TIME_REPLY)
		snprintf(own, sizeof(own), "c-%08x", cfg->boot);
	else if (row->kind == GLOW_TOPIC_ADOPT_REPLY)
		snprintf(own, sizeof(own), "%08x", cfg->boot);
	glow_topic_of(ret_topic, cfg->prefix, row->kind, row->of, own);
	*ret_retained = row->retained;
	return true;
}

/* Those of the rows, those of the herald, and those that only metrics need. */
bool glow_conductor_wish(const struct glow_conductor *c, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	const struct glow_hearing *row = glow_hearing_wished(k);
	size_t n = GLOW_HEARINGS_WISHED;

	if (row) {
		glow_topic_of(ret_topic, c->prefix, row->kind, row->of, "+");
		return true;
	}
	if (glow_herald_topic(&c->herald, k - n, ret_topic))
		return true;
	while (glow_herald_topic(&c->herald, n - GLOW_HEARINGS_WISHED, ret_topic))
		n++;
	return c->cfg.metrics && glow_metrics_topic(c->prefix, k - n, ret_topic);
}

static int init(struct glow_conductor *c, struct glow_raw now, const struct glow_wall *wall, struct glow_diag *diag)
{
	const struct glow_conductor_cfg *cfg = &c->cfg;
	char info[GLOW_TOPIC_MAX + 1];
	int r;

	c->offer_ns = GLOW_NEVER;
	c->out = (struct glow_publisher){ c->prefix, c->discovery, cfg->outbox, c->metrics.answers };
	glow_topic_of(info, c->prefix, GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, NULL);
	glow_herald_init(&c->herald, &c->out, GLOW_DISCOVERY_CLUSTER, info, cfg->boot);
	glow_leadership_init(&c->leadership, cfg, &c->out, now, wall);
	glow_members_init(&c->members, &c->placement, cfg->grace_s * SECOND);
	glow_roster_store_init(&c->roster);
	glow_place_store_init(&c->places, &c->out);
	glow_wanted_store_init(&c->wanted, &c->out);
	glow_lights_init(&c->lights, &c->out, &c->members);
	glow_text_store_init(&c->texts, &c->out, glow_parts_effect_changed, c);
	r = glow_placement_init(&c->placement, cfg->order, cfg->reverse, cfg->gap, diag);
	if (r == 0)
		r = glow_requests_init(&c->requests, &c->out, &c->members, cfg->boot);
	c->requests.before_scenes = glow_parts_lay_places;
	c->requests.has_places = glow_parts_has_places;
	c->requests.waiting = glow_parts_places_wait;
	c->requests.ctx = c;
	if (r == 0)
		glow_repertoire_init(&c->repertoire, cfg, &c->requests);
	glow_undo_init(&c->undo, &c->requests);
	glow_uplink_init(&c->uplink, cfg->uplink, &cfg->outbox, cfg->boot);
	glow_relay_init(&c->relay, c->uplink.rack);
	if (c->uplink.on)
		glow_topic_of(c->lights.above, c->uplink.prefix, GLOW_TOPIC_STATE, GLOW_OF_NODE, c->uplink.rack);
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
	glow_place_store_fini(&c->places);
	glow_wanted_store_fini(&c->wanted);
	glow_lights_fini(&c->lights);
	glow_undo_fini(&c->undo);
	glow_requests_fini(&c->requests);
	glow_text_store_fini(&c->texts);
	glow_repertoire_fini(&c->repertoire);
	glow_herald_fini(&c->herald);
	glow_relay_fini(&c->relay);
	free(c);
}

void glow_conductor_packet_max(struct glow_conductor *c, uint32_t bytes)
{
	const uint32_t around = 512; /* the topic and what else there is in a packet */

	bytes = bytes > 2 * around ? bytes - around : around;
	c->roster.bytes_max = bytes < GLOW_ROSTER_MAX ? bytes : GLOW_ROSTER_MAX;
}

void glow_conductor_connected(struct glow_conductor *c, struct glow_raw now, bool leading)
{
	c->metrics.connected = true;
	c->metrics.connects++;
	glow_herald_connected(&c->herald);
	if (glow_members_connected(&c->members, now))
		glow_parts_nodes_changed(c, now);
	if (glow_leadership_connected(&c->leadership, now, leading, &c->members))
		glow_parts_open(c, now);
}

void glow_conductor_disconnected(struct glow_conductor *c, struct glow_raw now)
{
	c->metrics.connected = false;
	glow_leadership_disconnected(&c->leadership, now);
	glow_members_disconnected(&c->members);
	glow_roster_store_lost(&c->roster);
	glow_place_store_lost(&c->places);
	glow_herald_disconnected(&c->herald);
	glow_text_store_disconnected(&c->texts);
	glow_repertoire_disconnected(&c->repertoire);
	glow_undo_drop(&c->undo);
	glow_above_tick(c, now); /* we lead no more */
	glow_lights_disconnected(&c->lights);
}

void glow_conductor_failed(struct glow_conductor *c, struct glow_raw now)
{
	c->metrics.failures++;
	glow_place_store_lost(&c->places); /* it may have broken off while we heard what is kept */
	glow_leadership_failed(&c->leadership, now);
}

void glow_conductor_counts(struct glow_conductor *c, const struct glow_mqtt_counts *counts)
{
	glow_leadership_counts(&c->leadership, counts);
}

void glow_conductor_wall(struct glow_conductor *c, struct glow_raw now, const struct glow_wall *wall)
{
	if (glow_leadership_wall(&c->leadership, now, wall))
		glow_parts_open(c, now);
}

void glow_conductor_tick(struct glow_conductor *c, struct glow_raw now)
{
	if (glow_members_expire(&c->members, now))
		glow_parts_roster_changed(c, now);
	if (glow_leadership_tick(&c->leadership, now))
		glow_parts_open(c, now);
	if (glow_above_tick(c, now))
		glow_parts_open(c, now);
	glow_parts_offer_due(c, now);
	if (glow_herald_asked(&c->herald, now) && glow_parts_lead(c))
		glow_parts_announce(c);
	if (glow_parts_lead(c)) { /* perhaps only just now */
		if (glow_leadership_beacon_due(&c->leadership, now))
			glow_parts_look_ahead(c, now);
		glow_parts_renew_roster(c, now);
		glow_lights_preset(&c->lights, glow_changes_preset(&c->requests.changes), now);
		glow_lights_tick(&c->lights, now);
		glow_library_tick(&c->texts.library, glow_parts_time(c, now).us);
		glow_repertoire_tick(&c->repertoire, &c->leadership.wall, now, glow_parts_time(c, now),
				     glow_parts_ahead_us(c));
		glow_undo_tick(&c->undo, glow_parts_time(c, now));
		glow_requests_tick(&c->requests, glow_parts_time(c, now));
		glow_place_store_tick(&c->places, now);
		if (c->places.in_vain)
			glow_parts_roster_changed(c, now);
	} else {
		glow_undo_drop(&c->undo);
	}
	glow_leadership_beacon(&c->leadership, now);
}

struct glow_raw glow_conductor_next(const struct glow_conductor *c)
{
	int64_t ns = glow_sooner(glow_leadership_next(&c->leadership).ns, c->members.expiry.ns);
	struct glow_time next;

	ns = glow_sooner(ns, glow_herald_next(&c->herald).ns);
	ns = glow_sooner(ns, c->offer_ns);
	ns = glow_sooner(ns, glow_above_next(c).ns);
	if (glow_parts_lead(c)) {
		ns = glow_sooner(ns, c->roster.due.ns);
		ns = glow_sooner(ns, glow_place_store_next(&c->places).ns);
		ns = glow_sooner(ns, c->lights.due.ns);
		ns = glow_sooner(ns, glow_leadership_when(&c->leadership, glow_requests_next(&c->requests)).ns);
		ns = glow_sooner(ns, glow_leadership_when(&c->leadership, glow_undo_next(&c->undo)).ns);
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
						.uplink = &c->uplink,
						.now = now };

	return glow_metrics_write(&view, at, ret_text, room);
}

/* What was answered a moment ago is known to whoever leads next. */
void glow_conductor_goodbye(struct glow_conductor *c)
{
	glow_undo_drop(&c->undo);
	if (glow_parts_lead(c))
		glow_requests_say(&c->requests);
	glow_leadership_goodbye(&c->leadership);
}
