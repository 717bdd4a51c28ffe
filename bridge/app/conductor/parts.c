/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/discovery.h>
#include <glow/info.h>
#include <glow/log.h>
#include <glow/preset.h>

#include "parts.h"
#include "scene_store.h"

#define OFFER_NS INT64_C(200000000)
#define CROWD \
	50 /* so many more, and half as many again, are told before there is a roster: they pace themselves by it */

bool glow_parts_lead(const struct glow_conductor *c)
{
	return c->leadership.phase == GLOW_PHASE_LEADING;
}

bool glow_parts_stand_by(const struct glow_conductor *c)
{
	return c->leadership.phase == GLOW_PHASE_STANDBY;
}

struct glow_time glow_parts_time(const struct glow_conductor *c, struct glow_raw now)
{
	return glow_leadership_time(&c->leadership, now);
}

int64_t glow_parts_ahead_us(const struct glow_conductor *c)
{
	return c->ahead_us;
}

/* As long as few have told how long they take, what held before we led is as good. */
void glow_parts_look_ahead(struct glow_conductor *c, struct glow_raw now)
{
	c->ahead_us = glow_members_ahead_us(&c->members);
	if (c->ahead_us < c->leadership.ahead_us && !glow_members_delivered(&c->members))
		c->ahead_us = c->leadership.ahead_us;
	glow_leadership_ahead(&c->leadership, c->ahead_us, now);
}

/* ---- commands for many ---- */

void glow_parts_command(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now, int64_t ahead_us)
{
	enum glow_command_kind kind = topic->kind == GLOW_TOPIC_SET ? GLOW_COMMAND_SET : GLOW_COMMAND_NOTIFY;
	const char *group = topic->of == GLOW_OF_GROUP ? topic->id : NULL;
	enum glow_lit made, lit = GLOW_LIT_UNKNOWN;
	bool some;

	if (!glow_parts_lead(c))
		return;
	if (glow_members_lit(&c->members, group, &some))
		lit = some ? GLOW_LIT_SOME : GLOW_LIT_NONE;
	made = glow_requests_command(&c->requests, m, kind, glow_parts_time(c, now), ahead_us, lit);
	if (made != GLOW_LIT_UNKNOWN)
		glow_members_expect(&c->members, group, made == GLOW_LIT_SOME);
}

/* ---- Home Assistant ---- */

/* What the cluster is to it now; to be freed by free_discovery(). */
static struct glow_discovery discovery(const struct glow_conductor *c)
{
	struct glow_discovery d = { .prefix = c->prefix, .page = c->page, .texts = &c->texts.library.list };

	d.groups = (const char(*)[GLOW_NAME_SIZE])glow_members_groups(&c->members, &d.n_groups);
	d.presets = (const char(*)[GLOW_NAME_SIZE])glow_shelf_names(&c->repertoire.presets.shelf,
								    GLOW_DISCOVERY_PRESETS, &d.n_presets);
	return d;
}

static void free_discovery(struct glow_discovery *d)
{
	free((void *)d->groups);
	free((void *)d->presets);
}

void glow_parts_announce(struct glow_conductor *c)
{
	struct glow_discovery d = discovery(c);

	glow_herald_announce(&c->herald, glow_discovery_cluster_write(GLOW_VERSION, &d));
	free_discovery(&d);
}

/* To look at all groups of all nodes for each node that comes would be too much. */
void glow_parts_offer(struct glow_conductor *c, struct glow_raw now)
{
	c->offer_ns = glow_sooner(c->offer_ns, now.ns + OFFER_NS);
}

void glow_parts_offer_due(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_discovery d;

	if (now.ns < c->offer_ns)
		return;
	c->offer_ns = GLOW_NEVER;
	d = discovery(c);
	glow_herald_offer(&c->herald, glow_discovery_hash(&d), now);
	free_discovery(&d);
}

/* ---- presets in place of scenes ---- */

/* As if somebody asked for it at its own topic. */
static void play_preset(struct glow_conductor *c, const struct glow_message *m, const struct glow_preset_played *played,
			struct glow_time now)
{
	char topic[GLOW_TOPIC_MAX + 1], payload[48];
	struct glow_message as = *m;

