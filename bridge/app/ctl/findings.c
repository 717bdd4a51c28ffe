/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/fit.h>
#include <glow/json.h>

#include "kept.h"

#define LINE 1200

static const char *const kinds[] = { "ok", "note", "trouble" };
static const char *const marks[] = { "ok  ", "note", "FAIL" };

void glow_findings_init(struct glow_findings *f)
{
	*f = (struct glow_findings){ .list = cJSON_CreateArray() };
}

void glow_findings_fini(struct glow_findings *f)
{
	cJSON_Delete(f->list);
}

void glow_findings_add(struct glow_findings *f, enum glow_finding kind, const char *about, bool node, const char *cure,
		       const char *format, ...)
{
	cJSON *one = cJSON_CreateObject();
	char text[LINE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cJSON_AddStringToObject(one, "kind", kinds[kind]);
	cJSON_AddStringToObject(one, "about", node ? "node" : about);
	if (node)
		cJSON_AddStringToObject(one, "node", about);
	cJSON_AddStringToObject(one, "text", text);
	if (cure)
		cJSON_AddStringToObject(one, "cure", cure);
	cJSON_AddItemToArray(f->list, one);
	f->troubles += kind == GLOW_FINDING_TROUBLE;
}

static const char *text_of(const cJSON *one, const char *name)
{
	const char *text = cJSON_GetStringValue(glow_json_get(one, name));

	return text ? text : "";
}

static void print_line(const cJSON *one, int width)
{
	const char *node = text_of(one, "node"), *cure = text_of(one, "cure"), *mark = marks[0];
	char line[LINE + 300], clean[sizeof(line)];

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (strcmp(kinds[k], text_of(one, "kind")) == 0)
			mark = marks[k];
	snprintf(line, sizeof(line), "%s  %-*s  %s%s%s", mark, width, node[0] ? node : text_of(one, "about"),
		 text_of(one, "text"), cure[0] ? ": " : "", cure);
	glow_fit_clean(line, !glow_fit_utf8(), clean, sizeof(clean));
	puts(clean);
}

static int print_lines(const struct glow_findings *f)
{
	const cJSON *one;
	int width = (int)strlen("conductor");

	cJSON_ArrayForEach(one, f->list)
	{
		if ((int)strlen(text_of(one, "node")) > width)
			width = (int)strlen(text_of(one, "node"));
	}
	cJSON_ArrayForEach(one, f->list)
	{
		print_line(one, width);
	}
	puts(f->troubles ? "something is wrong: mend the lines marked FAIL from the top" : "all is well");
	return 0;
}

static int print_json(struct glow_findings *f)
{
	cJSON *all = cJSON_CreateObject();

	cJSON_AddBoolToObject(all, "well", f->troubles == 0);
	cJSON_AddItemToObject(all, "findings", f->list);
	f->list = NULL;
	return glow_kept_print_tree(all);
}

int glow_findings_print(struct glow_findings *f, bool json)
{
	int status = json ? print_json(f) : print_lines(f);

	return status ? status : f->troubles > 0;
}
