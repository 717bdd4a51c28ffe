/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Packets are put together byte by byte: the same on every machine, and
 * wherever in memory a message happens to lie. */

#include <stdio.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/timing.h>

#define VERSION 1

static void put(uint8_t *at, size_t size, uint64_t value)
{
	for (size_t k = 0; k < size; k++)
		at[k] = (uint8_t)(value >> 8 * k);
}

static uint64_t get(const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	for (size_t k = 0; k < size; k++)
		value |= (uint64_t)at[k] << 8 * k;
	return value;
}

/* ---- probes ---- */

void glow_request_write(const struct glow_time_request *request, uint8_t ret_bytes[GLOW_REQUEST_SIZE])
{
	put(ret_bytes, 4, VERSION); /* flags and two spare bytes are 0 */
	put(ret_bytes + 4, 4, request->seq);
	put(ret_bytes + GLOW_REQUEST_T1, 8, (uint64_t)request->t1_ns);
	put(ret_bytes + GLOW_REQUEST_S1, 8, (uint64_t)request->s1_ns);
}

bool glow_request_read(const void *bytes, size_t len, struct glow_time_request *ret_request)
{
	const uint8_t *at = bytes;

	if (len != GLOW_REQUEST_SIZE || at[0] != VERSION)
		return false;
	*ret_request = (struct glow_time_request){
		.seq = (uint32_t)get(at + 4, 4),
		.t1_ns = (int64_t)get(at + GLOW_REQUEST_T1, 8),
		.s1_ns = (int64_t)get(at + GLOW_REQUEST_S1, 8),
	};
	return true;
}

size_t glow_reply_write(const struct glow_time_reply *reply, bool adopt, uint8_t ret_bytes[GLOW_ADOPT_REPLY_SIZE])
{
	put(ret_bytes, 4, VERSION);
	put(ret_bytes + 4, 4, reply->seq);
	put(ret_bytes + 8, 8, (uint64_t)reply->t1_ns);
	put(ret_bytes + 16, 8, (uint64_t)reply->t2_ns);
	put(ret_bytes + GLOW_REPLY_T3, 8, (uint64_t)reply->t3_ns);
	put(ret_bytes + 32, 4, reply->leader.term);
	put(ret_bytes + 36, 4, reply->leader.boot);
	put(ret_bytes + 40, 8, reply->leader.clock_id);
	if (!adopt)
		return GLOW_REPLY_SIZE;
	put(ret_bytes + 48, 4, reply->sigma_ns);
	put(ret_bytes + 52, 4, (uint32_t)reply->rate_ppb);
	put(ret_bytes + 56, 8, reply->state);
	return GLOW_ADOPT_REPLY_SIZE;
}

bool glow_reply_read(const void *bytes, size_t len, bool adopt, struct glow_time_reply *ret_reply)
{
	const uint8_t *at = bytes;

	if (len != (adopt ? GLOW_ADOPT_REPLY_SIZE : GLOW_REPLY_SIZE) || at[0] != VERSION ||
	    (adopt && at[56] > GLOW_SYNC_LEADING))
		return false;
	*ret_reply = (struct glow_time_reply){
		.seq = (uint32_t)get(at + 4, 4),
		.t1_ns = (int64_t)get(at + 8, 8),
		.t2_ns = (int64_t)get(at + 16, 8),
		.t3_ns = (int64_t)get(at + GLOW_REPLY_T3, 8),
		.leader.term = (uint32_t)get(at + 32, 4),
		.leader.boot = (uint32_t)get(at + 36, 4),
		.leader.clock_id = get(at + 40, 8),
	};
	if (adopt) {
		ret_reply->sigma_ns = (uint32_t)get(at + 48, 4);
		ret_reply->rate_ppb = (int32_t)get(at + 52, 4);
		ret_reply->state = at[56];
	}
	return true;
}

void glow_request_message(const struct glow_time_request *request, const char *topic, uint8_t bytes[GLOW_REQUEST_SIZE],
			  struct glow_message *ret_message)
{
	glow_request_write(request, bytes);
	*ret_message = (struct glow_message){
		.topic = topic,
		.payload = bytes,
		.len = GLOW_REQUEST_SIZE,
		.aging = { GLOW_REQUEST_T1, request->s1_ns ? GLOW_REQUEST_S1 : 0 }, /* 0 says "none" and stays so */
	};
}

void glow_reply_message(const struct glow_time_reply *reply, bool adopt, const char *topic,
			uint8_t bytes[GLOW_ADOPT_REPLY_SIZE], struct glow_message *ret_message)
{
	*ret_message = (struct glow_message){
		.topic = topic,
		.payload = bytes,
		.len = glow_reply_write(reply, adopt, bytes),
		.aging = { GLOW_REPLY_T3 },
	};
}

/* ---- who leads ---- */

void glow_clock_id_format(uint64_t id, char ret_text[GLOW_CLOCK_ID_LEN + 1])
{
	snprintf(ret_text, GLOW_CLOCK_ID_LEN + 1, "%016llx", (unsigned long long)id);
}

