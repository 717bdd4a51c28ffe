/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A cluster in virtual time: machines with crystals, links, a broker between them, and
 * events in a queue. The clocks are the daemon's own: the same glow_sync object.
 *
 * Or many clusters in a tree: each broker but the root is bridged to the one above, and whoever leads there follows
 * the conductor above through that bridge, as a node would, and steers its own cluster's time by that. Nodes are at the
 * lowest brokers. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/adopt.h>
#include <glow/sync.h>

#include "figures.h"
#include "link.h"
#include "oscillator.h"
#include "queue.h"
#include "rival.h"

#define MS  INT64_C(1000000)
#define SEC INT64_C(1000000000)

enum { MACHINES_MAX = 104, BROKERS_MAX = 8, HELD_MAX = 32 };

/** The broker's end of a connection. With Nagle's algorithm what is small waits until what is under way is
 * acknowledged. */
struct connection {
	bool in_flight;
	uint32_t acks; /**< which acknowledgement is waited for */
	struct packet held[HELD_MAX];
	int holding;
};

struct machine {
	struct oscillator crystal;
	int home, above; /**< the broker that it is connected to; of a rack's conductor the one above, else -1 */
	struct link up, down;
	struct connection connection;
	struct glow_sync sync;
	struct glow_sync uplink; /**< a leading conductor's of a rack: as a client of the one above */
	struct rival rival[RIVALS];
	bool alive, online, leads;
	int64_t joined_ns;
	uint32_t life; /**< counts connections: what was under way in an earlier one is lost */
	int64_t wake_ns;
	int64_t first_ns, stepped_ns;   /**< the first step that glow_sync_reply() told of, and the sum of all */
	int64_t jump_ns, rival_jump_ns; /**< greatest at a reply, without such a step; and the last sample's */
	uint64_t packets;
};

struct broker {
	int above;            /**< the one that it is bridged to; -1: it is the root */
	struct link up, down; /**< of the bridge */
	bool bridged;
	uint32_t life; /**< counts the bridge's connections */
	int64_t free_ns;
};

struct world_cfg {
	struct oscillator_cfg crystal;
	const struct link_cfg *link[2]; /**< of even and odd nodes */
	int nodes, conductors;          /**< conductors: of each broker */
	int racks[2];                   /**< brokers below the root, and below each of those; 0: none */
	double interval_s[2];           /**< of nodes, least and most between probes; 0: as shipped */
	bool unfiltered;                /**< control: rack conductors serve what the last answer said */
	bool nagle, power_save;
	bool untold;             /* power_save: nobody tells the nodes, as in a container */
	bool careless;           /**< control: nodes take replies of any conductor for their own's */
	double command_every_ms; /**< a command for all nodes, again and again; 0: none */
};

struct world {
	struct world_cfg cfg;
	uint64_t seed;
	struct dice dice;
	int64_t t_ns;
	bool broker_up;
	struct broker broker[BROKERS_MAX]; /**< the root first, level by level */
	int brokers;
	struct machine machine[MACHINES_MAX]; /**< nodes first, then each broker's conductors */
	int machines;
	struct glow_adopt adopt; /**< of the conductor that is without history */
	double rate_known;       /**< to it, of S against its crystal; NAN: not */
	struct queue queue;
	struct figures rtt_ms; /**< of every accepted reply */
};

/** The machines, none of them connected. */
struct world *world_create(const struct world_cfg *cfg, uint64_t seed);
void world_destroy(struct world *w);

/** Lets everything happen up to t_ns. */
void world_run(struct world *w, int64_t t_ns);

/** Has `script` called at t_ns, in the order of events. */
void world_at(struct world *w, int64_t t_ns, script_fn *script, int argument);

/** The first conductor begins a timeline; the nodes join it in the first second. So does the first conductor of every
 * other broker, which leads as soon as it knows the time. Nobody else connects yet. */
void world_begin(struct world *w);
int world_conductor(const struct world *w, int k);

/** The k-th conductor of this broker. */
int world_rack_conductor(const struct world *w, int broker, int k);

void world_join(struct world *w, int machine);
void world_leave(struct world *w, int machine);

/** This conductor has just started and asks the nodes for the time; then it leads. */
void world_adopt(struct world *w, int machine, double rate_known);

/** This machine leads: with what it has tracked, as `leader`. It tells everybody. */
void world_lead(struct world *w, int machine, struct glow_leader leader);

/** The same from s_ns on by `rate`; silently: it answers, but nobody is told. */
void world_lead_from(struct world *w, int machine, int64_t s_ns, double rate, struct glow_leader leader, bool silent);

/** A broker's bridge breaks, or is whole again. */
void world_bridge(struct world *w, int broker, bool whole);

/** Of a single broker: it goes away, and comes back after this; everybody reconnects 0.1 to 2 s later. */
void world_restart_broker(struct world *w, int64_t away_ns);

/** A machine's L and S now. */
struct glow_raw world_local(struct world *w, int machine);
int64_t world_time(struct world *w, int machine);

/** The S that it answers by: its own, but for a control. */
int64_t world_served(struct world *w, int machine);
