/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/agenda.h>
#include <glow/habits.h>
#include <glow/json.h>
#include <glow/scenes.h>
#include <glow/time.h>

static const char *const fields[] = { "name",   "title", "at",  "offset_min", "days",     "enabled",
				      "preset", "scene", "dim", "transition", "fired_us", NULL };
static const char *const deeds[] = { "preset", "scene", "dim" };
static const char *const day_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };
static const char *const suns[] = { NULL, "sunrise", "sunset" };

/* ---- when ---- */

/* "7:05" or "07:05"; -1 for anything else. */
static int32_t minute_of(const char *text)
{
	int hour, minute, used = 0;

	/* sscanf() alone would pass over blanks and signs. */
	if (text[strspn(text, "0123456789:")] || sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] ||
	    text[used - 2] == ':' || hour > 23 || minute > 59)
		return -1;
	return hour * 60 + minute;
}

static enum glow_code read_at(const cJSON *tree, struct glow_calendar_rule *rule, struct glow_diag *diag)
{
	const cJSON *item = glow_json_given(tree, "at");
	const char *at = cJSON_IsString(item) ? item->valuestring : "";
	int64_t shift = 0;

	rule->minute = minute_of(at);
	for (int k = GLOW_CALENDAR_SUNRISE; k <= GLOW_CALENDAR_SUNSET; k++)
		if (strcmp(at, suns[k]) == 0)
			rule->kind = (enum glow_calendar_kind)k;
	if (rule->minute < 0 && rule->kind == GLOW_CALENDAR_CLOCK)
		return glow_diag_set(diag, item && !cJSON_IsString(item) ? GLOW_BAD_TYPE : GLOW_OUT_OF_RANGE, "at",
				     "must be a time of day (\"07:30\"), \"sunrise\" or \"sunset\", got \"%.40s\"", at);
	if (rule->kind == GLOW_CALENDAR_CLOCK)
		return glow_json_given(tree, "offset_min")
			       ? glow_diag_set(diag, GLOW_CONFLICT, "offset_min", "is for sunrise and sunset")
			       : GLOW_OK;
	glow_json_opt_int(tree, "offset_min", -GLOW_SCHEDULE_SHIFT_MAX, GLOW_SCHEDULE_SHIFT_MAX, &shift, diag);
	rule->minute = (int32_t)shift;
	return diag->code;
}

static enum glow_code read_days(const cJSON *list, struct glow_calendar_rule *rule, struct glow_diag *diag)
{
	int k = 0, word;

	rule->days = list ? 0 : 0x7f;
	if (!list)
		return GLOW_OK;
	if (!cJSON_IsArray(list))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "days", "must be an array of mon, tue … sun");
	for (const cJSON *item = list->child; item; item = item->next) {
		char where[24];

		snprintf(where, sizeof(where), "days.%d", k++);
		if (glow_json_word(item, where, day_names, &word, diag) != GLOW_OK)
			return diag->code;
		rule->days |= (uint8_t)(1 << word);
	}
	return rule->days ? GLOW_OK : glow_diag_set(diag, GLOW_OUT_OF_RANGE, "days", "must name a day at least");
}

/* ---- what ---- */

char *glow_agenda_payload(const struct glow_agenda_item *schedule)
{
	cJSON *tree;

	if (schedule->deed != GLOW_DEED_PRESET)
		return cJSON_IsString(schedule->what) ? strdup(schedule->what->valuestring)
						      : cJSON_PrintUnformatted(schedule->what);
	tree = cJSON_CreateObject();
	if (schedule->fade_us >= 0)
		cJSON_AddNumberToObject(tree, "transition", (double)schedule->fade_us / GLOW_US_PER_S);
	return glow_json_finish(tree);
}

static enum glow_code check_payload(const struct glow_agenda_item *schedule, struct glow_diag *diag)
{
	char *payload = glow_agenda_payload(schedule);
	struct glow_scene scene;
	struct glow_stop stop;
	struct glow_dim dim;

	if (!payload)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	if (schedule->deed == GLOW_DEED_DIM)
		glow_dim_read(payload, strlen(payload), &dim, diag);
	else if (!glow_play_ends(payload, strlen(payload), &stop, diag) &&
		 glow_play_read(payload, strlen(payload), 0, 0, &scene, diag) == GLOW_OK)
		glow_scene_fini(&scene);
	free(payload);
	return diag->code == GLOW_OK ? GLOW_OK : glow_diag_inside(diag, deeds[schedule->deed]);
}

static enum glow_code read_what(const cJSON *tree, struct glow_agenda_item *schedule, struct glow_diag *diag)
{
	const cJSON *transition = glow_json_given(tree, "transition");
	char id[GLOW_ID_MAX + 1];

	for (int k = GLOW_DEED_PRESET; k <= GLOW_DEED_DIM; k++) {
		const cJSON *item = glow_json_given(tree, deeds[k]);

		if (item && schedule->what)
			return glow_diag_set(diag, GLOW_CONFLICT, deeds[k],
					     "a schedule does one thing: a preset, a scene "
					     "or the dimmer");
		if (item) {
			schedule->what = item;
			schedule->deed = (enum glow_deed)k;
		}
	}
	if (!schedule->what)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "must name a preset, a scene or a dim to be done");
	schedule->fade_us = -1;
	if (transition && schedule->deed != GLOW_DEED_PRESET)
		return glow_diag_set(diag, GLOW_CONFLICT, "transition", "is for a preset");
	if (transition && glow_json_micro(transition, "transition", 0, 60, &schedule->fade_us, diag) != GLOW_OK)
		return diag->code;
	return schedule->deed == GLOW_DEED_PRESET ? glow_json_id(schedule->what, "preset", id, diag)
						  : check_payload(schedule, diag);
}

