/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What people want of the strip, as the conductor keeps it for itself, for whoever leads next, and for all who show
 * boards by their titles. What comes of it is a matter of placement.h. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/publish.h>
#include <glow/wanted.h>

#include "members.h"

struct glow_wanted_store {
	struct glow_publisher out;
	struct glow_wanted wanted; /**< as published; rev 0 for none yet */
};

void glow_wanted_store_init(struct glow_wanted_store *s, const struct glow_publisher *out);
void glow_wanted_store_fini(struct glow_wanted_store *s);

/** Takes what the broker keeps. False, and nothing has changed, for an empty message, one older than what it holds, and
 * a broken one, which is logged. */
bool glow_wanted_store_restore(struct glow_wanted_store *s, const struct glow_message *m);

/** We lead from now on: what it holds is this reign's, and is published, if people ever wanted anything. */
void glow_wanted_store_open(struct glow_wanted_store *s, uint64_t clock_id, uint32_t term);

/** Somebody wants something else; answers. The nodes that it names have to be known, unless it says `absent`, or was
 * kept already. True when something has changed, and has been published. */
bool glow_wanted_store_set(struct glow_wanted_store *s, const struct glow_message *m,
			   const struct glow_members *members);
