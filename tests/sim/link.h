/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* One direction of a TCP connection over one hop: what is sent arrives, late and in order. */

#include <stdbool.h>
#include <stdint.h>

#include "random.h"

enum jitter { EXPONENTIAL, GAMMA, LOGNORMAL, NORMAL };

/** Milliseconds, and probabilities for each packet. */
struct link_cfg {
	double base_ms;
	enum jitter shape;
	double jitter_ms;            /**< mean on top of the base */
	double tail_p, tail_ms;      /**< now and then exponentially more */
	double stall_p, stall_ms[2]; /**< loss, seen from above TCP: from..to */
	double asymmetry_ms;         /**< the way to the broker takes this more than the way back */
	double floor_ms, floor_at_s; /**< from then on the base is more by this: another route */
	bool power_save;             /**< the radio sleeps when idle and wakes for each beacon */
};

extern const struct link_cfg link_wired, link_wifi, link_bad, link_leg, link_uplink;

struct link {
	struct link_cfg cfg;
	struct dice dice;
	bool up;         /**< to the broker */
	int64_t last_ns; /**< arrival of the packet before */
};

void link_init(struct link *l, const struct link_cfg *cfg, bool up, uint64_t seed, uint64_t which);

/** When a packet that is sent now arrives. */
int64_t link_arrival(struct link *l, int64_t now_ns);
