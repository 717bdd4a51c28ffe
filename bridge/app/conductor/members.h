/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The nodes that a conductor knows of, and the roster they make. A node is in the
 * roster once its info is known and it is online, and for a grace time after it went
 * offline, so that a node which restarts keeps its place on the strip. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/crowd.h>
#include <glow/diag.h>
#include <glow/roster.h>
#include <glow/time.h>

#include "deliveries.h"
#include "figures.h"
#include "member_light.h"
#include "placement.h"

/** How many are kept, of some 1 KB each with their groups, light and last words. Those who were there first stay; the
 * others go on by themselves. */
#define GLOW_MEMBERS_MAX 10000

/** A node's state as it published it, kept once for all who look back at it. */
struct glow_kept_state {
	uint32_t refs;
	uint32_t len;
	char text[];
};

#define GLOW_KEPT_STATE_MAX 32768   /**< bytes; of a longer one nothing is kept */
#define GLOW_KEPT_STATES    8388608 /**< bytes, of all nodes together */

struct glow_member {
	char id[GLOW_NAME_SIZE];
	bool known; /**< its pixels and groups are known */
	bool online;
	bool told, lit; /**< its state has been heard, or a command for it; that says ON */
	bool on;        /**< the state itself says ON */
	struct glow_member_light light;
	struct glow_kept_state *state; /**< what it said last; NULL: nothing, or too much */
	int64_t since_us;              /**< in it: when the light last changed; INT64_MIN: it does not say */
	/** When the light last changed by a word of ours, as far as the node has said so by then; INT64_MIN: never. A
	 * later since_us is another's doing. */
	int64_t ordered_us;
	bool order_due;   /**< the node has not said so yet: its next change from then on is that */
	uint32_t session; /**< the connection in which its availability was last said */
	int64_t gone_ns;  /**< when it went offline; INT64_MIN: long ago */
	uint32_t pixels, n_groups;
	char (*groups)[GLOW_NAME_SIZE];
	char *kind; /**< what its info has as others have it, glow_info_kind(); NULL for nothing */
	const struct glow_placement_row *place;
	uint32_t ahead_us;                  /**< of a rack: how far ahead an instant lies for its own nodes */
	struct glow_deliveries *deliveries; /**< NULL until it has told of one */
	uint32_t lately;                    /**< glow_lately_add()'s */
	uint32_t slow_us;                   /**< what its slow ones take, if has_slow */
	bool has_slow;
	struct glow_figures *figures; /**< what it tells of how it is doing; NULL as long as nobody wants to know */
};

struct glow_members {
	const struct glow_placement *placement; /**< borrowed */
	int64_t grace_ns;
	struct glow_member *v;   /**< by id */
	uint32_t n, room, most;  /**< `most` may be GLOW_MEMBERS_MAX */
	struct glow_crowd crowd; /**< those beyond */
	struct glow_lately lately;
	size_t kept_states;     /**< bytes */
	uint32_t session;       /**< rises with every connection to the broker */
	struct glow_raw expiry; /**< when the next place is given up; GLOW_NEVER */
};

/** Nobody yet. `placement` stays the caller's and has to outlive the members. */
void glow_members_init(struct glow_members *m, const struct glow_placement *placement, int64_t grace_ns);
void glow_members_fini(struct glow_members *m);

/** The node of that name, or NULL. */
const struct glow_member *glow_members_find(const struct glow_members *m, const char *id);

/** The placement says something else now: asks it for each of them. */
void glow_members_place(struct glow_members *m);

/** The first node whose name comes behind that one, which need not be a node's ("": the first of all); NULL behind the
 * last. */
const struct glow_member *glow_members_after(const struct glow_members *m, const char *id);

/** Where to keep what that node tells of how it is doing; NULL of one that is not known, and without memory. */
struct glow_figures *glow_members_figures(struct glow_members *m, const char *id);

/** What the topics of a node say. True when the roster may differ now. An empty info says that the node is to be
 * forgotten. A broken one changes nothing and fills diag, which is untouched otherwise; one node too many is counted in
 * `crowd`. */
bool glow_members_info(struct glow_members *m, const char *id, const char *payload, size_t len, struct glow_diag *diag);
bool glow_members_availability(struct glow_members *m, const char *id, bool online, struct glow_raw now);

/** What a node's state topic says of its light: true when that is something else than before. Of one that is not known
 * yet nothing is kept. */
bool glow_members_state(struct glow_members *m, const char *id, const char *payload, size_t len);

/** The names of all groups that nodes have, sorted, each once; the caller's to free(). NULL when there is none, or no
 * memory. */
char (*glow_members_groups(const struct glow_members *m, uint32_t *ret_n))[GLOW_NAME_SIZE];

/** True for a node that has the group; any has NULL. */
bool glow_members_belongs(const struct glow_member *one, const char *group);

/** Whether some of these nodes that are online are lit: of the group, or with NULL of all. `ret_lit` is true when one
 * is. False when nothing is known of any. */
bool glow_members_lit(const struct glow_members *m, const char *group, bool *ret_lit);

/** The lights of these nodes are to be on or off in a moment, by a command: what is asked until they say so themselves
 * goes by that. */
void glow_members_expect(struct glow_members *m, const char *group, bool lit);

/** Holds a state beyond the next; and lets it go. NULL is nothing in both. */
struct glow_kept_state *glow_kept_state_hold(struct glow_kept_state *state);
void glow_kept_state_drop(struct glow_kept_state *state);

/** We have told this node what to show from that instant on. */
void glow_members_ordered(struct glow_members *m, const char *id, int64_t at_us);
void glow_member_order(struct glow_member *one, int64_t at_us);

/** Its light has changed since the last word of ours, so by another's. */
bool glow_member_strayed(const struct glow_member *one);

/** A message of that node took so long, as it says. Of one that is not known nothing is kept. */
void glow_members_delivery(struct glow_members *m, const char *id, int64_t us, struct glow_raw now);

/** What slow deliveries take for all but one of the nodes that are online and have told of eight: the second longest of
 * what glow_deliveries_slow_us() says of each. So one of them, however it lies, cannot make it longer than the others'
 * longest. Of two the shorter, of one its own, 0 when there are none. */
uint32_t glow_members_slow_us(const struct glow_members *m);

/** How far ahead an instant has to lie for that, as far as all of them have it so lately. */
int64_t glow_members_ahead_us(const struct glow_members *m);

/** More than half of those that are online have told of eight, or nearly all of a thousand and more told lately. */
bool glow_members_delivered(const struct glow_members *m);

/** Nodes of a roster that another conductor has published, or this one before it restarted. Those that are
 * not online count as having just gone. */
void glow_members_restore(struct glow_members *m, const struct glow_roster *roster, struct glow_raw now);

/** The connection to the broker ended: what is said from now on belongs to the next one. */
void glow_members_disconnected(struct glow_members *m);

/** Everything that the broker keeps has been said: a node of which it keeps nothing any more has gone. True when
 * there was one. */
bool glow_members_connected(struct glow_members *m, struct glow_raw now);

/** Gives up the places whose grace has run out; true when there was one. */
bool glow_members_expire(struct glow_members *m, struct glow_raw now);

/** The roster as it should be now, laid out, with rev and effective_us 0; -ENOMEM. glow_roster_fini() frees it. */
int glow_members_roster(const struct glow_members *m, struct glow_raw now, struct glow_roster *ret_roster);
