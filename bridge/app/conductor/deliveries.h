/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How long messages take between nodes and conductor, and so how far ahead an
 * instant must lie for every node to hear of it in time. Nodes that know cluster
 * time say in their probes when these left, by their own clocks. */

#include <stdint.h>

#include <glow/quantile.h>

/** All 0 is empty; the members are the module's. */
struct glow_deliveries {
	uint32_t us[GLOW_QUANTILE_MAX]; /**< the latest ones, in a ring */
	uint32_t n, next;
};

/** One delivery. What took over two seconds is passed over: it came from another clock, or is no
 * measure. Less than 0 counts as 0: two clocks differ by a little. */
void glow_deliveries_add(struct glow_deliveries *d, int64_t us);

/** Three times what one in a hundred deliveries takes, and a quarter of a second at least. */
int64_t glow_deliveries_ahead_us(const struct glow_deliveries *d);
