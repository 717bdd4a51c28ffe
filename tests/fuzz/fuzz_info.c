/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a node says of itself (info, stats) and what it can do (the catalog of effects): read with defaults or
 * refused, in range, and the same when it is written and read again; announced to Home Assistant as JSON. */

#include <math.h>

#include <glow/catalogs.h>
#include <glow/discovery.h>
#include <glow/info.h>

#include "fuzz.h"

static void check_info(const struct glow_info *info)
{
	CHECK(glow_id_valid(info->id) && info->n_groups <= GLOW_GROUPS_MAX);
	for (unsigned k = 0; k < info->n_groups; k++)
		CHECK(glow_id_valid(info->groups[k]));
	CHECK(info->shape.pixels >= 1 && info->shape.pixels <= GLOW_PIXELS_MAX);
	CHECK(info->fps >= 1 && info->fps <= 240);
	CHECK(!info->catalog[0] || glow_catalog_name_valid(info->catalog));
}

/* Whatever was cut to fit is still text. */
static void check_texts(const struct glow_info *info)
{
	const char *const texts[] = { info->board, info->backend, info->version, info->idle, info->problem };

	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
		CHECK(glow_utf8_valid(texts[k], strlen(texts[k])));
}

static void try_info(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_info info, second;
	cJSON *copy;
	char *text;

	if (glow_info_read(tree, &info, &diag) != GLOW_OK) {
		check_refusal(&diag);
		return;
	}
	check_info(&info);
	check_texts(&info);
	copy = check_again(glow_info_write(&info), &text);
	CHECK(glow_info_read(copy, &second, &diag) == GLOW_OK);
	cJSON_Delete(copy);
	CHECK(memcmp(info.groups, second.groups, sizeof(info.groups)) == 0 && info.reverse == second.reverse);
	CHECK(info.fps == second.fps && info.brightness_limit == second.brightness_limit);
	CHECK(info.current_limit_ma == second.current_limit_ma && info.flash_limit == second.flash_limit);
	check_same_text(text, glow_info_write(&second));
	cJSON_Delete(check_again(glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "my/glow" }), &text));
	free(text);
}

static void try_stats(const cJSON *tree)
{
	struct glow_stats stats;
	char *text;

	glow_stats_read(tree, &stats);
	for (int k = 0; k < GLOW_METERS; k++)
		CHECK(stats.meter[k] <= 1000);
	CHECK(!isinf(stats.temperature_c));
	CHECK(glow_utf8_valid(stats.sync.state, strlen(stats.sync.state)));
	cJSON_Delete(check_again(glow_stats_write(&stats), &text));
	free(text);
}

/* The tables that are kept can be read, and are the same when they are read again. */
static void try_effects(const cJSON *tree)
{
	char *text = glow_catalogs_text(tree), *second;
	cJSON *copy = check_json(text, strlen(text));

	CHECK(cJSON_IsArray(copy));
	second = glow_catalogs_text(copy);
	CHECK(strcmp(text, second) == 0);
	free(text);
	free(second);
	cJSON_Delete(copy);
}

static void try_catalogs(const char *payload, size_t len)
{
	struct glow_catalogs catalogs = { 0 };
	char name[GLOW_CATALOG_NAME_LEN + 1];
	const char *found;

	glow_catalog_name(payload, len, name);
	CHECK(glow_catalog_name_valid(name));
	CHECK(!glow_catalogs_message(&catalogs, "0123456789abcdef", payload, len) || len == 0 ||
	      strcmp(name, "0123456789abcdef") == 0);
	if (glow_catalogs_message(&catalogs, name, payload, len)) {
		found = glow_catalogs_find(&catalogs, name);
		CHECK(found);
		cJSON_Delete(check_json(found, strlen(found)));
	}
	glow_catalogs_message(&catalogs, name, NULL, 0);
	CHECK(!glow_catalogs_find(&catalogs, name));
	glow_catalogs_fini(&catalogs);
}

void fuzz_info(const uint8_t *data, size_t size)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *text = exact_copy(data, size);
	cJSON *tree = glow_json_parse(text, size, &diag);

	try_catalogs(text, size);
	if (tree) {
		try_info(tree);
		try_stats(tree);
		try_effects(tree);
		try_effects(glow_json_get(tree, "effects"));
	}
	cJSON_Delete(tree);
	free(text);
}
