/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Whatever the strict door lets in is the same when it is printed and read again. */

#include "../harness/json_equal.h"
#include "fuzz.h"

/* How deep a tree is nested. */
static int depth(const cJSON *tree)
{
	int most = 0;

	for (const cJSON *c = tree->child; c; c = c->next) {
		int below = depth(c);

		most = below > most ? below : most;
	}
	return (cJSON_IsObject(tree) || cJSON_IsArray(tree)) + most;
}

/* cJSON prints the largest numbers of all with 15 digits, which rounds them to infinity. */
static bool printable(const cJSON *tree)
{
	if (cJSON_IsNumber(tree) && fabs(tree->valuedouble) > 1.7e308)
		return false;
	for (const cJSON *c = tree->child; c; c = c->next)
		if (!printable(c))
			return false;
	return true;
}

void fuzz_json(const uint8_t *data, size_t size)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *text = exact_copy(data, size), *again_text;
	cJSON *tree = glow_json_parse(text, size, &diag), *again;

	free(text);
	if (!tree) {
		check_refusal(&diag);
		return;
	}
	CHECK(diag.code == GLOW_OK);
	CHECK(depth(tree) <= GLOW_JSON_DEPTH_MAX);
	if (printable(tree)) {
		again_text = cJSON_PrintUnformatted(tree);
		again = glow_json_parse(again_text, strlen(again_text), &diag);
		CHECK(again && json_equal(tree, again));
		cJSON_Delete(again);
		cJSON_free(again_text);
	}
	cJSON_Delete(tree);
}
