/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One entity for a parameter by its name, whatever effects have it, and always the same ones: Home Assistant would
 * delete an entity that is announced no more, with the name and the place in a dashboard that people gave it. While an
 * effect shows that lacks it, it is not available. The range is that of all effects together; a node refuses what the
 * one that shows does not take. Colours have no platform of their own. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <glow/json.h>

#include "discovery_parts.h"

#define MOST 32

struct entity {
	const struct glow_param_desc *row; /**< of the first effect that has it */
	const char *effect;                /**< that one's name */
	int32_t min, max;
	char effects[512]; /**< "'blink', 'breathe'" */
	bool apart;        /**< another of that name came before */
};

static const struct {
	enum glow_param_type type;
	const char *platform;
} platforms[] = { { GLOW_PARAM_INT, "number" },
		  { GLOW_PARAM_BOOL, "switch" },
		  { GLOW_PARAM_CHOICE, "select" },
		  { GLOW_PARAM_TEXT, "text" } };

static const char *platform_of(enum glow_param_type type)
{
	for (size_t k = 0; k < sizeof(platforms) / sizeof(platforms[0]); k++)
		if (platforms[k].type == type)
			return platforms[k].platform;
	return NULL;
}

static bool same_choices(const char *const *a, const char *const *b)
{
	for (; a && b && *a && *b && strcmp(*a, *b) == 0; a++, b++)
		;
	return (!a && !b) || (a && b && !*a && !*b);
}

static bool alike(const struct glow_param_desc *a, const struct glow_param_desc *b)
{
	return a->type == b->type && strcmp(a->unit, b->unit) == 0 && same_choices(a->choices, b->choices);
}

/* Adds the effect to the entity that its parameter belongs to, or begins one. */
static void collect(struct entity *all, size_t *n, const char *effect, const struct glow_param_desc *row)
{
	struct entity *one = NULL;
	bool apart = false;
	size_t at;

	for (size_t k = 0; k < *n && !one; k++) {
		bool named = strcmp(all[k].row->name, row->name) == 0;

		apart |= named;
		if (named && alike(all[k].row, row))
			one = &all[k];
	}
	if (!one && *n == MOST)
		return;
	if (!one) {
		one = &all[(*n)++];
		*one = (struct entity){
			.row = row, .effect = effect, .min = row->min, .max = row->max, .apart = apart
		};
	}
	at = strlen(one->effects);
	snprintf(one->effects + at, sizeof(one->effects) - at, "%s'%s'", at ? ", " : "", effect);
	one->min = row->min < one->min ? row->min : one->min;
	one->max = row->max > one->max ? row->max : one->max;
}

static size_t collect_all(struct entity *all)
{
	size_t n = 0;

	for (size_t k = 0; k < glow_effect_built_in_count(); k++) {
		const struct glow_effect_desc *e = glow_effect_built_in_at(k);

		for (uint8_t r = 0; r < e->n_params && strcmp(e->name, "progress") != 0; r++) /* that has its own */
			if (platform_of(e->params[r].type))
				collect(all, &n, e->name, &e->params[r]);
	}
	return n;
}

/* "period_ms" is "Period"; one that would be another's name says whose it is. */
static void title_of(const struct entity *one, char ret_title[96])
{
	const char *name = one->row->name;
	size_t n = strlen(name);

	if (n > 3 && strcmp(name + n - 3, "_ms") == 0)
		n -= 3;
	snprintf(ret_title, 96, "%.*s%s%s", (int)n, name, one->apart ? " of " : "", one->apart ? one->effect : "");
	ret_title[0] = (char)toupper((unsigned char)ret_title[0]);
}

static void add_number(cJSON *part, const struct entity *one)
{
	glow_json_add_int(part, "min", one->min);
	glow_json_add_int(part, "max", one->max);
	if (one->row->unit[0])
		cJSON_AddStringToObject(part, "unit_of_measurement", one->row->unit);
}

static void add_switch(cJSON *part, const struct entity *one)
{
	static const char *const payloads[][3] = { { "payload_on", "true", "state_on" },
						   { "payload_off", "false", "state_off" } };

	for (int k = 0; k < 2; k++) {
		char payload[96];

		snprintf(payload, sizeof(payload), "{\"params\":{\"%s\":%s}}", one->row->name, payloads[k][1]);
		cJSON_AddStringToObject(part, payloads[k][0], payload);
		cJSON_AddStringToObject(part, payloads[k][2], k == 0 ? "ON" : "OFF");
	}
}

static void add_select(cJSON *part, const struct entity *one)
{
	cJSON *options = cJSON_AddArrayToObject(part, "options");

	for (const char *const *choice = one->row->choices; *choice; choice++)
		cJSON_AddItemToArray(options, cJSON_CreateString(*choice));
}

static void add_text(cJSON *part)
{
	glow_json_add_int(part, "max", GLOW_TEXT_MAX);
	cJSON_AddStringToObject(part, "pattern", "^[ -~]*$");
}

static void add_templates(cJSON *part, const struct entity *one)
{
	const char *name = one->row->name, *sent = one->row->type == GLOW_PARAM_INT ? "int" : "tojson";
	char template[sizeof(one->effects) + 160];

	if (one->row->type != GLOW_PARAM_BOOL) {
		snprintf(template, sizeof(template), "{\"params\":{\"%s\":{{ value | %s }}}}", name, sent);
		cJSON_AddStringToObject(part, "command_template", template);
	}
	snprintf(template, sizeof(template), "{{ %svalue_json.params.%s%s if value_json.effect in [%s] else 'None' }}",
		 one->row->type == GLOW_PARAM_BOOL ? "('ON' if " : "", name,
		 one->row->type == GLOW_PARAM_BOOL ? " else 'OFF')" : "", one->effects);
	cJSON_AddStringToObject(part, "value_template", template);
}

static void add(const struct glow_parts *p, const char *node, const struct entity *one)
{
	char key[96], title[96], template[sizeof(one->effects) + 80];
	cJSON *part;

	title_of(one, title);
	snprintf(key, sizeof(key), "param-%s%s%s", one->row->name, one->apart ? "-" : "",
		 one->apart ? one->effect : "");
	part = glow_parts_add(p, key, platform_of(one->row->type), title);
	if (one->row->type == GLOW_PARAM_INT)
		add_number(part, one);
	else if (one->row->type == GLOW_PARAM_BOOL)
		add_switch(part, one);
	else if (one->row->type == GLOW_PARAM_CHOICE)
		add_select(part, one);
	else
		add_text(part);
	add_templates(part, one);
	snprintf(template, sizeof(template), "{{ 'online' if value_json.effect in [%s] else 'offline' }}",
		 one->effects);
	glow_part_needs(p, part, GLOW_TOPIC_AVAILABILITY, GLOW_OF_NODE, node, NULL);
	glow_part_needs(p, part, GLOW_TOPIC_STATE, GLOW_OF_NODE, node, template);
	glow_part_category(part, "config");
}

void glow_parts_params(const struct glow_parts *p, const char *node)
{
	struct entity all[MOST];
	size_t n = collect_all(all);

	for (size_t k = 0; k < n; k++)
		add(p, node, &all[k]);
}
