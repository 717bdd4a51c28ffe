/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A node tells everything that is needed to draw it, so that nobody has to ask. Reading is lenient:
 * nodes of a cluster are not updated at one time, so what is missing has a default, and only without
 * an id is an info refused. Measurements that are missing or odd count as 0: they decide nothing. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/catalog.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/roster.h>

#define AHEAD_MAX_US (6 * GLOW_US_PER_S)

cJSON *glow_info_write(const struct glow_info *info)
{
	cJSON *tree = cJSON_CreateObject(), *list, *limits;

	cJSON_AddStringToObject(tree, "id", info->id);
	list = cJSON_AddArrayToObject(tree, "groups");
	for (unsigned k = 0; k < info->n_groups; k++)
		cJSON_AddItemToArray(list, cJSON_CreateString(info->groups[k]));
	cJSON_AddStringToObject(tree, "board", info->board);
	cJSON_AddStringToObject(tree, "shape", glow_shape_name(info->shape));
	glow_json_add_int(tree, "pixels", info->shape.pixels);
	if (info->strip)
		glow_json_add_int(tree, "strip", info->strip);
	if (info->ahead_us)
		glow_json_add_int(tree, "ahead_us", info->ahead_us);
	if (info->boot)
		glow_json_add_int(tree, "boot", info->boot);
	list = cJSON_AddArrayToObject(tree, "leds");
	for (uint32_t k = 0; k < glow_shape_led_names(info->shape); k++)
		cJSON_AddItemToArray(list, cJSON_CreateString(glow_shape_led_name(info->shape, k)));
	cJSON_AddStringToObject(tree, "backend", info->backend);
	cJSON_AddStringToObject(tree, "version", info->version);
	glow_json_add_int(tree, "fps", info->fps);
	if (info->slots_a_frame > 1)
		glow_json_add_int(tree, "slots_a_frame", info->slots_a_frame);
	cJSON_AddStringToObject(tree, "idle", info->idle);
	cJSON_AddBoolToObject(tree, "reverse", info->reverse);
	glow_json_add_int(tree, "time_offset_ms", info->time_offset_ms);
	if (info->problem[0])
		cJSON_AddStringToObject(tree, "problem", info->problem);
	if (info->catalog[0])
		cJSON_AddStringToObject(tree, "effects_hash", info->catalog);
	else
		cJSON_AddItemToObject(tree, "effects", glow_catalog_write());
	limits = cJSON_AddObjectToObject(tree, "limits");
	glow_json_add_int(limits, "brightness", info->brightness_limit);
	glow_json_add_int(limits, "current_ma", info->current_limit_ma);
	cJSON_AddBoolToObject(limits, "flash", info->flash_limit);
	return tree;
}

static void copy_string(const cJSON *tree, const char *name, char *ret_text, size_t size)
{
	const cJSON *item = glow_json_get(tree, name);

	snprintf(ret_text, size, "%s", cJSON_IsString(item) ? item->valuestring : "");
	glow_diag_mend(ret_text);
}

enum glow_code glow_info_read(const cJSON *tree, struct glow_info *ret_info, struct glow_diag *diag)
{
	const cJSON *limits = glow_json_get(tree, "limits"), *groups = glow_json_get(tree, "groups");
	const cJSON *id = glow_json_get(tree, "id"), *catalog = glow_json_get(tree, "effects_hash");
	char shape[16];
	int64_t pixels = 8, fps = 60, slots = 1, offset = 0, brightness = 255, current = 0, strip = 0, boot = 0;
	int64_t ahead = 0;

