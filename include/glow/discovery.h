/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What Home Assistant is told of a node and of the cluster: its MQTT device discovery, one message for a device with
 * all its entities. docs/home-assistant.md says what people see of it. */

#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/effect_text.h>
#include <glow/info.h>
#include <glow/topics.h>

/** Who announces: what others say of a device of ours is not touched. */
#define GLOW_DISCOVERY_ORIGIN "Glowswarm"

/** The node that stands for all, in the topic of the cluster's discovery. */
#define GLOW_DISCOVERY_CLUSTER "cluster"

/** Groups that have a light, at most: the first by name. A message has to stay small enough for any broker. */
#define GLOW_DISCOVERY_GROUPS 64

/** Presets to choose among, at most: the first by name. */
#define GLOW_DISCOVERY_PRESETS 128

/** What an announcement depends on besides the device itself. All is borrowed. */
struct glow_discovery {
	const char *prefix;
	const char *page;                      /**< address of the page for people; NULL or "" for none */
	const struct glow_effect_list *texts;  /**< effects in text; NULL for none. Those on trial are not told */
	const char (*groups)[GLOW_ID_MAX + 1]; /**< of the cluster: sorted */
	uint32_t n_groups;
	const char (*presets)[GLOW_ID_MAX + 1]; /**< of the cluster: sorted */
	uint32_t n_presets;
	const char *title; /**< of the node, which is then its name for people; NULL or "" for none */
};

/** The topic of a device, below Home Assistant's prefix. The device's id is <prefix>-<node> with '-' for a '/' in the
 * prefix, and what Home Assistant takes in place of other characters: a letter without its accent, '_' for the rest. */
void glow_discovery_topic(char ret_topic[GLOW_TOPIC_MAX + 1], const char *discovery_prefix, const char *prefix,
			  const char *node);

/** The payload for a node. */
cJSON *glow_discovery_write(const struct glow_info *info, const struct glow_discovery *d);

/** The same for the whole cluster, as its conductor offers it. What works without a conductor stays available without
 * one. */
cJSON *glow_discovery_cluster_write(const char *version, const struct glow_discovery *d);

/** Another number where Home Assistant would have other effects, groups or presets to offer, or another name. */
uint32_t glow_discovery_hash(const struct glow_discovery *d);
