/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* No text begins with a brace, so whoever has a text may send it as it is, and whoever only makes JSON may do that.
 * Parameters go out with a text for those who list effects and do not compile any; they are not read back,
 * since the text says it all. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/effect_text.h>
#include <glow/habits.h>
#include <glow/json.h>
#include <glow/params.h>
#include <glow/timing.h>

#define ASKED_MAX (6 * GLOW_SCRIPT_MAX + 256) /* each byte may be written as an escape of six */

static const char *const asked_fields[] = { "text", NULL };

bool glow_effect_text_named(const char *name)
{
	return strlen(name) < GLOW_SCRIPT_NAME_SIZE && name[0] >= 'a' && name[0] <= 'z' && glow_id_valid(name);
}

static enum glow_code keep(const char *text, size_t len, char **ret_text, size_t *ret_len, struct glow_diag *diag)
{
	*ret_len = len;
	*ret_text = len > 0 ? malloc(len + 1) : NULL;
	if (len > 0 && !*ret_text)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	if (len > 0) {
		memcpy(*ret_text, text, len);
		(*ret_text)[len] = '\0';
	}
	return GLOW_OK;
}

static enum glow_code asked_object(const cJSON *tree, char **ret_text, size_t *ret_len, struct glow_diag *diag)
{
	const cJSON *text = glow_json_get(tree, "text");

	if (glow_fields_check_of(tree, asked_fields, diag) != GLOW_OK)
		return diag->code;
	if (!text)
		return glow_diag_set(diag, GLOW_BAD_TYPE, "text", "must be there: the text, or null to remove it");
	if (cJSON_IsNull(text))
		return GLOW_OK;
	if (!cJSON_IsString(text))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "text", "must be a string");
	return keep(text->valuestring, strlen(text->valuestring), ret_text, ret_len, diag);
}

enum glow_code glow_effect_text_asked(const char *payload, size_t len, char **ret_text, size_t *ret_len,
				      struct glow_diag *diag)
{
	size_t blank;
	cJSON *tree;

	*diag = (struct glow_diag){ .code = GLOW_OK };
	*ret_text = NULL;
	*ret_len = 0;
	if (len > ASKED_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "a text has at most %d bytes, this one has %zu",
				     GLOW_SCRIPT_MAX, len);
	blank = glow_json_blank(payload, len);
	if (blank == len)
		return GLOW_OK;
	if (payload[blank] != '{') {
		size_t mark = len >= 3 && memcmp(payload, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

		return keep(payload + mark, len - mark, ret_text, ret_len, diag);
	}
	tree = glow_json_parse(payload, len, diag);
	if (tree)
		asked_object(tree, ret_text, ret_len, diag);
	cJSON_Delete(tree);
	return diag->code;
}

cJSON *glow_effect_text_write(const struct glow_effect_text *text, const struct glow_effect_desc *effect)
{
	cJSON *tree = cJSON_CreateObject(), *params;

	cJSON_AddStringToObject(tree, "name", text->name);
	cJSON_AddStringToObject(tree, "what", effect->what);
	params = cJSON_AddArrayToObject(tree, "params");
	for (int k = 0; k < effect->n_params; k++)
		cJSON_AddItemToArray(params, glow_param_describe(&effect->params[k]));
	cJSON_AddStringToObject(tree, "text", text->text);
	glow_json_add_int(tree, "rev", (int64_t)text->rev);
	if (text->clock_id) {
		glow_json_add_int(tree, "at_us", text->at_us);
		glow_clock_id_add(tree, text->clock_id);
	}
	return tree;
}

static enum glow_code read_rev(const cJSON *tree, const char *name, uint64_t *ret_rev, struct glow_diag *diag)
{
	int64_t rev = 0;

	if (glow_json_get_int(tree, name, 0, (int64_t)GLOW_EFFECT_REV_MAX, &rev, diag) == GLOW_OK)
		*ret_rev = (uint64_t)rev;
	return diag->code;
}

enum glow_code glow_effect_text_read(const cJSON *tree, struct glow_effect_text *ret_text, struct glow_diag *diag)
{
	const cJSON *text = glow_json_get(tree, "text");

	*ret_text = (struct glow_effect_text){ .len = 0 };
	diag->code = GLOW_OK;
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (glow_json_text(glow_json_get(tree, "name"), "name", GLOW_SCRIPT_NAME_SIZE - 1, ret_text->name, diag) !=
	    GLOW_OK)
		return diag->code;
	if (!glow_effect_text_named(ret_text->name))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "name", "is no effect's name");
	if (!cJSON_IsString(text))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "text", "must be a string");
	ret_text->text = text->valuestring;
	ret_text->len = strlen(text->valuestring);
	if (read_rev(tree, "rev", &ret_text->rev, diag) != GLOW_OK ||
	    glow_json_opt_time(tree, "at_us", &ret_text->at_us, diag) != GLOW_OK)
		return diag->code;
	return glow_json_get(tree, "clock_id") ? glow_clock_id_read(tree, &ret_text->clock_id, diag) : GLOW_OK;
}

cJSON *glow_effect_list_write(const struct glow_effect_list *list)
{
	cJSON *tree = cJSON_CreateObject(), *effects;

	glow_json_add_int(tree, "rev", (int64_t)list->rev);
	effects = cJSON_AddObjectToObject(tree, "effects");
	for (size_t k = 0; k < list->n; k++)
		glow_json_add_int(effects, list->v[k].name, (int64_t)list->v[k].rev);
	return tree;
}

enum glow_code glow_effect_list_read(const cJSON *tree, struct glow_effect_list *ret_list, struct glow_diag *diag)
{
	const cJSON *effects = glow_json_get(tree, "effects");

	*ret_list = (struct glow_effect_list){ .n = 0 };
	diag->code = GLOW_OK;
	if (!cJSON_IsObject(tree) || !cJSON_IsObject(effects))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "effects", "must be an object of names");
	if (cJSON_GetArraySize(effects) > GLOW_EFFECT_TEXTS_MAX)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "effects", "must have at most %d, got %d",
				     GLOW_EFFECT_TEXTS_MAX, cJSON_GetArraySize(effects));
	if (read_rev(tree, "rev", &ret_list->rev, diag) != GLOW_OK)
		return diag->code;
	for (const cJSON *item = effects->child; item; item = item->next) {
		struct glow_effect_listed *one = &ret_list->v[ret_list->n];

		if (!glow_effect_text_named(item->string))
			return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "effects", "\"%.40s\" is no effect's name",
					     item->string);
		if (read_rev(effects, item->string, &one->rev, diag) != GLOW_OK)
			return diag->code;
		memcpy(one->name, item->string, strlen(item->string) + 1);
		ret_list->n++;
	}
	return GLOW_OK;
}

const struct glow_effect_listed *glow_effect_list_find(const struct glow_effect_list *list, const char *name)
{
	for (size_t k = 0; k < list->n; k++)
		if (strcmp(list->v[k].name, name) == 0)
			return &list->v[k];
	return NULL;
}
