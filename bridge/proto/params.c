/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The type of a row decides three times: how a value is read, how it is written, and how the row is
 * shown to people. The three stand together, so that a new type is added in one file. A default is
 * written as any other value. */

#include <stdio.h>
#include <string.h>

#include <glow/json.h>
#include <glow/params.h>

static enum glow_code read_color(const struct glow_param_desc *row, const cJSON *item, const char *where,
				 int32_t *ret_value, struct glow_diag *diag)
{
	struct glow_rgb c;

	if (row->def == GLOW_LIGHT_COLOR && cJSON_IsNull(item)) {
		*ret_value = GLOW_LIGHT_COLOR;
		return GLOW_OK;
	}
	if (glow_json_color(item, where, &c, diag) != GLOW_OK)
		return diag->code;
	*ret_value = glow_rgb_pack(c);
	return GLOW_OK;
}

static enum glow_code read_text(const cJSON *item, const char *where, char ret_text[GLOW_TEXT_MAX + 1],
				struct glow_diag *diag)
{
	if (!cJSON_IsString(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, where, "must be a string");
	if (strlen(item->valuestring) > GLOW_TEXT_MAX)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "must have at most %d characters", GLOW_TEXT_MAX);
	for (const char *c = item->valuestring; *c; c++)
		if (*c < ' ' || *c > '~')
			return glow_diag_set(diag, GLOW_OUT_OF_RANGE, where, "must be printable ASCII");
	memcpy(ret_text, item->valuestring, strlen(item->valuestring) + 1);
	return GLOW_OK;
}

static enum glow_code read_value(const struct glow_param_desc *row, const cJSON *item, int32_t *value,
				 char text[GLOW_TEXT_MAX + 1], struct glow_diag *diag)
{
	char where[96];
	int64_t number = 0;
	int choice = 0;
	bool truth = false;
	enum glow_code code = GLOW_OK;

	snprintf(where, sizeof(where), "params.%s", row->name);
	switch (row->type) {
	case GLOW_PARAM_INT:
		code = glow_json_int(item, where, row->min, row->max, &number, diag);
		break;
	case GLOW_PARAM_BOOL:
		code = glow_json_bool(item, where, &truth, diag);
		number = truth;
		break;
	case GLOW_PARAM_COLOR:
		return read_color(row, item, where, value, diag);
	case GLOW_PARAM_CHOICE:
		code = glow_json_word(item, where, row->choices, &choice, diag);
		number = choice;
		break;
	case GLOW_PARAM_TEXT:
		return read_text(item, where, text, diag);
	}
	if (code == GLOW_OK)
		*value = (int32_t)number;
	return code;
}

enum glow_code glow_params_read(const cJSON *object, const struct glow_effect_desc *effect, struct glow_params *params,
				uint32_t *ret_set, struct glow_diag *diag)
{
	*ret_set = 0;
	for (const cJSON *item = object->child; item; item = item->next) {
		int k = effect ? glow_param_find(effect, item->string) : -1;
		char where[96];

		if (k < 0) {
			snprintf(where, sizeof(where), "params.%s", item->string);
			return glow_diag_set(diag, GLOW_UNKNOWN_PARAM, where, "%s has no parameter of that name",
					     effect ? effect->name : "auto");
		}
		if (cJSON_IsNull(item) && effect->params[k].def != GLOW_LIGHT_COLOR)
			continue; /* as if it were not there */
		if (read_value(&effect->params[k], item, &params->v[k], params->text, diag) != GLOW_OK)
			return diag->code;
		*ret_set |= UINT32_C(1) << k;
	}
	return GLOW_OK;
}

static cJSON *write_value(const struct glow_param_desc *row, int32_t v, const char *text)
{
	char color[8];

	switch (row->type) {
	case GLOW_PARAM_BOOL:
		return cJSON_CreateBool(v != 0);
	case GLOW_PARAM_COLOR:
		if (v == GLOW_LIGHT_COLOR)
			return cJSON_CreateNull();
		glow_color_format(glow_rgb_unpack(v), color);
		return cJSON_CreateString(color);
	case GLOW_PARAM_CHOICE:
		return cJSON_CreateString(row->choices[v]);
	case GLOW_PARAM_TEXT:
		return cJSON_CreateString(text);
	case GLOW_PARAM_INT:
		break;
	}
	return cJSON_CreateNumber(v);
}

cJSON *glow_params_write(const struct glow_effect_desc *effect, const struct glow_params *params)
{
	cJSON *object = cJSON_CreateObject();

	for (int k = 0; effect && k < effect->n_params; k++)
		cJSON_AddItemToObject(object, effect->params[k].name,
				      write_value(&effect->params[k], params->v[k], params->text));
	return object;
}

cJSON *glow_param_describe(const struct glow_param_desc *row)
{
	static const char *const type_names[] = {
		[GLOW_PARAM_INT] = "int",       [GLOW_PARAM_BOOL] = "bool", [GLOW_PARAM_COLOR] = "color",
		[GLOW_PARAM_CHOICE] = "choice", [GLOW_PARAM_TEXT] = "text",
	};
	cJSON *p = cJSON_CreateObject();

	cJSON_AddStringToObject(p, "name", row->name);
	cJSON_AddStringToObject(p, "type", type_names[row->type]);
	if (row->type == GLOW_PARAM_INT) {
		glow_json_add_int(p, "min", row->min);
		glow_json_add_int(p, "max", row->max);
	} else if (row->type == GLOW_PARAM_TEXT) {
		glow_json_add_int(p, "max", GLOW_TEXT_MAX);
	} else if (row->type == GLOW_PARAM_CHOICE) {
		cJSON *choices = cJSON_AddArrayToObject(p, "choices");

		for (const char *const *c = row->choices; *c; c++)
			cJSON_AddItemToArray(choices, cJSON_CreateString(*c));
	}
	cJSON_AddItemToObject(p, "default", write_value(row, row->def, row->text));
	cJSON_AddStringToObject(p, "unit", row->unit ? row->unit : "");
	cJSON_AddStringToObject(p, "what", row->what);
	return p;
}

void glow_param_range(const struct glow_param_desc *row, char *ret_text, size_t size)
{
	cJSON *def = write_value(row, row->def, row->text);
	const char *text = cJSON_IsString(def) ? def->valuestring : "the light's";
	size_t n = 0;

	switch (row->type) {
	case GLOW_PARAM_INT:
		snprintf(ret_text, size, "%d..%d%s%s (%d)", row->min, row->max, row->unit[0] ? " " : "", row->unit,
			 row->def);
		break;
	case GLOW_PARAM_BOOL:
		snprintf(ret_text, size, "true or false (%s)", row->def ? "true" : "false");
		break;
	case GLOW_PARAM_COLOR:
		snprintf(ret_text, size, "a colour (%s)", text);
		break;
	case GLOW_PARAM_TEXT:
		snprintf(ret_text, size, "text (%s)", text);
		break;
	case GLOW_PARAM_CHOICE:
		for (const char *const *c = row->choices; *c && n < size; c++)
			n += (size_t)snprintf(ret_text + n, size - n, "%s%s", n ? "|" : "", *c);
		if (n < size)
			snprintf(ret_text + n, size - n, " (%s)", text);
		break;
	}
	cJSON_Delete(def);
}
