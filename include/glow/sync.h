/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A machine's knowledge of cluster time: S(L) = L + theta(L), where L is its own
 * oscillator (struct glow_raw) and S nanoseconds since the Unix epoch as the
 * first conductor believed it. Pure: no I/O, clock, malloc, globals, and no libm
 * beyond the square root, so that a daemon, a simulation and a browser run the
 * same code. Times go in, the next deadline comes out. One thread at a time.
 *
 * The estimator works on the separate minima of forward and backward delay
 * (docs/sync.md): queueing only ever adds delay, so the fastest of some
 * thousand probes tell the truth that the mean of all hides. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/time.h>

/** Whose clock is followed. A timeline is its clock_id, not a host; `term` rises
 * with every takeover, `boot` is the conductor process. All 0: nobody's yet. */
struct glow_leader {
	uint64_t clock_id;
	uint32_t term, boot;
};

/** A probe on its way out and its answer; on the wire in glow/timing.h. */
struct glow_time_request {
	uint32_t seq;
	int64_t t1_ns; /**< L when sent */
	int64_t s1_ns; /**< the sender's S then, 0 without cluster time */
};

struct glow_time_reply {
	uint32_t seq;
	int64_t t1_ns;        /**< as in the request */
	int64_t t2_ns, t3_ns; /**< S of the answerer when the request came, and when this left */
	struct glow_leader leader;
	/** Only in a node's answer to an adopting conductor: how well the node knows its S, and how it runs. */
	uint32_t sigma_ns;
	int32_t rate_ppb;
	uint8_t state; /**< enum glow_sync_state */
};

enum glow_sync_state {
	GLOW_SYNC_UNSYNCED, /**< no cluster time */
	GLOW_SYNC_ACQUIRE,  /**< a burst of probes runs; after its first group there is cluster time */
	GLOW_SYNC_TRACKING,
	GLOW_SYNC_HOLDOVER, /**< nobody answers; goes on by what is known, with a growing error */
	GLOW_SYNC_RESYNC,   /**< another conductor, or a clock that stepped: measuring anew, the output stays smooth */
	GLOW_SYNC_LEADING,  /**< this machine's S is the cluster's */
};

/** "unsynced", "acquire", "tracking", "holdover", "resync", "leading". */
const char *glow_sync_state_name(enum glow_sync_state state);

#define GLOW_SYNC_RING        768
#define GLOW_SYNC_OUTSTANDING 8

struct glow_sync_cfg {
	uint32_t seed;           /**< spreads the probes of many machines */
	bool power_save;         /**< Wi-Fi power save is on: probe in bursts of four */
	double rate, rate_sigma; /**< what is known of dS/dL - 1 beforehand, e.g. 0 and 60e-6; sigma 0 takes these */
};

struct glow_sync_report {
	enum glow_sync_state state;
	bool valid;        /**< there is cluster time */
	int64_t offset_ns; /**< the estimate's present correction: how far the output is from it */
	uint32_t error_ns; /**< one sigma of the output */
	int32_t rate_ppb;  /**< dS/dL - 1 */
	int64_t rtt_ns;    /**< of the latest accepted probe */
	uint64_t probes, replies, rejected, steps;
};

/** The caller's storage; its members are the module's. */
struct glow_sync {
	struct glow_sync_cfg cfg;
	struct glow_leader leader;
};

void glow_sync_init(struct glow_sync *s, const struct glow_sync_cfg *cfg);

/** The retained conductor info says who leads. A lower term is ignored, the
 * same again changes nothing; another term or boot on the same clock_id
 * resynchronises without a step; another clock_id starts over: the next
 * group of replies steps the output. */
void glow_sync_follow(struct glow_sync *s, struct glow_raw now, struct glow_leader leader);
struct glow_leader glow_sync_leader(const struct glow_sync *s);

/** The way to the conductor is there, or gone. Without it no probe is due. */
void glow_sync_connected(struct glow_sync *s, struct glow_raw now);
void glow_sync_disconnected(struct glow_sync *s, struct glow_raw now);

/** The SoC's temperature in degrees Celsius: a change by more than 3 asks for more probes. NAN is ignored. */
void glow_sync_temperature(struct glow_sync *s, struct glow_raw now, double celsius);

/** When the next probe is due; ns == GLOW_NEVER for none. */
struct glow_raw glow_sync_next_probe(const struct glow_sync *s);

/** Takes the due probe: fills what to send and remembers it. */
void glow_sync_probe(struct glow_sync *s, struct glow_raw now, struct glow_time_request *ret_request);

/** An answer, received at t4. False when it is none of ours: unknown seq,
 * another term, boot or clock, or impossible times. *ret_step_ns is how far the
 * output jumped, 0 in all but a first synchronisation, a new timeline, or an error beyond 20 ms. */
bool glow_sync_reply(struct glow_sync *s, const struct glow_time_reply *reply, struct glow_raw t4,
		     int64_t *ret_step_ns);

/** There is cluster time. */
bool glow_sync_valid(const struct glow_sync *s);

/** The output: cluster time at a local instant, and the local instant of a cluster
 * time. Strictly rising and inverse to each other to within 2 ns; without a step
 * the slope stays within 1000 ppm (and the rate) of 1. Also for instants a little ahead or behind.
 * Only while glow_sync_valid(). */
int64_t glow_sync_now(const struct glow_sync *s, struct glow_raw local);
struct glow_raw glow_sync_when(const struct glow_sync *s, int64_t s_ns);

void glow_sync_report(const struct glow_sync *s, struct glow_raw now, struct glow_sync_report *ret_report);

/** Conductors: from now on this machine's S is the cluster's. The first goes on
 * with the S and rate that it has tracked; the second begins at s_ns with the given rate. */
void glow_sync_lead(struct glow_sync *s, struct glow_raw now, struct glow_leader self);
void glow_sync_begin(struct glow_sync *s, struct glow_raw now, int64_t s_ns, double rate, struct glow_leader self);

/** Leads no more: follows again, keeping its S until it knows better. */
void glow_sync_yield(struct glow_sync *s, struct glow_raw now);
