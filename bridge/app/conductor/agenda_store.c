/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is due is done as if somebody had asked for it at its own topic, so it is checked, told of and undone in the
 * same way. Times when all is due are worked out anew whenever anything changes, and whenever the clock may have. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>

#include "agenda_store.h"

#define MISSED_S (12 * 3600)
#define STEP_US  (30 * GLOW_US_PER_S) /* a clock that jumps by less is looked at when something is due */

static enum glow_code read_form(const char *text, size_t len, struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(text, len, diag);
	struct glow_agenda_item schedule;

	if (tree)
		glow_agenda_read(tree, &schedule, diag);
	cJSON_Delete(tree);
	return diag->code;
}

static const struct glow_shelf_rules rules = { .kind = GLOW_TOPIC_SCHEDULE,
					       .what = "schedule",
					       .most = GLOW_SCHEDULES_MAX,
					       .one = GLOW_SCHEDULE_MAX,
					       .all = GLOW_SCHEDULES_MAX * GLOW_SCHEDULE_MAX,
					       .unknown = GLOW_UNKNOWN_SCHEDULE,
					       .read = read_form };

static int32_t no_offset_s(void *ctx, int64_t utc_s)
{
	(void)ctx;
	(void)utc_s;
	return 0;
}

void glow_agenda_store_init(struct glow_agenda_store *s, struct glow_requests *requests,
			    struct glow_preset_store *presets, const struct glow_calendar_zone *zone,
			    const struct glow_calendar_place *place)
{
	*s = (struct glow_agenda_store){ .requests = requests, .presets = presets, .zone = *zone, .utc_us = INT64_MIN };
	if (!zone->offset_s)
		s->zone.offset_s = no_offset_s;
	s->placed = place;
	if (place)
		s->place = *place;
	glow_shelf_init(&s->shelf, &rules, &requests->out);
}

/* ---- when ---- */

static bool can_tell(const struct glow_agenda_store *s, const struct glow_calendar_rule *rule)
{
	return rule->kind == GLOW_CALENDAR_CLOCK || s->placed;
}

static void plan(const struct glow_agenda_store *s, struct glow_due *due)
{
	int64_t from_s = glow_floor_div(s->utc_us, GLOW_US_PER_S);

	due->next_s = s->utc_us == INT64_MIN ? GLOW_CALENDAR_NEVER
					     : glow_calendar_next(&due->rule, &s->place, &s->zone,
								  due->fired_s > from_s ? due->fired_s : from_s);
}

/* Reads the schedule; false where it is not to be done, or cannot. The tree is the caller's. */
static bool read_kept(const struct glow_kept *one, cJSON **ret_tree, struct glow_agenda_item *ret_schedule)
{
	struct glow_diag diag;

	*ret_tree = one->text ? glow_json_parse(one->text, one->len, &diag) : NULL;
	return *ret_tree && glow_agenda_read(*ret_tree, ret_schedule, &diag) == GLOW_OK;
}

/* One that was made while no clock was right is due from now on, and so is one whose time is of a clock that was far
 * ahead: else it would wait until then. */
static int64_t since_s(const struct glow_agenda_store *s, const struct glow_agenda_item *schedule)
{
	int64_t now_s = glow_floor_div(s->utc_us, GLOW_US_PER_S);
	int64_t fired_s = schedule->fired_us == INT64_MIN ? now_s : glow_floor_div(schedule->fired_us, GLOW_US_PER_S);

	return fired_s > now_s + MISSED_S ? now_s : fired_s;
}

/* What is on the shelf, in the order of names. */
static void read_all(struct glow_agenda_store *s)
{
	s->n = 0;
	for (uint32_t k = 0; k < s->shelf.n; k++) {
		struct glow_due *due = &s->due[s->n];
		struct glow_agenda_item schedule;
		cJSON *tree;

		if (read_kept(&s->shelf.v[k], &tree, &schedule) && schedule.enabled && can_tell(s, &schedule.rule)) {
			*due = (struct glow_due){ .rule = schedule.rule, .fired_s = since_s(s, &schedule) };
			memcpy(due->name, s->shelf.v[k].name, sizeof(due->name));
			plan(s, due);
			s->n++;
		}
		cJSON_Delete(tree);
	}
}

int64_t glow_agenda_store_next(const struct glow_agenda_store *s)
{
	int64_t next_s = GLOW_CALENDAR_NEVER;

	for (uint32_t k = 0; k < s->n; k++)
		next_s = glow_sooner(next_s, s->due[k].next_s);
	return next_s == GLOW_CALENDAR_NEVER ? GLOW_NEVER : next_s * GLOW_US_PER_S;
}

/* ---- doing ---- */

/* Published before it is done. */
static void note_fired(struct glow_agenda_store *s, struct glow_due *due, int64_t at_s)
{
	struct glow_agenda_item schedule;
	struct glow_diag diag;
	const struct glow_kept *one = glow_shelf_find(&s->shelf, due->name, &diag);
	cJSON *tree = NULL;

	due->fired_s = at_s;
	if (one && read_kept(one, &tree, &schedule)) {
		schedule.fired_us = at_s * GLOW_US_PER_S;
		glow_shelf_put(&s->shelf, due->name, glow_json_finish(glow_agenda_write(due->name, &schedule)), &diag);
	}
	cJSON_Delete(tree);
}

