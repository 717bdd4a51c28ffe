/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Scenes: what a cluster plays. A frame is a function of the scene, the time,
 * the pixel's place and the seed, so one retained message is all that a late
 * joiner needs. Pure and integer-only; the memory behind pointers belongs to
 * whoever read the scenes (glow/scenes.h). */

#include <stdbool.h>
#include <stdint.h>

#include <glow/effect.h>
#include <glow/time.h>

#define GLOW_SCENE_ID_MAX 64
#define GLOW_SCENES_MAX   32  /**< entries of scene/current */
#define GLOW_PLAYLIST_MAX 128 /**< entries of one playlist */
#define GLOW_TARGETS_MAX  512 /**< ids a target may name */
#define GLOW_NAME_SIZE    64  /**< of a node's or group's id with its NUL */

#define GLOW_UNKNOWN_SIZE 32 /**< of the name of an effect that may be a text, with its NUL */

/** Which nodes a scene is for. */
enum glow_target_kind { GLOW_TARGET_ALL, GLOW_TARGET_NODES, GLOW_TARGET_GROUPS };
struct glow_target {
	enum glow_target_kind kind;
	uint32_t n;
	char (*ids)[GLOW_NAME_SIZE];
};

/** One entry of a playlist; a scene that is none has a single one. */
struct glow_scene_entry {
	const struct glow_effect_desc *effect; /**< NULL: this program does not know it */
	char unknown[GLOW_UNKNOWN_SIZE];       /**< then what it is called, to pass it on; "" for nothing */
	struct glow_params params;
	struct glow_rgb color;
	uint8_t brightness;
	int64_t duration_us; /**< > 0 in a playlist, else 0 */
};

/** This cluster's strip within a longer one, of which the clusters beside it have the rest. */
struct glow_within {
	uint32_t begin, total; /**< its pixel 0 is number `begin` of `total`; 0: it is the whole strip */
	bool reverse;          /**< it hangs the other way round there */
};

struct glow_scene {
	char id[GLOW_SCENE_ID_MAX + 1];
	struct glow_target target;
	bool cluster;  /**< span: one strip across the targeted nodes; else every node alike */
	bool take;     /**< at its start a light that is ON and older lets go */
	bool playlist; /**< as it was given: a single entry may be a playlist too */
	bool loop;
	bool absent; /**< as it was asked for: the target may name who is not there; not kept */
	bool above;  /**< it came from the cluster above, along whose strip it runs: */
	struct glow_within within;
	int64_t start_us;
	int64_t end_us;  /**< GLOW_NEVER */
	int64_t fade_us; /**< cross-fade at start, between entries, and before end */
	uint32_t seed;
	uint32_t size; /**< bytes of its text, for whoever keeps many; 0: not counted */
	uint32_t n_entries;
	struct glow_scene_entry *entries;
};

/** True when the target names this node. `groups` are n_groups ids. */
bool glow_target_has(const struct glow_target *target, const char *id, const char (*groups)[GLOW_NAME_SIZE],
		     uint32_t n_groups);

/** The name of a target's strip: FNV-1a of "nodes" or "groups" and of the ids in the order given, each with a NUL
 * behind it. */
uint32_t glow_target_key(const struct glow_target *target);

/** What a scene shows at an instant: entry `entry`, which began at begin_us;
 * where `from` is not negative that entry, which began at from_us, still shows
 * through (the playlist's cross-fade, `part` 0..65536 of the new one). `cover`
 * 0..65536 is how much the scene hides what lies beneath it: less than all
 * during its first and last fade_us; where these overlap the lesser counts.
 * `fading` while a cross-fade of either kind runs, its first instant included. */
struct glow_scene_view {
	int entry, from;
	int64_t begin_us, from_us;
	uint32_t part, cover;
	bool fading;
};

/** When it ends: end_us, or after the last entry of a playlist that does not loop, whichever is sooner. */
int64_t glow_scene_end(const struct glow_scene *scene);

/** This program has all of its effects; a newer conductor may play others. */
bool glow_scene_known(const struct glow_scene *scene);

/** False before its start and from its end on. */
bool glow_scene_at(const struct glow_scene *scene, int64_t t_us, struct glow_scene_view *ret_view);

/** The next instant after t_us at which it starts, ends, changes its entry or begins
 * or ends a cross-fade; GLOW_NEVER when there is none. */
int64_t glow_scene_next(const struct glow_scene *scene, int64_t t_us);

/** The seed of entry k's dice. */
uint32_t glow_scene_seed(const struct glow_scene *scene, int entry);
