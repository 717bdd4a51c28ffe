/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a conductor hears, by topic: one row each, with the function that hears it and hands it to the part that it
 * concerns. */

#include <stdbool.h>
#include <stddef.h>

#include <glow/message.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "parts.h"

struct glow_hearing {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	bool retained; /**< its retained messages are wanted */
	void (*hear)(struct glow_conductor *c, const struct glow_topic *topic, const struct glow_message *m,
		     struct glow_raw now);
};

/** So many a broker with older rules may refuse. */
#define GLOW_HEARINGS_WISHED 2

/** The rows in the order of subscription: those that are needed, and those that are wished for; NULL behind the last.
 */
const struct glow_hearing *glow_hearing_needed(size_t k);
const struct glow_hearing *glow_hearing_wished(size_t k);

/** A message of whatever topic. */
void glow_hearing_message(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now);
