/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Home Assistant finds a node by one retained message: a device with a light
 * (the JSON schema, which the set and state topics speak), a button that makes
 * the node identify itself, what is wrong with its board, and its measurements. The cluster is a device too;
 * nothing says what all its lights show, so its light believes what it sent. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/info.h>
#include <glow/json.h>

/* The letters of Latin-1 from U+00C0 on without what is above and below them; '_' for a sign. */
static char plain_latin(unsigned char second)
{
	static const char plain[] = "AAAAAAACEEEEIIIIDNOOOOO_OUUUUYTsaaaaaaaceeeeiiiidnooooo_ouuuuyty";

	return plain[second & 0x3f];
}

/* Home Assistant takes letters, digits, '_' and '-' in the topic of an announcement, and passes over any other. */
static void device_id(char ret_id[GLOW_TOPIC_MAX + 1], const char *prefix, const char *node)
{
	unsigned char before = 0;
	char *to = ret_id;

	glow_client_id(ret_id, prefix, node);
	for (const char *c = ret_id; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		if (isascii(byte))
			*to++ = isalnum(byte) || byte == '_' || byte == '-' ? *c : '_';
		else if ((byte & 0xc0) != 0x80)
			*to++ = '_'; /* for a character, however many bytes follow */
		else if (before == 0xc3)
			to[-1] = plain_latin(byte);
		before = byte;
	}
	*to = '\0';
}

void glow_discovery_topic(char ret_topic[GLOW_TOPIC_MAX + 1], const char *discovery_prefix, const char *prefix,
			  const char *node)
{
	char id[GLOW_TOPIC_MAX + 1];

	device_id(id, prefix, node);
	glow_topic_make(ret_topic, discovery_prefix, "device", id, "config");
}

static cJSON *component(cJSON *all, const char *device, const char *key, const char *platform)
{
	cJSON *c = cJSON_AddObjectToObject(all, key);
	char unique[GLOW_TOPIC_MAX + 40];

	snprintf(unique, sizeof(unique), "%s-%s", device, key);
	cJSON_AddStringToObject(c, "platform", platform);
	cJSON_AddStringToObject(c, "unique_id", unique);
	return c;
}

static bool is_offered(const char *text)
{
	return strncmp(text, GLOW_EFFECT_TRIAL, strlen(GLOW_EFFECT_TRIAL)) != 0 &&
	       !glow_effect_built_in_find(text, strlen(text));
}

uint32_t glow_discovery_texts(const struct glow_effect_list *texts)
{
	uint32_t hash = GLOW_FNV_START;

	for (size_t k = 0; k < texts->n; k++)
		if (is_offered(texts->v[k].name))
			hash = glow_fnv1a(hash, texts->v[k].name, strlen(texts->v[k].name) + 1);
	return hash;
}

static void add_effects(cJSON *light, const struct glow_effect_list *texts)
{
	cJSON *list = cJSON_AddArrayToObject(light, "effect_list");

	cJSON_AddItemToArray(list, cJSON_CreateString("auto"));
	for (size_t k = 0; k < glow_effect_built_in_count(); k++)
		cJSON_AddItemToArray(list, cJSON_CreateString(glow_effect_built_in_at(k)->name));
	for (size_t k = 0; texts && k < texts->n; k++)
		if (is_offered(texts->v[k].name))
			cJSON_AddItemToArray(list, cJSON_CreateString(texts->v[k].name));
}

static void add_light(cJSON *all, const char *device, const char *set, const char *state,
		      const struct glow_effect_list *texts)
{
	cJSON *light = component(all, device, "light", "light"), *list;

	cJSON_AddNullToObject(light, "name"); /* the entity takes the device's name */
	cJSON_AddStringToObject(light, "schema", "json");
	cJSON_AddStringToObject(light, "command_topic", set);
	if (state)
		cJSON_AddStringToObject(light, "state_topic", state);
	else
		cJSON_AddTrueToObject(light, "optimistic");
	cJSON_AddTrueToObject(light, "brightness");
	cJSON_AddTrueToObject(light, "transition");
	cJSON_AddTrueToObject(light, "flash");
	cJSON_AddTrueToObject(light, "effect");
	list = cJSON_AddArrayToObject(light, "supported_color_modes");
	cJSON_AddItemToArray(list, cJSON_CreateString("rgb"));
	add_effects(light, texts);
}

static void add_sensor(cJSON *all, const char *device, const char *stats, const char *key, const char *name,
		       const char *device_class, const char *unit)
{
	cJSON *sensor = component(all, device, key, "sensor");
	char template[64];

	snprintf(template, sizeof(template), "{{ value_json.%s }}", key);
	cJSON_AddStringToObject(sensor, "name", name);
	cJSON_AddStringToObject(sensor, "state_topic", stats);
	cJSON_AddStringToObject(sensor, "value_template", template);
	cJSON_AddStringToObject(sensor, "unit_of_measurement", unit);
	cJSON_AddStringToObject(sensor, "state_class", "measurement");
	cJSON_AddStringToObject(sensor, "entity_category", "diagnostic");
	if (device_class)
		cJSON_AddStringToObject(sensor, "device_class", device_class);
}

