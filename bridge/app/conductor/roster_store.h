/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The roster as it is published, and when it is to be renewed. What it should
 * say comes from the members (members.h). */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/publish.h>
#include <glow/roster.h>
#include <glow/time.h>

struct glow_roster_store {
	struct glow_roster roster;     /**< as published; rev 0 for none yet */
	struct glow_raw due;           /**< when it is to be renewed; GLOW_NEVER */
	struct glow_raw first, latest; /**< of the changes that it is to be renewed for */
	struct glow_raw again;         /**< the next one is not due before */
	bool kept;                     /**< the broker has just this one */
	uint64_t clock_id;             /**< of whoever makes the next one */
	uint32_t term, nodes;
	size_t bytes_max; /**< what a broker takes, and everybody reads */
};

/** Bytes of a roster that fit into a packet of the largest size that is sent: 10,000 nodes of 100 bytes. Reading one
 * takes 10 MB for a moment, and its nodes 1 MB. */
#define GLOW_ROSTER_MAX 999000

void glow_roster_store_init(struct glow_roster_store *s);
void glow_roster_store_fini(struct glow_roster_store *s);

/** Something has changed: the roster is due in 0.2 s, so that changes which come together make one. Among so many nodes
 * that it takes longer to tell all of them their places, it waits longer for the changes to end, and 0.8 ms for each
 * since the last. */
void glow_roster_store_change(struct glow_roster_store *s, struct glow_raw now, uint32_t nodes);

/** Whether it is to be renewed now. If not, `due` says when to ask again. */
bool glow_roster_store_ripe(struct glow_roster_store *s, struct glow_raw now);

/** Takes the retained roster, which another conductor has published, or this one before it restarted. False,
 * and nothing has changed, for an empty message, one older than what it holds, and a broken one, which is logged. */
bool glow_roster_store_restore(struct glow_roster_store *s, const struct glow_message *m);

/** Nothing is due any more. `fresh`, the roster as it should be, becomes the next revision, which takes effect
 * at `effective`, if it places nodes differently; or if the known one lies so far ahead that it is another timeline's.
 * Nodes that do not fit into bytes_max are left out, which is told, the first ones stay.
 * The store takes it over or frees it. True when there is a roster to publish. */
bool glow_roster_store_renew(struct glow_roster_store *s, struct glow_roster *fresh, struct glow_time effective,
			     struct glow_raw now);

/** A reign has begun. What the broker has of this timeline is good; else what is held becomes this reign's. True when
 * it is to be published. */
bool glow_roster_store_open(struct glow_roster_store *s, uint64_t clock_id, uint32_t term);

/** The broker is gone, or has not taken it: it is to be published again. */
void glow_roster_store_lost(struct glow_roster_store *s);

/** Says what it holds, if that is a roster. */
void glow_roster_store_publish(struct glow_roster_store *s, const struct glow_publisher *out);
