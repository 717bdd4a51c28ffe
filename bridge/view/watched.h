/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a watch knows of one node, by its own word or by the roster's. */

#include <cjson/cJSON.h>

#include <glow/watch.h>

/** Its `info`, its `state`, whose text is `payload` of `len` bytes, and its `stats`. */
void glow_watched_info(struct glow_watch *w, struct glow_watched *node, const cJSON *tree);
void glow_watched_state(struct glow_watch *w, struct glow_watched *node, const cJSON *tree, const char *payload,
			size_t len);
void glow_watched_stats(struct glow_watch *w, struct glow_watched *node, const cJSON *tree);

/** What the roster tells of it, unless it has told itself. False where that is nothing. */
bool glow_watched_kind(struct glow_watch *w, struct glow_watched *node);

/** It has emptied, or somebody for it. False when nothing is left of the node. */
bool glow_watched_cleared(struct glow_watch *w, struct glow_watched *node, enum glow_topic_kind kind);

void glow_watched_free(struct glow_watch *w, struct glow_watched *node);
