/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a conductor is made of, each part with a header of its own, and what one of them makes another do. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/conductor.h>
#include <glow/effect.h>
#include <glow/herald.h>
#include <glow/publish.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "leadership.h"
#include "lights.h"
#include "members.h"
#include "metrics.h"
#include "place_store.h"
#include "placement.h"
#include "relay.h"
#include "repertoire.h"
#include "requests.h"
#include "roster_store.h"
#include "text_store.h"
#include "undo.h"
#include "uplink.h"
#include "wanted_store.h"

struct glow_conductor {
	struct glow_conductor_cfg cfg; /* its first four strings are these: */
	char prefix[GLOW_PREFIX_MAX + 1], discovery[GLOW_PREFIX_MAX + 1], page[GLOW_PAGE_MAX + 1],
		node[GLOW_ID_MAX + 1];
	struct glow_publisher out;
	struct glow_leadership leadership;
	struct glow_placement placement;
	struct glow_members members;
	struct glow_roster_store roster;
	struct glow_place_store places;
	struct glow_wanted_store wanted;
	struct glow_lights lights;
	struct glow_text_store texts;
	struct glow_requests requests;
	struct glow_undo undo;
	struct glow_repertoire repertoire;
	struct glow_herald herald;
	struct glow_metrics metrics;
	struct glow_uplink uplink;     /**< to the cluster above, if there is one */
	struct glow_relay relay;       /**< and what is taken over of it: */
	bool relaying;                 /**< it is carried out here */
	uint64_t told_rev;             /**< of the roster by which those above were told what we are, */
	uint32_t told_ahead_us;        /**< and how long it takes us */
	int64_t offer_ns;              /**< when Home Assistant is to hear of other groups or texts; GLOW_NEVER */
	int64_t ahead_us;              /**< how far ahead an instant must be */
	struct glow_raw viewers_until; /* so long the count of their probes goes */
	uint32_t viewers;
};

/** Whether it leads; and whether it hears what a leader keeps. */
bool glow_parts_lead(const struct glow_conductor *c);
bool glow_parts_stand_by(const struct glow_conductor *c);

/** Cluster time, while it leads; and how far ahead an instant must be for every node to hear of it in time. */
struct glow_time glow_parts_time(const struct glow_conductor *c, struct glow_raw now);
int64_t glow_parts_ahead_us(const struct glow_conductor *c);

/** True for a preset that is played in place of a scene: shows it as if it was applied, or takes it back as `undo`
 * does; answers. */
bool glow_parts_play_preset(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now);

/** A command for a group or for all: carried out, and answered. */
void glow_parts_command(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
			struct glow_raw now, int64_t ahead_us);

/** Asks the nodes' deliveries how far that is, and lets others know; twice a second is enough. */
void glow_parts_look_ahead(struct glow_conductor *c, struct glow_raw now);

/** Leading has begun: everything a leader keeps is published. */
void glow_parts_open(struct glow_conductor *c, struct glow_raw now);

/** Tells Home Assistant what the cluster is; or in a while, that it has other texts or groups. */
void glow_parts_announce(struct glow_conductor *c);
void glow_parts_offer(struct glow_conductor *c, struct glow_raw now);
void glow_parts_offer_due(struct glow_conductor *c, struct glow_raw now);

/** The roster may have to be another. */
void glow_parts_roster_changed(struct glow_conductor *c, struct glow_raw now);

/** Who is there, or what a node is, may be another. */
void glow_parts_nodes_changed(struct glow_conductor *c, struct glow_raw now);

/** What people want of the strip is another. */
void glow_parts_wants_changed(struct glow_conductor *c, struct glow_raw now);

/** Publishes the roster and the nodes' places, when that is due and they are others. */
void glow_parts_renew_roster(struct glow_conductor *c, struct glow_raw now);

/** Nodes are told their places for the scenes that play, where they do not know them. `ctx` is the conductor. */
void glow_parts_lay_places(void *ctx);

/** Whether the nodes of a target know theirs on its strip, or wait to be told; and how many are still to be told any.
 * `ctx` is the conductor. */
bool glow_parts_has_places(void *ctx, const struct glow_target *target);
uint32_t glow_parts_places_wait(void *ctx);

/** Scenes that play have this effect: they go on with what is there now. `ctx` is the conductor. */
void glow_parts_effect_changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is);
