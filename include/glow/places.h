/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A node's places on the wire, P/node/<id>/place. */

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/roster.h>

/** What is written reads back equal. */
cJSON *glow_places_write(const struct glow_places *places);

/** At most GLOW_SCENES_MAX targets; on GLOW_OK they are the caller's to glow_places_fini(), otherwise there is nothing
 * to free. A target of another form than a key is passed over. */
enum glow_code glow_places_read(const cJSON *tree, struct glow_places *ret_places, struct glow_diag *diag);
void glow_places_fini(struct glow_places *places);
