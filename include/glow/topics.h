/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Names on the broker. docs/PROTOCOL.md lists every topic and who publishes it. */

#include <stdbool.h>
#include <stddef.h>

/** Longest id ([a-z0-9-]), prefix and topic, without the NUL: Home Assistant's have two prefixes. */
#define GLOW_ID_MAX     63
#define GLOW_PREFIX_MAX 128
#define GLOW_TOPIC_MAX  340

/** Longest address of a page for people, without the NUL. */
#define GLOW_PAGE_MAX 255

/** ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ for nodes and groups. */
bool glow_id_valid(const char *id);

/** A prefix is one or more levels without wildcards, empty levels, a leading '$' or control characters. */
bool glow_prefix_valid(const char *prefix);

/** Writes prefix/a/b/c; NULL parts are left out. Inputs are valid, so it always fits. */
void glow_topic_make(char ret_topic[GLOW_TOPIC_MAX + 1], const char *prefix, const char *a, const char *b,
		     const char *c);

/** The MQTT client id of a node: <prefix with '/' as '-'>-<node>. */
void glow_client_id(char ret_id[GLOW_TOPIC_MAX + 1], const char *prefix, const char *node);

/** True when an answer may be sent there: outside the prefix or below
 * prefix/answer/, and outside Home Assistant's ("" for none); no wildcard, no '$'. Else an asker could
 * make the node write where the asker may not. */
bool glow_answer_topic_allowed(const char *prefix, const char *discovery, const char *topic);

/** Every kind of topic below a prefix. */
enum glow_topic_kind {
	GLOW_TOPIC_OTHER, /**< none of these, or another prefix */
	/* of a node, a group or all: */
	GLOW_TOPIC_SET,
	GLOW_TOPIC_NOTIFY,
	GLOW_TOPIC_APPLY, /**< of a group or all */
	GLOW_TOPIC_STATE, /**< of a group or all as the conductor sums them up */
	/* of a node: */
	GLOW_TOPIC_AVAILABILITY,
	GLOW_TOPIC_INFO,
	GLOW_TOPIC_STATS,
	GLOW_TOPIC_ERROR,
	GLOW_TOPIC_PLACE, /**< where it lies on the strips, glow/places.h */
	/* of the cluster: */
	GLOW_TOPIC_SCENE_PLAY,
	GLOW_TOPIC_SCENE_STOP,
	GLOW_TOPIC_SCENE_CURRENT,
	GLOW_TOPIC_DIM_SET,
	GLOW_TOPIC_DIM_CURRENT,
	GLOW_TOPIC_ROSTER,
	GLOW_TOPIC_ROSTER_SET,
	GLOW_TOPIC_ROSTER_WANTED, /**< what came of these, glow/wanted.h */
	GLOW_TOPIC_CATALOG,       /**< by its name, glow/catalog.h */
	GLOW_TOPIC_TEXTS,         /**< which effects there are in text, glow/effect_text.h */
	GLOW_TOPIC_TEXT,          /**< one of these, by the effect's name */
	GLOW_TOPIC_TEXT_SET,
	GLOW_TOPIC_PRESET, /**< by its name, glow/preset.h */
	GLOW_TOPIC_PRESET_SET,
	GLOW_TOPIC_PRESET_APPLY,
	GLOW_TOPIC_UNDO,
	GLOW_TOPIC_SCHEDULE, /**< by its name, glow/agenda.h */
	GLOW_TOPIC_SCHEDULE_SET,
	GLOW_TOPIC_CONDUCTOR_AVAILABILITY,
	GLOW_TOPIC_CONDUCTOR_INFO,
	GLOW_TOPIC_CONDUCTOR_BEACON,
	GLOW_TOPIC_CONDUCTOR_ERROR,
	/* of one who asks for the time; an adoption's reply is of a boot: */
	GLOW_TOPIC_TIME_REQUEST,
	GLOW_TOPIC_TIME_REPLY,
	GLOW_TOPIC_ADOPT_REQUEST,
	GLOW_TOPIC_ADOPT_REPLY,
};

enum glow_topic_of {
	GLOW_OF_CLUSTER,
	GLOW_OF_NODE,
	GLOW_OF_GROUP,
	GLOW_OF_ALL,
	GLOW_OF_VIEWER, /**< of one who only looks, by a random word: a broker's rules keep it apart from nodes */
};

/** A topic taken apart. */
struct glow_topic {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	char id[GLOW_ID_MAX + 1]; /**< the level that names a node, a group, a catalog, an effect, a preset, an asker or
				     a boot; "" where there is none */
};

/** What topic of this prefix it is. An id that is not valid makes it GLOW_TOPIC_OTHER. */
struct glow_topic glow_topic_parse(const char *prefix, const char *topic);

/** The topic of that kind below the prefix; `id` is the level that names one, "+" for any, and not looked at where
 * there is no such level. What cannot be (GLOW_TOPIC_INFO of a group) is "". */
void glow_topic_of(char ret_topic[GLOW_TOPIC_MAX + 1], const char *prefix, enum glow_topic_kind kind,
		   enum glow_topic_of of, const char *id);

/** Its kind alone. */
enum glow_topic_kind glow_topic_kind(const char *prefix, const char *topic);
