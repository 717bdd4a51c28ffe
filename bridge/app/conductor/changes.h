/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What was before the last changes that the conductor ordered, so that people can have it back. A node's light is its
 * state as it stood then; one that somebody else has changed since is never put back. Times are cluster time. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/scenes.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "members.h"

#define GLOW_CHANGES_MAX   10
#define GLOW_CHANGES_BYTES 8388608 /**< of all that is kept; then the oldest go */

/** Two requests at one topic are one change where the second comes so soon, and touches no more lights: a slider that
 * is dragged. */
#define GLOW_CHANGE_SOON_US GLOW_US_PER_S

/** A light before a change. */
struct glow_was {
	char id[GLOW_NAME_SIZE];
	struct glow_kept_state *state; /**< NULL: nobody knows */
	bool strayed;                  /**< somebody else has changed it since */
};

struct glow_change {
	char topic[GLOW_TOPIC_MAX + 1]; /**< of the request that made it */
	char preset[GLOW_ID_MAX + 1];   /**< that it shows; "" for none */
	int64_t soon_us;
	struct glow_was *lights; /**< by id; only those that it changed */
	uint32_t n_lights;
	char *scenes; /**< the list of those that played; NULL: it changed none */
	bool has_dim;
	struct glow_dim dim;
	size_t size;
};

/** The caller's storage; all 0 is empty. */
struct glow_changes {
	struct glow_change v[GLOW_CHANGES_MAX]; /**< the newest last */
	uint32_t n;
};

/** A change that is about to be ordered. What it does not touch is NULL. */
struct glow_ordered {
	const char *topic;
	struct glow_time now;
	int64_t at_us;                    /**< when the lights change */
	const struct glow_target *target; /**< of a command for many */
	const cJSON *lights;              /**< object of nodes' ids */
	const struct glow_scenes *begin;  /**< scenes that begin, and may make lights let go */
	const struct glow_scenes *before; /**< what plays now, where that changes */
	const struct glow_dim *dim;       /**< the dimmer now, where that changes */
	const char *preset;               /**< what it shows */
};

void glow_changes_fini(struct glow_changes *c);

/** Keeps what is before it, and notes with the members that their lights are about to change by us. */
void glow_changes_note(struct glow_changes *c, struct glow_members *members, const struct glow_ordered *ordered);

/** The preset that shows: that of the newest. "" where that shows none. */
const char *glow_changes_preset(const struct glow_changes *c);

/** Takes the newest out; false when there is none. It is the caller's to glow_change_fini(). */
bool glow_changes_take(struct glow_changes *c, struct glow_change *ret_change);
void glow_change_fini(struct glow_change *change);
