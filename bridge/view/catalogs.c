/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include <glow/catalogs.h>
#include <glow/json.h>

/* ---- parameter tables ---- */

static bool all_strings(const cJSON *list)
{
	bool all = cJSON_IsArray(list);

	for (const cJSON *item = list ? list->child : NULL; item; item = item->next)
		all = all && cJSON_IsString(item);
	return all;
}

/* True when it has what glow_catalog_write() writes for a parameter of its type. */
static bool row_holds(const cJSON *row)
{
	const cJSON *type = glow_json_get(row, "type"), *def = glow_json_get(row, "default");
	const char *name = cJSON_IsString(type) ? type->valuestring : "";
	bool max = cJSON_IsNumber(glow_json_get(row, "max"));

	if (!cJSON_IsString(glow_json_get(row, "name")) || !cJSON_IsString(glow_json_get(row, "unit")) ||
	    !cJSON_IsString(glow_json_get(row, "what")))
		return false;
	if (strcmp(name, "int") == 0)
		return cJSON_IsNumber(def) && max && cJSON_IsNumber(glow_json_get(row, "min"));
	if (strcmp(name, "bool") == 0)
		return cJSON_IsBool(def);
	if (strcmp(name, "color") == 0)
		return cJSON_IsString(def) || cJSON_IsNull(def);
	if (strcmp(name, "choice") == 0)
		return cJSON_IsString(def) && all_strings(glow_json_get(row, "choices"));
	return strcmp(name, "text") == 0 && cJSON_IsString(def) && max;
}

/* Its rows are borrowed. */
static cJSON *effect_tree(const char *name, const char *what, const cJSON *rows)
{
	cJSON *tree = cJSON_CreateObject(), *params;

	cJSON_AddStringToObject(tree, "name", name);
	cJSON_AddStringToObject(tree, "what", what);
	params = cJSON_AddArrayToObject(tree, "params");
	for (cJSON *row = cJSON_IsArray(rows) ? rows->child : NULL; row; row = row->next)
		if (row_holds(row))
			cJSON_AddItemReferenceToArray(params, row);
	return tree;
}

char *glow_catalogs_text(const cJSON *effects)
{
	cJSON *tree = cJSON_CreateArray();

	for (const cJSON *e = cJSON_IsArray(effects) ? effects->child : NULL; e; e = e->next) {
		const cJSON *name = glow_json_get(e, "name"), *what = glow_json_get(e, "what");

		if (cJSON_IsString(name) && cJSON_IsString(what))
			cJSON_AddItemToArray(tree, effect_tree(name->valuestring, what->valuestring,
							       glow_json_get(e, "params")));
	}
	return glow_json_finish(tree);
}

/* ---- those that the broker keeps ---- */

void glow_catalogs_fini(struct glow_catalogs *catalogs)
{
	for (size_t k = 0; k < catalogs->n; k++)
		free(catalogs->v[k].text);
	free(catalogs->v);
	*catalogs = (struct glow_catalogs){ .v = NULL };
}

static struct glow_catalogs_one *find(const struct glow_catalogs *catalogs, const char *name)
{
	for (size_t k = 0; k < catalogs->n; k++)
		if (strcmp(catalogs->v[k].name, name) == 0)
			return &catalogs->v[k];
	return NULL;
}

const char *glow_catalogs_find(const struct glow_catalogs *catalogs, const char *name)
{
	const struct glow_catalogs_one *one = find(catalogs, name);

	return one ? one->text : NULL;
}

static bool cleared(struct glow_catalogs *catalogs, const char *name)
{
	struct glow_catalogs_one *one = find(catalogs, name);

	if (!one)
		return false;
	free(one->text);
	*one = catalogs->v[--catalogs->n];
	return true;
}

/* The text becomes the list's, or is freed. */
static bool add(struct glow_catalogs *catalogs, const char *name, char *text)
{
	struct glow_catalogs_one *grown = NULL;

	if (text && strlen(text) <= GLOW_CATALOG_TEXT_MAX && catalogs->n < GLOW_CATALOGS_MAX)
		grown = realloc(catalogs->v, (catalogs->n + 1) * sizeof(*grown));
	if (!grown) {
		free(text);
		return false;
	}
	catalogs->v = grown;
	grown += catalogs->n++;
	memcpy(grown->name, name, sizeof(grown->name));
	grown->text = text;
	return true;
}

bool glow_catalogs_message(struct glow_catalogs *catalogs, const char *name, const void *payload, size_t len)
{
	char meant[GLOW_CATALOG_NAME_LEN + 1], *text;
	struct glow_diag diag;
	cJSON *tree;

	if (len == 0)
		return cleared(catalogs, name);
	glow_catalog_name(payload, len, meant);
	if (strcmp(meant, name) != 0 || find(catalogs, name))
		return false;
	tree = glow_json_parse(payload, len, &diag);
	text = tree ? glow_catalogs_text(tree) : NULL;
	cJSON_Delete(tree);
	return add(catalogs, name, text);
}
