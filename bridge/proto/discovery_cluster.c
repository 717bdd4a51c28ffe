/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <string.h>

#include <glow/json.h>

#include "discovery_parts.h"

static void needs_conductor(const struct glow_parts *p, cJSON *part)
{
	glow_part_needs(p, part, GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER, NULL, NULL);
}

/* The cluster's, or of a group. Nodes hear a command for many without a conductor, too, so it stays available. */
static void add_light(const struct glow_parts *p, const char *key, const char *name, const char *group)
{
	cJSON *light = glow_parts_light(p, key, name, group ? GLOW_OF_GROUP : GLOW_OF_ALL, group);

	cJSON_AddStringToObject(light, "json_attributes_template",
				"{{ {'nodes': value_json.nodes, 'on': value_json.on} | tojson }}");
}

static void add_groups(const struct glow_parts *p)
{
	char key[GLOW_ID_MAX + 8];

	for (uint32_t k = 0; k < p->d->n_groups && k < GLOW_DISCOVERY_GROUPS; k++) {
		snprintf(key, sizeof(key), "group-%s", p->d->groups[k]);
		add_light(p, key, p->d->groups[k], p->d->groups[k]);
	}
}

static void add_dimmer(const struct glow_parts *p)
{
	cJSON *number = glow_parts_add(p, "dimmer", "number", "Master dimmer");

	glow_part_topic(p, number, "command_topic", GLOW_TOPIC_DIM_SET, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(number, "command_template", "{\"brightness\":{{ value | int }}}");
	glow_part_topic(p, number, "state_topic", GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(number, "value_template", "{{ value_json.brightness }}");
	glow_json_add_int(number, "min", 0);
	glow_json_add_int(number, "max", 255);
	glow_json_add_int(number, "step", 1);
	needs_conductor(p, number);
}

static void add_blackout(const struct glow_parts *p)
{
	cJSON *part = glow_parts_add(p, "blackout", "switch", "Blackout");

	glow_part_topic(p, part, "command_topic", GLOW_TOPIC_DIM_SET, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(part, "payload_on", "{\"brightness\":0}");
	cJSON_AddStringToObject(part, "payload_off", "{\"brightness\":255}");
	glow_part_topic(p, part, "state_topic", GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(part, "value_template", "{{ 'ON' if value_json.brightness == 0 else 'OFF' }}");
	cJSON_AddStringToObject(part, "state_on", "ON");
	cJSON_AddStringToObject(part, "state_off", "OFF");
	needs_conductor(p, part);
}

/* The scene "main". Home Assistant takes the state "none" for not known, so the choice of none is called "off". A
 * playlist is no choice of these, and what is on trial neither. */
static void add_scene(const struct glow_parts *p)
{
	cJSON *select = glow_parts_add(p, "scene", "select", "Scene"), *options;

	glow_part_topic(p, select, "command_topic", GLOW_TOPIC_SCENE_PLAY, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(select, "command_template",
				"{{ {'effect': 'none' if value == 'off' else value, 'fade_ms': 1000} | tojson }}");
	glow_part_topic(p, select, "state_topic", GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(
		select, "value_template",
		"{%- set scene = value_json.scenes | selectattr('id', 'eq', 'main') | list | last | default(none) -%}"
		"{{ 'off' if not scene else scene.effect if scene.effect is string and not "
		"scene.effect.startswith('" GLOW_EFFECT_TRIAL "') else 'None' }}");
	options = cJSON_AddArrayToObject(select, "options");
	cJSON_AddItemToArray(options, cJSON_CreateString("off"));
	glow_parts_effects(p, options);
	needs_conductor(p, select);
}

/* The one that was applied last, while nothing else has been ordered since; no preset takes it back. A preset's own
 * name "off" would be that choice. */
static void add_preset(const struct glow_parts *p)
{
	cJSON *select = glow_parts_add(p, "preset", "select", "Preset"), *options;

	glow_part_topic(p, select, "command_topic", GLOW_TOPIC_SCENE_PLAY, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(select, "command_template",
				"{{ {'preset': none if value == 'off' else value} | tojson }}");
	glow_part_topic(p, select, "state_topic", GLOW_TOPIC_STATE, GLOW_OF_ALL, NULL);
	cJSON_AddStringToObject(select, "value_template", "{{ value_json.preset | default('off') }}");
	options = cJSON_AddArrayToObject(select, "options");
	cJSON_AddItemToArray(options, cJSON_CreateString("off"));
	for (uint32_t k = 0; k < p->d->n_presets && k < GLOW_DISCOVERY_PRESETS; k++)
		if (strcmp(p->d->presets[k], "off") != 0)
			cJSON_AddItemToArray(options, cJSON_CreateString(p->d->presets[k]));
	needs_conductor(p, select);
}

static void add_undo(const struct glow_parts *p)
{
	cJSON *button = glow_parts_add(p, "undo", "button", "Undo");

	glow_part_topic(p, button, "command_topic", GLOW_TOPIC_UNDO, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(button, "payload_press", "{}");
	needs_conductor(p, button);
}

static void add_stop(const struct glow_parts *p)
{
	cJSON *button = glow_parts_add(p, "stop", "button", "Stop scenes");

	glow_part_topic(p, button, "command_topic", GLOW_TOPIC_SCENE_STOP, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(button, "payload_press", "{}");
	needs_conductor(p, button);
}

static cJSON *add_info(const struct glow_parts *p, const char *key, const char *name, const char *template,
		       const char *unit)
{
	cJSON *sensor = glow_parts_sensor(p, key, name, template, unit);

	glow_part_topic(p, sensor, "state_topic", GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, NULL);
	needs_conductor(p, sensor);
	return sensor;
}

static void add_infos(const struct glow_parts *p)
{
	cJSON *leader = add_info(p, "leader", "Leader", "{{ value_json.id }}", NULL);

	glow_part_topic(p, leader, "json_attributes_topic", GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(leader, "json_attributes_template",
				"{{ {'version': value_json.version, 'term': value_json.term, "
				"'clock_id': value_json.clock_id} | tojson }}");
	add_info(p, "nodes", "Nodes", "{{ value_json.nodes }}", "");
}

cJSON *glow_discovery_cluster_write(const char *version, const struct glow_discovery *d)
{
	struct glow_parts p;

	glow_parts_begin(&p, d, GLOW_DISCOVERY_CLUSTER, "Cluster", version);
	add_light(&p, "light", NULL, NULL);
	add_groups(&p);
	add_dimmer(&p);
	add_blackout(&p);
	add_scene(&p);
	add_preset(&p);
	add_undo(&p);
	add_stop(&p);
	glow_parts_common(&p, GLOW_OF_ALL, NULL, GLOW_TOPIC_CONDUCTOR_ERROR, GLOW_OF_CLUSTER);
	add_infos(&p);
	return p.tree;
}
