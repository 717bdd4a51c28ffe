/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Whether this conductor leads, and the cluster time it then gives: the right to
 * speak (glow/election.h), the time to speak of (glow/sync.h, adoption.h) and what
 * everybody is told of it (announcer.h). What a leader does with both is no business of this part. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/conductor.h>
#include <glow/election.h>
#include <glow/follower.h>
#include <glow/message.h>
#include <glow/publish.h>
#include <glow/sync.h>
#include <glow/time.h>

#include "adoption.h"
#include "announcer.h"
#include "members.h"

enum glow_phase {
	GLOW_PHASE_STANDBY,  /**< another leads, or nobody; follows the leader's time */
	GLOW_PHASE_ADOPTING, /**< has the lead, and asks the nodes for the time */
	GLOW_PHASE_WAITING,  /**< has the lead, and waits for a wall clock to begin a timeline from */
	GLOW_PHASE_LEADING,  /**< gives the time */
};

/** The caller's storage. Others may read `phase`, `self` and `fresh`; the members are the module's. */
struct glow_leadership {
	const struct glow_conductor_cfg *cfg; /**< borrowed */
	enum glow_phase phase;
	struct glow_leader self; /**< as whom we lead, or did last */
	bool fresh;              /**< leading: on a timeline that began here */
	struct glow_election election;
	struct glow_follower follower; /**< its sync is cluster time, in every phase */
	struct glow_adoption adoption;
	struct glow_announcer announcer;
	uint32_t nodes;         /**< in the roster, for the info */
	uint32_t ahead_us;      /**< how far ahead commands lie, as the info says; what the leader before us said */
	struct glow_raw defend; /**< when it is false that another leads, as an info says; GLOW_NEVER */
	uint32_t rival_term;    /**< the latest of our clock in such an info */
	struct glow_raw start;
	struct glow_wall wall;
	struct glow_mqtt_counts messages;
	bool wall_told;                 /**< of an unset wall clock, once */
	struct glow_uplink_info uplink; /**< how the way to a cluster above is, for the info */
	struct glow_raw joined;         /**< when we went over to the timeline of a cluster above; long ago */
	uint32_t asked_term;            /**< the latest that was known when the lead was asked for */
	bool rate_known;                /**< rate_ppb is this machine's own, from before a restart */
	int32_t rate_ppb;
	uint32_t rolls; /**< of the dice for clock ids */
};

/** Stands by. cfg and what `out` borrows have to outlive it. */
void glow_leadership_init(struct glow_leadership *l, const struct glow_conductor_cfg *cfg,
			  const struct glow_publisher *out, struct glow_raw now, const struct glow_wall *wall);

/** Events as in glow/conductor.h. True when leading has begun with this one: info and a beacon have been
 * published, and cluster time is there. Where nodes have to be asked for the time, it is the members that are online.
 */
bool glow_leadership_connected(struct glow_leadership *l, struct glow_raw now, bool leading,
			       const struct glow_members *members);
/** For the info, when that is said next. */
void glow_leadership_counts(struct glow_leadership *l, const struct glow_mqtt_counts *counts);
bool glow_leadership_wall(struct glow_leadership *l, struct glow_raw now, const struct glow_wall *wall);
bool glow_leadership_tick(struct glow_leadership *l, struct glow_raw now);
void glow_leadership_disconnected(struct glow_leadership *l, struct glow_raw now);
void glow_leadership_failed(struct glow_leadership *l, struct glow_raw now);
void glow_leadership_goodbye(struct glow_leadership *l);

/** The second half of a tick, after all that is more urgent: sends the beacon that is due. */
void glow_leadership_beacon(struct glow_leadership *l, struct glow_raw now);

bool glow_leadership_beacon_due(const struct glow_leadership *l, struct glow_raw now);

/** When one of these two has something to do; GLOW_NEVER. */
struct glow_raw glow_leadership_next(const struct glow_leadership *l);

/** There are so many nodes in the roster. A leader says so. */
void glow_leadership_nodes(struct glow_leadership *l, uint32_t n, struct glow_raw now);

/** Commands for many nodes lie so far ahead. A leader says so when that has risen, or fallen to less than half. */
void glow_leadership_ahead(struct glow_leadership *l, int64_t us, struct glow_raw now);

/** A node has come online: while others are being asked for the time, it is too. */
void glow_leadership_node_came(struct glow_leadership *l, const char *id);

/** A cluster above has this time. Goes over to its timeline: true when leading has begun anew there; false where we are
 * on it already, or have no lead. On it, steering makes our time the same. */
bool glow_leadership_join(struct glow_leadership *l, struct glow_raw now, const struct glow_sync *above);
void glow_leadership_steer(struct glow_leadership *l, struct glow_raw now, const struct glow_sync *above);

/** How the way there is. A leader says so, when it is news. */
void glow_leadership_uplink(struct glow_leadership *l, const struct glow_uplink_info *uplink, struct glow_raw now);

/** Messages, by their topic. */
void glow_leadership_hear_info(struct glow_leadership *l, const struct glow_message *m, struct glow_raw now);
void glow_leadership_hear_availability(struct glow_leadership *l, const struct glow_message *m, struct glow_raw now);
void glow_leadership_hear_beacon(struct glow_leadership *l, const struct glow_message *m, struct glow_raw now);
void glow_leadership_hear_reply(struct glow_leadership *l, const struct glow_message *m);
void glow_leadership_hear_adopt_reply(struct glow_leadership *l, const struct glow_message *m);

/** A probe of a node or a conductor that stands by (`of` GLOW_OF_NODE), or of one who looks: answered if we lead. True
 * when it told when it left: *ret_delivery_us is how long it took by the asker's clock, which may be any. */
bool glow_leadership_answer(struct glow_leadership *l, enum glow_topic_of of, const char *asker,
			    const struct glow_message *m, struct glow_raw now, int64_t *ret_delivery_us);

/** Cluster time, and this machine's instant of a cluster time (GLOW_NEVER is at no time). Only while leading. */
struct glow_time glow_leadership_time(const struct glow_leadership *l, struct glow_raw now);
struct glow_raw glow_leadership_when(const struct glow_leadership *l, struct glow_time time);
