/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/effect.h>
#include <glow/json.h>

#include "discovery_parts.h"

static void add_light(const struct glow_parts *p, const char *id)
{
	cJSON *light = glow_parts_light(p, "light", NULL, GLOW_OF_NODE, id);

	cJSON_AddStringToObject(light, "json_attributes_template",
				"{{ {'showing': value_json.showing, 'limited': value_json.limited, "
				"'problem': value_json.problem | default('')} | tojson }}");
}

/* A bar that is not there has no value, and setting one makes it show. */
static void add_progress(const struct glow_parts *p)
{
	cJSON *number = glow_parts_add(p, "progress", "number", "Progress");

	cJSON_AddStringToObject(number, "command_template",
				"{\"effect\":\"progress\",\"params\":{\"value\":{{ value | int }}}}");
	cJSON_AddStringToObject(number, "value_template",
				"{{ value_json.params.value if value_json.effect == 'progress' else 'None' }}");
	glow_json_add_int(number, "min", 0);
	glow_json_add_int(number, "max", 100);
	glow_json_add_int(number, "step", 1);
	cJSON_AddStringToObject(number, "unit_of_measurement", "%");
}

/* From info, where a problem stays as long as it lasts; the reason in full is an attribute. */
static void add_problem(const struct glow_parts *p, const char *id)
{
	cJSON *sensor = glow_parts_add(p, "problem", "binary_sensor", "Problem");

	glow_part_topic(p, sensor, "state_topic", GLOW_TOPIC_INFO, GLOW_OF_NODE, id);
	cJSON_AddStringToObject(sensor, "value_template", "{{ 'ON' if value_json.problem is defined else 'OFF' }}");
	glow_part_topic(p, sensor, "json_attributes_topic", GLOW_TOPIC_INFO, GLOW_OF_NODE, id);
	cJSON_AddStringToObject(sensor, "json_attributes_template",
				"{{ {'reason': value_json.problem | default('')} | tojson }}");
	cJSON_AddStringToObject(sensor, "device_class", "problem");
	glow_part_category(sensor, "diagnostic");
}

/* Few people look at these, and all of them are written down by Home Assistant: who wants one switches it on. */
static cJSON *add_measured(const struct glow_parts *p, const char *id, enum glow_topic_kind kind, const char *key,
			   const char *name, const char *template, const char *unit)
{
	cJSON *sensor = glow_parts_sensor(p, key, name, template, unit);

	glow_part_topic(p, sensor, "state_topic", kind, GLOW_OF_NODE, id);
	cJSON_AddFalseToObject(sensor, "enabled_by_default");
	return sensor;
}

static void add_stats(const struct glow_parts *p, const char *id)
{
	cJSON *temperature = add_measured(p, id, GLOW_TOPIC_STATS, "temperature", "Temperature",
					  "{{ value_json.temperature }}", "°C");

	cJSON_AddStringToObject(temperature, "device_class", "temperature");
	add_measured(p, id, GLOW_TOPIC_STATS, "cpu", "CPU", "{{ value_json.cpu }}", "%");
	add_measured(p, id, GLOW_TOPIC_STATS, "memory", "Memory", "{{ value_json.memory }}", "%");
	add_measured(p, id, GLOW_TOPIC_STATS, "sync", "Sync error", "{{ value_json.sync.error_us }}", "µs");
	add_measured(p, id, GLOW_TOPIC_STATS, "fps", "Frames", "{{ value_json.fps }}", "fps");
	add_measured(p, id, GLOW_TOPIC_INFO, "backend", "Backend", "{{ value_json.backend }}", NULL);
}

cJSON *glow_discovery_write(const struct glow_info *info, const struct glow_discovery *d)
{
	struct glow_parts p;

	glow_parts_begin(&p, d, info->id, info->model, info->version);
	glow_part_needs(&p, p.tree, GLOW_TOPIC_AVAILABILITY, GLOW_OF_NODE, info->id, NULL);
	glow_part_topic(&p, p.tree, "state_topic", GLOW_TOPIC_STATE, GLOW_OF_NODE, info->id);
	glow_part_topic(&p, p.tree, "command_topic", GLOW_TOPIC_SET, GLOW_OF_NODE, info->id);
	add_light(&p, info->id);
	glow_parts_common(&p, GLOW_OF_NODE, info->id, GLOW_TOPIC_ERROR, GLOW_OF_NODE);
	add_progress(&p);
	glow_parts_params(&p, info->id);
	add_problem(&p, info->id);
	add_stats(&p, info->id);
	return p.tree;
}