bool glow_clock_id_parse(const char *text, uint64_t *ret_id)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t id = 0;

	if (strlen(text) != GLOW_CLOCK_ID_LEN || strspn(text, digits) != GLOW_CLOCK_ID_LEN)
		return false;
	for (; *text; text++)
		id = id << 4 | (uint64_t)(strchr(digits, *text) - digits);
	*ret_id = id;
	return true;
}

void glow_clock_id_add(cJSON *object, uint64_t id)
{
	char text[GLOW_CLOCK_ID_LEN + 1];

	glow_clock_id_format(id, text);
	cJSON_AddStringToObject(object, "clock_id", text);
}

void glow_edition_add(cJSON *object, const struct glow_edition *edition)
{
	glow_clock_id_add(object, edition->clock_id);
	glow_json_add_int(object, "term", edition->term);
	glow_json_add_int(object, "rev", (int64_t)edition->rev);
}

enum glow_code glow_edition_read(const cJSON *object, struct glow_edition *ret_edition, struct glow_diag *diag)
{
	int64_t term = 0, rev = 0;

	ret_edition->clock_id = 0;
	if ((glow_json_get(object, "clock_id") &&
	     glow_clock_id_read(object, &ret_edition->clock_id, diag) != GLOW_OK) ||
	    glow_json_opt_int(object, "term", 0, UINT32_MAX, &term, diag) != GLOW_OK ||
	    glow_json_opt_int(object, "rev", 0, GLOW_JSON_INT_MAX, &rev, diag) != GLOW_OK)
		return diag->code;
	ret_edition->term = (uint32_t)term;
	ret_edition->rev = (uint64_t)rev;
	return GLOW_OK;
}

enum glow_code glow_clock_id_read(const cJSON *object, uint64_t *ret_id, struct glow_diag *diag)
{
	const cJSON *item = glow_json_get(object, "clock_id");

	if (!cJSON_IsString(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "clock_id", "must be a string");
	if (!glow_clock_id_parse(item->valuestring, ret_id))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "clock_id", "must have %d digits 0-9 a-f",
				     GLOW_CLOCK_ID_LEN);
	return GLOW_OK;
}

static void add_leader(cJSON *tree, const struct glow_leader *leader)
{
	glow_clock_id_add(tree, leader->clock_id);
	glow_json_add_int(tree, "term", leader->term);
	glow_json_add_int(tree, "boot", leader->boot);
}

static enum glow_code read_u32(const cJSON *tree, const char *name, uint32_t *ret_value, struct glow_diag *diag)
{
	int64_t v;

	if (glow_json_get_int(tree, name, 0, UINT32_MAX, &v, diag) != GLOW_OK)
		return diag->code;
	*ret_value = (uint32_t)v;
	return GLOW_OK;
}

static enum glow_code read_leader(const cJSON *tree, struct glow_leader *ret_leader, struct glow_diag *diag)
{
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (glow_clock_id_read(tree, &ret_leader->clock_id, diag) != GLOW_OK ||
	    read_u32(tree, "term", &ret_leader->term, diag) != GLOW_OK)
		return diag->code;
	return read_u32(tree, "boot", &ret_leader->boot, diag);
}

/* ---- conductor/info ---- */

#define AHEAD_MAX_US (6 * GLOW_US_PER_S)

static void add_uplink(cJSON *tree, const struct glow_uplink_info *uplink)
{
	cJSON *item = cJSON_AddObjectToObject(tree, "uplink"), *above;

	cJSON_AddStringToObject(item, "root", uplink->root);
	cJSON_AddStringToObject(item, "rack", uplink->rack);
	cJSON_AddStringToObject(item, "state", uplink->state);
	if (uplink->problem[0])
		cJSON_AddStringToObject(item, "problem", uplink->problem);
	glow_json_add_int(item, "losses", uplink->losses);
	above = cJSON_AddArrayToObject(item, "above");
	for (uint32_t k = 0; k < uplink->n_above; k++)
		cJSON_AddItemToArray(above, cJSON_CreateNumber(uplink->above[k]));
}

cJSON *glow_conductor_info_write(const struct glow_conductor_info *info)
{
	cJSON *tree = cJSON_CreateObject();

	cJSON_AddStringToObject(tree, "id", info->id);
	cJSON_AddStringToObject(tree, "state", info->leading ? "leading" : "adopting");
	add_leader(tree, &info->leader);
	glow_json_add_int(tree, "rate_ppb", info->rate_ppb);
	glow_json_add_int(tree, "nodes", info->nodes);
	cJSON_AddStringToObject(tree, "version", info->version);
	if (info->has_utc) {
		glow_json_add_int(tree, "utc_offset_us", info->utc_offset_us);
		glow_json_add_int(tree, "tz_offset_s", info->tz_offset_s);
	} else {
		cJSON_AddNullToObject(tree, "utc_offset_us");
		cJSON_AddNullToObject(tree, "tz_offset_s");
	}
	if (info->ahead_us)
		glow_json_add_int(tree, "ahead_us", info->ahead_us);
	glow_counts_add(tree, &info->messages);
	if (info->uplink.root[0])
		add_uplink(tree, &info->uplink);
	return tree;
}

