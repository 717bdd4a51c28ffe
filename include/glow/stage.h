/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What the cluster shows as a whole: its scenes, where each board lies, and the master dimmer, from the
 * conductor's retained messages. Where boards lie those who show many of them read from the roster, and a
 * node, which has one, from its own places; a stage is told of one of the two. Whoever draws a node asks
 * here for the scenes that are meant for it. No I/O; all
 * times are cluster time. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/diag.h>
#include <glow/info.h>
#include <glow/picture.h>
#include <glow/scenes.h>
#include <glow/topics.h>

struct glow_stage {
	uint64_t clock_id; /**< the timeline we are on; 0: none, so no scene shows */
	struct glow_scenes scenes, next_scenes;
	/** Their payloads, to be read anew when effects come, go or change; NULL where they have built-in ones alone.
	 */
	struct glow_stage_kept {
		char *payload;
		size_t len;
	} kept, next_kept;
	struct glow_roster roster, next_roster;
	struct glow_places places, next_places;
	bool has_next_scenes; /**< they are of another timeline and wait until we are on it */
	bool has_next_roster; /**< its effective_us has not come yet */
	bool has_next_places; /**< likewise */
	struct glow_dim dim;
	bool undimmed;     /**< its until_us is over, by the clock we are on now */
	uint32_t revision; /**< rises with every change of what the functions below answer */
};

void glow_stage_init(struct glow_stage *stage);
void glow_stage_fini(struct glow_stage *stage);

/** Takes scene/current, roster, a node's place or dim/current; an empty payload is none of it.
 * A broken one changes nothing and fills diag. Other kinds are ignored. */
enum glow_code glow_stage_message(struct glow_stage *stage, enum glow_topic_kind kind, const void *payload, size_t len,
				  int64_t now_us, struct glow_diag *diag);

/** The effects that this program knows are others than before (glow/library.h): the scenes are read anew, and nothing
 * points to those of before. */
void glow_stage_effects_changed(struct glow_stage *stage);

/** Times given from now on are on this timeline; 0: the machine's own wall clock. */
void glow_stage_clock(struct glow_stage *stage, uint64_t clock_id, int64_t now_us);

/** Lets time pass: a waiting roster or place comes into force, the dimmer's time runs out (or not
 * yet, if another clock says so). */
void glow_stage_tick(struct glow_stage *stage, int64_t t_us);

/** The next instant after t_us at which glow_stage_tick() has something to do, or a scene
 * begins, ends, changes its entry or a cross-fade; GLOW_NEVER if none. */
int64_t glow_stage_next(const struct glow_stage *stage, int64_t t_us);

/** Whatever time it is, on this timeline or another, no scene plays and the dimmer is the same. */
bool glow_stage_timeless(const struct glow_stage *stage);

/** The scenes that target the node, lowest first, and where its board lies on the strip of each. `entry`
 * is its own in the roster where that is known, which spares looking for it among thousands; else NULL. Returns how
 * many. They point into the stage and are good until its revision changes. */
uint32_t glow_stage_layers(const struct glow_stage *stage, const struct glow_info *info,
			   const struct glow_roster_node *entry, struct glow_scene_layer ret_layers[GLOW_SCENES_MAX]);

/** The scenes in force; none while their times are those of another timeline. Good until the revision changes. */
const struct glow_scenes *glow_stage_scenes(const struct glow_stage *stage);

/** The master dimmer in force: full light when its time is over. */
struct glow_dim glow_stage_dim(const struct glow_stage *stage);

/** It as glow_env has it. */
uint8_t glow_stage_blackout(const struct glow_stage *stage);
