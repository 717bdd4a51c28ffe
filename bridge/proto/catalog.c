/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Named after its content, a catalog never changes: nodes of two versions keep two of them side by
 * side, and whoever reads one can check that it is the one that was meant. */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <glow/catalog.h>
#include <glow/effect.h>
#include <glow/params.h>

cJSON *glow_catalog_write(void)
{
	cJSON *effects = cJSON_CreateArray();

	for (size_t k = 0; k < glow_effect_built_in_count(); k++) {
		const struct glow_effect_desc *e = glow_effect_built_in_at(k);
		cJSON *one = cJSON_CreateObject(), *params;

		cJSON_AddStringToObject(one, "name", e->name);
		cJSON_AddStringToObject(one, "what", e->what);
		params = cJSON_AddArrayToObject(one, "params");
		for (int j = 0; j < e->n_params; j++)
			cJSON_AddItemToArray(params, glow_param_describe(&e->params[j]));
		cJSON_AddItemToArray(effects, one);
	}
	return effects;
}

void glow_catalog_name(const void *text, size_t len, char ret_name[GLOW_CATALOG_NAME_LEN + 1])
{
	const uint8_t *byte = text;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t k = 0; k < len; k++)
		hash = (hash ^ byte[k]) * UINT64_C(0x100000001b3);
	snprintf(ret_name, GLOW_CATALOG_NAME_LEN + 1, "%016" PRIx64, hash);
}

bool glow_catalog_name_valid(const char *name)
{
	return strlen(name) == GLOW_CATALOG_NAME_LEN && strspn(name, "0123456789abcdef") == GLOW_CATALOG_NAME_LEN;
}
