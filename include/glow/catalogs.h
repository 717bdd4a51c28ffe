/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The catalogs of effects that the broker keeps, for whoever shows what nodes can do. There is one
 * for each version of the programs in a cluster, glow/catalog.h. */

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include <glow/catalog.h>

/** How many are kept, and of how many bytes: anybody who may publish an info may publish a catalog. */
#define GLOW_CATALOGS_MAX     64
#define GLOW_CATALOG_TEXT_MAX 65536

struct glow_catalogs {
	struct glow_catalogs_one {
		char name[GLOW_CATALOG_NAME_LEN + 1];
		char *text; /**< as glow_catalogs_text() */
	} * v;
	size_t n;
};

void glow_catalogs_fini(struct glow_catalogs *catalogs);

/** Takes what is published under that name; nothing clears it. Returns whether it is new here, or gone. What is not
 * what it is named after is passed over. */
bool glow_catalogs_message(struct glow_catalogs *catalogs, const char *name, const void *payload, size_t len);

/** Its text, or NULL. */
const char *glow_catalogs_find(const struct glow_catalogs *catalogs, const char *name);

/** An array of effects as text: their names and parameter tables. A node may be newer than this program: rows that it
 * does not understand are left out. The caller's, freed with free(). */
char *glow_catalogs_text(const cJSON *effects);
