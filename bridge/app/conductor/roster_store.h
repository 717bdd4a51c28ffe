/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The roster as it is published, and when it is to be renewed. What it should
 * say comes from the members (members.h). */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/publish.h>
#include <glow/roster.h>
#include <glow/time.h>

struct glow_roster_store {
	struct glow_roster roster; /**< as published; rev 0 for none yet */
	struct glow_raw due;       /**< when it is to be renewed; GLOW_NEVER */
};

void glow_roster_store_init(struct glow_roster_store *s);
void glow_roster_store_fini(struct glow_roster_store *s);

/** Something has changed: the roster is due in 0.2 s, so that changes which come together make one. */
void glow_roster_store_change(struct glow_roster_store *s, struct glow_raw now);

/** Takes the retained roster, which another conductor has published, or this one before it restarted. False,
 * and nothing has changed, for an empty message, one older than what it holds, and a broken one, which is logged. */
bool glow_roster_store_restore(struct glow_roster_store *s, const struct glow_message *m);

/** Nothing is due any more. `fresh`, the roster as it should be, becomes the next revision, which takes effect
 * at `effective`, if it places nodes differently; or if the known one lies so far ahead that it is another timeline's.
 * The store takes it over or frees it. True when there is a roster to publish. */
bool glow_roster_store_renew(struct glow_roster_store *s, struct glow_roster *fresh, struct glow_time effective);

/** What it holds is this reign's from now on. */
void glow_roster_store_open(struct glow_roster_store *s, uint64_t clock_id, uint32_t term);

/** Says what it holds, if that is a roster. */
void glow_roster_store_publish(const struct glow_roster_store *s, const struct glow_publisher *out);
