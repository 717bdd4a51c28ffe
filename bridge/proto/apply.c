/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The command inside stays a tree. Whether it is right depends on a board, so each node reads it
 * against its own, as if it had come directly; here only the envelope is checked. `of` is text because
 * it is compared and never computed with. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/command.h>
#include <glow/json.h>
#include <glow/scenes.h>

#define OF_LEN 8

cJSON *glow_apply_write(const struct glow_apply *apply)
{
	cJSON *tree = cJSON_CreateObject();
	char of[OF_LEN + 1];

	snprintf(of, sizeof(of), "%08x", apply->of);
	cJSON_AddStringToObject(tree, "kind", apply->notify ? "notify" : "set");
	glow_json_add_int(tree, "at_us", apply->at_us);
	cJSON_AddStringToObject(tree, "of", of);
	glow_json_add_int(tree, "seed", apply->seed);
	cJSON_AddItemToObject(tree, "cmd",
			      glow_command_copy(apply->command,
						apply->notify ? GLOW_COMMAND_NOTIFY : GLOW_COMMAND_SET));
	return tree;
}

enum glow_code glow_apply_read(const cJSON *tree, struct glow_apply *ret_apply, struct glow_diag *diag)
{
	const cJSON *kind = glow_json_get(tree, "kind"), *of = glow_json_get(tree, "of");
	int64_t seed;

	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (!cJSON_IsString(kind) ||
	    (strcmp(kind->valuestring, "set") != 0 && strcmp(kind->valuestring, "notify") != 0))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "kind", "must be one of set, notify");
	if (!cJSON_IsString(of) || strlen(of->valuestring) != OF_LEN ||
	    strspn(of->valuestring, "0123456789abcdef") != OF_LEN)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "of", "must have %d digits 0-9 a-f", OF_LEN);
	if (glow_json_get_time(tree, "at_us", &ret_apply->at_us, diag) != GLOW_OK ||
	    glow_json_get_int(tree, "seed", 0, UINT32_MAX, &seed, diag) != GLOW_OK)
		return diag->code;
	ret_apply->notify = strcmp(kind->valuestring, "notify") == 0;
	ret_apply->of = (uint32_t)strtoul(of->valuestring, NULL, 16);
	ret_apply->seed = (uint32_t)seed;
	ret_apply->command = glow_json_get(tree, "cmd");
	if (!cJSON_IsObject(ret_apply->command))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "cmd", "must be an object");
	return GLOW_OK;
}
