/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The schedules of the cluster: what is to be shown when, kept at schedule/<name>, with the time at which each was last
 * due. That is published before it is done: so whoever leads next does not do it again. Of what was missed, while
 * nobody led or no clock was known to be right, only the latest is done, and only if that was due within 12 hours. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/agenda.h>
#include <glow/calendar.h>
#include <glow/message.h>
#include <glow/time.h>

#include "preset_store.h"
#include "requests.h"
#include "shelf.h"

struct glow_due {
	char name[GLOW_ID_MAX + 1];
	struct glow_calendar_rule rule;
	int64_t fired_s, next_s; /**< UTC; GLOW_CALENDAR_NEVER: not before something changes */
};

struct glow_agenda_store {
	struct glow_requests *requests;    /**< borrowed */
	struct glow_preset_store *presets; /**< borrowed */
	struct glow_calendar_zone zone;
	struct glow_calendar_place place;
	bool placed;             /**< the place is known */
	struct glow_shelf shelf; /**< what is kept; restored and ticked by whoever owns the store */
	struct glow_due due[GLOW_SCHEDULES_MAX];
	uint32_t n;
	int64_t utc_us; /**< UTC when the store was last told for sure; INT64_MIN: never */
	bool caught_up; /**< with what was missed until we led */
};

/** None. A zone without offset_s is UTC's; `place` NULL: nobody knows where the sun rises. The others have to outlive
 * it. */
void glow_agenda_store_init(struct glow_agenda_store *s, struct glow_requests *requests,
			    struct glow_preset_store *presets, const struct glow_calendar_zone *zone,
			    const struct glow_calendar_place *place);

/** We lead from now on; as glow_shelf_open(). */
void glow_agenda_store_open(struct glow_agenda_store *s, bool kept, struct glow_time now);

/** Somebody wants a schedule of that name, or none; answers. `utc_us` as below. */
void glow_agenda_store_set(struct glow_agenda_store *s, const char *name, const struct glow_message *m, int64_t utc_us);

/** Does what is due. `utc_us`: what UTC is now; INT64_MIN where no clock is known to be right, then nothing is due. */
void glow_agenda_store_tick(struct glow_agenda_store *s, int64_t utc_us, struct glow_time now, int64_t ahead_us);

/** When that has something to do, in microseconds of UTC; GLOW_NEVER. */
int64_t glow_agenda_store_next(const struct glow_agenda_store *s);
