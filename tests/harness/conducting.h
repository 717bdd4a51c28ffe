/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A conductor's whole life without a network or a clock: the test says what arrives
 * and what time it is, and reads in the outbox what is said. Where the conductor
 * asks for the time there is a leader, or there are nodes, to answer. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/conductor.h>
#include <glow/sync.h>
#include <glow/timing.h>

#include "outbox.h"

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)
#define START  (1234 * SECOND)
#define WALL   INT64_C(1700000000000000000) /* UTC minus L at the start */
#define BOOT   0x1234abcd
#define OTHER  UINT32_C(77) /* boot of another conductor */
#define CLOCK  UINT64_C(0xfeedbeef01234567)

#define INFO    "glow/conductor/info"
#define ONLINE  "glow/conductor/availability"
#define BEACON  "glow/conductor/beacon"
#define ROSTER  "glow/roster"
#define SCENES  "glow/scene/current"
#define PLAY    "glow/scene/play"
#define STOP    "glow/scene/stop"
#define DIM     "glow/dim/current"
#define ANSWER  "answers/here"
#define CLUSTER "homeassistant/device/glow-cluster/config"

/** Whoever answers probes, 0.2 ms away. */
struct answerer {
	const char *id; /**< of a node; NULL: the leader */
	bool above;     /**< the leader of the cluster above, hall, to which we are rack-a */
	int64_t s_minus_l;
	double rate; /**< of S against our L, from START on */
	uint32_t sigma_ns;
	int32_t rate_ppb;
	struct glow_leader leader;
};

extern struct glow_conductor_cfg cfg; /**< for create() */
extern struct glow_wall wall;
extern struct glow_conductor *conductor;
extern struct glow_diag diag;
extern struct answerer answerers[32];
extern int n_answerers;
extern int n_answered; /**< messages of the outbox that answerers have seen */
extern int wants;      /**< times the lead was asked for, minus those it was given back */
extern int64_t now;    /**< L in ns */

int setup(void **state);
int teardown(void **state);

struct glow_raw raw(void);
int64_t utc_us(void);

void create(void);

/** A message arrives now, unless it says when: as it is, one of a topic, one that wants an answer, a retained one. */
void deliver(struct glow_message m);
void tell(const char *topic, const char *payload);
void ask(const char *topic, const char *payload);
void retain(const char *topic, const char *payload);

/** A probe that arrived at `at`, and left at the asker's s1 (0: it does not know the time). */
void probe(const char *asker, int64_t at, int64_t s1);

/** Time passes: the conductor is asked whenever it wants to be, and its probes are answered. */
void pass(int64_t ns);

/** Connected, standing by. */
void stand_by(void);

/** The broker takes it as leader; what the broker keeps comes by `retained`. */
void take_lead(void (*retained)(void));

/** Leads a timeline of its own, and has said all there is to say of it. */
void lead(void);

/** What another conductor, or this one in an earlier life, has left behind. */
void retain_info(uint32_t term, const char *id, int32_t rate_ppb);
void retain_term_3(void);

/** A leader with a clock of its own runs for a while, and is followed. */
void follow(double rate, int64_t ns);

/** What nodes say; one that is online; and one of 8 pixels in no group. */
void node_info(const char *id, unsigned pixels, const char *groups);
void node_says(const char *id, const char *availability);
void node_with(const char *id, unsigned pixels, const char *groups);
void node(const char *id);

/** Nodes n0, n1... that answer probes; and those, retained, with a conductor's past. */
void add_nodes(int n, int64_t s_minus_l, uint32_t sigma_ns);
void retain_nodes(void);