	memset(ret_info, 0, sizeof(*ret_info));
	copy_string(tree, "id", ret_info->id, sizeof(ret_info->id));
	copy_string(tree, "board", ret_info->board, sizeof(ret_info->board));
	copy_string(tree, "backend", ret_info->backend, sizeof(ret_info->backend));
	copy_string(tree, "version", ret_info->version, sizeof(ret_info->version));
	copy_string(tree, "idle", ret_info->idle, sizeof(ret_info->idle));
	copy_string(tree, "problem", ret_info->problem, sizeof(ret_info->problem));
	copy_string(tree, "shape", shape, sizeof(shape));
	if (cJSON_IsString(catalog) && glow_catalog_name_valid(catalog->valuestring))
		copy_string(tree, "effects_hash", ret_info->catalog, sizeof(ret_info->catalog));
	if (!cJSON_IsString(id) || !glow_id_valid(id->valuestring))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "id", "is no node id");
	if (glow_json_opt_int(tree, "pixels", 1, GLOW_PIXELS_MAX, &pixels, diag) ||
	    glow_json_opt_int(tree, "strip", 0, GLOW_STRIP_MAX, &strip, diag) ||
	    glow_json_opt_int(tree, "ahead_us", 0, AHEAD_MAX_US, &ahead, diag) ||
	    glow_json_opt_int(tree, "boot", 0, UINT32_MAX, &boot, diag) ||
	    glow_json_opt_int(tree, "fps", 1, 240, &fps, diag) ||
	    glow_json_opt_int(tree, "slots_a_frame", 1, 240, &slots, diag) ||
	    glow_json_opt_int(tree, "time_offset_ms", -100000, 100000, &offset, diag) ||
	    glow_json_opt_int(limits, "brightness", 0, 255, &brightness, diag) ||
	    glow_json_opt_int(limits, "current_ma", 0, UINT32_MAX, &current, diag))
		return diag->code;
	ret_info->shape = (struct glow_shape){ GLOW_SHAPE_ROW, (uint32_t)pixels };
	if (strcmp(shape, "piglow") == 0)
		ret_info->shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	ret_info->strip = (uint32_t)strip;
	ret_info->ahead_us = (uint32_t)ahead;
	ret_info->boot = (uint32_t)boot;
	ret_info->fps = (unsigned)fps;
	ret_info->slots_a_frame = (unsigned)slots;
	ret_info->time_offset_ms = (int32_t)offset;
	ret_info->brightness_limit = (uint8_t)brightness;
	ret_info->current_limit_ma = (uint32_t)current;
	ret_info->reverse = cJSON_IsTrue(glow_json_get(tree, "reverse"));
	ret_info->flash_limit = cJSON_IsTrue(glow_json_get(limits, "flash"));
	for (const cJSON *g = groups ? groups->child : NULL; g && ret_info->n_groups < GLOW_GROUPS_MAX; g = g->next)
		if (cJSON_IsString(g) && glow_id_valid(g->valuestring))
			memcpy(ret_info->groups[ret_info->n_groups++], g->valuestring, strlen(g->valuestring) + 1);
	return GLOW_OK;
}

char *glow_info_kind(const struct glow_info *info)
{
	static const char *const own[] = { "id", "groups", "pixels", "problem", "slots_a_frame" };
	cJSON *tree;
	char *text;

	if (info->boot || !info->catalog[0])
		return NULL;
	tree = glow_info_write(info);
	for (size_t k = 0; k < sizeof(own) / sizeof(own[0]); k++)
		cJSON_DeleteItemFromObjectCaseSensitive(tree, own[k]);
	text = glow_json_finish(tree);
	if (text && strlen(text) <= GLOW_KIND_MAX)
		return text;
	free(text);
	return NULL;
}

bool glow_info_kind_read(const char *kind, struct glow_info *ret_info)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(kind, strlen(kind), &diag);
	bool good =
		tree && cJSON_AddStringToObject(tree, "id", "any") && glow_info_read(tree, ret_info, &diag) == GLOW_OK;

	cJSON_Delete(tree);
	return good;
}

bool glow_groups_parse(const char *list, struct glow_info *info)
{
	info->n_groups = 0;
	while (*list) {
		size_t n = strcspn(list, ",");
		char *group = info->groups[info->n_groups];

		if (n > GLOW_ID_MAX || info->n_groups == GLOW_GROUPS_MAX)
			return false;
		memcpy(group, list, n);
		group[n] = '\0';
		if (!glow_id_valid(group))
			return false;
		info->n_groups++;
		list += n;
		if (*list == ',' && *++list == '\0')
			return false;
	}
	return true;
}

void glow_counts_add(cJSON *object, const struct glow_mqtt_counts *counts)
{
	cJSON *messages = cJSON_AddObjectToObject(object, "messages");

	glow_json_add_int(messages, "in_dropped", (int64_t)counts->in_dropped);
	glow_json_add_int(messages, "in_replaced", (int64_t)counts->in_replaced);
	glow_json_add_int(messages, "out_dropped", (int64_t)counts->out_dropped);
	glow_json_add_int(messages, "out_replaced", (int64_t)counts->out_replaced);
	glow_json_add_int(messages, "asked_again", (int64_t)counts->asked_again);
}