/* From info, where a problem stays as long as it lasts; the reason in full is an attribute. */
static void add_problem(cJSON *all, const char *device, const char *info)
{
	cJSON *sensor = component(all, device, "problem", "binary_sensor");

	cJSON_AddStringToObject(sensor, "name", "Problem");
	cJSON_AddStringToObject(sensor, "state_topic", info);
	cJSON_AddStringToObject(sensor, "value_template", "{{ 'ON' if value_json.problem is defined else 'OFF' }}");
	cJSON_AddStringToObject(sensor, "json_attributes_topic", info);
	cJSON_AddStringToObject(sensor, "json_attributes_template",
				"{{ {'reason': value_json.problem | default('')} | tojson }}");
	cJSON_AddStringToObject(sensor, "device_class", "problem");
	cJSON_AddStringToObject(sensor, "entity_category", "diagnostic");
}

static cJSON *add_button(cJSON *all, const char *device, const char *key, const char *name, const char *topic,
			 const char *payload)
{
	cJSON *button = component(all, device, key, "button");

	cJSON_AddStringToObject(button, "name", name);
	cJSON_AddStringToObject(button, "command_topic", topic);
	cJSON_AddStringToObject(button, "payload_press", payload);
	return button;
}

static void add_identify(cJSON *all, const char *device, const char *topic)
{
	char press[64];
	cJSON *button;

	snprintf(press, sizeof(press), "{\"effect\":\"%s\",\"ttl_s\":10}", glow_effect_identify.name);
	button = add_button(all, device, "identify", "Identify", topic, press);
	cJSON_AddStringToObject(button, "device_class", "identify");
	cJSON_AddStringToObject(button, "entity_category", "config");
}

/* Only as long as a conductor is there to hear it: other components of the cluster work without. */
static void needs_conductor(cJSON *component, const char *prefix)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, prefix, GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER, NULL);
	cJSON_AddStringToObject(component, "availability_topic", topic);
}

static void add_dimmer(cJSON *all, const char *device, const char *prefix)
{
	cJSON *number = component(all, device, "dimmer", "number");
	char topic[GLOW_TOPIC_MAX + 1];

	cJSON_AddStringToObject(number, "name", "Master dimmer");
	glow_topic_make(topic, prefix, "dim", "set", NULL);
	cJSON_AddStringToObject(number, "command_topic", topic);
	cJSON_AddStringToObject(number, "command_template", "{\"brightness\":{{ value | int }}}");
	glow_topic_make(topic, prefix, "dim", "current", NULL);
	cJSON_AddStringToObject(number, "state_topic", topic);
	cJSON_AddStringToObject(number, "value_template", "{{ value_json.brightness }}");
	glow_json_add_int(number, "min", 0);
	glow_json_add_int(number, "max", 255);
	glow_json_add_int(number, "step", 1);
	needs_conductor(number, prefix);
}

/* What every device says of itself, whatever it offers. */
static cJSON *device_write(const char *device, const char *name, const char *model, const char *version)
{
	cJSON *tree = cJSON_CreateObject(), *part = cJSON_AddObjectToObject(tree, "device");

	cJSON_AddItemToArray(cJSON_AddArrayToObject(part, "identifiers"), cJSON_CreateString(device));
	cJSON_AddStringToObject(part, "name", name);
	cJSON_AddStringToObject(part, "manufacturer", "Glowswarm");
	cJSON_AddStringToObject(part, "model", model);
	cJSON_AddStringToObject(part, "sw_version", version);
	part = cJSON_AddObjectToObject(tree, "origin");
	cJSON_AddStringToObject(part, "name", GLOW_DISCOVERY_ORIGIN);
	cJSON_AddStringToObject(part, "sw_version", version);
	return tree;
}

cJSON *glow_discovery_write(const struct glow_info *info, const char *prefix, const struct glow_effect_list *texts)
{
	cJSON *tree, *all;
	char device[GLOW_TOPIC_MAX + 1], topic[GLOW_TOPIC_MAX + 1], state[GLOW_TOPIC_MAX + 1];

	device_id(device, prefix, info->id);
	tree = device_write(device, info->id, info->model, info->version);
	glow_topic_make(topic, prefix, "node", info->id, "availability");
	cJSON_AddStringToObject(tree, "availability_topic", topic);
	all = cJSON_AddObjectToObject(tree, "components");
	glow_topic_make(topic, prefix, "node", info->id, "set");
	glow_topic_make(state, prefix, "node", info->id, "state");
	add_light(all, device, topic, state, texts);
	glow_topic_make(topic, prefix, "node", info->id, "notify");
	add_identify(all, device, topic);
	glow_topic_make(topic, prefix, "node", info->id, "info");
	add_problem(all, device, topic);
	glow_topic_make(topic, prefix, "node", info->id, "stats");
	add_sensor(all, device, topic, "cpu", "CPU", NULL, "%");
	add_sensor(all, device, topic, "memory", "Memory", NULL, "%");
	add_sensor(all, device, topic, "temperature", "Temperature", "temperature", "°C");
	return tree;
}

cJSON *glow_discovery_cluster_write(const char *prefix, const char *version, const struct glow_effect_list *texts)
{
	cJSON *tree, *all;
	char device[GLOW_TOPIC_MAX + 1], topic[GLOW_TOPIC_MAX + 1];

	device_id(device, prefix, GLOW_DISCOVERY_CLUSTER);
	tree = device_write(device, prefix, "Cluster", version);
	all = cJSON_AddObjectToObject(tree, "components");
	glow_topic_make(topic, prefix, "all", "set", NULL);
	add_light(all, device, topic, NULL, texts);
	add_dimmer(all, device, prefix);
	glow_topic_make(topic, prefix, "all", "notify", NULL);
	add_identify(all, device, topic);
	glow_topic_make(topic, prefix, "scene", "stop", NULL);
	needs_conductor(add_button(all, device, "stop", "Stop scenes", topic, "{}"), prefix);
	return tree;
}
