/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <string.h>

#include <glow/json.h>

#include "figures.h"

static void hear_stats(struct glow_figures *f, const void *payload, size_t len)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(payload, len, &diag);

	if (cJSON_IsObject(tree)) {
		glow_stats_read(tree, &f->stats);
		f->told = true;
	}
	cJSON_Delete(tree);
}

static void hear_info(struct glow_figures *f, const void *payload, size_t len)
{
	struct glow_diag diag;
	struct glow_info info;
	cJSON *tree = glow_json_parse(payload, len, &diag);

	if (tree && glow_info_read(tree, &info, &diag) == GLOW_OK) {
		f->described = true;
		memcpy(f->board, info.board, sizeof(f->board));
		memcpy(f->version, info.version, sizeof(f->version));
		f->problem = info.problem[0];
	}
	cJSON_Delete(tree);
}

/* What was ignored of a command that was taken is told there too. */
static void hear_error(struct glow_figures *f, const void *payload, size_t len)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(payload, len, &diag);
	const char *status = cJSON_GetStringValue(glow_json_get(tree, "status"));

	f->rejections += status && strcmp(status, "error") == 0;
	cJSON_Delete(tree);
}

void glow_figures_hear(struct glow_figures *f, enum glow_topic_kind kind, const void *payload, size_t len)
{
	if (kind == GLOW_TOPIC_STATS)
		hear_stats(f, payload, len);
	else if (kind == GLOW_TOPIC_INFO)
		hear_info(f, payload, len);
	else if (kind == GLOW_TOPIC_ERROR)
		hear_error(f, payload, len);
}
