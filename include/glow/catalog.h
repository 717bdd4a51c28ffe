/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The catalog: every effect of a program with its parameters. It is the same for all
 * nodes of one version, so it is kept once, at a topic that is named after what it says;
 * an info only tells that name. */

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/** A name: 16 hexadecimal digits. */
#define GLOW_CATALOG_NAME_LEN 16

/** This program's own, an array; the caller's. */
cJSON *glow_catalog_write(void);

/** The name of a catalog: FNV-1a, 64 bits, of its bytes as they are published. */
void glow_catalog_name(const void *text, size_t len, char ret_name[GLOW_CATALOG_NAME_LEN + 1]);

/** Whether it can be a name: 16 digits of 0-9 and a-f. */
bool glow_catalog_name_valid(const char *name);
