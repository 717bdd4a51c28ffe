/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What people ask and what the conductor keeps have one form, so one function reads both. A shorthand
 * is expanded as for a light first; what then belongs to a light only is refused by name, since the
 * dimmer has one value and must not seem to take more. */

#include <string.h>
#include <strings.h>

#include <glow/command.h>
#include <glow/habits.h>
#include <glow/json.h>
#include <glow/scenes.h>
#include <glow/timing.h>

static const char *const fields[] = { "brightness", "until_us", "state", "brightness_pct", "clock_id", "term",
				      "rev",        "above",    NULL };

/* "on" and "off" arrive as the command they stand for. */
static enum glow_code read_state(const cJSON *state, bool *ret_off, struct glow_diag *diag)
{
	if (!cJSON_IsString(state))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "state", "must be one of ON, OFF");
	*ret_off = strcasecmp(state->valuestring, "OFF") == 0;
	if (!*ret_off && strcasecmp(state->valuestring, "ON") != 0)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "state", "must be one of ON, OFF");
	return GLOW_OK;
}

static enum glow_code read_brightness(const cJSON *tree, struct glow_dim *dim, struct glow_diag *diag)
{
	const cJSON *state = glow_json_given(tree, "state"), *brightness = glow_json_given(tree, "brightness");
	const cJSON *percent = brightness ? NULL : glow_json_given(tree, "brightness_pct");
	int64_t v = 255;
	uint8_t part = 255;
	bool off = false;

	if (state && read_state(state, &off, diag) != GLOW_OK)
		return diag->code;
	if (percent && glow_json_percent(percent, "brightness_pct", &part, diag) != GLOW_OK)
		return diag->code;
	if ((brightness || !(state || percent)) && glow_json_int(brightness, "brightness", 0, 255, &v, diag) != GLOW_OK)
		return diag->code;
	if (off && (brightness || percent))
		glow_diag_ignore(diag, brightness ? "brightness" : "brightness_pct");
	if (brightness && glow_json_given(tree, "brightness_pct"))
		glow_diag_ignore(diag, "brightness_pct");
	dim->brightness = off ? 0 : percent ? part : (uint8_t)v;
	return GLOW_OK;
}

static enum glow_code read_dim(const cJSON *tree, struct glow_dim *dim, struct glow_diag *diag)
{
	static const char *const foreign[] = { "color",  "color_temp", "color_temp_kelvin", "effect", "params",
					       "pixels", "leds",       "brightness_step" };
	const cJSON *until = glow_json_given(tree, "until_us");

	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	for (size_t k = 0; k < sizeof(foreign) / sizeof(foreign[0]); k++)
		if (glow_json_given(tree, foreign[k]))
			return glow_diag_set(diag, GLOW_CONFLICT, foreign[k], "the dimmer has brightness only");
	if (glow_fields_check_of(tree, fields, diag) != GLOW_OK || read_brightness(tree, dim, diag) != GLOW_OK ||
	    glow_edition_read(tree, &dim->edition, diag) != GLOW_OK ||
	    glow_edition_read(glow_json_get(tree, "above"), &dim->above, diag) != GLOW_OK)
		return diag->code;
	dim->until_us = GLOW_NEVER;
	if (!until)
		return GLOW_OK;
	return glow_json_time(until, "until_us", &dim->until_us, diag);
}

enum glow_code glow_dim_read(const char *payload, size_t len, struct glow_dim *ret_dim, struct glow_diag *diag)
{
	cJSON *tree = glow_command_tree(payload, len, diag);
	enum glow_code code = tree ? read_dim(tree, ret_dim, diag) : diag->code;

	cJSON_Delete(tree);
	return code;
}

cJSON *glow_dim_write(const struct glow_dim *dim)
{
	cJSON *tree = cJSON_CreateObject();

	glow_json_add_int(tree, "brightness", dim->brightness);
	if (dim->until_us == GLOW_NEVER)
		cJSON_AddNullToObject(tree, "until_us");
	else
		glow_json_add_int(tree, "until_us", dim->until_us);
	if (dim->edition.clock_id)
		glow_edition_add(tree, &dim->edition);
	if (dim->above.clock_id)
		glow_edition_add(cJSON_AddObjectToObject(tree, "above"), &dim->above);
	return tree;
}
