/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The control: fuzz_json.c with cJSON's own parser in place of the strict door
 * must fail on its corpus, or its checks would see nothing. */

#include <glow/json.h>

cJSON *loose_parse(const char *text, size_t len, struct glow_diag *diag)
{
	cJSON *tree = cJSON_ParseWithLength(text, len);

	if (!tree)
		glow_diag_set(diag, GLOW_BAD_JSON, "", "not JSON");
	return tree;
}
