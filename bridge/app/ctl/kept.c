/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "kept.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/json.h>
#include <glow/nearest.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct glow_kept *)a)->name, ((const struct glow_kept *)b)->name);
}

struct glow_kept *glow_kept_list(const struct glow_ctl_session *s, const char *level, size_t *ret_n)
{
	struct glow_kept *v = calloc((size_t)cJSON_GetArraySize(s->kept) + 1, sizeof(*v));
	size_t len = strlen(level);

	*ret_n = 0;
	for (const cJSON *item = v ? s->kept->child : NULL; item; item = item->next)
		if (strncmp(item->string, level, len) == 0 && item->string[len] == '/')
			v[(*ret_n)++] = (struct glow_kept){ item->string + len + 1, item->valuestring };
	if (v)
		qsort(v, *ret_n, sizeof(*v), by_name);
	return v;
}

/* Ends with a name that is NULL, since the list has room for one more. */
static const char *kept_name(void *ctx, size_t k)
{
	return ((const struct glow_kept *)ctx)[k].name;
}

const char *glow_kept_find(const struct glow_ctl_session *s, const char *level, const char *name)
{
	const char *text = NULL, *meant;
	size_t n;
	struct glow_kept *v = glow_kept_list(s, level, &n);

	for (size_t k = 0; v && k < n; k++)
		if (strcmp(v[k].name, name) == 0)
			text = v[k].text;
	meant = v && !text ? glow_nearest(name, kept_name, v) : NULL;
	if (meant)
		glow_ctl_fail(EX_DATAERR, "there is no %s \"%s\"; did you mean \"%s\"?", level, name, meant);
	else if (!text)
		glow_ctl_fail(EX_DATAERR, "there is no %s \"%s\"; glowctl %s lists them", level, name, level);
	free(v);
	return text;
}

int glow_kept_show(struct glow_ctl_session *s, const char *level, const char *name)
{
	const char *text = glow_kept_find(s, level, name);

	if (text)
		puts(text);
	return text ? 0 : EX_DATAERR;
}

int glow_kept_export(struct glow_ctl_session *s, const char *level)
{
	size_t n;
	struct glow_kept *v = glow_kept_list(s, level, &n);

	if (!v)
		return glow_ctl_fail(EX_OSERR, "out of memory");
	for (size_t k = 0; k < n; k++)
		puts(v[k].text);
	free(v);
	return 0;
}

int glow_kept_print_tree(cJSON *tree)
{
	char *text = cJSON_Print(tree);

	cJSON_Delete(tree);
	if (text)
		puts(text);
	free(text);
	return text ? 0 : glow_ctl_fail(EX_OSERR, "out of memory");
}

int glow_kept_print_json(struct glow_ctl_session *s, const char *level)
{
	struct glow_diag diag;
	cJSON *array = cJSON_CreateArray(), *tree;
	size_t n;
	struct glow_kept *v = glow_kept_list(s, level, &n);

	for (size_t k = 0; v && k < n; k++)
		if ((tree = glow_json_parse(v[k].text, strlen(v[k].text), &diag)))
			cJSON_AddItemToArray(array, tree);
	free(v);
	return glow_kept_print_tree(array);
}

/* ---- bringing them back ---- */

struct lines {
	struct glow_ctl_session *s;
	const char *level, *path;
	int (*put)(struct glow_ctl_session *s, const char *name, const char *text);
};

static int import_line(const struct lines *in, unsigned number, char *line)
{
	struct glow_diag diag;
	const char *name;
	cJSON *tree;
	int status;

	line[strcspn(line, "\r\n")] = '\0';
	if (glow_json_blank(line, strlen(line)) == strlen(line))
		return 0;
	tree = glow_json_parse(line, strlen(line), &diag);
	name = cJSON_GetStringValue(glow_json_get(tree, "name"));
	if (!tree)
		status = glow_ctl_fail(EX_DATAERR, "%s:%u: %s", in->path, number, diag.what);
	else if (glow_json_get(tree, "topic") || glow_json_get(tree, "export"))
		status = glow_ctl_fail(EX_DATAERR, "%s:%u: is of glowctl export: glowctl import %s reads it", in->path,
				       number, in->path);
	else if (!name || !glow_id_valid(name))
		status = glow_ctl_fail(EX_DATAERR, "%s:%u: is no %s: it has no good \"name\"", in->path, number,
				       in->level);
	else
		status = in->put(in->s, name, line);
	cJSON_Delete(tree);
	return status;
}

int glow_kept_import(struct glow_ctl_session *s, const char *level, const char *path,
		     int (*put)(struct glow_ctl_session *s, const char *name, const char *text))
{
	const struct lines in = { s, level, path, put };
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	int status = 0;

	if (!file)
		return glow_ctl_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	while (status != EX_UNAVAILABLE && getline(&line, &room, file) >= 0) {
		int r = import_line(&in, ++number, line);

		status = r ? r : status;
	}
	free(line);
	if (file != stdin)
		fclose(file);
	return status;
}
