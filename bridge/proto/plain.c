/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A command in other words that mean the same: for another message, for older programs, and for a
 * light of which it is known what it shows. */

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <glow/command.h>
#include <glow/json.h>

#define TOGGLE "TOGGLE"

/* An integer keeps its digits: cJSON would print a time as 1.7e+15. */
static cJSON *copy_item(const cJSON *item)
{
	char text[24];

	if (!cJSON_IsNumber(item) || item->valuedouble != floor(item->valuedouble) ||
	    fabs(item->valuedouble) > (double)GLOW_JSON_INT_MAX)
		return cJSON_Duplicate(item, true);
	snprintf(text, sizeof(text), "%.0f", item->valuedouble);
	return cJSON_CreateRaw(text);
}

cJSON *glow_command_copy(const cJSON *tree, enum glow_command_kind kind)
{
	cJSON *copy = cJSON_CreateObject();
	const char *name;

	for (size_t k = 0; (name = glow_command_field(kind, k)); k++) {
		const cJSON *item = glow_json_given(tree, name);

		if (item)
			cJSON_AddItemToObject(copy, name, copy_item(item));
	}
	return copy;
}

static void put(cJSON *tree, const char *name, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(tree, name);
	cJSON_AddItemToObject(tree, name, value);
}

static void put_color(cJSON *tree, struct glow_rgb c)
{
	cJSON *color = cJSON_CreateObject();

	glow_json_add_int(color, "r", c.r);
	glow_json_add_int(color, "g", c.g);
	glow_json_add_int(color, "b", c.b);
	put(tree, "color", color);
}

void glow_command_plain(cJSON *tree, const struct glow_command *command)
{
	uint32_t has = command->has;

	if (has & GLOW_HAS_STATE)
		put(tree, "state", cJSON_CreateString(command->toggle ? TOGGLE : command->on ? "ON" : "OFF"));
	if (has & GLOW_HAS_BRIGHTNESS)
		put(tree, "brightness", cJSON_CreateNumber(command->brightness));
	if (!(has & GLOW_HAS_STEP))
		cJSON_DeleteItemFromObjectCaseSensitive(tree, "brightness_step");
	cJSON_DeleteItemFromObjectCaseSensitive(tree, "brightness_pct");
	if (has & GLOW_HAS_COLOR && !cJSON_IsString(glow_json_get(tree, "color")))
		put_color(tree, command->color);
	cJSON_DeleteItemFromObjectCaseSensitive(tree, "color_temp");
	cJSON_DeleteItemFromObjectCaseSensitive(tree, "color_temp_kelvin");
	if (has & GLOW_HAS_EFFECT && command->named)
		put(tree, "effect", cJSON_CreateString(command->named->name));
}

bool glow_command_relative(const cJSON *tree)
{
	const cJSON *state = glow_json_get(tree, "state");

	return (cJSON_IsString(state) && strcasecmp(state->valuestring, TOGGLE) == 0) ||
	       glow_json_given(tree, "brightness_step");
}

void glow_command_resolve(struct glow_command *command, bool on, uint8_t brightness)
{
	int level = (on ? brightness : 0) + command->step;

	if (command->toggle)
		command->on = !on;
	command->toggle = false;
	if (!(command->has & GLOW_HAS_STEP))
		return;
	command->has &= ~(uint32_t)GLOW_HAS_STEP;
	if (level > 0) {
		command->has |= GLOW_HAS_BRIGHTNESS;
		command->brightness = (uint8_t)(level < 255 ? level : 255);
	}
	if (!(command->has & GLOW_HAS_STATE)) {
		command->has |= GLOW_HAS_STATE;
		command->on = level > 0;
	}
}
