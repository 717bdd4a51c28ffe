/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What everybody is told of the leader, at conductor/info, conductor/availability
 * and conductor/beacon: said while we lead, and kept as heard while another does. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/publish.h>
#include <glow/time.h>
#include <glow/timing.h>

struct glow_announcer {
	struct glow_publisher out;
	bool has_info, online;           /**< what the broker keeps: an info, and "online" */
	struct glow_conductor_info info; /**< the latest one, ours or another's */
	struct glow_raw beacon;          /**< when the next one is due; GLOW_NEVER */
	uint32_t beacon_seq;
};

void glow_announcer_init(struct glow_announcer *a, const struct glow_publisher *out);

/** Publishes "online" or "offline". */
void glow_announcer_availability(struct glow_announcer *a, bool online);

/** Publishes the info, unless it says what the latest one said. Its wall clock may move by 5 ms until then. */
void glow_announcer_info(struct glow_announcer *a, const struct glow_conductor_info *info);

/** Sends a beacon; the next one is due in half a second. `time` is 0 while we do not know it yet. */
void glow_announcer_beacon(struct glow_announcer *a, struct glow_raw now, struct glow_leader leader,
			   struct glow_time time);

/** Reads the info that somebody has published. False for an empty message and for a broken one, which is logged. */
bool glow_announcer_read(const struct glow_message *m, struct glow_conductor_info *ret_info);

/** Keeps an info that was read: it is what the broker has. */
void glow_announcer_keep(struct glow_announcer *a, const struct glow_conductor_info *info);
