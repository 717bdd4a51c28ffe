/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What people made of a cluster, as the commands that make it again: a line of a file is
 * {"topic":"preset/evening/set","payload":…}, the topic below the prefix. What programs say of themselves is not in it,
 * since they say it again. */

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "session.h"

/** What to subscribe to for it, with glow_ctl_open_lights(). */
#define GLOW_CARRY_TOPICS 9
extern const char *const glow_carry_topics[GLOW_CARRY_TOPICS];

/** An array of such objects, in the order in which they can be given: effects before what shows them, presets before
 * the schedules that apply them, scenes before lights. `ret_left` gets {"what":…,"why":…} for what cannot be carried.
 * Both are the caller's. */
cJSON *glow_carry_all(const struct glow_ctl_session *s, cJSON **ret_left);

/** Among them the one that makes the same thing, as it may be another; NULL for none. */
const cJSON *glow_carry_find(const cJSON *commands, const cJSON *command);

/** The node whose light the topic sets; "" for what is the conductor's. False for a topic that no such file may
 * have: whoever writes one gets no further than this. */
bool glow_carry_allowed(const char *topic, char ret_node[GLOW_ID_MAX + 1]);
