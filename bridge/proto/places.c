/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Effects divide by the length of the strip and by the number of boards, so each place is checked to lie on its strip.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/places.h>
#include <glow/timing.h>

#define KEY_LEN 8 /* hexadecimal digits */

static void add_place(cJSON *object, const struct glow_place *place)
{
	glow_json_add_int(object, "offset", place->offset);
	glow_json_add_int(object, "pixels", place->total);
	glow_json_add_int(object, "board", place->board);
	glow_json_add_int(object, "boards", place->boards);
}

cJSON *glow_places_write(const struct glow_places *places)
{
	cJSON *tree = cJSON_CreateObject(), *targets;

	glow_edition_add(tree, &places->edition);
	glow_json_add_int(tree, "effective_us", places->effective_us);
	add_place(tree, &places->whole);
	if (places->whole.reverse)
		cJSON_AddTrueToObject(tree, "reverse");
	targets = places->n ? cJSON_AddObjectToObject(tree, "targets") : NULL;
	for (uint32_t k = 0; k < places->n; k++) {
		char key[KEY_LEN + 1];

		snprintf(key, sizeof(key), "%08x", places->targets[k].target);
		add_place(cJSON_AddObjectToObject(targets, key), &places->targets[k].place);
	}
	return tree;
}

static enum glow_code read_place(const cJSON *object, bool reverse, struct glow_place *ret_place,
				 struct glow_diag *diag)
{
	int64_t offset, pixels, board, boards;

	if (glow_json_get_int(object, "pixels", 1, GLOW_STRIP_MAX, &pixels, diag) != GLOW_OK ||
	    glow_json_get_int(object, "offset", 0, pixels - 1, &offset, diag) != GLOW_OK ||
	    glow_json_get_int(object, "boards", 1, GLOW_STRIP_MAX, &boards, diag) != GLOW_OK ||
	    glow_json_get_int(object, "board", 0, boards - 1, &board, diag) != GLOW_OK)
		return diag->code;
	*ret_place = (struct glow_place){ .offset = (uint32_t)offset,
					  .total = (uint32_t)pixels,
					  .reverse = reverse,
					  .board = (uint32_t)board,
					  .boards = (uint32_t)boards };
	return GLOW_OK;
}

static bool read_key(const char *text, uint32_t *ret_key)
{
	if (strspn(text, "0123456789abcdef") != KEY_LEN || text[KEY_LEN])
		return false;
	*ret_key = (uint32_t)strtoul(text, NULL, 16);
	return true;
}

static enum glow_code read_targets(const cJSON *list, struct glow_places *places, struct glow_diag *diag)
{
	if (!list)
		return GLOW_OK;
	if (!cJSON_IsObject(list))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "targets", "must be an object");
	if (cJSON_GetArraySize(list) > GLOW_SCENES_MAX)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "targets", "must have at most %d members, got %d",
				     GLOW_SCENES_MAX, cJSON_GetArraySize(list));
	places->targets = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*places->targets));
	if (!places->targets)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "targets", "out of memory");
	for (const cJSON *item = list->child; item; item = item->next) {
		struct glow_target_place *to = &places->targets[places->n];
		char where[32];

		if (!read_key(item->string, &to->target))
			continue;
		snprintf(where, sizeof(where), "targets.%s", item->string);
		if (!cJSON_IsObject(item))
			return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be an object");
		if (read_place(item, places->whole.reverse, &to->place, diag) != GLOW_OK)
			return glow_diag_inside(diag, where);
		places->n++;
	}
	return GLOW_OK;
}

enum glow_code glow_places_read(const cJSON *tree, struct glow_places *ret_places, struct glow_diag *diag)
{
	memset(ret_places, 0, sizeof(*ret_places));
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (glow_edition_read(tree, &ret_places->edition, diag) == GLOW_OK &&
	    glow_json_get_time(tree, "effective_us", &ret_places->effective_us, diag) == GLOW_OK &&
	    read_place(tree, cJSON_IsTrue(glow_json_get(tree, "reverse")), &ret_places->whole, diag) == GLOW_OK &&
	    read_targets(glow_json_get(tree, "targets"), ret_places, diag) == GLOW_OK)
		return GLOW_OK;
	glow_places_fini(ret_places);
	return diag->code;
}

void glow_places_fini(struct glow_places *places)
{
	free(places->targets);
	*places = (struct glow_places){ .n = 0 };
}
