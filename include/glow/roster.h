/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Which nodes there are and where each lies on the cluster's strip. Pure and
 * integer-only; the memory behind pointers belongs to whoever made the roster. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/scene.h>

struct glow_roster_node {
	char id[GLOW_NAME_SIZE];
	uint32_t n_groups;
	char (*groups)[GLOW_NAME_SIZE];
	uint32_t pixels;
	uint32_t offset; /**< number of its first pixel on the whole cluster's strip */
	uint32_t gap;    /**< pixels left free behind it, before the next node */
	bool reverse;    /**< it hangs the other way round, as the conductor was told */
	uint32_t kind;   /**< kinds[kind - 1] of the roster tells of its board; 0: only its info does */
};

/** What the infos of many nodes have alike is told once for all of them: so many such kinds at most. */
#define GLOW_KINDS_MAX 32

/** Which of a conductor's words is the latest: on one timeline (term, rev) only ever rises. */
struct glow_edition {
	uint64_t clock_id; /**< the timeline; 0: not known, and so neither before nor after another */
	uint32_t term;     /**< rises with each reign */
	uint64_t rev;      /**< rises with each change */
};

struct glow_roster {
	struct glow_edition edition;
	int64_t effective_us; /**< all nodes take it up at this cluster time */
	uint32_t pixels;      /**< length of the strip */
	uint32_t left_out;    /**< so many more nodes have no place: there was no room for them in a message */
	uint32_t n;
	struct glow_roster_node *nodes; /**< in the order of the strip */
	uint32_t n_kinds;
	char *kinds[GLOW_KINDS_MAX]; /**< as glow_info_kind() */
};

/** Where a board lies on the strip an effect runs along. */
struct glow_place {
	uint32_t offset, total; /**< this board's pixel 0 is number `offset` of `total` */
	bool reverse;           /**< this board is mounted the other way round */
	uint32_t board, boards; /**< it is number `board`, from 0, of `boards` on that strip; of 0: alone */
};

/** What a node knows of the roster: its own places. The memory behind pointers belongs to whoever read it. */
struct glow_places {
	struct glow_edition edition;
	int64_t effective_us;
	struct glow_place whole; /**< on the strip of all nodes; of 0 boards: it has none */
	uint32_t n;
	struct glow_target_place {
		uint32_t target; /**< glow_target_key() */
		struct glow_place place;
	} * targets;
};

/** The longest strip, gaps included: what effects accept. */
#define GLOW_STRIP_MAX (UINT32_C(1) << 24)
/** A conductor counts on from what the broker keeps, unless that is more: readers know numbers to twice this. */
#define GLOW_REV_MAX (UINT64_C(1) << 52)

/** Lays the nodes out in their order: fills each `offset`, and `pixels`. A gap
 * behind the last node does not count. All pixels and gaps are at most GLOW_STRIP_MAX. */
void glow_roster_lay(struct glow_roster *roster);

/** The node's place on the strip of the targeted nodes alone, laid out in the same
 * way. False when the roster lacks the node or the target does not name it. */
bool glow_roster_place(const struct glow_roster *roster, const struct glow_target *target, const char *id,
		       struct glow_place *ret_place);

/** Moves a place on this cluster's strip of the target (glow_roster_place()) to the longer strip that it lies within;
 * the board has so many pixels. Where it lies within none nothing changes. */
void glow_place_within(struct glow_place *place, const struct glow_within *within, uint32_t pixels);

/** The same for every node at once: fills ret_places[k] for each roster->nodes[k], of 0 boards where the target does
 * not name it. */
void glow_roster_strip(const struct glow_roster *roster, const struct glow_target *target,
		       struct glow_place *ret_places);

/** The same for those nodes whose places[k].boards is not 0. */
void glow_roster_strip_of(const struct glow_roster *roster, struct glow_place *places);

/** The place on the target's strip; false where the node has none that it knows of. */
bool glow_places_find(const struct glow_places *places, const struct glow_target *target, struct glow_place *ret_place);

/** True when `known` has all of the places that `wanted` has. Edition and effective_us do not count. */
bool glow_places_cover(const struct glow_places *known, const struct glow_places *wanted);

/** True when a is of the same timeline as b, and older: a broker that was killed comes back with what it had saved. */
bool glow_edition_before(const struct glow_edition *a, const struct glow_edition *b);

/** True when two lists of group ids are equal, in their order. */
bool glow_groups_alike(const char (*a)[GLOW_NAME_SIZE], uint32_t n_a, const char (*b)[GLOW_NAME_SIZE], uint32_t n_b);

/** True when two rosters place the same nodes alike and tell the same of them; edition and effective_us do not count.
 */
bool glow_roster_alike(const struct glow_roster *a, const struct glow_roster *b);