static void copy_text(const cJSON *tree, const char *name, char *ret_text, size_t size)
{
	const char *text = cJSON_GetStringValue(glow_json_get(tree, name));

	snprintf(ret_text, size, "%s", text ? text : "");
	glow_diag_mend(ret_text);
}

/* Nothing depends on it but who is above whom, so what is odd is left out. */
static void read_uplink(const cJSON *item, struct glow_uplink_info *uplink)
{
	const cJSON *above = glow_json_get(item, "above");
	struct glow_diag diag;
	int64_t losses = 0, boot;

	copy_text(item, "root", uplink->root, sizeof(uplink->root));
	copy_text(item, "rack", uplink->rack, sizeof(uplink->rack));
	copy_text(item, "state", uplink->state, sizeof(uplink->state));
	copy_text(item, "problem", uplink->problem, sizeof(uplink->problem));
	glow_json_opt_int(item, "losses", 0, UINT32_MAX, &losses, &diag);
	uplink->losses = (uint32_t)losses;
	for (const cJSON *k = above ? above->child : NULL; k && uplink->n_above < GLOW_ABOVE_MAX; k = k->next)
		if (glow_json_int(k, "above", 1, UINT32_MAX, &boot, &diag) == GLOW_OK)
			uplink->above[uplink->n_above++] = (uint32_t)boot;
}

static enum glow_code read_utc(const cJSON *tree, struct glow_conductor_info *info, struct glow_diag *diag)
{
	const cJSON *item = glow_json_get(tree, "utc_offset_us");
	int64_t zone;

	info->has_utc = item && !cJSON_IsNull(item);
	if (!info->has_utc)
		return GLOW_OK;
	if (glow_json_get_time(tree, "utc_offset_us", &info->utc_offset_us, diag) != GLOW_OK ||
	    glow_json_get_int(tree, "tz_offset_s", -86400, 86400, &zone, diag) != GLOW_OK)
		return diag->code;
	info->tz_offset_s = (int32_t)zone;
	return GLOW_OK;
}

enum glow_code glow_conductor_info_read(const cJSON *tree, struct glow_conductor_info *ret_info, struct glow_diag *diag)
{
	const cJSON *id = glow_json_get(tree, "id"), *state = glow_json_get(tree, "state");
	const cJSON *version = glow_json_get(tree, "version");
	int64_t rate, ahead = 0;

	memset(ret_info, 0, sizeof(*ret_info));
	if (read_leader(tree, &ret_info->leader, diag) != GLOW_OK)
		return diag->code;
	if (!cJSON_IsString(id) || !glow_id_valid(id->valuestring))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "id", "is no id of a conductor");
	if (!cJSON_IsString(state) ||
	    (strcmp(state->valuestring, "leading") != 0 && strcmp(state->valuestring, "adopting") != 0))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "state", "must be one of adopting, leading");
	if (glow_json_get_int(tree, "rate_ppb", INT32_MIN, INT32_MAX, &rate, diag) != GLOW_OK ||
	    read_u32(tree, "nodes", &ret_info->nodes, diag) != GLOW_OK)
		return diag->code;
	memcpy(ret_info->id, id->valuestring, strlen(id->valuestring) + 1);
	ret_info->leading = strcmp(state->valuestring, "leading") == 0;
	ret_info->rate_ppb = (int32_t)rate;
	if (cJSON_IsString(version) && strlen(version->valuestring) < sizeof(ret_info->version))
		memcpy(ret_info->version, version->valuestring, strlen(version->valuestring) + 1);
	glow_counts_read(tree, &ret_info->messages);
	read_uplink(glow_json_get(tree, "uplink"), &ret_info->uplink);
	if (glow_json_get(tree, "ahead_us") &&
	    glow_json_get_int(tree, "ahead_us", 0, AHEAD_MAX_US, &ahead, diag) != GLOW_OK)
		return diag->code;
	ret_info->ahead_us = (uint32_t)ahead;
	return read_utc(tree, ret_info, diag);
}

/* ---- conductor/beacon ---- */

cJSON *glow_beacon_write(const struct glow_beacon *beacon)
{
	cJSON *tree = cJSON_CreateObject();

	glow_json_add_int(tree, "seq", beacon->seq);
	glow_json_add_int(tree, "time_us", beacon->time_us);
	add_leader(tree, &beacon->leader);
	return tree;
}

enum glow_code glow_beacon_read(const cJSON *tree, struct glow_beacon *ret_beacon, struct glow_diag *diag)
{
	if (read_leader(tree, &ret_beacon->leader, diag) != GLOW_OK ||
	    read_u32(tree, "seq", &ret_beacon->seq, diag) != GLOW_OK)
		return diag->code;
	return glow_json_get_time(tree, "time_us", &ret_beacon->time_us, diag);
}
