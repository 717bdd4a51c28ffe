/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How a conductor without history learns the cluster's time: from the nodes,
 * which have kept it. Each of up to GLOW_ADOPT_NODES is probed a few times at
 * short intervals; the separate minima of both directions give its offset, and
 * the median over the nodes gives the cluster's. How well a node knows the time
 * only it can say, and it may lie, so nobody's word weighs more than another's. Pure, as glow/sync.h, whose wire format
 * the probes have. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/sync.h>
#include <glow/time.h>

#define GLOW_ADOPT_NODES  20
#define GLOW_ADOPT_PROBES 16 /**< to each node */

/** A node that knows the time worse than this, one sigma in nanoseconds, has no say. */
#define GLOW_ADOPT_SIGMA_NS 2000000

/** What the answers of one node say. */
struct glow_adopt_node {
	uint32_t probes, replies;
	int64_t up_ns;   /**< least of (S at the node) - (L when the probe left) */
	int64_t down_ns; /**< most of (S at the node) - (L when the answer came) */
	int32_t rate_ppb;
};

/** The caller's storage; its members are the module's. */
struct glow_adopt {
	uint64_t clock_id;
	struct glow_raw start, due;
	uint32_t n, turn;
	struct glow_adopt_node nodes[GLOW_ADOPT_NODES];
};

/** Begins to look for the time of this clock. */
void glow_adopt_init(struct glow_adopt *a, struct glow_raw now, uint64_t clock_id);

/** One more node to ask; its number, or -1 when there are enough. */
int glow_adopt_add(struct glow_adopt *a);

/** Takes the due probe, if there is one: which node to ask, and what to send. */
bool glow_adopt_probe(struct glow_adopt *a, struct glow_raw now, int *ret_node, struct glow_time_request *ret_request);

/** An answer, received at t4; false when it is of no use: not to a probe of
 * ours, of another clock, from a node that does not know the time well, impossible times. */
bool glow_adopt_reply(struct glow_adopt *a, const struct glow_time_reply *reply, struct glow_raw t4);

/** When a probe or the decision is due. */
struct glow_raw glow_adopt_next(const struct glow_adopt *a);

/** True when waiting brings nothing more: all have answered, or 1.5 s have
 * passed and some have, or 3 s have passed. */
bool glow_adopt_done(const struct glow_adopt *a, struct glow_raw now);

/** S minus L in nanoseconds and dS/dL - 1, as the nodes' (lower) medians. False when nobody has answered. */
bool glow_adopt_result(const struct glow_adopt *a, int64_t *ret_offset_ns, int32_t *ret_rate_ppb);
