/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* One of thousands of simulated nodes: a connection of its own with the client id, will, subscriptions and messages of
 * a real one, a crystal of its own, and the programs' own filter for the time. It draws nothing, and reads of a message
 * what it needs to know that it came. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/follower.h>
#include <glow/timing.h>

#include "../../bridge/io/backoff.h"
#include "packet.h"
#include "swarm_link.h"

enum swarm_kind {
	SWARM_PROTOCOL, /* connecting, subscribing, acknowledging, pings */
	SWARM_PROBE,
	SWARM_REPLY,
	SWARM_INFO,
	SWARM_AVAILABILITY,
	SWARM_STATE,
	SWARM_STATS,
	SWARM_EFFECTS,
	SWARM_PLACE,
	SWARM_SCENE,
	SWARM_COMMAND,
	SWARM_APPLY,
	SWARM_CONDUCTOR,
	SWARM_OTHER,
	SWARM_KINDS,
};

struct swarm_count {
	uint64_t messages, bytes;
};

/** What all nodes of a process share. */
struct swarm {
	struct swarm_road road;                              /**< to the broker */
	const char *prefix, *info, *state, *stats, *effects; /**< templates: @ID@, @GROUP@ */
	unsigned groups;                                     /**< how many groups nodes are spread over */
	int64_t raw0_ns;                                     /**< when it began */
	struct swarm_count in[SWARM_KINDS], out[SWARM_KINDS];
	struct glow_conductor_info conductor; /**< as it was heard last */
	char conductor_text[PACKET_KEPT];
	size_t n_conductor;
	/** The latest place that anybody has read: its edition and bytes, of how many boards that is; how many editions
	 * there were. */
	uint64_t place, place_bytes, places;
	uint32_t boards;
	uint64_t scene; /**< edition of the latest */
	uint32_t of;    /**< of the latest command for many */
	/** Bounds of the leader's S - L from everybody's probes, by second; who that is. */
	struct {
		int64_t second, low_ns, high_ns;
	} bounds[16];
	uint32_t leader_boot;
	uint64_t connects, failures, lost, alone;
};

enum swarm_phase { SWARM_OFF, SWARM_WAITING, SWARM_DIALING, SWARM_GREETING, SWARM_ASKING, SWARM_ONLINE };

struct swarm_node {
	struct swarm *swarm;
	char id[12];
	uint32_t number;
	struct swarm_link link;
	enum swarm_phase phase;
	int64_t due_ns; /**< when it wants to be asked, CLOCK_MONOTONIC_RAW */
	int64_t since_ns, heard_ns, said_ns, stats_ns;
	unsigned asked, unacked; /**< SUBSCRIBEs so far, and what the broker has not acknowledged */
	bool announced;
	uint16_t packet_id;
	struct packet_out out;
	struct packet_in in;
	struct glow_backoff backoff;
	struct glow_follower follower;
	int64_t base_ns; /**< its clock at raw0_ns */
	int32_t ppb;
	uint64_t scene; /**< edition that it has */
	int64_t scene_ns;
	uint32_t boards;               /**< with how many others it lies on the strip; 0: nobody has said */
	int64_t aimed_ns;              /**< since when it knows its place on the strip of a target; 0: it does not */
	uint32_t waiting_of, shown_of; /**< the command for many that it waits to carry out, and the last it did */
	int64_t show_ns, shown_ns;
	int64_t answered_ns; /**< when the last probe was answered */
	int64_t asked_ns;    /**< a command for many came, and nobody has said when; 0: none */
	bool late;
};

void swarm_node_init(struct swarm_node *n, struct swarm *swarm, uint32_t number);

/** From then on it is, or tries to be, connected; and no more, as if its power had failed. */
void swarm_node_start(struct swarm_node *n, int64_t at_ns);
void swarm_node_stop(struct swarm_node *n);

/** Its socket can be read or written. `buffer` is anybody's. */
void swarm_node_event(struct swarm_node *n, uint32_t events, uint8_t *buffer, size_t size);

/** Does what is due at this instant. */
void swarm_node_tick(struct swarm_node *n, int64_t now_ns);

/** The step in which a bridge asks for what is live, behind those for what the broker keeps. */
#define SWARM_LIVE   2
#define SWARM_TOPICS 16
/** Whether one more step follows, in which it lets go of what comes by a group now. */
bool swarm_topics_grouped(const struct swarm_node *n);
/** The topics of step n->asked, of which the first *ret_live are live; how many. */
size_t swarm_topics(const struct swarm_node *n, char ret_names[SWARM_TOPICS][GLOW_TOPIC_MAX + 1], size_t *ret_live);

/** Its clock at an instant of CLOCK_MONOTONIC_RAW, and the other way round. */
struct glow_raw swarm_node_local(const struct swarm_node *n, int64_t raw_ns);
int64_t swarm_node_raw(const struct swarm_node *n, int64_t local_ns);

int64_t swarm_raw_ns(void);
