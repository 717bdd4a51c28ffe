/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A device and what its entities have in common. Home Assistant gives a component all of `availability`, `state_topic`
 * and `command_topic` that the root has and it lacks, so `availability` is a list everywhere: the root's would not go
 * together with another form of it. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <glow/diag.h>
#include <glow/effect.h>
#include <glow/hash.h>
#include <glow/json.h>

#include "discovery_parts.h"

/* ---- names ---- */

/* The letters of Latin-1 from U+00C0 on without what is above and below them; '_' for a sign. */
static char plain_latin(unsigned char second)
{
	static const char plain[] = "AAAAAAACEEEEIIIIDNOOOOO_OUUUUYTsaaaaaaaceeeeiiiidnooooo_ouuuuyty";

	return plain[second & 0x3f];
}

/* Home Assistant takes letters, digits, '_' and '-' in the topic of an announcement, and passes over any other. */
void glow_parts_name(char ret_id[GLOW_TOPIC_MAX + 1], const char *prefix, const char *node)
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

	glow_parts_name(id, prefix, node);
	glow_topic_make(ret_topic, discovery_prefix, "device", id, "config");
}

/* ---- the device ---- */

void glow_parts_begin(struct glow_parts *p, const struct glow_discovery *d, const char *node, const char *model,
		      const char *version)
{
	bool cluster = strcmp(node, GLOW_DISCOVERY_CLUSTER) == 0;
	char via[GLOW_TOPIC_MAX + 1];
	cJSON *part;

	*p = (struct glow_parts){ .d = d, .tree = cJSON_CreateObject() };
	glow_parts_name(p->device, d->prefix, node);
	part = cJSON_AddObjectToObject(p->tree, "device");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(part, "identifiers"), cJSON_CreateString(p->device));
	cJSON_AddStringToObject(part, "name", cluster ? d->prefix : d->title && d->title[0] ? d->title : node);
	cJSON_AddStringToObject(part, "manufacturer", "Glowswarm");
	cJSON_AddStringToObject(part, "model", model);
	cJSON_AddStringToObject(part, "sw_version", version);
	if (d->page && d->page[0])
		cJSON_AddStringToObject(part, "configuration_url", d->page);
	glow_parts_name(via, d->prefix, GLOW_DISCOVERY_CLUSTER);
	if (!cluster)
		cJSON_AddStringToObject(part, "via_device", via);
	part = cJSON_AddObjectToObject(p->tree, "origin");
	cJSON_AddStringToObject(part, "name", GLOW_DISCOVERY_ORIGIN);
	cJSON_AddStringToObject(part, "sw_version", version);
	if (GLOW_SUPPORT_URL[0])
		cJSON_AddStringToObject(part, "support_url", GLOW_SUPPORT_URL);
	p->all = cJSON_AddObjectToObject(p->tree, "components");
}

/* ---- its entities ---- */

cJSON *glow_parts_add(const struct glow_parts *p, const char *key, const char *platform, const char *name)
{
	cJSON *part = cJSON_AddObjectToObject(p->all, key);
	char unique[2 * GLOW_TOPIC_MAX];

	snprintf(unique, sizeof(unique), "%s-%s", p->device, key);
	cJSON_AddStringToObject(part, "platform", platform);
	cJSON_AddStringToObject(part, "unique_id", unique);
	if (name)
		cJSON_AddStringToObject(part, "name", name);
	else
		cJSON_AddNullToObject(part, "name");
	return part;
}

void glow_part_topic(const struct glow_parts *p, cJSON *part, const char *member, enum glow_topic_kind kind,
		     enum glow_topic_of of, const char *id)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_of(topic, p->d->prefix, kind, of, id);
	cJSON_AddStringToObject(part, member, topic);
}

void glow_part_category(cJSON *part, const char *category)
{
	cJSON_AddStringToObject(part, "entity_category", category);
}

void glow_part_needs(const struct glow_parts *p, cJSON *part, enum glow_topic_kind kind, enum glow_topic_of of,
		     const char *id, const char *template)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(part, "availability"), *one = cJSON_CreateObject();

	if (!list)
		list = cJSON_AddArrayToObject(part, "availability");
	else
		cJSON_AddStringToObject(part, "availability_mode", "all");
	glow_part_topic(p, one, "topic", kind, of, id);
	if (template)
		cJSON_AddStringToObject(one, "value_template", template);
	cJSON_AddItemToArray(list, one);
}

static bool is_offered(const char *text)
{
	return strncmp(text, GLOW_EFFECT_TRIAL, strlen(GLOW_EFFECT_TRIAL)) != 0 &&
	       !glow_effect_built_in_find(text, strlen(text));
}

static void add_word(cJSON *list, const char *word)
{
	cJSON_AddItemToArray(list, cJSON_CreateString(word));
}

void glow_parts_effects(const struct glow_parts *p, cJSON *list)
{
	const struct glow_effect_list *texts = p->d->texts;

	for (size_t k = 0; k < glow_effect_built_in_count(); k++)
		add_word(list, glow_effect_built_in_at(k)->name);
	for (size_t k = 0; texts && k < texts->n; k++)
		if (is_offered(texts->v[k].name))
			add_word(list, texts->v[k].name);
}

