/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node is and how it is doing: the info and stats topics, and answers. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/catalog.h>
#include <glow/diag.h>
#include <glow/effect.h>
#include <glow/message.h>
#include <glow/shape.h>
#include <glow/topics.h>

#define GLOW_GROUPS_MAX 16

struct glow_info {
	char id[GLOW_ID_MAX + 1];
	char groups[GLOW_GROUPS_MAX][GLOW_ID_MAX + 1];
	unsigned n_groups;
	char board[32];
	char model[32]; /**< what people call the board; no part of the topic, only Home Assistant is told */
	struct glow_shape shape;
	char backend[64];
	char version[32];
	unsigned fps;
	unsigned slots_a_frame; /**< beyond 1: so many of the fps pass from one frame to the next; else each is drawn */
	char idle[128];         /**< as configured, a shorthand */
	bool reverse;
	int32_t time_offset_ms;
	uint8_t brightness_limit;
	uint32_t current_limit_ma; /**< 0: none */
	bool flash_limit;
	/** The name of its catalog of effects; "": the topic has the catalog itself, as it had it before there were
	 * names. */
	char catalog[GLOW_CATALOG_NAME_LEN + 1];
	char problem[320]; /**< why the board is dark, "" when it is well */
	/** Of a rack, which is a node to the cluster above it: the length of its strip, which may be more than a board
	 * has, and the process that says so; 0 of a board. */
	uint32_t strip, boot;
	uint32_t ahead_us; /**< of a rack: how far ahead its own commands for many lie */
};

cJSON *glow_info_write(const struct glow_info *info);
enum glow_code glow_info_read(const cJSON *tree, struct glow_info *ret_info, struct glow_diag *diag);

/** What is left of an info without what is the node's own, which many have alike: `id`, `groups`, `pixels`, and what
 * comes and goes, `problem` and `slots_a_frame`. The caller's to free(); NULL of a rack, of a node that tells its
 * effects itself, and of more than GLOW_KIND_MAX bytes. */
#define GLOW_KIND_MAX 1000
char *glow_info_kind(const struct glow_info *info);
/** What all nodes of that kind are, without what is a node's own. False for a broken one. */
bool glow_info_kind_read(const char *kind, struct glow_info *ret_info);

/** Reads "a,b,c" into groups; false when an id is not valid or there are too many. */
bool glow_groups_parse(const char *list, struct glow_info *info);

/** What a node knows of cluster time. */
struct glow_stats_sync {
	char state[16];    /**< glow_sync_state_name(); "" counts as "unsynced" */
	bool valid;        /**< there is cluster time; else the figures are null */
	int64_t offset_us; /**< how far the node's output still is from its estimate */
	uint32_t error_us; /**< one standard deviation of the output */
};

struct glow_stats {
	unsigned fps;           /**< frames shown in a second: the mean since the stats before, 2 to 10 s ago */
	uint64_t late;          /**< frames more than a millisecond late, since start */
	uint64_t dropped;       /**< slots skipped because the board was not ready, since start */
	uint32_t write_us;      /**< the board's write time: the median of the latest writes */
	uint32_t frame_cpu_us;  /**< what a frame takes of a processor, drawing and writing: the median as well */
	unsigned slots_a_frame; /**< 1, or where that is too much 2, 4 …; 0: not told */
	uint16_t meter[GLOW_METERS];
	double temperature_c; /**< NAN: no sensor */
	struct glow_stats_sync sync;
	struct glow_mqtt_counts messages;
};

/** The member `messages` of what a node or a conductor says of itself; one that is missing reads as 0. */
void glow_counts_add(cJSON *object, const struct glow_mqtt_counts *counts);
void glow_counts_read(const cJSON *object, struct glow_mqtt_counts *ret_counts);

cJSON *glow_stats_write(const struct glow_stats *stats);
/** Reads what it finds; whatever is missing or odd is 0, the temperature NAN. */
void glow_stats_read(const cJSON *tree, struct glow_stats *ret_stats);
/** Reads the gauges only: what drawing a node needs. A missing one stays as it is. */
void glow_stats_read_meters(const cJSON *tree, uint16_t ret_meter[GLOW_METERS]);

/** {"status":"ok","node":…}, with what was `ignored`, or the error object for diag. A conductor is no node:
 * with NULL there is no such member. The caller adds what else it has to say (`at_us`, `id`). */
cJSON *glow_answer_write(const char *node, const struct glow_diag *diag);
