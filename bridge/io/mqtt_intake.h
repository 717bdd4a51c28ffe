/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What comes from the broker, on its way into the owner's box. What the broker keeps is not lost on it:
 *
 * - What it sends because it was asked for what it keeps waits for room, and all behind it waits in the connection and
 * at the broker. So it comes as fast as the owner reads. There is an end to it, so no flood can hold up the rest in
 * this way.
 * - Of what is said just now nothing may wait: who floods us would stop our time. What of it is dropped is asked for
 *   again, topic filter by topic filter, once the owner has caught up; and if that happens again, less and less often.
 *
 * All for the network thread. */

#include <stdbool.h>
#include <stdint.h>

#include "mailbox.h"
#include "mqtt_follow.h"
#include "mqtt_link.h"

#define GLOW_INTAKE_FILTERS  80    /* that are asked for again; more are not */
#define GLOW_INTAKE_HOLD_MS  3000  /* pings wait behind what is held: from then on it takes the oldest one's place */
#define GLOW_INTAKE_FIRST_MS 250   /* from when something was dropped until it is asked for */
#define GLOW_INTAKE_LAST_MS  60000 /* and when that is in vain again and again */

struct glow_intake {
	const struct glow_mqtt_cfg *cfg; /**< borrowed */
	struct glow_mailbox *box;        /**< borrowed; its cfg.lost is glow_intake_lost() */
	struct glow_follows *follows;    /**< borrowed */
	struct glow_mail *held;          /**< waits for room; NULL: nothing does */
	int64_t held_ms;                 /**< since then; 0: not known yet */
	bool leads;                      /**< the connection has the lead topics */
	bool leaving;                    /**< the owner reads no more: nothing waits */
	bool lost[GLOW_INTAKE_FILTERS];  /**< something of it: wished topics, then retained ones */
	bool some_lost;                  /**< of these, or of what is followed */
	bool again[GLOW_INTAKE_FILTERS]; /**< is to be asked for in this round, while `asking` */
	bool asking;
	int64_t ask_ms; /**< when to ask for it; 0: as soon as something is lost again */
	int64_t wait_ms;
};

/** A connection begins: all is asked for anyway. Frees what waits. */
void glow_intake_reset(struct glow_intake *in);

/** Takes `mail` (NULL: there was no memory for it) into the box, or holds it. True for what the broker kept. Nothing
 * may be held when this is called. */
bool glow_intake_put(struct glow_intake *in, struct glow_mail *mail);

/** Tries what is held; false while there is no room for it, and nothing more should be read. */
bool glow_intake_has_room(struct glow_intake *in, int64_t now_ms);

/** A glow_mailbox_cfg.lost; `ctx` is the intake. */
void glow_intake_lost(void *ctx, const char *topic);

/** Asks the broker for what was lost, where it is time for that and the owner has caught up: for one filter, and for
 * the next ones with the next calls, as long as `asking`. Waits for the broker's word on it. How many filters it asked
 * for, and how many follows glow_follows_sync() is to ask for; negative where the connection is gone. */
int glow_intake_ask(struct glow_intake *in, struct glow_link *link, int64_t now_ms);