	snprintf(payload, sizeof(payload), "{\"transition\":%.3f}", (double)played->fade_us / GLOW_US_PER_S);
	glow_topic_of(topic, c->prefix, played->name[0] ? GLOW_TOPIC_PRESET_APPLY : GLOW_TOPIC_UNDO, GLOW_OF_CLUSTER,
		      played->name);
	as.topic = topic;
	as.payload = payload;
	as.len = strlen(payload);
	if (played->name[0])
		glow_preset_store_apply(&c->repertoire.presets, played->name, &as, now, glow_parts_ahead_us(c));
	else
		glow_undo_ask(&c->undo, &as, now, glow_parts_ahead_us(c));
}

bool glow_parts_play_preset(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now)
{
	struct glow_preset_played played;
	struct glow_diag diag;
	bool shows = glow_changes_preset(&c->requests.changes)[0];

	if (!glow_preset_played(m->payload, m->len, &played, &diag))
		return false;
	if (diag.code == GLOW_OK)
		glow_command_refuse_retained(m, &diag);
	if (diag.code == GLOW_OK && (played.name[0] || shows))
		play_preset(c, m, &played, glow_parts_time(c, now));
	else
		glow_requests_answer(&c->requests, m, &diag, glow_answer_write(NULL, &diag));
	return true;
}

/* ---- leading ---- */

void glow_parts_open(struct glow_conductor *c, struct glow_raw now)
{
	const struct glow_leadership *l = &c->leadership;

	c->metrics.reigns++;
	glow_parts_look_ahead(c, now);
	if (glow_roster_store_open(&c->roster, l->self.clock_id, l->self.term))
		glow_roster_store_publish(&c->roster, &c->out);
	glow_repertoire_open(&c->repertoire, c->texts.there, l->fresh, glow_parts_time(c, now));
	glow_wanted_store_open(&c->wanted, l->self.clock_id, l->self.term);
	glow_text_store_open(&c->texts, l->self.clock_id, glow_parts_time(c, now)); /* before what means them */
	glow_undo_drop(&c->undo);
	glow_requests_open(&c->requests, l->self.clock_id, l->self.term, l->fresh, glow_parts_time(c, now));
	glow_parts_announce(c);
	glow_parts_roster_changed(c, now);
	glow_lights_regroup(&c->lights, now);
	c->relaying = false; /* until what was said above has been looked at anew */
}

void glow_parts_roster_changed(struct glow_conductor *c, struct glow_raw now)
{
	glow_roster_store_change(&c->roster, now, c->members.n);
}

void glow_parts_nodes_changed(struct glow_conductor *c, struct glow_raw now)
{
	glow_parts_roster_changed(c, now);
	glow_lights_regroup(&c->lights, now);
	if (glow_parts_lead(c) && c->members.n > c->leadership.nodes + c->leadership.nodes / 2 + CROWD)
		glow_leadership_nodes(&c->leadership, c->members.n, now);
}

void glow_parts_effect_changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	struct glow_conductor *c = ctx;

	glow_scene_store_effect(&c->requests.scenes, was, is);
}

void glow_parts_renew_roster(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_time effective = { glow_parts_time(c, now).us + glow_parts_ahead_us(c) +
				       glow_places_us(c->members.n) };
	struct glow_roster roster;
	bool renewed;

	if (!glow_roster_store_ripe(&c->roster, now))
		return;
	if (glow_members_roster(&c->members, now, &roster) < 0) {
		glow_warning("out of memory: the roster stays as it is for now");
		c->roster.due.ns = GLOW_NEVER;
		glow_parts_roster_changed(c, now);
		return;
	}
	renewed = glow_roster_store_renew(&c->roster, &roster, effective, now);
	glow_parts_lay_places(c); /* also where only a place was lost */
	if (!renewed)
		return;
	glow_roster_store_publish(&c->roster, &c->out);
	glow_leadership_nodes(&c->leadership, c->roster.roster.n, now);
}

void glow_parts_lay_places(void *ctx)
{
	struct glow_conductor *c = ctx;
	const struct glow_edition reign = { .clock_id = c->roster.clock_id, .term = c->roster.term };

	glow_place_store_lay(&c->places, &c->roster.roster, &reign, &c->requests.scenes);
}

bool glow_parts_has_places(void *ctx, const struct glow_target *target)
{
	const struct glow_conductor *c = ctx;

	return glow_place_store_has(&c->places, target);
}

uint32_t glow_parts_places_wait(void *ctx)
{
	const struct glow_conductor *c = ctx;

	return glow_place_store_waiting(&c->places);
}

void glow_parts_wants_changed(struct glow_conductor *c, struct glow_raw now)
{
	if (!glow_placement_want(&c->placement, &c->wanted.wanted))
		return;
	glow_members_place(&c->members);
	glow_parts_roster_changed(c, now);
}
