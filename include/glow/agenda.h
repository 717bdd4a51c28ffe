/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Schedules on the wire: what is to be shown at a time of day, at sunrise or at sunset. JSON to struct and back. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/calendar.h>
#include <glow/diag.h>
#include <glow/preset.h>

#define GLOW_SCHEDULES_MAX      100
#define GLOW_SCHEDULE_MAX       8192 /**< bytes of one */
#define GLOW_SCHEDULE_SHIFT_MAX 720  /**< minutes before or after the sun */

/** What it does, and the member that says so. */
enum glow_deed { GLOW_DEED_PRESET, GLOW_DEED_SCENE, GLOW_DEED_DIM };

struct glow_agenda_item {
	char title[GLOW_TITLE_MAX + 1];
	struct glow_calendar_rule rule;
	bool enabled;
	enum glow_deed deed;
	const cJSON *what; /**< a preset's name; or a payload of scene/play or dim/set, JSON or words; borrowed */
	int64_t fade_us;   /**< of a preset; negative: its own */
	int64_t fired_us;  /**< UTC: when it was last due, and everything before needs no more doing; INT64_MIN */
};

/** Reads the form, and what is to be done as far as it can be judged by itself: a preset's name is an id, a scene and a
 * dimmer are what their topics take. */
enum glow_code glow_agenda_read(const cJSON *tree, struct glow_agenda_item *ret_schedule, struct glow_diag *diag);

/** As it is kept; what is to be done is copied. */
cJSON *glow_agenda_write(const char *name, const struct glow_agenda_item *schedule);

/** The payload of the topic that does it (apply of a preset, scene/play, dim/set): the caller's to free(). */
char *glow_agenda_payload(const struct glow_agenda_item *schedule);

/** When it is due, for people: "07:00 on mon, tue", "30 min before sunset". */
void glow_agenda_text(const struct glow_agenda_item *schedule, char *ret_text, size_t size);

/** schedule/<name>/set: GLOW_OK with the tree that glow_agenda_read() has read, the caller's to cJSON_Delete(); NULL
 * for a blank payload, which removes. */
enum glow_code glow_agenda_asked(const char *name, const char *payload, size_t len, cJSON **ret_tree,
				 struct glow_agenda_item *ret_schedule, struct glow_diag *diag);
