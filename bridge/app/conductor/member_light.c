/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

#include <stdio.h>
#include <string.h>

#include <glow/json.h>

#include "member_light.h"

/* Our bridges say it first and in this order, so most of what all nodes say need not be taken apart. */
static bool skim_light(const char *payload, size_t len, bool *ret_on, struct glow_member_light *ret_light)
{
	char head[192], state[4] = "", effect[GLOW_SCRIPT_NAME_SIZE + 1] = "";
	unsigned r, g, b, brightness;

	snprintf(head, sizeof(head), "%.*s", (int)(len < sizeof(head) ? len : sizeof(head) - 1), payload);
	if (sscanf(head,
		   "{\"state\":\"%3[A-Z]\",\"color_mode\":\"rgb\",\"color\":{\"r\":%3u,\"g\":%3u,\"b\":%3u},"
		   "\"brightness\":%3u,"
		   "\"effect\":\"%32[a-z0-9-]\",",
		   state, &r, &g, &b, &brightness, effect) != 6 ||
	    strlen(effect) >= GLOW_SCRIPT_NAME_SIZE || r > 255 || g > 255 || b > 255 || brightness > 255)
		return false;
	*ret_on = strcmp(state, "ON") == 0;
	*ret_light = (struct glow_member_light){ .color = { (uint8_t)r, (uint8_t)g, (uint8_t)b },
						 .brightness = (uint8_t)brightness };
	strcpy(ret_light->effect, effect);
	return *ret_on || strcmp(state, "OFF") == 0;
}

static int level(const cJSON *object, const char *name)
{
	struct glow_diag diag;
	int64_t value = 0;

	return glow_json_get_int(object, name, 0, 255, &value, &diag) == GLOW_OK ? (int)value : 0;
}

bool glow_member_light_read(const char *payload, size_t len, bool *ret_on, struct glow_member_light *ret_light)
{
	struct glow_diag diag;
	const cJSON *color;
	const char *word, *effect;
	cJSON *tree;

	if (skim_light(payload, len, ret_on, ret_light))
		return true;
	tree = glow_json_parse(payload, len, &diag);
	word = cJSON_GetStringValue(glow_json_get(tree, "state"));
	effect = cJSON_GetStringValue(glow_json_get(tree, "effect"));
	color = glow_json_get(tree, "color");
	*ret_on = word && strcmp(word, "ON") == 0;
	*ret_light = (struct glow_member_light){
		.color = { (uint8_t)level(color, "r"), (uint8_t)level(color, "g"), (uint8_t)level(color, "b") },
		.brightness = (uint8_t)level(tree, "brightness"),
	};
	if (effect && strlen(effect) < GLOW_SCRIPT_NAME_SIZE)
		strcpy(ret_light->effect, effect);
	word = word ? "" : NULL;
	cJSON_Delete(tree);
	return word != NULL;
}

/* A light's own fields have no such name in them, and a program that writes it otherwise only loses that we see whose
 * change it was. */
int64_t glow_member_light_since(const char *payload, size_t len)
{
	static const char name[] = "\"since_us\":";
	const char *at = memmem(payload, len, name, sizeof(name) - 1);
	int64_t us = 0;

	if (!at)
		return INT64_MIN;
	for (at += sizeof(name) - 1; at < payload + len && *at >= '0' && *at <= '9' && us < GLOW_JSON_INT_MAX; at++)
		us = us * 10 + *at - '0';
	return us;
}

bool glow_member_light_equal(const struct glow_member_light *a, const struct glow_member_light *b)
{
	return a->brightness == b->brightness && glow_rgb_equal(a->color, b->color) &&
	       strcmp(a->effect, b->effect) == 0;
}
