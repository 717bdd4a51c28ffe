/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* When a conductor asks for the lead. The broker decides who has it: the
 * leader is whoever is connected under the cluster's one lead id, and a second
 * connection under that id ends the first. So there is nothing to vote on, only
 * to wait for: silence, or word that the leader has gone. Pure: events and the
 * time go in, the next deadline comes out. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/time.h>

enum glow_election_state {
	GLOW_ELECTION_AWAY,    /**< not connected */
	GLOW_ELECTION_STANDBY, /**< under the own id, listening for the leader */
	GLOW_ELECTION_TAKING,  /**< has asked for the lead; the connection is under way */
	GLOW_ELECTION_LEADING, /**< connected under the lead id */
};

/** The caller's storage; its members are the module's. */
struct glow_election {
	enum glow_election_state state;
	uint32_t seed, rolls;
	uint32_t crowd;        /**< how many nodes there are */
	int64_t take_ns;       /**< standby: when the lead is taken unless something is heard */
	int64_t not_before_ns; /**< after a lost lead or a failed attempt */
};

/** `seed` tells conductors apart: it spreads their waits. */
void glow_election_init(struct glow_election *e, uint32_t seed);

/** There are so many nodes. Waits for a silent leader are longer by 2 ms for each, up to 8 s: a broker tells of
 * one that is gone, and passes on beacons late while thousands come at once. Where none was heard yet it is 0.2 ms. */
void glow_election_crowd(struct glow_election *e, uint32_t n);

/** Connected, under the lead id or the own one. */
void glow_election_connected(struct glow_election *e, struct glow_raw now, bool leading);

/** A connection ended; that of the own id ends while the lead is being taken, which is as it should be. */
void glow_election_disconnected(struct glow_election *e, struct glow_raw now);

/** An attempt to connect failed, under either id. */
void glow_election_failed(struct glow_election *e, struct glow_raw now);

/** Somebody leads: another conductor's beacon, or its `online`. Silence of 1 to 1.5 s begins anew. */
void glow_election_heard(struct glow_election *e, struct glow_raw now);

/** The leader said `offline`, or the broker in its place, and there is no reason to
 * let others go first: the lead is taken within 0.2 s. */
void glow_election_offline(struct glow_election *e, struct glow_raw now);

/** The lead came, and is given back to one who took it a moment before and knows
 * more: until that one is heard, or 1 to 1.5 s are over. */
void glow_election_giveback(struct glow_election *e, struct glow_raw now);

/** When glow_election_tick() has something to do; ns == GLOW_NEVER if at no time. */
struct glow_raw glow_election_next(const struct glow_election *e);

/** True, once: ask for the lead now. */
bool glow_election_tick(struct glow_election *e, struct glow_raw now);
