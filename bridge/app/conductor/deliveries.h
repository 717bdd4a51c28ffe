/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How long messages take between a node and the conductor, and so how far ahead an
 * instant must lie for all nodes, or all but one, to hear of it in time. Nodes that know cluster
 * time say in their probes when these left, by their own clocks: a node may be wrong,
 * or lie, so each has a ring of its own, and members.h asks what all but one of them say. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/time.h>

#define GLOW_DELIVERIES 64

/** From so many nodes on what one of them says is little beside what all say. */
#define GLOW_DELIVERIES_MANY 1000

/** Nothing is believed to take longer, so that an instant lies at most three times that ahead. */
#define GLOW_DELIVERY_MAX_US 2000000

/** Of one node. All 0 is empty; the members are the module's. */
struct glow_deliveries {
	uint32_t us[GLOW_DELIVERIES];   /**< the latest ones, in a ring, */
	uint32_t at_s[GLOW_DELIVERIES]; /**< and when they came */
	uint32_t n, next;
};

/** One delivery. What took longer than GLOW_DELIVERY_MAX_US is passed over, and so is what arrived more than 20 ms
 * before it left: it came from another clock, or is no measure. A little less than 0 counts as 0: two clocks differ. As
 * soon as eight came within a minute, older ones are forgotten: a storm is over, and a node that asks so often tells
 * soon enough of the next. */
void glow_deliveries_add(struct glow_deliveries *d, int64_t us, struct glow_raw now);

/** What its slow ones take: the second longest of the latest 64, the longest where fewer than 50 are left. False as
 * long as there are fewer than eight, which is what a node needs to know the time. */
bool glow_deliveries_slow_us(const struct glow_deliveries *d, uint32_t *ret_us);

/** What all nodes tell, in the five to ten seconds before the latest word. All 0 is empty; the members are the
 * module's. */
struct glow_lately {
	uint32_t number; /**< of the present part */
	struct glow_longest {
		uint32_t nodes;         /**< who told in it and not since */
		uint32_t us, second_us; /**< the longest, and the longest of any other node */
		const void *who;        /**< said the first */
	} part[2];                      /**< the present five seconds, and those before */
};

/** One delivery, of those that glow_deliveries_add() takes. `who` tells nodes apart; each keeps a number, 0 at first.
 */
void glow_lately_add(struct glow_lately *l, const void *who, uint32_t *number, int64_t us, struct glow_raw now);

/** A thousand nodes have told, and that is nine tenths of those that are online. One may have told as often as it
 * likes. */
bool glow_lately_tells(const struct glow_lately *l, uint32_t online);

/** What slow deliveries may be believed to take where they have: `slow_us`, but between half and twice the longest of
 * all nodes but one. So many tell what holds now; what took longer was a storm. */
uint32_t glow_lately_slow_us(const struct glow_lately *l, uint32_t slow_us);

/** How far ahead an instant has to lie where the slow ones of so many nodes take so long: three times that, of a
 * thousand and more twice, as the longest of so many is hardly chance; and a quarter of a second at least. */
int64_t glow_deliveries_ahead_us(uint32_t slow_us, uint32_t nodes);

/** Of that, the deliveries: 0 where it is the least that there is. */
uint32_t glow_deliveries_of_ahead_us(uint32_t ahead_us, uint32_t nodes);
