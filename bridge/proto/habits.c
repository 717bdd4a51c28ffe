/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <glow/habits.h>
#include <glow/nearest.h>

#define RED        "{\"color\":{\"r\":255,\"g\":0,\"b\":0}}"
#define RED_HS     "{\"color\":{\"h\":0,\"s\":100}}"
#define RED_XY     "{\"color\":{\"x\":0.64,\"y\":0.33}}"
#define HALF       "{\"brightness\":128}"
#define HALF_PCT   "{\"brightness_pct\":50}"
#define ON         "{\"state\":\"ON\"}"
#define WARM       "{\"color_temp\":370}"
#define WARM_K     "{\"color_temp_kelvin\":2700}"
#define WHITE      "{\"color\":\"white\"}"
#define STEP       "{\"brightness_step\":25}"
#define TWO_S      "{\"state\":\"ON\",\"transition\":2}"
#define FIRE       "{\"effect\":\"fire\"}"
#define FAST_CHASE "{\"effect\":\"chase\",\"params\":{\"period_ms\":1000}}"
#define FLASH      "{\"flash\":2}"

static const struct glow_habit habits[] = {
	{ "alert", "Hue", "flash", FLASH },
	{ "bri", "Hue, WLED", "brightness", HALF },
	{ "bri_inc", "Hue", "brightness_step", STEP },
	{ "brightness_step_onoff", "zigbee2mqtt", "brightness_step", STEP },
	{ "brightness_step_pct", "Home Assistant", "brightness_step", STEP },
	{ "Channel", "Tasmota", "color", RED },
	{ "col", "WLED", "color", RED },
	{ "color_name", "Home Assistant", "color", WHITE },
	{ "colour", "people", "color", RED },
	{ "ct", "Hue, Tasmota", "color_temp", WARM },
	{ "Dimmer", "Tasmota", "brightness_pct", HALF_PCT },
	{ "Fade", "Tasmota", "transition", TWO_S },
	{ "fx", "WLED", "effect", FIRE },
	{ "hex", "people", "color", "{\"color\":\"#ff0000\"}" },
	{ "hs_color", "Home Assistant", "color", RED_HS },
	{ "HSBColor", "Tasmota", "color", RED_HS },
	{ "hue", "Hue", "color", RED_HS },
	{ "ix", "WLED", "params", FAST_CHASE },
	{ "kelvin", "Home Assistant", "color_temp_kelvin", WARM_K },
	{ "level", "people", "brightness", HALF },
	{ "on", "Hue, WLED", "state", ON },
	{ "pal", "WLED", "effect", FIRE },
	{ "POWER", "Tasmota", "state", ON },
	{ "POWER1", "Tasmota", "state", ON },
	{ "rgb", "people", "color", RED },
	{ "rgb_color", "Home Assistant", "color", RED },
	{ "rgbw_color", "Home Assistant", "color", RED },
	{ "sat", "Hue", "color", RED_HS },
	{ "Scheme", "Tasmota", "effect", FIRE },
	{ "seg", "WLED", "effect", FIRE },
	{ "Speed", "Tasmota, people", "params", FAST_CHASE },
	{ "switch", "people", "state", ON },
	{ "sx", "WLED", "params", FAST_CHASE },
	{ "transitiontime", "Hue", "transition", TWO_S },
	{ "tt", "WLED", "transition", TWO_S },
	{ "White", "Tasmota, Home Assistant", "color", WHITE },
	{ "white_value", "ESPHome, Home Assistant", "color", WHITE },
	{ "xy", "Hue", "color", RED_XY },
	{ "xy_color", "Home Assistant", "color", RED_XY },
};
enum { N_HABITS = sizeof(habits) / sizeof(habits[0]) };

const struct glow_habit *glow_habit_at(size_t k)
{
	return k < N_HABITS ? &habits[k] : NULL;
}

const struct glow_habit *glow_habit_find(const char *name)
{
	for (size_t k = 0; k < N_HABITS; k++)
		if (strcasecmp(habits[k].name, name) == 0)
			return &habits[k];
	return NULL;
}

/* ---- fields that nobody knows ---- */

static bool is_one_of(const char *name, const char *(*at)(void *ctx, size_t k), void *ctx)
{
	const char *known;

	for (size_t k = 0; (known = at(ctx, k)); k++)
		if (strcmp(known, name) == 0)
			return true;
	return false;
}

/* "state, brightness, color". */
static void list_names(const char *(*at)(void *ctx, size_t k), void *ctx, char *ret_text, size_t size)
{
	const char *name;
	size_t n = 0;

	for (size_t k = 0; (name = at(ctx, k)) && n < size; k++)
		n += (size_t)snprintf(ret_text + n, size - n, "%s%s", k ? ", " : "", name);
}

static enum glow_code refuse(const char *name, const char *(*at)(void *ctx, size_t k), void *ctx,
			     struct glow_diag *diag)
{
	static const char none[] = "there is no such field";
	const struct glow_habit *habit = glow_habit_find(name);
	const char *near = glow_nearest(name, at, ctx);
	char all[240];

	if (habit && is_one_of(habit->here, at, ctx))
		return glow_diag_set(diag, GLOW_UNKNOWN_FIELD, name, "%s; did you mean \"%s\"? For example %s", none,
				     habit->here, habit->send);
	if (near)
		return glow_diag_set(diag, GLOW_UNKNOWN_FIELD, name, "%s; did you mean \"%s\"?", none, near);
	list_names(at, ctx, all, sizeof(all));
	return glow_diag_set(diag, GLOW_UNKNOWN_FIELD, name, "%s; there are %s", none, all);
}

enum glow_code glow_fields_check(const cJSON *object, const char *(*at)(void *ctx, size_t k), void *ctx,
				 const char *const *silent, struct glow_diag *diag)
{
	const cJSON *first = NULL;
	bool known = false;

	for (const cJSON *item = object->child; item; item = item->next) {
		if (cJSON_IsNull(item))
			continue;
		if (is_one_of(item->string, at, ctx) || is_one_of(item->string, glow_nearest_entry, (void *)silent)) {
			known = true;
			continue;
		}
		first = first ? first : item;
		glow_diag_ignore(diag, item->string);
	}
	return first && !known ? refuse(first->string, at, ctx, diag) : GLOW_OK;
}

enum glow_code glow_fields_check_of(const cJSON *object, const char *const *names, struct glow_diag *diag)
{
	return glow_fields_check(object, glow_nearest_entry, (void *)names, NULL, diag);
}