cJSON *glow_stats_write(const struct glow_stats *stats)
{
	cJSON *tree = cJSON_CreateObject(), *sync, *gauges;

	glow_json_add_int(tree, "fps", stats->fps);
	glow_json_add_int(tree, "late", (int64_t)stats->late);
	glow_json_add_int(tree, "dropped", (int64_t)stats->dropped);
	glow_json_add_int(tree, "write_us", stats->write_us);
	glow_json_add_int(tree, "frame_cpu_us", stats->frame_cpu_us);
	glow_json_add_int(tree, "slots_a_frame", stats->slots_a_frame);
	sync = cJSON_AddObjectToObject(tree, "sync");
	cJSON_AddStringToObject(sync, "state", stats->sync.state[0] ? stats->sync.state : "unsynced");
	if (stats->sync.valid) {
		glow_json_add_int(sync, "offset_us", stats->sync.offset_us);
		glow_json_add_int(sync, "error_us", stats->sync.error_us);
	} else {
		cJSON_AddNullToObject(sync, "offset_us");
		cJSON_AddNullToObject(sync, "error_us");
	}
	cJSON_AddNumberToObject(tree, "cpu", stats->meter[GLOW_METER_CPU] / 10.0);
	cJSON_AddNumberToObject(tree, "memory", stats->meter[GLOW_METER_MEMORY] / 10.0);
	if (isnan(stats->temperature_c))
		cJSON_AddNullToObject(tree, "temperature");
	else
		cJSON_AddNumberToObject(tree, "temperature", round(stats->temperature_c * 10) / 10);
	gauges = cJSON_AddObjectToObject(tree, "gauges");
	for (int k = 0; k < GLOW_METERS; k++)
		cJSON_AddNumberToObject(gauges, glow_meter_names[k], stats->meter[k] / 10.0);
	glow_counts_add(tree, &stats->messages);
	return tree;
}

void glow_stats_read_meters(const cJSON *tree, uint16_t ret_meter[GLOW_METERS])
{
	const cJSON *gauges = glow_json_get(tree, "gauges");

	for (int k = 0; k < GLOW_METERS; k++) {
		const cJSON *item = glow_json_get(gauges, glow_meter_names[k]);

		if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= 100)
			ret_meter[k] = (uint16_t)lround(item->valuedouble * 10);
	}
}

static int64_t int_or_0(const cJSON *tree, const char *name, int64_t min, int64_t max)
{
	struct glow_diag diag;
	int64_t v;

	return glow_json_get_int(tree, name, min, max, &v, &diag) == GLOW_OK ? v : 0;
}

static uint64_t count_or_0(const cJSON *tree, const char *name)
{
	return (uint64_t)int_or_0(tree, name, 0, GLOW_JSON_INT_MAX);
}

void glow_counts_read(const cJSON *object, struct glow_mqtt_counts *ret_counts)
{
	const cJSON *messages = glow_json_get(object, "messages");

	*ret_counts = (struct glow_mqtt_counts){ .in_dropped = count_or_0(messages, "in_dropped"),
						 .in_replaced = count_or_0(messages, "in_replaced"),
						 .out_dropped = count_or_0(messages, "out_dropped"),
						 .out_replaced = count_or_0(messages, "out_replaced"),
						 .asked_again = count_or_0(messages, "asked_again") };
}

void glow_stats_read(const cJSON *tree, struct glow_stats *ret_stats)
{
	const cJSON *sync = glow_json_get(tree, "sync"), *temperature = glow_json_get(tree, "temperature");

	memset(ret_stats, 0, sizeof(*ret_stats));
	ret_stats->fps = (unsigned)int_or_0(tree, "fps", 0, 1000000);
	ret_stats->late = count_or_0(tree, "late");
	ret_stats->dropped = count_or_0(tree, "dropped");
	ret_stats->write_us = (uint32_t)int_or_0(tree, "write_us", 0, UINT32_MAX);
	ret_stats->frame_cpu_us = (uint32_t)int_or_0(tree, "frame_cpu_us", 0, UINT32_MAX);
	ret_stats->slots_a_frame = (unsigned)int_or_0(tree, "slots_a_frame", 1, 240);
	ret_stats->temperature_c = cJSON_IsNumber(temperature) ? temperature->valuedouble : NAN;
	glow_stats_read_meters(tree, ret_stats->meter);
	copy_string(sync, "state", ret_stats->sync.state, sizeof(ret_stats->sync.state));
	ret_stats->sync.valid = cJSON_IsNumber(glow_json_get(sync, "error_us"));
	ret_stats->sync.offset_us = int_or_0(sync, "offset_us", -GLOW_JSON_INT_MAX, GLOW_JSON_INT_MAX);
	ret_stats->sync.error_us = (uint32_t)int_or_0(sync, "error_us", 0, UINT32_MAX);
	glow_counts_read(tree, &ret_stats->messages);
}

cJSON *glow_answer_write(const char *node, const struct glow_diag *diag)
{
	cJSON *tree = cJSON_CreateObject();

	cJSON_AddStringToObject(tree, "status", diag->code == GLOW_OK ? "ok" : "error");
	if (node)
		cJSON_AddStringToObject(tree, "node", node);
	if (diag->code != GLOW_OK) {
		cJSON_AddStringToObject(tree, "code", glow_code_name(diag->code));
		cJSON_AddStringToObject(tree, "field", diag->where);
		cJSON_AddStringToObject(tree, "message", diag->what);
	} else if (diag->ignored[0]) {
		cJSON *list = cJSON_AddArrayToObject(tree, "ignored");

		for (const char *path = NULL; (path = glow_diag_ignored(diag, path));)
			cJSON_AddItemToArray(list, cJSON_CreateString(path));
	}
	return tree;
}
