/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The entities of a device, as Home Assistant's announcements have them, for discovery*.c. */

#include <stdbool.h>

#include <glow/discovery.h>

/** Whose entities they are. */
struct glow_parts {
	const struct glow_discovery *d;
	char device[GLOW_TOPIC_MAX + 1]; /**< its id */
	cJSON *tree, *all;               /**< the message, and its components */
};

/** Fills the device's id. */
void glow_parts_name(char ret_id[GLOW_TOPIC_MAX + 1], const char *prefix, const char *node);

/** Begins the message with what every device says of itself. Of `node` a device of the cluster's, unless it is that. */
void glow_parts_begin(struct glow_parts *p, const struct glow_discovery *d, const char *node, const char *model,
		      const char *version);

/** A new entity. Without a name (NULL) it has the device's. */
cJSON *glow_parts_add(const struct glow_parts *p, const char *key, const char *platform, const char *name);

/** A topic of ours as that member. */
void glow_part_topic(const struct glow_parts *p, cJSON *part, const char *member, enum glow_topic_kind kind,
		     enum glow_topic_of of, const char *id);

/** Where it is shown apart: "diagnostic", "config". */
void glow_part_category(cJSON *part, const char *category);

/** Available only while that topic says so (by `template`, NULL for as it is); more than one must. */
void glow_part_needs(const struct glow_parts *p, cJSON *part, enum glow_topic_kind kind, enum glow_topic_of of,
		     const char *id, const char *template);

/** The light of a node, a group or all; its effects begin with "off", by which Home Assistant knows none. */
cJSON *glow_parts_light(const struct glow_parts *p, const char *key, const char *name, enum glow_topic_of of,
			const char *id);

/** Names of effects, built-in ones and texts, behind what the list has. */
void glow_parts_effects(const struct glow_parts *p, cJSON *list);

/** What a node and the cluster both have: a button to identify, a place for messages, and what was refused. */
void glow_parts_common(const struct glow_parts *p, enum glow_topic_of of, const char *id, enum glow_topic_kind errors,
		       enum glow_topic_of errors_of);

/** A sensor for diagnosis; `unit` is NULL for words. */
cJSON *glow_parts_sensor(const struct glow_parts *p, const char *key, const char *name, const char *template,
			 const char *unit);

/** Entities for the parameters of the built-in effects, available while one that has it shows. */
void glow_parts_params(const struct glow_parts *p, const char *node);
