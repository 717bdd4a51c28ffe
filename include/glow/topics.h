/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Names on the broker. docs/PROTOCOL.md lists every topic and who publishes it. */

#include <stdbool.h>
#include <stddef.h>

/** Longest id ([a-z0-9-]), prefix and topic, without the NUL. */
#define GLOW_ID_MAX     63
#define GLOW_PREFIX_MAX 128
#define GLOW_TOPIC_MAX  300

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
 * prefix/answer/, no wildcard, no '$' (else an asker could make the node write where the asker may not). */
bool glow_answer_topic_allowed(const char *prefix, const char *topic);

enum glow_topic_kind { GLOW_TOPIC_SET, GLOW_TOPIC_NOTIFY, GLOW_TOPIC_STATE, GLOW_TOPIC_OTHER };

/** What kind of topic of this prefix it is (its last level). */
enum glow_topic_kind glow_topic_kind(const char *prefix, const char *topic);
