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

static inline bool glow_leader_same(struct glow_leader a, struct glow_leader b)
{
	return a.clock_id == b.clock_id && a.term == b.term && a.boot == b.boot;
}

/** A probe on its way out and its answer; on the wire in glow/timing.h. */
struct glow_time_request {
	uint32_t seq;
	int64_t t1_ns; /**< L when sent */
	int64_t s1_ns; /**< the sender's S then, 0 without cluster time, or as long as it is on another timeline */
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
	GLOW_SYNC_HOLDOVER, /**< nobody answers; goes on with what is known, and a growing error */
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
	/** Between probes, after the opening burst: no less and no more than this; 0 takes 1 s and 32 s. */
	int64_t interval_min_ns, interval_max_ns;
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

/* From here to glow_sync_init(): the members of struct glow_sync, which are the module's own. */

/** One probe: u >= theta and v <= theta, but for the clocks' own resolution. */
struct glow_sample {
	int64_t t1_ns, t4_ns; /**< L */
	int64_t u_ns, v_ns;   /**< t2 - t1, t3 - t4 */
};

struct glow_filter {
	uint32_t count, next; /**< filled, and where the next goes */
	struct glow_sample ring[GLOW_SYNC_RING];
};

/** What is believed of theta: theta_ns at l_ns, from there on by `rate`; and one sigma of both. */
struct glow_line {
	int64_t l_ns, theta_ns;
	double rate, sigma_ns, rate_sigma;
};

/** S(L): s_ns at l_ns, then by `rate`, after ten seconds by `late_rate`; while slewing
 * `slew_rate` more, until `slew_ns` are made up. */
struct glow_output {
	int64_t l_ns, s_ns;
	double rate, late_rate, slew_ns, slew_rate;
};

struct glow_schedule {
	int64_t due_ns, interval_ns, calm_ns; /**< calm_ns: since when nothing has asked for more probes */
	uint32_t sent;                        /**< probes since the burst began */
	uint32_t unanswered;                  /**< since the last answer */
	uint32_t crowd;                       /**< how many ask the same conductor */
	bool busy;                            /**< the last answer was late: who answers has much to do */
	double celsius;
};

/** The caller's storage; its members are the module's. */
struct glow_sync {
	struct glow_sync_cfg cfg;
	struct glow_leader leader;
	enum glow_sync_state phase;  /**< all but GLOW_SYNC_HOLDOVER, which is a matter of now */
	bool connected, valid, anew; /**< anew: the next group steps the output */
	struct glow_filter filter;
	double prior_rate, prior_sigma; /**< of the slope, for the samples in the filter */
	double smooth_rate, smooth_ns;  /**< mean slope of the last 100 s, and of how many it is so far */
	struct glow_line line;          /**< what the output follows */
	struct glow_output out;
	int64_t resync_ns, reply_ns, rtt_ns; /**< L of the last RESYNC and accepted reply */
	uint32_t unchecked, strikes;         /**< samples since the last look for impossible ones, and finds running */
	struct glow_schedule schedule;
	struct glow_time_request sent[GLOW_SYNC_OUTSTANDING]; /**< by seq; seq 0: none */
	uint32_t seq;
	uint64_t probes, replies, rejected, steps;
};

void glow_sync_init(struct glow_sync *s, const struct glow_sync_cfg *cfg);

/** The retained conductor info says who leads. On one clock_id a lower term is ignored and the
 * same again changes nothing; the next term of the same boot goes on; any other term or boot on the same clock_id
 * resynchronises without a step; another clock_id starts over: the next
 * group of replies steps the output, whatever the term. Ignored while leading. */
void glow_sync_follow(struct glow_sync *s, struct glow_raw now, struct glow_leader leader);
struct glow_leader glow_sync_leader(const struct glow_sync *s);

/** There is a connection on which the conductor can be asked, or there is none any more. Without it no probe is due. */
void glow_sync_connected(struct glow_sync *s, struct glow_raw now);
void glow_sync_disconnected(struct glow_sync *s, struct glow_raw now);

/** The SoC's temperature in degrees Celsius: a change by more than 3 asks for more probes. NAN is ignored. */
void glow_sync_temperature(struct glow_sync *s, struct glow_raw now, double celsius);

/** So many machines ask the same conductor, this one among them: above 100 the burst is slower, above 1000 there is
 * more time between probes than cfg says. */
void glow_sync_crowd(struct glow_sync *s, uint32_t n);

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
 * time. Rising (strictly from one instant to the next but one) and inverse to each
 * other to within 2 ns; without a step the slope stays within 1000 ppm (and the rate) of 1. Also
 * for instants a little ahead or behind; a reply bends what comes after its t4. Only while
 * glow_sync_valid(). */
int64_t glow_sync_now(const struct glow_sync *s, struct glow_raw local);
struct glow_raw glow_sync_when(const struct glow_sync *s, int64_t s_ns);

void glow_sync_report(const struct glow_sync *s, struct glow_raw now, struct glow_sync_report *ret_report);

/** Conductors: from now on this machine's S is the cluster's. The first goes on
 * with the S and rate that it has tracked; the second begins at s_ns with the given rate. */
void glow_sync_lead(struct glow_sync *s, struct glow_raw now, struct glow_leader self);
void glow_sync_begin(struct glow_sync *s, struct glow_raw now, int64_t s_ns, double rate, struct glow_leader self);

/** Leading a cluster below another: makes this S that of `above`, which is this machine as a client there. Never a
 * step: what is off is made up at this pace (10e-6 is 10 ppm), or within 200 s where that is sooner, so that those who
 * follow can follow that too. Between calls S goes on in the rate it has. Does nothing while not leading, or as long as
 * `above` has no time. */
void glow_sync_steer(struct glow_sync *s, struct glow_raw now, const struct glow_sync *above, double pace);

/** Stops leading and follows again, keeping its S until it knows better. */
void glow_sync_yield(struct glow_sync *s, struct glow_raw now);