enum glow_code glow_agenda_read(const cJSON *tree, struct glow_agenda_item *ret_schedule, struct glow_diag *diag)
{
	const cJSON *enabled = glow_json_given(tree, "enabled");

	*ret_schedule = (struct glow_agenda_item){ .enabled = true, .fired_us = INT64_MIN };
	diag->code = GLOW_OK;
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (glow_title_read(tree, ret_schedule->title, diag) != GLOW_OK ||
	    read_at(tree, &ret_schedule->rule, diag) != GLOW_OK ||
	    read_days(glow_json_given(tree, "days"), &ret_schedule->rule, diag) != GLOW_OK ||
	    (enabled && glow_json_bool(enabled, "enabled", &ret_schedule->enabled, diag) != GLOW_OK) ||
	    read_what(tree, ret_schedule, diag) != GLOW_OK)
		return diag->code;
	return glow_json_opt_time(tree, "fired_us", &ret_schedule->fired_us, diag);
}

/* ---- and back ---- */

static void write_at(cJSON *tree, const struct glow_calendar_rule *rule)
{
	char text[24];

	if (rule->kind == GLOW_CALENDAR_CLOCK) {
		snprintf(text, sizeof(text), "%02d:%02d", rule->minute / 60, rule->minute % 60);
		cJSON_AddStringToObject(tree, "at", text);
		return;
	}
	cJSON_AddStringToObject(tree, "at", suns[rule->kind]);
	glow_json_add_int(tree, "offset_min", rule->minute);
}

cJSON *glow_agenda_write(const char *name, const struct glow_agenda_item *schedule)
{
	cJSON *tree = cJSON_CreateObject(), *days;

	cJSON_AddStringToObject(tree, "name", name);
	if (schedule->title[0])
		cJSON_AddStringToObject(tree, "title", schedule->title);
	write_at(tree, &schedule->rule);
	days = cJSON_AddArrayToObject(tree, "days");
	for (int k = 0; day_names[k]; k++)
		if (schedule->rule.days >> k & 1)
			cJSON_AddItemToArray(days, cJSON_CreateString(day_names[k]));
	cJSON_AddBoolToObject(tree, "enabled", schedule->enabled);
	cJSON_AddItemToObject(tree, deeds[schedule->deed], cJSON_Duplicate(schedule->what, true));
	if (schedule->fade_us >= 0)
		cJSON_AddNumberToObject(tree, "transition", (double)schedule->fade_us / GLOW_US_PER_S);
	if (schedule->fired_us != INT64_MIN)
		glow_json_add_int(tree, "fired_us", schedule->fired_us);
	return tree;
}

void glow_agenda_text(const struct glow_agenda_item *schedule, char *ret_text, size_t size)
{
	const struct glow_calendar_rule *rule = &schedule->rule;
	size_t n;

	if (rule->kind == GLOW_CALENDAR_CLOCK)
		n = (size_t)snprintf(ret_text, size, "%02d:%02d", rule->minute / 60, rule->minute % 60);
	else if (rule->minute)
		n = (size_t)snprintf(ret_text, size, "%d min %s %s", abs(rule->minute),
				     rule->minute < 0 ? "before" : "after", suns[rule->kind]);
	else
		n = (size_t)snprintf(ret_text, size, "%s", suns[rule->kind]);
	for (int k = 0, first = 1; rule->days != 0x7f && day_names[k] && n < size; k++)
		if (rule->days >> k & 1) {
			n += (size_t)snprintf(ret_text + n, size - n, "%s%s", first ? " on " : ", ", day_names[k]);
			first = 0;
		}
}

/* ---- what people ask ---- */

enum glow_code glow_agenda_asked(const char *name, const char *payload, size_t len, cJSON **ret_tree,
				 struct glow_agenda_item *ret_schedule, struct glow_diag *diag)
{
	const cJSON *called;

	*ret_tree = NULL;
	*diag = (struct glow_diag){ .code = GLOW_OK };
	if (len > GLOW_SCHEDULE_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "at most %d bytes, got %zu", GLOW_SCHEDULE_MAX, len);
	if (len == glow_json_blank(payload, len))
		return GLOW_OK;
	*ret_tree = glow_json_parse(payload, len, diag);
	called = glow_json_given(*ret_tree, "name");
	if (cJSON_IsObject(*ret_tree) && glow_fields_check_of(*ret_tree, fields, diag) == GLOW_OK && called &&
	    (!cJSON_IsString(called) || strcmp(called->valuestring, name) != 0))
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "name", "must be %s, as in the topic", name);
	if (diag->code == GLOW_OK)
		glow_agenda_read(*ret_tree, ret_schedule, diag);
	if (diag->code != GLOW_OK) {
		cJSON_Delete(*ret_tree);
		*ret_tree = NULL;
	}
	return diag->code;
}
