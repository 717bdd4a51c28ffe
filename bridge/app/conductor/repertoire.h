/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What people have prepared: presets, when something shows by itself, and what shows first. */

#include <stdint.h>

#include <glow/conductor.h>
#include <glow/message.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "agenda_store.h"
#include "preset_store.h"

struct glow_repertoire {
	struct glow_preset_store presets;
	struct glow_agenda_store agenda;
	char boot_preset[GLOW_ID_MAX + 1];
	int64_t boot_us; /**< when that is to be shown, in cluster time; GLOW_NEVER */
};

/** Nothing is prepared but what cfg says. The requests have to outlive it. */
void glow_repertoire_init(struct glow_repertoire *r, const struct glow_conductor_cfg *cfg,
			  struct glow_requests *requests);
void glow_repertoire_fini(struct glow_repertoire *r);

/** What the broker keeps, while we do not lead; and the connection to it is gone. */
void glow_repertoire_restore(struct glow_repertoire *r, const struct glow_topic *topic, const struct glow_message *m);
void glow_repertoire_disconnected(struct glow_repertoire *r);

/** We lead from now on; `kept` as glow_shelf_open() has it. On a `fresh` timeline the whole cluster has just started,
 * and the boot preset shows as soon as its nodes can be expected to be there. */
void glow_repertoire_open(struct glow_repertoire *r, bool kept, bool fresh, struct glow_time now);

/** Lets time pass; `wall` is this machine's clock, and `raw` its oscillator's time of `now`. */
void glow_repertoire_tick(struct glow_repertoire *r, const struct glow_wall *wall, struct glow_raw raw,
			  struct glow_time now, int64_t ahead_us);

/** When that has something to do in cluster time, and by this machine's clock; GLOW_NEVER. */
struct glow_time glow_repertoire_next(const struct glow_repertoire *r);
struct glow_raw glow_repertoire_next_due(const struct glow_repertoire *r, const struct glow_wall *wall);

/** UTC in microseconds where the clock is known to be right; INT64_MIN. */
int64_t glow_repertoire_utc_us(const struct glow_wall *wall, struct glow_raw raw);
