/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

#include <stdlib.h>

#include <glow/discovery.h>

#include "deliveries.h"
#include "parts.h"
#include "scene_store.h"

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
	return glow_deliveries_ahead_us(glow_members_slow_us(&c->members));
}

/* What the cluster is to Home Assistant now; `groups` is the caller's to free(). */
static struct glow_discovery discovery(const struct glow_conductor *c, char (**ret_groups)[GLOW_NAME_SIZE])
{
	struct glow_discovery d = { .prefix = c->prefix, .page = c->page, .texts = &c->texts.library.list };

	*ret_groups = glow_members_groups(&c->members, &d.n_groups);
	d.groups = (const char(*)[GLOW_NAME_SIZE]) * ret_groups;
	return d;
}

void glow_parts_announce(struct glow_conductor *c)
{
	char(*groups)[GLOW_NAME_SIZE];
	struct glow_discovery d = discovery(c, &groups);

	glow_herald_announce(&c->herald, glow_discovery_cluster_write(GLOW_VERSION, &d));
	free(groups);
}

void glow_parts_offer(struct glow_conductor *c, struct glow_raw now)
{
	char(*groups)[GLOW_NAME_SIZE];
	struct glow_discovery d = discovery(c, &groups);

	glow_herald_offer(&c->herald, glow_discovery_hash(&d), now);
	free(groups);
}

void glow_parts_open(struct glow_conductor *c, struct glow_raw now)
{
	const struct glow_leadership *l = &c->leadership;

	c->metrics.reigns++;
	glow_roster_store_open(&c->roster, l->self.clock_id, l->self.term);
	glow_roster_store_publish(&c->roster, &c->out);
	glow_repertoire_open(&c->repertoire, c->texts.there, l->fresh, glow_parts_time(c, now));
	glow_wanted_store_open(&c->wanted, l->self.clock_id, l->self.term);
	glow_text_store_open(&c->texts, l->self.clock_id, glow_parts_time(c, now)); /* before what means them */
	glow_undo_drop(&c->undo);
	glow_requests_open(&c->requests, l->self.clock_id, l->self.term, l->fresh, glow_parts_time(c, now));
	glow_parts_announce(c);
	glow_roster_store_change(&c->roster, now);
	glow_lights_regroup(&c->lights, now);
}

void glow_parts_nodes_changed(struct glow_conductor *c, struct glow_raw now)
{
	glow_roster_store_change(&c->roster, now);
	glow_lights_regroup(&c->lights, now);
}

void glow_parts_effect_changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	struct glow_conductor *c = ctx;

	glow_scene_store_effect(&c->requests.scenes, was, is);
}

void glow_parts_renew_roster(struct glow_conductor *c, struct glow_raw now)
{
	struct glow_time effective = { glow_parts_time(c, now).us + glow_parts_ahead_us(c) };
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

void glow_parts_wants_changed(struct glow_conductor *c, struct glow_raw now)
{
	if (!glow_placement_want(&c->placement, &c->wanted.wanted))
		return;
	glow_members_place(&c->members);
	glow_roster_store_change(&c->roster, now);
}