static void act(struct glow_agenda_store *s, const struct glow_agenda_item *schedule, const char *name,
		struct glow_time now, int64_t ahead_us)
{
	char topic[GLOW_TOPIC_MAX + 1], *payload = glow_agenda_payload(schedule);
	struct glow_message m = { .topic = topic, .payload = payload, .len = payload ? strlen(payload) : 0 };

	glow_topic_of(topic, s->requests->out.prefix, GLOW_TOPIC_SCHEDULE, GLOW_OF_CLUSTER, name);
	glow_info("%s is due", topic);
	if (!payload)
		return;
	if (schedule->deed == GLOW_DEED_PRESET)
		glow_preset_store_apply(s->presets, schedule->what->valuestring, &m, now, ahead_us);
	else if (schedule->deed == GLOW_DEED_SCENE)
		glow_requests_play(s->requests, &m, now, ahead_us);
	else
		glow_requests_dim(s->requests, &m, now);
	free(payload);
}

static void fire(struct glow_agenda_store *s, struct glow_due *due, struct glow_time now, int64_t ahead_us)
{
	struct glow_agenda_item schedule;
	struct glow_diag diag;
	const struct glow_kept *one = glow_shelf_find(&s->shelf, due->name, &diag);
	cJSON *tree = NULL;

	if (one && read_kept(one, &tree, &schedule))
		act(s, &schedule, due->name, now, ahead_us);
	cJSON_Delete(tree);
}

/* Notes it, where it has been due since it last was. */
static bool note_due(struct glow_agenda_store *s, struct glow_due *due)
{
	int64_t now_s = glow_floor_div(s->utc_us, GLOW_US_PER_S);
	int64_t at_s = glow_calendar_latest(&due->rule, &s->place, &s->zone, now_s);
	bool is_due = at_s > due->fired_s && at_s >= now_s - MISSED_S;

	if (is_due)
		note_fired(s, due, at_s);
	plan(s, due);
	return is_due;
}

/* Of all that was due until now, what was due last: one, or several of one instant, in the order of their names. */
static void do_due(struct glow_agenda_store *s, struct glow_time now, int64_t ahead_us)
{
	bool is_due[GLOW_SCHEDULES_MAX] = { false };
	int64_t last_s = INT64_MIN;

	for (uint32_t k = 0; k < s->n; k++) {
		is_due[k] = note_due(s, &s->due[k]);
		if (is_due[k] && s->due[k].fired_s > last_s)
			last_s = s->due[k].fired_s;
	}
	for (uint32_t k = 0; k < s->n; k++)
		if (is_due[k] && s->due[k].fired_s == last_s)
			fire(s, &s->due[k], now, ahead_us);
}

void glow_agenda_store_tick(struct glow_agenda_store *s, int64_t utc_us, struct glow_time now, int64_t ahead_us)
{
	bool stepped_back = s->caught_up && utc_us < s->utc_us - STEP_US;

	if (utc_us == INT64_MIN)
		return;
	s->utc_us = utc_us;
	if (!s->caught_up || stepped_back)
		read_all(s);
	if (!s->caught_up || glow_agenda_store_next(s) <= utc_us)
		do_due(s, now, ahead_us);
	s->caught_up = true;
}

void glow_agenda_store_open(struct glow_agenda_store *s, bool kept, struct glow_time now)
{
	glow_shelf_open(&s->shelf, kept, now);
	s->n = 0;
	s->utc_us = INT64_MIN;
	s->caught_up = false;
}

/* ---- what people ask ---- */

/* What is due from now on: what would have been earlier today is not made up for. */
static void put(struct glow_agenda_store *s, const char *name, struct glow_agenda_item *schedule, int64_t utc_us,
		struct glow_diag *diag)
{
	if (!can_tell(s, &schedule->rule)) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "at",
			      "nobody knows where the sun rises: glow-conductor --place says where this is");
		return;
	}
	if (schedule->deed == GLOW_DEED_PRESET &&
	    !glow_shelf_find(&s->presets->shelf, schedule->what->valuestring, diag)) {
		glow_diag_inside(diag, "preset");
		return;
	}
	schedule->fired_us = utc_us;
	glow_shelf_put(&s->shelf, name, glow_json_finish(glow_agenda_write(name, schedule)), diag);
}

static void answer_next(const struct glow_agenda_store *s, const char *name, cJSON *tree)
{
	for (uint32_t k = 0; k < s->n; k++)
		if (strcmp(s->due[k].name, name) == 0 && s->due[k].next_s != GLOW_CALENDAR_NEVER)
			glow_json_add_int(tree, "next_us", s->due[k].next_s * GLOW_US_PER_S);
}

void glow_agenda_store_set(struct glow_agenda_store *s, const char *name, const struct glow_message *m, int64_t utc_us)
{
	struct glow_agenda_item schedule;
	struct glow_diag diag;
	cJSON *asked = NULL, *tree;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK)
		glow_agenda_asked(name, m->payload, m->len, &asked, &schedule, &diag);
	if (asked)
		put(s, name, &schedule, utc_us, &diag);
	else if (diag.code == GLOW_OK)
		glow_shelf_remove(&s->shelf, name, &diag);
	if (utc_us != INT64_MIN)
		s->utc_us = utc_us;
	if (s->caught_up)
		read_all(s);
	tree = glow_answer_write(NULL, &diag);
	cJSON_AddStringToObject(tree, "name", name);
	if (diag.code == GLOW_OK)
		answer_next(s, name, tree);
	glow_requests_answer(s->requests, m, &diag, tree);
	cJSON_Delete(asked);
}