cJSON *glow_parts_light(const struct glow_parts *p, const char *key, const char *name, enum glow_topic_of of,
			const char *id)
{
	static const char *const can[] = { "brightness", "transition", "flash", "effect" };
	cJSON *light = glow_parts_add(p, key, "light", name), *list;

	cJSON_AddStringToObject(light, "schema", "json");
	glow_part_topic(p, light, "command_topic", GLOW_TOPIC_SET, of, id);
	glow_part_topic(p, light, "state_topic", GLOW_TOPIC_STATE, of, id);
	for (size_t k = 0; k < sizeof(can) / sizeof(can[0]); k++)
		cJSON_AddTrueToObject(light, can[k]);
	add_word(cJSON_AddArrayToObject(light, "supported_color_modes"), "rgb");
	list = cJSON_AddArrayToObject(light, "effect_list");
	add_word(list, "off");
	add_word(list, "auto");
	glow_parts_effects(p, list);
	glow_part_topic(p, light, "json_attributes_topic", GLOW_TOPIC_STATE, of, id);
	return light;
}

cJSON *glow_parts_sensor(const struct glow_parts *p, const char *key, const char *name, const char *template,
			 const char *unit)
{
	cJSON *sensor = glow_parts_add(p, key, "sensor", name);

	cJSON_AddStringToObject(sensor, "value_template", template);
	if (unit && unit[0])
		cJSON_AddStringToObject(sensor, "unit_of_measurement", unit);
	if (unit)
		cJSON_AddStringToObject(sensor, "state_class", "measurement");
	glow_part_category(sensor, "diagnostic");
	return sensor;
}

/* ---- what nodes and cluster have alike ---- */

static void add_identify(const struct glow_parts *p, enum glow_topic_of of, const char *id)
{
	cJSON *button = glow_parts_add(p, "identify", "button", "Identify");
	char press[64];

	snprintf(press, sizeof(press), "{\"effect\":\"%s\",\"ttl_s\":10}", glow_effect_identify.name);
	glow_part_topic(p, button, "command_topic", GLOW_TOPIC_NOTIFY, of, id);
	cJSON_AddStringToObject(button, "payload_press", press);
	cJSON_AddStringToObject(button, "device_class", "identify");
	glow_part_category(button, "config");
}

/* A message is text for people: one that begins with a word for how grave it is blinks in a colour, any other is sent
 * as Morse code, as far as that has signs for it and a parameter has room. Three seconds are enough for most signs. */
static void add_message(const struct glow_parts *p, enum glow_topic_of of, const char *id)
{
	static const char command[] =
		"{%- set level = {'critical': 'red', 'alarm': 'red', 'error': 'red', 'warning': 'orange', "
		"'info': 'blue', 'ok': 'lime'} -%}"
		"{%- set text = value | string | trim -%}"
		"{%- set word = ((text ~ ' ') | replace(':', ' ')).split(' ')[0] | lower -%}"
		"{%- set signs = namespace(all='') -%}"
		"{%- for c in text if ' ' <= c <= '~' -%}{%- set signs.all = signs.all ~ c -%}{%- endfor -%}"
		"{%- set signs = (signs.all | trim)[:63] -%}"
		"{%- if word in level -%}"
		"{{ {'effect': 'blink', 'color': level[word], 'ttl_s': 10} | tojson }}"
		"{%- elif signs -%}"
		"{{ {'effect': 'morse', 'params': {'text': signs}, 'ttl_s': 3 * signs | length} | tojson }}"
		"{%- else -%}"
		"{{ {'effect': 'blink', 'ttl_s': 5} | tojson }}"
		"{%- endif -%}";
	cJSON *notify = glow_parts_add(p, "message", "notify", "Message");

	glow_part_topic(p, notify, "command_topic", GLOW_TOPIC_NOTIFY, of, id);
	cJSON_AddStringToObject(notify, "command_template", command);
}

/* What was ignored is told there too, without a code. */
static void add_error(const struct glow_parts *p, enum glow_topic_kind kind, enum glow_topic_of of, const char *id)
{
	cJSON *event = glow_parts_add(p, "error", "event", "Error"), *types;

	glow_part_topic(p, event, "state_topic", kind, of, id);
	cJSON_AddStringToObject(event, "value_template",
				"{{ dict(value_json, event_type=value_json.code | default('ignored')) | tojson }}");
	types = cJSON_AddArrayToObject(event, "event_types");
	for (int code = GLOW_OK + 1; code < GLOW_N_CODES; code++)
		add_word(types, glow_code_name((enum glow_code)code));
	add_word(types, "ignored");
	glow_part_category(event, "diagnostic");
}

void glow_parts_common(const struct glow_parts *p, enum glow_topic_of of, const char *id, enum glow_topic_kind errors,
		       enum glow_topic_of errors_of)
{
	add_identify(p, of, id);
	add_message(p, of, id);
	add_error(p, errors, errors_of, id);
}

/* ---- when it is another ---- */

uint32_t glow_discovery_hash(const struct glow_discovery *d)
{
	uint32_t hash = GLOW_FNV_START;

	for (size_t k = 0; d->texts && k < d->texts->n; k++)
		if (is_offered(d->texts->v[k].name))
			hash = glow_fnv1a(hash, d->texts->v[k].name, strlen(d->texts->v[k].name) + 1);
	hash = glow_fnv1a(hash, "", 1);
	for (uint32_t k = 0; k < d->n_groups && k < GLOW_DISCOVERY_GROUPS; k++)
		hash = glow_fnv1a(hash, d->groups[k], strlen(d->groups[k]) + 1);
	hash = glow_fnv1a(hash, "", 1);
	for (uint32_t k = 0; k < d->n_presets && k < GLOW_DISCOVERY_PRESETS; k++)
		hash = glow_fnv1a(hash, d->presets[k], strlen(d->presets[k]) + 1);
	hash = glow_fnv1a(hash, "", 1);
	hash = glow_fnv1a(hash, d->title ? d->title : "", d->title ? strlen(d->title) : 0);
	return hash;
}
