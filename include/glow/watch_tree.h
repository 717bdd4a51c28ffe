/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The watched cluster as JSON, for a page: the objects of docs/PROTOCOL.md as the
 * core has read them, with every member that their publisher writes. Whoever
 * reads these needs no defaults and no rules of its own. Trees are the caller's. */

#include <cjson/cJSON.h>

#include <glow/watch.h>

/** Ids of the nodes: in the order of the roster, then those that it lacks, in natural order. */
cJSON *glow_watch_nodes_tree(const struct glow_watch *w);

/** What a node last said of itself; only while it has_info, has_state or has_stats. */
cJSON *glow_watch_info_tree(const struct glow_watched *node);
cJSON *glow_watch_state_tree(const struct glow_watched *node);
cJSON *glow_watch_stats_tree(const struct glow_watched *node);

/** {"online":…,"beating":…,"leads":…,"info":…}. It leads while it is online and beating and says so; `info` is null
 * before the first. */
cJSON *glow_watch_conductor_tree(const struct glow_watch *w, struct glow_raw now);

/** {"scenes":[…],"roster":…,"dim":…}: what is in force. Another one whenever the stage's revision is. */
cJSON *glow_watch_stage_tree(const struct glow_watch *w);

/** The cluster's effects in text, in no order: [{"name":…,"what":…,"params":…,"text":…,"rev":…}], each the latest that
 * compiles here, whether or not it is in force yet. Another one whenever the library's revision is. */
cJSON *glow_watch_texts_tree(const struct glow_watch *w);

/** A text as an editor sees it. One that compiles is {"what":…,"params":…,"cost":{"pixel":…,"frame":…}}, the cost in
 * steps (glow/script.h); any other {"mistake":{"line":…,"column":…,"what":…}}. */
cJSON *glow_watch_check_tree(const char *text, size_t len);

/** An answer to a command, or a refusal: {"status":…,"node":…,"field":…,"message":…,"ignored":[…],"undone":…,"nodes":…,
 * "skipped":[…]}; `status` is "ok" or "error", `nodes` null where nobody says how many, the others are empty where they
 * are absent. NULL for a payload that is none. */
cJSON *glow_watch_answer_tree(const void *payload, size_t len);

/** What was set of order and titles, as it is kept. */
cJSON *glow_watch_wanted_tree(const struct glow_watch *w);

/** Retained payloads of what changes no picture, as they are read where they are used; NULL for a broken or an empty
 * one. A preset is {"title":…,"lights":[ids] or null,"scenes":[…] or null}, a schedule as it is kept but for its name.
 */
cJSON *glow_watch_preset_tree(const void *payload, size_t len);
cJSON *glow_watch_schedule_tree(const void *payload, size_t len);
