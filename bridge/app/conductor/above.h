/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a rack's conductor does with what it hears of the cluster above (uplink.h, relay.h): its own parts follow that
 * one's time, and carry out what was ordered there. Without --uplink all of this does nothing. */

#include <stdbool.h>

#include <glow/message.h>
#include <glow/time.h>

#include "parts.h"

/** False for a message that is none of the cluster above. */
bool glow_above_message(struct glow_conductor *c, const struct glow_message *m, struct glow_raw now);

/** Whether an answer to `m` may go where it asks for one: to what comes from above among the answers there, to all else
 * not above at all. What may be published otherwise is glow_answer_topic_allowed()'s. */
bool glow_above_answers(const struct glow_conductor *c, const struct glow_message *m);

/** Lets time pass. True when the rack has gone over to the timeline of those above, and leading has begun anew. */
bool glow_above_tick(struct glow_conductor *c, struct glow_raw now);
struct glow_raw glow_above_next(const struct glow_conductor *c);
